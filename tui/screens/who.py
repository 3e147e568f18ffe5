"""Who is behind a cell of the connector report: hosts, addresses, domains, senders and more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.widget import Widget

from tui.rows import WhoRow
from tui.screens.base import MailScreen
from tui.screens.messages import MessageQuestion, MessagesScreen
from tui.screens.shared import app_of
from tui.store.asking import Asker
from tui.store.questions import Scope, ask_daily_totals, ask_who
from tui.store.window import Window
from tui.view.findings import FindingView
from tui.view.report import Report
from tui.view.who import FACETS, who_columns, who_lines, who_name, who_summary
from tui.view.words import connector_label, day_name
from tui.widgets.one_line import OneLine
from tui.widgets.record_table import RecordTable


@dataclass(frozen=True)
class WhoQuestion:
    """Which mail: a scope, a TLS version (None is any), one day of the window or all, and how the breadcrumb names it."""

    scope: Scope
    tls: str | None
    crumbs: str
    day: date | None = None


def question_of(finding: FindingView) -> WhoQuestion:
    """Answer the question behind a finding."""
    tls = "No TLS" if finding.id.startswith("no_tls") else "TLS 1.0"
    if finding.direction is None:
        return WhoQuestion(Scope(), tls, f"All mail flow › {tls}")
    label = connector_label(finding.direction, finding.connector, finding.connector_type)
    return WhoQuestion(Scope(finding.direction, any_connector=False, connector=finding.connector), tls, f"{label} › {tls}")


class WhoScreen(MailScreen):
    """A ranked list; Tab goes to the next kind of name, Enter to the messages."""

    KEYS_LINE: ClassVar[str] = "Enter messages  Tab next list  Esc back  ? help"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "app.pop_screen", "back"),
        Binding("tab", "facet(1)", "next list", priority=True),
        Binding("shift+tab", "facet(-1)", "previous list", priority=True),
    ]

    def __init__(self, question: WhoQuestion) -> None:
        super().__init__()
        self._question = question
        self._facet = "host"
        self._rows: Sequence[WhoRow] = ()

    def compose_body(self) -> Iterable[Widget]:
        """Build the tabs, the summary and the list."""
        yield OneLine(id="facets")
        yield OneLine(id="summary", tone="dim")
        yield RecordTable(id="who")

    def show_report(self, report: Report) -> None:
        """Ask for the list of the report's window."""
        day = self._question.day
        self.show_title(f"Connector report › {self._question.crumbs} › who", f"{day_name(day)} {day.year} UTC" if day else None)
        self.query_one(RecordTable).focus()
        self._ask_list()

    def _ask_list(self) -> None:
        words = [f"[{label}]" if key == self._facet else label for key, label in FACETS.items()]
        self.query_one("#facets", OneLine).show("Tab " + "  ".join(words))
        window, question, facet = self._window, self._question, self._facet

        def who(asker: Asker) -> tuple[Sequence[WhoRow], int]:
            return ask_who(asker, window, question.scope, question.tls, facet), ask_daily_totals(
                asker, window, question.scope, question.tls
            )

        self.ask("who", who, self._take)

    @property
    def _window(self) -> Window:
        window = self.report.facts.window
        return replace(window, first_day=self._question.day, last_day=self._question.day) if self._question.day else window

    def _take(self, told: tuple[Sequence[WhoRow], int]) -> None:
        self._rows = told[0]
        self.query_one("#summary", OneLine).show(who_summary(told[0], self._facet, self._window, told[1]))
        self._draw()

    def _draw(self) -> None:
        window = self._window
        columns = who_columns(self.size.width, self._facet, window)
        lines = who_lines(self._rows, columns, window, self._question.tls, self._facet)
        self.query_one(RecordTable).show_lines(columns, lines)

    def on_resize(self, _: events.Resize) -> None:
        """Choose the columns again."""
        if self._rows:
            self._draw()

    def action_facet(self, by: int) -> None:
        """Go to the next kind of name."""
        keys = list(FACETS)
        self._facet = keys[(keys.index(self._facet) + by) % len(keys)]
        self._ask_list()

    def on_record_table_opened(self, message: RecordTable.Opened) -> None:
        """Open the messages of a name."""
        row = next((row for row in self._rows if row.name == message.line_key), None)
        if row is not None:
            question = MessageQuestion(
                scope=self._question.scope,
                tls=self._question.tls,
                facet=self._facet,
                value=row.name,
                whole_file=row.messages == 0,
                day=self._question.day,
                crumbs=f"{self._question.crumbs} › {who_name(row)}",
            )
            app_of(self).push_screen(MessagesScreen(question))
