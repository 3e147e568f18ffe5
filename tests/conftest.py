"""What every test may ask for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.traces import House
from tui.config import Config, EngineConfig
from tui.store.engine import Engine, start_engine
from tui.store.macros import library


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Return an engine with an empty folder for its trace file."""
    folder = tmp_path / "house"
    folder.mkdir()
    config = Config(engine=EngineConfig(memory_mb=500, threads=2, temp_folder=str(folder)))
    engine = start_engine(config.engine)
    yield House(engine, folder, config)
    engine.close()


@pytest.fixture
def other(tmp_path: Path, house: House) -> Iterator[House]:
    """Return a second house with an engine of its own, to compare the first with."""
    folder = tmp_path / "other"
    folder.mkdir()
    engine = start_engine(house.config.engine)
    yield House(engine, folder, house.config)
    engine.close()


@pytest.fixture(scope="session")
def macros(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Return an engine for questions that need no trace file."""
    engine = start_engine(EngineConfig(memory_mb=500, threads=1, temp_folder=str(tmp_path_factory.mktemp("macros"))))
    engine.make_macros(*(f"{name}()" for name in library()))
    yield engine
    engine.close()
