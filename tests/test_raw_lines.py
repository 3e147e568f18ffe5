"""The lines of a message's session, from a source file that may be packed, encoded, grown, changed or gone."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.traces import OPENING, House, exo_in, mail, smtp_header, talk, write_exo, write_lines, write_log
from tui.intake import raw_lines
from tui.intake.raw_lines import RawLines, session_lines
from tui.rows import SessionSource
from tui.store.query_runner import QueryRunner
from tui.store.trace_file import attach_trace, detach_trace

pytestmark = pytest.mark.share(0.25)

ONE, TWO = "08DE0000000000A1", "08DE0000000000A2"


def sources_of(house: House, sender: str, *, with_session: bool = True) -> list[SessionSource]:
    """Return where the session of the message of a sender stands."""
    attach_trace(house.engine, house.target, "read")
    runner = QueryRunner(house.engine)
    try:
        found = house.engine.connection.execute(
            "SELECT session_id, hop_key, stored_utc FROM message WHERE sender = $sender", {"sender": sender}
        ).fetchall()
        assert len(found) == 1
        session_id, hop_key, stored_utc = found[0]
        asked = session_id if with_session else None
        return runner.ask(SessionSource, "messages/session_sources", session_id=asked, hop_key=hop_key, stored_utc=stored_utc)
    finally:
        runner.close()
        detach_trace(house.engine)


def only_source(house: House, line_no: int | None = None) -> SessionSource:
    """Return the only file of the ledger."""
    ((path, sha256, size_bytes),) = house.ask("SELECT path, sha256, size_bytes FROM trace.source")
    return SessionSource(path, sha256, size_bytes, 1, "", line_no)


def lines_of(house: House, source: SessionSource, session_id: str | None = ONE, limit: int = 500) -> RawLines:
    folder = house.folder / "unpacked"
    found = session_lines(source.path, source.sha256, source.size_bytes, source.line_no, session_id, folder, limit)
    assert list(folder.iterdir()) == []
    return found


def two_sessions() -> list[str]:
    """Return the rows of two interleaved sessions."""
    one = talk("receive", OPENING, mail("1@a.example"), "-", session=ONE)
    two = talk("receive", OPENING, mail("2@a.example"), "-", session=TWO, at="2026-11-10T10:00:00.005")
    return sorted([*one, *two], key=lambda line: line[:24])


def as_gzip(text: bytes, folder: Path) -> Path:
    path = folder / "a.LOG.gz"
    path.write_bytes(gzip.compress(text))
    return path


def as_member(text: bytes, folder: Path) -> Path:
    path = folder / "logs!.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("other.txt", "nothing of it\n" * 10)
        archive.writestr("in!side/a.LOG", text)
    return path


def as_bytes(encoding: str, bom: str = "") -> Callable[[bytes, Path], Path]:
    def write(text: bytes, folder: Path) -> Path:
        path = folder / "a!b.LOG"
        path.write_bytes((bom + text.decode()).encode(encoding))
        return path

    return write


SHAPES: dict[str, Callable[[bytes, Path], Path]] = {
    "plain": as_bytes("utf-8"),
    "BOM": as_bytes("utf-8", "\ufeff"),
    "gz": as_gzip,
    "zip member": as_member,
    "UTF-16": as_bytes("utf-16-le", "\ufeff"),
    "UTF-16 without BOM": as_bytes("utf-16-le"),
    "UTF-16 big-endian": as_bytes("utf-16-be", "\ufeff"),
}


@pytest.mark.share(3)
@pytest.mark.parametrize("shape", SHAPES)
def test_the_lines_of_a_session_with_their_numbers(house: House, shape: str) -> None:
    rows = [*smtp_header("receive"), *two_sessions()]
    text = "".join(row + "\r\n" for row in rows).encode()
    assert house.load(SHAPES[shape](text, house.folder)).sources == 1
    (source,) = sources_of(house, "1@a.example")
    found = lines_of(house, source)
    assert found == RawLines([(number, row) for number, row in enumerate(rows, 1) if ONE in row])
    assert len(found.lines) == 12
    assert any(number == source.line_no and "MAIL FROM:<1@a.example>" in line for number, line in found.lines)


@pytest.mark.share(3)
@pytest.mark.parametrize("shape", SHAPES)
def test_without_a_session_it_is_the_line_of_the_message(house: House, shape: str) -> None:
    rows = [*smtp_header("receive"), *two_sessions()]
    house.load(SHAPES[shape]("".join(row + "\r\n" for row in rows).encode(), house.folder))
    for sender in ("1@a.example", "2@a.example"):
        (source,) = sources_of(house, sender, with_session=False)
        ((number, line),) = lines_of(house, source, None).lines
        assert number == source.line_no
        assert line == rows[number - 1]
        assert f"MAIL FROM:<{sender}>" in line


def test_a_session_that_is_named_nowhere_is_the_line_of_the_message(house: House) -> None:
    file = write_lines(house.folder / "r.log", [*smtp_header("receive"), *two_sessions()])
    house.load(file)
    (source,) = sources_of(house, "1@a.example")
    ((number, _),) = lines_of(house, source, "08DE0000000000FF").lines
    assert number == source.line_no


def test_a_quoted_record_over_several_lines_is_one(house: House) -> None:
    subjects = ("plain", 'two\r\n\tlines, "quoted"', "x\r\n\r\ny", 'say ""', "last, \n\n\n", "behind")
    rows = [exo_in(number, message_subject=subject, sender_address=f"{number}@a.example") for number, subject in enumerate(subjects, 1)]
    house.load(write_exo(house.folder / "a.csv", *rows))
    for number, subject in enumerate(subjects, 1):
        (source,) = sources_of(house, f"{number}@a.example", with_session=False)
        assert source.line_no == number + 1
        ((line_no, line),) = lines_of(house, source, None).lines
        assert line_no == number + 1
        assert line.startswith(f"2026-11-10T10:00:0{number}.000Z,")
        assert line.endswith("S:tlscipher=CALG_AES_256")
        assert subject.replace('"', '""') in line


def test_blank_lines_have_no_number_as_in_the_ledger(house: House) -> None:
    rows = two_sessions()
    for number, end in enumerate(("\r\n", "\n")):
        lines = [*smtp_header("receive"), *rows[:3], "", *rows[3:9], "", "", "", *rows[9:], ""]
        if number:
            lines = [line.replace("a.example", "b.example") for line in lines]
        house.load(write_lines(house.folder / f"{number}.log", [line.replace(ONE, f"{ONE[:-1]}{number}") for line in lines], end))
    for sender, session in (("1@a.example", f"{ONE[:-1]}0"), ("1@b.example", f"{ONE[:-1]}1")):
        source = sources_of(house, sender)[0]
        found = lines_of(house, source, session).lines
        assert [line for number, line in found if number == source.line_no] == [line for _, line in found if "MAIL FROM" in line]
        ((_, alone),) = lines_of(house, source, None).lines
        assert f"MAIL FROM:<{sender}>" in alone


@pytest.mark.share(3)
@pytest.mark.parametrize("chunk", [1, 7, 64, 1000])
def test_numbers_do_not_depend_on_how_a_file_is_read(house: House, monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    subjects = ("plain", "two\r\nlines", 'a "b\r\n"" c', "", "x\n\ny")
    rows = [exo_in(number, message_subject=subject, sender_address=f"{number}@a.example") for number, subject in enumerate(subjects, 1)]
    file = write_exo(house.folder / "a.csv", *rows)
    house.load(file)
    (source,) = sources_of(house, "5@a.example", with_session=False)
    whole = lines_of(house, source, "@a.example")
    monkeypatch.setattr(raw_lines, "CHUNK", chunk)
    assert lines_of(house, source, "@a.example") == whole
    assert [number for number, _ in whole.lines] == [2, 3, 4, 5, 6]
    ((number, line),) = lines_of(house, source, None).lines
    assert (number, "<5@a.example>" in line) == (6, True)


def test_an_unclosed_quote_hides_no_lines(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = two_sessions()
    rows[2] = rows[2].replace(",<,EHLO", ',<,"EHLO')
    file = write_lines(house.folder / "r.log", [*smtp_header("receive"), *rows])
    house.load(file)
    source = only_source(house)
    assert len(lines_of(house, source).lines) == 12
    monkeypatch.setattr(raw_lines, "CHUNK", 100)
    monkeypatch.setattr(raw_lines, "MAX_OPEN_BYTES", 300)
    assert len(lines_of(house, source).lines) == 12


def test_more_lines_than_asked_for_are_cut_with_a_mark(house: House) -> None:
    house.load(write_lines(house.folder / "r.log", [*smtp_header("receive"), *two_sessions()]))
    (source,) = sources_of(house, "1@a.example")
    whole = lines_of(house, source, limit=12)
    assert (len(whole.lines), whole.has_more) == (12, False)
    cut = lines_of(house, source, limit=11)
    assert (list(cut.lines), cut.has_more) == (list(whole.lines)[:11], True)


def test_a_line_that_is_too_long_is_cut_between_characters(house: House) -> None:
    rows = [exo_in(1, message_subject="x" + "ü" * 100_000), exo_in(2)]
    house.load(write_exo(house.folder / "a.csv", *rows))
    found = lines_of(house, only_source(house, line_no=2), None)
    assert (found.has_more, found.has_clipped) == (False, True)
    assert found.lines[0][1].endswith("ü")
    assert len(found.lines[0][1].encode()) <= raw_lines.MAX_RECORD_BYTES


def test_bytes_that_are_no_utf8_are_read_as_the_loader_reads_them(house: House) -> None:
    at = "2026-11-10T10:00:00.000Z"
    rows = [exo_in(number, date_time_utc=at, sender_address=f"{number}@a.example") for number in range(1, 400)]
    last = exo_in(400, date_time_utc=at, message_subject="Grüße", sender_address="400@a.example")
    file = write_exo(house.folder / "a.csv", *rows, last, encoding="cp1252")
    assert file.stat().st_size > 80_000
    house.load(file)
    (source,) = sources_of(house, "400@a.example", with_session=False)
    ((number, line),) = lines_of(house, source, None).lines
    assert (number, "Grüße" in line) == (401, True)


@pytest.mark.parametrize("mixed", [b"\n", b"\r"])
def test_two_kinds_of_line_ends_are_counted_as_the_loader_counts_them(house: House, mixed: bytes) -> None:
    file = write_exo(house.folder / "a.csv", *(exo_in(number, sender_address=f"{number}@a.example") for number in (1, 2, 3)))
    lines = file.read_bytes().split(b"\r\n")
    file.write_bytes(lines[0] + b"\r\n" + lines[1] + mixed + lines[2] + b"\r\n" + lines[3] + mixed)
    house.load(file)
    for number in (1, 2, 3):
        (source,) = sources_of(house, f"{number}@a.example", with_session=False)
        ((line_no, line),) = lines_of(house, source, None).lines
        assert (line_no, f"<{number}@a.example>" in line) == (source.line_no, True)


def test_a_file_that_has_grown_still_shows_its_lines(house: House) -> None:
    file = write_lines(house.folder / "r.log", [*smtp_header("receive"), *two_sessions()])
    house.load(file)
    (source,) = sources_of(house, "1@a.example")
    before = lines_of(house, source)
    with file.open("ab") as log:
        log.write(("\r\n".join(talk("receive", OPENING, session="08DE0000000000A3")) + "\r\n").encode())
    assert lines_of(house, source) == before
    assert len(before.lines) == 12


def test_a_file_that_has_changed_shows_no_line(house: House) -> None:
    file = write_lines(house.folder / "r.log", [*smtp_header("receive"), *two_sessions()])
    house.load(file)
    (source,) = sources_of(house, "1@a.example")
    whole = file.read_bytes()
    for body in (whole[:-10], whole.replace(b"1@a.example", b"9@a.example"), b"x" * (len(whole) + 5)):
        file.write_bytes(body)
        found = lines_of(house, source)
        assert (found.lines, found.problem) == ([], f"{file}: has changed since it was loaded; load it again to see its lines")


def test_a_missing_file_or_a_folder_in_its_place_is_reported(house: House) -> None:
    rows = [*smtp_header("receive"), *two_sessions()]
    file = as_member("".join(row + "\r\n" for row in rows).encode(), house.folder)
    house.load(file)
    (source,) = sources_of(house, "1@a.example")
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("other.txt", "nothing of it\n")
    assert lines_of(house, source).problem == f"{file}!in!side/a.LOG: is no longer in the zip file; load the new file to see its lines"
    file.write_bytes(b"")
    assert lines_of(house, source).problem == f"{file}: is empty"
    file.unlink()
    assert (lines_of(house, source).problem or "").startswith(f"{file}!in!side/a.LOG: no longer exists")
    file.mkdir()
    assert "cannot be read" in (lines_of(house, source).problem or "") or "no longer exists" in (lines_of(house, source).problem or "")


def test_a_session_over_two_files_is_found_in_both(house: House) -> None:
    whole = talk("receive", OPENING, mail("1@a.example"), "-", session=ONE, at="2026-11-10T23:59:59.950")
    far = talk("receive", OPENING, mail("2@a.example"), "-", session=TWO, at="2026-11-08T10:00:00")
    near = talk("receive", OPENING, mail("3@a.example"), "-", session="08DE0000000000A3", at="2026-11-11T01:30:00")
    for name, talks in (("1", [far]), ("2", [whole[:7]]), ("3", [whole[7:], near])):
        write_log(house.folder / "logs" / f"RECV{name}.LOG", "receive", *talks)
    write_log(house.folder / "logs" / "SEND1.LOG", "send", talk("send", OPENING, mail("4@a.example"), at="2026-11-10T23:59:00"))
    house.load(house.folder / "logs")
    sources = sources_of(house, "1@a.example")
    assert [(Path(one.path).name, one.format, one.line_no) for one in sources] == [
        ("RECV2.LOG", "exchange_smtp_receive", 10),
        ("RECV3.LOG", "exchange_smtp_receive", None),
    ]
    assert [line for one in sources for _, line in lines_of(house, one).lines] == whole
    assert [Path(one.path).name for one in sources_of(house, "1@a.example", with_session=False)] == ["RECV2.LOG"]
    assert [Path(one.path).name for one in sources_of(house, "2@a.example")] == ["RECV1.LOG"]


def test_a_source_with_other_messages_of_the_session_comes_before_its_neighbours(house: House) -> None:
    whole = talk("receive", OPENING, mail("1@a.example"), mail("2@a.example"), "-", session=ONE, at="2026-11-10T23:59:59.900")
    before = talk("receive", OPENING, mail("3@a.example"), "-", session=TWO, at="2026-11-10T23:00:00")
    write_log(house.folder / "logs" / "1.LOG", "receive", before)
    write_log(house.folder / "logs" / "2.LOG", "receive", whole[:11])
    write_log(house.folder / "logs" / "3.LOG", "receive", whole[11:])
    house.load(house.folder / "logs")
    assert [(Path(one.path).name, one.line_no) for one in sources_of(house, "2@a.example")] == [
        ("3.LOG", 6),
        ("2.LOG", 10),
        ("1.LOG", None),
    ]
