"""Files cut in parts at any record, loaded one after the other in any order, and what must be the same as with the whole file."""

from __future__ import annotations

import gzip
import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any, cast

import duckdb

from sample_data.generator import build_world, write_world
from tui.commands import Chosen, report
from tui.config import Config, EngineConfig
from tui.intake.discovery import InputPaths
from tui.intake.load import Progress, load_files
from tui.store.engine import Engine, start_engine
from tui.store.query_files import load_folder, load_query

CONFIG = replace(Config(), log_zone="UTC")
ALL_DAYS = 400
MAX_PARTS = 3


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
    said = json.loads(report(InputPaths([str(trace)]), CONFIG, Chosen(days=ALL_DAYS), "json"))
    sources = said.pop("sources")
    totals = [(sum(one["messages"] for one in sources), sum(one["rejected"] for one in sources))]
    return Answers(said, rows_of(trace, "message"), rows_of(trace, "failed_session"), totals)


def rows_only(trace: Path) -> Answers:
    """Return the rows of a trace file without its report, which takes longer than a load."""
    with duckdb.connect(str(trace), read_only=True) as connection:
        totals = connection.execute("SELECT sum(message_count), sum(reject_count) FROM source").fetchall()
    return Answers({}, rows_of(trace, "message"), rows_of(trace, "failed_session"), totals)


def rows_of(trace: Path, table: str) -> list[str]:
    """Return the rows of a table of a trace file as sorted text, without their source and line, and without how they are stored.

    A message with one observation is stored with what its observation recorded (`recorded_…`); of one with several, the
    observations are stored besides (`is_merged`). So these columns depend on how many files recorded a hop.
    """
    picked = "COLUMNS(LAMBDA name: name NOT IN ('source_id', 'line_no', 'is_merged') AND NOT starts_with(name, 'recorded_'))"
    with duckdb.connect(str(trace), read_only=True) as connection:
        rows = connection.execute(f"SELECT to_json(row) FROM (SELECT {picked} FROM {table}) AS row").fetchall()
    return sorted(str(row[0]) for row in rows)


@dataclass(frozen=True)
class Records:
    """The records of a file: lines, rows, objects or mails, and what every part of it has around them."""

    head: bytes
    items: Sequence[bytes]
    between: bytes = b""
    tail: bytes = b""

    def part(self, start: int, end: int) -> bytes:
        """Return the content of a file with some of the records."""
        return self.head + self.between.join(self.items[start:end]) + self.tail


def records_of(log: Path) -> Records:
    """Return the records of a file of text, whatever its form."""
    data = log.read_bytes()
    encoding = "utf-16-le" if data[1:2] == b"\0" or data.startswith(b"\xff\xfe") else "utf-8"
    text = data.decode(encoding)
    if text.lstrip()[:1] in ("[", "{") and not _is_json_lines(text):
        return _json_records(json.loads(text))
    if log.suffix in (".mbox", ".eml"):
        starts = [found.start() for found in re.finditer(r"^From ", text, re.M)] or [0]
        return Records(b"", [text[start:end].encode() for start, end in pairwise([*starts, len(text)])])
    has_quoted_lines = log.suffix == ".csv" or log.name.startswith("MSGTRK")  # folded subjects
    records = list(_rows(text)) if has_quoted_lines else text.splitlines(keepends=True)
    header = _header_length(records, is_table=log.suffix == ".csv")
    return Records("".join(records[:header]).encode(encoding), [record.encode(encoding) for record in records[header:]])


def _is_json_lines(text: str) -> bool:
    first = text.splitlines()[0].strip()
    return first.startswith("{") and first.endswith("}") and len(text.splitlines()) > 1


