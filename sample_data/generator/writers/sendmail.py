"""Sendmail: a new server that logs connections and versions, and an old one that names the family of a cipher instead of the version."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from sample_data.generator.hops import MINUTE_MS, NO_TLS, NOT_RECORDED, Hop
from sample_data.generator.mail_plan import Mail
from sample_data.generator.people import domain_of
from sample_data.generator.writers import Writer
from sample_data.generator.writers.syslog import Entry, file_starts, log_starts, resolve, whole_second, write_syslog

FORMAT = "sendmail"
SYSTEM = "Sendmail"
_WORDS = {"TLS 1.0": "TLSv1", "TLS 1.1": "TLSv1.1", "TLS 1.2": "TLSv1.2", "TLS 1.3": "TLSv1.3"}
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwx"
_REACH_MS = 5 * MINUTE_MS


class _Server(NamedTuple):
    name: str
    is_new: bool


_NEW, _OLD = _Server("mx1", is_new=True), _Server("gate.example.com", is_new=False)


def _server_of(mail: Mail) -> _Server:
    return _NEW if int(mail.network_message_id[:2], 16) % 5 < 3 else _OLD


def _chance(mail: Mail, place: int, share: float) -> bool:
    """Return something that is true for this share of the mails, always the same for one of them."""
    return int(mail.network_message_id[place : place + 4], 16) < share * 65536


def _queue_id(mail: Mail, turn: int = 0) -> str:
    """Return the year, month, day, hour, minute and second in letters, a number, and the process."""
    seconds, ms = divmod(mail.at_ms, 1000)
    letters = "".join(_LETTERS[seconds // 50**power % 50] for power in range(5, -1, -1))
    return f"{letters}{(ms + turn) % 100:02d}{int(mail.network_message_id[4:9], 16) % 1_000_000:06d}"


def _words(mail: Mail, server: _Server) -> tuple[str, str]:
    """Return how a server names version and cipher."""
    if server.is_new or mail.tls == "TLS 1.3":
        return _WORDS[mail.tls], mail.cipher
    return "TLSv1/SSLv3", mail.cipher


def _relay(mail: Mail, end: str = "") -> str:
    ip = f"IPv6:{mail.host.ip}" if ":" in mail.host.ip else mail.host.ip
    if mail.host.name.startswith("mx3") and not end:
        return f"[{ip}]"
    return f"{mail.host.name}{end} [{ip}]{'' if end or not _chance(mail, 10, 0.1) else ' (may be forged)'}"


class _Log:
    def __init__(self, server: _Server) -> None:
        self.server, self.entries, self.last_pid = server, list[Entry](), 10_000

    def say(self, at_ms: int, pid: int, text: str) -> None:
        """Note a line."""
        self.entries.append(Entry(at_ms, f"sm-mta[{pid}]", text))

    def add(self, mail: Mail) -> None:
        """Note the lines of one mail."""
        at, queue_id = mail.at_ms, _queue_id(mail)
        self.last_pid += 7  # a process for each connection
        pid = self.last_pid % 32_768
        if mail.way in ("in", "submission"):
            self._come(mail, pid)
            if mail.way == "in" and mail.end in ("rejected", "deferred"):
                return
        else:
            self.say(
                at - 900, pid,
                f"{queue_id}: from={mail.sender}, size={mail.size_bytes}, class=0, nrcpts={len(mail.recipients)}, "
                f"msgid={mail.message_id}, relay=anna@localhost",
            )  # fmt: skip
        if mail.way in ("in", "within"):
            stat = ("5.1.1", "User unknown") if mail.end == "bounced" else ("2.0.0", "Sent")
            self._to(at + 300, pid + 1, queue_id, mail.recipients, f"mailer=local, pri=30831, dsn={stat[0]}, stat={stat[1]}")
        else:
            self._go(mail, pid + 1, queue_id)

    def _come(self, mail: Mail, pid: int) -> None:
        at, queue_id, relay = mail.at_ms, _queue_id(mail), _relay(mail)
        if self.server.is_new:
            self.say(at - 1_000, pid, f"NOQUEUE: connect from {relay}")
        if mail.tls != NO_TLS:
            version, cipher = _words(mail, self.server)
            self.say(at - 600, pid, f"STARTTLS=server, relay={relay}, version={version}, verify=NO, cipher={cipher}, bits=256/256")
        if mail.way == "submission":
            self.say(at - 300, pid, f"AUTH=server, relay={relay}, authid={mail.sender}, mech=PLAIN, bits=0")
        refused = mail.way == "in" and mail.end in ("rejected", "deferred")
        if refused:
            words = "450 4.7.1 Greylisted" if mail.end == "deferred" else "550 5.7.1 Relaying denied"
            for recipient in mail.recipients:
                self.say(at - 10, pid, f"{queue_id}: ruleset=check_rcpt, arg1=<{recipient}>, relay={relay}, reject={words}")
        size, count = (0, 0) if refused else (mail.size_bytes, len(mail.recipients))
        msgid = "" if refused else f"msgid={mail.message_id}, "
        self.say(
            at, pid,
            f"{queue_id}: from=<{mail.sender}>, size={size}, class=0, nrcpts={count}, {msgid}proto=ESMTP, "
            f"daemon={'MSA' if mail.way == 'submission' else 'MTA'}, "
            f"relay={relay}",
        )  # fmt: skip

    def _to(self, at_ms: int, pid: int, queue_id: str, recipients: Sequence[str], rest: str) -> None:
        names = ",".join(f"<{name}>" for name in recipients)
        self.say(at_ms, pid, f"{queue_id}: to={names}, delay=00:00:01, xdelay=00:00:01, {rest}")

    def _go(self, mail: Mail, pid: int, queue_id: str) -> None:
        at, extra = _sent_at(mail), ""
        if mail.tls != NO_TLS:
            version, cipher = _words(mail, self.server)
            if self.server.is_new and _chance(mail, 14, 0.5):
                extra = f"tls_verify=OK, tls_version={version}, cipher={cipher}, "
            else:
                self.say(
                    at - 400,
                    pid,
                    f"STARTTLS=client, relay={mail.host.name}., version={version}, verify=FAIL, cipher={cipher}, bits=256/256",
                )
        ends = {"passed": ("2.0.0", "Sent (ok 4711 queued)"), "deferred": ("4.2.2", "Deferred: 450 4.2.2 Mailbox full")}
        dsn, stat = ends.get(mail.end, ("5.1.1", "User unknown"))
        groups = [mail.recipients[:1], mail.recipients[1:]] if _chance(mail, 18, 0.5) else [mail.recipients]
        for group in groups:
            if group:
                self._to(at, pid, queue_id, group, f"mailer=esmtp, pri=120331, {extra}relay={_relay(mail, '.')}, dsn={dsn}, stat={stat}")


def _sent_at(mail: Mail) -> int:
    return mail.at_ms + (900 if mail.way == "submission" else 0)


def _logs(mails: Sequence[Mail]) -> list[_Log]:
    logs = {server: _Log(server) for server in (_NEW, _OLD)}
    for mail in mails:
        logs[_server_of(mail)].add(mail)
    return list(logs.values())


def write_sendmail(mails: Sequence[Mail], folder: Path) -> list[Path]:
    """Write the rotated logs of both servers."""
    return [
        path
        for log in _logs(mails)
        for path in write_syslog(log.entries, folder / log.server.name, "maillog", log.server.name, iso=log.server.is_new)
    ]


def _starts(log: _Log) -> list[int]:
    """Return when the log begins: the starts of its first file and of those that follow a long silence."""
    return log_starts(file_starts(log.entries, "maillog", log.server.name, "sm-mta"), [entry.at_ms for entry in log.entries])


def sendmail_hops(mails: Sequence[Mail]) -> Iterator[Hop]:
    """Yield what the logs tell. Clear text shows only behind the first minutes of a log, where a connection was not seen to begin."""
    starts = {log.server: _starts(log) for log in _logs(mails)}
    shown: list[tuple[str, str, Hop]] = []
    for mail in mails:
        server = _server_of(mail)
        stored = [start if server.is_new else whole_second(start) for start in starts[server]]
        for service, hop in _hops(mail, server):
            start = max((start for start in stored if start <= hop.at_ms), default=0)
            logs_connections = server.is_new and hop.direction != "outbound"
            if hop.tls == NO_TLS and not logs_connections and hop.at_ms < start + _REACH_MS:
                hop = hop._replace(tls=NOT_RECORDED)
            shown.append((server.name, service, hop))
    yield from resolve(shown)


def _hops(mail: Mail, server: _Server) -> Iterator[tuple[str, Hop]]:
    tls = "TLS (version unknown)" if not server.is_new and mail.tls in ("TLS 1.0", "TLS 1.1") else mail.tls
    hop = Hop(
        format=FORMAT, at_ms=mail.at_ms if server.is_new else whole_second(mail.at_ms), direction="inbound", connector=None,
        tls=tls, status="accepted",
        system=SYSTEM, peer_host=None if mail.host.name.startswith("mx3") else mail.host.name, peer_ip=mail.host.ip,
        peer_domain=domain_of(mail.sender),
        sender=mail.sender, recipients=mail.recipients, message_id=mail.message_id, size_bytes=mail.size_bytes, session_id=_queue_id(mail),
    )  # fmt: skip
    if mail.way == "in" and mail.end in ("rejected", "deferred"):
        yield "MTA", hop._replace(status=mail.end, message_id=None, size_bytes=0)
    elif mail.way == "in":
        yield "MTA", hop
    elif mail.way == "submission":
        yield "MSA", hop._replace(direction="submission")
    if mail.way in ("out", "submission"):
        at_ms = _sent_at(mail) if server.is_new else whole_second(_sent_at(mail))
        yield (
            "esmtp",
            hop._replace(
                at_ms=at_ms, direction="outbound", peer_host=mail.host.name, peer_domain=domain_of(mail.recipients[0]),
                status={"passed": "delivered", "deferred": "deferred"}.get(mail.end, "bounced"),
            ),
        )  # fmt: skip


SENDMAIL = Writer(FORMAT, write_sendmail, sendmail_hops)
