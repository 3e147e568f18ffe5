"""Formatting of numbers, days and names for screens and outputs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from tui.domain import RANKED, TlsVersion
from tui.view.text import visible

VERSIONS = tuple(TlsVersion)
ALWAYS_SHOWN = tuple(version for version in RANKED if version is not TlsVersion.SSL)
SHORT = {
    "TLS 1.0": "1.0",
    "TLS 1.1": "1.1",
    "TLS 1.2": "1.2",
    "TLS 1.3": "1.3",
    "TLS (version unknown)": "TLS ?",
    "Not recorded": "not rec.",
}


def grouped(count: int) -> str:
    """Return a count with thousands separators: `8,453`."""
    return f"{count:,}"


def plural(count: int, one: str, many: str | None = None) -> str:
    """Return a count with its noun: `1 peer`, `14 peers`."""
    return f"{grouped(count)} {one if count == 1 else many or one + 's'}"


def short_count(count: int) -> str:
    """Return a count in at most four characters: `735`, `1.9k`, `12k`, `4.1M`."""
    value, unit = float(count), ""
    for bigger in ("k", "M", "G"):
        if value < (1000 if not unit else 999.5):
            break
        value, unit = value / 1000, bigger
    return f"{value:.1f}{unit}" if unit and value < 9.95 else f"{value:.0f}{unit}"


def whole_percent(part: int, of: int) -> str:
    """Return a share in whole percent; 0% and 100% only where exact: `<1%`, `>99%`."""
    if part == 0 or part == of:
        return "0%" if part == 0 else "100%"
    rounded = round(100 * part / of)
    return "<1%" if rounded < 1 else ">99%" if rounded > 99 else f"{rounded}%"


def percent_number(part: int, of: int, toward: str = "nearest") -> float:
    """Return a share in percent with one decimal; 0 and 100 only where exact. `toward` may be `low` or `high`."""
    if part == 0 or part == of:
        return 0.0 if part == 0 else 100.0
    # Whole numbers: 0.1% of any count is exact that way.
    tenths, rest = divmod(1000 * part, of)
    if (toward == "high" and rest) or (toward == "nearest" and 2 * rest >= of):
        tenths += 1
    return min(999, max(1, tenths)) / 10


def one_decimal(part: int, of: int) -> str:
    """Return a share in percent with one decimal: `93.4%`, `<0.1%`, `>99.9%`; `0%` and `100%` only where exact."""
    if part == 0 or part == of:
        return "0%" if part == 0 else "100%"
    if 2000 * part < of:
        return "<0.1%"
    if 2000 * (of - part) <= of:
        return ">99.9%"
    return f"{percent_number(part, of):.1f}%"


def day_name(day: date) -> str:
    """Return a day without its year: `15 Nov`."""
    return f"{day.day} {day:%b}"


def long_day_name(day: date) -> str:
    """Return a day with its weekday: `Sun 15 Nov`."""
    return f"{day:%a} {day_name(day)}"


def clock(moment: datetime) -> str:
    """Return a time to the minute with its day: `15 Nov 09:04`; midnight to the second is a daily total: `15 Nov`."""
    if moment.time() == time():
        return day_name(moment.date())
    return f"{day_name(moment.date())} {moment:%H:%M}"


def span_name(first: date, last: date) -> str:
    """Return a span of days: `9–15 Nov 2026`, `30 Oct – 5 Nov 2026`."""
    if first == last:
        return f"{day_name(first)} {first.year}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{day_name(last)} {last.year}"
    if first.year == last.year:
        return f"{day_name(first)} – {day_name(last)} {last.year}"
    return f"{day_name(first)} {first.year} – {day_name(last)} {last.year}"


def partial_day(last_day: date, data_last: datetime) -> str | None:
    """Return `15 Nov until 09:12` when the files end within the last day."""
    if data_last.date() < last_day:
        return f"the files end on {day_name(data_last.date())} {data_last:%H:%M}"
    if data_last.date() != last_day or data_last.time() >= datetime.max.replace(hour=23, minute=59, second=0).time():
        return None
    return f"{day_name(last_day)} until {data_last:%H:%M}"


def ago(moment: datetime, now: datetime) -> str:
    """Return how long ago in days: `16 d`."""
    return f"{max(0, (now - moment) // timedelta(days=1))} d"


def connector_label(direction: str, connector: str | None, connector_type: str | None) -> str:
    """Return the connector's direction and name as the report writes it: `From partner - Fabrikam`."""
    if direction == "submission":
        return "From your own clients (SMTP AUTH)" + (f" - {visible(connector)}" if connector else "")
    inbound = direction == "inbound"
    if connector is None:
        return "From the internet without a connector" if inbound else "To the internet without a connector"
    side = {"Partner": "partner", "OnPremises": "your org"}.get(connector_type or "", "connector")
    return f"{'From' if inbound else 'To'} {side} - {visible(connector)}"


def listed(words: Sequence[str]) -> str:
    """Return words as a list in a sentence: `a, b and c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""
