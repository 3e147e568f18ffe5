"""Query files: one SQL statement with a header that declares its parameters and its result.

```sql
-- title: TLS versions by connector and day
-- help: One row a day and connector.
-- params: since timestamp, until timestamp, connector text
-- result: ConnectorDay
SELECT …
```
"""

from __future__ import annotations

import dataclasses
import difflib
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType

from tui import rows
from tui.errors import QueryFileError
from tui.resources import bundled
from tui.store.header_keys import HEADER_KEYS
from tui.store.renamed_names import renamed_header, renamed_sql

_HEADER = re.compile(r"^--\s*([a-z][a-z_ ]*):\s?(.*)$")
_PARAMETER = re.compile(r"(?<![\w$])\$(\w+)")
_NOT_CODE = re.compile(
    r"""\b[eE]'(?:[^'\\]|''|\\.)*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(?P<tag>[A-Za-z_]\w*)?\$.*?\$(?(tag)(?P=tag))\$|--[^\n]*|/\*.*?\*/""",
    re.S,
)

PARAMETER_TYPES = frozenset(
    {"timestamp", "date", "text", "integer", "number", "boolean", "texts", "integers", "booleans", "timestamps", "limits"}
)


@dataclass(frozen=True)
class Fault:
    """A fault of a query file: its line and its description."""

    line: int
    text: str


@dataclass(frozen=True)
class QueryFile:
    """One file of `queries/`: its header, its statement and its path; `first_line` is the statement's first line.

    `places` has the first line of each header key; `renamed` the lines that use an old name, with the new one.
    """

    name: str
    path: Path
    header: Mapping[str, tuple[str, ...]]
    sql: str
    params: Mapping[str, str]
    first_line: int = 1
    places: Mapping[str, int] = field(default_factory=dict[str, int])
    renamed: Sequence[Fault] = ()

    def one(self, key: str) -> str:
        """Return the header's value for `key`; several values are joined by a blank."""
        return " ".join(self.header.get(key, ()))

    def listed(self, key: str) -> tuple[str, ...]:
        """Return a comma separated header value as a tuple."""
        return tuple(_items(self.header.get(key, ())))

    @property
    def result(self) -> type | None:
        """The dataclass of `tui.rows` whose fields are this statement's columns; fields with a default are optional."""
        wanted = self.one("result")
        return getattr(rows, wanted, None) if wanted else None


def parse_query(path: Path, name: str) -> QueryFile:
    """Parse one query file and check it against the contract.

    Raises QueryFileError with the first fault: an unknown header key, an undeclared or unused parameter, an unknown type of parameter,
    no or more than one statement, or a result that is not a dataclass of `tui.rows`.
    """
    query, faults = examine(path, name)
    if faults:
        raise QueryFileError(f"{path}:{faults[0].line}: {faults[0].text}")
    return query


def examine(path: Path, name: str) -> tuple[QueryFile, list[Fault]]:
    """Return a query file as far as it can be parsed, and all its faults. Raises QueryFileError when the file cannot be read."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise QueryFileError(f"{path}: cannot be read: {problem}") from problem
    header, places, old_keys, faults, sql = _split(text)
    first_line = text.count("\n", 0, len(text) - len(sql)) + 1 + sql[: len(sql) - len(sql.lstrip())].count("\n")
    sql = sql.strip()
    code = _without_strings(sql)
    sql, old_names = renamed_sql(sql, code)
    if old_names:
        old_keys += [Fault(first_line + code.count("\n", 0, start), f"{old} was renamed; write {new}") for start, old, new in old_names]
        code = _without_strings(sql)
    if not code.strip(" \n\t;"):
        faults.append(Fault(first_line, "contains no statement below its header"))
    if ";" in code.rstrip().removesuffix(";"):
        line = first_line + code.count("\n", 0, code.index(";"))
        faults.append(Fault(line, "contains more than one statement; put each in its own file"))
    params = {item.partition(" ")[0]: item.partition(" ")[2] for item in _items(header.get("params", ()))}
    in_params = places.get("params", 1)
    for parameter, kind in params.items():
        if kind not in PARAMETER_TYPES:
            types = ", ".join(sorted(PARAMETER_TYPES))
            faults.append(Fault(in_params, f"parameter {parameter} has the type '{kind}'; use {types}"))
    used = {found[1]: first_line + code.count("\n", 0, found.start()) for found in reversed(list(_PARAMETER.finditer(code)))}
    faults += [
        Fault(used[parameter], f"uses ${parameter} without declaring it in its params: line")
        for parameter in sorted(set(used) - set(params))
    ]
    faults += [Fault(in_params, f"declares the parameter {parameter} but does not use it") for parameter in sorted(set(params) - set(used))]
    query = QueryFile(name, path, MappingProxyType(header), sql.removesuffix(";"), MappingProxyType(params), first_line, places, old_keys)
    result = query.one("result")
    if result and not dataclasses.is_dataclass(getattr(rows, result, None)):
        faults.append(Fault(places["result"], f"its result {result} is not a dataclass of tui/rows"))
    return query, sorted(faults, key=lambda fault: fault.line)


def _without_strings(sql: str) -> str:
    """Return a statement with its strings and comments blanked out."""
    return _NOT_CODE.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), sql)


def _split(text: str) -> tuple[dict[str, tuple[str, ...]], dict[str, int], list[Fault], list[Fault], str]:
    """Return the header, the first line of each of its keys, the keys with an old name, the faults, and the rest of the file."""
    header: dict[str, tuple[str, ...]] = {}
    places: dict[str, int] = {}
    old_keys: list[Fault] = []
    faults: list[Fault] = []
    lines = text.splitlines(keepends=True)
    at = 0
    for at, line in enumerate(lines):
        found = _HEADER.match(line.rstrip("\r\n"))
        if not found:
            break
        key, value = found[1].strip(), found[2].strip()
        renamed = renamed_header(key, value)
        if renamed:
            new_lines = " and ".join(f"'{new}: {words}'" for new, words in renamed)
            old_keys.append(Fault(at + 1, f"'{key}:' was renamed; write {new_lines}"))
        elif key not in HEADER_KEYS:
            faults.append(Fault(at + 1, f"unknown header '{key}:'; valid keys: {', '.join(sorted(HEADER_KEYS))}"))
        for new, words in renamed or [(key, value)]:
            places.setdefault(new, at + 1)
            header[new] = (*header.get(new, ()), words)
    if "title" not in header:
        faults.append(Fault(1, "has no '-- title:' line"))
    return header, places, old_keys, faults, "".join(lines[at:])


def _items(lines: tuple[str, ...]) -> list[str]:
    return [item.strip() for item in ",".join(lines).split(",") if item.strip()]


def check_columns(query: QueryFile, columns: Sequence[str]) -> None:
    """Raise QueryFileError unless the statement's columns are the fields of its result; fields with a default may be missing."""
    if query.result is None:
        return
    fields = {field.name: field.default is dataclasses.MISSING for field in dataclasses.fields(query.result)}
    wrong = [unknown_column(name, query.one("result"), tuple(fields)) for name in columns if name not in fields]
    wrong += [f"returns the column {name} twice" for name in columns if columns.count(name) > 1]
    wrong += [
        f"returns no column {name}, which {query.one('result')} needs" for name, needed in fields.items() if needed and name not in columns
    ]
    if wrong:
        raise QueryFileError(wrong[0], path=query.path)


