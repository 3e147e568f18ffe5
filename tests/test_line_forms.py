"""Logs as log hosts, grep and exports write them: each form of a line gives the report of the plain file."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from tests.support.reports import json_of, run_command
from tui.intake.line_forms import FORMS, forms_of, without_forms
from tui.resources import bundled

Capture = pytest.CaptureFixture[str]

_SYSLOG = re.compile(r"([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\S+) (\S+) ([^\s\[:]+)\[(\d+)\]: (.*)")


@dataclass(frozen=True)
class Entry:
    """A line of syslog; `text` is what the program wrote."""

    moment: datetime
    host: str
    program: str
    pid: str
    text: str

    @property
    def rfc3164(self) -> str:
        return f"{self.moment:%b} {self.moment.day:2d} {self.moment:%H:%M:%S}"

    @property
    def iso(self) -> str:
        return f"{self.moment:%Y-%m-%dT%H:%M:%S}.000123+00:00"

    @property
    def tag(self) -> str:
        return f"{self.program}[{self.pid}]:"

    @property
    def plain(self) -> str:
        return f"{self.rfc3164} {self.host} {self.tag} {self.text}"


def entry_of(line: str) -> Entry:
    found = _SYSLOG.fullmatch(line)
    assert found, line
    stamp = found[1]
    moment = datetime.fromisoformat(stamp) if stamp[0].isdigit() else datetime.strptime(f"2026 {stamp}", "%Y %b %d %H:%M:%S")
    return Entry(moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC), found[2], found[3], found[4], found[5])


LINES: dict[str, Callable[[Entry], str]] = {
    "iso": lambda e: f"{e.iso} {e.host} {e.tag} {e.text}",
    "iso-space": lambda e: f"{e.moment:%Y-%m-%d %H:%M:%S} {e.host} {e.tag} {e.text}",
    "iso-comma": lambda e: f"{e.moment:%Y-%m-%d %H:%M:%S},123 +0000 {e.host} {e.tag} {e.text}",
    "priority": lambda e: f"<22>{e.plain}",
    "rfc5424": lambda e: f"<22>1 {e.iso} {e.host} {e.program} {e.pid} - - {e.text}",
    "rfc5424-data": lambda e: f'<22>1 {e.iso} {e.host} {e.program} {e.pid} ID47 [a@1 b="c \\"\\]d"][e@2 f="g"] {e.text}',
    "rfc5424-bare": lambda e: f"1 {e.iso} {e.host} {e.program} {e.pid} - - {e.text}",
    "year-first": lambda e: f"{e.moment:%Y} {e.rfc3164}.123 {e.host} {e.tag} {e.text}",
    "year-third": lambda e: f"{e.rfc3164[:6]} {e.moment:%Y} {e.rfc3164[7:]} {e.host} {e.tag} {e.text}",
    "openwrt": lambda e: f"{e.moment:%a} {e.rfc3164} {e.moment:%Y} mail.info {e.tag} {e.text}",
    "short-unix": lambda e: f"{e.moment.timestamp():.6f} {e.host} {e.tag} {e.text}",
    "busybox": lambda e: f"{e.rfc3164} {e.host} mail.info {e.tag} {e.text}",
    "aix": lambda e: f"{e.rfc3164} {e.host} mail:info {e.tag} {e.text}",
    "freebsd-v": lambda e: f"{e.rfc3164} <mail.info> {e.host} {e.tag} {e.text}",
    "solaris": lambda e: f"{e.rfc3164} {e.host} {e.tag} [ID 197553 mail.info] {e.text}",
    "level": lambda e: f"{e.iso} {e.host} info {e.tag} {e.text}",
    "level-for-host": lambda e: f"{e.iso} INFO    {e.tag} {e.text}",
    "no-host": lambda e: f"{e.rfc3164} {e.tag} {e.text}",
    "facility-last": lambda e: f"{e.rfc3164} {e.host} {e.tag[:-1]} <mail.info>: {e.text}",
    "with-unit": lambda e: f"{e.rfc3164} {e.host} mta@-.service {e.tag} {e.text}",
    "tabs": lambda e: f"{e.rfc3164}\t{e.host}\t{e.tag}\t{e.text}",
    "colours": lambda e: f"\x1b[0m{e.plain}",
    "relay": lambda e: f"{e.rfc3164} loghost {e.plain}",
    "relay-iso": lambda e: f"{e.iso} loghost relay[7]: {e.plain}",
    "nested": lambda e: f"{e.rfc3164} dockerhost docker[32360]: {e.plain}",
    "grep-H": lambda e: f"/var/log/mail.log.2.gz:{e.plain}",
    "grep-Hn": lambda e: f"mail.log:17:{e.plain}",
    "grep-n": lambda e: f"17:{e.plain}",
    "select-string": lambda e: f"C:\\logs\\mail.log:17:{e.plain}",
    "loki": lambda e: f'{e.moment:%Y-%m-%dT%H:%M:%SZ} {{host="{e.host}", job="mail"}} {e.plain}',
    "grep-of-rfc5424": lambda e: f"mail.log:<22>1 {e.iso} {e.host} {e.program} {e.pid} - - {e.text}",
}  # fmt: skip


def objects(make: Callable[[Entry], dict[str, Any]]) -> Callable[[Sequence[Entry]], str]:
    return lambda entries: "".join(f"{json.dumps(make(entry))}\n" for entry in entries)


def table(make: Callable[[Entry], dict[str, str]]) -> Callable[[Sequence[Entry]], str]:
    def written(entries: Sequence[Entry]) -> str:
        rows = [make(entry) for entry in entries]
        file = io.StringIO()
        writer = csv.DictWriter(file, rows[0], quoting=csv.QUOTE_ALL)
        writer.writeheader()
        writer.writerows(rows)
        return file.getvalue()

    return written


EXPORTS: dict[str, Callable[[Sequence[Entry]], str]] = {
    "splunk-csv": table(lambda e: {"_time": f"{e.moment:%Y-%m-%dT%H:%M:%S}.000+0000", "_raw": e.plain, "host": e.host}),
    "splunk-newest-first": lambda entries: table(
        lambda e: {"_raw": e.plain, "_time": f"{e.moment:%Y-%m-%dT%H:%M:%S}.000+0000"}
    )(entries[::-1]),
    "splunk-json": objects(lambda e: {"preview": False, "result": {"_time": e.iso, "_raw": e.plain, "host": e.host}}),
    "filebeat": objects(lambda e: {"@timestamp": e.iso, "log": {"file": {"path": "/var/log/mail.log"}}, "message": e.plain}),
    "elastic": objects(
        lambda e: {"@timestamp": e.iso, "host": {"name": e.host}, "process": {"name": e.program, "pid": int(e.pid)}, "message": e.text}
    ),
    "elastic-search": lambda entries: json.dumps(
        {"took": 1, "hits": {"total": 9, "hits": [{"_source": {"@timestamp": e.iso, "message": e.plain}} for e in entries]}}
    ),
    "graylog": table(lambda e: {"timestamp": e.iso, "source": e.host, "message": f"{e.tag} {e.text}"}),
    "sentinel": table(
        lambda e: {
            "TimeGenerated [UTC]": f"{e.moment.month}/{e.moment.day}/{e.moment:%Y, %I:%M:%S}.000 {e.moment:%p}",
            "Computer": e.host, "ProcessName": e.program, "ProcessID": e.pid, "SyslogMessage": e.text,
        }
    ),
    "cloudwatch": lambda entries: json.dumps(
        {"events": [{"timestamp": int(e.moment.timestamp() * 1000), "message": e.plain} for e in entries]}
    ),
    "loki-json": lambda entries: json.dumps(
        {"data": {"result": [{"stream": {"host": "mx"}, "values": [[f"{int(e.moment.timestamp())}000000000", e.plain] for e in entries]}]}}
    ),
    "fluent-bit": objects(lambda e: {"date": e.moment.timestamp(), "log": e.plain, "stream": "stdout"}),
    "mailcow": lambda entries: json.dumps(
        [{"time": str(int(e.moment.timestamp())), "program": e.tag[:-1], "message": e.text, "host": e.host} for e in entries]
    ),
}  # fmt: skip
SYSTEMS = ("postfix", "sendmail", "opensmtpd")


@cache
def entries_of(system: str) -> tuple[Entry, ...]:
    """Return the lines of a bundled log of a system: of one server, so that all are of one clock."""
    folder = bundled("sample_data") / "every-format" / system
    server = sorted(path for path in folder.iterdir() if path.is_dir())[0]
    found: list[Entry] = []
    for file in server.rglob("*"):
        if file.is_file():
            data = file.read_bytes()
            text = (gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data).decode()
            found += [entry_of(line) for line in text.splitlines() if _SYSLOG.fullmatch(line)]
    return tuple(sorted(found, key=lambda entry: entry.moment))


def counts(capsys: Capture, path: Path) -> tuple[Any, Any, Any]:
    report = json_of(capsys, path, "--log-zone", "UTC")
    return report["flow"], report["not_counted"], report["data"]


@pytest.mark.share(8)
@pytest.mark.parametrize(("system", "form"), list(product(SYSTEMS, LINES)))
def test_each_form_of_a_line_gives_the_same_report(system: str, form: str, tmp_path: Path, capsys: Capture) -> None:
    entries = entries_of(system)
    (tmp_path / "plain.log").write_text("".join(f"{entry.plain}\n" for entry in entries), encoding="utf-8")
    (tmp_path / "formed.log").write_text("".join(f"{LINES[form](entry)}\n" for entry in entries), encoding="utf-8")
    expected = counts(capsys, tmp_path / "plain.log")
    assert expected[0]
    assert counts(capsys, tmp_path / "formed.log") == expected


@pytest.mark.share(5)
@pytest.mark.parametrize(("system", "export"), list(product(SYSTEMS, EXPORTS)))
def test_each_export_of_records_gives_the_same_report(system: str, export: str, tmp_path: Path, capsys: Capture) -> None:
    entries = entries_of(system)
    (tmp_path / "plain.log").write_text("".join(f"{entry.plain}\n" for entry in entries), encoding="utf-8")
    (tmp_path / "export").write_text(EXPORTS[export](entries), encoding="utf-8")
    assert counts(capsys, tmp_path / "export") == counts(capsys, tmp_path / "plain.log")


DAMAGED: dict[str, Callable[[Sequence[Entry]], str]] = {
    "a document that ends early": lambda entries: EXPORTS["elastic-search"](entries)[:-40],
    "a list that ends early": lambda entries: EXPORTS["mailcow"](entries)[:-3],
    "a cell that never ends": lambda entries: EXPORTS["graylog"](entries[:30]) + '"' + "x" * 200_000,
}  # fmt: skip


@pytest.mark.parametrize("kind", DAMAGED)
def test_a_damaged_export_is_one_line_and_stops_no_other_file(kind: str, tmp_path: Path, capsys: Capture) -> None:
    entries = entries_of("postfix")
    (tmp_path / "plain.log").write_text("".join(f"{entry.plain}\n" for entry in entries), encoding="utf-8")
    (tmp_path / "export").write_text(DAMAGED[kind](entries), encoding="utf-8")
    code, _, errors = run_command(capsys, "report", tmp_path / "export")
    assert (code, errors) == (3, [f"mailflow: {tmp_path / 'export'}: is damaged: its records cannot be separated; export it again"])
    assert counts(capsys, tmp_path) == counts(capsys, tmp_path / "plain.log")


CISCO = {
    "iso": "2026-11-10T08:00:0{}+00:00 esa1.example.com mail_logs: Info: ",
    "priority-no-host": "<22>Nov 10 08:00:0{} mail_logs: Info: ",
    "syslog": "Nov 10 08:00:0{} esa1.example.com mail_logs: Info: ",
    "both-stamps": "<22>Nov 10 08:00:0{0} esa1 mail_logs: Tue Nov 10 08:00:0{0} 2026 Info: ",
}


@pytest.mark.share(2)
@pytest.mark.parametrize("form", CISCO)
def test_lines_of_cisco_by_syslog(form: str, tmp_path: Path, capsys: Capture) -> None:
    texts = [
        "New SMTP ICID 11 interface Data1 (192.0.2.30) address 203.0.113.5 reverse dns host mail.partner.example verified yes",
        "ICID 11 ACCEPT SG UNKNOWNLIST match sbrs[-1.0:10.0] SBRS 2.0",
        "ICID 11 TLS success protocol TLSv1.2 cipher ECDHE-RSA-AES256-GCM-SHA384",
        "Start MID 21 ICID 11",
        "MID 21 ICID 11 From: <a@partner.example>",
        "MID 21 ICID 11 RID 0 To: <u@example.com>",
        "MID 21 ready 2048 bytes from <a@partner.example>",
    ]
    log = tmp_path / "esa.log"
    log.write_text("".join(f"{CISCO[form].format(second)}{text}\n" for second, text in enumerate(texts)), encoding="utf-8")
    report = json_of(capsys, log, "--log-zone", "UTC")
    assert report["flow"]["inbound"]["tls"] == {"TLS 1.2": 1}
    assert report["data"]["first"] == "2026-11-10T08:00:04Z"


@pytest.mark.parametrize(
    ("before", "line"),
    [
        ("/var/log/exim4/mainlog:", "2026-11-10 08:00:00 1tAbcd-000000001aB-2xyz <= a@partner.example"),
        ("", "2026-11-10 08:00:00 mx1.example.com exim[297]: 1tAbcd-000000001aB-2xyz <= a@partner.example"),
        ("", "2026-11-10 08:00:00 info exim[803]: [803] 1tAbcd-000000001aB-2xyz <= a@partner.example"),
        ("mainlog-20261110.gz:3:", "2026-11-10 08:00:00 1tAbcd-000000001aB-2xyz <= a@partner.example"),
    ],
)
def test_what_stands_before_a_line_of_exim_is_removed(before: str, line: str) -> None:
    lines = [f"{before}{line}"]
    assert without_forms(lines, forms_of(lines)) == ["2026-11-10 08:00:00 1tAbcd-000000001aB-2xyz <= a@partner.example"]


@pytest.mark.parametrize(
    "line",
    [
        "2026-11-10 08:00:00 1tAbcd-000000001aB-2xyz => u <u@example.com> R=local_user T=dovecot_lmtp",
        "2026-11-10 08:00:00 1tAbcd-000000001aB-2xyz TLS session: (SSL_connect): reset: delivering unencrypted to H=mx.example [192.0.2.8]",
        "2026-11-10 08:00:00 no host name found for IP address 203.0.113.9",
        "2026-11-10 08:00:00 H=(bot1.example) [203.0.113.9] F=<s@spam.example> rejected RCPT <z@other.example>: relay not permitted",
        "Nov 10 08:00:00 mx1 postfix/smtpd[101]: connect from a.example[203.0.113.9]",
        "2026-11-10T08:00:00.123456+01:00 mx1 postfix/smtpd[101]: connect from a.example[203.0.113.9]",
        "Tue Nov 10 08:00:00 2026 Info: ICID 11 TLS success protocol TLSv1.2 cipher X",
        "date=2026-11-10 time=15:29:45.394 device_id=FE log_id=1",
        "#Fields: date-time,connector-id,session-id",
        "2026-11-10T08:00:00.000Z,EX01\\Default EX01,08DE,0,192.0.2.1:25,203.0.113.9:4711,+,,",
    ],
)
def test_a_line_in_its_common_form_stays_as_it_is(line: str) -> None:
    assert forms_of([line]) == ()


def test_a_time_that_is_not_valid_leaves_the_line_as_it_is() -> None:
    lines = ["2026 Nov 31 08:00:00 mx1 postfix/smtpd[1]: connect", "2026 Nov 30 08:00:00 mx1 postfix/smtpd[1]: connect"]
    assert without_forms(lines, forms_of(lines)) == [lines[0], "2026-11-30T08:00:00 mx1 postfix/smtpd[1]: connect"]


def test_each_form_occurs_in_a_test() -> None:
    entry = Entry(datetime(2026, 11, 10, 8, tzinfo=UTC), "mx1", "postfix/smtpd", "1", "connect from a.example[203.0.113.9]")
    lines = [make(entry) for make in LINES.values()]
    lines += [text.format(0) + "ICID 1 close" for text in CISCO.values()]
    lines += [
        f'2026-11-10T08:00:00Z {{a="b"}} {entry.tag} x',
        "2026-11-10 08:00:00 exim[1]: x",
        f"1 {entry.iso} mx1 exim - - - x",
        f"17-{entry.plain}",
    ]
    assert {form.name for form in FORMS} - {form.name for line in lines for form in forms_of([line])} == set()
