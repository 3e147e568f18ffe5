"""The engine's end: it does not wait for questions that nobody wants answered."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from pathlib import Path

import duckdb
import pytest

from tui.config import EngineConfig
from tui.store.engine import start_engine

LONG = "SELECT sum(a.range * b.range) FROM range(1000000) AS a, range(1000000) AS b"


@pytest.mark.parametrize("is_cursor", [True, False])
def test_closing_stops_questions_that_still_run(is_cursor: bool, tmp_path: Path) -> None:
    engine = start_engine(EngineConfig(temp_folder=str(tmp_path)))
    cursor = engine.cursor() if is_cursor else engine.connection
    ended: list[str] = []

    def ask() -> None:
        try:
            cursor.execute(LONG).fetchall()
        except duckdb.Error as problem:
            ended.append(type(problem).__name__)

    thread = threading.Thread(target=ask)
    thread.start()
    time.sleep(0.3)
    began = time.monotonic()
    engine.close()
    thread.join(10)
    assert not thread.is_alive()
    assert ended
    assert time.monotonic() - began < 5
    assert list(tmp_path.iterdir()) == []


def test_the_network_and_the_working_folder_are_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    engine = start_engine(EngineConfig(memory_mb=123, temp_folder=str(tmp_path)))
    names = ("memory_limit", "autoinstall_known_extensions", "autoload_known_extensions", "temp_directory", "python_enable_replacements")
    result = {name: engine.connection.execute("SELECT current_setting($name)", {"name": name}).fetchone() for name in names}
    assert result["autoinstall_known_extensions"] == result["autoload_known_extensions"] == (False,)
    assert result["python_enable_replacements"] == (False,)
    assert str(tmp_path) in str(result["temp_directory"])
    assert engine.temp_folder.stat().st_mode & 0o777 == 0o700
    engine.close()
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_run_left_is_swept_and_what_runs_is_left_alone(tmp_path: Path) -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    (tmp_path / f"mailflow-{gone.pid}-abc").mkdir()
    (tmp_path / f"mailflow-{os.getpid()}-abc").mkdir()
    (tmp_path / "mailflow-notes").mkdir()
    start_engine(EngineConfig(temp_folder=str(tmp_path))).close()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([f"mailflow-{os.getpid()}-abc", "mailflow-notes"])
