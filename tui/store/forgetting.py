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
from tui.store.settling import Settled, settle
from tui.store.tellings import come_forward, count_gained, pass_on
from tui.store.writing import next_state

MOST_IDS = 20


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
        pass_on(run, source_id)
        for table in OF_SOURCE:
            run(f"DELETE FROM trace.{table} WHERE source_id = $id", of_id)
        changed = come_forward(run) + settle(run, settled)
        count_gained(run, changed)
        span += changed
        rebuild(run, EVER if is_settings else span)
        gone = before - _messages(run, "true", {})
        return str(found[0]), gone, max(0, of_source - gone)


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
    with next_state(engine, path):
        engine.connection.execute("BEGIN")
        try:
            yield engine.connection.execute
        except BaseException:
            engine.connection.execute("ROLLBACK")
            raise
        engine.connection.execute("COMMIT")
