"""Raw lines of a session, with their numbers."""

from __future__ import annotations

from collections.abc import Sequence

from tui.intake.raw_lines import MAX_RECORD_BYTES, RawLines
from tui.rows import SessionSource
from tui.view.formatting import grouped, plural
from tui.view.sheet import Sheet, SheetBuilder
from tui.view.table import Cell
from tui.view.text import fit, visible, wrap


def raw_sheet(sources: Sequence[tuple[SessionSource, RawLines]], width: int) -> Sheet:
    """Return the lines, file by file; control characters are shown as text."""
    sheet = SheetBuilder(width)
    for source, raw in sources:
        sheet.text(visible(source.path), "head")
        if raw.problem:
            sheet.text(visible(raw.problem), "warn")
        digits = max((len(grouped(number)) for number, _ in raw.lines), default=1)
        for number, line in raw.lines:
            for index, piece in enumerate(wrap(visible(line), max(20, sheet.inner - digits - 1))):
                sheet.add(Cell(fit(grouped(number) if index == 0 else "", digits + 1, "right"), "dim"), Cell(f" {piece}"))
        if raw.has_more:
            sheet.text(f"only the first {plural(len(raw.lines), 'line')} of the session are shown", "warn")
        if raw.has_clipped:
            sheet.text(f"lines are cut at {MAX_RECORD_BYTES >> 10} KiB", "warn")
    if not sources:
        sheet.text("no loaded file contains the session of this message", "warn")
    return sheet.sheet()
