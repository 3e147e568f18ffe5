"""What a message of a protocol log tells beside its TLS: who, from where, how large, with which answer, in which line."""

from __future__ import annotations

import pytest

from tests.support.traces import OPENING, House, Kind, mail, opening, queued, smtp_header, talk, write_lines, write_log

pytestmark = pytest.mark.share(0.33)

SECURE = opening("SP_PROT_TLS1_2_SERVER")
KINDS: tuple[Kind, ...] = ("receive", "send")


def test_a_received_message(house: House) -> None:
    script = mail("Anna@A.example", "b@example.com", "c@example.com", reply=queued("<id-1@a.example>", 34_567))
    house.load(write_log(house.folder / "r.log", "receive", talk("receive", SECURE, script)))
    columns = "time_utc, direction, connector, connector_type, system, server, service, peer_host, helo, peer_ip, peer_domain"
    row = house.one(columns)
    assert str(row[0]) == "2026-11-10 10:00:00.090000"
    assert row[1:] == (
        "inbound", "Default Frontend EX01", None, "Exchange Server", "EX01", "frontend", None, "mx1.partner.example",
        "203.0.113.9", "a.example",
    )  # fmt: skip
    columns = "sender, recipients, subject, auth_user, message_id, session_id, size_bytes, messages, is_estimate, status, reply"
    assert house.one(columns) == (
        "Anna@A.example", ["b@example.com", "c@example.com"], None, None, "<id-1@a.example>", "08DE000000000001", 34_567, 1,
        False, "accepted", queued("<id-1@a.example>", 34_567),
    )  # fmt: skip


def test_a_sent_message(house: House) -> None:
    note = "* |sending message with RecordId 167503004549 and InternetMessageId <id-2@example.com>"
    script = mail("me@example.com", "you@Partner.example", "two@other.example", reply="250 2.0.0 OK 1762768800 abc9 - gsmtp")
    talks = talk("send", SECURE.replace("ex01.example.com Micro", "mx.partner.example Micro"), note, script)
    house.load(write_log(house.folder / "s.log", "send", talks))
    columns = "direction, connector, server, service, peer_host, peer_ip, peer_domain, sender, recipients, message_id, size_bytes"
    assert house.one(columns) == (
        "outbound", "To Internet", "mx1.partner.example", "send", "mx.partner.example", "203.0.113.9", "partner.example",
        "me@example.com", ["you@Partner.example", "two@other.example"], "<id-2@example.com>", 1500,
    )  # fmt: skip
    assert house.one("status, reply") == ("delivered", "250 2.0.0 OK 1762768800 abc9 - gsmtp")


def test_each_sent_message_has_the_id_that_was_announced_for_it(house: House) -> None:
    note = "* |sending message with RecordId 16750300454{0} and InternetMessageId <id-{0}@example.com>"
    parts = [part for number in (1, 2, 3) for part in (note.format(number), mail(f"{number}@example.com", reply="250 OK"))]
    house.load(write_log(house.folder / "s.log", "send", talk("send", OPENING, *parts)))
    assert house.message("sender, message_id") == [(f"{n}@example.com", f"<id-{n}@example.com>") for n in (1, 2, 3)]


PEERS = {
    "203.0.113.9:41234": "203.0.113.9",
    "203.0.113.9": "203.0.113.9",
    "[2001:db8::25]:41234": "2001:db8::25",
    "[::ffff:203.0.113.9]:41234": "203.0.113.9",
    "[fe80::1%3]:25": "fe80::1",
    "2001:db8::25": "2001:db8::25",
}


def test_the_peer_is_an_address_without_its_port(house: House) -> None:
    talks = [talk("receive", OPENING, mail(), peer=peer, session=f"08DE{number:012X}") for number, peer in enumerate(PEERS)]
    house.load(write_log(house.folder / "r.log", "receive", *talks))
    found = sorted(house.message("session_id, peer_ip"))
    assert dict(zip(PEERS, (address for _, address in found), strict=True)) == PEERS


NAMES = ("组织内 SMTP 接收连接器", "Par défaut EX01", "Verbindung; Köln, Büro 2", 'says "hi", twice', "O'Brien")


@pytest.mark.parametrize("kind", KINDS)
def test_connector_names_are_kept_as_they_are(house: House, kind: Kind) -> None:
    talks = [talk(kind, SECURE, mail(), connector=f"EX01\\{name}" if kind == "receive" else name) for name in NAMES]
    house.load(write_log(house.folder / "r.log", kind, *talks))
    assert sorted(house.message("connector")) == sorted((name,) for name in NAMES)


@pytest.mark.parametrize("kind", KINDS)
def test_the_null_sender_is_a_sender(house: House, kind: Kind) -> None:
    house.load(write_log(house.folder / "r.log", kind, talk(kind, SECURE, mail(""))))
    assert house.one("sender, recipients, peer_domain") == (
        "",
        ["b@example.com"],
        None if kind == "receive" else "example.com",
    )


