"""Days and hours of a display zone: windows, rows, and daily totals that stay on their day."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import pytest

from tests.support.reports import hops, json_of, text_of, write_table
from tests.support.traces import exo_in, write_eac, write_exo
from tui.cli import run
from tui.config import checked_zone
from tui.errors import ConfigError
from tui.store.window import choose_window

pytestmark = pytest.mark.share(0.25)

Capture = pytest.CaptureFixture[str]


def test_a_window_is_of_whole_days_of_its_zone() -> None:
    window = choose_window(datetime(2026, 11, 2), datetime(2026, 11, 15, 23, 30), zone="Europe/Vienna")
    assert (window.first_day, window.last_day) == (date(2026, 11, 10), date(2026, 11, 16))  # 23:30 UTC is past midnight there
    assert (window.since, window.until) == (datetime(2026, 11, 9, 23), datetime(2026, 11, 16, 23))


def test_a_day_with_a_changed_clock_has_25_hours() -> None:
    window = choose_window(
        datetime(2026, 10, 1), datetime(2026, 10, 26), first_day=date(2026, 10, 25), last_day=date(2026, 10, 25), zone="Europe/Vienna"
    )
    assert (window.until - window.since).total_seconds() == 25 * 3600


def test_the_report_counts_by_days_of_the_zone(tmp_path: Path, capsys: Capture) -> None:
    rows = hops(3, "TLS 1.2", "2026-11-12T10:00:00") + hops(2, "TLS 1.0", "2026-11-12T23:30:00")
    table = write_table(tmp_path / "t.csv", rows)
    utc = {row["date"]: row["messages"] for row in json_of(capsys, table)["connectors"]}
    vienna = json_of(capsys, table, "--zone", "Europe/Vienna")
    assert utc == {"2026-11-12": 5}
    assert {row["date"]: row["messages"] for row in vienna["connectors"]} == {"2026-11-12": 3, "2026-11-13": 2}
    assert vienna["window"]["from"] == "2026-11-06T23:00:00Z"
    assert "Europe/Vienna" in text_of(capsys, table, "--zone", "Europe/Vienna").splitlines()[0]


@pytest.mark.share(3)
@pytest.mark.parametrize("zone", ["UTC", "Europe/Vienna", "America/Los_Angeles", "Pacific/Kiritimati"])
def test_a_daily_total_stays_on_its_day(tmp_path: Path, capsys: Capture, zone: str) -> None:
    total = write_eac(tmp_path / "eac.csv", ("2026-11-09", "From partner - Fabrikam", 3, 735, 0, 458, 8, 1204))
    result = json_of(capsys, total, "--zone", zone, "--from", "2026-11-09", "--to", "2026-11-09")
    assert [(row["date"], row["messages"]) for row in result["connectors"]] == [("2026-11-09", 1204)]
    assert result["flow"]["inbound"]["messages"] == 1204


@pytest.mark.share(2)
@pytest.mark.parametrize("where", [None, "connector is Fabrikam or sender domain is other.example"])
@pytest.mark.parametrize(
    ("zone", "counted", "not_counted"),
    [
        ("UTC", {"2026-11-10": {"TLS 1.3": 1}, "2026-11-11": {"TLS 1.2": 30}}, 100),
        ("America/Los_Angeles", {"2026-11-10": {"TLS 1.3": 1}, "2026-11-11": {"TLS 1.2": 30}}, 100),
        ("Europe/Vienna", {"2026-11-10": {"TLS 1.2": 100}, "2026-11-11": {"TLS 1.3": 1}}, 30),
        ("Pacific/Kiritimati", {"2026-11-10": {"TLS 1.2": 100}, "2026-11-11": {"TLS 1.3": 1}}, 30),
    ],
)
def test_messages_replace_the_total_of_their_day_in_the_zone_also_where_a_filter_is(
    tmp_path: Path, capsys: Capture, zone: str, counted: dict[str, dict[str, int]], not_counted: int, where: str | None
) -> None:
    label = "From partner - Fabrikam"
    totals = write_eac(tmp_path / "eac.csv", ("2026-11-10", label, 0, 0, 0, 100, 0, 100), ("2026-11-11", label, 0, 0, 0, 30, 0, 30))
    data = "'S:InboundConnectorData=Name=Fabrikam;ConnectorType=Partner';S:tlsversion=TLS1.3"
    exo = write_exo(tmp_path / "exo.csv", exo_in(1, custom_data=data, date_time_utc="2026-11-10T23:30:00.000Z"))
    config = tmp_path / "config.toml"
    config.write_text(f'zone = "{zone}"\n')
    asked = (totals, exo, "--config", config, *(("--where", where) if where else ()))
    assert {row["date"]: row["tls"] for row in json_of(capsys, *asked)["connectors"]} == counted
    assert run(["sources", str(totals), str(exo), "--config", str(config), "--format", "json"]) == 0
    assert [one["not_counted"] for one in json.loads(capsys.readouterr().out)] == [not_counted, 0]


def test_a_zone_that_is_none_is_one_clear_line() -> None:
    with pytest.raises(ConfigError, match=r"unknown time zone .* \(expected a name such as Europe/Vienna"):
        checked_zone("Vienna")
