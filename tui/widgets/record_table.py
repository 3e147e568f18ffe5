"""The one table for every list: it draws only the lines in view and asks for them page by page.

It sends little over the wire: nothing moves by itself, a cursor move repaints two lines, and leaving the view turns
half a page at once instead of repainting the screen for every line.
"""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from rich.style import Style
from textual import events, on
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui.view.paging import Lines
from tui.view.table import (
    Cell,
    Column,
    ColumnView,
    Line,
    Piece,
    Sort,
    Total,
    draw_header,
    draw_line,
    position_text,
)
from tui.widgets.styles import paint, style_of

_CURSOR_ROW = Style(reverse=True)
_CURSOR_CELL = Style(reverse=True, bold=True, underline=True)
_CURSOR_HEAD = Style(bold=True, underline=True)
_NOT_THERE_YET = Line("row", (Cell("…", "dim"),))
_NOTHING = Line("row", ())


class _Fact(Message):
    """A message of a table about itself."""

    def __init__(self, table: "RecordTable") -> None:
        super().__init__()
        self.table = table

    @property
    def control(self) -> "RecordTable":
        """The table that sent the message, for `@on(…, selector)`."""
        return self.table


class RecordTable(Widget, can_focus=True):
    """A table of any length with a cursor on a row and a column; see `show` and `show_lines`."""

    DEFAULT_CSS = "RecordTable { width: 1fr; height: 1fr; }"
    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open", show=False),
        Binding("up,k", "step(-1)", "Row up", show=False),
        Binding("down,j", "step(1)", "Row down", show=False),
        Binding("pageup", "turn(-1)", "Page up", show=False),
        Binding("pagedown", "turn(1)", "Page down", show=False),
        Binding("home,g", "first", "First row", show=False),
        Binding("end,G", "last", "Last row", show=False),
        Binding("left,h", "column(-1)", "Column left", show=False),
        Binding("right,l", "column(1)", "Column right", show=False),
    ]

    class PageWanted(_Fact):
        """Lines came into view that are not loaded: call `show_page(request, offset, lines)` with them.

        Only the newest request is used; the result of an older one is dropped, so its query may be interrupted.
        """

        def __init__(self, table: "RecordTable", request: int, offset: int, limit: int) -> None:
            super().__init__(table)
            self.request, self.offset, self.limit = request, offset, limit

    class CursorMoved(_Fact):
        """The cursor moved to another line or column, or its line was loaded; `line_key` is None until then."""

        def __init__(self, table: "RecordTable", line_key: object, column_key: str, index: int) -> None:
            super().__init__(table)
            self.line_key, self.column_key, self.index = line_key, column_key, index

    class Opened(_Fact):
        """Enter was pressed on a row that is there."""

        def __init__(self, table: "RecordTable", line_key: object, column_key: str) -> None:
            super().__init__(table)
            self.line_key, self.column_key = line_key, column_key

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._lines = Lines()
        self._total = Total(0, more=False)
        self._columns = ColumnView()

    def show(
        self,
        columns: Sequence[Column],
        total: Total,
        fixed: int = 1,
        *,
        keep_cursor: bool = False,
        sort: Sort | None = None,
    ) -> None:
        """Show `total.rows` lines that are asked for by `PageWanted` as they come into view.

        `fixed` columns stay in place when the others scroll; `keep_cursor` keeps the line number and the column.
        """
        self._total = total
        self._lines.expect(total.rows)
        self._columns.take(columns, fixed, sort, keep_cursor=keep_cursor)
        self._begin(self._lines.cursor if keep_cursor else 0, keep_cursor)

    def show_lines(
        self,
        columns: Sequence[Column],
        lines: Sequence[Line],
        fixed: int = 1,
        *,
        keep_cursor: bool = False,
        sort: Sort | None = None,
        total: Total | None = None,
    ) -> None:
        """Show a short list; `total` is given if there are more rows than these.

        `keep_cursor` keeps the cursor on the line with the same key, else on the line number, and on the column.
        """
        key = self.cursor_key
        self._total = total or Total(sum(line.kind == "row" for line in lines), more=False)
        self._lines.set_lines(lines)
        self._columns.take(columns, fixed, sort, keep_cursor=keep_cursor)
        index = self._lines.index_of(key) if keep_cursor else 0
        self._begin(self._lines.cursor if index is None else index, keep_cursor)

    def show_page(self, request: int, offset: int, lines: Sequence[Line]) -> bool:
        """Show the lines of a `PageWanted`; return False if a newer request replaced it."""
        came = self._lines.take(request, offset, lines)
        self._repaint(index for index in self._lines.in_view if index in came)
        if self._lines.cursor in came:
            self._go_to(self._lines.cursor, 1, announce=True)
        return bool(came)

    def show_total(self, total: Total) -> None:
        """Take a better count of the same lines; those already there and the cursor stay."""
        before = self._lines.in_view
        self._total = total
        self._lines.grow(total.rows)
        self._go_to(self._lines.cursor, -1)
        if self._lines.in_view != before:
            self.refresh()

    @property
    def cursor_index(self) -> int:
        """The number of the cursor's line, from 0, rules counted."""
        return self._lines.cursor

    @property
    def cursor_line(self) -> Line | None:
        """The cursor's row; None where there is none or it has not arrived."""
        line = self._lines.line(self._lines.cursor)
        return line if line and line.kind == "row" else None

    @property
    def cursor_key(self) -> object:
        """The key of the cursor's row; None where it is not there."""
        line = self.cursor_line
        return line.key if line else None

    @property
    def cursor_column_key(self) -> str:
        """The key of the cursor's column; empty while there are no columns."""
        return self._columns.key

    def position_text(self) -> str:
        """Return which rows are in view: `1–20 of 1,204`."""
        return position_text(*self._lines.rows_in_view(), self._total)

    def render_line(self, y: int) -> Strip:
        """Draw the header or one of the lines in view."""
        columns, lines, own = self._columns, self._lines, self.rich_style
        if y == 0:
            header = draw_header(columns.columns, columns.layout, columns.width, columns.sort)
            return paint(header, own, columns.width, self._head_style if self.has_focus else style_of)
        index = lines.top + y - 1
        at_cursor = index == lines.cursor and index < lines.length
        line = lines.line(index) or (_NOT_THERE_YET if lines.is_awaited(index) else _NOTHING)
        pieces = draw_line(columns.columns, line, columns.layout, columns.width, "►" if at_cursor else " ")
        return paint(pieces, own, columns.width, self._cursor_style if at_cursor and self.has_focus else style_of)

    def action_open(self) -> None:
        """Report that the row under the cursor was opened."""
        if self.cursor_line:
            self.post_message(self.Opened(self, self.cursor_key, self.cursor_column_key))

    def action_step(self, rows: int) -> None:
        """Move the cursor by rows; where it leaves the view, half a page turns."""
        self._go_to(self._lines.cursor + rows, rows, slack=self._lines.height // 2)

    def action_turn(self, pages: int) -> None:
        """Scroll by pages; the cursor keeps its position on the screen, one line of the previous page remains."""
        lines = pages * max(self._lines.height - 1, 1)
        self._go_to(self._lines.cursor + lines, pages, top=self._lines.top + lines)

    def action_first(self) -> None:
        """Go to the first row."""
        self._go_to(0, 1)

    def action_last(self) -> None:
        """Go to the last row."""
        self._go_to(self._lines.length - 1, -1)

    def action_column(self, columns: int) -> None:
        """Move the cursor by columns, scrolling where it leaves the view."""
        before = self._columns.cursor
        if self._columns.go_to(before + columns):
            self.refresh()
        if self._columns.cursor != before:
            self._repaint_cursor()
            self._announce()

    def on_resize(self) -> None:
        """Keep the cursor in view and ask for what came into it."""
        self.refresh()  # what was painted before this message was painted for the size before
        self._lines.height = max(self.size.height - 1, 0)
        self._columns.resize(self.size.width)
        self._go_to(self._lines.cursor, 1)

    @on(events.Focus)
    @on(events.Blur)
    def _repaint_cursor(self) -> None:
        """Repaint the header and the cursor's line."""
        self.refresh(Region(0, 0, self.size.width, 1))
        self._repaint((self._lines.cursor,))

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to the cell under the mouse; a click on the cursor's cell opens it."""
        index = self._lines.top + event.y - 1
        under = [place.index for place in self._columns.layout.placed if place.x <= event.x < place.x + place.width]
        if event.y == 0 or index not in self._lines.in_view or not under:
            return
        if (index, under[0]) == (self._lines.cursor, self._columns.cursor):
            self.action_open()
            return
        self.action_column(under[0] - self._columns.cursor)
        self._go_to(index, 1)

    def on_mouse_scroll_down(self) -> None:
        """Move down as the wheel turns."""
        self.action_step(3)

    def on_mouse_scroll_up(self) -> None:
        """Move up as the wheel turns."""
        self.action_step(-3)

    def _head_style(self, piece: Piece) -> Style:
        """Underline the name of the cursor's column."""
        return _CURSOR_HEAD if piece.column == self._columns.cursor else style_of(piece)

    def _cursor_style(self, piece: Piece) -> Style:
        """Return the style of the row under the cursor, and of its cell."""
        return _CURSOR_CELL if piece.column == self._columns.cursor else _CURSOR_ROW

    def _begin(self, index: int, keep: bool) -> None:
        """Show other lines with the cursor on this one."""
        self.refresh()
        self._go_to(index, 1, top=None if keep else 0, announce=True)

    def _go_to(self, index: int, step: int, *, slack: int = 0, top: int | None = None, announce: bool = False) -> None:
        """Move the cursor, repaint what that changed and ask for lines that came into view."""
        lines = self._lines
        before, top_before = lines.cursor, lines.top
        lines.go_to(index, step, slack=slack, top=top)
        if lines.top != top_before:
            self._repaint(lines.in_view)
        elif lines.cursor != before:
            self._repaint((before, lines.cursor))
        if lines.cursor != before or announce:
            self._announce()
        wanted = lines.ask()
        if wanted:
            self.post_message(self.PageWanted(self, *wanted))

    def _announce(self) -> None:
        """Report the position of the cursor."""
        if self._lines.length:
            self.post_message(self.CursorMoved(self, self.cursor_key, self.cursor_column_key, self._lines.cursor))

    def _repaint(self, indexes: Iterable[int]) -> None:
        """Repaint these lines, as far as they are in view, and nothing else."""
        rows = [index - self._lines.top + 1 for index in indexes]
        regions = [Region(0, row, self.size.width, 1) for row in rows if 0 < row < self.size.height]
        if regions:
            self.refresh(*regions)
