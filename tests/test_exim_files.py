"""Exim mainlogs, several lines and files together: which line belongs to which."""
# ruff: noqa: E501 (lines of logs are long)

from __future__ import annotations

import pytest

from tests.support.exim_lines import COME, GONE, LOCAL, log
from tests.support.mail_logs import check, result, rows_of, utc, write_log
from tests.support.traces import House

pytestmark = pytest.mark.share(0.25)


def test_two_relays_are_two_hops(house: House) -> None:
    text = log(
        LOCAL,
        "=> x@p.example R=r T=s H=mx1 [192.0.2.9] X=TLS1.3:C:256",
        "=> y@q.example R=r T=s H=mx2 [192.0.2.8] X=TLS1.2:C:256",
        "Completed",
    )
    check(house, text, {"tls": "TLS 1.3", "recipients": ["x@p.example"]}, {"tls": "TLS 1.2", "recipients": ["y@q.example"]})


def test_recipients_of_an_arrival_are_those_it_was_written_to(house: House) -> None:
    text = log(
        COME, "=> sales-team@other.example <sales@example.com> R=dnslookup T=remote_smtp H=mx [192.0.2.9] X=TLS1.3:C:256", "Completed"
    )
    check(
        house, text,
        {"direction": "inbound", "recipients": ["sales@example.com"]}, {"direction": "outbound", "recipients": ["sales-team@other.example"]},
    )  # fmt: skip


def test_clear_text_outbound_shows_once_other_mail_had_tls(house: House) -> None:
    clear = "=> x@p.example R=r T=s H=mx [192.0.2.9]"
    rows = [
        log(LOCAL, text, key=f"1d175P-0002Rb-P{at}", stamp=f"2026-11-12 1{at}:00:{{:02d}}")
        for at, text in enumerate((clear, f"{clear} X=TLS1.2:C:1", clear))
    ]
    assert [row["tls"] for row in result(house, "\n".join(rows), ["tls"])] == ["Not recorded", "TLS 1.2", "No TLS"]


def test_a_line_that_is_cut_is_a_reject(house: House) -> None:
    check(house, log("<=", "Completed"))
    assert [reason for _, reason, _ in house.rejects()] == ["the line ends before its address"]


def test_handshakes_that_failed(house: House) -> None:
    text = (
        "2026-11-12 10:00:00 TLS error on connection from old.example (helo) [203.0.113.9] (SSL_accept): error:0A000102:unsupported protocol\n"
        "2026-11-12 10:00:01 TLS error on connection to mx.p.example [192.0.2.9] (SSL_connect): timed out\n"
    ) + log(
        "TLS session: (SSL_connect): reset: delivering unencrypted to H=mx.q.example [192.0.2.8] (not in hosts_require_tls)", "Completed"
    )
    house.load(write_log(house.folder / "log", text), config=utc(house.config))
    found = house.ask("SELECT CAST(direction AS VARCHAR), peer_host, peer_ip, error FROM trace.failed_session ORDER BY peer_ip")
    assert found == [
        ("outbound", "mx.q.example", "192.0.2.8", "(SSL_connect): reset"),
        ("outbound", "mx.p.example", "192.0.2.9", "(SSL_connect): timed out"),
        ("inbound", "old.example", "203.0.113.9", "(SSL_accept): error:0A000102:unsupported protocol"),
    ]


def test_the_same_lines_in_two_files_count_once(house: House) -> None:
    rows = log(COME, GONE, "Completed").splitlines()
    house.load(
        write_log(house.folder / "mainlog", [*rows, "2026-11-12 10:05:00 Start queue run: pid=1"]),
        write_log(house.folder / "mainlog.1", rows),
        config=utc(house.config),
    )
    assert len(rows_of(house)) == 2
