"""The admin centre's connector report details export: only counts, or only percentages, by day and connector."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from random import Random
from typing import NamedTuple

from sample_data.generator.hops import EAC, NO_TLS, NOT_RECORDED, Hop, to_utc
from sample_data.generator.rhythm import Rhythm
from sample_data.generator.truth import estimate_counts

COLUMNS = (
    "Date",
    "Connector direction and name",
    "Connector type",
    "Forced TLS?",
    NO_TLS,
    "TLS 1.0",
    "TLS 1.1",
    "TLS 1.2",
    "TLS 1.3",
    "Volume",
)
_BUCKETS = COLUMNS[4:9]
SHORTFALL_PERCENT = 97


class EacConnector(NamedTuple):
    """A connector of the report, its share of the report's mail and its TLS mix in `_BUCKETS` order."""

    label: str
    name: str
    direction: str
    type: str
    forced_tls: bool
    share: float
    mix: tuple[float, float, float, float, float]
    as_percent: bool = False


CONNECTORS = (
    EacConnector("From partner - Wingtip", "Wingtip", "inbound", "Partner", True, 0.19, (0, 0.004, 0.006, 0.7, 0.29)),
    EacConnector("To partner - Wingtip", "Wingtip", "outbound", "Partner", True, 0.16, (0, 0, 0, 0.55, 0.45)),
    EacConnector("From your org - Plant", "Plant", "inbound", "OnPremises", False, 0.15, (0.03, 0.3, 0.02, 0.65, 0)),
    EacConnector("From partner - Proseware", "Proseware", "inbound", "Partner", False, 0.3,
                 (0.02, 0.09, 0.01, 0.62, 0.26), as_percent=True),
    EacConnector("To your org - Archive", "Archive", "outbound", "OnPremises", False, 0.2,
                 (0.31, 0.02, 0, 0.67, 0), as_percent=True),
)  # fmt: skip


class EacRow(NamedTuple):
    """One row of the export. `percents` is set where the file says percentages instead of counts."""

    day_ms: int
    connector: EacConnector
    counts: Mapping[str, int]
    percents: Mapping[str, int] | None

    @property
    def volume(self) -> int:
        """The row's Volume."""
        return sum(self.counts.values())


def plan_eac(count: int, seed: int, rhythm: Rhythm) -> list[EacRow]:
    """Return the rows of about `count` messages; the largest percentage row lacks three points."""
    rng = Random(f"{seed}:eac")
    rows: list[EacRow] = []
    for day_ms, share in rhythm.day_shares():
        for connector in CONNECTORS:
            volume = round(count * share * connector.share * rng.uniform(0.9, 1.1))
            if not volume:
                continue
            drawn = rng.choices(_BUCKETS, connector.mix, k=volume)
            counts = {name: drawn.count(name) for name in _BUCKETS}
            percents = rounded_percents(counts) if connector.as_percent else None
            rows.append(EacRow(day_ms, connector, counts, percents))
    whole = [row for row in rows if row.percents and sum(row.percents.values()) == 100 and row.percents["TLS 1.2"] > 10]
    if whole:
        at = rows.index(max(whole, key=lambda row: row.volume))
        percents = dict(rows[at].percents or {})
        percents["TLS 1.2"] -= 100 - SHORTFALL_PERCENT
        rows[at] = rows[at]._replace(percents=percents)
    return rows


def rounded_percents(counts: Mapping[str, int]) -> dict[str, int]:
    """Return each count as whole percent (half up); where that sums below 99 or above 101, the largest gives way."""
    volume = sum(counts.values())
    percents = {name: (200 * count + volume) // (2 * volume) for name, count in counts.items()}
    off = sum(percents.values()) - 100
    if abs(off) > 1:
        largest = max(percents, key=lambda name: percents[name])
        percents[largest] -= off
    return percents


def hops_of_row(row: EacRow) -> Iterator[Hop]:
    """Yield one true hop for each TLS bucket of a row; what a percentage row can tell is an estimate."""
    connector = row.connector
    counts = estimate_counts(row.percents, row.volume) if row.percents else row.counts
    for tls, messages in counts.items():
        if messages:
            yield Hop(
                format=EAC,
                at_ms=row.day_ms,
                direction=connector.direction,
                connector=connector.name,
                tls=tls if tls in _BUCKETS else NOT_RECORDED,
                status="accepted" if connector.direction == "inbound" else "delivered",
                system="Exchange Online",
                connector_type=connector.type,
                forced_tls=connector.forced_tls,
                messages=messages,
                is_estimate=row.percents is not None,
            )


def write_eac(rows: Sequence[EacRow], folder: Path) -> list[Path]:
    """Write the counts and the percentages as two plain CSV files."""
    folder.mkdir(parents=True, exist_ok=True)
    return [
        _write(folder / "ConnectorReportDetails.csv", [row for row in rows if row.percents is None]),
        _write(folder / "ConnectorReportDetails-percent.csv", [row for row in rows if row.percents is not None]),
    ]


def _write(path: Path, rows: Sequence[EacRow]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for row in rows:
            day: date = to_utc(row.day_ms).date()
            one = row.connector
            cells = [f"{row.percents[name]}%" if row.percents is not None else str(row.counts[name]) for name in _BUCKETS]
            writer.writerow([day.isoformat(), one.label, one.type, one.forced_tls, *cells, row.volume])
    return path
