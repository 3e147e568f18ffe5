"""The content that a trace file has of files that are read again, and the rows staged from the new reading before they are written."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from tui.rows import SourceContent
from tui.store.appending import Source
from tui.store.engine import Engine
from tui.store.incoming import NO_ROW
from tui.store.pending import change_staged, pending_of
from tui.store.query_files import load_query
from tui.store.scans import quote_name
from tui.store.staging import Stager, failures_of
from tui.store.trace_file import attach_trace, detach_trace

_TIMED = ("message", "failed_session")


def read_contents(engine: Engine, path: Path, source_ids: Collection[int]) -> list[SourceContent]:
    """Return the content of sources of a trace file, which is attached only during this call."""
    query = load_query("load/source_contents")
    attach_trace(engine, path, "look")
    try:
        rows = [engine.connection.execute(query.sql, {"source_id": source_id}).fetchone() for source_id in source_ids]
        return [SourceContent(*row) for row in rows if row is not None]
    finally:
        detach_trace(engine)


def count_staged(stager: Stager, source: Source) -> int:
    """Return how many valid rows were staged from a source."""
    stager.run(NO_ROW)
    stager.run(f"CREATE OR REPLACE TEMP VIEW incoming AS FROM no_row UNION ALL BY NAME FROM {quote_name(source.table)}")
    params: dict[str, object] = {"source_id": source.source_id, "is_timed": source.into in _TIMED}
    row = stager.run(load_query("load/staged_rows").sql, params).fetchone()
    return int(row[0]) if row else 0


def unstage(stager: Stager, source: Source) -> None:
    """Delete the staged rows of a source, so that none of them is written."""
    tables = ["unreadable_line", source.table]
    tables += [failures_of(source.table)] if source.has_failures else []
    tables += [pending_of(source.table)] if source.has_pending else []
    for table in tables:
        change_staged(stager.run, table, "staging/unstage", {"source_id": source.source_id})
