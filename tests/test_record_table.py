"""The table for every list: it asks only for what is in view, drops late answers, and keeps its cursor on rows."""

import pytest

from tests.support.table_app import COLUMNS, MILLION, TableApp, drawn, row, rule
from tui.view.paging import PAGES_KEPT, Pages
from tui.view.table import Total

pytestmark = pytest.mark.share(0.4)


async def test_a_million_rows_are_shown_after_one_page() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.table.show(COLUMNS, Total(MILLION, more=False))
        await pilot.pause()
        assert app.wanted == [(1, 0, 100)]
        lines = drawn(app)
        assert lines[0] == f"{' Host                  Messages Best':80}"
        assert lines[1] == f"{'►r0c0                      r0c1 r0c2':80}"
        assert lines[23].startswith(" r22c0 ")
        assert app.table.position_text() == "1–23 of 1,000,000"
        assert app.moved[-1] == (0, "host", 0)


async def test_lines_that_are_not_there_yet_are_drawn_as_such() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.answer = False
        app.table.show(COLUMNS, Total(3, more=False))
        await pilot.pause()
        assert [line.strip() for line in drawn(app)[1:5]] == ["►…", "…", "…", ""]
        assert app.wanted == [(1, 0, 3)]
        assert app.moved[-1] == (None, "host", 0)
        await pilot.press("enter")
        assert app.opened == []


async def test_jumps_and_pages_ask_only_for_what_comes_into_view() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.table.show(COLUMNS, Total(MILLION, more=False))
        await pilot.press("G")
        assert app.wanted[1:] == [(2, 999_900, 100)]
        assert app.table.cursor_key == 999_999
        assert app.table.position_text() == "999,978–1,000,000 of 1,000,000"
        await pilot.press("g")
        assert len(app.wanted) == 2
        assert app.table.cursor_key == 0
        await pilot.press("pagedown")
        assert app.table.position_text() == "23–45 of 1,000,000"
        assert app.table.cursor_key == 22
        await pilot.press("pagedown", "pagedown", "pagedown")
        assert app.wanted[2:] == [(3, 100, 100)]
        await pilot.press("pageup", "pageup", "pageup", "pageup", "pageup")
        assert app.table.cursor_key == 0
        await pilot.press("end", "home", "j", "k", "down", "up")
        assert app.table.cursor_key == 0
        assert len(app.wanted) == 3


async def test_a_view_across_two_pages_is_one_request() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.answer = False
        app.table.show(COLUMNS, Total(MILLION, more=False))
        await pilot.press(*["pagedown"] * 4)
        assert app.wanted == [(1, 0, 100), (2, 0, 200)]
        assert app.table.show_page(2, 0, app.lines(0, 200))
        assert drawn(app)[1].startswith("►r88c0")
        assert drawn(app)[23].startswith(" r110c0")


async def test_an_answer_that_comes_too_late_is_dropped() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.answer = False
        app.table.show(COLUMNS, Total(MILLION, more=False))
        await pilot.press("G")
        assert [request for request, _, _ in app.wanted] == [1, 2]
        assert not app.table.show_page(1, 0, app.lines(0, 100))
        assert not app.table.show_page(2, 0, app.lines(0, 100))
        app.table.show(COLUMNS, Total(50, more=False))
        assert not app.table.show_page(2, 999_900, app.lines(999_900, 100))
        await pilot.pause()
        assert app.wanted[-1] == (3, 0, 50)
        assert drawn(app)[1].startswith("►…")
        assert app.table.show_page(3, 0, app.lines(0, 50))
        assert not app.table.show_page(3, 0, app.lines(0, 50))
        assert drawn(app)[1].startswith("►r0c0")


async def test_a_page_shorter_than_announced_leaves_blank_lines() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.answer = False
        app.table.show(COLUMNS, Total(10, more=False))
        await pilot.pause()
        assert app.table.show_page(1, 0, [row(0)])
        assert drawn(app)[2].strip() == ""


