"""Queries are in query files: no string of the Python code selects or changes rows, except those that a query file cannot express."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import tui

PACKAGE = Path(tui.__file__).parent
SQL = re.compile(r"\b(?:SELECT|INSERT|UPDATE|DELETE|MERGE|WHERE|QUALIFY|GROUP BY)\s|\bWITH\s+\w+\s+AS\b|\bJOIN\s")

# Module and function, and why a query file cannot express it.
EXCEPTIONS = {
    ("store/scans.py", "scan_of"): "the columns of a scan are those of the file that is read",
    ("store/scans.py", "_json_source"): "a part of the scan",
    ("store/query_runner.py", "narrowing"): "the condition is made of the clauses that a user wrote",
    ("view/mapping.py", "format_text"): "it writes a format file for the user",
    ("store/trace_file.py", "_show"): "one view for each relation of an attached file",
}


def sql_strings(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield the innermost function and the text of each string that contains SQL which reads or changes rows; docstrings are skipped."""
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    owner: dict[int, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            owner |= {id(inner): node.name for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs and SQL.search(node.value):
            yield owner.get(id(node), "<module>"), node.value


def found_in_package() -> dict[tuple[str, str], str]:
    return {
        (str(path.relative_to(PACKAGE)), function): text
        for path in sorted(PACKAGE.rglob("*.py"))
        for function, text in sql_strings(ast.parse(path.read_text(encoding="utf-8")))
    }


def test_sql_over_data_is_in_query_files() -> None:
    assert {place: text for place, text in found_in_package().items() if place not in EXCEPTIONS} == {}


def test_every_exception_is_needed() -> None:
    assert set(EXCEPTIONS) - set(found_in_package()) == set()


def test_sql_is_recognised() -> None:
    source = '''
def f(name):
    """SELECT is a word here."""
    run(f"SELECT a FROM {name}")
    run(f"INSERT INTO {name} VALUES (1)" "x")
    run("WITH a AS (FROM b) FROM a")
    run("FROM a WHERE b")
    run("CREATE TEMP TABLE a AS FROM b")
'''
    assert [function for function, _ in sql_strings(ast.parse(source))] == ["f"] * 4
