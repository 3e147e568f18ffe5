"""Help pages and the keys."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from tui.screens.app_services import app_of
from tui.view.help_pages import KEYS, PAGES, help_page
from tui.view.sheet import Sheet, SheetBuilder
from tui.view.table import Cell
from tui.view.text import fit
from tui.widgets.linked_lines import LinkedLines
from tui.widgets.one_line import OneLine

KEY_CELLS = 18


class HelpScreen(Screen[None]):
    """One page of help; without a page the keys, with links to the pages; or a title and text that do not fit elsewhere."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,question_mark,f1", "app.pop_screen", "back")]

    def __init__(self, page: str | None = None, text: tuple[str, str] | None = None) -> None:
        super().__init__()
        self._page = page
        self._text = text

    def compose(self) -> ComposeResult:
        """Build the page."""
        yield OneLine(tone="title", id="title")
        yield LinkedLines(id="page")
        yield OneLine(tone="dim", id="keys")

    def on_mount(self) -> None:
        """Draw and take the focus."""
        title = self._text[0] if self._text else f"Help › {help_page(self._page)[0]}" if self._page else "Help"
        self.query_one("#title", OneLine).show(f"mailflow › {title}")
        self.query_one("#keys", OneLine).show("Enter open  Page Down more  Esc back")
        self.query_one(LinkedLines).focus()

    def on_resize(self, event: events.Resize) -> None:
        """Draw it for the width that there is."""
        sheet = text_sheet(*self._text, event.size.width) if self._text else help_sheet(self._page, event.size.width)
        self.query_one(LinkedLines).show(sheet)

    def on_linked_lines_followed(self, message: LinkedLines.Followed) -> None:
        """Open a page."""
        app_of(self).push_screen(HelpScreen(message.key))


def text_sheet(title: str, text: str, width: int) -> Sheet:
    """Return a text in a box."""
    sheet = SheetBuilder(width)
    sheet.open_box(title)
    sheet.text(text)
    sheet.close_box()
    return sheet.sheet()


def help_sheet(page: str | None, width: int) -> Sheet:
    """Return a page of help for a width."""
    sheet = SheetBuilder(min(width, 100))
    sheet.open_box(help_page(page)[0] if page else "Keys")
    if page:
        for place, paragraph in enumerate(help_page(page)[1]):
            if place:
                sheet.blank()
            sheet.text(paragraph)
    else:
        for key, words in KEYS:
            sheet.add(Cell(fit(key, KEY_CELLS), "head"), Cell(words))
        sheet.blank()
        sheet.link_line([("", "Read:"), *((name, help_page(name)[0]) for name in PAGES)])
    sheet.close_box()
    return sheet.sheet()
