"""Tables and lists of objects as exports write them, and what several writers pick of a mail."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from sample_data.generator.mail_plan import Mail

T = TypeVar("T")
OWN_SERVER = "ex01.example.com"
OWN_IP = "203.0.113.250"


def chance(mail: Mail, place: int, share: float) -> bool:
    """Return something that is true for this share of the mails, always the same for one of them."""
    return int(mail.network_message_id[place : place + 4], 16) < share * 65536


def number_of(mail: Mail, place: int, below: int) -> int:
    """Return a number from 0 on, always the same for one mail."""
    return int(mail.network_message_id[place : place + 6], 16) % below


def guid(mail: Mail) -> str:
    """`08de1000-0000-4000-8000-000000000001`."""
    text = mail.network_message_id
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def whole_second(at_ms: int) -> int:
    """Return what a stamp of seconds leaves of a moment."""
    return at_ms // 1000 * 1000


def clock(at_ms: int, form: str) -> str:
    """Return a moment of UTC in the words of `strftime`."""
    return f"{datetime.fromtimestamp(at_ms // 1000, UTC):{form}}"


def culture(at_ms: int) -> str:
    """`4/17/2026 6:14:59 PM`, as the culture of the United States has it."""
    moment = datetime.fromtimestamp(at_ms // 1000, UTC)
    return f"{moment.month}/{moment.day}/{moment.year} {moment.hour % 12 or 12}:{moment:%M:%S} {'AM' if moment.hour < 12 else 'PM'}"


def dealt(items: Iterable[T], hands: int) -> list[list[T]]:
    """Deal out items one by one, so that each hand has some of every day."""
    found: list[list[T]] = [[] for _ in range(hands)]
    for number, item in enumerate(items):
        found[number % hands].append(item)
    return found


def write_csv(
    path: Path,
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    encoding: str = "utf-8",
    delimiter: str = ",",
    before: str = "",
    quoting: int = csv.QUOTE_MINIMAL,
) -> Path:
    """Write a table; `before` stands in front of its header. No encoding but those with a name of their own gets a byte order mark."""
    text = io.StringIO(newline="")
    text.write(before)
    writer = csv.writer(text, delimiter=delimiter, quoting=quoting)  # pyright: ignore[reportArgumentType]
    if columns:
        writer.writerow(columns)
    writer.writerows(rows)
    return write_text(path, text.getvalue(), encoding)


def write_text(path: Path, text: str, encoding: str = "utf-8") -> Path:
    """Write a text with its line ends as they are."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode(encoding))
    return path


def write_json(path: Path, objects: Iterable[object], wrapped_in: str | None = None) -> Path:
    """Write objects as one list, alone or under a name."""
    stored = list(objects)
    return write_text(path, json.dumps(stored if wrapped_in is None else {wrapped_in: stored}, indent=1, ensure_ascii=False) + "\n")


def write_json_lines(path: Path, objects: Iterable[object]) -> Path:
    """Write an object a line."""
    return write_text(path, "".join(json.dumps(one) + "\n" for one in objects))
