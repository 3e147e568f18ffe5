"""What passed through Exchange Online: messages in, out, within the tenant, and forwarded out again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import NamedTuple

from sample_data.generator.hops import DAY_MS, EXO, NOT_RECORDED, Hop
from sample_data.generator.people import Host, domain_of, internet_hosts, own_people, people_of, subject
from sample_data.generator.rhythm import HOUR_MS, Deal, Rhythm
from sample_data.generator.settings import CITY_CONNECTOR
from sample_data.generator.smtp_mails import Ids

SYSTEM = "Exchange Online"


class ExternalSend(NamedTuple):
    """A message handed to one server over one connector; `rows` SENDEXTERNAL rows tell of it."""

    host: Host
    connector: str | None
    tls: str
    recipients: tuple[str, ...]
    rows: int = 1


@dataclass(frozen=True, slots=True)
class TraceMessage:
    """One message of the extended report. `at_ms` is its RECEIVE from outside, else its first SENDEXTERNAL."""

    at_ms: int
    kind: str
    network_message_id: str
    message_id: str
    sender: str
    recipients: tuple[str, ...]
    size_bytes: int
    subject: str
    host: Host | None = None
    connector: str | None = None
    connector_type: str | None = None
    tls: str = NOT_RECORDED
    sends: tuple[ExternalSend, ...] = ()
    received_again: bool = False
    fails: bool = False


class Route(NamedTuple):
    """Where mail passes: the connector (or none) with its hosts' shares and the TLS that each host speaks."""

    connector: str | None
    connector_type: str | None
    hosts: Deal[tuple[Host, str]]


def _shares(hosts: Sequence[Host], tls: str, share: float) -> dict[tuple[Host, str], float]:
    return {(host, tls): share / len(hosts) for host in hosts}


def _fabrikam_host(number: int, name: str, senders: int, helo: str = "") -> Host:
    people = people_of("fabrikam.example", senders, number)
    return Host(name, f"192.0.2.{9 + number}", helo or name, "fabrikam.example", people)


MX1 = _fabrikam_host(1, "mx1.fabrikam.example", 40)
MAILER = Host("WIN-7F2K", "192.0.2.19", "WIN-7F2K", "fabrikam.example", ("newsletter@fabrikam.example",))
SCANNER = _fabrikam_host(3, "scan01.fabrikam.example", 4)
EDI = _fabrikam_host(4, "edi.fabrikam.example", 2)
MX2 = _fabrikam_host(5, "mx2.fabrikam.example", 30)
MX3 = _fabrikam_host(6, "mx3.fabrikam.example", 6)


def _inbound() -> dict[str, Route]:
    fabrikam = {
        (MX1, "TLS 1.0"): 40.0,
        (MAILER, "TLS 1.0"): 17.5,
        (SCANNER, "TLS 1.0"): 5.0,
        (EDI, "TLS 1.0"): 4.0,
        (MX2, "TLS 1.2"): 32.5,
        (MX3, "TLS 1.3"): 1.0,
    }
    adatum = [Host("edi.adatum.example", "192.0.2.30", "edi.adatum.example", "adatum.example",
                   people_of("adatum.example", 3))]  # fmt: skip
    staff = people_of("mail.example.com", 25, 3)
    city = [Host(f"gw{i}.koeln.example.com", f"198.51.100.{240 + i}", f"gw{i}", "example.com", staff) for i in (1, 2)]
    pool = internet_hosts(58, 2)
    internet = {
        **_shares(pool[:24], "TLS 1.2", 55.0),
        **_shares(pool[24:46], "TLS 1.3", 38.0),
        **_shares(pool[46:48], "TLS 1.0", 0.6),
        **_shares(pool[48:49], "TLS 1.1", 0.4),
        **_shares(pool[49:], NOT_RECORDED, 6.0),
    }
    return {
        "fabrikam": Route("Fabrikam", "Partner", Deal(fabrikam)),
        "adatum": Route("Adatum EDI", "Partner", Deal({**_shares(adatum, "TLS 1.2", 60), **_shares(adatum, "TLS 1.3", 40)})),
        "city": Route(
            CITY_CONNECTOR,
            "OnPremises",
            Deal({**_shares(city, "TLS 1.2", 88), **_shares(city[1:], "TLS 1.3", 10), **_shares(city[:1], "TLS 1.0", 2)}),
        ),
        "internet": Route(None, None, Deal(internet)),
    }


def _outbound() -> dict[str, Route]:
    plant = Host("mail.plant.example", "203.0.113.249", "", "plant.example", people_of("plant.example", 8))
    pool = internet_hosts(56, 3)
    return {
        "fabrikam": Route("To Fabrikam", "Partner", Deal({(MX2, "TLS 1.2"): 93, (MX3, "TLS 1.3"): 7})),
        "plant": Route("To Plant, Süd", "OnPremises", Deal({(plant, "TLS 1.2"): 80, (plant, NOT_RECORDED): 20})),
        "internet": Route(
            None,
            None,
            Deal({
                **_shares(pool[:20], "TLS 1.2", 40),
                **_shares(pool[20:44], "TLS 1.3", 41),
                **_shares(pool[44:45], "TLS 1.0", 1),
                **_shares(pool[45:], NOT_RECORDED, 18),
            }),
        ),
    }  # fmt: skip


