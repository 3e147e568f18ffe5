"""The DuckDB engine: in memory, on a short leash, with the trace file attached to it.

DuckDB's defaults suit a laptop: 80% of the memory, spill files in the current folder, extensions from the network,
every file readable. On a shared jump host each of these is a fault, so the settings are ours from the first moment.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from tui.config import EngineConfig
from tui.store.query_files import schema_text

CLOSE_WAIT_SECONDS = 5.0
FOLDER_PREFIX = "mailflow-"
MEMORY_SCHEMA = ("macros", "smtp_sessions")


@dataclass
class Engine:
    """One in-memory DuckDB instance with its private temp folder. Cursors of it may be used by one thread each."""

    connection: duckdb.DuckDBPyConnection
    temp_folder: Path
    locked: bool = field(default=False)
    _cursors: list[duckdb.DuckDBPyConnection] = field(default_factory=list[duckdb.DuckDBPyConnection])

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """Answer a new cursor: it sees the macros and views, and no temp object of any other."""
        cursor = self.connection.cursor()
        self._cursors.append(cursor)
        return cursor

    def lock_down(self) -> None:
        """Shut the file system and the settings for good; attached files, spilling and the temp folder still work."""
        if self.locked:
            return
        self.connection.execute("SET allowed_directories = [$folder]", {"folder": str(self.temp_folder)})
        self.connection.execute("SET enable_external_access = false")
        self.connection.execute("SET lock_configuration = true")
        self.locked = True

    def close(self) -> None:
        """Stop every question, close the instance and remove its temp folder."""
        deadline = time.monotonic() + CLOSE_WAIT_SECONDS
        while True:
            for cursor in self._cursors:
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


def start_engine(config: EngineConfig) -> Engine:
    """Start DuckDB with safe settings and the macros that every query uses."""
    sweep_folders(Path(config.temp_folder or tempfile.gettempdir()))
    folder = Path(tempfile.mkdtemp(prefix=f"{FOLDER_PREFIX}{os.getpid()}-", dir=config.temp_folder))
    try:
        return Engine(_connect(config, folder), folder)
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


def _connect(config: EngineConfig, folder: Path) -> duckdb.DuckDBPyConnection:
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
        },
    )
    for name in MEMORY_SCHEMA:
        connection.execute(schema_text(name))
    return connection
