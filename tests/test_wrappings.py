"""Logs in what container runtimes and the journal wrap around their lines: the same messages, stamps and line numbers."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests import test_opensmtpd, test_sendmail
from tests.support.exim_lines import COME
from tests.support.exim_lines import log as exim_log
from tests.support.mail_logs import rows_of, utc, write_log
from tests.support.postfix_lines import TLS_LINE, given, out_tls, taken, to
from tests.support.traces import House
from tui.intake import envelopes
from tui.intake.raw_lines import session_lines

pytestmark = pytest.mark.share(0.25)

POSTFIX = (taken(tls=TLS_LINE) + "\n" + given(to(), before=out_tls())).splitlines()
LONG_AFTER = datetime(2031, 2, 3, tzinfo=UTC)
DAY = datetime(2026, 11, 12, tzinfo=UTC)


def outer(line: str) -> str:
    """Return the stamp that a container runtime gives to a line, a moment after its own."""
    return f"2026-11-12T{line[7:15]}.000456789Z"


def full(line: str) -> str:
    """Return a line with a stamp of RFC 3339 and of UTC."""
    return f"2026-11-12T{line[7:15]}.000456Z {line[16:]}"


def an_hour_later(line: str) -> str:
    """Return a line of a clock that is an hour before UTC."""
    return f"{line[:7]}{int(line[7:9]) + 1:02d}{line[9:]}"


def journal(line: str, **more: object) -> str:
    """Return a line as the journal writes an object of it."""
    host, program, text = line[16:].split(" ", 2)
    name, _, pid = program.rstrip(":").partition("[")
    moment = DAY + timedelta(hours=int(line[7:9]), minutes=int(line[10:12]), seconds=int(line[13:15]))
    result = {"_HOSTNAME": host, "SYSLOG_IDENTIFIER": name, "_PID": pid.rstrip("]"), "MESSAGE": text} | more
    return json.dumps({"__REALTIME_TIMESTAMP": f"{int(moment.timestamp())}000000", "PRIORITY": "6", **result})


def docker(line: str, end: str = "\n") -> str:
    """Return a line as docker's json-file keeps it."""
    stamp = outer(line) if line.startswith("Nov") else "2026-11-12T10:09:00Z"
    return json.dumps({"log": f"{line}{end}", "stream": "stdout", "time": stamp}, separators=(",", ":"))


def in_bytes(line: str) -> str:
    return journal(line, MESSAGE=list(line[16:].split(" ", 2)[2].encode()))


WRAPPED: dict[str, tuple[Callable[[str], str], str]] = {
    "docker logs -t": (lambda line: f"{outer(line)} {line}", "stamps taken off"),
    "another zone": (lambda line: f"{outer(line)} {an_hour_later(line)}", "stamps taken off"),
    "podman logs -t": (lambda line: f"2026-11-12T{int(line[7:9]) + 2}{line[9:15]}+02:00 {line}", "stamps taken off"),
    "docker compose logs -t": (lambda line: f"mail-1  | {outer(line)} {line}", "stamps taken off"),
    "kubectl logs --prefix --timestamps": (lambda line: f"[pod/mail-0/postfix] {outer(line)} {line}", "stamps taken off"),
    "CRI": (lambda line: f"{outer(line)} stdout F {line}", "(CRI)"),
    "CRI, full stamps": (lambda line: f"{outer(line)} stderr F 2026-11-12T{line[7:15]}Z {line[16:]}", "(CRI)"),
    "docker json-file": (lambda line: docker(line), "docker's JSON"),
    "journalctl -o json": (journal, "the journal's JSON"),
    "journalctl -o json, bytes": (in_bytes, "the journal's JSON"),
    "docker in the journal": (lambda line: journal(line, MESSAGE=line, SYSLOG_IDENTIFIER="4f5e6d7c8b9a"), "the journal's JSON"),
    "journalctl -o short-full": (lambda line: f"Thu 2026-11-12 {line[7:15]} UTC {line[16:]}", "the journal's full stamps"),
    "short-full, CET": (lambda line: f"Thu 2026-11-12 {an_hour_later(line)[7:15]} CET {line[16:]}", "the journal's full stamps"),
    "short-full, +0100": (lambda line: f"Thu 2026-11-12 {an_hour_later(line)[7:15]} +0100 {line[16:]}", "the journal's full stamps"),
}


