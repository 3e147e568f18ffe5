"""Unpacking: files on disk are decompressed and decoded to text that DuckDB can read, in bounded memory and disk space."""

from __future__ import annotations

import bz2
import codecs
import contextlib
import gzip
import lzma
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, Protocol

from tui.errors import UnreadableError
from tui.intake.attachments import has_reports, reports_in
from tui.intake.encoding import guess_encoding, is_untidy, transcode
from tui.intake.envelopes import envelope_of, remove_envelopes
from tui.intake.format_list import is_format_list, objects_of
from tui.intake.log_exports import NOTE, export_of, write_log_lines
from tui.intake.stdin import label_of

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

CHUNK = 1 << 20
HEAD_BYTES = 64 << 10
MAX_UNPACKED = 256 << 30
MAX_RATIO = 400
RATIO_FROM = 256 << 20

Encoding = Literal["utf-8", "utf-16", "binary"]
Watch = Callable[[int], None]

_REJECTED = {
    b"SQLite format 3": "an SQLite database",
    b"%PDF": "a PDF file",
    b"\x7fELF": "a program",
}


class Readable(Protocol):
    """A binary stream that can be read and closed."""

    def read(self, size: int = ..., /) -> bytes:
        """Read up to `size` bytes."""
        ...

    def close(self) -> object:
        """Close it."""
        ...


@dataclass(frozen=True)
class Packing:
    """A compression format of a single file: its magic number, and the function that opens it."""

    name: str
    mark: bytes
    opened: Callable[[Path], Readable]


PACKINGS = (
    Packing("gz", b"\x1f\x8b", gzip.GzipFile),
    Packing("bz2", b"BZh", bz2.BZ2File),
    Packing("xz", b"\xfd7zXZ\x00", lzma.LZMAFile),
    Packing("zst", b"\x28\xb5\x2f\xfd", zstd.ZstdFile),
)


@dataclass(frozen=True)
class Content:
    """One file's content: `raw` has the original bytes, which are hashed for the loaded sources, `text` the text that DuckDB reads.

    `modified_utc` is the modification time of its file, its zip member or its gz header.
    """

    label: str
    raw: Path
    text: Path
    encoding: Encoding
    head: str
    size_bytes: int
    note: str | None = None
    modified_utc: datetime = datetime(1970, 1, 1)

    def as_plain(self, folder: Path) -> Content:
        """Return the same content as UTF-8, with one kind of line end and no byte order mark, for a reader that needs it so."""
        if self.encoding == "utf-16":
            return replace(self, text=transcode(self.raw, "utf-16-le", new_file(folder)), encoding="utf-8")
        if self.encoding == "utf-8" and is_untidy(self.text):
            return replace(self, text=transcode(self.text, "utf-8", new_file(folder)))
        return self

    def rewritten(self, folder: Path) -> Content:
        """Return the same content as `as_plain`, rewritten even where it looks plain."""
        return replace(
            self, text=transcode(self.text, "utf-16-le" if self.encoding == "utf-16" else "utf-8", new_file(folder)), encoding="utf-8"
        )

    def as_cp1252(self, folder: Path) -> Content:
        """Return the same content read as Windows-1252, after it turned out not to be UTF-8."""
        note = "; ".join(filter(None, [self.note, "not UTF-8: read as Windows-1252"]))
        return replace(self, text=transcode(self.text, "cp1252", new_file(folder)), encoding="utf-8", note=note)


