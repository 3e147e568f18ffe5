"""Long JSON that is neither one array nor an object a line, rewritten as one array: the engine reads only those piece by piece."""

from __future__ import annotations

import re
from pathlib import Path
from typing import BinaryIO

from tui.errors import UnreadableError
from tui.store.scans import MAX_OBJECT_BYTES, has_separate_objects

CHUNK = 1 << 20

# A string is skipped, because brackets in it do not count. Possessive, so that an unclosed string fails without backtracking.
_BRACKET = re.compile(rb'[^"\[\]{}]*+(?:"(?:[^"\\]++|\\.)*+"[^"\[\]{}]*+)*+([\[\]{}])', re.S)


def needs_listing(path: Path) -> bool:
    """Return whether a JSON file is longer than one object may be and does not begin with separate objects."""
    return path.stat().st_size > MAX_OBJECT_BYTES and not has_separate_objects(path)


def write_list(source: Path, key: str, target: Path) -> None:
    """Write the objects of JSON text as one array: those of the list under `key` of each outer object, else the outer object itself.

    Truncated text becomes a truncated array, so that its reader reports it. Raises UnreadableError for an object that is longer
    than the maximum.
    """
    with source.open("rb") as file, target.open("wb") as sink:
        _Listing(file, sink, f'"{key}"'.encode()).write()


class _Listing:
    """One pass over the text: outside the list `depth` brackets are open, in the list that is being copied `inner` ones."""

    def __init__(self, source: BinaryIO, sink: BinaryIO, key: bytes) -> None:
        self.source, self.sink, self.key = source, sink, key
        self.depth = self.inner = 0
        self.outer = bytearray()  # the outer object so far, which is written if it contains no list
        self.is_listed = self.is_empty = False
        self.parting = b"["

    def write(self) -> None:
        rest = b""
        while chunk := self.source.read(max(CHUNK, len(rest))):
            text, at = rest + chunk, 0
            while found := _BRACKET.match(text, at):
                at = self._copy(text, at) if self.inner else self._step(text, found)
            rest = text[at:]
        if self.parting == b"[":
            self.sink.write(b"[")
        if not (self.inner or self.depth or rest.strip()):
            self.sink.write(b"]")

    def _copy(self, text: bytes, start: int) -> int:
        """Copy the list up to its last complete bracket; return the position after it."""
        at = end = start
        while self.inner and (found := _BRACKET.match(text, at)):
            at, end, bracket = found.end(), found.end(), found[1]
            if bracket == b"[":
                self.inner += 1
            elif bracket == b"]":
                self.inner -= 1
                end = at if self.inner else found.start(1)
        piece = text[start:end]
        if self.is_empty and piece.strip():
            self._part()
            self.is_empty = False
        self.sink.write(piece)
        return at

    def _step(self, text: bytes, found: re.Match[bytes]) -> int:
        """Process the next bracket outside a list; return the position after it."""
        before, bracket = text[found.start() : found.start(1)], found[1]
        if bracket == b"[" and self.depth == 1 and before.rstrip().removesuffix(b":").rstrip().endswith(self.key):
            self.inner, self.is_listed, self.is_empty = 1, True, True
            self.outer.clear()
            return found.end()
        self.outer += (before if self.depth else b"") + bracket
        if len(self.outer) > MAX_OBJECT_BYTES:
            raise UnreadableError(f"an object in it is longer than {MAX_OBJECT_BYTES >> 20} MB")
        self.depth += 1 if bracket in b"[{" else -1
        if not self.depth:
            if not self.is_listed:
                self._part()
                self.sink.write(self.outer)
            self.outer.clear()
            self.is_listed = False
        return found.end()

    def _part(self) -> None:
        self.sink.write(self.parting)
        self.parting = b",\n"
