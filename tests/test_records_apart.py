"""Exports cut anywhere, between the rows of one message too, and loaded one after the other answer as the whole does."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Sequence
from itertools import takewhile
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.support.mail_logs import in_order, utc, world_of
from tests.support.traces import House

FORMATS = (
    "amazon_ses", "exchange_tracking_export", "exo_connector_messages", "exo_enhanced", "exo_message_trace", "google_bigquery",
    "google_log_search", "hornetsecurity", "mimecast", "mimecast_text", "proofpoint_maillog", "proofpoint_message", "trend_micro",
)  # fmt: skip
TRACE = "MessageTraceId,Received,SenderAddress,RecipientAddress,Subject,Status,FromIP,ToIP,MessageId"


@pytest.mark.parametrize("seed", [1])
@pytest.mark.share(1)
@pytest.mark.parametrize("name", FORMATS)
def test_records_cut_anywhere(name: str, seed: int, house: House, other: House, tmp_path: Path) -> None:
    rng = Random(f"{name} {seed}")
    files = [path for path in world_of(name, tmp_path / "world", 200)[1] if path.suffix in (".csv", ".json", ".log")]
    house.load(*files, config=utc(house.config))
    parts = [part for number, path in enumerate(files) for part in cut_records(path, other.folder / str(number), rng)]
    assert len(parts) > len(files)
    rng.shuffle(parts)
    for part in parts:
        assert not other.load(part, config=utc(other.config)).problems
    assert in_order(other) == in_order(house)


@pytest.mark.parametrize("is_turned", [False, True])
def test_a_message_that_one_list_parts_has_all_its_recipients_and_its_best_outcome(is_turned: bool, house: House, tmp_path: Path) -> None:
    row = "t1,2026-11-12T10:00:00Z,anna@example.com,{}@partner.example,Hi,{},,192.0.2.9,<a@example.com>"
    files = [tmp_path / name for name in ("page1.csv", "page2.csv")]
    for path, text in zip(files, (row.format("ben", "Failed"), row.format("cem", "Delivered")), strict=True):
        path.write_text(f"{TRACE}\n{text}\n")
    for path in reversed(files) if is_turned else files:
        house.load(path)
    (recipients, status, reply) = house.one("recipients, CAST(status AS VARCHAR), reply")
    assert (sorted(recipients), status, reply) == (["ben@partner.example", "cem@partner.example"], "delivered", "Delivered")


def test_a_later_export_has_the_final_status_of_a_message(house: House, tmp_path: Path) -> None:
    row = "t1,2026-11-12T10:00:00Z,anna@example.com,ben@partner.example,Hi,{},,192.0.2.9,<a@example.com>\n"
    for name, status in (("early", "Pending"), ("late", "Delivered"), ("again", "Pending")):
        (tmp_path / f"{name}.csv").write_text(f"{TRACE}\n{row.format(status)}# {name}\n")
        house.load(tmp_path / f"{name}.csv")
    assert house.one("CAST(status AS VARCHAR), reply, recipients") == ("delivered", "Delivered", ["ben@partner.example"])


def cut_records(path: Path, folder: Path, rng: Random) -> Sequence[Path]:
    """Write the records of a table, of JSON or of lines to three files of the same date."""
    text = path.read_bytes().decode("utf-16" if b"\0" in path.read_bytes()[:20] else "utf-8-sig")
    head, records = {".json": _json, ".log": _lines}.get(path.suffix, _rows)(text)
    borders = sorted(rng.randint(0, len(records)) for _ in range(2))
    parts: list[Path] = []
    folder.mkdir()
    for number, (start, end) in enumerate(zip([0, *borders], [*borders, len(records)], strict=True)):
        if start < end:
            parts.append(folder / f"{path.stem} {number}{path.suffix}")
            parts[-1].write_bytes("\r\n".join([*head, *records[start:end], ""]).encode())
            os.utime(parts[-1], (path.stat().st_mtime, path.stat().st_mtime))
    return parts


def _json(text: str) -> tuple[list[str], list[str]]:
    try:
        result: Any = json.loads(text)
    except ValueError:
        return [], text.splitlines()
    lists: list[list[Any]] = [result] if isinstance(result, list) else [value for value in result.values() if isinstance(value, list)]
    return [], [json.dumps(one) for one in lists[0]]


def _lines(text: str) -> tuple[list[str], list[str]]:
    return [], text.splitlines()


def _rows(text: str) -> tuple[list[str], list[str]]:
    lines = text.splitlines(keepends=True)
    preamble = list(takewhile(lambda line: line.startswith(("#", "sep=")), lines))
    body = "".join(lines[len(preamble) :])
    delimiter = max(",;\t", key=body.splitlines()[0].count)
    rows = [_row(row, delimiter) for row in csv.reader(io.StringIO(body), delimiter=delimiter) if row]
    return [*(line.strip() for line in preamble), rows[0]], rows[1:]


def _row(row: Sequence[str], delimiter: str) -> str:
    target = io.StringIO()
    csv.writer(target, delimiter=delimiter).writerow(row)
    return target.getvalue().removesuffix("\r\n")
