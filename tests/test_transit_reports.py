"""Exchange Online's report on outbound messages in transit: totals of its own, never messages."""

from __future__ import annotations

import csv
import io
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sample_data.generator import build_world, write_world
from sample_data.generator.writers import exo_transit
from tests.support.reports import hops, json_of, write_table
from tests.support.screens import opened, until_shown
from tui.cli import run

pytestmark = pytest.mark.share(0.33)

Capture = pytest.CaptureFixture[str]
WRITTEN = datetime(2026, 11, 15, 9, 0, tzinfo=UTC).timestamp()
BLOCKED = (
    "Recipient Domain,Security Type,Count of Messages Blocked,Distinct Error Generated for Domain\n"
    "Fabrikam.example,SMTP DANE,12,dane-required\ncontoso.example,MTA-STS,3,sts-policy-fetch-error\n"
)


def shown(capsys: Capture, *paths: Path, first: str = "2026-11-09", last: str = "2026-11-15") -> list[tuple[str, ...]]:
    capsys.readouterr()
    code = run(["show", "reports", *map(str, paths), "--from", first, "--to", last])
    result = capsys.readouterr()
    assert code == 0, result.err
    names = ("kind", "policy_domain", "policy_type", "result_type", "good", "failed")
    return [tuple(row[name] for name in names) for row in csv.DictReader(io.StringIO(result.out))]


def written(path: Path, text: str) -> Path:
    path.write_text(text)
    os.utime(path, (WRITTEN, WRITTEN))
    return path


@pytest.mark.parametrize(
    "text",
    [
        "Date,Security Type,Messages\n2026-11-12,DANE,40\n2026-11-12,MTA-STS,30\n2026-11-12,Opportunistic TLS,1200\n2026-11-13,No TLS,5\n",
        "Date,SecurityType,MessageCount\n12/11/2026,DANE,40\n12/11/2026,STS,30\n12/11/2026,TLS Only,1200\n13/11/2026,No-TLS,5\n",
        "Date,DANE,MTA-STS,TLS,No TLS\n2026-11-12,40,30,1200,0\n2026-11-13,0,0,0,5\n",
    ],
)  # fmt: skip
def test_what_was_sent_is_read_in_each_shape(text: str, tmp_path: Path, capsys: Capture) -> None:
    assert shown(capsys, written(tmp_path / "sent.csv", text)) == [
        ("messages", "", "DANE", "", "40", "0"),
        ("messages", "", "MTA-STS", "", "30", "0"),
        ("messages", "", "No TLS", "", "5", "0"),
        ("messages", "", "TLS", "", "1200", "0"),
    ]


def test_what_only_begins_with_no_is_not_no_tls(tmp_path: Path, capsys: Capture) -> None:
    path = written(tmp_path / "sent.csv", "Date,Security Type,Messages\n2026-11-12,Not available,60\n2026-11-12,No TLS,5\n")
    assert shown(capsys, path) == [("messages", "", "No TLS", "", "5", "0"), ("messages", "", "Not available", "", "60", "0")]


def test_what_was_blocked_is_of_the_week_before_its_file(tmp_path: Path, capsys: Capture) -> None:
    path = written(tmp_path / "blocked.csv", BLOCKED)
    assert shown(capsys, path) == [
        ("messages", "contoso.example", "MTA-STS", "sts-policy-fetch-error", "0", "3"),
        ("messages", "fabrikam.example", "DANE", "dane-required", "0", "12"),
    ]
    assert shown(capsys, path, first="2026-10-01", last="2026-10-31") == []


def test_days_in_two_exports_count_once(tmp_path: Path, capsys: Capture) -> None:
    head = "Date,Recipient Domain,Messages\n"
    written(tmp_path / "a.csv", f"{head}2026-11-12,plain.example,7\n2026-11-13,plain.example,2\n")
    written(tmp_path / "b.csv", f"{head}2026-11-13,plain.example,4\n2026-11-14,plain.example,1\n")
    written(tmp_path / "c.csv", BLOCKED)
    written(tmp_path / "d.csv", BLOCKED.replace(",12,", ",9,"))
    os.utime(tmp_path / "d.csv", (WRITTEN + 60, WRITTEN + 60))
    assert shown(capsys, tmp_path) == [
        ("messages", "contoso.example", "MTA-STS", "sts-policy-fetch-error", "0", "3"),
        ("messages", "fabrikam.example", "DANE", "dane-required", "0", "9"),
        ("messages", "plain.example", "No TLS", "", "12", "0"),
    ]


