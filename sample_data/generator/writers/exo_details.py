"""Exchange Online's details of a message trace, an event a row, with the trace itself beside them."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from typing import NamedTuple

from sample_data.generator.hops import NO_TLS, NOT_RECORDED, Hop, stamp
from sample_data.generator.mail_plan import Mail
from sample_data.generator.writers import Writer
from sample_data.generator.writers.exo_lists import is_traced, trace_hop, write_trace
from sample_data.generator.writers.tables import chance, culture, dealt, guid, number_of, whole_second, write_csv, write_json

DETAIL = "exo_trace_detail"
_COLUMNS = ["Date", "MessageId", "MessageTraceId", "Event", "Action", "Detail", "Data", "FromIP", "ToIP", "StartDate", "EndDate"]
_TENANT = "5b1d0d6e-0000-4000-8000-00000000c0de"


class _Event(NamedTuple):
    at_ms: int
    name: str
    detail: str
    data: str = ""
    action: str = ""


def _has_details(mail: Mail) -> bool:
    """Return whether the details of a mail were exported; for some only the trace is there."""
    return chance(mail, 8, 0.85)


def _host(mail: Mail, place: int) -> str:
    return f"AM{number_of(mail, place, 9)}PR01MB{1000 + number_of(mail, place, 40)}.eurprd01.prod.exchange-online.example"


def _data(**values: str) -> str:
    parts = [f'<MEP Name="{name}" {"Blob" if name == "CustomData" else "String"}="{_escaped(value)}" />' for name, value in values.items()]
    return f'<root>{"".join(parts)}<MEP Name="SequenceNumber" Long="0" /></root>'


def _escaped(value: str) -> str:
    return escape(value, quote=False).replace('"', "&quot;")


def _number(mail: Mail) -> str:
    return mail.tls.removeprefix("TLS ")


def _arrival(mail: Mail) -> Iterator[_Event]:
    """Yield the receive events: the version stands in the text, in the data, or in both; clear text stands nowhere."""
    in_text, in_data = (chance(mail, 12, 0.6), not chance(mail, 12, 0.3)) if mail.tls != NO_TLS else (False, False)
    server = _host(mail, 2).partition(".")[0]
    custom = [
        f"S:ProxyHop1={_host(mail, 4)}(10.152.1.7)",
        f"S:ProxiedClientIPAddress={mail.host.ip}",
        f"S:ProxiedClientHostname={mail.host.name}",
    ]
    if mail.connector:
        custom.append(f"'S:InboundConnectorData=Name={mail.connector};ConnectorType={mail.connector_type};TenantId={_TENANT}'")
    if in_data:
        custom += [f"S:tlsversion=SP_PROT_TLS{_number(mail).replace('.', '_')}_SERVER", "S:tlscipher=CALG_AES_256"]
    data = _data(
        ConnectorId=f"{server}\\Default {server}", ClientIP=mail.host.ip, CustomData=";".join(custom), TotalBytes=str(mail.size_bytes)
    )
    said = f" using TLS{_number(mail)} with AES256" if in_text else ""
    yield _Event(mail.at_ms, "Receive", f"Message received by: {_host(mail, 2)}{said}", data)
    if chance(mail, 16, 0.4):
        yield _Event(mail.at_ms + 1400, "Receive", f"Message received by: {_host(mail, 6)}")


def _departure(mail: Mail) -> Iterator[_Event]:
    """Yield the events of mail from an own mailbox: submitted, received by the service's own transport, and sent."""
    yield _Event(mail.at_ms - 2500, "Submit", "The message was submitted.")
    inner = _data(CustomData="S:FromEntity=Hosted;S:tlsversion=SP_PROT_TLS1_2_SERVER;S:tlscipher=CALG_AES_256")
    if chance(mail, 16, 0.7):
        said = " using TLS1.2 with AES256" if chance(mail, 20, 0.5) else ""
        yield _Event(mail.at_ms - 2000, "Receive", f"Message received by: {_host(mail, 2)}{said}", inner)
    if mail.way == "within":
        yield _Event(mail.at_ms + 600, "Deliver", "The message was successfully delivered.")
        return
    if mail.end != "passed" or chance(mail, 24, 0.1):
        reason = "Reason: [{LED=450 4.4.317 Cannot connect to remote server [Message=SocketError: TimedOut]};{MSG=};{FQDN=x};{IP=};{LRT=}]"
        yield _Event(mail.at_ms - 900, "Defer", reason)
    if mail.end in ("rejected", "bounced"):
        yield _Event(mail.at_ms + 900, "Fail", "Reason: [{LED=550 5.1.1 User unknown};{MSG=};{FQDN=};{IP=};{LRT=}]")
    if mail.end != "passed":
        return
    custom = ["S:ToEntity=Internet", "S:E2ELatency=4.9"]
    if mail.connector:
        custom.append(f"'S:TenantOutboundConnectorCustomData=Name={mail.connector};ConnectorType=Outbound'")
    said = "" if mail.tls == NO_TLS else f" using TLS{_number(mail)}" + (" with AES256" if chance(mail, 12, 0.3) else "")
    data = _data(CustomData=";".join(custom))
    yield _Event(mail.at_ms, "Send external", f"Message sent to {mail.host.name} at {mail.host.ip}{said}", data)


