"""The notes file of a trace file, `FILE.notes.jsonl` in the same folder: notes made since the last load, one JSON object per line.

A note is appended, so it needs no copy of the trace file. A load renames the file to `FILE.notes.jsonl.taken`, writes its lines
into the new state and removes it once that is published; until then readers read both. Only the owner may read it (0600).
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Generator, Iterable
from pathlib import Path

from tui.errors import UnwritableError
from tui.store.publishing import real_path


def notes_path(trace_file: Path) -> Path:
    """Return the path of the notes file of a trace file."""
    return Path(f"{real_path(trace_file)}.notes.jsonl")


def _taken_path(notes: Path) -> Path:
    return Path(f"{notes}.taken")


def remember_notes(lines: dict[str, None], trace_file: Path) -> None:
    """Add the lines of the notes file to those that were read before.

    Readers call this before they open the trace file. Otherwise a load could move the notes into a new state between the two steps,
    and the reader, with the old state, would see them nowhere. A line that is in both is kept once.
    """
    notes = notes_path(trace_file)
    for file in (notes, _taken_path(notes)):  # in this order: a load renames the first to the second
        lines.update(dict.fromkeys(_lines(file)))


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []


def append_note(trace_file: Path, kind: str, record: dict[str, object]) -> Path:
    """Append a note to the notes file and return its path; raise UnwritableError when that is not possible."""
    notes = notes_path(trace_file)
    append_lines(notes, [json.dumps({"kind": kind, "record": record}, default=str)])
    return notes


def append_lines(file: Path, lines: Iterable[str]) -> None:
    """Append complete lines to a file that only its owner may read; raise UnwritableError when that is not possible."""
    try:
        with _locked(file) as descriptor:
            size = os.fstat(descriptor).st_size
            # A writer that was killed may have left half a line.
            begins_line = size == 0 or os.pread(descriptor, 1, size - 1) == b"\n"
            text = ("" if begins_line else "\n") + "".join(f"{line}\n" for line in lines)
            written = os.write(descriptor, text.encode())
            if written < len(text.encode()):
                os.ftruncate(descriptor, size)
                raise UnwritableError(f"{file}: the note cannot be saved: no space left on the disk")
            os.fsync(descriptor)
    except OSError as problem:
        raise UnwritableError(f"{file}: the note cannot be saved: {problem.strerror}") from problem


@contextlib.contextmanager
def _locked(file: Path) -> Generator[int]:
    """Open a file to append to it, locked against a load that renames it."""
    while True:
        descriptor = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if file.exists() and os.path.samestat(os.fstat(descriptor), file.stat()):
                yield descriptor
                return
        finally:
            os.close(descriptor)


@contextlib.contextmanager
def take_notes(trace_file: Path) -> Generator[list[str]]:
    """Yield the lines that a load copies into the new state. The caller publishes that state in the block; then the lines are removed.

    The caller must have the write lock. If a killed load left a `.taken` file, only its lines are yielded (the trace file may have
    them already). The notes file then waits for the next load, as do notes that are made in the meantime or that this process may
    not read.
    """
    notes = notes_path(trace_file)
    taken = _taken_path(notes)
    if not taken.exists() and os.access(notes, os.R_OK | os.W_OK):
        with contextlib.suppress(OSError), _locked(notes):
            notes.rename(taken)
    lines = _lines(taken)
    yield lines
    if lines or taken.exists():
        with contextlib.suppress(OSError):
            taken.unlink()
