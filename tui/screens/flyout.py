"""The flyout "Message protected in transit (by TLS)"."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from tui.screens.help import HelpScreen
from tui.view.flyout import flyout_sheet
from tui.widgets.linked_lines import LinkedLines
from tui.widgets.one_line import OneLine

if TYPE_CHECKING:
    from tui.app import MailflowApp

PANEL_FROM = 110
PANEL_WIDTH = 64


class FlyoutScreen(ModalScreen[None]):
    """The whole screen when it is narrow, else a panel on its right; Esc closes."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,d", "app.pop_screen", "close")]

    def compose(self) -> ComposeResult:
        """Build the panel."""
        yield LinkedLines(id="flyout")
        yield OneLine(tone="dim", id="keys")

    def on_mount(self) -> None:
        """Draw and take the focus."""
        self.query_one("#keys", OneLine).show("Enter open  Tab next  Esc close  ? help")
        self.query_one(LinkedLines).focus()

    def on_resize(self, event: events.Resize) -> None:
        """Draw it for the width that there is."""
        panel = event.size.width >= PANEL_FROM
        width = PANEL_WIDTH if panel else event.size.width
        self.set_class(panel, "-panel")
        for widget in self.query("LinkedLines, OneLine"):
            widget.styles.width = width
        report = cast("MailflowApp", self.app).session.report
        if report is not None:
            self.query_one(LinkedLines).show(flyout_sheet(report, width))

    def on_linked_lines_followed(self, message: LinkedLines.Followed) -> None:
        """Open the connector report or a help page."""
        if message.key == "connectors":
            self.app.pop_screen()
            self.app.switch_mode("connectors")
        else:
            self.app.push_screen(HelpScreen(message.key))
