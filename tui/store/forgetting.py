"""Forgetting: deleting a source with everything that was loaded from it, or old messages."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path

from tui.errors import UsageError
from tui.store.appending import loaded_sources, note_removed, remove, transaction
from tui.store.engine import Engine
from tui.store.format_rules import Rules
from tui.store.incoming import set_limits, show_observations
from tui.store.query_files import load_query
from tui.store.resolution import Resolution
from tui.store.rollup import Run, rebuild
from tui.store.trace_file import utc_now
from tui.store.writing import next_state

MAX_IDS = 20
MAX_DAYS = 5


def delete_source(run: Run, path: Path, source_id: int, rules: Rules, own_servers: Sequence[str]) -> tuple[str, str]:
    """Delete a source of the attached trace file and everything that was loaded from it; return its path and its format.

    Messages that other sources recorded too are resolved from their observations. Raises UsageError when there is no such source, and when
    other sources recorded the same messages before version 6 of the schema, which did not store their observations.
    """
    found = run(load_query("retention/source").sql, {"source_id": source_id}).fetchone()
    if found is None:
        ids = [str(one.source_id) for one in loaded_sources(run)]
        some = ", ".join([*ids[:MAX_IDS], *(["…"] if len(ids) > MAX_IDS else [])])
        available = f"it has {some} (mailflow sources {path} lists them)" if ids else "it has none"
        raise UsageError(f"source {source_id}: no such source in {path}; {available}")
    _check_duplicates(run, source_id)
    set_limits(run, utc_now(), ())
    note_removed(run, [source_id], [])
    had_settings = run(load_query("load/any_removed_setting").sql).fetchone() is not None
    _resolve_without_removed(run, Resolution(run, rules, own_servers), settings_changed=had_settings)
    return str(found[0]), str(found[1])


def _check_duplicates(run: Run, source_id: int) -> None:
    days = run(load_query("retention/legacy_duplicates").sql, {"source_id": source_id}).fetchall()
    if days:
        more = f" and {len(days) - MAX_DAYS} more days" if len(days) > MAX_DAYS else ""
        named = ", ".join(str(day) for day, _ in days[:MAX_DAYS]) + more
        files = ", ".join(sorted({str(paths) for _, paths in days}))
        raise UsageError(
            f"source {source_id}: messages of {named} are in {files} too, whose records an older mailflow did not store; "
            "forget these files and load them again first"
        )


def _resolve_without_removed(run: Run, resolution: Resolution, *, settings_changed: bool = False) -> None:
    """Resolve again the messages that removed sources and rows contributed to."""
    run(load_query("staging/read_file").sql)
    show_observations(run, [])
    resolution.begin()
    run(load_query("resolution/changed_failures").sql)
    remove(run)
    run(load_query("resolution/duplicate_failures").sql)
    rebuild(run, resolution.resolve(), settings_changed=settings_changed)


def forget_before(engine: Engine, path: Path, day: date, rules: Rules, own_servers: Sequence[str]) -> int:
    """Delete everything before a day (UTC) from a trace file, except its rollups; return how many messages were deleted."""
    moment = datetime.combine(day, time())
    with _writing(engine, path) as run:
        row = run(load_query("retention/count_before").sql, {"moment": moment}).fetchone()
        delete_before(run, moment, rules, own_servers)
        return int(row[0]) if row else 0


def delete_before(run: Run, moment: datetime, rules: Rules, own_servers: Sequence[str]) -> None:
    """Delete everything before a moment from the attached trace file, except the rollups."""
    run(load_query("retention/set_kept_from").sql, {"moment": moment})
    set_limits(run, utc_now(), ())
    note_removed(run, [], [])
    for name in ("old_rows", "delete_old_messages", "delete_old_failures", "delete_old_pending", "clear_old_senders"):
        run(load_query(f"retention/{name}").sql, {"moment": moment})
    _resolve_without_removed(run, Resolution(run, rules, own_servers))


def count_messages(run: Run, source_id: int) -> tuple[int, int]:
    """Return how many messages there are, and how many of them are counted for a source."""
    row = run(load_query("load/count_messages").sql, {"source_id": source_id}).fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)


@contextmanager
def _writing(engine: Engine, path: Path) -> Generator[Run]:
    if not path.is_file():
        raise UsageError(f"{path}: no such trace file")
    run = engine.connection.execute
    with next_state(engine, path), transaction(run, run):
        yield run
