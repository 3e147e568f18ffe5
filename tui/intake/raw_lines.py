"""The original lines of a message's session in its source file."""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from tui.errors import MailflowError, UnreadableError
from tui.intake.discovery import place_of
from tui.intake.unpacking import CHUNK, Content, unpack_file

MOST_LINES = 500
MOST_TEXT_BYTES = 500
MOST_RECORD_BYTES = 64 << 10
MOST_OPEN_BYTES = 8 << 20

_QUOTED = re.compile(rb'"(?:(?<=[\r\n,;\t]")|(?<=\A"))[^"]*+(?:""[^"]*+)*+(?:"|\Z)')

Record = tuple[int, bytes]


@dataclass(frozen=True)
class RawLines:
    """Lines with their numbers as in `message.line_no`; `cut` is true when there are more, or one is too long to show completely.

    `problem` is the reason why there are none. A record with line ends in a quoted cell is one line here; blank lines have no number.
    """

    lines: Sequence[tuple[int, str]]
    cut: bool = False
    problem: str | None = None


def session_lines(
    path_label: str,
    sha256: str,
    size_bytes: int,
    line_no: int | None,
    session_id: str | None,
    folder: Path,
    most: int = MOST_LINES,
) -> RawLines:
    """Return the first `most` lines of a source that contain a session id, else the line at `line_no`.

    `path_label`, `sha256` and `size_bytes` are those of the loaded source. A file that has only grown since still contains its
    lines; of a rewritten file none is returned. `folder` is for unpacked files, which are removed at the end. If no line
    contains the session id, the line at `line_no` is returned.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix="lines-", dir=folder) as own:
            text = verified_text(path_label, sha256, size_bytes, Path(own))
            with text.open("rb") as file:
                found = _shown(_records_with(file, session_id.encode()), most) if session_id else RawLines([])
                if found.lines or line_no is None:
                    return found
                file.seek(0)
                return _shown(_records_at(file, [line_no]), most)
    except MailflowError as problem:
        return RawLines([], problem=str(problem))
    except OSError as problem:
        return RawLines([], problem=f"{path_label}: cannot be read: {problem.strerror}")


def lines_at(path_label: str, sha256: str, size_bytes: int, line_nos: Collection[int], folder: Path) -> Mapping[int, str]:
    """Return the beginning of lines of a source by their numbers; none where the file is missing, was rewritten or has no lines.

    The other arguments are those of `session_lines`.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix="lines-", dir=folder) as own:
            text = verified_text(path_label, sha256, size_bytes, Path(own))
            with text.open("rb") as file:
                return {line_no: _decoded(line[:MOST_TEXT_BYTES]) for line_no, line in _records_at(file, line_nos)}
    except (MailflowError, OSError):
        return {}


def verified_text(label: str, sha256: str, size_bytes: int, folder: Path) -> Path:
    """Return a file with the source's text as UTF-8. Raises UnreadableError unless it begins with the loaded content."""
    path, member = place_of(label)
    if not path.exists():
        raise UnreadableError(f"{label}: no longer exists, or its path was relative to another folder")
    content = next(unpack_file(path, folder, member=member), None)
    if content is None:
        raise UnreadableError(f"{label}: is no longer in the zip file")
    if content.encoding == "binary" or _is_json_tree(content):
        raise UnreadableError(f"{label}: has no lines")
    same, returns, feeds = _look_through(content.raw, sha256, size_bytes)
    if not same:
        raise UnreadableError(f"{label}: has changed since it was loaded; load it again to see its lines")
    is_mixed = returns not in (0, feeds) and returns > _pairs(content.raw)
    return content.as_plain(folder).text if content.encoding == "utf-16" or is_mixed else content.text


def _is_json_tree(content: Content) -> bool:
    """Return whether a text is JSON other than one object a line."""
    head = content.head.lstrip("\ufeff \t\r\n")
    if not head.startswith("{"):
        return head.startswith("[")
    try:
        json.loads(head.partition("\n")[0])
    except ValueError:
        return True
    return '"value"' in head.partition("[")[0]


