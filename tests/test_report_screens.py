"""The connector report, Who, Messages and Transit security, by their keys."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.reports import hops, write_table
from tests.support.screens import opened, until_shown
from tests.support.traces import write_eac

pytestmark = pytest.mark.share(0.25)

Capture = pytest.CaptureFixture[str]


DAYS = [
    *hops(5, "TLS 1.0", time="2026-11-11T10:00:00", connector="A", connector_type="Partner", peer_host="old.example"),
    *hops(40, "TLS 1.2", time="2026-11-11T11:00:00", connector="A", connector_type="Partner", peer_host="mx.example"),
    *hops(2, "TLS 1.0", time="2026-11-12T10:00:00", connector="A", connector_type="Partner", peer_host="last.example"),
    *hops(3, "TLS 1.3", time="2026-11-12T10:30:00", direction="outbound", status="delivered"),
]


async def test_who_behind_a_day_is_who_of_that_day(tmp_path: Path) -> None:
    async with opened(write_table(tmp_path / "t.csv", DAYS)) as (app, pilot):
        await pilot.press("2")
        await until_shown(app, pilot, "Thu 12 Nov until 10:30")
        await pilot.press("down", "down", "down", "right", "right", "enter")
        who = await until_shown(app, pilot, "12 Nov › TLS 1.0 › who", "2 messages · 1 host", "last.example")
        assert "12 Nov 2026 UTC" in who
        await pilot.press("enter")
        await until_shown(app, pilot, "1–2 of 2")


async def test_show_data_for_does_not_narrow_the_overview(tmp_path: Path) -> None:
    async with opened(write_table(tmp_path / "t.csv", DAYS)) as (app, pilot):
        await until_shown(app, pilot, "Inbound: 47", "Outbound: 3")
        await pilot.press("c")
        await until_shown(app, pilot, "Show data for", "All mail flow")
        await pilot.press("down", "enter")
        await until_shown(app, pilot, "mailflow › Connector report", "Show data for: To the internet without a connector")
        await pilot.press("3")
        await until_shown(app, pilot, "Messages › To the internet without a connector", "1–3 of 3")
        await pilot.press("1")
        await until_shown(app, pilot, "Inbound: 47", "Outbound: 3")


async def test_who_of_an_empty_cell_has_no_message(tmp_path: Path) -> None:
    async with opened(write_table(tmp_path / "t.csv", DAYS)) as (app, pilot):
        await pilot.press("2")
        await until_shown(app, pilot, "whole window")
        await pilot.press("right", "enter")
        shown = await until_shown(app, pilot, "No TLS › who", "no such message")
        assert "only daily totals here" not in shown


async def test_who_counts_each_connection_once(tmp_path: Path) -> None:
    rows = [
        {
            "time_utc": "2026-11-12T10:00:00",
            "direction": "inbound",
            "tls": "TLS 1.0",
            "peer_host": "a",
            "sender": sender,
            "session_id": "S1",
        }
        for sender in ("x@a.example", "y@a.example", "z@a.example")
    ]
    columns = ("time_utc", "direction", "tls", "peer_host", "sender", "session_id")
    async with opened(write_table(tmp_path / "t.csv", rows, columns)) as (app, pilot):
        await until_shown(app, pilot, "►View Details◄")
        await pilot.press("down", "enter")
        await until_shown(app, pilot, "3 messages in 1 connection · 1 host")
        await pilot.press("tab", "tab", "tab", "tab")
        await until_shown(app, pilot, "[Sender]", "3 messages in 1 connection · 3 senders")


async def test_the_screen_is_copied_as_text(tmp_path: Path) -> None:
    async with opened(write_table(tmp_path / "t.csv", DAYS)) as (app, pilot):
        await pilot.press("enter")
        await until_shown(app, pilot, "►Connector report◄")
        await pilot.press("y")
        await until_shown(app, pilot, "copied to the terminal's clipboard")
        assert "Message protected in transit (by TLS)" in app.clipboard
        assert "(Most secure) TLS 1.3" in app.clipboard


async def test_a_message_at_midnight_is_no_daily_total(tmp_path: Path) -> None:
    async with opened(write_table(tmp_path / "t.csv", hops(2, "TLS 1.3", time="2026-11-12T00:00:00", peer_host="mx.example"))) as (
        app,
        pilot,
    ):
        await pilot.press("3")
        await until_shown(app, pilot, "12 Nov 00:00", "mx.example")


async def test_a_report_that_nothing_matches_shows_nothing_of_the_last_one(tmp_path: Path) -> None:
    async with opened(write_table(tmp_path / "t.csv", hops(3, "TLS 1.0", connector="C"))) as (app, pilot):
        await pilot.press("2")
        await until_shown(app, pilot, "TLS 1.0: 3 of 3")
        await pilot.press("slash", "z", "z")
        shown = await until_shown(app, pilot, "nothing matches")
        assert "3 of 3" not in shown


async def test_transit_security_counts_what_is_in_daily_totals_only(tmp_path: Path) -> None:
    write_table(tmp_path / "t.csv", hops(5, "TLS 1.2", "2026-11-11T10:00:00", direction="outbound"))
    write_eac(tmp_path / "eac.csv", ("2026-11-11", "To partner - Archive", 7, 0, 0, 2, 0, 9))
    async with opened(tmp_path) as (app, pilot):
        await pilot.press("T")
        text = await until_shown(app, pilot, "TLS 5 (100%)")
        assert "excluding 9 messages in daily totals only, 7 of them No TLS" in " ".join(text.split())
