"""Queries of the trace file: query files in, frozen dataclasses out."""

from __future__ import annotations

import threading
import time
import uuid
from collections import deque
from collections.abc import Generator, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import duckdb

from tui.errors import CancelledError, QueryFileError, TraceFileError, UnreadableError
from tui.store.engine import Engine
from tui.store.filters import Filter
from tui.store.notes_file import remember_notes
from tui.store.query_files import QueryFile, check_columns, load_query
from tui.store.scans import quote_name, quote_text
from tui.store.trace_file import is_damage

_Row = TypeVar("_Row")

MAX_STATEMENTS = 60
STREAMED_AT_ONCE = 10_000
EVERYTHING = Filter()


@dataclass(frozen=True)
class Statement:
    """A statement that was run, so that a user can run it again in a DuckDB shell."""

    name: str
    title: str
    sql: str
    params: dict[str, object]
    seconds: float
    where: Filter = EVERYTHING


class QueryRunner:
    """One cursor on the engine, for one thread at a time.

    `broken` are query files of the user's own that failed and were skipped, and why.
    """

    def __init__(self, engine: Engine) -> None:
        self._cursor = engine.cursor()
        self._engine = engine
        self._gate = engine.gate
        self.redactor = engine.redactor
        self._folder = engine.temp_folder
        self.zone = engine.zone
        self._turn = threading.Lock()
        self._where = EVERYTHING
        self.statements: deque[Statement] = deque(maxlen=MAX_STATEMENTS)
        self.broken: dict[Path, str] = {}

    def one_state(self) -> AbstractContextManager[None]:
        """Keep the open state of the trace file for all queries of a job."""
        return self._gate.passing()

    def note_lines(self) -> list[str]:
        """Return the lines of the notes file of the trace file."""
        if self._engine.trace_file is not None:
            remember_notes(self._engine.note_lines, self._engine.trace_file)
        return list(self._engine.note_lines)

    def interrupt(self) -> None:
        """Stop the running query, if there is one; its caller gets CancelledError."""
        self._cursor.interrupt()

    def ask(self, result: type[_Row], name: str, where: Filter = EVERYTHING, /, **params: object) -> list[_Row]:
        """Run a query file over the mail that a filter matches; return the rows as dataclasses of its declared result.

        Raises QueryFileError when the query does not return `result`, or when the parameters are not those that it
        declares, and CancelledError when it was interrupted.
        """
        return self.ask_file(result, load_query(name), where, **params)

    def ask_file(self, result: type[_Row], query: QueryFile, where: Filter = EVERYTHING, /, **params: object) -> list[_Row]:
        """Return the rows of a query file that was found in a folder, such as a finding."""
        if query.result is not result:
            raise QueryFileError(f"returns {query.one('result') or 'no declared result'}, not {result.__name__}", path=query.path)
        if set(params) != set(query.params):
            raise QueryFileError(f"needs the parameters {', '.join(query.params)}; got {', '.join(params)}", path=query.path)
        values, narrow = (params, where) if self.redactor is None else self._originals(params, where)
        with self._turn:
            started = time.perf_counter()
            with self._gate.passing(), _translated_errors(query):
                self._narrow(narrow)
                self._engine.make_macros(query.sql)
                self._cursor.execute(query.sql, values or None)
                columns = [str(column[0]) for column in self._cursor.description or []]
                check_columns(query, columns)
                found: list[Any] = self._cursor.fetchall()
            seconds = time.perf_counter() - started
            self.statements.append(Statement(query.name, query.one("title"), query.sql, dict(params), seconds, where))
        rows = [result(**dict(zip(columns, row, strict=True))) for row in found]
        return rows if self.redactor is None else [self.redactor.row(row, params) for row in rows]

    def _originals(self, params: Mapping[str, object], where: Filter) -> tuple[dict[str, object], Filter]:
        """Return parameters and filter with the original names in place of pseudonyms."""
        redactor = self.redactor
        if redactor is None:
            return dict(params), where
        return {name: redactor.original(value) for name, value in params.items()}, redactor.original_filter(where)

    def ask_one(self, result: type[_Row], name: str, where: Filter = EVERYTHING, /, **params: object) -> _Row:
        """Return the row of a query that always returns exactly one."""
        return self.ask(result, name, where, **params)[0]

    def _narrow(self, where: Filter) -> None:
        """Create temp views that a filter narrows, which hide the shared views; only this cursor sees them."""
        if where == self._where:
            return
        self._where = EVERYTHING
        for statement in narrowing(where):
            self._cursor.execute(statement)
        self._where = where

    def stream(self, result: type[object], name: str, where: Filter = EVERYTHING, /, **params: object) -> Iterator[tuple[object, ...]]:
        """Yield the rows of a query one by one, as tuples in the order of the query's columns; there may be any number."""
        query = load_query(name)
        if query.result is not result:
            raise QueryFileError(f"returns {query.one('result')}, not {result.__name__}", path=query.path)
        with self._turn, self._gate.passing(), _translated_errors(query):
            values, narrow = self._originals(params, where)
            self._narrow(narrow)
            self._engine.make_macros(query.sql)
            self._cursor.execute(query.sql, values or None)
            names = [str(column[0]) for column in self._cursor.description or []]
            while found := self._cursor.fetchmany(STREAMED_AT_ONCE):
                yield from found if self.redactor is None else (self._redacted(result, names, row, params) for row in found)

    def _redacted(
        self, result: type[object], names: list[str], row: tuple[object, ...], params: Mapping[str, object]
    ) -> tuple[object, ...]:
        redactor = self.redactor
        if redactor is None:
            return row
        return tuple(redactor.value(result.__name__, name, value, params) for name, value in zip(names, row, strict=True))

    def new_file(self, ending: str) -> Path:
        """Return a new path in the private temp folder."""
        return self._folder / f"{uuid.uuid4().hex}.{ending}"

    def save_parquet(self, lines: Path, columns: Mapping[str, str], target: Path) -> None:
        """Write a file of JSON lines as Parquet; both are in the private temp folder."""
        typed = ", ".join(f"{quote_name(name)}: {quote_text(kind)}" for name, kind in columns.items())
        source = f"read_json({quote_text(str(lines))}, format = 'newline_delimited', columns = {{{typed}}})"
        with self._turn:
            self._cursor.execute(f"COPY (FROM {source}) TO {quote_text(str(target))} (FORMAT parquet, COMPRESSION zstd)")

    def close(self) -> None:
        """Close the cursor."""
        self._cursor.close()


