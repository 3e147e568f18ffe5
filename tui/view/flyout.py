"""The flyout "Message protected in transit (by TLS)": the TLS versions of both directions, and what is under your control."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tui.domain import LEGACY, RANKED, TLS_1_0_OR_SSL
from tui.view.charts import bar
from tui.view.flow import Flow
from tui.view.formatting import ALWAYS_SHOWN, VERSIONS, clock, grouped, one_decimal
from tui.view.report import DIRECTIONS, Report
from tui.view.sheet import Sheet, SheetBuilder
from tui.view.table import Cell, Tone
from tui.view.text import fit

TITLE = "Message protected in transit (by TLS)"
EXPLANATION = (
    "A connection is encrypted when the receiving server offers STARTTLS and the sender uses it; "
    "both use the newest version that they share."
)
DEFINITIONS = (
    "Outbound: from you to the internet, partners and own servers elsewhere. Inbound: from them to you. "
    "Percentages are of mail whose TLS was recorded."
)
WHAT_TO_DO = (
    "To fix connections without TLS or with an old version, open the report, then repair your own servers and ask your "
    "partners to repair theirs."
)
HEADS = {"outbound": "Outbound (from you)", "inbound": "Inbound (to you)"}
LABEL_CELLS = 22
ROOMY_SIDE = 24
MAX_SECURE = RANKED[-1]


@dataclass(frozen=True)
class VersionLine:
    """A line of the flyout's table: a version's mark and name, and for each direction its count, share and bar."""

    mark: str
    label: str
    counts: tuple[str, str]
    shares: tuple[str, str]
    percents: tuple[float | None, float | None]


def version_lines(report: Report) -> list[VersionLine]:
    """Return the table: each version in both directions, then Not recorded, totals and the second figure."""
    flows = [report.halves[direction].flow for direction in DIRECTIONS]
    here = {version for flow in flows for version, count in flow.tls.items() if count}
    shown = [version for version in VERSIONS if version in ALWAYS_SHOWN or version in here or version == "Not recorded"]
    lines = [_version_line(version, flows) for version in shown]
    lines.append(_figure("Messages", [flow.messages for flow in flows], [_protected_words(flow) for flow in flows], flows))
    lines.append(_figure("by TLS 1.2 or newer", [flow.modern for flow in flows], [_modern_words(flow) for flow in flows], flows))
    return lines


def _version_line(version: str, flows: Sequence[Flow]) -> VersionLine:
    counts: list[str] = []
    shares: list[str] = []
    percents: list[float | None] = []
    for flow in flows:
        count = flow.tls.get(version, 0)
        counts.append(f"{flow.mark if count else ''}{grouped(count)}" if flow.covered else "–")
        unseen = version == "No TLS" and not count and flow.messages and flow.clear_text_unseen == flow.messages
        if unseen:
            counts[-1] = "–"
        has_share = flow.covered and flow.half_recorded and version != "Not recorded" and not unseen
        shares.append(one_decimal(count, flow.recorded) if has_share else "")
        percents.append(100 * count / flow.recorded if has_share else None)
    anywhere = any(flow.tls.get(version) for flow in flows)
    mark = "!" if version == "No TLS" and anywhere else "▲" if version in TLS_1_0_OR_SSL and anywhere else " "
    label = f"(Most secure) {version}" if version == MAX_SECURE else version
    return VersionLine(mark, label, (counts[0], counts[1]), (shares[0], shares[1]), (percents[0], percents[1]))


def _figure(label: str, counts: Sequence[int], shares: Sequence[str], flows: Sequence[Flow]) -> VersionLine:
    texts = [f"{flow.mark}{grouped(count)}" if flow.covered else "–" for count, flow in zip(counts, flows, strict=True)]
    return VersionLine(" ", label, (texts[0], texts[1]), (shares[0], shares[1]), (None, None))


def _protected_words(flow: Flow) -> str:
    if not flow.covered:
        return "no data"
    if not flow.messages:
        return ""
    if not flow.half_recorded:
        return f"{grouped(flow.recorded)} recorded"
    words = flow.headline(flow.protected)
    return f"{words} protected" if not flow.needs_clear_text_caveat(flow.protected) else words


def _modern_words(flow: Flow) -> str:
    return flow.headline(flow.modern) if flow.covered and flow.messages and flow.half_recorded else ""


def version_text(line: VersionLine, width: int) -> str:
    """Return a line of the table as text: the label, then count, share and bar of each direction."""
    side = (width - LABEL_CELLS - 4) // 2
    parts = [f"{line.mark} {fit(line.label, LABEL_CELLS)}"]
    for count, share, percent in zip(line.counts, line.shares, line.percents, strict=True):
        if percent is None:
            words = share if side >= ROOMY_SIDE else share.removesuffix(" protected")
            parts.append(fit(f"{fit(count, 6, 'right')}  {words}", side))
        else:
            room = min(10, max(0, side - 15))
            shape = bar(percent * 0.9, room, " ") if percent and room > 2 else ""
            parts.append(fit(f"{fit(count, 6, 'right')} {fit(share, 6, 'right')} {shape}", side))
    return " ".join(parts).rstrip()


def heading_text(width: int) -> str:
    """Return the table's heading line."""
    side = (width - LABEL_CELLS - 4) // 2
    outbound, inbound = (HEADS[direction] if side >= ROOMY_SIDE - 3 else direction.capitalize() for direction in DIRECTIONS)
    return f"{' ' * (LABEL_CELLS + 3)} {fit(outbound, side - 1)}  {inbound}"


