"""Counts of the lines of a source that contain a TLS version, from the file itself, as grep would count them."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tui.errors import MailflowError
from tui.intake.raw_lines import verified_text
from tui.intake.unpacking import CHUNK


@dataclass
class TlsLines:
    """The number of lines with each version, in the file's spelling, and their sessions; `problem` is why nothing was counted."""

    lines: dict[str, int] = field(default_factory=dict[str, int])
    sessions: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    problem: str | None = None


def count_tls_lines(path_label: str, sha256: str, size_bytes: int, patterns: Mapping[str, str], folder: Path) -> TlsLines:
    """Count the lines of a source that match the pattern `tls_line`, whose group is the version.

    The first group of the pattern `session_in_line`, if a format has one, is the session of such a line. `path_label`, `sha256` and
    `size_bytes` are those of the loaded source; `folder` is for unpacked files.
    """
    counts = TlsLines()
    tls_line, session_in = re.compile(patterns["tls_line"].encode()), re.compile(patterns.get("session_in_line", "").encode())
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix="lines-", dir=folder) as own:
            for block in _blocks(verified_text(path_label, sha256, size_bytes, Path(own))):
                last_line = -1
                for found in tls_line.finditer(block):
                    start = block.rfind(b"\n", 0, found.start()) + 1
                    if start == last_line:
                        continue
                    last_line, spelling = start, found[1].decode(errors="replace")
                    counts.lines[spelling] = counts.lines.get(spelling, 0) + 1
                    session = session_in.match(block, start, found.start())
                    if session and session_in.groups:
                        counts.sessions.setdefault(spelling, set()).add(session[1].decode(errors="replace"))
    except MailflowError as problem:
        return TlsLines(problem=str(problem))
    except OSError as problem:
        return TlsLines(problem=f"{path_label}: cannot be read: {problem.strerror}")
    return counts


def _blocks(text: Path) -> Iterator[bytes]:
    """Yield whole lines, some megabytes at a time."""
    rest = b""
    with text.open("rb") as file:
        while chunk := file.read(CHUNK):
            end = chunk.rfind(b"\n") + 1
            if end:
                yield rest + chunk[:end]
                rest = chunk[end:]
            else:
                rest += chunk
    yield rest
