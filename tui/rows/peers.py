"""What is known of peers: who they are, what failed, what they used, what was noted on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class WhoRow:
    """A peer, sender, … behind a cell. `days` are its messages a day in the window; best and newest over the whole file.

    `senders` are those of the window, None for who has no mail in it. `better_utc` is when it first used a better version;
    `is_unverified` says that the name is only what its HELO said. The last five are of all peers of
    the question, also those that were not asked for.
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
    """What a person noted on a peer: asked, promised, fixed or just a note; `due` is the day it was promised for."""

    facet: str
    name: str
    kind: str
    text: str
    due: date | None
    made_at_utc: datetime


@dataclass(frozen=True)
class Acknowledged:
    """A finding at a place that a person knows of; it is snoozed until a day, included."""

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
    sessions of the question, also those that were not asked for.
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
    """A host that is known by one word, which may be None."""

    name: str | None
