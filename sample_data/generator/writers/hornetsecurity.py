"""Hornetsecurity: the live tracking of its API, an object a mailbox, with the dialogue of the session."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from sample_data.generator.hops import NO_TLS, NOT_RECORDED, Hop
from sample_data.generator.mail_plan import Mail
from sample_data.generator.writers import Writer
from sample_data.generator.writers.gateway import Leg, hop_of, legs_of
from sample_data.generator.writers.tables import chance, clock, dealt, guid, whole_second, write_json, write_json_lines

FORMAT = "hornetsecurity"
_STATES = {"rejected": "Rejected", "deferred": "Deferred", "bounced": "Bounced"}


def _legs(mail: Mail) -> list[Leg]:
    """Return the hop to or from others: the tracking tells no more of the organisation's own side."""
    return [leg for leg in legs_of(mail) if leg.is_outer]


def _observation(mail: Mail) -> str:
    """Return where TLS is recorded: in the dialogue, in a word for the kind of encryption, or nowhere."""
    return "dialog" if chance(mail, 4, 0.75) else "word" if chance(mail, 8, 0.8) else ""


def _dialog(leg: Leg) -> list[str]:
    spoken = ["CONNECT", "EHLO=" + leg.helo, "MAIL=250", "RCPT=250"]
    if leg.version and _observation(leg.mail) == "dialog":
        spoken.append(f"STARTTLS;CIPHER={leg.cipher};TLS_VER={leg.version};TLS_CSUITE={leg.cipher}")
    return [*spoken, "DATA=250"]


def _objects(leg: Leg) -> Iterator[dict[str, object]]:
    mail = leg.mail
    crypt: object = None
    if leg.tls == NO_TLS and _observation(mail):
        crypt = {"id": 0, "text": "None" if chance(mail, 12, 0.5) else "unencrypted"}
    elif _observation(mail) == "word":
        crypt = {"id": 2, "text": "TLS"}
    dialog = _dialog(leg)
    result: dict[str, object] = {
        "date": clock(leg.at_ms, "%Y-%m-%dT%H:%M:%S+00:00"), "direction": 1 if leg.is_in else 2, "message_id": mail.message_id,
        "subject": mail.subject, "size": mail.size_bytes, "smtp_dialog": dialog if chance(mail, 16, 0.5) else ";".join(dialog),
        "crypt_type_in": crypt if leg.is_in else {"id": 2, "text": "TLS"},
        "crypt_type_out": {"id": 2, "text": "TLS"} if leg.is_in else crypt,
        "status": {"id": 1, "text": _STATES.get(leg.status, "Clean")}, "smtp_status_code": "250",
    }  # fmt: skip
    result |= (
        {"source_hostname": leg.host, "source_ip": leg.ip} if leg.is_in else {"destination_hostname": leg.host, "destination_ip": leg.ip}
    )
    for number, recipient in enumerate(mail.recipients):
        owner, partner = (recipient, mail.sender) if leg.is_in else (mail.sender, recipient)
        yield result | {"es_mail_id": f"{guid(mail)}-{number}", "owner": owner, "comm_partner": partner}


def write_hornetsecurity(mails: Sequence[Mail], folder: Path) -> list[Path]:
    """Write an answer of the API and lines."""
    first, second = dealt((one for mail in mails for leg in _legs(mail) for one in _objects(leg)), 2)
    return [write_json(folder / "tracking.json", first, "emails"), write_json_lines(folder / "tracking-lines.json", second)]


def hornetsecurity_hops(mails: Sequence[Mail]) -> Iterator[Hop]:
    """Yield the hop of each mail, whether one mailbox or several got it."""
    for mail in mails:
        for leg in _legs(mail):
            hop = hop_of(leg, FORMAT, "Hornetsecurity", whole_second(leg.at_ms))
            if not _observation(mail):
                hop = hop._replace(tls=NOT_RECORDED)
            elif _observation(mail) == "word" and leg.tls != NO_TLS:
                hop = hop._replace(tls="TLS (version unknown)")
            yield hop


HORNETSECURITY = Writer(FORMAT, write_hornetsecurity, hornetsecurity_hops)
