"""How the table looks: columns that stay and scroll, marks, hostile text, the cursor with and without the focus."""

import re

import pytest
from textual.app import ComposeResult

from tests.support.table_app import COLUMNS, MILLION, TableApp, drawn, row, rule
from tui.view.table import Cell, Column, Line, Sort, Total, draw_line, place_columns, position_text, table_width
from tui.view.text import visible
from tui.widgets.record_table import RecordTable

WIDE = tuple(Column(f"c{number}", f"Column {number}", 20) for number in range(8))
HOSTILE = "\x1b]0;pwned\x07 \x9b31m \u202egpj.exe\u200b [/] [link=x] \r\n\t a\u0301\u0301\u0301\u0301 \U000e0041 請求書"


async def test_fixed_columns_stay_when_the_others_scroll() -> None:
    app = TableApp(WIDE)
    async with app.run_test(size=(80, 24)) as pilot:
        app.table.show(WIDE, Total(50, more=False), fixed=1)
        await pilot.pause()
        assert re.findall(r"Column \d|[◄►]", drawn(app)[0]) == ["Column 0", "Column 1", "Column 2", "►"]
        await pilot.press("right", "right", "right")
        assert re.findall(r"Column \d|[◄►]", drawn(app)[0]) == ["◄", "Column 0", "Column 2", "Column 3", "►"]
        assert re.findall(r"r0c\d", drawn(app)[1]) == ["r0c0", "r0c2", "r0c3"]
        await pilot.press(*["right"] * 9)
        assert re.findall(r"Column \d|[◄►]", drawn(app)[0]) == ["◄", "Column 0", "Column 6", "Column 7"]
        assert app.table.cursor_column_key == "c7"
        await pilot.press(*["left"] * 9)
        assert re.findall(r"Column \d|[◄►]", drawn(app)[0]) == ["Column 0", "Column 1", "Column 2", "►"]
        assert all(len(line) == 80 for line in drawn(app))


def test_a_column_wider_than_the_screen_is_cut_but_shown() -> None:
    columns = (Column("a", "A", 10), Column("subject", "Subject", 200), Column("z", "Z", 5))
    placed = place_columns(columns, 1, 1, 80).placed
    assert [(place.index, place.x, place.width) for place in placed] == [(0, 1, 10), (1, 12, 67)]
    assert [place.index for place in place_columns(columns, 1, 2, 80).placed] == [0, 2]
    assert place_columns(columns, 1, 1, 0).placed == ()
    assert table_width(columns) == 218
    assert table_width(()) == 1


def test_a_cell_alone_takes_the_whole_line() -> None:
    columns = (Column("file", "File", 10), Column("format", "Format", 8), Column("rows", "Rows", 5, "right"))
    line = Line("row", (Cell("broken.gz: is a damaged or cut gz file", "warn"),), "key")
    pieces = draw_line(columns, line, place_columns(columns, 1, 1, 40), 40, "►")
    assert "".join(piece.text for piece in pieces) == f"{'►broken.gz: is a damaged or cut gz file':40}"
    assert [piece.tone for piece in pieces] == ["plain", "warn"]


async def test_the_sorted_column_is_marked() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.table.show_lines(COLUMNS, [row(0)], sort=Sort("messages", descending=True))
        await pilot.pause()
        assert drawn(app)[0].rstrip() == " Host                 Messages▼ Best"
        app.table.show_lines(COLUMNS, [row(0)], sort=Sort("host"))
        assert drawn(app)[0].rstrip() == " Host▲                 Messages Best"


async def test_more_rows_than_were_counted_are_shown_as_more() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.table.show(COLUMNS, Total(1000, more=True))
        await pilot.press("G")
        assert app.table.position_text() == "978–1,000 of >1,000"
        app.table.show_total(Total(1204, more=False))
        assert app.table.position_text() == "978–1,000 of 1,204"
        assert app.table.cursor_key == 999
        await pilot.press("down")
        assert app.table.cursor_key == 1000
        app.table.show_total(Total(5, more=False))
        await pilot.pause()
        assert app.table.cursor_index == 4
        assert app.table.position_text() == "1–5 of 5"


