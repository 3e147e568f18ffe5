"""When mail happens (busy office hours, quiet weekends) and how shares are dealt out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Generic, TypeVar

from sample_data.generator.hops import DAY_MS, MINUTE_MS, to_ms

T = TypeVar("T")

HOUR_MS = 60 * MINUTE_MS
_HOUR_WEIGHT = (2, 1, 1, 1, 1, 2, 4, 9, 14, 15, 14, 12, 9, 12, 14, 13, 11, 8, 5, 4, 3, 3, 2, 2)
_DAY_WEIGHT = (1.0, 1.05, 1.0, 0.95, 0.85, 0.3, 0.22)


class Rhythm:
    """The span of a world and how busy each of its hours is."""

    def __init__(self, days: int, last: datetime) -> None:
        if days < 1:
            raise ValueError("a world needs at least one day")
        last = last.astimezone(UTC)
        midnight = last.replace(hour=0, minute=0, second=0, microsecond=0)
        self.first_ms = to_ms(midnight - timedelta(days=days - 1))
        self.last_ms = to_ms(last)
        self.days = days
        self._hours: list[int] = []
        self._weights: list[float] = []
        for start in range(self.first_ms, self.last_ms, HOUR_MS):
            moment = datetime.fromtimestamp(start / 1000, UTC)
            part = min(HOUR_MS, self.last_ms - start) / HOUR_MS
            self._hours.append(start)
            self._weights.append(_HOUR_WEIGHT[moment.hour] * _DAY_WEIGHT[moment.weekday()] * part)

    def moments(self, rng: Random, count: int, *, margin_ms: int = 5 * MINUTE_MS) -> list[int]:
        """Return `count` sorted moments, none within `margin_ms` of the span's ends; some follow another closely."""
        low, high = self.first_ms + margin_ms, max(self.first_ms + margin_ms, self.last_ms - margin_ms)
        starts = rng.choices(self._hours, self._weights, k=count)
        found = sorted(min(max(start + rng.randrange(HOUR_MS), low), high) for start in starts)
        for i in range(1, count):
            if rng.random() < 0.25:
                found[i] = found[i - 1] + rng.randrange(40, 1900)
        found.sort()
        return found

    def day_shares(self) -> list[tuple[int, float]]:
        """Each day's first millisecond and its share of the span's mail."""
        total = sum(self._weights)
        shares = dict.fromkeys(range(self.first_ms, self.last_ms, DAY_MS), 0.0)
        for start, weight in zip(self._hours, self._weights, strict=True):
            shares[start - (start - self.first_ms) % DAY_MS] += weight / total
        return list(shares.items())

    def midnights(self) -> list[int]:
        """Return the midnights inside the span."""
        return list(range(self.first_ms + DAY_MS, self.last_ms, DAY_MS))


class Deal(Generic[T]):
    """Deals out choices so that each one's part of the weight given stays next to its share.

    Chance alone would let a share of 30% of 100 messages wander by ten points; this keeps it within a few messages.
    """

    def __init__(self, shares: Mapping[T, float]) -> None:
        total = sum(shares.values())
        self._shares = [(choice, share / total) for choice, share in shares.items()]
        self._given = [0.0] * len(self._shares)
        self._sum = 0.0

    def next(self, weight: float = 1.0) -> T:
        """Return the choice that is furthest behind its share, and count `weight` to it."""
        self._sum += weight
        behind = [share * self._sum - given for (_, share), given in zip(self._shares, self._given, strict=True)]
        best = behind.index(max(behind))
        self._given[best] += weight
        return self._shares[best][0]
