"""The rollup of a trace file: rebuilt for the days whose messages changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from typing import Any

import duckdb

from tui.store.query_files import load_query

Run = Callable[..., duckdb.DuckDBPyConnection]

Times = list[datetime]

EVER = (datetime(1, 1, 1), datetime(9999, 1, 1))

_TABLES = (("flow_quarter", "quarter_utc", "flow_quarter_fill"), ("peer_day", "day", "peer_day_fill"))


def span_of(run: Run, rows: str, params: dict[str, object] | None = None) -> Times:
    """Answer the first and the last time of rows, such as `trace.message WHERE source_id = 3`; nothing when there is none."""
    row = run(f"SELECT min(time_utc), max(time_utc) FROM {rows}", params).fetchone()
    return [time for time in row or () if time is not None]


def rebuild(run: Run, touched: Sequence[datetime]) -> None:
    """Rebuild the attached trace file's rollup for the days from the first to the last of `touched`, and which mail settings explain.

    Days whose messages were forgotten keep the rollup that they have.
    """
    run("DELETE FROM trace.connector_match")
    if run("SELECT 1 FROM trace.connector LIMIT 1").fetchone():
        run(f"INSERT INTO trace.connector_match BY NAME {load_query('load/connector_match_fill').sql}")
    if not touched:
        return
    since = max(datetime.combine(min(touched).date(), time()), kept_from(run))
    until = EVER[1] if max(touched) >= EVER[1] else max(touched) + timedelta(days=1)
    span: dict[str, Any] = {"since": since, "until": until}
    for table, column, fill in _TABLES:
        run(f"DELETE FROM trace.{table} WHERE {column} >= $since AND {column} < $until", dict(span))
        run(f"INSERT INTO trace.{table} BY NAME {load_query(f'load/{fill}').sql}", dict(span))


def kept_from(run: Run) -> datetime:
    """Answer the first moment whose messages the attached trace file keeps: what was before is only in the rollup."""
    row = run("SELECT max(kept_from) FROM trace.trace_file").fetchone()
    return EVER[0] if row is None or row[0] is None else row[0]
