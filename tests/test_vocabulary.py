"""Vocabulary: names, docstrings and texts use the terms of the field, not the private words that the program was first written in."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PYTHON = sorted(path for folder in ("tui", "tests", "sample_data") for path in (ROOT / folder).rglob("*.py"))
QUERIES = sorted(path for path in (ROOT / "queries").rglob("*.sql") if "migrations" not in path.parts)
TEXTS = sorted(
    [*ROOT.glob("*.md"), *(path for folder in ("tui", "queries", "tests", "sample_data") for path in (ROOT / folder).rglob("*.md"))]
)

# What a function does is said in the imperative of programming: Return, Yield, Load, Write.
BEGINNINGS = re.compile(r"(?:Answer|Say|Tell|Name|Hold|Know)s?\b")
WORDS = re.compile(
    r"\b(?:un)?told\b|\btellings?\b|\bfate\b|\bheirs?\b|\banew\b|\bsettled?\b|\bheld\b|\bsteps? back\b|\bcomes? forward\b", re.I
)
# Words of a name are separated by underscores or capitals.
PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
NAME_WORDS = frozenset({"told", "untold", "telling", "tellings", "fate", "heir", "heirs", "anew", "settle", "settled", "held"})
# Where old names are read: the mapping from old names to new ones, and its tests.
OLD_NAMES = ("renamed_names.py", "report_contract.py", "test_verify.py", "test_vocabulary.py", "test_own_format_rules.py", "CHANGELOG.md")


def ids(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


def docstrings(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the line and the text of each docstring."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and (text := ast.get_docstring(node)):
            yield node.body[0].lineno, text


def names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the line and the text of each name that is defined."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg


def has_private_word(name: str) -> bool:
    return any(part.lower() in NAME_WORDS for part in PARTS.findall(name))


@pytest.mark.parametrize("path", PYTHON, ids=ids(PYTHON))
def test_docstrings_begin_with_a_standard_verb(path: Path) -> None:
    found = [(line, text.partition("\n")[0]) for line, text in docstrings(ast.parse(path.read_text(encoding="utf-8")))]
    assert [(line, text) for line, text in found if BEGINNINGS.match(text)] == []


@pytest.mark.parametrize("path", PYTHON, ids=ids(PYTHON))
def test_no_name_is_a_private_word(path: Path) -> None:
    if path.name not in OLD_NAMES:
        assert [(line, name) for line, name in names(ast.parse(path.read_text(encoding="utf-8"))) if has_private_word(name)] == []
    assert not has_private_word(path.stem)


@pytest.mark.parametrize("path", [*PYTHON, *QUERIES, *TEXTS], ids=ids([*PYTHON, *QUERIES, *TEXTS]))
def test_no_text_has_a_private_word(path: Path) -> None:
    if path.name not in OLD_NAMES:
        lines = enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        assert [(number, line.strip()) for number, line in lines if WORDS.search(line)] == []


@pytest.mark.parametrize(("name", "expected"), [("told", True), ("is_told", True), ("LastHeld", True), ("holds", False), ("shield", False)])
def test_private_words_are_recognised_in_names(name: str, expected: bool) -> None:
    assert has_private_word(name) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("what is not told", True), ("it steps back", True), ("Written anew", True), ("the threshold", False), ("resettlement", False)],
)
def test_private_words_are_recognised_in_texts(text: str, expected: bool) -> None:
    assert bool(WORDS.search(text)) is expected
