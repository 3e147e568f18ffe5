"""Which TLS a message of a protocol log had, and whose mail it is: No TLS needs evidence, and names prove nothing."""

from __future__ import annotations

import pytest

from tests.support.traces import OPENING, House, Kind, mail, opening, queued, talk, tls_context, write_log
from tui.config import Config

pytestmark = pytest.mark.share(0.33)

GREETING = "S 220 ex01.example.com Microsoft ESMTP MAIL Service ready at Tue, 10 Nov 2026 10:00:00 +0000"
HELLO = "C EHLO mx1.partner.example\nS 250  ex01.example.com Hello [203.0.113.9] SIZE 37748736 STARTTLS"
TLS12 = "C STARTTLS\nS 220 2.0.0 SMTP server ready\nT SP_PROT_TLS1_2_SERVER"
ROWS_EHLO = "C EHLO x\nS 250-ex01.example.com Hello [203.0.113.9]\nS 250-SIZE 1\nS 250-STARTTLS\nS 250 CHUNKING"
TOO_LATE = f"* Sending certificate|\n* |{tls_context()}"

SCRIPTS = {
    "+ seen, no TLS": ("+\n" + HELLO, "No TLS"),
    "220 seen, no TLS": (f"{GREETING}\n{HELLO}", "No TLS"),
    "neither seen": (HELLO, "Not recorded"),
    "nothing before the mail": ("", "Not recorded"),
    "neither seen, but TLS": (f"{HELLO}\n{TLS12}\n{HELLO}", "TLS 1.2"),
    "cut within the handshake": ("T SP_PROT_TLS1_1_SERVER", "TLS 1.1"),
    "220 after the EHLO is no greeting": (f"{HELLO}\nC STARTTLS\nS 220 2.0.0 SMTP server ready", "Not recorded"),
    "EHLO of many rows": (f"+\n{GREETING}\n{ROWS_EHLO}\n{TLS12}\n{ROWS_EHLO}", "TLS 1.2"),
    "EHLO of many rows, no TLS": (f"+\n{GREETING}\n{ROWS_EHLO}", "No TLS"),
    "handshake failed, went on": (
        f"{OPENING}C STARTTLS\nS 220 2.0.0 SMTP server ready\n* |TLS negotiation failed with error AlgorithmMismatch\n{HELLO}",
        "No TLS",
    ),
    "454": (f"{OPENING}C STARTTLS\nS 454 4.7.0 TLS not available due to temporary reason\n{HELLO}", "No TLS"),
    "a later handshake replaces": (f"{opening('SP_PROT_TLS1_0_SERVER')}{TLS12}\n{HELLO}", "TLS 1.2"),
    "a number": (opening("3072"), "TLS 1.2"),
    "SSL": (opening("SP_PROT_SSL3_SERVER"), "SSL"),
    "unreadable": (opening("SP_PROT_FUTURE"), "TLS (version unknown)"),
    "TLS 1.3": (opening("SP_PROT_TLS1_3_SERVER"), "TLS 1.3"),
}


def test_no_tls_needs_the_start_of_the_session(house: House) -> None:
    talks = [
        talk("receive", script, mail(f"{number}@a.example"), session=f"08DE{number:012X}")
        for number, (script, _) in enumerate(SCRIPTS.values())
    ]
    house.load(write_log(house.folder / "r.log", "receive", *talks))
    names = list(SCRIPTS)
    found = {names[int(sender.split("@")[0])]: tls for sender, tls in house.message("sender, CAST(tls AS VARCHAR)")}
    assert found == {name: tls for name, (_, tls) in SCRIPTS.items()}


@pytest.mark.parametrize("after", [HELLO, f"* |TLS negotiation failed with error SocketError\n{HELLO}"])
def test_the_answer_to_starttls_is_no_greeting(house: House, after: str) -> None:
    script = f"C STARTTLS\nS 220 2.0.0 SMTP server ready\n{after}"
    house.load(write_log(house.folder / "r.log", "receive", talk("receive", script, mail())))
    assert house.one("tls") == ("Not recorded",)


def test_each_message_has_the_tls_of_its_moment(house: House) -> None:
    parts = [
        OPENING,
        mail("1@a.example"),
        TLS12,
        HELLO,
        mail("2@a.example"),
        "T SP_PROT_TLS1_3_SERVER",
        mail("3@a.example"),
    ]
    house.load(write_log(house.folder / "r.log", "receive", talk("receive", *parts)))
    assert house.message("sender, tls") == [
        ("1@a.example", "No TLS"),
        ("2@a.example", "TLS 1.2"),
        ("3@a.example", "TLS 1.3"),
    ]


@pytest.mark.parametrize("kind", ["receive", "send"])
def test_the_raw_version_and_the_cipher_are_kept(house: House, kind: Kind) -> None:
    tls = tls_context("SP_PROT_TLS1_2_CLIENT", "CALG_AES_128")
    house.load(write_log(house.folder / "r.log", kind, talk(kind, OPENING, f"* |{tls}", mail())))
    assert house.one("tls, tls_raw, cipher") == ("TLS 1.2", "SP_PROT_TLS1_2_CLIENT", "CALG_AES_128")


