"""Raw lines of a session, with their numbers."""

from __future__ import annotations

from collections.abc import Sequence

from tui.intake.raw_lines import RawLines
from tui.rows import SessionSource
from tui.view.formatting import grouped
from tui.view.sheet import Sheet, SheetBuilder
from tui.view.table import Cell
from tui.view.text import fit, visible, wrap


def raw_sheet(sources: Sequence[tuple[SessionSource, RawLines]], width: int) -> Sheet:
    """Return the lines, file by file; what a terminal would obey is shown, not obeyed."""
    sheet = SheetBuilder(width)
    for source, raw in sources:
        sheet.text(visible(source.path), "head")
        if raw.problem:
            sheet.text(visible(raw.problem), "warn")
        digits = max((len(grouped(number)) for number, _ in raw.lines), default=1)
        for number, line in raw.lines:
            for place, piece in enumerate(wrap(visible(line), max(20, sheet.inner - digits - 1))):
                sheet.add(Cell(fit(grouped(number) if place == 0 else "", digits + 1, "right"), "dim"), Cell(f" {piece}"))
        if raw.cut:
            sheet.text(f"the first {grouped(len(raw.lines))} lines; there are more", "warn")
    if not sources:
        sheet.text("the trace file has no source for this message", "warn")
    return sheet.sheet()
