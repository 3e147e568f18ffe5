"""Exchange Server's message tracking logs, and what Get-MessageTrackingLog exports of them. None of them tells TLS."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from sample_data.generator.hops import NOT_RECORDED, Hop, stamp
from sample_data.generator.mail_plan import Mail
from sample_data.generator.people import domain_of
from sample_data.generator.writers import Writer
from sample_data.generator.writers.tables import chance, culture, dealt, guid, number_of, whole_second, write_csv, write_json, write_text

FORMAT = "exchange_tracking"
EXPORT = "exchange_tracking_export"
SYSTEM = "Exchange Server"
COLUMNS = [
    "date-time", "client-ip", "client-hostname", "server-ip", "server-hostname", "source-context", "connector-id", "source",
    "event-id", "internal-message-id", "message-id", "network-message-id", "recipient-address", "recipient-status", "total-bytes",
    "recipient-count", "related-recipient-address", "reference", "message-subject", "sender-address", "return-path", "message-info",
    "directionality", "tenant-id", "original-client-ip", "original-server-ip", "custom-data", "transport-traffic-type", "log-id",
    "schema-version",
]  # fmt: skip
_EXPORTED = {
    "Timestamp": "date-time", "ClientIp": "client-ip", "ClientHostname": "client-hostname", "ServerIp": "server-ip",
    "ServerHostname": "server-hostname", "SourceContext": "source-context", "ConnectorId": "connector-id", "Source": "source",
    "EventId": "event-id", "InternalMessageId": "internal-message-id", "MessageId": "message-id",
    "NetworkMessageId": "network-message-id", "Recipients": "recipient-address", "RecipientStatus": "recipient-status",
    "TotalBytes": "total-bytes", "RecipientCount": "recipient-count", "MessageSubject": "message-subject", "Sender": "sender-address",
    "ReturnPath": "return-path", "Directionality": "directionality", "OriginalClientIp": "original-client-ip",
    "EventData": "custom-data",
}  # fmt: skip
_IPS = {"EX01": "10.0.0.11", "EX02": "10.0.0.12"}
_CLIENT_IP = "198.51.100.7"
_PROBE = "HealthMailbox0659e34@example.com"


class _Row(dict[str, str]):
    """A row by the names of its columns; what is missing is empty."""

    at_ms: int = 0


def _server(mail: Mail) -> str:
    return "EX01" if chance(mail, 0, 0.6) else "EX02"


def _other(server: str) -> str:
    return "EX02" if server == "EX01" else "EX01"


def _row(mail: Mail, at_ms: int, source: str, event: str, **more: str) -> _Row:
    result = _Row({name.replace("_", "-"): value for name, value in more.items()})
    result.at_ms = at_ms
    base = {
        "date-time": stamp(at_ms), "source": source, "event-id": event, "internal-message-id": str(int(mail.network_message_id[:9], 16)),
        "message-id": mail.message_id, "network-message-id": guid(mail), "recipient-address": ";".join(mail.recipients),
        "total-bytes": str(mail.size_bytes), "recipient-count": str(len(mail.recipients)), "message-subject": mail.subject,
        "sender-address": mail.sender or "<>", "return-path": mail.sender or "<>",
        "directionality": "Incoming" if mail.way == "in" else "Originating", "transport-traffic-type": "Email",
        "log-id": guid(mail)[::-1], "schema-version": "15.02.1544.004",
    }  # fmt: skip
    for name, value in base.items():
        result.setdefault(name, value)
    return result


def _session(mail: Mail, at_ms: int) -> str:
    return f"08DE{int(mail.network_message_id[4:16], 16):012X};{stamp(at_ms - 40)};0"


def _received(mail: Mail, at_ms: int, ip: str, host: str, connector: str) -> _Row:
    """Return the row of a mail from outside: passed on by a front end, which names the true client, or taken directly."""
    server = _server(mail)
    own, name = _IPS[server], f"{server.lower()}.example.com"
    if chance(mail, 8, 0.7):
        front = _other(server) if chance(mail, 12, 0.3) else server
        custom = f"S:ProxyHop1={front.lower()}.example.com({_IPS[front]});S:ProxiedClientIPAddress={ip};S:ProxiedClientHostname={host}"
        client, client_name = _IPS[front], f"{front.lower()}.example.com"
    else:
        custom, client, client_name = "S:FirstForestHop=" + name, ip, host
    return _row(
        mail, at_ms, "SMTP", "RECEIVE", client_ip=client, client_hostname=client_name, server_ip=own, server_hostname=server,
        source_context=_session(mail, at_ms), connector_id=f"{server}\\{connector}", original_client_ip=ip, original_server_ip=own,
        custom_data=custom + ";S:FromEntity=Internet;S:DeliveryPriority=Normal", message_info="0cA: ",
    )  # fmt: skip


def _door(mail: Mail) -> str:
    return mail.connector or f"Default {_server(mail)}"


def _is_moved(mail: Mail) -> bool:
    return chance(mail, 24, 0.2)


def _moved(mail: Mail, at_ms: int) -> Iterator[_Row]:
    """Yield what two servers note when one hands a mail to the other; the first client's address goes with the mail."""
    here = _server(mail)
    there = _other(here)
    first = mail.host.ip if mail.way == "in" else ""
    yield _row(
        mail, at_ms, "SMTP", "SEND", client_ip=_IPS[here], client_hostname=here, server_ip=_IPS[there],
        server_hostname=f"{there.lower()}.example.com", source_context=";250 2.6.0 queued;ClientSubmitTime:",
        connector_id="Intra-Organization SMTP Send Connector", recipient_status="250 2.1.5 Recipient OK", original_client_ip=first,
    )  # fmt: skip
    yield _row(
        mail, at_ms, "SMTP", "RECEIVE", client_ip=_IPS[here], client_hostname=f"{here.lower()}.example.com", server_ip=_IPS[there],
        server_hostname=there, source_context=_session(mail, at_ms), connector_id=f"{there}\\Default {there}", original_client_ip=first,
        custom_data=f"S:FirstForestHop={here.lower()}.example.com",
    )  # fmt: skip