def unpack_file(path: Path, folder: Path, watch: Watch = lambda _: None, member: str | None = None) -> Iterator[Content]:
    """Yield the content of a file, or of each member of a zip file, or of the one with the name `member`.

    `folder` is for unpacked and transcoded files; `watch` is called with the number of bytes just written. Raises
    UnreadableError for a file that is empty, damaged, too large when unpacked, or not text.
    """
    try:
        with path.open("rb") as file:
            magic = file.read(16)
        written = _naive_utc(path.stat().st_mtime)
    except OSError as problem:
        raise UnreadableError(f"{label_of(path)}: cannot be read: {problem.strerror}") from problem
    if not magic:
        raise UnreadableError(f"{label_of(path)}: is empty")
    for mark, name in _REJECTED.items():
        if magic.startswith(mark):
            raise UnreadableError(f"{label_of(path)}: is {name}")
    if magic.startswith(b"PK\x03\x04") or magic.startswith(b"PK\x05\x06"):
        yield from _unpack_zip(path, folder, watch, member)
    elif packing := _packing_of(magic):
        text = _unpack_stream(label_of(path), path, packing, path.stat().st_size, folder, watch)
        yield replace(_decode(label_of(path), text, folder, watch), modified_utc=_packed_at(magic) or written)
    elif magic.startswith(b"PAR1") or magic[8:12] == b"DUCK":
        yield Content(label_of(path), path, path, "binary", "", path.stat().st_size)
    else:
        content = replace(_decode(label_of(path), path, folder, watch), modified_utc=written)
        if is_format_list(content.head):
            yield _listed(content, folder)
        elif has_reports(content.head):
            yield from _unpack_reports(content, folder, watch, member)
        else:
            yield content


def _listed(content: Content, folder: Path) -> Content:
    """Return the content of Format-List text as JSON lines."""
    plain, target = content.as_plain(folder), new_file(folder)
    with plain.text.open(encoding="utf-8", errors="replace") as source, target.open("w", encoding="utf-8") as sink:
        sink.writelines(f"{one}\n" for one in objects_of(source))
    with target.open(encoding="utf-8") as file:
        return replace(plain, text=target, head=file.read(HEAD_BYTES), note="Format-List text")


def _unpack_reports(mail: Content, folder: Path, watch: Watch, wanted: str | None) -> Iterator[Content]:
    """Yield the TLS reports in a mail, each unpacked; the mail itself if it contains none."""
    found = False
    for name, report in reports_in(mail.raw):
        found, label = True, f"{mail.label}!{name}"
        if wanted not in (None, name):
            continue
        packed = new_file(folder)
        packed.write_bytes(report)
        for content in unpack_file(packed, folder, watch):
            yield replace(content, label=label, modified_utc=mail.modified_utc)
    if not found:
        yield mail


def _packed_at(magic: bytes) -> datetime | None:
    """Return the modification time in the header of a gz file; None if it has none."""
    seconds = int.from_bytes(magic[4:8], "little") if magic.startswith(b"\x1f\x8b") else 0
    return _naive_utc(seconds) if seconds else None


def _naive_utc(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)


def _packing_of(magic: bytes) -> Packing | None:
    return next((packing for packing in PACKINGS if magic.startswith(packing.mark)), None)


def _unpack_stream(label: str, path: Path, packing: Packing, packed_bytes: int, folder: Path, watch: Watch) -> Path:
    target = new_file(folder)
    try:
        with contextlib.closing(packing.opened(path)) as source:
            _copy_bounded(source, target, packed_bytes, label, watch)
    except (OSError, EOFError, zlib.error, lzma.LZMAError, zstd.ZstdError) as problem:
        raise UnreadableError(f"{label}: is a damaged or cut {packing.name} file ({problem})") from problem
    return target


def _unpack_zip(path: Path, folder: Path, watch: Watch, wanted: str | None) -> Iterator[Content]:
    problems: list[UnreadableError] = []
    try:
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if not member.is_dir() and member.file_size]
            if any(member.filename.startswith("word/") or member.filename == "[Content_Types].xml" for member in members):
                raise UnreadableError(f"{label_of(path)}: is an Office document; save the sheet as CSV")
            if not members:
                raise UnreadableError(f"{label_of(path)}: is a zip file without files in it")
            for member in members if wanted is None else [one for one in members if one.filename == wanted]:
                try:
                    content = _unpack_member(archive, member, f"{label_of(path)}!{member.filename}", folder, watch)
                except UnreadableError as problem:
                    problems.append(problem)
                    continue
                yield content
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError) as problem:
        raise UnreadableError(f"{label_of(path)}: is a damaged or locked zip file ({problem})") from problem
    if problems:
        more = f" (and {len(problems) - 1:,} more in it)" if len(problems) > 1 else ""
        raise UnreadableError(f"{problems[0]}{more}")


