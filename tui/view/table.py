"""What a table is drawn from: columns, lines of cells, how many there are, and how they are placed and drawn.

Widths are terminal cells. The first cell of a table is for the mark of the cursor; one blank cell separates two columns.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tui.view.text import cell_width, clip, fit, visible

Tone = Literal["plain", "dim", "good", "warn", "alarm", "head", "title"]
"""What a colour expresses; the text itself must express it too."""


@dataclass(frozen=True)
class Cell:
    """A piece of text with its tone. The text has passed `visible`."""

    text: str
    tone: Tone = "plain"


@dataclass(frozen=True)
class Column:
    """A column of a table; `key` names it in messages and sort orders."""

    key: str
    label: str
    width: int
    align: Literal["left", "right"] = "left"
    sortable: bool = True


@dataclass(frozen=True)
class Line:
    """A row with one cell per column, or with a single cell across all of them; or a rule whose only cell is a section heading."""

    kind: Literal["row", "rule"]
    cells: tuple[Cell, ...]
    key: object = None


@dataclass(frozen=True)
class Total:
    """How many rows there are; with `more`, there are at least this many."""

    rows: int
    more: bool


@dataclass(frozen=True)
class Sort:
    """The column that the lines are in the order of."""

    key: str
    descending: bool = False


@dataclass(frozen=True)
class Placed:
    """A column's place on the screen: its index, its first cell and its width there."""

    index: int
    x: int
    width: int


@dataclass(frozen=True)
class Layout:
    """The columns that are shown, and whether others are hidden on either side."""

    placed: tuple[Placed, ...]
    hidden_left: bool = False
    hidden_right: bool = False


@dataclass(frozen=True)
class Piece:
    """A stretch of a drawn line; `column` is its column's number, None for marks and gaps."""

    text: str
    tone: Tone = "plain"
    column: int | None = None


class ColumnView:
    """Columns with a cursor on one of them, scrolled so that it is in view in `width` cells."""

    def __init__(self) -> None:
        self.columns: tuple[Column, ...] = ()
        self.sort: Sort | None = None
        self.width = 0
        self.cursor = 0
        self._fixed = 0
        self._start = 0

    @property
    def key(self) -> str:
        """The key of the cursor's column; empty while there are no columns."""
        return self.columns[self.cursor].key if self.columns else ""

    @property
    def layout(self) -> Layout:
        """Where the columns are."""
        return place_columns(self.columns, self._fixed, self._start, self.width)

    def take(self, columns: Sequence[Column], fixed: int, sort: Sort | None, *, keep_cursor: bool) -> None:
        """Set the columns; with `keep_cursor` the cursor stays on the column with the same key."""
        keys, key = [column.key for column in columns], self.key
        self.columns, self._fixed, self.sort = tuple(columns), min(fixed, len(columns)), sort
        self.go_to(keys.index(key) if keep_cursor and key in keys else 0)

    def go_to(self, index: int) -> bool:
        """Move the cursor to a column, or the nearest; return whether the columns scrolled."""
        self.cursor, before = max(min(index, len(self.columns) - 1), 0), self._start
        self._start = start_to_show(self.columns, self._fixed, before, self.cursor, self.width)
        return self._start != before

    def resize(self, width: int) -> None:
        """Take another width."""
        self.width = width
        self.go_to(self.cursor)


def position_text(first: int, last: int, total: Total) -> str:
    """Return which rows are in view: `1–20 of 1,204`, `981–1,000 of >1,000` when there are more than were counted."""
    total_text = f"{'>' if total.more else ''}{total.rows:,}"
    if last < first or total.rows == 0:
        return f"0 of {total_text}"
    return f"{first:,} of {total_text}" if first == last else f"{first:,}–{last:,} of {total_text}"


def table_width(columns: Sequence[Column]) -> int:
    """Count the cells that a table needs to show these columns side by side, the cursor's mark included."""
    return 1 + sum(column.width for column in columns) + max(len(columns) - 1, 0)


