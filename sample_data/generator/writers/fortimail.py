"""FortiMail: the event log of its mail server, which holds Sendmail's messages between other events of the appliance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from sample_data.generator.hops import MINUTE_MS, NO_TLS, NOT_RECORDED, Hop
from sample_data.generator.mail_plan import Mail
from sample_data.generator.writers import Writer
from sample_data.generator.writers.gateway import Leg, hop_of, legs_of
from sample_data.generator.writers.syslog import log_starts, resolve, rotated, write_rotated
from sample_data.generator.writers.tables import chance, clock, number_of

FORMAT = "fortimail"
SYSTEM = "FortiMail"
_DEVICE = "FEVM020000000001"
_REACH_MS = 5 * MINUTE_MS
_STATS = {"delivered": ("2.0.0", "Sent (Ok: queued as 4T9pxY2qZt)"), "deferred": ("4.2.2", "Deferred: 450 4.2.2 Mailbox full")}


class _Line(NamedTuple):
    at_ms: int
    text: str


def _session(mail: Mail) -> str:
    """Return the id of the connection and that of the message, as sendmail gives them out."""
    key = mail.network_message_id[:12]
    return f"{key}-{key[:-1]}K"


def _event(at_ms: int, mail: Mail, words: str) -> _Line:
    return _Line(
        at_ms,
        f"date={clock(at_ms, '%Y-%m-%d')} time={clock(at_ms, '%H:%M:%S')}.{at_ms % 1000:03d} device_id={_DEVICE} "
        f"log_id=0003{number_of(mail, 8, 1_000_000):06d} type=event subtype=smtp pri=information  user=mail ui=mail action=NONE "
        f'status=N/A session_id="{_session(mail)}" msg="{words}"',
    )


def _noise(at_ms: int, mail: Mail) -> _Line:
    """Return a line of the history, which sums a message up without a word on TLS."""
    return _Line(
        at_ms,
        f"date={clock(at_ms, '%Y-%m-%d')} time={clock(at_ms, '%H:%M:%S')}.{at_ms % 1000:03d} device_id={_DEVICE} log_id=0200017947 "
        f'type=statistics pri=information  session_id="{_session(mail)}" client_name="{mail.host.name}" client_ip="{mail.host.ip}" '
        f'dst_ip="192.0.2.1" from="{mail.sender}" to="{mail.recipients[0]}" mailer="mta" resolved="OK" direction="in" virus="" '
        'disposition="Accept" classifier="Not Spam" message_length="112389" subject="Weekly report"',
    )


def _relay(leg: Leg) -> str:
    ip = f"IPv6:{leg.ip}" if ":" in leg.ip else leg.ip
    if leg.host.startswith("mx3"):
        return f" [{ip}]"
    return f"{leg.host}{'' if leg.is_in else '.'} [{ip}]"


def _secured(leg: Leg) -> Iterator[_Line]:
    if not leg.version:
        return
    role = "server" if leg.is_in else "client"
    relay = _relay(leg) if leg.is_in else _relay(leg).split(" [")[0] or _relay(leg).strip()
    if chance(leg.mail, 2, 0.3):
        issue = "cert-issuer=/CN=Test CA, verifymsg=unable to get local issuer certificate"
        yield _event(leg.at_ms - 410, leg.mail, f"STARTTLS={role}, cert-subject=/CN={leg.host}, {issue}")
    yield _event(
        leg.at_ms - 400, leg.mail, f"STARTTLS={role}, relay={relay}, version={leg.version}, verify=NO, cipher={leg.cipher}, bits=256/256"
    )


def _lines_of(leg: Leg) -> Iterator[_Line]:
    mail = leg.mail
    yield from _secured(leg)
    if leg.is_in:
        result = leg.status == "accepted"
        yield _event(
            leg.at_ms, mail,
            f"from=<{mail.sender}>, size={mail.size_bytes if result else 0}, class=0, nrcpts={len(mail.recipients) if result else 0}, "
            f"{f'msgid={mail.message_id}, ' if result else ''}proto={'ESMTPS' if leg.version else 'ESMTP'}, daemon=SMTP_MTA, "
            f"relay={_relay(leg)}",
        )  # fmt: skip
        return
    dsn, stat = _STATS.get(leg.status, ("5.1.1", "User unknown"))
    delay = f"{(leg.at_ms - mail.at_ms) // 60_000 % 60:02d}:{(leg.at_ms - mail.at_ms) // 1000 % 60:02d}"
    groups = [mail.recipients[:1], mail.recipients[1:]] if chance(mail, 18, 0.5) else [mail.recipients]
    for group in filter(None, groups):
        names = ",".join(f"<{name}>" for name in group)
        yield _event(
            leg.at_ms, mail,
            f"to={names}, delay=00:{delay}, xdelay=00:00:01, mailer=esmtp, pri=50733, relay={_relay(leg)}, dsn={dsn}, stat={stat}",
        )  # fmt: skip
    if chance(mail, 12, 0.3):
        yield _noise(leg.at_ms + 5, mail)


def _local(mail: Mail) -> _Line:
    return _event(mail.at_ms, mail, "to=postmaster, delay=00:00:50, mailer=local, pri=58900, dsn=2.0.0, stat=Sent")


def _tells(line: _Line) -> bool:
    """Return whether the line is of a message or of how a connection was secured."""
    return "type=event" in line.text and "cert-subject=" not in line.text


def _log(mails: Sequence[Mail]) -> list[_Line]:
    lines = [line for mail in mails for leg in legs_of(mail) for line in _lines_of(leg)]
    lines += [_local(mail) for mail in mails if mail.way == "within"]
    return sorted(lines, key=lambda line: line.at_ms)


def write_fortimail(mails: Sequence[Mail], folder: Path) -> list[Path]:
    """Write the rotated log of one appliance."""
    log = _log(mails)
    return write_rotated([line.text for line in log], [line.at_ms for line in log], folder, "elog.log")


def fortimail_hops(mails: Sequence[Mail]) -> Iterator[Hop]:
    """Yield what the log tells. Clear text that came in shows only behind a log's first minutes, where no connection is cut."""
    lines = _log(mails)
    files = [next(line.at_ms for line in part if _tells(line)) for part in rotated(lines)]
    starts = log_starts(files, [line.at_ms for line in lines if _tells(line)])
    result: list[tuple[str, str, Hop]] = []
    for mail in mails:
        for leg in legs_of(mail):
            hop = hop_of(leg, FORMAT, SYSTEM, leg.at_ms)
            start = max((start for start in starts if start <= hop.at_ms), default=0)
            if leg.is_in and hop.tls == NO_TLS and hop.at_ms < start + _REACH_MS:
                hop = hop._replace(tls=NOT_RECORDED)
            if leg.is_in and leg.status != "accepted":
                hop = hop._replace(status="incomplete")
            result.append((_DEVICE, "in" if leg.is_in else "out", hop))
    yield from resolve(result)


FORTIMAIL = Writer(FORMAT, write_fortimail, fortimail_hops)