def test_a_count_that_is_none_is_a_reject(tmp_path: Path, capsys: Capture) -> None:
    written(tmp_path / "sent.csv", "Date,DANE,MTA-STS,TLS,No TLS\n2026-11-12,40,many,1200,0\nsoon,1,1,1,1\n")
    assert len(shown(capsys, tmp_path)) == 3
    assert run(["sources", str(tmp_path)]) == 0
    assert "2 lines rejected" in capsys.readouterr().out


def test_its_messages_are_in_no_flow(tmp_path: Path, capsys: Capture) -> None:
    written(tmp_path / "sent.csv", "Date,DANE,MTA-STS,TLS,No TLS\n2026-11-12,40,30,1200,5\n")
    write_table(tmp_path / "t.csv", hops(3, "TLS 1.3"))
    flow = json_of(capsys, tmp_path)["flow"]
    assert {direction: one["messages"] for direction, one in flow.items()} == {"inbound": 3}


def test_a_world_of_5000_messages(tmp_path: Path, capsys: Capture) -> None:
    world = build_world(5_000, 4711, formats={exo_transit.FORMAT})
    write_world(world, tmp_path)
    mails = world.mails[exo_transit.FORMAT]
    rows = shown(capsys, tmp_path, first="2026-11-02")
    result = {row[1:4]: (int(row[4]), int(row[5])) for row in rows}
    truth: dict[tuple[str, ...], tuple[int, int]] = {}
    for (_, kind), count in exo_transit.sent(mails).items():
        truth["", kind, ""] = (truth.get(("", kind, ""), (0, 0))[0] + count, 0)
    for (_, domain), count in exo_transit.in_clear(mails).items():
        truth[domain, "No TLS", ""] = (truth.get((domain, "No TLS", ""), (0, 0))[0] + count, 0)
    truth |= {key: (0, count) for key, count in exo_transit.blocked(mails).items()}
    assert result == truth
    assert len(result) == len(rows)


def test_names_in_an_error_are_hidden(tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILFLOW_CONFIG_HOME", str(tmp_path / "config"))
    written(tmp_path / "blocked.csv", BLOCKED.replace("dane-required", "dane-required at mx1.fabrikam.example"))
    capsys.readouterr()
    assert run(["show", "reports", str(tmp_path / "blocked.csv"), "--redact", "--from", "2026-11-09", "--to", "2026-11-15"]) == 0
    result = capsys.readouterr().out
    assert "dane-required at " in result
    assert "fabrikam" not in result.lower()


async def test_they_stand_in_a_section_of_their_own(tmp_path: Path) -> None:
    written(tmp_path / "blocked.csv", BLOCKED)
    written(tmp_path / "sent.csv", "Date,DANE,MTA-STS,TLS,No TLS\n2026-11-12,40,30,1200,5\n")
    write_table(tmp_path / "t.csv", hops(3, "TLS 1.3"))
    async with opened(tmp_path) as (app, pilot):
        await until_shown(app, pilot, "►View Details◄")
        await pilot.press("T")
        screen = await until_shown(app, pilot, "reported by Exchange Online: 1,275 messages sent, 15 blocked")
        assert "all recipients' domains" in screen
        assert "30 messages (2." in screen
        assert "dane-requir" in screen


SENT = "Date,Security Type,Messages\n2025-11-11,DANE,40\n2025-11-12,,7\n2025-11-12,TLS,1200\n2025-11-12,MTA-STS,\n"


def test_a_blank_type_is_counted_and_a_row_without_a_count_rejected(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "sent.csv").write_text(SENT)
    (tmp_path / "blocked.csv").write_text("Recipient Domain,Security Type,Count of Messages Blocked\na.example,,4\nb.example,DANE,\n")
    (tmp_path / "wide.csv").write_text("Date,DANE,MTA-STS,TLS,No TLS\n2025-11-10,,,,\n2025-11-10,,,9,\n")
    assert run(["show", "reports", str(tmp_path), "--from", "2025-01-01", "--format", "json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert {(row["policy_domain"], row["policy_type"]): (row["good"], row["failed"]) for row in result} == {
        (None, "DANE"): (40, 0),
        (None, "Not recorded"): (7, 0),
        (None, "TLS"): (1209, 0),
        ("a.example", "Not recorded"): (0, 4),
    }
    assert {row["kind"] for row in result} == {"messages"}
    assert run(["sources", str(tmp_path), "--format", "csv"]) == 0
    assert sorted(row["reject_count"] for row in csv.DictReader(io.StringIO(capsys.readouterr().out))) == ["1", "1", "1"]
