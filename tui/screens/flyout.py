"""The flyout "Message protected in transit (by TLS)"."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from tui.screens.app_services import app_of
from tui.screens.help import HelpScreen
from tui.view.flyout import flyout_sheet
from tui.widgets.linked_lines import LinkedLines
from tui.widgets.one_line import OneLine

PANEL_FROM = 110
PANEL_WIDTH = 60


class FlyoutScreen(ModalScreen[None]):
    """The whole screen when it is narrow, else a panel on its right; Esc closes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,d", "app.pop_screen", "close"),
        *(
            Binding(key, f"leave('{mode}')", mode)
            for key, mode in (("1", "overview"), ("2", "connectors"), ("3", "messages"), ("4", "sources"))
        ),
        Binding("question_mark,f1", "app.help", "help"),
        Binding("y", "app.copy_text", "copy as text"),
        Binding("x", "app.choose('sql')", "SQL"),
        Binding("e", "app.choose('picture')", "export"),
        Binding("q", "app.quit_app", "quit"),
    ]

    def compose(self) -> ComposeResult:
        """Build the panel."""
        yield LinkedLines(id="flyout")
        yield OneLine(tone="dim", id="keys")

    def on_mount(self) -> None:
        """Draw and take the focus."""
        self.query_one("#keys", OneLine).show("Enter open  Tab next  y copy  e export  x SQL  Esc close  ? help")
        self.query_one(LinkedLines).focus()

    def on_resize(self, event: events.Resize) -> None:
        """Draw it for the width that there is."""
        panel = event.size.width >= PANEL_FROM
        width = PANEL_WIDTH if panel else event.size.width
        self.set_class(panel, "-panel")
        for widget in self.query("LinkedLines, OneLine"):
            widget.styles.width = width
        report = app_of(self).session.report
        if report is not None:
            self.query_one(LinkedLines).show(flyout_sheet(report, width))

    def on_linked_lines_followed(self, message: LinkedLines.Followed) -> None:
        """Open the connector report or a help page."""
        if message.key == "connectors":
            self.action_leave("connectors")
        else:
            app_of(self).push_screen(HelpScreen(message.key.removeprefix("help-")))

    def action_leave(self, mode: str) -> None:
        """Close and go to another screen; a modal screen does not pass keys to the app."""
        app_of(self).pop_screen()
        app_of(self).action_go(mode)
