"""Merging trace files: what another file has of sources that are new here is copied, and resolved with what is here."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import duckdb

from tui.store.appending import note_removed, transaction
from tui.store.engine import Engine
from tui.store.forgetting import delete_before
from tui.store.incoming import leave_out_old, set_limits, show_observations
from tui.store.notes_file import remember_notes
from tui.store.query_files import load_query
from tui.store.resolution import Resolution, Rules
from tui.store.rollup import BEGIN, Run, kept_from, rebuild
from tui.store.trace_file import attach_part, utc_now
from tui.store.writing import add_notes

_COPIED = (
    "reject", "failed_session", "connector", "own_domain", "own_address", "tls_report", "tls_evidence", "pending",
    "unkept_duplicate", "note", "acknowledged",
)  # fmt: skip
_ROLLUPS = ("flow_quarter", "peer_day")


@dataclass(frozen=True)
class Merged:
    """What merging a trace file brought: how many of its sources are new here, and how many were known.

    `before_retention` messages are older than the retention date, and not stored.
    """

    new_sources: int
    known_sources: int
    before_retention: int = 0


def merge_trace(engine: Engine, part: Path, rules: Rules, own_servers: Sequence[str]) -> Merged:
    """Copy a trace file into the one that is attached as `trace` to be written, and resolve what it touches, in one transaction.

    Copied are observations, pending rows, rejected lines, failed sessions, settings, reports, notes and sources. Sources whose content is
    loaded here are left out. The later of the two retention dates counts for both.
    """
    run = engine.connection.execute
    with _attached(engine, part), transaction(run, run):
        lines: dict[str, None] = {}
        remember_notes(lines, part)
        add_notes(engine, list(lines))
        return _merge(run, rules, own_servers)


def _merge(run: Run, rules: Rules, own_servers: Sequence[str]) -> Merged:
    _ask(run, "merging/part_sources")
    row = _ask(run, "merging/part_counts").fetchone()
    merged = Merged(int(row[0]), int(row[1])) if row else Merged(0, 0)
    row = _ask(run, "merging/part_kept_from").fetchone()
    moment: datetime = row[0] if row and row[0] else BEGIN
    if moment > kept_from(run):
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
    show_observations(run, ["part_observation"])
    merged = replace(merged, before_retention=leave_out_old(run))
    _ask(run, "merging/new_failures")
    _ask(run, "resolution/duplicate_failures")
    spans = resolution.resolve()
    has_settings = had_settings or _ask(run, "load/any_setting").fetchone() is not None
    rebuild(run, spans, settings_changed=has_settings)
    if kept_from(run) > BEGIN and not merged.known_sources:
        for name in _ROLLUPS:
            run(load_query(f"merging/copy_{name}").sql, {"moment": kept_from(run)})
    return merged


def _ask(run: Run, name: str) -> duckdb.DuckDBPyConnection:
    return run(load_query(name).sql)


@contextmanager
def _attached(engine: Engine, part: Path) -> Generator[None]:
    attach_part(engine, part)
    try:
        yield
    finally:
        engine.connection.execute("DETACH DATABASE part")
