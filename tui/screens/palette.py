"""The command palette: the actions of the screen in front, filtered by typing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import ModalScreen, Screen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

NAMES = {
    "go('overview')": "Go: Overview",
    "go('connectors')": "Go: Connector report",
    "go('messages')": "Go: Messages",
    "go('sources')": "Go: Sources",
    "choose('dates')": "Show: dates",
    "choose('scope')": "Show: data for a connector, own clients, a system",
    "choose('filter')": "Show: filter",
    "choose('sql')": "Show: the SQL of this screen",
    "help": "Show: keys and help",
    "choose('save')": "Save: the loaded data as a trace file",
    "copy_text": "Copy: the screen as text",
    "choose('picture')": "Export: a picture of the screen (SVG)",
    "mouse": "Mouse: on, off",
    "quit_app": "Quit",
    "details": "Open: message protected in transit (by TLS)",
    "see('what-if')": "Open: what-if: minimum TLS version (which mail it affects)",
    "see('failed')": "Open: failed sessions, by peer",
    "see('coverage')": "Open: coverage and gaps",
    "see('security')": "Open: outbound messages in transit security (DANE, MTA-STS)",
    "see('work')": "Open: work list (notes on peers, acknowledged findings)",
    "choose('audit')": "Export: the audit page (HTML)",
    "chart": "View: table or chart",
    "by": "View: by TLS usage or Mail flow",
    "recipients": "View: count recipients or messages",
    "warning": "View: next warning",
    "find": "List: filter rows",
    "find(True)": "List: exclude rows with …",
    "order": "List: order by the cursor's column",
    "order_back": "List: reset order",
    "columns": "List: show and hide columns",
    "export": "Export: the rows that are shown (CSV, JSON, Parquet)",
    "pivot": "Open: the same mail by another kind of name",
    "letter": "Letter: to the partner of this row",
    "note": "Note: on this row",
    "raw": "Open: raw lines of the session",
    "read_as": "Read: this file as another format",
    "save": "Save: the column mapping, and read the file",
}
"""Each action with its group and effect; other actions are not in the palette."""


@dataclass(frozen=True)
class Entry:
    """One thing that can be done: its words, its key, the action, and who does it."""

    words: str
    key: str
    action: str
    node: DOMNode


def palette_of(screen: Screen[Any]) -> list[Entry]:
    """Return what can be done on a screen, in the order of the words."""
    found: dict[str, Entry] = {}
    for active in screen.active_bindings.values():
        action = active.binding.action.removeprefix("app.").removeprefix("screen.")
        shown = _key(active.binding.key)
        if action in NAMES and (action not in found or len(shown) < len(found[action].key)):
            found[action] = Entry(NAMES[action], shown, active.binding.action, active.node)
    return sorted(found.values(), key=lambda entry: entry.words)


def _key(key: str) -> str:
    return {
        "question_mark": "?",
        "slash": "/",
        "exclamation_mark": "!",
        "right_square_bracket": "]",
        "colon": ":",
    }.get(key, key)


class PaletteScreen(ModalScreen["Entry | None"]):
    """An input field and the actions that match it; Enter runs the first, or the highlighted one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "back"),
        Binding("down", "move(1)", "down", priority=True),
        Binding("up", "move(-1)", "up", priority=True),
    ]

    def __init__(self, entries: Sequence[Entry]) -> None:
        super().__init__()
        self._entries = entries
        self._found = list(entries)

    def compose(self) -> ComposeResult:
        """Build the field and the list."""
        with Vertical(id="dialog"):
            yield Static(Content("Commands (type to filter · Enter run · Esc back)"), id="dialog-title")
            yield Input(id="wanted", compact=True)
            yield OptionList(*self._options(), id="choices")

    def _options(self) -> list[Option]:
        return [Option(Content(f"{entry.words}  {entry.key}")) for entry in self._found]

    def on_mount(self) -> None:
        """Take the focus, with the first action chosen."""
        self.query_one("#wanted", Input).focus()
        self.query_one("#choices", OptionList).highlighted = 0

    def on_input_changed(self, message: Input.Changed) -> None:
        """Show the actions that contain every typed word."""
        message.stop()
        wanted = message.value.lower().split()
        self._found = [entry for entry in self._entries if all(word in entry.words.lower() for word in wanted)]
        options = self.query_one("#choices", OptionList)
        options.clear_options()
        options.add_options(self._options())
        options.highlighted = 0 if self._found else None

    def action_move(self, by: int) -> None:
        """Choose the next action."""
        options = self.query_one("#choices", OptionList)
        (options.action_cursor_down if by > 0 else options.action_cursor_up)()

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Do what is chosen."""
        message.stop()
        at = self.query_one("#choices", OptionList).highlighted
        if self._found:
            self.dismiss(self._found[at or 0])

    def on_option_list_option_selected(self, message: OptionList.OptionSelected) -> None:
        """Do what was chosen."""
        message.stop()
        self.dismiss(self._found[message.option_index])
