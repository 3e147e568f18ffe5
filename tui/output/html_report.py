"""`report --format html`: one page for an auditor, with everything in it and nothing from anywhere else.

The same files give the same bytes: it does not depend on the clock, the machine, or the folder of the files.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tui.config import FindingsConfig
from tui.output.html_charts import flow_chart, share_bar, version_chart
from tui.output.html_connectors import by_day, whole_window
from tui.output.html_evidence import coverage_part, method_part, missing_tls_part, sources_part, versions_part, what_if_part
from tui.output.html_parts import NOTHING, Body, Head, Html, Marked, bullets, joined, page, paragraph, section, table, tag
from tui.output.html_style import STYLE
from tui.rows import CoverageDay, RejectRow, VersionSpan, WhoRow
from tui.store.lists import WhatIf
from tui.store.query_files import QueryFile
from tui.view.connector_lines import scope_name
from tui.view.findings import FindingView, acknowledged_text, findings_title
from tui.view.flow import Flow
from tui.view.flyout import DEFINITIONS, EXPLANATION, HEADS, TITLE, VersionLine, reach_words, version_lines
from tui.view.formatting import SHORT, VERSIONS, clock, grouped, one_decimal, plural
from tui.view.report import DIRECTIONS, DirectionView, Report
from tui.view.who import who_name

HOSTS_SHOWN = 10
LEGEND = "! over its limit, ▲ TLS 1.0 or SSL, ~ an estimate, ≥ at least (TLS not recorded for some mail); a dot is zero."


@dataclass(frozen=True)
class Audit:
    """What an audit page has besides the report: the hosts behind findings, and the evidence."""

    who: Mapping[int, Sequence[WhoRow]]
    rejects: Sequence[RejectRow]
    coverage: Sequence[CoverageDay]
    seen: Sequence[VersionSpan]
    formats: Sequence[QueryFile]
    limits: FindingsConfig
    program: str
    what_if: WhatIf | None = None


def html_report(report: Report, audit: Audit) -> str:
    """Return the page; all its text is ASCII, with references for other characters."""
    charts = [
        joined([tag("h3", "By TLS version"), chart]) if (chart := version_chart(report)) else NOTHING,
        joined([tag("h3", "By connector"), chart]) if (chart := flow_chart(report)) else NOTHING,
    ]
    parts = [
        ("flow", "Outbound and inbound mail flow", [_card(report)]),
        ("versions", TITLE, _versions(report)),
        ("findings", _findings_title(report), [_findings(report, audit)]),
        ("charts", "Over time", charts if any(charts) else []),
        ("connectors", "Connector report", whole_window(report)),
        ("what-if", "What if", what_if_part(report, audit.what_if) if audit.what_if else []),
        ("old", "Old versions, first and last seen", versions_part(report, audit.seen)),
        ("not-counted", "Not counted", _not_counted(report)),
        ("sources", f"Sources · {grouped(len(report.sources))}", sources_part(report, audit.rejects)),
        ("coverage", "Days that the files cover", coverage_part(report, audit.coverage)),
        ("not-recorded", "What the files do not record", missing_tls_part(report, audit.formats)),
        ("method", "How messages are counted; limits", method_part(report, audit.limits, audit.program)),
        ("days", "Connector report by day", by_day(report)),
    ]
    shown = [(name, title, content) for name, title, content in parts if content]
    contents = tag("nav", tag("ul", *(tag("li", tag("a", title, href=f"#{name}")) for name, title, _ in shown)), aria_label="Contents")
    body = [section(name, title, *content) for name, title, content in shown]
    return page(f"Mail flow {_span(report)}", STYLE, tag("header", *_head(report, audit), contents), tag("main", *body))


def _span(report: Report) -> str:
    """Return the window; without any message it would be that of the clock."""
    return report.title_span if not report.facts.window.is_empty or report.not_counted else "without a message"


def _head(report: Report, audit: Audit) -> list[Html]:
    scope = report.facts.scope
    systems = (
        f"A message that passes through two of these systems is counted in each: {', '.join(report.systems)}."
        if len(report.systems) > 1
        else ""
    )
    return [
        tag("h1", "Mail protected in transit by TLS"),
        paragraph(_span(report), "lead"),
        paragraph(f"Data: {report.coverage}, {plural(len(report.sources), 'file')}. {systems}".strip()),
        paragraph(f"Only: {scope_name(scope)}. Findings cover all mail.") if scope.filter else NOTHING,
        paragraph("The connector report counts recipients.") if report.recipients else NOTHING,
        paragraph(f"Made by {audit.program}. Marks: {LEGEND}", "dim"),
    ]


def _card(report: Report) -> Html:
    return tag("div", *(_half(report.halves[direction]) for direction in DIRECTIONS), class_="overview")


def _half(half: DirectionView) -> Html:
    flow = half.flow
    name = tag("h3", flow.direction.capitalize())
    if not flow.covered:
        return tag("div", name, paragraph("no data", "big"), paragraph(half.sentence), class_="half")
    if not flow.messages:
        return tag("div", name, paragraph("none in this window", "big"), paragraph(half.sentence), class_="half")
    protected = " protected" if flow.half_recorded and not flow.needs_clear_text_caveat(flow.protected) else ""
    caption = flow.caption(flow.protected)
    big = [flow.headline(flow.protected), tag("small", f"{protected}{f' · {caption}' if caption else ''}")]
    lines = [half.modern, half.old_tls, half.comparison]
    return tag(
        "div",
        name,
        tag("p", *big, class_="big"),
        _bar(flow),
        paragraph(f"{flow.mark}{plural(flow.messages, 'message')} · {flow.by_version()}".removesuffix(" · ")),
        paragraph(half.sentence),
        bullets([words for words in lines if words]),
        class_="half",
    )


def _bar(flow: Flow) -> Html:
    parts = [(version, flow.tls.get(version, 0)) for version in reversed(VERSIONS)]
    return share_bar([(version, count) for version, count in parts if count], flow.by_version() or "messages by TLS version")


def _versions(report: Report) -> list[Html]:
    heads = [Head("TLS version")]
    for direction in DIRECTIONS:
        heads += [Head(HEADS[direction], "num"), Head("Share", "num"), Head("")]
    lines = version_lines(report)
    reach = [] if report.facts.window.is_empty else [f"{label} {counts}" for label, counts in reach_words(report)]
    return [
        paragraph(EXPLANATION),
        paragraph(DEFINITIONS),
        table("Messages by TLS version", heads, [Body([_version_row(line) for line in lines])]),
        bullets(reach),
    ]


def _version_row(line: VersionLine) -> list[str | Marked]:
    label = f"{line.mark} {line.label}".strip()
    cells: list[str | Marked] = [label]
    for count, share, percent in zip(line.counts, line.shares, line.percents, strict=True):
        shape = NOTHING
        if percent:
            version = next((version for version in VERSIONS if line.label.endswith(version)), VERSIONS[0])
            fill = tag("rect", x="0", y="0", width=round(percent, 1), height="10", class_=f"f{VERSIONS.index(version)}")
            shape = tag("svg", fill, viewBox="0 0 100 10", width="120", height="12", aria_hidden="true")
        cells += [count, share, shape]
    return cells


def _findings_title(report: Report) -> str:
    return findings_title(report.findings)


def _findings(report: Report, audit: Audit) -> Html:
    judged = [(place, finding) for place, finding in enumerate(report.findings) if not finding.too_few]
    few = [finding for finding in report.findings if finding.too_few]
    items = [_finding(report, finding, audit.who.get(place, ())) for place, finding in judged]
    if few:
        items.append(tag("h3", "Too few to judge"))
        items.append(bullets([" · ".join(part for part in (one.title, one.where, one.evidence) if part) for one in few]))
    return joined(items) if items else paragraph("No finding in this window.")


def _finding(report: Report, finding: FindingView, hosts: Sequence[WhoRow]) -> Html:
    kind = "finding alarm-edge" if finding.is_warning and finding.is_active else "finding"
    place = " · ".join(part for part in (finding.where, finding.evidence) if part)
    here = [row for row in hosts if row.messages]
    return tag(
        "div",
        tag("h3", f"{finding.mark} {finding.title}"),
        paragraph(place),
        paragraph(finding.advice),
        paragraph(acknowledged_text(finding.acknowledgement)) if finding.acknowledgement else NOTHING,
        _hosts(report, here) if here else NOTHING,
        paragraph(f"Finding {finding.id}", "dim"),
        class_=kind,
    )


def _hosts(report: Report, here: Sequence[WhoRow]) -> Html:
    window = report.facts.window
    total = here[0].all_messages
    heads = [Head("Host (HELO)"), Head("Messages", "num"), Head("Share", "num"), Head("Senders", "num"), Head("Last"), Head("Best")]
    rows = [
        [
            who_name(row),
            grouped(row.messages),
            one_decimal(row.messages, total),
            "" if row.senders is None else grouped(row.senders),
            clock(window.local(row.last_utc)),
            SHORT.get(row.best or "", "none" if row.best == "No TLS" else "?"),
        ]
        for row in here[:HOSTS_SHOWN]
    ]
    more = here[0].peers_in_window - len(rows)
    return joined(
        [
            table("Hosts, in the window; best: the best version in all data", heads, [Body(rows)]),
            paragraph(f"and {plural(more, 'other host')}") if more > 0 else NOTHING,
        ]
    )


def _not_counted(report: Report) -> list[Html]:
    if report.facts.overview_scope.filter:
        return []
    return [bullets(report.not_counted) if report.not_counted else paragraph("None: every message in this window is in the figures above.")]