@pytest.mark.parametrize(
    ("first", "last", "total", "text"),
    [
        (1, 20, Total(1204, more=False), "1–20 of 1,204"),
        (981, 1000, Total(1000, more=True), "981–1,000 of >1,000"),
        (7, 7, Total(7, more=False), "7 of 7"),
        (1, 0, Total(0, more=False), "0 of 0"),
    ],
)
def test_position(first: int, last: int, total: Total, text: str) -> None:
    assert position_text(first, last, total) == text


async def test_a_smaller_terminal_keeps_the_cursor_in_view() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.table.show(COLUMNS, Total(MILLION, more=False))
        await pilot.press(*["down"] * 20)
        await pilot.resize_terminal(30, 6)
        await pilot.pause()
        assert drawn(app)[5].startswith("►r20c0")
        assert app.table.position_text() == "17–21 of 1,000,000"
        await pilot.resize_terminal(200, 150)
        await pilot.pause()
        assert len(drawn(app)) == 150
        assert app.wanted[-1] == (2, 100, 100)


async def test_lines_given_before_the_first_paint_are_shown() -> None:
    class Early(TableApp):
        def compose(self) -> ComposeResult:
            table = RecordTable()
            table.show_lines(COLUMNS, [row(0)])
            yield table

    app = Early()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert drawn(app)[1].startswith("►r0c0")
        assert app.moved == [(0, "host", 0)]


async def test_hostile_text_reaches_the_screen_only_as_visible_codes() -> None:
    app = TableApp()
    line = Line("row", (Cell(visible(HOSTILE)), Cell(HOSTILE), Cell(HOSTILE)), key=1)
    columns = (Column("a", HOSTILE, 60), Column("b", "B", 10), Column("c", "C", 5))
    async with app.run_test(size=(80, 24)) as pilot:
        app.table.show_lines(columns, [rule(HOSTILE), line], sort=Sort("a"))
        await pilot.pause()
        for y, text in enumerate(drawn(app)):
            assert text == visible(text)
            assert app.table.render_line(y).cell_length == 80
            assert sum(segment.cell_length for segment in app.table.render_line(y)) == 80
        assert "^[]0;pwned^G" in drawn(app)[2]


async def test_the_mouse_moves_the_cursor_and_opens() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.table.show(COLUMNS, Total(MILLION, more=False))
        await pilot.click(offset=(25, 4))
        assert (app.table.cursor_key, app.table.cursor_column_key) == (3, "messages")
        assert app.opened == []
        await pilot.click(offset=(25, 4))
        assert app.opened == [(3, "messages")]
        await pilot.click(offset=(25, 0))
        await pilot.click(offset=(79, 7))
        assert app.table.cursor_key == 3


async def test_without_the_focus_only_a_mark_shows_the_cursors_row() -> None:
    def reversed_lines() -> list[int]:
        strips = [app.table.render_line(y) for y in range(24)]
        return [y for y, strip in enumerate(strips) if any(part.style and part.style.reverse for part in strip)]

    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.table.show_lines(COLUMNS, [row(0), row(1)])
        await pilot.press("down")
        assert reversed_lines() == [2]
        app.screen.set_focus(None)
        await pilot.pause()
        assert reversed_lines() == []
        assert drawn(app)[2].startswith("►r1c0")


async def test_tones_are_colours_of_the_terminal() -> None:
    app = TableApp()
    line = Line("row", (Cell("host"), Cell("!61%", "alarm"), Cell("7%", "good")))
    async with app.run_test(size=(80, 24)) as pilot:
        app.table.show_lines(COLUMNS, [row(0), line])
        await pilot.pause()
        styles = {part.text.strip(): str(part.style) for part in app.table.render_line(2)}
        assert styles["!61%"] == "bold red"
        assert styles["7%"] == "green"
        assert styles["host"] == "none"
