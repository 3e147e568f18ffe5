"""All of a load is there or none: whatever interrupts it, and whoever else has the file open."""

from __future__ import annotations

import contextlib
import random
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.support.traces import House, exo_in, write_eac, write_exo
from tui.errors import CancelledError, TraceFileError
from tui.intake.load import Progress
from tui.rows import LoadedSource
from tui.store import appending, locking, trace_file
from tui.store.appending import AddedCounts
from tui.store.engine import start_engine
from tui.store.staging import Stager
from tui.store.trace_file import attach_trace, detach_trace

pytestmark = pytest.mark.share(0.25)

TABLES = ("message", "source", "reject", "flow_quarter", "connector", "own_domain", "connector_match")


def rows(house: House) -> dict[str, list[tuple[object, ...]]]:
    return {table: house.ask(f"SELECT * FROM trace.{table} ORDER BY ALL") for table in TABLES}


def write_many(path: Path, first: int, count: int) -> Path:
    return write_exo(
        path,
        *(exo_in(n, date_time_utc=f"2026-11-10T10:{n // 60 % 60:02d}:{n % 60:02d}Z") for n in range(first, first + count)),
    )


def fail_at(monkeypatch: pytest.MonkeyPatch, word: str) -> None:
    """Let the statement of an append that holds `word` fail."""
    run = Stager.run

    def failing(self: Stager, sql: str, params: dict[str, object] | None = None) -> duckdb.DuckDBPyConnection:
        if word in sql:
            raise RuntimeError("the disk is on fire")
        return run(self, sql, params)

    monkeypatch.setattr(Stager, "run", failing)


@pytest.mark.share(2)
@pytest.mark.parametrize(
    "word",
    [
        "INSERT INTO trace.source",
        "INSERT INTO trace.message",
        "UPDATE trace.source",
        "INSERT INTO trace.flow_quarter",
        "COMMIT",
    ],
)
def test_a_failing_append_leaves_the_rows_as_they_were(house: House, monkeypatch: pytest.MonkeyPatch, word: str) -> None:
    house.load(write_many(house.folder / "1.csv", 1, 5))
    before = rows(house)
    grown = write_many(house.folder / "1.csv", 1, 9)
    eac = write_eac(house.folder / "eac.csv", ("2026-11-09", "From partner - F", 1, 0, 0, 4, 0, 5))
    with monkeypatch.context() as patch:
        fail_at(patch, word)
        with pytest.raises(RuntimeError, match="on fire"):
            house.load(grown, eac)
    assert rows(house) == before
    assert house.load(grown, eac).sources == 2
    assert sum(house.flow().values()) == 14


