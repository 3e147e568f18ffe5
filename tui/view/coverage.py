"""Coverage: which days and hours the files hold mail of, and which they do not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from tui.rows import CoverageDay
from tui.view.charts import strip
from tui.view.table import Cell, Column, Line
from tui.view.words import day_name, grouped, plural

DIRECTIONS = ("outbound", "inbound")
MOST_NAMED = 6
HOURS_CELLS = 24


def gap_days(rows: Sequence[CoverageDay]) -> dict[str, list[date]]:
    """Answer the days without any message, a direction, oldest first."""
    return {direction: sorted(row.day for row in rows if row.direction == direction and not row.messages) for direction in DIRECTIONS}


def coverage_summary(rows: Sequence[CoverageDay]) -> str:
    """Answer in a line which days are missing."""
    days = len({row.day for row in rows})
    missing = [f"{direction}: no message on {_listed(gaps)}" for direction, gaps in gap_days(rows).items() if gaps]
    return f"{plural(days, 'day')} in the files · " + (" · ".join(missing) if missing else "mail on each")


def gaps_line(rows: Sequence[CoverageDay]) -> str:
    """Answer in a line which days have no message, and on how many hours of the other days nothing came or went."""
    seen: dict[date, list[int]] = {}
    for row in rows:
        if row.messages and row.hours is not None:
            here = seen.setdefault(row.day, [0] * HOURS_CELLS)
            seen[row.day] = [total + count for total, count in zip(here, row.hours, strict=True)]
    days = sorted(seen)
    if not rows:
        return ""
    if not days:
        return coverage_summary(rows)
    hours = [count for day in days for count in seen[day]]
    first, last = (next(place for place in order if hours[place]) for order in (range(len(hours)), range(len(hours) - 1, -1, -1)))
    without = sum(not count for count in hours[first : last + 1])
    return f"{coverage_summary(rows)} · {plural(without, 'other hour')} without (V)"


def _listed(days: Sequence[date]) -> str:
    more = f" and {len(days) - MOST_NAMED} more days" if len(days) > MOST_NAMED else ""
    return ", ".join(day_name(day) for day in days[:MOST_NAMED]) + more


def coverage_columns(width: int) -> list[Column]:
    """Answer the columns for a width."""
    count = 8 if width < 100 else 12
    columns = [Column("name", "Day", 10 if width < 100 else 16)]
    for direction in DIRECTIONS:
        columns += [
            Column(f"{direction}-count", direction.capitalize(), count, "right"),
            Column(f"{direction}-hours", "0h    6h    12h   18h", 24),
        ]
    return columns


def coverage_lines(rows: Sequence[CoverageDay], columns: Sequence[Column]) -> list[Line]:
    """Answer a line a day, newest first: each direction's count, and its hours from 0 to 24; blank is no mail."""
    days = sorted({row.day for row in rows}, reverse=True)
    by_day = {(row.day, row.direction): row for row in rows}
    lines: list[Line] = []
    for day in days:
        texts = {"name": Cell(f"{day:%a} {day_name(day)}{f' {day.year}' if columns[0].width > 10 else ''}")}
        for direction in DIRECTIONS:
            row = by_day.get((day, direction))
            texts[f"{direction}-count"], texts[f"{direction}-hours"] = _cells(row)
        lines.append(Line("row", tuple(texts[column.key] for column in columns), day))
    return lines


def _cells(row: CoverageDay | None) -> tuple[Cell, Cell]:
    if row is None:
        return Cell("no file", "dim"), Cell("no file tells", "dim")
    if not row.messages:
        return Cell("none", "alarm"), Cell("no message on this day", "warn")
    if row.hours is None:
        return Cell(grouped(row.messages)), Cell("daily totals only", "dim")
    return Cell(grouped(row.messages)), Cell(strip([float(count) if count else None for count in row.hours]))