def _events(mail: Mail) -> list[_Event]:
    events = list(_arrival(mail) if mail.way == "in" else _departure(mail))
    at = mail.at_ms
    events.append(_Event(at + 200, "Transport rule", "Transport rule: 'Disclaimer', ID: {19a25eb2-0000-4000-8000-96b6c359779d}"))
    if mail.connector and mail.way != "in":
        events.append(_Event(at + 210, "Route", "", "", "RouteMessageUsingConnector"))
    if len(mail.recipients) > 1:
        events.append(_Event(at + 230, "Expand", "The distribution group was expanded."))
    if mail.way == "in":
        end = ("Fail", "Reason: [{LED=550 5.2.2 mailbox full}]") if mail.end == "bounced" else ("Deliver", "The message was delivered.")
        events.append(_Event(at + 2300, *end))
    return events


def _rows(mails: Sequence[Mail], *, iso: bool) -> Iterator[list[str]]:
    """Yield the events once for each recipient that was asked about."""
    for mail in mails:
        for _ in mail.recipients[:2]:
            for at_ms, name, detail, data, action in _events(mail):
                date = stamp(at_ms).removesuffix("Z") if iso else culture(at_ms)
                yield [
                    date,
                    mail.message_id,
                    guid(mail),
                    name,
                    action,
                    detail,
                    data,
                    "",
                    "",
                    "11/2/2026 12:00:00 AM",
                    "11/15/2026 11:59:59 PM",
                ]


def _graph(mail: Mail) -> Iterator[dict[str, object]]:
    for at_ms, name, detail, data, action in _events(mail):
        yield {
            "id": guid(mail), "messageId": mail.message_id, "dateTime": stamp(at_ms), "event": name, "action": action,
            "description": detail, "data": data,
        }  # fmt: skip


def write_details(mails: Sequence[Mail], folder: Path) -> list[Path]:
    """Write Get-MessageTraceDetail as CSV twice and as JSON, Graph's details, and the trace with the accepted domains."""
    first, second, third, fourth = dealt([mail for mail in mails if is_traced(mail) and _has_details(mail)], 4)
    return [
        write_csv(folder / "detail.csv", _COLUMNS, _rows(first, iso=False), quoting=csv.QUOTE_ALL, encoding="utf-8-sig"),
        write_csv(folder / "detail-v2.csv", _COLUMNS, _rows(second[::-1], iso=True), delimiter=";"),
        write_json(folder / "detail.json", (dict(zip(_COLUMNS, row, strict=True)) for row in _rows(third, iso=True))),
        write_json(folder / "graph-detail.json", (one for mail in fourth for one in _graph(mail)), "value"),
        *write_trace(mails, folder / "trace", with_ids=True),
    ]


def detail_hops(mails: Sequence[Mail]) -> Iterator[Hop]:
    """Yield a hop a message: with its version and connector where its details are there, else as the trace tells it."""
    for mail in mails:
        if not is_traced(mail):
            continue
        hop = trace_hop(mail, DETAIL, whole_second(mail.at_ms))
        if _has_details(mail) and mail.way != "within" and hop.status in ("accepted", "delivered"):
            tls = NOT_RECORDED if mail.tls == NO_TLS else mail.tls
            kind = mail.connector_type if mail.way == "in" else None
            hop = hop._replace(tls=tls, connector=mail.connector, connector_type=kind, peer_host=mail.host.name, peer_ip=mail.host.ip)
        yield hop


EXO_TRACE_DETAIL = Writer(DETAIL, write_details, detail_hops)