def elsewhere(house: House) -> House:
    """Return a house whose logs are of a zone that no test's log is of."""
    return replace(house, config=replace(house.config, log_zone="Asia/Tokyo"))


def plainly(house: House, rows: Sequence[str]) -> list[tuple[object, ...]]:
    """Return the hops of a log that is not wrapped."""
    one = replace(house, folder=house.folder / "plain")
    one.load(write_log(one.folder / "log", rows), config=utc(house.config))
    found = rows_of(one)
    assert found
    return found


@pytest.mark.share(2)
@pytest.mark.parametrize("wrapping", WRAPPED)
def test_a_wrapped_log_of_postfix_is_that_log(house: House, wrapping: str) -> None:
    wrap, note = WRAPPED[wrapping]
    log = write_log(house.folder / "log", [wrap(line) for line in POSTFIX], LONG_AFTER)
    assert elsewhere(house).load(log).problems == []
    assert rows_of(house) == plainly(house, POSTFIX)
    assert {(server, tls) for server, tls in house.message("server, CAST(tls AS VARCHAR)")} == {("mx1", "TLS 1.2"), ("mx1", "TLS 1.3")}
    ((result,),) = house.ask("SELECT note FROM trace.source")
    assert note in result
    assert "times without a zone" not in result


OTHERS = {
    "sendmail": test_sendmail.log(test_sendmail.TLS, test_sendmail.FROM, test_sendmail.STORED).splitlines(),
    "OpenSMTPD": test_opensmtpd.log(
        test_opensmtpd.CONNECTED, test_opensmtpd.TLS, test_opensmtpd.MESSAGE, test_opensmtpd.ENVELOPE
    ).splitlines(),
    "Exim": [f"Nov 12 10:00:01 mx1 exim[7]: {line[20:]}" for line in exim_log(COME, "Completed").splitlines()],
}


# Each wrapping with one of the servers by turns; what is taken off a line does not depend on its server.
@pytest.mark.share(2)
@pytest.mark.parametrize(
    ("wrapping", "server"),
    [
        pytest.param(wrapping, server, marks=() if (place + turn) % len(OTHERS) == 0 else pytest.mark.exhaustive)
        for place, wrapping in enumerate(WRAPPED)
        for turn, server in enumerate(OTHERS)
    ],
)
def test_so_is_one_of_the_other_mail_servers(house: House, wrapping: str, server: str) -> None:
    rows = OTHERS[server]
    log = write_log(house.folder / "log", [WRAPPED[wrapping][0](line) for line in rows], LONG_AFTER)
    assert elsewhere(house).load(log).problems == []
    assert rows_of(house) == plainly(house, rows)


@pytest.mark.parametrize("hours", [0, 1, -5])
def test_an_exim_mainlog_takes_its_zone_from_the_runtime(house: House, hours: int) -> None:
    rows = exim_log(COME, "Completed", stamp=f"2026-11-12 {10 + hours:02d}:00:{{:02d}}").splitlines()
    elsewhere(house).load(write_log(house.folder / "log", [f"2026-11-12T10:00:{line[17:19]}.004Z {line}" for line in rows]))
    assert house.one("CAST(time_utc AS VARCHAR)") == ("2026-11-12 10:00:00",)


def test_lines_without_a_stamp_and_a_host_have_those_of_the_runtime(house: House) -> None:
    rows = [f"{outer(line)} {line[20:]}" for line in POSTFIX]
    assert rows[0].startswith("2026-11-12T10:00:00.000456789Z postfix/smtpd[11]: connect from ")
    elsewhere(house).load(write_log(house.folder / "log", rows, LONG_AFTER))
    assert house.message("CAST(direction AS VARCHAR), CAST(tls AS VARCHAR), server, CAST(time_utc AS VARCHAR)") == [
        ("inbound", "TLS 1.2", None, "2026-11-12 10:00:02.000456"),
        ("outbound", "TLS 1.3", None, "2026-11-12 10:01:04.000456"),
    ]


