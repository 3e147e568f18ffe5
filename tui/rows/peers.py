"""Rows about peers: versions used, failed sessions, notes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class WhoRow:
    """A peer, sender, … behind a cell. `days` are its messages a day in the window; best and newest over the whole file.

    `senders` are those of the window, None for who has no mail in it. `better_utc` is when it first used a better version;
    `is_unverified` is true when the name is only from its HELO. The last five are of all peers of
    the question, including those beyond the limit.
    """

    name: str | None
    is_unverified: bool
    messages: int
    messages_ever: int
    connections: int
    senders: int | None
    first_utc: datetime
    last_utc: datetime
    newest_utc: datetime
    better_utc: datetime | None
    best: str | None
    newest_tls: str
    days: dict[date, int] | None
    peers_in_window: int
    peers_ever: int
    all_messages: int
    all_connections: int
    without_session: int


@dataclass(frozen=True)
class PeerUse:
    """What a peer's host and address used, of one direction, domain and TLS version."""

    direction: str
    host: str | None
    is_unverified: bool
    address: str | None
    domain: str | None
    tls: str
    messages: int
    connections: int
    first_utc: datetime
    last_utc: datetime


@dataclass(frozen=True)
class PeerSince:
    """What a peer did before and after a moment: messages below a good version and at least of it."""

    old_before: int
    old_after: int
    good_after: int
    last_old_utc: datetime | None
    last_old: str | None
    first_good_utc: datetime | None
    newest_utc: datetime | None
    newest_tls: str | None


@dataclass(frozen=True)
class Note:
    """A note of the user on a peer: asked, promised, fixed or a plain note; `due` is the promised date."""

    facet: str
    name: str
    kind: str
    text: str
    due: date | None
    made_at_utc: datetime


@dataclass(frozen=True)
class Acknowledged:
    """An acknowledged finding; it is snoozed until a date, included."""

    finding: str
    direction: str | None
    connector: str | None
    what: str | None
    text: str
    snoozed_until: date
    made_at_utc: datetime


@dataclass(frozen=True)
class FailedPeer:
    """A peer's failed sessions of one direction, connector and kind (`handshake failed`, `no mail`) in a window.

    `peer_ip` and `error` are the most frequent of `addresses` and `errors` different ones. `messages` are those that the same peer got
    across in the window by any TLS, `best` its best TLS version over the whole file, None when it never had one. The last two are of all
    sessions of the question, including those beyond the limit.
    """

    peer: str | None
    is_unverified: bool
    peer_ip: str | None
    addresses: int
    direction: str
    connector: str | None
    kind: str
    error: str | None
    errors: int
    sessions: int
    first_utc: datetime
    last_utc: datetime
    messages: int
    best: str | None
    all_sessions: int
    all_peers: int


@dataclass(frozen=True)
class HostWord:
    """A host name without a dot; None is possible."""

    name: str | None
