"""Logs of OpenSMTPD, line by line, of version 6 and later and of version 5: what each shape of line tells, checked by hand."""

from __future__ import annotations

import pytest

from tests.support.batches import Batch, texts_of
from tests.support.engines import EnginePool
from tests.support.mail_logs import check, rows_of, utc, write_log
from tests.support.traces import House

pytestmark = pytest.mark.share(0.25)

IN, OUT = "0123456789abcdef", "fedcba9876543210"
CONNECTED = f"{IN} smtp connected address=203.0.113.9 host=mx1.partner.example"
TLS = f"{IN} smtp tls ciphers=TLSv1.3:AEAD-AES256-GCM-SHA384:256"
MESSAGE = f"{IN} smtp message msgid=4296f490 size=1746 nrcpt=1 proto=ESMTP"
ENVELOPE = f"{IN} smtp envelope evpid=4296f490aabbccdd from=<a@partner.example> to=<b@example.com>"
END = f"{IN} smtp disconnected reason=quit"
CONNECTING = f"{OUT} mta connecting address=smtp://198.51.100.27:25 host=mx.partner.example"
OUT_TLS = f"{OUT} mta tls ciphers=TLSv1.2:ECDHE-RSA-AES256-GCM-SHA384:256"
OLD_IN = f"smtp-in: New session {IN} from host mx1.partner.example [203.0.113.9]"
OLD_TLS = f"smtp-in: Started TLS on session {IN}: version=TLSv1.2, cipher=EDH-RSA-DES-CBC3-SHA, bits=112"
OLD_MESSAGE = (
    f"smtp-in: Accepted message 4296f490 on session {IN}: from=<a@partner.example>, to=<b@example.com>, size=1746, ndest=1, proto=ESMTP"
)
OLD_OUT = f"smtp-out: Connecting to smtp://198.51.100.27:25 (mx.partner.example) on session {OUT}..."
OLD_SENT = (
    f"relay: Ok for 4296f490aabbccdd: session={OUT}, from=<me@example.com>, to=<x@partner.example>, rcpt=<->, source=192.0.2.1, "
    "relay=198.51.100.27 (mx.partner.example), delay=2s, stat=250 2.0.0 OK"
)


def sent(
    recipient: str = "x@partner.example", result: str = "Ok", stat: str = "250 2.0.0 OK", session: str = OUT, number: str = "aabbccdd"
) -> str:
    """Return a line of a delivery."""
    return (
        f"{session} mta delivery evpid=4296f490{number} from=<me@example.com> to=<{recipient}> rcpt=<-> "
        f'source="192.0.2.1" relay="198.51.100.27 (mx.partner.example)" delay=2s result="{result}" stat="{stat}"'
    )


def log(*texts: str) -> str:
    """Return lines a second apart."""
    return "\n".join(f"Nov 12 10:00:{at:02d} ix smtpd[22704]: {text}" for at, text in enumerate(texts))


# What keeps the logs of a batch apart.
APART = {" ix ": " ix{} ", "0123456789abcdef": "0123456789abcd{}", "fedcba9876543210": "fedcba98765432{}", "4296f490": "4296f4{}"}


@pytest.fixture(scope="module")
def batch(engines: EnginePool, tmp_path_factory: pytest.TempPathFactory) -> Batch:
    """Return the hops of all logs of this module, which are loaded at once."""
    return Batch(engines, tmp_path_factory.mktemp("batch"), texts_of(HOPS, NO_HOPS), APART)


