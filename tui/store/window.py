"""The time window of the reports: whole days of the display zone, by default the seven that end with the newest counted message."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from tui.errors import Remedy, UsageError

DEFAULT_DAYS = 7
HOURS_UP_TO_DAYS = 2
MAX_DAYS = 36_525
EARLIEST, LATEST = date(1900, 1, 1), date(2999, 12, 31)
DAYS_UP_TO_DAYS = 62

Grain = Literal["hour", "day", "week"]


@dataclass(frozen=True)
class Span:
    """A time span in UTC, its end excluded, with a name where it is a part of the window."""

    since: datetime
    until: datetime
    name: str = ""


@dataclass(frozen=True)
class Window:
    """Whole days, both included, and the first and newest counted message of the whole file.

    `is_empty` is true if there is no such message: then both times have no meaning.
    """

    first_day: date
    last_day: date
    data_first_utc: datetime
    data_last_utc: datetime
    is_empty: bool = False
    zone: str = "UTC"

    def local(self, moment_utc: datetime) -> datetime:
        """Return a UTC time as a local time of the display zone."""
        return moment_utc if self.zone == "UTC" else moment_utc.replace(tzinfo=UTC).astimezone(ZoneInfo(self.zone)).replace(tzinfo=None)

    def utc(self, moment_local: datetime) -> datetime:
        """Return a local time of the display zone in UTC."""
        return moment_local if self.zone == "UTC" else moment_local.replace(tzinfo=ZoneInfo(self.zone)).astimezone(UTC).replace(tzinfo=None)

    @property
    def since(self) -> datetime:
        """The first moment of the window, UTC."""
        return self.utc(datetime.combine(self.first_day, time()))

    @property
    def until(self) -> datetime:
        """The first moment after the window, UTC."""
        return self.utc(datetime.combine(self.last_day + timedelta(days=1), time()))

    @property
    def data_first(self) -> datetime:
        """The time of the first counted message, in the display zone."""
        return self.local(self.data_first_utc)

    @property
    def data_last(self) -> datetime:
        """The time of the newest counted message, in the display zone."""
        return self.local(self.data_last_utc)

    @property
    def days(self) -> list[date]:
        """Every day of the window, oldest first."""
        return [self.first_day + timedelta(days=n) for n in range((self.last_day - self.first_day).days + 1)]

    @property
    def grain(self) -> Grain:
        """The unit of the report's rows and charts: hours for one or two days, days for up to two months, else weeks."""
        count = len(self.days)
        return "hour" if count <= HOURS_UP_TO_DAYS else "day" if count <= DAYS_UP_TO_DAYS else "week"

    def parts(self, grain: Grain) -> list[datetime]:
        """Return the start of each hour, day or week (from Monday) of the window, in the display zone."""
        starts = [datetime.combine(day, time()) for day in self.days]
        if grain == "hour":
            return [start + timedelta(hours=hour) for start in starts for hour in range(24)]
        return starts if grain == "day" else list(dict.fromkeys(start - timedelta(days=start.weekday()) for start in starts))

    def part(self, begin: datetime, grain: Grain, name: str) -> Span:
        """Return the part of the window that begins at a time."""
        end = begin + {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7)}[grain]
        return Span(max(self.utc(begin), self.since), min(self.utc(end), self.until), name)

    @property
    def span(self) -> Span:
        """The whole window."""
        return Span(self.since, self.until)

    @property
    def whole_file(self) -> Span:
        """The span of all loaded data, and the window."""
        return Span(min(self.since, self.data_first_day), max(self.until, self.data_last_utc + timedelta(days=1)), "whole file")

    def days_of(self, span: Span) -> list[date]:
        """Return the days of the display zone that a span touches, oldest first."""
        first, last = self.local(span.since).date(), self.local(span.until - timedelta(microseconds=1)).date()
        return [first + timedelta(days=n) for n in range((last - first).days + 1)]

    @property
    def data_until(self) -> datetime:
        """The end of the data in the window: just after the newest message, or the end of the window."""
        return min(self.until, self.data_last_utc + timedelta(seconds=1))

    def earlier(self) -> tuple[datetime, datetime]:
        """Return the same hours of the previous span, as since and until."""
        return self._moved(max(self.since, self.data_first_day)), self._moved(self.data_until)

    @property
    def data_first_day(self) -> datetime:
        """The first moment, UTC, of the day of the first counted message."""
        return self.utc(datetime.combine(self.data_first.date(), time()))

    def _moved(self, moment_utc: datetime) -> datetime:
        return self.utc(self.local(moment_utc) - timedelta(days=len(self.days)))


def choose_window(
    first_utc: datetime,
    last_utc: datetime,
    *,
    first_day: date | None = None,
    last_day: date | None = None,
    days: int | None = None,
    zone: str = "UTC",
) -> Window:
    """Return the window of a file whose counted messages lie between two times.

    `first_day` and `last_day` are both included; `days` counts back from the last day. Raises UsageError when the
    first day is after the last.
    """
    if any(day is not None and not EARLIEST <= day <= LATEST for day in (first_day, last_day)):
        raise UsageError(f"dates must lie between {EARLIEST} and {LATEST}", Remedy.OTHER_DAYS)
    if days is not None and days > MAX_DAYS:
        raise UsageError(f"{days} days are more than {MAX_DAYS}", Remedy.FEWER_DAYS)
    newest = Window(date.min, date.min, first_utc, last_utc, zone=zone).data_last.date()
    last = last_day or (first_day + timedelta(days=days - 1) if first_day and days else newest)
    first = first_day or last - timedelta(days=(days or DEFAULT_DAYS) - 1)
    if first > last:
        raise UsageError(f"the first day, {first}, is after the last day, {last}", Remedy.SWAP_DAYS)
    return Window(first, last, first_utc, last_utc, zone=zone)
