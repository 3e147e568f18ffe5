"""Exim mainlogs, line by line: what each shape of line tells, checked by hand."""
# ruff: noqa: E501 (lines of logs are long)

from __future__ import annotations

import pytest

from tests.support.batches import Batch, texts_of
from tests.support.engines import EnginePool
from tests.support.exim_lines import COME, GONE, ID, LOCAL, NEW_ID, come, log
from tests.support.mail_logs import check
from tests.support.traces import House

pytestmark = pytest.mark.share(0.25)

# What keeps the logs of a batch apart.
APART = {
    "1d175P-0002Rb-Pn": "1d175P-0002{}-Pn",
    "1sVTJb-0000000AbCd-2RbP": "1sVTJb-0000000Ab{}-2RbP",
    "58d0@isp.example": "58d0{}@isp.example",
    "1@mail.example.com": "1{}@mail.example.com",
}


@pytest.fixture(scope="module")
def batch(engines: EnginePool, tmp_path_factory: pytest.TempPathFactory) -> Batch:
    """Return the hops of all logs of this module, which are loaded at once."""
    return Batch(engines, tmp_path_factory.mktemp("batch"), map(whole, texts_of(HOPS, NO_HOPS)), APART)


def whole(text: str) -> str:
    """Return lines with one by which they are known as Exim's."""
    return text if " <= " in text or "Completed" in text else f"{text}\n2026-11-12 10:01:00 {NEW_ID} Completed"


