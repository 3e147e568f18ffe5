"""FortiMail and Haraka: lines as their servers spell them, hop by hop, and worlds that are cut, ordered and loaded in any way."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.mail_logs import check, cut, hop_rows, recorded_rows, rows_of, utc, world_of
from tests.support.traces import House

pytestmark = pytest.mark.share(0.25)

ID = "D33D6290-C923-4DAC-A4B4-D0E7B8FAF010"
COLUMNS = ("time_utc", "direction", "tls", "status", "peer_ip", "messages")


@pytest.mark.share(1)
@pytest.mark.parametrize("seed", [0, 10])
def test_a_cut_may_hide_clear_text_of_a_fortimail_log_but_changes_nothing_else(
    seed: int, house: House, other: House, tmp_path: Path
) -> None:
    for number, path in enumerate(world_of("fortimail", tmp_path / "world", 400, seed)[1]):
        house.load(path, config=utc(house.config))
        if path.suffix != ".gz":
            path, later = cut(path, other.folder / f"part{number}", 0.2 + seed / 20)
            other.load(later, config=utc(other.config))
        other.load(path, config=utc(other.config))
    whole, parts = rows_of(house), rows_of(other)
    assert [without_tls(row) for row in whole] == [without_tls(row) for row in parts]
    changed = [(was, now) for was, now in zip(whole, parts, strict=True) if was != now]
    assert {(was[1], was[2], now[2]) for was, now in changed} <= {("inbound", "No TLS", "Not recorded")}
    assert len(changed) <= 3


def without_tls(row: tuple[str, ...]) -> tuple[str, ...]:
    return (*row[:2], *row[3:12], *row[13:])


@pytest.mark.parametrize("name", ["fortimail", "haraka"])
def test_every_hop_equals_the_truth(name: str, house: House, tmp_path: Path) -> None:
    world, files = world_of(name, tmp_path / "world", 1_000, 8)
    house.load(*files[::-1], config=utc(house.config))
    assert recorded_rows(house, COLUMNS) == hop_rows(world.hops, COLUMNS)
    assert house.rejects() == []


def test_haraka_separates_inbound_and_outbound_of_one_connection(house: House) -> None:
    check(
        house,
        f"""
        2026-11-12T22:15:13.000Z [INFO] [{ID}] [tls] secured: cipher=TLS_AES_256_GCM_SHA384 version=TLSv1.3 verified=false
        2026-11-12T22:15:14.000Z [NOTICE] [{ID}.1] [core] disconnect ip=198.51.100.9 rdns=pc.example.com helo=[192.0.2.54] relay=Y early=N esmtp=Y tls=Y pipe=N errors=0 txns=1 rcpts=1/0/0 msgs=1/0/0 bytes=451 lr="" time=2.304
        2026-11-12T22:15:16.000Z [INFO] [{ID}.1.1] [outbound] secured verified=true cipher=ECDHE-RSA-AES128-GCM-SHA256 version=TLSv1.2 cn=*.fabrikam.example organization="Fabrikam" issuer="Test CA" expires="Feb 24 12:00:00 2027 GMT" fingerprint=DD:AC
        2026-11-12T22:15:18.000Z [NOTICE] [{ID}.1.1] [outbound]  delivered file=1_1_0_90_adwUhC_83_b97d domain=fabrikam.example host=mx1.fabrikam.example ip=203.0.113.9 port=25 mode=SMTP tls=Y auth=N response="Queued as BA5AF7A207E" delay=4.565 fails=0 rcpts=1/0/0
        2026-11-12T22:15:19.000Z [NOTICE] [{ID}.1.2] [outbound]  delivered file=1_1_0_90_adwUhC_84_b97d domain=contoso.example host=mx.contoso.example ip=203.0.113.10 port=25 mode=SMTP tls=N auth=N response="ok" delay=4.9 fails=0 rcpts=1/0/0
        """,  # noqa: E501
        {"direction": "submission", "tls": "TLS 1.3", "peer_host": "pc.example.com", "verified": "false"},
        {"direction": "outbound", "tls": "TLS 1.2", "peer_host": "mx1.fabrikam.example", "verified": "true"},
        {"direction": "outbound", "tls": "No TLS", "peer_host": "mx.contoso.example", "peer_domain": "contoso.example"},
    )


def test_haraka_of_version_2_quotes_and_logs_by_syslog(house: House) -> None:
    check(
        house,
        f"""
        Nov 12 13:35:35 mx2 haraka[1]: [INFO] [{ID}.1.1] [outbound] secured: cipher=AES256-SHA version=TLSv1 verified=false
        Nov 12 13:35:36 mx2 haraka[1]: [NOTICE] [{ID}.1.1] [outbound] delivered file=x domain="fabrikam.example" host="mx1.fabrikam.example" ip=203.0.113.9 port=25 mode=SMTP tls=Y auth=N response="ok" delay=1 fails=0 rcpts=1/0/0
        Nov 12 13:35:37 mx2 haraka[1]: [NOTICE] [{ID}] [core] disconnect ip=203.0.113.9 rdns="mx1.fabrikam.example" helo="mx1" relay=N early=N esmtp=Y tls=N pipe=N txns=2 rcpts=1/0/1 msgs=2/0/1 bytes=0 lr="550 no" time=10.009
        """,  # noqa: E501
        {"direction": "outbound", "tls": "TLS 1.0", "peer_host": "mx1.fabrikam.example", "messages": 1},
        {"direction": "inbound", "tls": "No TLS", "peer_host": "mx1.fabrikam.example", "messages": 2},
    )


def test_haraka_counts_the_try_that_came_through(house: House) -> None:
    check(
        house,
        f"""
        2026-11-12 21:57:14.029305500  [INFO] [{ID}.1.1] [outbound] secured verified=false cipher=DHE-RSA-AES128-SHA version=TLSv1.1
        2026-11-12 21:57:44.029305500  [INFO] [{ID}.1.1] [outbound] Temp failing x for 64 seconds: Tried all MXs
        2026-11-12 21:58:54.029305500  [INFO] [{ID}.1.1] [outbound] secured verified=false cipher=DHE-RSA-AES128-SHA256 version=TLSv1.2
        2026-11-12 21:58:55.029305500  [NOTICE] [{ID}.1.1] [outbound]  delivered file=x domain=fabrikam.example host=mx1.fabrikam.example ip=203.0.113.9 port=25 mode=SMTP tls=Y
        """,  # noqa: E501
        {"direction": "outbound", "tls": "TLS 1.2", "status": "delivered"},
    )


def test_mail_that_haraka_hands_to_mailboxes_crosses_no_hop(house: House) -> None:
    check(
        house,
        f"""
        2026-11-12T22:15:18.000Z [NOTICE] [{ID}.1.1] [outbound]  delivered file=x domain=example.com host=127.0.0.1 ip=/run/dovecot/lmtp port=24 mode=LMTP tls=N auth=N response="Saved" delay=0.048 fails=0 rcpts=1/0/0
        """,  # noqa: E501
        {"direction": "internal", "tls": "No TLS"},
    )


def test_text_of_a_peer_is_not_read_as_a_line_of_haraka(house: House) -> None:
    check(
        house,
        f"""
        2026-11-12T22:15:13.000Z [PROTOCOL] [{ID}] [core] C: EHLO [NOTICE] [{ID}.1.1] [outbound] delivered domain=example.com ip=203.0.113.9 tls=Y
        2026-11-12T22:15:14.000Z [NOTICE] [{ID}] [core] disconnect ip=198.51.100.9 rdns=NXDOMAIN helo=pc relay=N tls=N msgs=1/0/0 lr="" time=2.304
        """,  # noqa: E501
        {"direction": "inbound", "tls": "No TLS", "peer_host": None},
    )


def forti(clock: str, session: str, words: str) -> str:
    return (
        f"date=2026-11-12 time={clock} device_id=FEVM020000000001 log_id=0003007072 type=event subtype=smtp pri=information  user=mail "
        f'ui=mail action=NONE status=N/A session_id="{session}" msg="{words}"\n'
    )


BEGUN = forti("09:00:00.000", "0", "to=postmaster, delay=00:00:50, mailer=local, pri=58900, dsn=5.1.1, stat=User unknown(Reason: 550)")
FROM = "from=<anna@partner.example>, size=26135, class=0, nrcpts={}, proto=ESMTP, daemon=SMTP_MTA, relay=mx1 [198.51.100.7]"


def test_fortimail_reads_relays_without_a_name(house: House) -> None:
    to = "to=<{}@fabrikam.example>, delay=00:00:06, mailer=esmtp, pri=165917, relay= [203.0.113.9], dsn=2.0.0, stat=Sent (Ok)"
    check(
        house,
        BEGUN
        + forti("10:00:00.100", "q1-q2", "STARTTLS=client, relay=[203.0.113.9], version=TLSv1.3, verify=OK, cipher=X, bits=256/256")
        + forti("10:00:00.200", "q1-q2", to.format("ben"))
        + forti("10:00:00.201", "q1-q2", to.format("carla")),
        {
            "direction": "outbound", "tls": "TLS 1.3", "peer_host": None, "peer_ip": "203.0.113.9",
            "recipients": ["ben@fabrikam.example", "carla@fabrikam.example"],
        },
    )  # fmt: skip


def test_a_line_about_the_certificate_contains_no_version(house: House) -> None:
    check(
        house,
        BEGUN
        + forti("10:00:00.000", "q1-q1", "STARTTLS=server, relay=mx1 [198.51.100.7], version=TLSv1.2, verify=NO, cipher=X, bits=256/256")
        + forti("10:00:00.050", "q1-q1", "STARTTLS=server, cert-subject=/CN=mx1, cert-issuer=/CN=CA, verifymsg=self signed certificate")
        + forti("10:00:00.100", "q1-q1", FROM.format(1))
        + forti("10:00:02.000", "q1-q2", FROM.format(1)),
        {"direction": "inbound", "tls": "TLS 1.2", "verified": "NO"},
        {"direction": "inbound", "tls": "TLS 1.2", "verified": "NO"},
    )


def test_fortimail_does_not_count_what_had_no_recipients_or_signed_in(house: House) -> None:
    check(
        house,
        BEGUN
        + forti("10:00:00.000", "q1", FROM.format(0))
        + forti("10:00:01.000", "q2", "AUTH=server, relay=mx1 [198.51.100.7], authid=anna, mech=LOGIN, bits=0")
        + forti("10:00:02.000", "q2", FROM.format(1)),
        {"direction": "inbound", "status": "incomplete", "auth_user": None},
        {"direction": "submission", "status": "accepted", "auth_user": "anna"},
    )


def test_a_session_at_the_begin_of_a_fortimail_log_does_not_count_as_clear_text(house: House) -> None:
    secured = "STARTTLS=server, relay=mx1 [198.51.100.7], version=TLSv1.2, verify=NO, cipher=X, bits=256/256"
    check(
        house,
        forti("10:00:00.000", "q0", secured) + forti("10:00:01.000", "q1", FROM.format(1)) + forti("10:09:00.000", "q0", FROM.format(1))
        + forti("10:10:00.000", "q2", FROM.format(1)),
        {"tls": "Not recorded"},
        {"tls": "TLS 1.2"},
        {"tls": "No TLS"},
    )  # fmt: skip
