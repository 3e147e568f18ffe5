"""A load publishes its state as a new file: whole, with the rights of the old one, whatever was left beside it."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.traces import House, exo_in, write_eac, write_exo
from tui.cli import run
from tui.errors import TraceFileError, UnwritableError
from tui.intake.found import find_files
from tui.store import locking, publishing
from tui.store.engine import start_engine
from tui.store.publishing import published

KILLS = int(os.environ.get("MAILFLOW_KILLS", "6"))
ROOT = Path(__file__).parent.parent


def write_many(path: Path, first: int, count: int) -> Path:
    rows = (exo_in(n, date_time_utc=f"2026-11-10T10:{n // 60 % 60:02d}:{n % 60:02d}Z") for n in range(first, first + count))
    return write_exo(path, *rows)


def beside(house: House) -> list[str]:
    return sorted(file.name.removeprefix(house.target.name) for file in house.target.parent.glob(f"{house.target.name}*"))


def counted(house: House) -> int:
    return sum(house.flow().values())


def test_nothing_is_left_beside_a_published_file(house: House) -> None:
    house.load(write_many(house.folder / "1.csv", 1, 5))
    first = house.target.stat().st_ino
    house.load(write_many(house.folder / "2.csv", 10, 5))
    assert beside(house) == [""]
    assert house.target.stat().st_ino != first
    assert counted(house) == 10


def test_a_block_that_raises_changes_nothing(house: House) -> None:
    house.load(write_many(house.folder / "1.csv", 1, 5))
    before = (house.target.stat(), house.target.read_bytes())
    with pytest.raises(ZeroDivisionError), published(house.target) as working:
        working.write_bytes(b"half" * (1 // 0))
    assert (house.target.stat().st_ino, house.target.read_bytes()) == (before[0].st_ino, before[1])
    assert beside(house) == [""]


def test_mode_and_group_stay_as_they_were(house: House) -> None:
    house.load(write_many(house.folder / "1.csv", 1, 5))
    house.target.chmod(0o640)
    if os.getuid() == 0:
        os.chown(house.target, 1234, 2345)
    before = house.target.stat()
    house.load(write_many(house.folder / "2.csv", 10, 5))
    after = house.target.stat()
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)


@pytest.mark.skipif(shutil.which("setfacl") is None, reason="needs setfacl")
def test_an_acl_stays_as_it_was(house: House) -> None:
    house.load(write_many(house.folder / "1.csv", 1, 5))
    subprocess.run(["setfacl", "-m", "u:1234:r", str(house.target)], check=True)
    before = os.getxattr(house.target, publishing.ACL)
    house.load(write_many(house.folder / "2.csv", 10, 5))
    assert os.getxattr(house.target, publishing.ACL) == before


def test_a_first_file_has_the_usual_mode(house: House) -> None:
    before = os.umask(0o027)
    try:
        house.load(write_many(house.folder / "1.csv", 1, 5))
    finally:
        os.umask(before)
    assert house.target.stat().st_mode & 0o777 == 0o640


def test_a_link_stays_and_its_target_is_replaced(house: House, tmp_path: Path) -> None:
    real = tmp_path / "elsewhere" / "real.duckdb"
    real.parent.mkdir()
    house.target.symlink_to(real)
    house.load(write_many(house.folder / "1.csv", 1, 5))
    house.load(write_many(house.folder / "2.csv", 10, 5))
    assert house.target.is_symlink()
    assert [file.name for file in real.parent.iterdir()] == ["real.duckdb"]
    assert counted(house) == 10


STALE_LOG = """
import os, sys
import duckdb

