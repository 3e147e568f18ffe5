"""Coverage: the days and hours for which the files contain mail, and the gaps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from tui.rows import CoverageDay
from tui.view.charts import strip
from tui.view.formatting import day_name, grouped, plural, span_name
from tui.view.table import Cell, Column, Line
from tui.view.text import cell_width

DIRECTIONS = ("outbound", "inbound")
MAX_RANGES = 6
HOURS_PER_DAY = 24
UNLIMITED_WIDTH = 1000


def gap_days(rows: Sequence[CoverageDay]) -> dict[str, list[date]]:
    """Return the days without a counted message, by direction, oldest first."""
    return {direction: sorted(row.day for row in rows if row.direction == direction and not row.messages) for direction in DIRECTIONS}


def coverage_summary(rows: Sequence[CoverageDay], width: int = UNLIMITED_WIDTH) -> str:
    """Return in one line which days have no counted message: as many as fit, with years if the days are of several."""
    return _first_fitting((_summary(rows, most) for most in range(MAX_RANGES, -1, -1)), width)


def gaps_line(rows: Sequence[CoverageDay], width: int = UNLIMITED_WIDTH) -> str:
    """Return in one line which days have no counted message, and on how many hours of the other days neither direction has one."""
    seen: dict[date, list[int]] = {}
    for row in rows:
        if row.messages and row.hours is not None:
            here = seen.setdefault(row.day, [0] * HOURS_PER_DAY)
            seen[row.day] = [total + count for total, count in zip(here, row.hours, strict=True)]
    days = sorted(seen)
    if not rows:
        return ""
    if not days:
        return coverage_summary(rows, width)
    hours = [count for day in days for count in seen[day]]
    first, last = (next(place for place in order if hours[place]) for order in (range(len(hours)), range(len(hours) - 1, -1, -1)))
    without = sum(not count for count in hours[first : last + 1])
    end = f" · {plural(without, 'other hour' if any(gap_days(rows).values()) else 'hour')} without mail (V)" if without else " (V)"
    named = [_summary(rows, most) for most in range(MAX_RANGES, 0, -1)]
    none_named = _summary(rows, 0)
    return _first_fitting([*(f"{words}{end}" for words in named), *(f"{words} (V)" for words in named), f"{none_named} (V)"], width)


def covers_years(days: Iterable[date]) -> bool:
    """Return whether days span more than one calendar year, so that each day needs its year."""
    return len({day.year for day in days}) > 1


def _summary(rows: Sequence[CoverageDay], most: int) -> str:
    days = {row.day for row in rows}
    has_years = covers_years(days)
    gaps = {direction: missing for direction, missing in gap_days(rows).items() if missing}
    if most:
        gap_text = " · ".join(
            f"{direction}: no counted message on {_day_ranges(missing, most, has_years)}" for direction, missing in gaps.items()
        )
    else:
        gap_text = "no counted message: " + ", ".join(f"{direction} {plural(len(missing), 'day')}" for direction, missing in gaps.items())
    return f"{plural(len(days), 'day')} · {gap_text if gaps else 'mail on each day'}"


def _first_fitting(lines: Iterable[str], width: int) -> str:
    line = ""
    for line in lines:
        if cell_width(line) <= width:
            break
    return line


def _day_ranges(days: Sequence[date], limit: int, has_years: bool) -> str:
    """Return days as text: the first `limit` ranges of consecutive days, then the number of the other days."""
    runs: list[tuple[date, date]] = []
    for day in days:
        if runs and day - runs[-1][1] == timedelta(days=1):
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    named = ", ".join(_range_name(first, last, has_years) for first, last in runs[:limit])
    rest = sum((last - first).days + 1 for first, last in runs[limit:])
    return f"{named} and {plural(rest, 'more day')}" if rest else named


def _range_name(first: date, last: date, has_years: bool) -> str:
    return span_name(first, last) if has_years else span_name(first, last).removesuffix(f" {last.year}")


def coverage_columns(width: int) -> list[Column]:
    """Return the columns for a width."""
    count = 8 if width < 100 else 12
    columns = [Column("name", "Day", 10 if width < 100 else 16)]
    for direction in DIRECTIONS:
        columns += [
            Column(f"{direction}-count", direction.capitalize(), count, "right"),
            Column(f"{direction}-hours", "0h    6h    12h   18h", 24),
        ]
    return columns


def coverage_lines(rows: Sequence[CoverageDay], columns: Sequence[Column]) -> list[Line]:
    """Return a line a day, newest first: each direction's count, and its hours from 0 to 24; blank is no mail."""
    days = sorted({row.day for row in rows}, reverse=True)
    has_years = covers_years(days)
    by_day = {(row.day, row.direction): row for row in rows}
    lines: list[Line] = []
    for day in days:
        narrow = f"{day:%Y-%m-%d}" if has_years else f"{day:%a} {day_name(day)}"
        texts = {"name": Cell(f"{day:%a} {day_name(day)} {day.year}" if columns[0].width > 10 else narrow)}
        for direction in DIRECTIONS:
            row = by_day.get((day, direction))
            texts[f"{direction}-count"], texts[f"{direction}-hours"] = _cells(row)
        lines.append(Line("row", tuple(texts[column.key] for column in columns), day))
    return lines


def _cells(row: CoverageDay | None) -> tuple[Cell, Cell]:
    if row is None:
        return Cell("none", "dim"), Cell("no data", "dim")
    if not row.messages:
        return Cell("none", "alarm"), Cell("no message on this day", "warn")
    if row.hours is None:
        return Cell(grouped(row.messages)), Cell("daily totals only", "dim")
    return Cell(grouped(row.messages)), Cell(strip([float(count) if count else None for count in row.hours]))
