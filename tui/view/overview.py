"""The Overview: the table "Outbound and inbound mail flow" and the list of findings."""

from __future__ import annotations

from collections.abc import Sequence

from tui.view.charts import bar, strip
from tui.view.findings import FindingView, acknowledged_text, findings_title
from tui.view.formatting import grouped
from tui.view.report import DIRECTIONS, DirectionView, Report
from tui.view.sheet import Sheet, SheetBuilder, side_by_side
from tui.view.table import Cell
from tui.view.text import cell_width, clip, wrap

TITLE = "Outbound and inbound mail flow"
DETAILS = "details"
FINDING = "finding-"
QUESTIONS = (
    ("what-if", "f What-if"),
    ("failed", "D Failed sessions"),
    ("coverage", "V Coverage"),
    ("security", "T Transit security"),
    ("work", "W Work list"),
)
NARROW = 72


def overview_sheet(report: Report, width: int) -> Sheet:
    """Return the Overview for a width; links: `details`, `finding-N` for each finding, then the other questions."""
    sheet = SheetBuilder(width)
    sheet.open_box(TITLE)
    inner = sheet.inner
    sides = [half_lines(report.halves[direction], inner if width < NARROW else (inner - 2) // 2) for direction in DIRECTIONS]
    for left, right in zip(*sides, strict=True):
        if width < NARROW:
            continue
        for cells in side_by_side(left, right, inner):
            sheet.add(*cells)
    if width < NARROW:
        for side in sides:
            for block in side:
                for cells in block:
                    sheet.add(*cells)
    coverage = f"Data: {report.coverage}"
    room = inner - len(" View Details ") - 2
    filler = " " * max(2, inner - len(" View Details ") - cell_width(clip(coverage, room)))
    sheet.add(Cell(" View Details ", "head"), Cell(filler), Cell(clip(coverage, room), "dim"), link=DETAILS)
    sheet.close_box()
    _findings(sheet, report.findings)
    sheet.link_line(QUESTIONS)
    if len(report.systems) > 1:
        sheet.text("Several systems: a message that passes through two of them is counted in each.", "dim")
    for words in report.not_counted:
        sheet.text(words, "dim")
    return sheet.sheet()


def _findings(sheet: SheetBuilder, findings: Sequence[FindingView]) -> None:
    sheet.open_box(findings_title(findings))
    if not findings:
        sheet.text("No share of TLS 1.0 or No TLS exceeds its limit.", "dim")
    for place, finding in enumerate(findings):
        tone = "alarm" if finding.is_warning and finding.is_active else "plain" if finding.is_active else "dim"
        sheet.add(Cell(clip(f" {finding.mark} {finding.title}", sheet.inner), tone), link=f"{FINDING}{place}")
        detail = " · ".join(part for part in (finding.where, finding.evidence) if part)
        lines = wrap(detail, sheet.inner - 3)
        if len(lines) > 1 and len(shorter := wrap(detail.rsplit(" ", 1)[0], sheet.inner - 3)) < len(lines):
            lines = shorter  # the hour can be read in the report
        for line in lines:
            sheet.add(Cell(f"   {line}", "plain" if finding.is_active else "dim"))
        if finding.acknowledgement is not None:
            sheet.text(f"   {acknowledged_text(finding.acknowledgement)}", "dim")
    sheet.close_box()


def half_lines(half: DirectionView, width: int) -> list[list[list[Cell]]]:
    """Return one direction's half as blocks of lines, the same number of blocks for both."""
    flow = half.flow
    name = flow.direction.capitalize()
    if not flow.covered:
        return [
            [[Cell(f"{name}: no data", "head")]],
            [],
            [],
            [[Cell(line)] for line in wrap(half.sentence, width)],
            [],
            [],
            [],
        ]
    if not flow.messages:
        old = [[Cell(clip(half.old_tls, width))]] if half.old_tls else []
        return [
            [[Cell(f"{name}: none in this window", "head")]],
            [],
            [],
            [[Cell(line)] for line in wrap(half.sentence, width)],
            [],
            old,
            [],
        ]
    share = flow.headline(flow.protected)
    low = flow.range_of(flow.protected)[0]
    gauge: list[list[Cell]] = []
    if flow.half_recorded and not flow.needs_clear_text_caveat(flow.protected):
        room = max(4, width - cell_width(share) - 2)
        gauge.append([Cell(bar(low, room), "good"), Cell(f" {share}", "head")])
    else:
        gauge.append([Cell(share, "head")])
    if caption := flow.caption(flow.protected):
        gauge.append([Cell(clip(caption, width), "dim")])
    old = [[Cell(clip(half.old_tls, width), "warn" if half.old_tls.startswith("▲") else "plain")]] if half.old_tls else []
    days = strip(half.day_counts)
    trend = f"{days} {half.comparison}".rstrip()
    return [
        [[Cell(f"{name}: {flow.mark}{grouped(flow.messages)}", "head")]],
        gauge,
        [[Cell(line)] for line in wrap(flow.by_version(), width)],
        [[Cell(line)] for line in wrap(half.sentence, width)],
        [[Cell(clip(half.modern, width))]] if half.modern else [],
        old,
        [[Cell(clip(f"per day {trend}" if cell_width(trend) + 8 <= width else trend, width))]],
    ]