def _unpack_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, label: str, folder: Path, watch: Watch) -> Content:
    """Return the content of a file in a zip file, which may itself be compressed, as rotated logs are."""
    target, written = new_file(folder), datetime(*member.date_time)
    with archive.open(member) as source:
        _copy_bounded(source, target, member.compress_size, label, watch)
    with target.open("rb") as file:
        magic = file.read(16)
    if packing := _packing_of(magic):
        packed, written = target, _packed_at(magic) or written
        target = _unpack_stream(label, packed, packing, member.compress_size, folder, watch)
        packed.write_bytes(b"")  # the file stays, because new_file counts files to create unique names
    return replace(_decode(label, target, folder, watch), modified_utc=written)


def _copy_bounded(source: Readable, target: Path, packed_bytes: int, label: str, watch: Watch) -> None:
    written = 0
    with target.open("wb") as sink:
        while chunk := source.read(CHUNK):
            written += len(chunk)
            if written > MAX_UNPACKED or (written > RATIO_FROM and written > packed_bytes * MAX_RATIO):
                raise UnreadableError(f"{label}: unpacks to more than {MAX_RATIO} times its size; refused")
            sink.write(chunk)
            watch(len(chunk))
    if not written:
        raise UnreadableError(f"{label}: is empty")


def _decode(label: str, raw: Path, folder: Path, watch: Watch) -> Content:
    """Return a decoded text without envelopes around its lines."""
    content = _decoded(label, raw, folder)
    wrapping = envelope_of(content.head)
    if wrapping is None:
        return _without_records(content, folder)
    plain, target = content.as_plain(folder), new_file(folder)
    remove_envelopes(plain.text, wrapping, target, watch)
    return _with_text(plain, target, wrapping.note)


def _without_records(content: Content, folder: Path) -> Content:
    """Return the lines of an export of log records, or any other content unchanged."""
    if not export_of(content.text, content.encoding, content.head):
        return content
    target = new_file(folder)
    write_log_lines(content.label, content.text, content.encoding, content.head, target)
    return _with_text(content, target, NOTE)


def _with_text(content: Content, text: Path, note: str) -> Content:
    """Return a content whose text was rewritten as UTF-8, with a further note."""
    with text.open(encoding="utf-8", errors="replace") as file:
        return replace(content, text=text, encoding="utf-8", head=file.read(HEAD_BYTES), note="; ".join(filter(None, [content.note, note])))


def _decoded(label: str, raw: Path, folder: Path) -> Content:
    with raw.open("rb") as file:
        start = file.read(HEAD_BYTES)
    size = raw.stat().st_size
    if start.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        guess = "utf-8" if start.startswith(codecs.BOM_UTF8) else "utf-16-le"
        if start.startswith(codecs.BOM_UTF16_BE):
            guess = "utf-16-be"
    else:
        guess = guess_encoding(start)
    if guess is None:
        raise UnreadableError(f"{label}: is binary, not text")
    head = start.decode(guess, "replace").lstrip("\ufeff")
    if guess == "utf-16-be":
        text = transcode(raw, guess, new_file(folder))
        return Content(label, raw, text, "utf-8", head, size, "UTF-16 big-endian")
    if guess == "utf-16-le":
        return Content(label, raw, raw, "utf-16", head, size, "UTF-16")
    if guess == "cp1252":
        return Content(label, raw, raw, "utf-8", head, size).as_cp1252(folder)
    return Content(label, raw, raw, "utf-8", head, size)


def new_file(folder: Path) -> Path:
    """Return a new path in `folder`, which is created if missing."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / f"unpacked-{sum(1 for _ in folder.iterdir())}"
