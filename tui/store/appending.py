"""The one step that writes a trace file: rows from temp tables, in one transaction, and the rollup of what they touched."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from tui.rows import Known
from tui.store.engine import Engine
from tui.store.leaving_out import check_without, leave_out, reason_without
from tui.store.numbering import renumbered
from tui.store.query_files import load_query
from tui.store.rollup import EVER, kept_from, rebuild, span_of
from tui.store.scans import quote_name, quote_text
from tui.store.settling import Settled, merge, note_own_addresses, settle
from tui.store.staging import Stager, failures_of
from tui.store.tellings import come_forward, count_known_hops, note_told_again
from tui.store.trace_file import attach_trace, detach_trace, utc_now
from tui.store.waiting import take_waiting, waiting_of
from tui.store.writing import next_state

NOTHING_OPEN = Settled()
FUTURE = timedelta(hours=24)
OF_SOURCE = (
    "message", "stepped_back", "told_again", "reject", "failed_session", "connector", "own_domain", "own_address", "tls_report", "pending",
    "source",
)  # fmt: skip

_DEFAULTS = {
    "connector_type": "NULL",
    "messages": "1",
    "is_estimate": "false",
    "tls": "'Not recorded'",
    "status": "'accepted'",
    "recipients": "[]",
    "enabled": "true",
}

# What may stand in two files and counts once, by its hop_key; of two rows, the one that comes first in this order.
_KEYED = {"message": "tls = 'Not recorded', source_id, line_no", "failed_session": "time_utc, source_id, line_no"}


@dataclass(frozen=True)
class Source:
    """A file that is about to be written down: who it is and what it was recognised as.

    `table` holds its rows, with `has_failures` another table the sessions in it that failed, and with `has_waiting` another
    one the rows that must wait for a later file.
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
    replaces: Sequence[int]
    has_failures: bool = False
    has_waiting: bool = False


def read_ledger(engine: Engine, path: Path) -> list[Known]:
    """Answer what a trace file has loaded; it is held only while it is asked."""
    with _reading(engine, path):
        return _ledger(engine)


def read_waiting(engine: Engine, stager: Stager, path: Path, replaced: Collection[int]) -> None:
    """Read the rows that wait in a trace file, but for those of sources that will be replaced."""
    with _reading(engine, path):
        take_waiting(stager.run, replaced)


@contextmanager
def _reading(engine: Engine, path: Path) -> Generator[None]:
    attach_trace(engine, path, "read")
    try:
        yield
    finally:
        detach_trace(engine)


def _ledger(engine: Engine) -> list[Known]:
    rows = engine.connection.execute("SELECT source_id, path, sha256, size_bytes, format FROM trace.source ORDER BY source_id").fetchall()
    return [Known(*row) for row in rows]


def append(
    engine: Engine,
    stager: Stager,
    target: Path,
    sources: Sequence[Source],
    seen: Sequence[Known],
    own_servers: Sequence[str],
    without: Collection[str] = (),
    settled: Settled = NOTHING_OPEN,
) -> tuple[int, int]:
    """Write the staged rows of `sources` to the trace file, all or none, and rebuild the rollup they touch.

    Answers how many messages in the flow and rejected lines they brought.

    `settled` names the formats that leave something to be decided over all files. `without` names columns of `WITHOUT` that
    are not to be kept; then no line of a file is kept either, and sessions that another load may finish are not. `seen` is
    the ledger as it was when the load began. Raises OvertakenError when another load wrote in the meantime what this one must
    look at first, and UsageError for a column that cannot be left out.
    """
    check_without(without)
    with next_state(engine, target):
        sources = renumbered(stager, sources, seen, _ledger(engine))
        with _transaction(stager):
            _Append(stager, sources, utc_now(), own_servers, without, settled).write()
            new = min(source.source_id for source in sources)
            row = stager.run(
                "SELECT sum(message_count), sum(reject_count) FROM trace.source WHERE source_id >= $new", {"new": new}
            ).fetchone()
    return (0, 0) if row is None else (int(row[0] or 0), int(row[1] or 0))


