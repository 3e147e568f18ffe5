"""A file that no format knows: its columns are named once, and files like it are read from then on."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from tests.support.reports import json_of
from tui.cli import run
from tui.view.mapping import guessed

pytestmark = pytest.mark.share(0.25)

Capture = pytest.CaptureFixture[str]

HEADER = '"Empfangen","Richtung","From","To","TLS benutzt","Betreff"\n'
ROWS = [
    '"13.11.2026 10:00:00","Incoming","a@partner.example","b@example.com","TLS1.2","one"\n',
    '"13.11.2026 10:00:00","Incoming","a@partner.example","b@example.com","TLS1.2","one"\n',
    '"13.11.2026 11:00:00","Originating","b@example.com","a@partner.example","none","two"\n',
]
PAIRS = ["time=Empfangen", "direction=Richtung", "sender=From", "recipients=To", "subject=Betreff", "tls=TLS benutzt"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MAILFLOW_CONFIG_HOME", str(tmp_path / "config"))
    (tmp_path / "odd.csv").write_text(HEADER + "".join(ROWS))
    return tmp_path


def test_an_unknown_file_names_the_way_to_read_it(folder: Path, capsys: Capture) -> None:
    assert run(["report", str(folder / "odd.csv")]) == 4
    assert f"map its columns with mailflow map {folder / 'odd.csv'}" in capsys.readouterr().err


def test_a_missing_file_is_reported_as_everywhere(folder: Path, capsys: Capture) -> None:
    gone = folder / "nofile.csv"
    assert run(["load", str(gone), "--into", str(folder / "trace.duckdb")]) == 2
    words = capsys.readouterr().err
    for arguments in (["map", str(gone)], ["map", str(gone), *PAIRS]):
        assert run(arguments) == 2
        assert capsys.readouterr().err == words == f"mailflow: {gone}: no such file or folder\n"


def test_the_columns_are_shown_with_what_they_may_be(folder: Path, capsys: Capture) -> None:
    assert run(["map", str(folder / "odd.csv")]) == 0
    result = capsys.readouterr().out
    assert "time=Empfangen" in result
    assert "direction=Richtung" in result
    assert "'tls=TLS benutzt'" in result
    assert "sender=From" in result


def test_a_mapped_file_is_read_from_then_on(folder: Path, capsys: Capture) -> None:
    assert run(["map", str(folder / "odd.csv"), *PAIRS]) == 0
    flow = json_of(capsys, folder / "odd.csv")["flow"]
    assert flow["inbound"]["tls"] == {"TLS 1.2": 2}
    assert flow["outbound"]["tls"] == {"No TLS": 1}
    (folder / "next.csv").write_text(HEADER.replace(",", ";") + ROWS[0].replace(",", ";"))
    assert json_of(capsys, folder / "next.csv")["flow"]["inbound"]["tls"] == {"TLS 1.2": 1}


def test_json_with_the_same_keys_is_read_too(folder: Path, capsys: Capture) -> None:
    assert run(["map", str(folder / "odd.csv"), *PAIRS]) == 0
    cells = ["2026-11-13T10:00:00Z", "Incoming", "a@partner.example", "b@example.com", "TLS1.3", "x"]
    names = HEADER.strip().replace('"', "").split(",")
    (folder / "odd.json").write_text(json.dumps([dict(zip(names, cells, strict=True))]))
    assert json_of(capsys, folder / "odd.json")["flow"]["inbound"]["tls"] == {"TLS 1.3": 1}


def test_a_direction_may_be_set_for_all_rows(folder: Path, capsys: Capture) -> None:
    assert run(["map", str(folder / "odd.csv"), "time=Empfangen", "direction=inbound", "tls=TLS benutzt", "--name", "In bound"]) == 0
    assert json_of(capsys, folder / "odd.csv")["flow"]["inbound"]["messages"] == 3
    assert (folder / "config" / "formats" / "in_bound.sql").is_file()


@pytest.mark.share(2)
@pytest.mark.parametrize(
    ("inbound", "outbound"),
    [
        ("Eingehend", "ausgehend"), ("entrant", "Sortant"), ("entrante", "saliente"), ("in entrata", "in uscita"), ("inkomend", "uitgaand"),
    ],
)  # fmt: skip
def test_a_direction_in_other_words_is_understood(inbound: str, outbound: str, folder: Path, capsys: Capture) -> None:
    (folder / "odd.csv").write_text(HEADER + "".join(ROWS).replace("Incoming", inbound).replace("Originating", outbound))
    assert run(["map", str(folder / "odd.csv")]) == 0
    assert "direction=Richtung" in capsys.readouterr().out
    assert run(["map", str(folder / "odd.csv"), *PAIRS]) == 0
    flow = json_of(capsys, folder / "odd.csv")["flow"]
    assert (flow["inbound"]["messages"], flow["outbound"]["messages"]) == (2, 1)


def test_a_direction_that_is_not_understood_is_a_rejected_line(folder: Path, capsys: Capture) -> None:
    rows = [
        ROWS[0],
        ROWS[0].replace("Incoming", "x@partner.example"),
        ROWS[2].replace("Originating", "unknown"),
        ROWS[2].replace("Originating", ""),
    ]
    (folder / "odd.csv").write_text(HEADER + "".join(rows))
    assert run(["map", str(folder / "odd.csv"), *PAIRS]) == 0
    assert json_of(capsys, folder / "odd.csv")["sources"][0]["rejected"] == 1
    assert run(["load", str(folder / "odd.csv"), "--into", str(folder / "trace.duckdb")]) == 0
    with duckdb.connect(folder / "trace.duckdb", read_only=True) as trace:
        rejects = trace.execute("SELECT line_no, reason FROM reject").fetchall()
        result = trace.execute("SELECT line_no, CAST(direction AS VARCHAR) FROM message ORDER BY line_no").fetchall()
    assert result == [(2, "inbound"), (4, "unknown"), (5, "unknown")]
    assert rejects == [(3, "the direction is neither inbound nor outbound")]


def test_the_source_shows_how_its_dates_were_read(folder: Path, capsys: Capture) -> None:
    (folder / "us.csv").write_text(HEADER + ROWS[0].replace("13.11.2026", "11/13/2026"))
    assert run(["map", str(folder / "odd.csv"), *PAIRS]) == 0
    assert json_of(capsys, folder / "us.csv")["data"]["last"] == "2026-11-13T10:00:00Z"
    capsys.readouterr()
    assert run(["sources", str(folder / "us.csv")]) == 0
    assert "month first, as 11/13/2026 10:00:00 shows" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    ("pairs", "word"),
    [
        (["time=Nowhere", "direction=inbound"], "no such column"),
        (["hour=Empfangen"], "unknown field"),
        (["time=Empfangen"], "the direction column is required"),
        (["Empfangen"], "expected FIELD=COLUMN"),
    ],
)
def test_a_pair_that_means_nothing_is_one_line(pairs: list[str], word: str, folder: Path, capsys: Capture) -> None:
    assert run(["map", str(folder / "odd.csv"), *pairs]) == 2
    result = capsys.readouterr().err
    assert word in result
    assert result.count("\n") == 1
    assert not (folder / "config" / "formats").exists()


def test_a_format_that_is_there_is_not_written_over(folder: Path, capsys: Capture) -> None:
    assert run(["map", str(folder / "odd.csv"), *PAIRS]) == 0
    assert run(["map", str(folder / "odd.csv"), *PAIRS]) == 2
    assert run(["map", str(folder / "odd.csv"), *PAIRS, "--name", "postfix", "--force"]) == 2
    assert run(["map", str(folder / "odd.csv"), *PAIRS, "--force"]) == 0
    assert "--force" in capsys.readouterr().err


def test_what_the_map_writes_is_sound(folder: Path, capsys: Capture) -> None:
    assert run(["map", str(folder / "odd.csv"), *PAIRS]) == 0
    assert run(["formats", "--check", str(folder / "config" / "formats" / "odd.sql")]) == 0
    assert "is sound" in capsys.readouterr().out


GOOD = """-- title: Relay
-- help: What the relay writes.
-- provides: time
-- lacks: the rest
-- recognise: header when way
-- reader: csv
-- columns: when, way
-- into: message
SELECT source_id, line_no, time_of("when") AS time_utc, direction_of(way) AS direction, 'Not recorded' AS tls, 'Relay' AS system,
    md5_number_lower("when") AS hop_key
