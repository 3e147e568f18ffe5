"""What the connector report and the questions about connectors are made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


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
class LastSeen:
    """When mail of the place with a number was seen last."""

    number: int
    last_utc: datetime


@dataclass(frozen=True)
class CellDetail:
    """Messages, connections and hosts behind one cell, without daily totals."""

    messages: int
    connections: int
    hosts: int
    first_utc: datetime | None
    last_utc: datetime | None


@dataclass(frozen=True)
class WhatIfConnector:
    """The messages of a connector by the outcome of a what-if."""

    direction: str
    connector: str | None
    connector_type: str | None
    forced_tls: bool | None
    messages: int
    as_now: int
    refused: int
    falls_back: int
    stays_clear: int
    not_recorded: int
    is_estimate: bool


@dataclass(frozen=True)
class WhatIfDay:
    """The messages of a day by the outcome of a what-if."""

    day: date
    messages: int
    refused: int
    falls_back: int
    stays_clear: int
    not_recorded: int


@dataclass(frozen=True)
class WhatIfPeer:
    """A peer with mail below the minimum: its outcome, and the best version ever recorded.

    `connectors` has '' for mail without one; the last two are of all peers, including those beyond the limit.
    """

    direction: str
    name: str | None
    is_unverified: bool
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
class TransitSecurity:
    """Outbound messages by the security that they were sent with, and those that were stopped because of it.

    `has_policy` is true when the files record the policy, so that DANE and MTA-STS can be distinguished from plain TLS.
    """

    security: str
    messages: int
    blocked: int
    domains: int
    has_policy: bool


@dataclass(frozen=True)
class TlsReport:
    """What is reported of deliveries; without `result_type` a policy's sum.

    `kind` is sessions where other systems report theirs with own servers, and messages where Exchange Online reports what it sent:
    so many of these are `good`, so many `failed`.
    """

    kind: str
    policy_domain: str | None
    policy_type: str | None
    result_type: str | None
    host: str | None
    organizations: str | None
    reports: int
    good: int
    failed: int
    last_utc: datetime


@dataclass(frozen=True)
class TransitDomain:
    """A recipient domain whose mail was blocked because of TLS or sent in clear text; best is the best version ever recorded."""

    domain: str | None
    security: str | None
    blocked: int
    errors: int
    error: str | None
    in_clear: int
    best: str | None
    last_utc: datetime
