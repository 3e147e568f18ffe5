"""Cisco Secure Email Gateway: the text log of connections and messages, whose numbers start again when the appliance does."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from sample_data.generator.hops import Hop
from sample_data.generator.mail_plan import Mail
from sample_data.generator.writers import Writer
from sample_data.generator.writers.gateway import Leg, hop_of, legs_of
from sample_data.generator.writers.syslog import resolve
from sample_data.generator.writers.tables import chance, clock, number_of, whole_second, write_text

FORMAT = "cisco_esa"
_IDLE_MS = 90_000
_QUIET_MS = 1_500_000
_RESTART_AFTER = 0.4
_CUTS = (0.31, 0.67)
_NOISE = (
    "Info: MID {} queued for delivery", "Info: MID {} interim verdict using engine: CASE negative", "Info: MID {} antivirus negative",
    "Warning: Insufficient learning data", "Info: New SMTP ICID {} interface Data1 (10.0.0.1) address 203.0.113.250 reverse dns host probe",
)  # fmt: skip


class _Line(NamedTuple):
    at_ms: int
    number: int
    text: str


class _Connection(NamedTuple):
    number: int
    last_ms: int


def sender_group(leg: Leg) -> str:
    """Return the group that the appliance puts a sending host into: the partner's, everybody's, or that of the own servers."""
    return "RELAYLIST" if not leg.is_outer else (leg.mail.connector or "UNKNOWNLIST").upper()


class _Log:
    """The appliance, its numbers and what it says."""

    def __init__(self) -> None:
        self.lines: list[_Line] = []
        self._next = {"ICID": 0, "DCID": 0, "MID": 0}
        self._open: dict[tuple[bool, str, str], _Connection] = {}
        self.restart()

    def say(self, at_ms: int, text: str, level: str = "Info") -> None:
        """Note a line."""
        self.lines.append(_Line(at_ms, len(self.lines), f"{level}: {text}"))

    def restart(self) -> None:
        """Begin to count again."""
        self._close(None)
        self._next = {"ICID": 12, "DCID": 5, "MID": 40}

    def _take(self, kind: str) -> int:
        self._next[kind] += 1
        return self._next[kind]

    def _close(self, before_ms: int | None) -> None:
        for key, one in list(self._open.items()):
            if before_ms is None or one.last_ms + _IDLE_MS < before_ms:
                self.say(one.last_ms + 1_000, f"{'ICID' if key[0] else 'DCID'} {one.number} close")
                del self._open[key]

    def _connect(self, leg: Leg) -> int:
        """Return the number of a connection that is open to the host, or of a new one."""
        self._close(leg.at_ms)
        key = (leg.is_in, leg.ip, leg.tls)
        if key in self._open and chance(leg.mail, 6, 0.6):
            number = self._open[key].number
        else:
            if key in self._open:
                self.say(leg.at_ms - 1_100, f"{'ICID' if leg.is_in else 'DCID'} {self._open[key].number} close")
            number = self._greet(leg)
        self._open[key] = _Connection(number, leg.at_ms)
        return number

    def _greet(self, leg: Leg) -> int:
        at, kind = leg.at_ms - 1_000, "ICID" if leg.is_in else "DCID"
        number = self._take(kind)
        if leg.is_in:
            host = "unknown" if chance(leg.mail, 10, 0.2) else leg.host
            self.say(at, f"New SMTP ICID {number} interface Data1 (10.0.0.1) address {leg.ip} reverse dns host {host} verified no")
            self.say(at + 100, f"ICID {number} ACCEPT SG {sender_group(leg)} match {leg.ip} SBRS None country Germany")
        else:
            self.say(at, f"New SMTP DCID {number} interface 10.0.0.2 address {leg.ip} port 25")
        if leg.version:
            self.say(at + 400, f"{kind} {number} TLS success protocol {leg.version} cipher {leg.cipher}")
        elif not leg.is_in and chance(leg.mail, 10, 0.4):
            self.say(at + 400, f"DCID {number} TLS failed: STARTTLS unexpected response")
        return number

    def take(self, leg: Leg) -> int:
        """Note how a mail came in; return its number."""
        mail, at, icid = leg.mail, leg.at_ms, self._connect(leg)
        mid = self._take("MID")
        self.say(at, f"Start MID {mid} ICID {icid}")
        self.say(at, f"MID {mid} ICID {icid} From: <{mail.sender}>")
        for rid, recipient in enumerate(mail.recipients):
            self.say(at, f"MID {mid} ICID {icid} RID {rid} To: <{recipient}>" + ("" if leg.status == "accepted" else " Rejected by RAT"))
        if leg.status != "accepted":
            self.say(at + 200, f"Message aborted MID {mid} Receiving aborted by sender")
            return mid
        subject = " ".join(mail.subject.split())
        self.say(at + 100, f"MID {mid} Message-ID '{mail.message_id}'")
        self.say(at + 100, f'MID {mid} Subject "{subject}"')
        self.say(at + 200, f"MID {mid} ready {mail.size_bytes} bytes from <{mail.sender}>")
        return mid

    def give(self, leg: Leg, mid: int) -> None:
        """Note an attempt to hand a mail on."""
        at, dcid, rids = leg.at_ms, self._connect(leg), [str(rid) for rid in range(len(leg.mail.recipients))]
        self.say(at, f"Delivery start DCID {dcid} MID {mid} to RID [{', '.join(rids)}]")
        if leg.status == "delivered":
            self.say(at + 400, f"Message done DCID {dcid} MID {mid} to RID [{', '.join(rids)}] [('X-IronPort-AV', 'E=Sophos')]")
            self.say(at + 400, f"Message finished MID {mid} done")
            return
        word, why = (
            ("Delayed", "4.1.0 - Unknown address error") if leg.status == "deferred" else ("Bounced", "5.1.0 - Unknown address error")
        )
        for rid in rids:
            self.say(
                at + 400,
                f"{word}: DCID {dcid} MID {mid} to RID {rid} - {why} ('450', ['later'])",
                "Warning" if word == "Delayed" else "Info",
            )


def _lines(mails: Sequence[Mail]) -> list[str]:
    log, numbers = _Log(), dict[str, int]()
    events = sorted(((leg.at_ms, leg) for mail in mails for leg in legs_of(mail)), key=lambda event: event[0])
    has_restarted, last_ms = False, 0
    for done, (at_ms, leg) in enumerate(events):
        if not has_restarted and done > _RESTART_AFTER * len(events) and at_ms - last_ms > _QUIET_MS:
            log.restart()
            log.say(at_ms - 60_000, "Begin Logfile")
            has_restarted = True
        key = leg.mail.network_message_id
        if leg.is_in:
            numbers[key] = log.take(leg)
        else:
            log.give(leg, numbers[key])
        if chance(leg.mail, 20, 0.1):
            log.lines.append(_Line(at_ms + 500, len(log.lines), _NOISE[number_of(leg.mail, 8, 4)].format(numbers[key])))
        last_ms = at_ms
    log.restart()
    result = sorted(log.lines, key=lambda line: (line.at_ms, line.number))
    return [f"{clock(line.at_ms, '%a %b %e %H:%M:%S %Y')} {line.text}\n" for line in result]


def write_cisco_esa(mails: Sequence[Mail], folder: Path) -> list[Path]:
    """Write three files by time; the second begins before the first ends, and one is compressed."""
    lines = _lines(mails)
    first, second = (round(len(lines) * cut) for cut in _CUTS)
    packed = write_text(folder / "mail.@20261102T000000.s.gz", "".join(lines[:first]))
    packed.write_bytes(gzip.compress(packed.read_bytes(), mtime=0))
    middle = write_text(folder / "mail.@20261107T000000.s", "".join(lines[max(0, first - 60) : second]))
    return [packed, middle, write_text(folder / "mail.current", "".join(lines[second:]))]


def cisco_esa_hops(mails: Sequence[Mail]) -> Iterator[Hop]:
    """Yield the hops by ICID and by DCID; clear text shows by the TLS line that is not there, once one was."""
    result: list[tuple[str, str, Hop]] = []
    for mail in mails:
        for leg in legs_of(mail):
            hop = hop_of(leg, FORMAT, "Cisco ESA", whole_second(leg.at_ms))
            if leg.is_in:
                hop = hop._replace(connector=sender_group(leg), status="accepted" if leg.status == "accepted" else "incomplete")
            result.append(("", "ICID" if leg.is_in else "DCID", hop))
    yield from resolve(result)


CISCO_ESA = Writer(FORMAT, write_cisco_esa, cisco_esa_hops)
