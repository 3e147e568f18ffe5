"""The report as plain text with the content of the screens, for pipes, cron mail and dumb terminals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from tui.rows import RejectRow, SourceRow, WhoRow
from tui.store.lists import WhatIf
from tui.store.query_files import QueryFile
from tui.store.window import Window
from tui.view.columns import NAME_HEAD, connector_columns, connector_lines
from tui.view.connector_lines import scope_name
from tui.view.connectors import shown_versions
from tui.view.findings import FindingView, acknowledged_text, cells_over_limit, findings_title
from tui.view.flyout import TITLE, heading_text, reach_words, seen_words, version_lines, version_text
from tui.view.formatting import clock, grouped, plural
from tui.view.report import DIRECTIONS, DirectionView, Report
from tui.view.sources import FORMAT_FACTS, source_columns, source_facts, source_line
from tui.view.table import Column, Line
from tui.view.text import cell_width, fit, visible, wrap
from tui.view.what_if import what_if_text
from tui.view.who import who_text

WIDTH = 120
INDENT = "  "
REJECTS_SHOWN = 5


def text_report(
    report: Report, who: Mapping[int, Sequence[WhoRow]], rejects: Sequence[RejectRow], what_if: WhatIf | None = None, width: int = WIDTH
) -> str:
    """Return the report as text of at most `width` cells a line; `who` are the hosts behind each finding, by its index."""
    scope = report.facts.overview_scope
    parts = [
        [f"Mail flow {report.title_span}", f"Data: {report.coverage}"],
        [f"Only: {scope_name(scope)}. Findings cover all mail."] if scope.filter else [],
        ["Own clients are not in these totals: see the connector report."] if scope.direction == "submission" else [],
        [_two_systems(report)] if len(report.systems) > 1 else [],
        ["", "OUTBOUND AND INBOUND MAIL FLOW"],
        *[_half(report.halves[direction], width) for direction in DIRECTIONS],
        [f"{INDENT}{line}" for line in report.not_counted],
        ["", TITLE.upper(), heading_text(width)],
        [version_text(line, width) for line in version_lines(report)],
        [f"{INDENT}{label} {counts}" for label, counts in reach_words(report)],
        [f"{INDENT}{part}" for line in (report.missing_tls, *seen_words(report)) if line for part in wrap(line, width - 4)],
        ["", f"{findings_title(report.findings).upper()}{' · of all mail' if scope.filter else ''}"],
        *[_finding(finding, who.get(place, ()), report.facts.window, width) for place, finding in enumerate(report.findings)],
        ["", "CONNECTOR REPORT"],
        _connectors(report, width),
        ["", "WHAT IF", *what_if_text(what_if, report.facts.window, width)] if what_if else [],
        ["", "SOURCES"],
        _sources(report, rejects, width),
    ]
    return "\n".join(line.rstrip() for part in parts for line in part) + "\n"


def _two_systems(report: Report) -> str:
    return f"A message that passes through two of these systems is counted in each: {', '.join(report.systems)}."


def _half(half: DirectionView, width: int) -> list[str]:
    flow = half.flow
    name = flow.direction.capitalize()
    if not flow.covered:
        return [f"{name}: no data", ""]
    if not flow.messages:
        return [f"{name}: none in this window", ""]
    share = flow.headline(flow.protected)
    caption = flow.caption(flow.protected)
    protected = " protected" if flow.half_recorded and not flow.needs_clear_text_caveat(flow.protected) else ""
    head = f"{name}: {flow.mark}{grouped(flow.messages)}   {share}{protected}{f' · {caption}' if caption else ''}"
    lines = [flow.by_version(), *wrap(half.sentence, width - 4), half.modern, half.old_tls]
    if half.comparison:
        lines.append(half.comparison)
    return [head, *[f"{INDENT}{line}" for line in lines if line], ""]


def _finding(finding: FindingView, hosts: Sequence[WhoRow], window: Window, width: int) -> list[str]:
    lines = [
        f"{finding.mark} {finding.title}",
        f"{INDENT}{' · '.join(part for part in (finding.where, finding.evidence) if part)}",
    ]
    if finding.acknowledgement is not None:
        lines.append(f"{INDENT}{acknowledged_text(finding.acknowledgement)}")
    elif not finding.too_few:
        lines += [f"{INDENT}{line}" for line in wrap(finding.advice, width - 4)]
    return lines + [f"{INDENT}{INDENT}{line}" for line in who_text(hosts, window)]


def _connectors(report: Report, width: int) -> list[str]:
    # Nothing is cut here: there is no other place to read a name in full.
    longest = max((cell_width(row.label) for row in report.whole), default=0)
    columns = _widened(connector_columns(width, shown_versions(report.whole)), "name", max(longest, len(NAME_HEAD)))
    columns = [replace(column, label=NAME_HEAD) if column.key == "name" else column for column in columns]
    lines = connector_lines(
        report.whole, report.parts, columns, report.facts.window, () if report.facts.scope.where else cells_over_limit(report.findings)
    )
    return [
        _row_text(columns, [column.label for column in columns]),
        *(_line_text(columns, line, width) for line in lines),
    ]


def _widened(columns: Sequence[Column], key: str, width: int) -> list[Column]:
    return [replace(column, width=max(column.width, width)) if column.key == key else column for column in columns]


def _line_text(columns: Sequence[Column], line: Line, width: int) -> str:
    if line.kind == "rule":
        text = f"─ {line.cells[0].text} "
        return text + "─" * max(0, width - cell_width(text))
    return _row_text(columns, [cell.text for cell in line.cells])


def _row_text(columns: Sequence[Column], texts: Iterable[str]) -> str:
    return " ".join(fit(text, column.width, column.align) for column, text in zip(columns, texts, strict=True))


def sources_text(sources: Sequence[SourceRow], formats: Mapping[str, QueryFile], width: int = 100) -> str:
    """Return the loaded files: number, path, format, counts, what the format does not record, and which export does."""
    lines: list[str] = []
    for source in sources:
        span = "" if source.first_utc is None or source.last_utc is None else f", {clock(source.first_utc)} – {clock(source.last_utc)} UTC"
        counts = f"{plural(source.message_count, 'message')}, {plural(source.reject_count, 'line')} rejected{span}"
        lines.append(f"{source.source_id:>4}  {visible(source.path)}")
        facts = [f"{source.format} ({visible(source.recognised_by or 'by its content')})", counts, *source_facts(source)]
        if query := formats.get(source.format):
            facts += [f"{FORMAT_FACTS[key]}: {visible(query.one(key))}" for key in ("lacks", "tls_from") if query.one(key)]
        lines += [f"      {line}" for fact in facts for line in wrap(fact, width - 6)]
    return "\n".join(lines) + "\n"


def _sources(report: Report, rejects: Sequence[RejectRow], width: int) -> list[str]:
    longest = max((cell_width(visible(source.path)) for source in report.sources), default=0)
    columns = _widened(source_columns(width), "path", longest)
    lines = [_row_text(columns, [column.label for column in columns])]
    for source in report.sources:
        lines.append(_line_text(columns, source_line(source, columns), width))
        mine = [reject for reject in rejects if reject.source_id == source.source_id]
        for reject in mine[:REJECTS_SHOWN]:
            place = f"line {grouped(reject.line_no)}" if reject.line_no else "a line"
            lines.append(f"{INDENT}rejected: {place}: {visible(reject.reason)}")
        if len(mine) > REJECTS_SHOWN:
            lines.append(f"{INDENT}rejected: {grouped(source.reject_count - REJECTS_SHOWN)} more lines")
        lines += [f"{INDENT}{line}" for fact in source_facts(source) for line in wrap(fact, width - 4)]
    return lines
