"""A sheet: lines of cells, with links that a cursor can move to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tui.view.table import Cell, Tone
from tui.view.text import cell_width, clip, wrap


@dataclass(frozen=True)
class Link:
    """A cell that can be opened: which line, which cell of it, and what it opens."""

    line: int
    cell: int
    key: str


@dataclass(frozen=True)
class Sheet:
    """Lines to draw and the links in them, from top to bottom."""

    lines: tuple[tuple[Cell, ...], ...]
    links: tuple[Link, ...] = ()


@dataclass
class SheetBuilder:
    """Collects the lines of a sheet, in boxes or bare, for a width in cells."""

    width: int
    lines: list[tuple[Cell, ...]] = field(default_factory=list[tuple[Cell, ...]])
    links: list[Link] = field(default_factory=list[Link])
    _boxed: bool = False

    @property
    def inner(self) -> int:
        """The cells of a line between its margins."""
        return self.width - (4 if self._boxed else 2)

    def open_box(self, title: str, right: str = "") -> None:
        """Begin a box with a title, and a word on the right of its top line."""
        name = clip(title, self.width - 6)
        tail = f" {right} ─" if right and cell_width(name) + cell_width(right) + 8 <= self.width else ""
        rule = "─" * (self.width - 4 - cell_width(name) - cell_width(tail))
        self.lines.append((Cell("┌ "), Cell(name, "title"), Cell(f" {rule}{tail}┐")))
        self._boxed = True

    def close_box(self) -> None:
        """End the box."""
        self._boxed = False
        self.lines.append((Cell("└" + "─" * (self.width - 2) + "┘"),))

    def add(self, *cells: Cell, link: str | None = None, link_cell: int = 0) -> None:
        """Add a line, cut or filled to the width; `link` makes its cell number `link_cell` a link."""
        edge = "│ " if self._boxed else " "
        if link is not None:
            self.links.append(Link(len(self.lines), link_cell + 1, link))
        self.lines.append((Cell(edge), *fit_cells(cells, self.inner), Cell(edge[::-1])))

    def text(self, text: str, tone: Tone = "plain") -> None:
        """Add a text, wrapped."""
        for line in wrap(text, self.inner):
            self.add(Cell(line, tone))

    def blank(self) -> None:
        """Add an empty line."""
        self.add()

    def link_line(self, links: Sequence[tuple[str, str]]) -> None:
        """Add a line of links side by side, each a pair of key and words; what does not fit goes to the next line.

        Words without a key are no link.
        """
        cells: list[Cell] = []
        places: list[tuple[int, str]] = []
        for key, words in links:
            if cells and sum(cell_width(cell.text) for cell in cells) + cell_width(words) + 3 > self.inner:
                self._add_links(cells, places)
                cells, places = [], []
            if key:
                places.append((len(cells), key))
            cells += [Cell(f" {words} ", "head" if key else "plain"), Cell(" ")]
        self._add_links(cells, places)

    def _add_links(self, cells: Sequence[Cell], places: Iterable[tuple[int, str]]) -> None:
        self.links += [Link(len(self.lines), place + 1, key) for place, key in places]
        self.add(*cells)

    def sheet(self) -> Sheet:
        """Return the sheet."""
        return Sheet(tuple(self.lines), tuple(self.links))


def fit_cells(cells: Iterable[Cell], width: int) -> list[Cell]:
    """Return cells cut or filled to just `width`."""
    fitted: list[Cell] = []
    room = width
    for cell in cells:
        if room <= 0:
            break
        text = clip(cell.text, room)
        fitted.append(Cell(text, cell.tone))
        room -= cell_width(text)
    return [*fitted, Cell(" " * room)] if room > 0 else fitted


def side_by_side(left: Sequence[Sequence[Cell]], right: Sequence[Sequence[Cell]], width: int, gap: int = 2) -> list[list[Cell]]:
    """Return two blocks of lines beside each other in `width` cells."""
    half = (width - gap) // 2
    height = max(len(left), len(right))
    blank: Sequence[Cell] = ()
    return [
        [
            *fit_cells(left[n] if n < len(left) else blank, half),
            Cell(" " * gap),
            *fit_cells(right[n] if n < len(right) else blank, width - half - gap),
        ]
        for n in range(height)
    ]
