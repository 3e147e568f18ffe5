"""A macro takes columns: DuckDB copies an argument into each use, so that calls inside of calls take hundreds of milliseconds to plan."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from tui.resources import bundled

QUERIES = bundled("queries")
FOLDERS = ("formats", "formats/lib", "failures", "pending", "stages", "pending_rows")
FILES = sorted(path for folder in FOLDERS for path in (QUERIES / folder).glob("*.sql"))
_NOT_CODE = re.compile(r"'(?:[^']|'')*'|--[^\n]*")
_MACRO = re.compile(r"CREATE (?:OR REPLACE )?MACRO (\w+)\(([^)]*)\) AS( TABLE)?(.*?)(?=^CREATE |\Z)", re.S | re.M)
_CALL = re.compile(r"\b(\w+)\s*\(")


@dataclass(frozen=True)
class Macro:
    params: tuple[str, ...]
    body: str


def code(text: str) -> str:
    """Return a statement without comments and with empty texts; lines stay where they are."""
    return _NOT_CODE.sub(lambda found: "''" if found[0].startswith("'") else "", text)


@cache
def macros() -> dict[str, Macro]:
    """Return the scalar macros of the project, and one of DuckDB's own that names its text twice."""
    found = {"split_part": Macro(("string", "delimiter", "place"), "string + string")}
    for path in (*QUERIES.glob("*/lib/*.sql"), *QUERIES.glob("schema/*.sql")):
        for name, params, is_table, body in _MACRO.findall(code(path.read_text(encoding="utf-8"))):
            if not is_table:
                found[name.lower()] = Macro(tuple(one.strip().lower() for one in params.split(",")), body)
    return found


def arguments(text: str, begin: int) -> list[str]:
    """Return the arguments of a call whose bracket opens just before `begin`."""
    depth, start, found = 0, begin, list[str]()
    for at in range(begin, len(text)):
        if text[at] in "([{":
            depth += 1
        elif text[at] in ")]}":
            if depth == 0:
                return [*found, text[start:at]]
            depth -= 1
        elif text[at] == "," and depth == 0:
            found.append(text[start:at])
            start = at + 1
    return found


@cache
def uses(name: str, place: int) -> int:
    """Return how often a macro's parameter is in what DuckDB makes of a call."""
    macro = macros()[name]
    if place >= len(macro.params):
        return 1
    word = re.compile(rf"(?<![.\w]){re.escape(macro.params[place])}\b", re.I)
    count = len(word.findall(macro.body))
    for call in _CALL.finditer(macro.body):
        if (inner := call[1].lower()) in macros() and inner != name:
            for number, argument in enumerate(arguments(macro.body, call.end())):
                count += len(word.findall(argument)) * (uses(inner, number) - 1)
    return count


def faults(text: str) -> Iterator[str]:
    """Yield the calls of macros with an argument that is used more than once and that calls a macro itself."""
    text = code(text)
    for call in _CALL.finditer(text):
        name = call[1].lower()
        if name not in macros() or text[: call.start()].rstrip().upper().endswith("MACRO"):
            continue
        for place, argument in enumerate(arguments(text, call.end())):
            inner = [one for one in _CALL.findall(argument) if one.lower() in macros()]
            if inner and (count := uses(name, place)) > 1:
                yield f"line {text.count(chr(10), 0, call.start()) + 1}: {name} uses {inner[0]}(…) {count} times"


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_macros_take_columns(path: Path) -> None:
    assert list(faults(path.read_text(encoding="utf-8"))) == []


def test_a_call_that_is_copied_is_found() -> None:
    assert len(macros()) > 60
    assert list(faults("SELECT\n    is_own_address(address_in(peer)) FROM raw")) == ["line 2: is_own_address uses address_in(…) 2 times"]
    assert list(
        faults("SELECT split_part(split_part(a, ',', 1), ';', 2), split_part(b, ';', 1), 'trimmed(trimmed(x))' -- tls_grade(trimmed(x))")
    ) == ["line 1: split_part uses split_part(…) 2 times"]