def unknown_column(name: str, table: str, valid: Sequence[str]) -> str:
    """Return the fault of a column that is not one of the valid ones, with the nearest of these, or all of them."""
    return f"returns a column {name}, which {table} does not have; {did_you_mean(name, valid)}"


def did_you_mean(name: str, valid: Collection[str]) -> str:
    """Return the question whether the nearest of some valid names is meant, or the list of all where none is near."""
    near = difflib.get_close_matches(name, valid, 1)
    return f"did you mean {near[0]}?" if near else f"choose {', '.join(valid)}"


@cache
def load_query(name: str) -> QueryFile:
    """Return the query `name`, such as `overview/flow_by_tls`, which is parsed and checked once."""
    path = bundled("queries") / f"{name}.sql"
    if not path.is_file():
        raise QueryFileError(f"there is no query {name} ({path})")
    return parse_query(path, name)


def load_folder(folder: str, extra: Path | None = None) -> list[QueryFile]:
    """Return the queries of a folder of `queries/`, and of a folder of the user's own, by name.

    A user's file replaces the built-in one of the same name.
    """
    found = {path.stem: load_query(f"{folder}/{path.stem}") for path in sorted((bundled("queries") / folder).glob("*.sql"))}
    if extra is not None and extra.is_dir():
        found |= {path.stem: parse_query(path, f"{folder}/{path.stem}") for path in sorted(extra.glob("*.sql"))}
    return [found[stem] for stem in sorted(found)]


def read_own(
    folder: Path | None, noun: str, faults_of: Callable[[Path], tuple[QueryFile, list[Fault]]]
) -> tuple[list[QueryFile], dict[str, str]]:
    """Return the valid files of the user's folder, and for each broken one, by name: its path, its first fault and what to do.

    `noun` is the kind of file, such as `format`; `faults_of` parses a file and raises QueryFileError when it cannot be read.
    """
    sound: list[QueryFile] = []
    broken: dict[str, str] = {}
    for path in sorted(folder.glob("*.sql")) if folder is not None and folder.is_dir() else ():
        try:
            query, faults = faults_of(path)
        except QueryFileError as problem:
            broken[path.stem] = describe_skipped(path, noun, problem)
            continue
        if faults:
            broken[path.stem] = describe_skipped(path, noun, faults)
        else:
            sound.append(query)
    return sound, broken


def describe_skipped(path: Path, noun: str, why: Sequence[Fault] | QueryFileError) -> str:
    """Return the message about a broken file of the user's own: its first fault, or the error that names the file, and what to do."""
    fault = why if isinstance(why, QueryFileError) else f"{path}:{why[0].line}: {why[0].text}"
    return f"{fault}; this {noun} is skipped; run mailflow {noun}s --check {path}"


def schema_text(name: str) -> str:
    """Return the text of a file of `queries/schema/`, which may contain several statements."""
    return (bundled("queries") / "schema" / f"{name}.sql").read_text(encoding="utf-8")
