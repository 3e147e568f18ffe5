"""The DuckDB engine: in memory, with restricted settings and the trace file attached to it.

DuckDB's defaults suit a laptop: 80% of the memory, spill files in the current folder, extensions from the network,
every file readable. None of these is acceptable on a shared jump host, so the settings are set when the engine starts.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from tui.config import EngineConfig
from tui.store.macros import Macros
from tui.store.query_files import schema_text
from tui.store.redaction import Redactor

CLOSE_WAIT_SECONDS = 5.0
FOLDER_PREFIX = "mailflow-"
VIEW_SCHEMA = ("views", "peer_views", "flow_views", "shares")
MEMORY_SCHEMA = ("domain", "macros")
WRITE_SCHEMA = ("addresses", "resolution", "inference")
UTC = "UTC"
# DuckDB 2.0 derives wrong bounds for coalesce(sum(…) FILTER …, 0): sums were cut to 8 bits, > 0 was never true.
UNSOUND_OPTIMIZER = "statistics_propagation"


class Gate:
    """A lock that any number of jobs share, and that a change of the attached file takes alone, when no job runs."""

    def __init__(self) -> None:
        self._moved = threading.Condition()
        self._inside = 0
        self._closed = False

    @contextlib.contextmanager
    def passing(self) -> Generator[None]:
        """Keep the attached file unchanged during one job, which may enter again inside."""
        with self._moved:
            self._moved.wait_for(lambda: not self._closed)
            self._inside += 1
        try:
            yield
        finally:
            with self._moved:
                self._inside -= 1
                self._moved.notify_all()

    @contextlib.contextmanager
    def closed(self, seconds: float | None = None) -> Generator[bool]:
        """Wait until no job runs and let none begin until this ends; yield False when that did not happen in time.

        New jobs start while this waits, so that a long job, such as an export, does not block the screens.
        """
        with self._moved:
            is_closed = self._moved.wait_for(lambda: not self._closed and self._inside == 0, seconds)
            self._closed = self._closed or is_closed
        try:
            yield is_closed
        finally:
            if is_closed:
                with self._moved:
                    self._closed = False
                    self._moved.notify_all()


@dataclass
class Engine:
    """One in-memory DuckDB instance with its private temp folder. Cursors of it may be used by one thread each.

    `attached` is the alias of the attached state of the trace file that `trace` shows, and `state` identifies that state;
    `migrated_from` is the schema version of the file, where a migrated copy is read. `waiting` is called with a line of text when a
    load waits for another writer of its trace file. `can_write` is true once the macros of loads have been created.
    """

    connection: duckdb.DuckDBPyConnection
    temp_folder: Path
    zone: str = "UTC"
    memory_mb: int = 750
    redactor: Redactor | None = None
    locked: bool = field(default=False)
    gate: Gate = field(default_factory=lambda: Gate())
    trace_file: Path | None = None
    attached: str | None = None
    state: object = None
    generation: int = 0
    migrated_from: int | None = None
    note_lines: dict[str, None] = field(default_factory=dict[str, None])
    waiting: Callable[[str], object] = field(default=lambda _: None)
    can_write: bool = field(default=False)
    _cursors: list[duckdb.DuckDBPyConnection] = field(default_factory=list[duckdb.DuckDBPyConnection])
    _macros: Macros = field(init=False)

    def __post_init__(self) -> None:
        self._macros = Macros(self.connection.cursor)

    def make_macros(self, *texts: str) -> None:
        """Create the library macros that queries need, before they are run."""
        self._macros.make(*texts)

    def prepare_to_write(self) -> None:
        """Create the macros that only loads use."""
        if not self.can_write:
            self.connection.execute("".join(map(schema_text, WRITE_SCHEMA)))
            self.can_write = True

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """Return a new cursor, which sees the macros and views but no temp object of another cursor."""
        cursor = self.connection.cursor()
        self._cursors.append(cursor)
        return cursor

    def lock_down(self, trace_file: Path) -> None:
        """Block access to other files and lock the settings; later states of the trace file, spilling and the temp folder still work."""
        if self.locked:
            return
        self.connection.execute("SET allowed_directories = [$folder]", {"folder": str(self.temp_folder)})
        self.connection.execute("SET allowed_paths = [$file, $log]", {"file": str(trace_file), "log": f"{trace_file}.wal"})
        self.connection.execute("SET enable_external_access = false")
        self.connection.execute("SET lock_configuration = true")
        self.locked = True

    def close(self) -> None:
        """Interrupt every query, close the instance and remove its temp folder."""
        deadline = time.monotonic() + CLOSE_WAIT_SECONDS
        while True:
            for cursor in (*self._cursors, self.connection):
                with contextlib.suppress(duckdb.Error):  # closed by its owner
                    cursor.interrupt()
            try:
                self.connection.close()
                break
            except duckdb.Error:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
        shutil.rmtree(self.temp_folder, ignore_errors=True)


def start_engine(config: EngineConfig, zone: str = UTC, redactor: Redactor | None = None) -> Engine:
    """Start DuckDB with safe settings and the macros that views use; days and hours are those of `zone`.

    With a redactor, every query of this engine returns pseudonyms instead of names.
    """
    place = Path(config.temp_folder or tempfile.gettempdir())
    sweep_folders(place)
    folder = place / f"{FOLDER_PREFIX}{os.getpid()}-{uuid.uuid4().hex}"  # named before it is made: a signal may come at any time
    try:
        folder.mkdir(mode=0o700)
        return Engine(_connect(config, folder, zone), folder, zone, config.memory_mb, redactor)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def sweep_folders(place: Path) -> None:
    """Remove the folders of this user's killed runs, because they contain data from mail traces."""
    for folder in place.glob(f"{FOLDER_PREFIX}[0-9]*-*"):
        pid = folder.name.removeprefix(FOLDER_PREFIX).partition("-")[0]
        with contextlib.suppress(OSError):
            if pid.isdigit() and folder.stat().st_uid == os.getuid() and not _is_running(int(pid)):
                shutil.rmtree(folder, ignore_errors=True)


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _connect(config: EngineConfig, folder: Path, zone: str) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(
        ":memory:",
        config={
            "memory_limit": f"{config.memory_mb}MB",
            "threads": config.threads,
            "temp_directory": str(folder / "spill"),
            "max_temp_directory_size": f"{config.spill_gb}GB",
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "python_enable_replacements": False,
            "storage_compatibility_version": "v1.5.0",
            "disabled_optimizers": UNSOUND_OPTIMIZER,
        },
    )
    connection.execute("SET GLOBAL TimeZone = $zone", {"zone": zone})
    for name in (*MEMORY_SCHEMA, "utc" if zone == UTC else "zone"):
        connection.execute(schema_text(name))
    return connection
