"""The trace file: a DuckDB file whose relations the engine has as the catalogue `trace`.

A published file is never written in place: a reader keeps the state that it opened, and may reopen a newer one.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Literal, TypeGuard

import duckdb

from tui.errors import CancelledError, Remedy, TraceFileError
from tui.store.engine import VIEW_SCHEMA, Engine
from tui.store.migrations import OLDEST_VERSION, can_migrate, migrate
from tui.store.notes_file import remember_notes
from tui.store.query_files import load_query, schema_text
from tui.store.scans import quote_name, quote_text

SCHEMA_VERSION = 8
LOCK_WAIT_SECONDS = 2.0
GAP_WAIT_SECONDS = 1.0
MAGIC = b"DUCK"
PART = "part"

_DAMAGE = ("Corrupt database file", "Could not read enough bytes", "Failed to deserialize", "does not match stored checksum")
Mode = Literal["read", "look", "write"]


def is_duckdb_file(path: Path) -> bool:
    """Return whether the file has DuckDB's magic number, at byte 8."""
    with path.open("rb") as file:
        return file.read(12)[8:12] == MAGIC


@dataclass(frozen=True)
class FileState:
    """The identity of a published state of a trace file: each has another inode."""

    inode: int
    modified_ns: int
    size_bytes: int


