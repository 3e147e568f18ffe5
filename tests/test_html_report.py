"""`report --format html`: its numbers are those of the files, and it says what they cannot tell."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.support.pages import Page, html_of, page_of, sample_page
from tests.support.reports import hops, write_table
from tui.output.html_evidence import RULES
from tui.resources import bundled
from tui.view.help_pages import counting_rules

pytestmark = pytest.mark.share(0.25)

Capture = pytest.CaptureFixture[str]
TRUTH: dict[str, Any] = json.loads((bundled("sample_data") / "example-corp-truth.json").read_text(encoding="utf-8"))


def small_world(folder: Path) -> Path:
    """Write a week of one partner, of the internet both ways, and of a printer that never had TLS."""
    partner = {"connector": "Fabrikam", "connector_type": "Partner", "peer_host": "mx1.fabrikam.example", "sender": "a@fabrikam.example"}
    rows = [
        *hops(25, "TLS 1.0", "2026-11-10T09:04:11", **partner),
        *hops(15, "TLS 1.2", "2026-11-12T10:00:00", **partner),
        *hops(50, "TLS 1.3", "2026-11-12T11:00:00"),
        *hops(10, "No TLS", "2026-11-13T12:00:00", peer_host="scan.example"),
        *hops(20, "TLS 1.3", "2026-11-12T13:00:00", "outbound"),
        *hops(5, "Not recorded", "2026-11-12T14:00:00", "outbound"),
        *hops(4, "TLS 1.2", "2026-11-12T15:00:00", status="rejected"),
    ]
    return write_table(folder / "world.csv", rows)


def test_the_overview_names_a_hand_made_table(tmp_path: Path, capsys: Capture) -> None:
    page = page_of(capsys, small_world(tmp_path))
    versions = {row[0]: row for row in page.table("Messages by TLS version")[1:]}
    assert versions["! No TLS"][1:6] == ["0", "0%", "", "10", "10.0%"]
    assert versions["▲ TLS 1.0"][1:6] == ["0", "0%", "", "25", "25.0%"]
    assert versions["(Most secure) TLS 1.3"][1:6] == ["20", "100%", "", "50", "50.0%"]
    assert versions["Not recorded"][1:6] == ["5", "", "", "0", ""]
    assert versions["by TLS 1.2 or newer"][1:6] == ["20", "≥ 80.0%", "", "65", "65.0%"]
    assert "Inbound 90.0% protected" in page.text
    assert "Outbound ≥ 80.0% protected · TLS not recorded for 5" in page.text
    assert "of which 90.0% were protected in transit (by TLS)." in page.text
    assert "▲ TLS 1.0: 25, 1 peer, last 10 Nov" in page.text
    assert "Not transferred: 4 rejected" in page.text


def test_a_finding_has_its_evidence_advice_and_hosts(tmp_path: Path, capsys: Capture) -> None:
    page = page_of(capsys, small_world(tmp_path))
    assert "! Inbound Partner connector seeing significant TLS1.0 mail flow" in page.text
    assert "From partner - Fabrikam · 62.5% of 40 · limit >50%" in page.text
    assert "Partner's server: ask them for TLS 1.2" in page.text
    hosts = page.table("Hosts, in the window")
    assert hosts[1] == ["mx1.fabrikam.example", "25", "100%", "1", "10 Nov 09:04", "1.2"]


def test_the_connector_tables_mark_what_is_over_its_limit(tmp_path: Path, capsys: Capture) -> None:
    page = page_of(capsys, small_world(tmp_path))
    whole = page.table("7–13 Nov 2026, whole window · in 100 · out 25")
    assert whole[0] == [
        "Connector direction and name", "Connector type", "Forced TLS?", "No TLS", "TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3",
        "Not recorded", "Volume",
    ]  # fmt: skip
    rows = {row[0]: row[3:] for row in whole[1:]}
    assert rows["From partner - Fabrikam"] == ["·", "!62% (25)", "·", "38% (15)", "·", "·", "40"]
    assert rows["From the internet without a connector"] == ["17% (10)", "·", "·", "·", "83% (50)", "·", "60"]
    assert rows["Total"] == ["8% (10)", "▲21% (25)", "·", "12% (15)", "58% (70)", "5", "125"]
    days = page.table("A row a day and connector")
    at = days.index(["Tue 10 Nov · in 25"])
    assert days[at + 1] == ["From partner - Fabrikam", "Partner", "?", "·", "!100% (25)", "·", "·", "·", "·", "25"]


def test_the_tables_of_the_charts_are_exact_and_the_pictures_have_words(tmp_path: Path, capsys: Capture) -> None:
    page = page_of(capsys, small_world(tmp_path))
    shares = {row[0]: row[1:] for row in page.table("Share of each TLS version a day")}
    assert shares["Day"] == ["No TLS", "TLS 1.0", "TLS 1.2", "TLS 1.3", "TLS recorded for"]
    assert shares["12 Nov"] == ["0%", "0%", "18%", "82%", "85 of 90"]
    assert shares["11 Nov"] == ["–", "–", "–", "–", "0"]
    flow = {row[0]: row[1:] for row in page.table("Messages a day by connector")}
    assert flow["Day"] == [
        "Total", "From the internet without a connector", "From partner - Fabrikam", "To the internet without a connector"
    ]  # fmt: skip
    assert flow["12 Nov"] == ["90", "50", "15", "25"]
    assert flow["11 Nov"] == ["0", "0", "0", "0"]
    assert flow["9 Nov"] == ["–", "–", "–", "–"], "the files do not reach there"
    charts = [attributes for name, attributes in page.tags if name == "svg" and attributes.get("class") == "chart"]
    ids = {attributes["id"] for _, attributes in page.tags if "id" in attributes}
    assert len(charts) == 2
    assert all(set(chart["aria-labelledby"].split()) <= ids and chart["role"] == "img" for chart in charts)


def test_the_columns_of_a_day_fill_the_chart(tmp_path: Path, capsys: Capture) -> None:
    page = page_of(capsys, small_world(tmp_path))
    heights = Counter[str]()
    for name, result in page.tags:
        if name == "rect" and float(result["height"]) != 10 and float(result["x"]) > 40:
            heights[result["x"]] += round(10 * float(result["height"]))
    assert len(heights) == 3
    assert all(abs(height - 2280) <= 2 for height in heights.values())


def test_old_versions_have_their_first_and_last_time_in_the_zone(tmp_path: Path, capsys: Capture) -> None:
    rows = [*hops(1, "TLS 1.0", "2026-10-01T23:59:07"), *hops(2, "TLS 1.0", "2026-11-02T08:00:00"), *hops(9, "TLS 1.3")]
    table = write_table(tmp_path / "t.csv", rows)
    utc = page_of(capsys, table).table("All data, 1 Oct – 12 Nov 2026 UTC; a day")
    assert ["Inbound", "TLS 1.0", "3", "1 Oct 2026 23:59", "2 Nov 2026 08:00"] in utc
    assert ["Inbound", "TLS 1.1", "0", "none in 12 recorded", ""] in utc
    assert not any(row[0] == "Outbound" for row in utc), "no data"
    vienna = page_of(capsys, table, "--zone", "Europe/Vienna").table("All data, 2 Oct – 12 Nov 2026 Europe/Vienna")
    assert ["Inbound", "TLS 1.0", "3", "2 Oct 2026 01:59", "2 Nov 2026 09:00"] in vienna


def test_days_without_mail_and_what_is_not_recorded_are_named(tmp_path: Path, capsys: Capture) -> None:
    page = page_of(capsys, small_world(tmp_path))
    coverage = page.table("Between the first and the newest message, 10–13 Nov 2026 UTC")
    assert coverage[1:] == [
        ["Outbound", "1", "10–11 Nov 2026, 13 Nov 2026", "0"],
        ["Inbound", "3", "11 Nov 2026", "0"],
    ]
    assert page.table("By format")[1] == ["message_table", "Table with mailflow's own columns", "the other columns"]
    cover = {row[0]: row[2:5] for row in page.table("All data, by system")}
    assert cover["Outbound"] == ["25", "5", "20.0%"]


def test_a_format_without_tls_names_the_export_that_has_it(capsys: Capture) -> None:
    page = page_of(capsys, bundled("sample_data") / "every-format" / "exo_enhanced")
    lacks = {row[0]: row[2] for row in page.table("By format")}["exo_enhanced"]
    assert lacks.startswith("TLS version (export the extended report for it), ")
    assert lacks.endswith(" · TLS is in the extended report of the same days")


def test_sources_are_named_below_their_folder_with_their_hash(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "deep" / "a").mkdir(parents=True)
    (tmp_path / "deep" / "b").mkdir()
    write_table(tmp_path / "deep" / "a" / "one.csv", [*hops(3, "TLS 1.3"), {"time_utc": "never", "direction": "inbound", "tls": "TLS 1.3"}])
    write_table(tmp_path / "deep" / "b" / "two.csv", hops(2, "TLS 1.2", "2026-11-11T10:00:00"))
    text = html_of(capsys, tmp_path)
    page = Page(text)
    files = page.table("Files, by name")
    assert [row[0] for row in files[1:]] == ["a/one.csv", "b/two.csv"]
    assert files[1][2:6] == ["3", "·", "1", "12 Nov 2026 10:00 – 12 Nov 2026 10:00"]
    assert "rejected: line " in files[1][6]
    digests = page.table("Their content, unpacked")
    assert digests[1][2] == hashlib.sha256((tmp_path / "deep" / "a" / "one.csv").read_bytes()).hexdigest()
    assert str(tmp_path) not in text


def test_the_sample_equals_its_truth() -> None:
    page, truth = Page(sample_page()), TRUTH["last_7_days"]
    versions = {row[0].removeprefix("! ").removeprefix("▲ ").removeprefix("(Most secure) "): row for row in page.table("Messages by TLS")}
    for place, direction in ((1, "outbound"), (4, "inbound")):
        result = {name: int(row[place].strip("~").replace(",", "")) for name, row in versions.items() if name.startswith(("No", "TLS 1"))}
        assert {name: count for name, count in result.items() if count} == truth["flow"][direction]["tls"]
        assert versions["Messages"][place] == f"~{truth['flow'][direction]['messages']:,}"
    volumes = Counter[str]()
    by_day = page.table("A row a day and connector")
    volumes.update({"rows": sum(len(row) > 1 for row in by_day) - 1})
    volumes.update({"messages": sum(int(row[-1].strip("~").replace(",", "")) for row in by_day[1:] if len(row) > 1)})
    assert volumes["rows"] == len(truth["connectors"])
    assert volumes["messages"] == sum(row["messages"] for row in truth["connectors"])
    whole = page.table("9–15 Nov 2026, whole window")
    fabrikam = next(row for row in whole if row[0] == "From partner - Fabrikam")
    mine = [row for row in truth["connectors"] if (row["direction"], row["connector"]) == ("inbound", "Fabrikam")]
    assert fabrikam[4].endswith(f"({sum(row['tls'].get('TLS 1.0', 0) for row in mine)})")
    old = {(row[0], row[1]): row[2] for row in page.table("All data, 2–15 Nov 2026 UTC; a day")}
    assert old["Inbound", "TLS 1.0"] == f"~{TRUTH['whole']['flow']['inbound']['tls']['TLS 1.0']}"


def test_the_page_has_the_rules_of_counting(tmp_path: Path, capsys: Capture) -> None:
    text = " ".join(str(page_of(capsys, small_world(tmp_path)).text).split())
    assert len(counting_rules(RULES)) == RULES
    assert counting_rules(RULES)[1].startswith("No TLS needs evidence: ")
    for words in counting_rules(RULES):
        assert words in text


def test_it_names_the_limits_that_applied(tmp_path: Path, capsys: Capture) -> None:
    config = tmp_path / "config.toml"
    config.write_text("[findings]\ntls10_percent = 70\nmin_recorded = 5\n[findings.connectors.Fabrikam]\nno_tls_percent = 2.5\n")
    page = page_of(capsys, small_world(tmp_path), "--config", config)
    limits = {row[0]: row[1] for row in page.table("Limits of the findings")}
    assert (limits["tls10_percent"], limits["no_tls_percent"], limits["min_recorded"]) == ("70", "25", "5")
    assert limits["connectors.Fabrikam.no_tls_percent"] == "2.5"
    assert "No finding" not in page.text
    assert "significant TLS1.0" not in page.text


def test_a_narrowed_page_names_its_filter(tmp_path: Path, capsys: Capture) -> None:
    page = page_of(capsys, small_world(tmp_path), "--direction", "inbound", "--tls", "1.0", "--count", "recipients")
    assert "Only: inbound, where tls is TLS 1.0. Findings cover all mail." in page.text
    assert "The connector report counts recipients." in page.text
    clients = page_of(capsys, small_world(tmp_path), "--direction", "submission")
    assert "your own clients (SMTP AUTH)" in clients.text


def test_what_if_is_a_section_with_its_numbers(tmp_path: Path, capsys: Capture) -> None:
    page = page_of(capsys, small_world(tmp_path), "--what-if", "TLS 1.2")
    assert "If nothing below TLS 1.2 were accepted or sent (all data, 10–13 Nov 2026)" in page.text
    rows = {row[0]: row[1:] for row in page.table("By connector")}
    assert rows["From partner - Fabrikam"] == ["·", "25", "·", "·", "40"]
    assert rows["From the internet without a connector"] == ["·", "·", "10", "·", "60"]
    assert rows["To the internet without a connector"] == ["·", "·", "·", "5", "25"]
    assert "What if" not in page_of(capsys, small_world(tmp_path)).text


def test_a_single_day_has_charts_too(tmp_path: Path, capsys: Capture) -> None:
    page = page_of(capsys, write_table(tmp_path / "t.csv", hops(3, "TLS 1.3")), "--days", "1")
    assert page.table("Share of each TLS version a day")[1:] == [["12 Nov", "100%", "3 of 3"]]
    assert page.table("Messages a day by connector")[1:] == [["12 Nov", "3", "3"]]
