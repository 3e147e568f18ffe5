"""A source's sheet compares what was counted with what grep finds in the file."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from sample_data.generator import build_world, write_world
from tests.support.screens import opened, until_shown
from tests.support.traces import mail, opening, talk, write_log
from tui.view.coverage import gaps_line

pytestmark = pytest.mark.share(0.33)

TLS10 = opening("SP_PROT_TLS1_0_SERVER")
MARKS = {
    "exim": " X=TLS",
    "sendmail": "version=TLSv",
    "opensmtpd": "tls ciphers=TLSv",
    "cisco_esa": "TLS success protocol TLSv",
    "postfix": ": TLSv",
}
TLS12 = opening("SP_PROT_TLS1_2_SERVER")


def test_lines_are_connections_with_mail_and_without(tmp_path: Path) -> None:
    path = write_log(
        tmp_path / "RECV1.LOG",
        "receive",
        talk("receive", TLS10, mail("1@a.example"), mail("2@a.example"), "-", session="08DE0000000000A1"),
        talk("receive", TLS10, "-", session="08DE0000000000A2"),
        talk("receive", TLS10, mail("3@a.example"), "-", session="08DE0000000000A3"),
        talk("receive", TLS12, mail("4@a.example"), "-", session="08DE0000000000A4"),
        talk("receive", opening(), mail("5@a.example"), "-", session="08DE0000000000A5"),
    )

    async def journey() -> str:
        async with opened(path, (120, 40)) as (app, pilot):
            await pilot.press("4")
            await until_shown(app, pilot, "RECV1.LOG")
            await pilot.press("enter")
            await until_shown(app, pilot, "SHA-256")
            await pilot.press("i")
            return await until_shown(app, pilot, "as grep counts them")

    shown = asyncio.run(journey())
    assert re.search(
        r"TLS 1\.0 \(SP_PROT_TLS1_0_SERVER\): 3 lines = 2 connections with mail \+ 1 without; 3 messages from this file", shown
    )
    assert re.search(r"TLS 1\.2 \(SP_PROT_TLS1_2_SERVER\): 1 line = 1 connection with mail \+ 0 without; 1 message from this file", shown)
    assert "No TLS: no line records it; 1 message from this file" in shown


def test_each_log_of_a_server_names_its_versions_where_the_format_says(tmp_path: Path) -> None:
    for name, mark in MARKS.items():
        files = write_world(build_world(60, 5, formats={name}), tmp_path / name)

        async def journey(folder: Path, file: Path) -> str:
            async with opened(folder, (120, 40)) as (app, pilot):
                await pilot.press("4")
                await until_shown(app, pilot, file.name)
                await pilot.press("enter")
                await until_shown(app, pilot, "SHA-256")
                await pilot.press("i")
                return await until_shown(app, pilot, "as grep counts them")

        only = next(file for file in files if file.suffix != ".gz")
        folder = tmp_path / f"one-{name}"
        folder.mkdir()
        (folder / only.name).write_bytes(only.read_bytes())
        shown = asyncio.run(journey(folder, only))
        result = {version: int(count) for version, count in re.findall(r"TLS (1\.[1-3]) \([^)]*\): (\d+) lines?;", shown)}
        text = only.read_text(encoding="utf-8")
        assert len(result) >= 2, shown
        assert result == {version: sum(mark + version in line for line in text.splitlines()) for version in result}


def test_the_list_shows_days_and_hours_without_mail(tmp_path: Path) -> None:
    path = write_log(
        tmp_path / "RECV1.LOG",
        "receive",
        talk("receive", TLS12, mail("1@a.example"), "-", session="08DE0000000000A1", at="2026-11-10T10:00:00"),
        talk("receive", TLS12, mail("2@a.example"), "-", session="08DE0000000000A2", at="2026-11-10T14:00:00"),
        talk("receive", TLS12, mail("3@a.example"), "-", session="08DE0000000000A3", at="2026-11-12T01:00:00"),
    )

    async def journey() -> str:
        async with opened(path, (120, 40)) as (app, pilot):
            await pilot.press("4")
            return await until_shown(app, pilot, "RECV1.LOG", "without mail (V)")

    # From 10 to 24 o'clock on the 10th three hours between have none and nine after; on the 12th the first.
    assert "3 days · inbound: no counted message on 11 Nov · 13 other hours without mail (V)" in asyncio.run(journey())


def test_of_no_mail_no_day_is_recorded() -> None:
    assert gaps_line([]) == ""


def test_a_list_of_files_does_not_repeat_their_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    folder = Path("logs") / "of-a-server-with-a-long-name.example.com"
    folder.mkdir(parents=True)
    write_log(folder / "RECV20261110-1.LOG", "receive", talk("receive", TLS12, mail("1@a.example"), "-"))

    async def journey() -> str:
        async with opened(folder) as (app, pilot):
            await pilot.press("4")
            return await until_shown(app, pilot, "RECV20261110-1.LOG", "mail on each day (V)")

    assert "logs/of-a-server-with-a-long-name.example.com/" in asyncio.run(journey()).splitlines()[0]
