"""A folder with a file of every format and three broken ones: everything that can be read is read, and the rest is named."""

from __future__ import annotations

import gzip
import json
import os
import shutil
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from tests.support.reports import json_of
from tui.cli import run

Capture = pytest.CaptureFixture[str]
KNOWN = {path.stem for path in (Path(__file__).parents[1] / "queries" / "formats").glob("*.sql")}
SAMPLE = Path(__file__).parents[1] / "sample_data"
# Formats whose sample may be there only, and not in the sample data.
SAMPLED = {path.stem for path in (Path(__file__).parent / "format_samples").glob("*.sample")}
# Stamps that name no year are of the year in which their file was written last.
WRITTEN = datetime(2026, 11, 15, 9, 13, tzinfo=UTC).timestamp()


def a_file_of_every_format(folder: Path) -> None:
    """Copy the samples, as if they had just been written."""
    for name in ("every-format", "example-corp/exchange-server/send/EX01", "example-corp/exchange-online"):
        shutil.copytree(SAMPLE / name, folder / name)
    for name in ("frontend/EX02", "hub/EX01"):
        shutil.copytree(SAMPLE / "example-corp" / "exchange-server" / name, folder / name)
    for name in ("admin-centre", "settings"):
        shutil.copytree(SAMPLE / "example-corp" / name, folder / name)
    for path in folder.rglob("*"):
        os.utime(path, (WRITTEN, WRITTEN))


def break_three(folder: Path) -> Collection[Path]:
    """Write random bytes, a compressed file that lost its end, and an empty one."""
    noise, cut, empty = folder / "noise.log", folder / "cut.log.gz", folder / "empty.csv"
    noise.write_bytes(Random(3).randbytes(5_000))
    cut.write_bytes(gzip.compress(next(folder.rglob("20*10000")).read_bytes())[:-40])
    empty.write_bytes(b"")
    return noise, cut, empty


def test_a_folder_of_everything(tmp_path: Path, capsys: Capture) -> None:
    folder, kept = tmp_path / "folder", tmp_path / "t.duckdb"
    a_file_of_every_format(folder)
    broken = break_three(folder)
    capsys.readouterr()
    assert run(["load", str(folder), "--into", str(kept), "--log-zone", "UTC"]) == 0
    result = capsys.readouterr().err
    complaints = [line for line in result.splitlines() if "already loaded" not in line and f"mailflow: {folder}" in line]
    assert sorted(line.removeprefix("mailflow: ").split(": ")[0] for line in complaints) == sorted(map(str, broken))
    assert ", 0 lines rejected" in result.splitlines()[-1]
    assert result.splitlines()[-1].count("settings of ") == 1
    assert run(["sources", str(kept), "--format", "json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert KNOWN - SAMPLED <= {one["format"] for one in listed} <= KNOWN
    assert [one for one in listed if one["reject_count"]] == []
    assert run(["sources", str(kept)]) == 0
    text = capsys.readouterr().out
    assert [name for name in sorted(KNOWN - SAMPLED) if name not in text] == []


@pytest.mark.share(2)
@pytest.mark.parametrize("name", json.loads((SAMPLE / "every-format-truth.json").read_text()))
def test_a_bundled_sample_has_its_expected_counts(name: str, tmp_path: Path, capsys: Capture) -> None:
    truth = json.loads((SAMPLE / "every-format-truth.json").read_text())[name]
    a_copy = tmp_path / name
    shutil.copytree(SAMPLE / "every-format" / name, a_copy)
    for path in a_copy.rglob("*"):
        os.utime(path, (WRITTEN, WRITTEN))
    report = json_of(capsys, a_copy, "--from", "2026-11-02", "--to", "2026-11-15", "--log-zone", "UTC")
    for direction, result in truth["flow"].items():
        assert {part: report["flow"][direction][part] for part in result} == result
