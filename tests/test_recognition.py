"""Files are known wherever their lines stand, whatever their columns are called; a hint names a format only where most of it is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.postfix_lines import TLS_LINE, taken
from tests.support.reports import json_of, run_command, write_rows
from tui.intake.recognition import MAX_SAMPLES, SAMPLE_BYTES

Capture = pytest.CaptureFixture[str]

POSTFIX = taken(tls=TLS_LINE)
OTHER = "Nov 12 09:00:00 mx1 dovecot: imap-login: Disconnected (auth failed, 1 attempts): user=<u>, rip=203.0.113.9, TLS, session=<x>\n"


@pytest.mark.parametrize(("before", "after"), [(70, 0), (5_000, 5_000), (12_000, 1), (61, 9_000)])
def test_a_log_that_is_shared_with_another_program(before: int, after: int, tmp_path: Path, capsys: Capture) -> None:
    log = tmp_path / "mail.log"
    log.write_text(f"{OTHER * before}{POSTFIX}\n{OTHER * after}")
    assert json_of(capsys, log)["flow"]["inbound"]["tls"] == {"TLS 1.2": 1}


def test_a_log_larger_than_all_samples_is_looked_through_in_parts(tmp_path: Path, capsys: Capture) -> None:
    log, half = tmp_path / "mail.log", MAX_SAMPLES * SAMPLE_BYTES // len(OTHER)
    block = "\n".join(POSTFIX.replace("mx1 ", f"mx{number} ") for number in range(400))
    log.write_text(f"{OTHER * half}{block}\n{OTHER * half}")
    assert json_of(capsys, log)["flow"]["inbound"]["messages"] > 0


def test_forms_of_lines_behind_those_of_another_program(tmp_path: Path, capsys: Capture) -> None:
    log = tmp_path / "all.log"
    log.write_text("".join(f"mail.log:{line}\n" for line in f"{OTHER * 100}{POSTFIX}".splitlines()))
    assert json_of(capsys, log)["flow"]["inbound"]["tls"] == {"TLS 1.2": 1}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("dovecot.log", OTHER * 100),
        ("access.log", '203.0.113.9 - - [12/Nov/2026:09:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "x"\n' * 20),
        (
            "events.ndjson",
            '{"ts":"2026-11-12T08:00:01Z","direction":"IN","sender":"a@x.example","recipient":"b@y.example","status":"OK"}\n' * 3,
        ),
        ("people.csv", "name,sender,status,subject\na,b,c,d\n"),
    ],
)
def test_a_hint_names_no_format_of_which_little_is_there(name: str, text: str, tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / name).write_text(text)
    code, _, errors = run_command(capsys, "report", tmp_path / name)
    assert code == 4
    assert "unknown format; " in errors[0]
    assert "are missing" not in errors[0]


ROW = {"Received": "2026-11-12T09:00:00Z", "Direction": "Inbound", "Connector Name": "C", "TLS version": "TLS1.2", "Sender": "a@x.example",
       "Recipients": "b@y.example", "Message ID": "<1@x>"}  # fmt: skip


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (",".join(ROW) + ",", ",".join(ROW.values()) + ","),
        ('"",' + ",".join(ROW), "0," + ",".join(ROW.values())),
        ("  ," + ",".join(ROW) + ",Received", "0," + ",".join(ROW.values()) + ","),
        (",".join(ROW) + ",件名,主題", ",".join(ROW.values()) + ",a,b"),
        (",".join(ROW) + ",Sender,sender_2,SENDER", ",".join(ROW.values()) + ",a,b,c"),
        (",".join(ROW) + ",,,", ",".join(ROW.values()) + ",,,"),
    ],
)
def test_columns_without_a_name_of_their_own(header: str, row: str, tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "messages.csv").write_text(f"{header}\n{row}\n", encoding="utf-8")
    assert json_of(capsys, tmp_path / "messages.csv")["flow"]["inbound"]["tls"] == {"TLS 1.2": 1}


def test_a_file_with_such_columns_stops_no_other(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "messages.csv").write_text(f"{','.join(ROW)},,\n{','.join(ROW.values())},,\n")
    other = write_rows(tmp_path / "other.csv", [{"time_utc": "2026-11-12T10:00:00", "direction": "inbound", "tls": "No TLS"}])
    assert json_of(capsys, tmp_path / "messages.csv", other)["flow"]["inbound"]["tls"] == {"TLS 1.2": 1, "No TLS": 1}


def test_an_exim_log_of_a_night_without_mail(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "mainlog").write_text(
        "2026-11-12 08:00:00 exim 4.97 daemon started: pid=1, -q30m, listening for SMTP on port 25\n"
        "2026-11-12 08:00:05 H=(bot.example) [203.0.113.10] F=<s@spam.example> rejected RCPT <z@other.example>: relay not permitted\n"
    )
    assert json_of(capsys, tmp_path / "mainlog")["not_counted"] == [{"direction": "inbound", "status": "rejected", "messages": 1}]
