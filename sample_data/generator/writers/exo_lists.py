"""Exchange Online's lists of messages: the enhanced summary report and the message trace. None of them tells TLS."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from sample_data.generator.hops import NOT_RECORDED, Hop, stamp
from sample_data.generator.mail_plan import Mail
from sample_data.generator.people import domain_of
from sample_data.generator.writers import Writer
from sample_data.generator.writers.tables import (
    chance,
    clock,
    culture,
    dealt,
    guid,
    number_of,
    whole_second,
    write_csv,
    write_json,
)

ENHANCED = "exo_enhanced"
TRACE = "exo_message_trace"
SYSTEM = "Exchange Online"
_ENHANCED_COLUMNS = [
    "origin_timestamp_utc", "sender_address", "recipient_status", "message_subject", "total_bytes", "message_id",
    "network_message_id", "original_client_ip", "directionality", "connector_id", "delivery_priority",
]  # fmt: skip
_TRACE_COLUMNS = [
    "PSComputerName", "RunspaceId", "Organization", "MessageId", "Received", "SenderAddress", "RecipientAddress", "Subject",
    "Status", "ToIP", "FromIP", "Size", "MessageTraceId", "StartDate", "EndDate",
]  # fmt: skip
_CLIENT_IP = "198.51.100.7"


def is_traced(mail: Mail) -> bool:
    """Return whether the service took the mail: what it refuses at its door stands in no trace."""
    return not (mail.way == "in" and mail.end in ("rejected", "deferred"))


def _is_sent(mail: Mail) -> bool:
    return mail.way in ("out", "submission")


def trace_hop(mail: Mail, format_id: str, at_ms: int) -> Hop:
    """Return the hop of a mail that came in or went out, as far as a list tells it."""
    status = "accepted"
    if _is_sent(mail):
        status = {"passed": "delivered", "deferred": "incomplete"}.get(mail.end, "bounced")
    other = mail.sender if mail.way == "in" else mail.recipients[0]
    return Hop(
        format=format_id, at_ms=at_ms,
        direction="inbound" if mail.way == "in" else "outbound" if _is_sent(mail) else "internal",
        connector=None, tls=NOT_RECORDED, status=status, system=SYSTEM, peer_domain=domain_of(other), sender=mail.sender,
        recipients=mail.recipients, message_id=mail.message_id, size_bytes=mail.size_bytes,
    )  # fmt: skip


def _outcome(mail: Mail) -> str:
    """Return what became of each recipient."""
    result: list[str] = []
    for number, recipient in enumerate(mail.recipients):
        if _is_sent(mail):
            events = {"passed": "Receive, Send", "deferred": "Receive"}.get(mail.end, "Receive, Fail")
            if mail.end == "passed" and number and chance(mail, 4, 0.2):
                events = "Receive, Fail"
        else:
            events = "Receive, Fail" if mail.end == "bounced" else "Receive, Deliver"
        result.append(f"{recipient}##{events}")
    if chance(mail, 8, 0.1):
        result.insert(0, "all-staff@example.com##Receive, Expand")
    if _is_sent(mail) and mail.end == "passed" and chance(mail, 12, 0.1):
        result.append("copy@example.com##Receive, Deliver")
    return ";".join(result)


def _enhanced_row(mail: Mail, words: tuple[str, str]) -> list[str]:
    server = f"AM{number_of(mail, 2, 9)}PR01MB{number_of(mail, 6, 900) + 100}"
    door = f"{server}\\Default {server}" if mail.way == "in" and chance(mail, 16, 0.5) else ""
    return [
        stamp(mail.at_ms).removesuffix("Z") + ("0000Z" if chance(mail, 20, 0.3) else "0000"),
        mail.sender or "<>", _outcome(mail), mail.subject, str(mail.size_bytes), mail.message_id, guid(mail),
        mail.host.ip if mail.way == "in" else _CLIENT_IP if mail.way == "submission" else "",
        words[0] if mail.way == "in" else words[1], mail.connector or door, "Normal",
    ]  # fmt: skip


def write_enhanced(mails: Sequence[Mail], folder: Path) -> list[Path]:
    """Write three downloads: as the service gives it, saved again by Excel, and one that overlaps with both."""
    kept = [mail for mail in mails if is_traced(mail)]
    first, second, third = dealt(kept, 3)
    third = [*third, *first[: len(first) // 10], *second[-len(second) // 10 :]]
    numbers, names = ("1", "2"), ("Incoming", "Originating")
    return [
        write_csv(folder / "MTSummary_1.csv", _ENHANCED_COLUMNS, (_enhanced_row(mail, numbers) for mail in first), encoding="utf-16-le"),
        write_csv(
            folder / "MTSummary_2.csv", _ENHANCED_COLUMNS, (_enhanced_row(mail, names) for mail in reversed(second)),
            delimiter=";", encoding="utf-8-sig", before="sep=;\r\n",
        ),
        write_csv(folder / "MTSummary_3.csv", _ENHANCED_COLUMNS, (_enhanced_row(mail, numbers) for mail in third), quoting=csv.QUOTE_ALL),
    ]  # fmt: skip


def enhanced_hops(mails: Sequence[Mail]) -> Iterator[Hop]:
    """Yield a hop a message: what came in, what was sent, and what stayed inside."""
    for mail in mails:
        if is_traced(mail):
            yield trace_hop(mail, ENHANCED, mail.at_ms)._replace(connector=mail.connector if mail.way != "within" else None)


def _status(mail: Mail, number: int) -> str:
    """Return what the trace says of a recipient. A group's own row, and mail that is still under way, say other words."""
    if mail.way == "within":
        return "Delivered"
    if mail.way == "in":
        return ("Failed", "Quarantined", "FilteredAsSpam")[number_of(mail, 4, 3)] if mail.end == "bounced" else "Delivered"
    if mail.end == "passed":
        return "Failed" if number and chance(mail, 4, 0.2) else "Delivered"
    return "Pending" if mail.end == "deferred" else "Failed"


