"""Macros of the library are made when the first query that uses them is run."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

import tui
from tui.config import EngineConfig
from tui.resources import bundled
from tui.store.engine import Engine, start_engine
from tui.store.macros import library, needed_by


@pytest.fixture
def engine() -> Iterator[Engine]:
    """Return an engine that has run nothing yet."""
    engine = start_engine(EngineConfig(memory_mb=300, threads=1))
    yield engine
    engine.close()


def test_a_new_engine_has_no_macro_of_the_library(engine: Engine) -> None:
    with pytest.raises(duckdb.CatalogException, match="tls_grade"):
        engine.connection.execute("SELECT tls_grade('TLSv1.2', NULL)")


def test_what_a_query_uses_is_made_with_what_that_uses(engine: Engine) -> None:
    engine.make_macros("SELECT tls_grade(word, NULL)")
    row = engine.cursor().execute("SELECT tls_grade('768', NULL), tls_grade('TLS1.x', NULL)").fetchone()
    assert row == ("TLS 1.1", "TLS (version unknown)")


@pytest.mark.share(3)
@pytest.mark.parametrize("name", sorted(library()))
def test_each_can_be_made_alone(name: str, engine: Engine) -> None:
    # A macro that names a type or another macro which is not there fails when it is made.
    engine.make_macros(f"SELECT {name}() -- as a call", f"SELECT NULL::{name}")
    assert needed_by(f"SELECT {name}()")[-1] == name


def test_every_macro_is_used() -> None:
    paths = [*bundled("queries").rglob("*.sql"), *Path(tui.__file__).parent.rglob("*.py")]
    words = Counter(word for path in paths for word in re.findall(r"\w+", path.read_text(encoding="utf-8").lower()))
    assert [name for name in library() if words[name] < 2] == []
