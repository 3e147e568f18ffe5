"""Engines that the tests of one worker share: to start one, with all macros that a load needs, costs as much as a small load."""

from __future__ import annotations

import contextlib
from collections.abc import Generator
from pathlib import Path

import duckdb

from tui.config import EngineConfig
from tui.store.engine import Engine, start_engine
from tui.store.trace_file import detach_trace


class EnginePool:
    """Idle engines. One that a test closed, locked or left in a transaction is not lent again."""

    def __init__(self, folder: Path) -> None:
        self.config = EngineConfig(memory_mb=500, threads=1, temp_folder=str(folder))
        self._idle: list[Engine] = []

    @contextlib.contextmanager
    def lent(self) -> Generator[Engine]:
        """Yield an engine with nothing attached; it is taken back at the end."""
        engine = self._idle.pop() if self._idle else start_engine(self.config)
        try:
            yield engine
        finally:
            if _is_clean(engine):
                self._idle.append(engine)
            else:
                engine.close()

    def close(self) -> None:
        """Close the idle engines."""
        while self._idle:
            self._idle.pop().close()


def _is_clean(engine: Engine) -> bool:
    """Detach the trace file and return whether the engine is as it was when it was started, but for its macros."""
    if engine.locked:
        return False
    try:
        detach_trace(engine)
        engine.connection.execute("BEGIN; ROLLBACK")
    except duckdb.Error:
        return False
    engine.trace_file, engine.migrated_from = None, None
    engine.note_lines.clear()
    return [name for name in engine.temp_folder.iterdir() if name.name != "spill"] == []