def _sent(mail: Mail, at_ms: int) -> Iterator[_Row]:
    server = _server(mail)
    event = {"passed": "SENDEXTERNAL" if chance(mail, 16, 0.8) else "SEND", "deferred": "DEFER"}.get(mail.end, "FAIL")
    if mail.end == "passed" and chance(mail, 20, 0.1):
        yield from (one for one in _sent(mail._replace(end="deferred"), at_ms - 600_000))
    reply = {"passed": f"250 2.6.0 {mail.message_id} Queued mail for delivery", "deferred": "450 4.4.317 later"}.get(
        mail.end, "550 5.1.1 No"
    )
    yield _row(
        mail, at_ms, "SMTP", event, client_ip=_IPS[server], client_hostname=server, server_ip=mail.host.ip, server_hostname=mail.host.name,
        source_context=f'08DE1;{stamp(at_ms)};{reply};ClientSubmitTime:', connector_id=mail.connector or "To Internet",
        recipient_status=reply, custom_data="S:E2ELatency=4.9;S:ToEntity=Internet;S:RequiredTlsAuthLevel=Opportunistic",
    )  # fmt: skip


def _rows(mail: Mail) -> Iterator[_Row]:
    """Yield everything that the servers noted about a mail; what they refused at the door stands nowhere."""
    server, at = _server(mail), mail.at_ms
    if mail.way == "in":
        if mail.end in ("rejected", "deferred"):
            return
        yield _received(mail, at, mail.host.ip, mail.host.name, _door(mail))
    elif mail.way == "submission":
        yield _received(mail, at, _CLIENT_IP, "client.example.com", f"Client Frontend {server}")
    else:
        own = _IPS[server]
        yield _row(mail, at - 1900, "STOREDRIVER", "SUBMIT", client_ip=own, server_ip=own, server_hostname=server)
        yield _row(
            mail, at - 1500, "SMTP", "RECEIVE", client_ip=own, client_hostname=f"{server.lower()}.example.com", server_ip=own,
            server_hostname=server, source_context=_session(mail, at - 1500), connector_id=f"{server}\\Default {server}",
        )  # fmt: skip
    yield _row(mail, at + 20, "SMTP", "HAREDIRECT", source_context="shadow", server_hostname=server)
    yield _row(mail, at + 30, "AGENT", "AGENTINFO", server_hostname=server, custom_data="S:AMA=SUM|v=1|action=|error=;S:CompCost=|ETR=0")
    if _is_moved(mail):
        yield from _moved(mail, at + 300)
    if mail.way in ("in", "within"):
        fails = mail.end == "bounced"
        status = "550 5.2.2 mailbox full, quota exceeded" if fails else ""
        yield _row(mail, at + 900, "STOREDRIVER", "FAIL" if fails else "DELIVER", server_hostname=server, recipient_status=status)
    else:
        yield from _sent(mail, at + (900 if mail.way == "submission" else 0))
    if chance(mail, 2, 0.05):
        yield _row(
            mail, at + 950, "SMTP", "RECEIVE", client_ip=_CLIENT_IP, server_ip=_IPS[server], server_hostname=server, sender_address=_PROBE,
            recipient_address=_PROBE, message_id=f"<probe{mail.at_ms}@x>", connector_id=f"{server}\\Default {server}",
        )  # fmt: skip


