"""Every format that brings messages: parts of a file, loaded in any order, give what the whole log gives."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path
from random import Random

import pytest

from tests.mail_logs import WRITTEN
from tests.splits import (
    answers_of,
    cut,
    generate_log,
    load_one_by_one,
    message_formats,
    pack,
    random_borders,
    record_count,
    rows_only,
)
from tui.config import EngineConfig
from tui.store.engine import Engine, start_engine

# The orders of a few splits are tried by default; MAILFLOW_SPLITS=1000 tries as many of every format.
SPLITS = int(os.environ.get("MAILFLOW_SPLITS", "1"))
MESSAGES = 60
LOGS = Path(__file__).parent / "split_logs"
FORMATS = message_formats()


def check(engine: Engine, log: Path, parts: list[Path], whole: Path, trace: Path) -> None:
    """Hold that parts, loaded in this order, give what the whole gives."""
    load_one_by_one(engine, parts, trace)
    differences = rows_only(whole).differences(rows_only(trace)) or answers_of(whole).differences(answers_of(trace))
    assert not differences, "\n".join([f"{log.name}: {[part.parent.parent.name for part in parts]}", *differences[:6]])


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Return the engine of all loads of this module."""
    engine = start_engine(EngineConfig(memory_mb=500, threads=2, temp_folder=str(tmp_path_factory.mktemp("engine"))))
    yield engine
    engine.close()


@pytest.mark.parametrize("name", FORMATS)
def test_a_generated_log_in_two_and_three_files(name: str, engine: Engine, tmp_path: Path) -> None:
    for seed in range(SPLITS):
        rng, folder = Random(seed), tmp_path / str(seed)
        log = generate_log(name, folder / "log", MESSAGES, seed)
        whole = load_one_by_one(engine, [log], folder / "whole.duckdb")
        pieces = 2 + seed % 2
        parts = cut(log, folder / "cut", random_borders(log, pieces, rng))
        orders = [list(order) for order in permutations(parts)]
        for number, order in enumerate(orders if SPLITS > 1 else [parts[::-1]]):
            check(engine, log, order, whole, folder / f"{number}.duckdb")


@pytest.mark.parametrize("name", FORMATS if SPLITS > 1 else ["postfix", "exchange_smtp_receive"])
def test_parts_renamed_packed_loaded_twice_and_grown(name: str, engine: Engine, tmp_path: Path) -> None:
    for seed in range(max(1, SPLITS // 10)):
        rng, folder = Random(seed), tmp_path / str(seed)
        log = generate_log(name, folder / "log", MESSAGES, seed)
        whole = load_one_by_one(engine, [log], folder / "whole.duckdb")
        parts = [pack(part, rng) for part in cut(log, folder / "cut", random_borders(log, 2, rng))]
        rng.shuffle(parts)
        check(engine, log, [*parts, parts[0]], whole, folder / "packed.duckdb")
        head, _ = cut(log, folder / "grown", random_borders(log, 2, rng))
        trace = load_one_by_one(engine, [head], folder / "grown.duckdb")
        head.write_bytes(log.read_bytes())
        os.utime(head, ns=(log.stat().st_mtime_ns, log.stat().st_mtime_ns))
        check(engine, log, [head], whole, trace)


def log_of(name: str, folder: Path) -> Path:
    """Return a copy of a log of this test that was written on a day of its month."""
    log = folder / "log" / "mx1" / name
    log.parent.mkdir(parents=True)
    log.write_bytes((LOGS / name).read_bytes())
    os.utime(log, (WRITTEN.timestamp(), WRITTEN.timestamp()))
    return log


# Where sessions and messages begin, end and rest on one another; with MAILFLOW_SPLITS every line of every log.
PLACES = {"postfix.log": (10, 17, 29, 38, 48, 55), "sendmail.log": (3, 8)}


@pytest.mark.parametrize("is_backwards", [False, True])
@pytest.mark.parametrize("name", [*sorted(PLACES), *(FORMATS if SPLITS > 1 else [])])
def test_a_log_cut_at_every_line(name: str, is_backwards: bool, engine: Engine, tmp_path: Path) -> None:
    log = log_of(name, tmp_path) if name in PLACES else generate_log(name, tmp_path / "log", 10, 1)
    whole = load_one_by_one(engine, [log], tmp_path / "whole.duckdb")
    for at in range(1, record_count(log)) if SPLITS > 1 else PLACES[name]:
        parts = cut(log, tmp_path / str(at), [at])
        trace = load_one_by_one(engine, parts[::-1] if is_backwards else parts, tmp_path / f"{at}.duckdb")
        differences = rows_only(whole).differences(rows_only(trace))
        assert not differences, "\n".join([f"before line {at + 1}", *differences[:6]])
