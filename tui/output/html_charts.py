"""Charts of the audit page as inline SVG, each with its numbers as a table: shares of TLS versions, and messages a connector."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from math import floor, log10

from tui.output.html_parts import NOTHING, Body, Head, Html, joined, markup, table, tag
from tui.view.charts import Series
from tui.view.connector_lines import MAX_SERIES
from tui.view.connectors import ConnectorRow, part_label, total_row
from tui.view.formatting import VERSIONS, grouped, whole_percent
from tui.view.report import Report

WIDTH, HEIGHT = 760, 270
LEFT, RIGHT, TOP, BOTTOM = 56, 8, 14, 28
MAX_LABELS = 12
TICKS = 4
DASHES = ("", "7 3", "2 3", "10 3 2 3", "4 2", "1 2", "12 4")
DARK_LETTERS = frozenset({"TLS 1.0", "TLS 1.1", "TLS (version unknown)"})


def version_class(version: str) -> str:
    """Return the CSS class of a TLS version."""
    return f"f{VERSIONS.index(version)}" if version != "Not recorded" else "none"


def share_bar(parts: Sequence[tuple[str, int]], text: str) -> Html:
    """Return counts by TLS version as one bar; `text` describes it."""
    total = sum(count for _, count in parts)
    if not total:
        return NOTHING
    shapes: list[Html] = []
    used = 0
    for version, count in parts:
        begin, end = 1000 * used / total, 1000 * (used + count) / total
        shapes.append(tag("rect", x=_at(begin), y="0", width=_at(end - begin), height="10", class_=version_class(version)))
        used += count
    return tag("svg", tag("title", text), *shapes, viewBox="0 0 1000 10", preserveAspectRatio="none", role="img")


def version_chart(report: Report) -> Html:
    """Return the share of each TLS version over all mail, a column a day, and its table."""
    parts, by_time = _by_time(report)
    totals = [total_row(by_time[at]) if by_time[at] else None for at in parts]
    here = {version for total in totals if total for version, count in total.tls.items() if count}
    versions = [version for version in VERSIONS if version in here and version != "Not recorded"]
    if not versions:
        return NOTHING
    labels = [part_label(at, report.facts.grain) for at in parts]
    shapes = [_frame(labels, [f"{25 * tick}%" for tick in range(TICKS + 1)])]
    room = (WIDTH - LEFT - RIGHT) / len(parts)
    for place, total in enumerate(totals):
        if total is not None and total.recorded:
            shapes.append(_column(total, versions, LEFT + room * (place + 0.1), room * 0.8))
    keys = tag("ul", *(_fill_key(version) for version in versions), class_="keys")
    heads = [Head("Day", "key"), *(Head(version, "num") for version in versions), Head("TLS recorded for", "num")]
    rows = [[label, *_share_cells(total, versions)] for label, total in zip(labels, totals, strict=True)]
    chart = _svg("chart-versions", "Share of each TLS version a day", _version_words(report), shapes)
    return joined([keys, chart, _as_table("Share of each TLS version a day, of the messages whose TLS was recorded", heads, rows)])


def flow_chart(report: Report) -> Html:
    """Return the messages a day of the connectors with most mail and of all mail, as lines, and their table."""
    series = _flow_series(report)
    parts = report.facts.window.parts(report.facts.grain)
    top = _round_top(max((value for one in series for value in one.values if value is not None), default=0))
    if not any(value for one in series for value in one.values):
        return NOTHING
    labels = [part_label(at, report.facts.grain) for at in parts]
    shapes = [_frame(labels, [grouped(top * tick // TICKS) for tick in range(TICKS + 1)])]
    # The total is drawn last, so that no other line hides it.
    shapes += [_line(place, one.values, top) for place, one in reversed(list(enumerate(series)))]
    keys = tag("ul", *(_line_key(place, one.name) for place, one in enumerate(series)), class_="keys")
    heads = [Head("Day", "key"), *(Head(one.name, "num") for one in series)]
    rows = [
        [label, *("–" if one.values[at] is None else grouped(int(one.values[at] or 0)) for one in series)]
        for at, label in enumerate(labels)
    ]
    what = "Recipients" if report.recipients else "Messages"
    greatest = grouped(int(max(value or 0 for value in series[0].values)))
    words = f"{what} a day; the total is at most {greatest}. The table below has each number."
    chart = _svg("chart-flow", f"{what} a day by connector", words, shapes)
    return joined([keys, chart, _as_table(f"{what} a day by connector", heads, rows)])


def _by_time(report: Report) -> tuple[list[datetime], dict[datetime, list[ConnectorRow]]]:
    parts = report.facts.window.parts(report.facts.grain)
    by_time: dict[datetime, list[ConnectorRow]] = {at: [] for at in parts}
    for row in report.parts:
        if row.at is not None:
            by_time.setdefault(row.at, []).append(row)
    return parts, by_time


def _flow_series(report: Report) -> list[Series]:
    """Return Total and the connectors with most mail; None where the files do not reach."""
    parts, by_time = _by_time(report)
    window = report.facts.window
    first, last = window.data_first.date(), window.data_last.date()
    reached = [first <= at.date() <= last for at in parts]

    def values(counts: Sequence[int]) -> list[float | None]:
        return [float(count) if here else None for count, here in zip(counts, reached, strict=True)]

    series = [Series("Total", values([sum(row.volume for row in by_time[at]) for at in parts]))]
    for row in sorted(report.whole, key=lambda row: -row.volume)[:MAX_SERIES]:
        own = {one.at: one.volume for one in report.parts if (one.direction, one.connector) == (row.direction, row.connector)}
        series.append(Series(row.label, values([own.get(at, 0) for at in parts])))
    return series


def _share_cells(total: ConnectorRow | None, versions: Sequence[str]) -> list[str]:
    if total is None:
        return ["–" for _ in versions] + ["0"]
    mark = "~" if total.is_estimate else ""
    shares = [
        f"{mark if total.tls.get(version) else ''}{whole_percent(total.tls.get(version, 0), total.recorded)}" if total.recorded else "–"
        for version in versions
    ]
    return [*shares, f"{mark}{grouped(total.recorded)} of {mark}{grouped(total.volume)}"]


def _version_words(report: Report) -> str:
    total = total_row(report.whole)
    shares = [
        f"{version} {whole_percent(total.tls.get(version, 0), total.recorded)}" for version in VERSIONS[:-1] if total.tls.get(version)
    ]
    return f"Over the whole window: {', '.join(shares)}. The table below has each day."


def _column(total: ConnectorRow, versions: Sequence[str], left: float, width: float) -> Html:
    shapes: list[Html] = []
    used = 0
    high = HEIGHT - TOP - BOTTOM
    for version in reversed(versions):
        count = total.tls.get(version, 0)
        if not count:
            continue
        bottom, size = HEIGHT - BOTTOM - high * used / total.recorded, high * count / total.recorded
        used += count
        text = f"{version} {whole_percent(count, total.recorded)}"
        shapes.append(tag("rect", x=_at(left), y=_at(bottom - size), width=_at(width), height=_at(size), class_=version_class(version)))
        if size >= 15 and width >= 34:
            ink = "in ink" if version in DARK_LETTERS else "in"
            shapes.append(tag("text", text.rpartition(" ")[2], x=_at(left + width / 2), y=_at(bottom - size / 2 + 4), class_=ink))
    return tag("g", *shapes)


def _frame(labels: Sequence[str], ticks: Sequence[str]) -> Html:
    """Draw the lines that values are read by, and write the axes."""
    shapes: list[Html] = []
    for place, words in enumerate(ticks):
        y = HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * place / TICKS
        shapes.append(tag("line", x1=LEFT, x2=WIDTH - RIGHT, y1=_at(y), y2=_at(y), class_="axis"))
        shapes.append(tag("text", words, x=LEFT - 7, y=_at(y + 4), text_anchor="end"))
    every = -(-len(labels) // MAX_LABELS)
    for place in range(0, len(labels), every):
        shapes.append(tag("text", labels[place], x=_at(_middle(place, len(labels))), y=HEIGHT - 8, text_anchor="middle"))
    return joined(shapes)


def _line(place: int, values: Sequence[float | None], top: int) -> Html:
    """Draw one series: a line with a gap where there is no data, and its mark at each value."""
    dots: list[tuple[float, float] | None] = [
        None if value is None else (_middle(at, len(values)), HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top)
        for at, value in enumerate(values)
    ]
    strokes = [f"M{_at(one[0])} {_at(one[1])}L{_at(two[0])} {_at(two[1])}" for one, two in pairwise(dots) if one and two]
    path = tag("path", d="".join(strokes), class_=f"s s{place}", stroke_dasharray=DASHES[place] or "none") if strokes else NOTHING
    return joined([path, *(_mark(place, *dot) for dot in dots if dot)])


def _mark(place: int, x: float, y: float) -> Html:
    """Draw a series' mark: round, square, a triangle, a diamond …, so that colour is not needed."""
    corners = {
        1: ((-4, -4), (4, -4), (4, 4), (-4, 4)),
        2: ((0, -5), (5, 4), (-5, 4)),
        3: ((0, -5), (5, 0), (0, 5), (-5, 0)),
        4: ((-5, -4), (5, -4), (0, 5)),
        5: ((-5, -2), (5, -2), (5, 2), (-5, 2)),
        6: ((-2, -5), (2, -5), (2, 5), (-2, 5)),
    }.get(place)
    if corners is None:
        return tag("circle", cx=_at(x), cy=_at(y), r="3.6", class_=f"m{place}")
    return tag("path", d="M" + "L".join(f"{_at(x + dx)} {_at(y + dy)}" for dx, dy in corners) + "Z", class_=f"m{place}")