class ExoPlan:
    """Plans the messages of the extended report so that about `count` hops are counted."""

    def __init__(self, count: int, seed: int) -> None:
        self.rng = Random(f"{seed}:exo")
        self.ids = Ids(2, "exo")
        self.count = count
        self.inbound, self.outbound = _inbound(), _outbound()
        self.deal: Deal[tuple[str, str]] = Deal(
            {
                ("in", "fabrikam"): 22.0,
                ("in", "city"): 9.0,
                ("in", "adatum"): 3.0,
                ("in", "internet"): 24.0,
                ("out", "fabrikam"): 9.0,
                ("out", "plant"): 4.0,
                ("out", "internet"): 29.0,
            }
        )
        self.people = own_people()

    def messages(self, rhythm: Rhythm) -> list[TraceMessage]:
        """Return the messages by time; the last one that came in is the newest."""
        moments = rhythm.moments(self.rng, max(1, round(self.count * 0.97)))
        found: list[TraceMessage] = []
        for i, at_ms in enumerate([*moments, rhythm.last_ms]):
            way, name = self.deal.next() if i < len(moments) else ("in", "internet")
            found.append(self._incoming(at_ms, name, rhythm) if way == "in" else self._outgoing(at_ms, name))
            if i % 25 == 7:
                found.append(self._within(at_ms - 900))
        return found

    def _message(self, at_ms: int, kind: str, sender: str, recipients: tuple[str, ...], host: str) -> TraceMessage:
        return TraceMessage(
            at_ms=at_ms,
            kind=kind,
            network_message_id=f"{self.rng.getrandbits(128):032x}",
            message_id=f"<{self.ids.message(host)}>",
            sender=sender,
            recipients=recipients,
            size_bytes=int(self.rng.lognormvariate(10, 1.2)) + 2000,
            subject=subject(self.rng),
        )

    def _recipients(self, people: Sequence[str]) -> tuple[str, ...]:
        return tuple(self.rng.sample(people, min(len(people), self.rng.choice((1, 1, 1, 1, 2, 3)))))

    def _incoming(self, at_ms: int, name: str, rhythm: Rhythm) -> TraceMessage:
        route = self.inbound[name]
        host, tls = _by_then(route.hosts.next(), at_ms, rhythm)
        forwards = name == "internet" and self.rng.random() < 0.03
        sends = (self._send("internet"),) if forwards and at_ms < rhythm.last_ms - HOUR_MS else ()
        sender = self.rng.choice(host.senders)
        return replace(
            self._message(at_ms, "in", sender, self._recipients(self.people), host.domain),
            host=host,
            connector=route.connector,
            connector_type=route.connector_type,
            tls=tls,
            sends=sends,
            received_again=self.rng.random() < 0.2,
            fails=self.rng.random() < 0.03,
        )

    def _outgoing(self, at_ms: int, name: str) -> TraceMessage:
        sends = [self._send(name)]
        if name == "internet" and self.rng.random() < 0.06:
            other = self._send("internet")
            if other.host != sends[0].host:
                sends.append(other)
        recipients = tuple(address for send in sends for address in send.recipients)
        fails = self.rng.random() < 0.02
        message = self._message(at_ms, "out", self.rng.choice(self.people), recipients, "example.com")
        return replace(message, sends=() if fails else tuple(sends), fails=fails)

    def _send(self, name: str) -> ExternalSend:
        route = self.outbound[name]
        host, tls = route.hosts.next()
        recipients = self._recipients(host.senders)
        return ExternalSend(host, route.connector, tls, recipients, rows=2 if self.rng.random() < 0.15 else 1)

    def _within(self, at_ms: int) -> TraceMessage:
        sender = self.rng.choice(self.people)
        return self._message(at_ms, "within", sender, self._recipients(self.people), "example.com")


def _by_then(choice: tuple[Host, str], at_ms: int, rhythm: Rhythm) -> tuple[Host, str]:
    """Return the host and TLS at that time: one host speaks TLS 1.2 in the last 3 days, another fell silent early."""
    host, _ = choice
    if host is SCANNER and at_ms >= rhythm.last_ms - rhythm.last_ms % DAY_MS - 3 * DAY_MS + 6 * HOUR_MS:
        return host, "TLS 1.2"
    if host is EDI and at_ms >= rhythm.first_ms + (rhythm.last_ms - rhythm.first_ms) // 4:
        return MX2, "TLS 1.2"
    return choice


def hops_of_message(message: TraceMessage) -> Iterator[Hop]:
    """Yield the true hops of a message: in, out to each server and connector, or within the tenant.

    A message that failed before it left has none. Exchange Online never says No TLS: without a key it is Not recorded.
    """
    received = Hop(
        format=EXO,
        at_ms=message.at_ms,
        direction="inbound",
        connector=message.connector,
        connector_type=message.connector_type,
        tls=message.tls,
        status="accepted",
        system=SYSTEM,
        peer_domain=domain_of(message.sender),
        sender=message.sender,
        recipients=message.recipients,
        message_id=message.message_id,
        size_bytes=message.size_bytes,
    )
    if message.host:
        yield received._replace(peer_host=message.host.name, peer_ip=message.host.ip)
    elif message.kind == "within":
        yield received._replace(direction="internal")
    for number, send in enumerate(message.sends):
        yield received._replace(
            at_ms=send_time(message, number),
            direction="outbound",
            connector=send.connector,
            connector_type=None,
            tls=send.tls,
            status="delivered",
            peer_host=send.host.name,
            peer_ip=send.host.ip,
            peer_domain=domain_of(send.recipients[0]),
            recipients=send.recipients,
        )


def send_time(message: TraceMessage, number: int) -> int:
    """When a message's first SENDEXTERNAL row to its n-th server was written."""
    return message.at_ms + (4_000 if message.kind == "in" else 0) + 300 * number
