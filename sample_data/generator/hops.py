"""The true hops: what really happened in a world, before any of it is written into a file."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import NamedTuple

NO_TLS = "No TLS"
NOT_RECORDED = "Not recorded"
TLS_ORDER = (
    NO_TLS,
    "SSL",
    "TLS 1.0",
    "TLS 1.1",
    "TLS 1.2",
    "TLS 1.3",
    "TLS (version unknown)",
    NOT_RECORDED,
)
"""Worst first, as the trace file's enum has them."""

RECEIVE = "exchange_smtp_receive"
SEND = "exchange_smtp_send"
EXO = "exo_extended"
EAC = "eac_connector_details"
SETTINGS = "connector_settings"
TRACE_FORMATS = (RECEIVE, SEND, EXO, EAC)
ALL_FORMATS = (*TRACE_FORMATS, SETTINGS)

CROSSED = frozenset({"accepted", "delivered"})
CARD_DIRECTIONS = ("inbound", "outbound")

MINUTE_MS = 60_000
DAY_MS = 86_400_000


def to_ms(moment: datetime) -> int:
    """Milliseconds since 1970 of an aware moment."""
    return round(moment.timestamp() * 1000)


def to_utc(at_ms: int) -> datetime:
    """Return the aware UTC moment of milliseconds since 1970."""
    return datetime.fromtimestamp(at_ms / 1000, UTC)


def stamp(at_ms: int) -> str:
    """`2026-11-09T08:15:02.113Z`."""
    seconds, ms = divmod(at_ms, 1000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{ms:03d}Z"


class Hop(NamedTuple):
    """One message at one hop (or `messages` of them, where a file has only counts).

    `connector_type` and `forced_tls` are what the hop's own file says; settings may know more.
    """

    format: str
    at_ms: int
    direction: str
    connector: str | None
    tls: str
    status: str
    system: str
    connector_type: str | None = None
    forced_tls: bool | None = None
    peer_host: str | None = None
    peer_ip: str | None = None
    helo: str | None = None
    peer_domain: str | None = None
    sender: str | None = None
    recipients: tuple[str, ...] = ()
    message_id: str | None = None
    size_bytes: int | None = None
    session_id: str | None = None
    messages: int = 1
    is_estimate: bool = False

    @property
    def time_utc(self) -> datetime:
        """When the hop began: MAIL FROM, the RECEIVE or the SENDEXTERNAL row; midnight for a day's aggregate."""
        return to_utc(self.at_ms)

    @property
    def day(self) -> date:
        """The UTC day of the hop."""
        return self.time_utc.date()

    @property
    def is_counted(self) -> bool:
        """Whether the flow counts it: it crossed the hop, inbound or outbound."""
        return self.status in CROSSED and self.direction in CARD_DIRECTIONS
