"""KumoMTA: its log as JSON lines, of a server that tells TLS in each record and of an older one that leaves it out where there was none."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Sequence
from pathlib import Path

from sample_data.generator.hops import NO_TLS, NOT_RECORDED, Hop
from sample_data.generator.mail_plan import Mail
from sample_data.generator.writers import Writer
from sample_data.generator.writers.gateway import Leg, hop_of, legs_of
from sample_data.generator.writers.tables import chance, dealt, whole_second, write_json_lines

FORMAT = "kumomta"
_KINDS = {
    "accepted": "Reception", "rejected": "Rejection", "delivered": "Delivery", "bounced": "Bounce", "deferred": "TransientFailure",
}  # fmt: skip


def _is_new(mail: Mail) -> bool:
    return chance(mail, 20, 0.6)


def _record(leg: Leg) -> dict[str, object]:
    mail = leg.mail
    kind = "Rejection" if leg.is_in and leg.status == "deferred" else _KINDS[leg.status]
    code = {"Delivery": 250, "Reception": 250, "TransientFailure": 450}.get(kind, 550)
    one, *others = mail.recipients
    to: object = [one, *others] if others or chance(mail, 8, 0.2) else one
    result: dict[str, object] = {
        "type": kind, "id": mail.network_message_id, "sender": mail.sender, "recipient": to, "queue": "tenant:" + mail.host.domain,
        "site": "" if leg.is_in else f"unspecified->({leg.host})@smtp_client", "size": mail.size_bytes,
        "response": {"code": code, "enhanced_code": None, "content": "OK ids=1", "command": None},
        "peer_address": {"name": leg.host if leg.is_in else f"{leg.host}.", "addr": leg.ip}, "timestamp": leg.at_ms // 1000,
        "created": mail.at_ms // 1000, "num_attempts": 0, "bounce_classification": "Uncategorized", "egress_pool": "pool",
        "egress_source": None if leg.is_in else "source1", "session_id": mail.network_message_id[:12], "nodeid": "n1",
    }  # fmt: skip
    if leg.version or _is_new(mail):
        result |= {"tls_cipher": leg.cipher, "tls_protocol_version": leg.version, "tls_peer_subject_name": []}
    if _is_new(mail):
        result["event_time"] = leg.at_ms / 1000
    return result


def _noise(mail: Mail) -> dict[str, object]:
    kind = ("Feedback", "AdminBounce", "OOB", "Expiration")[int(mail.network_message_id[:2], 16) % 4]
    first = next(legs_of(mail))
    return _record(first) | {"type": kind}


def write_kumomta(mails: Sequence[Mail], folder: Path) -> list[Path]:
    """Write segments of the log, one of them compressed."""
    records = [(leg.at_ms, _record(leg)) for mail in mails for leg in legs_of(mail)]
    records += [(mail.at_ms + 40, _noise(mail)) for mail in mails if mail.way != "within" and chance(mail, 16, 0.05)]
    records.sort(key=lambda one: one[0])
    first, second, third = dealt((one for _, one in records), 3)
    packed = write_json_lines(folder / "20261115-030000", third)
    packed.write_bytes(gzip.compress(packed.read_bytes(), mtime=0))
    return [write_json_lines(folder / "20261115-010000", first), write_json_lines(folder / "20261115-020000", second), packed]


def kumomta_hops(mails: Sequence[Mail]) -> Iterator[Hop]:
    """Yield receptions and deliveries; clear text is recorded only where the fields are there and empty."""
    for mail in mails:
        for leg in legs_of(mail):
            hop = hop_of(leg, FORMAT, "KumoMTA", leg.at_ms if _is_new(mail) else whole_second(leg.at_ms))
            yield hop if leg.tls != NO_TLS or _is_new(mail) else hop._replace(tls=NOT_RECORDED)


KUMOMTA = Writer(FORMAT, write_kumomta, kumomta_hops)
