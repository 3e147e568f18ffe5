"""The raw lines of a message's session, read from the source files again, or why they cannot be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.widget import Widget

from tui.intake.raw_lines import RawLines, session_lines
from tui.rows import MessageKey, SessionSource
from tui.screens.base import MailScreen
from tui.store.query_runner import QueryRunner
from tui.view.raw_lines import raw_sheet
from tui.view.report import Report
from tui.widgets.linked_lines import LinkedLines


class RawScreen(MailScreen):
    """Every line of the session, file by file."""

    KEYS_LINE: ClassVar[str] = "Page Down more  y copy as text  x SQL  Esc back  ? help"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,r", "app.pop_screen", "back")]

    def __init__(self, key: MessageKey, session_id: str | None) -> None:
        super().__init__()
        self._key, self._session_id = key, session_id
        self._sources: Sequence[tuple[SessionSource, RawLines]] = ()

    def compose_body(self) -> list[Widget]:
        """Build the sheet."""
        return [LinkedLines(id="raw")]

    def show_report(self, report: Report) -> None:
        """Read the lines."""
        self.show_title("mailflow › one message › raw lines", "")
        self.query_one(LinkedLines).focus()
        self.show_keys("reading the source file …")
        key, session_id = asdict(self._key), self._session_id
        folder = self.session.files_folder

        def read(runner: QueryRunner) -> list[tuple[SessionSource, RawLines]]:
            found: list[tuple[SessionSource, RawLines]] = []
            hidden = RawLines((), problem="raw lines are not shown while names are redacted (--redact)")
            for place, source in enumerate(runner.ask(SessionSource, "messages/session_sources", session_id=session_id, **key)):
                lines = hidden
                if runner.redactor is None:
                    lines = session_lines(source.path, source.sha256, source.size_bytes, source.line_no, session_id, folder)
                if place == 0 or lines.lines:
                    found.append((source, lines))
            return found

        self.ask("raw", read, self._take)

    def _take(self, sources: Sequence[tuple[SessionSource, RawLines]]) -> None:
        self._sources = sources
        self.show_keys(self.KEYS_LINE)
        self.query_one(LinkedLines).show(raw_sheet(sources, self.size.width))

    def on_resize(self, _: events.Resize) -> None:
        """Draw it for another width."""
        if self._sources:
            self._take(self._sources)
