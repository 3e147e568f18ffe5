"""What people stumbled over when they used it a third time: days, reports and lines that were said too short."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.support.reports import hops, write_rows, write_table
from tests.support.screens import opened, screen_text, until_shown
from tui.cli import run
from tui.rows import CoverageDay
from tui.view.coverage import coverage_columns, coverage_lines, coverage_summary, gaps_line

Capture = pytest.CaptureFixture[str]


def covered(first: date, days: int, *with_mail: int, direction: str = "inbound") -> list[CoverageDay]:
    hours = [1] * 24
    return [
        CoverageDay(first + timedelta(days=place), direction, 24 if place in with_mail else 0, hours if place in with_mail else None)
        for place in range(days)
    ]


def test_days_without_mail_are_named_by_runs() -> None:
    rows = covered(date(2026, 10, 28), 20, 0, 1, 9, 11, 19)
    assert coverage_summary(rows) == "20 days in the files · inbound: no message on 30 Oct – 5 Nov, 7 Nov, 9–15 Nov"
    assert gaps_line(rows, 78) == "20 days in the files · no message: inbound on 15 (V)"
    assert gaps_line(rows, 84) == "20 days in the files · inbound: no message on 30 Oct – 5 Nov, 7 Nov, 9–15 Nov (V)"


def test_days_of_several_years_say_theirs() -> None:
    rows = covered(date(2023, 12, 30), 733, 0, 732)
    assert coverage_summary(rows) == "733 days in the files · inbound: no message on 31 Dec 2023 – 30 Dec 2025"
    for width in (80, 120):
        columns = coverage_columns(width)
        first = coverage_lines(rows, columns)[-1].cells[0].text
        assert first == ("2023-12-30" if width == 80 else "Sat 30 Dec 2023")
        assert len(first) <= columns[0].width


def test_the_line_of_gaps_fits_and_says_what_it_leaves_out() -> None:
    rows = [*covered(date(2026, 9, 1), 60, *range(0, 60, 3)), *covered(date(2026, 9, 1), 60, *range(0, 60, 2), direction="outbound")]
    assert gaps_line(rows, 78) == "60 days in the files · no message: outbound on 30, inbound on 40 (V)"
    first = "60 days in the files · outbound: no message on 2 Sep and 29 more days · inbound: no message on 2–3 Sep and 38 more days"
    assert gaps_line(rows, 125) == f"{first} (V)"
    assert gaps_line(rows, 150) == f"{first} · 0 other hours without (V)"
    assert coverage_summary(rows, 78) == "60 days in the files · no message: outbound on 30, inbound on 40"


async def test_sources_of_several_years_say_which(tmp_path: Path) -> None:
    write_table(tmp_path / "a.csv", hops(1, "TLS 1.3", "2024-11-10T10:00:00"))
    write_table(tmp_path / "b.csv", hops(1, "TLS 1.3", "2026-11-12T10:00:00"))
    async with opened(tmp_path) as (app, pilot):
        await pilot.press("4")
        text = await until_shown(app, pilot, "11 Nov 2026 (V)")
        assert "no message on 11 Nov 2024 – 11 Nov 2026" in text
        await pilot.press("V")
        await until_shown(app, pilot, "2026-11-12", "no message on 11 Nov 2024 – 11 Nov 2026")
    async with opened(tmp_path, (120, 30)) as (app, pilot):
        await pilot.press("4")
        await until_shown(app, pilot, "10 Nov 2024")
        assert "12 Nov 2026" in screen_text(app)


SENT = "Date,Security Type,Messages\n2025-11-11,DANE,40\n2025-11-12,,7\n2025-11-12,TLS,1200\n2025-11-12,MTA-STS,\n"


async def test_a_file_of_reports_alone_says_what_it_brought(tmp_path: Path, capsys: Capture) -> None:
    sent, trace = tmp_path / "sent.csv", tmp_path / "t.duckdb"
    sent.write_text(SENT)
    assert run(["load", str(sent), "--into", str(trace)]) == 0
    assert "1 file loaded, 0 messages, 1 transit security table of 3 rows (T), 1 line rejected" in capsys.readouterr().err
    assert run(["sources", str(trace)]) == 0
    assert "1 transit security table of 3 rows" in capsys.readouterr().out
    assert run(["show", "security", str(trace)]) == 0
    assert "mailflow show reports" in capsys.readouterr().err
    async with opened(trace) as (app, pilot):
        await until_shown(app, pilot, "no messages, only reports: T opens them")
        await pilot.press("1")
        await until_shown(app, pilot, "no messages, only reports (T opens them)", "6–12 Nov 2025")
        await pilot.press("T")
        await until_shown(app, pilot, "1,247 messages sent", "DANE")


def test_a_type_that_is_left_blank_is_counted_and_a_row_without_a_count_rejected(tmp_path: Path, capsys: Capture) -> None:
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


def keys_of(path: Path) -> list[str]:
    names = {"/": "slash", ".": "full_stop", "-": "minus", "_": "underscore"}
    return [names.get(letter, letter) for letter in str(path)]


async def exported(tmp_path: Path, sources: Path, *words: str) -> list[str]:
    """Open the first source, export its rejected lines, and answer their texts."""
    target = tmp_path / "out.csv"
    async with opened(sources, (120, 40)) as (app, pilot):
        await pilot.press("4", "enter")
        await until_shown(app, pilot, *words)
        await pilot.press("e")
        await until_shown(app, pilot, "Export (Enter save")
        await pilot.press("ctrl+u", *keys_of(target), "enter")
        await until_shown(app, pilot, "written to")
    with target.open() as file:
        return [row["text"] for row in csv.DictReader(file)]


async def test_a_rejected_row_shows_its_line_of_the_file(tmp_path: Path) -> None:
    lines = ["time_utc,direction,tls,subject", '2026-11-12T10:00:00,inbound,TLS 1.3,"two', 'lines"', "never,inbound,TLS 1.3,x", ""]
    lines += ["2026-11-12T10:00:00,inbound,TLS 1.3,y", "2999-01-01T10:00:00,inbound,TLS 1.3,z"]
    (tmp_path / "t.csv").write_text("\n".join(lines) + "\n")
    trace = tmp_path / "t.duckdb"
    assert run(["load", str(tmp_path / "t.csv"), "--into", str(trace)]) == 0
    result = await exported(tmp_path, trace, "never,inbound,TLS 1.3,x", "in the future", "2999-01-01T10:00:00,inbound")
    assert result == ["never,inbound,TLS 1.3,x", "2999-01-01T10:00:00,inbound,TLS 1.3,z"]
    (tmp_path / "out.csv").unlink()
    (tmp_path / "t.csv").unlink()
    words = "(the text of this row was not stored)"
    assert await exported(tmp_path, trace, words) == [words, words]


async def test_nothing_rejected_is_nothing_to_export(tmp_path: Path) -> None:
    async with opened(write_table(tmp_path / "t.csv", hops(1, "TLS 1.3"))) as (app, pilot):
        await pilot.press("4", "enter")
        await until_shown(app, pilot, "Rejected lines · 0")
        await pilot.press("e")
        await until_shown(app, pilot, "no rejected lines to export")
        assert "Export (Enter save" not in screen_text(app)


async def test_the_keys_are_those_of_the_line(tmp_path: Path) -> None:
    write_table(tmp_path / "a.csv", hops(1, "TLS 1.3"))
    (tmp_path / "b.csv").write_text("milk,bread,butter\n1,2,3\n")
    (tmp_path / "c.log").write_text("milk\n")
    (tmp_path / "d.log").write_bytes(b"")
    async with opened(tmp_path) as (app, pilot):
        await pilot.press("4")
        await until_shown(app, pilot, "Enter details and rejected lines  u read as")
        await pilot.press("G")
        text = await until_shown(app, pilot, "Enter reason")
        assert "rejected lines  " not in text
        keys = set[str]()
        for _ in range(3):
            await pilot.press("up")
            await pilot.pause()
            keys.add(screen_text(app).splitlines()[-1].partition("/")[0].strip())
        assert "Enter map columns  u read as …" in keys
        await pilot.press("g")
        await until_shown(app, pilot, "Enter details and rejected lines  u read as")


def test_what_a_file_says_twice_is_not_blamed_on_another(tmp_path: Path, capsys: Capture) -> None:
    row = {"time_utc": "2026-11-12T10:00:00", "direction": "inbound", "tls": "TLS 1.3", "message_id": "<1@a.example>", "hop_key": "7"}
    write_rows(tmp_path / "t.csv", [row, row])
    assert run(["sources", str(tmp_path / "t.csv")]) == 0
    assert "1 hop already counted, in this or another file" in capsys.readouterr().out


def test_a_source_that_is_not_there_is_said_with_those_that_are(tmp_path: Path, capsys: Capture) -> None:
    trace = tmp_path / "t.duckdb"
    assert run(["load", str(write_table(tmp_path / "t.csv", hops(1, "TLS 1.3"))), "--into", str(trace)]) == 0
    capsys.readouterr()
    assert run(["forget", str(trace), "--source", "9"]) == 2
    result = capsys.readouterr().err
    assert result == f"mailflow: source 9: no such source in {trace}; it has 1 (mailflow sources {trace} lists them)\n"
