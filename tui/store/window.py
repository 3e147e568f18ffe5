"""The window that is looked at: whole days in UTC, by default the seven that end with the newest counted message."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from tui.errors import UsageError

DEFAULT_DAYS = 7


@dataclass(frozen=True)
class Window:
    """Whole days, both included, and the first and newest counted message of the whole file.

    `is_empty` says that there is no such message: then both times mean nothing.
    """

    first_day: date
    last_day: date
    data_first_utc: datetime
    data_last_utc: datetime
    is_empty: bool = False

    @property
    def since(self) -> datetime:
        """The first moment of the window, UTC."""
        return datetime.combine(self.first_day, time())

    @property
    def until(self) -> datetime:
        """The first moment after the window, UTC."""
        return datetime.combine(self.last_day + timedelta(days=1), time())

    @property
    def days(self) -> list[date]:
        """Every day of the window, oldest first."""
        return [self.first_day + timedelta(days=n) for n in range((self.last_day - self.first_day).days + 1)]

    @property
    def known_until(self) -> datetime:
        """The end of what the files can tell of the window: its newest message, or its last moment."""
        return min(self.until, self.data_last_utc + timedelta(seconds=1))

    def earlier(self) -> tuple[datetime, datetime]:
        """Answer the same hours of the span just before, as since and until."""
        length = timedelta(days=len(self.days))
        return max(self.since, self.data_first_utc.replace(hour=0, minute=0, second=0, microsecond=0)) - length, self.known_until - length


def choose_window(
    first_utc: datetime,
    last_utc: datetime,
    *,
    first_day: date | None = None,
    last_day: date | None = None,
    days: int | None = None,
) -> Window:
    """Answer the window of a file whose counted messages lie between two times.

    `first_day` and `last_day` are both included; `days` counts back from the last day. Raises UsageError when the
    first day lies after the last.
    """
    last = last_day or (first_day + timedelta(days=days - 1) if first_day and days else last_utc.date())
    first = first_day or last - timedelta(days=(days or DEFAULT_DAYS) - 1)
    if first > last:
        raise UsageError(f"the window begins on {first} and ends on {last}; give --from before --to")
    return Window(first, last, first_utc, last_utc)
