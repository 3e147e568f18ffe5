"""Trace files of older versions of the schema open and go on, with all that they have."""

from __future__ import annotations

import json
import lzma
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.support.reports import json_of
from tui.cli import run
from tui.output.report_contract import upgraded
from tui.store.trace_file import SCHEMA_VERSION

pytestmark = pytest.mark.share(0.33)

Capture = pytest.CaptureFixture[str]
STORED = Path(__file__).parent / "schema_5"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """Return a trace file of version 5: lists, logs, settings, reports, pending rows, a note, an acknowledged finding, forgotten days."""
    file = tmp_path / "old.duckdb"
    file.write_bytes(lzma.decompress((STORED / "trace.duckdb.xz").read_bytes()))
    return file


def expected() -> dict[str, Any]:
    """Return the report that the old version printed, in the words of the present schema version."""
    return upgraded(json.loads(lzma.decompress((STORED / "report.json.xz").read_bytes())))


def asked(trace: Path, query: str) -> list[Any]:
    with duckdb.connect(str(trace), read_only=True) as connection:
        return connection.execute(query).fetchall()


def more(folder: Path) -> Path:
    table = folder / "more.csv"
    table.write_text("time_utc,direction,tls,hop_key\n2026-11-15T09:00:00,submission,TLS 1.3,77\n")
    return table


def test_an_old_file_gives_the_same_report(old: Path, capsys: Capture) -> None:
    before = old.read_bytes()
    assert json_of(capsys, old, "--days", 30) == expected()
    assert old.read_bytes() == before


def test_an_old_file_in_a_folder_that_cannot_be_written_opens(old: Path, capsys: Capture) -> None:
    old.chmod(0o400)
    old.parent.chmod(0o500)
    try:
        assert json_of(capsys, old, "--days", 30)["flow"] == expected()["flow"]
        assert run(["show", "work", str(old)]) == 0
        assert "mail to postmaster" in capsys.readouterr().out
    finally:
        old.parent.chmod(0o700)


def test_a_load_migrates_and_loses_nothing(old: Path, tmp_path: Path, capsys: Capture) -> None:
    kept = {table: asked(old, f"FROM {table} ORDER BY ALL") for table in ("note", "acknowledged", "reject", "own_domain", "pending")}
    assert run(["load", str(more(tmp_path)), "--into", str(old)]) == 0
    assert asked(old, "SELECT schema_version FROM trace_file") == [(SCHEMA_VERSION,)]
    assert {table: asked(old, f"FROM {table} ORDER BY ALL") for table in kept} == kept
    report, before = json_of(capsys, old, "--days", 30), expected()
    for part in ("flow", "connectors", "findings", "window"):
        assert report[part] == before[part]
    assert len(report["sources"]) == len(before["sources"]) + 1


def test_forgetting_what_older_versions_did_not_keep_twice_asks_for_the_files(old: Path, tmp_path: Path, capsys: Capture) -> None:
    numbers = dict(asked(old, "SELECT path, source_id FROM source"))
    capsys.readouterr()
    assert run(["forget", str(old), "--source", str(numbers["one.csv"])]) == 2
    result = capsys.readouterr().err
    assert "2026-11-13, 2026-11-14" in result
    assert "two.csv" in result
    assert run(["forget", str(old), "--source", str(numbers["two.csv"])]) == 0
    assert run(["forget", str(old), "--source", str(numbers["one.csv"])]) == 0


def test_a_pending_session_of_an_old_file_is_still_completed(old: Path, capsys: Capture) -> None:
    assert asked(old, "SELECT count(*) > 0 FROM pending WHERE format = 'exchange_smtp_receive'") == [(True,)]
    rest = sorted(Path("sample_data/example-corp/exchange-server/send/EX01").glob("*"))[:2]
    before = json_of(capsys, old, "--days", 30)["flow"]["inbound"]
    assert run(["load", *map(str, rest), "--into", str(old)]) == 0
    assert json_of(capsys, old, "--days", 30)["flow"]["inbound"] == before


def test_files_of_versions_before_the_oldest_known_are_refused_with_one_line(old: Path, capsys: Capture) -> None:
    with duckdb.connect(str(old)) as connection:
        connection.execute("UPDATE trace_file SET schema_version = 4")
    capsys.readouterr()
    assert run(["report", str(old)]) == 3
    result = capsys.readouterr().err
    assert "schema 4" in result
    assert result.count("\n") == 1
