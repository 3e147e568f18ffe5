"""Merging trace files into another one, with the same result as loading their source files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tui.config import Config
from tui.errors import UsageError
from tui.intake.formats import load_formats
from tui.intake.load_result import LoadResult, OtherRows, Progress
from tui.intake.pending_rows import read_pending_again
from tui.store.appending import count_added, loaded_sources
from tui.store.engine import Engine
from tui.store.format_rules import rules_of
from tui.store.merging import merge_trace
from tui.store.query_files import load_query
from tui.store.staging import Stager
from tui.store.trace_file import is_duckdb_file, is_trace_file
from tui.store.writing import next_state


def is_trace(engine: Engine, file: Path) -> bool:
    """Return whether a file is a trace file of this program."""
    try:
        return is_duckdb_file(file) and is_trace_file(engine, file)
    except OSError:
        return False


def merge_traces(engine: Engine, config: Config, traces: Sequence[Path], target: Path, progress: Progress) -> LoadResult:
    """Merge trace files into another one; sessions that are split between them are completed.

    Raises UsageError when columns are to be excluded, because the rows of a trace file are copied unchanged.
    """
    if config.without:
        raise UsageError(f"cannot exclude {','.join(config.without)}: {traces[0]} is a trace file; load its source files instead")
    formats = load_formats(config)
    rules, known, sources = rules_of(formats), list[str](), 0
    stager = Stager(engine, config.clock_zone)
    progress.watch(stager)
    try:
        with next_state(engine, target):
            first = max((one.source_id for one in loaded_sources(engine.connection.execute)), default=0) + 1
            for part in traces:
                progress.set_step(f"merging {part.name}")
                merged = merge_trace(engine, part, rules, config.own_servers)
                sources += merged.new_sources
                if not merged.new_sources:
                    known.append(str(part))
            if sources:
                read_pending_again(stager, formats, rules, config)
            added = count_added(engine.connection.execute, first, 0)
            rows = engine.connection.execute(load_query("merging/copied_tables").sql, {"first_source_id": first}).fetchall()
        return LoadResult(sources, added, known, [], tables=[OtherRows(*row) for row in rows])
    finally:
        progress.watch(None)
        stager.close()
