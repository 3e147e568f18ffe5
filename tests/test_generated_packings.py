"""One extended report in every encoding, packing and shape of table tells the same: all pairs of them, by a Latin square."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import lzma
import sys
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest

from sample_data.generator import boolean_of, build_world
from sample_data.generator.exo_events import COLUMNS, MessageEvents
from tests.support.mail_logs import FIRST, LAST
from tests.support.reports import assert_equals_truth, json_of

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

Capture = pytest.CaptureFixture[str]
Rows = list[list[str]]
WORLD = build_world(40, 31, formats={"exo_extended"})
BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
NOISE_SHARE = 0.2

ENCODINGS = (("utf-8", ""), ("utf-8", BOM), ("utf-16-le", ""), ("utf-16-le", BOM), ("utf-16-be", ""), ("utf-16-be", BOM), ("cp1252", ""))
TYPE = "#TYPE Selected.System.Management.Automation.PSCustomObject\r\n"
SHAPES = ((",", ""), (";", ""), ("\t", ""), (",", "sep=,\r\n"), (";", "sep=;\r\n"), ("\t", "sep=\t\r\n"), (",", TYPE))


def zipped(*members: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, member in enumerate(members):
            archive.writestr(f"MTDetail_{number}.csv", member)
    return target.getvalue()


PACKINGS: dict[str, Callable[[bytes], bytes]] = {
    "none": bytes,
    "gz": gzip.compress,
    "bz2": lambda plain: bz2.compress(plain, 1),
    "xz": lambda plain: lzma.compress(plain, preset=0),
    "zst": zstd.compress,
    "zip": zipped,
}
WAYS = (*PACKINGS, "zip of several")


@pytest.fixture(scope="module")
def rows() -> Rows:
    """Return the report's rows, most of the noise left out."""
    events, rng = MessageEvents(31), Random(31)
    return [row for one in WORLD.trace for row in events.rows(one) if row[COLUMNS.index("source")] == "SMTP" or rng.random() < NOISE_SHARE]


def table(rows: Sequence[Sequence[str]], encoding: str, bom: str, delimiter: str, before: str) -> bytes:
    text = io.StringIO(newline="")
    text.write(bom + before)
    csv.writer(text, delimiter=delimiter).writerows([COLUMNS, *rows])
    return text.getvalue().encode(encoding, "replace" if encoding == "cp1252" else "strict")


def packed(rows: Rows, way: str, encoding: str, bom: str, delimiter: str, before: str) -> bytes:
    if way != "zip of several":
        return PACKINGS[way](table(rows, encoding, bom, delimiter, before))
    return zipped(*(table(rows[part::3], encoding, bom, delimiter, before) for part in range(3)))


def test_every_pair_is_among_the_cases() -> None:
    cases = {(way, encoding, shape_of(place, turn)) for place, way in enumerate(WAYS) for turn, encoding in enumerate(ENCODINGS)}
    for first, second, size in ((0, 1, len(WAYS) * len(ENCODINGS)), (0, 2, len(WAYS) * len(SHAPES)), (1, 2, len(ENCODINGS) * len(SHAPES))):
        assert len({(case[first], case[second]) for case in cases}) == size


def shape_of(place: int, turn: int) -> tuple[str, str]:
    """Return the shape of a case: in a Latin square each stands once in every row and column."""
    return SHAPES[(place + turn) % len(SHAPES)]


@pytest.mark.share(1)
@pytest.mark.parametrize("way", WAYS)
def test_every_packing_gives_the_same_counts(way: str, rows: Rows, tmp_path: Path, capsys: Capture) -> None:
    truth: dict[str, Any] = boolean_of(WORLD, formats={"exo_extended"})
    for turn, (encoding, bom) in enumerate(ENCODINGS):
        file = tmp_path / f"{turn}.download"
        file.write_bytes(packed(rows, way, encoding, bom, *shape_of(WAYS.index(way), turn)))
        report = json_of(capsys, file, "--from", FIRST, "--to", LAST)
        assert_equals_truth(report, truth)
        assert all(one["rejected"] == 0 for one in report["sources"])
