"""Saved filters: one text file each, `filters/NAME.filter` in the config folder, that users can share.

A file contains the clauses; lines are joined, and lines that begin with # are comments.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from pathlib import Path

from tui.errors import MailflowError, UnwritableError, UsageError
from tui.store.filters import Filter, parse_filter

ENDING = ".filter"


def list_filters(folder: Path | None) -> Sequence[tuple[str, str]]:
    """Return the names and clauses of the saved filters; files that cannot be read are skipped."""
    found: list[tuple[str, str]] = []
    for file in sorted(folder.glob(f"*{ENDING}")) if folder is not None and folder.is_dir() else ():
        try:
            found.append((file.stem, read_filter(file).words))
        except MailflowError:
            continue
    return found


def read_filter(file: Path) -> Filter:
    """Load a saved filter. Raises UsageError with the file and its fault."""
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as problem:
        raise UsageError(f"{file}: cannot be read as a filter ({problem})") from problem
    try:
        return parse_filter(" ".join(line for line in lines if not line.lstrip().startswith("#")))
    except UsageError as problem:
        raise UsageError(f"{file}: {problem}") from problem


def named_filter(folder: Path | None, name: str) -> Filter:
    """Return the saved filter of a name, or the filter in a file. Raises UsageError when there is neither."""
    if Path(name).suffix == ENDING and Path(name).is_file():
        return read_filter(Path(name))
    if folder is not None and (file := folder / f"{name}{ENDING}").is_file():
        return read_filter(file)
    near = difflib.get_close_matches(name, [saved for saved, _ in list_filters(folder)], 1)
    raise UsageError(f'filter "{name}": no such saved filter' + (f"; did you mean {near[0]}?" if near else f" in {folder}"))


def save_filter(folder: Path | None, name: str, where: Filter) -> Path:
    """Save a filter under a name; a filter of the same name is replaced."""
    if not re.fullmatch(r"[\w][\w .-]{0,60}", name):
        raise UsageError("invalid filter name; use letters, digits, blanks, - and _")
    if folder is None:
        raise UnwritableError("there is no config folder to save filters in")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{name}{ENDING}"
        file.write_text(f"# mailflow filter\n{where.words}\n", encoding="utf-8")
    except OSError as problem:
        raise UnwritableError(f"{folder}: the filter cannot be saved: {problem.strerror}") from problem
    return file
