"""What people note: on peers (asked, promised, fixed), and on findings that they know of (quiet until a day).

Notes live in the trace file, written in a moment, or in the config folder where there is no trace file of one's own
or it cannot be written; both are read, and of a peer or finding the newest counts.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar, cast

import duckdb

from tui.errors import TraceFileError, UnwritableError
from tui.rows import Acknowledged, Note
from tui.store.asking import Asker
from tui.store.engine import Engine
from tui.store.trace_file import attach_trace, detach_trace

KINDS = ("asked", "promised", "fixed", "note")
FILES = {Note: "notes.jsonl", Acknowledged: "acknowledged.jsonl"}
TABLES = {Note: "note", Acknowledged: "acknowledged"}

_Told = TypeVar("_Told", Note, Acknowledged)


def read_notes(asker: Asker, folder: Path | None) -> list[Note]:
    """Answer the newest note of each peer, the newest first."""
    told = [*asker.ask(Note, "sources/notes"), *_read_file(Note, folder)]
    return _newest(told, _peer)


def read_acknowledged(asker: Asker, folder: Path | None) -> list[Acknowledged]:
    """Answer what was last said of each finding, the newest first."""
    told = [*asker.ask(Acknowledged, "sources/acknowledged"), *_read_file(Acknowledged, folder)]
    return _newest(told, _place)


def _peer(note: Note) -> object:
    return note.facet, note.name.lower()


def _place(told: Acknowledged) -> object:
    return told.finding, told.direction, told.connector, told.what


def _newest(told: Iterable[_Told], key: Callable[[_Told], object]) -> list[_Told]:
    ordered = sorted(told, key=lambda one: one.made_at_utc)
    return sorted({key(one): one for one in ordered}.values(), key=lambda one: one.made_at_utc, reverse=True)


def write_told(engine: Engine, trace_file: Path | None, folder: Path | None, told: Note | Acknowledged) -> str:
    """Keep what was noted; answer where, in words. `trace_file` is None for a private one, which will be gone.

    Raises UnwritableError when it can be kept nowhere.
    """
    if trace_file is not None:
        try:
            _write_trace(engine, trace_file, told)
        except (TraceFileError, duckdb.Error):
            pass  # read-only, or others read it: then beside the config
        else:
            return f"noted in {trace_file}"
    if folder is None:
        raise UnwritableError("the note can be kept nowhere: there is no config folder")
    file = folder / FILES[type(told)]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with file.open("a", encoding="utf-8") as notes:
            notes.write(json.dumps(asdict(told), default=str) + "\n")
    except OSError as problem:
        raise UnwritableError(f"{file}: the note cannot be kept: {problem.strerror}") from problem
    return f"noted in {file}"


def _write_trace(engine: Engine, trace_file: Path, told: Note | Acknowledged) -> None:
    """Attach the trace file for writing for one moment; questions wait for it."""
    values = asdict(told)
    names = ", ".join(values)
    with engine.gate.closed():
        detach_trace(engine)
        try:
            attach_trace(engine, trace_file, "write")
            engine.connection.execute(
                f"INSERT INTO trace.{TABLES[type(told)]} ({names}) VALUES ({', '.join('$' + name for name in values)})", values
            )
            engine.connection.execute("CHECKPOINT trace")
        finally:
            detach_trace(engine)
            attach_trace(engine, trace_file, "read")


def _read_file(kind: type[_Told], folder: Path | None) -> Sequence[_Told]:
    """Answer the notes of the config folder; a line that cannot be read is passed over."""
    file = folder / FILES[kind] if folder is not None else None
    try:
        lines = file.read_text(encoding="utf-8").splitlines() if file is not None and file.is_file() else []
    except (OSError, UnicodeDecodeError):
        return []
    told: list[_Told] = []
    for line in lines:
        try:
            told.append(_one(kind, json.loads(line)))
        except (ValueError, TypeError, KeyError):
            continue
    return told


def _one(kind: type[_Told], raw: dict[str, object]) -> _Told:
    values = {field.name: raw[field.name] for field in fields(kind)}
    for name in ("due", "quiet_until"):
        if isinstance(values.get(name), str):
            values[name] = date.fromisoformat(str(values[name]))
    values["made_at_utc"] = datetime.fromisoformat(str(values["made_at_utc"]))
    return cast("Any", kind)(**values)
