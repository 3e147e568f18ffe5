"""Checks of a format file that need no input file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import get_args

import duckdb

from tui.errors import NoSuchPathError, QueryFileError, Remedy, UnwritableError, UsageError
from tui.resources import bundled
from tui.store.engine import Engine
from tui.store.header_keys import ALLOWED_VALUES, PATTERNS, ROW_LIMIT, SINGLE
from tui.store.incoming import NO_ROW
from tui.store.query_files import Fault, QueryFile, examine, load_query, schema_text, unknown_column
from tui.store.scans import Reader, quote_name
from tui.store.staging import NAMED, Stager, stage_of, texts_of

RULES = ("line", "first", "header", "json")
INTO = ("message", "connector", "own_domain", "tls_report")
HELPERS = {"source_id", "line_no", "problem", "own_ip"}
_NEEDED = {"message": ("time_utc", "direction", "tls", "system", "hop_key"), "connector": ("name", "direction"), "own_domain": ("domain",)}
_MISSING_COLUMN = re.compile(r'(?:Referenced column|does not have a column named) "([^"]+)"')
MAX_FAULTS = 20
_EMPTY_RULES = {
    "header": ("names no column", "CSV file"),
    "json": ("names no key", "JSON file"),
    "line": ("has no pattern", "text file"),
    "first": ("has no pattern", "text file"),
}


def check_format(engine: Engine, path: Path) -> tuple[list[Fault], Sequence[Fault], list[str]]:
    """Return all faults of a format file, its renamed header keys, and the columns that it fills.

    Raises NoSuchPathError without a file, and QueryFileError when it cannot be read.
    """
    if not path.exists():
        raise NoSuchPathError(f"{path}: no such file")
    query, wrong = faults_of(path)
    columns: list[str] = []
    if query.sql and not any(key in query.places for key in NAMED if _no_such(query, key)):
        engine.make_macros(*texts_of(query))
        stager = Stager(engine, "UTC")
        try:
            columns, in_sql = _columns(stager, query)
        finally:
            stager.close()
        wrong += in_sql
        if query.one("into") in INTO and columns:
            wrong += _result(query, columns)
    return sorted(wrong, key=lambda fault: fault.line), query.renamed, columns


def faults_of(path: Path) -> tuple[QueryFile, list[Fault]]:
    """Return a format file as far as it can be parsed, and the faults that can be found without running it.

    Raises QueryFileError when it cannot be read.
    """
    query, wrong = examine(path, f"formats/{path.stem}")
    return query, sorted([*wrong, *_header(query)], key=lambda fault: fault.line)


def check_rows(stager: Stager, query: QueryFile, table: str) -> None:
    """Raise QueryFileError unless the rows that a format returned, staged in `table`, can be written into their target table."""
    into, types = query.one("into"), _types(query.one("into"))
    here = {str(row[0]) for row in stager.run(f"DESCRIBE {quote_name(table)}").fetchall()}
    needed = [name for name in _NEEDED.get(into, ()) if name not in ("time_utc", "tls")]
    if lacking := [name for name in ("source_id", "line_no", *needed) if name not in here]:
        raise QueryFileError(f"returns no column {lacking[0]}, which every row of {into} needs", path=query.path)
    stager.run(NO_ROW)
    stager.run(f"CREATE OR REPLACE TEMP VIEW incoming AS FROM no_row UNION ALL BY NAME FROM {quote_name(table)}")
    for name in [name for name in types if name in here]:
        stager.run(f"CREATE OR REPLACE TEMP TABLE checked_value (value {types[name]}{' NOT NULL' if name in needed else ''})")
        stager.run("SET VARIABLE checked_column = $name", {"name": name})
        try:
            stager.run(load_query("format_check/values").sql)
        except (duckdb.ConversionException, duckdb.ConstraintException) as problem:
            raise QueryFileError(f"returns a value of {name} that {into} does not accept", path=query.path) from problem
    stager.run("DROP TABLE checked_value; DROP VIEW incoming")


def write_format(target: Path, text: str, *, force: bool) -> None:
    """Write a format file into the user's folder. Raises UsageError when a bundled format or, without `force`, a file has that name."""
    if (bundled("queries") / "formats" / target.name).is_file() or (target.exists() and not force):
        remedy = Remedy.REPLACE_FORMAT if target.exists() else Remedy.OTHER_FORMAT_NAME
        raise UsageError(f"{target.stem}: a format of this name already exists", remedy)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    except OSError as problem:
        raise UnwritableError(f"{target}: cannot be written: {problem.strerror}") from problem


