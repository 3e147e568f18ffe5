"""Files that were loaded, and the days that they cover."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class LoadedSource:
    """A loaded source: the hash and the length of its content in bytes, and its format."""

    source_id: int
    path: str
    sha256: str
    size_bytes: int
    format: str


@dataclass(frozen=True)
class SourceContent:
    """What a source has brought: its format, its messages, and rows that are none (settings, own domains, reports)."""

    format: str
    messages: int
    others: int


@dataclass(frozen=True)
class CoverageDay:
    """A day's messages of a direction, 0 where there are none; `hours` are those of each hour, None where there are only daily totals."""

    day: date
    direction: str
    messages: int
    hours: list[int] | None


@dataclass(frozen=True)
class SourceRow:
    """A loaded file. `message_count` are messages in the flow, `not_counted` daily totals that messages
    replace, `already_counted` hops that another source had, `table_rows` rows that are not messages, in the table `kept_in`;
    `system` is what wrote files of its format, `tls_from` which export records the TLS version that the format lacks.
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
    kept_in: str | None = None
    table_rows: int = 0
    system: str | None = None
    tls_from: str | None = None


@dataclass(frozen=True)
class VersionSpelling:
    """The spelling of a TLS version in a file, and the version it means."""

    spelling: str
    tls: str


@dataclass(frozen=True)
class CountedVersion:
    """How many messages of a source have a TLS version, in all directions and delivery statuses."""

    tls: str
    messages: int


@dataclass(frozen=True)
class MailSession:
    """A session with a message in it."""

    session_id: str


@dataclass(frozen=True)
class RejectRow:
    """A line that could not be read, and why."""

    source_id: int
    line_no: int | None
    reason: str
    text: str | None
