"""Detecting files that are already loaded or have grown since: a file is identified by its content, not by its path."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tui.intake.unpacking import CHUNK
from tui.rows import LoadedSource


@dataclass(frozen=True)
class Fingerprint:
    """The SHA-256 of a file's content, and of its first N bytes for each requested N."""

    sha256: str
    prefixes: dict[int, str]


def fingerprint(path: Path, sizes: Iterable[int]) -> Fingerprint:
    """Return the hashes of a file, which is read once; `sizes` are the lengths of the prefixes in bytes."""
    digest = hashlib.sha256()
    wanted = sorted(set(sizes))
    prefixes: dict[int, str] = {}
    done = 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            while wanted and wanted[0] <= done + len(chunk):
                part = digest.copy()
                part.update(chunk[: wanted[0] - done])
                prefixes[wanted.pop(0)] = part.hexdigest()
            digest.update(chunk)
            done += len(chunk)
    return Fingerprint(digest.hexdigest(), prefixes)


class Hasher:
    """Hashes files in another thread during the load: hashing releases the interpreter lock, so it does not slow the load."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="hash")
        self._running: dict[Path, Future[Fingerprint]] = {}

    def start(self, path: Path, sizes: Sequence[int]) -> None:
        """Start to hash a file."""
        if path not in self._running:
            self._running[path] = self._pool.submit(fingerprint, path, sizes)

    def result(self, path: Path) -> Fingerprint:
        """Return the fingerprint of a file that was started; wait for it if necessary."""
        return self._running[path].result()

    def close(self) -> None:
        """Stop; files that have not begun are dropped."""
        self._pool.shutdown(wait=True, cancel_futures=True)


def same_content(loaded: Iterable[LoadedSource], found: Fingerprint) -> list[LoadedSource]:
    """Return the loaded sources with exactly this content, in any format."""
    return [one for one in loaded if one.sha256 == found.sha256]


def grown_from(loaded: Iterable[LoadedSource], found: Fingerprint) -> list[LoadedSource]:
    """Return the loaded sources whose whole content is the beginning of this file, which replaces them."""
    return [one for one in loaded if one.size_bytes and found.prefixes.get(one.size_bytes) == one.sha256]
