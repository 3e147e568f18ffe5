"""The first screen: what is being loaded and how far it is."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from tui.intake.load import Progress
from tui.view.charts import bar
from tui.view.sheet import SheetBuilder
from tui.view.table import Cell
from tui.view.text import visible
from tui.widgets.linked_lines import LinkedLines
from tui.widgets.one_line import OneLine

TICK_SECONDS = 0.5
SHOWN_PATHS = 8


class LoadingScreen(Screen[None]):
    """Shows progress twice a second, only when it has changed."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "stop", "stop")]

    def __init__(self, paths: Iterable[str], progress: Progress) -> None:
        super().__init__()
        self._paths = [visible(path) for path in paths]
        self._progress = progress
        self._began = time.monotonic()
        self._stopping = False

    def compose(self) -> ComposeResult:
        """Build the title line and the progress."""
        yield OneLine(tone="title", id="title")
        yield LinkedLines(id="progress")
        yield OneLine(tone="dim", id="keys")

    def on_mount(self) -> None:
        """Draw at once, then follow the load."""
        self.query_one("#title", OneLine).show("mailflow › Loading")
        self.query_one("#keys", OneLine).show("Esc stop  q quit")
        self.call_after_refresh(self._draw)
        self.set_interval(TICK_SECONDS, self._draw)

    def _draw(self) -> None:
        width = self.size.width
        sheet = SheetBuilder(width)
        sheet.open_box("Loading")
        for path in self._paths[:SHOWN_PATHS]:
            sheet.add(Cell(path))
        if len(self._paths) > SHOWN_PATHS:
            sheet.add(Cell(f"and {len(self._paths) - SHOWN_PATHS} more", "dim"))
        sheet.blank()
        seconds = int(time.monotonic() - self._began)
        doing = "stopping" if self._stopping else visible(self._progress.doing)
        sheet.add(Cell(doing), Cell(f" · {seconds} s" if seconds else "", "dim"))
        share = self._progress.fraction()
        sheet.add(Cell(bar(100 * share, min(60, sheet.inner)) if share else "", "good"))
        sheet.close_box()
        self.query_one("#progress", LinkedLines).show(sheet.sheet())

    def action_stop(self) -> None:
        """Stop the load; nothing of it stays."""
        self._stopping = True
        self._progress.cancel()
        self._draw()
