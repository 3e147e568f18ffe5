"""What a trace file holds of files that are read once more, and what the new reading found in them before it is written."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from tui.rows import Held
from tui.store.appending import Source
from tui.store.engine import Engine
from tui.store.query_files import load_query
from tui.store.scans import quote_name
from tui.store.staging import Stager, failures_of
from tui.store.trace_file import attach_trace, detach_trace
from tui.store.waiting import waiting_of

_TIMED = ("message", "failed_session")


def read_held(engine: Engine, path: Path, source_ids: Collection[int]) -> list[Held]:
    """Answer what sources of a trace file have brought; it is held only while it is asked."""
    query = load_query("load/held")
    attach_trace(engine, path, "read")
    try:
        rows = [engine.connection.execute(query.sql, {"source_id": source_id}).fetchone() for source_id in source_ids]
        return [Held(*row) for row in rows if row is not None]
    finally:
        detach_trace(engine)


def found_in(stager: Stager, source: Source) -> int:
    """Answer how many sound rows were staged of a source."""
    here = {str(row[0]) for row in stager.run(f"DESCRIBE {quote_name(source.table)}").fetchall()}
    sound = ["source_id = $source_id"]
    sound += ["problem IS NULL"] if "problem" in here else []
    sound += ["time_utc IS NOT NULL"] if source.into in _TIMED else []
    told = f"SELECT count(*) FROM {quote_name(source.table)} WHERE {' AND '.join(sound)}"
    row = stager.run(told, {"source_id": source.source_id}).fetchone()
    return int(row[0]) if row else 0


def unstage(stager: Stager, source: Source) -> None:
    """Drop what was staged of a source, so that nothing of it is written."""
    tables = ["unread", source.table]
    tables += [failures_of(source.table)] if source.has_failures else []
    tables += [waiting_of(source.table)] if source.has_waiting else []
    for table in tables:
        stager.run(f"DELETE FROM {quote_name(table)} WHERE source_id = $source_id", {"source_id": source.source_id})
