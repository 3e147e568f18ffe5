"""Rows of the Overview, the flyout and the findings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


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
    """A direction's messages of a span to the second, which is the earlier one of two or the later."""

    is_earlier: bool
    direction: str
    messages: int
    recorded: int
    protected: int


@dataclass(frozen=True)
class DirectionCover:
    """The coverage of a direction and system in the whole file."""

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
class NotCounted:
    """Messages that are not counted in the Overview, with the reason: their direction or their status."""

    direction: str
    status: str
    messages: int


@dataclass(frozen=True)
class FindingRow:
    """A row of a finding: where its condition is true; `too_few` when too few messages were recorded to judge.

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
