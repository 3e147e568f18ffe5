"""The columns of a file that no format knows, with what stands in its first rows."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from tui.errors import UnreadableError
from tui.intake.recognise import delimiter_of, header_line
from tui.intake.unpack import Content, unpack_file
from tui.store.staging import Stager

ROWS_SHOWN = 3


@dataclass(frozen=True)
class FileColumns:
    """A file's columns as it spells them, and the values of each in its first rows."""

    label: str
    names: Sequence[str]
    examples: Sequence[Sequence[str]]


def columns_of(path: Path, folder: Path, stager: Stager) -> FileColumns:
    """Answer the columns of a CSV, JSON or Parquet file; of a zip file those of its first member. Raises UnreadableError without any."""
    content = next(unpack_file(path, folder))
    if content.encoding == "binary":
        names = list(stager.columns(content.raw))
        rows: list[list[str]] = []
    elif content.head.lstrip()[:1] in ("{", "["):
        names, rows = _of_json(content)
    else:
        skip, header = header_line(content.head.splitlines())
        delimiter = delimiter_of(header)
        lines = content.head.splitlines()[max(0, skip - 1) : skip + ROWS_SHOWN]
        table = list(csv.reader(lines, delimiter=delimiter))
        names, rows = (table[0], table[1:]) if table else ([], [])
    if len(names) < 2:
        raise UnreadableError(f"{content.label}: has no columns; it is no CSV, JSON or Parquet file")
    return FileColumns(content.label, names, [[row[place] for row in rows if place < len(row)] for place in range(len(names))])


def _of_json(content: Content) -> tuple[list[str], list[list[str]]]:
    """Answer the keys of the first objects of an array, of lines, or of the list that `value` wraps."""
    decoder, text = json.JSONDecoder(), content.head.lstrip()
    found: list[dict[str, Any]] = []
    at = text.find("{", 1 if '"value"' in text[:200] and text[:1] == "{" else 0)
    while at >= 0 and len(found) < ROWS_SHOWN:
        try:
            item, end = decoder.raw_decode(text, at)
        except ValueError:
            break
        if isinstance(item, dict):
            found.append(cast("dict[str, Any]", item))
        at = text.find("{", end)
    names = list(dict.fromkeys(name for item in found for name in item))
    return names, [[str(item.get(name, "")) for name in names] for item in found]
