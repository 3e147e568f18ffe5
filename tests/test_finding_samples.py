"""Findings with sample rows and what must be found in them.

A file `tests/finding_samples/FINDING.sample` has pairs of parts, each after a line that begins with `===`: messages (`=== rows`, a CSV with
the columns of `message` that matter), and the rows that the finding returns for them (`=== findings COLUMN, …`, as CSV; none where it does
not hold).
"""

from __future__ import annotations

import csv

import pytest

from tests.support.message_rows import MessageRows
from tests.support.samples import parts_of, samples_in
from tui.config import Config
from tui.rows import FindingRow
from tui.store.findings import load_findings

SAMPLES = samples_in("finding_samples")


def cell(row: FindingRow, column: str) -> str:
    value = getattr(row, column)
    return "" if value is None else str(value)


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_a_finding_finds_what_its_sample_says(name: str, message_rows: MessageRows) -> None:
    parts = parts_of(SAMPLES[name])
    cases = list(zip(parts[::2], parts[1::2], strict=True))
    assert cases
    for (rows, messages), (head, expected) in cases:
        assert rows == "rows"
        columns = [column.strip() for column in head.removeprefix("findings ").split(",")]
        found, _ = message_rows.found(name, list(csv.DictReader(messages.splitlines())))
        mine = [one.row for one in found if one.finding.id == name]
        assert [[cell(row, column) for column in columns] for row in mine] == list(csv.reader(expected.splitlines()))
    assert any(expected.strip() for _, (_, expected) in cases), "no rows in which it holds"
    assert not all(expected.strip() for _, (_, expected) in cases), "no rows in which it does not hold"


def test_each_sample_is_of_a_finding() -> None:
    assert SAMPLES.keys() - {finding.id for finding in load_findings(Config())} == set()