def _addresses(mail: Mail) -> tuple[str, str]:
    """Return ToIP and FromIP: to whom it was sent, and who gave it to the service."""
    if mail.way == "in":
        return "", mail.host.ip
    if mail.way == "within":
        return "", "" if chance(mail, 20, 0.5) else _CLIENT_IP
    return mail.host.ip, _CLIENT_IP if chance(mail, 24, 0.5) else ""


def _trace_row(mail: Mail, number: int, recipient: str, received: str) -> list[str]:
    to_ip, from_ip = _addresses(mail)
    return [
        "outlook.office365.example", "4f1e0d6e-0000-4000-8000-00000000c0de", "example.com", mail.message_id, received,
        mail.sender or "<>", recipient, mail.subject, _status(mail, number), to_ip, from_ip, str(mail.size_bytes), guid(mail),
        "11/2/2026 12:00:00 AM", "11/15/2026 11:59:59 PM",
    ]  # fmt: skip


def _trace_rows(mails: Sequence[Mail], form: str) -> list[list[str]]:
    """Return a row a recipient, the rows of one mail in different places."""
    rows: list[tuple[int, list[str]]] = []
    for mail in mails:
        received = culture(mail.at_ms) if form == "culture" else clock(mail.at_ms, form)
        rows += [
            (mail.at_ms + 900_000 * number, _trace_row(mail, number, recipient, received))
            for number, recipient in enumerate(mail.recipients)
        ]
    return [row for _, row in sorted(rows, key=lambda row: row[0])]


