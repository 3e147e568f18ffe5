"""Leaving out of a trace file what it held: a source with all that came from it, or messages that are old."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path

from tui.errors import UsageError
from tui.store.appending import OF_SOURCE
from tui.store.engine import Engine
from tui.store.rollup import EVER, Run, kept_from, rebuild, span_of
from tui.store.settling import Settled, come_forward, settle
from tui.store.trace_file import attach_trace, detach_trace

MOST_IDS = 20


# What its hops that count say of a source.
_COUNTS = (
    "UPDATE trace.source AS source SET message_count = coalesce(counted.in_flow, 0), other_count = coalesce(counted.others, 0), "
    "already_counted = greatest(source.already_counted - coalesce(gained.hops, 0), 0), "
    "first_utc = counted.first_utc, last_utc = counted.last_utc "
    "FROM (SELECT source_id, min(time_utc) AS first_utc, max(time_utc) AS last_utc, "
    "sum(messages) FILTER (WHERE crossed) AS in_flow, sum(messages) FILTER (WHERE NOT crossed) AS others "
    "FROM (SELECT *, direction IN ('inbound', 'outbound') AND status IN ('accepted', 'handed over') AS crossed FROM trace.message) "
    "GROUP BY source_id) AS counted LEFT JOIN gained USING (source_id) "
    "WHERE source.source_id = counted.source_id AND source.source_id IN (SELECT source_id FROM gained)"
)


def forget_source(engine: Engine, path: Path, source_id: int, settled: Settled) -> tuple[str, int, int]:
    """Delete a source of a trace file and all that came from it; answer its path, how many messages went, and how many of it stay.

    What other sources tell too counts for one of them from now on. Raises UsageError when there is no such source.
    """
    with _writing(engine, path) as run:
        found = run("SELECT path FROM trace.source WHERE source_id = $id", {"id": source_id}).fetchone()
        if found is None:
            told = [str(row[0]) for row in run("SELECT source_id FROM trace.source ORDER BY source_id").fetchall()]
            ids = ", ".join([*told[:MOST_IDS], *(["…"] if len(told) > MOST_IDS else [])])
            held = f"it has {ids} (mailflow sources {path} says what they are)" if told else "it has none"
            raise UsageError(f"--source {source_id}: no such source in {path}; {held}")
        of_id: dict[str, object] = {"id": source_id}
        before, of_source = _messages(run, "true", {}), _messages(run, "source_id = $id", of_id)
        span = span_of(run, "trace.message WHERE source_id = $id", of_id)
        is_settings = run("SELECT 1 FROM trace.connector WHERE source_id = $id LIMIT 1", of_id).fetchone() is not None
        run("CREATE OR REPLACE TEMP TABLE gained AS SELECT source_id, 0 AS hops FROM trace.source LIMIT 0")
        for held in ("message", "stepped_back"):
            _pass_on(run, held, of_id)
        for table in OF_SOURCE:
            run(f"DELETE FROM trace.{table} WHERE source_id = $id", of_id)
        span += come_forward(run)
        span += settle(run, settled)
        run(_COUNTS)
        run("DROP TABLE gained")
        rebuild(run, EVER if is_settings else span)
        gone = before - _messages(run, "true", {})
        return str(found[0]), gone, max(0, of_source - gone)


def _pass_on(run: Run, held: str, of_id: dict[str, object]) -> None:
    """Let hops of a source count for another one that tells them too: the one that came first."""
    run(
        "CREATE OR REPLACE TEMP TABLE heir AS SELECT hop_key, arg_min(told.source_id, told.source_id) AS heir_id, "
        f"arg_min(told.line_no, told.source_id) AS line_no FROM trace.told_again AS told INNER JOIN trace.{held} AS hop USING (hop_key) "
        "WHERE hop.source_id = $id AND told.source_id <> $id GROUP BY hop_key",
        of_id,
    )
    run(
        f"UPDATE trace.{held} AS hop SET source_id = heir.heir_id, line_no = heir.line_no FROM heir "
        "WHERE hop.hop_key = heir.hop_key AND hop.source_id = $id",
        of_id,
    )
    run("DELETE FROM trace.told_again WHERE (hop_key, source_id) IN (SELECT (hop_key, heir_id) FROM heir)")
    run("INSERT INTO gained SELECT heir_id, count(*) FROM heir GROUP BY heir_id")
    run("DROP TABLE heir")


def forget_before(engine: Engine, path: Path, day: date) -> int:
    """Delete the messages of a trace file that are older than a day (UTC) and answer how many; the rollup of their days stays."""
    moment = datetime.combine(day, time())
    with _writing(engine, path) as run:
        count = _messages(run, "time_utc < $moment", {"moment": moment})
        for table in ("message", "stepped_back", "failed_session"):
            run(f"DELETE FROM trace.{table} WHERE time_utc < $moment", {"moment": moment})
        run("UPDATE trace.peer_day SET sender_keys = NULL WHERE day < $moment AND sender_keys IS NOT NULL", {"moment": moment})
        run("UPDATE trace.trace_file SET kept_from = $moment", {"moment": max(moment, kept_from(run))})
        return count


def _messages(run: Run, condition: str, params: dict[str, object]) -> int:
    row = run(f"SELECT coalesce(sum(messages), 0) FROM trace.message WHERE {condition}", params).fetchone()
    return 0 if row is None else int(row[0])


@contextmanager
def _writing(engine: Engine, path: Path) -> Generator[Run]:
    if not path.is_file():
        raise UsageError(f"{path}: there is no such trace file")
    attach_trace(engine, path, "write")
    try:
        engine.connection.execute("BEGIN")
        try:
            yield engine.connection.execute
        except BaseException:
            engine.connection.execute("ROLLBACK")
            raise
        engine.connection.execute("COMMIT; CHECKPOINT trace")
    finally:
        detach_trace(engine)
