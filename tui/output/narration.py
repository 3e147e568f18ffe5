"""Narration: one line on stderr, never with anything that a terminal would obey."""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path

from tui.view.text import ascii_only, visible


def has_utf8(encoding: str | None) -> bool:
    """Return whether a stream is UTF-8: Python uses it even where the locale is plain C."""
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_CTYPE") or os.environ.get("LANG") or ""
    return (encoding or "").lower().startswith("utf") and locale not in ("C", "POSIX")


def narrate(text: str) -> None:
    """Write one line to stderr, with nothing in it that a terminal would obey."""
    line = visible(text.replace("\n", " "))
    sys.stderr.write(f"mailflow: {line if has_utf8(sys.stderr.encoding) else ascii_only(line)}\n")
    sys.stderr.flush()


def internal_error(problem: BaseException) -> str:
    """Return one line about an error of the program itself: what and where in the code, nothing of the data."""
    frames = traceback.extract_tb(problem.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"internal error {type(problem).__name__}{place}; please report this line"
