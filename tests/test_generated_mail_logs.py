"""Worlds of the logs of mail servers: the report equals the generator's truth, whatever way the files are cut, ordered and loaded."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sample_data.generator import World, boolean_of
from tests.support.mail_logs import FIRST, HOP_COLUMNS, LAST, check_any_way, hop_rows, recorded_rows, utc, world_of
from tests.support.reports import assert_equals_truth, json_of
from tests.support.traces import House

Capture = pytest.CaptureFixture[str]
FORMATS = ("exim", "opensmtpd", "postfix", "sendmail")
SPLITS = int(os.environ.get("MAILFLOW_SPLITS", "3"))


@pytest.fixture(scope="module", params=FORMATS)
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[World, list[Path]]:
    return world_of(request.param, tmp_path_factory.mktemp(request.param))


@pytest.mark.share(1)
def test_the_report_equals_the_truth(world: tuple[World, list[Path]], capsys: Capture) -> None:
    report = json_of(capsys, *world[1], "--from", FIRST, "--to", LAST, "--log-zone", "UTC")
    assert_equals_truth(report, boolean_of(world[0]))


@pytest.mark.share(2)
def test_every_hop_equals_the_truth(world: tuple[World, list[Path]], house: House) -> None:
    house.load(*world[1][::-1], config=utc(house.config))
    assert recorded_rows(house, HOP_COLUMNS) == hop_rows(world[0].hops, HOP_COLUMNS)
    assert house.rejects() == []


@pytest.mark.share(1)
@pytest.mark.parametrize(("name", "seed"), [(name, seed) for name in (*FORMATS, "haraka") for seed in range(SPLITS)])
def test_any_cut_and_order_gives_the_same_counts(name: str, seed: int, house: House, other: House, tmp_path: Path) -> None:
    check_any_way(house, other, world_of(name, tmp_path / "world", 150, seed)[1], seed)


@pytest.mark.share(1)
@pytest.mark.parametrize("seed", [11, 22])
def test_clear_text_of_sendmail_behind_a_cut(seed: int, house: House, other: House, tmp_path: Path) -> None:
    check_any_way(house, other, world_of("sendmail", tmp_path / "world", 150, seed)[1], seed)
