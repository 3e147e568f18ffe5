"""The connector report's table: a row a day and connector, first the whole window."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from tui.domain import PROTECTED, TLS_1_0_OR_SSL
from tui.rows import ConnectorCell
from tui.store.window import Grain, Window
from tui.view.formatting import (
    ALWAYS_SHOWN,
    VERSIONS,
    connector_label,
    grouped,
    long_day_name,
    partial_day,
    short_count,
    whole_percent,
)
from tui.view.table import Cell, Line, Tone
from tui.view.text import clip, visible

ARROWS = {"inbound": "←", "outbound": "→", "submission": "»"}


@dataclass(frozen=True)
class ConnectorRow:
    """A connector's messages by TLS version, in an hour, day or week that begins `at`, or (None) in the whole window."""

    at: datetime | None
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
        if self.direction == TOTAL:
            return "Total"
        return connector_label(self.direction, self.connector, self.connector_type)

    @property
    def type_name(self) -> str:
        """The connector type in the report; empty when it is not known."""
        if self.direction in (TOTAL, "submission"):
            return ""
        return "No Connector" if self.connector is None else self.connector_type or ""

    @property
    def forced_name(self) -> str:
        """Forced TLS? in the report: empty without a connector, ? when settings are not loaded."""
        if self.connector is None:
            return ""
        return "?" if self.forced_tls is None else str(self.forced_tls)


@dataclass
class _Sum:
    connector_type: str | None = None
    forced_tls: bool | None = None
    tls: dict[str, int] = field(default_factory=dict[str, int])
    is_estimate: bool = False


def connector_rows(cells: Iterable[ConnectorCell], *, by_time: bool, recipients: bool = False) -> list[ConnectorRow]:
    """Return a row a connector (and time), combined by volume; connectors before mail without one, most mail first."""
    sums: dict[tuple[datetime | None, str, str | None], _Sum] = {}
    for cell in cells:
        total = sums.setdefault((cell.at_local if by_time else None, cell.direction, cell.connector), _Sum())
        total.connector_type, total.forced_tls = (
            total.connector_type or cell.connector_type,
            cell.forced_tls if total.forced_tls is None else total.forced_tls,
        )
        total.tls[cell.tls] = total.tls.get(cell.tls, 0) + (cell.recipients if recipients else cell.messages)
        total.is_estimate = total.is_estimate or cell.is_estimate
    rows = [
        ConnectorRow(at, direction, connector, total.connector_type, total.forced_tls, total.tls, total.is_estimate)
        for (at, direction, connector), total in sums.items()
    ]
    return sorted(
        rows,
        key=lambda row: (row.at or datetime.min, row.direction, row.connector is None, -row.volume, row.connector or ""),
    )


def usual_order(row: ConnectorRow) -> tuple[object, ...]:
    """Return the sort key of the default order: connectors first, most mail first."""
    return (row.direction, row.connector is None, -row.volume, row.connector or "")


def connector_value(row: ConnectorRow, key: str) -> object:
    """Return the value by which a column of the report is sorted; None where the row has none."""
    if key in VERSIONS:
        return row.tls.get(key, 0) / row.recorded if row.recorded else None
    texts = {"name": _name(row).lower(), "type": row.type_name, "forced": row.forced_name}
    return row.volume if key == "volume" else texts.get(key) or None


def connector_text(row: ConnectorRow) -> str:
    """Return the text of a row that a filter searches."""
    return f"{row.label} {row.type_name} {row.direction}"


def shown_versions(rows: Iterable[ConnectorRow]) -> list[str]:
    """Return the versions with a column: the usual five, and the others where they are not 0."""
    here = {version for row in rows for version, count in row.tls.items() if count}
    return [version for version in VERSIONS if version in ALWAYS_SHOWN or version in here]