HOPS = [
    pytest.param(
        log(COME, "=> bob <bob@example.com> R=local T=maildir", "Completed"),
        {
            "time_utc": "2026-11-12 10:00:00",
            "direction": "inbound",
            "tls": "TLS 1.0",
            "tls_raw": "TLS1.0",
            "cipher": "DHE_RSA_AES_128_CBC_SHA1",
            "verified": "no",
            "status": "accepted",
            "peer_host": "out5.isp.example",
            "helo": "smtp.isp.example",
            "peer_ip": "203.0.113.64",
            "sender": "amy@isp.example",
            "recipients": ["bob@example.com"],
            "message_id": "<58d0@isp.example>",
            "size_bytes": 10710,
            "session_id": ID,
            "connector": None,
            "server": None,
        },
        id="taken with TLS 1.0",
    ),
    pytest.param(log(come()), {"direction": "inbound", "tls": "No TLS", "tls_raw": "esmtp"}, id="P=esmtp without X= is clear text"),
    pytest.param(log(come(P="smtp")), {"tls": "No TLS", "tls_raw": "smtp"}, id="P=smtp"),
    pytest.param(log(come(P="esmtps")), {"tls": "TLS (version unknown)", "tls_raw": "esmtps"}, id="P=esmtps without X="),
    pytest.param(log(come(P="smtps")), {"tls": "TLS (version unknown)"}, id="P=smtps"),
    pytest.param(
        log(come(P="esmtpsa", X="TLS1.3:TLS_AES_256_GCM_SHA384:256", A="plain:anna@example.com")),
        {"direction": "submission", "auth_user": "anna@example.com", "tls": "TLS 1.3"},
        id="signed in",
    ),
    pytest.param(
        log(come(P="esmtpa", A="login:anna")),
        {"direction": "submission", "tls": "No TLS", "auth_user": "anna"},
        id="signed in, in clear text",
    ),
    pytest.param(log(come(X="TLSv1:AES256-SHA:256", P="esmtps")), {"tls": "TLS 1.0", "cipher": "AES256-SHA"}, id="an old word for TLS 1.0"),
    pytest.param(
        log(come(X="TLS1.3:TLS_AES_256_GCM_SHA384:256*", P="esmtps")),
        {"tls": "TLS 1.3", "cipher": "TLS_AES_256_GCM_SHA384"},
        id="resumed",
    ),
    pytest.param(
        log(come(X="TLS1.x:ke-RSA-AES256-SHA:xxx", P="esmtps")),
        {"tls": "TLS (version unknown)", "tls_raw": "TLS1.x"},
        id="an unreadable version",
    ),
    pytest.param(
        log(come(H="(win-7) [198.51.100.9]:4711")),
        {"peer_host": None, "helo": "win-7", "peer_ip": "198.51.100.9"},
        id="no reverse name",
    ),
    pytest.param(
        log(come(H="([198.51.100.9]) [198.51.100.9]")), {"helo": "[198.51.100.9]", "peer_ip": "198.51.100.9"}, id="an address as HELO"
    ),
    pytest.param(log(come(H="[2001:db8::9]")), {"peer_host": None, "helo": None, "peer_ip": "2001:db8::9"}, id="only an address"),
    pytest.param(log(come(H="localhost [127.0.0.1]")), {"direction": "internal"}, id="from this machine"),
    pytest.param(
        log(come(S='9 T="Meet X=TLS1.0:A:1 for x@y.example H=z [1.2.3.4]" id=2@a.example')),
        {
            "tls": "No TLS",
            "subject": "Meet X=TLS1.0:A:1 for x@y.example H=z [1.2.3.4]",
            "message_id": "<2@a.example>",
            "recipients": [],
        },
        id="a subject is no field",
    ),
    pytest.param(
        log(come(S='9 T="say \\"hi\\"" for b@example.com a@example.com')),
        {"subject": 'say "hi"', "recipients": ["a@example.com", "b@example.com"]},
        id="recipients on the line itself",
    ),
    pytest.param(log(come().replace("amy@isp.example", "<>")), {"sender": "", "peer_domain": None}, id="the null sender"),
    pytest.param(
        log(LOCAL, GONE, "Completed"),
        {
            "time_utc": "2026-11-12 10:00:01",
            "direction": "outbound",
            "tls": "TLS 1.2",
            "status": "delivered",
            "verified": "yes",
            "peer_host": "mx2.partner.example",
            "peer_ip": "2001:db8::44",
            "recipients": ["claire@partner.example"],
            "service": "remote_smtp",
            "sender": "root@mail.example.com",
            "message_id": "<1@mail.example.com>",
            "size_bytes": 500,
            "certificate": "CN=mx2.partner.example",
            "peer_domain": "partner.example",
        },
        id="delivered",
    ),
    pytest.param(
        log(
            LOCAL,
            "=> x@p.example R=r T=remote_smtp H=mx [192.0.2.9] X=TLS1.3:C:256",
            "-> y@p.example R=r T=remote_smtp H=mx [192.0.2.9] X=TLS1.3:C:256",
        ),
        {"recipients": ["x@p.example", "y@p.example"], "tls": "TLS 1.3"},
        id="a further recipient of the same connection",
    ),
    pytest.param(
        log(LOCAL, "=> x@p.example R=r T=remote_smtp H=mx [192.0.2.9] X=TLS1.3:C:256", "-> y@p.example R=r T=remote_smtp"),
        {"recipients": ["x@p.example", "y@p.example"], "tls": "TLS 1.3"},
        id="a further recipient without its peer",
    ),
    pytest.param(
        log(LOCAL, ">> x@p.example R=r T=remote_smtp H=mx [192.0.2.9] X=TLS1.2:C:256"),
        {"status": "delivered", "tls": "TLS 1.2"},
        id="cut through",
    ),
    pytest.param(
        log(LOCAL, "== editor@partner.example R=vmail_user T=remote_smtp_proxy defer (-53): retry time not reached"),
        {"status": "deferred", "direction": "outbound", "tls": "Not recorded", "tls_raw": None, "reply": "retry time not reached"},
        id="deferred without a connection",
    ),
    pytest.param(
        log(
            LOCAL,
            "== x@p.example R=r T=remote_smtp defer (-44) H=mx.defer.example [2001:db8::9]:25: "
            "SMTP error from remote mail server after RCPT TO:<x@p.example>: 450 4.7.1 Greylisted",
        ),
        {
            "status": "deferred",
            "peer_host": "mx.defer.example",
            "peer_ip": "2001:db8::9",
            "reply": "SMTP error from remote mail server after RCPT TO:<x@p.example>: 450 4.7.1 Greylisted",
        },
        id="deferred by the other side",
    ),
    pytest.param(
        log(LOCAL, "== x@p.example R=r T=remote_smtp H=mx [192.0.2.9] X=TLS1.2:C:256 CV=no defer (-46) DT=1s: SMTP error: 451 Try again"),
        {"status": "deferred", "tls": "TLS 1.2", "verified": "no", "reply": "SMTP error: 451 Try again"},
        id="deferred by the other side, which stands before",
    ),
    pytest.param(
        log(LOCAL, "== x@p.example R=r T=remote_smtp defer (-1)"), {"status": "deferred", "reply": None}, id="deferred, no word why"
    ),
    pytest.param(
        log(LOCAL, "** x@p.example R=r T=remote_smtp H=mx [192.0.2.9] X=TLS1.2:C:256: SMTP error from remote mail server: 550 No"),
        {"status": "bounced", "tls": "TLS 1.2"},
        id="bounced",
    ),
    pytest.param(
        log(LOCAL, "** x@p.example R=r T=remote_smtp H=mx [192.0.2.9] X=TLS1.2:C:256 CV=no: SMTP error from remote mail server: 550 No"),
        {"status": "bounced", "verified": "no", "reply": "SMTP error from remote mail server: 550 No"},
        id="bounced, with a check before the reason",
    ),
    pytest.param(
        log(LOCAL, "** x@p.example R=r T=remote_smtp: retry timeout exceeded"),
        {"status": "bounced", "service": "remote_smtp", "reply": "retry timeout exceeded"},
        id="bounced without a connection",
    ),
    pytest.param(
        log(
            LOCAL,
            "TLS session: (SSL_connect): timed out: delivering unencrypted to H=mx [192.0.2.9] (not in hosts_require_tls)",
            "=> x@p.example R=r T=remote_smtp H=mx [192.0.2.9]",
        ),
        {"tls": "No TLS", "tls_raw": "delivering unencrypted"},
        id="fell back to clear text",
    ),
    pytest.param(log(LOCAL, "=> x@p.example R=r T=dovecot_lmtp H=127.0.0.1 [127.0.0.1]"), {"direction": "internal"}, id="lmtp"),
    pytest.param(
        "2026-11-12 10:00:00 H=mx.p.example (mx) [192.0.2.9] X=TLS1.2:C:256 CV=no F=<a@p.example> rejected RCPT <b@example.com>: Unknown user",
        {
            "status": "rejected",
            "direction": "inbound",
            "tls": "TLS 1.2",
            "sender": "a@p.example",
            "recipients": ["b@example.com"],
            "helo": "mx",
            "session_id": None,
            "reply": "Unknown user",
        },
        id="refused before a message id",
    ),
    pytest.param(
        "2026-11-12 10:00:00 H=mx [192.0.2.9] F=<a@p.example> temporarily rejected RCPT <b@example.com>: greylisted",
        {"status": "deferred", "tls": "Not recorded"},
        id="deferred by the server",
    ),
    pytest.param(
        log("H=mx [192.0.2.9] F=<a@p.example> rejected after DATA: spam"),
        {"status": "rejected", "session_id": ID},
        id="refused after DATA",
    ),
    pytest.param(log(COME, key=NEW_ID), {"session_id": NEW_ID}, id="a message id of Exim 4.97"),
    pytest.param(
        log(COME, stamp="2026-11-12 12:00:{:02d}.123 +0200 [4711]"),
        {"time_utc": "2026-11-12 10:00:00.123"},
        id="offset, milliseconds and process",
    ),
    pytest.param(
        log(COME, stamp="Nov 12 10:00:{:02d} mail exim[99]: 2026-11-12 10:00:00"),
        {"time_utc": "2026-11-12 10:00:00", "server": "mail"},
        id="in syslog",
    ),
    pytest.param(
        log(COME, stamp="Nov 12 10:00:{:02d} mail exim[99]:"),
        {"time_utc": "2026-11-12 10:00:00", "server": "mail"},
        id="in syslog, one stamp only",
    ),
    pytest.param(
        log(COME, stamp="2026-11-12T11:00:{:02d}+01:00 mail exim4[99]:"), {"time_utc": "2026-11-12 10:00:00"}, id="in a new syslog"
    ),
]