def _header(query: QueryFile) -> Iterator[Fault]:
    end = max(query.places.values(), default=1)

    def at(key: str, text: str) -> Fault:
        return Fault(query.places.get(key, end), text)

    for key in ("help", "provides", "lacks", "recognise", "reader", "columns", "into"):
        if not query.one(key):
            yield at(key, f"has no '-- {key}:' line" if key not in query.places else f"{key}: has no value")
    yield from _rules(query)
    if query.one("reader") not in ("", *get_args(Reader)):
        yield at("reader", f"reader: invalid value '{query.one('reader')}'; choose {', '.join(get_args(Reader)[:3])}")
    if query.one("into") not in ("", *INTO):
        yield at("into", f"into: invalid value '{query.one('into')}'; choose {', '.join(INTO)}")
    if query.one("reader") == "lines" and query.listed("columns") not in ((), ("line",)):
        yield at("columns", "columns: a file that is read line by line has one column, line")
    for check in (_values, _patterns, _names):
        yield from check(query, at)
    for key, folder in NAMED.items():
        if _no_such(query, key):
            yield at(key, f"{key}: there is no {folder}/{query.one(key)}.sql")


def _values(query: QueryFile, at: Callable[[str, str], Fault]) -> Iterator[Fault]:
    """Yield the faults of keys that allow certain values only."""
    for key, allowed in ALLOWED_VALUES.items():
        for value in query.listed(key):
            if value not in allowed:
                yield at(key, f"{key}: invalid value '{value}'; choose {', '.join(allowed)}")
    if (limit := query.one("row_limit")) and not ROW_LIMIT.fullmatch(limit):
        yield at("row_limit", f"row_limit: '{limit}' is not a limit; write numbers and their unit, such as 1000, 5000 rows")
    if query.one("detail") and not query.one("detail").isdecimal():
        yield at("detail", f"detail: '{query.one('detail')}' is not a number")
    for key in SINGLE:
        if len(query.header.get(key, ())) > 1 or (key in ALLOWED_VALUES and len(query.listed(key)) > 1):
            yield at(key, f"{key}: has several values; write one")


def _patterns(query: QueryFile, at: Callable[[str, str], Fault]) -> Iterator[Fault]:
    """Yield the faults of keys that are regular expressions."""
    for key in PATTERNS:
        try:
            groups = re.compile(query.one(key)).groups
        except re.error as problem:
            yield at(key, f"{key}: {query.one(key)} is not a regular expression: {problem}")
            continue
        if query.one(key) and key != "naive_timestamps" and not groups:
            yield at(key, f"{key}: has no group in parentheses for the value")


def _names(query: QueryFile, at: Callable[[str, str], Fault]) -> Iterator[Fault]:
    """Yield names of columns that the format does not have or has twice, and a system that is missing."""
    for name in _doubled(query.listed("columns")):
        yield at("columns", f"columns: contains {name} twice")
    for key in ("locale_dates", "dedup_key", "required_columns"):
        for name in query.listed(key) if not query.one("stage") or key == "required_columns" else ():
            if name not in query.listed("columns"):
                yield at(key, f"{key}: there is no column {name} in the columns line")
    for key, value in (("superseded_by", ""), ("resolve", "internal deliveries")):
        if query.one(key) and (not value or value in query.listed(key)) and not query.one("system"):
            yield at(key, f"{key}: needs a '-- system:' line, because records are linked within a system")


def _doubled(names: Sequence[str]) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1]


def _no_such(query: QueryFile, key: str) -> bool:
    """Return whether a format refers to a query that is not bundled."""
    name = query.one(key)
    return bool(name) and not (bundled("queries") / NAMED[key] / f"{name}.sql").is_file()


