"""One big receive log for benchmarks: an hour of real-looking sessions, repeated under new ids and times."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from sample_data.generator.hops import CROSSED, MINUTE_MS, to_ms
from sample_data.generator.receive_plan import ReceivePlan
from sample_data.generator.smtp_log import header
from sample_data.generator.smtp_rows import Line, lines_of
from sample_data.generator.smtp_session import hops_of_session

_MEGABYTE = 1_000_000
_HOUR = datetime(2026, 11, 15, 8, tzinfo=UTC)
_SESSION_PREFIX = "08DE1000"
_BLOCK = "blk00000"
_BLOCK_SESSIONS = 1_200
_SESSION_BYTES = 7_000


@dataclass(frozen=True, slots=True)
class BigLog:
    """What stands in a big receive log: counted inbound messages, the same by TLS, and submissions (not counted)."""

    path: Path
    size_bytes: int
    messages: int
    tls: dict[str, int]
    submission: int


def write_big_receive_log(path: Path, megabytes: int, seed: int = 7) -> BigLog:
    """Write at least `megabytes` (10^6 bytes) of receive log to `path`: front-end sessions with mail, probes, failures.

    Each repetition is an hour of its own, the newest 15 Nov 2026 08:00-09:00, with its own session and message ids.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    sessions = max(20, min(_BLOCK_SESSIONS, megabytes * _MEGABYTE // _SESSION_BYTES // 4))
    block, counts, submission = _block(sessions, seed)
    repeats = -(-megabytes * _MEGABYTE // len(block))
    first = _HOUR - timedelta(hours=repeats - 1)
    hour, prefix, name = f"{_HOUR:%Y-%m-%dT%H:}".encode(), _SESSION_PREFIX.encode(), _BLOCK.encode()
    spoken = f"{_HOUR:%a, %d %b %Y %H:}".encode()
    with path.open("wb") as file:
        file.write(header("receive", to_ms(first)).encode())
        for number in range(repeats):
            now = first + timedelta(hours=number)
            text = block.replace(hour, f"{now:%Y-%m-%dT%H:}".encode()).replace(spoken, f"{now:%a, %d %b %Y %H:}".encode())
            text = text.replace(prefix, f"08DE{0x1000 + number:04X}".encode()).replace(name, f"blk{number:05d}".encode())
            file.write(text)
    tls = {name: count * repeats for name, count in sorted(counts.items())}
    return BigLog(path, path.stat().st_size, sum(tls.values()), tls, submission * repeats)


def _block(count: int, seed: int) -> tuple[bytes, Counter[str], int]:
    """Return an hour's lines, its counted messages by TLS, and its submissions."""
    plan = ReceivePlan(0, seed, series=_BLOCK)
    rng = Random(f"{seed}:big")
    start = to_ms(_HOUR)
    moments = sorted(start + 10_000 + rng.randrange(54 * MINUTE_MS) for _ in range(count))
    sessions = [*plan.run(moments), *plan.noise(moments[:: max(1, count // 20)])]
    lines: list[Line] = []
    tls: Counter[str] = Counter()
    submission = 0
    for session in sessions:
        lines.extend(lines_of(session))
        for hop in hops_of_session(session):
            tls[hop.tls] += hop.is_counted
            submission += hop.direction == "submission" and hop.status in CROSSED
    lines.sort(key=lambda line: line[0])
    return "".join(line for _, line in lines).encode(), +tls, submission
