"""Seeded shares of what takes too long for every change: a share is tested each time, all of it with `-m exhaustive`."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from itertools import combinations, product
from random import Random
from typing import Any, TypeVar

import pytest

_Case = TypeVar("_Case")

SEED = int(os.environ.get("MAILFLOW_SEED", "13"))


def share_of(cases: Sequence[_Case], count: int) -> list[_Case]:
    """Return some cases, by the seed."""
    return Random(SEED).sample(list(cases), min(count, len(cases)))


def with_pairs(*axes: Sequence[Any]) -> list[Any]:
    """Return parameter sets of a product, of which all are marked as exhaustive but those that have every pair of values of two axes."""
    cases = list(product(*(range(len(axis)) for axis in axes)))
    chosen, missing = set[tuple[int, ...]](), {pair for case in cases for pair in _pairs(case)}
    while missing:
        best = max(cases, key=lambda case: len(missing.intersection(_pairs(case))))
        missing.difference_update(_pairs(best))
        chosen.add(best)
    values = {case: [axis[place] for axis, place in zip(axes, case, strict=True)] for case in cases}
    return [pytest.param(*values[case], marks=() if case in chosen else pytest.mark.exhaustive) for case in cases]


def _pairs(case: Sequence[int]) -> list[tuple[tuple[int, int], ...]]:
    return list(combinations(enumerate(case), 2))


def mark_shares(items: Iterable[pytest.Item]) -> None:
    """Mark as exhaustive what `@pytest.mark.share` leaves out by the seed.

    `share(COUNT)` on a test keeps as many of its cases; `pytestmark = pytest.mark.share(FRACTION)` keeps about that part of the tests of a
    module that have no share of their own.
    """
    families: dict[str, list[pytest.Item]] = {}
    for item in items:
        marker = item.get_closest_marker("share")
        if marker is not None and not item.get_closest_marker("exhaustive"):
            part = float(marker.args[0])
            if part >= 1:
                families.setdefault(item.nodeid.partition("[")[0], []).append(item)
            elif Random(f"{SEED} {item.nodeid}").random() >= part:
                item.add_marker(pytest.mark.exhaustive)
    for name, family in families.items():
        marker = family[0].get_closest_marker("share")
        count = int(marker.args[0]) if marker else len(family)
        chosen = Random(f"{SEED} {name}").sample(range(len(family)), min(count, len(family)))
        for place, item in enumerate(family):
            if place not in chosen:
                item.add_marker(pytest.mark.exhaustive)