FROM raw
"""


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("-- reader: csv", "-- reader: xml", "reader: invalid value 'xml'"),
        ("-- into: message", "-- into: mails", "into: invalid value 'mails'"),
        ("-- recognise: header", "-- recognise: line (", "not a regular expression"),
        ("-- recognise: header", "-- recognise: name", "begins with 'name'"),
        ("-- recognise: header when way", "-- recognise: header", "names no column, so every CSV file would match"),
        ("-- recognise: header when way", "-- recognise: json", "names no key, so every JSON file would match"),
        ("-- recognise: header when way", "-- recognise: line", "has no pattern, so every text file would match"),
        ("AS direction", "AS directoin", "did you mean direction?"),
        ("line_no,", "", "returns no column line_no"),
        ("FROM raw", "FROM row", "row"),
        ("time_of(", "time_off(", "time_off"),
        ("-- provides: time\n", "", "has no '-- provides:' line"),
        ("-- help", "-- halp", "unknown header 'halp:'"),
    ],
)
def test_what_is_wrong_with_a_format_is_reported(old: str, new: str, word: str, tmp_path: Path, capsys: Capture) -> None:
    file = tmp_path / "relay.sql"
    file.write_text(GOOD)
    assert run(["formats", "--check", str(file)]) == 0
    file.write_text(GOOD.replace(old, new))
    capsys.readouterr()
    assert run(["formats", "--check", str(file)]) == 2
    assert word in capsys.readouterr().out


def test_names_are_guessed_as_field_and_exports_spell_them() -> None:
    columns = ["Date-Time", "Sender Address", "Recipient Address", "TLS Version", "Connector Name", "Client IP", "Total Bytes"]
    assert guessed(columns) == {
        "time": "Date-Time", "sender": "Sender Address", "recipients": "Recipient Address", "tls": "TLS Version",
        "connector": "Connector Name", "ip": "Client IP", "size": "Total Bytes",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["Direction", "way", "Mailflow direction", "Mail-Flow Way", "mail_dir", "Richtung der Mail"])
def test_a_column_that_may_contain_the_direction_is_suggested(tmp_path: Path, capsys: Capture, name: str) -> None:
    (tmp_path / "x.csv").write_text(f"when,{name},host\n2026-11-13 10:00:00,eingehend,mx.a.example\n")
    assert run(["map", str(tmp_path / "x.csv")]) == 0
    result = capsys.readouterr().out
    assert f"direction={name}" in result
    assert "direction=inbound" not in result


def test_without_a_direction_both_ways_are_named(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "x.csv").write_text("when,subway,host\n2026-11-13 10:00:00,x,mx.a.example\n")
    assert run(["map", str(tmp_path / "x.csv")]) == 0
    result = capsys.readouterr().out
    assert "direction=inbound" in result
    assert "use direction=COLUMN" in result
