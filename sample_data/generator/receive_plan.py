"""What Exchange Server's receive logs hold: the front ends' connectors, the hub behind them, and noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from sample_data.generator.people import Host, endpoint, internet_hosts, own_people, people_of
from sample_data.generator.rhythm import Deal, Rhythm
from sample_data.generator.smtp_mails import ACCEPTED_SHARE, LEAD_MS, Ids, MailRoom
from sample_data.generator.smtp_session import Session

OWN_IP = {"EX01": "10.0.0.11", "EX02": "10.0.0.12"}
Tls = tuple[str, str]
"""Protocol and handshake: ("TLS1_2", "ok"), ("", "none"), ("", "failed"), ("", "454")."""
_CLEAR: Tls = ("", "none")
_FAILED: Tls = ("", "failed")
_REFUSED_454: Tls = ("", "454")


@dataclass(frozen=True, slots=True)
class Route:
    """One receive connector: its servers, how many mails a session carries, its TLS shares and who connects."""

    name: str
    share: float
    servers: tuple[str, ...]
    most_mails: int
    tls: Deal[Tls]
    hosts: dict[Tls, list[Host]]
    submission: bool = False


def _internet() -> dict[Tls, list[Host]]:
    pool = internet_hosts(58, 0)
    return {
        ("TLS1_2", "ok"): pool[:24],
        ("TLS1_3", "ok"): pool[24:44],
        _CLEAR: pool[44:50],
        _FAILED: pool[50:52],
        _REFUSED_454: pool[52:53],
        ("TLS1_0", "ok"): pool[53:56],
        ("TLS1_1", "ok"): pool[56:],
    }


def _routes() -> list[Route]:
    internet = {
        ("TLS1_2", "ok"): 0.583,
        ("TLS1_3", "ok"): 0.33,
        _CLEAR: 0.07,
        _FAILED: 0.006,
        _REFUSED_454: 0.004,
        ("TLS1_0", "ok"): 0.004,
        ("TLS1_1", "ok"): 0.003,
    }
    staff = people_of("example.com", 40)
    relays = [Host(f"relay{i}.hq.example.com", f"10.30.0.{i}", f"relay{i}.hq.example.com", "", staff) for i in (1, 2, 3)]
    old = Host("erp.hq.example.com", "10.30.0.9", "erp", "", ("erp@example.com", "faktura@example.com"))
    cron = Host("cron.hq.example.com", "10.30.0.14", "[10.30.0.14]", "", ("cron@mail.example.com",))
    hq_hosts = {("TLS1_2", "ok"): relays, ("TLS1_0", "ok"): [old], ("TLS1", "ok"): [old], _CLEAR: [cron]}
    scanners = [
        Host("", "10.20.4.17", "WIN-7F2K", "", ("scan-2f@example.com",)),
        Host("", "10.20.4.18", 'Scanner "2. OG", Flur', "", ("scan-3f@example.com",)),
        Host("", "10.20.4.19", "[10.20.4.19]", "", ("ups@mail.example.com",)),
    ]
    new = [Host("", f"10.20.5.{i}", f"print{i}.example.com", "", (f"print{i}@example.com",)) for i in range(10, 16)]
    device_hosts = {("TLS1_2", "ok"): new, _CLEAR: scanners, _FAILED: scanners[:1], _REFUSED_454: scanners[1:2]}
    people = own_people()
    laptops = [Host("", f"10.40.{i}.7", f"LAPTOP-{i:02d}", "", (people[i * 3],)) for i in range(20)]
    clients = {("TLS1_2", "ok"): laptops, ("TLS1_3", "ok"): laptops, ("TLS1_0", "ok"): laptops[:2]}
    both = ("EX01", "EX02", "EX01")
    devices = {("TLS1_2", "ok"): 70.0, _CLEAR: 25.0, _FAILED: 3.0, _REFUSED_454: 2.0}
    hq = {("TLS1_2", "ok"): 91.7, ("TLS1_0", "ok"): 6.0, ("TLS1", "ok"): 1.0, _CLEAR: 1.3}
    login = {("TLS1_2", "ok"): 8.0, ("TLS1_3", "ok"): 3.0, ("TLS1_0", "ok"): 1.0}
    return [
        Route("Default Frontend EX01", 0.32, ("EX01",), 3, Deal(internet), _internet()),
        Route("Default Frontend EX02", 0.14, ("EX02",), 3, Deal(internet), _internet()),
        Route("From HQ relay", 0.28, both, 12, Deal(hq), hq_hosts),
        Route("From Devices", 0.17, both, 2, Deal(devices), device_hosts),
        Route("Client Frontend EX01", 0.09, ("EX01",), 1, Deal(login), clients, submission=True),
    ]  # fmt: skip


class ReceivePlan:
    """Plans the sessions of the receive logs so that about `count` of their mails are counted."""

    def __init__(self, count: int, seed: int, *, series: str = "rcv") -> None:
        self.rng = Random(f"{seed}:receive")
        self.ids = Ids(0, series)
        self.room = MailRoom(self.rng, self.ids)
        self.routes = {route.name: route for route in _routes()}
        self.deal: Deal[str] = Deal({route.name: route.share for route in self.routes.values()})
        counted = sum(route.share for route in self.routes.values() if not route.submission)
        self.transactions = round(count / counted / ACCEPTED_SHARE)
        self.people = own_people()

    def sessions(self, rhythm: Rhythm) -> list[Session]:
        """Return the front ends' sessions: the daily run, over midnight, cut by the first file, the newest, noise."""
        found = self._special(rhythm)
        left = self.transactions - sum(len(session.mails) for session in found)
        sizes: list[tuple[Route, int]] = []
        while left > 0:
            sizes.append(self._size())
            left -= sizes[-1][1]
        moments = rhythm.moments(self.rng, len(sizes))
        last = rhythm.last_ms - 1000
        for at_ms, (route, count) in zip(moments, sizes, strict=True):
            gap = max(1, min(40_000, (last - at_ms) // count - LEAD_MS))
            found.append(self.session(route, at_ms, count, max_gap_ms=gap))
        found.extend(self.noise(rhythm.moments(self.rng, len(found) // 20 + 2)))
        return found

    def run(self, moments: Sequence[int]) -> list[Session]:
        """Return ordinary sessions at the given moments, without anything special."""
        return [self.session(*self._ordinary(at_ms), max_gap_ms=9_000) for at_ms in moments]

    def _ordinary(self, at_ms: int) -> tuple[Route, int, int]:
        route, count = self._size()
        return route, at_ms, count

    def _size(self) -> tuple[Route, int]:
        count = self.rng.randrange(1, 13)
        route = self.routes[self.deal.next()]
        count = 1 + count % route.most_mails
        # The deal counts sessions, shares are of mails: a route with long sessions is taken less often.
        while self.rng.random() > 2 / (1 + route.most_mails):
            route = self.routes[self.deal.next()]
            count = 1 + count % route.most_mails
        return route, count

    def session(
        self,
        route: Route,
        at_ms: int,
        count: int,
        *,
        max_gap_ms: int = 40_000,
        tls: Tls | None = None,
        plain: bool = False,
    ) -> Session:
        """Return one front-end session whose first mail begins at `at_ms`."""
        rng = self.rng
        tls = tls or route.tls.next(count)
        host = rng.choice(route.hosts[tls])
        server = rng.choice(route.servers)
        mails = self.room.fill(
            at_ms,
            count,
            host.senders,
            self.people,
            host.name or "device.example.com",
            plain=plain,
            max_gap_ms=max_gap_ms,
        )
        return Session(
            kind="receive",
            log="frontend",
            server=server,
            connector=f"{server}\\{route.name}",
            session_id=self.ids.session(),
            local=f"{OWN_IP[server]}:{587 if route.submission else 25}",
            remote=endpoint(host.ip, rng.randrange(20_000, 65_000)),
            peer_ip=host.ip,
            peer_host=host.name,
            helo=host.helo,
            start_ms=at_ms - LEAD_MS - rng.randrange(700),
            protocol=tls[0],
            handshake=tls[1],
            user=f"EXAMPLE\\{host.senders[0].partition('@')[0]}" if route.submission else "",
            multi_row_ehlo=rng.random() < 0.4,
            mails=mails,
        )

    def _special(self, rhythm: Rhythm) -> list[Session]:
        hq, devices, internet = (self.routes[name] for name in ("From HQ relay", "From Devices", "Default Frontend EX01"))
        found = [self.session(hq, midnight - 1500, 3, max_gap_ms=900, tls=("TLS1_2", "ok"), plain=True) for midnight in rhythm.midnights()]
        first = rhythm.first_ms + 900
        for route, tls, cut in (
            (internet, ("TLS1_2", "ok"), "tls"),
            (devices, _CLEAR, "tls"),
            (devices, _CLEAR, "greeting"),
            (internet, ("TLS1_3", "ok"), "greeting"),
            (devices, _CLEAR, "plus"),
        ):
            session = self.session(route, first, 2, max_gap_ms=5000, tls=tls, plain=True)
            session.cut = cut
            # What stands in the file lies after midnight; the rows that were cut off would have stood before it.
            moved = max(0, rhythm.first_ms + 20 + LEAD_MS - session.mails[0].at_ms) if cut != "tls" else 0
            session.mails = [mail._replace(at_ms=mail.at_ms + moved) for mail in session.mails]
            session.start_ms = session.mails[0].at_ms - LEAD_MS
            found.append(session)
        found.append(self.session(internet, rhythm.last_ms, 1, tls=("TLS1_2", "ok"), plain=True))
        return found

    def noise(self, moments: Sequence[int]) -> list[Session]:
        """Return sessions without mail: a load balancer's probes, and handshakes that failed."""
        found: list[Session] = []
        for i, at_ms in enumerate(moments):
            session = self.session(self.routes["Default Frontend EX01"], at_ms, 1, tls=_FAILED if i % 3 == 2 else _CLEAR)
            session.mails = []
            if i % 3 != 2:
                session.peer_ip, session.helo = "10.0.0.5", ""
                session.remote = endpoint("10.0.0.5", 30_000 + i % 20_000)
            found.append(session)
        return found
