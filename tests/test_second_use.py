"""What people stumbled over when they used the questions behind the report."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from tests.support.asked import asking
from tests.support.reports import hops, text_of, write_rows, write_table
from tests.support.screens import opened, until_shown
from tests.support.traces import write_eac
from tui.cli import run
from tui.store.lists import ask_what_if, ask_who
from tui.store.questions import ALL_MAIL, ask_window
from tui.store.redaction import Redactor
from tui.view.who import who_filter

Capture = pytest.CaptureFixture[str]


def row(day: int, host: str | None, sender: str, tls: str = "TLS 1.0", **others: object) -> dict[str, object]:
    result = {"time_utc": f"2026-11-{day:02}T10:00:00", "direction": "inbound", "tls": tls, "peer_host": host, "sender": sender}
    return result | {"connector": "C"} | others


def test_a_filtered_report_says_what_it_is_of(tmp_path: Path, capsys: Capture) -> None:
    table = write_table(tmp_path / "t.csv", hops(40, "TLS 1.0", connector="C", connector_type="Partner"))
    result = text_of(capsys, table, "--where", "tls < TLS 1.2")
    assert "Show data for: All mail flow, where tls < TLS 1.2. Findings are of all mail." in result
    assert "FINDINGS · 2 · of all mail" in result
    assert "!100%" not in result  # a share of picked mail is over no limit
    assert "Show data for" not in text_of(capsys, table)


def test_senders_are_those_of_the_window(tmp_path: Path) -> None:
    rows = [row(1, "a.example", "old@a.example"), row(14, "a.example", "x@a.example"), row(1, "gone.example", "y@gone.example")]
    with asking(tmp_path, rows) as runner:
        result = ask_who(runner, ask_window(runner).span, ALL_MAIL, "TLS 1.0", "host")
    assert {peer.name: (peer.messages, peer.senders) for peer in result} == {"a.example": (1, 1), "gone.example": (0, None)}


def test_a_host_and_another_machines_claim_to_be_it_are_two_peers(tmp_path: Path) -> None:
    rows = [
        row(14, "win", "x@a.example", peer_ip="192.0.2.1"),
        row(14, None, "y@b.example", "No TLS", helo="win", peer_ip="10.0.0.1"),
        row(14, None, "y@b.example", "TLS 1.2", helo="win", peer_ip="10.0.0.1"),
    ]
    with asking(tmp_path, rows) as runner:
        span = ask_window(runner).whole_file
        minimum_tls = ask_what_if(runner, span, ALL_MAIL, "TLS 1.2")
        assert {(peer.name, peer.is_unverified): (peer.messages, peer.best, peer.verdict) for peer in minimum_tls.peers} == {
            ("win", False): (1, "TLS 1.0", "no newer version seen"),
            ("win", True): (1, "TLS 1.2", "newer version seen"),
        }
        hosts = ask_who(runner, span, ALL_MAIL, None, "host")
        assert {(peer.name, peer.is_unverified): peer.messages for peer in hosts} == {("win", False): 1, ("win", True): 2}
        for peer in hosts:
            from dataclasses import replace

            scope = replace(ALL_MAIL, where=who_filter(peer, "host"))
            assert sum(one.messages for one in ask_who(runner, span, scope, None, "address")) == peer.messages


@pytest.mark.parametrize(
    "options",
    [
        ["--days", "99999999"],
        ["--days", "800000"],
        ["--from", "0001-01-01"],
        ["--to", "9999-12-31"],
        ["--connector", "nope"],
        ["--system", "x"],
    ],
)
def test_what_cannot_be_is_one_line_and_exit_2(tmp_path: Path, capsys: Capture, options: list[str]) -> None:
    table = write_table(tmp_path / "t.csv", hops(3, "TLS 1.2", connector="Alpha"))
    assert run(["report", str(table), *options]) == 2
    result = capsys.readouterr().err
    assert result.count("\n") == 1
    assert "internal" not in result


def test_a_connector_that_is_not_there_is_named_with_the_nearest(tmp_path: Path, capsys: Capture) -> None:
    table = write_table(tmp_path / "t.csv", hops(3, "TLS 1.2", connector="Fabrikam"))
    assert run(["report", str(table), "--connector", "Fabricam"]) == 2
    assert "did you mean Fabrikam?" in capsys.readouterr().err


def test_a_redacted_file_keeps_only_what_says_its_kind() -> None:
    redactor = Redactor(b"key")
    for path, ending in (
        ("/logs/relay.fabrikam.LOG", ".LOG"),
        ("x.fabrikam.dat", ""),
        ("a/MT.csv.gz", ".csv.gz"),
        ("z.zip!mx.a.example.log", ".log"),
    ):
        assert redactor.path(path).partition(".")[2] == ending.removeprefix(".")


async def test_an_empty_report_says_so_and_leaves_nothing_of_the_old_one(tmp_path: Path) -> None:
    async with opened(write_table(tmp_path / "t.csv", hops(3, "TLS 1.0", connector="C"))) as (app, pilot):
        await pilot.press("2")
        await until_shown(app, pilot, "TLS 1.0: 3 of 3")
        await pilot.press("slash", "z", "z")
        shown = await until_shown(app, pilot, "nothing matches")
        assert "3 of 3" not in shown


async def test_transit_security_says_what_only_daily_totals_know(tmp_path: Path) -> None:
    write_table(tmp_path / "t.csv", hops(5, "TLS 1.2", "2026-11-11T10:00:00", direction="outbound"))
    write_eac(tmp_path / "eac.csv", ("2026-11-11", "To partner - Archive", 7, 0, 0, 2, 0, 9))
    async with opened(tmp_path) as (app, pilot):
        await pilot.press("T")
        text = await until_shown(app, pilot, "TLS 5 (100%)")
        assert "excluding 9 messages in daily totals only, 7 of them No TLS" in " ".join(text.split())


def test_the_report_says_where_the_files_end(tmp_path: Path, capsys: Capture) -> None:
    table = write_table(tmp_path / "t.csv", hops(3, "TLS 1.2"))
    result = text_of(capsys, table, "--from", "2026-11-01", "--to", "2026-11-30")
    assert "1–30 Nov 2026 UTC (the files end on 12 Nov 10:00)" in result
    assert "12–30 Nov" not in result


@pytest.mark.parametrize("what", ["who", "failed", "coverage", "security", "domains", "floor", "work"])
@pytest.mark.parametrize("form", ["csv", "json"])
def test_each_list_behind_the_report_is_on_the_command_line(tmp_path: Path, capsys: Capture, what: str, form: str) -> None:
    table = write_rows(tmp_path / "t.csv", [row(14, "a.example", "x@a.example"), row(14, "b.example", "x@b.example", direction="outbound")])
    assert run(["show", what, str(table), "--format", form]) == 0
    result = capsys.readouterr().out
    assert result.startswith("[" if form == "json" else tuple("abcdefghijklmnopqrstuvwxyz"))
    if (what, form) == ("who", "csv"):
        assert [line["name"] for line in csv.DictReader(io.StringIO(result))] == ["a.example", "b.example"]
