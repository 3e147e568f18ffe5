"""Amazon SES: the events of outgoing mail, as lines and inside of notifications."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from sample_data.generator.hops import NO_TLS, NOT_RECORDED, Hop, stamp
from sample_data.generator.mail_plan import Mail
from sample_data.generator.writers import Writer
from sample_data.generator.writers.gateway import WORDS, Leg, hop_of, legs_of
from sample_data.generator.writers.tables import chance, write_json_lines

FORMAT = "amazon_ses"
_CLIENT_IP = "198.51.100.7"
_KINDS = {"delivered": "Delivery", "deferred": "DeliveryDelay", "bounced": "Bounce"}


def _legs(mail: Mail) -> list[Leg]:
    return [leg for leg in legs_of(mail) if not leg.is_in] if mail.way in ("out", "submission") else []


def _client_tls(mail: Mail) -> str:
    return "TLS 1.2" if chance(mail, 4, 0.6) else "TLS 1.3"


def _has_tags(mail: Mail) -> bool:
    """Return whether the mail's events are published with tags; older notifications have none."""
    return chance(mail, 8, 0.8)


def _event(mail: Mail, kind: str, body: dict[str, object], leg: Leg | None) -> dict[str, object]:
    tags = {"ses:source-ip": [_CLIENT_IP], "ses:from-domain": ["example.com"], "ses:source-tls-version": [WORDS[_client_tls(mail)]]}
    if leg and leg.version and kind == "Delivery":
        tags |= {"ses:outgoing-tls-version": [leg.version], "ses:outgoing-ip": ["203.0.113.99"]}
    about: dict[str, object] = {
        "timestamp": stamp(mail.at_ms), "source": mail.sender, "sourceIp": _CLIENT_IP, "messageId": f"0102{mail.network_message_id}-000000",
        "destination": list(mail.recipients), "headersTruncated": False,
        "commonHeaders": {"from": [mail.sender], "to": list(mail.recipients), "messageId": mail.message_id, "subject": mail.subject},
    }  # fmt: skip
    if _has_tags(mail):
        about["tags"] = tags
    return {"eventType" if _has_tags(mail) else "notificationType": kind, "mail": about, kind[0].lower() + kind[1:]: body}


def _recorded(leg: Leg, recipients: Sequence[str], at_ms: int) -> dict[str, object]:
    body: dict[str, object] = {"timestamp": stamp(at_ms), "remoteMtaIp": leg.ip, "reportingMTA": "a4.amazonses.example"}
    if leg.status == "delivered":
        return body | {"recipients": list(recipients), "smtpResponse": "250 2.6.0 queued", "processingTimeMillis": 1893}
    failed = [{"emailAddress": one, "action": "failed", "status": "5.1.1", "diagnosticCode": "smtp; 550 5.1.1"} for one in recipients]
    if leg.status == "bounced":
        return body | {"bounceType": "Permanent", "bouncedRecipients": failed}
    return body | {"delayType": "TransientCommunicationFailure", "delayedRecipients": failed}


def _events(mail: Mail) -> Iterator[dict[str, object]]:
    legs = _legs(mail)
    if not legs:
        return
    yield _event(mail, "Send", {}, None)
    for leg in legs:
        parts = [(one,) for one in mail.recipients] if chance(mail, 12, 0.5) else [mail.recipients]
        for number, some in enumerate(parts):
            yield _event(mail, _KINDS[leg.status], _recorded(leg, some, leg.at_ms + 2 * number), leg)
        if leg.status == "delivered" and chance(mail, 16, 0.03):  # the other side took it and sent it back later
            late = leg._replace(status="bounced")
            yield _event(mail, "Bounce", _recorded(late, mail.recipients, leg.at_ms + 60_000), late)
    if chance(mail, 20, 0.1):
        yield _event(mail, "Open", {"timestamp": stamp(mail.at_ms + 90_000), "ipAddress": "203.0.113.5"}, None)


def write_ses(mails: Sequence[Mail], folder: Path) -> list[Path]:
    """Write published events as lines, and the notifications that hold the rest."""
    plain = [event for mail in mails if _has_tags(mail) and chance(mail, 24, 0.6) for event in _events(mail)]
    stored = [event for mail in mails if not (_has_tags(mail) and chance(mail, 24, 0.6)) for event in _events(mail)]
    topic = "arn:aws:sns:eu-west-1:000000000000:ses"
    wrapped = ({"Type": "Notification", "MessageId": "0", "TopicArn": topic, "Message": json.dumps(event)} for event in stored)
    return [write_json_lines(folder / "events.json", plain), write_json_lines(folder / "notifications.json", wrapped)]


def ses_hops(mails: Sequence[Mail]) -> Iterator[Hop]:
    """Yield the hop out, and the client that gave the mail; clear text has no tag, and tags are not in every event."""
    for mail in mails:
        legs = _legs(mail)
        if legs and _has_tags(mail):
            given = hop_of(legs[0], FORMAT, "Amazon SES", mail.at_ms)
            yield given._replace(direction="submission", status="accepted", tls=_client_tls(mail), peer_ip=_CLIENT_IP)
        for leg in legs:
            is_recorded = leg.tls != NO_TLS and _has_tags(mail) and leg.status == "delivered"
            hop = hop_of(leg, FORMAT, "Amazon SES", leg.at_ms)
            yield hop if is_recorded else hop._replace(tls=NOT_RECORDED)


AMAZON_SES = Writer(FORMAT, write_ses, ses_hops, frozenset({"outbound"}))
