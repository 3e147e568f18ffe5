"""Sources: the files that were loaded, what they brought, and the lines that were rejected."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.widget import Widget

from tui.intake.load import load_formats
from tui.output.export_file import Rows, rows_of
from tui.rows import RejectRow, SourceRow
from tui.screens.base import MailScreen
from tui.screens.help import HelpScreen
from tui.screens.listing import ListingScreen
from tui.screens.saving import export_dialog, save
from tui.screens.shared import app_of
from tui.view.find import found, ordered
from tui.view.report import Report
from tui.view.sources import common_folder, problem_lines, source_columns, source_line, source_sheet, source_text, source_value
from tui.view.text import visible
from tui.view.words import plural
from tui.widgets.linked_lines import LinkedLines
from tui.widgets.one_line import OneLine
from tui.widgets.record_table import RecordTable


class SourcesScreen(ListingScreen):
    """One line a file; Enter shows all that is known of it."""

    LIST: ClassVar[str] = "sources"
    DRAWS_REPORT: ClassVar[bool] = True
    KEYS_LINE: ClassVar[str] = "Enter details and rejected lines  o order  / find  e export  : all  ? help"

    def compose_body(self) -> Iterable[Widget]:
        """Build the summary and the list."""
        yield OneLine(id="summary")
        yield RecordTable(id="sources")

    def show_report(self, report: Report) -> None:
        """Draw the list."""
        self.show_title("mailflow › Sources", visible(common_folder(report.sources)))
        opened = self.session.opened
        problems = len(opened.problems) if opened else 0
        rejects = sum(source.reject_count for source in report.sources)
        words = [plural(len(report.sources), "file"), f"{plural(rejects, 'line')} rejected"]
        if problems:
            words.append(f"{plural(problems, 'file')} could not be used (at the end of the list)")
        self.query_one("#summary", OneLine).show(" · ".join(words))
        self._draw(report)
        self.query_one(RecordTable).focus()

    def _draw(self, report: Report) -> None:
        opened = self.session.opened
        columns = self.shown(source_columns(self.size.width))
        folder = common_folder(report.sources)
        lines = [source_line(source, columns, folder) for source in self._arranged(report)]
        problems = problem_lines([problem for problem in opened.problems if self.find.keeps(str(problem))] if opened else (), len(columns))
        self.table.show_lines(columns, lines + problems, keep_cursor=True, sort=self.sort)

    def _arranged(self, report: Report) -> list[SourceRow]:
        return ordered(found(report.sources, self.find, source_text), self.sort, source_value)

    def redraw(self) -> None:
        """Draw the list again."""
        self._draw(self.report)

    def rows_shown(self) -> Rows:
        """Answer the list as it is shown."""
        return rows_of("sources", SourceRow, self._arranged(self.report))

    def on_resize(self, _: events.Resize) -> None:
        """Choose the columns again."""
        if self._shown is not None:
            self._draw(self._shown)

    def on_record_table_opened(self, message: RecordTable.Opened) -> None:
        """Open one source."""
        source = next((source for source in self.report.sources if source.source_id == message.line_key), None)
        if source is not None:
            app_of(self).push_screen(OneSourceScreen(source))
        elif isinstance(message.line_key, str):
            app_of(self).push_screen(HelpScreen(told=("Could not be used", message.line_key)))


class OneSourceScreen(MailScreen):
    """All that is known of a file, and its rejected lines."""

    KEYS_LINE: ClassVar[str] = "e export rejected lines  Esc back  arrows scroll  1-4 screens  ? help"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "app.pop_screen", "back"),
        Binding("e", "export", "export"),
    ]

    def __init__(self, source: SourceRow) -> None:
        super().__init__()
        self._source = source
        self._rejects: Sequence[RejectRow] = ()
        self._cannot_tell = ""

    def compose_body(self) -> Iterable[Widget]:
        """Build the sheet."""
        yield LinkedLines(id="source")

    def show_report(self, report: Report) -> None:
        """Ask for the rejected lines."""
        self.show_title(f"Sources › {visible(self._source.path)}", "")
        told = {one.path.stem: one.one("cannot tell") for one in load_formats(self.session.config)}
        self._cannot_tell = told.get(self._source.format, "")
        self.query_one(LinkedLines).focus()
        self.ask(
            "rejects",
            lambda asker: asker.ask(RejectRow, "sources/rejects", source_id=self._source.source_id),
            self._take,
        )

    def _take(self, rejects: Sequence[RejectRow]) -> None:
        self._rejects = rejects
        self.query_one(LinkedLines).show(source_sheet(self._source, rejects, self.size.width, self._cannot_tell))

    def action_export(self) -> None:
        """Write the rejected lines to a file."""
        save(app_of(self), export_dialog(self, rows_of("rejected-lines", RejectRow, self._rejects)))

    def on_resize(self, _: events.Resize) -> None:
        """Draw it for another width."""
        self._take(self._rejects)
