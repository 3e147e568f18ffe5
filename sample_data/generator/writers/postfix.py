"""Postfix: two servers, one with ISO stamps and long queue ids, one with the stamps of RFC 3164 and short queue ids."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from sample_data.generator.hops import NO_TLS, Hop
from sample_data.generator.mail_plan import Mail
from sample_data.generator.people import domain_of
from sample_data.generator.writers import Writer
from sample_data.generator.writers.syslog import Entry, Pids, resolve, whole_second, write_syslog

FORMAT = "postfix"
SYSTEM = "Postfix"
_VOWELLESS = "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz"
_WORDS = {"TLS 1.0": "TLSv1", "TLS 1.1": "TLSv1.1", "TLS 1.2": "TLSv1.2", "TLS 1.3": "TLSv1.3"}
_LOOP = "127.0.0.1"


class _Server(NamedTuple):
    name: str
    is_new: bool

    def stored(self, at_ms: int) -> int:
        """Return what the server's stamps keep of a moment."""
        return at_ms if self.is_new else whole_second(at_ms)


_NEW = _Server("mx1", is_new=True)
_OLD = _Server("relay.example.com", is_new=False)
_LATELY_MS = 11 * 60_000
_OPEN_MS = 9 * 60_000


def _server_of(mail: Mail) -> _Server:
    return _NEW if int(mail.network_message_id[:2], 16) % 5 < 3 else _OLD


def _chance(mail: Mail, place: int, share: float) -> bool:
    """Return something that is true for this share of the mails, always the same for one of them."""
    return int(mail.network_message_id[place : place + 4], 16) < share * 65536


