"""Google Workspace: the email log search, which tells whether there was TLS, and the Gmail log of BigQuery and the Reports API."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import cast

from sample_data.generator.hops import NO_TLS, NOT_RECORDED, Hop
from sample_data.generator.mail_plan import Mail
from sample_data.generator.writers import Writer
from sample_data.generator.writers.gateway import Leg, hop_of, legs_of
from sample_data.generator.writers.tables import chance, clock, dealt, whole_second, write_csv, write_json, write_json_lines, write_text

SEARCH = "google_log_search"
BIGQUERY = "google_bigquery"
SYSTEM = "Google Workspace"
_COLUMNS = [
    "Message ID", "Start date", "End date", "Sender", "Message size", "Subject", "Direction", "Attachments", "Recipient address",
    "Event target", "Event date", "Event status", "Event target IP address", "Has encryption", "Event SMTP reply code",
    "Event description", "Client Type", "Device User Session ID",
]  # fmt: skip
_STATUS = {
    "accepted": ("RECEIVED", "250"), "delivered": ("DELIVERED", "250"), "rejected": ("REJECTED", "550"), "bounced": ("BOUNCED", "550"),
    "deferred": ("DEFERRED", "450"),
}  # fmt: skip
_FORM = "%Y/%m/%d %H:%M:%S UTC"
_Event = dict[str, dict[str, object]]


def _legs(mail: Mail) -> list[Leg]:
    return [leg for leg in legs_of(mail) if leg.is_outer]


def _search_rows(mail: Mail) -> Iterator[list[str]]:
    """Yield an event a recipient: those of SMTP, and what happened in the mailbox."""
    way = "Received" if mail.way in ("in", "within") else "Sent"
    for recipient in mail.recipients:
        head = [
            mail.message_id, clock(mail.at_ms, _FORM), clock(mail.at_ms + 60_000, _FORM), mail.sender, str(mail.size_bytes), mail.subject,
            way, "0", recipient,
        ]  # fmt: skip
        for leg in _legs(mail):
            status, code = _STATUS[leg.status]
            encrypted = "" if not _tells_tls(leg) else "false" if leg.tls == NO_TLS else "true"
            target = "SMTP_INBOUND" if leg.is_in else "SMTP_OUTBOUND"
            yield [*head, target, clock(leg.at_ms, _FORM), status, leg.ip, encrypted, code, "ok", "", ""]
        if mail.way in ("in", "within") and mail.end == "passed":
            yield [*head, "GMAIL_INBOX", clock(mail.at_ms + 900, _FORM), "DELIVERED", "", "", "", "", "WEB", ""]


def _tells_tls(leg: Leg) -> bool:
    return not chance(leg.mail, 18, 0.04)


def write_search(mails: Sequence[Mail], folder: Path) -> list[Path]:
    """Write two downloads; the rows of some mails stand in both."""
    first, second = dealt((row for mail in mails for row in _search_rows(mail)), 2)
    return [
        write_csv(folder / "Email Log Search.csv", _COLUMNS, first),
        write_csv(folder / "Email Log Search (1).csv", _COLUMNS, second[::-1], encoding="utf-8-sig"),
    ]


def search_hops(mails: Sequence[Mail]) -> Iterator[Hop]:
    """Yield the hops between others and Google."""
    for mail in mails:
        for leg in _legs(mail):
            hop = hop_of(leg, SEARCH, SYSTEM, whole_second(leg.at_ms))
            tls = NO_TLS if leg.tls == NO_TLS else "TLS (version unknown)"
            yield hop._replace(tls=tls if _tells_tls(leg) else NOT_RECORDED)


def _has_version(leg: Leg) -> bool:
    return _tells_tls(leg) and not chance(leg.mail, 22, 0.05)


def _connection(leg: Leg) -> dict[str, object]:
    _, code = _STATUS[leg.status]
    result: dict[str, object] = {"client_ip": "", "smtp_reply_code": int(code), "tls_required_but_unavailable": False}
    if _tells_tls(leg):
        result["smtp_tls_state"] = 0 if leg.tls == NO_TLS else 1
    if _has_version(leg) and leg.version:
        result |= {"smtp_tls_version": leg.version, "smtp_tls_cipher": leg.cipher}
    if leg.is_in:
        return result | {"smtp_in_connect_ip": leg.ip}
    return result | {"smtp_out_connect_ip": leg.ip, "smtp_out_remote_host": leg.host}


def _event(mail: Mail, at_ms: int, connection: dict[str, object], *, success: bool) -> _Event:
    to: list[dict[str, object]] = [{"address": one, "service": "smtp-outbound", "selector": ""} for one in mail.recipients]
    return {
        "event_info": {"timestamp_usec": str(at_ms * 1000), "mail_event_type": 5, "success": success},
        "message_info": {
            "rfc2822_message_id": mail.message_id, "subject": mail.subject, "payload_size": mail.size_bytes,
            "source": {"address": mail.sender, "service": "smtp-inbound"}, "destination": to,
            "flattened_destinations": ",".join(f"smtp:{one}" for one in mail.recipients), "connection_info": connection,
        },
    }  # fmt: skip


def _events(mail: Mail) -> Iterator[_Event]:
    for leg in _legs(mail):
        yield _event(mail, leg.at_ms, _connection(leg), success=leg.status in ("accepted", "delivered"))
    inner: dict[str, object] = {"client_ip": "198.51.100.7", "smtp_tls_state": None, "smtp_tls_version": None}
    yield _event(mail, mail.at_ms + 900, inner, success=True)


def _parameter(name: str, value: object) -> dict[str, object]:
    if isinstance(value, dict):
        stored = cast("dict[str, object]", value)
        return {"name": name, "messageValue": {"parameter": [_parameter(key, one) for key, one in stored.items() if one is not None]}}
    kind = "boolValue" if isinstance(value, bool) else "intValue" if isinstance(value, int) else "value"
    return {"name": name, kind: value if isinstance(value, bool) else str(value)}


def _activity(event: _Event) -> dict[str, object]:
    """Return an event as the Reports API tells it: lists of names and values, one inside the other."""
    about = {key: value for key, value in event["message_info"].items() if key != "destination"}
    parameters = [_parameter("event_info", event["event_info"]), _parameter("message_info", about)]
    return {
        "kind": "admin#reports#activity", "id": {"time": "2026-11-15T09:00:00.000Z"}, "actor": {"profileId": "1"},
        "events": [{"type": "message_info_type", "name": "message_info", "parameters": parameters}],
    }  # fmt: skip


def write_bigquery(mails: Sequence[Mail], folder: Path) -> list[Path]:
    """Write what `bq` prints, an export as lines, and an answer of the Reports API."""
    lists, lines, activities = dealt((event for mail in mails for event in _events(mail)), 3)
    answer = {"kind": "admin#reports#activities", "items": [_activity(event) for event in activities]}
    return [
        write_json(folder / "bq.json", lists),
        write_json_lines(folder / "export.json", lines),
        write_text(folder / "activities.json", json.dumps(answer)),
    ]


def bigquery_hops(mails: Sequence[Mail]) -> Iterator[Hop]:
    """Yield the hops between others and Google; a state without a version tells whether there was TLS."""
    for mail in mails:
        for leg in _legs(mail):
            hop = hop_of(leg, BIGQUERY, SYSTEM, leg.at_ms)
            if not _tells_tls(leg):
                hop = hop._replace(tls=NOT_RECORDED)
            elif leg.version and not _has_version(leg):
                hop = hop._replace(tls="TLS (version unknown)")
            yield hop


GOOGLE_LOG_SEARCH = Writer(SEARCH, write_search, search_hops)
GOOGLE_BIGQUERY = Writer(BIGQUERY, write_bigquery, bigquery_hops)
