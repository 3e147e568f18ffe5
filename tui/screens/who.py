"""The Who screen: the peers behind a cell of the connector report, by host, address, domain, sender and more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.timer import Timer
from textual.widget import Widget

from tui.output.export_file import Rows, rows_of
from tui.rows import Note, WhoRow
from tui.screens.app_services import app_of
from tui.screens.dialogs import ChoiceScreen
from tui.screens.messages import MessageQuestion, MessagesScreen
from tui.screens.notes import note_peer
from tui.screens.table_screen import ListingScreen
from tui.store.lists import ask_daily_totals, ask_who
from tui.store.notes import read_notes
from tui.store.query_runner import QueryRunner
from tui.store.questions import Scope
from tui.store.window import Span
from tui.view.find import found, ordered
from tui.view.findings import FindingView
from tui.view.formatting import connector_label
from tui.view.report import Report
from tui.view.who import FACETS, NOTED, PEERS, peer_of, who_columns, who_filter, who_lines, who_name, who_summary, who_value, who_words
from tui.widgets.one_line import OneLine
from tui.widgets.record_table import RecordTable

REST_SECONDS = 0.1
ROOMY = 90


@dataclass(frozen=True)
class WhoQuestion:
    """Which mail: a scope, a TLS version (None is any), a part of the window or all, and how the breadcrumb names it."""

    scope: Scope
    tls: str | None
    crumbs: str
    part: Span | None = None


def question_of(finding: FindingView) -> WhoQuestion:
    """Return the question for the mail of a finding."""
    crumb = f" › {finding.tls}" if finding.tls else ""
    if finding.direction is None:
        label = "All mail flow"
    elif not finding.is_of_connector:
        label = f"All {finding.direction} mail"
    else:
        label = connector_label(finding.direction, finding.connector, finding.connector_type)
    return WhoQuestion(finding.scope, finding.tls, f"{label}{crumb}")


class WhoScreen(ListingScreen):
    """A ranked list; Tab selects the next kind of name, Enter opens the messages, p shows the same mail by another kind of name."""

    LIST: ClassVar[str] = "who"
    KEYS_LINE: ClassVar[str] = "Enter messages  Tab list  p pivot  L letter  a note  / find  Esc back  ? help"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "app.pop_screen", "back"),
        Binding("tab", "facet(1)", "next list", priority=True),
        Binding("shift+tab", "facet(-1)", "previous list", priority=True),
        Binding("p", "pivot", "pivot"),
        Binding("L", "letter", "letter"),
        Binding("a", "note", "note"),
    ]

    def __init__(self, question: WhoQuestion, facet: str = "host") -> None:
        super().__init__()
        self._question = question
        self._facet = facet
        self._rows: Sequence[WhoRow] = ()
        self._notes: dict[tuple[str, str], Note] = {}
        self._timer: Timer | None = None

    def compose_body(self) -> Iterable[Widget]:
        """Build the tabs, the summary and the list."""
        yield OneLine(id="facets")
        yield OneLine(id="summary", tone="dim")
        yield RecordTable(id="who")
        yield OneLine(id="row", tone="dim")

    def show_report(self, report: Report) -> None:
        """Ask for the list of the report's window."""
        part = self._question.part
        self.show_title(f"Connector report › {self._question.crumbs} › who", part.name if part else None)
        self.query_one(RecordTable).focus()
        self._ask_list()
        self._ask_notes()

    def _ask_list(self) -> None:
        words = [f"[{label}]" if key == self._facet else label for key, label in FACETS.items()]
        gap = " " if self.size.width < ROOMY else "  "
        self.query_one("#facets", OneLine).show(f"Tab{gap}{gap.join(words)}")
        span, question, facet = self._span, self._question, self._facet

        def who(runner: QueryRunner) -> tuple[Sequence[WhoRow], int]:
            return ask_who(runner, span, question.scope, question.tls, facet), ask_daily_totals(runner, span, question.scope, question.tls)

        self.ask("who", who, self._take)

    @property
    def _span(self) -> Span:
        return self._question.part or self.report.facts.window.span

    def _take(self, result: tuple[Sequence[WhoRow], int]) -> None:
        self._rows = result[0]
        self.query_one("#summary", OneLine).show(who_summary(result[0], self._facet, self.report.facts.window, result[1]))
        self.redraw()

    def _arranged(self) -> list[WhoRow]:
        return ordered(found(self._rows, self.find, who_name), self.sort, who_value)

    def redraw(self) -> None:
        """Draw the list again."""
        window = self.report.facts.window
        days = window.days_of(self._span)
        columns = self.shown(who_columns(self.size.width, self._facet, days))
        lines = who_lines(self._arranged(), columns, window, days, self._question.tls, self._facet)
        self.query_one(RecordTable).show_lines(columns, lines, keep_cursor=True, sort=self.sort)

    def rows_shown(self) -> Rows:
        """Return the rows in the order shown."""
        return rows_of(f"who-by-{self._facet.replace(' ', '-')}", WhoRow, self._arranged())

    def on_resize(self, _: events.Resize) -> None:
        """Choose the columns again."""
        if self._rows:
            self.redraw()

    def action_facet(self, by: int) -> None:
        """Go to the next kind of name."""
        keys = list(FACETS)
        self._facet = keys[(keys.index(self._facet) + by) % len(keys)]
        self.sort = None
        self._ask_list()

    @property
    def _row(self) -> WhoRow | None:
        """The row under the cursor."""
        key = self.table.cursor_key
        return next((row for row in self._rows if (row.name, row.is_unverified) == key), None)

    def _scope_of(self, row: WhoRow) -> Scope:
        return replace(self._question.scope, where=self._question.scope.where & who_filter(row, self._facet))

    def action_pivot(self) -> None:
        """Show the same mail by another kind of name."""
        row = self._row
        if row is None:
            return
        name = who_name(row)
        question = replace(self._question, scope=self._scope_of(row), crumbs=f"{self._question.crumbs} › {name}")
        choices = [(label, facet) for facet, label in FACETS.items() if facet != self._facet]

        def take(facet: str | None) -> None:
            if facet is not None:
                app_of(self).push_screen(WhoScreen(question, facet))

        app_of(self).ask_dialog(ChoiceScreen(f"Group the mail of {name} by", choices), take)

    def action_letter(self) -> None:
        """Open a letter to the administrators of the peer of this row."""
        row = self._row
        if row is not None and row.name is not None and self._facet in PEERS:
            app_of(self).open_letter(self._facet, peer_of(row.name, is_unverified=row.is_unverified) or row.name)
        else:
            self.show_keys("letters go to hosts, addresses, domains and senders: Tab to one")

    def action_note(self) -> None:
        """Note something on the peer of this row."""
        row = self._row
        if row is not None and row.name is not None and self._facet in NOTED:
            note_peer(app_of(self), self._facet, peer_of(row.name, is_unverified=row.is_unverified) or row.name)
        else:
            self.show_keys("notes are on hosts, addresses and peers' domains: Tab to one of these lists")

    def on_screen_resume(self) -> None:
        """Look at the notes again: one may be new."""
        super().on_screen_resume()
        if self._shown is not None:
            self._ask_notes()

    def _ask_notes(self) -> None:
        folder = self.session.config.folder

        def take(notes: Sequence[Note]) -> None:
            self._notes = {(note.facet, note.name.lower()): note for note in notes}
            self._show_details()

        self.ask("notes", lambda runner: read_notes(runner, folder), take)

    def on_record_table_cursor_moved(self, _: RecordTable.CursorMoved) -> None:
        """Show the details of the row once the cursor rests."""
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(REST_SECONDS, self._show_details)

    def _show_details(self) -> None:
        row = self._row
        if row is None:
            return
        note = self._notes.get((self._facet, (peer_of(row.name, is_unverified=row.is_unverified) or "").lower()))
        self.query_one("#row", OneLine).show(who_words(row, note, self.report.facts.window, self._question.tls))

    def on_record_table_opened(self, message: RecordTable.Opened) -> None:
        """Open the messages of a name."""
        row = self._row
        if row is not None:
            question = MessageQuestion(
                scope=self._scope_of(row),
                tls=self._question.tls,
                whole_file=row.messages == 0,
                part=self._question.part,
                crumbs=f"{self._question.crumbs} › {who_name(row)}",
            )
            app_of(self).push_screen(MessagesScreen(question))
