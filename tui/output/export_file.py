"""Rows to a file: CSV for spreadsheets, JSON, or Parquet. The whole file is there at the end, or none."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import shutil
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

from tui.errors import Remedy, UnwritableError, UsageError
from tui.store.query_runner import QueryRunner
from tui.view.text import csv_safe

FORMATS = ("csv", "json", "parquet")
_TYPES: Mapping[Any, str] = {str: "VARCHAR", int: "BIGINT", float: "DOUBLE", bool: "BOOLEAN", date: "DATE", datetime: "TIMESTAMP"}


@dataclass(frozen=True)
class Rows:
    """Rows that can be written: what they are called, their columns with SQL types, and how to read them."""

    name: str
    columns: Mapping[str, str]
    read: Callable[[QueryRunner], Iterable[Sequence[object]]]


def rows_of(name: str, kind: type, items: Sequence[object]) -> Rows:
    """Return dataclasses that are there already as rows; a column a field."""
    names = [field.name for field in fields(kind)]
    values = [tuple(getattr(item, name) for name in names) for item in items]
    return Rows(name, column_types(kind), lambda _: values)


def column_types(kind: type) -> dict[str, str]:
    """Return the fields of a dataclass with their SQL types."""
    hints = typing.get_type_hints(kind)
    return {field.name: _sql_type(hints[field.name]) for field in fields(kind)}


def _sql_type(hint: Any) -> str:
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        hint = next(part for part in typing.get_args(hint) if part is not type(None))
    if typing.get_origin(hint) is list:
        return f"{_sql_type(typing.get_args(hint)[0])}[]"
    return _TYPES.get(hint, "VARCHAR")


def format_of(target: Path) -> str:
    """Return the format that the extension of a file name means. Raises UsageError for other extensions."""
    ending = target.suffix.lower().removeprefix(".")
    if ending not in FORMATS:
        raise UsageError(f"{target.name}: end the name with {', '.join('.' + form for form in FORMATS)}")
    return ending


def write_rows(rows: Rows, target: Path, runner: QueryRunner, *, force: bool = False) -> int:
    """Write rows to a file in the format of its extension; return their number.

    Raises UsageError when the file exists and `force` is not given, UnwritableError when it cannot be written.
    """
    form = format_of(target)
    if target.exists() and not force:
        raise UsageError(f"{target}: already exists", Remedy.OTHER_FILE)
    unfinished = runner.new_file(form)
    try:
        if form == "parquet":
            lines = runner.new_file("jsonl")
            count = _write_json(rows, rows.read(runner), lines, as_lines=True)
            runner.save_parquet(lines, rows.columns, unfinished)
            lines.unlink()
        elif form == "json":
            count = _write_json(rows, rows.read(runner), unfinished, as_lines=False)
        else:
            count = _write_csv(rows, rows.read(runner), unfinished)
        temporary = target.with_name(f".{target.name}.{os.getpid()}")
        try:
            shutil.copyfile(unfinished, temporary)
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as problem:
        raise UnwritableError(f"{target}: cannot be written: {problem.strerror}") from problem
    finally:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)
    return count


def rows_text(rows: Rows, runner: QueryRunner, form: str) -> str:
    """Return rows as CSV or JSON text."""
    if form == "csv":
        file = io.StringIO()
        write_csv(file, list(rows.columns), rows.read(runner))
        return file.getvalue()
    objects = list(_json_objects(list(rows.columns), rows.read(runner), utc_mark=True))
    return "[\n" + ",\n".join(objects) + "\n]\n" if objects else "[]\n"


def _write_csv(rows: Rows, values: Iterable[Sequence[object]], target: Path) -> int:
    with target.open("w", encoding="utf-8", newline="") as file:
        return write_csv(file, list(rows.columns), values)


def write_csv(file: IO[str], names: Sequence[str], values: Iterable[Sequence[object]]) -> int:
    """Write a CSV table with a header; times are ISO 8601 in UTC, lists are joined by `; `, no cell is a formula."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(names)
    count = 0
    for row in values:
        writer.writerow([csv_safe(_plain(value)) for value in row])
        count += 1
    return count


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, list):
        return "; ".join(str(item) for item in typing.cast("list[object]", value))
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(_keyed(typing.cast("object", value)), default=str) if isinstance(value, dict) else value


def _write_json(rows: Rows, values: Iterable[Sequence[object]], target: Path, *, as_lines: bool) -> int:
    count = 0
    with target.open("w", encoding="utf-8") as file:
        for text in _json_objects(list(rows.columns), values, utc_mark=not as_lines):
            if not as_lines:
                file.write("[\n" if count == 0 else ",\n")
            file.write(text + ("\n" if as_lines else ""))
            count += 1
        if not as_lines:
            file.write("\n]\n" if count else "[]\n")
    return count


def _json_objects(names: Sequence[str], values: Iterable[Sequence[object]], *, utc_mark: bool) -> Iterator[str]:
    ending = "Z" if utc_mark else ""

    def spelled(value: object) -> object:
        return value.isoformat() + ending if isinstance(value, datetime) else str(value)

    for row in values:
        fields = {name: _keyed(value) for name, value in zip(names, row, strict=True)}
        yield json.dumps(fields, ensure_ascii=True, default=spelled)


def _keyed(value: object) -> object:
    """Return a mapping of days with keys that JSON supports."""
    if isinstance(value, dict):
        return {str(key): item for key, item in typing.cast("dict[object, object]", value).items()}
    return value
