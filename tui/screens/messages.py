"""Messages, a page at a time, and one of them with everything that is known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.widget import Widget

from tui.rows import MessageDetail, MessageLine, Tally
from tui.screens.base import MailScreen
from tui.screens.shared import app_of
from tui.store.asking import Asker
from tui.store.questions import Scope
from tui.view.connector_words import scope_name
from tui.view.messages import LEGEND, SORTS, message_columns, message_line, message_sheet
from tui.view.report import Report
from tui.view.table import Cell, Line, Sort, Total
from tui.view.words import day_name
from tui.widgets.linked_lines import LinkedLines
from tui.widgets.one_line import OneLine
from tui.widgets.record_table import RecordTable

COUNT_AT_ONCE = 1000
COUNT_AT_MOST = 5_000_000


@dataclass(frozen=True)
class MessageQuestion:
    """Which messages: a scope, a TLS version, and one value of a facet, all None for any."""

    scope: Scope = field(default_factory=Scope)
    tls: str | None = None
    facet: str | None = None
    value: str | None = None
    whole_file: bool = False
    day: date | None = None
    crumbs: str = ""


class MessagesScreen(MailScreen):
    """A list that pages from the trace file, so that any number of messages opens at once."""

    KEYS_LINE: ClassVar[str] = "Enter one message  o order  t dates  Esc back  1-4 screens  ? help"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("o", "order", "order"), Binding("escape", "back", "back")]

    def __init__(self, question: MessageQuestion | None = None) -> None:
        super().__init__()
        self._given = question
        self._sort = "time"
        self._total = Total(0, more=False)

    def compose_body(self) -> Iterable[Widget]:
        """Build the list and the line that tells the place in it."""
        yield RecordTable(id="messages")
        yield OneLine(id="place", tone="dim")

    @property
    def _question(self) -> MessageQuestion:
        return self._given or MessageQuestion(scope=self.session.scope)

    def show_report(self, report: Report) -> None:
        """Count the messages and show the first page."""
        scope = "" if self.session.scope == Scope() else f" › {scope_name(self.session.scope)}"
        crumbs = f"Connector report › {self._question.crumbs} › messages" if self._question.crumbs else f"mailflow › Messages{scope}"
        day = self._question.day
        right = "whole file" if self._question.whole_file else f"{day_name(day)} {day.year} UTC" if day else None
        self.show_title(crumbs, right)
        self.query_one(RecordTable).focus()
        self._start()

    def _params(self) -> dict[str, object]:
        question, window = self._question, self.report.facts.window
        since, until = window.since, window.until
        if question.day is not None:
            since = datetime.combine(question.day, time())
            until = since + timedelta(days=1)
        if question.whole_file:
            since, until = min(since, window.data_first_utc), max(until, window.data_last_utc + timedelta(days=1))
        return {
            "since": since, "until": until, "tls": question.tls, "facet": question.facet, "value": question.value,
            "flow_only": self._given is not None, **question.scope.params(),
        }  # fmt: skip

    def _start(self) -> None:
        params = self._params()
        self.ask(
            "tally",
            lambda asker: asker.ask_one(Tally, "messages/tally", most=COUNT_AT_ONCE, **params),
            self._take_tally,
        )

    def _take_tally(self, tally: Tally) -> None:
        more = tally.found > COUNT_AT_ONCE
        self._total = Total(min(tally.found, COUNT_AT_ONCE), more)
        table = self.query_one(RecordTable)
        if not tally.found:
            table.show_lines(
                message_columns(self.size.width),
                [Line("rule", (Cell("no messages here: choose other dates with t", "head"),))],
            )
            self._place()
            return
        table.show(
            message_columns(self.size.width),
            self._total,
            fixed=1,
            sort=Sort(self._sort, descending=self._sort == "time"),
        )
        self._place()
        if more:
            params = self._params()
            self.ask(
                "tally",
                lambda asker: asker.ask_one(Tally, "messages/tally", most=COUNT_AT_MOST, **params),
                self._take_all,
            )

    def _take_all(self, tally: Tally) -> None:
        self._total = Total(min(tally.found, COUNT_AT_MOST), tally.found > COUNT_AT_MOST)
        self.query_one(RecordTable).show_total(self._total)
        self._place()

    def _place(self) -> None:
        order = f"order: {'newest first' if self._sort == 'time' else self._sort}"
        place = self.query_one(RecordTable).position_text()
        self.query_one("#place", OneLine).show(f"{place}   {LEGEND}" if self._given is None else place, order)

    def on_record_table_page_wanted(self, message: RecordTable.PageWanted) -> None:
        """Ask for the rows that came into view."""
        params = self._params() | {
            "sort": self._sort,
            "descending": self._sort == "time",
            "page_rows": message.limit,
            "page_from": message.offset,
        }
        request, offset = message.request, message.offset

        def rows(asker: Asker) -> Sequence[MessageLine]:
            return asker.ask(MessageLine, "messages/page", **params)

        def show(found: Sequence[MessageLine]) -> None:
            columns = message_columns(self.size.width)
            self.query_one(RecordTable).show_page(request, offset, [message_line(row, columns) for row in found])
            self._place()

        self.ask("page", rows, show)

    def on_record_table_cursor_moved(self, _: RecordTable.CursorMoved) -> None:
        """Tell the place."""
        self._place()

    def on_record_table_opened(self, message: RecordTable.Opened) -> None:
        """Open one message."""
        if isinstance(message.line_key, int):
            app_of(self).push_screen(OneMessageScreen(message.line_key, self._question.crumbs))

    def on_resize(self, _: events.Resize) -> None:
        """Choose the columns again."""
        if self._shown is not None and self._total.rows:
            sort = Sort(self._sort, descending=self._sort == "time")
            self.query_one(RecordTable).show(message_columns(self.size.width), self._total, fixed=1, keep_cursor=True, sort=sort)

    def action_order(self) -> None:
        """Order by the next column."""
        self._sort = SORTS[(SORTS.index(self._sort) + 1) % len(SORTS)]
        self._start()

    def action_back(self) -> None:
        """Go back to where the list came from; the list of all messages is where it began."""
        if self._given is not None:
            app_of(self).pop_screen()


class OneMessageScreen(MailScreen):
    """Everything that is known of one message at one hop."""

    KEYS_LINE: ClassVar[str] = "Esc back  arrows scroll  1-4 screens  ? help  q quit"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "app.pop_screen", "back")]

    def __init__(self, row_id: int, crumbs: str) -> None:
        super().__init__()
        self._row_id = row_id
        self._crumbs = crumbs
        self._row: MessageDetail | None = None

    def compose_body(self) -> Iterable[Widget]:
        """Build the sheet."""
        yield LinkedLines(id="message")

    def show_report(self, report: Report) -> None:
        """Ask for the message."""
        self.show_title(" › ".join(part for part in (self._crumbs or "mailflow", "messages", "one message") if part), "")
        self.query_one(LinkedLines).focus()
        self.ask("one", lambda asker: asker.ask_one(MessageDetail, "messages/one", row_id=self._row_id), self._take)

    def _take(self, row: MessageDetail) -> None:
        self._row = row
        self.query_one(LinkedLines).show(message_sheet(row, self.size.width))

    def on_resize(self, _: events.Resize) -> None:
        """Draw it for another width."""
        if self._row is not None:
            self._take(self._row)
