"""Sources: the loaded files, their messages, and rejected lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.widget import Widget

from tui.intake.formats import load_formats
from tui.intake.selection import UnusedFile
from tui.output.export_file import Rows, rows_of
from tui.rows import CoverageDay, RejectRow, SourceRow
from tui.screens.app_services import app_of
from tui.screens.base import MailScreen
from tui.screens.help import HelpScreen
from tui.screens.read_as import LoadedAgain, choose_format, open_mapping
from tui.screens.save_dialog import export_dialog, save
from tui.screens.source_checks import compared, rejected
from tui.screens.table_screen import ListingScreen
from tui.store.lists import ask_coverage
from tui.store.query_runner import QueryRunner
from tui.view.coverage import covers_years, gaps_line
from tui.view.find import found, ordered
from tui.view.formatting import plural
from tui.view.report import Report
from tui.view.sources import (
    common_folder,
    list_keys,
    loaded_words,
    problem_lines,
    problem_words,
    source_columns,
    source_line,
    source_sheet,
    source_text,
    source_value,
)
from tui.view.text import visible
from tui.widgets.linked_lines import LinkedLines
from tui.widgets.one_line import OneLine
from tui.widgets.record_table import RecordTable

READ_AT_ONCE_BYTES = 256 << 20


class SourcesScreen(ListingScreen):
    """One line per file; Enter shows its details, or opens the column mapping of an unknown file."""

    LIST: ClassVar[str] = "sources"
    DRAWS_REPORT: ClassVar[bool] = True
    KEYS_LINE: ClassVar[str] = list_keys(is_read=True, has_columns=False, can_choose=True)
    BINDINGS: ClassVar[list[BindingType]] = [Binding("u", "read_as", "read as another format")]

    def __init__(self) -> None:
        super().__init__()
        self._days: Sequence[CoverageDay] = ()
        self._keys_shown = self.KEYS_LINE

    def compose_body(self) -> Iterable[Widget]:
        """Build the summary and the list."""
        yield OneLine(id="summary")
        yield OneLine(id="gaps")
        yield RecordTable(id="sources")

    def show_report(self, report: Report) -> None:
        """Draw the list."""
        self.show_title("mailflow › Sources", visible(common_folder(report.sources)))
        opened = self.session.opened
        problems = len(opened.problems) if opened else 0
        rejects = sum(source.reject_count for source in report.sources)
        words = [plural(len(report.sources), "file"), f"{plural(rejects, 'line')} rejected"]
        if problems:
            words.append(f"{plural(problems, 'file')} could not be used (at the end)")
        if report.facts.window.is_empty:
            words.append("no messages, only reports: T opens them" if report.has_reports else "no transferred message")
        self.query_one("#summary", OneLine).show(" · ".join(words))
        self._draw(report)
        self.query_one(RecordTable).focus()
        span = report.facts.window.whole_file
        self.ask("gaps", lambda runner: ask_coverage(runner, span), self._take_days)

    def _take_days(self, days: Sequence[CoverageDay]) -> None:
        self._days = days
        self.query_one("#gaps", OneLine).show(gaps_line(days, self.size.width - 2))

    def _draw(self, report: Report) -> None:
        opened = self.session.opened
        columns = self.shown(source_columns(self.size.width))
        folder = common_folder(report.sources)
        has_years = covers_years(at.date() for one in report.sources for at in (one.first_utc, one.last_utc) if at)
        lines = [source_line(source, columns, folder, has_years) for source in self._arranged(report)]
        problems = [problem for problem in opened.problems if self.find.matches(str(problem))] if opened else []
        hint = "; Enter: map columns" if any(one.has_columns for one in self._unused) else ""
        self.table.show_lines(columns, lines + problem_lines(problems, folder, hint), keep_cursor=True, sort=self.sort)
        self._show_keys_here()

    @property
    def _unused(self) -> Sequence[UnusedFile]:
        """The files that can be read once their format or columns are chosen."""
        opened = self.session.opened
        return opened.loaded.unused if opened and opened.loaded else ()

    @property
    def _at(self) -> SourceRow | UnusedFile | None:
        """What the cursor is on: a file that was loaded, or one that may be read as something."""
        key = self.table.cursor_key
        source = next((source for source in self.report.sources if source.source_id == key), None)
        return source or next((one for one in self._unused if one.problem is key), None)

    def _arranged(self, report: Report) -> list[SourceRow]:
        return ordered(found(report.sources, self.find, source_text), self.sort, source_value)

    def redraw(self) -> None:
        """Draw the list again."""
        self._draw(self.report)

    def _show_keys_here(self) -> None:
        """Show the keys of what the cursor is on, when they are others than before."""
        at = self._at
        has_columns = isinstance(at, UnusedFile) and at.has_columns
        keys = list_keys(isinstance(at, SourceRow) or not self.table.cursor_key, has_columns, at is not None)
        if keys != self._keys_shown:
            self._keys_shown = keys
            self.show_keys(f"{visible(self.find.words)}  ·  Esc clear  ·  {keys}" if self.find.text else keys)

    def show_own_keys(self) -> None:
        """Show the keys of what the cursor is on again."""
        self._keys_shown = ""
        self._show_keys_here()

    def on_record_table_cursor_moved(self, _: RecordTable.CursorMoved) -> None:
        """Show the keys of another kind of line."""
        self._show_keys_here()

    def rows_shown(self) -> Rows:
        """Return the rows in the order shown."""
        return rows_of("sources", SourceRow, self._arranged(self.report))

    def on_resize(self, _: events.Resize) -> None:
        """Choose the columns and the days again."""
        if self._shown is not None:
            self._draw(self._shown)
            self._take_days(self._days)

    def on_record_table_opened(self, message: RecordTable.Opened) -> None:
        """Open one source, or ask which column of an unknown file is what."""
        at = self._at
        if isinstance(at, SourceRow):
            app_of(self).push_screen(OneSourceScreen(at))
        elif at is not None and at.has_columns:
            open_mapping(app_of(self), at.label, at.file)
        elif isinstance(message.line_key, Exception):
            app_of(self).push_screen(HelpScreen(text=("Could not be used", visible(str(message.line_key)))))

    def action_read_as(self) -> None:
        """Choose the format of the file that the cursor is on."""
        at = self._at
        if isinstance(at, SourceRow):
            choose_format(self, at.path, at.format)
        elif at is not None:
            choose_format(self, at.label, None, at.file)
        else:
            self.show_keys("no format can read this file: Enter shows the reason")

    def on_loaded_again(self, message: LoadedAgain) -> None:
        """Report the outcome of files that were loaded again, with the cursor on the first of them."""
        message.stop()
        self.show_again()
        if message.problem:
            self.show_keys(problem_words(message.problem, message.again.labels))
            return
        labels = message.again.labels
        place = next((place for place, source in enumerate(self._arranged(self.report)) if source.path in labels), None)
        if place is not None:
            self.table.action_first()
            self.table.action_step(place)
        self._show_keys_here()
        self.show_keys(loaded_words(self.report.sources, labels))


class OneSourceScreen(MailScreen):
    """The details of a file, and its rejected lines."""

    KEYS_LINE: ClassVar[str] = "i compare with grep  u read as …  e export rejected lines  Esc back  ? help"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "app.pop_screen", "back"),
        Binding("e", "export", "export"),
        Binding("i", "grep", "in the file: compare with grep"),
        Binding("u", "read_as", "read as another format"),
    ]

    def __init__(self, source: SourceRow) -> None:
        super().__init__()
        self._source = source
        self._rejects: Sequence[RejectRow] = ()
        self._missing_facts = self._tls_is_in = ""
        self._patterns: Mapping[str, str] = {}
        self._grep: Sequence[str] = ()

    def compose_body(self) -> Iterable[Widget]:
        """Build the sheet."""
        yield LinkedLines(id="source")

    def show_report(self, report: Report) -> None:
        """Ask for the rejected lines."""
        self.show_title(f"Sources › {visible(self._source.path)}", "")
        query = next((one for one in load_formats(self.session.config) if one.path.stem == self._source.format), None)
        self._missing_facts, self._tls_is_in = (query.one("lacks"), query.one("tls_from")) if query else ("", "")
        self._patterns = {key: query.one(key) for key in ("tls_line", "session_in_line") if query and query.one(key)}
        self.query_one(LinkedLines).focus()
        self.ask(
            "rejects",
            lambda runner: runner.ask(RejectRow, "sources/rejects", source_id=self._source.source_id),
            self._take_rejects,
        )

    def _take_rejects(self, rejects: Sequence[RejectRow]) -> None:
        self._take(rejects)
        if not all(one.text for one in rejects) and self._source.size_bytes <= READ_AT_ONCE_BYTES:
            source, folder = self._source, self.session.files_folder
            self.ask("texts", lambda runner: rejected(runner, source, rejects, folder), self._take)

    def _take(self, rejects: Sequence[RejectRow]) -> None:
        self._rejects = rejects
        sheet = source_sheet(self._source, rejects, self.size.width, self._missing_facts, self._tls_is_in, self._grep)
        self.query_one(LinkedLines).show(sheet)

    def action_grep(self) -> None:
        """Count the lines of the file that name a TLS version, and compare them with what was counted."""
        if not self._patterns:
            self.show_keys("this format has no lines that contain a TLS version: nothing to compare")
            return
        self.show_keys("reading the source file …")
        source, patterns, folder = self._source, self._patterns, self.session.files_folder
        self.ask("grep", lambda runner: compared(runner, source, patterns, folder), self._take_grep)

    def _take_grep(self, lines: Sequence[str]) -> None:
        self._grep = lines
        self.show_keys(self.KEYS_LINE)
        self._take(self._rejects)

    def action_read_as(self) -> None:
        """Choose the format of this file."""
        choose_format(self, self._source.path, self._source.format)

    def action_export(self) -> None:
        """Write the rejected lines to a file."""
        if not self._rejects:
            self.show_keys("no rejected lines to export  ·  P picture of the screen")
            return
        source, rejects, folder = self._source, self._rejects, self.session.files_folder
        name = "rejected-lines"
        rows = rows_of(name, RejectRow, rejects)

        def read(runner: QueryRunner) -> Iterable[Sequence[object]]:
            return rows_of(name, RejectRow, rejected(runner, source, rejects, folder)).read(runner)

        save(app_of(self), export_dialog(self, rows if all(one.text for one in rejects) else replace(rows, read=read)))

    def on_resize(self, _: events.Resize) -> None:
        """Draw it for another width."""
        self._take(self._rejects)
