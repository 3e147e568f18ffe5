"""The report: one view model for the Overview, the flyout, the connector report and every output."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tui.rows import NotCounted, SourceRow
from tui.store.questions import Facts
from tui.view.connectors import ConnectorRow, connector_rows
from tui.view.findings import FindingView, acknowledgement_of, finding_view
from tui.view.flow import Flow, comparison, flows_of, old_tls_line, sentence
from tui.view.formatting import listed, one_decimal, partial_day, plural, span_name
from tui.view.missing_tls import missing_tls_text
from tui.view.text import visible

DIRECTIONS = ("outbound", "inbound")


@dataclass(frozen=True)
class DirectionView:
    """One direction in the Overview table."""

    flow: Flow
    sentence: str
    modern: str
    old_tls: str
    comparison: str
    day_counts: Sequence[float | None]


@dataclass(frozen=True)
class Report:
    """Everything about a window but its peers."""

    facts: Facts
    span: str
    partial: str | None
    systems: Sequence[str]
    halves: Mapping[str, DirectionView]
    findings: Sequence[FindingView]
    whole: Sequence[ConnectorRow]
    parts: Sequence[ConnectorRow]
    not_counted: Sequence[str]
    missing_tls: str
    sources: Sequence[SourceRow]
    recipients: bool = False

    @property
    def title_span(self) -> str:
        """The window as text for titles: `9–15 Nov 2026 UTC (15 Nov until 09:12)`."""
        return f"{self.span} {self.facts.window.zone}" + (f" ({self.partial})" if self.partial else "")

    @property
    def has_reports(self) -> bool:
        """Whether a file contains reports on mail, which are not counted in the flow."""
        return any(source.kept_in == "tls_report" for source in self.sources)

    @property
    def coverage(self) -> str:
        """What these files are: `Data: Exchange Online, 34 days`."""
        if self.facts.window.is_empty:
            return "no messages, only reports (T opens them)" if self.has_reports else "no transferred message"
        first, last = self.facts.window.data_first.date(), self.facts.window.data_last.date()
        return f"{' + '.join(self.systems)}, {plural((last - first).days + 1, 'day')}"


def build_report(facts: Facts, *, recipients: bool = False) -> Report:
    """Return the report of the data; with `recipients` the connector report counts recipients instead of messages."""
    flows = flows_of(facts.flow, facts.cover)
    window = facts.window
    halves = {
        direction: DirectionView(
            flow=flows[direction],
            sentence=sentence(flows[direction], window, facts.asked_at_utc),
            modern=_modern(flows[direction]),
            old_tls=old_tls_line(next((old for old in facts.old_tls if old.direction == direction), None), flows[direction], window),
            comparison="" if _asks_tls(facts) else comparison(flows[direction], window, facts.before, facts.now_same_hours, facts.days),
            day_counts=_day_counts(facts, direction),
        )
        for direction in DIRECTIONS
    }
    return Report(
        facts=facts,
        span=span_name(window.first_day, window.last_day),
        partial=None if window.is_empty else partial_day(window.last_day, window.data_last),
        systems=sorted({visible(one.system) for one in facts.cover}),
        halves=halves,
        findings=_findings(facts),
        whole=connector_rows(facts.cells, by_time=False, recipients=recipients),
        parts=connector_rows(facts.cells, by_time=True, recipients=recipients),
        not_counted=not_counted_text(facts.not_counted),
        missing_tls=missing_tls_text(flows.values(), facts.cover, facts.sources),
        sources=facts.sources,
        recipients=recipients,
    )


def _asks_tls(facts: Facts) -> bool:
    """Return whether the Overview is filtered by TLS version: then the protected share follows from the filter and measures nothing."""
    return any(clause.field == "tls" for clause in facts.overview_scope.where.clauses)


def _findings(facts: Facts) -> list[FindingView]:
    """Return the findings, acknowledged ones last."""
    views = [finding_view(found, facts.window, acknowledgement_of(found, facts.acknowledged, facts.window)) for found in facts.findings]
    return sorted(views, key=lambda view: (view.acknowledgement is not None, view.too_few))


def _modern(flow: Flow) -> str:
    """Return the second figure: `by TLS 1.2 or newer: 80.5%`."""
    if not flow.covered or not flow.messages or not flow.half_recorded:
        return ""
    if flow.recorded == flow.messages:
        return f"by TLS 1.2 or newer: {one_decimal(flow.modern, flow.messages)}"
    return f"by TLS 1.2 or newer: {flow.headline(flow.modern)}"


def _day_counts(facts: Facts, direction: str) -> list[float | None]:
    """Return the messages of each day of the window; None for days that the files do not reach."""
    by_day = {day.day: float(day.messages) for day in facts.days if day.direction == direction}
    first, last = facts.window.data_first.date(), facts.window.data_last.date()
    return [by_day.get(day, 0.0 if first <= day <= last else None) for day in facts.window.days]


def not_counted_text(rows: Sequence[NotCounted]) -> list[str]:
    """Return the mail that is not counted in the Overview, as text, own clients first."""
    clients = sum(one.messages for one in rows if one.direction == "submission")
    words = [f"From your own clients (SMTP AUTH): {plural(clients, 'message')}"] if clients else []
    counts = {
        status: sum(one.messages for one in rows if one.status == status and one.direction in ("inbound", "outbound"))
        for status in ("rejected", "deferred", "bounced", "incomplete")
    }
    uncounted = [f"{count:,} {status}" for status, count in counts.items() if count]
    if uncounted:
        words.append(f"Not transferred: {listed(uncounted)}")
    inner = sum(one.messages for one in rows if one.direction == "internal")
    unknown = sum(one.messages for one in rows if one.direction == "unknown")
    if inner:
        words.append(f"Between your own servers: {plural(inner, 'hop')}")
    if unknown:
        words.append(f"Direction unknown: {plural(unknown, 'message')}")
    return words
