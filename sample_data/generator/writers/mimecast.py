"""Mimecast: the SIEM logs of both API versions, and those of the first as lines of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from sample_data.generator.hops import NO_TLS, NOT_RECORDED, Hop
from sample_data.generator.mail_plan import Mail
from sample_data.generator.writers import Writer
from sample_data.generator.writers.gateway import Leg, hop_of, legs_of
from sample_data.generator.writers.tables import chance, clock, dealt, guid, whole_second, write_json, write_json_lines, write_text

FORMAT = "mimecast"
TEXT_FORMAT = "mimecast_text"


def _legs(mail: Mail) -> Iterator[Leg]:
    """Yield the hops of a mail; one that stays inside comes and goes at the gateway too."""
    if mail.way == "within":
        inside = mail._replace(way="in", end="passed", tls="TLS 1.2")
        yield from (leg._replace(mail=mail) for leg in legs_of(inside))
    else:
        yield from legs_of(mail)


def _route(leg: Leg) -> str | None:
    if leg.is_outer:
        return leg.mail.connector or ("Inbound Routing" if leg.is_in else None)
    return "Office 365 Outbound" if leg.is_in else "Office 365 Inbound Routing Policy Definition"


def _tells_tls(leg: Leg) -> bool:
    return not chance(leg.mail, 18, 0.04)


def _is_old(mail: Mail) -> bool:
    return chance(mail, 22, 0.3)


def _second_version(leg: Leg) -> Iterator[dict[str, object]]:
    """Yield the event of a hop: for a part of the mails once for each recipient."""
    mail = leg.mail
    refused = leg.status in ("rejected", "bounced")
    split = leg.status != "rejected" and chance(mail, 26, 0.5)
    way = {"in": "Inbound", "within": "Internal"}.get(mail.way, "Outbound")
    result: dict[str, object] = {
        "aggregateId": mail.network_message_id[:20], "processingId": mail.network_message_id, "accountId": "C0A0",
        "timestamp": leg.at_ms, "messageId": mail.message_id, "senderEnvelope": mail.sender or None, "subject": mail.subject,
        "direction": way if leg.is_in or mail.way == "within" or chance(mail, 2, 0.8) else None,
        "tlsVersion": leg.version if _tells_tls(leg) else None, "tlsCipher": leg.cipher if _tells_tls(leg) else "",
        "tlsUsed": None if not _tells_tls(leg) else "No" if leg.tls == NO_TLS else "Yes", "route": _route(leg),
        "emailSize": str(mail.size_bytes), "numberAttachments": "0",
        "rejectionType": "Recipient Unknown" if refused else None, "rejectionCode": "550" if refused else None, "rejectionInfo": None,
    }  # fmt: skip
    if leg.is_in:
        result |= {"action": {"accepted": "Acc"}.get(leg.status, "Rej"), "senderIp": leg.ip, "type": "receipt", "subtype": "Acc"}
        result |= {"rejectionType": "Greylisted"} if leg.status == "deferred" else {}
    else:
        sent = str(leg.status == "delivered").lower()
        result |= {
            "delivered": sent,
            "destinationIp": leg.ip,
            "Hostname": leg.host,
            "type": "delivery",
            "subtype": sent,
            "deliveryErrors": None,
        }
    for number, recipient in enumerate(mail.recipients if split else [",".join(mail.recipients)]):
        yield result | {"recipients": recipient, "timestamp": leg.at_ms + 3 * number, "processingId": f"{mail.network_message_id}_{number}"}


def _first_version(leg: Leg) -> dict[str, object]:
    mail = leg.mail
    result: dict[str, object] = {
        "acc": "C0A0", "aCode": mail.network_message_id[:20], "datetime": clock(leg.at_ms, "%Y-%m-%dT%H:%M:%S+0000"),
        "Dir": {"in": "Inbound", "within": "Internal"}.get(mail.way, "Outbound"), "IP": leg.ip, "MsgId": mail.message_id,
        "Sender": mail.sender or "<>", "Rcpt": ",".join(mail.recipients), "Subject": mail.subject,
    }  # fmt: skip
    if _tells_tls(leg):
        result |= {"UseTls": "No", "TlsVer": "null"} if leg.tls == NO_TLS else {"UseTls": "Yes", "TlsVer": leg.version, "Cphr": leg.cipher}
    if route := _route(leg):
        result["Route"] = route
    if leg.is_in:
        result |= {"Act": {"accepted": "Acc", "deferred": "Rej"}.get(leg.status, "Rej"), "MsgSize": mail.size_bytes}
        return result | ({} if leg.status == "accepted" else {"RejType": "Recipient Unknown", "RejCode": "550"})
    result |= {"Delivered": leg.status == "delivered", "Snt": mail.size_bytes, "Attempt": 1}
    return result | (
        {"RejType": "Recipient Unknown"} if leg.status == "bounced" else {"Err": "450 later"} if leg.status == "deferred" else {}
    )


def _noise(mail: Mail) -> dict[str, object]:
    kind = "av" if chance(mail, 6, 0.5) else "process"
    return {
        "aggregateId": guid(mail), "processingId": mail.network_message_id, "timestamp": mail.at_ms + 900, "messageId": mail.message_id,
        "senderEnvelope": mail.sender, "recipients": mail.recipients[0], "type": kind, "direction": "Inbound", "tlsVersion": None,
        "tlsUsed": None, "action": "Acc",
    }  # fmt: skip


def write_mimecast(mails: Sequence[Mail], folder: Path) -> list[Path]:
    """Write the events of the second version as lines and as one answer of its API, and those of the first as lines."""
    events = [(leg.at_ms, one) for mail in mails if not _is_old(mail) for leg in _legs(mail) for one in _second_version(leg)]
    events += [(mail.at_ms + 900, _noise(mail)) for mail in mails if not _is_old(mail) and chance(mail, 10, 0.2)]
    events.sort(key=lambda event: event[0])
    first, second = dealt([event for _, event in events], 2)
    old = sorted(((leg.at_ms, _first_version(leg)) for mail in mails if _is_old(mail) for leg in _legs(mail)), key=lambda event: event[0])
    return [
        write_json_lines(folder / "siem-1.json", first),
        write_json(folder / "siem-2.json", second, "data"),
        write_json_lines(folder / "siem-v1.json", (event for _, event in old)),
    ]


def mimecast_hops(mails: Sequence[Mail]) -> Iterator[Hop]:
    """Yield a receipt as a hop in, a delivery as a hop out; what stays inside counts in no card."""
    for mail in mails:
        for leg in _legs(mail):
            hop = hop_of(leg, FORMAT, "Mimecast", whole_second(leg.at_ms) if _is_old(mail) else leg.at_ms)
            hop = hop._replace(connector=_route(leg), direction="internal" if mail.way == "within" else hop.direction)
            yield hop if _tells_tls(leg) else hop._replace(tls=NOT_RECORDED)


def _text_line(leg: Leg, recipient: str) -> str:
    """Return an event of the first version in text: the quotes of a subject are backslashes, and what there is none of is null."""
    result = {"RejCode": None, "RejInfo": None} | _first_version(leg) | {"Rcpt": recipient}
    subject = " ".join(leg.mail.subject.split())
    first = {name: result.pop(name) for name in ("datetime", "aCode", "acc", "IP", "Dir", "MsgId")} | {"Subject": f"\\{subject}\\"}
    return "|".join(
        f"{name}={_text(value)}" for name, value in {**first, **{key: result[key] for key in result if key != "Subject"}}.items()
    )


def _text(value: object) -> str:
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def write_mimecast_text(mails: Sequence[Mail], folder: Path) -> list[Path]:
    """Write receipts and deliveries to a file each, for a part of the mails once for each recipient."""
    lines: dict[bool, list[tuple[int, str]]] = {True: [], False: []}
    for mail in mails:
        for leg in _legs(mail):
            for recipient in mail.recipients if chance(mail, 26, 0.5) else [",".join(mail.recipients)]:
                lines[leg.is_in].append((leg.at_ms, _text_line(leg, recipient)))
    return [
        write_text(folder / f"{name}.log", "".join(f"{line}\n" for _, line in sorted(lines[is_in])))
        for name, is_in in (("receipt", True), ("delivery", False))
    ]


def mimecast_text_hops(mails: Sequence[Mail]) -> Iterator[Hop]:
    """Yield the hops, by whole seconds."""
    for hop in mimecast_hops(mails):
        yield hop._replace(format=TEXT_FORMAT, at_ms=whole_second(hop.at_ms))


MIMECAST = Writer(FORMAT, write_mimecast, mimecast_hops)
MIMECAST_TEXT = Writer(TEXT_FORMAT, write_mimecast_text, mimecast_text_hops)
