"""Logs of sendmail, line by line: what each shape of line tells, checked by hand."""
# ruff: noqa: E501 (lines of logs are long)

from __future__ import annotations

import pytest

from tests.support.batches import Batch, texts_of
from tests.support.engines import EnginePool
from tests.support.mail_logs import check, result, rows_of, utc, write_log
from tests.support.traces import House

pytestmark = pytest.mark.share(0.25)

QID = "t1B49CW0049080"
PEER = "mx1.partner.example [203.0.113.9]"
TLS = f"STARTTLS=server, relay={PEER}, version=TLSv1.2, verify=NO, cipher=ECDHE-RSA-AES128-GCM-SHA256, bits=128/128"
FROM = f"{QID}: from=<a@partner.example>, size=331, class=0, nrcpts=1, msgid=<2015@partner.example>, proto=ESMTP, daemon=MTA, relay={PEER}"
STORED = f"{QID}: to=<b@example.com>, delay=00:00:01, xdelay=00:00:00, mailer=local, pri=30500, dsn=2.0.0, stat=Sent"
LOCAL = f"{QID}: from=<root@srv.example.com>, size=331, class=0, nrcpts=1, msgid=<7@srv>, relay=root@localhost"
# Sendmail 8.16 and later names on the lines of messages how they came and went.
NEW = "daemon=MTA, tls_verify={}, tls_version={}, cipher={}, auth={}"
CLEAR = FROM.replace("daemon=MTA", NEW.format("NONE", "NONE", "NONE", "NONE"))
SECURED = FROM.replace("daemon=MTA", NEW.format("NO", "TLSv1.2", "ECDHE-RSA-AES256-GCM-SHA384", "NONE"))
NO_TLS = "tls_verify=NONE, tls_version=NONE, cipher=NONE, "
CLIENT = "STARTTLS=client, relay=mx.partner.example., version=TLSv1.3, verify=FAIL, cipher=TLS_AES_256_GCM_SHA384, bits=256/256"


def log(*texts: str, minute: int = 0, pid: int = 6667, tag: str = "sm-mta") -> str:
    """Return lines of one process, a second apart."""
    return "\n".join(f"Nov 12 10:{minute:02d}:{at:02d} gate {tag}[{pid}]: {text}" for at, text in enumerate(texts))


def to(
    recipients: str = "<x@partner.example>",
    relay: str = "mx.partner.example. [198.51.100.147]",
    more: str = "",
    end: str = "dsn=2.0.0, stat=Sent (ok)",
) -> str:
    """Return a to= line of mailer esmtp."""
    return f"{QID}: to={recipients}, ctladdr=<root@srv> (0/0), delay=00:00:01, xdelay=00:00:01, mailer=esmtp, pri=30331, {more}relay={relay}, {end}"


def out(*texts: str) -> str:
    """Return a message of this machine and, ten minutes later, the lines on its way out."""
    return log(LOCAL) + "\n" + log(*texts, minute=10, pid=7000)


# What keeps the logs of a batch apart.
APART = {" gate ": " gate{} ", "t1B49CW0049080": "t1B49CW00490{}"}


@pytest.fixture(scope="module")
def batch(engines: EnginePool, tmp_path_factory: pytest.TempPathFactory) -> Batch:
    """Return the hops of all logs of this module, which are loaded at once."""
    return Batch(engines, tmp_path_factory.mktemp("batch"), texts_of(HOPS, NO_HOPS), APART)


