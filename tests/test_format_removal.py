"""A format is one file for good, with the queries that its header names: without it everything else loads, and nothing else mentions it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from tests.support.shares import share_of
from tui.resources import bundled
from tui.store.macros import needed_by
from tui.store.query_files import QueryFile, load_folder
from tui.store.staging import NAMED, texts_of

QUERIES, SAMPLES = bundled("queries"), bundled("sample_data") / "every-format"
FORMATS = {query.path.stem: query for query in load_folder("formats")}

OTHERS = share_of(sorted(path.name for path in SAMPLES.iterdir()), 6)


def named_by(query: QueryFile) -> set[Path]:
    return {QUERIES / folder / f"{query.one(key)}.sql" for key, folder in NAMED.items() if query.one(key)}


def parts_of(name: str) -> set[Path]:
    """Return the files of a format alone: its own, and those that no other format's header names."""
    others = set[Path]().union(*(named_by(query) for other, query in FORMATS.items() if other != name))
    return {FORMATS[name].path, *(named_by(FORMATS[name]) - others)}


def libraries_of(name: str) -> set[Path]:
    """Return the libraries that a format uses."""
    texts = {path: path.read_text(encoding="utf-8") for path in QUERIES.glob("*/lib/*.sql")}
    made = {one.lower(): path for path, text in texts.items() for one in re.findall(r"^CREATE (?:OR REPLACE MACRO|TYPE) (\w+)", text, re.M)}
    return {made[macro] for text in texts_of(FORMATS[name]) for macro in needed_by(text)}


def code_without(parts: set[Path]) -> dict[Path, str]:
    paths = [*QUERIES.rglob("*.sql"), *bundled("queries").parent.glob("tui/**/*.py")]
    return {path: path.read_text(encoding="utf-8") for path in paths if path not in parts}


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_nothing_else_mentions_it(name: str) -> None:
    # Ids that are ordinary words are looked for where they are values.
    pattern = rf"(?<!\w){name}(?!\w)" if "_" in name else rf"'{name}'|\"{name}\""
    others = code_without(parts_of(name) | libraries_of(name))
    assert len(others) > 300
    assert [path for path, text in others.items() if re.search(pattern, text)] == []


@pytest.mark.parametrize("system", sorted({query.one("system") for query in FORMATS.values()} - {""}))
def test_no_query_but_those_of_formats_names_a_system(system: str) -> None:
    own = {path for name, query in FORMATS.items() for path in {query.path, *named_by(query), *libraries_of(name)}}
    assert [path for path, text in code_without(own).items() if path.suffix == ".sql" and f"'{system}'" in text] == []


Source = tuple[str, int, int]


def loaded(program: Path, trace: Path, files: Iterable[Path]) -> dict[str, Source]:
    """Load files with a copy of the program; return the format, the messages and the rejected lines of each."""
    environment = os.environ | {"PYTHONPATH": str(program), "PYTHONDONTWRITEBYTECODE": "1"}

    def run(*arguments: object) -> str:
        command = [sys.executable, "-m", "tui", *map(str, arguments)]
        done = subprocess.run(command, env=environment, cwd=program, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    run("load", *files, "--into", trace)
    rows = json.loads(run("sources", trace, "--format", "json"))
    return {one["path"]: (one["format"], one["message_count"] + one["other_count"], one["reject_count"]) for one in rows}


@pytest.fixture(scope="module")
def with_all(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Source]:
    """Return the format, the messages and the rejected lines of each file of the sample."""
    return loaded(QUERIES.parent, tmp_path_factory.mktemp("all") / "all.duckdb", [SAMPLES / folder for folder in OTHERS])


def without(tmp_path: Path, name: str, with_all: Mapping[str, Source]) -> None:
    """Load all files but those of a format, without its files, and compare with a load of all."""
    root = QUERIES.parent
    for folder in ("tui", "queries"):
        shutil.copytree(root / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for path in parts_of(name):
        (tmp_path / path.relative_to(root)).unlink()
    others = {path: source for path, source in with_all.items() if source[0] != name}
    assert len({source[0] for source in others.values()}) > 3
    assert loaded(tmp_path, tmp_path / "without.duckdb", map(Path, others)) == others


@pytest.mark.share(1)
@pytest.mark.parametrize("name", sorted(FORMATS))
def test_the_rest_loads_without_it(tmp_path: Path, name: str, with_all: Mapping[str, Source]) -> None:
    without(tmp_path, name, with_all)
