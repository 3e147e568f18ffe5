"""The columns of a file of unknown format, with the values of its first rows."""

from __future__ import annotations

import csv
import json
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from tui.config import Config
from tui.errors import MailflowError, UnreadableError
from tui.intake.formats import load_formats
from tui.intake.recognition import delimiter_of, has_columns, header_line, header_of, recognise_as
from tui.intake.selection import table_columns
from tui.intake.unpacking import Content, unpack_file
from tui.store.engine import start_engine
from tui.store.query_files import QueryFile
from tui.store.scans import is_parquet
from tui.store.staging import Stager

ROWS_SHOWN = 3


@dataclass(frozen=True)
class FileColumns:
    """A file's columns with their original names, and the values of each in its first rows."""

    label: str
    names: Sequence[str]
    examples: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Readable:
    """The formats that could read a file, by title, and whether a user can map its columns."""

    formats: Sequence[QueryFile]
    has_columns: bool


def columns_of(path: Path, config: Config, member: str | None = None) -> FileColumns:
    """Return the columns of a CSV, JSON or Parquet file; of a zip file those of its first member, or of `member`.

    Raises UnreadableError when it has no columns.
    """
    with _looking(path, config, member) as (content, stager):
        names, rows = _columns_of(content, stager)
    if len(names) < 2:
        raise UnreadableError(f"{content.label}: has no columns; it is not a CSV, JSON or Parquet file")
    return FileColumns(content.label, names, [[row[place] for row in rows if place < len(row)] for place in range(len(names))])


def readable_as(path: Path, config: Config, member: str | None, present: str | None) -> Readable:
    """Return the formats that a file could have, judged by its beginning; `present` is the id of the format in which it was read.

    A table, JSON or text with a header must have the columns that a format needs. Any text could be read line by line, unless
    it was read by its columns. Raises UnreadableError when the file no longer exists.
    """
    formats = load_formats(config)
    now = next((query for query in formats if query.path.stem == present), None)
    by_columns = now is not None and now.one("reader") != "lines"
    is_named = now is None or any(rule.startswith(("header ", "json ")) for rule in now.header.get("recognise", ()))
    found: list[QueryFile] = []
    with _looking(path, config, member) as (content, stager):
        columns = table_columns(content, stager)
        header = header_of(content, columns)
        for query in formats:
            try:
                one = recognise_as(content, query, columns)
            except MailflowError:
                continue
            if one.reader != "lines" or not (by_columns or header.reader == "json"):
                found.append(query)
    return Readable(sorted(found, key=lambda query: query.one("title").lower()), is_named and has_columns(header))


@contextmanager
def _looking(path: Path, config: Config, member: str | None) -> Generator[tuple[Content, Stager]]:
    """Open a file, or a member of it, to read its beginning with a separate engine."""
    if not path.exists():
        raise UnreadableError(f"{path}: no longer exists, or its path was relative to another folder")
    engine = start_engine(config.engine)
    try:
        stager = Stager(engine, config.clock_zone)
        content = next(unpack_file(path, engine.temp_folder / "files", member=member), None)
        if content is None:
            raise UnreadableError(f"{path}: no longer contains {member}")
        yield content, stager
        stager.close()
    finally:
        engine.close()


def _columns_of(content: Content, stager: Stager) -> tuple[list[str], list[list[str]]]:
    """Return the columns with their original names, and the first rows."""
    if content.encoding == "binary":
        names, rows = list(stager.columns(content.raw)), list[list[str]]()
        if is_parquet(content.raw):
            rows = [["" if value is None else str(value) for value in row] for row in stager.first_rows(content.raw, ROWS_SHOWN)]
    elif content.head.lstrip()[:1] in ("{", "["):
        names, rows = _of_json(content)
    else:
        skip, header = header_line(content.head.splitlines())
        delimiter = delimiter_of(header)
        lines = content.head.splitlines()[max(0, skip - 1) : skip + ROWS_SHOWN]
        table = list(csv.reader(lines, delimiter=delimiter))
        names, rows = (table[0], table[1:]) if table else ([], [])
    return names, rows


def _of_json(content: Content) -> tuple[list[str], list[list[str]]]:
    """Return the keys of the first objects of an array, of lines, or of the list under the key `value`."""
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
