"""Single lines: the breadcrumb with the window on its right, and the keys at the foot."""

from __future__ import annotations

from typing import Literal

from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from tui.view.table import Piece, Tone
from tui.view.text import cell_width, clip, clip_begin, fit
from tui.widgets.styles import paint


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
        if (left, right) == (self._left, self._right):
            return
        before = self._drawn()
        self._left, self._right = left, right
        after = self._drawn()
        if len(before) != len(after) or not (before + after).isprintable() or cell_width(before + after) != len(before + after):
            self.refresh()
            return
        # Only what differs goes over the wire.
        changed = [place for place, (old, new) in enumerate(zip(before, after, strict=True)) if old != new]
        if changed:
            self.refresh(Region(changed[0], 0, changed[-1] - changed[0] + 1, 1))

    @property
    def words(self) -> str:
        """What is drawn, left and right."""
        return f"{self._left} {self._right}".strip()

    def render_line(self, y: int) -> Strip:
        """Draw the line."""
        return paint([Piece(self._drawn(), self._tone)], self.rich_style, self.size.width)

    def _drawn(self) -> str:
        width = self.size.width
        room = width - 2
        left = clip(self._left, room) if self._keep == "begin" else clip_begin(self._left, room)
        right = self._right if cell_width(left) + cell_width(self._right) + 2 <= room else ""
        text = f" {left}{' ' * (room - cell_width(left) - cell_width(right))}{right} "
        return fit(text, width)
