"""What a trace file must not keep: `load --without`. The columns themselves are left out in `queries/resolution/sound_observations.sql`."""

from __future__ import annotations

import re
from collections.abc import Collection

from tui.errors import UsageError

WITHOUT = ("subject", "sender", "recipients")
_LINE = re.compile(r"^(line \d+) reads .*", re.S)


def check_excluded(without: Collection[str]) -> None:
    """Raise UsageError for a column that cannot be left out."""
    if unknown := sorted(set(without) - set(WITHOUT)):
        raise UsageError(f"cannot exclude {unknown[0]}: invalid value; choose from {', '.join(WITHOUT)}")


def reason_excluded(reason: str, without: Collection[str]) -> str:
    """Return why a file was recognised, without the words of its line when anything is to be left out."""
    return _LINE.sub(r"\1", reason) if without else reason
