"""Logs cut into files at any line, loaded one after the other in any order, and what must be the same as with the whole log."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import duckdb

from sample_data.generator import build_world, write_world
from tui.commands import Chosen, report
from tui.config import Config
from tui.intake.found import Given
from tui.intake.load import Progress, load_files
from tui.store.engine import Engine
from tui.store.query_files import load_folder

CONFIG = replace(Config(), log_zone="UTC")
ALL_DAYS = 400


@dataclass(frozen=True)
class Answers:
    """What a trace file holds, but for how its sources are numbered and which line of which source a row stands in."""

    report: dict[str, Any]
    messages: list[str]
    failed: list[str]
    totals: list[tuple[int, int]]

    def differences(self, other: Answers) -> list[str]:
        """Return what differs between two trace files, a line each; none when they are equal."""
        keys = sorted({*self.report, *other.report})
        found = [
            f"report: {key}: {self.report.get(key)} | {other.report.get(key)}"[:600]
            for key in keys
            if self.report.get(key) != other.report.get(key)
        ]
        for name, mine, theirs in (("message", self.messages, other.messages), ("failed session", self.failed, other.failed)):
            found += [f"{name} only in the whole: {row}" for row in _without(mine, theirs)]
            found += [f"{name} only in the parts: {row}" for row in _without(theirs, mine)]
        return found + ([f"totals: {self.totals} | {other.totals}"] if self.totals != other.totals else [])


def _without(rows: Sequence[str], others: Sequence[str]) -> list[str]:
    rest = list(others)
    return [row for row in rows if row not in rest or rest.remove(row)]


def answers_of(trace: Path) -> Answers:
    """Return what a trace file holds."""
    said = json.loads(report(Given([str(trace)]), CONFIG, Chosen(days=ALL_DAYS), "json"))
    sources = said.pop("sources")
    totals = [(sum(one["messages"] for one in sources), sum(one["rejected"] for one in sources))]
    return Answers(said, rows_of(trace, "message"), rows_of(trace, "failed_session"), totals)


def rows_only(trace: Path) -> Answers:
    """Return the rows of a trace file without its report, which takes longer than a load."""
    with duckdb.connect(str(trace), read_only=True) as connection:
        totals = connection.execute("SELECT sum(message_count), sum(reject_count) FROM source").fetchall()
    return Answers({}, rows_of(trace, "message"), rows_of(trace, "failed_session"), totals)


def rows_of(trace: Path, table: str) -> list[str]:
    """Return the rows of a table of a trace file as sorted text, without the source and line that they stand in."""
    with duckdb.connect(str(trace), read_only=True) as connection:
        rows = connection.execute(f"SELECT to_json(row) FROM (SELECT * EXCLUDE (source_id, line_no) FROM {table}) AS row").fetchall()
    return sorted(str(row[0]) for row in rows)


def joining_formats() -> list[str]:
    """Return the formats whose lines belong together, by their headers."""
    return sorted(one.path.stem for one in load_folder("formats", None) if one.one("pending"))


def generate_log(name: str, folder: Path, messages: int, seed: int) -> Path:
    """Write a generated data set of a format, and return the longest of its logs that have no more lines than four times its messages."""
    world = build_world(messages, seed, days=1, formats={name})
    files = [path for path in write_world(world, folder, plain=True) if path.suffix != ".gz"]
    sizes = sorted(((len(path.read_bytes().splitlines()), str(path), path) for path in files), reverse=True)
    return sizes[0][2]


def header_length(lines: Sequence[bytes]) -> int:
    """Return how many lines at the begin of a log are its header, which every part of it has."""
    return next((place for place, line in enumerate(lines) if not line.lstrip(b"\xef\xbb\xbf").startswith(b"#")), len(lines))


def cut(log: Path, folder: Path, borders: Sequence[int]) -> list[Path]:
    """Write the lines between borders to files of their own, which bear the log's date; borders count the lines behind its header."""
    lines = log.read_bytes().splitlines(keepends=True)
    header, body = lines[: header_length(lines)], lines[header_length(lines) :]
    parts: list[Path] = []
    for number, (start, end) in enumerate(pairwise([0, *borders, len(body)])):
        part = folder / f"part{number}" / log.parent.name / log.name
        part.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(b"".join([*header, *body[start:end]]))
        parts.append(dated(part, log))
    return parts


def dated(path: Path, log: Path) -> Path:
    """Give a file the modification time of a log, which years and rotations are inferred from."""
    os.utime(path, ns=(log.stat().st_mtime_ns, log.stat().st_mtime_ns))
    return path


def line_count(log: Path) -> int:
    """Return how many lines a log has behind its header."""
    lines = log.read_bytes().splitlines()
    return len(lines) - header_length(lines)


def random_borders(log: Path, pieces: int, rng: Random) -> list[int]:
    """Return where to cut a log into so many pieces."""
    return sorted(rng.sample(range(1, line_count(log)), pieces - 1))


def pack(part: Path, rng: Random) -> Path:
    """Rename a part, and compress it or not; it keeps its date."""
    text = part.read_bytes()
    target = part.parent / f"{rng.randrange(10**6)}-{part.name}"
    if rng.random() < 0.5:
        target = target.with_name(f"{target.name}.gz")
        text = gzip.compress(text, mtime=0)
    target.write_bytes(text)
    return dated(target, part)


def load_one_by_one(engine: Engine, parts: Sequence[Path], trace: Path) -> Path:
    """Load files into a trace file, each in a load of its own, and return it."""
    for part in parts:
        load_files(engine, CONFIG, [part], trace, Progress())
    return trace