HOPS = [
    pytest.param(
        log(CONNECTED, TLS, MESSAGE, ENVELOPE, END),
        {
            "time_utc": "2026-11-12 10:00:02",
            "direction": "inbound",
            "tls": "TLS 1.3",
            "tls_raw": "TLSv1.3",
            "cipher": "AEAD-AES256-GCM-SHA384",
            "status": "accepted",
            "peer_host": "mx1.partner.example",
            "peer_ip": "203.0.113.9",
            "sender": "a@partner.example",
            "size_bytes": 1746,
            "recipients": ["b@example.com"],
            "server": "ix",
            "service": "smtp",
            "session_id": IN,
            "connector": None,
            "peer_domain": "partner.example",
        },
        id="taken with TLS",
    ),
    pytest.param(
        log(CONNECTED, MESSAGE, ENVELOPE, END), {"tls": "No TLS", "tls_raw": None}, id="a whole session without TLS is clear text"
    ),
    pytest.param(log(CONNECTED, MESSAGE), {"tls": "No TLS"}, id="the end need not be seen"),
    pytest.param(log(MESSAGE, ENVELOPE, END), {"tls": "Not recorded", "sender": "a@partner.example"}, id="the start was not seen"),
    pytest.param(log(TLS, MESSAGE), {"tls": "TLS 1.3", "peer_host": None}, id="a TLS line counts always"),
    pytest.param(log(CONNECTED, MESSAGE, TLS, END), {"tls": "No TLS"}, id="TLS behind the message"),
    pytest.param(log(CONNECTED, TLS.replace("TLSv1.3", "TLSv1"), MESSAGE), {"tls": "TLS 1.0"}, id="TLS 1.0"),
    pytest.param(
        log(CONNECTED.replace("host=mx1.partner.example", "host=<unknown>"), MESSAGE),
        {"peer_host": None, "peer_ip": "203.0.113.9"},
        id="no name",
    ),
    pytest.param(log(CONNECTED.replace("203.0.113.9", "2001:db8::9"), MESSAGE), {"peer_ip": "2001:db8::9"}, id="IPv6"),
    pytest.param(log(CONNECTED.replace("203.0.113.9", "127.0.0.1"), MESSAGE), {"direction": "internal"}, id="from this machine by SMTP"),
    pytest.param(
        log(CONNECTED, TLS, f"{IN} smtp authentication user=anna result=ok", MESSAGE),
        {"direction": "submission", "auth_user": "anna"},
        id="signed in",
    ),
    pytest.param(
        log(CONNECTED, f"{IN} smtp authentication user=anna result=permfail", MESSAGE),
        {"direction": "inbound", "auth_user": None},
        id="not signed in",
    ),
    pytest.param(
        log(CONNECTED, MESSAGE, ENVELOPE, ENVELOPE.replace("ccdd", "ccde").replace("<b@", "<c@")),
        {"recipients": ["b@example.com", "c@example.com"]},
        id="several recipients",
    ),
    pytest.param(
        log(CONNECTED, MESSAGE, ENVELOPE.replace("<a@partner.example>", "<>")),
        {"sender": "", "peer_domain": None},
        id="the null sender",
    ),
    pytest.param(
        log(CONNECTED, TLS, f'{IN} smtp failed-command command="RCPT TO:<nobody@example.com>" result="550 5.1.1 Invalid recipient"', END),
        {
            "status": "rejected",
            "direction": "inbound",
            "recipients": ["nobody@example.com"],
            "reply": "550 5.1.1 Invalid recipient",
            "tls": "TLS 1.3",
        },
        id="rejected",
    ),
    pytest.param(
        log(CONNECTED, f'{IN} smtp failed-command command="MAIL FROM:<a@p.example>" result="421 4.3.0: Temporary Error"'),
        {"status": "deferred", "sender": "a@p.example"},
        id="deferred by the server",
    ),
    pytest.param(
        log(
            CONNECTING,
            f"{OUT} mta connected",
            OUT_TLS,
            f'{OUT} mta server-cert-check result="success"',
            sent(),
            f"{OUT} mta disconnected reason=quit",
        ),
        {
            "time_utc": "2026-11-12 10:00:04",
            "direction": "outbound",
            "tls": "TLS 1.2",
            "status": "delivered",
            "verified": "success",
            "service": "mta",
            "peer_host": "mx.partner.example",
            "peer_ip": "198.51.100.27",
            "recipients": ["x@partner.example"],
            "sender": "me@example.com",
            "reply": "250 2.0.0 OK",
            "peer_domain": "partner.example",
        },
        id="delivered",
    ),
    pytest.param(log(CONNECTING, sent()), {"direction": "outbound", "tls": "No TLS"}, id="handed over in clear text"),
    pytest.param(log(sent()), {"direction": "outbound", "tls": "Not recorded"}, id="handed over, start not seen"),
    pytest.param(
        log(CONNECTING, OUT_TLS, sent(), sent("y@partner.example", number="aabbccde")),
        {"recipients": ["x@partner.example", "y@partner.example"]},
        id="several recipients, one hop",
    ),
    pytest.param(
        log(CONNECTING, OUT_TLS, sent(result="TempFail", stat="450 4.2.2 Full")),
        {"status": "deferred", "reply": "450 4.2.2 Full"},
        id="deferred",
    ),
    pytest.param(log(CONNECTING, OUT_TLS, sent(result="PermFail", stat="550 No")), {"status": "bounced"}, id="bounced"),
    pytest.param(
        log(sent(result="TempFail", stat="Network error on destination MXs", session="0000000000000000")),
        {"status": "deferred", "tls": "Not recorded"},
        id="no connection",
    ),
    pytest.param(
        log(
            CONNECTED.replace("connected", "event=connected"),
            f'{IN} smtp event=starttls ciphers="version=TLSv1.2, cipher=AES256-SHA, bits=256"',
            MESSAGE.replace("message", "event=message"),
        ),
        {"tls": "TLS 1.2", "cipher": "AES256-SHA"},
        id="words of version 6.0",
    ),
    pytest.param(
        log(OLD_IN, OLD_TLS, OLD_MESSAGE, f"smtp-in: Closing session {IN}"),
        {
            "direction": "inbound",
            "tls": "TLS 1.2",
            "cipher": "EDH-RSA-DES-CBC3-SHA",
            "sender": "a@partner.example",
            "recipients": ["b@example.com"],
            "size_bytes": 1746,
            "peer_host": "mx1.partner.example",
            "peer_ip": "203.0.113.9",
            "session_id": IN,
        },
        id="version 5, taken",
    ),
    pytest.param(log(OLD_IN, OLD_MESSAGE), {"tls": "No TLS"}, id="version 5, clear text"),
    pytest.param(log(OLD_MESSAGE, f"smtp-in: Closing session {IN}"), {"tls": "Not recorded"}, id="version 5, start not seen"),
    pytest.param(
        log(OLD_IN, f'smtp-in: Failed command on session {IN}: "MAIL FROM:<root@x.example>  " => 421 4.3.0: Temporary Error'),
        {"status": "deferred", "sender": "root@x.example"},
        id="version 5, deferred by the server",
    ),
    pytest.param(
        log(OLD_IN, f"smtp-in: Accepted authentication for user anna on session {IN}", OLD_MESSAGE),
        {"direction": "submission"},
        id="version 5, signed in",
    ),
    pytest.param(
        log(OLD_OUT, f"smtp-out: Started TLS on session {OUT}: version=TLSv1.2, cipher=AES128-SHA, bits=128", OLD_SENT),
        {
            "direction": "outbound",
            "tls": "TLS 1.2",
            "status": "delivered",
            "recipients": ["x@partner.example"],
            "peer_host": "mx.partner.example",
            "peer_ip": "198.51.100.27",
            "reply": "250 2.0.0 OK",
        },
        id="version 5, handed over",
    ),
]