def _json_records(value: Any) -> Records:
    """Return the objects of an array, or of the first array that an object wraps."""
    if isinstance(value, list):
        return Records(b"[", [json.dumps(one).encode() for one in cast("list[Any]", value)], b",\n", b"]\n")
    key = next(key for key, inner in value.items() if isinstance(inner, list))
    others = "".join(f"{json.dumps(name)}: {json.dumps(inner)}, " for name, inner in value.items() if name != key)
    return Records(f"{{{others}{json.dumps(key)}: [".encode(), [json.dumps(one).encode() for one in value[key]], b",\n", b"]}\n")


def _rows(text: str) -> Iterator[str]:
    """Yield the rows of CSV, whose values may contain line ends."""
    row = ""
    for line in text.splitlines(keepends=True):
        row += line
        if row.count('"') % 2 == 0:
            yield row
            row = ""


def _header_length(records: Sequence[str], *, is_table: bool) -> int:
    """Return how many records at the begin of a file are its header, which every part of it has."""
    comments = next((place for place, one in enumerate(records) if not one.lstrip("\ufeff").startswith(("#", "sep="))), len(records))
    return comments + (is_table and not records[comments].startswith("20"))


def message_formats() -> list[str]:
    """Return the formats that bring messages, by their headers."""
    return sorted(one.path.stem for one in load_folder("formats", None) if one.one("into") == "message")


def generate_log(name: str, folder: Path, messages: int, seed: int) -> Path:
    """Write a generated data set of a format, and return one of its files: with seed 0 the largest, else another by turns."""
    if name == "message_table":
        return _write_table(generate_log("amazon_ses", folder, messages, seed), folder / "table" / "messages.csv")
    days = 9 if name == "eac_connector_details" else 1  # it has one row a day
    world = build_world(messages, seed, days=days, formats={name})
    files = [path for path in write_world(world, folder, plain=True) if path.suffix != ".gz" and "AcceptedDomains" not in path.name]
    sizes = sorted((-path.stat().st_size, str(path)) for path in files if path.read_bytes()[:2] != b"\x1f\x8b")
    logs = [log for _, text in sizes if len(records_of(log := Path(text)).items) >= MAX_PARTS]
    return logs[seed % len(logs)]


def _write_table(log: Path, target: Path) -> Path:
    """Write the messages of a log as a table in CSV."""
    engine = start_engine(EngineConfig(memory_mb=300, threads=1, temp_folder=str(log.parent)))
    trace = load_one_by_one(engine, [log], log.parent / "table.duckdb")
    engine.close()
    columns = ", ".join(name for name in load_query("formats/message_table").listed("columns"))
    target.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(trace), read_only=True) as connection:
        connection.execute(f"COPY (SELECT {columns} FROM message ORDER BY ALL) TO '{target}' (HEADER)")
    return dated(target, log)


def cut(log: Path, folder: Path, borders: Sequence[int]) -> list[Path]:
    """Write the records between borders to files of their own, which bear the log's date."""
    records = records_of(log)
    parts: list[Path] = []
    for number, (start, end) in enumerate(pairwise([0, *borders, len(records.items)])):
        part = folder / f"part{number}" / log.parent.name / log.name
        part.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(records.part(start, end))
        parts.append(dated(part, log))
    return parts


def dated(path: Path, log: Path) -> Path:
    """Give a file the modification time of a log, which years and rotations are inferred from."""
    os.utime(path, ns=(log.stat().st_mtime_ns, log.stat().st_mtime_ns))
    return path


def record_count(log: Path) -> int:
    """Return how many records a file has."""
    return len(records_of(log).items)


def random_borders(log: Path, pieces: int, rng: Random) -> list[int]:
    """Return where to cut a log into so many pieces."""
    return sorted(rng.sample(range(1, record_count(log)), pieces - 1))


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


def source_of(trace: Path, part: Path) -> int:
    """Return the number of a part's source in a trace file."""
    with duckdb.connect(str(trace), read_only=True) as connection:
        found = connection.execute("SELECT source_id FROM source WHERE path = $path", {"path": str(part)}).fetchall()
    return int(found[0][0])
