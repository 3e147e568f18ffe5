"""The lines around the connector report's table: controls, warning, chart, and the cursor's row in full."""

from __future__ import annotations

from collections.abc import Sequence

from tui.rows import CellDetail, ConnectorSetting
from tui.store.questions import Scope
from tui.view.charts import Series, line_chart
from tui.view.connectors import ConnectorRow
from tui.view.findings import FindingView
from tui.view.report import Report
from tui.view.table import Cell
from tui.view.text import cell_width, clip, visible, wrap
from tui.view.words import ALWAYS_SHOWN, clock, connector_label, day_name, grouped, one_decimal, plural

LEGEND = "Direction, type (P, O, –), Forced TLS? (y, n, ?), name; n.rec: not recorded"
ALL = "All mail flow"
MOST_SERIES = 6


def scope_name(scope: Scope) -> str:
    """Answer Show data for in words."""
    if scope.system:
        return visible(scope.system)
    if scope.any_connector:
        return ALL
    return connector_label(scope.direction or "inbound", scope.connector, None)


def control_line(by_flow: bool, scope: Scope, chart: bool) -> tuple[str, str]:
    """Answer the controls: view data by, show data for, and on the right what v does."""
    by = "Mail flow" if by_flow else "TLS usage"
    return (
        f"View data by: {by}  Show data for: {scope_name(scope)}",
        "v: View details table" if chart else "v: View report (chart)",
    )


def banner_lines(findings: Sequence[FindingView], place: int, width: int) -> list[list[Cell]]:
    """Answer one warning with its evidence and advice; empty when none holds."""
    if not findings:
        return []
    finding = findings[place % len(findings)]
    count = f"{place % len(findings) + 1} of {len(findings)}" + ("  ]: next" if len(findings) > 1 else "")
    room = width - len(count) - 3
    mark = "~" if finding.is_estimate else ""
    evidence = (
        f"{finding.where}: {mark}{one_decimal(finding.messages, finding.recorded)} = {mark}{grouped(finding.messages)} of "
        f"{mark}{plural(finding.recorded, 'message')}, limit >{finding.limit_percent:g}%"
    )
    title = clip(finding.title, room)
    return [
        [Cell(f"! {title}", "alarm"), Cell(" " * max(1, room - len(title) + 1)), Cell(count, "dim")],
        [Cell(f"  {line}") for line in wrap(evidence, width - 2)[:1]],
        [Cell(f"  {line}") for line in wrap(finding.advice, width - 2)[:1]],
    ]


def reading_lines(row: ConnectorRow, setting: ConnectorSetting | None, version: str, detail: CellDetail | None, width: int) -> list[str]:
    """Answer the cursor's row in full: its name, type and Forced TLS? with their source, then the cell's figures."""
    return [_first_that_fits(_row_words(row, setting), width), _first_that_fits(_cell_words(row, version, detail), width)]


def _first_that_fits(variants: Sequence[str], width: int) -> str:
    """Answer the fullest variant that fits, else the shortest, cut."""
    return next((words for words in variants if cell_width(words) <= width), clip(variants[-1], width))


def _row_words(row: ConnectorRow, setting: ConnectorSetting | None) -> list[str]:
    base = f"{row.label} · {row.type_name or 'type not told'}" if row.connector else row.label
    if not row.connector:
        return [base]
    if row.forced_tls is None:
        return [f"{base} · Forced TLS? not told (no settings of it loaded)", f"{base} · no settings of it", base]
    forced = f"{base} · Forced TLS? {row.forced_tls}"
    if setting is None or setting.changed_at_utc is None:
        return [forced]
    changed = f"{day_name(setting.changed_at_utc.date())} {setting.changed_at_utc.year}"
    return [f"{forced} (settings of {changed})", f"{forced} ({changed})", forced]


def _cell_words(row: ConnectorRow, version: str, detail: CellDetail | None) -> list[str]:
    count = row.tls.get(version, 0)
    mark = "~" if row.is_estimate else ""
    if not count or version == "Not recorded":
        return [f"{version}: {grouped(count)} of {mark}{grouped(row.volume if version == 'Not recorded' else row.recorded)}"]
    share = f"{version}: {mark}{grouped(count)} of {mark}{grouped(row.recorded)} = {mark}{one_decimal(count, row.recorded)}"
    if detail is None:
        return [share]
    if not detail.messages or not detail.first_utc or not detail.last_utc:
        return [f"{share} · known only as daily totals"]
    who = f"{share} · {plural(detail.connections, 'connection')}" if detail.connections else share
    who = f"{who} · {plural(detail.hosts, 'host')}"
    return [f"{who} · {clock(detail.first_utc)} – {clock(detail.last_utc)}", f"{who} · last {clock(detail.last_utc)}", who]


def report_chart(report: Report, by_flow: bool, width: int, height: int) -> list[list[Cell]]:
    """Answer the chart over the days of the window: percent a TLS version, or messages a connector and Total."""
    days = report.facts.window.days
    labels = [day_name(day) for day in days]
    if by_flow:
        total = [float(sum(row.volume for row in report.days if row.day == day)) for day in days]
        ranked = sorted(report.whole, key=lambda row: -row.volume)[:MOST_SERIES]
        flows = [Series("Total", total, "head")]
        for row in ranked:
            by_day = {one.day: one.volume for one in report.days if (one.direction, one.connector) == (row.direction, row.connector)}
            flows.append(Series(row.label, [float(by_day.get(day, 0)) for day in days]))
        return line_chart(flows, width, height, unit="count", x_labels=labels)
    series: list[Series] = []
    for version in ALWAYS_SHOWN:
        shares: list[float | None] = []
        for day in days:
            rows = [row for row in report.days if row.day == day]
            recorded = sum(row.recorded for row in rows)
            shares.append(100 * sum(row.tls.get(version, 0) for row in rows) / recorded if recorded else None)
        tone = "alarm" if version == "No TLS" else "warn" if version == "TLS 1.0" else "plain"
        series.append(Series(version, shares, tone))
    return line_chart(series, width, height, unit="percent", x_labels=labels)