connection = duckdb.connect()
connection.execute(f"ATTACH '{sys.argv[1]}' AS trace; SET checkpoint_threshold = '1TB'")
connection.execute("INSERT INTO trace.note VALUES ('host', 'a.example', 'asked', 'in the log', NULL, TIMESTAMP '2026-11-12')")
os._exit(1)
"""


def leave_log(house: House) -> None:
    """Let a program that writes in place be killed."""
    subprocess.run([sys.executable, "-c", STALE_LOG, str(house.target)], check=False)
    assert Path(f"{house.target}.wal").exists()


def notes(house: House) -> list[tuple[Any, ...]]:
    return house.ask("SELECT text FROM trace.note")


def test_a_log_that_a_killed_program_left_is_in_the_new_state_and_gone(house: House) -> None:
    house.load(write_many(house.folder / "1.csv", 1, 5))
    leave_log(house)
    house.load(write_many(house.folder / "2.csv", 10, 5))
    assert beside(house) == [""]
    assert notes(house) == [("in the log",)]
    assert counted(house) == 10


def test_a_load_that_is_killed_before_the_rename_loses_no_log(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.load(write_many(house.folder / "1.csv", 1, 5))
    leave_log(house)
    # What it leaves: the log aside, the lock, the copy.
    Path(f"{house.target}.wal").rename(f"{house.target}.wal.of-{house.target.stat().st_ino}")
    shutil.copy(house.target, f"{house.target}.new")
    Path(f"{house.target}.new.wal").write_bytes(b"half")
    Path(f"{house.target}.lock").write_text("1 gone\n")
    house.load(write_many(house.folder / "2.csv", 10, 5))
    assert beside(house) == [""]
    assert notes(house) == [("in the log",)]
    # After the rename the log belongs to a file that is no more.
    Path(f"{house.target}.wal.of-1").write_bytes(b"of an older file")
    house.load(write_many(house.folder / "3.csv", 20, 5))
    assert beside(house) == [""]
    assert counted(house) == 15


def test_a_full_disk_is_said_with_sizes_before_anything_is_written(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.load(write_many(house.folder / "1.csv", 1, 5))
    usage = shutil.disk_usage(house.folder)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1_000_000))  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
    with pytest.raises(UnwritableError, match=r"not enough disk space: .* needs \d+ MB, 1 MB are free; nothing was changed") as caught:
        house.load(write_many(house.folder / "2.csv", 10, 5))
    assert str(caught.value).startswith(f"{house.target}: ")
    assert (beside(house), counted(house)) == ([""], 5)


def test_a_disk_that_fills_up_while_writing_changes_nothing(house: House) -> None:
    house.load(write_many(house.folder / "1.csv", 1, 5))
    with pytest.raises(UnwritableError, match="no space left"), published(house.target):
        raise duckdb.IOException("Could not write file: No space left on device")
    assert (beside(house), counted(house)) == ([""], 5)


def test_a_file_system_without_shared_blocks_copies(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.load(write_many(house.folder / "1.csv", 1, 5))

    def refuse(*_: object) -> None:
        raise OSError("not supported")

    monkeypatch.setattr("fcntl.ioctl", refuse)
    house.load(write_many(house.folder / "2.csv", 10, 5))
    assert counted(house) == 10


def test_a_folder_that_cannot_be_written_is_said_in_one_line(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.load(write_many(house.folder / "1.csv", 1, 5))
    opened = os.open

    def refuse(path: Any, flags: int, *rest: Any) -> int:
        if str(path).endswith(".lock"):
            raise PermissionError(13, "Permission denied")
        return opened(path, flags, *rest)

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(UnwritableError) as caught:
        house.load(write_many(house.folder / "2.csv", 10, 5))
    folder = house.target.parent
    words = f"{house.target}: cannot be written: permission denied in {folder}; a load writes a new file beside it"
    assert str(caught.value) == words
    assert counted(house) == 5


def test_a_writer_waits_for_another_and_names_it_when_it_takes_too_long(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.load(write_many(house.folder / "1.csv", 1, 5))
    begun, end = threading.Event(), threading.Event()

    def hold() -> None:
        with published(house.target):
            begun.set()
            end.wait(60)

    thread = threading.Thread(target=hold)
    thread.start()
    assert begun.wait(60)
    monkeypatch.setattr(locking, "WRITER_WAIT_SECONDS", 0.3)
    table = write_many(house.folder / "2.csv", 10, 5)
    with pytest.raises(TraceFileError, match=rf"is being written by process {os.getpid()} on \S+; try again when that has ended"):
        house.load(table)
    monkeypatch.undo()
    threading.Timer(0.3, end.set).start()
    house.load(table)
    thread.join()
    assert counted(house) == 10


def test_files_beside_a_trace_file_are_no_mail_traces(tmp_path: Path) -> None:
    for ending in ("", ".lock", ".new", ".new.wal", ".wal", ".notes.jsonl", ".notes.jsonl.taken"):
        (tmp_path / f"t.duckdb{ending}").touch()
    (tmp_path / "news.new").touch()
    assert [file.name for file in find_files([str(tmp_path)])] == ["news.new", "t.duckdb"]
    assert find_files([str(tmp_path / "t.duckdb.lock")]) == []


# --- several loads at the same time -------------------------------------------------------------------------------------


def both(house: House, monkeypatch: pytest.MonkeyPatch, first: Callable[[], object], second: Path) -> Any:
    """Let one load be written while another has staged its rows."""
    append = publishing_append()

    def overtaken(*arguments: Any) -> tuple[int, int]:
        monkeypatch.undo()
        first()
        return append(*arguments)

    monkeypatch.setattr("tui.intake.load.append", overtaken)
    return house.load(second)


def publishing_append() -> Callable[..., tuple[int, int]]:
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
    assert (loaded.sources, loaded.known) == (0, [str(table)])
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


@pytest.mark.parametrize("with_log", [False, True])
@pytest.mark.parametrize("is_first", [False, True])
def test_a_load_that_is_killed_leaves_the_old_state_or_the_new_one(
    house: House, request: pytest.FixtureRequest, is_first: bool, with_log: bool
) -> None:
    if is_first and with_log:
        pytest.skip("there is no file that a log could belong to")
    before = 0 if is_first else 5
    if before:
        house.load(write_many(house.folder / "1.csv", 1, 5))
        if with_log:
            leave_log(house)
        reader = duckdb.connect()
        reader.execute(f"ATTACH '{house.target}' AS held (READ_ONLY)")
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


def test_a_load_from_the_command_line_says_what_holds_it(
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
        readers = [running.enter_context(subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, cwd=ROOT)) for _ in range(5)]
        for reader in readers:
            assert reader.stdout is not None
            assert reader.stdout.readline() == "ready\n"
        for number in range(20):
            house.load(write_many(house.folder / f"{number}.csv", 100 * (number + 1), 5))
        end.touch()
        for reader in readers:
            asked, _ = reader.communicate(timeout=120)
            assert (reader.returncode, int(asked) > 0) == (0, True)
