"""The screens, by their keys, on the bundled sample."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.reports import hops, write_table
from tests.support.screens import opened, screen_text, until, until_shown
from tui.resources import bundled
from tui.view.text import cell_width

pytestmark = pytest.mark.share(0.25)

SAMPLE = bundled("sample_data") / "example-corp"


@pytest.fixture
def sample(sample_trace: Path) -> Path:
    return sample_trace


async def test_the_overview_opens_with_view_details_focused(sample: Path) -> None:
    async with opened(sample) as (app, pilot):
        shown = await until_shown(app, pilot, "►View Details◄")
        assert "mailflow › Overview" in shown
        assert "9–15 Nov 2026 UTC (15 Nov until 09:12)" in shown
        assert "Outbound: ~563" in shown
        assert "Inbound: ~869" in shown
        assert "In the week 9–15 Nov 2026" in shown  # the files are old: never "in the past week"
        assert "past week" not in shown
        assert "by TLS 1.2 or newer: ≥ 83.3%" in shown
        assert "▲ TLS 1.0: ~89, 8 peers, last 15 Nov" in shown
        assert "Findings · 7" in shown


async def test_the_whole_way_in_and_back(sample: Path) -> None:
    async with opened(sample) as (app, pilot):
        await pilot.press("enter")
        flyout = await until_shown(app, pilot, "Message protected in transit (by TLS)", "►Connector report◄")
        assert "(Most secure) TLS 1.3    ~209  38.7%" in flyout
        assert "Under your control (through your connectors): ~96 TLS 1.0 · ~70 No TLS" in flyout
        await pilot.press("enter")
        await until_shown(
            app, pilot, "mailflow › Connector report", "!60%(49)", "Inbound Partner connector seeing significant TLS1.0 mail flow"
        )
        await pilot.press("down", "down", "down", "down", "right", "right")
        await until_shown(
            app, pilot, "From partner - Fabrikam · Partner · Forced TLS? False (settings of", "TLS 1.0: 49 of 81 = 60.5% · 3 hosts"
        )
        await pilot.press("enter")
        who = await until_shown(app, pilot, "From partner - Fabrikam › TLS 1.0 › who", "WIN-7F2K")
        assert re.search(r"mx1\.fabrikam\.ex.*33  67\.3%      25 .*still on 1.0", who)
        assert re.search(r"scan01\.fabrikam.*upgraded 12 Nov", who)
        assert "not in this window, but in the file" in who
        assert re.search(r"edi\.fabrikam.*not seen for 11 d", who)
        await pilot.press("enter")
        await until_shown(app, pilot, "mx1.fabrikam.example › messages", "1–20 of 33", "newest first")
        await pilot.press("enter")
        one = await until_shown(app, pilot, "one message", "Message at this hop", "SP_PROT_TLS1_0_SERVER")
        assert "From partner - Fabrikam · Forced TLS? False" in one
        await pilot.press("escape", "escape", "escape")
        await until_shown(app, pilot, "mailflow › Connector report", "►← Pn Fabrikam")
        await pilot.press("escape")
        await until_shown(app, pilot, "►View Details◄")


async def test_a_finding_leads_to_who(sample: Path) -> None:
    async with opened(sample) as (app, pilot):
        await until_shown(app, pilot, "►View Details◄")
        await pilot.press("down", "enter")
        await until_shown(app, pilot, "From partner - Fabrikam › TLS 1.0 › who", "49 messages · 3 hosts; 4 in all 14 days")


async def test_tab_goes_from_hosts_to_addresses_and_back(sample: Path) -> None:
    async with opened(sample) as (app, pilot):
        await until_shown(app, pilot, "►View Details◄")
        await pilot.press("down", "enter")
        await until_shown(app, pilot, "[Host]", "WIN-7F2K")
        await pilot.press("tab")
        await until_shown(app, pilot, "[Address]", "192.0.2.10")
        await pilot.press("tab", "tab", "tab")
        await until_shown(app, pilot, "[Sender]", "newsletter@fabri")
        await pilot.press("shift+tab", "shift+tab", "shift+tab", "shift+tab")
        await until_shown(app, pilot, "[Host]", "WIN-7F2K")


async def test_related_topics_are_help_pages(sample: Path) -> None:
    async with opened(sample) as (app, pilot):
        await pilot.press("enter")
        await until_shown(app, pilot, "►Connector report◄")
        await pilot.press("tab", "enter")
        await until_shown(app, pilot, "Help › Connectors", "Type OnPremises")
        await pilot.press("escape", "tab", "enter")
        await until_shown(app, pilot, "How TLS protects mail in transit")
        await pilot.press("escape", "escape", "question_mark")
        await until_shown(app, pilot, "Keys", "next warning")


async def test_the_next_warning_and_its_advice(sample: Path) -> None:
    async with opened(sample) as (app, pilot):
        await pilot.press("2")
        await until_shown(app, pilot, "1 of 5", "Partner's server: ask them for TLS 1.2")
        await pilot.press("right_square_bracket")
        await until_shown(app, pilot, "2 of 5", "Inbound OnPremises connector seeing significant No TLS", "Your own server: turn on TLS")
        await pilot.press("right_square_bracket", "right_square_bracket")
        await until_shown(app, pilot, "4 of 5", "To connector - To internet · mx1.vanarsdel1.example: 6 failed handshakes")
        await pilot.press("right_square_bracket", "right_square_bracket")
        await until_shown(app, pilot, "1 of 5")


async def test_table_and_chart(sample: Path) -> None:
    async with opened(sample) as (app, pilot):
        await pilot.press("2")
        await until_shown(app, pilot, "!60%(49)")
        await pilot.press("v")
        chart = await until_shown(app, pilot, "100%│", "9 Nov", "B TLS 1.0")
        assert "!60%(49)" not in chart
        await pilot.press("b")
        await until_shown(app, pilot, "View data by: Mail flow", "Total")
        await pilot.press("v", "b")
        await until_shown(app, pilot, "!60%(49)", "View data by: TLS usage")


async def test_high_terminals_show_table_and_chart(sample: Path) -> None:
    async with opened(sample, (120, 40)) as (app, pilot):
        await pilot.press("2")
        await until_shown(app, pilot, "!60%(49)", "100%│", "Connector type", "Forced TLS?", "Volume")


async def test_show_data_for_one_connector_and_the_whole_file(sample: Path) -> None:
    async with opened(sample) as (app, pilot):
        await pilot.press("2")
        await until_shown(app, pilot, "!60%(49)")
        await pilot.press("c")
        await until_shown(app, pilot, "Show data for", "All mail flow", "From partner - Fabrikam")
        options = screen_text(app).splitlines()
        place = next(n for n, line in enumerate(options) if "From partner - Fabrikam" in line)
        first = next(n for n, line in enumerate(options) if "All mail flow" in line and "Show data for" not in line)
        await pilot.press(*["down"] * (place - first), "enter")
        shown = await until_shown(app, pilot, "Show data for: From connector - Fabrikam", "whole window · in 81")
        assert "Devices" not in shown
        await pilot.press("t", "down", "down", "down", "enter")
        await until_shown(app, pilot, "2–15 Nov 2026 UTC", "whole window · in 179")


async def test_dates_are_whole_days_and_mistakes_are_reported(sample: Path) -> None:
    async with opened(sample) as (app, pilot):
        await until_shown(app, pilot, "►View Details◄")
        await pilot.press("t")
        await until_shown(app, pilot, "Start date and end date")
        await pilot.press("tab", "end", *["backspace"] * 10, *"2026-11-14", "tab", "end", *["backspace"] * 10, *"2026-11-13", "enter")
        await until_shown(app, pilot, "The start date lies after the end date.")
        await pilot.press("end", *["backspace"] * 10, *"soon", "enter")
        await until_shown(app, pilot, "Enter a date as YYYY-MM-DD.")
        await pilot.press("end", *["backspace"] * 4, *"2026-11-14", "enter")
        await until_shown(app, pilot, "14 Nov 2026 UTC", "Inbound: ~41")


async def test_messages_page_and_order(sample: Path) -> None:
    async with opened(sample) as (app, pilot):
        await pilot.press("3")
        await until_shown(app, pilot, "1–20 of 2,0", "15 Nov 09:12")
        await pilot.press("G")
        await until_shown(app, pilot, "–2,0", "9 Nov")
        await pilot.press("right", "right", "right", "o")
        await until_shown(app, pilot, "sorted by peer", "sorted by Peer, ascending")
        await pilot.press("o")
        await until_shown(app, pilot, "sorted by Peer, descending")
        await pilot.press("O")
        await until_shown(app, pilot, "newest first")


async def test_sources_have_format_messages_and_how_they_were_recognised(sample: Path) -> None:
    async with opened(sample) as (app, pilot):
        await pilot.press("4")
        await until_shown(app, pilot, "110 files · 0 lines rejected", "accepted_domains")
        await pilot.press("enter")
        await until_shown(app, pilot, "Detected", "SHA-256", "Rejected lines · 0")
        await pilot.press("escape")
        await until_shown(app, pilot, "110 files")


async def test_rejected_lines_are_shown_with_their_reasons(tmp_path: Path) -> None:
    table = write_table(tmp_path / "t.csv", [*hops(3, "TLS 1.3"), *hops(1, "TLS 1.3", time="[/bold] not a time")])
    async with opened(table) as (app, pilot):
        await pilot.press("4")
        await until_shown(app, pilot, "1 file · 1 line rejected")
        await pilot.press("enter")
        await until_shown(app, pilot, "Rejected lines · 1", "line 5: time_utc is not a time")


async def test_files_in_which_nothing_counts_open_at_their_sources(tmp_path: Path) -> None:
    table = write_table(tmp_path / "t.csv", hops(3, "TLS 1.3", status="rejected"))
    async with opened(table) as (app, pilot):
        await until_shown(app, pilot, "mailflow › Sources", "t.csv")
        await pilot.press("1")
        await until_shown(app, pilot, "Inbound: no data", "Outbound: no data")


async def test_a_path_with_nothing_in_it_ends_the_app_with_its_exit_code(tmp_path: Path) -> None:
    (tmp_path / "shopping.txt").write_text("milk\n")
    async with opened(tmp_path / "shopping.txt") as (app, _):
        assert app.problem is not None
        assert app.return_code == 4


@pytest.mark.share(1)
@pytest.mark.parametrize("size", [(80, 24), (60, 20), (100, 30), (120, 40), (160, 50)])
async def test_nothing_is_wider_than_the_screen_and_every_line_is_full(sample: Path, size: tuple[int, int]) -> None:
    async with opened(sample, size) as (app, pilot):
        for keys in (["1"], ["2"], ["3"], ["4"], ["1", "enter"]):
            await pilot.press(*keys)
            await pilot.pause(0.3)
            for line in screen_text(app).splitlines():
                assert cell_width(line) == size[0], line
        await pilot.press("escape")


async def test_a_resize_draws_again(sample: Path) -> None:
    async with opened(sample) as (app, pilot):
        await pilot.press("2")
        await until_shown(app, pilot, "!60%(49)")
        await pilot.resize_terminal(120, 40)
        await until_shown(app, pilot, "Connector type", "Not rec.", "100%│")
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: "100%│" not in screen_text(app))


async def test_an_error_in_a_screen_ends_in_one_line_without_content(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    secret = "ann@example.com"
    async with opened(sample) as (app, pilot):
        await until_shown(app, pilot, "►View Details◄")
        app._handle_exception(ValueError(secret))  # pyright: ignore[reportPrivateUsage]
        await pilot.pause()
        assert app.return_code == 70
        app._exception = None  # pyright: ignore[reportPrivateUsage]
    result = capsys.readouterr()
    assert secret not in result.out + result.err
