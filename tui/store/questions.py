"""What the screens and the outputs ask together, so that both say the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from tui import rows
from tui.config import Config
from tui.errors import ConfigError
from tui.store.asking import Asker
from tui.store.query_files import QueryFile, load_folder
from tui.store.trace_file import utc_now
from tui.store.window import Window, choose_window

MOST_PEERS = 5000


@dataclass(frozen=True)
class Scope:
    """Show data for: all mail flow, one connector, mail without a connector, or one system.

    With `any_connector`, `connector` means nothing; without it, None is mail without a connector.
    """

    direction: str | None = None
    any_connector: bool = True
    connector: str | None = None
    system: str | None = None

    def params(self) -> dict[str, object]:
        """Answer the parameters of a query that has a scope."""
        return {
            "direction": self.direction,
            "any_connector": self.any_connector,
            "connector": self.connector,
            "system": self.system,
        }


@dataclass(frozen=True)
class FoundFinding:
    """A finding that holds somewhere: its query file, and where."""

    query: QueryFile
    row: rows.FindingRow


@dataclass(frozen=True)
class Facts:
    """Everything that the Overview, the flyout, the connector report and the reports are made of."""

    window: Window
    scope: Scope
    cover: Sequence[rows.DirectionCover]
    flow: Sequence[rows.FlowCell]
    days: Sequence[rows.FlowDay]
    before: Sequence[rows.FlowSpan]
    now_same_hours: Sequence[rows.FlowSpan]
    old_tls: Sequence[rows.OldTls]
    apart: Sequence[rows.KeptApart]
    cells: Sequence[rows.ConnectorCell]
    findings: Sequence[FoundFinding]
    sources: Sequence[rows.SourceRow]
    asked_at_utc: datetime


def ask_window(asker: Asker, *, first_day: date | None = None, last_day: date | None = None, days: int | None = None) -> Window:
    """Answer the window of the trace file; without a single message it is the week that ends now."""
    span = asker.ask_one(rows.DataSpan, "overview/newest")
    chosen = choose_window(span.first_utc or utc_now(), span.last_utc or utc_now(), first_day=first_day, last_day=last_day, days=days)
    return replace(chosen, is_empty=not span.is_counted)


def ask_facts(asker: Asker, config: Config, window: Window, scope: Scope, asked_at_utc: datetime) -> Facts:
    """Ask everything about a window that does not name a single peer or message.

    The card is always of all mail flow; the scope is of the connector report.
    """
    span = {"since": window.since, "until": window.until}
    earlier = dict(zip(("since", "until"), window.earlier(), strict=True))
    length = timedelta(days=len(window.days))
    same_hours = {"since": earlier["since"] + length, "until": earlier["until"] + length}
    return Facts(
        window=window,
        scope=scope,
        cover=asker.ask(rows.DirectionCover, "overview/directions"),
        flow=asker.ask(rows.FlowCell, "overview/flow_by_tls", **span),
        days=asker.ask(rows.FlowDay, "overview/flow_by_day", since=earlier["since"], until=window.until),
        before=asker.ask(rows.FlowSpan, "overview/flow_before", **earlier),
        now_same_hours=asker.ask(rows.FlowSpan, "overview/flow_before", **same_hours),
        old_tls=asker.ask(rows.OldTls, "overview/old_tls", **span),
        apart=asker.ask(rows.KeptApart, "overview/kept_apart", **span),
        cells=asker.ask(rows.ConnectorCell, "connectors/by_day", **span, **scope.params()),
        findings=ask_findings(asker, config, window),
        sources=asker.ask(rows.SourceRow, "sources/list"),
        asked_at_utc=asked_at_utc,
    )


def ask_findings(asker: Asker, config: Config, window: Window) -> list[FoundFinding]:
    """Answer every place where a finding holds, warnings before information, most messages first."""
    found: list[FoundFinding] = []
    queries = load_folder("findings", config.folder / "findings" if config.folder else None)
    if unknown := sorted(set(config.findings.limits) - {query.path.stem for query in queries}):
        raise ConfigError(f"[findings.limits] {unknown[0]} is no finding; see the ids with mailflow check")
    for query in queries:
        known: dict[str, object] = {
            "since": window.since,
            "until": window.until,
            "limit_percent": config.findings.limit_percent(query.path.stem),
            "min_recorded": config.findings.min_recorded,
        }
        params = {name: known[name] for name in query.params if name in known}
        found += [FoundFinding(query, row) for row in asker.ask_file(rows.FindingRow, query, **params)]
    exact = [replace(one, row=replace(one.row, last_utc=_last_seen(asker, window, one))) for one in found]
    return sorted(exact, key=lambda one: (one.row.too_few, one.query.one("severity") != "warning", -one.row.messages))


def _last_seen(asker: Asker, window: Window, found: FoundFinding) -> datetime | None:
    """Answer when exactly it was last seen; the rollup knows it to a quarter hour."""
    quarter = found.row.last_utc
    if quarter is None:
        return None
    detail = asker.ask_one(
        rows.CellDetail,
        "connectors/cell_detail",
        since=quarter,
        until=min(window.until, quarter + timedelta(minutes=15)),
        direction=found.row.direction,
        any_connector=found.row.direction is None,
        connector=found.row.connector,
        tls="No TLS" if found.query.path.stem.startswith("no_tls") else "TLS 1.0",
        system=None,
    )
    return detail.last_utc or quarter


def ask_who(asker: Asker, window: Window, scope: Scope, tls: str | None, facet: str, most: int = MOST_PEERS) -> list[rows.WhoRow]:
    """Answer who is behind a scope and version, by one facet such as `host`, most messages in the window first."""
    span = {"since": window.since, "until": window.until}
    return asker.ask(rows.WhoRow, "connectors/who", **span, **scope.params(), tls=tls, facet=facet, most=most)


def ask_daily_totals(asker: Asker, window: Window, scope: Scope, tls: str | None) -> int:
    """Answer how many messages of a scope and version only daily totals know, so that no list of peers has them."""
    span = {"since": window.since, "until": window.until}
    return asker.ask_one(rows.Tally, "connectors/daily_totals", **span, **scope.params(), tls=tls).found
