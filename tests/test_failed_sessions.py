"""Sessions of Exchange protocol logs that failed: TLS handshakes that led to nothing, and connections without mail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.support.traces import OPENING, House, Kind, mail, opening, smtp_header, talk, write_lines, write_log
from tui.config import Config
from tui.resources import bundled
from tui.rows import FailedPeer
from tui.store.query_runner import QueryRunner
from tui.store.trace_file import attach_trace, detach_trace

pytestmark = pytest.mark.share(0.25)

KINDS: tuple[Kind, ...] = ("receive", "send")
HELLO = "C EHLO mx1.partner.example\nS 250  ex01.example.com Hello [203.0.113.9] SIZE 37748736 STARTTLS"
ASKED = f"{OPENING}C STARTTLS\nS 220 2.0.0 SMTP server ready\n"
BROKEN = f"{ASKED}* |TLS negotiation failed with error SocketError\n"
NO_454 = "454 4.7.0 TLS not available due to temporary reason"
REFUSED = f"{OPENING}C STARTTLS\nS {NO_454}\n"
TLS12 = "SP_PROT_TLS1_2_SERVER"
BYE = "C QUIT\nS 221 2.0.0 Service closing transmission channel\n- "
OWN = "C X-ANONYMOUSTLS\nS 220 2.0.0 SMTP server ready\n"
Found = tuple[str, str | None] | None

SCRIPTS: Mapping[str, tuple[str, Found]] = {
    "negotiation failed, hung up": (f"{BROKEN}* |Local\n-", ("handshake failed", "SocketError")),
    "negotiation failed, mail in clear": (f"{BROKEN}{HELLO}\n{mail()}\n-", ("handshake failed", "SocketError")),
    "negotiation failed, no end": (BROKEN, ("handshake failed", "SocketError")),
    "a status instead of an error": (
        f"{ASKED}* |TLS negotiation failed with status 0x80090331\n-",
        ("handshake failed", "status 0x80090331"),
    ),
    "454, mail in clear": (f"{REFUSED}{HELLO}\n{mail()}\n-", ("handshake failed", NO_454)),
    "454, cut right behind it": (REFUSED, None),
    "454, quit": (f"{REFUSED}{BYE}", ("handshake failed", NO_454)),
    "454, then it worked": (f"{REFUSED}{opening(TLS12)}{mail()}\n-", ("handshake failed", NO_454)),
    "first it worked, then it failed": (f"{opening(TLS12)}{mail()}\n{BROKEN}-", ("handshake failed", "SocketError")),
    "two failures, the first counts": (f"{REFUSED}{BROKEN}-", ("handshake failed", NO_454)),
    "hung up behind STARTTLS": (f"{ASKED}-", ("handshake failed", None)),
    "timed out behind STARTTLS": (f"{ASKED}S 421 4.4.1 Connection timed out\n-", ("handshake failed", "421 4.4.1 Connection timed out")),
    "clear text behind STARTTLS": (f"{ASKED}{HELLO}\n{mail()}\n-", ("handshake failed", None)),
    "the same, its start not seen": (f"C STARTTLS\nS 220 2.0.0 SMTP server ready\n{HELLO}\n{mail()}\n-", None),
    "cut behind STARTTLS": (ASKED, None),
    "TLS and mail": (f"{opening(TLS12)}{mail()}\n-", None),
    "no TLS and mail": (f"{OPENING}{mail()}\n-", None),
    "mail that was refused": (f"{OPENING}C MAIL FROM:<a@a.example>\nS 550 5.7.1 no\n-", None),
    "a probe": ("+\nS 220 ex01.example.com ready\n-", ("no mail", None)),
    "polite, without mail": (f"{opening(TLS12)}{BYE}", ("no mail", None)),
    "login failed": (
        f"{opening(TLS12)}C AUTH LOGIN\nS 334 <authentication response>\nS 535 5.7.3 Authentication unsuccessful\n-",
        ("no mail", "535 5.7.3 Authentication unsuccessful"),
    ),
    "refused twice": (f"{OPENING}C X\nS 500 5.3.3 what\nC Y\nS 421 4.4.2 enough\n-", ("no mail", "421 4.4.2 enough")),
    "no mail, its start not seen": (f"{HELLO}\n{BYE}", None),
    "TLS, its start not seen, no mail": (f"C STARTTLS\nS 220 2.0.0 SMTP server ready\nT {TLS12}\n{BYE}", None),
    "no mail, its end not seen": (OPENING, None),
}  # fmt: skip


def failed(house: House, columns: str = "kind, error") -> list[tuple[Any, ...]]:
    """Return columns of the failed sessions, in time order."""
    return house.ask(f"SELECT {columns} FROM trace.failed_session WHERE NOT is_duplicate ORDER BY time_utc, session_id")


@pytest.mark.parametrize("kind", KINDS)
def test_what_counts_as_a_failed_session(house: House, kind: Kind) -> None:
    talks = [talk(kind, script, session=f"08DE{number:012X}") for number, (script, _) in enumerate(SCRIPTS.values())]
    house.load(write_log(house.folder / "a.log", kind, *talks))
    found: dict[str, Found] = dict.fromkeys(SCRIPTS)
    names = list(SCRIPTS)
    for session, sort, error in failed(house, "session_id, kind, error"):
        found[names[int(session[4:], 16)]] = (sort, error)
    assert found == {name: meant for name, (_, meant) in SCRIPTS.items()}
    sent = sum("MAIL FROM" in script for script, _ in SCRIPTS.values())
    assert house.ask("SELECT count(*), count(DISTINCT session_id) FROM trace.message") == [(sent, sent)]


def test_a_disconnect_reason_is_the_error_when_there_is_no_other(house: House) -> None:
    ended = talk("receive", "+\nS 220 ex01.example.com ready\n", session="08DE00000000000A")
    hung = talk("receive", ASKED, session="08DE00000000000B", at="2026-11-10T10:01:00")
    for lines, reason in ((ended, "Remote"), (hung, "Local")):
        cells = lines[-1].split(",")
        lines.append(",".join([cells[0].replace(".", ".9", 1)[:23] + "Z", *cells[1:3], "99", *cells[4:6], "-", "", reason]))
    house.load(write_log(house.folder / "a.log", "receive", ended, hung))
    assert failed(house) == [("no mail", "Remote"), ("handshake failed", "Local")]


def test_a_row_has_peer_server_and_line_number(house: House) -> None:
    receive = talk("receive", BROKEN, "-", session="08DE0000000000A1", peer="[2001:db8::7]:41234")
    send = talk(
        "send", BROKEN.replace("220 ex01.example.com", "220 mx7.fabrikam.example"), "-", session="08DE0000000000A2", peer="198.51.100.7:25"
    )
    house.load(write_log(house.folder / "RECV.LOG", "receive", receive), write_log(house.folder / "SEND.LOG", "send", send))
    who = "CAST(direction AS VARCHAR), connector, system, server, peer_host, helo, peer_ip"
    columns = f"{who}, kind, error, session_id, CAST(time_utc AS VARCHAR), line_no"
    assert failed(house, columns) == [
        ("inbound", "Default Frontend EX01", "Exchange Server", "EX01", None, "mx1.partner.example", "2001:db8::7",
         "handshake failed", "SocketError", "08DE0000000000A1", "2026-11-10 10:00:00", 12),
        ("outbound", "To Internet", "Exchange Server", "mx1.partner.example", "mx7.fabrikam.example", None, "198.51.100.7",
         "handshake failed", "SocketError", "08DE0000000000A2", "2026-11-10 10:00:00", 12),
    ]  # fmt: skip
    assert failed(house, "source_id") == house.ask("SELECT source_id FROM trace.source ORDER BY path")


def test_a_session_without_a_failing_line_has_the_line_of_its_start_or_rejection(house: House) -> None:
    probe = talk("receive", "+\nS 220 ex01.example.com ready\n-", session="08DE0000000000A1")
    refused = talk("receive", f"{OPENING}C X\nS 500 5.3.3 what\n-", session="08DE0000000000A2", at="2026-11-10T11:00:00")
    house.load(write_log(house.folder / "a.log", "receive", probe, refused))
    assert failed(house, "line_no") == [(6,), (14,)]


def test_the_answer_to_starttls_is_no_name_of_a_server(house: House) -> None:
    cut = talk("send", "C STARTTLS\nS 220 2.0.0 SMTP server ready\n* |TLS negotiation failed with error SocketError\n-")
    house.load(write_log(house.folder / "a.log", "send", cut))
    assert failed(house, "kind, peer_host") == [("handshake failed", None)]


@pytest.mark.share(3)
@pytest.mark.parametrize(
    "script",
    [
        f"{OPENING}{OWN}* |TLS negotiation failed with error SocketError\n-",
        f"{OPENING}C X-ANONYMOUSTLS\nS {NO_454}\n{HELLO}\n{mail()}\n-",
        f"{OPENING}C XPROXYTO SID=08DE0000000000AA\nS 250 XProxyTo accepted\n-",
        f"{OPENING}{OWN}T {TLS12}\nC QUIT\nS 221 2.0.0 bye\n-",
    ],
)
@pytest.mark.parametrize("kind", KINDS)
def test_sessions_of_own_servers_are_internal(house: House, kind: Kind, script: str) -> None:
    house.load(write_log(house.folder / "a.log", kind, talk(kind, script)))
    meant = "handshake failed" if "454" in script or "failed" in script else "no mail"
    assert failed(house, "CAST(direction AS VARCHAR), kind") == [("internal", meant)]


@pytest.mark.parametrize("own", ["203.0.113.9", "MX1.partner.example"])
def test_an_own_server_of_the_config_is_internal(house: House, own: str) -> None:
    file = write_log(house.folder / "a.log", "receive", talk("receive", BROKEN, "-"))
    house.load(file, config=Config(own_servers=(own,), engine=house.config.engine))
    assert failed(house, "CAST(direction AS VARCHAR)") == [("internal",)]


def test_a_client_that_signed_in_is_no_peer_from_outside(house: House) -> None:
    login = "C AUTH LOGIN\nS 334 <authentication response>\n* EXAMPLE\\anna|authenticated\nS 235 2.7.0 ok\n"
    house.load(write_log(house.folder / "a.log", "receive", talk("receive", opening(TLS12), login, BYE)))
    assert failed(house, "CAST(direction AS VARCHAR), kind") == [("submission", "no mail")]


def test_a_session_over_two_files_is_one(house: House) -> None:
    for cut in range(1, 8):
        lines = talk("receive", BROKEN, "-", session=f"08DE0000000000C{cut}", at=f"2026-11-10T1{cut}:00:00")
        write_log(house.folder / "logs" / f"{cut}-1.LOG", "receive", lines[:cut])
        write_log(house.folder / "logs" / f"{cut}-2.LOG", "receive", lines[cut:])
    house.load(house.folder / "logs")
    assert failed(house, "kind, error, line_no, CAST(time_utc AS VARCHAR)") == [
        ("handshake failed", "SocketError", 12 if cut == 7 else 12 - cut, f"2026-11-10 1{cut}:00:00") for cut in range(1, 8)
    ]


@pytest.mark.parametrize("together", [True, False])
def test_a_session_in_two_files_counts_once(house: House, together: bool) -> None:
    lines = [talk("receive", BROKEN, "-", session=f"08DE0000000000A{number}", at=f"2026-11-10T1{number}:00:00") for number in range(3)]
    probe = talk("receive", "+\nS 220 ex01.example.com ready\n-", session="08DE0000000000B0", at="2026-11-10T11:30:00")
    one = write_log(house.folder / "1.log", "receive", lines[0], lines[1], probe)
    two = write_log(house.folder / "2.log", "receive", lines[1], probe, lines[2])
    if together:
        house.load(one, two)
    else:
        house.load(one)
        house.load(two)
    assert failed(house, "session_id, source_id") == [
        ("08DE0000000000A0", 1),
        ("08DE0000000000A1", 1),
        ("08DE0000000000B0", 1),
        ("08DE0000000000A2", 2),
    ]


def test_a_grown_file_replaces_its_failed_sessions(house: House) -> None:
    first = talk("receive", BROKEN, "-", session="08DE0000000000A0")
    later = talk("receive", "+\nS 220 ex01.example.com ready\n-", session="08DE0000000000A1", at="2026-11-10T11:00:00")
    path = house.folder / "a.log"
    house.load(write_lines(path, [*smtp_header("receive"), *first, *later[:2]]))
    assert failed(house, "session_id, kind, source_id") == [("08DE0000000000A0", "handshake failed", 1)]
    house.load(write_lines(path, [*smtp_header("receive"), *first, *later]))
    assert failed(house, "session_id, kind, source_id") == [
        ("08DE0000000000A0", "handshake failed", 2),
        ("08DE0000000000A1", "no mail", 2),
    ]


def test_a_session_in_the_future_is_rejected(house: House) -> None:
    ahead = (datetime.now() + timedelta(days=3)).isoformat(timespec="seconds")
    later = talk("receive", BROKEN, "-", at=ahead, session="08DE0000000000A1")
    house.load(write_log(house.folder / "a.log", "receive", talk("receive", OPENING, mail()), later))
    assert failed(house) == []
    assert [reason for _, reason, _ in house.rejects()] == ["in the future"]


def test_an_own_format_may_return_failed_sessions(house: House) -> None:
    built_in = (bundled("queries") / "formats" / "exchange_smtp_receive.sql").read_text()
    mine = built_in.replace("Exchange Server SMTP receive log", "Mine").replace("Log-type:\\s*SMTP Receive", "Log-type:\\s*My Receive")
    (house.folder / "config" / "formats").mkdir(parents=True)
    (house.folder / "config" / "formats" / "my-receive.sql").write_text(mine)
    file = write_log(house.folder / "a.log", "receive", talk("receive", BROKEN, "-"))
    file.write_text(file.read_text().replace("SMTP Receive Protocol", "My Receive Protocol"))
    loaded = house.load(file, config=Config(folder=house.folder / "config", engine=house.config.engine))
    assert loaded.problems == []
    assert house.ask("SELECT format FROM trace.source") == [("my-receive",)]
    assert failed(house) == [("handshake failed", "SocketError")]


# --- who -------------------------------------------------------------------------------------------------------------

DAY = {"since": datetime(2026, 11, 10), "until": datetime(2026, 11, 11)}
ANY: dict[str, object] = {"direction": None, "any_connector": True, "connector": None, "kind": None, "most": 100}
DEVICE = "198.51.100.30:4000"


def ask(house: House, **changes: object) -> list[FailedPeer]:
    attach_trace(house.engine, house.target, "read")
    runner = QueryRunner(house.engine)
    try:
        return runner.ask(FailedPeer, "connectors/failed", **(DAY | ANY | changes))
    finally:
        runner.close()
        detach_trace(house.engine)


def the_day_after(house: House) -> None:
    """Load a log: mx1.partner.example fails three times and sends once in clear and twice by TLS; a device fails; a probe; mail out."""
    old = opening("SP_PROT_TLS1_0_SERVER").replace("mx1.partner.example", "old.partner.example")
    device = BROKEN.replace("SocketError", "AlgorithmMismatch").replace("mx1.partner.example", "WIN-7F2K")
    probe = "+\nS 220 ex01.example.com ready\n"
    receive = [
        talk("receive", BROKEN, "-", session="08DE000000000001", at="2026-11-10T09:00:00"),
        talk("receive", BROKEN, HELLO, mail(), "-", session="08DE000000000002", at="2026-11-10T09:10:00"),
        talk("receive", REFUSED, "-", session="08DE000000000003", at="2026-11-10T09:20:00", peer="203.0.113.10:4000"),
        talk("receive", opening(TLS12), mail(), mail(), "-", session="08DE000000000004", at="2026-11-10T09:30:00"),
        talk("receive", opening("SP_PROT_TLS1_3_SERVER"), mail(), "-", session="08DE000000000005", at="2026-11-09T09:30:00"),
        talk("receive", device, "-", session="08DE000000000006", at="2026-11-10T10:00:00", peer=DEVICE, connector="EX01\\From Devices"),
        talk("receive", device, "-", session="08DE000000000007", at="2026-11-11T00:00:00", peer=DEVICE, connector="EX01\\From Devices"),
        talk("receive", old, mail(), "-", session="08DE000000000008", at="2026-11-10T10:10:00", peer="198.51.100.44:4000"),
        talk("receive", probe, "-", session="08DE000000000009", at="2026-11-10T10:20:00", peer="198.51.100.44:4000"),
        talk("receive", probe, "-", session="08DE00000000000A", at="2026-11-10T10:30:00", peer="198.51.100.44:4000"),
    ]
    away = BROKEN.replace("220 ex01.example.com", "220 mx1.partner.example")
    send = [talk("send", away, "-", session="08DE0000000000F1", at="2026-11-10T11:00:00")]
    house.load(write_log(house.folder / "RECV.LOG", "receive", *receive), write_log(house.folder / "SEND.LOG", "send", *send))


def test_whose_sessions_fail_and_with_which_error(house: House) -> None:
    the_day_after(house)
    found = ask(house)
    assert [(one.peer, one.is_unverified, one.direction, one.connector, one.kind, one.sessions) for one in found] == [
        ("mx1.partner.example", True, "inbound", "Default Frontend EX01", "handshake failed", 3),
        ("198.51.100.44", False, "inbound", "Default Frontend EX01", "no mail", 2),
        ("mx1.partner.example", False, "outbound", "To Internet", "handshake failed", 1),
        ("WIN-7F2K", True, "inbound", "From Devices", "handshake failed", 1),
    ]
    assert [(one.peer_ip, one.addresses, one.error, one.errors) for one in found] == [
        ("203.0.113.9", 2, "SocketError", 2),
        ("198.51.100.44", 1, None, 0),
        ("203.0.113.9", 1, "SocketError", 1),
        ("198.51.100.30", 1, "AlgorithmMismatch", 1),
    ]
    assert (found[0].first_utc, found[0].last_utc) == (datetime(2026, 11, 10, 9), datetime(2026, 11, 10, 9, 20))
    assert {(one.all_sessions, one.all_peers) for one in found} == {(7, 4)}


def test_what_the_same_peer_still_gets_across(house: House) -> None:
    the_day_after(house)
    assert [(one.peer, one.direction, one.messages, one.best) for one in ask(house)] == [
        ("mx1.partner.example", "inbound", 3, "TLS 1.3"),
        ("198.51.100.44", "inbound", 1, "TLS 1.0"),
        ("mx1.partner.example", "outbound", 0, None),
        ("WIN-7F2K", "inbound", 0, None),
    ]


def test_failed_sessions_of_one_kind_direction_or_connector(house: House) -> None:
    the_day_after(house)
    assert [one.peer for one in ask(house, kind="no mail")] == ["198.51.100.44"]
    assert [one.peer for one in ask(house, direction="outbound")] == ["mx1.partner.example"]
    assert [one.peer for one in ask(house, any_connector=False, connector="From Devices")] == ["WIN-7F2K"]
    assert ask(house, any_connector=False, connector=None) == []
    first = ask(house, most=1)
    assert [(one.sessions, one.all_sessions, one.all_peers) for one in first] == [(3, 7, 4)]
    assert [one.sessions for one in ask(house, until=datetime(2026, 11, 12), kind="handshake failed")] == [3, 2, 1]
