"""The open app shows what another program loads, by itself, and keeps what a person is doing."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.support.screens import opened, screen_text, until, until_shown
from tests.support.traces import House, exo_in, write_exo
from tui.app import MailflowApp
from tui.config import Config
from tui.errors import TraceFileError
from tui.intake.forgetting import forget_source
from tui.rows import MessageKey
from tui.screens.base import MailScreen
from tui.screens.messages import MessagesScreen
from tui.screens.save_dialog import SaveScreen
from tui.store import trace_file
from tui.store.engine import Gate, start_engine
from tui.store.query_runner import QueryRunner
from tui.store.trace_file import attach_trace, is_newer, reopen_trace
from tui.widgets.one_line import OneLine
from tui.widgets.record_table import RecordTable

pytestmark = pytest.mark.share(0.25)


def write_many(path: Path, first: int, count: int) -> Path:
    rows = (exo_in(n, date_time_utc=f"2026-11-10T10:{n // 60 % 60:02d}:{n % 60:02d}Z") for n in range(first, first + count))
    return write_exo(path, *rows)


def count(house: House) -> int:
    found = house.engine.connection.execute("SELECT count(*) FROM message").fetchone()
    return found[0] if found else 0


@pytest.fixture
def writer(house: House) -> House:
    """Return a second engine for the same trace file, as another program has it."""
    house.load(write_many(house.folder / "0.csv", 1, 5))
    return house


def test_a_newer_state_takes_the_place_of_the_one_that_is_open(writer: House) -> None:
    engine = start_engine(Config().engine)
    reader = House(engine, writer.folder)
    try:
        attach_trace(engine, writer.target, "read")
        cursor = engine.cursor()
        engine.lock_down(writer.target)
        assert not is_newer(engine)
        for number in range(1, 4):
            writer.load(write_many(writer.folder / f"{number}.csv", 100 * number, 5))
            assert is_newer(engine)
            assert count(reader) == 5 * number  # until it is asked for
            assert reopen_trace(engine)
            assert not is_newer(engine)
            assert count(reader) == 5 * number + 5
            assert cursor.execute("SELECT count(*) FROM flow").fetchone() == (1,)
        attached = cursor.execute("SELECT count(*) FROM duckdb_databases() WHERE database_name LIKE 'file_%'").fetchone()
        assert attached == (1,)
    finally:
        engine.close()


def test_a_job_keeps_the_state_that_it_began_with(writer: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trace_file, "GAP_WAIT_SECONDS", 0.05)
    attach_trace(writer.engine, writer.target, "read")
    other = House(start_engine(writer.config.engine), writer.folder)
    other.load(write_many(writer.folder / "1.csv", 100, 5))
    other.engine.close()
    with QueryRunner(writer.engine).one_state():
        assert not reopen_trace(writer.engine)
        assert count(writer) == 5
    assert reopen_trace(writer.engine)
    assert count(writer) == 10


def test_an_unreadable_state_is_reported_once_and_the_older_one_stays(writer: House) -> None:
    attach_trace(writer.engine, writer.target, "read")
    bad = writer.folder / "bad"
    bad.write_bytes(b"no database" * 1000)
    bad.replace(writer.target)
    assert is_newer(writer.engine)
    with pytest.raises(TraceFileError):
        reopen_trace(writer.engine)
    assert not is_newer(writer.engine)
    assert count(writer) == 5


def test_jobs_pass_while_a_change_waits_for_a_long_one() -> None:
    gate, passed = Gate(), threading.Event()

    def short() -> None:
        with gate.passing():
            passed.set()

    with gate.passing():
        waiting = threading.Thread(target=lambda: gate.closed(30).__enter__())
        waiting.start()
        thread = threading.Thread(target=short)
        thread.start()
        assert passed.wait(30)
        thread.join()
    waiting.join()


async def load_beside(app: MailflowApp, pilot: Pilot[Any], job: Callable[[], object]) -> None:
    """Let another program load, and wait until the app has shown it."""
    before = app.session.report
    thread = threading.Thread(target=job)
    thread.start()
    await until(pilot, lambda: not thread.is_alive() and app.session.report is not before)


async def test_the_overview_shows_newer_data_with_a_line(writer: House) -> None:
    async with opened(writer.target, config=Config(zone="Asia/Kathmandu")) as (app, pilot):
        await until_shown(app, pilot, "5")
        await load_beside(app, pilot, lambda: writer.load(write_many(writer.folder / "1.csv", 100, 37)))
        report = app.session.report
        assert report is not None
        newest = max(source.loaded_at_utc for source in report.sources)
        local = report.facts.window.local(newest)
        await until_shown(app, pilot, "42", f"newer data, loaded {local:%H:%M}: reloaded")
        assert (local - newest).total_seconds() == 20_700  # Kathmandu


async def test_a_source_that_was_forgotten_was_not_loaded(writer: House) -> None:
    writer.load(write_many(writer.folder / "1.csv", 100, 37))
    async with opened(writer.target) as (app, pilot):
        await until_shown(app, pilot, "42")
        await load_beside(app, pilot, lambda: forget_source(writer.engine, writer.config, writer.target, 2))
        await until_shown(app, pilot, "newer data: reloaded")


async def test_nothing_is_drawn_while_nothing_changes(writer: House) -> None:
    async with opened(writer.target) as (app, pilot):
        report, before = app.session.report, screen_text(app)
        for _ in range(3):
            app._look_for_newer()  # pyright: ignore[reportPrivateUsage]
            await until(pilot, lambda: not app._watch.is_looking)  # pyright: ignore[reportPrivateUsage]
        assert app.session.report is report
        assert screen_text(app) == before


async def test_the_list_of_messages_keeps_its_cursor_on_the_message(writer: House) -> None:
    async with opened(writer.target) as (app, pilot):
        await pilot.press("3", "down", "down")
        screen = app.screen
        assert isinstance(screen, MessagesScreen)
        table = screen.query_one(RecordTable)
        await until(pilot, lambda: table.cursor_index == 2 and table.cursor_key is not None)
        key = table.cursor_key
        assert isinstance(key, MessageKey)
        await load_beside(app, pilot, lambda: writer.load(write_many(writer.folder / "1.csv", 600, 7)))
        await until(pilot, lambda: table.cursor_key == key and table.cursor_index == 9)
        assert key.stored_utc == datetime(2026, 11, 10, 10, 0, 3)


async def test_a_dialog_and_what_is_typed_in_it_stay(writer: House) -> None:
    async with opened(writer.target) as (app, pilot):
        await pilot.press("3", "slash", "a", "e")
        await load_beside(app, pilot, lambda: writer.load(write_many(writer.folder / "1.csv", 100, 5)))
        await pilot.press("x")
        screen = app.screen
        assert isinstance(screen, MessagesScreen)
        assert screen.find.text == "aex"
        await pilot.press("escape", "e")
        await until(pilot, lambda: isinstance(app.screen, SaveScreen))
        await load_beside(app, pilot, lambda: writer.load(write_many(writer.folder / "2.csv", 200, 5)))
        assert isinstance(app.screen, SaveScreen)
        below = app.screen_stack[-2]
        assert isinstance(below, MailScreen)
        assert "reloaded" in below.query_one("#keys", OneLine).words


async def test_an_open_app_shows_eight_loads_by_itself(writer: House) -> None:
    async with opened(writer.target) as (app, pilot):

        def load_all() -> None:
            for number in range(1, 9):
                writer.load(write_many(writer.folder / f"{number}.csv", 100 * number, 5))

        thread = threading.Thread(target=load_all)
        thread.start()
        seen: set[int] = set()

        def shown() -> bool:
            report = app.session.report
            assert report is not None
            assert app.problem is None
            seen.add(report.halves["inbound"].flow.messages)
            return 45 in seen

        while thread.is_alive():
            shown()
            await pilot.pause(0.05)
        await until(pilot, shown)
        assert all(messages % 5 == 0 for messages in seen)
        await until_shown(app, pilot, "45")
