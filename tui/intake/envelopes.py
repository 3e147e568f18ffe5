"""Log lines without the envelope that container runtimes and the systemd journal add, with unchanged line numbers.

A line without the envelope of its file stays unchanged. A line that continues below is replaced by a marker, so that lines keep
their numbers.
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

from tui.intake.line_forms import TAG

MAX_LINE = 2_000_000
NO_HOST = "-"  # as RFC 5424 writes it
QUARTER_SECONDS = 900
CLOCK_SECONDS = 5
MAX_OFFSET_SECONDS = 14 * 3600
GOES_ON = "(goes on below)"
WATCHED_LINES = 20_000

_UTC_STAMP = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)"
_STAMPED = re.compile(rf"(?:(\S+)\s+\| +|\[pod/([^/\]\s]+)/[^\]\s]+\] )?({_UTC_STAMP}) (.*)", re.S)
_CRI = re.compile(rf"({_UTC_STAMP}) std(?:out|err) ([FP])(?: (.*))?", re.S)
_SHORT_FULL = re.compile(
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?) ([A-Z]{2,5}|[+-]\d\d(?:\d\d)?) (.*)", re.S
)

# The beginnings that a container's own line may have.
_SYSLOG = re.compile(r"(?:<\d{1,3}>)?([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d)(\.\d+)? ")
_FULL_STAMP = re.compile(rf"{_UTC_STAMP} ")
_DATED = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(?:\.\d+)? (?![+-]\d{4} )")
# Lone surrogates, except those that stand for a byte that is not UTF-8.
_HALVES = re.compile("[\ud800-\udbff\udc00-\udc7f\udd00-\udfff]")
_ORDINARY = re.compile(r"[\w.:-]+ [\w./-]+(?:\[\d+\])?: ")
PROGRAM_TAG = re.compile(TAG)

# Unambiguous abbreviations; for others, such as CST, the log's zone is used.
_OFFSETS = {
    "UTC": "Z", "GMT": "Z", "WET": "Z", "WEST": "+01:00", "CET": "+01:00", "CEST": "+02:00", "EET": "+02:00", "EEST": "+03:00",
    "MSK": "+03:00", "JST": "+09:00", "EST": "-05:00", "EDT": "-04:00", "PST": "-08:00", "PDT": "-07:00",
}  # fmt: skip


class Part(NamedTuple):
    """The content of a wrapped line: the runtime's timestamp, the text, the container's name if present, and whether it is complete."""

    stamp: str
    text: str
    name: str = NO_HOST
    is_whole: bool = True


@dataclass(frozen=True)
class Envelope:
    """A kind of envelope: the note that a source gets, and a function that parses a line, which returns None for another line."""

    note: str
    part_of: Callable[[str], Part | None]


def envelope_of(head: str) -> Envelope | None:
    """Return the envelope of a text's first line and at least half of the lines at its beginning; None without one."""
    lines = head.split("\n")
    whole = [text for line in (lines[:-1] or lines) if (text := line.strip("\r")) and not text.startswith("-- ")]
    for one in ENVELOPES if whole else ():
        if one.part_of(whole[0]) and _is_one(one, whole):
            return one
    return None


def remove_envelopes(source: Path, wrapping: Envelope, target: Path, watch: Callable[[int], None]) -> None:
    """Rewrite UTF-8 text without envelopes, with a complete timestamp on each line where the envelope provides it."""
    partial, is_inside = "", False
    with (
        source.open(encoding="utf-8", errors="surrogateescape", newline="\n") as file,
        target.open("w", encoding="utf-8", errors="surrogateescape", newline="\n") as sink,
    ):
        for number, line in enumerate(iter(lambda: file.readline(MAX_LINE), "")):
            is_end = line.endswith("\n")
            part = None if is_inside or (not is_end and len(line) == MAX_LINE) else wrapping.part_of(line.rstrip("\r\n"))
            is_inside, text = not is_end, line
            if part is not None:
                partial += part.text
                if part.is_whole or len(partial) > MAX_LINE:
                    text, partial = f"{as_log_line(part, partial)}\n" if partial else line, ""
                else:
                    text = "\n" if partial.startswith("{") else f"{GOES_ON}\n"
            sink.write(text)
            if number % WATCHED_LINES == 0:
                watch(0)


def _is_one(wrapping: Envelope, lines: Sequence[str]) -> bool:
    if wrapping.part_of is not _stamped:
        return 2 * sum(wrapping.part_of(line) is not None for line in lines) >= len(lines)
    # Many logs have complete timestamps of their own, followed by a host and a program; after a runtime's the whole line follows.
    texts = [found[4] for line in lines if (found := _STAMPED.match(line))]
    return 2 * len(texts) >= len(lines) and sum(map(_begins, texts)) > sum(_ORDINARY.match(text) is not None for text in texts)


def _begins(text: str) -> bool:
    return text.startswith('{"') or any(pattern.match(text) for pattern in (_SYSLOG, _FULL_STAMP, _DATED, PROGRAM_TAG))


def _one_line(text: str) -> str:
    """Return text from JSON as one line that can be encoded; JSON may contain lone surrogates."""
    text = text.replace("\n", " ").replace("\r", " ")
    return text if text.isascii() else _HALVES.sub("\N{REPLACEMENT CHARACTER}", text)


def as_log_line(part: Part, text: str) -> str:
    """Return a line with its own timestamp, completed by the runtime's year and zone; without an own one with the runtime's."""
    if found := _SYSLOG.match(text):
        moment, _ = _moment(_to_seconds(part.stamp), found[1])
        return f"{moment}{found[2] or ''}Z {text[found.end() :]}" if moment else text
    if found := _DATED.match(text):
        moment, zone = _moment(_to_seconds(part.stamp), found[1])
        return f"{text[: found.end()]}{zone} {text[found.end() :]}" if moment else text
    if PROGRAM_TAG.match(text):
        return f"{part.stamp} {part.name} {text}"
    return text


