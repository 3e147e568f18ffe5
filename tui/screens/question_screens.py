"""The screens Failed sessions, Coverage and Transit security: one list each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.widget import Widget

from tui.output.export_file import Rows, rows_of
from tui.rows import CoverageDay, FailedPeer, TlsReport, TransitDomain, TransitSecurity
from tui.screens.app_services import app_of
from tui.screens.help import HelpScreen
from tui.screens.messages import MessageQuestion, MessagesScreen
from tui.screens.table_screen import ListingScreen
from tui.store.filters import one
from tui.store.lists import MAX_PEERS, ask_coverage, ask_domains, ask_failed, ask_reports, ask_security
from tui.store.questions import Scope
from tui.view.coverage import coverage_columns, coverage_lines, coverage_summary
from tui.view.failed_sessions import failed_columns, failed_lines, failed_text, failed_value, failed_words
from tui.view.find import found, ordered
from tui.view.formatting import day_name, plural
from tui.view.report import Report
from tui.view.table import Column, Line
from tui.view.text import visible
from tui.view.transit_security import report_lines, report_text, security_columns, security_lines, security_summary, security_value
from tui.widgets.paragraph import Words
from tui.widgets.record_table import RecordTable


class QuestionScreen(ListingScreen):
    """A list under one line that sums it up."""

    CRUMBS: ClassVar[str] = ""
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "app.pop_screen", "back")]

    def compose_body(self) -> Iterable[Widget]:
        """Build the line and the list."""
        yield Words(id="summary", tone="dim")
        yield RecordTable()

    def show_report(self, report: Report) -> None:
        """Ask."""
        self.show_title(f"mailflow › {self.CRUMBS}")
        self.table.focus()
        self.ask_rows()

    def ask_rows(self) -> None:
        """Ask for the list."""

    def draw(self, columns: Sequence[Column], lines: Sequence[Line], summary: str) -> None:
        """Draw the list and its sum."""
        self.query_one("#summary", Words).show(summary)
        self.table.show_lines(columns, lines, keep_cursor=True, sort=self.sort)

    def on_resize(self, _: events.Resize) -> None:
        """Choose the columns again."""
        if self._shown is not None:
            self.redraw()


class FailedScreen(QuestionScreen):
    """Peers whose handshakes fail, and peers that connect without sending mail."""

    LIST: ClassVar[str] = "failed"
    CRUMBS: ClassVar[str] = "Failed sessions"
    KEYS_LINE: ClassVar[str] = "Enter details  o order  / find  e export  t dates  x SQL  Esc back  ? help"

    def __init__(self) -> None:
        super().__init__()
        self._rows: Sequence[FailedPeer] = ()

    def ask_rows(self) -> None:
        """Ask for the peers of the window."""
        span, scope = self.report.facts.window.span, self.session.scope
        self.ask("failed", lambda runner: ask_failed(runner, span, scope, MAX_PEERS), self._take)

    def _take(self, rows: Sequence[FailedPeer]) -> None:
        self._rows = rows
        self.redraw()

    def _arranged(self) -> list[FailedPeer]:
        return ordered(found(self._rows, self.find, failed_text), self.sort, failed_value)

    def redraw(self) -> None:
        """Draw the list again."""
        columns = self.shown(failed_columns(self.size.width))
        first = self._rows[0] if self._rows else None
        more = f", the first {len(self._rows):,} shown" if first and first.all_peers > len(self._rows) else ""
        summary = f"{plural(first.all_sessions, 'session')} with {plural(first.all_peers, 'peer')}{more}" if first else "none"
        mail = " · Mail: transferred messages of the same peer in this window"
        self.draw(columns, failed_lines(self._arranged(), columns, self.report.facts.window), summary + mail)

    def rows_shown(self) -> Rows:
        """Return the rows in the order shown."""
        return rows_of("failed-sessions", FailedPeer, self._arranged())

    def on_record_table_opened(self, message: RecordTable.Opened) -> None:
        """Show the details of a peer."""
        key = message.line_key
        row = next((row for row in self._rows if (row.direction, row.kind, row.connector, row.peer, row.is_unverified) == key), None)
        if row is not None:
            app_of(self).push_screen(HelpScreen(text=("Failed sessions of a peer", failed_words(row, self.report.facts.window))))


class CoverageScreen(QuestionScreen):
    """Days and hours of the whole file; Enter shows a day's messages."""

    LIST: ClassVar[str] = "coverage"
    CRUMBS: ClassVar[str] = "Coverage"
    KEYS_LINE: ClassVar[str] = "Enter a day's messages  e export  x SQL  Esc back  ? help"

    def __init__(self) -> None:
        super().__init__()
        self._rows: Sequence[CoverageDay] = ()

    def ask_rows(self) -> None:
        """Ask for every day of the file."""
        span = self.report.facts.window.whole_file
        self.show_title(f"mailflow › {self.CRUMBS}", f"all data, {self.report.facts.window.zone}")
        self.ask("coverage", lambda runner: ask_coverage(runner, span), self._take)

    def _take(self, rows: Sequence[CoverageDay]) -> None:
        self._rows = rows
        self.redraw()

    def redraw(self) -> None:
        """Draw the list again."""
        columns = self.shown(coverage_columns(self.size.width))
        matching = [row for row in self._rows if self.find.matches(f"{row.day:%a %d %b %Y}")]
        self.draw(columns, coverage_lines(matching, columns), coverage_summary(self._rows, self.size.width - 2))

    def rows_shown(self) -> Rows:
        """Return the days."""
        return rows_of("coverage", CoverageDay, self._rows)

    def on_record_table_opened(self, message: RecordTable.Opened) -> None:
        """Show the messages of a day."""
        day = next((row.day for row in self._rows if row.day == message.line_key), None)
        if day is not None:
            window = replace(self.report.facts.window, first_day=day, last_day=day)
            span = replace(window.span, name=f"{day:%a} {day_name(day)} {day.year}")
            app_of(self).push_screen(MessagesScreen(MessageQuestion(part=span, crumbs=day_name(day))))


