"""Plain mails for the formats that write one mail at a time: what happened, before any format spells it."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from sample_data.generator.hops import NO_TLS
from sample_data.generator.people import Host, internet_hosts, own_people, people_of, subject
from sample_data.generator.rhythm import Deal, Rhythm
from sample_data.generator.smtp_mails import Ids

CIPHERS = {
    NO_TLS: "",
    "TLS 1.0": "ECDHE-RSA-AES256-SHA",
    "TLS 1.1": "AES256-SHA",
    "TLS 1.2": "ECDHE-RSA-AES256-GCM-SHA384",
    "TLS 1.3": "TLS_AES_256_GCM_SHA384",
}
"""OpenSSL's name of a cipher for each version; a writer may spell it otherwise."""

_TLS = {"TLS 1.2": 0.52, "TLS 1.3": 0.36, NO_TLS: 0.07, "TLS 1.0": 0.035, "TLS 1.1": 0.015}
_WAYS = {"in": 0.54, "out": 0.40, "submission": 0.04, "within": 0.02}
_ENDS = {"passed": 0.93, "rejected": 0.03, "deferred": 0.025, "bounced": 0.015}


class Mail(NamedTuple):
    """One mail at one hop.

    `way`: in (from `host` to us), out (from us to `host`), submission (an own client that signed in), within (it crosses
    no hop by SMTP, from one own mailbox to another). `end`: passed, refused, deferred or bounced; what a format calls it,
    and whether it can tell, is its writer's. `connector` is None for half of the mail. Recipients share a domain.
    """

    at_ms: int
    way: str
    end: str
    host: Host
    tls: str
    connector: str | None
    connector_type: str | None
    sender: str
    recipients: tuple[str, ...]
    message_id: str
    network_message_id: str
    size_bytes: int
    subject: str

    @property
    def cipher(self) -> str:
        """The cipher in OpenSSL's words; empty in clear text."""
        return CIPHERS[self.tls]


def _pool() -> list[Host]:
    """Hosts of partners and of the internet; each speaks one version all the time."""
    fabrikam = [Host(f"mx{i}.fabrikam.example", f"192.0.2.{9 + i}", f"mx{i}.fabrikam.example", "fabrikam.example",
                     people_of("fabrikam.example", 12, i)) for i in (1, 2, 3)]  # fmt: skip
    return [*fabrikam, *internet_hosts(40, 4)]


def plan_mails(count: int, seed: int, rhythm: Rhythm, token: str) -> list[Mail]:
    """Plan mails by time so that about `count` of them cross a hop in or out; the newest came in, exactly at the rhythm's end."""
    rng = Random(f"{seed}:{token}")
    pool, own, ids = _pool(), own_people(), Ids(8, token)
    tls, ways, ends = Deal(_TLS), Deal(_WAYS), Deal(_ENDS)
    speaks: dict[str, list[Host]] = {version: pool[3 + number :: len(_TLS)] for number, version in enumerate(_TLS)}
    speaks["TLS 1.0"] = [*pool[:2], *speaks["TLS 1.0"]]
    speaks["TLS 1.2"] = [pool[2], *speaks["TLS 1.2"]]
    moments = rhythm.moments(rng, max(1, round(count / (0.94 * 0.93))))
    mails: list[Mail] = []
    for at_ms in [*moments, rhythm.last_ms]:
        is_newest = at_ms == rhythm.last_ms
        way, end, version = ("in", "passed", "TLS 1.3") if is_newest else (ways.next(), ends.next(), tls.next())
        host = rng.choice(speaks[version])
        partner = host.domain == "fabrikam.example"
        theirs, ours = host.senders, [address for address in own if address.endswith("@example.com")]
        senders, recipients = (theirs, ours) if way == "in" else (ours, ours if way == "within" else theirs)
        picked = tuple(rng.sample(recipients, min(len(recipients), rng.choice((1, 1, 1, 1, 2, 3)))))
        mails.append(
            Mail(
                at_ms=at_ms,
                way=way,
                end="passed" if way in ("submission", "within") else end,
                host=host,
                tls=version if version != NO_TLS or way in ("in", "out") else "TLS 1.2",
                connector=("Fabrikam" if way == "in" else "To Fabrikam") if partner else None,
                connector_type="Partner" if partner else None,
                sender="" if way == "in" and rng.random() < 0.01 else rng.choice(senders),
                recipients=picked,
                message_id=f"<{ids.message(host.domain if way == 'in' else 'example.com')}>",
                network_message_id=f"{rng.getrandbits(128):032x}",
                size_bytes=int(rng.lognormvariate(9.8, 1.1)) + 900,
                subject=subject(rng),
            )
        )
    return mails
