"""Which files the paths on the command line mean."""

from __future__ import annotations

import glob
from collections.abc import Iterable
from pathlib import Path

from tui.errors import NoSuchPathError


def find_files(paths: Iterable[str]) -> list[Path]:
    """Answer the files that paths, folders (with everything below them) and globs mean, each once, in name order.

    Hidden files and folders are passed over. Raises NoSuchPathError for a path that does not exist and a glob that
    meets nothing.
    """
    found: dict[Path, None] = {}
    for text in paths:
        for file in _expand(text):
            found.setdefault(file, None)
    return list(found)


def _expand(text: str) -> list[Path]:
    path = Path(text).expanduser()
    if path.is_dir():
        inside = [file for file in sorted(path.rglob("*")) if file.is_file()]
        return [file for file in inside if not any(part.startswith(".") for part in file.relative_to(path).parts)]
    if path.exists():
        return [path]
    if glob.has_magic(text):
        matches = [Path(match) for match in sorted(glob.glob(str(path), recursive=True))]  # noqa: PTH207  (a pattern may be absolute)
        files = [file for match in matches for file in (_expand(str(match)) if match.is_dir() else [match])]
        if files:
            return files
    raise NoSuchPathError(f"{text}: no such file or folder")
