"""Lines of a log out of what container runtimes and the journal wrap around them, each in the place of its own.

A line that is not wrapped as its file is stays as it is, and one whose rest stands below leaves a mark: lines keep their numbers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, cast

MOST_LINE = 2_000_000
NO_HOST = "-"  # as RFC 5424 writes it
QUARTER_SECONDS = 900
CLOCK_SECONDS = 5
MOST_OFFSET_SECONDS = 14 * 3600
GOES_ON = "(goes on below)"
WATCHED_LINES = 20_000

_UTC_STAMP = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)"
_STAMPED = re.compile(rf"(?:(\S+)\s+\| +|\[pod/([^/\]\s]+)/[^\]\s]+\] )?({_UTC_STAMP}) (.*)", re.S)
_CRI = re.compile(rf"({_UTC_STAMP}) std(?:out|err) ([FP])(?: (.*))?", re.S)
_SHORT_FULL = re.compile(
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?) ([A-Z]{2,5}|[+-]\d\d(?:\d\d)?) (.*)", re.S
)

# What a line of a container may begin with itself.
_SYSLOG = re.compile(r"(?:<\d{1,3}>)?([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d)(\.\d+)? ")
_FULL_STAMP = re.compile(rf"{_UTC_STAMP} ")
_DATED = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(?:\.\d+)? (?![+-]\d{4} )")
# Half a character; what stands for a byte that is no UTF-8 is none.
_HALVES = re.compile("[\ud800-\udbff\udc00-\udc7f\udd00-\udfff]")
_ORDINARY = re.compile(r"[\w.:-]+ [\w./-]+(?:\[\d+\])?: ")
_PROGRAM = re.compile(r"[\w.-]+(?:/[\w.-]+)*\[\d+\]: ")

# Abbreviations that are of one zone alone; of others, such as CST, the log's zone is asked for.
_OFFSETS = {
    "UTC": "Z", "GMT": "Z", "WET": "Z", "WEST": "+01:00", "CET": "+01:00", "CEST": "+02:00", "EET": "+02:00", "EEST": "+03:00",
    "MSK": "+03:00", "JST": "+09:00", "EST": "-05:00", "EDT": "-04:00", "PST": "-08:00", "PDT": "-07:00",
}  # fmt: skip


class Part(NamedTuple):
    """What stands in a wrapped line: the runtime's stamp, the container's name if it is told, the text, and whether that is all of it."""

    stamp: str
    text: str
    name: str = NO_HOST
    is_whole: bool = True


@dataclass(frozen=True)
class Envelope:
    """A way of wrapping lines: what a source's note says of it, and what it makes of a line; None for one that is not wrapped so."""

    note: str
    part_of: Callable[[str], Part | None]


def envelope_of(head: str) -> Envelope | None:
    """Return how the lines at the beginning of a text are wrapped: the first one and at least every second; None where they are not."""
    lines = head.split("\n")
    whole = [text for line in (lines[:-1] or lines) if (text := line.strip("\r")) and not text.startswith("-- ")]
    for one in ENVELOPES if whole else ():
        if one.part_of(whole[0]) and _is_one(one, whole):
            return one
    return None


def remove_envelopes(source: Path, wrapping: Envelope, target: Path, watch: Callable[[int], None]) -> None:
    """Write UTF-8 text anew, each line as it was before it was wrapped, with a full stamp where the wrapping helps to tell it."""
    begun, is_inside = "", False
    with (
        source.open(encoding="utf-8", errors="surrogateescape", newline="\n") as file,
        target.open("w", encoding="utf-8", errors="surrogateescape", newline="\n") as sink,
    ):
        for number, line in enumerate(iter(lambda: file.readline(MOST_LINE), "")):
            is_end = line.endswith("\n")
            part = None if is_inside or (not is_end and len(line) == MOST_LINE) else wrapping.part_of(line.rstrip("\r\n"))
            is_inside, text = not is_end, line
            if part is not None:
                begun += part.text
                if part.is_whole or len(begun) > MOST_LINE:
                    text, begun = f"{_told(part, begun)}\n" if begun else line, ""
                else:
                    text = "\n" if begun.startswith("{") else f"{GOES_ON}\n"
            sink.write(text)
            if number % WATCHED_LINES == 0:
                watch(0)


def _is_one(wrapping: Envelope, lines: Sequence[str]) -> bool:
    if wrapping.part_of is not _stamped:
        return 2 * sum(wrapping.part_of(line) is not None for line in lines) >= len(lines)
    # Many logs have full stamps of their own: behind one of those stand a host and a program, behind a runtime's a line begins.
    texts = [found[4] for line in lines if (found := _STAMPED.match(line))]
    return 2 * len(texts) >= len(lines) and sum(map(_begins, texts)) > sum(_ORDINARY.match(text) is not None for text in texts)


def _begins(text: str) -> bool:
    return text.startswith("{") or any(pattern.match(text) for pattern in (_SYSLOG, _FULL_STAMP, _DATED, _PROGRAM))


def _soundly(text: str) -> str:
    """Return text out of JSON in one line that can be written; JSON may hold halves of characters."""
    text = text.replace("\n", " ").replace("\r", " ")
    return text if text.isascii() else _HALVES.sub("\N{REPLACEMENT CHARACTER}", text)


def _told(part: Part, text: str) -> str:
    """Return a line with the best stamp there is: its own, to which the runtime's lends the year and the zone, else the runtime's."""
    if found := _SYSLOG.match(text):
        moment, _ = _moment(_to_seconds(part.stamp), found[1])
        return f"{moment}{found[2] or ''}Z {text[found.end() :]}" if moment else text
    if found := _DATED.match(text):
        moment, zone = _moment(_to_seconds(part.stamp), found[1])
        return f"{text[: found.end()]}{zone} {text[found.end() :]}" if moment else text
    if _PROGRAM.match(text):
        return f"{part.stamp} {part.name} {text}"
    return text


