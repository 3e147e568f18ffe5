"""Worlds of gateways, clouds, lists, tracking logs and mails: the report equals the truth, day by day, by connector."""

from __future__ import annotations

from pathlib import Path

import pytest

from sample_data.generator import boolean_of, build_world, write_world
from tests.support.mail_logs import FIRST, LAST
from tests.support.reports import assert_equals_truth, json_of

Capture = pytest.CaptureFixture[str]
MESSAGES = 800
FORMATS = (
    "exo_enhanced",
    "exo_message_trace",
    "exo_trace_detail",
    "exo_connector_messages",
    "exchange_tracking",
    "exchange_tracking_export",
    "mimecast",
    "mimecast_text",
    "trend_micro",
    "amazon_ses",
    "kumomta",
    "proofpoint_message",
    "proofpoint_maillog",
    "hornetsecurity",
    "google_log_search",
    "google_bigquery",
    "cisco_esa",
    "cisco_esa_cef",
    "mail_headers",
    "fortimail",
    "haraka",
)


@pytest.mark.share(2)
@pytest.mark.parametrize("name", FORMATS)
def test_the_report_equals_the_truth(name: str, tmp_path: Path, capsys: Capture) -> None:
    world = build_world(MESSAGES, 4711, formats={name})
    write_world(world, tmp_path)
    report = json_of(capsys, tmp_path, "--from", FIRST, "--to", LAST, "--log-zone", "UTC")
    assert_equals_truth(report, boolean_of(world, formats={name}))
    assert sum(one["rejected"] for one in report["sources"]) == 0


def test_failed_outbound_mail_is_not_counted_where_only_domains_give_the_direction(tmp_path: Path, capsys: Capture) -> None:
    rows = ["Date,Sender,Recipient,Subject,Status"]
    rows += [
        f"2026-11-12 10:00:0{number},anna@example.com,ben@partner.example,Hi,{status}"
        for number, status in enumerate(("Delivered", "Failed"))
    ]
    (tmp_path / "trace.csv").write_text("\n".join(rows) + "\n")
    (tmp_path / "domains.csv").write_text("Name,DomainName,DomainType\nx,example.com,Authoritative\n")
    assert json_of(capsys, tmp_path)["flow"]["outbound"]["messages"] == 1
