"""Sessions cut by the border of two files at every line: whichever part is loaded first, each is whole again."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests import test_gateways, test_opensmtpd, test_sendmail
from tests.support import exim_lines, postfix_lines, traces
from tests.support.mail_logs import utc, write_log
from tests.support.traces import House

Lines = Sequence[str]
WRITTEN = datetime(2026, 11, 12, 23, tzinfo=UTC)


@dataclass(frozen=True)
class Session:
    """A session, written with other ids, another server and at another hour for each number, and the hops that it is."""

    write: Callable[[int], Lines]
    hops: Sequence[tuple[Any, ...]]
    columns: str
    name: str = "maillog"
    head: Lines = ()


def exim(number: int) -> Lines:
    lines = exim_lines.log(
        exim_lines.COME,
        exim_lines.GONE,
        "=> z@partner.example R=r T=s H=mx2.partner.example [2001:db8::44] X=TLS1.2:D:128",
        "Completed",
        key=f"1d175P-0002{number:02d}-Pn",
        stamp=f"2026-11-12 {number:02d}:00:{{:02d}}",
    )
    return lines.splitlines()


def of_hour(text: str, number: int, server: str, *ids: str) -> Lines:
    """Return lines of a log of 10 o'clock at another hour, of another server, with ids of their own."""
    for one in ids:
        text = text.replace(one, f"{one[:-2]}{number:02d}")
    return text.replace(" 10:", f" {number:02d}:").replace(f" {server} ", f" {server}{number} ").splitlines()


def exchange(number: int) -> Lines:
    secured = traces.opening("SP_PROT_TLS1_2_SERVER")
    at = f"2026-11-12T{number:02d}:00:00"
    return traces.talk(
        "receive", secured, traces.mail("1@a.example"), traces.mail("2@a.example"), "-", session=f"08DE1000000000{number:02d}", at=at
    )


def cisco(number: int) -> Lines:
    text = re.sub(r"(ICID|MID|DCID) (\d+)", rf"\1 {number}\2", test_gateways.ESA)
    return text.replace(" 13:13:", f" {number:02d}:13:").splitlines()


PARTNER = ("accepted", "a@partner.example", ["b@example.com"])
SESSIONS = {
    "exim": Session(
        exim,
        [
            ("inbound", "TLS 1.0", "amy@isp.example", ["claire@partner.example", "z@partner.example"], "<58d0@isp.example>"),
            ("outbound", "TLS 1.2", "amy@isp.example", ["claire@partner.example", "z@partner.example"], "<58d0@isp.example>"),
        ],
        "CAST(direction AS VARCHAR), CAST(tls AS VARCHAR), sender, recipients, message_id",
    ),
    "postfix": Session(
        lambda number: of_hour(postfix_lines.taken(tls=postfix_lines.TLS_LINE), number, "mx1", "36E6D300017"),
        [("TLS 1.2", *PARTNER, "<1@partner.example>")],
        "CAST(tls AS VARCHAR), CAST(status AS VARCHAR), sender, recipients, message_id",
    ),
    "sendmail": Session(
        lambda number: of_hour(
            test_sendmail.log(f"NOQUEUE: connect from {test_sendmail.PEER}", test_sendmail.TLS, test_sendmail.FROM, test_sendmail.STORED),
            number, "gate", test_sendmail.QID,
        ),
        [("TLS 1.2", *PARTNER)],
        "CAST(tls AS VARCHAR), CAST(status AS VARCHAR), sender, recipients",
    ),
    "sendmail, clear text behind TLS": Session(
        lambda number: of_hour("\n".join(test_sendmail.clear_text()), number, "gate"),
        [("TLS 1.2",), ("No TLS",), ("No TLS",), ("No TLS",)],
        "CAST(tls AS VARCHAR)",
    ),
    "opensmtpd": Session(
        lambda number: of_hour(
            test_opensmtpd.log(
                test_opensmtpd.CONNECTED, test_opensmtpd.TLS, test_opensmtpd.MESSAGE, test_opensmtpd.ENVELOPE, test_opensmtpd.END
            ),
            number, "ix", test_opensmtpd.IN, "4296f490",
        ),
        [("TLS 1.3", "a@partner.example", ["b@example.com"], "mx1.partner.example")],
        "CAST(tls AS VARCHAR), sender, recipients, peer_host",
    ),
    "exchange_smtp_receive": Session(
        exchange,
        [("TLS 1.2", "accepted", f"{number}@a.example", ["b@example.com"]) for number in (1, 2)],
        "CAST(tls AS VARCHAR), CAST(status AS VARCHAR), sender, recipients",
        "RECV.LOG",
        traces.smtp_header("receive"),
    ),
    "cisco_esa": Session(
        cisco,
        [
            ("inbound", "TLS 1.2", "accepted", "user@partner.example", ["a@example.com", "b@other.example"]),
            ("outbound", "TLS 1.3", "delivered", "user@partner.example", ["a@example.com"]),
            ("outbound", "No TLS", "bounced", "user@partner.example", ["b@other.example"]),
            ("inbound", "No TLS", "accepted", "x@third.example", ["a@example.com"]),
        ],
        "CAST(direction AS VARCHAR), CAST(tls AS VARCHAR), CAST(status AS VARCHAR), sender, list_sort(recipients)",
    ),
}  # fmt: skip


def parts_of(session: Session, folder: Path) -> tuple[list[Path], list[Path]]:
    """Write sessions, each cut at another line; return the files that begin before the cuts, and those behind them."""
    heads, tails = list[Path](), list[Path]()
    for at in range(1, len(session.write(1))):
        lines = session.write(at)
        written = WRITTEN - timedelta(hours=1)
        for files, part in ((heads, lines[:at]), (tails, lines[at:])):
            files.append(write_log(folder / f"{at}" / f"{session.name}.{2 - (files is tails)}", [*session.head, *part], written))
    return heads, tails


@pytest.mark.share(2)
@pytest.mark.parametrize("is_later_first", [False, True])
@pytest.mark.parametrize("name", SESSIONS)
def test_a_session_cut_at_every_line_is_whole_again(name: str, is_later_first: bool, house: House) -> None:
    session = SESSIONS[name]
    parts = parts_of(session, house.folder / "logs")
    for files in reversed(parts) if is_later_first else parts:
        assert house.load(*files, config=utc(house.config)).problems == []
    found = house.message(session.columns)
    size = len(session.hops)
    by_cut = [found[place : place + size] for place in range(0, len(found), size)]
    assert {at: hops for at, hops in enumerate(by_cut, 1) if hops != list(session.hops)} == {}
    assert len(by_cut) == len(parts[0])
    assert house.rejects() == []