def _look_through(raw: Path, sha256: str, size_bytes: int) -> tuple[bool, int, int]:
    """Return whether a file begins with the loaded content, and how many carriage returns and line feeds that has."""
    digest = hashlib.sha256()
    left, returns, feeds = size_bytes, 0, 0
    with raw.open("rb") as file:
        while left and (chunk := file.read(min(CHUNK, left))):
            digest.update(chunk)
            left -= len(chunk)
            returns += chunk.count(b"\r")
            feeds += chunk.count(b"\n")
    return left == 0 and digest.hexdigest() == sha256, returns, feeds


def _pairs(raw: Path) -> int:
    """Return how many carriage returns of a file precede a line feed; the others are line ends without one."""
    found, last = 0, b""
    with raw.open("rb") as file:
        while chunk := file.read(CHUNK):
            found += (last + chunk).count(b"\r\n")
            last = chunk[-1:] if chunk.endswith(b"\r") else b""
    return found


def _records_with(file: BinaryIO, needle: bytes) -> Iterator[Record]:
    """Yield the records that contain some bytes."""
    line_no = 1
    for block, records in _blocks(file):
        here, at = line_no, 0
        while (hit := block.find(needle, at)) >= 0:
            start = records.rfind(b"\n", at, hit) + 1 or at
            end = records.find(b"\n", hit)
            end = len(block) if end < 0 else end
            here += _count(records, at, start)
            yield here, block[start:end]
            here, at = here + 1, end + 1
        line_no += _count(records, 0, len(records))


def _records_at(file: BinaryIO, line_nos: Collection[int]) -> Iterator[Record]:
    """Yield the records with some numbers, as far as the file has them."""
    wanted, first = sorted({max(1, line_no) for line_no in line_nos}), 1
    for block, records in _blocks(file):
        count = _count(records, 0, len(records))
        is_last = not records.endswith(b"\n")
        if wanted and (wanted[0] < first + count or is_last):
            lines = [line for line in re.finditer(rb"[^\n]*\n|[^\n]+\Z", records) if line.group() not in (b"\n", b"\r\n")]
            here = [line_no for line_no in wanted if line_no - first < len(lines)]
            for line_no in here:
                yield line_no, block[slice(*lines[line_no - first].span())]
            wanted = wanted[len(here) :]
        if is_last or not wanted:
            return
        first += count


def _blocks(file: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """Yield blocks of whole records, some megabytes each, as pairs: unchanged, and with the line ends inside quoted cells blanked."""
    rest = b""
    while chunk := file.read(CHUNK):
        block = rest + chunk
        records = _joined(block)
        end = records.rfind(b"\n") + 1
        if not end and len(block) > MOST_OPEN_BYTES:  # a quote that is never closed
            records, end = block, block.rfind(b"\n") + 1 or len(block)
        if end:
            yield block[:end], records[:end]
        rest = block[end:]
    if rest:
        is_closed = rest.count(b'"') % 2 == 0
        yield rest, _joined(rest) if is_closed else rest


def _joined(block: bytes) -> bytes:
    """Return a block with the line ends inside quoted cells blanked; an unclosed cell extends to the end."""
    if b"\n" not in b"".join(block.split(b'"')[1::2]):
        return block
    return _QUOTED.sub(lambda cell: cell.group().replace(b"\n", b" "), block)


def _count(records: bytes, start: int, end: int) -> int:
    """Return how many records end in a part that begins with one; blank lines do not count, as in a load."""
    lines = records[start:end].split(b"\n")[:-1]
    return len(lines) - lines.count(b"") - lines.count(b"\r")


def _shown(records: Iterator[Record], most: int) -> RawLines:
    found = list(islice(records, most + 1))
    lines = [(line_no, _decoded(text[:MOST_RECORD_BYTES])) for line_no, text in found[:most]]
    return RawLines(lines, cut=len(found) > most or any(len(text) > MOST_RECORD_BYTES for _, text in found[:most]))


def _decoded(text: bytes) -> str:
    text = text.removeprefix(b"\xef\xbb\xbf").rstrip(b"\r\n")
    try:
        return text.decode()
    except UnicodeDecodeError as problem:
        if problem.reason == "unexpected end of data":  # a character that was cut in two
            return text[: problem.start].decode()
        return text.decode("cp1252", "replace")
