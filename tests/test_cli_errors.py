"""What a user can get wrong on the command line, or the machine refuses: one line each, and the exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.reports import hops, write_table
from tui.cli import run

pytestmark = pytest.mark.share(0.25)

Capture = pytest.CaptureFixture[str]


def test_a_home_folder_that_cannot_be_read_has_no_config(tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Path) -> bool:
        raise PermissionError(13, "Permission denied")

    table = str(write_table(tmp_path / "t.csv", hops(3, "TLS 1.3")))
    exists = Path.exists

    def may_exist(path: Path) -> bool:
        return refuse(path) if path.name == "config.toml" else exists(path)

    monkeypatch.setattr(Path, "exists", may_exist)
    assert run(["report", table]) == 0
    assert "Inbound: 3" in capsys.readouterr().out


def test_a_folder_that_cannot_be_read_is_reported(tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    write_table(tmp_path / "t.csv", hops(3, "TLS 1.3"))
    (tmp_path / "secret").mkdir()
    walk = os.scandir

    def scandir(path: str) -> object:
        if str(path).endswith("secret"):
            raise PermissionError(13, "Permission denied", str(path))
        return walk(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert run(["report", "--format", "json", str(tmp_path)]) == 0
    result = capsys.readouterr()
    assert json.loads(result.out)["flow"]["inbound"]["messages"] == 3
    assert "secret: cannot be read" in result.err


def test_a_trace_file_beside_its_sources_is_skipped(tmp_path: Path, capsys: Capture) -> None:
    write_table(tmp_path / "t.csv", hops(3, "TLS 1.3"))
    assert run(["load", str(tmp_path), "--into", str(tmp_path / "trace.duckdb")]) == 0
    capsys.readouterr()
    assert run(["report", "--format", "json", str(tmp_path)]) == 0
    result = capsys.readouterr()
    assert json.loads(result.out)["flow"]["inbound"]["messages"] == 3
    assert "trace.duckdb: is a trace file, skipped here" in result.err


def test_an_unknown_finding_in_the_config_and_a_finding_that_does_not_run_are_one_line(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = str(write_table(tmp_path / "t.csv", hops(3, "TLS 1.3")))
    config = tmp_path / "config.toml"
    config.write_text("[findings.limits]\nno_such = 4\n")
    assert run(["check", table, "--config", str(config)]) == 2
    assert "unknown finding no_such" in capsys.readouterr().err
    monkeypatch.setenv("MAILFLOW_CONFIG_HOME", str(tmp_path / "own"))
    (tmp_path / "own" / "findings").mkdir(parents=True)
    (tmp_path / "own" / "findings" / "mine.sql").write_text(
        "-- title: Mine\n-- params: since timestamp\n-- result: FindingRow\nSELECT nothing FROM nowhere WHERE $since IS NULL\n"
    )
    assert run(["check", table]) == 0
    result = capsys.readouterr().err.splitlines()
    assert len(result) == 1
    assert "mine.sql" in result[0]
    assert "this finding is skipped" in result[0]


def test_output_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    table = write_table(tmp_path / "t.csv", hops(3, "TLS 1.3"))
    command = f"{sys.executable} -m tui report {table} > /dev/full"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 3
    assert done.stderr.startswith("mailflow: stdout cannot be written")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.share(3)
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
def test_an_impossible_option_is_one_line_and_exit_2(tmp_path: Path, capsys: Capture, options: list[str]) -> None:
    table = write_table(tmp_path / "t.csv", hops(3, "TLS 1.2", connector="Alpha"))
    assert run(["report", str(table), *options]) == 2
    result = capsys.readouterr().err
    assert result.count("\n") == 1
    assert "internal" not in result


def test_an_unknown_connector_suggests_the_nearest(tmp_path: Path, capsys: Capture) -> None:
    table = write_table(tmp_path / "t.csv", hops(3, "TLS 1.2", connector="Fabrikam"))
    assert run(["report", str(table), "--connector", "Fabricam"]) == 2
    assert "did you mean Fabrikam?" in capsys.readouterr().err


def test_an_unknown_source_lists_the_existing_ones(tmp_path: Path, capsys: Capture) -> None:
    trace = tmp_path / "t.duckdb"
    assert run(["load", str(write_table(tmp_path / "t.csv", hops(1, "TLS 1.3"))), "--into", str(trace)]) == 0
    capsys.readouterr()
    assert run(["forget", str(trace), "--source", "9"]) == 2
    result = capsys.readouterr().err
    assert result == f"mailflow: source 9: no such source in {trace}; it has 1 (mailflow sources {trace} lists them)\n"
