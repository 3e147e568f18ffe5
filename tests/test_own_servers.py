"""A server that writes a tracking log is one of us, also for logs that were loaded before its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mail_logs import rows_of, utc, world_of
from tests.traces import House


@pytest.mark.parametrize("backwards", [False, True])
def test_servers_loaded_one_by_one_tell_what_they_tell_at_once(backwards: bool, house: House, other: House, tmp_path: Path) -> None:
    files = world_of("exchange_tracking", tmp_path / "world", 400)[1]
    house.load(*files, config=utc(house.config))
    for file in files[::-1] if backwards else files:
        other.load(file, config=utc(other.config))
    assert rows_of(other) == rows_of(house)
    assert any(row[1] == "internal" for row in rows_of(house))
    assert other.flow() == house.flow()
