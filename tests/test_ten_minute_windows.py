"""Lines that belong together only within ten minutes: a tracked message and its session, and a connection of Postfix that is used again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.mail_logs import utc
from tests.support.mail_logs import write_log as write_text
from tests.support.postfix_lines import given, out_tls, to
from tests.support.traces import House, talk, write_log
from tests.test_lists_and_sessions import HUB, SECURE, spoken, spoken_without_id, tracked, write_tracking

EDGE = [pytest.param("10:09:59", True, id="9:59"), pytest.param("10:10:00", True, id="10:00"), pytest.param("10:10:01", False, id="10:01")]
SESSION, FRONT, HUB_SESSION = "08DE000000000001", "08DE0000000000F1", "08DE0000000000A1"


def tracked_at(clock: str, session: str) -> str:
    """Return a tracked message of a session that begins at ten."""
    row = tracked("RECEIVE", "<1@a.example>", peer="203.0.113.9", way="Incoming", session=session)
    return row.replace("T10:00:02.000Z", f"T{clock}.000Z", 1)


def check_paired(house: House, logs: list[Path], clock: str, session: str, *, pairs: bool) -> None:
    house.load(*logs, write_tracking(house.folder / "MSGTRK1.LOG", tracked_at(clock, session)))
    assert house.tls_counts() == {"inbound": {"TLS 1.2": 1} if pairs else {"TLS 1.2": 1, "Not recorded": 1}}


@pytest.mark.parametrize(("clock", "pairs"), EDGE)
def test_a_tracked_message_and_the_session_that_it_names(clock: str, pairs: bool, house: House) -> None:
    log = write_log(house.folder / "RECV1.LOG", "receive", talk("receive", SECURE, spoken_without_id(), "-", session=SESSION))
    check_paired(house, [log], clock, SESSION, pairs=pairs)


@pytest.mark.parametrize(("clock", "pairs"), EDGE)
def test_a_tracked_message_and_the_front_end_of_its_session(clock: str, pairs: bool, house: House) -> None:
    front = write_log(house.folder / "FRONT.LOG", "receive", talk("receive", SECURE, spoken_without_id(), "-", session=FRONT))
    proxied = f"{HUB}\nC XPROXYFROM SID={FRONT} IP=203.0.113.9 PORT=1 DOMAIN=mx SEQNUM=1\nS 250 ok"
    hub = write_log(house.folder / "HUB.LOG", "receive", talk("receive", proxied, spoken_without_id(), "-", session=HUB_SESSION))
    check_paired(house, [front, hub], clock, HUB_SESSION, pairs=pairs)


@pytest.mark.parametrize(("clock", "pairs"), EDGE)
def test_a_tracked_message_and_a_session_with_its_message_id(clock: str, pairs: bool, house: House) -> None:
    log = write_log(house.folder / "RECV1.LOG", "receive", talk("receive", SECURE, spoken(1), "-", session=SESSION))
    check_paired(house, [log], clock, "08DE000000000009", pairs=pairs)


REUSED = [
    pytest.param("10:11:03", True, id="10:00"),
    pytest.param("10:11:04", False, id="10:01"),
]
RELAY = "mx2.partner.example[198.51.100.28]:25"


def reused(clock: str, relay: str) -> str:
    """Return a delivery over a connection that was used before."""
    text = given(to(relay=relay, more=", conn_use=2"), queue_id="4bC1dF2gHjKz3Ln", minute=11, pid=22)
    return text.replace("10:11:03", clock, 1)


def check_reused(house: House, parts: list[str], columns: list[str], *, is_cut: bool) -> None:
    """Check the TLS of deliveries; their lines are in one file, or the last part in another that is loaded later."""
    for number, text in enumerate(parts if is_cut else ["\n".join(parts)]):
        house.load(write_text(house.folder / f"mail.log.{number}", text), config=utc(house.config))
    assert [tls for (tls,) in house.message("CAST(tls AS VARCHAR)", "direction = 'outbound'")] == columns


@pytest.mark.parametrize("is_cut", [False, True])
@pytest.mark.parametrize(("clock", "is_same"), REUSED)
def test_a_connection_with_tls_that_is_used_again(clock: str, is_same: bool, is_cut: bool, house: House) -> None:
    opened = given(to(relay=RELAY), before=out_tls(RELAY))  # its TLS line is at 10:01:03
    check_reused(house, [opened, reused(clock, RELAY)], ["TLS 1.3", "TLS 1.3" if is_same else "Not recorded"], is_cut=is_cut)


@pytest.mark.parametrize("is_cut", [False, True])
@pytest.mark.parametrize(("clock", "is_same"), REUSED)
def test_a_connection_in_clear_text_that_is_used_again(clock: str, is_same: bool, is_cut: bool, house: House) -> None:
    proof = given(to(relay="mx9.partner.example[198.51.100.99]:25"), before=out_tls("mx9.partner.example[198.51.100.99]:25"), minute=0)
    opened = given(to(relay=RELAY), queue_id="4bC1dF2gHjKz3Lo")  # its first delivery is at 10:01:03
    wanted = ["TLS 1.3", "No TLS", "No TLS" if is_same else "Not recorded"]
    check_reused(house, [f"{proof}\n{opened}", reused(clock, RELAY)], wanted, is_cut=is_cut)
