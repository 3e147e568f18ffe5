"""The rules of counting, each on a small table, as the JSON report tells them."""

from __future__ import annotations

from pathlib import Path

import pytest

from sample_data.generator import build_world, write_world
from tests.support.reports import hops, json_of, text_of, write_table
from tui.cli import run

pytestmark = pytest.mark.share(0.4)

Capture = pytest.CaptureFixture[str]


def test_shares_are_of_recorded_messages_and_the_headline_is_the_low_end(tmp_path: Path, capsys: Capture) -> None:
    table = write_table(tmp_path / "t.csv", hops(81, "TLS 1.2") + hops(1, "No TLS") + hops(18, ""))
    flow = json_of(capsys, table)["flow"]["inbound"]
    assert (flow["messages"], flow["recorded"]) == (100, 82)
    assert (flow["protected_percent"], flow["protected_percent_low"], flow["protected_percent_high"]) == (81.0, 81.0, 99.0)
    text = text_of(capsys, table)
    assert "≥ 81.0% protected · up to 99.0% (TLS not recorded for 18)" in text


def test_under_half_recorded_there_is_no_percentage(tmp_path: Path, capsys: Capture) -> None:
    table = write_table(tmp_path / "t.csv", hops(80, "TLS 1.2") + hops(120, ""))
    assert json_of(capsys, table)["flow"]["inbound"]["protected_percent"] is None
    text = text_of(capsys, table)
    assert "TLS recorded for 80 of 200" in text
    assert "protected (" not in text.split("MESSAGE PROTECTED")[0].replace("protected in transit", "")


def test_ssl_is_not_protected_and_counts_as_tls_1_0_for_findings(tmp_path: Path, capsys: Capture) -> None:
    table = write_table(
        tmp_path / "t.csv", hops(60, "SSLv3", connector="Old", connector_type="Partner") + hops(40, "TLS 1.3", connector="Old")
    )
    report = json_of(capsys, table)
    assert report["flow"]["inbound"]["protected_percent"] == 40.0
    (finding,) = [finding for finding in report["findings"] if finding["id"] == "tls10_partner_inbound"]
    assert (finding["messages"], finding["recorded"], finding["percent"]) == (60, 100, 60.0)


def test_only_accepted_and_delivered_mail_of_both_directions_is_in_the_flow(tmp_path: Path, capsys: Capture) -> None:
    rows = [
        *hops(3, "TLS 1.2", status="accepted"),
        *hops(2, "TLS 1.2", direction="outbound", status="delivered"),
        *hops(5, "No TLS", status="rejected"),
        *hops(4, "No TLS", direction="outbound", status="bounced"),
        *hops(6, "No TLS", status="deferred"),
        *hops(1, "No TLS", status="incomplete"),
        *hops(7, "TLS 1.0", direction="submission"),
        *hops(8, "No TLS", direction="internal"),
        *hops(9, "No TLS", direction="sideways"),
    ]
    table = write_table(tmp_path / "t.csv", rows)
    report = json_of(capsys, table)
    assert report["flow"]["inbound"]["tls"] == {"TLS 1.2": 3}
    assert report["flow"]["outbound"]["tls"] == {"TLS 1.2": 2}
    assert {(one["direction"], one["status"]): one["messages"] for one in report["not_counted"]} == {
        ("inbound", "rejected"): 5,
        ("outbound", "bounced"): 4,
        ("inbound", "deferred"): 6,
        ("inbound", "incomplete"): 1,
        ("submission", "accepted"): 7,
        ("internal", "accepted"): 8,
        ("unknown", "accepted"): 9,
    }
    text = text_of(capsys, table)
    assert "From your own clients (SMTP AUTH): 7 messages" in text
    assert "Not transferred: 5 rejected, 6 deferred, 4 bounced and 1 incomplete" in text
    assert "Between your own servers: 8 hops" in text


def test_a_direction_that_no_file_covers_is_absent_and_never_0(tmp_path: Path, capsys: Capture) -> None:
    table = write_table(tmp_path / "t.csv", hops(5, "TLS 1.3"))
    assert "outbound" not in json_of(capsys, table)["flow"]
    text = text_of(capsys, table)
    assert "Outbound: no data" in text
    assert "Outbound: 0" not in text


def test_a_covered_direction_without_mail_in_the_window_is_none_in_these_days(tmp_path: Path, capsys: Capture) -> None:
    rows = hops(5, "TLS 1.3") + hops(5, "TLS 1.3", time="2026-10-01T10:00:00", direction="outbound", status="delivered")
    table = write_table(tmp_path / "t.csv", rows)
    assert json_of(capsys, table)["flow"]["outbound"]["messages"] == 0
    text = text_of(capsys, table)
    assert "Outbound: none in this window" in text
    assert "Outbound: 0" not in text


def test_the_window_is_seven_whole_days_that_end_with_the_newest_counted_message(tmp_path: Path, capsys: Capture) -> None:
    rows = [
        *hops(1, "TLS 1.2", time="2026-11-08T23:59:59"),
        *hops(2, "TLS 1.2", time="2026-11-09T00:00:00"),
        *hops(4, "TLS 1.2", time="2026-11-15T09:12:04"),
        *hops(8, "TLS 1.2", time="2026-11-16T10:00:00", status="rejected"),
    ]
    table = write_table(tmp_path / "t.csv", rows)
    report = json_of(capsys, table)
    assert report["window"] == {"from": "2026-11-09T00:00:00Z", "to": "2026-11-15T23:59:59Z", "days": 7}
    assert report["data"] == {"first": "2026-11-08T23:59:59Z", "last": "2026-11-15T09:12:04Z"}
    assert report["flow"]["inbound"]["messages"] == 6
    assert "9–15 Nov 2026 UTC (15 Nov until 09:12)" in text_of(capsys, table)
    assert json_of(capsys, table, "--from", "2026-11-08", "--to", "2026-11-08")["flow"]["inbound"]["messages"] == 1
    assert json_of(capsys, table, "--days", 8)["flow"]["inbound"]["messages"] == 7


