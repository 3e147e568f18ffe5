"""Trend Micro Email Security: the mail tracking, an event a recipient that tells the hop in and the hop out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from sample_data.generator.hops import NO_TLS, NOT_RECORDED, Hop
from sample_data.generator.mail_plan import Mail
from sample_data.generator.writers import Writer
from sample_data.generator.writers.gateway import Leg, hop_of, legs_of
from sample_data.generator.writers.tables import chance, clock, dealt, guid, whole_second, write_json, write_json_lines

FORMAT = "trend_micro"
_FORM = "%Y-%m-%dT%H:%M:%SZ"


def _legs(mail: Mail) -> list[Leg]:
    """Return the hops: what was refused at the door is not tracked."""
    return [] if mail.way == "in" and mail.end in ("rejected", "deferred") else list(legs_of(mail))


def _is_stored(mail: Mail) -> bool:
    """Return whether the mail is in quarantine; what is let out of it is delivered later."""
    return mail.way == "in" and mail.end == "passed" and chance(mail, 8, 0.05)


def _is_let_out(mail: Mail) -> bool:
    return chance(mail, 12, 0.5)


def _word(leg: Leg) -> str:
    return "None" if leg.tls == NO_TLS else leg.tls


def _event(mail: Mail, recipient: str, **more: object) -> dict[str, object]:
    return {
        "genTime": clock(mail.at_ms + 5_000, _FORM), "timestamp": clock(mail.at_ms, _FORM), "sender": mail.sender,
        "direction": "in" if mail.way == "in" else "out", "messageID": mail.message_id, "subject": mail.subject, "size": mail.size_bytes,
        "mailID": guid(mail), "recipient": recipient, "headerFrom": mail.sender, "headerTo": list(mail.recipients),
    } | more  # fmt: skip


def _events(mail: Mail) -> Iterator[dict[str, object]]:
    legs = _legs(mail)
    if not legs:
        return
    came, *left = legs
    for recipient in mail.recipients:
        if _is_stored(mail):
            yield _event(mail, recipient, action="Quarantined")
        elif chance(mail, 16, 0.05):
            yield _event(mail, recipient, action="Scanning in sandbox", tlsInfo=f"upstreamTLS: {_word(came)}", senderIP=came.ip)
        if _is_stored(mail) and not _is_let_out(mail):
            continue
        for leg in left:
            action = {"delivered": "Delivered", "deferred": "Temporary delivery error"}.get(leg.status, "Bounced")
            to = f"{leg.host}[{leg.ip}]:25" if leg.status == "delivered" else "none"
            down = _word(leg) if to != "none" else "None"
            yield _event(
                mail, recipient, action=action, tlsInfo=f"upstreamTLS: {_word(came)}; downstreamTLS: {down}",
                senderIP=came.ip, deliveredTo=to, deliveryTime=clock(leg.at_ms, _FORM), details="250 2.0.0 queued",
            )  # fmt: skip


def write_trend_micro(mails: Sequence[Mail], folder: Path) -> list[Path]:
    """Write lines and one answer of the service; the events of a mail may stand in both."""
    first, second = dealt((event for mail in mails for event in _events(mail)), 2)
    return [write_json_lines(folder / "tracking-1.json", first), write_json(folder / "tracking-2.json", second, "logs")]


def trend_micro_hops(mails: Sequence[Mail]) -> Iterator[Hop]:
    """Yield the hop in, once a mail, and the hop out; what stays in quarantine tells no TLS."""
    for mail in mails:
        for number, leg in enumerate(_legs(mail)):
            hop = hop_of(leg, FORMAT, "Trend Micro", whole_second(leg.at_ms))
            if _is_stored(mail) and not _is_let_out(mail):
                if number == 0:
                    yield hop._replace(tls=NOT_RECORDED, peer_ip=None)
                continue
            yield hop


TREND_MICRO = Writer(FORMAT, write_trend_micro, trend_micro_hops)
