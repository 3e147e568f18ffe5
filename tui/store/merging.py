"""Merging trace files: the rows of sources that this file does not have are copied from another file, and resolved with its own."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from tui.errors import UsageError
from tui.store.appending import note_removed, transaction
from tui.store.engine import Engine
from tui.store.forgetting import delete_before
from tui.store.format_rules import Rules
from tui.store.incoming import set_limits, show_observations
from tui.store.notes_file import remember_notes
from tui.store.query_files import load_query
from tui.store.resolution import Resolution
from tui.store.rollup import BEGIN, Run, rebuild, retention_start
from tui.store.trace_file import attach_part, damage_explained, utc_now
from tui.store.writing import add_notes

_COPIED = (
    "reject", "failed_session", "connector", "own_domain", "own_address", "tls_report", "tls_evidence", "pending",
    "legacy_duplicate", "note", "acknowledged",
)  # fmt: skip
_ROLLUPS = ("flow_quarter", "peer_day")


@dataclass(frozen=True)
class Merged:
    """The result of merging a trace file: how many of its sources are new here, and how many were already loaded."""

    new_sources: int
    known_sources: int


def merge_trace(engine: Engine, part: Path, rules: Rules, own_servers: Sequence[str]) -> Merged:
    """Copy a trace file into the one that is attached for writing as `trace`, and resolve the affected messages, in one transaction.

    Observations, pending rows, rejected lines, failed sessions, settings, reports, notes and sources are copied. Sources whose content
    is already loaded are skipped. The later of the two retention dates applies to both, and totals of older days are added up. Raises
    UsageError when that would count files that both have twice.
    """
    run = engine.connection.execute
    with _attached(engine, part), transaction(run, run):
        lines: dict[str, None] = {}
        remember_notes(lines, part)
        add_notes(engine, list(lines))
        return _merge(run, part, rules, own_servers)


def _merge(run: Run, part: Path, rules: Rules, own_servers: Sequence[str]) -> Merged:
    _ask(run, "merging/part_sources")
    row = _ask(run, "merging/part_counts").fetchone()
    merged = Merged(int(row[0]), int(row[1])) if row else Merged(0, 0)
    row = _ask(run, "merging/part_kept_from").fetchone()
    moment: datetime = row[0] if row and row[0] else BEGIN
    if merged.new_sources and merged.known_sources and max(moment, retention_start(run)) > BEGIN:
        raise UsageError(
            f"{part}: has {merged.known_sources} of its files in common with the trace file that it is merged into, and only totals are "
            "stored of older messages, which cannot be separated; load the original files into a new trace file"
        )
    if moment > retention_start(run):
        delete_before(run, moment, rules, own_servers)
    _ask(run, "merging/part_observations")
    _ask(run, "staging/read_file")
    set_limits(run, utc_now(), ())
    note_removed(run, [], [])
    had_settings = _ask(run, "load/any_setting").fetchone() is not None
    show_observations(run, [])
    resolution = Resolution(run, rules, own_servers)
    _ask(run, "merging/copy_source")
    resolution.begin()
    for name in _COPIED:
        _ask(run, f"merging/copy_{name}")
    if retention_start(run) > BEGIN:
        for name in ("delete_old_failures", "delete_old_pending"):
            run(load_query(f"retention/{name}").sql, {"moment": retention_start(run)})
    show_observations(run, ["part_observation"])
    _ask(run, "merging/new_failures")
    _ask(run, "resolution/duplicate_failures")
    spans = resolution.resolve()
    has_settings = had_settings or _ask(run, "load/any_setting").fetchone() is not None
    rebuild(run, spans, settings_changed=has_settings)
    if retention_start(run) > BEGIN and merged.new_sources:
        for name in _ROLLUPS:
            run(load_query(f"merging/copy_{name}").sql, {"moment": retention_start(run)})
    return merged


def _ask(run: Run, name: str) -> duckdb.DuckDBPyConnection:
    return run(load_query(name).sql)


@contextmanager
def _attached(engine: Engine, part: Path) -> Generator[None]:
    attach_part(engine, part)
    try:
        with damage_explained(part):
            yield
    finally:
        engine.connection.execute("DETACH DATABASE part")