def _to_seconds(stamp: str) -> str:
    return stamp[:19] + stamp[19:].lstrip(".0123456789")


@lru_cache(maxsize=256)
def _moment(stamp: str, inner: str) -> tuple[str, str]:
    """Return a timestamp of a container's clock as UTC, and the offset of that clock; empty texts where the two differ too much.

    The runtime adds its timestamp a moment after the line was written, so the difference in whole quarters of an hour is the zone.
    """
    try:
        outer = datetime.fromisoformat(stamp).astimezone(UTC).replace(tzinfo=None)
        clocks = [datetime.fromisoformat(inner)] if inner[0].isdigit() else _dated(inner, outer.year)
    except (ValueError, OverflowError):
        return "", ""
    clock = min(clocks, key=lambda one: abs(one - outer))
    offset = -QUARTER_SECONDS * ((outer - clock + timedelta(seconds=CLOCK_SECONDS)) // timedelta(seconds=QUARTER_SECONDS))
    if abs(offset) > MAX_OFFSET_SECONDS:
        return "", ""
    hours, minutes = divmod(abs(offset) // 60, 60)
    moment = clock - timedelta(seconds=offset)
    return f"{moment:%Y-%m-%dT%H:%M:%S}", f"{'-' if offset < 0 else '+'}{hours:02d}{minutes:02d}"


def _dated(inner: str, year: int) -> list[datetime]:
    """Return the possible times of a timestamp without a year."""
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
    """Parse `2026-11-10T08:00:00.000456789Z Nov 10 08:00:00 mx1 …`, optionally preceded by the container's name."""
    found = _STAMPED.match(line)
    return Part(found[3], found[4], found[1] or found[2] or NO_HOST) if found else None


def _in_cri(line: str) -> Part | None:
    """Parse `2026-11-10T08:00:00.000456789Z stdout F Nov 10 08:00:00 mx1 …`; P marks a part of a line that continues."""
    found = _CRI.match(line)
    return Part(found[1], found[3] or "", is_whole=found[2] == "F") if found else None


def _in_docker_json(line: str) -> Part | None:
    r"""Parse `{"log":"Nov 10 08:00:00 mx1 …\n","stream":"stdout","time":"2026-11-10T08:00:00.000456789Z"}`."""
    entry = object_of(line)
    text, stamp = entry.get("log"), entry.get("time")
    if not isinstance(text, str) or not isinstance(stamp, str) or not re.fullmatch(_UTC_STAMP, stamp):
        return None
    return Part(stamp, _one_line(text.rstrip("\r\n")), is_whole=text.endswith("\n"))


def _in_journal_json(line: str) -> Part | None:
    """Parse `{"MESSAGE":"connect from …","_HOSTNAME":"mx1","SYSLOG_IDENTIFIER":"postfix/smtpd","_PID":"1","__REALTIME_TIMESTAMP":"…"}`."""
    entry = object_of(line)
    micros = str(entry.get("__REALTIME_TIMESTAMP", ""))
    if "MESSAGE" not in entry or not re.fullmatch(r"\d{15,16}", micros):
        return None
    moment = datetime.fromtimestamp(int(micros[:-6]), UTC)
    stamp, text = f"{moment:%Y-%m-%dT%H:%M:%S}.{micros[-6:]}Z", _one_line(_text_of(entry["MESSAGE"]))
    if _SYSLOG.match(text) or _FULL_STAMP.match(text):
        return Part(stamp, text)
    program, pid = entry.get("SYSLOG_IDENTIFIER") or entry.get("_COMM"), entry.get("SYSLOG_PID") or entry.get("_PID")
    return Part(stamp, f"{stamp} {entry.get('_HOSTNAME') or NO_HOST} {program}{f'[{pid}]' if pid else ''}: {text}" if program else "")


def _in_short_full(line: str) -> Part | None:
    """Parse `Tue 2026-11-10 08:00:00 UTC mx1 postfix/smtpd[1]: …`."""
    found = _SHORT_FULL.match(line)
    if not found:
        return None
    zone = _OFFSETS.get(found[3], "" if found[3].isalpha() else found[3])
    stamp = f"{found[1]}T{found[2]}{zone}"
    return Part(stamp, f"{stamp} {found[4]}")


def object_of(line: str) -> dict[str, Any]:
    """Return the JSON object of a line; empty for any other line."""
    try:
        entry = json.loads(line) if line.startswith("{") else None
    except (ValueError, RecursionError):
        return {}
    return cast("dict[str, Any]", entry) if isinstance(entry, dict) else {}


def _text_of(message: object) -> str:
    """Return the text of a journal message: a list of bytes if it is not UTF-8, null if it is too long."""
    if isinstance(message, list):
        try:
            content = bytes(cast("list[int]", message))
        except (TypeError, ValueError):
            return ""
        try:
            return content.decode()
        except UnicodeDecodeError:
            return content.decode("cp1252", "replace")
    return message if isinstance(message, str) else ""


ENVELOPES = (
    Envelope("lines taken out of the logs of a container runtime (CRI)", _in_cri),
    Envelope("the container runtime's stamps taken off", _stamped),
    Envelope("lines taken out of docker's JSON", _in_docker_json),
    Envelope("lines taken out of the journal's JSON", _in_journal_json),
    Envelope("lines with the journal's full stamps", _in_short_full),
)
