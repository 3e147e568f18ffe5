"""The rollups of a trace file: rebuilt for the days whose messages changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import duckdb

from tui.store.query_files import load_query

Run = Callable[..., duckdb.DuckDBPyConnection]

Span = tuple[datetime, datetime]

BEGIN = datetime(1, 1, 1)
EVER: Span = (BEGIN, datetime(9999, 1, 1))

_ROLLUPS = ("flow_quarter", "peer_day")


def rebuild(run: Run, spans: Sequence[Span], *, settings_changed: bool = False) -> None:
    """Rebuild the attached trace file's rollups, and the matches of mail with connector settings, for spans of whole days.

    Days whose messages were deleted keep their rollups. With `settings_changed` all days are rebuilt.
    """
    if settings_changed:
        run(load_query("load/connector_match_clear").sql)
        spans = [EVER]
    has_settings = run(load_query("load/any_setting").sql).fetchone() is not None
    since = retention_start(run)
    for first, end in spans:
        span: dict[str, object] = {"since": max(first, since), "until": end}
        if has_settings:
            run(load_query("load/connector_match_fill").sql, dict(span))
        for name in _ROLLUPS:
            run(load_query(f"load/{name}_clear").sql, dict(span))
            run(load_query(f"load/{name}_fill").sql, dict(span))


def retention_start(run: Run) -> datetime:
    """Return the start of the retention period of the attached trace file: older mail is in the rollups only."""
    row = run(load_query("load/kept_from").sql).fetchone()
    return BEGIN if row is None or row[0] is None else row[0]