def state_of(path: Path) -> FileState | None:
    """Return the present state of a path, without reading the file; None while there is no file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return FileState(found.st_ino, found.st_mtime_ns, found.st_size)


def attach_trace(engine: Engine, path: Path, mode: Mode) -> None:
    """Attach a trace file as the catalogue `trace`.

    In mode `read`, `trace` is a catalogue in memory with a view of each relation of the file, so that a newer state of the file can
    replace the older one; the views that queries use are defined over it. In mode `write`, `trace` is the file itself: the copy that
    a load writes, which is created if missing. In mode `look`, it is the file itself too, read-only. Raises TraceFileError when
    another program writes the file in place, when it is not a trace file or is damaged, or when a newer program made it.
    """
    with damage_explained(path):
        if mode == "read":
            _open_read(engine, path)
        elif mode == "look":
            _open_look(engine, path)
        else:
            _open_write(engine, path)


@contextmanager
def damage_explained(path: Path) -> Generator[None]:
    """Raise TraceFileError where DuckDB reports that a trace file is truncated or overwritten."""
    try:
        yield
    except duckdb.Error as problem:
        if is_damage(problem):
            raise TraceFileError(f"{path}: is damaged; restore a copy of it, or load its files again into a new one") from problem
        raise


def is_damage(problem: duckdb.Error) -> bool:
    """Return whether an error is about a database file that is truncated or overwritten."""
    return any(words in str(problem) for words in _DAMAGE)


def _open_write(engine: Engine, path: Path) -> None:
    made = not path.exists()
    _attach(engine, path, "trace", "write")
    try:
        if made:
            _make_tables(engine)
        version = _version(engine, "trace")
        if is_older(version):
            migrate(engine.connection.execute, version, "trace")
        _check_version(path, _version(engine, "trace"))
        engine.prepare_to_write()
        engine.connection.execute(schema_text("settings"))
    except BaseException:
        detach_trace(engine)
        raise


def _open_look(engine: Engine, path: Path) -> None:
    try:
        _attach_newest_schema(engine, path, "trace")
    except BaseException:
        detach_trace(engine)
        raise


def _open_read(engine: Engine, path: Path) -> None:
    if engine.trace_file != path:
        engine.note_lines.clear()
    remember_notes(engine.note_lines, path)
    state = state_of(path)
    alias = _next_alias(engine)
    try:
        _attach_newest_schema(engine, path, alias)
        engine.connection.execute("ATTACH ':memory:' AS trace")
        engine.attached, engine.trace_file, engine.state = alias, path, state
        _show(engine, alias)
    except BaseException:
        detach_trace(engine)
        engine.connection.execute(f"DETACH DATABASE IF EXISTS {alias}")
        raise


def attach_part(engine: Engine, path: Path) -> None:
    """Attach another trace file as `part`, to copy from it. Raises TraceFileError as attach_trace does."""
    state = engine.migrated_from
    try:
        with damage_explained(path):
            _attach_newest_schema(engine, path, PART)
    finally:
        engine.migrated_from = state


def _attach_newest_schema(engine: Engine, path: Path, alias: str) -> None:
    """Attach a trace file read-only; if its schema is older, attach a migrated copy in the private temp folder."""
    _attach(engine, path, alias, "read")
    version = _version(engine, alias)
    engine.migrated_from = None
    if not is_older(version):
        _check_version(path, version)
        return
    engine.connection.execute(f"DETACH DATABASE {alias}")
    engine.migrated_from = version
    copy = engine.temp_folder / f"{alias}-{engine.generation}.duckdb"
    copy.unlink(missing_ok=True)
    try:
        shutil.copyfile(path, copy)
    except OSError as problem:
        raise TraceFileError(
            f"{path}: was made by an older mailflow (schema {version}) and is read through a copy in {engine.temp_folder}, which failed: "
            f"{problem.strerror}; load a file into it to migrate it, or name another temp_folder under [engine] in the config"
        ) from problem
    _attach(engine, copy, "migrating", "write")
    try:
        migrate(engine.connection.execute, version, "migrating")
        engine.connection.execute("CHECKPOINT migrating")
    finally:
        engine.connection.execute("USE memory; DETACH DATABASE migrating")
    _attach(engine, copy, alias, "read")


def is_older(version: int | None) -> TypeGuard[int]:
    """Return whether a version of the schema is older and can be migrated."""
    return version is not None and version < SCHEMA_VERSION and can_migrate(version)


def is_newer(engine: Engine) -> bool:
    """Return whether a newer state of the attached trace file was published; this needs one stat call."""
    if engine.trace_file is None:
        return False
    state = state_of(engine.trace_file)
    return state is not None and state != engine.state


def reopen_trace(engine: Engine) -> bool:
    """Attach the newer state of the trace file in place of the older one, when no job runs; return False if jobs run all the time.

    Raises TraceFileError when the newer state cannot be read; then the older one stays, and is_newer is False until the next one.
    Raises CancelledError when the engine is closed in the meantime.
    """
    try:
        return _reopen(engine)
    except duckdb.InterruptException as problem:
        raise CancelledError("stopped") from problem


def _reopen(engine: Engine) -> bool:
    path, old = engine.trace_file, engine.attached
    if path is None or old is None:
        raise RuntimeError("no trace file is open")
    remember_notes(engine.note_lines, path)
    state = state_of(path)
    alias = _next_alias(engine)
    try:
        _attach_newest_schema(engine, path, alias)
        with engine.gate.closed(GAP_WAIT_SECONDS) as is_closed:
            if not is_closed:
                engine.connection.execute(f"DETACH DATABASE IF EXISTS {alias}")
                return False
            try:
                _show(engine, alias)
            except BaseException:
                _show(engine, old)
                raise
            engine.attached, engine.state = alias, state
    except BaseException:
        engine.state = state
        engine.connection.execute(f"DETACH DATABASE IF EXISTS {alias}")
        raise
    engine.connection.execute(f"DETACH DATABASE IF EXISTS {old}")
    register_names(engine)
    return True


def _next_alias(engine: Engine) -> str:
    """Return an alias that was not used before: for a used one DuckDB may return the older state."""
    engine.generation += 1
    return f"file_{engine.generation}"


def _show(engine: Engine, alias: str) -> None:
    """Define `trace` over the relations of an attached file, and the views over `trace`."""
    names, before = _relations(engine, alias), _relations(engine, "trace")
    views = [f"CREATE OR REPLACE VIEW trace.{quote_name(name)} AS SELECT * FROM {alias}.{quote_name(name)}" for name in sorted(names)]
    engine.connection.execute(";".join([*views, *(f"DROP VIEW trace.{quote_name(name)}" for name in sorted(before - names))]))
    define_views(engine)


def _relations(engine: Engine, catalogue: str) -> set[str]:
    """Return the names of the tables and views of an attached catalogue."""
    rows = engine.connection.execute(load_query("catalogue/relations").sql, {"catalogue": catalogue}).fetchall()
    return {str(row[0]) for row in rows}


def register_names(engine: Engine) -> None:
    """Register the host names of the trace file that have no dot with the redactor."""
    if engine.redactor is not None:
        found = engine.connection.execute(load_query("sources/one_word_hosts").sql).fetchall()
        engine.redactor.learn(str(row[0]) for row in found if row[0] and "." not in row[0] and ":" not in row[0])


def detach_trace(engine: Engine) -> None:
    """Detach the trace file, which releases DuckDB's lock on it."""
    engine.connection.execute("USE memory; DETACH DATABASE IF EXISTS trace")
    if engine.attached is not None:
        engine.connection.execute(f"DETACH DATABASE IF EXISTS {engine.attached}")
        engine.attached = engine.state = None


