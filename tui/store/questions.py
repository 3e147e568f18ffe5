"""The queries that the screens and the outputs share, so that both show the same numbers."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from tui import rows
from tui.config import Config
from tui.errors import UsageError
from tui.store.filters import Clause, Filter
from tui.store.findings import FoundFinding, ask_findings
from tui.store.notes import read_acknowledged
from tui.store.query_runner import EVERYTHING, QueryRunner
from tui.store.trace_file import utc_now
from tui.store.window import Grain, Window, choose_window


@dataclass(frozen=True)
class Scope:
    """The mail that is shown: all mail flow, one connector, mail without a connector, own clients, or one system; and a filter.

    With `any_connector`, `connector` has no meaning; without it, None is mail without a connector.
    """

    direction: str | None = None
    any_connector: bool = True
    connector: str | None = None
    system: str | None = None
    where: Filter = EVERYTHING

    @property
    def filter(self) -> Filter:
        """The whole scope as a filter."""
        clauses = [Clause(field, "is", value) for field, value in (("direction", self.direction), ("system", self.system)) if value]
        if not self.any_connector:
            clauses.append(Clause("connector", "is", self.connector))
        return (Filter((tuple(clauses),)) if clauses else EVERYTHING) & self.where

    @property
    def narrowed(self) -> Filter:
        """The filter that a query needs besides the scope's parameters: no view of the flow includes own clients."""
        return self.filter if self.direction == "submission" else self.where

    def params(self) -> dict[str, object]:
        """Return the parameters of a query that has a scope."""
        return {
            "direction": self.direction,
            "any_connector": self.any_connector,
            "connector": self.connector,
            "system": self.system,
        }


ALL_MAIL = Scope()


def shown_scope(runner: QueryRunner, scope: Scope) -> Scope:
    """Return a scope for display, with pseudonyms where the runner redacts names."""
    redactor = runner.redactor
    if redactor is None:
        return scope
    connector = None if scope.connector is None else str(redactor.text(scope.connector))
    return replace(scope, connector=connector, where=redactor.shown_filter(scope.where))


def check_scope(runner: QueryRunner, scope: Scope) -> Scope:
    """Return a scope whose connector and system are in the files. Raises UsageError with the nearest name otherwise."""
    if scope.connector is not None:
        names = {one.connector for one in runner.ask(rows.ConnectorName, "connectors/known") if one.connector is not None}
        _check_name("connector", scope.connector, names)
    if scope.system is not None:
        _check_name("system", scope.system, {one.system for one in runner.ask(rows.DirectionCoverage, "overview/directions")})
    return scope


def _check_name(kind: str, name: str, names: Collection[str]) -> None:
    if name.lower() not in {valid.lower() for valid in names}:
        near = difflib.get_close_matches(name, names, 1)
        hint = (
            f"did you mean {near[0]}?"
            if near
            else "these files contain " + ", ".join(f'"{one}"' for one in sorted(names)[:12])
            if names
            else f"these files contain no {kind}"
        )
        raise UsageError(f'no messages with the {kind} "{name}" in these files; {hint}')


@dataclass(frozen=True)
class Facts:
    """All query results that the Overview, the flyout, the connector report and the reports show."""

    window: Window
    scope: Scope
    overview_scope: Scope
    grain: Grain
    cover: Sequence[rows.DirectionCoverage]
    flow: Sequence[rows.FlowCell]
    days: Sequence[rows.FlowDay]
    before: Sequence[rows.FlowSpan]
    now_same_hours: Sequence[rows.FlowSpan]
    old_tls: Sequence[rows.OldTls]
    not_counted: Sequence[rows.NotCounted]
    cells: Sequence[rows.ConnectorCell]
    findings: Sequence[FoundFinding]
    sources: Sequence[rows.SourceRow]
    asked_at_utc: datetime
    acknowledged: Sequence[rows.Acknowledged] = ()
    seen: Sequence[rows.VersionSpan] = ()


def ask_window(runner: QueryRunner, *, first_day: date | None = None, last_day: date | None = None, days: int | None = None) -> Window:
    """Return the window of the trace file; without any message that of its reports, else the week that ends now."""
    span = runner.ask_one(rows.DataSpan, "overview/newest")
    first, last = span.first_utc or utc_now(), span.last_utc or utc_now()
    chosen = choose_window(first, last, first_day=first_day, last_day=last_day, days=days, zone=runner.zone)
    return replace(chosen, is_empty=not span.is_counted)


def ask_facts(
    runner: QueryRunner,
    config: Config,
    window: Window,
    scope: Scope,
    asked_at_utc: datetime,
    *,
    overview_scope: Scope = ALL_MAIL,
    grain: Grain = "day",
    now: datetime | None = None,
) -> Facts:
    """Run all queries about a window that do not return single peers or messages.

    `scope` is the scope of the connector report, and `overview_scope` that of the Overview totals, which on screen is always all mail flow;
    findings always cover all mail.
    """
    params = {"grain": grain, "since": window.since, "until": window.until, **scope.params()}
    return replace(
        ask_overview(runner, config, window, asked_at_utc, overview_scope=overview_scope),
        scope=scope,
        grain=grain,
        cells=runner.ask(rows.ConnectorCell, "connectors/by_time", scope.narrowed, **params),
        findings=ask_findings(runner, config, window, now),
    )


def ask_overview(runner: QueryRunner, config: Config, window: Window, asked_at_utc: datetime, *, overview_scope: Scope = ALL_MAIL) -> Facts:
    """Run the queries of the Overview totals: all those about a window except the connectors' cells and the findings."""
    span = {"since": window.since, "until": window.until}
    before = window.earlier()
    same_hours = {"since": max(window.since, window.data_first_day), "until": window.data_until}
    where = overview_scope.filter
    spans = runner.ask(rows.FlowSpan, "overview/flow_before", where, **same_hours, earlier_since=before[0], earlier_until=before[1])
    return Facts(
        window=window,
        scope=overview_scope,
        overview_scope=overview_scope,
        grain="day",
        cover=runner.ask(rows.DirectionCoverage, "overview/directions"),
        flow=runner.ask(rows.FlowCell, "overview/flow_by_tls", where, **span),
        days=runner.ask(rows.FlowDay, "overview/flow_by_day", where, since=before[0], until=window.until),
        before=[one for one in spans if one.is_earlier],
        now_same_hours=[one for one in spans if not one.is_earlier],
        old_tls=runner.ask(rows.OldTls, "overview/old_tls", where, **span),
        not_counted=[] if where else runner.ask(rows.NotCounted, "overview/not_counted", **span),
        cells=[],
        findings=[],
        sources=runner.ask(rows.SourceRow, "sources/list"),
        asked_at_utc=asked_at_utc,
        acknowledged=read_acknowledged(runner, config.folder),
        seen=runner.ask(rows.VersionSpan, "overview/version_span", where),
    )
