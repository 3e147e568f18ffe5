"""Sample files of formats and findings: parts, each after a line that begins with `===`."""

from __future__ import annotations

import re
from pathlib import Path

_PART = re.compile(r"^=== (.+)\n", re.M)


def samples_in(folder: str) -> dict[str, Path]:
    """Return the sample files of a folder of tests, by the name of what they are samples of."""
    return {path.stem: path for path in (Path(__file__).parent.parent / folder).glob("*.sample")}


def parts_of(path: Path) -> list[tuple[str, str]]:
    """Return the parts of a sample: what stands after `===`, and the lines that follow."""
    _, *parts = _PART.split(path.read_text(encoding="utf-8"))
    return list(zip(parts[::2], parts[1::2], strict=True))
