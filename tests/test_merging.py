"""Merging trace files gives what loading the files they were made of gives."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import duckdb
import pytest

from sample_data.generator import build_world, write_world
from tui.cli import run
from tui.commands import Chosen, load, report
from tui.config import Config
from tui.errors import TraceFileError, UnwritableError
from tui.intake.discovery import InputPaths

pytestmark = pytest.mark.share(0.33)

ROWS = "SELECT * EXCLUDE (source_id, line_no) FROM {} ORDER BY ALL"
TABLES = ("message", "failed_session", "own_domain", "tls_report", "note", "acknowledged")


def asked(trace: Path, query: str) -> list[Any]:
    with duckdb.connect(str(trace), read_only=True) as connection:
        return connection.execute(query).fetchall()


def report_of(trace: Path) -> dict[str, Any]:
    found = json.loads(report(InputPaths([str(trace)]), Config(), Chosen(days=40), "json"))
    found["sources"] = sorted(found["sources"], key=lambda one: (one["path"], one["format"], one["sha256"]))
    return found


def rejected(trace: Path) -> list[Any]:
    return asked(trace, "SELECT path, reject.line_no, reason, text FROM reject INNER JOIN source USING (source_id) ORDER BY ALL")


def same(one: Path, other: Path) -> None:
    first, second = report_of(one), report_of(other)
    counts = [sum(source["messages"] for source in found["sources"]) for found in (first, second)]
    assert counts[0] == counts[1]
    for found in (first, second):
        for source in found["sources"]:
            del source["messages"]
    assert first == second
    for table in TABLES:
        query = ROWS.format(table)
        if table == "message":
            query = query.replace("line_no)", "line_no, is_merged)")
        if table in ("note", "acknowledged"):
            query = f"FROM {table} ORDER BY ALL"
        assert asked(one, query) == asked(other, query), table
    assert rejected(one) == rejected(other)


FEW = ("postfix", "exchange_smtp_receive", "connector_settings")
MANY = (*FEW, "exchange_tracking", "exo_extended", "exo_enhanced")


@pytest.fixture(
    scope="module", params=[FEW, pytest.param((*FEW, "exchange_tracking", "exo_extended", "exo_enhanced"), marks=pytest.mark.exhaustive)]
)
def halves(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """Return trace files of half of the files of one organisation each, and of all: sessions are cut between them, hops stand in both."""
    folder = tmp_path_factory.mktemp("merging")
    write_world(build_world(30, 7, days=2, formats=set(request.param)), folder / "files", plain=True)
    files = sorted(path for path in (folder / "files").rglob("*") if path.is_file())
    broken = folder / "files" / "broken.csv"
    broken.write_text("time_utc,direction,tls\n2026-11-14T10:00:00,inbound,TLS 1.2\nnever,inbound,TLS 1.2\n")
    parts = [[str(file) for file in [*files, broken][at::2]] for at in (0, 1)]
    traces = [folder / name for name in ("x.duckdb", "y.duckdb", "all.duckdb")]
    for trace, paths in zip(traces, [*parts, [*parts[0], *parts[1]]], strict=True):
        load(InputPaths(paths), trace, Config())
    return traces[0], traces[1], traces[2]


@pytest.mark.share(1)
@pytest.mark.parametrize("backwards", [False, True])
def test_a_merge_is_a_load_of_the_original_files(halves: tuple[Path, Path, Path], tmp_path: Path, *, backwards: bool) -> None:
    x, y, whole = halves
    merged = tmp_path / "z.duckdb"
    load(InputPaths([str(trace) for trace in ((y, x) if backwards else (x, y))]), merged, Config())
    same(merged, whole)


def test_merging_twice_changes_nothing(halves: tuple[Path, Path, Path], tmp_path: Path) -> None:
    x, y, whole = halves
    merged = tmp_path / "z.duckdb"
    for trace in (x, y, x):
        load(InputPaths([str(trace)]), merged, Config())
    same(merged, whole)


def test_a_file_is_merged_with_others_in_one_load(halves: tuple[Path, Path, Path], tmp_path: Path) -> None:
    x, _, _ = halves
    table = tmp_path / "t.csv"
    table.write_text("time_utc,direction,tls\n2026-11-14T10:00:00,inbound,TLS 1.3\n")
    merged = tmp_path / "z.duckdb"
    load(InputPaths([str(x), str(table)]), merged, Config())
    assert len(report_of(merged)["sources"]) == len(report_of(x)["sources"]) + 1
    assert sorted(file.name for file in tmp_path.iterdir()) == ["t.csv", "z.duckdb"]


def test_trace_files_and_others_are_loaded_together_or_not_at_all(
    halves: tuple[Path, Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table, merged = tmp_path / "t.csv", tmp_path / "z.duckdb"
    table.write_text("time_utc,direction,tls\n2026-11-14T10:00:00,inbound,TLS 1.3\n")
    load(InputPaths([str(table)]), merged, Config())
    before = merged.read_bytes()

    def full(*_: object) -> None:
        raise UnwritableError("no space left on the disk")

    monkeypatch.setattr("tui.intake.load._load_once", full)
    with pytest.raises(UnwritableError):
        load(InputPaths([str(halves[0]), str(table)]), merged, Config())
    assert merged.read_bytes() == before
    assert sorted(file.name for file in tmp_path.iterdir()) == ["t.csv", "z.duckdb"]


def test_a_merge_counts_what_it_added_besides_messages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    domains, trace = tmp_path / "AcceptedDomains.csv", tmp_path / "x.duckdb"
    domains.write_text('"DomainName","DomainType","Default"\r\n"example.com","Authoritative","True"\r\n')
    assert run(["load", str(domains), "--into", str(trace)]) == 0
    alone = capsys.readouterr().err
    assert run(["load", str(trace), "--into", str(tmp_path / "z.duckdb")]) == 0
    assert capsys.readouterr().err == alone.replace("x.duckdb", "z.duckdb")
    assert "1 own domain" in alone


def test_columns_are_not_left_out_of_a_trace_file(
    halves: tuple[Path, Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    merged = tmp_path / "z.duckdb"
    assert run(["load", str(halves[0]), "--into", str(merged), "--without", "subject"]) == 2
    assert "load its source files" in capsys.readouterr().err
    assert not merged.exists()


def test_notes_beside_a_merged_file_come_along(halves: tuple[Path, Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    x = tmp_path / "x.duckdb"
    x.write_bytes(halves[0].read_bytes())
    note = {"facet": "host", "name": "mx.example", "kind": "asked", "text": "mail sent", "due": None, "made_at_utc": "2026-11-14 10:00:00"}
    Path(f"{x}.notes.jsonl").write_text(json.dumps({"kind": "note", "record": note}) + "\n")
    merged = tmp_path / "z.duckdb"
    load(InputPaths([str(x)]), merged, Config())
    assert asked(merged, "SELECT name, text FROM note") == [("mx.example", "mail sent")]


def test_the_later_retention_date_counts_for_both(halves: tuple[Path, Path, Path], tmp_path: Path) -> None:
    x, y, whole = halves
    forgetful = tmp_path / "x.duckdb"
    forgetful.write_bytes(x.read_bytes())
    day = str(asked(x, "SELECT CAST(max(time_utc) AS DATE) FROM message")[0][0])
    assert run(["forget", str(forgetful), "--before", day]) == 0
    merged = tmp_path / "z.duckdb"
    load(InputPaths([str(forgetful), str(y)]), merged, Config())
    assert asked(merged, f"SELECT count(*) FROM message WHERE time_utc < '{day}'") == [(0,)]
    assert asked(merged, "SELECT CAST(max(kept_from) AS DATE) FROM trace_file") == asked(merged, f"SELECT DATE '{day}'")
    flow, before = report_of(merged)["flow"], report_of(whole)["flow"]
    assert {direction: one["messages"] for direction, one in flow.items()}.keys() == before.keys()


def with_totals_of_old_days(part: Path, target: Path, day: str) -> Path:
    target.write_bytes(part.read_bytes())
    assert run(["forget", str(target), "--before", day]) == 0
    return target


@pytest.mark.parametrize("is_first", [True, False])
def test_what_is_older_than_the_retention_date_comes_from_neither(halves: tuple[Path, Path, Path], tmp_path: Path, is_first: bool) -> None:
    x, y, _ = halves
    day = str(asked(x, "SELECT CAST(max(time_utc) AS DATE) FROM message")[0][0])
    forgetful = with_totals_of_old_days(x, tmp_path / "x.duckdb", day)
    merged = tmp_path / "z.duckdb"
    load(InputPaths([str(forgetful), str(y)] if is_first else [str(y), str(forgetful)]), merged, Config())
    for table in ("message", "failed_session"):
        assert asked(merged, f"SELECT count(*) FROM {table} WHERE time_utc < TIMESTAMP '{day}'") == [(0,)]


@pytest.mark.parametrize("is_first", [True, False])
def test_totals_of_files_that_both_have_are_not_added_up(
    halves: tuple[Path, Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str], is_first: bool
) -> None:
    _, y, whole = halves
    day = str(asked(y, "SELECT CAST(max(time_utc) AS DATE) FROM message")[0][0])
    forgetful = with_totals_of_old_days(y, tmp_path / "y.duckdb", day)
    merged = tmp_path / "z.duckdb"
    assert run(["load", *map(str, (forgetful, whole) if is_first else (whole, forgetful)), "--into", str(merged)]) in (0, 2)
    result = capsys.readouterr().err
    assert ("load the original files" in result) == (not merged.exists())
    assert merged.exists() != is_first  # the whole has all that the other has: then there is nothing to add


def damaged(part: Path, target: Path, how: str) -> Path:
    content = bytearray(part.read_bytes())
    if how == "cut":
        del content[len(content) * 2 // 3 :]
    else:
        content[300_000:-300_000] = b"\xff" * (len(content) - 600_000)
    target.write_bytes(content)
    return target


@pytest.mark.parametrize("how", ["cut", "overwritten"])
def test_a_damaged_trace_file_is_named(
    halves: tuple[Path, Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str], how: str
) -> None:
    bad = damaged(halves[0], tmp_path / "bad.duckdb", how)
    table = tmp_path / "t.csv"
    table.write_text("time_utc,direction,tls\n2026-11-14T10:00:00,inbound,TLS 1.3\n")
    before = bad.read_bytes()
    for command in (
        ["report", str(bad)],
        ["load", str(bad), "--into", str(tmp_path / "z.duckdb")],
        ["load", str(table), "--into", str(bad)],
    ):
        assert run(command) == TraceFileError.exit_code, command
        result = capsys.readouterr().err
        assert "damaged" in result, command
        assert result.count("\n") == 1
    assert bad.read_bytes() == before
    assert sorted(file.name for file in tmp_path.iterdir()) == ["bad.duckdb", "t.csv"]


def test_what_is_no_trace_file_is_named_as_it_was_given(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = tmp_path / "text.duckdb"
    text.write_text("hello\n")
    assert run(["forget", str(text), "--source", "1"]) == TraceFileError.exit_code
    assert capsys.readouterr().err.startswith(f"mailflow: {text}: is not a trace file")


def test_a_trace_file_that_is_write_protected_is_not_replaced(
    halves: tuple[Path, Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    trace = tmp_path / "x.duckdb"
    trace.write_bytes(halves[0].read_bytes())
    before = trace.stat().st_ino

    def may(file: Path, mode: int) -> bool:
        return Path(file) != trace or mode != os.W_OK  # root may write everything

    monkeypatch.setattr("tui.store.publishing.os.access", may)
    assert run(["load", str(halves[1]), "--into", str(trace)]) == UnwritableError.exit_code
    assert "is write-protected" in capsys.readouterr().err
    assert trace.stat().st_ino == before
