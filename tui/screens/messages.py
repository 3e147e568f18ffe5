"""The list of messages, loaded page by page, and the details of one message."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.widget import Widget

from tui.output.export_file import Rows, column_types
from tui.rows import HopLine, MessageDetail, MessageExport, MessageKey, MessageLine, Tally
from tui.screens.app_services import app_of
from tui.screens.base import MailScreen
from tui.screens.raw import RawScreen
from tui.screens.table_screen import ListingScreen
from tui.store.filters import Filter, one
from tui.store.query_runner import QueryRunner
from tui.store.questions import Scope
from tui.store.window import Span
from tui.view.connector_lines import scope_name
from tui.view.messages import LEGEND, message_columns, message_line, message_sheet
from tui.view.report import Report
from tui.view.table import Cell, Column, Line, Sort, Total
from tui.widgets.linked_lines import LinkedLines
from tui.widgets.one_line import OneLine
from tui.widgets.record_table import RecordTable

COUNT_AT_ONCE = 1000
COUNT_AT_MOST = 5_000_000


@dataclass(frozen=True)
class MessageQuestion:
    """Which messages: a scope with its filter, a TLS version (None is any), and a part of the window, all of it or the whole file."""

    scope: Scope = field(default_factory=Scope)
    tls: str | None = None
    whole_file: bool = False
    part: Span | None = None
    crumbs: str = ""


class MessagesScreen(ListingScreen):
    """A list that pages from the trace file, so that any number of messages opens at once."""

    LIST: ClassVar[str] = "messages"
    KEYS_LINE: ClassVar[str] = "Enter one message  o order  / find  e export  F filter  Esc back  ? help"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", "back")]

    def __init__(self, question: MessageQuestion | None = None) -> None:
        super().__init__()
        self._given = question
        self._state: object = None
        self._total = Total(0, more=False)

    def compose_body(self) -> Iterable[Widget]:
        """Build the list and the line with the position in it."""
        yield RecordTable(id="messages")
        yield OneLine(id="place", tone="dim")

    @property
    def _question(self) -> MessageQuestion:
        return self._given or MessageQuestion(scope=self.session.scope)

    def show_report(self, report: Report) -> None:
        """Count the messages and show the first page."""
        scope = "" if self.session.scope == Scope() else f" › {scope_name(self.session.scope)}"
        crumbs = f"Connector report › {self._question.crumbs} › messages" if self._question.crumbs else f"mailflow › Messages{scope}"
        self.show_title(crumbs, self._span.name or None)
        self.query_one(RecordTable).focus()
        is_newer, self._state = self._state not in (None, self.session.state), self.session.state
        self._start(keep_cursor=is_newer)

    @property
    def _where(self) -> Filter:
        """The filter of the question, and what is looked for."""
        where = self._question.scope.narrowed
        return where & one("text", self.find.text, "does not contain" if self.find.without else "contains") if self.find.text else where

    def _params(self) -> dict[str, object]:
        span = self._span
        return {
            "since": span.since, "until": span.until, "tls": self._question.tls,
            "flow_only": self._given is not None, **self._question.scope.params(),
        }  # fmt: skip

    @property
    def _span(self) -> Span:
        window = self.report.facts.window
        return window.whole_file if self._question.whole_file else self._question.part or window.span

    @property
    def _order(self) -> Sort:
        return self.sort or Sort("time", descending=True)

    def _columns(self) -> list[Column]:
        return self.shown(message_columns(self.size.width, self.report.facts.window.zone))

    def redraw(self) -> None:
        """Ask again: what is looked for, the order or the columns are others."""
        self._start()

    def _start(self, *, keep_cursor: bool = False) -> None:
        """Count the messages; with `keep_cursor` the cursor stays on its message, or on its line when not sorted by time."""
        params, where, order = self._params(), self._where, self._order
        key = self.table.cursor_key if keep_cursor and order.key == "time" else None
        line = self.table.cursor_index if keep_cursor else 0

        def count(runner: QueryRunner) -> tuple[Tally, int]:
            tally = runner.ask_one(Tally, "messages/tally", where, most=COUNT_AT_ONCE, **params)
            if not isinstance(key, MessageKey):
                return tally, line
            place = runner.ask_one(Tally, "messages/place", where, **params, **asdict(key), descending=order.descending)
            return tally, place.found

        self.ask("tally", count, self._take_tally)

    def _take_tally(self, result: tuple[Tally, int]) -> None:
        tally, line = result
        more = tally.found > COUNT_AT_ONCE
        self._total = Total(min(tally.found, COUNT_AT_ONCE), more)
        if not tally.found:
            self.table.show_lines(self._columns(), [Line("rule", (Cell("no messages here: choose other dates with t", "head"),))])
            self._place()
            return
        self.table.show(self._columns(), self._total, fixed=1, keep_cursor=True, sort=self._order)
        self.table.action_first()
        self.table.action_step(line)
        self._place()
        if more:
            params, where = self._params(), self._where
            self.ask("tally", lambda runner: runner.ask_one(Tally, "messages/tally", where, most=COUNT_AT_MOST, **params), self._take_all)

    def _take_all(self, tally: Tally) -> None:
        self._total = Total(min(tally.found, COUNT_AT_MOST), tally.found > COUNT_AT_MOST)
        self.table.show_total(self._total)
        self._place()

    def _place(self) -> None:
        order = "newest first" if self._order == Sort("time", descending=True) else f"sorted by {self._order.key}"
        place = self.table.position_text()
        self.query_one("#place", OneLine).show(f"{place}   {LEGEND}" if self._given is None else place, order)

    def on_record_table_page_wanted(self, message: RecordTable.PageWanted) -> None:
        """Ask for the rows that came into view."""
        order = {"sort": self._order.key, "descending": self._order.descending}
        params = self._params() | order | {"page_rows": message.limit, "page_from": message.offset}
        request, offset, where = message.request, message.offset, self._where

        def rows(runner: QueryRunner) -> Sequence[MessageLine]:
            return runner.ask(MessageLine, "messages/page", where, **params)

        def show(found: Sequence[MessageLine]) -> None:
            columns = self._columns()
            self.table.show_page(request, offset, [message_line(row, columns, self.report.facts.window) for row in found])
            self._place()

        self.ask("page", rows, show)

    def rows_shown(self) -> Rows:
        """Return all messages of the list with all their columns."""
        params, where = self._params(), self._where
        return Rows(
            "messages", column_types(MessageExport), lambda runner: runner.stream(MessageExport, "messages/export", where, **params)
        )

    def on_record_table_cursor_moved(self, _: RecordTable.CursorMoved) -> None:
        """Return the position."""
        self._place()

    def on_record_table_opened(self, message: RecordTable.Opened) -> None:
        """Open one message."""
        if isinstance(message.line_key, MessageKey):
            app_of(self).push_screen(OneMessageScreen(message.line_key, self._question.crumbs))

    def on_resize(self, _: events.Resize) -> None:
        """Choose the columns again."""
        if self._shown is not None and self._total.rows:
            self.table.show(self._columns(), self._total, fixed=1, keep_cursor=True, sort=self._order)

    def action_back(self) -> None:
        """Go back to where the list came from; the list of all messages is where it began."""
        if self._given is not None:
            app_of(self).pop_screen()


class OneMessageScreen(MailScreen):
    """The details of one message at one hop, and its other hops; r shows the raw lines of its session."""

    KEYS_LINE: ClassVar[str] = "r raw lines  Enter other hop  arrows scroll  x SQL  Esc back  ? help"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "app.pop_screen", "back"), Binding("r", "raw", "raw lines")]

    def __init__(self, key: MessageKey, crumbs: str) -> None:
        super().__init__()
        self._key = key
        self._crumbs = crumbs
        self._details: tuple[MessageDetail, Sequence[HopLine]] | None = None

    def compose_body(self) -> Iterable[Widget]:
        """Build the sheet."""
        yield LinkedLines(id="message")

    def show_report(self, report: Report) -> None:
        """Ask for the message and its hops."""
        self.show_title(" › ".join(part for part in (self._crumbs or "mailflow", "messages", "one message") if part), "")
        self.query_one(LinkedLines).focus()
        key = asdict(self._key)

        def one_message(runner: QueryRunner) -> tuple[MessageDetail, Sequence[HopLine]] | None:
            found = runner.ask(MessageDetail, "messages/one", **key)
            return (found[0], runner.ask(HopLine, "messages/hops", **key)) if found else None

        self.ask("one", one_message, self._take)

    def _take(self, details: tuple[MessageDetail, Sequence[HopLine]] | None) -> None:
        if details is None:
            self.show_keys("this message is not in the newer data  ·  Esc back  ? help")
            return
        self._details = details
        self.query_one(LinkedLines).show(message_sheet(*details, self._key, self.report.facts.window, self.size.width))

    def on_resize(self, _: events.Resize) -> None:
        """Draw it for another width."""
        if self._details is not None:
            self._take(self._details)

    def on_linked_lines_followed(self, message: LinkedLines.Followed) -> None:
        """Open another hop of the message."""
        hops = self._details[1] if self._details is not None else ()
        hop = next((hop for hop in hops if f"hop-{hop.hop_key}" == message.key), None)
        if hop is not None:
            app_of(self).push_screen(OneMessageScreen(hop.key, self._crumbs))

    def action_raw(self) -> None:
        """Show the raw lines of the session."""
        if self._details is not None:
            app_of(self).push_screen(RawScreen(self._key, self._details[0].session_id))
