"""TLS reports of others (RFC 8460): a table of its own, never messages."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zipfile
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from tests.support.reports import hops, json_of, write_table
from tests.support.screens import opened, until_shown
from tui.cli import run

pytestmark = pytest.mark.share(0.33)

Capture = pytest.CaptureFixture[str]


def report(report_id: str = "r1", *, start: str = "2026-11-12T00:00:00Z", mx_host: object = "*.mail.example.com") -> dict[str, Any]:
    return {
        "organization-name": "Partner Mail",
        "date-range": {"start-datetime": start, "end-datetime": "2026-11-12T23:59:59Z"},
        "contact-info": "tls@partner.example",
        "report-id": report_id,
        "policies": [
            {
                "policy": {"policy-type": "sts", "policy-string": ["version: STSv1"], "policy-domain": "Example.com", "mx-host": mx_host},
                "summary": {"total-successful-session-count": 940, "total-failure-session-count": 60},
                "failure-details": [
                    {"result-type": "starttls-not-supported", "sending-mta-ip": "192.0.2.7", "receiving-mx-hostname": "mx2.example.com",
                     "failed-session-count": 50},
                    {"result-type": "certificate-expired", "receiving-mx-hostname": "mx1.example.com", "failed-session-count": 10},
                ],
            },
            {
                "policy": {"policy-type": "no-policy-found", "policy-domain": "example.com"},
                "summary": {"total-successful-session-count": 7, "total-failure-session-count": 0},
            },
        ],
    }  # fmt: skip


def shown(capsys: Capture, *paths: Path, first: str = "2026-11-09") -> list[tuple[str, ...]]:
    capsys.readouterr()
    code = run(["show", "reports", *map(str, paths), "--from", first, "--to", "2026-11-15"])
    result = capsys.readouterr()
    assert code == 0, result.err
    rows = csv.DictReader(io.StringIO(result.out))
    return [(row["policy_domain"], row["policy_type"], row["result_type"], row["good"], row["failed"]) for row in rows]


TRUTH = [
    ("example.com", "no-policy-found", "", "7", "0"),
    ("example.com", "sts", "", "940", "60"),
    ("example.com", "sts", "certificate-expired", "0", "10"),
    ("example.com", "sts", "starttls-not-supported", "0", "50"),
]


def as_mail(path: Path, stored: bytes, kind: str) -> Path:
    mail = EmailMessage()
    mail["From"] = "tls@partner.example"
    mail["Subject"] = "Report Domain: example.com"
    mail["Message-ID"] = "<1@partner.example>"
    mail.set_content("A report.")
    mail.add_attachment(stored, maintype="application", subtype=kind, filename="partner.example!example.com!1!2.json.gz")
    path.write_bytes(mail.as_bytes())
    return path


@pytest.mark.parametrize("way", ["json", "pretty", "gz", "zip", "eml", "eml-json", "nameless"])
def test_each_way_in_which_a_report_comes(way: str, tmp_path: Path, capsys: Capture) -> None:
    text = json.dumps(report(), indent=2 if way == "pretty" else None).encode()
    path = tmp_path / f"r.{way}"
    if way == "gz":
        path.write_bytes(gzip.compress(text))
    elif way == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("r.json", text)
    elif way == "eml":
        as_mail(path, gzip.compress(text), "tlsrpt+gzip")
    elif way == "eml-json":
        as_mail(path, text, "tlsrpt+json")
    else:
        path.write_bytes(text)
    assert shown(capsys, path) == TRUTH


def test_a_report_that_came_twice_counts_once(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "a.json").write_text(json.dumps(report()))
    (tmp_path / "b.json").write_text(json.dumps(report(), indent=1))
    assert shown(capsys, tmp_path / "a.json", tmp_path / "b.json") == TRUTH


def test_two_reports_add_up(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "a.json").write_text(json.dumps(report()))
    (tmp_path / "b.json").write_text(json.dumps(report("r2")))
    assert shown(capsys, tmp_path)[1] == ("example.com", "sts", "", "1880", "120")


def test_times_without_a_zone_and_hosts_as_a_list_are_read(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "a.json").write_text(json.dumps(report(start="2026-11-12T00:00:00", mx_host=["a.example.com", "b.example.com"])))
    assert shown(capsys, tmp_path / "a.json") == TRUTH


def test_a_report_without_a_day_is_a_reject(tmp_path: Path, capsys: Capture) -> None:
    result = report()
    del result["date-range"]
    (tmp_path / "a.json").write_text(json.dumps(result))
    assert shown(capsys, tmp_path / "a.json") == []
    assert run(["sources", str(tmp_path / "a.json")]) == 0
    assert "1 line rejected" in capsys.readouterr().out


def test_sessions_are_never_messages(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "a.json").write_text(json.dumps(report()))
    write_table(tmp_path / "t.csv", hops(3, "TLS 1.3"))
    flow = json_of(capsys, tmp_path)["flow"]
    assert {direction: one["messages"] for direction, one in flow.items()} == {"inbound": 3}


async def test_they_stand_in_a_section_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(report()))
    write_table(tmp_path / "t.csv", hops(3, "TLS 1.3"))
    async with opened(tmp_path) as (app, pilot):
        await until_shown(app, pilot, "►View Details◄")
        await pilot.press("T")
        screen = await until_shown(app, pilot, "reported by others about you (TLS-RPT): 1,007 sessions, 60 failed")
        assert "starttls-not" in screen
        assert "MTA-STS" in screen