class SecurityScreen(QuestionScreen):
    """Outbound mail by DANE, MTA-STS, TLS, none; and the domains whose mail was blocked or sent in clear text."""

    LIST: ClassVar[str] = "security"
    CRUMBS: ClassVar[str] = "Outbound messages in transit security"
    KEYS_LINE: ClassVar[str] = "Enter messages  o order  / find  e export  t dates  x SQL  Esc back  ? help"

    def __init__(self) -> None:
        super().__init__()
        self._split: Sequence[TransitSecurity] = ()
        self._rows: Sequence[TransitDomain] = ()
        self._reports: Sequence[TlsReport] = ()

    def ask_rows(self) -> None:
        """Ask for the split and the domains of the window."""
        span = self.report.facts.window.span
        self.ask(
            "security",
            lambda runner: (ask_security(runner, span), ask_domains(runner, span, MAX_PEERS), ask_reports(runner, span)),
            self._take,
        )

    def _take(self, result: tuple[Sequence[TransitSecurity], Sequence[TransitDomain], Sequence[TlsReport]]) -> None:
        self._split, self._rows, self._reports = result
        self.redraw()

    def _arranged(self) -> list[TransitDomain]:
        return ordered(found(self._rows, self.find, lambda row: f"{row.domain} {row.error}"), self.sort, security_value)

    def redraw(self) -> None:
        """Draw the list again."""
        columns = self.shown(security_columns(self.size.width))
        self.draw(
            columns,
            [
                *security_lines(self._arranged(), columns, self.report.facts.window),
                *report_lines([row for row in self._reports if self.find.matches(report_text(row))], columns, self.report.facts.window),
            ],
            security_summary(self._split, self.report.halves["outbound"].flow, any(row.kind == "messages" for row in self._reports)),
        )

    def rows_shown(self) -> Rows:
        """Return the domains as they are shown."""
        return rows_of("transit-security", TransitDomain, self._arranged())

    def on_record_table_opened(self, message: RecordTable.Opened) -> None:
        """Show the messages to a domain."""
        row = next((row for row in self._rows if row.domain == message.line_key), None)
        if row is not None:
            scope = Scope("outbound", where=one("domain", row.domain))
            app_of(self).push_screen(MessagesScreen(MessageQuestion(scope, crumbs=visible(row.domain or "not recorded"))))
