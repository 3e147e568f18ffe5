"""What a gateway between the organisation and the others does with a mail: it takes it from one side and gives it to the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sample_data.generator.hops import NO_TLS, Hop
from sample_data.generator.mail_plan import CIPHERS, Mail
from sample_data.generator.people import domain_of
from sample_data.generator.writers.tables import OWN_IP, OWN_SERVER, chance

WORDS = {"TLS 1.0": "TLSv1", "TLS 1.1": "TLSv1.1", "TLS 1.2": "TLSv1.2", "TLS 1.3": "TLSv1.3"}
"""OpenSSL's names of the versions; clear text has none."""
RETRY_MS = 600_000


class Leg(NamedTuple):
    """One attempt to hand a mail on, into the gateway (`is_in`) or out of it."""

    mail: Mail
    is_in: bool
    at_ms: int
    tls: str
    status: str
    ip: str
    host: str
    helo: str

    @property
    def version(self) -> str | None:
        """OpenSSL's name of the version; None in clear text."""
        return WORDS.get(self.tls)

    @property
    def cipher(self) -> str | None:
        """OpenSSL's name of the cipher; None in clear text."""
        return CIPHERS[self.tls] or None

    @property
    def is_outer(self) -> bool:
        """Whether the other side is not the organisation's own server."""
        return self.ip != OWN_IP


def legs_of(mail: Mail) -> Iterator[Leg]:
    """Yield the ways into and out of a gateway: none of mail that stays inside.

    What is refused or put off on its way in goes no further; what is refused on its way out has bounced.
    """
    if mail.way == "within":
        return
    own_tls = NO_TLS if chance(mail, 0, 0.08) else "TLS 1.2" if chance(mail, 4, 0.5) else "TLS 1.3"
    own = (OWN_IP, OWN_SERVER, OWN_SERVER)
    other = (mail.host.ip, mail.host.name, mail.host.helo)
    comes = mail.way == "in"
    if comes and mail.end in ("rejected", "deferred"):
        yield Leg(mail, True, mail.at_ms, mail.tls, mail.end, *other)
        return
    yield Leg(mail, True, mail.at_ms, mail.tls if comes else own_tls, "accepted", *(other if comes else own))
    end = {"passed": "delivered", "deferred": "deferred"}.get(mail.end, "bounced")
    tls, to, at_ms = (own_tls, own, mail.at_ms + 2_000) if comes else (mail.tls, other, mail.at_ms + 2_000)
    if end == "delivered" and chance(mail, 28, 0.1):
        yield Leg(mail, False, at_ms, tls, "deferred", *to)
        at_ms += RETRY_MS
    yield Leg(mail, False, at_ms, tls, end, *to)


def hop_of(leg: Leg, format_id: str, system: str, at_ms: int) -> Hop:
    """Return the hop of a leg without a connector."""
    mail = leg.mail
    return Hop(
        format=format_id, at_ms=at_ms, direction="inbound" if leg.is_in else "outbound", connector=None, tls=leg.tls, status=leg.status,
        system=system, peer_host=leg.host, peer_ip=leg.ip, peer_domain=domain_of(mail.sender if leg.is_in else mail.recipients[0]),
        sender=mail.sender, recipients=mail.recipients, message_id=mail.message_id, size_bytes=mail.size_bytes,
    )  # fmt: skip
