"""Writing the next state of a trace file: under the lock, on a copy, with the notes that were made since the last load."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from tui.errors import TraceFileError
from tui.rows import Note
from tui.store.engine import Engine
from tui.store.locking import write_lock
from tui.store.note_records import parse_record
from tui.store.notes_file import append_lines, notes_path, take_notes
from tui.store.publishing import real_path, replacement
from tui.store.query_files import load_query
from tui.store.trace_file import attach_trace, damage_explained, detach_trace, is_duckdb_file


@contextmanager
def next_state(engine: Engine, path: Path) -> Generator[None]:
    """Attach a copy of a trace file as `trace` to write it, and publish it when the block ends; when it raises nothing changes.

    Raises TraceFileError when another program has locked the file, when it is not a trace file or is damaged, and UnwritableError when
    its folder cannot be written or its disk is full.
    """
    file = real_path(path)
    if file.is_file() and not is_duckdb_file(file):
        raise TraceFileError(f"{path}: is not a trace file; give one that mailflow load created, or a file that does not exist yet")
    with write_lock(file, engine.waiting), take_notes(file) as lines, damage_explained(file):
        with replacement(file) as working:
            attach_trace(engine, working, "write")
            try:
                yield
                unknown = add_notes(engine, lines)
                engine.connection.execute("CHECKPOINT trace")
            finally:
                detach_trace(engine)
        if unknown:  # of a newer program
            append_lines(notes_path(file), unknown)


def add_notes(engine: Engine, lines: list[str]) -> list[str]:
    """Add the notes that the trace file does not have yet, and return the lines that contain none."""
    unknown: list[str] = []
    for line in dict.fromkeys(lines):
        record = parse_record(line)
        if record is None:
            unknown.append(line)
            continue
        query = load_query("notes/add_note" if isinstance(record, Note) else "notes/add_acknowledged")
        engine.connection.execute(query.sql, asdict(record))
    return unknown
