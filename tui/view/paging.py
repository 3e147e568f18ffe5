"""The lines of a table: which are loaded, which are in view, and the position of the cursor.

A short list is complete from the start. A long one is loaded in pages of 100 lines when they come into view; 40 pages are cached.
"""

from collections import OrderedDict
from collections.abc import Sequence

from tui.view.table import Line

PAGE_LINES = 100
PAGES_KEPT = 40


class Pages:
    """The lines that have arrived, in pages of 100, the least used forgotten; and the one request that counts."""

    def __init__(self) -> None:
        self._pages: OrderedDict[int, tuple[Line, ...]] = OrderedDict()
        self._request = 0
        self._awaited = range(0)

    def clear(self) -> None:
        """Drop every line; the result of a request that is still running will be ignored."""
        self._pages.clear()
        self._awaited = range(0)

    def line(self, index: int) -> Line | None:
        """Return a line; None where its page is not loaded, or is shorter than announced."""
        number, place = divmod(index, PAGE_LINES)
        page = self._pages.get(number)
        if page is None or place >= len(page):
            return None
        self._pages.move_to_end(number)
        return page[place]

    def has(self, index: int) -> bool:
        """Return whether the line's page has arrived."""
        return index // PAGE_LINES in self._pages

    def ask(self, first: int, last: int) -> tuple[int, int, int] | None:
        """Return what to ask for so that these lines come: (request, offset, limit), if anything."""
        missing = [page for page in range(first // PAGE_LINES, last // PAGE_LINES + 1) if page not in self._pages]
        if all(page in self._awaited for page in missing):
            return None
        self._request += 1
        self._awaited = range(missing[0], missing[-1] + 1)
        return self._request, missing[0] * PAGE_LINES, len(self._awaited) * PAGE_LINES

    def take(self, request: int, offset: int, lines: Sequence[Line]) -> range:
        """Store the result of the newest request and return its lines; none if it belongs to an older request."""
        came = self._awaited
        if request != self._request or not came or offset != came.start * PAGE_LINES:
            return range(0)
        for place, page in enumerate(came):
            self._pages[page] = tuple(lines[place * PAGE_LINES : (place + 1) * PAGE_LINES])
            self._pages.move_to_end(page)
        self._awaited = range(0)
        while len(self._pages) > PAGES_KEPT:
            self._pages.popitem(last=False)
        return range(offset, came.stop * PAGE_LINES)


class Lines:
    """Lines with a cursor on one row of them and a view of `height` lines; lines are numbered from 0, rules counted."""

    def __init__(self) -> None:
        self.length = 0
        self.cursor = 0
        self.top = 0
        self.height = 0
        self._pages = Pages()
        self._whole: tuple[Line, ...] | None = ()

    def set_lines(self, lines: Sequence[Line]) -> None:
        """Take a list that is there as a whole."""
        self._pages.clear()
        self._whole, self.length = tuple(lines), len(lines)

    def expect(self, length: int) -> None:
        """Set a list whose lines are requested page by page."""
        self._pages.clear()
        self._whole, self.length = None, length

    def grow(self, length: int) -> None:
        """Set a more exact count of the lines."""
        if self._whole is None:
            self.length = length

    def line(self, index: int) -> Line | None:
        """Look a line up; None where there is none or it has not arrived."""
        if self._whole is None:
            return self._pages.line(index)
        return self._whole[index] if 0 <= index < self.length else None

    def is_awaited(self, index: int) -> bool:
        """Return whether a line is still to come."""
        return self._whole is None and 0 <= index < self.length and not self._pages.has(index)

    def index_of(self, key: object) -> int | None:
        """Find the line with this key in a list that is there as a whole."""
        if key is None or self._whole is None:
            return None
        return next((index for index, line in enumerate(self._whole) if line.key == key), None)

    @property
    def in_view(self) -> range:
        """The numbers of the lines in view."""
        return range(self.top, max(min(self.top + self.height, self.length), self.top))

    def rows_in_view(self) -> tuple[int, int]:
        """Give the numbers of the first and last row in view, from 1; rules do not count where all lines are there."""
        first, last = self.in_view.start, self.in_view.stop
        if self._whole is not None:
            first, last = (sum(line.kind == "row" for line in self._whole[:end]) for end in (first, last))
        return first + 1, last

    def ask(self) -> tuple[int, int, int] | None:
        """Return what to ask for to fill the view: (request, offset, limit); None if that is not needed."""
        if self._whole is not None or not self.in_view:
            return None
        wanted = self._pages.ask(self.in_view[0], self.in_view[-1])
        if wanted is None:
            return None
        request, offset, limit = wanted
        return request, offset, min(limit, self.length - offset)

    def take(self, request: int, offset: int, lines: Sequence[Line]) -> range:
        """Store the result of the newest request and return its lines; none if it belongs to an older request."""
        return self._pages.take(request, offset, lines)

    def go_to(self, index: int, step: int, *, slack: int = 0, top: int | None = None) -> None:
        """Move the cursor to the row at or after `index` in the direction of `step`, else the nearest before it.

        The view follows from line `top` on, if given; where the cursor leaves it, it moves `slack` lines further.
        """
        self.cursor = self._nearest_row(min(max(index, 0), max(self.length - 1, 0)), step)
        self.top = self._top_for_cursor(self.top if top is None else top, slack)

    def _nearest_row(self, index: int, step: int) -> int:
        """Return the row, or the line not loaded yet, that the cursor can move to."""
        after, before = range(index, self.length), range(index, -1, -1)
        for number in (*after, *before) if step > 0 else (*before, *after):
            if not self._is_rule(number):
                return number
        return index

    def _top_for_cursor(self, top: int, slack: int) -> int:
        """Return the first line of a view that shows the cursor and the rules right above it."""
        first = self.cursor
        while first > 0 and self._is_rule(first - 1):
            first -= 1
        first = max(first, self.cursor - self.height + 1)
        if first < top:
            top = max(first - slack, self.cursor - self.height + 1)
        elif self.cursor >= top + self.height > 0:
            top = self.cursor - self.height + 1 + slack
        return max(min(top, self.length - self.height), 0)

    def _is_rule(self, index: int) -> bool:
        """Return whether a line is there and is a rule."""
        line = self.line(index)
        return line is not None and line.kind == "rule"
