"""The extended report as people have it: every encoding, delimiter and header that an export or Excel leaves behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.traces import EXO_COLUMNS, House, exo_in, exo_out, write_csv, write_exo
from tui.errors import UnreadableError, UnrecognisedError

pytestmark = pytest.mark.share(0.25)

SUBJECT = "Grüße, Ωmega – “quoted” 日本"
PLAIN = "Prix: 5 €, déjà vu"


@pytest.mark.share(3)
@pytest.mark.parametrize(
    ("encoding", "bom", "subject"),
    [
        ("utf-16-le", False, SUBJECT),
        ("utf-16-le", True, SUBJECT),
        ("utf-16-be", False, SUBJECT),
        ("utf-16-be", True, SUBJECT),
        ("utf-8", False, SUBJECT),
        ("utf-8", True, SUBJECT),
        ("cp1252", False, PLAIN),
        ("utf-16-le", False, "party 🎉 and 𝄞"),
        ("utf-16-le", True, "party 🎉"),
        ("utf-8", False, "party 🎉"),
        ("utf-16-le", False, "one\r\ntwo\nthree"),
        ("utf-8", False, 'one\r\ntwo, "three"\nfour'),
    ],
)
def test_an_encoding_is_found_out(house: House, encoding: str, bom: bool, subject: str) -> None:
    rows = [exo_in(1), exo_in(2, message_subject=subject), exo_in(3)]
    loaded = house.load(write_exo(house.folder / "a.csv", *rows, encoding=encoding, bom=bom))
    assert loaded.problems == []
    found = house.message("message_id, replace(subject, chr(13), ''), tls")
    wanted = [
        ("<1@a.example>", "Greetings"),
        ("<2@a.example>", subject.replace("\r", "")),
        ("<3@a.example>", "Greetings"),
    ]
    assert found == [(*row, "TLS 1.2") for row in wanted]
    assert house.rejects() == []


def test_cp1252_far_behind_the_start_of_the_file_is_found_out_too(house: House) -> None:
    rows = [exo_in(number, date_time_utc="2026-11-10T10:00:00.000Z") for number in range(1, 400)]
    file = write_exo(
        house.folder / "a.csv",
        *rows,
        exo_in(400, date_time_utc="2026-11-10T11:00:00Z", message_subject=PLAIN),
        encoding="cp1252",
    )
    assert file.stat().st_size > 80_000
    other = write_exo(house.folder / "b.csv", exo_in(500, date_time_utc="2026-11-10T12:00:00Z", message_subject=SUBJECT))
    house.load(file, other)
    assert house.message("subject", "subject <> 'Greetings'") == [(PLAIN,), (SUBJECT,)]
    assert house.flow() == {("inbound", None, "TLS 1.2"): 401}
    notes = house.ask("SELECT parse_filename(path), note, reject_count FROM trace.source ORDER BY path")
    assert notes == [("a.csv", "not UTF-8: read as Windows-1252", 0), ("b.csv", None, 0)]


@pytest.mark.share(3)
@pytest.mark.parametrize("mixed", [b"\n", b"\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_two_kinds_of_line_ends_in_one_file_are_read(house: House, mixed: bytes, encoding: str) -> None:
    file = write_exo(house.folder / "a.csv", exo_in(1), exo_in(2, message_subject=PLAIN), exo_in(3), exo_in(4), encoding=encoding)
    lines = file.read_bytes().split(b"\r\n")
    file.write_bytes(lines[0] + b"\r\n" + lines[1] + mixed + lines[2] + b"\r\n" + lines[3] + b"\r\n" + lines[4] + mixed)
    house.load(file, write_exo(house.folder / "b.csv", exo_in(5)))
    assert house.message("subject, line_no") == [
        ("Greetings", 2),
        (PLAIN, 3),
        ("Greetings", 4),
        ("Greetings", 5),
        ("Greetings", 2),
    ]


FIRST_LINES = ("", "sep=X\r\n", '"sep=X"\r\n', "#TYPE Selected.System.Management.Automation.PSCustomObject\r\n")


def test_a_delimiter_and_a_first_line_of_excel_or_powershell(house: House) -> None:
    data = "S:a=1;'S:InboundConnectorData=Name=A; b, c;ConnectorType=Partner';S:tlsversion=TLS1.1"
    shapes = [(delimiter, before) for delimiter in (";", "\t", ",") for before in FIRST_LINES]
    for number, (delimiter, before) in enumerate(shapes, 1):
        row = exo_in(number, message_subject="a;b,c\td", custom_data=data)
        file = house.folder / "in" / f"{number}.csv"
        write_csv(file, [row], EXO_COLUMNS, delimiter=delimiter, before=before.replace("X", delimiter))
    assert house.load(house.folder / "in").problems == []
    assert house.message("message_id, subject, connector, tls, line_no") == [
        (f"<{number}@a.example>", "a;b,c\td", "A; b, c", "TLS 1.1", 3 if before else 2) for number, (_, before) in enumerate(shapes, 1)
    ]


HEADERS = (
    '"' + '","'.join(EXO_COLUMNS) + '"',
    '"""date_time_utc""",' + ",".join(EXO_COLUMNS[1:]),
    " date_time_utc , " + " , ".join(EXO_COLUMNS[1:]),
    ",".join(name.upper() for name in EXO_COLUMNS),
    ",".join(name.replace("_", "-") for name in EXO_COLUMNS),
    '\ufeff"\ufeffdate_time_utc",' + ",".join(EXO_COLUMNS[1:]),
)


def test_odd_headers_are_understood(house: House) -> None:
    shapes = [(header, encoding) for header in HEADERS for encoding in ("utf-8", "utf-16-le")]
    for number, (header, encoding) in enumerate(shapes, 1):
        file = write_exo(house.folder / "in" / f"{number}.csv", exo_in(number))
        body = file.read_text().partition("\n")[2]
        file.write_bytes((header + "\r\n" + body).encode(encoding))
    assert house.load(house.folder / "in").problems == []
    assert house.message("message_id, tls") == [(f"<{number}@a.example>", "TLS 1.2") for number in range(1, len(shapes) + 1)]


def test_columns_may_stand_in_another_order_and_some_may_be_missing(house: House) -> None:
    some = [
        "custom_data",
        "extra",
        "message_subject",
        "event_id",
        "directionality",
        "source",
        "network_message_id",
        "date_time_utc",
    ]
    house.load(write_csv(house.folder / "a.csv", [exo_in(1), exo_in(2)], some))
    assert house.message("subject, tls, recipients, sender") == [("Greetings", "TLS 1.2", [], None)] * 2


@pytest.mark.parametrize("column", ["custom_data", "source"])
def test_a_column_that_is_needed_and_missing_is_one_clear_error(house: House, column: str) -> None:
    names = [name for name in EXO_COLUMNS if name != column]
    file = write_csv(house.folder / "a.csv", [exo_in(1)], names)
    loaded = house.load(file)
    assert loaded.sources == 0
    [problem] = loaded.problems
    assert isinstance(problem, UnreadableError)
    assert str(problem) == f"{file}: looks like Exchange Online extended report, but has no column {column}"


def test_a_missing_column_that_recognition_needs_is_reported(house: House) -> None:
    file = write_csv(house.folder / "a.csv", [exo_in(1)], [name for name in EXO_COLUMNS if name != "event_id"])
    [problem] = house.load(file).problems
    assert isinstance(problem, UnrecognisedError)
    assert "for Exchange Online extended report the columns event_id are missing" in str(problem)


def test_sizes_are_numbers_and_the_largest_row_counts(house: House) -> None:
    house.load(write_exo(house.folder / "a.csv", exo_out(1, total_bytes="999"), exo_out(1, total_bytes="1000")))
    assert house.one("size_bytes") == (1000,)


def test_a_header_alone_is_a_source_without_messages(house: House, tmp_path: Path) -> None:
    loaded = house.load(write_exo(tmp_path / "a.csv"))
    assert (loaded.sources, loaded.problems) == (1, [])
    assert house.ask("SELECT row_count, message_count, reject_count, first_utc FROM trace.source") == [(0, 0, 0, None)]
