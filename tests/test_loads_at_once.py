"""Several loads into one file, loads that are killed, and readers beside them."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.support.published import beside, counted, leave_log, notes, write_many
from tests.support.traces import House, write_eac
from tui.cli import run
from tui.errors import TraceFileError
from tui.store import locking
from tui.store.appending import AddedCounts
from tui.store.engine import start_engine
from tui.store.publishing import published

pytestmark = pytest.mark.share(0.25)

KILLS = int(os.environ.get("MAILFLOW_KILLS", "3"))
ROOT = Path(__file__).parent.parent


def both(house: House, monkeypatch: pytest.MonkeyPatch, first: Callable[[], object], second: Path) -> Any:
    """Let one load be written while another has staged its rows."""
    append = publishing_append()

    def overtaken(*arguments: Any) -> AddedCounts:
        monkeypatch.undo()
        first()
        return append(*arguments)

    monkeypatch.setattr("tui.intake.load.append", overtaken)
    return house.load(second)


def publishing_append() -> Callable[..., AddedCounts]:
    from tui.store.appending import append

    return append


def test_sources_of_another_format_get_the_next_numbers(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    other = House(start_engine(house.config.engine), house.folder)
    table = write_many(house.folder / "1.csv", 1, 5)
    table.write_text(table.read_text() + "one,cell too,few\r\n")
    eac = write_eac(house.folder / "eac.csv", ("2026-11-09", "From partner - F", 1, 0, 0, 4, 0, 5))
    staged: list[object] = []
    stage = "tui.intake.load._stage_all"
    from tui.intake import load

    stage_all = load._stage_all  # pyright: ignore[reportPrivateUsage]

    def noted(*arguments: Any) -> Any:
        staged.append(arguments)
        return stage_all(*arguments)

    monkeypatch.setattr(stage, noted)
    both(house, monkeypatch, lambda: other.load(eac), table)
    other.engine.close()
    assert len(staged) == 1  # it was not staged again
    assert house.ask("SELECT DISTINCT source_id FROM trace.message WHERE grain = 'message'") == [(2,)]
    assert house.ask("SELECT DISTINCT source_id FROM trace.reject") == [(2,)]
    assert house.ask("SELECT source_id, message_count, reject_count FROM trace.source ORDER BY ALL")[1] == (2, 5, 1)


def test_the_same_file_in_two_loads_at_once_counts_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    other = House(start_engine(house.config.engine), house.folder)
    table = write_many(house.folder / "1.csv", 1, 5)
    loaded = both(house, monkeypatch, lambda: other.load(table), table)
    other.engine.close()
    assert (loaded.sources, loaded.already_loaded) == (0, [str(table)])
    assert (counted(house), len(house.ask("SELECT * FROM trace.source"))) == (5, 1)


LOADER = """
import sys
from pathlib import Path
from tui.config import Config, EngineConfig
from tui.intake.load import Progress, load_files
from tui.store.engine import start_engine