HELOS = {
    "EHLO mx.a.example": "mx.a.example",
    "HELO WIN-7F2K": "WIN-7F2K",
    "ehlo [203.0.113.9]": "[203.0.113.9]",
    "EHLO": None,
}


def test_helo_is_what_the_peer_says(house: House) -> None:
    talks = [
        talk("receive", f"+\nS 220 ex01 ready\nC {said}\nS 250 ex01 Hello", mail(), session=f"08DE{number:012X}")
        for number, said in enumerate(HELOS)
    ]
    house.load(write_log(house.folder / "r.log", "receive", *talks))
    found = sorted(house.message("session_id, helo"))
    assert dict(zip(HELOS, (helo for _, helo in found), strict=True)) == HELOS


def test_size_comes_from_the_command_where_the_reply_has_none(house: House) -> None:
    house.load(write_log(house.folder / "r.log", "receive", talk("receive", OPENING, mail(reply="250 2.0.0 OK"))))
    assert house.one("size_bytes, message_id") == (1500, None)


def test_the_reply_is_the_refusal_that_decided(house: House) -> None:
    script = "C MAIL FROM:<a@a.example>\nS 250 2.1.0 OK\nC RCPT TO:<b@b.example>\nS 550 5.1.10 RESOLVER.ADR.RecipientNotFound"
    house.load(write_log(house.folder / "r.log", "receive", talk("receive", OPENING, script)))
    assert house.one("status, reply") == ("rejected", "550 5.1.10 RESOLVER.ADR.RecipientNotFound")


def test_line_numbers_point_at_mail_from_in_the_file(house: House) -> None:
    rows = talk("receive", SECURE, mail("1@a.example"), mail("2@a.example"), mail("3@a.example"), "-")
    lines = [*smtp_header("receive"), *rows]
    lines[8:8] = ["broken", "also,broken"]
    lines[20:20] = ["x,y,z"]
    lines.insert(2, "#Version: 15.2.0.0")
    file = write_lines(house.folder / "r.log", lines)
    house.load(file)
    found = house.message("sender, line_no")
    written = file.read_text().splitlines()
    assert [sender for sender, _ in found] == ["1@a.example", "2@a.example", "3@a.example"]
    for sender, line_no in found:
        assert f"MAIL FROM:<{sender}>" in written[line_no - 1]
    rejects = house.rejects()
    assert [(written[line_no - 1], text) for line_no, _, text in rejects] == [(text, text) for text in ("broken", "also,broken", "x,y,z")]


def test_line_numbers_are_those_of_each_file_of_several(house: House) -> None:
    for number in (1, 2, 3):
        rows = talk(
            "receive",
            OPENING,
            mail(f"{number}@a.example"),
            session=f"08DE00000000000{number}",
            at=f"2026-11-1{number}T10:00:00",
        )
        write_lines(house.folder / "logs" / f"{number}.log", [*smtp_header("receive"), *["broken"] * number, *rows])
    house.load(house.folder / "logs")
    assert house.message("sender, line_no") == [("1@a.example", 11), ("2@a.example", 12), ("3@a.example", 13)]


def test_a_row_with_a_bad_time_or_event_is_rejected_with_its_line(house: House) -> None:
    rows = talk("receive", SECURE, mail("1@a.example"), mail("2@a.example"), "-")
    bad = [rows[0].replace("2026-11-10T10:00:00.000Z", "yesterday"), rows[1].replace(",>,", ",?,")]
    file = write_lines(house.folder / "r.log", [*smtp_header("receive"), *rows[:9], *bad, *rows[9:]])
    house.load(file)
    assert [(line, reason) for line, reason, _ in house.rejects()] == [
        (15, "the date-time is not a time"),
        (16, "the event is none of + - < > *"),
    ]
    assert house.message("sender, line_no") == [("1@a.example", 17), ("2@a.example", 24)]
    assert house.ask("SELECT reject_count FROM trace.source") == [(2,)]


@pytest.mark.parametrize(
    ("written", "result"),
    [
        ("TlsDomainCapabilities='None'; Status='NoRemoteCertificate'", "NoRemoteCertificate"),
        ("TlsDomainCapabilities='None'; Status='Success'; Domain='mail, any'", "Success"),
    ],
)
def test_the_certificate_check_is_its_status_and_not_the_domain_behind_it(house: House, written: str, result: str) -> None:
    talks = talk("send", SECURE, f"* |{written}", mail("me@example.com", "you@partner.example", reply="250 OK"))
    house.load(write_log(house.folder / "s.log", "send", talks))
    assert house.one("verified") == (result,)


def test_the_answer_to_starttls_is_no_greeting_of_a_host(house: House) -> None:
    cut = "C STARTTLS\nS 220 2.0.0 SMTP server ready\nT SP_PROT_TLS1_2_SERVER"
    house.load(write_log(house.folder / "s.log", "send", talk("send", cut, mail("me@example.com", reply="250 OK"))))
    assert house.one("peer_host, tls") == (None, "TLS 1.2")
