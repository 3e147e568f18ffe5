"""`report --format json` of generated worlds equals the generator's truth: per day, direction, connector and TLS version."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from sample_data.generator import World, boolean_of, build_world, write_world
from tests.support.reports import assert_equals_truth, json_of, text_of

MESSAGES = 600
FORMATS = ("exchange_smtp_receive", "exchange_smtp_send", "exo_extended", "eac_connector_details")
FIRST, LAST = date(2026, 11, 2), date(2026, 11, 15)

Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module", params=FORMATS)
def one_format(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, World, Path]:
    """Return a world of one format with settings, and its files."""
    world = build_world(MESSAGES, 4711, formats={request.param, "connector_settings"})
    folder = tmp_path_factory.mktemp(request.param)
    write_world(world, folder, plain=True)
    return request.param, world, folder


@pytest.mark.share(1)
def test_each_format_alone(one_format: tuple[str, World, Path], capsys: Capture) -> None:
    _, world, folder = one_format
    report = json_of(capsys, folder, "--from", FIRST, "--to", LAST)
    assert_equals_truth(report, boolean_of(world))
    assert sum(flow["messages"] for flow in report["flow"].values()) > 0.9 * MESSAGES
    assert_equals_truth(json_of(capsys, folder), boolean_of(world, first_day=date(2026, 11, 9), last_day=LAST))


@pytest.mark.share(1)
def test_without_settings_types_are_unknown_but_counts_are_the_same(
    one_format: tuple[str, World, Path], tmp_path: Path, capsys: Capture
) -> None:
    name, world, folder = one_format
    shutil.copytree(folder, tmp_path / "world", ignore=shutil.ignore_patterns("settings"))
    assert_equals_truth(json_of(capsys, tmp_path / "world", "--from", FIRST, "--to", LAST), boolean_of(world, formats={name}))


def test_exchange_online_never_claims_100_percent_inbound(tmp_path: Path, capsys: Capture) -> None:
    write_world(build_world(300, 5, formats={"exo_extended"}), tmp_path, plain=True)
    report = json_of(capsys, tmp_path)
    assert report["flow"]["inbound"]["protected_percent"] < 100
    text = text_of(capsys, tmp_path)
    before_the_table = text[: text.index("CONNECTOR REPORT")]
    inbound = before_the_table[before_the_table.index("Inbound: ") :]
    assert "100%" not in inbound.split("FINDINGS")[0]
    assert "100.0%" not in text
    assert "TLS not recorded for" in inbound


def test_a_send_log_alone_never_shows_inbound_as_0(tmp_path: Path, capsys: Capture) -> None:
    write_world(build_world(150, 5, formats={"exchange_smtp_send"}), tmp_path, plain=True)
    assert "inbound" not in json_of(capsys, tmp_path)["flow"]
    assert "Inbound: no data" in text_of(capsys, tmp_path)


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> tuple[World, Path]:
    """Return a world of 600 messages in all formats, packed as it comes."""
    world = build_world(MESSAGES, 12)
    folder = tmp_path_factory.mktemp("everything")
    write_world(world, folder)
    return world, folder


def test_all_formats_in_one_folder(everything: tuple[World, Path], capsys: Capture) -> None:
    world, folder = everything
    assert_equals_truth(json_of(capsys, folder, "--from", FIRST, "--to", LAST), boolean_of(world))


def test_front_end_and_hub_count_as_the_front_end_alone(everything: tuple[World, Path], capsys: Capture) -> None:
    _, folder = everything
    server = folder / "exchange-server"
    both = json_of(capsys, server / "frontend", server / "hub")
    front_end = json_of(capsys, server / "frontend")
    assert both["flow"] == front_end["flow"]
    assert both["connectors"] == front_end["connectors"]
    assert sum(one["messages"] for one in both["not_counted"] if one["direction"] == "internal") > 0
