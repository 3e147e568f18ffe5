"""Detecting the encoding of text without a byte order mark, and rewriting text in an encoding that DuckDB reads."""

from __future__ import annotations

import codecs
from pathlib import Path

CHUNK = 1 << 20
UTF16_ASCII_SHARE = 0.7


def guess_encoding(start: bytes) -> str | None:
    """Return the encoding of text without a byte order mark: UTF-16 shows as NULs at every other byte."""
    half = max(1, len(start) // 2)
    odd, even = start[1::2].count(0), start[0::2].count(0)
    if odd > half * UTF16_ASCII_SHARE > even:
        return "utf-16-le"
    if even > half * UTF16_ASCII_SHARE > odd:
        return "utf-16-be"
    controls = sum(start.count(bytes([code])) for code in (*range(7), *range(14, 27), *range(28, 32)))
    if controls > len(start) // 100 + (0 if 0 in start else 8):
        return None
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def transcode(raw: Path, encoding: str, target: Path) -> Path:
    """Rewrite a text as UTF-8 with line feeds as line ends, and return its path."""
    # Bytes that are not UTF-8 stay unchanged: another encoding is detected later.
    errors = "surrogateescape" if encoding == "utf-8" else "replace"
    with (
        raw.open("r", encoding=encoding, errors=errors, newline=None) as source,
        target.open("w", encoding="utf-8", errors=errors, newline="\n") as sink,
    ):
        sink.write(source.read(1).lstrip("\ufeff"))
        while chunk := source.read(CHUNK):
            sink.write(chunk)
    return target


def is_untidy(path: Path) -> bool:
    """Return whether a file begins with a byte order mark or mixes kinds of line ends."""
    pairs = feeds = returns = 0
    last = b""
    with path.open("rb") as file:
        if file.read(3) == codecs.BOM_UTF8:
            return True
        file.seek(0)
        while chunk := file.read(CHUNK):
            pairs += (last + chunk).count(b"\r\n")
            feeds += chunk.count(b"\n")
            returns += chunk.count(b"\r")
            last = chunk[-1:] if chunk.endswith(b"\r") else b""
    return (feeds != returns and min(feeds, returns) > 0) or pairs < min(feeds, returns)
