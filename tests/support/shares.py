"""Seeded shares of what takes too long for every change: a share is tested each time, all of it with `-m exhaustive`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from random import Random
from typing import TypeVar

_Case = TypeVar("_Case")

SEED = int(os.environ.get("MAILFLOW_SEED", "13"))


def share_of(cases: Sequence[_Case], count: int) -> list[_Case]:
    """Return some cases, by the seed."""
    return Random(SEED).sample(list(cases), min(count, len(cases)))
