"""Rows of the Overview, the flyout and the findings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class DataSpan:
    """The times of the first and the last counted message; if none is counted, of any message or TLS report; None if there is none."""

    first_utc: datetime | None
    last_utc: datetime | None
    is_counted: bool


@dataclass(frozen=True)
class FlowCell:
    """Messages of a direction and TLS version in a window, and how many of them came through a connector.

    `clear_text_unseen` are those of sources whose format cannot show that mail had no TLS.
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
    """A direction's messages in one of two compared spans, exact to the second: the window, or (`is_earlier`) the span before it.

    `recorded` have a recorded TLS version or No TLS, `protected` are those with TLS.
    """

    is_earlier: bool
    direction: str
    messages: int
    recorded: int
    protected: int


@dataclass(frozen=True)
class DirectionCoverage:
    """The coverage of a direction and system in the whole file."""

    direction: str
    system: str
    messages: int
    recorded: int
    first_day: date
    last_day: date


@dataclass(frozen=True)
class OldTls:
    """TLS 1.0 (and SSL) of a direction: `messages` and `peers` are those in the window.

    `last_utc` (to a quarter of an hour) is the newest in the whole file; `recorded_ever` are all messages with recorded TLS since
    `first_day`.
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
class NotCounted:
    """Messages that are not counted in the Overview, grouped by the reason: their direction or their status."""

    direction: str
    status: str
    messages: int


@dataclass(frozen=True)
class FindingRow:
    """One place in which the condition of a finding holds; `too_few` when too few messages were recorded to judge.

    `messages` are those that it is about, out of `recorded`. `what` names what it is about when that is no connector: an own server, a
    peer, a certificate. `evidence` is its text; None for a share above a limit. A query returns the columns that it needs;
    `finding` is the id of the finding, where one query has several.
    """

    direction: str | None = None
    connector: str | None = None
    connector_type: str | None = None
    messages: int = 0
    recorded: int = 0
    percent: float = 0.0
    limit_percent: float = 0.0
    is_estimate: bool = False
    last_utc: datetime | None = None
    too_few: bool = False
    what: str | None = None
    evidence: str | None = None
    finding: str | None = None
