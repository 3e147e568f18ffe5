"""An app that is one table of a million made-up rows, and how to read what it drew."""

from collections.abc import Sequence

from textual.app import App, ComposeResult

from tui.view.table import Cell, Column, Line
from tui.widgets.record_table import RecordTable

MILLION = 1_000_000
COLUMNS = (Column("host", "Host", 20), Column("messages", "Messages", 9, "right"), Column("best", "Best", 8))


def row(number: int, columns: int = 3) -> Line:
    return Line("row", tuple(Cell(f"r{number}c{column}") for column in range(columns)), key=number)


def rule(text: str) -> Line:
    return Line("rule", (Cell(text, "title"),))


class TableApp(App[None]):
    """A table with a fake source; `answer` off leaves requests unanswered."""

    CSS = "Screen { overflow: hidden; }"

    def __init__(self, columns: Sequence[Column] = COLUMNS) -> None:
        super().__init__()
        self.columns = columns
        self.answer = True
        self.wanted: list[tuple[int, int, int]] = []
        self.moved: list[tuple[object, str, int]] = []
        self.opened: list[tuple[object, str]] = []
        self.rules: set[int] = set()

    def compose(self) -> ComposeResult:
        yield RecordTable()

    def on_mount(self) -> None:
        self.theme = "ansi-dark"
        self.animation_level = "none"
        self.table.focus()

    @property
    def table(self) -> RecordTable:
        return self.query_one(RecordTable)

    def lines(self, offset: int, limit: int) -> list[Line]:
        numbers = range(offset, offset + limit)
        return [rule(f"day {number}") if number in self.rules else row(number, len(self.columns)) for number in numbers]

    def on_record_table_page_wanted(self, message: RecordTable.PageWanted) -> None:
        self.wanted.append((message.request, message.offset, message.limit))
        if self.answer:
            assert message.table.show_page(message.request, message.offset, self.lines(message.offset, message.limit))

    def on_record_table_cursor_moved(self, message: RecordTable.CursorMoved) -> None:
        self.moved.append((message.line_key, message.column_key, message.index))

    def on_record_table_opened(self, message: RecordTable.Opened) -> None:
        self.opened.append((message.line_key, message.column_key))


def drawn(app: TableApp) -> list[str]:
    """The table's lines as text."""
    return [app.table.render_line(y).text for y in range(app.table.size.height)]
