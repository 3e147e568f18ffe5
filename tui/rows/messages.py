"""Messages, in lists, one by one, and at their hops."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class MessageKey:
    """What finds a message at its hop: in every state of a trace file the same, whatever was loaded before or after it."""

    hop_key: int
    stored_utc: datetime


@dataclass(frozen=True)
class MessageLine:
    """A message at its hop, or (grain `day`) a daily total, as lists show it."""

    hop_key: int
    stored_utc: datetime
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

    @property
    def key(self) -> MessageKey:
        """What finds this message."""
        return MessageKey(self.hop_key, self.stored_utc)


@dataclass(frozen=True)
class Tally:
    """How many rows a list has, counted up to a limit and one more."""

    found: int


@dataclass(frozen=True)
class MessageDetail:
    """All recorded columns of one message at one hop."""

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
class SessionSource:
    """A source with messages of a session, or possibly with lines of it; `line_no` is that of its first message there, if it has one."""

    path: str
    sha256: str
    size_bytes: int
    source_id: int
    format: str
    line_no: int | None


@dataclass(frozen=True)
class HopLine:
    """One of the hops of a message, and the file that records it."""

    hop_key: int
    stored_utc: datetime
    time_utc: datetime
    direction: str
    connector: str | None
    tls: str
    status: str
    system: str
    server: str | None
    peer: str | None
    path: str

    @property
    def key(self) -> MessageKey:
        """What finds this hop."""
        return MessageKey(self.hop_key, self.stored_utc)


@dataclass(frozen=True)
class MessageExport:
    """A message at its hop in exports; connector_type and forced_tls as its file records them."""

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
