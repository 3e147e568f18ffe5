"""A server that writes a tracking log is one of us, also for logs that were loaded before its own."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from tests.support.mail_logs import rows_of, utc, world_of
from tests.support.reports import hops, write_table
from tests.support.traces import House
from tui.cli import run

pytestmark = pytest.mark.share(0.25)


@pytest.mark.parametrize("backwards", [False, True])
def test_servers_loaded_one_by_one_give_the_same_as_at_once(backwards: bool, house: House, other: House, tmp_path: Path) -> None:
    files = world_of("exchange_tracking", tmp_path / "world", 400)[1]
    house.load(*files, config=utc(house.config))
    for file in files[::-1] if backwards else files:
        other.load(file, config=utc(other.config))
    assert rows_of(other) == rows_of(house)
    assert any(row[1] == "internal" for row in rows_of(house))
    assert other.flow() == house.flow()


def directions(trace: Path) -> set[str]:
    with duckdb.connect(str(trace), read_only=True) as connection:
        return {str(row[0]) for row in connection.execute("SELECT direction FROM message").fetchall()}


def test_own_servers_that_changed_count_without_a_new_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table, trace = tmp_path / "t.csv", tmp_path / "t.duckdb"
    write_table(table, hops(4, "TLS 1.2", peer_host="relay.example.com"))
    config = tmp_path / "config.toml"
    config.write_text('own_servers = ["RELAY.example.com"]\n')
    assert run(["load", str(table), "--into", str(trace)]) == 0
    assert directions(trace) == {"inbound"}
    assert run(["load", str(table), "--into", str(trace), "--config", str(config)]) == 0
    assert "own servers of the configuration changed" in capsys.readouterr().err
    assert directions(trace) == {"internal"}
    before = trace.read_bytes()
    assert run(["load", str(table), "--into", str(trace), "--config", str(config)]) == 0
    assert "own servers of" not in capsys.readouterr().err
    assert trace.read_bytes() == before
