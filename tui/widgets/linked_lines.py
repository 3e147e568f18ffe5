"""A sheet on the screen: lines drawn as they are, a cursor on its links, scrolled when it does not fit."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui.view.sheet import Sheet, fit_cells
from tui.view.table import Cell, Piece
from tui.widgets.styles import paint, style_of

_FOCUSED = Style(reverse=True)


class LinkedLines(Widget, can_focus=True):
    """Draws a sheet. Tab and the arrows move between its links, Enter opens one; without links they scroll."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "open", show=False),
        Binding("tab,down,j,right,l", "step(1)", "next", show=False),
        Binding("shift+tab,up,k,left,h", "step(-1)", "previous", show=False),
        Binding("pagedown,space", "turn(1)", "page down", show=False),
        Binding("pageup", "turn(-1)", "page up", show=False),
        Binding("g,home", "turn(-1000)", "first", show=False),
        Binding("G,end", "turn(1000)", "last", show=False),
    ]

    class Followed(Message):
        """A link was opened."""

        def __init__(self, lines: LinkedLines, key: str) -> None:
            super().__init__()
            self.lines = lines
            self.key = key

        @property
        def control(self) -> LinkedLines:
            """The widget that contains the link."""
            return self.lines

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._sheet = Sheet(())
        self._link = 0
        self._top = 0
        self._moved = False

    def show(self, sheet: Sheet) -> None:
        """Draw another sheet; the cursor stays on the link of the same key. What did not change is not drawn again."""
        before, key = self._sheet.lines, self.link_key
        self._sheet = sheet
        keys = [link.key for link in sheet.links]
        self._link = keys.index(key) if key in keys else 0
        top = self._top
        self._reveal()
        if top != self._top or len(before) != len(sheet.lines):
            self.refresh()
            return
        self._repaint(n for n, (old, new) in enumerate(zip(before, sheet.lines, strict=True)) if old != new)

    @property
    def link_key(self) -> str | None:
        """The key of the link under the cursor; None without links."""
        links = self._sheet.links
        return links[self._link].key if links else None

    def go_to(self, key: str) -> None:
        """Move the cursor to the link of a key, when there is one."""
        keys = [link.key for link in self._sheet.links]
        if key in keys:
            self._go_to(keys.index(key))

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        at = y + self._top
        width = self.size.width
        if at >= len(self._sheet.lines):
            return paint([Piece(" " * width)], self.rich_style, width)
        cells = fit_cells(self._sheet.lines[at], width)
        if y == self.size.height - 1 and at < len(self._sheet.lines) - 1:
            cells = [*fit_cells(cells, width - 2), Cell("▼ ")]  # there is more below
        link = self._sheet.links[self._link] if self._sheet.links else None
        here = link.cell if link is not None and link.line == at else -1
        pieces = [Piece(_marked(cell) if n == here else cell.text, cell.tone, n) for n, cell in enumerate(cells)]
        focused = self.has_focus
        return paint(
            pieces,
            self.rich_style,
            width,
            lambda piece: _FOCUSED if focused and piece.column == here else style_of(piece),
        )

    def action_open(self) -> None:
        """Open the link under the cursor."""
        if self.link_key is not None:
            self.post_message(self.Followed(self, self.link_key))

    def action_step(self, by: int) -> None:
        """Move to the next or previous link; without links scroll by a line."""
        if self._sheet.links and 0 <= self._link + by < len(self._sheet.links):
            self._go_to(self._link + by)
        else:
            self._scroll(by)

    def action_turn(self, pages: int) -> None:
        """Scroll by pages."""
        self._scroll(pages * max(1, self.size.height - 1))

    def on_resize(self) -> None:
        """Keep the cursor in view."""
        self._reveal()

    def on_focus(self) -> None:
        """Draw the cursor."""
        self._repaint_link()

    def on_blur(self) -> None:
        """Draw the cursor as resting."""
        self._repaint_link()

    def _scroll(self, by: int) -> None:
        top = max(0, min(self._top + by, len(self._sheet.lines) - self.size.height))
        if top != self._top:
            self._top = top
            self.refresh()

    def _go_to(self, link: int) -> None:
        old, top = self._link, self._top
        self._moved = True
        self._link = link
        self._reveal()
        if top != self._top:
            self.refresh()
            return
        self._repaint({self._sheet.links[old].line, self._sheet.links[link].line})

    def _reveal(self) -> None:
        """Scroll as little as brings the link, with the line below it, into view."""
        height = self.size.height
        if not self._sheet.links or not height:
            self._top = max(0, min(self._top, len(self._sheet.lines) - height)) if height else 0
            return
        line = self._sheet.links[self._link].line
        if self._link == 0 and not self._moved:
            self._top = 0  # the beginning of the text is shown first
        elif line < self._top:
            self._top = 0 if self._link == 0 else line
        elif line + 2 > self._top + height:
            self._top = min(line + 2, len(self._sheet.lines)) - height

    def _repaint_link(self) -> None:
        if self._sheet.links:
            self._repaint({self._sheet.links[self._link].line})

    def _repaint(self, lines: Iterable[int]) -> None:
        regions = [Region(0, line - self._top, self.size.width, 1) for line in lines if self._top <= line < self._top + self.size.height]
        if regions:
            self.refresh(*regions)


def _marked(cell: Cell) -> str:
    """Return a link's words between marks where it has blanks for them: `►View Details◄`."""
    text = cell.text
    if text.startswith(" ") and text.endswith(" ") and len(text.strip()) == len(text) - 2:
        return f"►{text[1:-1]}◄"
    return f"►{text[1:]}" if text.startswith(" ") else text
