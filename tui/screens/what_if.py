"""What-if: what breaks below a minimum TLS version, by connector, peer and day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.widget import Widget

from tui.output.export_file import Rows, rows_of
from tui.rows import WhatIfPeer
from tui.screens.app_services import app_of
from tui.screens.messages import MessageQuestion, MessagesScreen
from tui.screens.table_screen import ListingScreen
from tui.screens.who import WhoQuestion, WhoScreen
from tui.store.filters import Filter, one
from tui.store.lists import WhatIf, ask_what_if
from tui.store.questions import Scope
from tui.store.window import Span
from tui.view.formatting import connector_label
from tui.view.report import Report
from tui.view.text import visible
from tui.view.what_if import (
    MINIMUM_VERSIONS,
    ConnectorKey,
    PeerKey,
    peer_name,
    summary_lines,
    what_if_columns,
    what_if_lines,
    what_if_span,
    what_if_title,
)
from tui.widgets.one_line import OneLine
from tui.widgets.paragraph import Words
from tui.widgets.record_table import RecordTable


class WhatIfScreen(ListingScreen):
    """Tab changes the minimum version; R refuses everything below it; w switches between window and whole file."""

    LIST: ClassVar[str] = "what-if"
    KEYS_LINE: ClassVar[str] = "Enter who  Tab minimum  R refuse all  w window  e export  x SQL  Esc  ? help"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "app.pop_screen", "back"),
        Binding("tab", "minimum(1)", "higher minimum", priority=True),
        Binding("shift+tab", "minimum(-1)", "lower minimum", priority=True),
        Binding("R", "refuse", "refuse all"),
        Binding("w", "window", "window or all data"),
    ]

    def __init__(self, scope: Scope, minimum_tls: str = "TLS 1.2") -> None:
        super().__init__()
        self._scope = scope
        self._minimum_tls = minimum_tls
        self._refuse = False
        self._whole = True
        self._what_if: WhatIf | None = None

    def compose_body(self) -> Iterable[Widget]:
        """Build the minimum versions, the summary in two lines, and the table."""
        yield OneLine(id="minimum-versions")
        yield Words(id="summary", most=5)
        yield RecordTable(id="what-if")

    def show_report(self, report: Report) -> None:
        """Ask."""
        self.table.focus()
        self._ask()

    @property
    def _span(self) -> Span:
        window = self.report.facts.window
        return window.whole_file if self._whole else window.span

    def _ask(self) -> None:
        words = [f"[{minimum_tls}]" if minimum_tls == self._minimum_tls else minimum_tls for minimum_tls in MINIMUM_VERSIONS]
        self.query_one("#minimum-versions", OneLine).show("Tab " + "  ".join(words))
        span, scope, minimum_tls, refuse = self._span, self._scope, self._minimum_tls, self._refuse
        self.ask("what-if", lambda runner: ask_what_if(runner, span, scope, minimum_tls, refuse=refuse), self._take)

    def _take(self, what_if: WhatIf) -> None:
        self._what_if = what_if
        self.show_title("Connector report › What-if: minimum TLS version", what_if_span(what_if, self.report.facts.window))
        refused = " (all below it refused)" if what_if.refuse else ""
        self.query_one("#summary", Words).show(f"{what_if_title(what_if)}{refused}:", *summary_lines(what_if))
        self.redraw()

    def redraw(self) -> None:
        """Draw the table again."""
        if self._what_if is None:
            return
        columns = self.shown(what_if_columns(self.size.width))
        matching = replace(
            self._what_if,
            peers=[row for row in self._what_if.peers if self.find.matches(peer_name(row))],
            connectors=[
                row
                for row in self._what_if.connectors
                if self.find.matches(connector_label(row.direction, row.connector, row.connector_type))
            ],
        )
        self.table.show_lines(columns, what_if_lines(matching, columns, self.report.facts.window), keep_cursor=True)

    def rows_shown(self) -> Rows | None:
        """Return the peers below the minimum."""
        peers = [row for row in self._what_if.peers if self.find.matches(peer_name(row))] if self._what_if else []
        return rows_of("below-the-minimum", WhatIfPeer, peers)

    def on_resize(self, _: events.Resize) -> None:
        """Choose the columns again."""
        self.redraw()

    def action_minimum(self, by: int) -> None:
        """Raise or lower the minimum version."""
        self._minimum_tls = MINIMUM_VERSIONS[(MINIMUM_VERSIONS.index(self._minimum_tls) + by) % len(MINIMUM_VERSIONS)]
        self._ask()

    def action_refuse(self) -> None:
        """Refuse everything below the minimum, or only on connectors that force TLS."""
        self._refuse = not self._refuse
        self._ask()

    def action_window(self) -> None:
        """Switch between the window and the whole file."""
        self._whole = not self._whole
        self._ask()

    def _below(self) -> Filter:
        return one("tls", "TLS 1.0" if self._minimum_tls == "any TLS" else self._minimum_tls, "<")

    def on_record_table_opened(self, message: RecordTable.Opened) -> None:
        """Open Who for the affected mail of a connector or day, or the messages of a peer."""
        key, scope, window = message.line_key, self._scope, self.report.facts.window
        below = self._below()
        crumbs = f"below {self._minimum_tls}"
        if isinstance(key, ConnectorKey):
            mine = replace(scope, direction=key.direction, any_connector=False, connector=key.connector, where=scope.where & below)
            label = connector_label(key.direction, key.connector, key.connector_type)
            app_of(self).push_screen(WhoScreen(WhoQuestion(mine, None, f"{label} › {crumbs}", self._span)))
        elif isinstance(key, PeerKey):
            mine = replace(scope, direction=key.direction, where=scope.where & below & one("peer", key.name))
            name = visible(key.name or "not recorded")
            app_of(self).push_screen(MessagesScreen(MessageQuestion(mine, part=self._span, crumbs=f"{crumbs} › {name}")))
        elif isinstance(key, date):
            day = replace(window, first_day=key, last_day=key)
            span = Span(day.since, day.until, f"{key:%a %d %b %Y}")
            mine = replace(scope, where=scope.where & below)
            app_of(self).push_screen(WhoScreen(WhoQuestion(mine, None, crumbs, span)))