@contextmanager
def _transaction(stager: Stager) -> Generator[None]:
    stager.run("BEGIN")
    try:
        yield
    except BaseException:
        stager.cursor.execute("ROLLBACK")
        raise
    stager.run("COMMIT")


class _Append:
    def __init__(
        self,
        stager: Stager,
        sources: Sequence[Source],
        now: datetime,
        own_servers: Sequence[str],
        without: Collection[str],
        settled: Settled,
    ) -> None:
        self.stager, self.sources, self.now, self.without, self.settled = stager, sources, now, without, settled
        self.own_servers = [server.lower() for server in own_servers]

    def write(self) -> None:
        old = ", ".join(str(source_id) for source in self.sources for source_id in source.replaces) or "NULL"
        touched = self._delete(f"source_id IN ({old})", OF_SOURCE)
        touched += self._take_back()
        self._insert_sources()
        tables = dict.fromkeys((source.table, source.into, source.grain, source.format) for source in self.sources)
        for table, into, grain, format_id in tables:
            self._insert_rejects(table, into)
            if into != "message":
                self._insert_rows(table, into, grain)
                continue
            here = self._columns(quote_name(table))
            leave_out(self.stager.run, table, here, self.without)
            touched += merge(self.stager.run, table, here, format_id)
            if self._insert_rows(table, into, grain):
                touched += merge(self.stager.run, table, here, format_id, doubled=True)
        for table in dict.fromkeys(failures_of(source.table) for source in self.sources if source.has_failures):
            self._insert_rejects(table, "failed_session")
            self._insert_rows(table, "failed_session", "")
        text = "NULL AS text" if self.without else "text"
        self.stager.run(f"INSERT INTO trace.reject BY NAME SELECT source_id, line_no, reason, {text} FROM unread WHERE reason <> ''")
        touched += [time for table, into, *_ in tables if into == "message" for time in self._span(quote_name(table))]
        for table, into, *_ in tables:
            if into == "message":
                here = self._columns(quote_name(table))
                sound = " AND ".join(self._sound("message", here))
                count_known_hops(self.stager.run, table, sound, self._first_new())
                note_told_again(self.stager.run, table, sound)
                note_own_addresses(self.stager.run, table, here)
        touched += come_forward(self.stager.run, [table for table, into, *_ in tables if into == "message"])
        settled = settle(self.stager.run, self.settled)
        self._count_sources(every=bool(settled))
        touched += settled
        rebuild(self.stager.run, EVER if any(source.into == "connector" for source in self.sources) else touched)

    def _span(self, rows: str) -> list[datetime]:
        """Answer the first and the last time of rows that can be true, or nothing when there is none."""
        return [min(time, self.now + FUTURE) for time in span_of(self.stager.run, rows)]

    def _delete(self, condition: str, tables: Sequence[str]) -> list[datetime]:
        """Delete rows of the trace file; answer the span of the messages among them."""
        span = self._span(f"trace.message WHERE {condition}")
        for table in tables:
            self.stager.run(f"DELETE FROM trace.{table} WHERE {condition}")
        return span

    def _take_back(self) -> list[datetime]:
        """Take back what was told of rows that waited for the formats of this load, and write down which rows wait now."""
        waiting = {source.format: source.table for source in self.sources if source.has_waiting}
        if not waiting:
            return []
        formats = ", ".join(map(quote_text, waiting))
        own = f"(source_id, line_no) IN (SELECT (source_id, line_no) FROM trace.pending WHERE format IN ({formats}))"
        span: list[datetime] = []
        if self.stager.run(f"SELECT 1 FROM trace.pending WHERE format IN ({formats}) LIMIT 1").fetchone():
            span = self._delete(own, ("message", "stepped_back", "told_again", "reject", "failed_session"))
        self.stager.run(f"DELETE FROM trace.pending WHERE format IN ({formats})")
        for table in () if self.without else waiting.values():
            self.stager.run(f"INSERT INTO trace.pending BY NAME SELECT * FROM {quote_name(waiting_of(table))}")
        return span

    def _insert_sources(self) -> None:
        for source in self.sources:
            values: Mapping[str, object] = {
                "source_id": source.source_id, "path": source.path, "format": source.format,
                "recognised_by": reason_without(source.recognised_by, self.without),
                "encoding": source.encoding, "note": source.note, "grain": source.grain, "sha256": source.sha256(),
                "size_bytes": source.size_bytes, "row_count": 0, "message_count": 0, "other_count": 0, "already_counted": 0,
                "reject_count": 0, "loaded_at_utc": self.now,
            }  # fmt: skip
            names = ", ".join(values)
            self.stager.run(f"INSERT INTO trace.source ({names}) VALUES ({', '.join('$' + name for name in values)})", dict(values))

    def _columns(self, table: str) -> dict[str, str]:
        return {str(row[0]): str(row[1]) for row in self.stager.run(f"DESCRIBE {table}").fetchall()}

    def _sound(self, into: str, here: Mapping[str, str]) -> dict[str, str]:
        """Answer what must hold for a row, each with the reason that is noted where it does not."""
        checks = {"problem IS NULL": "problem"} if "problem" in here else {}
        if into in _KEYED:
            checks["time_utc IS NOT NULL"] = "'the row has no time'"
            checks[f"time_utc <= TIMESTAMP '{self.now + FUTURE}'"] = "'in the future'"
        return checks

    def _kept(self, into: str) -> list[str]:
        """Answer what must hold for a row to be kept: what is older than a trace file's messages is left out in silence."""
        since = kept_from(self.stager.run)
        return [f"time_utc >= TIMESTAMP '{since}'"] if into in _KEYED and since > EVER[0] else []

    def _insert_rejects(self, table: str, into: str) -> None:
        passed: list[str] = []
        for check, reason in self._sound(into, self._columns(quote_name(table))).items():
            self.stager.run(
                f"INSERT INTO unread (source_id, line_no, reason) SELECT DISTINCT source_id, line_no, {reason} FROM {quote_name(table)} "
                f"WHERE {' AND '.join([*passed, f'NOT ({check})'])}"
            )
            passed.append(check)

    def _insert_rows(self, table: str, into: str, grain: str) -> bool:
        """Write the staged rows to their table, each hop once; answer whether there was one that several of them tell."""
        here, wanted = self._columns(quote_name(table)), self._columns(f"trace.{into}")
        picked = [f"{self._value(name, here, into, grain)} AS {name}" for name in wanted]
        once, doubled = "", False
        if order := _KEYED.get(into):
            row = self.stager.run(f"SELECT count(*) - count(DISTINCT hop_key) FROM {quote_name(table)}").fetchone()
            doubled = row is not None and row[0] > 0
            once = f"QUALIFY row_number() OVER (PARTITION BY hop_key ORDER BY {order}) = 1" if doubled else ""
            aside = "AND hop_key NOT IN (SELECT hop_key FROM trace.stepped_back)" if into == "message" else ""
            once = f"AND hop_key NOT IN (SELECT hop_key FROM trace.{into}) {aside} {once}"
        sound = " AND ".join([*self._sound(into, here), *self._kept(into)]) or "true"
        self.stager.run(
            f"INSERT INTO trace.{into} BY NAME SELECT {', '.join(picked)} FROM {quote_name(table)} WHERE {sound} {once}",
            {"own": self.own_servers} if into in _KEYED else None,
        )
        return doubled

    def _value(self, name: str, here: Mapping[str, str], into: str, grain: str) -> str:
        if name == "direction" and into in _KEYED:
            helo = "lower(helo)" if "helo" in here else "NULL"
            host = "lower(peer_host)" if "peer_host" in here else "NULL"
            address = "peer_ip" if "peer_ip" in here else "NULL"
            peer = " OR ".join(f"list_contains($own, {known})" for known in (host, helo, address))
            return f"CASE WHEN direction IN ('inbound', 'outbound') AND ({peer}) THEN 'internal' ELSE direction END"
        default = f"'{grain}'" if name == "grain" else _DEFAULTS.get(name, "NULL")
        if name not in here:
            return default
        return f"coalesce({name}, {default})" if default != "NULL" else name

    def _count_sources(self, *, every: bool) -> None:
        self.stager.run(load_query("load/source_counts").sql, {"first_source_id": self._first_new(), "every": every})

    def _first_new(self) -> int:
        return min(source.source_id for source in self.sources)