def reach_words(report: Report) -> list[tuple[str, str]]:
    """Return the old versions under your control (through connectors) and of third-party servers, with their counts."""
    counts = {
        version: (
            sum(half.flow.through_connectors.get(version, 0) for half in report.halves.values()),
            sum(half.flow.tls.get(version, 0) for half in report.halves.values()),
        )
        for version in ("TLS 1.0", "No TLS")
    }
    mark = "~" if any(half.flow.is_estimate for half in report.halves.values()) else ""
    mine = " · ".join(f"{mark if through else ''}{grouped(through)} {version}" for version, (through, _) in counts.items())
    others = " · ".join(f"{grouped(total - through)} {version}" for version, (through, total) in counts.items())
    return [("Under your control (through your connectors):", mine), ("Third-party servers (no connector):", others)]


def seen_words(report: Report) -> list[str]:
    """Return when each old version, and clear text, was first and last seen in the whole file, a line a direction."""
    window = report.facts.window
    lines: list[str] = []
    for direction in DIRECTIONS:
        spans = [
            f"{span.tls} {clock(window.local(span.first_utc))} – {clock(window.local(span.last_utc))}"
            for span in report.facts.seen
            if span.direction == direction and span.tls in LEGACY
        ]
        if spans:
            lines.append(f"First and last seen, {direction}: {' · '.join(spans)}")
    return lines


LINKS = (("connectors", "Connector report"), ("", "Related:"))
RELATED = (("help-connectors", "Connectors"), ("help-tls", "How TLS protects"), ("help-glossary", "Glossary"))


def flyout_sheet(report: Report, width: int) -> Sheet:
    """Return the flyout for a width; links: learn more, the connector report, and the related topics."""
    sheet = SheetBuilder(width)
    sheet.open_box(TITLE, report.title_span if width >= 78 else "")
    sheet.text(EXPLANATION)
    sheet.text(DEFINITIONS)
    sheet.blank()
    sheet.add(Cell(heading_text(sheet.inner), "head"))
    for line in version_lines(report):
        anywhere = line.mark.strip()
        tone: Tone = "alarm" if anywhere == "!" else "warn" if anywhere else "plain"
        sheet.add(Cell(version_text(line, sheet.inner), tone))
    sheet.blank()
    for label, counts in reach_words(report):
        sheet.text(f"{label} {counts}")
    sheet.text(WHAT_TO_DO)
    sheet.blank()
    sheet.link_line([*LINKS, *RELATED])
    for line in (report.missing_tls, *seen_words(report)):
        if line:
            sheet.text(line, "dim")
    sheet.close_box()
    return sheet.sheet()
