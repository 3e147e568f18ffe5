"""Exim: a mainlog with milliseconds and offsets, and one that went through syslog without stamps of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple

from sample_data.generator.hops import NO_TLS, NOT_RECORDED, Hop
from sample_data.generator.mail_plan import Mail
from sample_data.generator.people import domain_of
from sample_data.generator.writers import Writer
from sample_data.generator.writers.syslog import Entry, iso_stamp, resolve, whole_second, write_rotated, write_syslog

FORMAT = "exim"
SYSTEM = "Exim"
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_OLD_SERVER = "mail.example.com"
_NOISE = ("Start queue run: pid={}", "no host name found for IP address 203.0.113.{}", "SMTP connection from [203.0.113.{}] lost D=2s")


class _Line(NamedTuple):
    at_ms: int
    pid: int
    text: str


def _is_new(mail: Mail) -> bool:
    return int(mail.network_message_id[:2], 16) % 5 < 3


def _chance(mail: Mail, place: int, share: float) -> bool:
    """Return something that is true for this share of the mails, always the same for one of them."""
    return int(mail.network_message_id[place : place + 4], 16) < share * 65536


def _base62(number: int, width: int) -> str:
    digits = ""
    for _ in range(width):
        number, digit = divmod(number, 62)
        digits = _DIGITS[digit] + digits
    return digits


def _message_key(mail: Mail) -> str:
    """Return the message id: 23 characters since Exim 4.97, 16 before."""
    pid = int(mail.network_message_id[4:10], 16)
    if _is_new(mail):
        return f"{_base62(mail.at_ms // 1000, 6)}-{_base62(pid, 11)}-{_base62(mail.at_ms % 1000 * 1000, 4)}"
    return f"{_base62(mail.at_ms // 1000, 6)}-{_base62(pid, 6)}-{_base62(mail.at_ms % 1000, 2)}"


def _shows_tls(mail: Mail) -> bool:
    """Return whether the version shows: the old server leaves it out of some lines, where only P= says that there was TLS."""
    return _is_new(mail) or not _chance(mail, 10, 0.2)


def _cipher(mail: Mail) -> str:
    if mail.tls == NO_TLS or not _shows_tls(mail):
        return ""
    resumed = "*" if _chance(mail, 14, 0.2) else ""
    if _is_new(mail):
        return f" X={mail.tls.replace(' ', '')}:{mail.cipher}:256{resumed} CV={'yes' if _chance(mail, 18, 0.5) else 'no'}"
    word = "TLSv1" if mail.tls == "TLS 1.0" else mail.tls.replace("TLS ", "TLSv")
    return f" X={word}:{mail.cipher}:256 CV=no"


def _peer(mail: Mail) -> str:
    if mail.host.name.startswith("mx3"):
        return f"H=({mail.host.helo}) [{mail.host.ip}]"
    return f"H={mail.host.name}{'' if mail.host.helo == mail.host.name else f' ({mail.host.helo})'} [{mail.host.ip}]"


def _protocol(mail: Mail) -> str:
    return f"esmtp{'' if mail.tls == NO_TLS else 's'}{'a' if mail.way == 'submission' else ''}"


def _lines(mail: Mail) -> Iterator[_Line]:
    key, at, pid = _message_key(mail), mail.at_ms, 1000 + int(mail.network_message_id[20:23], 16)
    if mail.way == "in" and mail.end in ("rejected", "deferred"):
        word = "temporarily rejected" if mail.end == "deferred" else "rejected"
        for recipient in mail.recipients:
            yield _Line(at, pid, f"{_peer(mail)}{_cipher(mail)} F=<{mail.sender}> {word} RCPT <{recipient}>: Unknown user")
        return
    subject = mail.subject.replace("\r\n\t", " ").replace("\n", " ").replace('"', '\\"').encode("ascii", "replace").decode()
    tail = f'S={mail.size_bytes} id={mail.message_id.strip("<>")} T="{subject}"'
    if mail.way in ("in", "submission"):
        sign_in = f" A=plain_server:{mail.sender}" if mail.way == "submission" else ""
        yield _Line(at, pid, f"{key} <= {mail.sender or '<>'} {_peer(mail)} P={_protocol(mail)}{_cipher(mail)}{sign_in} {tail}")
    else:
        yield _Line(at - 900, pid, f"{key} <= {mail.sender} U=anna P=local {tail}")
    if mail.way in ("in", "within"):
        flag, rest = ("**", ": mailbox is full") if mail.end == "bounced" else ("=>", "")
        for recipient in mail.recipients:
            yield _Line(at + 200, pid + 1, f"{key} {flag} {recipient.partition('@')[0]} <{recipient}> R=local_user T=maildir{rest}")
    else:
        yield from _deliveries(mail, key, pid + 1)
    if not (mail.way == "out" and mail.end == "deferred"):
        yield _Line(_sent_at(mail) + 300, pid + 1, f"{key} Completed")


def _sent_at(mail: Mail) -> int:
    return mail.at_ms + (900 if mail.way == "submission" else 0)


def _deliveries(mail: Mail, key: str, pid: int) -> Iterator[_Line]:
    at, peer = _sent_at(mail), f"H={mail.host.name} [{mail.host.ip}]"
    if _is_evident(mail):
        yield _Line(
            at - 20, pid, f"{key} TLS session: (SSL_connect): error:0A000102: delivering unencrypted to {peer} (not in hosts_require_tls)"
        )
    for number, recipient in enumerate(mail.recipients):
        if mail.end == "passed":
            flag, end = ("->" if number else "=>"), ' C="250 2.0.0 OK \\"queued\\" id=1x"'
        else:
            flag, end = ("==", ": SMTP error: 450 4.2.2 Full") if mail.end == "deferred" else ("**", ": SMTP error: 550 5.1.1 No")
        yield _Line(at, pid, f"{key} {flag} {recipient} R=dnslookup T=remote_smtp {peer}{_cipher(mail)}{end}")


def _is_evident(mail: Mail) -> bool:
    """Return whether a line says that mail goes out in clear text."""
    return mail.tls == NO_TLS and _chance(mail, 24, 0.3)


def write_exim(mails: Sequence[Mail], folder: Path) -> list[Path]:
    """Write the rotated mainlog of the new server, and the syslog of the old one."""
    rng = Random("exim")
    new = [line for mail in mails if _is_new(mail) for line in _lines(mail)]
    new += [_Line(line.at_ms, line.pid, rng.choice(_NOISE).format(line.pid % 250)) for line in new if rng.random() < 0.03]
    new.sort(key=lambda line: line.at_ms)
    result = [f"{iso_stamp(line.at_ms)[:23].replace('T', ' ')} +0000 [{line.pid}] {line.text}" for line in new]
    old = [Entry(line.at_ms, f"exim[{line.pid}]", line.text) for mail in mails if not _is_new(mail) for line in _lines(mail)]
    return [
        *write_rotated(result, [line.at_ms for line in new], folder / "new", "mainlog"),
        *write_syslog(old, folder / "old", "maillog", _OLD_SERVER, iso=False),
    ]


def exim_hops(mails: Sequence[Mail]) -> Iterator[Hop]:
    """Yield what the logs tell: what came by SMTP, signed in or not, and what was handed to another server."""
    yield from _inbound(mails)
    sent = [(_OLD_SERVER if not _is_new(mail) else "", "", _outbound(mail), mail) for mail in mails if mail.way in ("out", "submission")]
    yield from (hop for _, _, hop, mail in sent if _is_evident(mail))
    yield from resolve((server, service, hop) for server, service, hop, mail in sent if not _is_evident(mail))


def _hop(mail: Mail, at_ms: int) -> Hop:
    name = None if mail.way in ("in", "submission") and mail.host.name.startswith("mx3") else mail.host.name
    tls = mail.tls
    if not _shows_tls(mail) and tls != NO_TLS:
        tls = "TLS (version unknown)"
    return Hop(
        format=FORMAT, at_ms=at_ms if _is_new(mail) else whole_second(at_ms), direction="inbound", connector=None, tls=tls,
        status="accepted",
        system=SYSTEM, peer_host=name, peer_ip=mail.host.ip, helo=None if name == mail.host.helo else mail.host.helo,
        peer_domain=domain_of(mail.sender), sender=mail.sender, recipients=mail.recipients, message_id=mail.message_id,
        size_bytes=mail.size_bytes,
    )  # fmt: skip


def _inbound(mails: Sequence[Mail]) -> Iterator[Hop]:
    for mail in mails:
        hop = _hop(mail, mail.at_ms)
        if mail.way == "in" and mail.end in ("rejected", "deferred"):
            hides = mail.tls == NO_TLS or not _shows_tls(mail)
            yield hop._replace(status=mail.end, message_id=None, size_bytes=None, tls=NOT_RECORDED if hides else mail.tls)
        elif mail.way in ("in", "submission"):
            yield hop._replace(direction="inbound" if mail.way == "in" else "submission")


def _outbound(mail: Mail) -> Hop:
    return _hop(mail, _sent_at(mail))._replace(
        direction="outbound", helo=None, peer_host=mail.host.name, peer_domain=domain_of(mail.recipients[0]),
        status={"passed": "delivered", "deferred": "deferred"}.get(mail.end, "bounced"), tls=mail.tls if _shows_tls(mail) else NO_TLS,
    )  # fmt: skip


EXIM = Writer(FORMAT, write_exim, exim_hops)
