"""A few words between a title and a table, as many lines as they take."""

from __future__ import annotations

from textual.strip import Strip
from textual.widget import Widget

from tui.view.table import Piece, Tone
from tui.view.text import fit, wrap
from tui.widgets.styles import paint


class Words(Widget):
    """Text that is wrapped to the width; it takes up to `most` lines and is drawn again only when it changes."""

    def __init__(self, *, tone: Tone = "plain", most: int = 3, id: str | None = None) -> None:
        super().__init__(id=id)
        self._tone: Tone = tone
        self._most = most
        self._texts: tuple[str, ...] = ()
        self._lines: list[str] = []
        self.styles.height = 1

    def show(self, *texts: str) -> None:
        """Show other texts, each from a line of its own."""
        if texts != self._texts:
            self._texts = texts
            self._fold()

    @property
    def words(self) -> str:
        """What is shown."""
        return " ".join(self._texts)

    def on_resize(self) -> None:
        """Wrap it for another width."""
        self._fold()

    def _fold(self) -> None:
        if not self.size.width:
            return  # not laid out yet: on_resize follows
        width = max(10, self.size.width - 2)
        lines = [line for text in self._texts for line in wrap(text, width)]
        if len(lines) > self._most:
            lines = [*lines[: self._most - 1], f"{lines[self._most - 1][: width - 1]}…"]
        if lines != self._lines:
            self._lines = lines
            self.styles.height = max(1, len(lines))
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        line = self._lines[y] if y < len(self._lines) else ""
        return paint([Piece(fit(f" {line}", self.size.width), self._tone)], self.rich_style, self.size.width)
