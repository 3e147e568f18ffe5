"""The connector report: warnings, a table a day and connector, and its chart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.timer import Timer
from textual.widget import Widget

from tui.output.csv_report import connector_export
from tui.output.export_file import Rows
from tui.rows import CellDetail, ConnectorSetting
from tui.screens.app_services import app_of
from tui.screens.table_screen import ListingScreen
from tui.screens.who import WhoQuestion, WhoScreen
from tui.store.query_runner import QueryRunner
from tui.store.questions import Scope
from tui.store.window import Span
from tui.view.columns import WIDE, connector_columns, connector_lines
from tui.view.connector_lines import LEGEND, banner_lines, control_line, reading_lines, report_chart
from tui.view.connectors import (
    TOTAL,
    ConnectorRow,
    RowKey,
    connector_text,
    connector_value,
    part_label,
    part_name,
    row_key,
    shown_versions,
    total_row,
    usual_order,
)
from tui.view.find import found, ordered
from tui.view.findings import FindingView, cells_over_limit
from tui.view.formatting import VERSIONS
from tui.view.report import Report
from tui.view.sheet import Sheet
from tui.view.table import Cell, Column, Line
from tui.view.text import clip
from tui.widgets.linked_lines import LinkedLines
from tui.widgets.one_line import OneLine
from tui.widgets.record_table import RecordTable

BOTH_FROM_ROWS = 34
CHART_ROWS = 12
REST_SECONDS = 0.1
PATIENCE_SECONDS = 0.2


class ConnectorReportScreen(ListingScreen):
    """Table or chart; from 34 rows on both. Enter on a cell shows who."""

    LIST: ClassVar[str] = "connectors"
    DRAWS_REPORT: ClassVar[bool] = True
    KEYS_LINE: ClassVar[str] = "Enter who  c show for  t dates  o order  f what-if  / find  : all  ? help"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "chart", "chart"),
        Binding("b", "by", "view data by"),
        Binding("right_square_bracket", "warning", "next warning"),
        Binding("R", "recipients", "recipients"),
        Binding("escape", "app.switch_mode('overview')", "overview"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._chart = False
        self._by_flow = False
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
            and finding.is_active
            and (scope.any_connector or (finding.direction, finding.connector) == (scope.direction, scope.connector))
        ]

    def _draw(self, report: Report) -> None:
        width, height = self.size.width, self.size.height
        both = height >= BOTH_FROM_ROWS
        chart, table = self.query_one("#chart", LinkedLines), self.query_one(RecordTable)
        self.query_one("#controls", OneLine).show(
            *control_line(self._by_flow, self.session.scope, self._chart and not both, recipients=report.recipients)
        )
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
        self._draw_table(report)
        if not self.query_one("#find").has_focus:
            (table if table.display else chart).focus()

    def _draw_table(self, report: Report) -> None:
        columns = self.shown(connector_columns(self.size.width, shown_versions(report.whole)))
        whole, parts = self._arranged(report.whole), self._arranged(report.parts)
        self._rows = {row_key(row): row for row in (*whole, *parts, total_row(whole))}
        if not whole:
            self._say_empty(columns)
            return
        self.table.show_lines(
            columns,
            connector_lines(
                whole,
                parts,
                columns,
                report.facts.window,
                () if report.facts.scope.where else cells_over_limit(report.findings),
                report.facts.grain,
            ),
            fixed=2 if self.size.width >= WIDE and columns[0].key == "date" else 1,
            keep_cursor=True,
            sort=self.sort,
        )

    def _say_empty(self, columns: Sequence[Column]) -> None:
        if self._waiting is not None:
            self._waiting.stop()
        words = "nothing matches: / Esc shows all again; F filter, t dates, c show data for"
        self.table.show_lines(columns, [Line("rule", (Cell(words, "head"),))])
        for name in ("#reading-row", "#reading-cell"):
            self.query_one(name, OneLine).show("")

    def _arranged(self, rows: Sequence[ConnectorRow]) -> list[ConnectorRow]:
        return ordered(found(sorted(rows, key=usual_order), self.find, connector_text), self.sort, connector_value)

    def redraw(self) -> None:
        """Draw the table again."""
        self._draw_table(self.report)

    def rows_shown(self) -> Rows:
        """Return the rows of days, or of hours or weeks, in their order."""
        return connector_export(self._arranged(self.report.parts), self.report.facts.grain)

    def _draw_warning(self) -> None:
        warning = self.query_one("#warning", LinkedLines)
        lines = banner_lines(self._warnings, self._warning, self.size.width)
        warning.display = bool(lines)
        warning.styles.height = len(lines)
        warning.show(Sheet(tuple(tuple(line) for line in lines)))

    def on_record_table_cursor_moved(self, message: RecordTable.CursorMoved) -> None:
        """Show the details of the row once the cursor rests: while a key is pressed, only the table is redrawn."""
        row = self._rows.get(message.line_key) if isinstance(message.line_key, RowKey) else None
        if self._waiting is not None:
            self._waiting.stop()
        if row is not None:
            version = _version(row, message.column_key)
            self._waiting = self.set_timer(REST_SECONDS, lambda: self._spell(row, version))

    def _spell(self, row: ConnectorRow, version: str) -> None:
        """Query the messages of a cell; show the figures of the rollup first only when that takes longer."""
        params = {
            "since": self._span(row).since,
            "until": self._span(row).until,
            **self._scope_of(row).params(),
            "tls": version,
        }

        narrowed = self.session.scope.narrowed

        def details(runner: QueryRunner) -> tuple[ConnectorSetting | None, CellDetail]:
            settings = runner.ask(ConnectorSetting, "connectors/setting", direction=row.direction, connector=row.connector)
            return (settings[0] if settings else None, runner.ask_one(CellDetail, "connectors/cell_detail", narrowed, **params))

        waiting = self._waiting = self.set_timer(PATIENCE_SECONDS, lambda: self._read(row, None, version, None))

        def read(result: tuple[ConnectorSetting | None, CellDetail]) -> None:
            waiting.stop()
            self._read(row, result[0], version, result[1])

        self.ask("detail", details, read)

    def _span(self, row: ConnectorRow) -> Span:
        window, grain = self.report.facts.window, self.report.facts.grain
        if row.at is None:
            return window.span
        day = f"{part_label(row.at, grain)} {row.at.year} {window.zone}"
        return window.part(row.at, grain, day if grain == "day" else part_name(row.at, grain, window))

    def _read(self, row: ConnectorRow, setting: ConnectorSetting | None, version: str, detail: CellDetail | None) -> None:
        first, second = reading_lines(row, setting, version, detail, self.report.facts.window, self.size.width - 2)
        self.query_one("#reading-row", OneLine).show(first)
        self.query_one("#reading-cell", OneLine).show(second)

    def on_record_table_opened(self, message: RecordTable.Opened) -> None:
        """Open Who for the cell; on name and Volume, for the whole row."""
        row = self._rows.get(message.line_key) if isinstance(message.line_key, RowKey) else None
        if row is None:
            return
        tls = message.column_key if message.column_key in VERSIONS else None
        crumbs = [row.label, *([part_label(row.at, self.report.facts.grain)] if row.at else []), tls or "all versions"]
        app_of(self).push_screen(WhoScreen(WhoQuestion(self._scope_of(row), tls, " › ".join(crumbs), self._span(row) if row.at else None)))

    def _scope_of(self, row: ConnectorRow) -> Scope:
        scope = self.session.scope
        return scope if row.direction == TOTAL else replace(scope, direction=row.direction, any_connector=False, connector=row.connector)

    def action_recipients(self) -> None:
        """Count recipients instead of messages, or messages again."""
        self.session.recipients = not self.session.recipients
        app_of(self).ask_again()

    def action_chart(self) -> None:
        """Table to chart and back."""
        self._chart = not self._chart
        self._draw(self.report)

    def action_by(self) -> None:
        """View data by TLS usage or Mail flow."""
        self._by_flow = not self._by_flow
        self._chart = self._chart or (self._by_flow and self.size.height < BOTH_FROM_ROWS)
        self._draw(self.report)

    def action_warning(self) -> None:
        """Show the next warning."""
        self._warning += 1
        self._draw_warning()


def _version(row: ConnectorRow, column: str) -> str:
    """Return the version that the cursor is on; on the name, the worst one that the row has."""
    if column in VERSIONS:
        return column
    return next((version for version in ("TLS 1.0", "No TLS", "SSL") if row.tls.get(version)), next(iter(row.tls), "TLS 1.2"))
