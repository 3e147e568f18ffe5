"""A load publishes its state as a new file: whole, with the rights of the old one, whatever was left beside it."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.support.published import beside, counted, leave_log, notes, write_many
from tests.support.traces import House
from tui.errors import TraceFileError, UnwritableError
from tui.intake.discovery import find_files
from tui.store import locking, publishing
from tui.store.publishing import published

pytestmark = pytest.mark.share(0.25)


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


def test_a_full_disk_is_reported_with_sizes_before_anything_is_written(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_a_folder_that_cannot_be_written_is_one_line(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
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
    words = f"{house.target}: cannot be written: permission denied in {folder}; a load writes a new file in that folder"
    assert str(caught.value) == words
    assert counted(house) == 5


def test_a_writer_waits_for_another_and_names_its_process_in_the_end(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
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
