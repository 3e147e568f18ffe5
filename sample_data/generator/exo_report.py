"""The extended report's files: three downloads of one search, in three encodings, rows in no order."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import NamedTuple, TextIO

from sample_data.generator.exo_events import COLUMNS, MessageEvents
from sample_data.generator.exo_plan import TraceMessage
from sample_data.generator.hops import DAY_MS
from sample_data.generator.smtp_log import gzip_text

_SHUFFLED_ROWS = 200
_CROSSING_SHARE = 0.04


class Part(NamedTuple):
    """One file of the report; `days_back` is how many days before the last one it begins (0: the last day)."""

    stem: str
    encoding: str
    has_bom: bool
    packing: str
    quoting: int
    days_back: int


PARTS = (
    Part("MTDetail_1", "utf-16-le", False, "zip", csv.QUOTE_MINIMAL, 9999),
    Part("MTDetail_2", "utf-16-le", True, "gz", csv.QUOTE_MINIMAL, 6),
    Part("MTDetail_3", "utf-8", False, "gz", csv.QUOTE_ALL, 1),
)
"""The first is as Exchange Online gives it, the second was saved again with a byte order mark, the third as UTF-8."""


def write_exo(messages: Sequence[TraceMessage], folder: Path, seed: int, *, last_ms: int, plain: bool) -> list[Path]:
    """Write all events. Most messages stand in the file of their day; the rows of a few are spread over all files."""
    folder.mkdir(parents=True, exist_ok=True)
    events, rng = MessageEvents(seed), Random(f"{seed}:exo-files")
    today = last_ms - last_ms % DAY_MS
    with ExitStack() as stack:
        opened = [_open(part, folder, stack, plain=plain) for part in PARTS]
        sinks = [_Sink(text, part.quoting, rng) for part, (_, text) in zip(PARTS, opened, strict=True)]
        for message in messages:
            crosses = rng.random() < _CROSSING_SHARE
            place = _part_of(message.at_ms, today)
            for row in events.rows(message):
                sinks[rng.randrange(len(PARTS)) if crosses else place].add(row)
        for sink in sinks:
            sink.flush()
    return [path for path, _ in opened]


def _part_of(at_ms: int, today_ms: int) -> int:
    return max(i for i, part in enumerate(PARTS) if at_ms >= today_ms - part.days_back * DAY_MS)


class _Sink:
    """Takes rows and writes them on in batches, each batch out of order."""

    def __init__(self, text: TextIO, quoting: int, rng: Random) -> None:
        self._write: Callable[[list[list[str]]], object]
        writer = csv.writer(text, quoting=quoting)  # pyright: ignore[reportArgumentType]
        writer.writerow(COLUMNS)
        self._write = writer.writerows
        self._rng = rng
        self._rows: list[list[str]] = []

    def add(self, row: list[str]) -> None:
        self._rows.append(row)
        if len(self._rows) >= _SHUFFLED_ROWS:
            self.flush()

    def flush(self) -> None:
        self._rng.shuffle(self._rows)
        self._write(self._rows)
        self._rows.clear()


def _open(part: Part, folder: Path, stack: ExitStack, *, plain: bool) -> tuple[Path, TextIO]:
    name = f"{part.stem}.csv"
    if plain:
        path = folder / name
        text: TextIO = stack.enter_context(path.open("w", encoding=part.encoding, newline=""))
    elif part.packing == "zip":
        path = folder / f"{part.stem}.zip"
        archive = stack.enter_context(zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED))
        info = zipfile.ZipInfo(name, date_time=(2026, 11, 15, 12, 0, 0))
        info.compress_type = zipfile.ZIP_DEFLATED
        member = stack.enter_context(archive.open(info, "w", force_zip64=True))
        text = stack.enter_context(io.TextIOWrapper(member, encoding=part.encoding, newline=""))
    else:
        path = folder / f"{name}.gz"
        text = stack.enter_context(gzip_text(stack.enter_context(path.open("wb")), part.encoding))
    if part.has_bom:
        text.write("\N{ZERO WIDTH NO-BREAK SPACE}")
    return path, text