def test_forty_pages_are_kept() -> None:
    pages = Pages()
    for number in range(PAGES_KEPT + 1):
        asked = pages.ask(number * 100, number * 100 + 20)
        assert asked is not None
        assert pages.take(asked[0], asked[1], [row(number)])
        assert pages.line(0) == row(0)  # looked at each time, so it is not the one that goes
    assert pages.line(100) is None
    assert not pages.has(100)
    assert pages.line(200) == row(2)


async def test_the_cursor_skips_rules() -> None:
    app = TableApp()
    lines = [rule("whole window"), row(1), row(2), rule("Sun 15 Nov"), row(4), rule("end")]
    async with app.run_test(size=(80, 24)) as pilot:
        app.table.show_lines(COLUMNS, lines)
        await pilot.pause()
        assert drawn(app)[1] == f"{'─ whole window ':─<80}"
        assert app.moved[-1] == (1, "host", 1)
        await pilot.press("down", "down")
        assert app.table.cursor_key == 4
        await pilot.press("down")
        assert app.table.cursor_key == 4
        await pilot.press("up")
        assert app.table.cursor_key == 2
        await pilot.press("G")
        assert app.table.cursor_key == 4
        await pilot.press("g")
        assert app.table.cursor_key == 1
        assert app.table.position_text() == "1–3 of 3"


async def test_a_rule_that_arrives_under_the_cursor_moves_it_on() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.rules = {0, 999_999}
        app.table.show(COLUMNS, Total(MILLION, more=False))
        await pilot.pause()
        assert app.moved[-1] == (1, "host", 1)
        await pilot.press("G")
        assert app.table.cursor_key == 999_998


async def test_the_rule_above_the_first_row_comes_back_into_view() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 10)) as pilot:
        app.table.show_lines(COLUMNS, [rule("whole window"), *(row(number) for number in range(1, 50))])
        await pilot.press("G", "g")
        assert drawn(app)[1].startswith("─ whole window ─")
        await pilot.press(*["down"] * 12, *["up"] * 12)
        assert drawn(app)[1].startswith("─ whole window ─")
        assert app.table.cursor_key == 1


async def test_a_list_of_rules_alone_has_no_row_to_open() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.table.show_lines(COLUMNS, [rule("no messages")])
        await pilot.press("down", "up", "enter", "G")
        assert app.opened == []
        assert app.table.cursor_key is None
        app.table.show_lines(COLUMNS, [])
        await pilot.press("down", "up", "enter", "G", "pagedown", "right")
        assert app.opened == []
        assert app.table.position_text() == "0 of 0"
        assert drawn(app)[1].strip() == ""


async def test_leaving_the_view_turns_half_a_page() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.table.show(COLUMNS, Total(MILLION, more=False))
        await pilot.press(*["down"] * 22)
        assert app.table.position_text() == "1–23 of 1,000,000"
        await pilot.press("down")
        assert app.table.position_text() == "13–35 of 1,000,000"
        assert app.table.cursor_key == 23
        assert drawn(app)[12].startswith("►r23c0")


async def test_enter_opens_the_row_at_its_column() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.table.show(COLUMNS, Total(MILLION, more=False))
        await pilot.press("down", "down", "right", "enter")
        assert app.opened == [(2, "messages")]
        await pilot.press("l", "l", "l", "enter", "h", "left", "left", "enter")
        assert app.opened[1:] == [(2, "best"), (2, "host")]
        assert app.moved[-1] == (2, "host", 2)


async def test_the_cursor_can_stay_where_it_was() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.table.show_lines(COLUMNS, [row(number) for number in range(50)])
        await pilot.press(*["down"] * 30, "right")
        app.table.show_lines(COLUMNS, [row(number) for number in range(49, -1, -1)], keep_cursor=True)
        assert (app.table.cursor_key, app.table.cursor_column_key) == (30, "messages")
        app.table.show(COLUMNS, Total(MILLION, more=False), keep_cursor=True)
        await pilot.pause()
        assert (app.table.cursor_key, app.table.cursor_column_key) == (19, "messages")
        app.table.show(COLUMNS, Total(10, more=False), keep_cursor=True)
        await pilot.pause()
        assert app.table.cursor_key == 9
        app.table.show(COLUMNS, Total(MILLION, more=False))
        await pilot.pause()
        assert (app.table.cursor_key, app.table.cursor_column_key) == (0, "host")
