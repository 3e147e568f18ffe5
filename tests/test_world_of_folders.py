"""A folder with a file of every format and three broken ones: everything that can be read is read, and the rest is named."""

from __future__ import annotations

import gzip
import json
from collections.abc import Collection
from pathlib import Path
from random import Random
from typing import Any

import pytest

from sample_data.generator import build_world, write_world
from sample_data.generator.hops import ALL_FORMATS
from sample_data.generator.writers.registry import WRITERS
from tests.reports import hops, write_table
from tui.cli import run

Capture = pytest.CaptureFixture[str]
KNOWN = {path.stem for path in (Path(__file__).parents[1] / "queries" / "formats").glob("*.sql")}
TLS_REPORT: dict[str, Any] = {
    "organization-name": "Partner Mail",
    "date-range": {"start-datetime": "2026-11-10T00:00:00Z", "end-datetime": "2026-11-10T23:59:59Z"},
    "report-id": "1",
    "policies": [
        {
            "policy": {"policy-type": "sts", "policy-domain": "example.com", "mx-host": ["mx.example.com"]},
            "summary": {"total-successful-session-count": 20, "total-failure-session-count": 0},
        }
    ],
}

# Of formats that have no writer: the smallest file that is one.
SMALLEST = {
    "exchange_receive_connectors": "Name,RequireTLS,RemoteIPRanges,Bindings\nEX01\\Relay,True,10.0.0.0/24,0.0.0.0:25\n",
    "exchange_send_connectors": "Name,RequireTLS,AddressSpaces,SmartHosts\nTo all,True,smtp:*;1,\n",
    "tls_rpt": json.dumps(TLS_REPORT),
}


def a_file_of_every_format(folder: Path) -> None:
    """Write small worlds of all formats that the generator knows, and small files of those that it does not."""
    for name in sorted({*ALL_FORMATS, *WRITERS}):
        write_world(build_world(20, 8, formats={name}), folder / name, plain=True)
    for name, text in SMALLEST.items():
        (folder / f"{name}.txt").write_text(text)
    write_table(folder / "table.csv", hops(3, "TLS 1.2"))


def break_three(folder: Path) -> Collection[Path]:
    """Write random bytes, a compressed file that lost its end, and an empty one."""
    noise, cut, empty = folder / "noise.log", folder / "cut.log.gz", folder / "empty.csv"
    noise.write_bytes(Random(3).randbytes(5_000))
    cut.write_bytes(gzip.compress(next((folder / "kumomta").rglob("20*10000")).read_bytes())[:-40])
    empty.write_bytes(b"")
    return noise, cut, empty


def test_a_folder_of_everything(tmp_path: Path, capsys: Capture) -> None:
    folder, kept = tmp_path / "folder", tmp_path / "t.duckdb"
    a_file_of_every_format(folder)
    broken = break_three(folder)
    capsys.readouterr()
    assert run(["load", str(folder), "--into", str(kept), "--log-zone", "UTC"]) == 0
    told = capsys.readouterr().err
    complaints = [line for line in told.splitlines() if "already loaded" not in line and f"mailflow: {folder}" in line]
    assert sorted(line.removeprefix("mailflow: ").split(": ")[0] for line in complaints) == sorted(map(str, broken))
    assert ", 0 lines rejected" in told.splitlines()[-1]
    assert run(["sources", str(kept), "--format", "json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert {one["format"] for one in listed} == KNOWN
    assert [one for one in listed if one["reject_count"]] == []
    assert run(["sources", str(kept)]) == 0
    text = capsys.readouterr().out
    assert [name for name in sorted(KNOWN) if name not in text] == []