engine = start_engine(EngineConfig(memory_mb=300, threads=1, temp_folder=sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
load_files(engine, Config(), [Path(name) for name in sys.argv[3:]], Path(sys.argv[2]), Progress())
engine.close()
"""


def loader(house: House, *files: Path) -> subprocess.Popen[str]:
    arguments = [sys.executable, "-c", LOADER, str(house.folder), str(house.target), *map(str, files)]
    process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def begin(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def test_two_processes_load_two_files_and_one_that_both_have(house: House) -> None:
    shared = write_many(house.folder / "shared.csv", 1, 5)
    one, two = (loader(house, shared, write_many(house.folder / f"{n}.csv", 100 * n, 50)) for n in (1, 2))
    with one, two:
        begin(one)
        begin(two)
        assert (one.wait(120), two.wait(120)) == (0, 0)
    assert counted(house) == 105
    assert [row[0] for row in house.ask("SELECT source_id FROM trace.source ORDER BY ALL")] == [1, 2, 3]
    assert beside(house) == [""]


# --- killed ------------------------------------------------------------------------------------------------------------


# A first load has no file that a log could belong to.
@pytest.mark.share(1)
@pytest.mark.parametrize(("is_first", "with_log"), [(False, False), (False, True), (True, False)])
def test_a_load_that_is_killed_leaves_the_old_state_or_the_new_one(
    house: House, request: pytest.FixtureRequest, is_first: bool, with_log: bool
) -> None:
    before = 0 if is_first else 5
    if before:
        house.load(write_many(house.folder / "1.csv", 1, 5))
        if with_log:
            leave_log(house)
        reader = duckdb.connect()
        reader.execute(f"ATTACH '{house.target}' AS reading (READ_ONLY)")
        request.addfinalizer(reader.close)
    rng, longest = random.Random(11), 0.6
    for attempt in range(KILLS):
        with loader(house, write_many(house.folder / f"{attempt}.csv", 1000 * (attempt + 1), 400)) as process:
            begin(process)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(rng.uniform(0.0, longest))
            process.send_signal(signal.SIGKILL)
        if house.target.exists():
            found = counted(house)
            assert found in (before, before + 400), attempt
            before = found
        else:
            assert before == 0, attempt
    house.load(write_many(house.folder / "last.csv", 600, 1))
    assert counted(house) == before + 1
    assert beside(house) == [""]
    assert notes(house) == ([("in the log",)] if with_log else [])


def test_a_blocked_load_names_the_process_that_writes(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(locking, "WRITER_WAIT_SECONDS", 0.1)
    table = write_many(house.folder / "1.csv", 1, 5)
    begun, end = threading.Event(), threading.Event()

    def hold() -> None:
        with published(house.target):
            begun.set()
            end.wait(60)

    thread = threading.Thread(target=hold)
    thread.start()
    assert begun.wait(60)
    try:
        assert run(["load", str(table), "--into", str(house.target)]) == TraceFileError.exit_code
    finally:
        end.set()
        thread.join()
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert f"is being written by process {os.getpid()}" in error


def test_a_load_that_waits_prints_a_line(house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(locking, "NOTICE_SECONDS", 0.0)
    narrated = threading.Event()
    notice = "tui.commands.narrate"
    from tui.commands import narrate

    def heard(line: str) -> None:
        narrate(line)
        narrated.set()

    monkeypatch.setattr(notice, heard)
    begun = threading.Event()

    def hold() -> None:
        with published(house.target):
            begun.set()
            assert narrated.wait(60)

    thread = threading.Thread(target=hold)
    thread.start()
    assert begun.wait(60)
    assert run(["load", str(write_many(house.folder / "1.csv", 1, 5)), "--into", str(house.target)]) == 0
    thread.join()
    first, last = capsys.readouterr().err.splitlines()
    assert f"is being written by process {os.getpid()}" in first
    assert "1 file loaded, 5 messages" in last


@pytest.mark.parametrize("is_folder", [False, True])
def test_a_target_that_cannot_be_loaded_into_is_one_line(is_folder: bool, house: House, capsys: pytest.CaptureFixture[str]) -> None:
    table = write_many(house.folder / "1.csv", 1, 5)
    target = house.folder if is_folder else house.target
    assert run(["load", str(table), "--into", str(house.target)]) == 0
    capsys.readouterr()
    assert run(["load", str(table if is_folder else target), "--into", str(target)]) == 2
    result = capsys.readouterr().err
    assert ("is a folder" if is_folder else "is the trace file to load into") in result
    assert result.count("\n") == 1


def test_readers_in_other_processes_see_whole_states_only(house: House) -> None:
    house.load(write_many(house.folder / "0.csv", 1, 5))
    code = (
        "import sys, time\nfrom pathlib import Path\nfrom tui.config import EngineConfig\nfrom tui.store.engine import start_engine\n"
        "from tui.store.trace_file import attach_trace, detach_trace\nengine = start_engine(EngineConfig(memory_mb=200, threads=1))\n"
        "asked = 0\nprint('ready', flush=True)\n"
        "while not Path(sys.argv[2]).exists():\n"
        "    attach_trace(engine, Path(sys.argv[1]), 'read')\n"
        "    found = engine.connection.execute('SELECT (SELECT count(*) FROM trace.message), (SELECT count(*) FROM trace.source),"
        " (SELECT sum(messages) FROM trace.flow_quarter)').fetchone()\n"
        "    assert found[0] == 5 * found[1] == found[2], found\n    detach_trace(engine)\n    asked += 1\n"
        "engine.close()\nprint(asked)\n"
    )
    end = house.folder / "end"
    arguments = [sys.executable, "-c", code, str(house.target), str(end)]
    with contextlib.ExitStack() as running:
        running.callback(end.touch)
        readers = [running.enter_context(subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, cwd=ROOT)) for _ in range(2)]
        for reader in readers:
            assert reader.stdout is not None
            assert reader.stdout.readline() == "ready\n"
        for number in range(6):
            house.load(write_many(house.folder / f"{number}.csv", 100 * (number + 1), 5))
        end.touch()
        for reader in readers:
            asked, _ = reader.communicate(timeout=120)
            assert (reader.returncode, int(asked) > 0) == (0, True)
