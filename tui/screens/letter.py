"""The letter to the partner of a row, to read, copy and save."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.widget import Widget

from tui.rows import PeerUse
from tui.screens.app_services import app_of
from tui.screens.base import MailScreen
from tui.screens.save_dialog import save, text_dialog
from tui.store.filters import one
from tui.store.lists import ask_letter
from tui.store.questions import Scope
from tui.view.letter import letter_text
from tui.view.report import Report
from tui.view.sheet import SheetBuilder
from tui.view.table import Cell
from tui.view.text import visible, wrap
from tui.widgets.linked_lines import LinkedLines

MAX_COPIED_BYTES = 75_000


class LetterScreen(MailScreen):
    """The letter; M writes it in Markdown, y copies it, e saves it."""

    KEYS_LINE: ClassVar[str] = "y copy  e save  M text or Markdown  Page Down more  x SQL  Esc back  ? help"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "app.pop_screen", "back"),
        Binding("y", "copy_letter", "copy"),
        Binding("e", "save_letter", "save"),
        Binding("M", "markdown", "text or Markdown"),
    ]

    def __init__(self, facet: str, name: str) -> None:
        super().__init__()
        self._facet, self._name = facet, name
        self._uses: Sequence[PeerUse] = ()
        self._markdown = False

    def compose_body(self) -> list[Widget]:
        """Build the sheet."""
        return [LinkedLines(id="letter")]

    def show_report(self, report: Report) -> None:
        """Ask what the peer used in the whole file."""
        self.show_title(f"Letter › {visible(self._name)}", "all data")
        self.query_one(LinkedLines).focus()
        span, scope = report.facts.window.whole_file, Scope(where=one("peer" if self._facet == "host" else self._facet, self._name))
        self.ask("letter", lambda runner: ask_letter(runner, span, scope), self._take)

    def _take(self, uses: Sequence[PeerUse]) -> None:
        self._uses = uses
        self._draw()

    @property
    def text(self) -> str:
        """The letter."""
        return letter_text(self._uses, self._name, self.report.facts.window, markdown=self._markdown)

    def _draw(self) -> None:
        sheet = SheetBuilder(self.size.width)
        for line in self.text.splitlines():
            for part in wrap(line, sheet.inner) if line.strip() == line else [line]:
                sheet.add(Cell(part))
        self.query_one(LinkedLines).show(sheet.sheet())

    def on_resize(self, _: events.Resize) -> None:
        """Draw it for another width."""
        if self._uses:
            self._draw()

    def action_markdown(self) -> None:
        """Write it as text, or in Markdown."""
        self._markdown = not self._markdown
        self._draw()

    def action_copy_letter(self) -> None:
        """Copy the letter to the clipboard of the terminal."""
        self.app.copy_to_clipboard(self.text[:MAX_COPIED_BYTES])  # pyright: ignore[reportUnknownMemberType]
        self.show_keys("letter copied to the terminal's clipboard")

    def action_save_letter(self) -> None:
        """Save the letter."""
        ending = "md" if self._markdown else "txt"
        safe = "".join(char if char.isalnum() or char in ".-" else "-" for char in self._name)[:60]
        save(app_of(self), text_dialog("Save the letter", f"letter-{safe}.{ending}", self.text))
