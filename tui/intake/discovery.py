"""Finding the files for the paths on the command line."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tui.errors import MailflowError, NoSuchPathError, UnreadableError
from tui.store.publishing import is_side_file


@dataclass(frozen=True)
class InputPaths:
    """The input: paths, and the id of the format that the user forced for their files; None to detect each file's format."""

    paths: Sequence[str]
    read_as: str | None = None


def find_files(paths: Iterable[str], problems: list[MailflowError] | None = None) -> list[Path]:
    """Return the files of paths, folders (with everything below them) and globs, each once, in name order.

    Hidden files and folders are skipped, and so are the side files of trace files. A folder that cannot be read is added to
    `problems`, so that the result is not mistaken for complete. Raises NoSuchPathError for a path that does not exist and a
    glob without a match.
    """
    found: dict[Path, None] = {}
    for text in paths:
        for file in _expand(text, [] if problems is None else problems):
            found.setdefault(file, None)
    return list(found)


def place_of(label: str) -> tuple[Path, str | None]:
    """Return the file of a source's label and, in a zip file or a mail, its member; a file name may contain `!`."""
    for at in (place.start() for place in re.finditer("!", label)):
        if Path(label[:at]).is_file():
            return Path(label[:at]), label[at + 1 :]
    return Path(label), None


def _expand(text: str, problems: list[MailflowError]) -> list[Path]:
    path = Path(text).expanduser()
    try:
        if path.is_dir():
            return _inside(path, problems)
        if path.exists():
            return [] if is_side_file(path) else [path]  # a shell expands * to side files too
    except OSError as problem:
        raise UnreadableError(f"{text}: cannot be read: {problem.strerror}") from problem
    if glob.has_magic(text):
        matches = [Path(match) for match in sorted(glob.glob(str(path), recursive=True))]  # noqa: PTH207  (a pattern may be absolute)
        files = [file for match in matches for file in (_inside(match, problems) if match.is_dir() else [match])]
        files = [file for file in files if not is_side_file(file)]
        if files:
            return files
    raise NoSuchPathError(f"{text}: no such file or folder")


def _inside(folder: Path, problems: list[MailflowError]) -> list[Path]:
    def note(problem: OSError) -> None:
        problems.append(UnreadableError(f"{problem.filename}: cannot be read: {problem.strerror}"))

    files: list[Path] = []
    for place, folders, names in os.walk(folder, onerror=note):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        files += [Path(place) / name for name in names if not name.startswith(".")]
    return sorted(file for file in files if file.is_file() and not is_side_file(file))
