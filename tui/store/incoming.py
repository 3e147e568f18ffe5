"""The rows of a load before they are written: one relation of the rows that formats returned, with the columns of the target table."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from tui.store.exclusion import WITHOUT
from tui.store.query_files import load_query
from tui.store.rollup import BEGIN, Run, retention_start
from tui.store.scans import quote_name

FUTURE = timedelta(hours=24)
# Columns that the queries of a load use and that a format or a table may lack.
NO_ROW = "CREATE TEMP TABLE IF NOT EXISTS no_row (problem VARCHAR, own_ip VARCHAR, time_utc TIMESTAMP)"
_BEFORE_RETENTION = "CREATE OR REPLACE TEMP TABLE before_retention (source_id INTEGER, messages BIGINT)"


def set_limits(run: Run, now: datetime, without: Collection[str]) -> None:
    """Set the variables of the queries of a load: the latest plausible time, the retention date and the excluded columns."""
    run("SET VARIABLE horizon_utc = $moment", {"moment": now + FUTURE})
    run("SET VARIABLE kept_from = $moment", {"moment": retention_start(run)})
    run("SET VARIABLE without_any = $value", {"value": bool(without)})
    for name in WITHOUT:
        run(f"SET VARIABLE without_{name} = $value", {"value": name in without})
    run(NO_ROW)
    run(_BEFORE_RETENTION)


def exclude_old_rows(run: Run) -> int:
    """Count the rows of `incoming` before the retention date by source, so that they are not written; return how many messages they are."""
    if retention_start(run) == BEGIN:
        return 0
    run(load_query("resolution/rows_before_retention").sql)
    run(load_query("resolution/note_before_retention").sql)
    row = run(load_query("load/before_retention").sql).fetchone()
    return int(row[0]) if row else 0


def show_incoming(run: Run, into: str, tables: Iterable[str]) -> None:
    """Create the temp view `incoming` over staged tables: all columns of the table `into`, NULL where a format returns none."""
    target = "observation" if into == "message" else into
    parts = ["(FROM trace." + target + " LIMIT 0)", "no_row", *map(quote_name, tables)]
    run("CREATE OR REPLACE TEMP VIEW incoming AS " + " UNION ALL BY NAME ".join(f"FROM {part}" for part in parts))


def show_observations(run: Run, tables: Iterable[str]) -> None:
    """Create `incoming` over the staged messages, and `sound_observation` over those that are written."""
    show_incoming(run, "message", tables)
    run(load_query("resolution/sound_observations").sql)
