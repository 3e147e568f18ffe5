"""Which columns fit: a pure function of the width in cells."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from tui.store.window import Window
from tui.view.connectors import ConnectorRow, row_key, rule, section_title, short_name, version_cell
from tui.view.table import Cell, Column, Line, table_width
from tui.view.text import clip
from tui.view.words import ALWAYS_SHOWN, grouped, short_count

WIDE = 120
NAME_LEAST = 14
NAME_MOST = 44
NAME_HEAD = len("Connector direction and name")
NARROW_WIDTHS = {"No TLS": 10, "TLS 1.0": 10, "TLS 1.1": 7, "TLS 1.2": 10, "TLS 1.3": 10}
WIDE_WIDTHS = {"No TLS": 9, "TLS 1.0": 10, "TLS 1.1": 7, "TLS 1.2": 9, "TLS 1.3": 9}
HEADS = {"TLS (version unknown)": "TLS ?", "Not recorded": "Not rec."}

Marked = Collection[tuple[str, str | None, str]]


def connector_columns(width: int, versions: Sequence[str]) -> list[Column]:
    """Answer the columns of the connector report for a width.

    From 120 on all ten columns have their full headings; below, the date becomes a section rule, and type and Forced
    TLS? become letters before the name. Columns that do not fit stay in the list: the table scrolls to them.
    """
    extra = [Column(version, HEADS.get(version, version), 8, "right") for version in versions if version not in ALWAYS_SHOWN]
    if width >= WIDE:
        volume = Column("volume", "Volume", 6 if extra else 7, "right")
        tail = [*(Column(version, version, size, "right") for version, size in WIDE_WIDTHS.items()), volume]
        head = [Column("date", "Date", 6), Column("type", "Connector type", 14), Column("forced", "Forced TLS?", 11)]
        room = width - table_width([*head, *tail, *extra]) - 1
        name = Column("name", "Connector direction and name", max(NAME_HEAD, min(NAME_MOST, room)))
        return [head[0], name, *head[1:], *tail, *extra]
    taken = table_width([Column(version, version, size) for version, size in NARROW_WIDTHS.items()]) + 1 + 6 + 1
    name = Column("name", "", max(NAME_LEAST, min(NAME_MOST, width - taken - bool(extra))))
    usual = [Column(version, version, NARROW_WIDTHS[version], "right") for version in ALWAYS_SHOWN]
    return [name, *usual, Column("volume", "Volume", 6, "right"), *extra]


def connector_lines(
    whole: Sequence[ConnectorRow],
    days: Sequence[ConnectorRow],
    columns: Sequence[Column],
    window: Window,
    over_limit: Marked,
) -> list[Line]:
    """Answer the table's lines: the whole window first, then the days, newest first, each under its rule."""
    lines = [rule(section_title(None, whole, window)), *(_line(row, columns, over_limit) for row in whole)]
    for day in sorted({row.day for row in days if row.day is not None}, reverse=True):
        rows = [row for row in days if row.day == day]
        lines += [rule(section_title(day, rows, window)), *(_line(row, columns, over_limit) for row in rows)]
    return lines


def _line(row: ConnectorRow, columns: Sequence[Column], over_limit: Marked) -> Line:
    wide = columns[0].key == "date"
    texts = {
        "date": Cell(_date(row.day)),
        "name": Cell(row.label if wide else short_name(row)),
        "type": Cell(row.type_name),
        "forced": Cell(row.forced_name),
    }
    cells: list[Cell] = []
    for column in columns:
        if column.key in texts:
            cells.append(Cell(clip(texts[column.key].text, column.width)))
        elif column.key == "volume":
            cells.append(Cell(_volume(row, column.width)))
        else:
            over = (row.direction, row.connector, column.key) in over_limit
            cells.append(version_cell(row, column.key, over_limit=over, width=column.width))
    return Line("row", tuple(cells), row_key(row))


def _date(day: date | None) -> str:
    return "all" if day is None else f"{day.day} {day:%b}"


def _volume(row: ConnectorRow, width: int) -> str:
    text = f"{'~' if row.is_estimate else ''}{grouped(row.volume)}"
    return text if len(text) <= width else f"{'~' if row.is_estimate else ''}{short_count(row.volume)}"
