"""Postfix logs, several lines and files together: which line belongs to which."""
# ruff: noqa: E501 (lines of logs are long)

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.mail_logs import check, result, rows_of, utc, write_log
from tests.support.postfix_lines import CLEAR, TLS_LINE, given, lines, out_tls, taken, to
from tests.support.traces import House

pytestmark = pytest.mark.share(0.25)


def test_one_message_to_two_relays_is_two_hops(house: House) -> None:
    text = given(to("a@one.example", "mx.one.example[192.0.2.1]:25"), to("b@two.example", "mx.two.example[192.0.2.2]:25"))
    check(
        house,
        text,
        {"peer_host": "mx.one.example", "recipients": ["a@one.example"]},
        {"peer_host": "mx.two.example", "recipients": ["b@two.example"]},
    )


def test_a_connection_is_of_one_message_unless_it_is_used_again(house: House) -> None:
    text = given(to(), before=out_tls()) + "\n" + given(to(), queue_id="4bC1dF2gHjKz3Ln", minute=2)
    check(house, text, {"tls": "TLS 1.3"}, CLEAR)


def test_a_connection_that_another_process_opened(house: House) -> None:
    text = given(to(), before=out_tls()) + "\n" + given(to(more=", conn_use=2"), queue_id="4bC1dF2gHjKz3Ln", minute=2, pid=22)
    check(house, text, {"tls": "TLS 1.3"}, {"tls": "TLS 1.3"})


def test_a_short_queue_id_is_used_again(house: House) -> None:
    text = (
        taken(tls=TLS_LINE) + "\n" + taken().replace("10:00:", "10:30:").replace("a@partner", "z@other").replace("b@example", "y@example")
    )
    check(
        house, text,
        {"sender": "a@partner.example", "recipients": ["b@example.com"], "tls": "TLS 1.2"},
        {"sender": "z@other.example", "recipients": ["y@example.com"], **CLEAR},
    )  # fmt: skip


def test_a_process_serves_one_session_after_the_other(house: House) -> None:
    text = taken(tls=TLS_LINE) + "\n" + taken("AAAAAAAAAAA").replace("10:00:", "10:30:")
    check(house, text, {"tls": "TLS 1.2"}, CLEAR)


def test_two_messages_of_one_session_have_its_tls(house: House) -> None:
    more = taken("BBBBBBBBBBB").splitlines()
    text = taken(tls=TLS_LINE).replace("disconnect", "idle").splitlines() + [
        line.replace("10:00:", "10:01:") for line in more if " connect" not in line
    ]
    assert [row["tls"] for row in result(house, text, ["tls"])] == ["TLS 1.2", "TLS 1.2"]


def test_a_mail_through_the_own_filter_counts_once(house: House) -> None:
    first = taken().replace("virtual[14]", "smtp[14]").replace("relay=virtual", "relay=127.0.0.1[127.0.0.1]:10024")
    text = first + "\n" + taken("CCCCCCCCCCC", "localhost[127.0.0.1]").replace("10:00:", "10:01:")
    assert sorted(row["direction"] for row in result(house, text, ["direction"])) == ["inbound", "internal", "internal"]
    assert sum(house.flow().values()) == 1


def test_a_line_that_is_cut_is_a_reject(house: House) -> None:
    text = given(to()).replace(", dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 4711)", "")
    check(house, text)
    assert [(line, reason) for line, reason, _ in house.rejects()] == [(4, "the line ends before its status")]


def test_a_line_without_a_time_is_a_reject(house: House) -> None:
    check(house, given(to()).replace("Nov 12 10:01:03", "Nov 32 10:01:03"))
    assert [reason for _, reason, _ in house.rejects()] == ["the line has no time"]


FAILED = lines(
    "smtpd[1] connect from old.partner.example[203.0.113.9]",
    "smtpd[1] SSL_accept error from old.partner.example[203.0.113.9]: -1",
    "smtpd[1] warning: TLS library problem: error:0A000102:SSL routines::unsupported protocol:ssl/statem/statem_srvr.c:1657:",
    "smtpd[1] lost connection after STARTTLS from old.partner.example[203.0.113.9]",
    "smtpd[1] disconnect from old.partner.example[203.0.113.9] ehlo=1 starttls=0/1 commands=1/2",
    "smtp[2] SSL_connect error to mx.partner.example[198.51.100.27]:25: -1",
    "smtp[2] 36E6D300017: Cannot start TLS: handshake failure",
    "smtp[2] 36E6D300017: " + to(end="deferred (Cannot start TLS: handshake failure)"),
    "smtpd[3] connect from scan.example[203.0.113.77]",
    "smtpd[3] lost connection after STARTTLS from scan.example[203.0.113.77]",
    "smtp[4] 46E6D300017: " + to(relay="mx.other.example[198.51.100.99]:25", end="deferred (Cannot start TLS: handshake failure)"),
)


def test_handshakes_that_failed(house: House) -> None:
    house.load(write_log(house.folder / "log", FAILED), config=utc(house.config))
    found = house.ask(
        "SELECT CAST(direction AS VARCHAR), kind, peer_host, peer_ip, server, error FROM trace.failed_session ORDER BY time_utc"
    )
    assert found == [
        ("inbound", "handshake failed", "old.partner.example", "203.0.113.9", "mx1", "error:0A000102:SSL routines::unsupported protocol:ssl/statem/statem_srvr.c:1657:"),
        ("outbound", "handshake failed", "mx.partner.example", "198.51.100.27", "mx1", "SSL_connect error: -1"),
        ("inbound", "handshake failed", "scan.example", "203.0.113.77", "mx1", "lost connection after STARTTLS"),
        ("outbound", "handshake failed", "mx.other.example", "198.51.100.99", "mx1", "Cannot start TLS: handshake failure"),
    ]  # fmt: skip