def _fill_key(version: str) -> Html:
    shape = tag("rect", x="6", y="1", width="16", height="12", class_=version_class(version))
    return tag("li", tag("svg", shape, viewBox="0 0 28 14", aria_hidden="true"), version)


def _line_key(place: int, name: str) -> Html:
    line = tag("path", d="M1 7L35 7", class_=f"s s{place}", stroke_dasharray=DASHES[place] or "none")
    return tag("li", tag("svg", line, _mark(place, 18, 7), viewBox="0 0 36 14", aria_hidden="true"), name)


def _svg(name: str, title: str, words: str, shapes: Sequence[Html]) -> Html:
    drawing = tag(
        "svg",
        tag("title", title, id=f"{name}-title"),
        tag("desc", words, id=f"{name}-words"),
        *shapes,
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        role="img",
        class_="chart",
        aria_labelledby=f"{name}-title {name}-words",
    )
    return tag("div", drawing, class_="scroll", role="region", tabindex="0", aria_label=title)


def _as_table(name: str, heads: Sequence[Head], rows: Sequence[Sequence[str]]) -> Html:
    return tag("details", tag("summary", "Data of the chart"), table(name, heads, [Body(rows)]), open="open")


def _middle(place: int, of: int) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * (place + 0.5) / of


def _round_top(greatest: float) -> int:
    """Return a round number that four equal steps lead to, not below the greatest value."""
    step = max(1.0, greatest / TICKS)
    unit = 10 ** floor(log10(step))
    return TICKS * next(int(unit * factor) for factor in (1, 2, 5, 10) if unit * factor >= step)


def _at(number: float) -> Html:
    return markup(f"{number:.1f}".removesuffix(".0"))
