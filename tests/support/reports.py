"""Small worlds as tables, and the reports that the command line gives of them."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tui.cli import run

COLUMNS = ("time_utc", "direction", "connector", "connector_type", "tls", "status", "system", "peer_host", "sender", "subject", "messages")


def write_table(path: Path, rows: Sequence[Mapping[str, object]], columns: Sequence[str] = COLUMNS) -> Path:
    """Write rows as a CSV with the columns of message; each row is a hop of its own."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def hops(count: int, tls: str, time: str = "2026-11-12T10:00:00", direction: str = "inbound", **others: object) -> list[dict[str, object]]:
    """Return rows of messages that differ in nothing but their line."""
    return [{"time_utc": time, "direction": direction, "tls": tls, **others} for _ in range(count)]


def write_rows(path: Path, rows: Sequence[Mapping[str, object]]) -> Path:
    """Write rows as a CSV with whichever columns of message they have."""
    return write_table(path, rows, list(dict.fromkeys(column for row in rows for column in row)))


def finding_of(report: Mapping[str, Any], finding: str) -> dict[str, Any] | None:
    """Return a finding of a JSON report that holds in at most one place; None when it does not."""
    found = [one for one in report["findings"] + report["too_few_to_judge"] if one["id"] == finding]
    assert len(found) < 2, found
    return found[0] if found else None


def json_of(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, Any]:
    """Run `mailflow report --format json` and return what it printed."""
    capsys.readouterr()
    code = run(["report", "--format", "json", *map(str, arguments)])
    result = capsys.readouterr()
    assert code == 0, result.err
    return json.loads(result.out)


def text_of(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """Run `mailflow report` and return what it printed."""
    capsys.readouterr()
    code = run(["report", *map(str, arguments)])
    result = capsys.readouterr()
    assert code == 0, result.err
    return result.out


def _sorted_rows(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: (row["date"], row["direction"], row["connector"] is None, row["connector"] or ""))


def assert_equals_truth(report: dict[str, Any], truth: dict[str, Any]) -> None:
    """Compare the counts of a report with those of a generated world: in each direction, and of each connector and day."""
    assert report["flow"].keys() == truth["flow"].keys()
    for direction, flow in truth["flow"].items():
        assert {name: report["flow"][direction][name] for name in flow} == flow
    assert _sorted_rows(report["connectors"]) == _sorted_rows(truth["connectors"])


def run_command(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, list[str]]:
    """Run a command; return its exit code, what it printed, and the lines of its errors."""
    capsys.readouterr()
    code = run(list(map(str, arguments)))
    result = capsys.readouterr()
    return code, result.out, result.err.splitlines()
