"""The Sources screen: files, rejected lines and their export, and what could not be used."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.support.reports import hops, write_table
from tests.support.screens import opened, paste, screen_text, until_shown
from tui.cli import run

pytestmark = pytest.mark.share(0.25)

Capture = pytest.CaptureFixture[str]
SENT = "Date,Security Type,Messages\n2025-11-11,DANE,40\n2025-11-12,,7\n2025-11-12,TLS,1200\n2025-11-12,MTA-STS,\n"


async def test_a_file_that_could_not_be_used_shows_its_reason_in_full(tmp_path: Path) -> None:
    write_table(tmp_path / "t.csv", hops(3, "TLS 1.3"))
    (tmp_path / "a-file-with-quite-a-long-name-that-is-binary.bin").write_bytes(bytes(range(256)) * 50)
    async with opened(tmp_path) as (app, pilot):
        await pilot.press("4")
        await until_shown(app, pilot, "1 file could not be used")
        await pilot.press("G", "enter")
        shown = await until_shown(app, pilot, "Could not be used")
        assert "is binary, not text" in " ".join(screen_text(app).split()) or "is binary" in shown


async def test_a_temporary_load_is_saved_and_no_file_overwritten(tmp_path: Path) -> None:
    target = tmp_path / "kept.duckdb"
    async with opened(write_table(tmp_path / "t.csv", hops(47, "TLS 1.2"))) as (app, pilot):
        await until_shown(app, pilot, "►View Details◄")
        for _ in range(2):
            await pilot.press("S")
            await until_shown(app, pilot, "Save the loaded data")
            await pilot.press("ctrl+u")
            await paste(app, pilot, str(target))
            await pilot.press("enter")
            await pilot.pause(0.3)
        await until_shown(app, pilot, "already exists")
        await pilot.press("escape")
    async with opened(target) as (app, pilot):
        await until_shown(app, pilot, "Inbound: 47")


async def test_dates_of_several_years_show_the_year(tmp_path: Path) -> None:
    write_table(tmp_path / "a.csv", hops(1, "TLS 1.3", "2024-11-10T10:00:00"))
    write_table(tmp_path / "b.csv", hops(1, "TLS 1.3", "2026-11-12T10:00:00"))
    async with opened(tmp_path) as (app, pilot):
        await pilot.press("4")
        text = await until_shown(app, pilot, "11 Nov 2026 (V)")
        assert "no counted message on 11 Nov 2024 – 11 Nov 2026" in text
        await pilot.press("V")
        await until_shown(app, pilot, "2026-11-12", "no counted message on 11 Nov 2024 – 11 Nov 2026")
    async with opened(tmp_path, (120, 30)) as (app, pilot):
        await pilot.press("4")
        await until_shown(app, pilot, "10 Nov 2024")
        assert "12 Nov 2026" in screen_text(app)


async def test_a_file_of_reports_only_says_what_it_contains(tmp_path: Path, capsys: Capture) -> None:
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


async def exported(tmp_path: Path, sources: Path, *words: str) -> list[str]:
    """Open the first source, export its rejected lines, and return their texts."""
    target = tmp_path / "out.csv"
    async with opened(sources, (120, 40)) as (app, pilot):
        await pilot.press("4", "enter")
        await until_shown(app, pilot, *words)
        await pilot.press("e")
        await until_shown(app, pilot, "Export (Enter save")
        await pilot.press("ctrl+u")
        await paste(app, pilot, str(target))
        await pilot.press("enter")
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


async def test_without_rejected_lines_there_is_nothing_to_export(tmp_path: Path) -> None:
    async with opened(write_table(tmp_path / "t.csv", hops(1, "TLS 1.3"))) as (app, pilot):
        await pilot.press("4", "enter")
        await until_shown(app, pilot, "Rejected lines · 0")
        await pilot.press("e")
        await until_shown(app, pilot, "no rejected lines to export")
        assert "Export (Enter save" not in screen_text(app)


async def test_the_footer_has_the_keys_of_the_selected_line(tmp_path: Path) -> None:
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