def _log(rows: Sequence[_Row], columns: Sequence[str], *, header: bool) -> str:
    text = io.StringIO(newline="")
    head = (
        "#Software: Microsoft Exchange Server\r\n#Version: 15.02.1544.004\r\n#Log-type: Message Tracking Log\r\n"
        f"#Date: {rows[0]['date-time']}\r\n#Fields: {','.join(columns)}\r\n"
    )
    writer = csv.writer(text)
    for number, row in enumerate(rows):
        if header and number in (0, len(rows) // 2):
            text.write(head)
        writer.writerow([row.get(name, "") for name in columns])
    return text.getvalue()


def write_tracking(mails: Sequence[Mail], folder: Path) -> list[Path]:
    """Write the servers' logs: of 30 columns with a header that is repeated, a slice without header, and 26 columns of 2010."""
    old_columns = [name for name in COLUMNS[:27] if name != "network-message-id"]
    paths: list[Path] = []
    for number, hand in enumerate(dealt(mails, 4)):
        rows = sorted((row for mail in hand for row in _rows(mail)), key=lambda row: row.at_ms)
        columns = old_columns if number == 3 else COLUMNS
        text = _log(rows, columns, header=number != 2)
        name = ("MSGTRK2026111508-1.LOG", "MSGTRKMD2026111508-1.LOG", "slice.csv", "MSGTRK20261115-1.LOG")[number]
        paths.append(write_text(folder / name, text, "utf-8" if number == 2 else "utf-8-sig"))
    return paths


def _exported(row: _Row, mail: Mail) -> dict[str, str]:
    result = {name: row.get(column, "") for name, column in _EXPORTED.items()} | {"Timestamp": culture(row.at_ms)}
    shape = number_of(mail, 6, 3)
    to = row["recipient-address"].split(";")
    result["Recipients"] = ("System.String[]", ";".join(to), "{" + ", ".join(to) + "}")[shape]
    if shape == 0 and not _is_moved(mail):  # a front end and a server that hands mail on differ in nothing but this list
        result["EventData"] = "System.Object[]"
    return result


def write_export(mails: Sequence[Mail], folder: Path) -> list[Path]:
    """Write Get-MessageTrackingLog as CSV of a culture and as JSON."""
    first, second = dealt(mails, 2)
    rows = [_exported(row, mail) for mail in first for row in _rows(mail)]
    objects = [
        _exported(row, mail) | {"Timestamp": stamp(row.at_ms).replace("T", " ").removesuffix("Z")} for mail in second for row in _rows(mail)
    ]
    kind = "#TYPE Microsoft.Exchange.Management.TransportLogSearchTasks.MessageTrackingEvent\r\n"
    table = ([row[name] for name in _EXPORTED] for row in rows)
    return [
        write_csv(folder / "tracking.csv", list(_EXPORTED), table, before=kind, quoting=csv.QUOTE_ALL),
        write_json(folder / "tracking.json", objects),
    ]


def tracking_hops(mails: Sequence[Mail]) -> Iterator[Hop]:
    """Yield what came in by SMTP, from others and from own clients, and what was sent to others."""
    for mail in mails:
        base = Hop(
            format=FORMAT, at_ms=mail.at_ms, direction="inbound", connector=_door(mail), tls=NOT_RECORDED, status="accepted", system=SYSTEM,
            peer_host=mail.host.name, peer_ip=mail.host.ip, peer_domain=domain_of(mail.sender), sender=mail.sender,
            recipients=mail.recipients, message_id=mail.message_id, size_bytes=mail.size_bytes,
        )  # fmt: skip
        if mail.way == "in" and mail.end in ("passed", "bounced"):
            yield base
        if mail.way == "submission":
            yield base._replace(direction="submission", connector=f"Client Frontend {_server(mail)}", peer_host=None, peer_ip=_CLIENT_IP)
        if mail.way in ("out", "submission"):
            status = {"passed": "delivered", "deferred": "deferred"}.get(mail.end, "bounced")
            yield base._replace(
                at_ms=mail.at_ms + (900 if mail.way == "submission" else 0), direction="outbound",
                connector=mail.connector or "To Internet", status=status, peer_domain=domain_of(mail.recipients[0]),
            )  # fmt: skip


def export_hops(mails: Sequence[Mail]) -> Iterator[Hop]:
    """Yield the same hops; half of them with whole seconds."""
    yield from (hop._replace(format=EXPORT, at_ms=whole_second(hop.at_ms)) for hop in tracking_hops(mails))


EXCHANGE_TRACKING = Writer(FORMAT, write_tracking, tracking_hops)
EXCHANGE_TRACKING_EXPORT = Writer(EXPORT, write_export, export_hops)
