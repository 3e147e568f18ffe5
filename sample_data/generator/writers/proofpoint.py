"""Proofpoint on Demand: the message objects, which tell how mail came in, and the maillog objects, which are lines of its Sendmail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from sample_data.generator.hops import NO_TLS, NOT_RECORDED, Hop
from sample_data.generator.mail_plan import Mail
from sample_data.generator.writers import Writer
from sample_data.generator.writers.gateway import Leg, hop_of, legs_of
from sample_data.generator.writers.tables import chance, clock, dealt, guid, whole_second, write_json, write_json_lines

MESSAGE = "proofpoint_message"
MAILLOG = "proofpoint_maillog"
SYSTEM = "Proofpoint"
_AGENT = {"agent": "m0000123.ppops.example", "cid": "example_hosted"}
_PACIFIC_MS = 8 * 3_600_000


def _stamp(at_ms: int, colon: str = "") -> str:
    """Return a moment on the clock of the service, which is eight hours behind."""
    return f"{clock(at_ms - _PACIFIC_MS, '%Y-%m-%dT%H:%M:%S')}.{at_ms % 1000:03d}000-08{colon}00"


def _queue_id(mail: Mail) -> str:
    return "4" + mail.network_message_id[:13].upper()


def _cipher(leg: Leg) -> str:
    return leg.cipher or "NONE"


def _arrivals(mail: Mail) -> Iterator[Leg]:
    """Yield the ways in; mail between own mailboxes passes the filter too, where it is routed that way."""
    if mail.way == "within":
        inside = mail._replace(way="in", end="passed", tls="TLS 1.2")
        yield from (leg._replace(mail=mail) for leg in legs_of(inside) if leg.is_in)
    else:
        yield from (leg for leg in legs_of(mail) if leg.is_in)


def _route(leg: Leg) -> str:
    if leg.mail.way == "in":
        return leg.mail.connector or "default_inbound"
    return "allow_relay"


def _tells_tls(leg: Leg) -> bool:
    return not chance(leg.mail, 18, 0.04)


def _message(leg: Leg) -> dict[str, object]:
    mail = leg.mail
    connection: dict[str, object] = {
        "country": "de",
        "helo": leg.helo,
        "host": leg.host,
        "ip": leg.ip,
        "protocol": "smtp:smtp",
        "sid": guid(mail),
    }
    if _tells_tls(leg):
        result = {"version": leg.version or "NONE", "cipher": _cipher(leg), "cipherBits": 256 if leg.version else 0}
        connection["tls"] = {"inbound": result}
    disposition = {"rejected": "reject;550", "deferred": "retry"}.get(leg.status, "discard" if mail.end == "bounced" else "continue")
    way = {"in": "inbound", "within": "internal"}.get(mail.way, "outbound")
    return {
        "ts": _stamp(leg.at_ms), "pps": _AGENT, "guid": guid(mail), "connection": connection,
        "envelope": {"from": mail.sender, "rcpts": list(mail.recipients)},
        "filter": {"routeDirection": way, "routes": [_route(leg), "internalnet"], "qid": _queue_id(mail), "disposition": disposition},
        "msg": {
            "sizeBytes": mail.size_bytes, "header": {"message-id": [mail.message_id], "subject": [mail.subject]},
            "normalizedHeader": {"message-id": [mail.message_id], "subject": [mail.subject]},
        },
    }  # fmt: skip


def write_messages(mails: Sequence[Mail], folder: Path) -> list[Path]:
    """Write the message objects as lines and as a list; a few stand in both files."""
    first, second = dealt((_message(leg) for mail in mails for leg in _arrivals(mail)), 2)
    return [write_json_lines(folder / "message-1.json", [*first, *second[:40]]), write_json(folder / "message-2.json", second[::-1])]


def message_hops(mails: Sequence[Mail]) -> Iterator[Hop]:
    """Yield how each mail came in."""
    for mail in mails:
        for leg in _arrivals(mail):
            hop = hop_of(leg, MESSAGE, SYSTEM, leg.at_ms)._replace(connector=_route(leg), helo=leg.helo)
            hop = hop._replace(direction="internal") if mail.way == "within" else hop
            yield hop if _tells_tls(leg) else hop._replace(tls=NOT_RECORDED)


def _line(mail: Mail, at_ms: int, sm: dict[str, object], tls: dict[str, object] | None) -> dict[str, object]:
    words = ", ".join(f"{name}={value}" for name, value in sm.items())
    result: dict[str, object] = {
        "id": f"{mail.network_message_id}{at_ms}", "ts": _stamp(at_ms, ":" if chance(mail, 2, 0.5) else ""), "pps": _AGENT,
        "data": f"{_stamp(at_ms, ':')} m0000123 sendmail[17965]: {_queue_id(mail)}: {words}", "sm": {"qid": _queue_id(mail), **sm},
        "metadata": {"customerId": "c0", "origin": {"schemaVersion": "20200420"}},
    }  # fmt: skip
    return result if tls is None else result | {"tls": tls}


def _relay(leg: Leg) -> str:
    return f"{leg.host}{'' if leg.is_in else '.'} [{'IPv6:' if ':' in leg.ip else ''}{leg.ip}]"


def _tls(leg: Leg) -> dict[str, object]:
    return {"version": leg.version or "NONE", "cipher": _cipher(leg), "verify": "OK" if leg.version else "NONE"}


def _maillog(mail: Mail) -> Iterator[dict[str, object]]:
    """Yield the lines: from= and to= of each hop, the filter's own loop, and what goes into a file."""
    for leg in legs_of(mail):
        if leg.is_in:
            if leg.status != "accepted":
                continue
            begun: dict[str, object] = {
                "from": f"<{mail.sender}>", "sizeBytes": str(mail.size_bytes), "class": "0", "nrcpts": str(len(mail.recipients)),
                "msgid": mail.message_id, "proto": "ESMTP", "daemon": "MTA", "auth": "NONE", "relay": _relay(leg),
            }  # fmt: skip
            yield _line(mail, leg.at_ms, begun, _tls(leg) if _tells_tls(leg) else None)
            if chance(mail, 8, 0.3):
                loop = begun | {"relay": "m0000123.ppops.example [127.0.0.1]"}
                yield _line(mail, leg.at_ms + 400, loop, {"version": "NONE", "cipher": "NONE", "verify": "NONE"})
            continue
        stat = {"delivered": "Sent (Ok: queued)", "deferred": "Deferred: 450 4.2.2 later"}.get(leg.status, "User unknown")
        dsn = {"delivered": "2.0.0", "deferred": "4.2.2"}.get(leg.status, "5.1.1")
        sent: dict[str, object] = {
            "to": [f"<{one}>" for one in mail.recipients], "delay": "00:00:01", "xdelay": "00:00:01", "mailer": "esmtp",
            "pri": "120812", "relay": _relay(leg), "dsn": dsn, "stat": stat,
        }  # fmt: skip
        yield _line(mail, leg.at_ms, sent, _tls(leg) if _tells_tls(leg) else None)
        if leg.status == "delivered" and chance(mail, 12, 0.1):
            stored: dict[str, object] = {"to": [mail.recipients[0]], "mailer": "*file*", "dsn": "2.0.0", "stat": "Sent", "pri": 35342}
            yield _line(mail, leg.at_ms + 90, stored | {"tls": {"verify": "NONE"}}, None)


