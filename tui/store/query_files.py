"""Query files: one SQL statement with a header that names its parameters and its result.

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
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from tui import rows
from tui.errors import QueryFileError
from tui.places import bundled

_HEADER = re.compile(r"^--\s*([a-z][a-z ]*):\s?(.*)$")
_PARAMETER = re.compile(r"(?<![\w$])\$(\w+)")
_NOT_CODE = re.compile(
    r"""\b[eE]'(?:[^'\\]|''|\\.)*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(?P<tag>[A-Za-z_]\w*)?\$.*?\$(?(tag)(?P=tag))\$|--[^\n]*|/\*.*?\*/""",
    re.S,
)

PARAMETER_TYPES = frozenset({"timestamp", "date", "text", "integer", "number", "boolean", "texts", "limits"})
KNOWN_KEYS = frozenset(
    [
        "title",
        "help",
        "params",
        "result",
        "severity",
        "advice",
        "tls",
        "limit",
        "direction",
        "recognise",
        "needs",
        "reader",
        "system",
        "grain",
        "columns",
        "wrapped in",
        "local clock",
        "culture date",
        "stage",
        "failures",
        "pending",
        "settle",
        "once",
        "into",
        "tells",
        "cannot tell",
        "tls is in",
        "tls line",
        "session in line",
        "columns without header",
    ]
)


@dataclass(frozen=True)
class QueryFile:
    """One file of `queries/`: its header, its statement, and where it lies."""

    name: str
    path: Path
    header: Mapping[str, tuple[str, ...]]
    sql: str
    params: Mapping[str, str]

    def one(self, key: str) -> str:
        """Answer the header's value for `key`; what is said twice is joined by a blank."""
        return " ".join(self.header.get(key, ()))

    def listed(self, key: str) -> tuple[str, ...]:
        """Answer a comma separated header value as a tuple."""
        return tuple(item.strip() for item in ",".join(self.header.get(key, ())).split(",") if item.strip())

    @property
    def result(self) -> type | None:
        """The dataclass of `tui.rows` whose fields are this statement's columns, in order."""
        wanted = self.one("result")
        return getattr(rows, wanted) if wanted else None


def parse_query(path: Path, name: str) -> QueryFile:
    """Read one query file and check its contract.

    Raises QueryFileError for an unknown header key, an undeclared or unused parameter, an unknown type of parameter,
    no or more than one statement, or a result that is no dataclass of `tui.rows`.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise QueryFileError(f"{path}: cannot be read: {problem}") from problem
    header, sql = _split(path, text)
    code = _NOT_CODE.sub(" ", sql)
    if not code.strip(" \n\t;"):
        raise QueryFileError(f"{path}: holds no statement below its header")
    if ";" in code.rstrip().removesuffix(";"):
        raise QueryFileError(f"{path}: holds more than one statement; put each in a file of its own")
    params = _declared(path, header.get("params", ()))
    used = set(_PARAMETER.findall(code))
    if undeclared := sorted(used - set(params)):
        raise QueryFileError(f"{path}: uses ${undeclared[0]} without naming it in its params: line")
    if unused := sorted(set(params) - used):
        raise QueryFileError(f"{path}: names the parameter {unused[0]} but does not use it")
    query = QueryFile(name, path, MappingProxyType(header), sql.strip().removesuffix(";"), MappingProxyType(params))
    _check_result(query)
    return query


def _split(path: Path, text: str) -> tuple[dict[str, tuple[str, ...]], str]:
    header: dict[str, tuple[str, ...]] = {}
    lines = text.splitlines()
    at = 0
    for at, line in enumerate(lines):
        found = _HEADER.match(line)
        if not found:
            break
        key, value = found[1].strip(), found[2].strip()
        if key not in KNOWN_KEYS:
            raise QueryFileError(f"{path}:{at + 1}: unknown header '{key}:'; known are {', '.join(sorted(KNOWN_KEYS))}")
        header[key] = (*header.get(key, ()), value)
    if "title" not in header:
        raise QueryFileError(f"{path}: has no '-- title:' line")
    return header, "\n".join(lines[at:])


def _declared(path: Path, lines: tuple[str, ...]) -> dict[str, str]:
    params: dict[str, str] = {}
    for item in ",".join(lines).split(","):
        if not item.strip():
            continue
        name, _, kind = item.strip().partition(" ")
        if kind not in PARAMETER_TYPES:
            raise QueryFileError(f"{path}: parameter {name} has the type '{kind}'; use {', '.join(sorted(PARAMETER_TYPES))}")
        params[name] = kind
    return params


def _check_result(query: QueryFile) -> None:
    wanted = query.one("result")
    if wanted and not dataclasses.is_dataclass(getattr(rows, wanted, None)):
        raise QueryFileError(f"{query.path}: its result {wanted} is no dataclass of tui/rows")


def check_columns(query: QueryFile, columns: list[str]) -> None:
    """Raise QueryFileError unless the statement's columns are the fields of its result, in the same order."""
    if query.result is None:
        return
    fields = [field.name for field in dataclasses.fields(query.result)]
    if fields != columns:
        raise QueryFileError(f"{query.path}: returns {', '.join(columns)}; {query.one('result')} wants {', '.join(fields)}")


@cache
def load_query(name: str) -> QueryFile:
    """Answer the query `name`, such as `overview/flow_by_tls`, read and checked once."""
    path = bundled("queries") / f"{name}.sql"
    if not path.is_file():
        raise QueryFileError(f"there is no query {name} ({path})")
    return parse_query(path, name)


def load_folder(folder: str, extra: Path | None = None) -> list[QueryFile]:
    """Answer every query of a folder of `queries/`, and of a folder of the user's own, by name.

    A user's file replaces the built-in one of the same name.
    """
    found = {path.stem: load_query(f"{folder}/{path.stem}") for path in sorted((bundled("queries") / folder).glob("*.sql"))}
    if extra is not None and extra.is_dir():
        found |= {path.stem: parse_query(path, f"{folder}/{path.stem}") for path in sorted(extra.glob("*.sql"))}
    return [found[stem] for stem in sorted(found)]


def schema_text(name: str) -> str:
    """Answer the statements of a file of `queries/schema/`, which may be many."""
    return (bundled("queries") / "schema" / f"{name}.sql").read_text(encoding="utf-8")
