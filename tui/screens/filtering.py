"""Filters: written as clauses, saved by name as files that can be passed on."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui.config import Config
from tui.errors import MailflowError
from tui.store.filters import FIELDS, OPERATORS, Filter, parse_filter
from tui.store.saved_filters import list_filters, save_filter
from tui.view.text import visible

HELP = f"Clauses: field, operator, value; joined by and, or. Fields: {', '.join(FIELDS)}. Operators: {', '.join(OPERATORS)}."


class FilterScreen(ModalScreen["Filter | None"]):
    """A field for the clauses, the saved ones below it, and a name to save them by."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "back")]

    def __init__(self, where: Filter, config: Config) -> None:
        super().__init__()
        self._where = where
        self._folder = config.own("filters")
        self._saved = list_filters(self._folder)

    def compose(self) -> ComposeResult:
        """Build the fields and the list."""
        with Vertical(id="dialog"):
            yield Static(Content("Filter (Enter apply · empty removes the filter · Esc cancel)"), id="dialog-title")
            yield Input(self._where.words, placeholder="sender domain is bulk.example and tls < TLS 1.2", id="clauses", compact=True)
            yield Static(Content("Save as (a name; Enter save and apply):"))
            yield Input("", id="name", compact=True)
            yield Static("", id="wrong")
            if self._saved:
                yield OptionList(*(Option(Content(visible(f"{name}: {words}"))) for name, words in self._saved), id="choices")
            yield Static(Content(HELP), id="dialog-help")

    def on_mount(self) -> None:
        """Take the focus."""
        self.query_one("#clauses", Input).focus()

    def on_option_list_option_selected(self, message: OptionList.OptionSelected) -> None:
        """Take a saved filter."""
        message.stop()
        self._take(self._saved[message.option_index][1], "")

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Apply the filter, or show what is wrong with it."""
        message.stop()
        name = self.query_one("#name", Input).value.strip() if message.input.id == "name" else ""
        self._take(self.query_one("#clauses", Input).value, name)

    def _take(self, text: str, name: str) -> None:
        try:
            where = parse_filter(text) if text.strip() else Filter()
            if name:
                save_filter(self._folder, name, where)
        except MailflowError as problem:
            self.query_one("#wrong", Static).update(Content(visible(str(problem))))
            return
        self.dismiss(where)