@pytest.mark.parametrize(("text", "expected"), HOPS)
def test_a_hop(text: str, expected: dict[str, object], batch: Batch) -> None:
    batch.check(text, expected)


NO_HOPS = [
    pytest.param(log(CONNECTED, END), id="a session without mail"),
    pytest.param(log(OLD_IN.replace("203.0.113.9", "local"), OLD_MESSAGE), id="from here, by no network"),
    pytest.param(
        log(f"{IN} mda delivery evpid=4296f490aabbccdd from=<a@x> to=<b@example.com> user=b result=Ok stat=Delivered"),
        id="into a mailbox",
    ),
    pytest.param(log("info: OpenSMTPD 7.4.0 starting", CONNECTED), id="other lines"),
]


@pytest.mark.parametrize("text", NO_HOPS)
def test_no_hop(text: str, batch: Batch) -> None:
    batch.check(text)
    assert not batch.has_rejects(text)


def test_two_messages_of_one_session(house: House) -> None:
    again = MESSAGE.replace("4296f490", "4296f491"), ENVELOPE.replace("4296f490", "4296f491").replace("<a@", "<z@")
    text = log(CONNECTED, TLS, MESSAGE, ENVELOPE, *again, END)
    check(house, text, {"sender": "a@partner.example", "tls": "TLS 1.3"}, {"sender": "z@partner.example", "tls": "TLS 1.3"})


def test_a_refused_recipient_of_a_message_that_was_taken_is_no_hop(house: House) -> None:
    refused = f'{IN} smtp failed-command command="RCPT TO:<nobody@example.com>" result="550 Invalid recipient"'
    check(house, log(CONNECTED, TLS, refused, MESSAGE, ENVELOPE), {"status": "accepted"})


def test_a_line_that_is_cut_is_a_reject(house: House) -> None:
    check(house, log(CONNECTING, sent().split(" result")[0]))
    assert [reason for _, reason, _ in house.rejects()] == ["the line ends before its result"]


def test_handshakes_that_failed(house: House) -> None:
    text = log(CONNECTED, f'{IN} smtp disconnected reason="io-error: handshake failed: error:1417A0C1:no shared cipher"', CONNECTING,
               f'{OUT} mta error reason="IO Error: handshake failed"', f"{OUT} mta disconnected reason=error messages=0")  # fmt: skip
    house.load(write_log(house.folder / "log", text), config=utc(house.config))
    assert house.ask("SELECT CAST(direction AS VARCHAR), peer_host, peer_ip, error FROM trace.failed_session ORDER BY time_utc") == [
        ("inbound", "mx1.partner.example", "203.0.113.9", "io-error: handshake failed: error:1417A0C1:no shared cipher"),
        ("outbound", "mx.partner.example", "198.51.100.27", "IO Error: handshake failed"),
    ]


def test_files_loaded_together_in_the_order_of_their_names(house: House) -> None:
    rows = log(CONNECTED, TLS, MESSAGE, ENVELOPE, END).splitlines()
    house.load(write_log(house.folder / "maillog", rows[2:]), write_log(house.folder / "maillog.1", rows[:2]), config=utc(house.config))
    assert house.one("CAST(tls AS VARCHAR), recipients") == ("TLS 1.3", ["b@example.com"])


def test_the_same_lines_in_two_files_count_once(house: House) -> None:
    rows = log(CONNECTED, TLS, MESSAGE, ENVELOPE, END, CONNECTING, sent()).splitlines()
    house.load(write_log(house.folder / "a", rows), write_log(house.folder / "b", [*rows, log("info: x")]), config=utc(house.config))
    assert len(rows_of(house)) == 2
