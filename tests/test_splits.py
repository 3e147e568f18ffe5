"""Every format that brings messages: parts of a file, loaded in any order, give what the whole log gives."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.support.mail_logs import WRITTEN
from tests.support.shares import share_of
from tests.support.splits import (
    CONFIG,
    answers_of,
    cut,
    dated,
    generate_log,
    load_one_by_one,
    message_formats,
    pack,
    random_borders,
    record_count,
    rows_only,
    source_of,
)
from tui.config import EngineConfig
from tui.intake.forgetting import forget_source
from tui.store.engine import Engine, start_engine

MESSAGES = 60
LOGS = Path(__file__).parent / "split_logs"
FORMATS = message_formats()
# By default one split of every format; MAILFLOW_SPLITS=1000 tries as many, the formats by turns.
SPLITS = int(os.environ.get("MAILFLOW_SPLITS", len(FORMATS)))


def check(engine: Engine, log: Path, parts: list[Path], whole: Path, trace: Path, *, with_report: bool) -> None:
    """Check that parts, loaded in this order, give what the whole gives."""
    load_one_by_one(engine, parts, trace)
    differences = rows_only(whole).differences(rows_only(trace))
    if with_report and not differences:
        differences = answers_of(whole).differences(answers_of(trace))
    assert not differences, "\n".join([f"{log.name}: {[part.parent.parent.name for part in parts]}", *differences[:6]])


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Return the engine of all loads of this module."""
    engine = start_engine(EngineConfig(memory_mb=500, threads=2, temp_folder=str(tmp_path_factory.mktemp("engine"))))
    yield engine
    engine.close()


@pytest.mark.share(2)
@pytest.mark.parametrize("seed", range(SPLITS))
def test_parts_of_a_log_in_any_order(seed: int, engine: Engine, tmp_path: Path) -> None:
    """Two or three parts, packed and renamed or not, one of them loaded twice or not, one of them forgotten and loaded again or not."""
    rng, name = Random(seed), FORMATS[seed % len(FORMATS)]
    log = generate_log(name, tmp_path / "log", MESSAGES, seed)
    whole = load_one_by_one(engine, [log], tmp_path / "whole.duckdb")
    parts = cut(log, tmp_path / "cut", random_borders(log, rng.choice((2, 3)), rng))
    parts = [pack(part, rng) if rng.random() < 0.5 else part for part in parts]
    rng.shuffle(parts)
    again = rng.sample(parts, rng.choice((0, 0, 1)))
    trace = tmp_path / "parts.duckdb"
    if rng.random() < 0.5:
        gone = rng.choice(parts)
        load_one_by_one(engine, [*parts, *again], trace)
        rest = load_one_by_one(engine, [part for part in parts if part != gone], tmp_path / "rest.duckdb")
        forget_source(engine, CONFIG, trace, source_of(trace, gone))
        differences = rows_only(rest).differences(rows_only(trace))
        assert not differences, "\n".join([f"{log.name} without {gone.parent.parent.name}", *differences[:6]])
        again, parts = [gone], []
    check(engine, log, [*parts, *again], whole, trace, with_report=len(FORMATS) < SPLITS or name in share_of(FORMATS, 4))


@pytest.mark.parametrize("name", FORMATS if SPLITS >= 1000 else ["postfix", "exchange_smtp_receive"])
def test_a_log_that_grew(name: str, engine: Engine, tmp_path: Path) -> None:
    log = generate_log(name, tmp_path / "log", MESSAGES, 0)
    whole = load_one_by_one(engine, [log], tmp_path / "whole.duckdb")
    head, _ = cut(log, tmp_path / "grown", random_borders(log, 2, Random(0)))
    trace = load_one_by_one(engine, [head], tmp_path / "grown.duckdb")
    head.write_bytes(log.read_bytes())
    check(engine, log, [dated(head, log)], whole, trace, with_report=True)


def log_of(name: str, folder: Path) -> Path:
    """Return a copy of a log of this test that was written on a day of its month."""
    log = folder / "log" / "mx1" / name
    log.parent.mkdir(parents=True)
    log.write_bytes((LOGS / name).read_bytes())
    os.utime(log, (WRITTEN.timestamp(), WRITTEN.timestamp()))
    return log


# Where sessions and messages begin, end and rest on one another; with MAILFLOW_SPLITS every line of every log.
PLACES = {"postfix.log": (10, 17, 29, 38, 48, 55), "sendmail.log": (3, 8)}


@pytest.mark.share(1)
@pytest.mark.parametrize("is_backwards", [False, True])
@pytest.mark.parametrize("name", [*sorted(PLACES), *(FORMATS if SPLITS >= 1000 else [])])
def test_a_log_cut_at_every_line(name: str, is_backwards: bool, engine: Engine, tmp_path: Path) -> None:
    log = log_of(name, tmp_path) if name in PLACES else generate_log(name, tmp_path / "log", 10, 1)
    whole = load_one_by_one(engine, [log], tmp_path / "whole.duckdb")
    for at in range(1, record_count(log)) if SPLITS >= 1000 else PLACES[name]:
        parts = cut(log, tmp_path / str(at), [at])
        trace = load_one_by_one(engine, parts[::-1] if is_backwards else parts, tmp_path / f"{at}.duckdb")
        differences = rows_only(whole).differences(rows_only(trace))
        assert not differences, "\n".join([f"before line {at + 1}", *differences[:6]])
