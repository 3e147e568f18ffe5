"""The trace file: a DuckDB file that is attached to the engine as `trace`.

Many may read such a file or one may write it, so a writer holds it only while it appends, and both wait a little for
each other.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Literal

import duckdb

from tui.errors import TraceFileError
from tui.store.engine import Engine
from tui.store.query_files import load_query, schema_text

SCHEMA_VERSION = 6
LOCK_WAIT_SECONDS = 2.0
MAGIC = b"DUCK"

Mode = Literal["read", "write"]


def is_duckdb_file(path: Path) -> bool:
    """Answer whether the file has DuckDB's mark, at byte 8."""
    with path.open("rb") as file:
        return file.read(12)[8:12] == MAGIC


def attach_trace(engine: Engine, path: Path, mode: Mode) -> None:
    """Attach the trace file as `trace`, making it in write mode when it is not there, and define the views over it.

    Raises TraceFileError when another process holds it for longer than two seconds, when it is no trace file of ours,
    or when a newer program made it.
    """
    made = mode == "write" and not path.exists()
    _attach(engine, path, mode)
    try:
        if made:
            _make_tables(engine)
        _check_version(engine, path)
        define_views(engine)
    except BaseException:
        detach_trace(engine)
        raise


def learn_names(engine: Engine) -> None:
    """Tell a redactor the hosts of the trace file that are known by one word."""
    if engine.redactor is not None:
        found = engine.connection.execute(load_query("sources/one_word_hosts").sql).fetchall()
        engine.redactor.learn(str(row[0]) for row in found if row[0] and "." not in row[0] and ":" not in row[0])


def detach_trace(engine: Engine) -> None:
    """Let go of the trace file, and so of its lock."""
    engine.connection.execute("USE memory; DETACH DATABASE IF EXISTS trace")


def define_views(engine: Engine) -> None:
    """Define the views over `trace` in the memory catalogue, where every cursor sees them."""
    try:
        found = engine.connection.execute("SELECT 1 FROM trace.connector_match LIMIT 1").fetchone()
        engine.connection.execute(schema_text("settled" if found else "unsettled") + schema_text("views"))
    except (duckdb.BinderException, duckdb.CatalogException) as problem:
        raise TraceFileError(
            "the trace file was made by another version of mailflow and lacks what this one asks for; load its files again"
        ) from problem


def holds_trace(engine: Engine, path: Path) -> bool:
    """Answer whether a `.duckdb` file is a trace file of ours and not just some database."""
    _attach(engine, path, "read")
    try:
        return _version(engine) is not None
    finally:
        detach_trace(engine)


def _attach(engine: Engine, path: Path, mode: Mode) -> None:
    options = "READ_ONLY" if mode == "read" else "STORAGE_VERSION 'v1.5.0'"
    quoted = str(path).replace("'", "''")
    deadline = time.monotonic() + LOCK_WAIT_SECONDS
    while True:
        try:
            engine.connection.execute(f"ATTACH '{quoted}' AS trace ({options})")
            return
        except duckdb.Error as problem:
            if _is_held(str(problem)) and time.monotonic() < deadline:
                time.sleep(0.1)
                continue
            raise TraceFileError(_attach_problem(path, mode, str(problem))) from problem


def _is_held(text: str) -> bool:
    """Answer whether DuckDB complains of another process; a damaged file is about blocks, not locks."""
    return "Could not set lock" in text or "Conflicting lock" in text


def _attach_problem(path: Path, mode: Mode, text: str) -> str:
    if _is_held(text):
        holder = text.partition("PID ")[2].partition(")")[0]
        by = f" by process {holder}" if holder.isdigit() else ""
        doing = "written" if mode == "read" else "read or written"
        return f"{path}: is being {doing}{by}; try again when that has ended"
    if "version number" in text:
        return f"{path}: was made by another version of DuckDB that this one cannot read; load its trace files again"
    return f"{path}: cannot be opened as a DuckDB file ({text.splitlines()[0]})"


def _make_tables(engine: Engine) -> None:
    engine.connection.execute("BEGIN; USE trace;" + schema_text("tables"))
    engine.connection.execute(
        "INSERT INTO trace_file VALUES ($version, $made_by, $now, NULL)",
        {"version": SCHEMA_VERSION, "made_by": f"mailflow {metadata.version('mailflow')}", "now": utc_now()},
    )
    engine.connection.execute("COMMIT; USE memory")


def _version(engine: Engine) -> int | None:
    found = engine.connection.execute(
        "SELECT count(*) FROM duckdb_tables() WHERE database_name = 'trace' AND table_name IN ('trace_file', 'message')"
    ).fetchone()
    if found is None or found[0] < 2:
        return None
    row = engine.connection.execute("SELECT max(schema_version) FROM trace.trace_file").fetchone()
    return None if row is None else row[0]


def _check_version(engine: Engine, path: Path) -> None:
    version = _version(engine)
    if version is None:
        raise TraceFileError(f"{path}: is a DuckDB file but no mailflow trace file; load it: mailflow load {path} --into NEW.duckdb")
    if version < SCHEMA_VERSION:
        raise TraceFileError(
            f"{path}: was made by an older mailflow (schema {version}, this one knows {SCHEMA_VERSION}); load its files anew"
        )
    if version > SCHEMA_VERSION:
        raise TraceFileError(f"{path}: was made by a newer mailflow (schema {version}, this one knows {SCHEMA_VERSION}); update mailflow")


def utc_now() -> datetime:
    """Answer the time as the trace file keeps times: UTC, without a zone."""
    return datetime.now(UTC).replace(tzinfo=None)
