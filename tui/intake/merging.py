"""Merging trace files into another one: as loading the files that they were made of."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tui.config import Config
from tui.intake.formats import load_formats
from tui.intake.loaded import Loaded, Progress
from tui.store.appending import Source, count_brought, loaded_sources, pending_source, resolve_pending
from tui.store.engine import Engine
from tui.store.merging import merge_trace
from tui.store.query_files import QueryFile, load_query
from tui.store.resolution import Rules, rules_of
from tui.store.staging import Stager
from tui.store.trace_file import holds_trace, is_duckdb_file
from tui.store.waiting import take_waiting
from tui.store.writing import next_state


def is_trace(engine: Engine, file: Path) -> bool:
    """Return whether a file is a trace file of ours."""
    try:
        return is_duckdb_file(file) and holds_trace(engine, file)
    except OSError:
        return False


def merge_traces(engine: Engine, config: Config, traces: Sequence[Path], target: Path, progress: Progress) -> Loaded:
    """Merge trace files into another one; sessions that are cut between them become whole."""
    formats = load_formats(config)
    rules, known, sources = rules_of(formats), list[str](), 0
    stager = Stager(engine, config.clock_zone)
    progress.watch(stager)
    try:
        with next_state(engine, target):
            first = max((one.source_id for one in loaded_sources(engine.connection.execute)), default=0) + 1
            for part in traces:
                progress.say(f"merging {part.name}")
                merged = merge_trace(engine, part, rules, config.own_servers)
                sources += merged.new_sources
                if not merged.new_sources:
                    known.append(str(part))
            if sources:
                _resolve_pending(stager, formats, rules, config)
            messages, rejects = count_brought(engine.connection.execute, first)
        return Loaded(sources, messages, rejects, known, [])
    finally:
        progress.watch(None)
        stager.close()


def _resolve_pending(stager: Stager, formats: Sequence[QueryFile], rules: Rules, config: Config) -> None:
    """Read the pending rows of all formats together, as the next load of each would."""
    found = {str(row[0]) for row in stager.run(load_query("load/pending_formats").sql).fetchall()}
    staged: list[Source] = []
    take_waiting(stager.run, ())
    for query in formats:
        if query.path.stem in found and query.one("pending"):
            table = f"told_{query.path.stem}"
            stager.stage(query, [], table)
            has_failures = bool(query.one("failures"))
            staged.append(pending_source(query.path.stem, table, has_failures=has_failures))
    if staged:
        resolve_pending(stager, staged, config.own_servers, rules)
