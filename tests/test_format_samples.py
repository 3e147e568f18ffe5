"""Each built-in format has sample data with what must be read from it: a file here, or a folder that the generator writes.

A file `tests/format_samples/FORMAT.sample` has three parts, each after a line that begins with `===`: the sample (`=== file NAME`), the
expected rows (`=== TABLE COLUMN, …`, as CSV in the order of the lines), and the numbers of the rejected lines (`=== rejected lines`).
"""

from __future__ import annotations

import csv

import pytest

from tests.support.samples import parts_of, samples_in
from tests.support.traces import House
from tui.resources import bundled

SAMPLES = samples_in("format_samples")
FORMATS = {path.stem for path in (bundled("queries") / "formats").glob("*.sql")}


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_a_sample_is_read_as_expected(name: str, house: House) -> None:
    parts = dict(parts_of(SAMPLES[name]))
    [file] = [part for part in parts if part.startswith("file ")]
    [table] = [part for part in parts if part not in (file, "rejected lines")]
    table_name, _, columns = table.partition(" ")
    path = house.folder / file.removeprefix("file ")
    path.write_text(parts[file], encoding="utf-8")
    assert house.load(path).problems == []
    assert house.ask("SELECT format FROM trace.source") == [(name,)]
    order = "line_no" if table_name == "message" else "ALL"
    found = house.ask(f"SELECT {columns} FROM trace.{table_name} ORDER BY {order}")
    assert [["" if cell is None else str(cell) for cell in row] for row in found] == list(csv.reader(parts[table].splitlines()))
    assert [str(line) for line, _, _ in house.rejects()] == parts.get("rejected lines", "").split()


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_a_part_of_a_sample_adds_nothing(name: str, house: House) -> None:
    """A log that is rotated or exported again begins at another line: its rows are the same rows."""
    [(file, text)] = [part for part in parts_of(SAMPLES[name]) if part[0].startswith("file ")]
    path = house.folder / file.removeprefix("file ")
    path.write_text(text, encoding="utf-8")
    house.load(path)
    whole = house.ask("SELECT sum(messages), (SELECT count(*) FROM trace.own_domain) FROM trace.message")
    header, _, *rows = text.splitlines(keepends=True)
    path.with_name(f"later-{path.name}").write_text(header + "".join(rows), encoding="utf-8")
    house.load(path.with_name(f"later-{path.name}"))
    assert house.ask("SELECT sum(messages), (SELECT count(*) FROM trace.own_domain) FROM trace.message") == whole


def test_each_built_in_format_has_a_sample() -> None:
    generated = {path.name for path in (bundled("sample_data") / "every-format").iterdir()}
    of_example_corp = {
        *("accepted_domains", "connector_settings", "eac_connector_details"),
        *("exchange_smtp_receive", "exchange_smtp_send", "exo_extended"),
    }
    assert FORMATS - generated - of_example_corp - SAMPLES.keys() == set(), "add tests/format_samples/FORMAT.sample"
    assert SAMPLES.keys() <= FORMATS