def test_clear_text_shows_from_the_first_tls_on(house: House) -> None:
    text = [
        taken("AAAAAAAAAAA").replace("10:00:", f"10:{minute}:").replace("AAAAAAAAAAA", f"AAAAAAAAAA{at}")
        for at, minute in enumerate((10, 30))
    ]
    with_tls = taken(tls=TLS_LINE).replace("10:00:", "10:20:")
    assert [row["tls"] for row in result(house, "\n".join([text[0], with_tls, text[1]]), ["tls"])] == ["Not recorded", "TLS 1.2", "No TLS"]


def test_files_loaded_together_in_the_order_of_their_names(house: House) -> None:
    rows = taken(tls=TLS_LINE).splitlines()
    newer, older = write_log(house.folder / "maillog", rows[2:]), write_log(house.folder / "maillog.1", rows[:2])
    house.load(newer, older, config=utc(house.config))
    assert house.one("CAST(tls AS VARCHAR), recipients") == ("TLS 1.2", ["b@example.com"])


def test_the_same_lines_in_two_files_count_once(house: House) -> None:
    rows = (taken(tls=TLS_LINE) + "\n" + given(to(), before=out_tls())).splitlines()
    house.load(
        write_log(house.folder / "a", rows),
        write_log(house.folder / "b", [*rows, lines("anvil[1] statistics: x", minute=3)]),
        config=utc(house.config),
    )
    assert len(rows_of(house)) == 2


def test_years_go_back_over_new_year(house: House) -> None:
    log = write_log(house.folder / "log", taken().replace("Nov 12", "Dec 31"), datetime(2026, 1, 3, tzinfo=UTC))
    house.load(log, config=utc(house.config))
    assert house.one("CAST(time_utc AS VARCHAR)") == ("2025-12-31 10:00:01",)


NEXT_USE = [
    "smtpd[1001] connect from c.example.com[192.0.2.77]",
    "smtpd[1001] C1B2C3D4E5: client=c.example.com[192.0.2.77]",
    "qmgr[7] C1B2C3D4E5: from=<root@example.com>, size=3, nrcpt=1 (queue active)",
    "smtpd[1001] disconnect from c.example.com[192.0.2.77]",
    f"smtp[1030] C1B2C3D4E5: {to(more=', conn_use=2')}",
    "qmgr[7] C1B2C3D4E5: removed",
]


@pytest.mark.share(2)
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize(
    ("first", "second", "tls"),
    [
        (given(to(), before=out_tls()), lines(*NEXT_USE, minute=2), ["TLS 1.3", "TLS 1.3"]),
        (lines(f"tlsproxy[40] {out_tls()}", minute=1), given(to(), minute=2), ["TLS 1.3"]),
        (given(to(), minute=1), lines(*NEXT_USE, minute=2), ["Not recorded", "Not recorded"]),
    ],
)
def test_a_connection_used_again_behind_a_cut(
    order: tuple[int, int], first: str, second: str, tls: list[str], house: House, other: House, tmp_path: Path
) -> None:
    files = [write_log(tmp_path / "mail.log.1", first), write_log(tmp_path / "mail.log", second)]
    house.load(*files, config=utc(house.config))
    for place in order:
        other.load(files[place], config=utc(other.config))
    assert [result for (result,) in house.message("CAST(tls AS VARCHAR)", "direction = 'outbound'")] == tls
    assert rows_of(other) == rows_of(house)


def test_clear_text_needs_the_begin_of_a_connection(house: House, tmp_path: Path) -> None:
    again = given(to(more=", conn_use=7"), queue_id="4bC1dF2gHjKz3L1", minute=1, pid=31)
    begun = given(to(relay="mx2.partner.example[198.51.100.28]:25"), queue_id="4bC1dF2gHjKz3L2", minute=2, pid=32)
    used = given(to(relay="mx2.partner.example[198.51.100.28]:25", more=", conn_use=2"), queue_id="4bC1dF2gHjKz3L3", minute=3, pid=33)
    proof = given(to(relay="mx9.partner.example[198.51.100.99]:25"), before=out_tls("mx9.partner.example[198.51.100.99]:25"), minute=0)
    house.load(write_log(tmp_path / "log", "\n".join((proof, again, begun, used))), config=utc(house.config))
    assert house.message("session_id, CAST(tls AS VARCHAR)", "session_id <> '4bC1dF2gHjKz3Lm' AND direction = 'outbound'") == [
        ("4bC1dF2gHjKz3L1", "Not recorded"),
        ("4bC1dF2gHjKz3L2", "No TLS"),
        ("4bC1dF2gHjKz3L3", "No TLS"),
    ]


@pytest.mark.share(3)
@pytest.mark.parametrize(
    ("level", "tls"),
    [
        ("none", "No TLS"),
        ("may:none", "No TLS"),
        ("may", "Not recorded"),
        ("dane", "TLS (version unknown)"),
        ("encrypt", "TLS (version unknown)"),
        ("verify/requiretls", "TLS (version unknown)"),
        ("may?", "No TLS"),
    ],
)
def test_what_follows_from_a_log_level_without_a_tls_line(level: str, tls: str, house: House, tmp_path: Path) -> None:
    proof = given(to(relay="mx9.partner.example[198.51.100.99]:25"), before=out_tls("mx9.partner.example[198.51.100.99]:25"), minute=0)
    log = "\n".join((proof, given(to(level=f", tls={level}"), queue_id="4bC1dF2gHjKz3L1", pid=31)))
    house.load(write_log(tmp_path / "log", log), config=utc(house.config))
    assert house.message("CAST(tls AS VARCHAR)", "session_id = '4bC1dF2gHjKz3L1'") == [(tls,)]