def write_maillog(mails: Sequence[Mail], folder: Path) -> list[Path]:
    """Write the maillog objects by time as lines in two files, which part some mails."""
    lines = sorted(
        ((str(one["id"])[32:], number, one) for number, one in enumerate(one for mail in mails for one in _maillog(mail))),
        key=lambda one: one[:2],
    )
    contents = [one for _, _, one in lines]
    cut = len(contents) // 2
    return [write_json_lines(folder / "maillog-1.json", contents[:cut]), write_json_lines(folder / "maillog-2.json", contents[cut:])]


def maillog_hops(mails: Sequence[Mail]) -> Iterator[Hop]:
    """Yield both hops; what was refused at the door has no from= line. NONE is a word for clear text, nothing is none."""
    for mail in mails:
        for leg in legs_of(mail):
            if leg.is_in and leg.status != "accepted":
                continue
            hop = hop_of(leg, MAILLOG, SYSTEM, leg.at_ms)
            yield hop if _tells_tls(leg) else hop._replace(tls=NOT_RECORDED)
        if mail.way != "within" and mail.end == "passed" and chance(mail, 8, 0.3):
            yield Hop(MAILLOG, whole_second(mail.at_ms), "internal", None, NO_TLS, "accepted", SYSTEM)


PROOFPOINT_MESSAGE = Writer(MESSAGE, write_messages, message_hops, frozenset({"inbound"}))
PROOFPOINT_MAILLOG = Writer(MAILLOG, write_maillog, maillog_hops)
