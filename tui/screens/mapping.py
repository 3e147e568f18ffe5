"""Which column of a file is what: one line per field, a column for each, and a name to save the format by."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget

from tui.intake.columns import FileColumns, columns_of
from tui.output.mapped_format import write_mapping
from tui.screens.app_services import app_of
from tui.screens.base import MailScreen
from tui.screens.dialogs import ChoiceScreen
from tui.screens.save_dialog import SaveScreen
from tui.store.query_runner import QueryRunner
from tui.view.formatting import plural
from tui.view.mapping import BY_NAME, choices_of, field_columns, field_lines, guessed, lacking
from tui.view.report import Report
from tui.view.text import visible
from tui.widgets.one_line import OneLine
from tui.widgets.record_table import RecordTable


class FieldTable(RecordTable):
    """The list of fields: left and right take another column for the one that the cursor is on."""

    class Turned(Message):
        """Another column is wanted: the next one, or the one before."""

        def __init__(self, field: str, by: int) -> None:
            super().__init__()
            self.field, self.by = field, by

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "other(-1)", "another column", show=False),
        Binding("right,l", "other(1)", "another column", show=False),
    ]

    def action_other(self, by: int) -> None:
        """Report that another column was chosen."""
        self.post_message(self.Turned(str(self.cursor_key or ""), by))


class MappingScreen(MailScreen):
    """The fields that mail has, each with the column that it is guessed in; the mapping is saved as a format.

    `then` is called with the id of the format that was written.
    """

    KEYS_LINE: ClassVar[str] = "Enter choose a column  ← → another  s save and read  Esc back  ? help"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "app.pop_screen", "back"),
        Binding("s", "save", "save and read"),
    ]

    def __init__(self, label: str, file: Path, member: str | None, then: Callable[[str], None]) -> None:
        super().__init__()
        self._label, self._file, self._member, self._then = label, file, member, then
        self._found: FileColumns | None = None
        self._mapping: dict[str, str] = {}
        self._written = ""

    def compose_body(self) -> Iterable[Widget]:
        """Build the summary, the list of fields and the line that says what is missing."""
        yield OneLine(id="summary")
        yield FieldTable(id="fields")
        yield OneLine(tone="warn", id="wrong")

    def show_report(self, report: Report) -> None:
        """Look at the file, once."""
        self.show_title(f"Sources › {visible(Path(self._label).name)} › map columns", "")
        if self._found is None:
            self.query_one("#summary", OneLine).show("looking at the file …")
            config = self.session.config
            self.ask("columns", lambda _: columns_of(self._file, config, self._member), self._take)

    def _take(self, found: FileColumns) -> None:
        self._found = found
        self._mapping = guessed(found.names, found.examples)
        words = f"{plural(len(found.names), 'column')}; files with the mapped columns will be read in this format"
        self.query_one("#summary", OneLine).show(words)
        self._draw()
        self.query_one(RecordTable).focus()

    def _draw(self) -> None:
        if self._found is None:
            return
        lines = field_lines(self._mapping, self._found.names, self._found.examples)
        self.query_one(RecordTable).show_lines(field_columns(self.size.width), lines, keep_cursor=True)
        self.query_one("#wrong", OneLine).show(lacking(self._mapping))

    def on_resize(self, _: events.Resize) -> None:
        """Draw it for another width."""
        self._draw()

    def _choices(self, field: str) -> tuple[list[tuple[str, str]], int]:
        """Return what a field can be, and which of it is taken now."""
        if self._found is None or field not in BY_NAME:
            return [], 0
        choices = choices_of(BY_NAME[field], self._found.names, self._found.examples)
        present = self._mapping.get(field, "")
        return choices, next((place for place, (_, value) in enumerate(choices) if value == present), 0)

    def _put(self, field: str, column: str) -> None:
        self._mapping.pop(field, None)
        if column:
            self._mapping[field] = column
        self._draw()

    def on_field_table_turned(self, message: FieldTable.Turned) -> None:
        """Take the next column for the field, or the one before."""
        message.stop()
        choices, at = self._choices(message.field)
        if choices:
            self._put(message.field, choices[(at + message.by) % len(choices)][1])

    def on_record_table_opened(self, message: RecordTable.Opened) -> None:
        """Choose a column from the list of all."""
        field = str(message.line_key)
        choices, at = self._choices(field)

        def take(column: str | None) -> None:
            if column is not None:
                self._put(field, column)

        if choices:
            app_of(self).ask_dialog(ChoiceScreen(f"{BY_NAME[field].label} is in (Enter, Esc back)", choices, at), take)

    def action_save(self) -> None:
        """Ask for a name, write the format and read the file with it; not before time and direction are mapped."""
        found, config = self._found, self.session.config
        mapping = {name: self._mapping[name] for name in BY_NAME if name in self._mapping}
        if found is None or lacking(mapping):
            return

        def write(name: Path, _: QueryRunner) -> str:
            target = write_mapping(config, str(name), mapping, found.names, force=False)
            self._written = target.stem
            return f"{target}: written"

        def take(words: str | None) -> None:
            if words:
                self._then(self._written)

        name = Path(self._member or self._file.name).name.partition(".")[0]
        app_of(self).ask_dialog(SaveScreen("Name of the format (Enter save · Esc cancel)", name, write), take)
