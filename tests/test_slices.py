"""What is too big to be recorded in one go is recorded in slices, and answers alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.mail_logs import in_order, utc, world_of
from tests.support.traces import House
from tui.store import staging
from tui.store.query_files import load_folder

LISTS = {"amazon_ses", "google_bigquery", "hornetsecurity", "kumomta", "mimecast", "mimecast_text", "proofpoint_message", "trend_micro"}
FORMATS = sorted({one.path.stem for one in load_folder("formats", None) if one.one("pending")} | LISTS)


@pytest.mark.share(2)
@pytest.mark.parametrize("slices", [5])
@pytest.mark.parametrize("name", FORMATS)
def test_slices_give_the_same_rows_as_the_whole(
    slices: int, name: str, house: House, other: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = world_of(name, tmp_path / "world", 400)[1]
    house.load(*files, config=utc(house.config))
    size = sum(file.stat().st_size for file in files)
    monkeypatch.setattr(staging, "SLICE_BYTES_OF_A_MEGABYTE", max(1, size // slices // other.config.engine.memory_mb))
    other.load(*files, config=utc(other.config))
    assert in_order(other) == in_order(house)
    assert other.rejects() == house.rejects()
    assert name in LISTS or sources_of(other) == sources_of(house)


def sources_of(house: House) -> list[tuple[object, ...]]:
    return house.ask("SELECT path, row_count, message_count, other_count, already_counted, reject_count FROM trace.source ORDER BY ALL")