def define_views(engine: Engine) -> None:
    """Define the views over `trace` in the memory catalogue, where every cursor sees them."""
    try:
        found = engine.connection.execute(load_query("catalogue/has_connector_matches").sql).fetchone()
        engine.connection.execute(
            "".join(map(schema_text, ("settings", "connector_matches" if found else "no_connector_matches", *VIEW_SCHEMA)))
        )
    except (duckdb.BinderException, duckdb.CatalogException) as problem:
        raise TraceFileError(
            "the trace file was made by another version of mailflow and lacks data that this one needs; load its files again"
        ) from problem


def is_trace_file(engine: Engine, path: Path) -> bool:
    """Return whether a `.duckdb` file is a trace file of this program and not another database."""
    alias = _next_alias(engine)
    with damage_explained(path):
        _attach(engine, path, alias, "read")
        try:
            return _version(engine, alias) is not None
        finally:
            engine.connection.execute(f"DETACH DATABASE IF EXISTS {alias}")


def _attach(engine: Engine, path: Path, alias: str, mode: Mode) -> None:
    """Attach a file; retry for a short time while a program writes it in place or it is being replaced."""
    options = "READ_ONLY" if mode != "write" else "STORAGE_VERSION 'v1.5.0'"
    deadline = time.monotonic() + LOCK_WAIT_SECONDS
    while True:
        before = state_of(path)
        try:
            engine.connection.execute(f"ATTACH {quote_text(str(path))} AS {alias} ({options})")
            return
        except duckdb.Error as problem:
            can_retry = _is_locked(str(problem)) or state_of(path) != before
            if can_retry and time.monotonic() < deadline:
                time.sleep(0.1)
                continue
            raise TraceFileError(_attach_problem(path, mode, str(problem))) from problem


def _is_locked(text: str) -> bool:
    """Return whether DuckDB reports a lock of another process; its errors about damaged files do not mention locks."""
    return "Could not set lock" in text or "Conflicting lock" in text


def _attach_problem(path: Path, mode: Mode, text: str) -> str:
    if _is_locked(text):
        owner = text.partition("PID ")[2].partition(")")[0]
        by = f" by process {owner}" if owner.isdigit() else ""
        doing = "written" if mode != "write" else "read or written"
        return f"{path}: is being {doing}{by}; try again when that has ended"
    if "version number" in text:
        return f"{path}: was made by another version of DuckDB that this one cannot read; load its trace files again"
    return f"{path}: cannot be opened as a DuckDB file ({text.splitlines()[0]})"


def _make_tables(engine: Engine) -> None:
    engine.connection.execute("BEGIN; USE trace;" + schema_text("tables") + schema_text("derived_tables"))
    engine.connection.execute(
        load_query("load/new_trace_file").sql,
        {"version": SCHEMA_VERSION, "made_by": f"mailflow {metadata.version('mailflow')}", "now": utc_now()},
    )
    engine.connection.execute("COMMIT; USE memory")


def _version(engine: Engine, catalogue: str) -> int | None:
    if not {"trace_file", "message"} <= _relations(engine, catalogue):
        return None
    row = engine.connection.execute(f"FROM {catalogue}.trace_file").fetchone()
    return None if row is None else row[0]


def _check_version(path: Path, version: int | None) -> None:
    if version is None:
        raise TraceFileError(f"{path}: is a DuckDB file, but not a mailflow trace file", Remedy.LOAD_INTO_NEW, path)
    if version < SCHEMA_VERSION:
        raise TraceFileError(
            f"{path}: was made by an older mailflow (schema {version}, this one reads {OLDEST_VERSION} to {SCHEMA_VERSION}); "
            "load its files again"
        )
    if version > SCHEMA_VERSION:
        raise TraceFileError(
            f"{path}: was made by a newer mailflow (schema {version}, this one supports up to {SCHEMA_VERSION}); update mailflow"
        )


def utc_now() -> datetime:
    """Return the present time as the trace file stores times: UTC, without a zone."""
    return datetime.now(UTC).replace(tzinfo=None)
