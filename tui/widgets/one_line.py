"""Single lines: the breadcrumb with the window on its right, and the keys at the foot."""

from __future__ import annotations

from typing import Literal

from textual.strip import Strip
from textual.widget import Widget

from tui.view.table import Piece, Tone
from tui.view.text import cell_width, clip, clip_begin, fit
from tui.widgets.tones import paint


class OneLine(Widget):
    """A line of text with another on its right; the right one goes first when there is no room.

    `keep` says which end of a text that is too long stays: of a breadcrumb it is the end.
    """

    DEFAULT_CSS = "OneLine { height: 1; }"

    def __init__(self, *, tone: Tone = "plain", keep: Literal["begin", "end"] = "begin", id: str | None = None) -> None:
        super().__init__(id=id)
        self._keep = keep
        self._tone: Tone = tone
        self._left, self._right = "", ""

    def show(self, left: str, right: str = "") -> None:
        """Draw other words, when they are others."""
        if (left, right) != (self._left, self._right):
            self._left, self._right = left, right
            self.refresh()

    @property
    def words(self) -> str:
        """What is drawn, left and right."""
        return f"{self._left} {self._right}".strip()

    def render_line(self, y: int) -> Strip:
        """Draw the line."""
        width = self.size.width
        room = width - 2
        left = clip(self._left, room) if self._keep == "begin" else clip_begin(self._left, room)
        right = self._right if cell_width(left) + cell_width(self._right) + 2 <= room else ""
        text = f" {left}{' ' * (room - cell_width(left) - cell_width(right))}{right} "
        return paint([Piece(fit(text, width), self._tone)], self.rich_style, width)
