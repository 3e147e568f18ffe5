"""Generated worlds of thousands of messages: what the program counts is what really happened."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import pytest

from sample_data.generator import World, boolean_of, build_world, write_world
from sample_data.generator.hops import ALL_FORMATS, EAC, EXO, RECEIVE, SEND, SETTINGS
from tests.support.traces import House
from tui.config import Config, EngineConfig
from tui.store.engine import start_engine
from tui.store.query_files import load_folder
from tui.store.trace_file import attach_trace, detach_trace

MESSAGES = 800
SEED = 20261115
Row = tuple[str, str, str | None, str]


class Maker(Protocol):
    def __call__(self, formats: Collection[str], keep: Callable[[Path], bool] = ...) -> House: ...


pytestmark = pytest.mark.xdist_group("world")


@pytest.fixture(scope="module")
def world() -> World:
    """Return one world with 5,000 messages in each format."""
    return build_world(MESSAGES, SEED, formats=ALL_FORMATS)


@pytest.fixture(scope="module")
def written(world: World, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], list[Path]]:
    """Return a function that answers the files of one format, written when they are first asked for."""
    folder = tmp_path_factory.mktemp("world")

    @cache
    def write(form: str) -> list[Path]:
        return write_world(world, folder / form, only={form}, plain=True)

    return write


@pytest.fixture
def make(written: Callable[[str], list[Path]], tmp_path: Path) -> Iterator[Maker]:
    """Return a function that loads the files of some formats together."""
    engine = start_engine(EngineConfig(memory_mb=700, threads=2, temp_folder=str(tmp_path)))

    def load(formats: Collection[str], keep: Callable[[Path], bool] = lambda _: True) -> House:
        files = [file for form in formats for file in written(form) if keep(file)]
        house = House(engine, tmp_path, Config())
        loaded = house.load(*files)
        assert (loaded.sources, loaded.problems, loaded.already_loaded) == (len(files), [], [])
        assert house.rejects() == []
        return house

    yield load
    engine.close()


def counted(house: House) -> Counter[Row]:
    """Return the flow by day, direction, connector and TLS, from the rollup."""
    sql = "SELECT CAST(day AS VARCHAR), direction, connector, tls, CAST(sum(messages) AS BIGINT) FROM flow GROUP BY ALL"
    return Counter({tuple(row[:4]): row[4] for row in house.ask(sql)})


def true_counts(truth: dict[str, Any]) -> Counter[Row]:
    return Counter(
        {
            (row["date"], row["direction"], row["connector"], tls): messages
            for row in truth["connectors"]
            for tls, messages in row["tls"].items()
        }
    )


def kept_apart(house: House) -> dict[str, int]:
    """Return the counts that are in no card, as the truth has them."""
    sql = """
        SELECT
            CASE WHEN direction IN ('submission', 'internal') THEN CAST(direction AS VARCHAR) ELSE CAST(status AS VARCHAR) END,
            CAST(sum(messages) AS BIGINT)
        FROM trace.flow_quarter
        WHERE (direction IN ('submission', 'internal') AND status IN ('accepted', 'delivered'))
            OR (direction IN ('inbound', 'outbound') AND status NOT IN ('accepted', 'delivered'))
        GROUP BY ALL
    """
    return dict(house.ask(sql))


def failed_sessions(house: House) -> list[dict[str, Any]]:
    """Return the sessions that failed, as the truth has them."""
    sql = "SELECT CAST(direction AS VARCHAR), connector, kind, error, count(*) FROM trace.failed_session GROUP BY ALL ORDER BY ALL"
    names = ("direction", "connector", "kind", "error", "sessions")
    return [dict(zip(names, row, strict=True)) for row in house.ask(sql)]


def assert_true(house: House, world: World, formats: Collection[str]) -> None:
    truth = boolean_of(world, formats=formats)
    found, wanted = counted(house), true_counts(truth)
    assert found - wanted == Counter(), "counted too often"
    assert wanted - found == Counter(), "not counted"
    assert sum(found.values()) >= MESSAGES * 0.9 * len(set(formats) - {SETTINGS})
    assert kept_apart(house) == {name: count for name, count in truth["counts"].items() if count}
    assert failed_sessions(house) == truth["failed_sessions"]


@pytest.mark.share(2)
@pytest.mark.parametrize("form", [RECEIVE, SEND, EXO, EAC])
def test_a_format_alone_is_counted_exactly(make: Maker, world: World, form: str) -> None:
    assert_true(make({form}), world, {form})


def test_all_formats_in_one_folder_are_counted_exactly_and_pass_every_audit(make: Maker, world: World) -> None:
    house = make(ALL_FORMATS)
    assert_true(house, world, ALL_FORMATS)
    attach_trace(house.engine, house.target, "read")
    for audit in load_folder("audits"):
        assert house.engine.connection.execute(audit.sql).fetchall() == [], audit.name
    types = "SELECT DISTINCT direction, connector, connector_type, forced_tls FROM flow WHERE connector IS NOT NULL"
    found = {(row[0], row[1]): (row[2], row[3]) for row in house.engine.connection.execute(types).fetchall()}
    detach_trace(house.engine)
    wanted = {
        (row["direction"], row["connector"]): (row["connector_type"], row["forced_tls"])
        for row in boolean_of(world)["connectors"]
        if row["connector"] and row["forced_tls"] is not None and (row["direction"], row["connector"]) in known(world)
    }
    assert wanted
    assert {key: found[key] for key in wanted} == wanted


def known(world: World) -> set[tuple[str, str]]:
    return {(one.direction, one.name) for one in world.settings}


def test_front_end_and_hub_count_what_the_front_end_counts_alone(make: Maker, world: World) -> None:
    house = make({RECEIVE}, lambda file: "frontend" in file.parts)
    assert counted(house) == true_counts(boolean_of(world, formats={RECEIVE}))


def test_loads_one_after_the_other_count_what_one_load_counts(house: House) -> None:
    order = (EAC, EXO, SEND, RECEIVE)
    small = build_world(150, SEED, formats=order)
    for form in order:
        house.load(*write_world(small, house.folder / form, only={form}))
    assert counted(house) == true_counts(boolean_of(small, formats=order))
    assert failed_sessions(house) == boolean_of(small, formats=order)["failed_sessions"]


def test_the_bundled_sample_has_its_expected_counts(house: House) -> None:
    sample = Path(__file__).parent.parent / "sample_data"
    loaded = house.load(sample / "example-corp")
    assert (loaded.problems, loaded.already_loaded) == ([], [])
    truth = json.loads((sample / "example-corp-truth.json").read_text())["whole"]
    assert counted(house) == true_counts(truth)
    assert failed_sessions(house) == truth["failed_sessions"]