def week(share_of_ten: int, days: range, hour: str = "10:00:00") -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for day in days:
        time = f"2026-11-{day:02}T{hour}"
        rows += hops(share_of_ten, "TLS 1.2", time=time) + hops(10 - share_of_ten, "No TLS", time=time)
    return rows


def test_the_week_before_is_compared_over_the_same_hours(tmp_path: Path, capsys: Capture) -> None:
    rows = week(8, range(2, 9)) + week(9, range(9, 16)) + week(0, range(8, 9), "23:00:00")
    text = text_of(capsys, write_table(tmp_path / "t.csv", rows))
    assert "+10.0 pts vs. previous week" in text  # the 10 of 8 Nov 23:00 lie after the hour that 15 Nov has reached


def test_the_week_before_is_not_compared_when_a_day_is_missing_or_too_little_is_recorded(tmp_path: Path, capsys: Capture) -> None:
    gap = week(8, range(3, 9)) + week(9, range(9, 16))
    assert "pts vs. previous week" not in text_of(capsys, write_table(tmp_path / "gap.csv", gap))
    few = [row for row in week(9, range(2, 9)) if row["tls"] == "TLS 1.2"][:29] + week(9, range(9, 16))
    assert "pts vs. previous week" not in text_of(capsys, write_table(tmp_path / "few.csv", few))


def test_several_systems_are_named_and_mail_through_two_counts_at_each(tmp_path: Path, capsys: Capture) -> None:
    rows = hops(3, "TLS 1.2", system="Postfix") + hops(4, "TLS 1.2", system="Exchange Server")
    table = write_table(tmp_path / "t.csv", rows)
    assert json_of(capsys, table)["systems"] == ["Exchange Server", "Postfix"]
    assert "is counted in each: Exchange Server, Postfix" in text_of(capsys, table)


def test_tls_1_0_is_none_in_how_many_recorded_since_when(tmp_path: Path, capsys: Capture) -> None:
    clean = write_table(tmp_path / "clean.csv", hops(40, "TLS 1.2", time="2026-10-17T10:00:00") + hops(2, "TLS 1.2"))
    assert "TLS 1.0: none in 42 recorded since 17 Oct" in text_of(capsys, clean)
    earlier = write_table(tmp_path / "earlier.csv", hops(1, "TLS 1.0", time="2026-10-17T10:00:00") + hops(2, "TLS 1.2"))
    assert "TLS 1.0: none in this window, last 17 Oct 10:00" in text_of(capsys, earlier)
    here = write_table(
        tmp_path / "here.csv", [*hops(2, "TLS 1.0", peer_host="a.example"), *hops(1, "TLS 1.0", peer_host="b.example"), *hops(2, "TLS 1.2")]
    )
    assert "▲ TLS 1.0: 3, 2 peers, last 12 Nov" in text_of(capsys, here)


def test_control_and_non_ascii_characters_are_escaped_in_json(tmp_path: Path, capsys: Capture) -> None:
    table = write_table(tmp_path / "t.csv", hops(1, "TLS 1.2", connector="Köln \x1b]0;x\x07"))
    capsys.readouterr()
    report = json_of(capsys, table)
    assert report["connectors"][0]["connector"] == "Köln \x1b]0;x\x07"


def test_a_day_is_not_100_percent_where_clear_text_is_never_recorded(tmp_path: Path, capsys: Capture) -> None:
    write_world(build_world(100, 5, days=4, formats={"exo_extended"}), tmp_path / "files", plain=True)
    trace = tmp_path / "trace.duckdb"
    assert run(["load", str(tmp_path / "files"), "--into", str(trace)]) == 0
    claims = 0
    for day in range(12, 15):
        report = json_of(capsys, trace, "--from", f"2026-11-{day:02}", "--to", f"2026-11-{day:02}")
        inbound = report["flow"]["inbound"]
        assert inbound["protected_percent"] != 100
        if inbound["messages"] and inbound["recorded"] == inbound["messages"]:
            claims += 1
            text = text_of(capsys, trace, "--from", f"2026-11-{day:02}", "--to", f"2026-11-{day:02}")
            assert "this export cannot show clear text" in text
            assert "100%" not in text[text.index("Inbound:") : text.index("MESSAGE PROTECTED")].replace("TLS 1.2 100%", "")
    assert claims, "no such day in this world: choose another seed"


def test_logs_between_own_servers_are_not_judged(tmp_path: Path, capsys: Capture) -> None:
    table = str(write_table(tmp_path / "t.csv", hops(8, "No TLS", direction="internal", time="2026-10-07T10:00:00")))
    assert run(["check", table]) == 0
    assert "1–7 Oct 2026" in (out := capsys.readouterr().out)
    assert "nothing could be judged" in out
    assert "Between your own servers: 8 hops" in text_of(capsys, table)
