"""The DuckDB engine: in memory, on a short leash, with the trace file attached to it.

DuckDB's defaults suit a laptop: 80% of the memory, spill files in the current folder, extensions from the network,
every file readable. On a shared jump host each of these is a fault, so the settings are ours from the first moment.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import threading
import time
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
# DuckDB 2.0 derives bounds of coalesce(sum(…) FILTER …, 0) that do not hold: sums were cut to 8 bits, > 0 was never true.
UNSOUND_OPTIMIZER = "statistics_propagation"


class Gate:
    """Lets any number of jobs pass, or one change of what is attached, which takes a moment in which none runs."""

    def __init__(self) -> None:
        self._moved = threading.Condition()
        self._inside = 0
        self._closed = False

    @contextlib.contextmanager
    def passing(self) -> Generator[None]:
        """Keep what is attached as it is for one job, which may pass again inside."""
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
        """Wait until no job runs and let none begin until this ends; yield False when there was no such moment.

        New jobs pass while this waits, so that a long one, such as an export, does not stop the screens.
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

    `attached` is the name under which the state of the trace file is attached that `trace` shows, `state` which state that is;
    `migrated_from` is the version of the schema that it has, where a migrated copy is read. `waiting` is called with a line when a
    load waits for another writer of its trace file. `can_write` is true once the macros of loads were made.
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
        """Make the macros of the library that queries need, before they are run."""
        self._macros.make(*texts)

    def prepare_to_write(self) -> None:
        """Make the macros that only loads use."""
        if not self.can_write:
            self.connection.execute("".join(map(schema_text, WRITE_SCHEMA)))
            self.can_write = True

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """Return a new cursor: it sees the macros and views, and no temp object of any other."""
        cursor = self.connection.cursor()
        self._cursors.append(cursor)
        return cursor

    def lock_down(self, trace_file: Path) -> None:
        """Shut the file system and the settings for good; every later state of the trace file, spilling and the temp folder still work."""
        if self.locked:
            return
        self.connection.execute("SET allowed_directories = [$folder]", {"folder": str(self.temp_folder)})
        self.connection.execute("SET allowed_paths = [$file, $log]", {"file": str(trace_file), "log": f"{trace_file}.wal"})
        self.connection.execute("SET enable_external_access = false")
        self.connection.execute("SET lock_configuration = true")
        self.locked = True

    def close(self) -> None:
        """Stop every question, close the instance and remove its temp folder."""
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

    With a redactor, no question of this engine is answered with a name.
    """
    sweep_folders(Path(config.temp_folder or tempfile.gettempdir()))
    folder = Path(tempfile.mkdtemp(prefix=f"{FOLDER_PREFIX}{os.getpid()}-", dir=config.temp_folder))
    try:
        return Engine(_connect(config, folder, zone), folder, zone, config.memory_mb, redactor)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def sweep_folders(place: Path) -> None:
    """Remove the folders of runs of this user that were killed: they hold what was in the mail traces."""
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