HOPS = [
    pytest.param(
        log(TLS, FROM, STORED),
        {
            "time_utc": "2026-11-12 10:00:01",
            "direction": "inbound",
            "tls": "TLS 1.2",
            "tls_raw": "TLSv1.2",
            "cipher": "ECDHE-RSA-AES128-GCM-SHA256",
            "verified": "NO",
            "status": "accepted",
            "peer_host": "mx1.partner.example",
            "peer_ip": "203.0.113.9",
            "sender": "a@partner.example",
            "recipients": ["b@example.com"],
            "message_id": "<2015@partner.example>",
            "size_bytes": 331,
            "server": "gate",
            "service": "MTA",
            "session_id": QID,
            "connector": None,
            "peer_domain": "partner.example",
        },
        id="taken with TLS",
    ),
    pytest.param(
        log(TLS.replace("TLSv1.2", "TLSv1/SSLv3"), FROM),
        {"tls": "TLS 1.2", "tls_raw": "TLSv1/SSLv3"},
        id="a family with an AEAD cipher is TLS 1.2",
    ),
    pytest.param(
        log(TLS.replace("TLSv1.2", "TLSv1/SSLv3").replace("ECDHE-RSA-AES128-GCM-SHA256", "DHE-RSA-AES256-SHA"), FROM),
        {"tls": "TLS (version unknown)"},
        id="a family with another cipher",
    ),
    pytest.param(
        log(TLS.replace("TLSv1.2", "TLSv1/SSLv3").replace("ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-SHA384"), FROM),
        {"tls": "TLS 1.2"},
        id="a family with SHA-384",
    ),
    pytest.param(log(TLS.replace("TLSv1.2", "TLSv1"), FROM), {"tls": "TLS 1.0"}, id="TLS 1.0"),
    pytest.param(
        log(f"NOQUEUE: connect from {PEER}", FROM),
        {"tls": "Not recorded", "tls_raw": "no TLS line"},
        id="the connection was seen to begin",
    ),
    pytest.param(log(FROM), {"tls": "Not recorded", "tls_raw": None}, id="nothing was seen of the connection"),
    pytest.param(
        out("x", FROM.replace(QID, "t1B49CW0049081")),
        {"tls": "Not recorded", "tls_raw": "no TLS line"},
        id="the file reaches far enough back",
    ),
    pytest.param(log(TLS) + "\n" + log(FROM, pid=6668), {"tls": "Not recorded"}, id="the TLS line of another process"),
    pytest.param(log(TLS.replace("203.0.113.9", "203.0.113.8"), FROM), {"tls": "Not recorded"}, id="the TLS line of another peer"),
    pytest.param(
        log(FROM.replace("proto=ESMTP", "proto=ESMTPS")),
        {"tls": "TLS (version unknown)", "tls_raw": "ESMTPS"},
        id="ESMTPS without a TLS line",
    ),
    pytest.param(
        log(TLS, f"AUTH=server, relay={PEER}, authid=anna, mech=PLAIN, bits=0", FROM),
        {"direction": "submission", "auth_user": "anna", "tls": "TLS 1.2"},
        id="signed in",
    ),
    pytest.param(
        log(CLEAR),
        {
            "direction": "inbound",
            "tls": "No TLS",
            "tls_raw": "NONE",
            "cipher": None,
            "verified": None,
            "status": "accepted",
            "peer_ip": "203.0.113.9",
            "auth_user": None,
        },
        id="the line itself tells clear text",
    ),
    pytest.param(
        log(SECURED),
        {"direction": "inbound", "tls": "TLS 1.2", "tls_raw": "TLSv1.2", "cipher": "ECDHE-RSA-AES256-GCM-SHA384", "verified": "NO"},
        id="taken with the version on the line itself",
    ),
    pytest.param(
        log(TLS, SECURED.replace("TLSv1.2", "TLSv1.3")), {"tls": "TLS 1.3"}, id="the line itself knows better than the line before"
    ),
    pytest.param(log(TLS, CLEAR), {"tls": "No TLS", "cipher": None}, id="the line before was of another connection of the process"),
    pytest.param(
        log(SECURED.replace("auth=NONE", "auth=LOGIN")),
        {"direction": "submission", "tls": "TLS 1.2"},
        id="signed in, on the line itself",
    ),
    pytest.param(
        log(CLEAR.replace("proto=ESMTP", "proto=ESMTPA")), {"direction": "submission", "tls": "No TLS"}, id="signed in by its protocol"
    ),
    pytest.param(log(FROM.replace(PEER, "localhost [127.0.0.1]")), {"direction": "internal"}, id="from this machine by SMTP"),
    pytest.param(
        log(CLEAR.replace(PEER, "localhost [127.0.0.1]")), {"direction": "internal"}, id="from this machine by SMTP, on the line itself"
    ),
    pytest.param(
        log(FROM.replace(PEER, "mx.v6.example [IPv6:2001:db8::9]")), {"peer_ip": "2001:db8::9", "peer_host": "mx.v6.example"}, id="IPv6"
    ),
    pytest.param(log(FROM.replace(PEER, "[203.0.113.9]")), {"peer_host": None, "peer_ip": "203.0.113.9"}, id="no reverse name"),
    pytest.param(
        log(TLS.replace(PEER, f"{PEER} (may be forged)"), FROM.replace(PEER, f"{PEER} (may be forged)")),
        {"peer_host": "mx1.partner.example", "peer_ip": "203.0.113.9", "tls": "TLS 1.2"},
        id="may be forged",
    ),
    pytest.param(log(FROM.replace("<a@partner.example>", "<>")), {"sender": "", "peer_domain": None}, id="the null sender"),
    pytest.param(
        log(
            f"{QID}: ruleset=check_rcpt, arg1=<b@example.com>, relay={PEER}, reject=550 5.7.1 <b@example.com>... Relaying denied",
            FROM.replace("nrcpts=1", "nrcpts=0"),
        ),
        {"status": "rejected", "recipients": ["b@example.com"], "reply": "550 5.7.1 <b@example.com>... Relaying denied"},
        id="rejected",
    ),
    pytest.param(
        log(
            f"{QID}: ruleset=check_rcpt, arg1=<b@example.com>, relay={PEER}, reject=451 4.7.1 Greylisted",
            FROM.replace("nrcpts=1", "nrcpts=0"),
        ),
        {"status": "deferred"},
        id="deferred by the server",
    ),
    pytest.param(
        log(f"{QID}: <nobody@example.com>... User unknown", FROM.replace("nrcpts=1", "nrcpts=0")),
        {"status": "rejected", "recipients": ["nobody@example.com"]},
        id="an unknown recipient",
    ),
    pytest.param(
        log(FROM, f"{QID}: Milter: data, reject=554 5.7.1 Spam"),
        {"status": "rejected", "reply": "554 5.7.1 Spam"},
        id="refused by a milter",
    ),
    pytest.param(log(FROM.replace("nrcpts=1", "nrcpts=0")), {"status": "incomplete"}, id="broken off"),
    pytest.param(
        out(CLIENT, to()),
        {
            "time_utc": "2026-11-12 10:10:01",
            "direction": "outbound",
            "tls": "TLS 1.3",
            "verified": "FAIL",
            "status": "delivered",
            "peer_host": "mx.partner.example",
            "peer_ip": "198.51.100.147",
            "recipients": ["x@partner.example"],
            "service": "esmtp",
            "reply": "Sent (ok)",
            "sender": "root@srv.example.com",
            "message_id": "<7@srv>",
            "size_bytes": 331,
            "peer_domain": "partner.example",
        },
        id="delivered",
    ),
    pytest.param(out(to()), {"tls": "Not recorded", "tls_raw": "no TLS line"}, id="handed over, no TLS line"),
    pytest.param(log(LOCAL, to()), {"tls": "Not recorded", "tls_raw": None}, id="handed over near the file's begin"),
    pytest.param(out(CLIENT.replace("mx.partner", "mx2.partner"), to()), {"tls_raw": "no TLS line"}, id="the TLS line of another relay"),
    pytest.param(
        out(to(more="tls_verify=OK, tls_version=TLSv1.2, cipher=ECDHE-RSA-AES256-GCM, ", relay="abcd.example.net. [IPv6:2001:db8::40]")),
        {"tls": "TLS 1.2", "verified": "OK", "peer_ip": "2001:db8::40"},
        id="the version on the line itself",
    ),
    pytest.param(
        out(to(more=NO_TLS)),
        {"tls": "No TLS", "tls_raw": "NONE", "cipher": None, "verified": None, "status": "delivered"},
        id="handed over, the line itself tells clear text",
    ),
    pytest.param(
        out(CLIENT, to(more=NO_TLS)), {"tls": "No TLS", "cipher": None}, id="handed over in clear text after a connection with TLS"
    ),
    pytest.param(
        out(to(more=NO_TLS, relay="mx.partner.example.", end="dsn=4.0.0, stat=Deferred: Connection timed out")),
        {"tls": "Not recorded", "tls_raw": None, "status": "deferred"},
        id="no connection, so no word on TLS",
    ),
    pytest.param(out(to(more="tls_verify=NONE, ")), {"tls": "Not recorded", "tls_raw": "no TLS line"}, id="a check is no version"),
    pytest.param(
        out(CLIENT, to("<x@partner.example>,<y@partner.example>"), to("<z@partner.example>")),
        {"recipients": ["x@partner.example", "y@partner.example", "z@partner.example"]},
        id="several lines, one hop",
    ),
    pytest.param(out(CLIENT, to(end="dsn=4.2.2, stat=Deferred: 450 4.2.2 Full")), {"status": "deferred", "tls": "TLS 1.3"}, id="deferred"),
    pytest.param(
        out(to(relay="mx.partner.example.", end="dsn=4.0.0, stat=Deferred: Connection timed out")),
        {"status": "deferred", "tls_raw": None, "peer_host": "mx.partner.example", "peer_ip": None},
        id="no connection",
    ),
    pytest.param(out(to(end="dsn=5.1.1, stat=User unknown")), {"status": "bounced"}, id="bounced"),
    pytest.param(
        out(to(relay="[127.0.0.1] [127.0.0.1]").replace("mailer=esmtp", "mailer=relay")),
        {"direction": "internal"},
        id="to the daemon here",
    ),
    pytest.param(
        log(f"NOQUEUE: connect from {PEER}", TLS, FROM).replace("Nov 12 10", "2026-11-12T11").replace(" gate", "+01:00 gate"),
        {"time_utc": "2026-11-12 10:00:02", "tls": "TLS 1.2"},
        id="ISO stamps",
    ),
]


