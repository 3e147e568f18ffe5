"""The SQL statements of the screen in front, to read and to copy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from tui.screens.app_services import SharedApp, app_of
from tui.screens.base import MailScreen
from tui.store.query_runner import Statement
from tui.view.statements import script_of, statements_sheet
from tui.widgets.linked_lines import LinkedLines
from tui.widgets.one_line import OneLine

MAX_COPIED_BYTES = 75_000


def show_statements(app: SharedApp) -> None:
    """Show the statements of the screen in front: its own, else those of the report."""
    screen = app.screen_stack[-1]
    if app.session.report is None or isinstance(screen, StatementsScreen):
        return
    own = screen.statements if isinstance(screen, MailScreen) else ()
    app.push_screen(StatementsScreen([*own, *app.session.report_asker().statements] if _draws_report(screen, own) else own))


def _draws_report(screen: Screen[Any], own: Sequence[Statement]) -> bool:
    return not own or not isinstance(screen, MailScreen) or screen.DRAWS_REPORT


class StatementsScreen(Screen[None]):
    """The statements, to scroll through; y copies a script that runs in any DuckDB shell."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,x", "app.pop_screen", "back"),
        Binding("y", "copy_script", "copy"),
    ]

    def __init__(self, statements: Sequence[Statement]) -> None:
        super().__init__()
        self._statements = statements

    def compose(self) -> ComposeResult:
        """Build the page."""
        yield OneLine(tone="title", id="title")
        yield LinkedLines(id="page")
        yield OneLine(tone="dim", id="keys")

    def on_mount(self) -> None:
        """Draw and take the focus."""
        self.query_one("#title", OneLine).show("mailflow › SQL of this screen")
        self.query_one("#keys", OneLine).show("y copy a script for a DuckDB shell  Page Down more  Esc back")
        self.query_one(LinkedLines).focus()

    def on_resize(self, event: events.Resize) -> None:
        """Draw it for the width that there is."""
        self.query_one(LinkedLines).show(statements_sheet(self._statements, event.size.width))

    def action_copy_script(self) -> None:
        """Give the script to the terminal's clipboard."""
        session = app_of(self).session
        if session.opened is None or session.report is None:
            return
        place = str(session.opened.trace_file)
        redactor = session.report_asker().redactor
        script = script_of(self._statements, place if redactor is None else redactor.path(place), session.report.facts.window.zone)
        self.app.copy_to_clipboard(script[:MAX_COPIED_BYTES])  # pyright: ignore[reportUnknownMemberType]
        part = "" if len(script) <= MAX_COPIED_BYTES else f", the first {MAX_COPIED_BYTES:,} characters"
        self.query_one("#keys", OneLine).show(f"copied to the terminal's clipboard{part}; S saves the trace file for later use")
