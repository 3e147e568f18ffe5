"""Small dialogs: dates, and show data for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui.rows import ConnectorName
from tui.screens.session import Days
from tui.store.questions import Scope
from tui.view.connector_lines import ALL
from tui.view.formatting import connector_label, grouped
from tui.view.text import visible

PRESETS: Sequence[tuple[str, Days]] = (
    ("7 days, up to the newest message", Days()),
    ("30 days, up to the newest message", Days(days=30)),
    ("90 days, up to the newest message", Days(days=90)),
    ("All dates", Days(whole_file=True)),
)


class ChoiceScreen(ModalScreen[Any]):
    """A list to choose from; Esc leaves things as they are."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss_empty", "back"),
        Binding("j", "down", "down"),
        Binding("k", "up", "up"),
    ]

    def __init__(self, title: str, choices: Sequence[tuple[str, object]], at: int = 0) -> None:
        super().__init__()
        self._title = title
        self._choices = choices
        self._at = at

    def compose(self) -> ComposeResult:
        """Build the list."""
        with Vertical(id="dialog"):
            yield Static(Content(self._title), id="dialog-title")
            yield OptionList(*(Option(Content(words)) for words, _ in self._choices), id="choices")

    def on_mount(self) -> None:
        """Take the focus, at the present choice where one was named."""
        options = self.query_one("#choices", OptionList)
        if self._at:
            options.highlighted = self._at
        options.focus()

    def on_option_list_option_selected(self, message: OptionList.OptionSelected) -> None:
        """Return the choice."""
        message.stop()
        self.dismiss(self._choices[message.option_index][1])

    def action_dismiss_empty(self) -> None:
        """Return nothing."""
        self.dismiss(None)

    def action_down(self) -> None:
        """Move down."""
        self.query_one("#choices", OptionList).action_cursor_down()

    def action_up(self) -> None:
        """Move up."""
        self.query_one("#choices", OptionList).action_cursor_up()


class DatesScreen(ChoiceScreen):
    """Dates: presets, or from and to as whole days, both included."""

    def __init__(self, first: date, last: date, zone: str) -> None:
        super().__init__(f"Dates ({zone})", PRESETS)
        self._first, self._last = first, last

    def compose(self) -> ComposeResult:
        """Build the presets and the two days."""
        with Vertical(id="dialog"):
            yield Static(Content(self._title), id="dialog-title")
            yield OptionList(*(Option(Content(words)) for words, _ in self._choices), id="choices")
            yield Static(Content("Start date and end date (Tab; year-month-day; Enter applies)"))
            yield Input(self._first.isoformat(), id="first", compact=True)
            yield Input(self._last.isoformat(), id="last", compact=True)
            yield Static("", id="wrong")

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Return the two dates, or show what is wrong with them."""
        message.stop()
        try:
            first, last = (date.fromisoformat(self.query_one(name, Input).value.strip()) for name in ("#first", "#last"))
        except ValueError:
            self.query_one("#wrong", Static).update(Content("Enter a date as YYYY-MM-DD."))
            return
        if first > last:
            self.query_one("#wrong", Static).update(Content("The start date lies after the end date."))
            return
        self.dismiss(Days(first_day=first, last_day=last))


class ColumnsScreen(ModalScreen["frozenset[str] | None"]):
    """Choose the columns; Enter hides or shows one, Esc returns to the table."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,C", "done", "back")]

    def __init__(self, columns: Sequence[tuple[str, str]], hidden: Iterable[str]) -> None:
        super().__init__()
        self._columns = columns
        self._hidden = set(hidden)

    def compose(self) -> ComposeResult:
        """Build the list."""
        with Vertical(id="dialog"):
            yield Static(Content("Columns (Enter hides and shows, Esc back)"), id="dialog-title")
            yield OptionList(*(Option(Content(self._words(key, label))) for key, label in self._columns), id="choices")

    def on_mount(self) -> None:
        """Take the focus."""
        self.query_one("#choices", OptionList).focus()

    def _words(self, key: str, label: str) -> str:
        return f"[{' ' if key in self._hidden else 'x'}] {label}"

    def on_option_list_option_selected(self, message: OptionList.OptionSelected) -> None:
        """Hide the column, or show it."""
        message.stop()
        key, label = self._columns[message.option_index]
        self._hidden ^= {key}
        message.option_list.replace_option_prompt_at_index(message.option_index, Content(self._words(key, label)))

    def action_done(self) -> None:
        """Return what is hidden."""
        self.dismiss(frozenset(self._hidden))


def scope_choices(names: Sequence[ConnectorName], systems: Sequence[str], clients: int = 0) -> list[tuple[str, Scope]]:
    """Return what data can be shown for: all, without a connector, each connector, own clients, each system."""
    choices = [(ALL, Scope())]
    for name in sorted(names, key=lambda one: one.connector is not None):
        words = f"{connector_label(name.direction, name.connector, name.connector_type)}  {grouped(name.messages)}"
        choices.append((words, Scope(name.direction, any_connector=False, connector=name.connector)))
    choices += [("All inbound mail", Scope("inbound")), ("All outbound mail", Scope("outbound"))]
    if clients:
        choices.append((f"{connector_label('submission', None, None)}  {grouped(clients)} in this window", Scope("submission")))
    if len(systems) > 1:
        choices += [(f"Only {visible(system)}", Scope(system=system)) for system in systems]
    return choices