def test_a_peer_that_only_writes_about_tls_has_none(house: House) -> None:
    lines = [
        "C HELP TLS protocol SP_PROT_TLS1_3_SERVER negotiation succeeded",
        "S 214 TLS protocol SP_PROT_TLS1_3_SERVER",
    ]
    house.load(write_log(house.folder / "r.log", "receive", talk("receive", OPENING, *lines, mail())))
    assert house.one("tls, tls_raw") == ("No TLS", None)


VERBS = {
    "X-ANONYMOUSTLS": f"C X-ANONYMOUSTLS\nS 220 2.0.0 SMTP server ready\nT SP_PROT_TLS1_2_SERVER\n{HELLO}",
    "XPROXY": "C XPROXY SID=08DE0000000000AA IP=198.51.100.77 PORT=41234 DOMAIN=mail.a.example SEQNUM=1\nS 250 XProxy accepted",
    "XPROXYFROM": "C XPROXYFROM SID=08DE0000000000AA IP=198.51.100.77 PORT=41234 DOMAIN=mail.a.example\nS 250 XProxyFrom accepted",
    "XPROXYTO": "C XPROXYTO SID=08DE0000000000AA\nS 250 XProxyTo accepted",
}


@pytest.mark.parametrize("kind", ["receive", "send"])
def test_the_servers_own_verbs_make_a_hop_internal(house: House, kind: Kind) -> None:
    talks = [talk(kind, OPENING, script, mail(), session=f"08DE{number:012X}") for number, script in enumerate(VERBS.values())]
    house.load(write_log(house.folder / "r.log", kind, *talks))
    assert house.message("direction") == [("internal",)] * 4
    assert house.flow() == {}


def test_a_verb_in_an_ehlo_answer_makes_nothing_internal(house: House) -> None:
    offer = "C EHLO x\nS 250-ex01 Hello\nS 250-X-ANONYMOUSTLS\nS 250-XPROXY\nS 250 XPROXYTO"
    house.load(write_log(house.folder / "r.log", "receive", talk("receive", f"+\n{GREETING}", offer, mail())))
    assert house.one("direction") == ("inbound",)


def test_the_peer_behind_a_proxy_is_the_one_it_names(house: House) -> None:
    house.load(
        write_log(
            house.folder / "r.log",
            "receive",
            talk("receive", OPENING, VERBS["XPROXYFROM"], mail(), peer="192.0.2.26:25"),
        )
    )
    assert house.one("peer_ip") == ("198.51.100.77",)


CONNECTORS = ("EX01\\Default EX01", "EX01\\Outbound Proxy Frontend EX01", "EX01\\Standard EX01", "EX01\\internal relay")
PRIVATE = ("10.0.0.8:2525", "127.0.0.1:2525", "[fd00::8]:2525", "192.168.1.9:25")


def test_no_name_and_no_private_address_makes_a_hop_internal(house: House) -> None:
    talks = [
        talk("receive", OPENING, mail(), connector=connector, peer=peer, session=f"08DE{number:012X}")
        for connector in CONNECTORS
        for number, peer in enumerate(PRIVATE)
    ]
    house.load(write_log(house.folder / "r.log", "receive", *talks))
    assert house.flow() == {("inbound", connector.partition("\\")[2], "No TLS"): 4 for connector in CONNECTORS}


LOGIN = """
C AUTH LOGIN
S 334 <authentication response>
S 334 <authentication response>
* EXAMPLE\\anna|authenticated
S 235 2.7.0 Authentication successful
"""


def test_a_client_that_signed_in_submits(house: House) -> None:
    house.load(write_log(house.folder / "r.log", "receive", talk("receive", opening("SP_PROT_TLS1_2_SERVER"), LOGIN, mail())))
    assert house.one("direction, auth_user, status, tls") == ("submission", "EXAMPLE\\anna", "accepted", "TLS 1.2")
    assert house.flow() == {}
    assert house.ask("SELECT message_count, other_count FROM trace.source") == [(0, 1)]


def test_a_client_that_failed_to_sign_in_submits_nothing(house: House) -> None:
    failed = "C AUTH LOGIN\nS 334 <authentication response>\nS 535 5.7.3 Authentication unsuccessful"
    house.load(write_log(house.folder / "r.log", "receive", talk("receive", OPENING, failed, mail())))
    assert house.one("direction, auth_user, status") == ("inbound", None, "accepted")


@pytest.mark.parametrize("own", ["203.0.113.9", "MX1.partner.example"])
def test_mail_from_an_own_server_of_the_config_is_internal(house: House, own: str) -> None:
    other = talk(
        "receive",
        "+\nS 220 x\nC EHLO elsewhere.example\nS 250 x",
        mail("2@a.example"),
        session="08DE00000000000B",
        peer="203.0.113.10:25",
    )
    file = write_log(house.folder / "r.log", "receive", talk("receive", OPENING, mail("1@a.example")), other)
    house.load(file, config=Config(own_servers=(own,)))
    assert sorted(house.message("sender, direction")) == [("1@a.example", "internal"), ("2@a.example", "inbound")]


@pytest.mark.parametrize("own", ["203.0.113.9", "ex01.example.com"])
def test_mail_to_an_own_server_of_the_config_is_internal(house: House, own: str) -> None:
    house.load(write_log(house.folder / "s.log", "send", talk("send", OPENING, mail())), config=Config(own_servers=(own,)))
    assert house.one("direction, reply") == ("internal", queued())
