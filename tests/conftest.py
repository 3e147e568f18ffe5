"""What every test may ask for."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support.engines import EnginePool
from tests.support.message_rows import MessageRows
from tests.support.shares import SEED, mark_shares
from tests.support.traces import House, write_csv
from tui.commands import load
from tui.config import Config, EngineConfig
from tui.intake.discovery import InputPaths
from tui.resources import bundled
from tui.store.engine import Engine, start_engine
from tui.store.macros import library

# Modules of which no test starts an engine or loads a file, but for shared ones that rows are given to.
QUICK_MODULES = {
    "test_charts", "test_columns", "test_domain", "test_finding_limits", "test_macro_arguments", "test_resolution", "test_sanitiser",
    "test_tls_grade", "test_words",
}  # fmt: skip
SLOW_TESTS = ("test_neither_order_nor_splitting_nor_forgetting",)  # many loads of invented rows
SHARED_ENGINES = {"macros", "message_rows"}
SLOW_FIXTURES = {"capsys", "house", "other", "sample_trace"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as exhaustive all but a share of some cases, and as quick what needs no load: unit tests, and rows in, rows out."""
    mark_shares(items)
    for item in items:
        if item.get_closest_marker("exhaustive") or item.name.startswith(SLOW_TESTS):
            continue
        fixtures = set[str](getattr(item, "fixturenames", ()))
        has_rows = SHARED_ENGINES & fixtures and not SLOW_FIXTURES & fixtures
        if has_rows or (item.path.stem in QUICK_MODULES and "capsys" not in fixtures):
            item.add_marker(pytest.mark.quick)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the seed that chose the sampled tests; a header would not be shown with -q."""
    terminalreporter.write_line(f"seed of the sampled tests: {SEED} (MAILFLOW_SEED)")


@pytest.fixture(scope="session")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EnginePool]:
    """Return the engines that the tests of this worker share."""
    pool = EnginePool(tmp_path_factory.mktemp("engines"))
    yield pool
    pool.close()


@pytest.fixture(scope="session")
def sample_trace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the bundled sample as a trace file, which one worker loads for all. Not to be written: copy it."""
    folder = tmp_path_factory.getbasetemp()
    shared = folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder
    trace = shared / "sample.duckdb"
    with (shared / "sample.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not trace.exists():
            made = shared / "sample-made.duckdb"
            assert load(InputPaths([str(bundled("sample_data") / "example-corp")]), made, Config()) == 0
            made.rename(trace)
    return trace


@pytest.fixture
def house(tmp_path: Path, engines: EnginePool) -> Iterator[House]:
    """Return an engine with an empty folder for its trace file."""
    folder = tmp_path / "house"
    folder.mkdir()
    with engines.lent() as engine:
        yield House(engine, folder, Config(engine=engines.config))


@pytest.fixture
def other(tmp_path: Path, engines: EnginePool) -> Iterator[House]:
    """Return a second house with an engine of its own, to compare the first with."""
    folder = tmp_path / "other"
    folder.mkdir()
    with engines.lent() as engine:
        yield House(engine, folder, Config(engine=engines.config))


@pytest.fixture(scope="session")
def message_rows(engines: EnginePool, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MessageRows]:
    """Return a trace file in memory that a test fills with rows."""
    with engines.lent() as engine:
        rows = MessageRows(engine, tmp_path_factory.mktemp("message_rows"))
        yield rows
        rows.close()


@pytest.fixture(scope="session")
def settings_of(engines: EnginePool, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., list[dict[str, Any]]]:
    """Return a function from rows of an export of connectors to rows of the table of connectors; each export is loaded once."""
    known: dict[str, list[dict[str, Any]]] = {}

    def read(*settings: Mapping[str, str]) -> list[dict[str, Any]]:
        key = json.dumps(settings)
        if key not in known:
            folder = tmp_path_factory.mktemp("settings")
            with engines.lent() as engine:
                house = House(engine, folder)
                house.load(write_csv(folder / "connectors.csv", settings, tuple(settings[0])))
                names = [row[0] for row in house.ask("DESCRIBE trace.connector")]
                known[key] = [dict(zip(names, row, strict=True)) for row in house.ask("FROM trace.connector ORDER BY line_no")]
        return known[key]

    return read


@pytest.fixture(scope="session")
def macros(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Return an engine for questions that need no trace file."""
    engine = start_engine(EngineConfig(memory_mb=500, threads=1, temp_folder=str(tmp_path_factory.mktemp("macros"))))
    engine.make_macros(*(f"{name}()" for name in library()))
    yield engine
    engine.close()


def pytest_xdist_auto_num_workers() -> int:
    """Return one worker more than there are cores: tests of screens and terminals wait more than they compute."""
    return (os.cpu_count() or 2) + 1
