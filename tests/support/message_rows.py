"""Messages, settings and failed sessions as rows of a trace file in memory, for the queries of screens and findings, without a load."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.support.reports import hops, write_rows
from tests.support.traces import House, write_csv
from tui.config import Config
from tui.store.engine import Engine
from tui.store.findings import Finding, FoundFinding, ask_findings, load_findings
from tui.store.query_runner import QueryRunner
from tui.store.questions import ask_window
from tui.store.rollup import EVER, rebuild
from tui.store.trace_file import define_views, detach_trace
from tui.store.window import Window
from tui.view.findings import FindingView, finding_view

Row = Mapping[str, object]

_SETTING = {"Name": "A", "Enabled": "True", "ConnectorType": "Partner", "RequireTls": "True", "SenderDomains": "{smtp:*;1}"}
_DOMAIN = {"Name": "a", "DomainName": "a.example", "DomainType": "Authoritative"}
_TABLE, _CONNECTORS, _DOMAINS = 1, 2, 3  # the sources of rows
_FILLED = ("message", "connector", "own_domain", "failed_session", "flow_quarter", "peer_day", "connector_match")
_MESSAGE: Row = {
    "direction": "inbound", "tls": "Not recorded", "system": "Table", "recipients": [], "messages": 1, "is_estimate": False,
    "grain": "message", "is_merged": False, "source_id": _TABLE,
}  # fmt: skip
_FAILURE: Row = {"system": "Table", "is_duplicate": False, "source_id": _TABLE}
_TYPES = {"recipients": "VARCHAR[]", "domains": "VARCHAR[]", "addresses": "VARCHAR[]"}


class MessageRows:
    """A trace file in memory that is filled again for each question."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        """Load a file of each kind, so that there are sources and rules of formats which rows can belong to."""
        house = House(engine, folder)
        house.load(write_rows(folder / "messages.csv", hops(1, "TLS 1.2")))
        house.load(write_csv(folder / "connectors.csv", [_SETTING], tuple(_SETTING)))
        house.load(write_csv(folder / "domains.csv", [_DOMAIN], tuple(_DOMAIN)))
        self._engine, self._folder, self._run = engine, folder, engine.connection.execute
        self._run(f"ATTACH '{house.target}' AS stored (READ_ONLY); ATTACH ':memory:' AS trace")
        self._run("COPY FROM DATABASE stored TO trace; DETACH stored")
        self._has_matches: bool | None = None
        self.runner = QueryRunner(engine)

    def close(self) -> None:
        """Remove the trace file."""
        self.runner.close()
        detach_trace(self._engine)

    def fill(
        self, messages: Sequence[Row], *, connectors: Sequence[Row] = (), own_domains: Sequence[str] = (), failures: Sequence[Row] = ()
    ) -> QueryRunner:
        """Replace all rows, and return who answers questions about them.

        A message has the columns that it names; the others are those of a message in a table. An empty text is NULL.
        """
        for table in _FILLED:
            self._run(f"DELETE FROM trace.{table}")
        self._insert("message", [_message(row, number) for number, row in enumerate(messages, 1)])
        self._insert("connector", [{"enabled": True, **row, "source_id": _CONNECTORS, "line_no": at} for at, row in enumerate(connectors)])
        self._insert("own_domain", [{"domain": domain, "source_id": _DOMAINS} for domain in own_domains])
        self._insert("failed_session", [{**_FAILURE, "hop_key": at, **row} for at, row in enumerate(failures, 1)])
        rebuild(self._run, [EVER], settings_changed=True)
        has_matches = bool(self._run("SELECT 1 FROM trace.connector_match LIMIT 1").fetchall())
        if has_matches != self._has_matches:
            define_views(self._engine)
            self._has_matches = has_matches
        return self.runner

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of a SELECT over the rows as they are."""
        return self._run(sql).fetchall()

    def found(
        self,
        name: str,
        messages: Sequence[Row],
        config: Config | None = None,
        *,
        days: int | None = None,
        now: datetime | None = None,
        **others: Any,
    ) -> tuple[list[FoundFinding], Window]:
        """Return where a finding, or another of its query, holds over messages, and the window; `others` are as in `fill`."""
        runner, config = self.fill(messages, **others), config or Config()
        window = ask_window(runner, days=days)
        known = load_findings(config)
        path = next(one.query.path for one in known if one.id == name)
        wanted = [one for one in known if one.query.path == path]

        def load_wanted(_: Config) -> list[Finding]:
            return wanted

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("tui.store.findings.load_findings", load_wanted)
            return ask_findings(runner, config, window, now), window

    def findings(self, name: str, messages: Sequence[Row], config: Config | None = None, **others: Any) -> list[FindingView]:
        """Return in words what `found` returns."""
        found, window = self.found(name, messages, config, **others)
        return [finding_view(one, window) for one in found]

    def all_findings(self, config: Config | None = None) -> list[FindingView]:
        """Return all findings that hold over the rows as they are."""
        window = ask_window(self.runner)
        return [finding_view(one, window) for one in ask_findings(self.runner, config or Config(), window)]

    def finding(self, name: str, messages: Sequence[Row], config: Config | None = None, **others: Any) -> FindingView | None:
        """Return a finding that holds in at most one place; None when it does not."""
        found = [one for one in self.findings(name, messages, config, **others) if one.id == name]
        assert len(found) < 2, found
        return found[0] if found else None

    def _insert(self, table: str, rows: Sequence[Row]) -> None:
        names = list(dict.fromkeys(name for row in rows for name in row))
        if not rows:
            return
        columns = ", ".join(f"unnest(CAST(${name} AS {_TYPES.get(name, 'VARCHAR')}[])) AS {name}" for name in names)
        self._run(f"INSERT INTO trace.{table} BY NAME SELECT {columns}", {name: [_value(row.get(name)) for row in rows] for name in names})


def _message(row: Row, number: int) -> Row:
    """Return a message with all that a table gives to a row which does not have it."""
    result = {name: value for name, value in row.items() if value != ""}
    is_outbound = result.get("direction") == "outbound"
    sender = result.get("sender")
    domain = {} if is_outbound or not isinstance(sender, str) else {"peer_domain": sender.rpartition("@")[2].lower()}
    return {**_MESSAGE, "hop_key": number, "line_no": number, "status": "delivered" if is_outbound else "accepted", **domain, **result}


def _value(value: object) -> object:
    return value if value is None or isinstance(value, list) else str(value)  # pyright: ignore[reportUnknownVariableType]
