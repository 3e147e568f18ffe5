"""What queries return: one frozen dataclass a result, its fields the columns in order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Known:
    """A source in the ledger: the hash and the length of its content in bytes."""

    source_id: int
    path: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True)
class DataSpan:
    """The first and the newest counted message, of any message where none counts; None where there is none at all."""

    first_utc: datetime | None
    last_utc: datetime | None
    is_counted: bool


@dataclass(frozen=True)
class FlowCell:
    """Messages of a direction and TLS version in a window, and how many of them came through a connector.

    `clear_text_unseen` are those of sources that would not show clear text.
    """

    direction: str
    tls: str
    messages: int
    recipients: int
    is_estimate: bool
    through_connectors: int
    clear_text_unseen: int


@dataclass(frozen=True)
class FlowDay:
    """A direction's messages of one day."""

    direction: str
    day: date
    messages: int
    recorded: int
    protected: int


@dataclass(frozen=True)
class FlowSpan:
    """A direction's messages of a span to the second."""

    direction: str
    messages: int
    recorded: int
    protected: int


@dataclass(frozen=True)
class DirectionCover:
    """What the whole file holds of a direction and system."""

    direction: str
    system: str
    messages: int
    recorded: int
    first_day: date
    last_day: date


@dataclass(frozen=True)
class OldTls:
    """TLS 1.0 (and SSL) of a direction: messages and peers in the window, last seen and recorded mail in the whole file.

    `last_utc` is exact to a quarter hour.
    """

    direction: str
    messages: int
    peers: int
    last_utc: datetime | None
    recorded_ever: int
    first_day: date


@dataclass(frozen=True)
class VersionSpan:
    """A direction's TLS version over the whole file: messages, and the times of the first and the last one."""

    direction: str
    tls: str
    messages: int
    is_estimate: bool
    first_utc: datetime
    last_utc: datetime


@dataclass(frozen=True)
class KeptApart:
    """Messages that are in no card, with the reason: their direction or their status."""

    direction: str
    status: str
    messages: int


@dataclass(frozen=True)
class ConnectorCell:
    """Messages of an hour, day or week, direction, connector and TLS version; connector None is mail without a connector."""

    at_local: datetime
    direction: str
    connector: str | None
    connector_type: str | None
    forced_tls: bool | None
    tls: str
    messages: int
    recipients: int
    is_estimate: bool


@dataclass(frozen=True)
class ConnectorName:
    """A connector that mail came through, over the whole file; None is mail without a connector."""

    direction: str
    connector: str | None
    connector_type: str | None
    messages: int


@dataclass(frozen=True)
class ConnectorSetting:
    """The newest settings of a connector and the file they came from."""

    name: str
    direction: str
    connector_type: str | None
    forced_tls: bool | None
    enabled: bool | None
    changed_at_utc: datetime | None
    path: str


@dataclass(frozen=True)
class CellDetail:
    """Messages, connections and hosts behind one cell, of those that single messages tell."""

    messages: int
    connections: int
    hosts: int
    first_utc: datetime | None
    last_utc: datetime | None


@dataclass(frozen=True)
class WhoRow:
    """A peer, sender, … behind a cell. `days` are its messages a day in the window; best and newest over the whole file.

    `better_utc` is when it first used a better version; `is_claim` says that the name is only what its HELO said. The last
    five are of all peers of the question, also those that were not asked for.
    """

    name: str | None
    is_claim: bool
    messages: int
    messages_ever: int
    connections: int
    senders: int
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
class FloorConnector:
    """A connector's messages by what would become of them above a floor."""

    direction: str
    connector: str | None
    connector_type: str | None
    forced_tls: bool | None
    messages: int
    as_now: int
    refused: int
    falls_back: int
    stays_clear: int
    untold: int
    is_estimate: bool


@dataclass(frozen=True)
class FloorDay:
    """A day's messages by what would become of them above a floor."""

    day: date
    messages: int
    refused: int
    falls_back: int
    stays_clear: int
    untold: int


@dataclass(frozen=True)
class FloorPeer:
    """A peer with mail below a floor: what would become of it, and the best version it was ever seen with.

    `connectors` holds '' for mail without one; the last two are of all peers, also those that were not asked for.
    """

    direction: str
    name: str | None
    is_claim: bool
    messages: int
    refused: int
    falls_back: int
    stays_clear: int
    senders: int
    connectors: list[str]
    versions: list[str]
    last_utc: datetime
    best: str
    verdict: str
    all_peers: int
    all_senders: int


@dataclass(frozen=True)
class CoverageDay:
    """A day's messages of a direction, 0 where there are none; `hours` are those of each hour, None where only daily totals tell."""

    day: date
    direction: str
    messages: int
    hours: list[int] | None


@dataclass(frozen=True)
class TransitSecurity:
    """Outbound messages by the security that they were sent with, and those that were stopped because of it.

    `policy_told` says that the files tell the policy, so that DANE and MTA-STS can be told from plain TLS.
    """

    security: str
    messages: int
    blocked: int
    domains: int
    policy_told: bool


