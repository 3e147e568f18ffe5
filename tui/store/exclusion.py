"""Columns that a trace file must not store: `load --without`. `queries/resolution/sound_observations.sql` excludes them."""

from __future__ import annotations

import re
from collections.abc import Collection

from tui.errors import UsageError

WITHOUT = ("subject", "sender", "recipients")
_LINE = re.compile(r"^(line \d+) reads .*", re.S)


def check_excluded(without: Collection[str]) -> None:
    """Raise UsageError for a column that cannot be excluded."""
    if unknown := sorted(set(without) - set(WITHOUT)):
        raise UsageError(f"cannot exclude {unknown[0]}: invalid value; choose from {', '.join(WITHOUT)}")


def reason_excluded(reason: str, without: Collection[str]) -> str:
    """Return the reason why a format was detected, without the text of the file's line when any column is excluded."""
    return _LINE.sub(r"\1", reason) if without else reason
