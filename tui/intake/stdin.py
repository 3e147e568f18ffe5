"""Standard input: written to a private file first, because a file is read more than once."""

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
    """Return the paths with `-` replaced by a private file with the content of standard input, which is removed at exit.

    Raises UsageError when standard input is a terminal, and UnreadableError when it cannot be read or saved.
    """
    if STDIN in paths and not _spool:
        _spool.append(_written(temp_folder))
    return [str(_spool[0]) if path == STDIN else path for path in paths]


def label_of(path: Path) -> str:
    """Return the label of a file: its path, or `-` for standard input."""
    return STDIN if path in _spool else str(path)


def _written(temp_folder: str | None) -> Path:
    if sys.stdin is None or sys.stdin.isatty():
        raise UsageError("-: nothing is piped in; write COMMAND | mailflow -")
    # The folder's name contains the process id: a later run removes the folder if this one is killed.
    folder = Path(tempfile.mkdtemp(prefix=f"mailflow-{os.getpid()}-", dir=temp_folder))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    try:
        with (folder / "stdin").open("xb") as sink:
            shutil.copyfileobj(sys.stdin.buffer, sink, CHUNK)
    except OSError as problem:
        raise UnreadableError(f"-: cannot be read: {problem.strerror}") from problem
    return folder / "stdin"
