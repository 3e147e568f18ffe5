"""What a trace file is made to forget, and what is never kept in it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.support.reports import hops, json_of, write_rows, write_table
from tests.support.traces import mail, opening, talk, write_log
from tui.cli import run

pytestmark = pytest.mark.share(0.25)

Capture = pytest.CaptureFixture[str]


def two_weeks(folder: Path) -> list[Path]:
    old = write_table(folder / "old.csv", hops(40, "TLS 1.0", "2026-11-03T10:05:00", peer_host="mx.example"))
    new = write_table(folder / "new.csv", hops(60, "TLS 1.3", "2026-11-12T10:05:00", peer_host="mx.example"))
    return [old, new]


def loaded(folder: Path, *options: str) -> Path:
    trace = folder / "t.duckdb"
    for file in two_weeks(folder):
        assert run(["load", str(file), "--into", str(trace), *options]) == 0
    return trace


def answered(trace: Path, query: str) -> list[Any]:
    with duckdb.connect(str(trace), read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_a_source_goes_with_all_that_came_from_it(tmp_path: Path, capsys: Capture) -> None:
    trace = loaded(tmp_path)
    assert run(["forget", str(trace), "--source", "1"]) == 0
    assert "40 messages" in capsys.readouterr().err
    assert json_of(capsys, trace, "--days", 30)["flow"]["inbound"]["tls"] == {"TLS 1.3": 60}
    assert answered(trace, "SELECT count(*) FROM peer_day WHERE tls = 'TLS 1.0'") == [(0,)]


def test_a_source_that_was_forgotten_can_be_loaded_again(tmp_path: Path, capsys: Capture) -> None:
    trace = loaded(tmp_path)
    before = json_of(capsys, trace, "--days", 30)["flow"]
    assert run(["forget", str(trace), "--source", "1"]) == 0
    assert run(["load", str(tmp_path / "old.csv"), "--into", str(trace)]) == 0
    assert json_of(capsys, trace, "--days", 30)["flow"] == before


def test_of_old_messages_the_totals_stay(tmp_path: Path, capsys: Capture) -> None:
    trace = loaded(tmp_path)
    before = json_of(capsys, trace, "--days", 30)
    assert run(["forget", str(trace), "--before", "2026-11-10"]) == 0
    after = json_of(capsys, trace, "--days", 30)
    assert (after["flow"], after["connectors"]) == (before["flow"], before["connectors"])
    assert answered(trace, "SELECT count(*) FROM message WHERE tls = 'TLS 1.0'") == [(0,)]


def test_what_is_older_than_a_trace_file_keeps_does_not_come_back(tmp_path: Path, capsys: Capture) -> None:
    trace = loaded(tmp_path)
    assert run(["forget", str(trace), "--before", "2026-11-10"]) == 0
    more = write_table(tmp_path / "more.csv", [*hops(5, "No TLS", "2026-11-03T11:00:00"), *hops(7, "No TLS", "2026-11-12T11:00:00")])
    assert run(["load", str(more), "--into", str(trace)]) == 0
    assert "7 messages, 0 lines rejected; 5 messages before the retention date, not stored" in capsys.readouterr().err
    assert json_of(capsys, trace, "--days", 30)["flow"]["inbound"]["tls"] == {"No TLS": 7, "TLS 1.0": 40, "TLS 1.3": 60}


def test_settings_that_were_forgotten_explain_no_mail(tmp_path: Path, capsys: Capture) -> None:
    settings = tmp_path / "in.csv"
    settings.write_text("Name,Enabled,ConnectorType,SenderIPAddresses,SenderDomains,RequireTls\nHQ,True,OnPremises,203.0.113.9,,False\n")
    log = write_rows(tmp_path / "t.csv", hops(3, "TLS 1.2", system="Postfix", peer_ip="203.0.113.9"))
    trace = tmp_path / "t.duckdb"
    assert run(["load", str(settings), str(log), "--into", str(trace)]) == 0
    assert json_of(capsys, trace)["connectors"][0]["connector"] == "HQ"
    number = answered(trace, "SELECT source_id FROM source WHERE format = 'connector_settings'")[0][0]
    assert run(["forget", str(trace), "--source", str(number)]) == 0
    assert json_of(capsys, trace)["connectors"][0]["connector"] is None


@pytest.mark.share(2)
@pytest.mark.parametrize(
    ("options", "word"),
    [(["--source", "9"], "no such source"), ([], "choose what to forget"), (["--source", "1", "--before", "2026-11-10"], "choose what"),
     (["--before", "soon"], "is not a date"), (["--before", "2999-01-01"], "is in the future")],
)  # fmt: skip
def test_what_cannot_be_forgotten_is_one_line(options: list[str], word: str, tmp_path: Path, capsys: Capture) -> None:
    trace = loaded(tmp_path)
    capsys.readouterr()
    assert run(["forget", str(trace), *options]) == 2
    result = capsys.readouterr().err
    assert word in result
    assert result.count("\n") == 1


def test_a_file_that_is_not_there_is_not_made_by_forgetting(tmp_path: Path) -> None:
    assert run(["forget", str(tmp_path / "none.duckdb"), "--source", "1"]) == 2
    assert not (tmp_path / "none.duckdb").exists()


def test_what_is_left_out_is_nowhere_in_the_file(tmp_path: Path, capsys: Capture) -> None:
    row = {"subject": "Quarterly Figures", "sender": "someone@partner.example", "recipients": "anna@example.com;ben@example.com"}
    table = write_rows(tmp_path / "t.csv", [*hops(1, "TLS 1.3", **row), {"time_utc": "never anna@example.com", "direction": "inbound"}])
    trace = tmp_path / "t.duckdb"
    assert run(["load", str(table), "--into", str(trace), "--without", "subject, recipients,sender"]) == 0
    stored = trace.read_bytes()
    for word in (b"Quarterly", b"someone", b"anna", b"ben@"):
        assert word not in stored
    assert json_of(capsys, trace, "--count", "recipients")["connectors"][0]["messages"] == 2
    assert answered(trace, "SELECT recipients FROM message") == [(["@example.com", "@example.com"],)]


def test_an_unknown_column_to_leave_out_is_named(tmp_path: Path, capsys: Capture) -> None:
    table = write_table(tmp_path / "t.csv", hops(1, "TLS 1.3"))
    assert run(["load", str(table), "--into", str(tmp_path / "t.duckdb"), "--without", "body"]) == 2
    assert "cannot exclude body: invalid value; choose from" in capsys.readouterr().err


def test_sources_lists_each_file_and_what_it_lacks(tmp_path: Path, capsys: Capture) -> None:
    trace = loaded(tmp_path)
    capsys.readouterr()
    assert run(["sources", str(trace)]) == 0
    result = capsys.readouterr().out
    assert "old.csv" in result
    assert "message_table" in result
    assert "not in this format: the other columns" in result
    assert "40 messages" in result


def test_standard_input_is_a_file_like_others(tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    stored = write_table(tmp_path / "t.csv", hops(3, "TLS 1.3")).read_bytes()
    monkeypatch.setattr("tui.intake.stdin._spool", [])
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stored)))
    report = json_of(capsys, "-")
    assert report["flow"]["inbound"]["messages"] == 3
    assert [source["path"] for source in report["sources"]] == ["-"]


def test_what_is_left_out_does_not_come_in_with_a_second_observation(tmp_path: Path) -> None:
    (tmp_path / "detail.csv").write_text(
        "Date,MessageId,MessageTraceId,Event,Action,Detail,Data\n"
        "2026-11-13T10:00:00,<1@p>,g1,Receive,,Message received by: A.prod.outlook.com using TLS1.2 with AES256,\n"
    )
    (tmp_path / "summary.csv").write_text(
        "origin_timestamp_utc,sender_address,recipient_status,message_subject,total_bytes,message_id,network_message_id,"
        "original_client_ip,directionality,connector_id,delivery_priority\n"
        "2026-11-13T10:00:00,someone@partner.example,anna@example.com##Receive,Quarterly,9,<1@p>,g1,192.0.2.1,1,,N\n"
    )
    trace = tmp_path / "t.duckdb"
    for name in ("detail.csv", "summary.csv"):
        assert run(["load", str(tmp_path / name), "--into", str(trace), "--without", "subject,sender,recipients"]) == 0
    assert answered(trace, "SELECT subject, sender, recipients, tls FROM message") == [
        (None, "@partner.example", ["@example.com"], "TLS 1.2")
    ]


LISTED = (
    "origin_timestamp_utc,sender_address,recipient_status,message_subject,total_bytes,message_id,network_message_id,"
    "original_client_ip,directionality,connector_id,delivery_priority\n"
)


def listed(path: Path, *numbers: int) -> Path:
    rows = (f"2026-11-13T10:0{one}:00,a@partner.example,b@example.com##Receive,Hi,9,<{one}@p>,g{one},192.0.2.1,1,,N\n" for one in numbers)
    path.write_text(LISTED + "".join(rows))
    return path


@pytest.mark.share(1)
@pytest.mark.parametrize("forgotten", [1, 2])
@pytest.mark.parametrize("at_once", [True, False])
def test_what_another_file_contains_too_stays(forgotten: int, at_once: bool, tmp_path: Path, capsys: Capture) -> None:
    files = [listed(tmp_path / "1.csv", 1, 2, 3), listed(tmp_path / "2.csv", 2, 3, 4)]
    trace = tmp_path / "t.duckdb"
    for some in [files] if at_once else [[one] for one in files]:
        assert run(["load", *map(str, some), "--into", str(trace)]) == 0
    assert json_of(capsys, trace)["flow"]["inbound"]["messages"] == 4
    assert run(["forget", str(trace), "--source", str(forgotten)]) == 0
    assert ("1 message; 2 messages remain" if forgotten == 1 else "1 message\n") in capsys.readouterr().err
    report = json_of(capsys, trace)
    assert report["flow"]["inbound"]["messages"] == 3
    assert [(source["path"].rpartition("/")[2], source["messages"]) for source in report["sources"]] == [(f"{3 - forgotten}.csv", 3)]


def test_what_is_left_out_is_in_no_reply_and_no_reason(tmp_path: Path) -> None:
    log = tmp_path / "mainlog"
    log.write_text(
        "2026-11-13 10:00:00 1d175P-0002Rb-Pn <= amy@isp.example H=out5.isp.example [203.0.113.64] P=esmtpsa A=login:amy@isp.example "
        'X=TLS1.2:ECDHE_RSA_AES_128_GCM_SHA256:128 S=10710 id=1@isp.example T="Quarterly" for ben@example.com\n'
        "2026-11-13 10:00:01 1d175P-0002Rb-Pn ** cem@partner.example R=dnslookup T=remote_smtp H=mx2.partner.example [203.0.113.44] "
        ': SMTP error from remote mail server after RCPT TO:<"cem d"@partner.example>: 550 5.1.1 no such user "cem d"\n'
    )
    trace = tmp_path / "t.duckdb"
    assert run(["load", str(log), "--into", str(trace), "--without", "subject,sender,recipients", "--log-zone", "UTC"]) == 0
    stored = trace.read_bytes()
    for word in (b"amy", b"cem", b"ben@", b"Quarterly"):
        assert word not in stored
    assert answered(trace, "SELECT reply FROM message WHERE direction = 'outbound'") == [("550 5.1.1",)]
    assert answered(trace, "SELECT auth_user FROM message WHERE direction = 'submission'") == [("@isp.example",)]
    assert answered(trace, "SELECT recognised_by FROM source") == [("line 1",)]


def test_of_a_session_in_two_files_the_other_half_stays_as_if_it_had_come_alone(tmp_path: Path, capsys: Capture) -> None:
    rows = talk("receive", opening("SP_PROT_TLS1_2_SERVER"), mail("a@a.example"), mail("b@b.example"), "-")
    cut = len(talk("receive", opening("SP_PROT_TLS1_2_SERVER"), mail("a@a.example")))
    parts = [write_log(tmp_path / f"{number}.LOG", "receive", half) for number, half in enumerate((rows[:cut], rows[cut:]), 1)]
    both, alone = tmp_path / "both.duckdb", tmp_path / "alone.duckdb"
    for part in parts:
        assert run(["load", str(part), "--into", str(both)]) == 0
    assert json_of(capsys, both)["flow"]["inbound"]["tls"] == {"TLS 1.2": 2}
    assert run(["forget", str(both), "--source", "1"]) == 0
    assert run(["load", str(parts[1]), "--into", str(alone)]) == 0
    assert json_of(capsys, both)["flow"] == json_of(capsys, alone)["flow"]
    assert json_of(capsys, both)["flow"]["inbound"]["tls"] == {"Not recorded": 1}


def test_a_failed_session_in_two_files_stays_until_both_are_forgotten(tmp_path: Path, capsys: Capture) -> None:
    rows = talk("receive", opening(), "C STARTTLS\nS 220 2.0.0 SMTP server ready\n* TLS negotiation failed with error SocketError|\n-")
    other = talk("receive", opening(), mail(), "-", session="08DE000000000002", at="2026-11-10T09:55:00")
    files = [write_log(tmp_path / name, "receive", rows, *more) for name, more in (("1.LOG", []), ("2.LOG", [other]))]
    trace = tmp_path / "t.duckdb"
    for file in files:
        assert run(["load", str(file), "--into", str(trace)]) == 0
    count = "SELECT count(*) FROM failed_session WHERE NOT is_duplicate"
    assert answered(trace, count) == [(1,)]
    assert run(["forget", str(trace), "--source", "1"]) == 0
    assert answered(trace, count) == [(1,)]
    assert run(["forget", str(trace), "--source", "2"]) == 0
    assert answered(trace, count) == [(0,)]