def _trace_object(mail: Mail, number: int, recipient: str) -> dict[str, object]:
    to_ip, from_ip = _addresses(mail)
    return {
        "FromIP": from_ip, "Index": number, "MessageId": mail.message_id, "MessageTraceId": guid(mail),
        "Received": stamp(mail.at_ms).removesuffix("Z") + "4907", "RecipientAddress": recipient, "SenderAddress": mail.sender or "<>",
        "Size": mail.size_bytes, "Status": _status(mail, number), "Subject": mail.subject, "ToIP": to_ip,
    }  # fmt: skip


def _graph_object(mail: Mail, number: int, recipient: str) -> dict[str, object]:
    to_ip, from_ip = _addresses(mail)
    status = _status(mail, number)
    return {
        "id": guid(mail), "senderAddress": mail.sender or "<>", "recipientAddress": recipient, "messageId": mail.message_id,
        "receivedDateTime": stamp(mail.at_ms), "subject": mail.subject, "size": mail.size_bytes,
        "status": status[0].lower() + status[1:], "fromIP": from_ip or None, "toIP": to_ip or None,
    }  # fmt: skip


def write_domains(folder: Path) -> Path:
    """Write the accepted domains, without which a list does not tell which way mail went."""
    rows = [["Example Corp", "example.com", "Authoritative", "True"], ["mail.example.com", "mail.example.com", "InternalRelay", "False"]]
    return write_csv(folder / "AcceptedDomains.csv", ["Name", "DomainName", "DomainType", "Default"], rows, quoting=csv.QUOTE_ALL)


def write_trace(mails: Sequence[Mail], folder: Path, *, with_ids: bool = False) -> list[Path]:
    """Write Get-MessageTrace as CSV in two cultures and as JSON, Graph's traces, the admin centre's list, and the accepted domains.

    With `with_ids` the admin centre's list is left out: it has no ids and cannot be joined with anything.
    """
    kept = [mail for mail in mails if is_traced(mail)]
    american, german, shell, graph, centre = dealt(kept, 5)
    seen: set[tuple[int, str, str]] = set()
    listed: list[Mail] = []
    for mail in centre:  # that list has neither ids, so that two mails that look alike would be one, nor the server that did not take one
        key = (mail.at_ms // 1000, mail.sender, mail.subject)
        is_open = _is_sent(mail) and mail.end != "passed"
        (american if key in seen or is_open or with_ids else listed).append(mail)
        seen.add(key)
    centre_rows = [[row[4], row[5], row[6], row[7], row[8]] for row in _trace_rows(listed, "%Y-%m-%d %H:%M:%S")]
    kind = "#TYPE Deserialized.Microsoft.Exchange.Management.FfoReporting.MessageTrace\r\n"
    centre_list = (
        [] if with_ids else [write_csv(folder / "MessageTrace.csv", ["Date", "Sender", "Recipient", "Subject", "Status"], centre_rows)]
    )
    return [
        *centre_list,
        write_csv(folder / "trace-ps5.csv", _TRACE_COLUMNS, _trace_rows(american, "culture"), before=kind, quoting=csv.QUOTE_ALL),
        write_csv(folder / "trace-de.csv", _TRACE_COLUMNS, _trace_rows(german, "%d.%m.%Y %H:%M:%S"), delimiter=";", encoding="utf-8-sig"),
        write_json(folder / "trace.json", (_trace_object(mail, i, one) for mail in shell for i, one in enumerate(mail.recipients))),
        write_json(
            folder / "graph.json", (_graph_object(mail, i, one) for mail in graph for i, one in enumerate(mail.recipients)), "value"
        ),
        write_domains(folder),
    ]


def trace_hops(mails: Sequence[Mail]) -> Iterator[Hop]:
    """Yield a hop a message; which way it went is recorded by the accepted domains."""
    for mail in mails:
        if is_traced(mail):
            yield trace_hop(mail, TRACE, whole_second(mail.at_ms))


EXO_ENHANCED = Writer(ENHANCED, write_enhanced, enhanced_hops)
EXO_MESSAGE_TRACE = Writer(TRACE, write_trace, trace_hops)