@contextmanager
def _translated_errors(query: QueryFile) -> Generator[None]:
    """Raise the engine's errors as errors of this program, without any value from a mail log."""
    try:
        yield
    except duckdb.InterruptException as problem:
        raise CancelledError("stopped") from problem
    except (duckdb.CatalogException, duckdb.BinderException, duckdb.ParserException) as problem:
        raise QueryFileError(str(problem).splitlines()[0], path=query.path) from problem
    except duckdb.OutOfMemoryException as problem:
        raise UnreadableError("not enough memory for this; raise memory_mb under [engine] in the config") from problem
    except duckdb.Error as problem:  # its message may contain values
        if is_damage(problem):
            raise TraceFileError("the trace file is damaged; restore a copy of it, or load its files again into a new one") from problem
        raise QueryFileError(f"failed with {type(problem).__name__}", path=query.path) from problem


def narrowing(where: Filter) -> list[str]:
    """Return the statements that narrow `message` and its rollups to the mail that a filter matches, for one cursor or shell."""
    if not where:
        return [f"DROP VIEW IF EXISTS temp.{view}" for view in ("message", "flow", "peer_flow")]
    flow = f"edge_flow AS message WHERE ({where.condition(rollup=True)})" if where.in_rollup else "edge_messages() WHERE TRUE"
    counted = "" if where.selects_submission else " AND in_flow"
    peers = f"peer_seen AS message WHERE {where.condition()}" if where.of_peers else "peer_messages()"
    return [
        f"CREATE OR REPLACE TEMP VIEW message AS SELECT * FROM every_message AS message WHERE {where.condition()}",
        f"CREATE OR REPLACE TEMP VIEW flow AS SELECT * FROM {flow}{counted}",
        f"CREATE OR REPLACE TEMP VIEW peer_flow AS SELECT * FROM {peers}",
    ]
