"""Notes stand beside the trace file until the next load takes them in; none is lost and none is shown twice."""

from __future__ import annotations

import json
import stat
import threading
from datetime import date, datetime
from pathlib import Path

import pytest

from tests.support.asked import asking_files
from tests.support.traces import House, exo_in, write_exo
from tui.config import Config
from tui.rows import Acknowledged, Note
from tui.store.engine import start_engine
from tui.store.notes import read_acknowledged, read_notes, write_note
from tui.store.notes_file import append_note, notes_path

pytestmark = pytest.mark.share(0.25)

MADE = datetime(2026, 11, 12, 12)


def note(name: str = "a.example", text: str = "") -> Note:
    return Note("host", name, "asked", text, date(2026, 12, 1), MADE)


def known() -> Acknowledged:
    return Acknowledged("tls10_seen", None, "C", None, "they know", date(2026, 12, 1), MADE)


def load(house: House, number: int) -> None:
    house.load(write_exo(house.folder / f"{number}.csv", exo_in(number)))


def stored(house: House) -> list[str]:
    return [row[0] for row in house.ask("SELECT name FROM trace.note ORDER BY ALL")]


def read(house: House) -> list[str]:
    with asking_files([house.target]) as runner:
        return sorted(one.name for one in read_notes(runner, None))


def test_a_note_is_one_line_of_a_file_that_only_its_owner_reads(house: House) -> None:
    load(house, 1)
    before = house.target.read_bytes()
    where = write_note(house.target, None, note())
    write_note(house.target, None, known())
    file = notes_path(house.target)
    assert where == f"noted in {file}"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [line["kind"] for line in lines] == ["note", "acknowledged"]
    assert house.target.read_bytes() == before
    with asking_files([house.target]) as runner:
        assert read_notes(runner, None) == [note()]
        assert read_acknowledged(runner, None) == [known()]


def test_the_next_load_takes_the_notes_in_and_leaves_what_it_does_not_know(house: House) -> None:
    load(house, 1)
    write_note(house.target, None, note())
    write_note(house.target, None, known())
    append_note(house.target, "of a newer program", {"more": 1})
    load(house, 2)
    assert stored(house) == ["a.example"]
    assert len(house.ask("SELECT * FROM trace.acknowledged")) == 1
    assert [json.loads(line)["kind"] for line in notes_path(house.target).read_text().splitlines()] == ["of a newer program"]
    assert read(house) == ["a.example"]


def test_a_note_that_is_made_while_a_load_writes_is_taken_by_the_next(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    load(house, 1)
    write_note(house.target, None, note("before.example"))
    from tui.store import appending

    renumbered = appending.renumbered

    def meanwhile(*arguments: object) -> object:
        write_note(house.target, None, note("meanwhile.example"))
        assert read(house) == ["before.example", "meanwhile.example"]
        return renumbered(*arguments)  # pyright: ignore[reportArgumentType]

    with monkeypatch.context() as patch:
        patch.setattr(appending, "renumbered", meanwhile)
        load(house, 2)
    assert stored(house) == ["before.example"]
    assert read(house) == ["before.example", "meanwhile.example"]
    load(house, 3)
    assert stored(house) == ["before.example", "meanwhile.example"]
    assert not notes_path(house.target).exists()


def test_notes_that_a_killed_load_had_taken_are_read_and_taken_by_the_next_once(house: House) -> None:
    load(house, 1)
    write_note(house.target, None, note())
    line = notes_path(house.target).read_text()
    load(house, 2)
    taken = Path(f"{notes_path(house.target)}.taken")
    taken.write_text(line)  # killed after it published, before it removed them
    write_note(house.target, None, note("b.example"))
    assert read(house) == ["a.example", "b.example"]
    load(house, 3)
    load(house, 4)
    assert stored(house) == ["a.example", "b.example"]
    assert not list(house.folder.glob("*notes*"))


def test_a_load_that_fails_keeps_the_notes(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    load(house, 1)
    write_note(house.target, None, note())

    def fail(*_: object) -> None:
        raise RuntimeError("the disk is on fire")

    with monkeypatch.context() as patch:
        patch.setattr("tui.store.appending.renumbered", fail)
        with pytest.raises(RuntimeError):
            load(house, 2)
    assert read(house) == ["a.example"]
    load(house, 3)
    assert stored(house) == ["a.example"]


def test_a_reader_keeps_notes_that_a_load_takes_after_it_opened(house: House) -> None:
    load(house, 1)
    write_note(house.target, None, note())
    with asking_files([house.target]) as runner:
        load(house, 2)
        assert not notes_path(house.target).exists()
        assert read_notes(runner, None) == [note()]


def test_half_a_line_of_a_killed_program_spoils_no_other(house: House) -> None:
    load(house, 1)
    notes_path(house.target).write_text('{"kind": "note", "rec')
    write_note(house.target, None, note())
    assert read(house) == ["a.example"]


def test_where_the_folder_cannot_be_written_the_config_folder_keeps_the_note(house: House, tmp_path: Path) -> None:
    load(house, 1)
    notes_path(house.target).mkdir()  # cannot be appended to, also by root
    where = write_note(house.target, tmp_path / "config", note())
    assert where == f"noted in {tmp_path / 'config' / 'notes.jsonl'}"
    with asking_files([house.target]) as runner:
        assert read_notes(runner, tmp_path / "config") == [note()]


def test_many_notes_beside_many_loads_are_all_there_once(house: House) -> None:
    load(house, 0)
    names = [f"h{number:03}.example" for number in range(200)]
    thread = threading.Thread(target=lambda: [write_note(house.target, None, note(name)) for name in names])
    thread.start()
    other = House(start_engine(Config().engine), house.folder)
    for number in range(1, 6):
        load(other, number)
    other.engine.close()
    thread.join()
    assert read(house) == names
    load(house, 7)
    assert stored(house) == names
