"""The connector report on the audit page: the whole window with its total, then a row a day and connector."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tui.domain import TLS_1_0_OR_SSL
from tui.output.html_parts import Body, Head, Html, Marked, paragraph, table
from tui.view.columns import NAME_HEAD
from tui.view.columns import Marked as OverLimit
from tui.view.connectors import ConnectorRow, part_name, section_title, shown_versions, total_row
from tui.view.findings import cells_over_limit
from tui.view.formatting import grouped, whole_percent
from tui.view.report import Report

EXPLANATION = "61% (735) is the share of the messages whose TLS was recorded, and their count."


def _marked(report: Report) -> OverLimit:
    """Return the cells that are over their limit; a share of picked mail is over none."""
    return () if report.facts.scope.where else cells_over_limit(report.findings)


def whole_window(report: Report) -> list[Html]:
    """Return the table of the whole window; nothing when there is no mail in it."""
    if not report.whole:
        return []
    bodies = [Body([_cells(row, _versions(report), _marked(report)) for row in report.whole])]
    if len(report.whole) > 1:
        bodies.append(Body([_cells(total_row(report.whole), _versions(report), ())], total=True))
    title = section_title(None, report.facts.grain, report.whole, report.facts.window)
    return [paragraph(EXPLANATION), table(f"{report.span}, {title}", _heads(report), bodies)]


def by_day(report: Report) -> list[Html]:
    """Return the table of each day, newest first; nothing when there is no mail."""
    over, versions = _marked(report), _versions(report)
    by_time: dict[datetime, list[ConnectorRow]] = {}
    for row in report.parts:
        if row.at is not None:
            by_time.setdefault(row.at, []).append(row)
    window, grain = report.facts.window, report.facts.grain
    bodies = [
        Body([_cells(row, versions, over) for row in by_time[at]], section_title(at, grain, by_time[at], window))
        for at in sorted(by_time, reverse=True)
    ]
    if not bodies:
        return []
    newest = part_name(max(by_time), grain, window)
    return [table(f"A row a day and connector, newest day first ({newest})", _heads(report), bodies)]


def _versions(report: Report) -> list[str]:
    return shown_versions(report.whole)


def _heads(report: Report) -> list[Head]:
    heads = [Head(NAME_HEAD), Head("Connector type"), Head("Forced TLS?")]
    return [*heads, *(Head(version, "num") for version in _versions(report)), Head("Volume", "num")]


def _cells(row: ConnectorRow, versions: Sequence[str], over: OverLimit) -> list[str | Marked]:
    shares = [_share(row, version, over_limit=(row.direction, row.connector, version) in over) for version in versions]
    return [row.label, row.type_name, row.forced_name, *shares, f"{'~' if row.is_estimate else ''}{grouped(row.volume)}"]


def _share(row: ConnectorRow, version: str, *, over_limit: bool) -> Marked:
    """Return a cell such as `!61% (735)`."""
    count = row.tls.get(version, 0)
    if not count:
        return Marked("·", "dim")
    estimate = "~" if row.is_estimate else ""
    if version == "Not recorded":
        return Marked(f"{estimate}{grouped(count)}", "dim")
    mark, tone = ("!", "alarm") if over_limit else ("▲", "warn") if version in TLS_1_0_OR_SSL else ("", "")
    return Marked(f"{mark}{estimate}{whole_percent(count, row.recorded)} ({grouped(count)})", tone)