@pytest.mark.parametrize(("text", "expected"), HOPS)
def test_a_hop(text: str, expected: dict[str, object], batch: Batch) -> None:
    batch.check(text, expected)


NO_HOPS = [
    pytest.param(log(LOCAL, STORED), id="from here to here"),
    pytest.param(
        log(LOCAL.replace("relay=", f"{NO_TLS}auth=NONE, relay="), STORED.replace("pri=", f"{NO_TLS}pri=")),
        id="from here to here, the lines tell no TLS",
    ),
    pytest.param(out(to(relay="mx.partner.example.", end="stat=queued")), id="only queued"),
    pytest.param(log("STARTTLS: CRLFile missing", "starting daemon (8.15.2): SMTP+queueing@00:10:00", "x"), id="other lines"),
    pytest.param("Nov 12 10:00:00 gate sshd[1]: Accepted\n" + log("x"), id="other programs"),
]


@pytest.mark.parametrize("text", NO_HOPS)
def test_no_hop(text: str, batch: Batch) -> None:
    batch.check(text)
    assert not batch.has_rejects(text)


def test_clear_text_shows_once_other_mail_had_tls(house: House) -> None:
    begun = f"NOQUEUE: connect from {PEER}"
    rows = [
        log(begun, *([TLS] if at == 1 else []), FROM.replace(QID, f"t1B49CW004908{at}"), minute=10 * at, pid=6000 + at)
        for at in range(3)
    ]  # fmt: skip
    assert [row["tls"] for row in result(house, "\n".join(rows), ["tls"])] == ["Not recorded", "TLS 1.2", "No TLS"]


