"""Findings about servers, handshakes and gaps: each where it fires, where it just does not, with too little, and with nothing recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.support.reports import finding_of, hops, json_of, text_of, write_rows
from tests.support.traces import House, write_csv
from tests.test_settings import IN_COLUMNS, inbound
from tui.cli import run
from tui.config import Config, FindingsConfig
from tui.store.findings import FoundFinding, ask_findings
from tui.store.query_runner import QueryRunner
from tui.store.questions import ask_window
from tui.store.trace_file import attach_trace, detach_trace

Capture = pytest.CaptureFixture[str]
Rows = list[dict[str, object]]
FORCED_FORMAT = ("messages", "recorded", "percent", "limit_percent")


def said(finding: Mapping[str, Any] | None) -> tuple[object, ...]:
    assert finding is not None
    return tuple(finding[key] for key in FORCED_FORMAT)


def test_tls_1_1_is_seen_however_little(tmp_path: Path, capsys: Capture) -> None:
    found = finding_of(json_of(capsys, write_rows(tmp_path / "t.csv", hops(1, "TLS 1.1") + hops(7, "TLS 1.2") + hops(9, ""))), "tls11_seen")
    assert said(found) == (1, 8, 12.5, 0)
    others = hops(9, "TLS 1.0") + hops(9, "TLS 1.2") + hops(9, "SSL") + hops(9, "") + hops(1, "TLS 1.1", "2026-11-01T10:00:00")
    assert finding_of(json_of(capsys, write_rows(tmp_path / "others.csv", others)), "tls11_seen") is None


def of_server(count: int, tls: str, peers: int = 3, server: str = "ex01", **others: Any) -> Rows:
    """Return mail of a server, dealt to peers in turn."""
    rows = hops(count, tls, server=server, **others)
    return [row | {"peer_host": f"mx{place % peers}.partner.example"} for place, row in enumerate(rows)]


def test_an_own_server_that_never_exceeds_tls_1_0(tmp_path: Path, capsys: Capture) -> None:
    rows = of_server(20, "TLS 1.0", time="2026-10-01T10:00:00") + of_server(10, "SSL") + of_server(40, "TLS 1.3", direction="outbound")
    rows += of_server(5, "No TLS") + of_server(2, "") + of_server(50, "TLS 1.2", server="ex02")
    found = finding_of(json_of(capsys, write_rows(tmp_path / "t.csv", rows)), "server_ceiling")
    assert found is not None
    assert said(found) == (30, 30, 100.0, 0)
    assert (found["direction"], found["connector"], found["what"]) == ("inbound", None, "ex01")
    told = "30 messages with 3 peers in the whole file, none above TLS 1.0; 2 do not say"
    assert found["evidence"] == told
    assert f"Inbound · ex01 · {told} · last 12 Nov 10:00" in text_of(capsys, tmp_path / "t.csv")


@pytest.mark.parametrize(
    "rows",
    [
        of_server(29, "TLS 1.0"),
        of_server(60, "TLS 1.0", peers=2),
        of_server(60, "TLS 1.0") + of_server(1, "TLS 1.1"),
        of_server(60, "TLS 1.0") + of_server(1, "TLS 1.2", status="rejected"),
        of_server(60, "TLS 1.0") + of_server(1, "TLS (version unknown)", time="2026-10-01T10:00:00"),
        of_server(60, "TLS 1.0", server=""),
        of_server(60, "TLS 1.0", direction="submission"),
        of_server(60, "TLS 1.0", system="Exchange Online"),  # not an own server
        of_server(60, ""),
        of_server(60, "No TLS"),
        of_server(60, "TLS 1.0", time="2026-10-01T10:00:00") + of_server(1, "No TLS"),  # silent in the window
    ],
)
def test_a_server_that_is_not_known_to_be_the_fault(tmp_path: Path, capsys: Capture, rows: Rows) -> None:
    assert finding_of(json_of(capsys, write_rows(tmp_path / "t.csv", rows)), "server_ceiling") is None


def test_how_many_peers_make_a_ceiling_is_a_setting(tmp_path: Path, capsys: Capture) -> None:
    config = tmp_path / "config.toml"
    config.write_text("[findings]\nmin_recorded = 4\nceiling_peers = 2\n")
    table = write_rows(tmp_path / "t.csv", of_server(4, "TLS 1.0", peers=2))
    assert said(finding_of(json_of(capsys, table, "--config", config), "server_ceiling")) == (4, 4, 100.0, 0)


def failure(
    peer: str | None = "mx1.partner.example",
    error: str | None = "SocketError",
    direction: str = "inbound",
    connector: str | None = "Fabrikam",
    kind: str = "handshake failed",
    time: str = "2026-11-12 09:00:00",
) -> tuple[object, ...]:
    return (time, direction, connector, "Table", peer, kind, error, 1, 1)


def with_failures(tmp_path: Path, failures: Sequence[tuple[object, ...]]) -> Path:
    """Return a trace file with some mail, a Partner connector, and sessions that failed."""
    trace = tmp_path / "trace.duckdb"
    write_rows(tmp_path / "mail.csv", hops(5, "TLS 1.2", connector="Fabrikam"))
    write_csv(tmp_path / "connectors.csv", [inbound(RequireTls="False")], IN_COLUMNS)
    assert run(["load", str(tmp_path / "mail.csv"), str(tmp_path / "connectors.csv"), "--into", str(trace)]) == 0
    columns = "time_utc, direction, connector, system, peer_host, kind, error, hop_key, source_id, is_duplicate"
    with duckdb.connect(trace) as connection:
        for row in failures:
            connection.execute(f"INSERT INTO failed_session ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, FALSE)", list(row))
    return trace


def test_handshakes_that_fail_with_the_same_peer(tmp_path: Path, capsys: Capture) -> None:
    failures = [failure(), failure(error="AlgorithmMismatch", time="2026-11-12 09:30:00"), failure(error="AlgorithmMismatch")]
    failures += [failure("mx2.partner.example", "IllegalMessage")] * 2 + [failure(None, "IllegalMessage")] * 2
    failures += [failure("mx3.partner.example", kind="no mail")] * 9
    trace = with_failures(tmp_path, failures)
    found = finding_of(json_of(capsys, trace), "handshakes_failing")
    assert found is not None
    assert said(found) == (3, 7, 42.9, 0)
    assert (found["direction"], found["connector"], found["what"]) == ("inbound", "Fabrikam", "mx1.partner.example")
    told = "3 failed handshakes with 1 peer, most often AlgorithmMismatch (2)"
    assert found["evidence"] == told
    assert f"From partner - Fabrikam · mx1.partner.example · {told} · last 12 Nov 09:30" in text_of(capsys, trace)


def test_failing_handshakes_without_a_connector_name_direction_and_peer(tmp_path: Path, capsys: Capture) -> None:
    failures = [failure("mx1.partner.example", None, "outbound", None)] * 4 + [failure("mx2.partner.example", None, "outbound", None)] * 3
    trace = with_failures(tmp_path, failures)
    assert "Outbound · mx1.partner.example · 7 failed handshakes with 2 peers · last 12 Nov 09:00" in text_of(capsys, trace)


@pytest.mark.parametrize(
    "failures",
    [
        [],
        [failure()] * 2,
        [failure()] * 2 + [failure(connector=None)],
        [failure()] * 2 + [failure(time="2026-11-05 23:59:59")],
        [failure(kind="no mail")] * 9,
        [failure(direction="internal")] * 9,
    ],
)
def test_handshakes_that_are_no_finding(tmp_path: Path, capsys: Capture, failures: Sequence[tuple[object, ...]]) -> None:
    assert finding_of(json_of(capsys, with_failures(tmp_path, failures)), "handshakes_failing") is None


def test_how_many_handshakes_are_too_many_is_a_setting(tmp_path: Path, capsys: Capture) -> None:
    config = tmp_path / "config.toml"
    config.write_text("[findings]\nhandshakes = 1\n")
    found = finding_of(json_of(capsys, with_failures(tmp_path, [failure()]), "--config", config), "handshakes_failing")
    assert said(found) == (1, 1, 100.0, 0)


NEWEST = datetime(2026, 11, 12, 10)


def stale(house: House, now: datetime | None, config: Config | None = None) -> list[FoundFinding]:
    attach_trace(house.engine, house.target, "read")
    runner = QueryRunner(house.engine)
    try:
        found = ask_findings(runner, config or Config(), ask_window(runner), now)
        return [one for one in found if one.finding.id == "data_is_stale"]
    finally:
        runner.close()
        detach_trace(house.engine)


def test_data_is_stale_when_its_newest_message_is_too_old(house: House) -> None:
    late = hops(1, "", "2026-11-13T10:00:00", status="rejected") + hops(1, "", "2026-11-13T10:00:00", direction="internal")
    house.load(write_rows(house.folder / "t.csv", hops(4, "TLS 1.2", NEWEST.isoformat()) + late))
    assert stale(house, None) == []
    assert stale(house, NEWEST + timedelta(hours=48)) == []
    (found,) = stale(house, NEWEST + timedelta(hours=49, minutes=30))
    assert (found.row.evidence, found.row.last_utc) == ("no message in the last 49 hours", NEWEST)
    assert (found.row.messages, found.row.recorded, found.row.percent) == (0, 4, 0.0)
    assert stale(house, NEWEST + timedelta(hours=2), Config(findings=FindingsConfig(stale_hours=1.5))) != []


def test_a_daily_total_is_new_until_its_day_ends(house: House) -> None:
    rows = hops(4, "TLS 1.2", "2026-11-12T10:00:00", grain="message") + hops(1, "TLS 1.2", "2026-11-13", grain="day", connector="Other")
    house.load(write_rows(house.folder / "t.csv", rows))
    assert stale(house, datetime(2026, 11, 15, 23, 59)) == []
    (found,) = stale(house, datetime(2026, 11, 16))
    assert found.row.last_utc == datetime(2026, 11, 13, 23, 59, 59)


def test_what_was_never_there_is_not_stale(house: House) -> None:
    house.load(write_rows(house.folder / "t.csv", hops(4, "TLS 1.2", status="rejected")))
    assert stale(house, datetime(2027, 1, 1)) == []


def test_check_knows_the_time_and_the_report_does_not(tmp_path: Path, capsys: Capture) -> None:
    table = str(write_rows(tmp_path / "t.csv", hops(4, "TLS 1.2", "2020-11-12T10:00:00")))
    assert run(["check", table]) == 0
    assert "i data_is_stale · no message in the last " in capsys.readouterr().out
    assert run(["check", table, "--fail-on", "data_is_stale"]) == 1
    assert finding_of(json_of(capsys, table), "data_is_stale") is None


def on_days(*days: int, **others: Any) -> Rows:
    return [hop for day in days for hop in hops(2, "TLS 1.2", f"2026-11-{day:02d}T23:30:00", **others)]


def test_days_without_any_message(tmp_path: Path, capsys: Capture) -> None:
    rows = (
        on_days(2, 9, 11, 14, 15) + on_days(9, 15, direction="outbound") + on_days(10, 11, 12, 13, direction="outbound", status="rejected")
    )
    report = json_of(capsys, write_rows(tmp_path / "t.csv", rows))
    gaps = {one["direction"]: one for one in report["findings"] if one["id"] == "coverage_gap"}
    assert gaps["inbound"]["evidence"] == "no message on 10 Nov, 12 Nov, 13 Nov"
    assert said(gaps["inbound"]) == (0, 8, 0.0, 0)
    assert gaps["outbound"]["evidence"] == "no message on 14 Nov"
    assert "Inbound · all mail flow · no message on 10 Nov, 12 Nov, 13 Nov\n" in text_of(capsys, tmp_path / "t.csv")
    whole = json_of(capsys, tmp_path / "t.csv", "--days", 14)["findings"]
    gap = next(one for one in whole if one["id"] == "coverage_gap" and one["direction"] == "inbound")
    assert gap["evidence"] == "no message on 3 Nov – 8 Nov, 10 Nov, 12 Nov, 13 Nov"


@pytest.mark.parametrize(
    "rows",
    [
        on_days(12),
        on_days(9, 10, 11, 12, 13, 14, 15),
        on_days(2, 9, 10, 11, 12, 13, 14, 15),  # before the window
        on_days(14, 15) + on_days(9, 10, 11, 12, 13, 14, 15, direction="outbound"),  # inbound begins later
        on_days(9, 11) + on_days(10, status="rejected"),
        [row | {"tls": ""} for row in on_days(9, 10)],
    ],
)
def test_no_day_is_missing(tmp_path: Path, capsys: Capture, rows: Rows) -> None:
    assert finding_of(json_of(capsys, write_rows(tmp_path / "t.csv", rows)), "coverage_gap") is None


def test_warnings_come_first_and_too_few_to_judge_last(tmp_path: Path, capsys: Capture) -> None:
    rows = of_server(31, "TLS 1.0", connector="Big", connector_type="Partner") + of_server(29, "No TLS", connector="Few", server="ex02")
    rows += hops(3, "TLS 1.1", "2026-11-10T10:00:00")
    assert run(["check", str(write_rows(tmp_path / "t.csv", rows))]) == 1
    listed = [line.split()[1] for line in capsys.readouterr().out.splitlines()[1:] if "data_is_stale" not in line]
    assert listed == ["server_ceiling", "tls10_partner_inbound", "tls10_seen", "tls11_seen", "coverage_gap", "no_tls_connector_inbound"]