def test_the_turn_of_a_year_is_in_the_year_of_the_runtime(house: House) -> None:
    rows = [f"2025-12-31T23:59:59.5Z {line}".replace("Nov 12 10:00", "Jan  1 00:59") for line in taken().splitlines()]
    elsewhere(house).load(write_log(house.folder / "log", rows, LONG_AFTER))
    assert house.one("CAST(time_utc AS VARCHAR)") == ("2025-12-31 23:59:01",)


def test_lines_keep_their_numbers(house: House) -> None:
    cut, queue_id = POSTFIX.index(next(line for line in POSTFIX if "virtual[14]" in line)), "36E6D300017"
    rows = [docker(line) for line in POSTFIX]
    rows[cut] = docker(POSTFIX[cut].partition(", dsn")[0])
    part, rest = POSTFIX[-2][:60], POSTFIX[-2][60:]
    rows[-2:-1] = [docker(part, ""), "no JSON", docker(rest), docker("")]
    file = house.folder / "log.gz"
    file.write_bytes(gzip.compress("".join(f"{row}\n" for row in rows).encode()))
    house.load(file)
    assert [(line, text) for line, _, text in house.rejects()] == [(cut + 1, None)]
    assert house.message("direction = 'outbound', line_no")[-1] == (True, len(POSTFIX) + 1)
    ((path, sha256, size_bytes),) = house.ask("SELECT path, sha256, size_bytes FROM trace.source")
    found = session_lines(path, sha256, size_bytes, None, queue_id, house.folder / "unpacked")
    assert [number for number, _ in found.lines] == [number for number, row in enumerate(rows, 1) if queue_id in row]
    assert found.lines[0][1] == "2026-11-12T10:00:02Z" + POSTFIX[2][15:]


def test_a_part_that_goes_on_is_one_line_with_its_end(house: House) -> None:
    rows = [f"{outer(line)} stdout F {line}" for line in POSTFIX]
    at = next(number for number, line in enumerate(POSTFIX) if "status=sent (250" in line)
    rows[at : at + 1] = [f"{outer(POSTFIX[at])} stdout P {POSTFIX[at][:90]}", f"{outer(POSTFIX[at])} stdout F {POSTFIX[at][90:]}"]
    house.load(write_log(house.folder / "log", rows))
    assert rows_of(house) == plainly(house, POSTFIX)
    assert house.message("line_no", "direction = 'outbound'") == [(at + 2,)]


def test_lines_of_a_container_before_its_server_starts_are_skipped(house: House) -> None:
    before = ["2026-11-12T09:59:00.1Z Starting the mail server", "2026-11-12T09:59:01.1Z", "2026-11-12T09:59:02.1Z * done"]
    house.load(write_log(house.folder / "log", [*before[:1], *before[2:], *(f"{outer(line)} {line}" for line in POSTFIX)], LONG_AFTER))
    assert rows_of(house) == plainly(house, POSTFIX)


def test_the_journal_begins_with_a_line_of_its_own(house: House) -> None:
    rows = ["-- Journal begins at Thu 2026-11-12 09:00:00 UTC. --", *(f"Thu 2026-11-12 {line[7:15]} UTC {line[16:]}" for line in POSTFIX)]
    house.load(write_log(house.folder / "log", rows, LONG_AFTER))
    assert rows_of(house) == plainly(house, POSTFIX)


def test_a_zone_that_may_be_two_is_asked_for(house: House) -> None:
    rows = [f"Thu 2026-11-12 {line[7:15]} CST {line[16:]}" for line in POSTFIX]
    house.load(write_log(house.folder / "log", rows, LONG_AFTER), config=replace(house.config, log_zone="America/Chicago"))
    assert house.message("CAST(time_utc AS VARCHAR)")[0] == ("2026-11-12 16:00:02",)
    assert "times without a zone read as America/Chicago" in house.ask("SELECT note FROM trace.source")[0][0]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_it_may_be_encoded_besides(house: House, encoding: str) -> None:
    file = house.folder / "log"
    file.write_bytes("".join(f"{outer(line)} stdout F {line}\r\n" for line in POSTFIX).encode(encoding))
    house.load(file)
    assert rows_of(house) == plainly(house, POSTFIX)


