"""Which columns fit: a pure function of the width in cells."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from tui.store.window import Grain, Window
from tui.view.connectors import ConnectorRow, part_label, plain_name, row_key, rule, section_title, short_name, total_row, version_cell
from tui.view.formatting import ALWAYS_SHOWN, grouped, short_count
from tui.view.table import Cell, Column, Line, table_width
from tui.view.text import clip_middle

WIDE = 120
NAME_LEAST = 14
NAME_MOST = 44
NAME_HEAD = "Connector direction and name"
NARROW_WIDTHS = {"No TLS": 10, "TLS 1.0": 10, "TLS 1.1": 7, "TLS 1.2": 10, "TLS 1.3": 10}
TIGHT_WIDTHS = {"No TLS": 9, "TLS 1.0": 10, "TLS 1.1": 7, "TLS 1.2": 9, "TLS 1.3": 9}
NARROWEST_WIDTHS = {"No TLS": 9, "TLS 1.0": 9, "TLS 1.1": 7, "TLS 1.2": 9, "TLS 1.3": 9}
SMALL_HEADS = {"TLS (version unknown)": "TLS ?", "Not recorded": "n.rec"}
HEADS = {"TLS (version unknown)": "TLS ?", "Not recorded": "Not rec."}

Marked = Collection[tuple[str, str | None, str]]


def connector_columns(width: int, versions: Sequence[str]) -> list[Column]:
    """Return the columns of the connector report for a width.

    From 120 on all ten columns have their full headings; below, the date becomes a section rule, and type and Forced
    TLS? become letters before the name. Columns that do not fit remain reachable: the table scrolls to them.
    """
    extra = [Column(version, HEADS.get(version, version), 8, "right") for version in versions if version not in ALWAYS_SHOWN]
    if width >= WIDE:
        volume = Column("volume", "Volume", 6 if extra else 7, "right")
        tail = [*_version_columns(TIGHT_WIDTHS), volume, *extra]
        head = [Column("date", "Date", 6), Column("type", "Connector type", 14), Column("forced", "Forced TLS?", 11)]
        room = max(NAME_LEAST, min(NAME_MOST, width - table_width([*head, *tail]) - 1))
        return [head[0], Column("name", NAME_HEAD if room >= len(NAME_HEAD) else "Connector", room), *head[1:], *tail]
    small = [Column(column.key, SMALL_HEADS.get(column.key, column.label), 5, "right") for column in extra]
    tail = [*_version_columns(NARROWEST_WIDTHS if extra else NARROW_WIDTHS), Column("volume", "Volume", 6, "right"), *small]
    return [Column("name", "", max(NAME_LEAST, min(NAME_MOST, width - table_width(tail) - 1))), *tail]


def _version_columns(widths: Mapping[str, int]) -> list[Column]:
    return [Column(version, version, widths[version], "right") for version in ALWAYS_SHOWN]


def connector_lines(
    whole: Sequence[ConnectorRow],
    parts: Sequence[ConnectorRow],
    columns: Sequence[Column],
    window: Window,
    over_limit: Marked,
    grain: Grain = "day",
) -> list[Line]:
    """Return the table's lines: the whole window first with its total, then its parts, newest first, each under its rule."""
    lines = [rule(section_title(None, grain, whole, window)), *(_line(row, columns, over_limit, grain) for row in whole)]
    if len(whole) > 1:
        lines.append(_line(total_row(whole), columns, (), grain))
    by_time: dict[datetime, list[ConnectorRow]] = {}
    for row in parts:
        if row.at is not None:
            by_time.setdefault(row.at, []).append(row)
    for at in sorted(by_time, reverse=True):
        lines += [rule(section_title(at, grain, by_time[at], window)), *(_line(row, columns, over_limit, grain) for row in by_time[at])]
    return lines


def _line(row: ConnectorRow, columns: Sequence[Column], over_limit: Marked, grain: Grain) -> Line:
    wide = any(column.key in ("date", "type", "forced") for column in columns)
    room = next((column.width for column in columns if column.key == "name"), 0)
    texts = {
        "date": Cell("all" if row.at is None else part_label(row.at, grain)),
        "name": Cell(short_name(row) if not wide else row.label if room >= len(NAME_HEAD) else plain_name(row)),
        "type": Cell(row.type_name),
        "forced": Cell(row.forced_name),
    }
    cells: list[Cell] = []
    for column in columns:
        if column.key in texts:
            cells.append(Cell(clip_middle(texts[column.key].text, column.width)))
        elif column.key == "volume":
            cells.append(Cell(_volume(row, column.width)))
        else:
            over = (row.direction, row.connector, column.key) in over_limit
            cells.append(version_cell(row, column.key, over_limit=over, width=column.width))
    return Line("row", tuple(cells), row_key(row))


def _volume(row: ConnectorRow, width: int) -> str:
    text = f"{'~' if row.is_estimate else ''}{grouped(row.volume)}"
    return text if len(text) <= width else f"{'~' if row.is_estimate else ''}{short_count(row.volume)}"
