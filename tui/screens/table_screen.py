"""The base of screens with a table: filter as you type, sort by a column, show and hide columns, export."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input

from tui.output.export_file import Rows
from tui.screens.app_services import app_of
from tui.screens.base import MailScreen
from tui.screens.dialogs import ColumnsScreen
from tui.screens.save_dialog import export_dialog, save
from tui.view.find import Find, next_sort, without_hidden
from tui.view.table import Column, Sort
from tui.view.text import visible
from tui.widgets.one_line import OneLine
from tui.widgets.record_table import RecordTable


class ListingScreen(MailScreen):
    """A screen with one table; `redraw` draws it from `find`, `sort` and `shown`."""

    LIST: ClassVar[str] = "rows"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "find", "find"),
        Binding("exclamation_mark", "find(True)", "exclude"),
        Binding("n", "next_row(1)", "next"),
        Binding("N", "next_row(-1)", "previous"),
        Binding("o", "order", "order by column"),
        Binding("O", "order_back", "reset order"),
        Binding("C", "columns", "columns"),
        Binding("e", "export", "export"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.find = Find()
        self.sort: Sort | None = None
        self._all_columns: Sequence[Column] = ()

    def compose(self) -> ComposeResult:
        """Build the screen, and the field to find in, which is not shown until it is wanted."""
        yield from super().compose()
        field = Input(id="find", compact=True)
        field.display = False
        yield field

    def compose_body(self) -> Iterable[Widget]:
        """Build the table."""
        yield RecordTable()

    def redraw(self) -> None:
        """Draw the list again: something was typed, or the order or the columns are others."""

    def rows_shown(self) -> Rows | None:
        """Return the rows to export, as they are shown."""
        return None

    @property
    def table(self) -> RecordTable:
        """The table."""
        return self.query_one(RecordTable)

    def shown(self, columns: Sequence[Column]) -> list[Column]:
        """Return the columns that are not hidden."""
        self._all_columns = columns
        return without_hidden(columns, self.session.hidden.get(self.LIST, ()))

    def action_find(self, without: bool = False) -> None:
        """Open the field; the list follows what is typed."""
        field = self.query_one("#find", Input)
        before, self.find = self.find, Find(self.find.text, without)
        if self.find.text and self.find != before:
            self.redraw()
        with field.prevent(Input.Changed):
            field.value = self.find.text
        field.placeholder = "exclude rows with …" if without else "filter: show rows with …"
        field.display = True
        self.query_one("#keys").display = False
        field.focus()

    def on_input_changed(self, message: Input.Changed) -> None:
        """Narrow the list."""
        if message.input.id == "find":
            message.stop()
            self.find = Find(message.value, self.find.without)
            self.redraw()

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Go back to the table; the list stays narrow."""
        if message.input.id == "find":
            message.stop()
            self._close_find()

    def on_key(self, event: object) -> None:
        """Clear the filter when Esc is pressed in its field."""
        if getattr(event, "key", "") == "escape" and self.query_one("#find").has_focus:
            getattr(event, "stop")()  # noqa: B009  (the type of keys is Textual's own)
            getattr(event, "prevent_default")()  # noqa: B009
            self.find = Find()
            self.redraw()
            self._close_find()

    def _close_find(self) -> None:
        self.query_one("#find").display = False
        keys = self.query_one("#keys", OneLine)
        keys.display = True
        keys.show(f"{visible(self.find.words)}  ·  Esc clear  ·  {self.KEYS_LINE}" if self.find.text else self.KEYS_LINE)
        self.table.focus()

    def action_next_row(self, by: int) -> None:
        """Go to the next row, after the last one to the first."""
        before = self.table.cursor_index
        self.table.action_step(by)
        if self.table.cursor_index == before:
            (self.table.action_first if by > 0 else self.table.action_last)()

    def action_order(self) -> None:
        """Sort by the column under the cursor; a second time reverses the order."""
        self.sort = next_sort(self.sort, self._all_columns, self.table.cursor_column_key)
        self.redraw()
        if self.sort is not None:
            label = next((column.label or column.key for column in self._all_columns if column.key == self.sort.key), self.sort.key)
            order = "descending" if self.sort.descending else "ascending"
            self.show_keys(f"sorted by {label}, {order}  ·  o reverse  O reset  ·  {self.KEYS_LINE}")

    def action_order_back(self) -> None:
        """Restore the default order."""
        self.sort = None
        self.redraw()
        self.show_keys(self.KEYS_LINE)

    def action_columns(self) -> None:
        """Show and hide columns."""
        hidden = self.session.hidden.get(self.LIST, frozenset())

        def take(chosen: frozenset[str] | None) -> None:
            if chosen is not None:
                self.session.hidden[self.LIST] = chosen
                self.redraw()

        columns = [(column.key, column.label or column.key) for column in self._all_columns if column.key not in ("name", "path", "time")]
        app_of(self).ask_dialog(ColumnsScreen(columns, hidden), take)

    def action_export(self) -> None:
        """Write the rows that are shown to a file."""
        rows = self.rows_shown()
        if rows is not None:
            save(app_of(self), export_dialog(self, rows))
