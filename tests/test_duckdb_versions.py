"""The oldest DuckDB that the program supports loads and answers as the newest does.

The other version is in an environment of its own, which `.ci/run` makes; MAILFLOW_DUCKDB_1_5 names its folder elsewhere.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tui.resources import bundled

ROOT = Path(__file__).parent.parent
OLDEST = Path(os.environ.get("MAILFLOW_DUCKDB_1_5", ROOT / ".venv-duckdb-1.5")) / "bin" / "python"
SAMPLES = ("example-corp", "every-format")


def mailflow(python: Path, *arguments: object, folder: Path) -> bytes:
    """Run the program with another interpreter and return what it printed."""
    command = [python, "-m", "tui", *map(str, arguments)]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False, env=os.environ | {"PYTHONPATH": str(ROOT)})
    assert done.returncode in (0, 1), done.stderr.decode()
    return done.stdout


@pytest.mark.skipif(not OLDEST.exists(), reason="no environment with DuckDB 1.5.5")
@pytest.mark.parametrize("sample", SAMPLES)
def test_both_versions_load_and_answer_alike(sample: str, tmp_path: Path) -> None:
    reports: dict[str, bytes] = {}
    for writer in (OLDEST, Path(sys.executable)):
        folder = tmp_path / writer.parent.parent.name
        folder.mkdir()
        mailflow(writer, "load", bundled("sample_data") / sample, "--into", "trace.duckdb", folder=folder)
        for reader in (OLDEST, Path(sys.executable)):
            key = f"written by {writer.parent.parent.name}, read by {reader.parent.parent.name}"
            reports[key] = mailflow(reader, "report", "trace.duckdb", "--format", "json", folder=folder)
    assert len(reports) == 4
    assert json.loads(next(iter(reports.values())))["flow"]
    assert [key for key, report in reports.items() if report != next(iter(reports.values()))] == []


@pytest.mark.skipif(not OLDEST.exists(), reason="no environment with DuckDB 1.5.5")
def test_the_other_environment_has_the_oldest_version() -> None:
    said = subprocess.run([OLDEST, "-c", "import duckdb; print(duckdb.__version__)"], capture_output=True, check=True, text=True)
    assert said.stdout.strip() == "1.5.5"
