"""What comes in by a pipe: written to a private file first, because a file is read more than once."""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tui.errors import UnreadableError, UsageError

STDIN = "-"
CHUNK = 1 << 20

_spool: list[Path] = []


def spooled(paths: Sequence[str], temp_folder: str | None) -> list[str]:
    """Return the paths with `-` replaced by a private file of what standard input holds; it is removed when the program ends.

    Raises UsageError when standard input is a terminal, and UnreadableError when it cannot be read or written down.
    """
    if STDIN in paths and not _spool:
        _spool.append(_written(temp_folder))
    return [str(_spool[0]) if path == STDIN else path for path in paths]


def label_of(path: Path) -> str:
    """Return what a file is called: its path, and `-` for what came in by a pipe."""
    return STDIN if path in _spool else str(path)


def _written(temp_folder: str | None) -> Path:
    if sys.stdin is None or sys.stdin.isatty():
        raise UsageError("-: nothing is piped in; write COMMAND | mailflow -")
    # The folder's name tells whose it is: a later run removes it should this one be killed.
    folder = Path(tempfile.mkdtemp(prefix=f"mailflow-{os.getpid()}-", dir=temp_folder))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    try:
        with (folder / "stdin").open("xb") as sink:
            shutil.copyfileobj(sys.stdin.buffer, sink, CHUNK)
    except OSError as problem:
        raise UnreadableError(f"-: cannot be read: {problem.strerror}") from problem
    return folder / "stdin"
