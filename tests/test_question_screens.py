"""The screens behind the report: pivots, hops, raw lines, notes, known findings, letters, transit security, charts."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.reports import hops, write_rows, write_table
from tests.support.screens import opened, screen_text, until, until_shown
from tests.support.traces import House, mail, opening, talk, write_log
from tui.config import Config

pytestmark = pytest.mark.share(0.25)

SECURE = opening("SP_PROT_TLS1_0_SERVER")


def row(host: str, sender: str, tls: str = "TLS 1.0", **others: object) -> dict[str, object]:
    result = {"time_utc": "2026-11-12T10:00:00", "direction": "inbound", "tls": tls, "peer_host": host, "sender": sender}
    return result | {"connector": "C", "connector_type": "Partner"} | others


async def test_any_name_leads_to_any_other_and_to_its_messages(tmp_path: Path) -> None:
    rows = [row("a.example", "x@a.example"), row("a.example", "y@a.example"), row("b.example", "x@b.example")]
    async with opened(write_rows(tmp_path / "t.csv", rows)) as (app, pilot):
        await pilot.press("2", "right", "right", "enter")
        await until_shown(app, pilot, "3 messages · 2 hosts", "a.example")
        await pilot.press("p")
        await until_shown(app, pilot, "Group the mail of a.example by", "Sender")
        await pilot.press("down", "down", "down", "enter")
        await until_shown(app, pilot, "a.example › who", "[Sender]", "x@a.example", "y@a.example", "2 messages · 2 senders")
        assert "x@b.example" not in screen_text(app)
        await pilot.press("enter")
        await until_shown(app, pilot, "1 of 1 ", "x@a.example")


async def test_one_message_shows_all_its_hops_and_leads_to_them(tmp_path: Path) -> None:
    rows = [
        row("a.example", "x@a.example", message_id="<1@a.example>", server="EX01"),
        row("ex01.example.com", "x@a.example", "TLS 1.2", message_id="<1@a.example>", server="HUB7", time_utc="2026-11-12T10:00:05"),
        row("c.example", "x@c.example", message_id="<2@c.example>"),
    ]
    async with opened(write_rows(tmp_path / "t.csv", rows)) as (app, pilot):
        await pilot.press("3")
        await until_shown(app, pilot, "1–3 of 3")
        await pilot.press("enter")
        await until_shown(app, pilot, "All hops of this message · 2", "EX01", "HUB7", "10:00:05 this one")
        await pilot.press("enter")
        await until_shown(app, pilot, "Server             EX01")


async def test_raw_lines_are_those_of_the_session_or_the_file_has_changed(house: House) -> None:
    log = write_log(house.folder / "RECV.LOG", "receive", talk("receive", SECURE, mail("x@a.example", "y@example.com")))
    async with opened(log) as (app, pilot):
        await pilot.press("3")
        await until_shown(app, pilot, "1 of 1 ")
        await pilot.press("enter")
        await until_shown(app, pilot, "Message at this hop")
        await pilot.press("r")
        await until_shown(app, pilot, "› raw lines", "SP_PROT_TLS1_0_SERVER", "EHLO")  # the file's name may be wrapped
        log.write_text("something else")
        await pilot.press("escape", "r")
        await until_shown(app, pilot, "changed")


async def test_a_note_is_shown_on_its_peer_and_in_the_work_list(tmp_path: Path) -> None:
    config = Config(folder=tmp_path / "config")
    table = write_rows(tmp_path / "t.csv", [row("a.example", "x@a.example")])
    async with opened(table, config=config) as (app, pilot):
        await pilot.press("2", "right", "right", "enter")
        await until_shown(app, pilot, "1 message · 1 host")
        await pilot.press("a")
        await until_shown(app, pilot, "Note on a.example", "[asked]")
        await pilot.press("ctrl+k", *"they", "tab", *"2026-13-01", "enter")
        await until_shown(app, pilot, "[promised]", "Enter a date as")
        await pilot.press("ctrl+u", *"2026-12-01", "enter")
        await until_shown(app, pilot, "noted in", "promised")
        await pilot.press("escape", "W")
        await until_shown(app, pilot, "1 open · 0 closed", "a.example", "promised", "no mail since")
        await pilot.press("enter")
        await until_shown(app, pilot, "no later mail to confirm it")


async def test_a_note_needs_a_peer(tmp_path: Path) -> None:
    async with opened(write_rows(tmp_path / "t.csv", [row("a.example", "x@a.example", cipher="AES")])) as (app, pilot):
        await pilot.press("2", "right", "right", "enter")
        await until_shown(app, pilot, "1 message · 1 host")
        await pilot.press("shift+tab", "shift+tab", "shift+tab")
        await until_shown(app, pilot, "[Cipher]")
        await pilot.press("a")
        await until_shown(app, pilot, "notes are on hosts, addresses")
        await pilot.press("L")
        await until_shown(app, pilot, "letters go to hosts")


async def test_a_finding_that_is_known_is_quiet_and_still_shown(tmp_path: Path) -> None:
    table = write_table(tmp_path / "t.csv", hops(40, "TLS 1.0", connector="C", connector_type="Partner"))
    async with opened(table, config=Config(folder=tmp_path / "config")) as (app, pilot):
        await until_shown(app, pilot, "Findings · 2")
        await pilot.press("a")
        await until_shown(app, pilot, "go to a finding first")
        await pilot.press("down", "a")
        await until_shown(app, pilot, "Acknowledge: Inbound Partner connector", "Snooze until")
        await pilot.press(*"spring", "enter")
        await until_shown(app, pilot, "Findings · 1", "snoozed until", "spring")
        await pilot.press("2")
        await until(pilot, lambda: "Inbound Partner connector seeing" not in screen_text(app))


async def test_transit_security_shows_policies_blocks_and_clear_text(tmp_path: Path) -> None:
    def sent(count: int, tls: str, domain: str, policy: str | None = None, **others: object) -> list[dict[str, object]]:
        result = {"time_utc": "2026-11-12T10:00:00", "direction": "outbound", "tls": tls, "peer_domain": domain}
        return [result | {"security_policy": policy, "status": "delivered"} | others for _ in range(count)]

    rows = [
        *sent(400, "TLS 1.3", "dane.example", "dane"),
        *sent(300, "TLS 1.2", "sts.example", "mta-sts"),
        *sent(290, "TLS 1.2", "plain.example", "may"),
        *sent(10, "No TLS", "clear.example", "may"),
        *sent(3, "Not recorded", "stop.example", "dane", status="deferred", reply="450 4.7.5 TLSA records not usable"),
        *sent(2, "Not recorded", "stop.example", "dane", status="deferred", reply="450 4.7.5 certificate expired"),
        *sent(7, "TLS 1.2", "plain.example", "may", status="bounced", reply="550 5.1.1 unknown user"),
    ]
    async with opened(write_rows(tmp_path / "t.csv", rows)) as (app, pilot):
        await pilot.press("T")
        text = await until_shown(app, pilot, "stop.example")
        result = " ".join(text.split())
        assert "DANE 400 (40.0%) · MTA-STS 300 (30.0%) · TLS 290 (29.0%) · No TLS 10 (1.0%) · blocked: 5" in result
        assert "messages blocked · 1 domain" in result
        assert "stop.example DANE 5 · none 12 Nov 450 4.7.5 TLSA" in result
        assert "clear.example – · 10 none 12 Nov" in result


async def test_who_is_still_who_upgraded_and_who_is_silent(tmp_path: Path) -> None:
    def at(day: int, host: str, tls: str) -> dict[str, object]:
        return row(host, f"x@{host}", tls, time_utc=f"2026-11-{day:02}T10:00:00")

    rows = [
        at(1, "silent.example", "TLS 1.0"),
        at(3, "better.example", "TLS 1.0"),
        at(9, "better.example", "TLS 1.2"),
        at(14, "still.example", "TLS 1.0"),
        at(15, "new.example", "TLS 1.3"),
    ]
    async with opened(write_rows(tmp_path / "t.csv", rows)) as (app, pilot):
        await pilot.press("t")
        await until_shown(app, pilot, "All dates")
        await pilot.press("down", "down", "down", "enter", "2")
        await until_shown(app, pilot, "whole window", "1–15 Nov")
        await pilot.press("right", "right", "enter")
        text = await until_shown(app, pilot, "3 messages · 3 hosts")
        states = {line.split()[0].lstrip("►"): line for line in text.splitlines() if ".example" in line and "1.0" in line}
        assert "still" in states["still.example"]
        assert "not seen for 14 d" in text
        assert "upgraded 9 Nov" in text


async def test_more_connectors_than_a_chart_holds_are_drawn_together(tmp_path: Path) -> None:
    rows = [one for n in range(9) for one in hops(n + 1, "TLS 1.2", connector=f"C{n}")]
    async with opened(write_table(tmp_path / "t.csv", rows), size=(100, 30)) as (app, pilot):
        await pilot.press("2", "b")
        await until_shown(app, pilot, "View data by: Mail flow", "3 other connectors", "A Total")


@pytest.mark.share(1)
@pytest.mark.parametrize("size", [(60, 20), (80, 24), (160, 50)])
async def test_every_screen_draws_at_any_size(tmp_path: Path, size: tuple[int, int]) -> None:
    table = write_table(tmp_path / "t.csv", hops(40, "TLS 1.0", connector="C", connector_type="Partner", peer_host="a.example"))
    async with opened(table, size=size) as (app, pilot):
        for key, words in (
            ("f", "What-if: minimum TLS version"),
            ("D", "Failed sessions"),
            ("V", "Coverage"),
            ("T", "in transit security"),
            ("W", "Work list"),
        ):
            await pilot.press(key)
            await until_shown(app, pilot, words)
            await pilot.press("x")
            await until_shown(app, pilot, "SQL of this screen")
            await pilot.press("escape", "escape")
        await pilot.press("2", "enter")
        await until_shown(app, pilot, "who")
