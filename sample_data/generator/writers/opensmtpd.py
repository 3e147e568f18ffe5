"""OpenSMTPD: a server of version 7 with ISO stamps, and one of version 5 with the stamps of RFC 3164."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from sample_data.generator.hops import NO_TLS, Hop
from sample_data.generator.mail_plan import Mail
from sample_data.generator.people import domain_of
from sample_data.generator.writers import Writer
from sample_data.generator.writers.syslog import Entry, whole_second, write_syslog

FORMAT = "opensmtpd"
SYSTEM = "OpenSMTPD"
_NEW, _OLD = "mx1", "old.example.com"
_TAG = "smtpd[27182]"
_OUTCOMES = {"passed": ("Ok", "250 2.0.0 OK"), "deferred": ("TempFail", "450 4.2.2 Full")}
_REFUSED = ("PermFail", "550 5.1.1 No such user")


def _is_new(mail: Mail) -> bool:
    return int(mail.network_message_id[:2], 16) % 5 < 3


def _chance(mail: Mail, place: int, share: float) -> bool:
    """Return something that is true for this share of the mails, always the same for one of them."""
    return int(mail.network_message_id[place : place + 4], 16) < share * 65536


def _key(mail: Mail) -> str:
    """Return the message id within the server, of 8 digits."""
    return mail.network_message_id[16:24]


def _session(mail: Mail, number: int) -> str:
    return f"{number}{mail.network_message_id[1:16]}"


def _sent_at(mail: Mail) -> int:
    return mail.at_ms + (900 if mail.way == "submission" else 0)


def _version(mail: Mail) -> str:
    return "TLSv1" if mail.tls == "TLS 1.0" else mail.tls.replace("TLS ", "TLSv")


def _refusal(mail: Mail) -> str:
    return "451 4.7.1 Try again later" if mail.end == "deferred" else "550 5.1.1 Invalid recipient"


def _literal(ip: str) -> str:
    """Return an address as it stands in a URL."""
    return f"[{ip}]" if ":" in ip else ip


def _new_lines(mail: Mail) -> Iterator[tuple[int, str]]:
    at, host = mail.at_ms, mail.host
    ciphers = f"ciphers={_version(mail)}:{mail.cipher}:256"
    if mail.way in ("in", "submission"):
        name = "<unknown>" if host.name.startswith("mx3") else host.name
        yield at - 900, f"{_session(mail, 1)} smtp connected address={host.ip} host={name}"
        if mail.tls != NO_TLS:
            yield at - 500, f"{_session(mail, 1)} smtp tls {ciphers}"
        if mail.way == "submission":
            yield at - 300, f"{_session(mail, 1)} smtp authentication user={mail.sender} result=ok"
        if mail.way == "in" and mail.end in ("rejected", "deferred"):
            for recipient in mail.recipients:
                yield at, f'{_session(mail, 1)} smtp failed-command command="RCPT TO:<{recipient}>" result="{_refusal(mail)}"'
        else:
            yield at, f"{_session(mail, 1)} smtp message msgid={_key(mail)} size={mail.size_bytes} nrcpt={len(mail.recipients)} proto=ESMTP"
            for number, recipient in enumerate(mail.recipients):
                yield at + 1, f"{_session(mail, 1)} smtp envelope evpid={_key(mail)}{number:08x} from=<{mail.sender}> to=<{recipient}>"
        yield at + 500, f"{_session(mail, 1)} smtp disconnected reason=quit"
    if mail.way in ("out", "submission"):
        at = _sent_at(mail)
        yield at - 700, f"{_session(mail, 2)} mta connecting address=smtp://{_literal(host.ip)}:25 host={host.name}"
        yield at - 650, f"{_session(mail, 2)} mta connected"
        if mail.tls != NO_TLS:
            yield at - 400, f"{_session(mail, 2)} mta tls {ciphers}"
        result, stat = _OUTCOMES.get(mail.end, _REFUSED)
        for number, recipient in enumerate(mail.recipients):
            yield (
                at,
                (
                    f"{_session(mail, 2)} mta delivery evpid={_key(mail)}{number:08x} from=<{mail.sender}> to=<{recipient}> rcpt=<-> "
                    f'source="192.0.2.1" relay="{host.ip} ({host.name})" delay=2s result="{result}" stat="{stat}"'
                ),
            )
        yield at + 900, f"{_session(mail, 2)} mta disconnected reason=quit messages=1"


def _old_lines(mail: Mail) -> Iterator[tuple[int, str]]:
    at, host, session = mail.at_ms, mail.host, _session(mail, 1)
    handshake = f"version={_version(mail)}, cipher={mail.cipher}, bits=256"
    if mail.way in ("in", "submission"):
        yield at - 900, f"smtp-in: New session {session} from host {'<unknown>' if host.name.startswith('mx3') else host.name} [{host.ip}]"
        if mail.tls != NO_TLS:
            yield at - 500, f"smtp-in: Started TLS on session {session}: {handshake}"
        if mail.way == "submission":
            yield at - 300, f"smtp-in: Accepted authentication for user {mail.sender} on session {session}"
        if mail.way == "in" and mail.end in ("rejected", "deferred"):
            for recipient in mail.recipients:
                yield at, f'smtp-in: Failed command on session {session}: "RCPT TO:<{recipient}>" => {_refusal(mail)}'
        else:
            yield (
                at,
                (
                    f"smtp-in: Accepted message {_key(mail)} on session {session}: from=<{mail.sender}>, to=<{mail.recipients[0]}>, "
                    f"size={mail.size_bytes}, ndest={len(mail.recipients)}, proto=ESMTP"
                ),
            )
        yield at + 500, f"smtp-in: Closing session {session}"
    if mail.way in ("out", "submission"):
        at, session = _sent_at(mail), _session(mail, 2)
        yield at - 700, f"smtp-out: Connecting to smtp://{_literal(host.ip)}:25 ({host.name}) on session {session}..."
        yield at - 650, f"smtp-out: Connected on session {session}"
        if mail.tls != NO_TLS:
            yield at - 400, f"smtp-out: Started TLS on session {session}: {handshake}"
        result, stat = _OUTCOMES.get(mail.end, _REFUSED)
        for number, recipient in enumerate(mail.recipients):
            yield (
                at,
                (
                    f"relay: {result} for {_key(mail)}{number:08x}: session={session}, from=<{mail.sender}>, to=<{recipient}>, rcpt=<->, "
                    f"source=192.0.2.1, relay={host.ip} ({host.name}), delay=2s, stat={stat}"
                ),
            )
        yield at + 900, f"smtp-out: Closing session {session}: 1 message sent"


def write_opensmtpd(mails: Sequence[Mail], folder: Path) -> list[Path]:
    """Write the rotated logs of both servers."""
    new = [Entry(at, _TAG, text) for mail in mails if _is_new(mail) for at, text in _new_lines(mail)]
    old = [Entry(at, _TAG, text) for mail in mails if not _is_new(mail) for at, text in _old_lines(mail)]
    return [
        *write_syslog(new, folder / _NEW, "maillog", _NEW, iso=True),
        *write_syslog(old, folder / _OLD, "maillog", _OLD, iso=False),
    ]


def opensmtpd_hops(mails: Sequence[Mail]) -> Iterator[Hop]:
    """Yield what the logs tell; version 5 names one recipient of an incoming mail."""
    for mail in mails:
        at_ms = mail.at_ms if _is_new(mail) else whole_second(mail.at_ms)
        hop = Hop(
            format=FORMAT, at_ms=at_ms, direction="inbound", connector=None, tls=mail.tls, status="accepted", system=SYSTEM,
            peer_host=None if mail.host.name.startswith("mx3") else mail.host.name, peer_ip=mail.host.ip,
            peer_domain=domain_of(mail.sender),
            sender=mail.sender, recipients=mail.recipients if _is_new(mail) else mail.recipients[:1], size_bytes=mail.size_bytes,
        )  # fmt: skip
        if mail.way == "in" and mail.end in ("rejected", "deferred"):
            yield hop._replace(status=mail.end, sender=None, size_bytes=None, recipients=mail.recipients)
        elif mail.way in ("in", "submission"):
            yield hop._replace(direction="inbound" if mail.way == "in" else "submission")
        if mail.way in ("out", "submission"):
            sent_ms = _sent_at(mail) if _is_new(mail) else whole_second(_sent_at(mail))
            yield hop._replace(
                at_ms=sent_ms, direction="outbound", peer_host=mail.host.name, peer_domain=domain_of(mail.recipients[0]), size_bytes=None,
                recipients=mail.recipients, status={"passed": "delivered", "deferred": "deferred"}.get(mail.end, "bounced"),
            )  # fmt: skip


OPENSMTPD = Writer(FORMAT, write_opensmtpd, opensmtpd_hops)