def test_bytes_that_are_no_utf8_stay_readable(house: House) -> None:
    rows = [f"{outer(line)} {line}" for line in [*POSTFIX * 400, POSTFIX[0].replace("connect from", "warning: Grüße von")]]
    file = house.folder / "log"
    file.write_bytes("".join(f"{row}\n" for row in rows).encode("cp1252"))
    elsewhere(house).load(file)
    assert rows_of(house) == plainly(house, POSTFIX)
    ((note,),) = house.ask("SELECT note FROM trace.source")
    assert note.startswith("the container runtime's stamps taken off; not UTF-8: read as Windows-1252")


def test_objects_in_docker_json_are_objects(house: House) -> None:
    result = (
        '{"type":"Reception","id":"a1","sender":"a@partner.example","recipient":"b@example.com","queue":"example.com","site":"","size":99,'
        '"peer_address":{"name":"mx1.partner.example","addr":"203.0.113.9"},"timestamp":1794478201,"session_id":"s1",'
        '"reception_protocol":"ESMTP","tls_protocol_version":"TLSv1.3","tls_cipher":"TLS_AES_256_GCM_SHA384"}'
    )
    row = json.dumps({"log": f"{result}\n", "stream": "stdout", "time": "2026-11-12T10:10:01.1Z"})
    assert house.load(write_log(house.folder / "log", [row, row.replace("a1", "a2").replace("s1", "s2")])).problems == []
    assert house.message("CAST(tls AS VARCHAR), sender") == [("TLS 1.3", "a@partner.example")] * 2


HOSTILE = [
    '{"log": 7, "time": "2026-11-12T10:00:00Z"}',
    '{"log": "' + "[" * 50_000,
    '{"log": "half a character \\ud83d\\n", "time": "2026-11-12T10:00:00Z"}',
    '{"log": "two\\r\\nlines\\n", "time": "2026-11-12T10:00:00Z"}',
    '{"log": "Nov 31 10:00:00 mx1 postfix/smtpd[1]: x\\n", "time": "2026-11-12T10:00:00Z"}',
    '{"log": "Foo 11 10:00:00 mx1 postfix/smtpd[1]: x\\n", "time": "2026-11-12T10:00:00Z"}',
    '{"log": "Nov 12 10:00:00 mx1 x\\n", "time": "9999-99-99T99:99:99Z"}',
    '{"__REALTIME_TIMESTAMP": "999999999999999999999", "MESSAGE": null}',
    "[" * 100_000,
]


def test_no_line_stops_a_file_or_takes_a_number(house: House) -> None:
    rows = [docker(line) for line in POSTFIX]
    house.load(write_log(house.folder / "log", [*rows[:1], *HOSTILE, *rows[1:]], LONG_AFTER))
    assert rows_of(house) == plainly(house, POSTFIX)
    assert house.message("line_no", "direction = 'inbound'") == [(len(HOSTILE) + 3,)]


def test_a_line_is_read_piece_by_piece(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [docker(line) for line in POSTFIX]
    rows.insert(3, "x" * 5_000)
    monkeypatch.setattr(envelopes, "MAX_LINE", 1_000)
    house.load(write_log(house.folder / "log", rows, LONG_AFTER))
    assert rows_of(house) == plainly(house, POSTFIX)
    assert house.message("line_no", "direction = 'inbound'") == [(3,)]


@pytest.mark.parametrize("rows", [POSTFIX, [full(line) for line in POSTFIX], [f"mail-1  | {line}" for line in POSTFIX]])
def test_a_log_that_is_not_wrapped_is_read_unchanged(house: House, rows: list[str], tmp_path: Path) -> None:
    assert envelopes.envelope_of("\n".join(rows)) is None
    log = write_log(tmp_path / "log", rows)
    house.load(log, config=utc(house.config))
    assert len(house.message("tls")) == 2
