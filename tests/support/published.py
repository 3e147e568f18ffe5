"""Loads for tests of publishing, and what stands beside a trace file."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.support.traces import House, exo_in, write_exo


def write_many(path: Path, first: int, count: int) -> Path:
    rows = (exo_in(n, date_time_utc=f"2026-11-10T10:{n // 60 % 60:02d}:{n % 60:02d}Z") for n in range(first, first + count))
    return write_exo(path, *rows)


def beside(house: House) -> list[str]:
    return sorted(file.name.removeprefix(house.target.name) for file in house.target.parent.glob(f"{house.target.name}*"))


def counted(house: House) -> int:
    return sum(house.flow().values())


STALE_LOG = """
import os, sys
import duckdb

connection = duckdb.connect()
connection.execute(f"ATTACH '{sys.argv[1]}' AS trace; SET checkpoint_threshold = '1TB'")
connection.execute("INSERT INTO trace.note VALUES ('host', 'a.example', 'asked', 'in the log', NULL, TIMESTAMP '2026-11-12')")
os._exit(1)
"""


def leave_log(house: House) -> None:
    """Let a program that writes in place be killed."""
    subprocess.run([sys.executable, "-c", STALE_LOG, str(house.target)], check=False)
    assert Path(f"{house.target}.wal").exists()


def notes(house: House) -> list[tuple[Any, ...]]:
    return house.ask("SELECT text FROM trace.note")
