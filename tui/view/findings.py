"""Findings in words: where, how much of how much, against which limit, and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tui.store.questions import FoundFinding
from tui.view.text import visible
from tui.view.words import clock, connector_label, grouped, one_decimal, plural


@dataclass(frozen=True)
class FindingView:
    """A finding as the screens and outputs show it."""

    id: str
    title: str
    mark: str
    where: str
    evidence: str
    advice: str
    direction: str | None
    connector: str | None
    connector_type: str | None
    percent: float
    messages: int
    recorded: int
    limit_percent: float
    is_estimate: bool
    too_few: bool
    is_warning: bool


def finding_view(found: FoundFinding) -> FindingView:
    """Answer a finding in words: `From partner - Fabrikam · 61.0% of 1,204 · limit >50% · last 15 Nov 09:04`."""
    row, query = found.row, found.query
    is_warning = query.one("severity") == "warning"
    mark = "~" if row.is_estimate else ""
    share = f"{mark}{one_decimal(row.messages, row.recorded)} of {mark}{grouped(row.recorded)}" if row.recorded else ""
    last = f"last {clock(row.last_utc)}" if row.last_utc else ""
    where = connector_label(row.direction, row.connector, row.connector_type) if row.direction else ""
    if is_warning:
        limit = f"limit >{row.limit_percent:g}%"
        few = "too few to judge" if row.too_few else ""
        evidence = " · ".join(part for part in (share, limit, few, last) if part)
    else:
        evidence = " · ".join(part for part in (f"{mark}{plural(row.messages, 'message')}", share, last) if part)
    return FindingView(
        id=query.path.stem,
        title=visible(query.one("title")),
        mark="·" if row.too_few else "!" if is_warning else "i",
        where=where,
        evidence=evidence,
        advice=visible(query.one("advice")),
        direction=row.direction,
        connector=row.connector,
        connector_type=row.connector_type,
        percent=row.percent,
        messages=row.messages,
        recorded=row.recorded,
        limit_percent=row.limit_percent,
        is_estimate=row.is_estimate,
        too_few=row.too_few,
        is_warning=is_warning,
    )


def over_limits(findings: Iterable[FindingView]) -> set[tuple[str, str | None, str]]:
    """Answer the cells of the connector report that are over their limit: direction, connector, TLS version."""
    marked: set[tuple[str, str | None, str]] = set()
    for finding in findings:
        if finding.is_warning and not finding.too_few and finding.direction:
            for version in ("No TLS",) if finding.id.startswith("no_tls") else ("TLS 1.0", "SSL"):
                marked.add((finding.direction, finding.connector, version))
    return marked