def test_a_failing_append_leaves_no_rows_in_a_new_file(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        fail_at(patch, "INSERT INTO trace.flow_quarter")
        with pytest.raises(RuntimeError):
            house.load(write_many(house.folder / "1.csv", 1, 5))
    assert not house.target.exists() or all(not found for found in rows(house).values())


SCRIPT = """
import sys
from pathlib import Path
from tui.config import Config, EngineConfig
from tui.intake.load import Progress, load_files
from tui.store.engine import start_engine

engine = start_engine(EngineConfig(memory_mb=300, threads=1, temp_folder=sys.argv[1]))
print("ready", flush=True)
load_files(engine, Config(), [Path(sys.argv[2])], Path(sys.argv[3]), Progress())
print("done", flush=True)
"""


def test_a_killed_load_leaves_the_rows_as_they_were_or_all_of_the_new_ones(house: House, tmp_path: Path) -> None:
    house.load(write_many(house.folder / "1.csv", 1, 5))
    before, rng = rows(house), random.Random(7)
    file = write_many(tmp_path / "2.csv", 100, 400)
    for attempt in range(4):
        arguments = [sys.executable, "-c", textwrap.dedent(SCRIPT), str(tmp_path), str(file), str(house.target)]
        with subprocess.Popen(arguments, stdout=subprocess.PIPE, cwd=Path(__file__).parent.parent) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            time.sleep(rng.uniform(0.0, 0.3))
            process.send_signal(signal.SIGKILL)
            process.wait()
        found = rows(house)
        if len(found["source"]) == 2:
            assert len(found["message"]) == 405
            break
        assert found == before, f"attempt {attempt}"
    house.load(file)
    assert sum(house.flow().values()) == 405


@pytest.mark.share(2)
@pytest.mark.parametrize("where", ["at once", "reading", "staging", "writing"])
def test_a_cancelled_load_leaves_nothing(house: House, where: str) -> None:
    house.load(write_many(house.folder / "1.csv", 1, 5))
    before = rows(house)

    class Nervous(Progress):
        def set_step(self, doing: str) -> None:
            if {"reading": "reading", "staging": "Exchange Online", "writing": "writing"}.get(where, "") in doing:
                self.cancel()
            super().set_step(doing)

    progress = Nervous()
    if where == "at once":
        progress.cancel()
    with pytest.raises(CancelledError):
        house.load(write_many(house.folder / "2.csv", 50, 50), progress=progress)
    assert rows(house) == before


def test_a_load_is_cancelled_from_another_thread_in_the_middle(house: House) -> None:
    house.load(write_many(house.folder / "1.csv", 1, 5))
    before, progress = rows(house), Progress()
    file = write_many(house.folder / "2.csv", 1, 20_000)

    def cancel_soon() -> None:
        while not progress.doing.startswith("Exchange Online"):
            time.sleep(0.001)
        time.sleep(0.03)
        progress.cancel()

    thread = threading.Thread(target=cancel_soon)
    thread.start()
    try:
        with pytest.raises(CancelledError, match="nothing was loaded"):
            house.load(file, progress=progress)
    finally:
        thread.join()
    assert rows(house) == before


HOLDER = """
import sys, time
import duckdb

connection = duckdb.connect()
connection.execute(f"ATTACH '{sys.argv[1]}' AS elsewhere{sys.argv[2]}")
print("open", flush=True)
sys.stdin.readline()
print(connection.execute("SELECT count(*) FROM elsewhere.message").fetchone()[0])
"""


@contextlib.contextmanager
def opened_elsewhere(target: Path, mode: str) -> Generator[subprocess.Popen[str]]:
    """Open the trace file in another process, until it reads a line."""
    arguments = [sys.executable, "-c", HOLDER, str(target), mode]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        try:
            yield process
        finally:
            process.kill()


def test_a_reader_in_another_process_keeps_no_load_out_and_reads_on_what_it_opened(house: House) -> None:
    house.load(write_many(house.folder / "1.csv", 1, 5))
    with opened_elsewhere(house.target, " (READ_ONLY)") as process:
        assert house.load(write_many(house.folder / "2.csv", 50, 5)).sources == 1
        assert sum(house.flow().values()) == 10
        assert process.communicate("\n", timeout=60)[0] == "5\n"


def no_ledger(*_: object) -> list[LoadedSource]:
    return []


def test_a_program_that_writes_in_place_keeps_a_load_out_and_is_named(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.load(write_many(house.folder / "1.csv", 1, 5))
    before = rows(house)
    monkeypatch.setattr(locking, "IN_PLACE_WAIT_SECONDS", 0.2)
    monkeypatch.setattr(trace_file, "LOCK_WAIT_SECONDS", 0.2)
    table, other = write_many(house.folder / "2.csv", 50, 5), write_many(house.folder / "x.csv", 1, 1)
    found: list[str] = []
    with opened_elsewhere(house.target, "") as process:
        with pytest.raises(TraceFileError) as caught:  # while it reads the ledger
            house.load(table)
        found.append(str(caught.value))
        monkeypatch.setattr("tui.intake.load.read_loaded_sources", no_ledger)
        with pytest.raises(TraceFileError) as caught:  # while it copies the file
            house.load(other)
        found.append(str(caught.value))
        monkeypatch.undo()
    for message in found:
        assert message.startswith(f"{house.target}: is being written by process {process.pid}")
        assert "\n" not in message
    assert rows(house) == before
    assert sorted(file.name for file in house.folder.glob("*.duckdb*")) == [house.target.name]
    assert house.load(house.folder / "2.csv").sources == 1


def test_a_load_that_another_load_overtook_loses_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.load(write_many(house.folder / "1.csv", 1, 5))
    other = House(start_engine(house.config.engine), house.folder)
    append = appending.append
    both = write_many(house.folder / "3.csv", 40, 5)

    def overtaken(*arguments: Any) -> AddedCounts:
        monkeypatch.undo()
        other.load(write_many(house.folder / "2.csv", 20, 5), both)
        return append(*arguments)

    monkeypatch.setattr("tui.intake.load.append", overtaken)
    loaded = house.load(both, write_many(house.folder / "4.csv", 60, 5))
    other.engine.close()
    assert (loaded.sources, loaded.already_loaded) == (1, [str(both)])
    assert sum(house.flow().values()) == 20
    assert [row[0] for row in house.ask("SELECT source_id FROM trace.source ORDER BY ALL")] == [1, 2, 3, 4]


def test_the_trace_file_is_read_only_to_those_who_ask(house: House) -> None:
    house.load(write_many(house.folder / "1.csv", 1, 5))
    attach_trace(house.engine, house.target, "read")
    with pytest.raises(duckdb.BinderException, match="base table"):
        house.engine.connection.execute("DELETE FROM trace.message")
    with pytest.raises(duckdb.InvalidInputException, match="read-only"):
        house.engine.connection.execute(f"DELETE FROM {house.engine.attached}.message")
    detach_trace(house.engine)


def test_a_locked_down_engine_answers_but_reads_no_file(house: House) -> None:
    file = write_many(house.folder / "1.csv", 1, 5)
    house.load(file)
    attach_trace(house.engine, house.target, "read")
    cursor = house.engine.cursor()
    house.engine.lock_down(house.target)
    house.engine.lock_down(house.target)
    assert cursor.execute("SELECT count(*) FROM message").fetchone() == (5,)
    for sql in (
        f"SELECT * FROM read_csv('{file}')",
        f"SELECT * FROM read_text('{file}')",
        f"SELECT * FROM '{file}'",
        f"ATTACH '{house.folder / 'new.duckdb'}' AS new",
        f"COPY message TO '{house.folder / 'out.csv'}'",
        "SET enable_external_access = true",
        "SET memory_limit = '10GB'",
        "INSTALL httpfs",
    ):
        with pytest.raises(duckdb.Error):
            cursor.execute(sql)
    cursor.execute(f"COPY (SELECT 1) TO '{house.engine.temp_folder / 'out.csv'}'")