def _rules(query: QueryFile) -> Iterator[Fault]:
    for place, rule in enumerate(query.header.get("recognise", ())):
        line = query.places["recognise"] + place
        kind, _, pattern = rule.partition(" ")
        if kind not in RULES:
            yield Fault(line, f"recognise: begins with '{kind}'; write one of {', '.join(RULES)}, then the pattern")
        elif not pattern.strip():
            lacks, files = _EMPTY_RULES[kind]
            yield Fault(line, f"recognise: {kind} {lacks}, so every {files} would match")
        elif kind in ("line", "first"):
            try:
                re.compile(pattern)
            except re.error as problem:
                yield Fault(line, f"recognise: {pattern} is not a regular expression: {problem}")


def _columns(stager: Stager, query: QueryFile) -> tuple[list[str], list[Fault]]:
    """Return the columns of the format's SELECT over no rows, and its faults.

    A missing column that it uses is added after the fault is recorded, so that the next fault is found.
    """
    names, wrong = list(dict.fromkeys(query.listed("columns"))), list[Fault]()
    while len(wrong) < MAX_FAULTS:
        try:
            return _described(stager, query, names), wrong
        except duckdb.Error as problem:
            text = str(problem)
            place = re.search(r"^LINE (\d+):", text, re.M)
            fault = Fault(query.first_line + (int(place[1]) - 1 if place else 0), text.splitlines()[0])
            missing = _MISSING_COLUMN.search(text)
            if fault not in wrong:
                wrong.append(fault)
            if missing is None or missing[1] in names:
                break
            names.append(missing[1])
    return [], wrong


def _described(stager: Stager, query: QueryFile, names: Sequence[str]) -> list[str]:
    described_rows(stager, query, names)
    return [str(row[0]) for row in stager.cursor.execute(f"DESCRIBE {query.sql}").fetchall()]


def described_rows(stager: Stager, query: QueryFile, names: Sequence[str]) -> None:
    """Create the relations that a format's queries read, with these columns of the file and without rows."""
    columns = "".join(f"{quote_name(name)} VARCHAR, " for name in names)
    stager.cursor.execute(f"CREATE OR REPLACE TEMP TABLE file_row ({columns}file_columns VARCHAR, source_id INTEGER)")
    stager.cursor.execute(f"CREATE OR REPLACE TEMP VIEW staged_row AS {stage_of(query)}")
    for name in ("extracted_rows", "numbered_rows", "every_row", "rows"):
        stager.cursor.execute(load_query(f"staging/{name}").sql)


def _result(query: QueryFile, columns: Sequence[str]) -> Iterator[Fault]:
    into = query.one("into")
    valid = table_columns(into)
    for name in columns:
        if name not in valid and name not in HELPERS:
            yield Fault(_line_of(query, name), unknown_column(name, into, valid))
    for name in ("source_id", "line_no", *_NEEDED.get(into, ())):
        if name not in columns:
            yield Fault(query.first_line, f"returns no column {name}, which every row of {into} needs")
    for name in _doubled(columns):
        yield Fault(_line_of(query, name), f"returns the column {name} twice")
    if "own addresses" in query.listed("resolve") and "own_ip" not in columns:
        yield Fault(query.places["resolve"], "resolve: own addresses needs a column own_ip in the result")


def _line_of(query: QueryFile, name: str) -> int:
    """Return the line that names a column, else the statement's first line."""
    found = re.search(rf'\bAS\s+"?{re.escape(name)}\b', query.sql, re.I) or re.search(rf"\b{re.escape(name)}\b", query.sql)
    return query.first_line + (query.sql.count("\n", 0, found.start()) if found else 0)


def table_columns(into: str) -> list[str]:
    """Return the columns of a table of the trace file."""
    return list(_types(into))


def _types(into: str) -> dict[str, str]:
    """Return the columns of a table with their types, enums with their values, because enum types exist only inside a trace file."""
    schema = schema_text("tables")
    enums = dict(re.findall(r"CREATE TYPE (\w+) AS (ENUM\(.*?\));", schema, re.S))
    body = re.search(rf"CREATE TABLE {into} \((.*?)\n\);", schema, re.S)
    found = re.findall(r"^\s{4}(\w+) ([\w\[\]]+)", body[1], re.M) if body else []
    return {name: enums.get(kind, kind) for name, kind in found if name != "is_merged" and not name.startswith("recorded_")}