def _queue_id(server: _Server, mail: Mail, turn: int) -> str:
    usec, inode = (
        (mail.at_ms % 1000 * 1000 + int(mail.network_message_id[4:6], 16)) % 1_000_000,
        int(mail.network_message_id[8:13], 16) + turn,
    )
    if not server.is_new:
        return f"{usec:05X}{inode:07X}"
    digits, number = "", (mail.at_ms // 1000) * 1_000_000 + usec
    while number:
        number, digit = divmod(number, 52)
        digits = _VOWELLESS[digit] + digits
    return f"{digits}z{''.join(_VOWELLESS[inode // 51**power % 51] for power in range(4))}"


def _peer(mail: Mail) -> str:
    return f"{'unknown' if mail.host.name.startswith('mx3') else mail.host.name}[{mail.host.ip}]"


def _tls_text(mail: Mail, words: str) -> str:
    more = " key-exchange X25519 server-signature ECDSA (P-256) server-digest SHA256" if mail.tls == "TLS 1.3" else ""
    return f"{words}: {_WORDS[mail.tls]} with cipher {mail.cipher} (256/256 bits){more}"


class _Log:
    """The lines of one server."""

    def __init__(self, server: _Server) -> None:
        self.server, self.entries = server, list[Entry]()
        self.smtpd, self.smtp = Pids(20_000), Pids(40_000)
        self.opened: dict[str, int] = {}
        self.cleared: dict[str, int] = {}

    def say(self, at_ms: int, program: str, text: str) -> None:
        """Note a line of Postfix."""
        self.entries.append(Entry(at_ms, f"postfix/{program}", text))

    def add(self, mail: Mail) -> None:
        """Note the lines of one mail."""
        if mail.way in ("in", "submission"):
            if mail.way == "in" and mail.end in ("rejected", "deferred"):
                self._refuse(mail)
                return
            self._receive(mail)
        else:
            self._queue(mail, 0, mail.at_ms - 900, "pickup[811]")
        if mail.way == "in" and _chance(mail, 14, 0.3):
            self._filter(mail)
        elif mail.way in ("in", "within"):
            self._store(mail, 0, mail.at_ms + 600)
        else:
            self._send(mail, mail.at_ms + (900 if mail.way == "submission" else 0))

    def _connect(self, mail: Mail, until_ms: int, service: str) -> str:
        at, who = mail.at_ms, f"{service}[{self.smtpd.take(mail.at_ms - 1_200, until_ms)}]"
        self.say(at - 1_200, who, f"connect from {_peer(mail)}")
        if mail.tls != NO_TLS:
            self.say(at - 600, who, _tls_text(mail, f"Anonymous TLS connection established from {_peer(mail)}"))
        self.say(until_ms, who, f"disconnect from {_peer(mail)} ehlo=2 starttls=1 mail=1 rcpt=1 data=1 quit=1 commands=7")
        return who

    def _refuse(self, mail: Mail) -> None:
        who = self._connect(mail, mail.at_ms + 400, "smtpd")
        words = (
            "450 4.2.0 {}: Recipient address rejected: Greylisted" if mail.end == "deferred" else "550 5.1.1 {}: Recipient address rejected"
        )
        for number, recipient in enumerate(mail.recipients):
            self.say(
                mail.at_ms + number * 20,
                who,
                f"NOQUEUE: reject: RCPT from {_peer(mail)}: {words.format(f'<{recipient}>')}; from=<{mail.sender}> to=<{recipient}> "
                f"proto=ESMTP helo=<{mail.host.helo}>",
            )

    def _receive(self, mail: Mail) -> None:
        own = mail.way == "submission"
        who = self._connect(mail, mail.at_ms + 400, "submission/smtpd" if own else "smtpd")
        sign_in = f", sasl_method=PLAIN, sasl_username={mail.sender}" if own else ""
        self.say(mail.at_ms, who, f"{_queue_id(self.server, mail, 0)}: client={_peer(mail)}{sign_in}")
        self._queue(mail, 0, mail.at_ms + 60)

    def _queue(self, mail: Mail, turn: int, at_ms: int, picked_by: str = "") -> None:
        queue_id = _queue_id(self.server, mail, turn)
        if picked_by:
            self.say(at_ms, picked_by, f"{queue_id}: uid=1000 from=<{mail.sender}>")
        self.say(at_ms + 20, "cleanup[903]", f"{queue_id}: message-id={mail.message_id}")
        self.say(
            at_ms + 90,
            "qmgr[712]",
            f"{queue_id}: from=<{mail.sender}>, size={mail.size_bytes}, nrcpt={len(mail.recipients)} (queue active)",
        )

    def _store(self, mail: Mail, turn: int, at_ms: int) -> None:
        queue_id = _queue_id(self.server, mail, turn)
        result = "bounced (user unknown)" if mail.end == "bounced" else "sent (delivered to maildir)"
        for recipient in mail.recipients:
            self.say(
                at_ms, "virtual[977]",
                f"{queue_id}: to=<{recipient}>, relay=virtual, delay=0.7, delays=0.6/0.01/0/0.1, "
                f"dsn={'5.1.1' if mail.end == 'bounced' else '2.0.0'}, "
                f"status={result}",
            )  # fmt: skip
        self.say(at_ms + 60, "qmgr[712]", f"{queue_id}: removed")

    def _filter(self, mail: Mail) -> None:
        """Pass the mail through a filter that listens on this machine and gives it back."""
        back, at = mail.at_ms + 700, mail.at_ms + 760
        first, second = _queue_id(self.server, mail, 0), _queue_id(self.server, mail, 1)
        who = f"smtpd[{self.smtpd.take(back - 20, back + 30)}]"
        self.say(back - 20, who, f"connect from localhost[{_LOOP}]")
        self.say(back, who, f"{second}: client=localhost[{_LOOP}], orig_queue_id={first}, orig_client={_peer(mail)}")
        self._queue(mail, 1, back)
        self.say(back + 30, who, f"disconnect from localhost[{_LOOP}] ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5")
        for recipient in mail.recipients:
            self.say(
                at, "smtp[955]",
                f"{first}: to=<{recipient}>, relay={_LOOP}[{_LOOP}]:10024, delay=0.8, delays=0.5/0.01/0.01/0.3, dsn=2.0.0, status=sent "
                f"(250 2.0.0 from MTA(smtp:[{_LOOP}]:10025): 250 2.0.0 Ok: queued as {second})",
            )  # fmt: skip
        self.say(at + 20, "qmgr[712]", f"{first}: removed")
        self._store(mail, 1, at + 200)

    def _send(self, mail: Mail, at_ms: int) -> None:
        queue_id, relay = _queue_id(self.server, mail, 0), f"{_relay(mail)}[{mail.host.ip}]:25"
        who = f"smtp[{self.smtp.take(at_ms - 320, at_ms + 20)}]"
        reused = _chance(mail, 18, 0.1)
        if mail.tls == NO_TLS:
            # A clear connection that is used again is known only where it was seen to begin, and no other with TLS to that host.
            is_open = at_ms - self.cleared.get(relay, 0) < _OPEN_MS and at_ms - self.opened.get(relay, 0) > _LATELY_MS
            reused = is_open and _chance(mail, 18, 0.5)
            if not reused:
                self.cleared[relay] = at_ms
        else:
            self.opened[relay] = at_ms
            trust = "Trusted" if _chance(mail, 22, 0.6) else "Untrusted"
            self.say(at_ms - 300, who, _tls_text(mail, f"{trust} TLS connection {'reused' if reused else 'established'} to {relay}"))
        ends = {
            "passed": ("2.0.0", "sent (250 2.0.0 Ok: queued as 4711)"),
            "deferred": (
                "4.2.2",
                f"deferred (host {_relay(mail)}[{mail.host.ip}] said: 450 4.2.2 Mailbox full (in reply to RCPT TO command))",
            ),
        }
        dsn, result = ends.get(
            mail.end, ("5.1.1", f"bounced (host {_relay(mail)}[{mail.host.ip}] said: 550 5.1.1 No such user (in reply to RCPT TO command))")
        )
        for recipient in mail.recipients:
            self.say(
                at_ms, who,
                f"{queue_id}: to=<{recipient}>, relay={relay}{', conn_use=2' if reused else ''}, delay=1, delays=0.3/0.01/0.2/0.1, "
                f"dsn={dsn}, status={result}",
            )  # fmt: skip
        if mail.end != "deferred":
            self.say(at_ms + 20, "qmgr[712]", f"{queue_id}: removed")


def _relay(mail: Mail) -> str:
    return mail.host.name


def write_postfix(mails: Sequence[Mail], folder: Path) -> list[Path]:
    """Write the rotated logs of both servers."""
    logs = {server: _Log(server) for server in (_NEW, _OLD)}
    for mail in mails:
        logs[_server_of(mail)].add(mail)
    return [
        path
        for server, log in logs.items()
        for path in write_syslog(log.entries, folder / server.name, "maillog", server.name, iso=server.is_new)
    ]


def postfix_hops(mails: Sequence[Mail]) -> Iterator[Hop]:
    """Yield what the logs tell: each SMTP transaction with a peer, those with the own filter as internal."""
    yield from resolve(result for mail in mails for result in _hops(mail))


def _hops(mail: Mail) -> Iterator[tuple[str, str, Hop]]:
    server = _server_of(mail)
    name = None if mail.host.name.startswith("mx3") else mail.host.name
    hop = Hop(
        format=FORMAT, at_ms=server.stored(mail.at_ms), direction="inbound", connector=None, tls=mail.tls, status="accepted", system=SYSTEM,
        peer_host=name, peer_ip=mail.host.ip, peer_domain=domain_of(mail.sender), sender=mail.sender, recipients=mail.recipients,
        message_id=mail.message_id, size_bytes=mail.size_bytes, session_id=_queue_id(server, mail, 0),
    )  # fmt: skip
    if mail.way == "in" and mail.end in ("rejected", "deferred"):
        yield server.name, "smtpd", hop._replace(status=mail.end, helo=mail.host.helo, message_id=None, size_bytes=None, session_id=None)
        return
    if mail.way == "in":
        yield server.name, "smtpd", hop
        if _chance(mail, 14, 0.3):
            loop = hop._replace(direction="internal", tls=NO_TLS, peer_ip=_LOOP)
            yield server.name, "smtp", loop._replace(at_ms=server.stored(mail.at_ms + 760), status="delivered", peer_host=None)
            yield (
                server.name,
                "smtpd",
                loop._replace(at_ms=server.stored(mail.at_ms + 700), peer_host="localhost", session_id=_queue_id(server, mail, 1)),
            )
    if mail.way == "submission":
        yield server.name, "submission/smtpd", hop._replace(direction="submission")
    if mail.way in ("out", "submission"):
        at_ms = mail.at_ms + (900 if mail.way == "submission" else 0)
        yield (
            server.name,
            "smtp",
            hop._replace(
                at_ms=server.stored(at_ms), direction="outbound", status={"passed": "delivered",
                "deferred": "deferred"}.get(mail.end, "bounced"),
                peer_host=mail.host.name, peer_domain=domain_of(mail.recipients[0]),
            ),
        )  # fmt: skip


POSTFIX = Writer(FORMAT, write_postfix, postfix_hops)
