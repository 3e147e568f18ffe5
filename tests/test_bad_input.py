"""Broken, foreign and hostile files: one clear line each or a reject with its line, and the rest is loaded."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import pytest

from tests.support.traces import House, exo_in, mail, opening, smtp_header, talk, write_csv, write_eac, write_exo, write_lines, write_log
from tui.errors import MailflowError, NoSuchPathError, UnreadableError, UnrecognisedError
from tui.intake import format_staging, unpacking
from tui.intake.recognition import Recognised
from tui.intake.unpacking import Content

pytestmark = pytest.mark.share(0.33)

GOOD = talk("receive", opening("SP_PROT_TLS1_2_SERVER"), mail("good@a.example"))
LOG = "\r\n".join([*smtp_header("receive"), *GOOD, ""]).encode()


def zipped(**members: bytes) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return body.getvalue()


def broken_member() -> bytes:
    body = bytearray(zipped(a=LOG * 20))
    body[60:90] = b"\xff" * 30
    return bytes(body)


BAD: dict[str, tuple[bytes, type[MailflowError], str]] = {
    "empty.log": (b"", UnreadableError, "is empty"),
    "empty.log.gz": (gzip.compress(b""), UnreadableError, "is empty"),
    "binary.dat": (bytes(range(256)) * 40, UnreadableError, "is binary, not text"),
    "program": (b"\x7fELF" + bytes(200), UnreadableError, "is a program"),
    "report.pdf": (b"%PDF-1.7\n" + bytes(range(256)), UnreadableError, "is a PDF file"),
    "db.sqlite": (b"SQLite format 3\0" + bytes(200), UnreadableError, "is an SQLite database"),
    "cut.log.gz": (gzip.compress(LOG * 50)[:-200], UnreadableError, "is a damaged or cut gz file"),
    "bad.log.gz": (gzip.compress(LOG)[:20] + b"\xff" * 60, UnreadableError, "is a damaged or cut gz file"),
    "cut.zip": (zipped(a=LOG)[:-30], UnreadableError, "is a damaged or locked zip file"),
    "bad.zip": (broken_member(), UnreadableError, "is a damaged or locked zip file"),
    "no-files.zip": (zipped(), UnreadableError, "is a zip file without files in it"),
    "sheet.xlsx": (zipped(**{"[Content_Types].xml": b"<a/>", "xl__sheet.xml": b"<a/>"}), UnreadableError, "is an Office document"),
    "text.txt": (b"Dear all,\r\nplease find the numbers below.\r\n", UnrecognisedError, "unknown format"),
    "other.csv": (b"name,age\r\nx,1\r\n", UnrecognisedError, "unknown format"),
    "other.json": (b'{"name": "x", "age": 1}', UnrecognisedError, "unknown format"),
    "broken.json": (b'[{"Name": "A", "ConnectorType": "Partner", "SenderDomains": ["x"]}, {"Name": ', UnreadableError, "cannot be read"),
    "nul.txt": (bytes(5000), UnreadableError, "is binary, not text"),
    "archive.bz2": (b"BZh91AY&SY" + bytes(50), UnreadableError, "is a damaged or cut bz2 file"),
    "archive.xz": (b"\xfd7zXZ\0" + bytes(50), UnreadableError, "is a damaged or cut xz file"),
    "archive.zst": (b"\x28\xb5\x2f\xfd" + bytes(50), UnreadableError, "is a damaged or cut zst file"),
    "bad.parquet": (b"PAR1" + bytes(200) + b"PAR1", UnreadableError, "cannot be opened"),
    "bad.duckdb": (bytes(8) + b"DUCK" + b"\xff" * 9000, UnreadableError, "cannot be opened"),
    "fewer.log": (LOG.replace(b",event,data,context", b",data,context"), UnreadableError, "has no column event"),
    "newline only": (b"\n\n\n", UnrecognisedError, "unknown format"),
    "quotes": (b'"""""""\n' * 40, UnrecognisedError, "unknown format"),
}


def test_each_bad_file_is_one_clear_line_and_the_rest_is_loaded(house: House) -> None:
    folder = house.folder / "in"
    good = write_log(folder / "good.log", "receive", GOOD)
    for name, (body, _, _) in BAD.items():
        (folder / name).write_bytes(body)
    loaded = house.load(folder)
    assert house.ask("SELECT path FROM trace.source") == [(str(good),)]
    assert (loaded.sources, house.message("sender")) == (1, [("good@a.example",)])
    found = {str(problem).partition(": ")[0].partition("!")[0]: problem for problem in loaded.problems}
    assert {Path(path).name for path in found} == set(BAD)
    for name, (_, kind, words) in BAD.items():
        problem = found[str(folder / name)]
        assert type(problem) is kind, name
        assert words in str(problem), name
        assert "\n" not in str(problem), name
    assert house.ask("SELECT path FROM trace.source") == [(str(good),)]


def test_a_file_that_cannot_be_opened_is_named(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    good = write_log(house.folder / "good.log", "receive", GOOD)
    locked = write_log(house.folder / "locked.log", "receive", GOOD)
    opened = Path.open

    def denied(self: Path, *arguments: str, **options: str) -> object:
        if self == locked:
            raise PermissionError(13, "Permission denied")
        return opened(self, *arguments, **options)  # pyright: ignore[reportCallIssue, reportArgumentType, reportUnknownVariableType]

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", denied)
        loaded = house.load(good, locked)
    assert loaded.sources == 1
    [problem] = loaded.problems
    assert isinstance(problem, UnreadableError)
    assert str(problem) == f"{locked}: cannot be read: Permission denied"


def test_links_that_lead_nowhere_or_in_a_circle_are_named_or_passed_over(house: House) -> None:
    folder = house.folder / "in"
    write_log(folder / "good.log", "receive", GOOD)
    (folder / "nowhere.log").symlink_to(folder / "gone.log")
    (folder / "circle.log").symlink_to(folder / "circle.log")
    (folder / "up").symlink_to(folder)
    assert house.load(folder).sources == 1
    for name in ("nowhere.log", "circle.log"):
        with pytest.raises(NoSuchPathError, match="no such file or folder"):
            house.load(folder / name)


def test_a_folder_without_traces_loads_nothing_and_makes_no_file(house: House) -> None:
    (house.folder / "empty").mkdir()
    loaded = house.load(house.folder / "empty")
    assert (loaded.sources, loaded.already_loaded, loaded.problems) == (0, [], [])
    assert not house.target.exists()


def test_a_file_that_unpacks_to_too_much_is_refused(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "RATIO_FROM", 1 << 20)
    (house.folder / "bomb.gz").write_bytes(gzip.compress(bytes(4 << 20)))
    (house.folder / "bomb.zip").write_bytes(zipped(a=bytes(4 << 20)))
    problems = house.load(house.folder / "bomb.gz", house.folder / "bomb.zip").problems
    assert len(problems) == 2
    assert all("unpacks to more than 400 times its size; refused" in str(problem) for problem in problems)


def test_lines_that_cannot_be_read_are_rejected_with_number_and_reason(house: House) -> None:
    lines = [*smtp_header("receive"), *GOOD]
    lines[9:9] = ["one,two", "x" * 3_000_000, "a,b,c,d,e,f,g,h,i,j,k"]
    house.load(write_lines(house.folder / "r.log", lines))
    assert house.message("sender, tls, line_no") == [("good@a.example", "TLS 1.2", 18)]
    found = house.rejects()
    assert [line for line, _, _ in found] == [10, 11, 12]
    assert [text[:20] for _, _, text in found] == ["one,two", "x" * 20, "a,b,c,d,e,f,g,h,i,j,"]
    assert all(reason for _, reason, _ in found)
    assert all(len(text) <= 500 for _, _, text in found)
    assert house.ask("SELECT reject_count, row_count FROM trace.source") == [(3, 17)]


def test_a_line_of_ten_megabytes_is_one_reject(house: House) -> None:
    rows = [exo_in(1), exo_in(2, message_subject="x" * 10_000_000), exo_in(3)]
    house.load(write_exo(house.folder / "a.csv", *rows))
    assert house.message("message_id") == [("<1@a.example>",), ("<3@a.example>",)]
    assert [line for line, _, _ in house.rejects()] == [3]


def test_nul_bytes_in_the_middle_cost_no_other_row(house: House) -> None:
    rows = [exo_in(number, date_time_utc="2026-11-10T10:00:00Z") for number in range(1, 300)]
    rows[7] = exo_in(8, message_subject="a\0b")
    file = write_exo(house.folder / "a.csv", *rows)
    file.write_bytes(file.read_bytes() + bytes(65536))
    assert house.load(file).problems == []
    assert {row["message_id"] for row in rows} - {row[0] for row in house.message("message_id")} <= {"<8@a.example>"}


def test_a_last_line_that_is_still_being_written_is_passed_over(house: House) -> None:
    file = write_exo(house.folder / "a.csv", exo_in(1), exo_in(2), exo_in(3))
    file.write_bytes(file.read_bytes()[:-200])
    house.load(file)
    assert house.message("message_id") == [("<1@a.example>",), ("<2@a.example>",)]


@pytest.mark.share(3)
@pytest.mark.parametrize("ends", [(b"\r\n", b"\n"), (b"\n", b"\r\n"), (b"\r", b"\n"), (b"\n", b"\r")])
@pytest.mark.parametrize("first", [b"sep=,", b'"sep=,"', b"#TYPE System.Object", b""])
def test_a_first_line_with_another_line_end_than_the_rows_hides_none(house: House, first: bytes, ends: tuple[bytes, bytes]) -> None:
    file = write_exo(house.folder / "a.csv", exo_in(1), exo_in(2, message_subject="two\r\nlines"), exo_in(3))
    file.write_bytes(first + ends[0] + file.read_bytes().replace(b"\r\n", ends[1]))
    loaded = house.load(file)
    assert (loaded.sources, loaded.added.messages, loaded.problems) == (1, 3, [])
    assert house.message("message_id, line_no") == [(f"<{number}@a.example>", number + 2) for number in (1, 2, 3)]
    assert house.rejects() == []


def test_a_file_whose_rows_are_not_read_is_loaded_again_or_reported(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def begins_evenly(_: Recognised) -> bool:
        return True

    def again(self: Content, _: Path) -> Content:
        return self

    fellow = write_exo(house.folder / "b.csv", exo_in(9))
    file = write_exo(house.folder / "a.csv", exo_in(1), exo_in(2))
    file.write_bytes(b"sep=,\n" + file.read_bytes())
    monkeypatch.setattr(format_staging, "begins_evenly", begins_evenly)
    assert house.load(file, fellow).added.messages == 3
    file.write_bytes(file.read_bytes().replace(b"@a.example", b"@b.example"))
    monkeypatch.setattr(Content, "rewritten", again)
    loaded = house.load(file)
    assert (loaded.sources, [str(problem) for problem in loaded.problems]) == (
        0,
        [f"{file}: cannot be read (it has rows, but they could not be separated)"],
    )


def test_an_open_quote_does_not_swallow_other_files(house: House) -> None:
    bad = write_lines(house.folder / "a.log", [*smtp_header("receive"), *GOOD[:3], GOOD[3] + ',"open', *GOOD[4:]])
    good = write_log(house.folder / "b.log", "receive", talk("receive", opening(), mail("other@a.example"), session="08DE00000000000B"))
    house.load(bad, good)
    assert ("other@a.example",) in house.message("sender")
    assert house.ask(f"SELECT reject_count > 0 FROM trace.source WHERE path = '{bad}'") == [(True,)]


@pytest.mark.parametrize("kind", ["receive", "send"])
def test_a_log_that_is_only_a_header_is_a_source_without_rows(house: House, kind: str) -> None:
    file = write_log(house.folder / "r.log", "receive" if kind == "receive" else "send")
    assert house.load(file).problems == []
    assert house.ask("SELECT message_count, other_count, reject_count FROM trace.source") == [(0, 0, 0)]


def test_the_wrong_delimiter_in_the_rows_rejects_them(house: House) -> None:
    file = write_exo(house.folder / "a.csv", exo_in(1), exo_in(2))
    header, *body = file.read_text().splitlines()
    house.load(write_lines(file, [header, *(line.replace(",", ";") for line in body)]))
    assert house.message("message_id") == []
    assert [line for line, _, _ in house.rejects()] == [2, 3]


def test_a_bad_file_of_a_format_does_not_keep_its_fellows_out(house: House) -> None:
    objects = b'[{"Name": "A", "ConnectorType": "Partner", "SenderDomains": ["a.example"]}]'
    (house.folder / "a.json").write_bytes(objects)
    (house.folder / "b.json").write_bytes(objects.replace(b'"A"', b'"B"')[:-3])
    write_csv(house.folder / "c.csv", [{"Name": "C", "ConnectorType": "Partner"}], ("Name", "ConnectorType", "SenderDomains"))
    eac = write_eac(house.folder / "eac.csv", ("2026-11-09", "From partner - F", 1, 0, 0, 4, 0, 5))
    loaded = house.load(*(house.folder / name for name in ("a.json", "b.json", "c.csv")), eac)
    assert loaded.sources == 3
    assert [str(problem).partition(": ")[0] for problem in loaded.problems] == [str(house.folder / "b.json")]
    assert house.ask("SELECT name FROM trace.connector ORDER BY name") == [("A",), ("C",)]
    assert house.ask("SELECT path FROM trace.source ORDER BY path") == [
        (str(house.folder / name),) for name in ("a.json", "c.csv", "eac.csv")
    ]