def place_columns(columns: Sequence[Column], fixed: int, start: int, width: int) -> Layout:
    """Place the columns in `width` cells: the first `fixed` ones always, then the others from number `start` on.

    A column is shown whole or not at all; only where nothing else is left is one cut to the room there is. When some
    are hidden, the last cell is reserved for the mark of hidden columns.
    """
    if table_width(columns) <= width:
        return Layout(_side_by_side(columns, range(len(columns)), 0, width))
    start = max(start, fixed)
    indexes = [*range(min(fixed, len(columns))), *range(start, len(columns))]
    placed = _side_by_side(columns, indexes, start, width - 1)
    hidden_right = not placed or placed[-1].index < len(columns) - 1
    return Layout(placed, hidden_left=start > fixed, hidden_right=hidden_right)


def start_to_show(columns: Sequence[Column], fixed: int, start: int, wanted: int, width: int) -> int:
    """Return from which column on to scroll so that the wanted one is in view; `start` itself if it already is."""
    start = max(start, fixed)
    if wanted < fixed or table_width(columns) <= width:
        return start
    start = min(start, wanted)
    while start < wanted and all(place.index != wanted for place in place_columns(columns, fixed, start, width).placed):
        start += 1
    return start


def draw_header(columns: Sequence[Column], layout: Layout, width: int, sort: Sort | None) -> list[Piece]:
    """Draw the columns' names, the sorted one with its direction, and `◄` `►` where columns are hidden."""
    labels = [Cell(_head_label(column, sort), "head") for column in columns]
    pieces = _draw_cells(columns, labels, layout, width, Cell("◄" if layout.hidden_left else " ", "head"))
    if layout.hidden_right:
        pieces[-1] = Piece(pieces[-1].text[:-1] + "►", "head")
    return pieces


def draw_line(columns: Sequence[Column], line: Line, layout: Layout, width: int, mark: str = " ") -> list[Piece]:
    """Draw a row with its mark, or a rule across the width: `─ Sun 15 Nov ─────`."""
    if line.kind == "row" and len(line.cells) == 1 < len(columns):
        return [Piece(mark), Piece(fit(visible(line.cells[0].text), width - 1), line.cells[0].tone, 0)]
    if line.kind == "row":
        return _draw_cells(columns, line.cells, layout, width, Cell(mark))
    cell = line.cells[0] if line.cells else Cell("")
    heading = clip(f"─ {visible(cell.text)} ", width) if cell.text else ""
    return [Piece(heading + "─" * (width - cell_width(heading)), cell.tone)]


def _head_label(column: Column, sort: Sort | None) -> str:
    """Give the column's name, cut so that the sort mark stays."""
    if sort is None or sort.key != column.key:
        return column.label
    return clip(visible(column.label), column.width - 1) + ("▼" if sort.descending else "▲")


def _draw_cells(columns: Sequence[Column], cells: Sequence[Cell], layout: Layout, width: int, mark: Cell) -> list[Piece]:
    """Draw cells in their places, blanks of the mark's tone between and after them, in exactly `width` cells."""
    pieces = [Piece(mark.text, mark.tone)]
    end = 1
    for place in layout.placed:
        if place.x > end:
            pieces.append(Piece(" " * (place.x - end), mark.tone))
        cell = cells[place.index] if place.index < len(cells) else Cell("")
        text = fit(visible(cell.text), place.width, columns[place.index].align)
        pieces.append(Piece(text, cell.tone, place.index))
        end = place.x + place.width
    if end < width:
        pieces.append(Piece(" " * (width - end), mark.tone))
    return pieces


def _side_by_side(columns: Sequence[Column], indexes: Sequence[int], start: int, width: int) -> tuple[Placed, ...]:
    """Place these columns from the left until one does not fit; only up to column `start` is that one cut instead."""
    placed: list[Placed] = []
    x = 1
    for index in indexes:
        room = width - x
        shown = min(columns[index].width, room)
        if shown < 1 or (shown < columns[index].width and index > start):
            break
        placed.append(Placed(index, x, shown))
        x += shown + 1
    return tuple(placed)
