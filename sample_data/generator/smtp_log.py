"""SMTP protocol log files: one a day and server, sessions interleaved and crossing file borders."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from sample_data.generator.hops import DAY_MS, stamp
from sample_data.generator.smtp_rows import Line, lines_of
from sample_data.generator.smtp_session import Session

FIELDS = "date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context"
_BOM = b"\xef\xbb\xbf"


def header(kind: str, at_ms: int) -> str:
    """Return the five comment lines at the head of a log (and again where the service started again)."""
    return (
        "#Software: Microsoft Exchange Server\r\n#Version: 15.0.0.0\r\n"
        f"#Log-type: SMTP {'Receive' if kind == 'receive' else 'Send'} Protocol Log\r\n"
        f"#Date: {stamp(at_ms)}\r\n#Fields: {FIELDS}\r\n"
    )


def lines_by_day(sessions: Iterable[Session]) -> Iterator[tuple[int, list[Line]]]:
    """Yield each UTC day's first millisecond and its lines by time, holding two days at most."""
    waiting: dict[int, list[Line]] = {}
    for session in sorted(sessions, key=lambda one: one.start_ms):
        today = session.start_ms // DAY_MS
        for day in sorted(day for day in waiting if day < today):
            yield day * DAY_MS, sorted(waiting.pop(day), key=lambda line: line[0])
        for line in lines_of(session):
            waiting.setdefault(line[0] // DAY_MS, []).append(line)
    for day in sorted(waiting):
        yield day * DAY_MS, sorted(waiting[day], key=lambda line: line[0])


def write_logs(sessions: Iterable[Session], folder: Path, *, compress_before_ms: int = 0) -> list[Path]:
    """Write one server's sessions of one kind as day files, gzipped where older than `compress_before_ms`.

    Every fifth day is cut into two files, every third file begins with a byte order mark, every fourth one repeats its
    header in the middle.
    """
    sessions = list(sessions)
    if not sessions:
        return []
    folder.mkdir(parents=True, exist_ok=True)
    kind = sessions[0].kind
    name = "RECV" if kind == "receive" else "SEND"
    written: list[Path] = []
    for number, (day_ms, lines) in enumerate(lines_by_day(sessions)):
        day = f"{datetime.fromtimestamp(day_ms / 1000, UTC):%Y%m%d}"
        border = len(lines) // 2 if number % 5 == 2 else len(lines)
        for part, some in enumerate((lines[:border], lines[border:]), 1):
            if some:
                text = _text(kind, some, repeat=number % 4 == 1)
                body = (_BOM if number % 3 == 0 else b"") + text.encode()
                written.append(_write(folder / f"{name}{day}-{part}.LOG", body, compress=day_ms < compress_before_ms))
    return written


def _text(kind: str, lines: list[Line], *, repeat: bool) -> str:
    middle = len(lines) // 3 if repeat else 0
    parts = [header(kind, lines[0][0]), *(line for _, line in lines[:middle])]
    if middle:
        parts.append(header(kind, lines[middle][0]))
    parts.extend(line for _, line in lines[middle:])
    return "".join(parts)


def _write(path: Path, body: bytes, *, compress: bool) -> Path:
    if not compress:
        path.write_bytes(body)
        return path
    packed = path.with_name(path.name + ".gz")
    with packed.open("wb") as file:
        gzip_into(file, body)
    return packed


def gzip_into(file: BinaryIO, body: bytes) -> None:
    """Write `body` gzipped, without a name or a time, so that the same body gives the same bytes."""
    with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as packed:
        packed.write(body)


def gzip_text(file: BinaryIO, encoding: str) -> io.TextIOWrapper:
    """Open a text stream that is gzipped into `file` without a name or a time."""
    packed = gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0)
    return io.TextIOWrapper(packed, encoding=encoding, newline="")  # pyright: ignore[reportArgumentType]