def test_a_connection_ends_where_the_next_begins(house: House) -> None:
    again = log(f"NOQUEUE: connect from {PEER}", FROM.replace(QID, "t1B49CW0049081"), minute=5)
    check(house, log(TLS, FROM) + "\n" + again, {"tls": "TLS 1.2"}, {"tls": "No TLS"})


def test_a_line_that_is_cut_is_a_reject(house: House) -> None:
    check(house, log(LOCAL, to().split(", dsn")[0]))
    assert [reason for _, reason, _ in house.rejects()] == ["the line ends before its status"]


def test_handshakes_that_failed(house: House) -> None:
    text = log(
        "STARTTLS=server, error: accept failed=-1, reason=sslv3 alert handshake failure, SSL_error=1, errno=0, retry=-1, relay=old.example [203.0.113.7]",
        "STARTTLS=client, error: connect failed=-1, reason=wrong version number, SSL_error=1, errno=0, retry=-1, relay=mx.partner.example. [198.51.100.147]",
    )
    house.load(write_log(house.folder / "log", text), config=utc(house.config))
    assert house.ask(
        "SELECT CAST(direction AS VARCHAR), peer_host, peer_ip, error, server FROM trace.failed_session ORDER BY time_utc"
    ) == [
        ("inbound", "old.example", "203.0.113.7", "sslv3 alert handshake failure", "gate"),
        ("outbound", "mx.partner.example", "198.51.100.147", "wrong version number", "gate"),
    ]


def clear_text(day: int = 12) -> list[str]:
    """Return a message with TLS, and from ten minutes later on three without; no connection was seen to begin."""
    rows = log(TLS, FROM).splitlines()
    for minute in (10, 11, 14):
        rows += log(
            FROM.replace(QID, f"t1B49CW00490{minute}"), STORED.replace(QID, f"t1B49CW00490{minute}"), minute=minute, pid=minute
        ).splitlines()
    return [row.replace("Nov 12", f"Nov {day}") for row in rows]


@pytest.mark.parametrize("later_first", [False, True])
def test_clear_text_does_not_show_where_a_file_may_be_missing(later_first: bool, house: House) -> None:
    later = [row.replace("t1B", "t2B") for row in clear_text(13)[2:]]
    parts = [write_log(house.folder / f"maillog.{2 - number}", part) for number, part in enumerate((clear_text(), later))]
    for part in parts[::-1] if later_first else parts:
        house.load(part, config=utc(house.config))
    result = [tls for (tls,) in house.message("CAST(tls AS VARCHAR)")]
    assert result == ["TLS 1.2", "No TLS", "No TLS", "No TLS", "Not recorded", "Not recorded", "Not recorded"]


def test_files_loaded_together_in_the_order_of_their_names(house: House) -> None:
    rows = log(TLS, FROM, STORED).splitlines()
    house.load(write_log(house.folder / "maillog", rows[1:]), write_log(house.folder / "maillog.1", rows[:1]), config=utc(house.config))
    assert house.one("CAST(tls AS VARCHAR), recipients") == ("TLS 1.2", ["b@example.com"])


def test_the_same_lines_in_two_files_count_once(house: House) -> None:
    rows = (log(TLS, FROM, STORED) + "\n" + out(CLIENT, to()).replace(QID, "t1B49CW0049099")).splitlines()
    parts = write_log(house.folder / "a", rows), write_log(house.folder / "b", [*rows, log("x", minute=20)])
    house.load(*parts, config=utc(house.config))
    assert len(rows_of(house)) == 2
