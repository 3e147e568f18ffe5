"""Macros that only some queries use: those in the `lib` folders of `queries/`, created when the first query that uses them is run.

Creating all of them takes longer than most queries; a report of a trace file needs a tenth of them.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

import duckdb

from tui.resources import bundled

# A macro or an enum, with the comment before it.
_MACRO = re.compile(r"(?:^--.*\n)*^CREATE (?:OR REPLACE MACRO|TYPE) (\w+)", re.M)
_COMMENTED = re.compile(r"((?:^--.*\n)*)^CREATE OR REPLACE MACRO (\w+)\(([^)]*)\)", re.M)
_PUBLIC = re.compile(r"^-- public: yes$", re.M)
_USE = re.compile(r"\b(\w+)\s*\(|::(\w+)")


@dataclass(frozen=True)
class Macro:
    """A macro or an enum: the statement that creates it, and the names in the library that it uses."""

    statement: str
    uses: tuple[str, ...]


@cache
def library() -> dict[str, Macro]:
    """Return the macros and enums of `queries/*/lib/`, by name."""
    statements: dict[str, str] = {}
    for path in sorted(bundled("queries").glob("*/lib/*.sql")):
        text = path.read_text(encoding="utf-8")
        found = list(_MACRO.finditer(text))
        ends = [*(one.start() for one in found[1:]), len(text)]
        statements |= {one[1].lower(): text[one.start() : end] for one, end in zip(found, ends, strict=True)}
    return {name: Macro(text, _used(text, statements, name)) for name, text in statements.items()}


@dataclass(frozen=True)
class MacroFile:
    """A file of macros for any format: its title, and the signature of each macro with its comment as one line."""

    title: str
    macros: tuple[tuple[str, str], ...]


def public_macros() -> list[MacroFile]:
    """Return the macros that formats of any system may use: those of files whose header contains `-- public: yes`."""
    found: list[MacroFile] = []
    for path in sorted((*bundled("queries").glob("formats/lib/*.sql"), *bundled("queries").glob("schema/*.sql"))):
        text = path.read_text(encoding="utf-8")
        if _PUBLIC.search(text):
            macros = [(f"{name}({arguments})", _one_line(comment)) for comment, name, arguments in _COMMENTED.findall(text)]
            found.append(MacroFile(_one_line(text.splitlines()[0]).removeprefix("title: "), tuple(macros)))
    return found


def _one_line(comment: str) -> str:
    return " ".join(line.removeprefix("--").strip() for line in comment.splitlines())


def needed_by(text: str) -> list[str]:
    """Return the names of the macros that a query needs, each after those that it uses itself."""
    return list(_needed(text))


@cache
def _needed(text: str) -> tuple[str, ...]:
    macros, order = library(), dict[str, None]()

    def add(name: str) -> None:
        if name not in order:
            for use in macros[name].uses:
                add(use)
            order[name] = None

    for name in _used(text, macros):
        add(name)
    return tuple(order)


def _used(text: str, macros: Iterable[str], excluded: str = "") -> tuple[str, ...]:
    names = set(macros) - {excluded}
    found = dict.fromkeys((call or kind).lower() for call, kind in _USE.findall(text))
    return tuple(name for name in found if name in names)


class Macros:
    """The library macros that exist in one engine; each of its cursors sees them."""

    def __init__(self, cursor: Callable[[], duckdb.DuckDBPyConnection]) -> None:
        self._cursor = cursor
        self._made: set[str] = set()
        self._turn = threading.Lock()

    def make(self, *texts: str) -> None:
        """Create the macros that queries need and that do not exist yet. A transaction that has begun does not see them."""
        names = dict.fromkeys(name for text in texts for name in _needed(text))
        if self._made.issuperset(names):
            return
        with self._turn:
            missing = [name for name in names if name not in self._made]
            cursor = self._cursor()
            try:
                for name in missing:  # one statement each: DuckDB 1.5 mixes up the named windows of several statements
                    cursor.execute(library()[name].statement)
                    self._made.add(name)
            finally:
                cursor.close()
