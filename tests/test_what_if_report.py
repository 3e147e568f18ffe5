"""`report --what-if`: what becomes of mail below a floor, as text and JSON; and what JSON says was asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.reports import hops, json_of, text_of, write_rows, write_table
from tui.cli import run
from tui.resources import bundled

pytestmark = pytest.mark.share(0.25)

Capture = pytest.CaptureFixture[str]
SAMPLE = bundled("sample_data") / "example-corp"
TRUTH: dict[str, Any] = json.loads((SAMPLE.parent / "example-corp-truth.json").read_text(encoding="utf-8"))
OLD = ("No TLS", "TLS 1.0", "TLS 1.1")


def world(folder: Path) -> Path:
    rows = [
        *hops(
            4,
            "TLS 1.0",
            "2026-10-20T10:00:07",
            connector="Fabrikam",
            forced_tls="true",
            peer_host="mx1.fabrikam.example",
            sender="a@b.example",
        ),
        *hops(6, "TLS 1.0", "2026-11-12T10:00:00", peer_host="old.example", sender="c@d.example"),
        *hops(3, "No TLS", "2026-11-12T10:00:00", peer_host="scan.example", sender="e@f.example"),
        *hops(2, "Not recorded", "2026-11-12T10:00:00"),
        *hops(10, "TLS 1.3", "2026-11-12T10:00:00", peer_host="old.example", sender="c@d.example"),
    ]
    return write_rows(folder / "t.csv", rows)


def test_json_contains_totals_connectors_days_and_peers(tmp_path: Path, capsys: Capture) -> None:
    result = json_of(capsys, world(tmp_path), "--what-if", "1.2")["what_if"]
    assert (result["minimum_tls"], result["refuse"]) == ("TLS 1.2", False)
    assert (result["from"], result["to"]) == ("2026-10-20T00:00:00Z", "2026-11-12T23:59:59Z")
    assert result["totals"] == {
        "messages": 25, "as_now": 10, "refused": 4, "falls_back_to_clear_text": 6, "stays_clear": 3, "not_recorded": 2,
        "connectors": 2, "peers": 3, "senders": 3, "is_estimate": False,
    }  # fmt: skip
    assert result["connectors"][0] == {
        "direction": "inbound", "connector": "Fabrikam", "connector_type": None, "forced_tls": True, "messages": 4, "as_now": 0,
        "refused": 4, "falls_back_to_clear_text": 0, "stays_clear": 0, "not_recorded": 0, "is_estimate": False,
    }  # fmt: skip
    assert result["connectors"][1]["connector"] is None
    assert [(day["day"], day["messages"], day["refused"]) for day in result["days"]] == [("2026-10-20", 4, 4), ("2026-11-12", 21, 0)]
    assert {peer["name"]: (peer["verdict"], peer["best"], peer["connectors"], peer["last"]) for peer in result["peers"]} == {
        "old.example": ("newer version seen", "TLS 1.3", [None], "2026-11-12T10:00:00Z"),
        "mx1.fabrikam.example": ("no newer version seen", "TLS 1.0", ["Fabrikam"], "2026-10-20T10:00:07Z"),
        "scan.example": ("also sent in clear text", "No TLS", [None], "2026-11-12T10:00:00Z"),
    }


def test_named_days_narrow_it_and_refuse_takes_all(tmp_path: Path, capsys: Capture) -> None:
    result = json_of(capsys, world(tmp_path), "--what-if", "TLS 1.2", "--refuse", "--days", "7")["what_if"]
    assert (result["from"], result["to"], result["refuse"]) == ("2026-11-06T00:00:00Z", "2026-11-12T23:59:59Z", True)
    assert (result["totals"]["messages"], result["totals"]["refused"], result["totals"]["falls_back_to_clear_text"]) == (21, 9, 0)
    for options in (("--from", "2026-11-06"), ("--to", "2026-11-12")):
        assert json_of(capsys, world(tmp_path), "--what-if", "TLS 1.2", *options)["what_if"]["totals"]["messages"] == 21


def test_a_scope_narrows_it(tmp_path: Path, capsys: Capture) -> None:
    result = json_of(capsys, world(tmp_path), "--what-if", "TLS 1.2", "--connector", "Fabrikam")["what_if"]
    assert result["totals"]["messages"] == 4
    result = json_of(capsys, world(tmp_path), "--what-if", "TLS 1.2", "--where", "host is old.example")["what_if"]
    assert (result["totals"]["messages"], result["totals"]["falls_back_to_clear_text"]) == (16, 6)


def test_the_sample_equals_its_truth(sample_trace: Path, capsys: Capture) -> None:
    result = json_of(capsys, sample_trace, "--what-if", "TLS 1.2", "--refuse")["what_if"]
    flow = TRUTH["whole"]["flow"]
    assert result["totals"]["messages"] == sum(one["messages"] for one in flow.values())
    assert result["totals"]["refused"] == sum(one["tls"].get(version, 0) for one in flow.values() for version in OLD)
    assert result["totals"]["not_recorded"] == sum(one["tls"]["Not recorded"] for one in flow.values())
    assert sum(day["messages"] for day in result["days"]) == result["totals"]["messages"]


def test_text_has_a_section_of_its_own(tmp_path: Path, capsys: Capture) -> None:
    text = text_of(capsys, world(tmp_path), "--what-if", "any")
    section = text[text.index("\nWHAT IF\n") : text.index("\nSOURCES\n")]
    assert "If no mail were accepted or sent without TLS (all data, 20 Oct – 12 Nov 2026)" in section
    assert "Of 25 messages: 3 stay in clear text (12.0%)" in section
    assert "scan.example: 3 messages below" in section
    assert "WHAT IF" not in text_of(capsys, world(tmp_path))


@pytest.mark.share(3)
@pytest.mark.parametrize(
    ("word", "minimum_tls"),
    [("any TLS", "any TLS"), ("any", "any TLS"), ("tls 1.0", "TLS 1.0"), ("1.1", "TLS 1.1"), ("TLS 1.2", "TLS 1.2"), ("1.3", "TLS 1.3")],
)
def test_a_minimum_version_has_several_spellings(tmp_path: Path, capsys: Capture, word: str, minimum_tls: str) -> None:
    assert json_of(capsys, world(tmp_path), "--what-if", word)["what_if"]["minimum_tls"] == minimum_tls


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--what-if", "TLS 9"], "'TLS 9'; choose any TLS, TLS 1.0"),
        (["--what-if", "No TLS"], "'No TLS'; choose any TLS"),
        (["--refuse"], "--minimum-tls"),
        (["--what-if", "1.2", "--format", "csv"], "--format json"),
    ],
)
def test_what_means_nothing_is_a_usage_error(tmp_path: Path, capsys: Capture, options: list[str], words: str) -> None:
    assert run(["report", str(world(tmp_path)), *options]) == 2
    result = capsys.readouterr()
    assert (result.out, len(result.err.splitlines())) == ("", 1)
    assert words in result.err


def test_json_contains_only_options_beyond_the_defaults(tmp_path: Path, capsys: Capture) -> None:
    table = write_table(tmp_path / "t.csv", [*hops(3, "TLS 1.3"), *hops(2, "TLS 1.2", connector="Fabrikam", connector_type="Partner")])
    plain = json_of(capsys, table)
    assert "options" not in plain
    assert "what_if" not in plain
    assert "options" not in json_of(capsys, table, "--zone", "UTC", "--count", "messages", "--days", "3")
    asked = {
        ("--zone", "Europe/Vienna"): {"zone": "Europe/Vienna"},
        ("--direction", "inbound"): {"direction": "inbound"},
        ("--connector", "Fabrikam"): {"connector": "Fabrikam"},
        ("--connector", "none"): {"connector": None},
        ("--system", "Table"): {"system": "Table"},
        ("--type", "Partner", "--tls", "1.2"): {"filter": "type is Partner and tls is TLS 1.2"},
        ("--where", "host is a.example"): {"filter": "host is a.example"},
        ("--count", "recipients"): {"counted": "recipients"},
    }
    for options, result in asked.items():
        assert json_of(capsys, table, *options)["options"] == result


def test_own_clients_can_be_asked_for(tmp_path: Path, capsys: Capture) -> None:
    table = write_table(tmp_path / "t.csv", [*hops(3, "TLS 1.3"), *hops(2, "TLS 1.2", direction="submission")])
    report = json_of(capsys, table, "--direction", "submission")
    assert [(row["direction"], row["messages"]) for row in report["connectors"]] == [("submission", 2)]
    assert report["flow"]["inbound"]["messages"] == 0


def test_the_first_quarter_hour_of_the_file_counts(tmp_path: Path, capsys: Capture) -> None:
    rows = [*hops(2, "TLS 1.0", "2026-10-01T10:07:31"), *hops(3, "TLS 1.3")]
    assert json_of(capsys, write_table(tmp_path / "t.csv", rows), "--what-if", "1.2")["what_if"]["totals"]["messages"] == 5
