"""The lists of detail: peers, failed sessions, what-if, coverage, transit security, reports, letters to partners, and notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tui import rows
from tui.domain import MODERN
from tui.store.notes import read_acknowledged, read_notes
from tui.store.query_runner import QueryRunner
from tui.store.questions import Scope
from tui.store.window import Span

MAX_PEERS = 5000


def ask_who(runner: QueryRunner, span: Span, scope: Scope, tls: str | None, facet: str, most: int = MAX_PEERS) -> list[rows.WhoRow]:
    """Return the peers of a scope and version, grouped by a facet such as `host`, most messages in the span first."""
    params = {"since": span.since, "until": span.until, **scope.params()}
    return runner.ask(rows.WhoRow, "connectors/who", scope.narrowed, **params, tls=tls, facet=facet, most=most)


def ask_daily_totals(runner: QueryRunner, span: Span, scope: Scope, tls: str | None) -> int:
    """Return how many messages of a scope and version are in daily totals only, and therefore in no list of peers."""
    params = {"since": span.since, "until": span.until, **scope.params()}
    return runner.ask_one(rows.Tally, "connectors/daily_totals", scope.narrowed, **params, tls=tls).found


@dataclass(frozen=True)
class WhatIf:
    """The effect on a span's mail if a minimum TLS version were enforced."""

    minimum_tls: str
    refuse: bool
    span: Span
    connectors: Sequence[rows.WhatIfConnector]
    days: Sequence[rows.WhatIfDay]
    peers: Sequence[rows.WhatIfPeer]


def ask_what_if(runner: QueryRunner, span: Span, scope: Scope, minimum_tls: str, *, refuse: bool = False, most: int = MAX_PEERS) -> WhatIf:
    """Return the mail affected by a minimum TLS version: by connector, by day, and by peer with the newest version ever seen."""
    params = {"since": span.since, "until": span.until, **scope.params(), "minimum_tls": minimum_tls, "refuse": refuse}
    where = scope.narrowed
    return WhatIf(
        minimum_tls,
        refuse,
        span,
        runner.ask(rows.WhatIfConnector, "connectors/what_if_connectors", where, **params),
        runner.ask(rows.WhatIfDay, "connectors/what_if_days", where, **params),
        runner.ask(rows.WhatIfPeer, "connectors/what_if_peers", where, **params, most=most),
    )


def ask_failed(runner: QueryRunner, span: Span, scope: Scope, most: int = MAX_PEERS) -> list[rows.FailedPeer]:
    """Return the peers with failed sessions in a span (handshakes and sessions without mail), most sessions first."""
    params = {"direction": scope.direction, "any_connector": scope.any_connector, "connector": scope.connector}
    return runner.ask(rows.FailedPeer, "connectors/failed", since=span.since, until=span.until, kind=None, most=most, **params)


def ask_coverage(runner: QueryRunner, span: Span) -> list[rows.CoverageDay]:
    """Return each day of a span that lies between the first and the newest counted message, newest first."""
    return runner.ask(rows.CoverageDay, "sources/coverage", since=span.since, until=span.until)


def ask_security(runner: QueryRunner, span: Span) -> list[rows.TransitSecurity]:
    """Return how outbound mail of a span was secured: by DANE, MTA-STS or TLS, or not at all."""
    return runner.ask(rows.TransitSecurity, "connectors/transit_security", since=span.since, until=span.until)


def ask_domains(runner: QueryRunner, span: Span, most: int = MAX_PEERS) -> list[rows.TransitDomain]:
    """Return the domains to which mail was stopped or sent in clear text in a span."""
    return runner.ask(rows.TransitDomain, "connectors/transit_domains", since=span.since, until=span.until, most=most)


def ask_reports(runner: QueryRunner, span: Span) -> list[rows.TlsReport]:
    """Return the reports of other systems about a span: TLS-RPT on sessions with own servers, and reports on messages in transit."""
    return runner.ask(rows.TlsReport, "connectors/tls_reports", since=span.since, until=span.until)


def ask_letter(runner: QueryRunner, span: Span, scope: Scope) -> list[rows.PeerUse]:
    """Return the hosts and addresses of a scope, with the TLS versions that they used in a span, and when."""
    return runner.ask(rows.PeerUse, "connectors/letter", scope.filter, since=span.since, until=span.until)


def ask_work(runner: QueryRunner, folder: Path | None) -> tuple[list[tuple[rows.Note, rows.PeerSince]], list[rows.Acknowledged]]:
    """Return the notes with the mail of their peers since then, and the acknowledged findings."""
    notes = [(note, ask_since(runner, note)) for note in read_notes(runner, folder)]
    return notes, read_acknowledged(runner, folder)


def ask_since(runner: QueryRunner, note: rows.Note) -> rows.PeerSince:
    """Return a peer's mail before and after a note on it was made."""
    params = {"facet": note.facet, "name": note.name, "since": note.made_at_utc, "good": MODERN[0]}
    return runner.ask_one(rows.PeerSince, "connectors/peer_since", **params)