@pytest.mark.parametrize(("text", "expected"), HOPS)
def test_a_hop(text: str, expected: dict[str, object], batch: Batch) -> None:
    batch.check(whole(text), expected)


def test_each_message_that_is_refused_after_data_counts_like_a_sender_that_was_refused(house: House) -> None:
    peer = "H=mx.p.example (mx) [192.0.2.9] X=TLS1.2:C:256 CV=no F=<a@p.example>"
    nobody: list[str] = []
    refused = {"status": "rejected", "direction": "inbound", "tls": "TLS 1.2", "sender": "a@p.example"}
    check(
        house,
        f"2026-11-12 10:00:00 {peer} rejected RCPT <b@example.com>: Unknown user\n"
        + log(f"{peer} rejected after DATA: spam", stamp="2026-11-12 10:00:1{}")
        + "\n"
        + log(f"{peer} rejected after DATA: malware", key=NEW_ID, stamp="2026-11-12 10:00:2{}")
        + f"\n2026-11-12 10:01:00 {NEW_ID} Completed",
        refused | {"session_id": None, "reply": "Unknown user", "recipients": ["b@example.com"]},
        refused | {"session_id": ID, "reply": "spam", "recipients": nobody},
        refused | {"session_id": NEW_ID, "reply": "malware", "recipients": nobody},
    )


def test_delivered_without_x_where_no_other_mail_shows_tls(house: House) -> None:
    text = log(LOCAL, "=> x@p.example R=dnslookup T=remote_smtp H=mx.p.example [192.0.2.9]")
    check(house, text, {"direction": "outbound", "tls": "Not recorded", "tls_raw": "no TLS line"})


NO_HOPS = [
    pytest.param(log(LOCAL, "=> bob <bob@example.com> R=local T=maildir", "Completed"), id="from here to here"),
    pytest.param(log(LOCAL, "** x@p.example: Unrouteable address", "Completed"), id="no way there"),
    pytest.param("2026-11-12 10:00:00 Start queue run: pid=1\n" + log("Completed"), id="other lines"),
    pytest.param(
        "2026-11-12 10:00:00 H=mx [192.0.2.9] rejected EHLO or HELO x: syntactically invalid\n" + log("Completed"),
        id="refused before any mail",
    ),
]


@pytest.mark.parametrize("text", NO_HOPS)
def test_no_hop(text: str, batch: Batch) -> None:
    batch.check(whole(text))
    assert not batch.has_rejects(whole(text))
