"""Opens tables for tests that ask the store directly."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.support.reports import write_rows
from tui.config import Config
from tui.intake.load import Progress
from tui.intake.opening import open_paths
from tui.store.engine import start_engine
from tui.store.query_runner import QueryRunner
from tui.store.redaction import redactor_of


@contextmanager
def asking(folder: Path, rows: Sequence[Mapping[str, object]], config: Config | None = None) -> Generator[QueryRunner]:
    """Load rows of message as one table and return a query runner."""
    with asking_files([write_rows(folder / "t.csv", rows)], config) as runner:
        yield runner


@contextmanager
def asking_files(paths: Sequence[Path], config: Config | None = None) -> Generator[QueryRunner]:
    """Open files and return a query runner."""
    config = config or Config()
    engine = start_engine(config.engine, config.zone, redactor_of(config))
    try:
        open_paths(engine, config, [str(path) for path in paths], Progress())
        yield QueryRunner(engine)
    finally:
        engine.close()
