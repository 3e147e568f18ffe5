"""Resolution on a small table of observations: rows in, messages out, without a load."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from tui.config import Config
from tui.intake.formats import load_formats
from tui.store.appending import note_removed, remove, transaction
from tui.store.engine import Engine
from tui.store.format_rules import rules_of
from tui.store.incoming import set_limits, show_observations
from tui.store.query_files import load_query
from tui.store.resolution import Resolution
from tui.store.rollup import rebuild
from tui.store.trace_file import attach_trace

NOW = datetime(2026, 12, 1)
TIME = datetime(2026, 11, 10, 10)
COLUMNS = {
    "time_utc": "TIMESTAMP", "direction": "VARCHAR", "connector": "VARCHAR", "tls": "VARCHAR", "tls_raw": "VARCHAR", "cipher": "VARCHAR",
    "status": "VARCHAR", "reply": "VARCHAR", "system": "VARCHAR", "server": "VARCHAR", "service": "VARCHAR", "peer_host": "VARCHAR",
    "peer_ip": "VARCHAR", "peer_domain": "VARCHAR", "sender": "VARCHAR", "recipients": "VARCHAR[]", "subject": "VARCHAR",
    "message_id": "VARCHAR",
    "network_message_id": "VARCHAR", "session_id": "VARCHAR", "front_session_id": "VARCHAR", "hop_key": "UBIGINT", "size_bytes": "BIGINT",
    "messages": "BIGINT", "own_ip": "VARCHAR", "source_id": "INTEGER", "line_no": "BIGINT",
}  # fmt: skip
DEFAULTS: dict[str, Any] = {
    "time_utc": TIME, "direction": "inbound", "tls": "TLS 1.2", "status": "accepted", "system": "Table", "hop_key": 1, "messages": 1,
    "recipients": ["b@example.com"],
}  # fmt: skip

Row = Mapping[str, Any]


def see(hop: int = 1, **values: Any) -> dict[str, Any]:
    """Return an observation of a hop, with some columns."""
    return DEFAULTS | {"hop_key": hop} | values


class Resolving:
    """A trace file that is open to be written; sources of observations come and go, each in a change of its own."""

    def __init__(self, engine: Engine, folder: Path, own_servers: Sequence[str] = ()) -> None:
        self.run, self.own_servers = engine.connection.execute, own_servers
        self.rules = rules_of(load_formats(Config()))
        self._count = 0
        attach_trace(engine, folder / "resolving.duckdb", "write")

    def add(self, *sources: tuple[str, Sequence[Row]], domains: Sequence[str] = ()) -> list[int]:
        """Add sources, each a format and its observations, in one change; `domains` are own domains of the first. Return their numbers."""
        ids = list(range(self._count + 1, self._count + len(sources) + 1))
        self._count += len(sources)
        self._change(list(zip(ids, sources, strict=True)), [], domains)
        return ids

    def forget(self, source_id: int) -> None:
        """Remove a source."""
        self._change([], [source_id], [])

    def messages(self, columns: str) -> list[tuple[Any, ...]]:
        """Return columns of the messages, sorted; enums as text."""
        names = ", ".join(f"CAST({name.strip()} AS VARCHAR)" for name in columns.split(","))
        return sorted(self.run(f"SELECT {names} FROM trace.message").fetchall(), key=str)

    def everything(self) -> list[str]:
        """Return all messages and rollups, but for where they stand."""
        found = self.run("SELECT * EXCLUDE (source_id, line_no, is_merged) FROM trace.message").fetchall()
        rolled = self.run("FROM trace.flow_quarter").fetchall() + self.run("SELECT * EXCLUDE (sender_keys) FROM trace.peer_day").fetchall()
        return sorted(map(str, found)) + sorted(map(str, rolled))

    def counts(self) -> int:
        """Return what all sources brought: messages and observations that another one counts for."""
        return self.run("SELECT sum(message_count + other_count) FROM trace.source").fetchall()[0][0]

    def _change(self, new: Sequence[tuple[int, tuple[str, Sequence[Row]]]], gone: Sequence[int], domains: Sequence[str]) -> None:
        run = self.run
        with transaction(run, run):
            for source_id, (name, _) in new:
                one = {"source_id": source_id, "path": f"{source_id}.log", "format": name, "grain": "message", "sha256": str(source_id)}
                one |= dict.fromkeys(("recognised_by", "encoding", "note"), "") | {"size_bytes": 1, "modified_utc": NOW}
                run(load_query("load/new_sources").sql, {key: [value] for key, value in one.items()} | {"now": NOW})
            run(load_query("staging/read_file").sql)
            run(f"CREATE OR REPLACE TEMP TABLE seen ({', '.join(f'{name} {kind}' for name, kind in COLUMNS.items())})")
            for source_id, (_, rows) in new:
                for line_no, row in enumerate(rows, 1):
                    values = [*[row.get(name) for name in COLUMNS][:-2], source_id, line_no]
                    run(f"INSERT INTO seen VALUES ({', '.join('?' * len(COLUMNS))})", values)
            set_limits(run, NOW, ())
            note_removed(run, gone, [])
            show_observations(run, ["seen"])
            resolution = Resolution(run, self.rules, self.own_servers)
            resolution.begin()
            run(load_query("resolution/changed_failures").sql)
            remove(run)
            for domain in domains:
                run("INSERT INTO trace.own_domain VALUES (?, ?, 1)", [domain, new[0][0]])
            show_observations(run, ["seen"])
            resolution.note_context({name for _, (name, _) in new})
            rebuild(run, resolution.resolve())
