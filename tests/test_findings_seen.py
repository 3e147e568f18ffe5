"""Findings about servers, handshakes and gaps: each where it fires, where it just does not, with too little, and with nothing recorded."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.message_rows import MessageRows
from tests.support.reports import finding_of, hops, json_of, write_rows
from tui.cli import run
from tui.config import Config, FindingsConfig, read_config
from tui.view.findings import FindingView

pytestmark = pytest.mark.share(0.33)

Capture = pytest.CaptureFixture[str]
Rows = list[dict[str, object]]
FORCED_FORMAT = ("messages", "recorded", "percent", "limit_percent")


def said(finding: FindingView | None) -> tuple[object, ...]:
    """Return messages, recorded messages, their share in percent and the limit."""
    assert finding is not None
    return finding.messages, finding.recorded, round(finding.percent, 1), finding.limit_percent


def test_tls_1_1_is_seen_however_little(message_rows: MessageRows) -> None:
    found = message_rows.finding("tls11_seen", hops(1, "TLS 1.1") + hops(7, "TLS 1.2") + hops(9, ""))
    assert said(found) == (1, 8, 12.5, 0)
    others = hops(9, "TLS 1.0") + hops(9, "TLS 1.2") + hops(9, "SSL") + hops(9, "") + hops(1, "TLS 1.1", "2026-11-01T10:00:00")
    assert message_rows.finding("tls11_seen", others) is None


def of_server(count: int, tls: str, peers: int = 3, server: str = "ex01", **others: Any) -> Rows:
    """Return mail of a server, dealt to peers in turn."""
    rows = hops(count, tls, server=server, **others)
    return [row | {"peer_host": f"mx{place % peers}.partner.example"} for place, row in enumerate(rows)]


def test_an_own_server_that_never_exceeds_tls_1_0(message_rows: MessageRows, tmp_path: Path, capsys: Capture) -> None:
    rows = of_server(20, "TLS 1.0", time="2026-10-01T10:00:00") + of_server(10, "SSL") + of_server(40, "TLS 1.3", direction="outbound")
    rows += of_server(5, "No TLS") + of_server(2, "") + of_server(50, "TLS 1.2", server="ex02")
    report = json_of(capsys, write_rows(tmp_path / "t.csv", rows))
    found = finding_of(report, "server_ceiling")
    assert found is not None
    assert tuple(found[key] for key in FORCED_FORMAT) == (30, 30, 100.0, 0)
    assert (found["direction"], found["connector"], found["what"]) == ("inbound", None, "ex01")
    result = "30 messages with 3 peers in the whole file, none with a newer version; TLS not recorded for 2"
    assert found["evidence"] == result
    view = message_rows.finding("server_ceiling", rows)
    assert view is not None
    assert (view.where, view.evidence) == ("Inbound · ex01", f"{result} · last 12 Nov 10:00")


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
def test_a_server_that_is_not_known_to_be_the_fault(message_rows: MessageRows, rows: Rows) -> None:
    assert message_rows.finding("server_ceiling", rows) is None


def test_how_many_peers_make_a_ceiling_is_a_setting(message_rows: MessageRows, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text("[findings]\nmin_recorded = 4\nceiling_peers = 2\n")
    assert said(message_rows.finding("server_ceiling", of_server(4, "TLS 1.0", peers=2), read_config(config))) == (4, 4, 100.0, 0)


def failure(
    peer: str | None = "mx1.partner.example",
    error: str | None = "SocketError",
    direction: str = "inbound",
    connector: str | None = "Fabrikam",
    kind: str = "handshake failed",
    time: str = "2026-11-12 09:00:00",
) -> dict[str, object]:
    return {"time_utc": time, "direction": direction, "connector": connector, "peer_host": peer, "kind": kind, "error": error}


def failing(rows: MessageRows, failures: Rows, config: Config | None = None) -> FindingView | None:
    """Return the finding of handshakes beside some mail through a Partner connector."""
    partner = {"name": "Fabrikam", "direction": "inbound", "connector_type": "Partner", "forced_tls": False}
    return rows.finding("handshakes_failing", hops(5, "TLS 1.2", connector="Fabrikam"), config, connectors=[partner], failures=failures)


def test_handshakes_that_fail_with_the_same_peer(message_rows: MessageRows) -> None:
    failures = [failure(), failure(error="AlgorithmMismatch", time="2026-11-12 09:30:00"), failure(error="AlgorithmMismatch")]
    failures += [failure("mx2.partner.example", "IllegalMessage")] * 2 + [failure(None, "IllegalMessage")] * 2
    failures += [failure("mx3.partner.example", kind="no mail")] * 9
    found = failing(message_rows, failures)
    assert found is not None
    assert said(found) == (3, 7, 42.9, 0)
    assert (found.direction, found.connector, found.what) == ("inbound", "Fabrikam", "mx1.partner.example")
    result = "3 failed handshakes with 1 peer, most often AlgorithmMismatch (2)"
    assert found.raw_evidence == result
    assert (found.where, found.evidence) == ("From partner - Fabrikam · mx1.partner.example", f"{result} · last 12 Nov 09:30")


def test_failing_handshakes_without_a_connector_name_direction_and_peer(message_rows: MessageRows) -> None:
    failures = [failure("mx1.partner.example", None, "outbound", None)] * 4 + [failure("mx2.partner.example", None, "outbound", None)] * 3
    found = failing(message_rows, failures)
    assert found is not None
    assert (found.where, found.evidence) == ("Outbound · mx1.partner.example", "7 failed handshakes with 2 peers · last 12 Nov 09:00")


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
def test_handshakes_that_are_no_finding(message_rows: MessageRows, failures: Rows) -> None:
    assert failing(message_rows, failures) is None


def test_how_many_handshakes_are_too_many_is_a_setting(message_rows: MessageRows, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text("[findings]\nhandshakes = 1\n")
    assert said(failing(message_rows, [failure()], read_config(config))) == (1, 1, 100.0, 0)


NEWEST = datetime(2026, 11, 12, 10)


def stale(message_rows: MessageRows, rows: Rows, now: datetime | None, config: Config | None = None) -> FindingView | None:
    return message_rows.finding("data_is_stale", rows, config, now=now)


def test_data_is_stale_when_its_newest_message_is_too_old(message_rows: MessageRows) -> None:
    late = hops(1, "", "2026-11-13T10:00:00", status="rejected") + hops(1, "", "2026-11-13T10:00:00", direction="internal")
    rows = hops(4, "TLS 1.2", NEWEST.isoformat()) + late
    assert stale(message_rows, rows, None) is None
    assert stale(message_rows, rows, NEWEST + timedelta(hours=48)) is None
    found = stale(message_rows, rows, NEWEST + timedelta(hours=49, minutes=30))
    assert found is not None
    assert (found.raw_evidence, found.evidence) == (
        "no message in the last 49 hours",
        "no message in the last 49 hours · last 12 Nov 10:00",
    )
    assert said(found) == (0, 4, 0.0, 0)
    config = Config(findings=FindingsConfig(stale_hours=1.5))
    assert stale(message_rows, rows, NEWEST + timedelta(hours=2), config) is not None


def test_a_daily_total_is_new_until_its_day_ends(message_rows: MessageRows) -> None:
    rows = hops(4, "TLS 1.2", "2026-11-12T10:00:00", grain="message") + hops(1, "TLS 1.2", "2026-11-13", grain="day", connector="Other")
    assert stale(message_rows, rows, datetime(2026, 11, 15, 23, 59)) is None
    (found,), _ = message_rows.found("data_is_stale", rows, now=datetime(2026, 11, 16))
    assert found.row.last_utc == datetime(2026, 11, 13, 23, 59, 59)


def test_what_was_never_there_is_not_stale(message_rows: MessageRows) -> None:
    assert stale(message_rows, hops(4, "TLS 1.2", status="rejected"), datetime(2027, 1, 1)) is None


def test_check_uses_the_clock_and_the_report_does_not(tmp_path: Path, capsys: Capture) -> None:
    table = str(write_rows(tmp_path / "t.csv", hops(4, "TLS 1.2", "2020-11-12T10:00:00")))
    assert run(["check", table]) == 0
    assert "i data_is_stale · no message in the last " in capsys.readouterr().out
    assert run(["check", table, "--fail-on", "data_is_stale"]) == 1
    assert finding_of(json_of(capsys, table), "data_is_stale") is None


def on_days(*days: int, **others: Any) -> Rows:
    return [hop for day in days for hop in hops(2, "TLS 1.2", f"2026-11-{day:02d}T23:30:00", **others)]


def test_days_without_any_message(message_rows: MessageRows) -> None:
    rows = (
        on_days(2, 9, 11, 14, 15) + on_days(9, 15, direction="outbound") + on_days(10, 11, 12, 13, direction="outbound", status="rejected")
    )
    gaps = {one.direction: one for one in message_rows.findings("coverage_gap", rows)}
    assert gaps["inbound"].raw_evidence == "no message on 10 Nov, 12 Nov, 13 Nov"
    assert said(gaps["inbound"]) == (0, 8, 0.0, 0)
    assert gaps["outbound"].raw_evidence == "no message on 14 Nov"
    assert (gaps["inbound"].where, gaps["inbound"].evidence) == ("Inbound · all mail flow", "no message on 10 Nov, 12 Nov, 13 Nov")
    whole = {one.direction: one.raw_evidence for one in message_rows.findings("coverage_gap", rows, days=14)}
    assert whole["inbound"] == "no message on 3 Nov – 8 Nov, 10 Nov, 12 Nov, 13 Nov"


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
def test_no_day_is_missing(message_rows: MessageRows, rows: Rows) -> None:
    assert message_rows.findings("coverage_gap", rows) == []


def test_warnings_come_first_and_too_few_to_judge_last(tmp_path: Path, capsys: Capture) -> None:
    rows = of_server(31, "TLS 1.0", connector="Big", connector_type="Partner") + of_server(29, "No TLS", connector="Few", server="ex02")
    rows += hops(3, "TLS 1.1", "2026-11-10T10:00:00")
    assert run(["check", str(write_rows(tmp_path / "t.csv", rows))]) == 1
    listed = [line.split()[1] for line in capsys.readouterr().out.splitlines()[1:] if "data_is_stale" not in line]
    assert listed == ["server_ceiling", "tls10_partner_inbound", "tls10_seen", "tls11_seen", "coverage_gap", "no_tls_connector_inbound"]
