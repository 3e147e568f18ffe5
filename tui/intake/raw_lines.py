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

MAX_LINES = 500
MAX_TEXT_BYTES = 500
MAX_RECORD_BYTES = 64 << 10
MAX_OPEN_BYTES = 8 << 20

_QUOTED = re.compile(rb'"(?:(?<=[\r\n,;\t]")|(?<=\A"))[^"]*+(?:""[^"]*+)*+(?:"|\Z)')

Record = tuple[int, bytes]


@dataclass(frozen=True)
class RawLines:
    """Lines with their numbers as in `message.line_no`.

    `has_more` is true when only the first lines are here, `has_clipped` when a line is too long to show completely. `problem` is the
    reason why there are no lines. A record with line ends in a quoted cell is one line here; blank lines have no number.
    """

    lines: Sequence[tuple[int, str]]
    has_more: bool = False
    has_clipped: bool = False
    problem: str | None = None


def session_lines(
    path_label: str,
    sha256: str,
    size_bytes: int,
    line_no: int | None,
    session_id: str | None,
    folder: Path,
    limit: int = MAX_LINES,
) -> RawLines:
    """Return up to `limit` lines of a source that contain the session id; if there are none, or no id is given, the line `line_no`.

    `path_label`, `sha256` and `size_bytes` are those of the loaded source. Lines are read only if the file still begins with the loaded
    content (it may have grown); otherwise `problem` says why there are none. `folder` is for unpacked files, which are removed.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix="lines-", dir=folder) as own:
            text = verified_text(path_label, sha256, size_bytes, Path(own))
            with text.open("rb") as file:
                found = _limited(_records_with(file, session_id.encode()), limit) if session_id else RawLines([])
                if found.lines or line_no is None:
                    return found
                file.seek(0)
                return _limited(_records_at(file, [line_no]), limit)
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
                return {line_no: _decoded(line[:MAX_TEXT_BYTES]) for line_no, line in _records_at(file, line_nos)}
    except (MailflowError, OSError):
        return {}


def verified_text(label: str, sha256: str, size_bytes: int, folder: Path) -> Path:
    """Return the path of a file with the source's text as UTF-8. Raises UnreadableError unless it begins with the loaded content."""
    path, member = place_of(label)
    if not path.exists():
        raise UnreadableError(f"{label}: no longer exists, or its path was relative to another folder")
    content = next(unpack_file(path, folder, member=member), None)
    if content is None:
        raise UnreadableError(f"{label}: is no longer in the zip file; load the new file to see its lines")
    if content.encoding == "binary" or _is_json_document(content):
        raise UnreadableError(f"{label}: is JSON or binary; single lines cannot be shown")
    is_same, cr_count, lf_count = _compare_content(content.raw, sha256, size_bytes)
    if not is_same:
        raise UnreadableError(f"{label}: has changed since it was loaded; load it again to see its lines")
    # Where lone CRs stand beside LFs, a load rewrote the file with one kind of line end: line numbers are those of the rewritten file.
    is_mixed = cr_count not in (0, lf_count) and cr_count > _count_crlf(content.raw)
    return content.as_plain(folder).text if content.encoding == "utf-16" or is_mixed else content.text


def _is_json_document(content: Content) -> bool:
    """Return whether a text looks, by its beginning, like a JSON document (not JSON Lines): such a file has no line numbers."""
    head = content.head.lstrip("\ufeff \t\r\n")
    if not head.startswith("{"):
        return head.startswith("[")
    try:
        json.loads(head.partition("\n")[0])
    except ValueError:
        return True
    return '"value"' in head.partition("[")[0]


def _compare_content(raw: Path, sha256: str, size_bytes: int) -> tuple[bool, int, int]:
    """Return whether a file begins with the loaded content, and the numbers of CR and LF in that part."""
    digest = hashlib.sha256()
    left, cr_count, lf_count = size_bytes, 0, 0
    with raw.open("rb") as file:
        while left and (chunk := file.read(min(CHUNK, left))):
            digest.update(chunk)
            left -= len(chunk)
            cr_count += chunk.count(b"\r")
            lf_count += chunk.count(b"\n")
    return left == 0 and digest.hexdigest() == sha256, cr_count, lf_count


def _count_crlf(raw: Path) -> int:
    """Return the number of CRLF in a file; any other CR is a line end by itself."""
    found, last = 0, b""
    with raw.open("rb") as file:
        while chunk := file.read(CHUNK):
            found += (last + chunk).count(b"\r\n")
            last = chunk[-1:] if chunk.endswith(b"\r") else b""
    return found


def _records_with(file: BinaryIO, needle: bytes) -> Iterator[Record]:
    """Yield the records that contain `needle`, with their line numbers."""
    line_no = 1
    for block, records in _blocks(file):
        here, at = line_no, 0
        while (hit := block.find(needle, at)) >= 0:
            start = records.rfind(b"\n", at, hit) + 1 or at
            end = records.find(b"\n", hit)
            end = len(block) if end < 0 else end
            here += _count_records(records, at, start)
            yield here, block[start:end]
            here, at = here + 1, end + 1
        line_no += _count_records(records, 0, len(records))


def _records_at(file: BinaryIO, line_nos: Collection[int]) -> Iterator[Record]:
    """Yield the records with these line numbers, in order; numbers after the end of the file are passed over."""
    wanted, first = sorted({max(1, line_no) for line_no in line_nos}), 1
    for block, records in _blocks(file):
        count = _count_records(records, 0, len(records))
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
        records = _blank_inner_line_ends(block)
        end = records.rfind(b"\n") + 1
        if not end and len(block) > MAX_OPEN_BYTES:  # a quote that is never closed
            records, end = block, block.rfind(b"\n") + 1 or len(block)
        if end:
            yield block[:end], records[:end]
        rest = block[end:]
    if rest:
        is_closed = rest.count(b'"') % 2 == 0
        yield rest, _blank_inner_line_ends(rest) if is_closed else rest


def _blank_inner_line_ends(block: bytes) -> bytes:
    """Return a block with the line ends inside quoted cells blanked; an unclosed cell extends to the end."""
    if b"\n" not in b"".join(block.split(b'"')[1::2]):
        return block
    return _QUOTED.sub(lambda cell: cell.group().replace(b"\n", b" "), block)


def _count_records(records: bytes, start: int, end: int) -> int:
    """Return the number of complete records in `records[start:end]`; blank lines are not counted, as in a load."""
    lines = records[start:end].split(b"\n")[:-1]
    return len(lines) - lines.count(b"") - lines.count(b"\r")


def _limited(records: Iterator[Record], limit: int) -> RawLines:
    found = list(islice(records, limit + 1))
    lines = [(line_no, _decoded(text[:MAX_RECORD_BYTES])) for line_no, text in found[:limit]]
    return RawLines(lines, len(found) > limit, any(len(text) > MAX_RECORD_BYTES for _, text in found[:limit]))


def _decoded(text: bytes) -> str:
    text = text.removeprefix(b"\xef\xbb\xbf").rstrip(b"\r\n")
    try:
        return text.decode()
    except UnicodeDecodeError as problem:
        if problem.reason == "unexpected end of data":  # a character that was cut in two
            return text[: problem.start].decode()
        return text.decode("cp1252", "replace")
