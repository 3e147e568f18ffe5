"""The one step that writes a trace file: rows from temp tables, in one transaction, and the messages and rollups that they touch."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tui.rows import LoadedSource
from tui.store.engine import Engine
from tui.store.exclusion import check_excluded, reason_excluded
from tui.store.format_rules import Rules
from tui.store.incoming import exclude_old_rows, set_limits, show_incoming, show_observations
from tui.store.pending import pending_of
from tui.store.query_files import load_folder, load_query
from tui.store.resolution import Resolution
from tui.store.rollup import Run, rebuild
from tui.store.scans import quote_name
from tui.store.source_numbers import renumbered
from tui.store.staging import Stager, failures_of
from tui.store.trace_file import attach_trace, damage_explained, detach_trace, utc_now
from tui.store.writing import next_state

_COPIED_FIELDS = ("source_id", "path", "format", "encoding", "note", "grain", "size_bytes", "modified_utc")


@dataclass(frozen=True)
class Source:
    """A file whose rows are about to be written: its path, its number and the format that was detected.

    `table` is the temp table of its rows. With `has_failures` a second table has its failed sessions; with `has_pending` a third one
    has its pending rows.
    """

    source_id: int
    path: str
    format: str
    into: str
    table: str
    recognised_by: str
    encoding: str
    note: str | None
    grain: str
    sha256: Callable[[], str]
    size_bytes: int
    modified_utc: datetime | None
    replaces: Sequence[int]
    has_failures: bool = False
    has_pending: bool = False

    @property
    def is_pending_only(self) -> bool:
        """Whether this is not a file but the pending rows of a format (`pending_source`)."""
        return not self.path


@dataclass(frozen=True)
class AddedCounts:
    """The counts of a load: added messages in the flow, rejected lines, and messages older than the retention date (not stored)."""

    messages: int
    rejects: int
    before_retention: int

    def __add__(self, other: AddedCounts) -> AddedCounts:
        """Return the sum of the counts of two loads."""
        return AddedCounts(self.messages + other.messages, self.rejects + other.rejects, self.before_retention + other.before_retention)


def read_loaded_sources(engine: Engine, path: Path) -> list[LoadedSource]:
    """Return the loaded sources of a trace file, which is attached only during this call."""
    with _reading(engine, path):
        return loaded_sources(engine.connection.execute)


def read_pending(engine: Engine, stager: Stager, path: Path, replaced: Collection[int]) -> None:
    """Read the pending rows of a trace file, except those of sources that will be replaced."""
    with _reading(engine, path):
        stager.pending.read_stored(replaced)


@contextmanager
def _reading(engine: Engine, path: Path) -> Generator[None]:
    attach_trace(engine, path, "look")
    try:
        with damage_explained(path):
            yield
    finally:
        detach_trace(engine)


def loaded_sources(run: Run) -> list[LoadedSource]:
    """Return the sources of the attached trace file, by number."""
    return [LoadedSource(*row) for row in run(load_query("load/sources").sql).fetchall()]


def append(
    engine: Engine,
    stager: Stager,
    target: Path,
    sources: Sequence[Source],
    seen: Sequence[LoadedSource],
    own_servers: Sequence[str],
    without: Collection[str] = (),
    rules: Rules = (),
) -> AddedCounts:
    """Write the staged rows of `sources` to the trace file in one transaction, resolve the affected messages, and return the counts.

    `rules` are the resolution rules of the formats. `without` names columns of `WITHOUT` that are not stored; then rejected lines are
    stored without their text, and pending rows are not stored. `seen` are the sources as they were when the load began. Raises
    OvertakenError when another load has since written sources that this one must compare first, and UsageError for a column that cannot
    be excluded.
    """
    check_excluded(without)
    with next_state(engine, target):
        sources = renumbered(stager, sources, seen, loaded_sources(engine.connection.execute))
        with transaction(stager.run, stager.cursor.execute):
            before_retention = _Append(stager.run, sources, utc_now(), without).write(Resolution(stager.run, rules, own_servers))
        return count_added(stager.run, min(source.source_id for source in sources if not source.is_pending_only), before_retention)


def count_added(run: Run, first_source_id: int, before_retention: int) -> AddedCounts:
    """Return the counts of the sources from a number on; `before_retention` of their messages are not stored."""
    row = run(load_query("load/added_counts").sql, {"first_source_id": first_source_id}).fetchone()
    messages, rejects = row or (0, 0)
    return AddedCounts(int(messages), int(rejects), before_retention)


def apply_own_servers(engine: Engine, stager: Stager, target: Path, own_servers: Sequence[str], rules: Rules) -> bool:
    """Resolve the loaded data with the own servers of the configuration; return whether they differ from those of the previous load."""
    with _reading(engine, target):
        before = {str(row[0]) for row in engine.connection.execute(load_query("load/own_servers").sql).fetchall()}
    if before == {server.lower() for server in own_servers}:
        return False
    with next_state(engine, target), transaction(stager.run, stager.cursor.execute):
        _Append(stager.run, (), utc_now(), ()).write(Resolution(stager.run, rules, own_servers))
    return True


def pending_source(format_id: str, table: str, *, has_failures: bool) -> Source:
    """Return a source for the pending rows of a format, where no file is read with them."""
    return Source(
        0, "", format_id, "message", table, "", "", None, "message", str, 0, None, (), has_failures=has_failures, has_pending=True
    )


def resolve_pending(stager: Stager, staged: Sequence[Source], own_servers: Sequence[str], rules: Rules) -> None:
    """Write the rows that were staged from pending rows alone, without new files; the trace file is attached for writing."""
    with transaction(stager.run, stager.cursor.execute):
        _Append(stager.run, staged, utc_now(), ()).write(Resolution(stager.run, rules, own_servers))


@contextmanager
def transaction(run: Run, roll_back: Run) -> Generator[None]:
    """Commit at the end, or roll back when anything fails; `roll_back` must work after an interrupt."""
    run("BEGIN")
    try:
        yield
    except BaseException:
        roll_back("ROLLBACK")
        raise
    run("COMMIT")


class _Append:
    def __init__(self, run: Run, sources: Sequence[Source], now: datetime, without: Collection[str]) -> None:
        self._run, self._sources, self._now, self._without = run, sources, now, without

    def write(self, resolution: Resolution) -> int:
        """Write all rows, then resolve the affected messages; return how many messages are older than the retention date."""
        self._insert_sources()
        set_limits(self._run, self._now, self._without)
        formats = sorted({source.format for source in self._sources if source.has_pending})
        replaced = sorted({source_id for source in self._sources for source_id in source.replaces})
        note_removed(self._run, replaced, formats)
        had_settings = self._has_rows("any_removed_setting")
        observations = self._tables("message")
        show_observations(self._run, observations)
        resolution.begin()
        self._ask("resolution/changed_failures")
        remove(self._run)
        self._replace_pending(formats)
        self._insert_failures()
        for into in ("connector", "own_domain", "tls_report"):
            self._insert(into)
        show_incoming(self._run, "message", observations)
        self._ask("resolution/rejected_rows")
        before_retention = exclude_old_rows(self._run)
        resolution.note_context({source.format for source in self._sources})
        self._ask("load/rejects", {"with_text": not self._without})
        spans = resolution.resolve()
        rebuild(self._run, spans, settings_changed=had_settings or bool(self._tables("connector")))
        return before_retention

    def _ask(self, name: str, params: dict[str, object] | None = None) -> None:
        self._run(load_query(name).sql, params)

    def _has_rows(self, name: str) -> bool:
        return self._run(load_query(f"load/{name}").sql).fetchone() is not None

    def _tables(self, into: str) -> list[str]:
        return list(dict.fromkeys(source.table for source in self._sources if source.into == into))

    def _insert_sources(self) -> None:
        sources = [one for one in self._sources if not one.is_pending_only]
        reasons = [reason_excluded(one.recognised_by, self._without) for one in sources]
        columns: dict[str, object] = {name: [getattr(one, name) for one in sources] for name in _COPIED_FIELDS}
        more = {"recognised_by": reasons, "sha256": [one.sha256() for one in sources], "now": self._now}
        if sources:
            self._ask("load/new_sources", columns | more)

    def _insert(self, into: str) -> None:
        """Write the rows of a table other than `message`."""
        if tables := self._tables(into):
            show_incoming(self._run, into, tables)
            self._ask("load/problem_rows")
            self._ask(f"load/{into}")

    def _insert_failures(self) -> None:
        """Write failed sessions; of several records of one session the earliest is counted."""
        tables = dict.fromkeys(failures_of(source.table) for source in self._sources if source.has_failures)
        if tables:
            show_incoming(self._run, "failed_session", tables)
            self._ask("resolution/rejected_rows")
            self._ask("resolution/new_failures")
            self._ask("resolution/failed_sessions")
        self._ask("resolution/duplicate_failures")

    def _replace_pending(self, formats: Sequence[str]) -> None:
        """Write the rows that are pending now, in place of those that were read again."""
        self._ask("load/removed_evidence", {"formats": list(formats)})
        self._ask("load/removed_pending", {"formats": list(formats)})
        if self._without:
            return
        for table in dict.fromkeys(pending_of(source.table) for source in self._sources if source.has_pending):
            self._run(f"CREATE OR REPLACE TEMP VIEW staged_pending AS FROM {quote_name(table)}")
            self._ask("load/pending")


def note_removed(run: Run, source_ids: Sequence[int], formats: Sequence[str]) -> None:
    """Write the lists of what is removed: sources, and rows derived from pending rows of formats that are read again."""
    run(load_query("load/removed_source").sql, {"source_ids": list(source_ids)})
    run(load_query("load/removed_rows").sql, {"formats": list(formats)})


def remove(run: Run) -> None:
    """Delete everything that belongs to the removed sources and rows, except messages and their observations."""
    for query in load_folder("removal"):
        run(query.sql)