@dataclass(frozen=True)
class TransitDomain:
    """A recipients' domain whose mail was stopped because of TLS or went in clear text; best is the best it was ever seen with."""

    domain: str | None
    security: str | None
    blocked: int
    errors: int
    error: str | None
    in_clear: int
    best: str | None
    last_utc: datetime


@dataclass(frozen=True)
class PeerUse:
    """What a peer's host and address used, of one direction, domain and TLS version."""

    direction: str
    host: str | None
    is_claim: bool
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
    """A finding at a place that a person knows of; it is quiet until a day, included."""

    finding: str
    direction: str | None
    connector: str | None
    what: str | None
    text: str
    quiet_until: date
    made_at_utc: datetime


@dataclass(frozen=True)
class MessageLine:
    """A message at its hop, or (grain `day`) a daily total, as lists show it."""

    row_id: int
    time_utc: datetime
    direction: str
    connector: str | None
    tls: str
    status: str
    peer: str | None
    sender: str | None
    recipient: str | None
    recipient_count: int | None
    subject: str | None
    size_bytes: int | None
    messages: int
    is_estimate: bool
    grain: str


@dataclass(frozen=True)
class Tally:
    """How many rows a list has, counted up to a limit and one more."""

    found: int


@dataclass(frozen=True)
class MessageDetail:
    """Everything that is known of one message at one hop."""

    time_utc: datetime
    direction: str
    connector: str | None
    connector_type: str | None
    forced_tls: bool | None
    tls: str
    tls_raw: str | None
    cipher: str | None
    verified: str | None
    status: str
    reply: str | None
    system: str
    server: str | None
    service: str | None
    peer_host: str | None
    helo: str | None
    peer_ip: str | None
    peer_domain: str | None
    sender: str | None
    recipients: list[str] | None
    subject: str | None
    auth_user: str | None
    certificate: str | None
    security_policy: str | None
    message_id: str | None
    network_message_id: str | None
    session_id: str | None
    size_bytes: int | None
    messages: int
    is_estimate: bool
    path: str
    format: str
    line_no: int | None


@dataclass(frozen=True)
class FailedPeer:
    """A peer's failed sessions of one direction, connector and kind (`handshake failed`, `no mail`) in a window.

    `peer_ip` and `error` are the most frequent of `addresses` and `errors` different ones. `messages` are those that the same peer got
    across in the window by any TLS, `best` its best TLS version over the whole file, None when it never had one. The last two are of all
    sessions of the question, also those that were not asked for.
    """

    peer: str | None
    is_claim: bool
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
class SessionSource:
    """A source that holds messages of a session, or may hold lines of it; `line_no` is that of its first message there, if it has one."""

    path: str
    sha256: str
    size_bytes: int
    source_id: int
    format: str
    line_no: int | None


@dataclass(frozen=True)
class HopLine:
    """One of the hops that a message passed, and the file that tells it."""

    row_id: int
    time_utc: datetime
    direction: str
    connector: str | None
    tls: str
    status: str
    system: str
    server: str | None
    peer: str | None
    path: str


@dataclass(frozen=True)
class MessageExport:
    """A message at its hop as exports hold it; connector_type and forced_tls as its file told them."""

    time_utc: datetime
    direction: str
    connector: str | None
    connector_type: str | None
    forced_tls: bool | None
    tls: str
    tls_raw: str | None
    cipher: str | None
    verified: str | None
    status: str
    reply: str | None
    system: str
    server: str | None
    service: str | None
    peer_host: str | None
    helo: str | None
    peer_ip: str | None
    peer_domain: str | None
    sender: str | None
    recipients: list[str] | None
    subject: str | None
    auth_user: str | None
    certificate: str | None
    security_policy: str | None
    message_id: str | None
    network_message_id: str | None
    session_id: str | None
    size_bytes: int | None
    messages: int
    is_estimate: bool
    grain: str
    source_id: int
    line_no: int | None


@dataclass(frozen=True)
class SourceRow:
    """A loaded file. `message_count` are messages in the flow, `not_counted` daily totals that messages
    replace, `already_counted` hops that another source had.
    """

    source_id: int
    path: str
    format: str
    recognised_by: str | None
    note: str | None
    grain: str
    sha256: str
    size_bytes: int
    row_count: int
    message_count: int
    other_count: int
    not_counted: int
    already_counted: int
    reject_count: int
    first_utc: datetime | None
    last_utc: datetime | None
    loaded_at_utc: datetime


@dataclass(frozen=True)
class HostWord:
    """A host that is known by one word, which may be None."""

    name: str | None


@dataclass(frozen=True)
class RejectRow:
    """A line that could not be read, and why."""

    source_id: int
    line_no: int | None
    reason: str
    text: str | None


@dataclass(frozen=True)
class FindingRow:
    """A place where a finding's condition holds; `too_few` when less mail was recorded than it takes to judge.

    `messages` are those that it is about, out of `recorded`. `what` names what it is about when that is no connector: an own server, a
    peer, a certificate. `evidence` are its words; None are those of a share above a limit.
    """

    direction: str | None
    connector: str | None
    connector_type: str | None
    messages: int
    recorded: int
    percent: float
    limit_percent: float
    is_estimate: bool
    last_utc: datetime | None
    too_few: bool
    what: str | None
    evidence: str | None
