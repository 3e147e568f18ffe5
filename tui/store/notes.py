"""Notes of users: on peers (asked, promised, fixed), and on findings that they acknowledge until a day.

Notes are appended to the notes file of the trace file, which the next load copies into it. Without a permanent trace file, or when
its folder cannot be written, they are stored in the config folder. All are read; the newest note of a peer or finding is shown.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from tui.errors import UnwritableError
from tui.rows import Acknowledged, Note
from tui.store.note_records import KIND_NAMES, Record, parse_record, record_of
from tui.store.notes_file import append_lines, append_note
from tui.store.query_runner import QueryRunner

KINDS = ("asked", "promised", "fixed", "note")
FILES = {Note: "notes.jsonl", Acknowledged: "acknowledged.jsonl"}


def read_notes(runner: QueryRunner, folder: Path | None) -> list[Note]:
    """Return the newest note of each peer, the newest first."""
    found = [*runner.ask(Note, "sources/notes"), *_read_beside(Note, runner), *_read_file(Note, folder, runner)]
    return _newest(found, _peer)


def read_acknowledged(runner: QueryRunner, folder: Path | None) -> list[Acknowledged]:
    """Return the newest acknowledgement of each finding, the newest first."""
    found = [
        *runner.ask(Acknowledged, "sources/acknowledged"),
        *_read_beside(Acknowledged, runner),
        *_read_file(Acknowledged, folder, runner),
    ]
    return _newest(found, _place)


def _peer(note: Note) -> object:
    return note.facet, note.name.lower()


def _place(record: Acknowledged) -> object:
    return record.finding, record.direction, record.connector, record.what


def _newest(found: Iterable[Record], key: Callable[[Record], object]) -> list[Record]:
    ordered = sorted(found, key=lambda one: one.made_at_utc)
    return sorted({key(one): one for one in ordered}.values(), key=lambda one: one.made_at_utc, reverse=True)


def write_note(trace_file: Path | None, folder: Path | None, note: Note | Acknowledged) -> str:
    """Append a note to the notes file of the trace file, else in the config folder; return a text that names the file.

    `trace_file` is None for a temporary trace file. Raises UnwritableError when neither can be written.
    """
    if trace_file is not None:
        try:
            return f"noted in {append_note(trace_file, KIND_NAMES[type(note)], asdict(note))}"
        except UnwritableError:
            pass  # a folder or a notes file of another user
    if folder is None:
        raise UnwritableError("the note cannot be saved: there is no config folder")
    file = folder / FILES[type(note)]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise UnwritableError(f"{file}: the note cannot be saved: {problem.strerror}") from problem
    append_lines(file, [json.dumps(asdict(note), default=str)])
    return f"noted in {file}"


def _read_beside(kind: type[Record], runner: QueryRunner) -> list[Record]:
    """Return the notes in the notes file of the trace file."""
    records = [parse_record(line) for line in runner.note_lines()]
    return [_shown(record, runner) for record in records if isinstance(record, kind)]


def _shown(record: Record, runner: QueryRunner) -> Record:
    return record if runner.redactor is None else runner.redactor.row(record, {})


def _read_file(kind: type[Record], folder: Path | None, runner: QueryRunner) -> Sequence[Record]:
    """Return the notes of the config folder; a line that cannot be read is skipped."""
    file = folder / FILES[kind] if folder is not None else None
    try:
        lines = file.read_text(encoding="utf-8").splitlines() if file is not None and file.is_file() else []
    except (OSError, UnicodeDecodeError):
        return []
    found: list[Record] = []
    for line in lines:
        try:
            found.append(_shown(record_of(kind, json.loads(line)), runner))
        except (ValueError, TypeError, KeyError):
            continue
    return found