def version_cell(row: ConnectorRow, version: str, *, over_limit: bool, width: int) -> Cell:
    """Return a cell such as `!61%(735)`: marked when over its limit, ▲ where TLS 1.0 is present, `·` for zero.

    A cell too narrow for both shows the share only.
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
    if version in TLS_1_0_OR_SSL:
        return "▲", "warn"
    return "", "plain"


def total_row(rows: Sequence[ConnectorRow]) -> ConnectorRow:
    """Return what rows sum to, combined by volume."""
    tls: dict[str, int] = {}
    for row in rows:
        for version, count in row.tls.items():
            tls[version] = tls.get(version, 0) + count
    return ConnectorRow(rows[0].at if rows else None, TOTAL, None, None, None, tls, any(row.is_estimate for row in rows))


TOTAL = "total"


def section_title(at: datetime | None, grain: Grain, rows: Sequence[ConnectorRow], window: Window) -> str:
    """Return a section's rule: `9–15 Nov, whole window · in 6,292 · out 8,453`."""
    received = sum(row.volume for row in rows if row.direction == "inbound")
    sent = sum(row.volume for row in rows if row.direction == "outbound")
    marks = {
        direction: "~" if any(row.is_estimate for row in rows if row.direction == direction) else ""
        for direction in ("inbound", "outbound")
    }
    totals = [f"in {marks['inbound']}{grouped(received)}" if received else "", f"out {marks['outbound']}{grouped(sent)}" if sent else ""]
    name = "whole window" if at is None else part_name(at, grain, window)
    return " · ".join(part for part in (name, *totals) if part)


def part_name(at: datetime, grain: Grain, window: Window) -> str:
    """Return an hour, day or week in words: `Sun 15 Nov until 09:12`, `Sun 15 Nov 08:00–09:00`, `week from 9 Nov`."""
    if grain == "hour":
        return f"{long_day_name(at.date())} {at:%H:%M}–{at + timedelta(hours=1):%H:%M}"
    if grain == "week":
        ends = partial_day(window.data_last.date(), window.data_last) if at <= window.data_last < at + timedelta(days=7) else None
        return f"week from {long_day_name(at.date())}" + (f", {ends}" if ends else "")
    until = partial_day(at.date(), window.data_last)
    return f"{at:%a} {until}" if until else long_day_name(at.date())


def part_label(at: datetime, grain: Grain) -> str:
    """Return an hour, day or week in few characters: `15 Nov`, `08:00`; midnight is written as its day."""
    return f"{at:%H:%M}" if grain == "hour" and at.time() != time() else f"{at.day} {at:%b}"


@dataclass(frozen=True)
class RowKey:
    """Which row of the connector report a line is: at None is the whole window."""

    at: datetime | None
    direction: str
    connector: str | None
    connector_type: str | None


def row_key(row: ConnectorRow) -> RowKey:
    """Return the key of a row."""
    return RowKey(row.at, row.direction, row.connector, row.connector_type)


def short_name(row: ConnectorRow) -> str:
    """Return direction, type and Forced TLS? as letters, and the name: `← Pn Fabrikam`, `→ –  internet`."""
    if row.direction == TOTAL:
        return "     Total"
    kind = "–" if row.connector is None else {"Partner": "P", "OnPremises": "O"}.get(row.connector_type or "", "?")
    forced = " " if row.connector is None else {True: "y", False: "n", None: "?"}[row.forced_tls]
    return f"{ARROWS[row.direction]} {kind}{forced} {_name(row)}"


def plain_name(row: ConnectorRow) -> str:
    """Return direction and name alone, where type and Forced TLS? have their own columns: `← Fabrikam`."""
    return "  Total" if row.direction == TOTAL else f"{ARROWS[row.direction]} {_name(row)}"


def _name(row: ConnectorRow) -> str:
    if row.connector is None:
        return "own clients" if row.direction == "submission" else "internet"
    return visible(row.connector)


def rule(text: str) -> Line:
    """Return a section rule."""
    return Line("rule", (Cell(text, "head"),))
