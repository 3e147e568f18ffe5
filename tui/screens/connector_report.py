"""The connector report: warnings, a table a day and connector, and its chart."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.timer import Timer
from textual.widget import Widget

from tui.rows import CellDetail, ConnectorSetting
from tui.screens.base import MailScreen
from tui.screens.shared import app_of
from tui.screens.who import WhoQuestion, WhoScreen
from tui.store.asking import Asker
from tui.store.questions import Scope
from tui.view.columns import WIDE, connector_columns, connector_lines
from tui.view.connector_words import LEGEND, banner_lines, control_line, reading_lines, report_chart
from tui.view.connectors import ORDERS, ConnectorRow, RowKey, row_key, shown_versions
from tui.view.findings import FindingView, over_limits
from tui.view.report import Report
from tui.view.sheet import Sheet
from tui.view.text import clip
from tui.view.words import VERSIONS, day_name
from tui.widgets.linked_lines import LinkedLines
from tui.widgets.one_line import OneLine
from tui.widgets.record_table import RecordTable

BOTH_FROM_ROWS = 34
CHART_ROWS = 12
REST_SECONDS = 0.1
PATIENCE_SECONDS = 0.2


class ConnectorReportScreen(MailScreen):
    """Table or chart; from 34 rows on both. Enter on a cell shows who."""

    KEYS_LINE: ClassVar[str] = "Enter who  b view by  c show for  t dates  o order  ] warning  v chart  ? help"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "chart", "chart"),
        Binding("b", "by", "view data by"),
        Binding("o", "order", "order"),
        Binding("right_square_bracket", "warning", "next warning"),
        Binding("escape", "app.switch_mode('overview')", "overview"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._chart = False
        self._by_flow = False
        self._order = "direction"
        self._warning = 0
        self._rows: dict[RowKey, ConnectorRow] = {}
        self._waiting: Timer | None = None

    def compose_body(self) -> Iterable[Widget]:
        """Build controls, warning, chart, table and the cursor's row."""
        yield OneLine(id="controls")
        yield LinkedLines(id="warning")
        yield LinkedLines(id="chart")
        yield OneLine(id="legend", tone="dim")
        yield RecordTable(id="connectors")
        yield OneLine(id="reading-row")
        yield OneLine(id="reading-cell")

    def show_report(self, report: Report) -> None:
        """Draw the report."""
        self.query_one("#warning", LinkedLines).can_focus = False
        self.query_one("#chart", LinkedLines).can_focus = False
        self.show_title("mailflow › Connector report")
        self._warning = 0
        self._draw(report)

    def on_resize(self, _: events.Resize) -> None:
        """Choose columns and parts again."""
        if self._shown is not None:
            self._draw(self._shown)

    @property
    def _warnings(self) -> list[FindingView]:
        scope = self.session.scope
        return [
            finding
            for finding in self.report.findings
            if finding.is_warning
            and not finding.too_few
            and (scope.any_connector or (finding.direction, finding.connector) == (scope.direction, scope.connector))
        ]

    def _draw(self, report: Report) -> None:
        width, height = self.size.width, self.size.height
        both = height >= BOTH_FROM_ROWS
        chart, table = self.query_one("#chart", LinkedLines), self.query_one(RecordTable)
        self.query_one("#controls", OneLine).show(*control_line(self._by_flow, self.session.scope, self._chart and not both))
        self._draw_warning()
        narrow = width < WIDE
        for part, shown in ((chart, both or self._chart), (table, both or not self._chart)):
            part.display = shown
        for name in ("#legend", "#reading-row", "#reading-cell"):
            self.query_one(name).display = narrow and table.display if name == "#legend" else table.display
        self.query_one("#legend", OneLine).show(clip(LEGEND, width - 2))
        if chart.display:
            chart.styles.height = CHART_ROWS if both else "1fr"
            rows = CHART_ROWS if both else max(6, height - 3 - len(banner_lines(self._warnings, 0, width)))
            lines = report_chart(report, self._by_flow, width, rows)
            chart.show(Sheet(tuple(tuple(line) for line in lines)))
        columns = connector_columns(width, shown_versions(report.whole))
        order = ORDERS[self._order]
        whole, days = sorted(report.whole, key=order), sorted(report.days, key=order)
        self._rows = {row_key(row): row for row in (*whole, *days)}
        table.show_lines(
            columns,
            connector_lines(whole, days, columns, report.facts.window, over_limits(report.findings)),
            fixed=2 if width >= WIDE else 1,
            keep_cursor=True,
        )
        (table if table.display else chart).focus()

    def _draw_warning(self) -> None:
        warning = self.query_one("#warning", LinkedLines)
        lines = banner_lines(self._warnings, self._warning, self.size.width)
        warning.display = bool(lines)
        warning.styles.height = len(lines)
        warning.show(Sheet(tuple(tuple(line) for line in lines)))

    def on_record_table_cursor_moved(self, message: RecordTable.CursorMoved) -> None:
        """Spell the cursor's row in full once the cursor rests: while a key is held, only the table moves."""
        row = self._rows.get(message.line_key) if isinstance(message.line_key, RowKey) else None
        if self._waiting is not None:
            self._waiting.stop()
        if row is not None:
            version = _version(row, message.column_key)
            self._waiting = self.set_timer(REST_SECONDS, lambda: self._spell(row, version))

    def _spell(self, row: ConnectorRow, version: str) -> None:
        """Ask what the messages behind a cell tell; draw what the rollup knows by itself only when that takes longer."""
        params = {
            **self._span(row),
            "direction": row.direction,
            "any_connector": False,
            "connector": row.connector,
            "tls": version,
            "system": self.session.scope.system,
        }

        def details(asker: Asker) -> tuple[ConnectorSetting | None, CellDetail]:
            settings = asker.ask(ConnectorSetting, "connectors/setting", direction=row.direction, connector=row.connector)
            return (settings[0] if settings else None, asker.ask_one(CellDetail, "connectors/cell_detail", **params))

        waiting = self._waiting = self.set_timer(PATIENCE_SECONDS, lambda: self._read(row, None, version, None))

        def read(told: tuple[ConnectorSetting | None, CellDetail]) -> None:
            waiting.stop()
            self._read(row, told[0], version, told[1])

        self.ask("detail", details, read)

    def _span(self, row: ConnectorRow) -> dict[str, object]:
        window = self.report.facts.window
        if row.day is None:
            return {"since": window.since, "until": window.until}
        days = [day for day in window.days if day == row.day]
        start = window.since + (days[0] - window.first_day)
        return {"since": start, "until": start + (window.until - window.since) / len(window.days)}

    def _read(self, row: ConnectorRow, setting: ConnectorSetting | None, version: str, detail: CellDetail | None) -> None:
        first, second = reading_lines(row, setting, version, detail, self.size.width - 2)
        self.query_one("#reading-row", OneLine).show(first)
        self.query_one("#reading-cell", OneLine).show(second)

    def on_record_table_opened(self, message: RecordTable.Opened) -> None:
        """Show who is behind the cell; behind name and Volume, who is behind the row."""
        row = self._rows.get(message.line_key) if isinstance(message.line_key, RowKey) else None
        if row is None:
            return
        tls = message.column_key if message.column_key in VERSIONS else None
        scope = Scope(row.direction, any_connector=False, connector=row.connector, system=self.session.scope.system)
        crumbs = [row.label, *([day_name(row.day)] if row.day else []), tls or "all versions"]
        app_of(self).push_screen(WhoScreen(WhoQuestion(scope, tls, " › ".join(crumbs), row.day)))

    def action_chart(self) -> None:
        """Table to chart and back."""
        self._chart = not self._chart
        self._draw(self.report)

    def action_by(self) -> None:
        """View data by TLS usage or Mail flow."""
        self._by_flow = not self._by_flow
        self._chart = self._chart or (self._by_flow and self.size.height < BOTH_FROM_ROWS)
        self._draw(self.report)

    def action_order(self) -> None:
        """Order by the next measure."""
        names = list(ORDERS)
        self._order = names[(names.index(self._order) + 1) % len(names)]
        self._draw(self.report)
        self.show_keys(f"order: {self._order}  ·  {self.KEYS_LINE}")

    def action_warning(self) -> None:
        """Show the next warning."""
        self._warning += 1
        self._draw_warning()


def _version(row: ConnectorRow, column: str) -> str:
    """Answer the version that the cursor is on; on the name, the worst one that the row has."""
    if column in VERSIONS:
        return column
    return next((version for version in ("TLS 1.0", "No TLS", "SSL") if row.tls.get(version)), next(iter(row.tls), "TLS 1.2"))