def _to_seconds(stamp: str) -> str:
    return stamp[:19] + stamp[19:].lstrip(".0123456789")


@lru_cache(maxsize=256)
def _moment(stamp: str, inner: str) -> tuple[str, str]:
    """Return a stamp of a container's clock as UTC, and the offset of that clock; nothing where the two tell of different times.

    The runtime stamps a line a moment after it was written, so that what they differ in, in whole quarters of an hour, is the zone.
    """
    try:
        outer = datetime.fromisoformat(stamp).astimezone(UTC).replace(tzinfo=None)
        clocks = [datetime.fromisoformat(inner)] if inner[0].isdigit() else _dated(inner, outer.year)
    except (ValueError, OverflowError):
        return "", ""
    clock = min(clocks, key=lambda one: abs(one - outer))
    offset = -QUARTER_SECONDS * ((outer - clock + timedelta(seconds=CLOCK_SECONDS)) // timedelta(seconds=QUARTER_SECONDS))
    if abs(offset) > MOST_OFFSET_SECONDS:
        return "", ""
    hours, minutes = divmod(abs(offset) // 60, 60)
    moment = clock - timedelta(seconds=offset)
    return f"{moment:%Y-%m-%dT%H:%M:%S}", f"{'-' if offset < 0 else '+'}{hours:02d}{minutes:02d}"


def _dated(inner: str, year: int) -> list[datetime]:
    """Return a stamp without a year in each year that it may be of."""
    month = 1 + ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"].index(inner[:3])
    found: list[datetime] = []
    for one in (year - 1, year, year + 1):
        try:
            found.append(datetime(one, month, int(inner[4:6]), int(inner[7:9]), int(inner[10:12]), int(inner[13:15])))
        except ValueError:  # 29 February
            continue
    if not found:
        raise ValueError(inner)
    return found


def _stamped(line: str) -> Part | None:
    """`2026-11-10T08:00:00.000456789Z Nov 10 08:00:00 mx1 …`, maybe with the container in front."""
    found = _STAMPED.match(line)
    return Part(found[3], found[4], found[1] or found[2] or NO_HOST) if found else None


def _in_cri(line: str) -> Part | None:
    """`2026-11-10T08:00:00.000456789Z stdout F Nov 10 08:00:00 mx1 …`; P is a part of a line that goes on."""
    found = _CRI.match(line)
    return Part(found[1], found[3] or "", is_whole=found[2] == "F") if found else None


def _in_docker_json(line: str) -> Part | None:
    r"""`{"log":"Nov 10 08:00:00 mx1 …\n","stream":"stdout","time":"2026-11-10T08:00:00.000456789Z"}`."""
    told = _object(line)
    text, stamp = told.get("log"), told.get("time")
    if not isinstance(text, str) or not isinstance(stamp, str) or not re.fullmatch(_UTC_STAMP, stamp):
        return None
    return Part(stamp, _soundly(text.rstrip("\r\n")), is_whole=text.endswith("\n"))


def _in_journal_json(line: str) -> Part | None:
    """`{"MESSAGE":"connect from …","_HOSTNAME":"mx1","SYSLOG_IDENTIFIER":"postfix/smtpd","_PID":"1","__REALTIME_TIMESTAMP":"…"}`."""
    told = _object(line)
    micros = str(told.get("__REALTIME_TIMESTAMP", ""))
    if "MESSAGE" not in told or not re.fullmatch(r"\d{15,16}", micros):
        return None
    moment = datetime.fromtimestamp(int(micros[:-6]), UTC)
    stamp, text = f"{moment:%Y-%m-%dT%H:%M:%S}.{micros[-6:]}Z", _soundly(_text_of(told["MESSAGE"]))
    if _SYSLOG.match(text) or _FULL_STAMP.match(text):
        return Part(stamp, text)
    program, pid = told.get("SYSLOG_IDENTIFIER") or told.get("_COMM"), told.get("SYSLOG_PID") or told.get("_PID")
    return Part(stamp, f"{stamp} {told.get('_HOSTNAME') or NO_HOST} {program}{f'[{pid}]' if pid else ''}: {text}" if program else "")


def _in_short_full(line: str) -> Part | None:
    """`Tue 2026-11-10 08:00:00 UTC mx1 postfix/smtpd[1]: …`."""
    found = _SHORT_FULL.match(line)
    if not found:
        return None
    zone = _OFFSETS.get(found[3], "" if found[3].isalpha() else found[3])
    stamp = f"{found[1]}T{found[2]}{zone}"
    return Part(stamp, f"{stamp} {found[4]}")


def _object(line: str) -> dict[str, Any]:
    try:
        told = json.loads(line) if line.startswith("{") else None
    except (ValueError, RecursionError):
        return {}
    return cast("dict[str, Any]", told) if isinstance(told, dict) else {}


def _text_of(message: object) -> str:
    """Return a message of the journal, which writes one that is no UTF-8 as a list of bytes, and none that is too long."""
    if isinstance(message, list):
        try:
            held = bytes(cast("list[int]", message))
        except (TypeError, ValueError):
            return ""
        try:
            return held.decode()
        except UnicodeDecodeError:
            return held.decode("cp1252", "replace")
    return message if isinstance(message, str) else ""


ENVELOPES = (
    Envelope("lines taken out of the logs of a container runtime (CRI)", _in_cri),
    Envelope("the container runtime's stamps taken off", _stamped),
    Envelope("lines taken out of docker's JSON", _in_docker_json),
    Envelope("lines taken out of the journal's JSON", _in_journal_json),
    Envelope("lines with the journal's full stamps", _in_short_full),
)
