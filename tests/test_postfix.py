"""Postfix logs, line by line: what each shape of line tells, checked by hand."""
# ruff: noqa: E501 (lines of logs are long)

from __future__ import annotations

import pytest

from tests.support.batches import Batch, texts_of
from tests.support.engines import EnginePool
from tests.support.postfix_lines import NO_TLS_LINE, TLS_LINE, given, lines, out_tls, taken, to

# What keeps the logs of a batch apart.
APART = {" mx1 ": " mx1{} ", "36E6D300017": "36E6D3000{}", "4bC1dF2gHjKz3Lm": "4bC1dF2gHjKz3{}"}


@pytest.fixture(scope="module")
def batch(engines: EnginePool, tmp_path_factory: pytest.TempPathFactory) -> Batch:
    """Return the hops of all logs of this module, which are loaded at once."""
    return Batch(engines, tmp_path_factory.mktemp("batch"), texts_of(HOPS, NO_HOPS), APART)


HOPS = [
    pytest.param(
        taken(tls=TLS_LINE),
        {
            "time_utc": "2026-11-12 10:00:02",
            "direction": "inbound",
            "tls": "TLS 1.2",
            "tls_raw": "TLSv1.2",
            "verified": "Anonymous",
            "cipher": "ECDHE-RSA-AES256-GCM-SHA384",
            "status": "accepted",
            "peer_host": "mx1.partner.example",
            "peer_ip": "203.0.113.9",
            "sender": "a@partner.example",
            "peer_domain": "partner.example",
            "recipients": ["b@example.com"],
            "size_bytes": 2048,
            "message_id": "<1@partner.example>",
            "server": "mx1",
            "service": "smtpd",
            "session_id": "36E6D300017",
            "connector": None,
        },
        id="taken with TLS",
    ),
    pytest.param(
        taken(), {"direction": "inbound", "status": "accepted", **NO_TLS_LINE}, id="no TLS line in a session whose start was seen"
    ),
    pytest.param(
        "\n".join(taken().splitlines()[1:]),
        {"tls": "Not recorded", "tls_raw": None, "status": "accepted"},
        id="the session's start was not seen",
    ),
    pytest.param(
        taken(client="unknown[2001:db8::25]"),
        {"peer_host": None, "peer_ip": "2001:db8::25", "direction": "inbound"},
        id="a peer without a name",
    ),
    pytest.param(
        taken(service="submission/smtpd", more=", sasl_method=PLAIN, sasl_username=anna@example.com"),
        {"direction": "submission", "auth_user": "anna@example.com", "service": "submission/smtpd"},
        id="signed in",
    ),
    pytest.param(
        taken(service="submission/smtpd"), {"direction": "inbound", "service": "submission/smtpd"}, id="submission without a sign-in"
    ),
    pytest.param(taken(client="localhost[127.0.0.1]"), {"direction": "internal"}, id="back from the own filter"),
    pytest.param(
        taken(client="filter.example.com[192.0.2.7]", more=", orig_queue_id=AAAAAAAAAA, orig_client=mx[203.0.113.9]"),
        {"direction": "internal", "peer_ip": "192.0.2.7"},
        id="back from a filter elsewhere",
    ),
    pytest.param(
        taken(tls=TLS_LINE.replace("[203.0.113.9]: TLSv1.2", "[203.0.113.9] to mail.example.com: TLSv1")),
        {"tls": "TLS 1.0"},
        id="the name that was asked for in the TLS line",
    ),
    pytest.param(
        taken("36E6D300017").replace("postfix/", "postfix-in/"),
        {"service": "smtpd", "server": "mx1", "direction": "inbound"},
        id="an instance of its own",
    ),
    pytest.param(
        "\n".join(line for line in taken().splitlines() if "qmgr" not in line and "virtual" not in line),
        {"status": "incomplete"},
        id="broken off",
    ),
    pytest.param(
        lines(
            "smtpd[1] connect from mx[203.0.113.9]",
            "smtpd[1] 36E6D300017: client=mx[203.0.113.9]",
            "cleanup[2] 36E6D300017: message-id=<1@x.example>",
            "cleanup[2] 36E6D300017: milter-reject: END-OF-MESSAGE from mx[203.0.113.9]: 5.7.1 Spam; from=<a@x.example> to=<b@example.com> "
            "proto=ESMTP helo=<mx.x.example>",
            "smtpd[1] disconnect from mx[203.0.113.9]",
        ),
        {"status": "rejected", "reply": "5.7.1 Spam", "helo": "mx.x.example"},
        id="refused by a milter at the end",
    ),
    pytest.param(
        lines(
            "smtpd[1] connect from unknown[203.0.113.9]",
            "smtpd[1] NOQUEUE: reject: RCPT from unknown[203.0.113.9]: 554 5.7.1 Service unavailable; Client host [203.0.113.9] blocked; "
            "from=<a@x.example> to=<b@example.com> proto=ESMTP helo=<win-7>",
            "smtpd[1] NOQUEUE: reject: RCPT from unknown[203.0.113.9]: 554 5.7.1 Service unavailable; Client host [203.0.113.9] blocked; "
            "from=<a@x.example> to=<c@example.com> proto=ESMTP helo=<win-7>",
            "smtpd[1] disconnect from unknown[203.0.113.9]",
        ),
        {
            "direction": "inbound",
            "status": "rejected",
            "helo": "win-7",
            "sender": "a@x.example",
            "recipients": ["b@example.com", "c@example.com"],
            "peer_ip": "203.0.113.9",
            "peer_host": None,
            "session_id": "smtpd[1]",
            **NO_TLS_LINE,
        },
        id="refused before a queue id",
    ),
    pytest.param(
        lines(
            "smtpd[1] connect from mx[203.0.113.9]",
            f"smtpd[1] {TLS_LINE}",
            "smtpd[1] NOQUEUE: reject: RCPT from mx[203.0.113.9]: 450 4.2.0 <b@example.com>: Greylisted; from=<> to=<b@example.com> proto=ESMTP helo=<mx>",
        ),
        {"status": "deferred", "tls": "TLS 1.2", "sender": "", "peer_domain": None},
        id="deferred by the server",
    ),
    pytest.param(
        given(to(), before=out_tls()),
        {
            "time_utc": "2026-11-12 10:01:04",
            "direction": "outbound",
            "tls": "TLS 1.3",
            "verified": "Trusted",
            "status": "delivered",
            "peer_host": "mx.partner.example",
            "peer_ip": "198.51.100.27",
            "recipients": ["you@partner.example"],
            "peer_domain": "partner.example",
            "sender": "me@example.com",
            "service": "smtp",
            "session_id": "4bC1dF2gHjKz3Lm",
            "reply": "250 2.0.0 Ok: queued as 4711",
            "message_id": "<2@example.com>",
            "size_bytes": 999,
            "security_policy": None,
        },
        id="handed over with TLS, long queue id",
    ),
    pytest.param(given(to()), {"direction": "outbound", "status": "delivered", **NO_TLS_LINE}, id="handed over, no TLS line"),
    pytest.param(
        "\n".join(given(to()).splitlines()[3:]),
        {"direction": "outbound", "tls": "Not recorded", "tls_raw": None},
        id="the start of the delivery was not seen",
    ),
    pytest.param(given(to(), before=out_tls("mx2.partner.example[198.51.100.28]:25")), NO_TLS_LINE, id="a TLS line of another relay"),
    pytest.param(
        given(to("you@partner.example"), to("she@partner.example"), before=out_tls()),
        {"recipients": ["she@partner.example", "you@partner.example"], "tls": "TLS 1.3"},
        id="several recipients over one relay are one hop",
    ),
    pytest.param(
        given(to("x@partner.example, orig_to=<alias@example.com").replace(">, relay", ">, relay"), before=out_tls()).replace(
            "to=<x@partner.example, orig_to", "to=<x@partner.example>, orig_to"
        ),
        {"recipients": ["alias@example.com"]},
        id="the recipient that was written to",
    ),
    pytest.param(
        given(to(level=", tls=may"), before=out_tls()), {"tls": "TLS 1.3", "security_policy": "may"}, id="a level, and the TLS line"
    ),
    pytest.param(
        given(to(level=", tls=none")),
        {"tls": "No TLS", "tls_raw": "tls=none", "security_policy": "none"},
        id="the level none is clear text",
    ),
    pytest.param(given(to(level=", tls=may:none")), {"tls": "No TLS", "security_policy": "may:none"}, id="fell back to clear text"),
    pytest.param(
        given(to(level=", tls=dane:halfdane")),
        {"security_policy": "dane:halfdane", "tls": "TLS (version unknown)", "tls_raw": "tls=dane:halfdane"},
        id="a level is no version",
    ),
    pytest.param(given(to(level=", tls=dane/requiretls"), before=out_tls(trust="Verified")), {"verified": "Verified"}, id="verified"),
    pytest.param(
        given(
            to(end="deferred (host mx.partner.example[198.51.100.27] said: 450 4.2.2 Full (in reply to RCPT TO command))"),
            before=out_tls(),
        ),
        {
            "status": "deferred",
            "tls": "TLS 1.3",
            "reply": "host mx.partner.example[198.51.100.27] said: 450 4.2.2 Full (in reply to RCPT TO command)",
        },
        id="deferred",
    ),
    pytest.param(given(to(end="bounced (host said: 550 5.1.1 No)")), {"status": "bounced", "direction": "outbound"}, id="bounced"),
    pytest.param(
        given(to(relay="none", end="deferred (connect to mx.partner.example[198.51.100.27]:25: Connection timed out)")),
        {"status": "deferred", "peer_host": None, "peer_ip": None, "tls": "Not recorded", "tls_raw": None},
        id="no connection at all",
    ),
    pytest.param(
        given(to(end="deferred (450 4.2.2 Full)"))
        + "\n"
        + lines("qmgr[13] 4bC1dF2gHjKz3Lm: from=<me@example.com>, status=expired, returned to sender", minute=2),
        {"status": "bounced"},
        id="expired",
    ),
    pytest.param(given(to(relay="127.0.0.1[127.0.0.1]:10024")), {"direction": "internal", "status": "delivered"}, id="to the own filter"),
    pytest.param(
        given(to(more=", conn_use=2"), before=out_tls(usage="reused", trust="Untrusted")),
        {"tls": "TLS 1.3", "verified": "Untrusted"},
        id="used again",
    ),
    pytest.param(
        lines(f"tlsproxy[9] {out_tls(version='TLSv1.2')}") + "\n" + given(to(more=", conn_use=3")),
        {"tls": "TLS 1.2"},
        id="opened by tlsproxy",
    ),
    pytest.param(
        given(to(relay="mx.partner.example[IPv6:2001:db8::44]:25"), before=out_tls("mx.partner.example[IPv6:2001:db8::44]:25")),
        {"tls": "TLS 1.3", "peer_ip": "2001:db8::44"},
        id="an IPv6 relay",
    ),
    pytest.param(
        given(to()).replace("Nov 12 10:01:", "2026-11-12T11:01:").replace(" mx1 ", ".404714+01:00 mx1 "),
        {"time_utc": "2026-11-12 10:01:03.404714", "direction": "outbound"},
        id="ISO stamps",
    ),
    pytest.param(
        given(to()).replace("Nov 12", "mailserver-1  | Nov 12"), {"time_utc": "2026-11-12 10:01:03"}, id="docker compose stands before"
    ),
    pytest.param(given(to()).replace("Nov 12", "<22>Nov 12"), {"time_utc": "2026-11-12 10:01:03"}, id="a priority stands before"),
]


@pytest.mark.parametrize(("text", "expected"), HOPS)
def test_a_hop(text: str, expected: dict[str, object], batch: Batch) -> None:
    batch.check(text, expected)


NO_HOPS = [
    pytest.param(lines("smtpd[1] connect from mx[203.0.113.9]", "smtpd[1] disconnect from mx[203.0.113.9]"), id="a session without mail"),
    pytest.param(given(to(relay="mail.example.com[private/dovecot-lmtp]")).replace("smtp[21]", "lmtp[21]"), id="a socket of this machine"),
    pytest.param(given(to(end="deliverable (250 ok)")), id="an address was asked for"),
    pytest.param(
        lines("smtpd[1] warning: hostname x does not resolve to address 203.0.113.9", "scache[2] statistics: start interval"),
        id="other lines",
    ),
    pytest.param(
        "Nov 12 10:00:00 mx1 dovecot: imap-login: Login\n" + lines("anvil[1] statistics: max connection rate 1/60s"),
        id="other programs",
    ),
]


@pytest.mark.parametrize("text", NO_HOPS)
def test_no_hop(text: str, batch: Batch) -> None:
    batch.check(text)
    assert not batch.has_rejects(text)
