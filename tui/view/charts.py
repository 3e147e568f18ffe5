"""Charts drawn with characters: bars, day strips, stacked shares and lines over time. Legible without colour.

The glyphs are those of PuTTY's fonts (WGL4). Nothing is drawn full or empty unless it is exactly so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor, log10
from typing import Literal

from tui.view.table import Cell, Tone
from tui.view.text import cell_width, clip, fit, visible

Unit = Literal["percent", "count"]

MAX_SERIES = 8
SERIES_MARKS = "ABCDEFGH"
SHARED_MARK = "*"
_SHADES = "░▒▓█"


@dataclass(frozen=True)
class Series:
    """A line of a chart: one value a point in time, None where there is no data. The name has passed `visible`."""

    name: str
    values: Sequence[float | None]
    tone: Tone = "plain"


@dataclass(frozen=True)
class _Scale:
    """How values and points in time become rows (0 is the top) and columns of the plot."""

    top: float
    points: int
    width: int
    height: int

    def row(self, value: float) -> int:
        share = min(max(value / self.top, 0.0), 1.0)
        return self.height - 1 - round(share * (self.height - 1))

    def column(self, point: int) -> int:
        return round(point * (self.width - 1) / (self.points - 1)) if self.points > 1 else 0


def bar(share_percent: float, width: int, empty: str = "░") -> str:
    """Draw a share as a bar in half cells, `███▌░░`; full only at 100, empty only at 0."""
    halves = 2 * max(width, 0)
    filled = 0 if share_percent <= 0 else halves
    if 0 < share_percent < 100:
        filled = max(min(round(share_percent / 100 * halves), halves - 1), min(1, halves))
    drawn = "█" * (filled // 2) + "▌" * (filled % 2)
    return drawn + empty * (width - len(drawn))


def strip(values: Sequence[float | None], top: float | None = None) -> str:
    """Draw one cell a day, the darker the more: blank = no data, `·` = zero, `█` = `top` or else the greatest value."""
    greatest = top if top is not None else max((value for value in values if value is not None), default=0)
    return "".join(_shade(value, greatest) for value in values)


def stacked(parts: Sequence[int], width: int) -> tuple[int, ...]:
    """Share `width` cells out among parts by largest remainder; a part that is not zero gets one at least.

    The widths sum to `width` unless all parts are zero. With fewer cells than parts the greatest get one each.
    """
    total = sum(parts)
    if total <= 0 or width <= 0:
        return (0,) * len(parts)
    exact = [part * width / total for part in parts]
    widths = [max(floor(share), min(1, part)) for share, part in zip(exact, parts, strict=True)]
    while sum(widths) < width:
        widths[max(range(len(parts)), key=lambda index: exact[index] - widths[index])] += 1
    while sum(widths) > width:
        wide = [index for index in range(len(parts)) if widths[index] > 1]
        if wide:
            widths[min(wide, key=lambda index: exact[index] - widths[index])] -= 1
        else:
            widths[min((index for index in range(len(parts)) if widths[index]), key=lambda index: parts[index])] = 0
    return tuple(widths)


def line_chart(series: Sequence[Series], width: int, height: int, *, unit: Unit, x_labels: Sequence[str]) -> list[list[Cell]]:
    """Draw up to 8 series over one time axis in exactly `height` lines of exactly `width` cells, legend included.

    Each series has its letter; `*` marks a cell with several values, dots connect one value to the next, and a value that
    is missing leaves a gap. Percent runs from 0 to 100, counts from 0 to a round number above the greatest.
    Raises ValueError for more series than letters.
    """
    if len(series) > MAX_SERIES:
        raise ValueError(f"a chart holds {MAX_SERIES} series, not {len(series)}")
    legend = _legend(series, width)
    plot_height = height - len(legend) - 2
    top = 100.0 if unit == "percent" else _round_top(series)
    axis = _axis_labels(top, unit, plot_height)
    plot_width = width - max(map(len, axis), default=0) - 1
    if plot_width < 8 or plot_height < 2:
        return _message("no room for a chart", width, height)
    points = max((len(one.values) for one in series), default=0)
    if not any(value is not None for one in series for value in one.values):
        return _message("no data to draw", width, height)
    plot = _plot(series, _Scale(top, points, plot_width, plot_height))
    lines = [[Cell(f"{label}│", "dim"), *_merge(row)] for label, row in zip(axis, plot, strict=True)]
    margin = len(axis[0])
    lines.append([Cell(" " * margin + "└" + "─" * plot_width, "dim")])
    lines.append([Cell(" " * (margin + 1) + _x_axis(x_labels, plot_width), "dim")])
    return lines + legend


def _shade(value: float | None, top: float) -> str:
    """Draw one day."""
    if value is None:
        return " "
    if value <= 0 or top <= 0:
        return "·"
    return _SHADES[min(ceil(value / top * len(_SHADES)), len(_SHADES)) - 1]


def _round_top(series: Sequence[Series]) -> float:
    """Find the smallest 1, 2 or 5 with zeros that no value exceeds."""
    greatest = max((value for one in series for value in one.values if value is not None), default=0)
    if greatest <= 1:
        return 1.0
    power = 10.0 ** floor(log10(greatest))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= greatest)


def _axis_labels(top: float, unit: Unit, height: int) -> list[str]:
    """Label the rows of the top, the bottom, and the middle if there is one; all of the same width."""
    named = {0: top, height - 1: 0.0}
    if height % 2 and height > 4 and (top / 2).is_integer():
        named[height // 2] = top / 2
    texts = {row: f"{value:.0f}%" if unit == "percent" else f"{value:,.0f}" for row, value in named.items()}
    longest = max(map(len, texts.values()))
    return [texts.get(row, "").rjust(longest) for row in range(max(height, 0))]


def _plot(series: Sequence[Series], scale: _Scale) -> list[list[Cell]]:
    """Draw every series' dots, then every value's letter over them."""
    plot = [[Cell(" ")] * scale.width for _ in range(scale.height)]
    for one in series:
        for column, row in _between(one.values, scale):
            if plot[row][column].text == " ":
                plot[row][column] = Cell("·", one.tone)
    for mark, one in zip(SERIES_MARKS, series, strict=False):
        for point, value in enumerate(one.values):
            if value is not None:
                row, column = scale.row(value), scale.column(point)
                taken = plot[row][column].text not in (" ", "·", mark)
                plot[row][column] = Cell(SHARED_MARK, "plain") if taken else Cell(mark, one.tone)
    return plot


def _between(values: Sequence[float | None], scale: _Scale) -> list[tuple[int, int]]:
    """Find the cells (column, row) between neighbouring values; none across a gap."""
    cells: list[tuple[int, int]] = []
    for point, (value, following) in enumerate(pairwise(values)):
        if value is None or following is None:
            continue
        first, last = scale.column(point), scale.column(point + 1)
        for column in range(first + 1, last):
            cells.append((column, scale.row(value + (following - value) * (column - first) / (last - first))))
    return cells


def _x_axis(labels: Sequence[str], width: int) -> str:
    """Write the first label, the last, and as many between as leave two blanks to their neighbours."""
    axis = " " * width
    order = [0, len(labels) - 1, *range(1, len(labels) - 1)] if len(labels) > 1 else range(len(labels))
    for number in order:
        label = visible(labels[number])
        size = cell_width(label)
        middle = round(number * (width - 1) / max(len(labels) - 1, 1))
        at = min(max(middle - size // 2, 0), width - size)
        # Every cell written so far is one character, as only labels of narrow letters are taken.
        if 0 < size == len(label) <= width and not axis[max(at - 2, 0) : at + size + 2].strip():
            axis = axis[:at] + label + axis[at + size :]
    return axis


def _legend(series: Sequence[Series], width: int) -> list[list[Cell]]:
    """Draw the legend of the series' letters in as many lines as that takes."""
    lines: list[list[Cell]] = []
    used = 0
    for mark, one in zip(SERIES_MARKS, series, strict=False):
        entry = clip(f" {mark} {visible(one.name)} ", width)
        if not lines or used + cell_width(entry) > width:
            lines.append([])
            used = 0
        lines[-1].append(Cell(entry, one.tone))
        used += cell_width(entry)
    shared = f" {SHARED_MARK} several "
    if len(series) > 1 and used + len(shared) <= width:
        lines[-1].append(Cell(shared))
    return [[*line, Cell(" " * (width - sum(cell_width(cell.text) for cell in line)))] for line in lines]


def _merge(cells: Sequence[Cell]) -> list[Cell]:
    """Join neighbours of one tone."""
    merged: list[Cell] = []
    for cell in cells:
        if merged and merged[-1].tone == cell.tone:
            merged[-1] = Cell(merged[-1].text + cell.text, cell.tone)
        else:
            merged.append(cell)
    return merged


def _message(text: str, width: int, height: int) -> list[list[Cell]]:
    """Draw, in place of the chart, why there is none."""
    return [[Cell(fit(text if line == 0 else "", width), "dim")] for line in range(max(height, 0))]
