"""What Exchange Server's send logs hold: mail to the internet, to a partner, and between the own servers."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from sample_data.generator.people import Host, endpoint, internet_hosts, own_people, people_of
from sample_data.generator.receive_plan import OWN_IP, Tls
from sample_data.generator.rhythm import Deal, Rhythm
from sample_data.generator.smtp_mails import ACCEPTED_SHARE, LEAD_MS, Ids, MailRoom
from sample_data.generator.smtp_session import Session

_REPLIES = (
    "250 2.0.0 OK 1666169082 abc - gsmtp",
    "250 ok 1666169082 qp 30910",
    "",
    "250 2.0.0 Ok: queued as 4XyZ1w2Q3n",
)


@dataclass(frozen=True, slots=True)
class Route:
    """One send connector: its share of the sessions, how many mails one carries, TLS shares and remote servers."""

    name: str
    share: float
    most_mails: int
    tls: Deal[Tls]
    hosts: dict[Tls, list[Host]]
    internal: bool = False


def _routes() -> list[Route]:
    pool = internet_hosts(50, 1)
    internet: dict[Tls, float] = {
        ("TLS1_2", "ok"): 50,
        ("TLS1_3", "ok"): 44,
        ("", "none"): 3,
        ("", "failed"): 0.6,
        ("", "454"): 0.4,
        ("TLS1_0", "ok"): 1.5,
        ("TLS1", "ok"): 0.5,
    }
    hosts: dict[Tls, list[Host]] = {
        ("TLS1_2", "ok"): pool[:22],
        ("TLS1_3", "ok"): pool[22:42],
        ("", "none"): pool[42:45],
        ("", "failed"): pool[45:46],
        ("", "454"): pool[46:47],
        ("TLS1_0", "ok"): pool[47:49],
        ("TLS1", "ok"): pool[49:],
    }
    staff = people_of("litware.example", 12)
    litware = [Host(f"mx{i}.litware.example", f"203.0.113.{10 + i}", "", "litware.example", staff) for i in (1, 2)]
    own = [Host("EX02.example.com", OWN_IP["EX02"], "", "example.com", tuple(own_people()[:20]))]
    both: dict[Tls, float] = {("TLS1_2", "ok"): 45, ("TLS1_3", "ok"): 55}
    return [
        Route("To internet", 0.68, 3, Deal(internet), hosts),
        Route("To Litware", 0.26, 4, Deal(both), {("TLS1_2", "ok"): litware[:1], ("TLS1_3", "ok"): litware[1:]}),
        Route("Intra-Organization SMTP Send Connector", 0.06, 3, Deal({("TLS1_2", "ok"): 1.0}),
              {("TLS1_2", "ok"): own}, internal=True),
    ]  # fmt: skip


class SendPlan:
    """Plans the sessions of the send logs so that about `count` of their mails are counted."""

    def __init__(self, count: int, seed: int) -> None:
        self.rng = Random(f"{seed}:send")
        self.ids = Ids(1, "snd")
        self.room = MailRoom(self.rng, self.ids)
        self.routes = {route.name: route for route in _routes()}
        self.deal: Deal[str] = Deal({route.name: route.share for route in self.routes.values()})
        counted = sum(route.share for route in self.routes.values() if not route.internal)
        self.transactions = round(count / counted / ACCEPTED_SHARE)
        self.people = own_people()

    def sessions(self, rhythm: Rhythm) -> list[Session]:
        """Return all sessions: the daily run, those over midnight, those cut by the first file, the newest, noise."""
        found = self._special(rhythm)
        left = self.transactions - sum(len(session.mails) for session in found)
        sizes: list[tuple[Route, int]] = []
        while left > 0:
            route = self.routes[self.deal.next()]
            sizes.append((route, self.rng.randrange(1, route.most_mails + 1)))
            left -= sizes[-1][1]
        last = rhythm.last_ms - 1000
        for at_ms, (route, count) in zip(rhythm.moments(self.rng, len(sizes)), sizes, strict=True):
            gap = max(1, min(20_000, (last - at_ms) // count - LEAD_MS))
            found.append(self._session(route, at_ms, count, max_gap_ms=gap))
        return found + self._noise(rhythm.moments(self.rng, len(found) // 40 + 2))

    def _session(
        self,
        route: Route,
        at_ms: int,
        count: int,
        *,
        max_gap_ms: int = 20_000,
        tls: Tls | None = None,
        plain: bool = False,
    ) -> Session:
        rng = self.rng
        tls = tls or route.tls.next(count)
        host = rng.choice(route.hosts[tls])
        server = "EX01" if route.internal else rng.choice(("EX01", "EX01", "EX02"))
        reply = "" if route.name != "To internet" else _REPLIES[len(host.name) % len(_REPLIES)]
        return Session(
            kind="send",
            log="send",
            server=server,
            connector=route.name,
            session_id=self.ids.session(),
            local=f"{OWN_IP[server]}:{rng.randrange(20_000, 65_000)}",
            remote=endpoint(host.ip, 25),
            peer_ip=host.ip,
            peer_host=host.name,
            helo="mail.example.com",
            start_ms=at_ms - LEAD_MS - rng.randrange(700),
            protocol=tls[0],
            handshake=tls[1],
            internal="X-ANONYMOUSTLS" if route.internal else "",
            multi_row_ehlo=rng.random() < 0.4,
            mails=self.room.fill(
                at_ms, count, self.people, host.senders, "mail.example.com",
                reply=reply, plain=plain, max_gap_ms=max_gap_ms,
            ),
        )  # fmt: skip

    def _special(self, rhythm: Rhythm) -> list[Session]:
        litware, internet = self.routes["To Litware"], self.routes["To internet"]
        found = [
            self._session(litware, midnight - 1400, 2, max_gap_ms=800, tls=("TLS1_3", "ok"), plain=True) for midnight in rhythm.midnights()
        ]
        for tls, cut in ((("TLS1_2", "ok"), "tls"), (("", "none"), "greeting"), (("TLS1_3", "ok"), "greeting")):
            session = self._session(internet, rhythm.first_ms + LEAD_MS + 100, 2, max_gap_ms=4000, tls=tls, plain=True)
            session.start_ms = session.mails[0].at_ms - LEAD_MS
            session.cut = cut
            found.append(session)
        found.append(self._session(internet, rhythm.last_ms, 1, tls=("TLS1_2", "ok"), plain=True))
        return found

    def _noise(self, moments: list[int]) -> list[Session]:
        found: list[Session] = []
        for at_ms in moments:
            session = self._session(self.routes["To internet"], at_ms, 1, tls=("", "failed"))
            session.mails, session.helo = [], "mail.example.com"
            found.append(session)
        return found
