"""Haraka: a server of version 3 with stamps of its own, and one of version 2 that logs by syslog and quotes its values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from sample_data.generator.hops import Hop, stamp
from sample_data.generator.mail_plan import Mail
from sample_data.generator.people import domain_of
from sample_data.generator.writers import Writer
from sample_data.generator.writers.gateway import Leg, hop_of, legs_of
from sample_data.generator.writers.syslog import plain_stamp, whole_second, write_rotated
from sample_data.generator.writers.tables import chance, guid, number_of

FORMAT = "haraka"
SYSTEM = "Haraka"
_IDLE_MS = 20_000
_OLD, _NEW = "mx2", "mx1"


class _Connection(NamedTuple):
    """One connection into the server and the mails that it brought, in order."""

    server: str
    legs: list[Leg]

    @property
    def uuid(self) -> str:
        return guid(self.legs[0].mail).upper()

    @property
    def end_ms(self) -> int:
        return self.legs[-1].at_ms + 700 + number_of(self.legs[-1].mail, 6, 9_000)

    def count(self, *statuses: str) -> int:
        """Return how many of the mails fared so."""
        return sum(leg.status in statuses for leg in self.legs)


def _server_of(mail: Mail) -> str:
    return _NEW if chance(mail, 20, 0.6) else _OLD


def _connections(mails: Sequence[Mail]) -> list[_Connection]:
    """Return the connections: a host that comes again soon, and as before, often goes on with the one that it has."""
    found: list[_Connection] = []
    last: dict[tuple[str, str, str], _Connection] = {}
    for leg in sorted((leg for mail in mails for leg in legs_of(mail) if leg.is_in), key=lambda leg: leg.at_ms):
        key = (_server_of(leg.mail), leg.ip, leg.tls)
        open_one = last.get(key)
        if open_one and leg.at_ms - open_one.legs[-1].at_ms < _IDLE_MS and leg.at_ms < open_one.end_ms and chance(leg.mail, 6, 0.7):
            open_one.legs.append(leg)
            continue
        last[key] = _Connection(key[0], [leg])
        found.append(last[key])
    return found


def _pairs(is_old: bool, **values: object) -> str:
    """Return `key=value` pairs; version 2 quotes what comes from others."""
    quoted = {"rdns", "helo", "domain", "host"} if is_old else set[str]()
    return " ".join(f'{key}="{value}"' if key in quoted or value == "" or " " in str(value) else f"{key}={value}"
                    for key, value in values.items())  # fmt: skip


def _incoming(connection: _Connection) -> Iterator[tuple[int, str]]:
    first, is_old, uuid = connection.legs[0], connection.server == _OLD, connection.uuid
    yield first.at_ms - 500, f"[NOTICE] [{uuid}] [core] connect ip={first.ip} port=40404 local_ip=192.0.2.1 local_port=25"
    if first.version:
        yield first.at_ms - 400, f"[INFO] [{uuid}] [tls] secured: cipher={first.cipher} version={first.version} verified=false"
    for number, leg in enumerate(connection.legs, 1):
        yield leg.at_ms, f'[NOTICE] [{uuid}.{number}] [core] sender <{leg.mail.sender}> code=CONT msg=""'
        if leg.status == "accepted":
            yield leg.at_ms + 300, f'[NOTICE] [{uuid}.{number}] [core] queue code=OK msg="Message Queued ({uuid}.{number})"'
    taken, later, never = connection.count("accepted"), connection.count("deferred"), connection.count("rejected")
    rdns = "NXDOMAIN" if first.host.startswith("mx3") else first.host
    bytes_taken = sum(leg.mail.size_bytes for leg in connection.legs)
    result = _pairs(
        is_old, ip=first.ip, rdns=rdns, helo=first.helo, relay="N" if first.is_outer else "Y", early="N", esmtp="Y",
        tls="Y" if first.version else "N", pipe="N", errors=0, txns=len(connection.legs), rcpts=f"{taken}/{later}/{never}",
        msgs=f"{taken}/{later}/{never}", bytes=bytes_taken, lr="550 I cannot deliver mail for <x@example.com>" if never else "",
        time=(connection.end_ms - first.at_ms + 500) / 1000,
    )  # fmt: skip
    yield connection.end_ms, f"[NOTICE] [{uuid}{'' if is_old else f'.{len(connection.legs)}'}] [core] disconnect {result}"


def _outgoing(leg: Leg, connection: _Connection) -> Iterator[tuple[int, str]]:
    number = next(number for number, one in enumerate(connection.legs, 1) if one.mail is leg.mail)
    uuid, is_old = f"{connection.uuid}.{number}.1", connection.server == _OLD
    yield leg.at_ms - 900, f"[INFO] [{uuid}] [outbound] Attempting to deliver to: {leg.ip}:25 (0) (0)"
    if leg.version:
        result = f"cipher={leg.cipher} version={leg.version}"
        words = (
            f"secured: {result} verified=true"
            if is_old
            else f'secured verified=true {result} cn={leg.host} organization="" issuer="Test CA"'
        )
        yield leg.at_ms - 600, f"[INFO] [{uuid}] [outbound] {words}"
    file = f"{leg.at_ms}_{leg.at_ms}_0_90_adwUhC_{number_of(leg.mail, 4, 900)}_mx"
    if leg.status == "delivered":
        result = _pairs(
            is_old, file=file, domain=domain_of(leg.mail.recipients[0]) or "", host=leg.host, ip=leg.ip, port=25, mode="SMTP",
            tls="Y" if leg.version else "N", auth="N", response="Queued as BA5AF7A207E", delay=4.565, fails=0,
            rcpts=f"{len(leg.mail.recipients)}/0/0",
        )  # fmt: skip
        yield leg.at_ms, f"[NOTICE] [{uuid}] [outbound] {'' if is_old else ' '}delivered {result}"
    elif leg.status == "deferred":
        yield leg.at_ms, f"[INFO] [{uuid}] [outbound] Temp failing {file} for 64 seconds: Upstream error: 450 4.2.2 Mailbox full"
    else:
        yield leg.at_ms, f"[INFO] [{uuid}] [outbound] bouncing mail: Some recipients failed: <x@{leg.mail.host.domain}>"


def _logs(mails: Sequence[Mail]) -> dict[str, list[tuple[int, str]]]:
    logs: dict[str, list[tuple[int, str]]] = {_NEW: [], _OLD: []}
    holder: dict[str, _Connection] = {}
    for connection in _connections(mails):
        logs[connection.server] += _incoming(connection)
        holder |= {leg.mail.network_message_id: connection for leg in connection.legs}
    for mail in mails:
        for leg in legs_of(mail):
            if not leg.is_in:
                connection = holder[mail.network_message_id]
                logs[connection.server] += _outgoing(leg, connection)
    return {server: sorted(lines, key=lambda line: line[0]) for server, lines in logs.items()}


def write_haraka(mails: Sequence[Mail], folder: Path) -> list[Path]:
    """Write the rotated logs of both servers."""
    paths: list[Path] = []
    for server, lines in _logs(mails).items():
        result = [f"{stamp(at)} {text}" if server == _NEW else f"{plain_stamp(at)} {server} haraka[1]: {text}" for at, text in lines]
        paths += write_rotated(result, [at for at, _ in lines], folder / server, "haraka.log")
    return paths


def haraka_hops(mails: Sequence[Mail]) -> Iterator[Hop]:
    """Yield what came in, a hop a connection at its end, and what was handed on; who may relay is an own client."""
    for connection in _connections(mails):
        first, taken = connection.legs[0], connection.count("accepted")
        at_ms = connection.end_ms if connection.server == _NEW else whole_second(connection.end_ms)
        if taken:
            hop = hop_of(first, FORMAT, SYSTEM, at_ms)._replace(messages=taken, status="accepted")
            yield hop if first.is_outer else hop._replace(direction="submission")
    for mail in mails:
        for leg in legs_of(mail):
            if leg.status == "delivered":
                yield hop_of(leg, FORMAT, SYSTEM, leg.at_ms if _server_of(mail) == _NEW else whole_second(leg.at_ms))


HARAKA = Writer(FORMAT, write_haraka, haraka_hops)
