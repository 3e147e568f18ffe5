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
class KeptApart:
    """Messages that are in no card, with the reason: their direction or their status."""

    direction: str
    status: str
    messages: int


@dataclass(frozen=True)
class ConnectorCell:
    """Messages of a day, direction, connector and TLS version; connector None is mail without a connector."""

    day: date
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
class RejectRow:
    """A line that could not be read, and why."""

    source_id: int
    line_no: int | None
    reason: str
    text: str | None


@dataclass(frozen=True)
class FindingRow:
    """A place where a finding's condition holds; `too_few` when less mail was recorded than it takes to judge."""

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
