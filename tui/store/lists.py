"""The lists behind the report: who, what failed, what a floor breaks, coverage, transit security, letters and work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tui import rows
from tui.domain import MODERN
from tui.store.asking import Asker
from tui.store.notes import read_acknowledged, read_notes
from tui.store.questions import Scope
from tui.store.window import Span

MOST_PEERS = 5000


def ask_who(asker: Asker, span: Span, scope: Scope, tls: str | None, facet: str, most: int = MOST_PEERS) -> list[rows.WhoRow]:
    """Answer who is behind a scope and version, by one facet such as `host`, most messages in the span first."""
    params = {"since": span.since, "until": span.until, **scope.params()}
    return asker.ask(rows.WhoRow, "connectors/who", scope.narrowed, **params, tls=tls, facet=facet, most=most)


def ask_daily_totals(asker: Asker, span: Span, scope: Scope, tls: str | None) -> int:
    """Answer how many messages of a scope and version only daily totals know, so that no list of peers has them."""
    params = {"since": span.since, "until": span.until, **scope.params()}
    return asker.ask_one(rows.Tally, "connectors/daily_totals", scope.narrowed, **params, tls=tls).found


@dataclass(frozen=True)
class Floor:
    """What would become of a span's mail if nothing below a floor were taken or sent any more."""

    floor: str
    refuse: bool
    span: Span
    connectors: Sequence[rows.FloorConnector]
    days: Sequence[rows.FloorDay]
    peers: Sequence[rows.FloorPeer]


def ask_floor(asker: Asker, span: Span, scope: Scope, floor: str, *, refuse: bool = False, most: int = MOST_PEERS) -> Floor:
    """Answer what breaks if a floor is raised: by connector, by day, and by peer with the best it was ever seen with."""
    params = {"since": span.since, "until": span.until, **scope.params(), "floor": floor, "refuse": refuse}
    where = scope.narrowed
    return Floor(
        floor,
        refuse,
        span,
        asker.ask(rows.FloorConnector, "connectors/floor_connectors", where, **params),
        asker.ask(rows.FloorDay, "connectors/floor_days", where, **params),
        asker.ask(rows.FloorPeer, "connectors/floor_peers", where, **params, most=most),
    )


def ask_failed(asker: Asker, span: Span, scope: Scope, most: int = MOST_PEERS) -> list[rows.FailedPeer]:
    """Answer whose sessions failed in a span, handshakes and sessions without mail, most sessions first."""
    params = {"direction": scope.direction, "any_connector": scope.any_connector, "connector": scope.connector}
    return asker.ask(rows.FailedPeer, "connectors/failed", since=span.since, until=span.until, kind=None, most=most, **params)


def ask_coverage(asker: Asker, span: Span) -> list[rows.CoverageDay]:
    """Answer each day of a span that lies between the first and the newest counted message, newest first."""
    return asker.ask(rows.CoverageDay, "sources/coverage", since=span.since, until=span.until)


def ask_security(asker: Asker, span: Span) -> list[rows.TransitSecurity]:
    """Answer how outbound mail of a span was secured: by DANE, MTA-STS, TLS, or not."""
    return asker.ask(rows.TransitSecurity, "connectors/transit_security", since=span.since, until=span.until)


def ask_domains(asker: Asker, span: Span, most: int = MOST_PEERS) -> list[rows.TransitDomain]:
    """Answer the domains whose mail was stopped or went in clear text in a span."""
    return asker.ask(rows.TransitDomain, "connectors/transit_domains", since=span.since, until=span.until, most=most)


def ask_reports(asker: Asker, span: Span) -> list[rows.TlsReport]:
    """Answer what others report of a span: of sessions with own servers (TLS-RPT), and of messages in transit."""
    return asker.ask(rows.TlsReport, "connectors/tls_reports", since=span.since, until=span.until)


def ask_letter(asker: Asker, span: Span, scope: Scope) -> list[rows.PeerUse]:
    """Answer which hosts and addresses of a scope used which TLS version in a span, and when."""
    return asker.ask(rows.PeerUse, "connectors/letter", scope.filter, since=span.since, until=span.until)


def ask_work(asker: Asker, folder: Path | None) -> tuple[list[tuple[rows.Note, rows.PeerSince]], list[rows.Acknowledged]]:
    """Answer the notes with what their peers did since, and the findings that are known."""
    notes = [(note, ask_since(asker, note)) for note in read_notes(asker, folder)]
    return notes, read_acknowledged(asker, folder)


def ask_since(asker: Asker, note: rows.Note) -> rows.PeerSince:
    """Answer what a peer did before and after a note on it was made."""
    params = {"facet": note.facet, "name": note.name, "since": note.made_at_utc, "good": MODERN[0]}
    return asker.ask_one(rows.PeerSince, "connectors/peer_since", **params)
