"""Lines of syslog as mail servers write them, shared by the writers of formats that live there."""

from __future__ import annotations

import gzip
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from heapq import heappop, heappush
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import NamedTuple, TypeVar

from sample_data.generator.hops import MINUTE_MS, NO_TLS, NOT_RECORDED, Hop

T = TypeVar("T")
_SILENCE_MS = 12 * 60 * MINUTE_MS
_CUTS = (0.37, 0.74)
_NOISE = (
    ("systemd[1]", "Started Session {number} of user root."),
    ("CRON[{number}]", "pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)"),
    ("sshd[{number}]", "Connection closed by 203.0.113.250 port 41234 [preauth]"),
    ("dovecot", "imap-login: Login: user=<anna.acker>, method=PLAIN, rip=198.51.100.7, lip=192.0.2.1, mpid={number}, TLS, session=<x>"),
    ("kernel", "[{number}.004] eth0: link becomes ready"),
)


class Entry(NamedTuple):
    """One line: when, by which program (`postfix/smtpd[4711]`), and what it says."""

    at_ms: int
    tag: str
    text: str


class Pids:
    """Gives out process ids: one that is free again is used again, so that a process has several sessions, but never two at a time."""

    def __init__(self, first: int) -> None:
        self._next = first
        self._busy: list[tuple[int, int]] = []

    def take(self, from_ms: int, until_ms: int) -> int:
        """Return a process that is free from one moment to the other."""
        if self._busy and self._busy[0][0] + 1_500 < from_ms:
            pid = heappop(self._busy)[1]
        else:
            self._next += 3
            pid = self._next
        heappush(self._busy, (until_ms, pid))
        return pid


def iso_stamp(at_ms: int) -> str:
    """`2026-11-09T08:15:02.113000+00:00`."""
    return f"{datetime.fromtimestamp(at_ms // 1000, UTC):%Y-%m-%dT%H:%M:%S}.{at_ms % 1000:03d}000+00:00"


def plain_stamp(at_ms: int) -> str:
    """`Nov  9 08:15:02`, without year and zone."""
    moment = datetime.fromtimestamp(at_ms // 1000, UTC)
    return f"{moment:%b} {moment.day:2d} {moment:%H:%M:%S}"


def whole_second(at_ms: int) -> int:
    """Return what a stamp of seconds leaves of a moment."""
    return at_ms // 1000 * 1000


def with_noise(entries: Sequence[Entry], seed: str) -> Iterator[Entry]:
    """Yield the lines by time, and lines of other programs between them."""
    rng = Random(seed)
    for entry in sorted(entries, key=lambda entry: entry.at_ms):
        yield entry
        if rng.random() < 0.03:
            tag, text = rng.choice(_NOISE)
            number = rng.randrange(1000, 30000)
            yield Entry(entry.at_ms, tag.format(number=number), text.format(number=number))


def write_syslog(entries: Sequence[Entry], folder: Path, name: str, server: str, *, iso: bool) -> list[Path]:
    """Write `name`, `name.1` and `name.2.gz`, cut where it comes, as rotation does; each file's date is that of its last line."""
    result = list(with_noise(entries, f"{name}:{server}"))
    lines = [f"{iso_stamp(at) if iso else plain_stamp(at)} {server} {tag}: {text}" for at, tag, text in result]
    return write_rotated(lines, [entry.at_ms for entry in result], folder, name)


def file_starts(entries: Sequence[Entry], name: str, server: str, own: str) -> list[int]:
    """Return when each file of `write_syslog` begins, by its first line of a program whose name begins with `own`."""
    result = list(with_noise(entries, f"{name}:{server}"))
    return [next(entry.at_ms for entry in part if entry.tag.startswith(own)) for part in rotated(result)]


def log_starts(starts: Sequence[int], times: Sequence[int]) -> list[int]:
    """Return which files' starts begin a log, whose lines stand at `times`: the first, and those that follow a long silence."""
    first, *others = starts
    return [first, *(start for start in others if start - max(at_ms for at_ms in times if at_ms < start) > _SILENCE_MS)]


def rotated(lines: Sequence[T]) -> list[Sequence[T]]:
    """Return the lines of each file of a rotated log, the oldest first."""
    borders = [0, *(round(len(lines) * cut) for cut in _CUTS), len(lines)]
    return [lines[start:end] for start, end in pairwise(borders) if start < end]


def write_rotated(lines: Sequence[str], at_ms: Sequence[int], folder: Path, name: str) -> list[Path]:
    """Write lines in the order of time as a rotated log of three files, the oldest compressed."""
    folder.mkdir(parents=True, exist_ok=True)
    paths: list[Path] = []
    parts = rotated(list(zip(lines, at_ms, strict=True)))
    for part, ending in zip(parts, (".2.gz", ".1", "")[-len(parts) :], strict=True):
        content = "".join(f"{line}\n" for line, _ in part).encode()
        written = part[-1][1] / 1000 + 1
        path = folder / f"{name}{ending}"
        path.write_bytes(gzip.compress(content, mtime=int(written)) if ending.endswith(".gz") else content)
        os.utime(path, (written, written))
        paths.append(path)
    return paths


def resolve(hops: Iterable[tuple[str, str, Hop]]) -> Iterator[Hop]:
    """Yield hops, of (server, service, hop), as a log without a word for clear text tells them.

    Clear text shows only from the first hop on that used TLS at the same server and service, in the same way.
    """
    result = list(hops)
    proof: defaultdict[tuple[str, str, bool], list[int]] = defaultdict(list)
    for server, service, hop in result:
        if hop.tls not in (NO_TLS, NOT_RECORDED):
            proof[server, service, hop.direction == "outbound"].append(hop.at_ms)
    first = {key: min(moments) for key, moments in proof.items()}
    for server, service, hop in result:
        since = first.get((server, service, hop.direction == "outbound"))
        hidden = hop.tls == NO_TLS and (since is None or hop.at_ms < since)
        yield hop._replace(tls=NOT_RECORDED) if hidden else hop
