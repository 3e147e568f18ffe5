"""What is wrong with a format file, before a trace file is at hand to try it on."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import get_args

import duckdb

from tui.errors import QueryFileError, UnwritableError, UsageError
from tui.places import bundled
from tui.store.engine import Engine
from tui.store.query_files import QueryFile, load_query, parse_query, schema_text
from tui.store.scans import Reader, quote_name
from tui.store.staging import Stager

RULES = ("line", "first", "header", "json")
INTO = ("message", "connector", "own_domain", "tls_report")
HELPERS = {"source_id", "line_no", "problem", "own_ip"}
_NEEDED = {"message": ("time_utc", "direction", "tls", "system", "hop_key"), "connector": ("name", "direction"), "own_domain": ("domain",)}
_FOLDERS = {"stage": "stages", "failures": "failures", "pending": "pending"}


def check_format(engine: Engine, path: Path) -> tuple[list[str], list[str]]:
    """Answer what is wrong with a format file, and the columns that it fills; a file that cannot be parsed is one wrong thing."""
    try:
        query = parse_query(path, f"formats/{path.stem}")
    except QueryFileError as problem:
        return [str(problem).removeprefix(f"{path}: ")], []
    wrong = list(_header(query))
    if wrong:
        return wrong, []
    stager = Stager(engine, "UTC")
    try:
        columns = _columns(stager, query)
    except duckdb.Error as problem:
        return [str(problem).splitlines()[0]], []
    finally:
        stager.close()
    return list(_result(query, columns)), columns


def write_format(target: Path, text: str, *, force: bool) -> None:
    """Write a format file into the user's folder. Raises UsageError when a bundled one has that name, or one is there without `force`."""
    if (bundled("queries") / "formats" / target.name).is_file() or (target.exists() and not force):
        more = "" if not target.exists() else " or add --force"
        raise UsageError(f"{target.stem}: there is a format of that name; choose another with --name{more}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    except OSError as problem:
        raise UnwritableError(f"{target}: cannot be written: {problem.strerror}") from problem


def _header(query: QueryFile) -> Iterator[str]:
    for key in ("help", "tells", "cannot tell", "recognise", "reader", "columns", "into"):
        if not query.one(key):
            yield f"has no '-- {key}:' line"
    yield from _rules(query)
    if query.one("reader") not in ("", *get_args(Reader)):
        yield f"reader: there is no '{query.one('reader')}'; use {', '.join(get_args(Reader)[:3])}"
    if query.one("into") not in ("", *INTO):
        yield f"into: there is no '{query.one('into')}'; use {', '.join(INTO)}"
    if query.one("reader") == "lines" and query.listed("columns") not in ((), ("line",)):
        yield "columns: a file that is read line by line has one column, line"
    for key, folder in _FOLDERS.items():
        name = query.one(key)
        if name and not (bundled("queries") / folder / f"{name}.sql").is_file():
            yield f"{key}: there is no {folder}/{name}.sql"


def _rules(query: QueryFile) -> Iterator[str]:
    for rule in query.header.get("recognise", ()):
        kind, _, pattern = rule.partition(" ")
        if kind not in RULES:
            yield f"recognise: begins with '{kind}'; write one of {', '.join(RULES)}, then what to look for"
        elif kind in ("line", "first"):
            try:
                re.compile(pattern)
            except re.error as problem:
                yield f"recognise: {pattern} is no regular expression: {problem}"


def _columns(stager: Stager, query: QueryFile) -> list[str]:
    """Answer the columns of the format's SELECT over no rows."""
    told = ", ".join(f"NULL::VARCHAR AS {quote_name(name)}" for name in query.listed("columns"))
    stager.cursor.execute(f"CREATE TEMP VIEW file_row AS SELECT {told}, '' AS file_columns, 1 AS source_id WHERE false")
    stage = query.one("stage")
    stager.cursor.execute(f"CREATE TEMP TABLE kept AS {load_query(f'stages/{stage}').sql if stage else 'SELECT * FROM file_row'}")
    stager.cursor.execute("CREATE TEMP VIEW raw AS SELECT *, rowid AS line_no FROM kept")
    return [str(row[0]) for row in stager.cursor.execute(f"DESCRIBE {query.sql}").fetchall()]


def _result(query: QueryFile, columns: Sequence[str]) -> Iterator[str]:
    into = query.one("into")
    known = table_columns(into)
    for name in columns:
        if name not in known and name not in HELPERS:
            near = difflib.get_close_matches(name, known, 1)
            hint = f"did you mean {near[0]}?" if near else f"{into} has {', '.join(known)}"
            yield f"answers a column {name}, which {into} has not; {hint}"
    for name in ("source_id", "line_no", *_NEEDED.get(into, ())):
        if name not in columns:
            yield f"answers no column {name}, which every row of {into} needs"


def table_columns(into: str) -> list[str]:
    """Answer the columns of a table of the trace file, as its schema names them."""
    body = re.search(rf"CREATE TABLE {into} \((.*?)\n\);", schema_text("tables"), re.S)
    return re.findall(r"^\s{4}(\w+) ", body[1], re.M) if body else []
