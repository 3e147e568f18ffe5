"""The connector report's table: a row a day and connector, first the whole window."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from tui.rows import ConnectorCell
from tui.store.window import Window
from tui.view.table import Cell, Line, Tone
from tui.view.text import clip, visible
from tui.view.words import (
    ALWAYS_SHOWN,
    PROTECTED,
    VERSIONS,
    connector_label,
    grouped,
    long_day_name,
    partial_day,
    short_count,
    whole_percent,
)

ARROWS = {"inbound": "←", "outbound": "→"}
OLD = ("TLS 1.0", "SSL")


@dataclass(frozen=True)
class ConnectorRow:
    """A connector's messages by TLS version, on one day or (day None) in the whole window."""

    day: date | None
    direction: str
    connector: str | None
    connector_type: str | None
    forced_tls: bool | None
    tls: Mapping[str, int]
    is_estimate: bool

    @property
    def volume(self) -> int:
        """All messages."""
        return sum(self.tls.values())

    @property
    def recorded(self) -> int:
        """Messages whose TLS was recorded; shares are of these."""
        return self.volume - self.tls.get("Not recorded", 0)

    @property
    def protected(self) -> int:
        """Messages with any TLS."""
        return sum(count for version, count in self.tls.items() if version in PROTECTED)

    @property
    def label(self) -> str:
        """The connector's direction and name: `From partner - Fabrikam`."""
        return connector_label(self.direction, self.connector, self.connector_type)

    @property
    def type_name(self) -> str:
        """The connector's type as the report writes it; empty when no file tells."""
        return "No Connector" if self.connector is None else self.connector_type or ""

    @property
    def forced_name(self) -> str:
        """Forced TLS? as the report writes it; empty without a connector, ? when no settings tell."""
        if self.connector is None:
            return ""
        return "?" if self.forced_tls is None else str(self.forced_tls)


@dataclass
class _Sum:
    connector_type: str | None = None
    forced_tls: bool | None = None
    tls: dict[str, int] = field(default_factory=dict[str, int])
    is_estimate: bool = False


def connector_rows(cells: Iterable[ConnectorCell], *, by_day: bool, recipients: bool = False) -> list[ConnectorRow]:
    """Answer a row a connector (and day), combined by volume; connectors before mail without one, most mail first."""
    sums: dict[tuple[date | None, str, str | None], _Sum] = {}
    for cell in cells:
        total = sums.setdefault((cell.day if by_day else None, cell.direction, cell.connector), _Sum())
        total.connector_type, total.forced_tls = (
            total.connector_type or cell.connector_type,
            cell.forced_tls if total.forced_tls is None else total.forced_tls,
        )
        total.tls[cell.tls] = total.tls.get(cell.tls, 0) + (cell.recipients if recipients else cell.messages)
        total.is_estimate = total.is_estimate or cell.is_estimate
    rows = [
        ConnectorRow(day, direction, connector, total.connector_type, total.forced_tls, total.tls, total.is_estimate)
        for (day, direction, connector), total in sums.items()
    ]
    return sorted(
        rows,
        key=lambda row: (row.day or date.min, row.direction, row.connector is None, -row.volume, row.connector or ""),
    )


ORDERS: Mapping[str, Callable[[ConnectorRow], tuple[object, ...]]] = {
    "direction": lambda row: (row.direction, row.connector is None, -row.volume, row.connector or ""),
    "volume": lambda row: (-row.volume, row.direction, row.connector or ""),
    "TLS 1.0": lambda row: (-_share(row, OLD), -row.volume),
    "No TLS": lambda row: (-_share(row, ("No TLS",)), -row.volume),
    "name": lambda row: ((row.connector or "\uffff").lower(), row.direction),
}


def _share(row: ConnectorRow, versions: Sequence[str]) -> float:
    return sum(row.tls.get(version, 0) for version in versions) / row.recorded if row.recorded else 0.0


def shown_versions(rows: Iterable[ConnectorRow]) -> list[str]:
    """Answer the versions that get a column: the usual five, and the others where they are not 0."""
    here = {version for row in rows for version, count in row.tls.items() if count}
    return [version for version in VERSIONS if version in ALWAYS_SHOWN or version in here]


def version_cell(row: ConnectorRow, version: str, *, over_limit: bool, width: int) -> Cell:
    """Answer a cell such as `!61%(735)`: marked when over its limit, ▲ where TLS 1.0 is present, `·` for zero.

    Too narrow for both, it keeps the share and leaves the count out.
    """
    count = row.tls.get(version, 0)
    if not count:
        return Cell("·", "dim")
    mark, tone = _mark(version, over_limit=over_limit)
    mark += "~" if row.is_estimate else ""
    if version == "Not recorded":
        return Cell(clip(f"{mark}{short_count(count)}", width), "dim")
    share = whole_percent(count, row.recorded)
    full = f"{mark}{share}({short_count(count)})"
    return Cell(full if len(full) <= width else f"{mark}{share}", tone)


def _mark(version: str, *, over_limit: bool) -> tuple[str, Tone]:
    if over_limit:
        return "!", "alarm"
    if version in OLD:
        return "▲", "warn"
    return "", "plain"


def section_title(day: date | None, rows: Sequence[ConnectorRow], window: Window) -> str:
    """Answer a section's rule: `9–15 Nov, whole window · in 6,292 · out 8,453`."""
    received = sum(row.volume for row in rows if row.direction == "inbound")
    sent = sum(row.volume for row in rows if row.direction == "outbound")
    marks = {direction: "~" if any(row.is_estimate for row in rows if row.direction == direction) else "" for direction in ARROWS}
    totals = [f"in {marks['inbound']}{grouped(received)}" if received else "", f"out {marks['outbound']}{grouped(sent)}" if sent else ""]
    if day is None:
        name = "whole window"
    else:
        until = partial_day(day, window.data_last_utc)
        name = f"{day:%a} {until}" if until else long_day_name(day)
    return " · ".join(part for part in (name, *totals) if part)


@dataclass(frozen=True)
class RowKey:
    """Which row of the connector report a line is: day None is the whole window."""

    day: date | None
    direction: str
    connector: str | None
    connector_type: str | None


def row_key(row: ConnectorRow) -> RowKey:
    """Answer the key of a row."""
    return RowKey(row.day, row.direction, row.connector, row.connector_type)


def short_name(row: ConnectorRow) -> str:
    """Answer direction, type and Forced TLS? as letters, and the name: `← Pn Fabrikam`, `→ –  internet`."""
    kind = "–" if row.connector is None else {"Partner": "P", "OnPremises": "O"}.get(row.connector_type or "", "?")
    forced = " " if row.connector is None else {True: "y", False: "n", None: "?"}[row.forced_tls]
    return f"{ARROWS[row.direction]} {kind}{forced} {_name(row)}"


def plain_name(row: ConnectorRow) -> str:
    """Answer direction and name alone, where type and Forced TLS? have columns of their own: `← Fabrikam`."""
    return f"{ARROWS[row.direction]} {_name(row)}"


def _name(row: ConnectorRow) -> str:
    return "internet" if row.connector is None else visible(row.connector)


def rule(text: str) -> Line:
    """Answer a section rule."""
    return Line("rule", (Cell(text, "head"),))
