"""Real reports match the JSON Schema that `mailflow help json-schema` prints."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.support.reports import hops, json_of, write_rows
from tui.cli import run
from tui.resources import bundled, help_folder

Capture = pytest.CaptureFixture[str]
SAMPLE = bundled("sample_data") / "example-corp"
SCHEMA: Any = json.loads((help_folder() / "report.schema.json").read_text(encoding="utf-8"))


def faults(report: dict[str, Any]) -> list[str]:
    validator: Any = Draft202012Validator(SCHEMA)
    return [f"{one.json_path}: {one.message}" for one in validator.iter_errors(report)]


def mixed(folder: Path) -> Path:
    """Write messages of every delivery status, with a connector, an estimate-free what-if and a peer in clear text."""
    rows = [
        *hops(9, "TLS 1.0", connector="Fabrikam", connector_type="Partner", peer_host="mx1.fabrikam.example", sender="a@b.example"),
        *hops(2, "No TLS", peer_host="scan.example"),
        *hops(2, "Not recorded", direction="outbound"),
        *hops(1, "TLS 1.2", status="rejected"),
        *hops(1, "TLS 1.2", status="incomplete"),
        *hops(1, "TLS 1.2", direction="outbound", status="delivered"),
        *hops(1, "TLS 1.2", direction="submission", status="delivered"),
    ]
    return write_rows(folder / "t.csv", rows)


def test_the_schema_is_sound_and_printed(capsys: Capture) -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert run(["help", "json-schema"]) == 0
    assert json.loads(capsys.readouterr().out) == SCHEMA


def test_the_report_of_the_sample_matches(capsys: Capture) -> None:
    assert faults(json_of(capsys, SAMPLE, "--minimum-tls", "1.2")) == []


def test_narrowed_and_empty_reports_match(tmp_path: Path, capsys: Capture) -> None:
    table = mixed(tmp_path)
    report = json_of(capsys, table, "--what-if", "any", "--refuse", "--connector", "none", "--zone", "Europe/Vienna", "--tls", "none")
    assert faults(report) == []
    assert report["options"].keys() == {"zone", "connector", "filter"}
    assert faults(json_of(capsys, table, "--from", "2026-01-01", "--to", "2026-01-02")) == []


def test_the_contract_has_the_words_of_version_2(tmp_path: Path, capsys: Capture) -> None:
    report = json_of(capsys, mixed(tmp_path), "--floor", "1.2", "--count", "recipients", "--redact")
    assert faults(report) == []
    assert next(iter(report)) == "schema_version"
    assert {(one["direction"], one["status"]) for one in report["not_counted"]} == {
        ("inbound", "rejected"),
        ("inbound", "incomplete"),
        ("submission", "delivered"),
    }
    assert {peer["verdict"] for peer in report["what_if"]["peers"]} == {"no newer version seen", "also sent in clear text"}


def test_a_check_matches(tmp_path: Path, capsys: Capture) -> None:
    table = mixed(tmp_path)
    capsys.readouterr()
    run(["check", str(table), "--format", "json"])
    assert faults(json.loads(capsys.readouterr().out)) == []


@pytest.mark.share(3)
@pytest.mark.parametrize(("key", "value"), [("schema_version", 1), ("flow", 5), ("unknown", 1), ("sources", ["t.csv"])])
def test_what_is_no_report_does_not_match(tmp_path: Path, capsys: Capture, key: str, value: object) -> None:
    assert faults(json_of(capsys, mixed(tmp_path)) | {key: value})
