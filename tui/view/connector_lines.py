"""The lines around the connector report's table: controls, warning, chart, and the cursor's row in full."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tui.rows import CellDetail, ConnectorSetting
from tui.store.questions import Scope
from tui.store.window import Window
from tui.view.charts import Series, line_chart
from tui.view.connectors import ConnectorRow, part_label
from tui.view.findings import FindingView
from tui.view.formatting import ALWAYS_SHOWN, clock, connector_label, day_name, grouped, one_decimal, plural
from tui.view.report import Report
from tui.view.table import Cell
from tui.view.text import cell_width, clip, visible, wrap

LEGEND = "Direction, type (P, O, –), Forced TLS? (y, n, ?), name; n.rec: not recorded"
ALL = "All mail flow"
MAX_SERIES = 6


def scope_name(scope: Scope) -> str:
    """Return the scope ("Show data for") as text."""
    name = visible(scope.system) if scope.system else ALL
    if not scope.any_connector:
        name = connector_label(scope.direction or "inbound", scope.connector, None)
    elif scope.direction:
        name = "your own clients (SMTP AUTH)" if scope.direction == "submission" else scope.direction
    return f"{name}, where {visible(scope.where.words)}" if scope.where else name


def control_line(by_flow: bool, scope: Scope, chart: bool, *, recipients: bool = False) -> tuple[str, str]:
    """Return the controls: view data by, show data for, and on the right what v does."""
    by = "Mail flow" if by_flow else "TLS usage"
    counted = "  Counting: recipients" if recipients else ""
    return (
        f"View data by: {by}  Show data for: {scope_name(scope)}{counted}",
        "v: View details table" if chart else "v: View report (chart)",
    )


def banner_lines(findings: Sequence[FindingView], place: int, width: int) -> list[list[Cell]]:
    """Return one warning with its evidence and advice; empty without one."""
    if not findings:
        return []
    finding = findings[place % len(findings)]
    count = f"{place % len(findings) + 1} of {len(findings)}" + ("  ]: next" if len(findings) > 1 else "")
    room = width - len(count) - 3
    mark = "~" if finding.is_estimate else ""
    evidence = (
        f"{finding.where}: {finding.evidence}"
        if finding.raw_evidence
        else f"{finding.where}: {mark}{one_decimal(finding.messages, finding.recorded)} = {mark}{grouped(finding.messages)} of "
        f"{mark}{plural(finding.recorded, 'message')}, limit >{finding.limit_percent:g}%"
    )
    title = clip(finding.title, room)
    return [
        [Cell(f"! {title}", "alarm"), Cell(" " * max(1, room - len(title) + 1)), Cell(count, "dim")],
        [Cell(f"  {line}") for line in wrap(evidence, width - 2)[:1]],
        [Cell(f"  {line}") for line in wrap(finding.advice, width - 2)[:1]],
    ]


def reading_lines(
    row: ConnectorRow, setting: ConnectorSetting | None, version: str, detail: CellDetail | None, window: Window, width: int
) -> list[str]:
    """Return the cursor's row in full: its name, type and Forced TLS? with their source, then the cell's figures."""
    return [_first_that_fits(_row_words(row, setting), width), _first_that_fits(_cell_words(row, version, detail, window), width)]


def _first_that_fits(variants: Sequence[str], width: int) -> str:
    """Return the fullest variant that fits, else the shortest, cut."""
    return next((words for words in variants if cell_width(words) <= width), clip(variants[-1], width))


def _row_words(row: ConnectorRow, setting: ConnectorSetting | None) -> list[str]:
    base = f"{row.label} · {row.type_name or 'type unknown'}" if row.connector else row.label
    if not row.connector:
        return [base]
    if row.forced_tls is None:
        return [f"{base} · Forced TLS? unknown (settings not loaded)", f"{base} · settings not loaded", base]
    forced = f"{base} · Forced TLS? {row.forced_tls}"
    if setting is None or setting.changed_at_utc is None:
        return [forced]
    changed = f"{day_name(setting.changed_at_utc.date())} {setting.changed_at_utc.year}"
    return [f"{forced} (settings of {changed})", f"{forced} ({changed})", forced]


def _cell_words(row: ConnectorRow, version: str, detail: CellDetail | None, window: Window) -> list[str]:
    count = row.tls.get(version, 0)
    mark = "~" if row.is_estimate else ""
    if not count or version == "Not recorded":
        return [f"{version}: {grouped(count)} of {mark}{grouped(row.volume if version == 'Not recorded' else row.recorded)}"]
    share = f"{version}: {mark}{grouped(count)} of {mark}{grouped(row.recorded)} = {mark}{one_decimal(count, row.recorded)}"
    if detail is None:
        return [share]
    if not detail.messages or not detail.first_utc or not detail.last_utc:
        return [f"{share} · daily totals only"]
    who = f"{share} · {plural(detail.connections, 'connection')}" if detail.connections else share
    who = f"{who} · {plural(detail.hosts, 'host')}"
    first, last = clock(window.local(detail.first_utc)), clock(window.local(detail.last_utc))
    return [f"{who} · {first} – {last}", f"{who} · last {last}", who]


def report_chart(report: Report, by_flow: bool, width: int, height: int) -> list[list[Cell]]:
    """Return the chart over the days of the window: percent a TLS version, or messages a connector and Total."""
    grain = report.facts.grain
    parts = report.facts.window.parts(grain)
    labels = [part_label(at, grain) for at in parts]
    by_time: dict[datetime, list[ConnectorRow]] = {at: [] for at in parts}
    for row in report.parts:
        if row.at is not None:
            by_time.setdefault(row.at, []).append(row)
    if by_flow:
        total = [float(sum(row.volume for row in by_time[at])) for at in parts]
        ranked = sorted(report.whole, key=lambda row: -row.volume)[:MAX_SERIES]
        flows = [Series("Total", total, "head")]
        for row in ranked:
            own = {one.at: one.volume for one in report.parts if (one.direction, one.connector) == (row.direction, row.connector)}
            flows.append(Series(row.label, [float(own.get(at, 0)) for at in parts]))
        if len(report.whole) > len(ranked):
            shown = {(row.direction, row.connector) for row in ranked}
            rest = [sum(row.volume for row in by_time[at] if (row.direction, row.connector) not in shown) for at in parts]
            flows.append(Series(f"{len(report.whole) - len(ranked)} other connectors", [float(count) for count in rest], "dim"))
        return line_chart(flows, width, height, unit="count", x_labels=labels)
    series: list[Series] = []
    for version in ALWAYS_SHOWN:
        shares: list[float | None] = []
        for at in parts:
            rows = by_time[at]
            recorded = sum(row.recorded for row in rows)
            shares.append(100 * sum(row.tls.get(version, 0) for row in rows) / recorded if recorded else None)
        tone = "alarm" if version == "No TLS" else "warn" if version == "TLS 1.0" else "plain"
        series.append(Series(version, shares, tone))
    return line_chart(series, width, height, unit="percent", x_labels=labels)
