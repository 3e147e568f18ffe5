"""Asking the trace file: query files in, frozen dataclasses out."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Any, TypeVar

import duckdb

from tui.errors import CancelledError, QueryFileError, UnreadableError
from tui.store.engine import Engine
from tui.store.query_files import QueryFile, check_columns, load_query

_Row = TypeVar("_Row")


@dataclass(frozen=True)
class Statement:
    """A statement that was run, for whoever wants to run it again in a DuckDB shell."""

    name: str
    sql: str
    params: dict[str, object]
    seconds: float


class Asker:
    """One cursor on the engine, for one thread at a time; a new question interrupts the one that is running."""

    def __init__(self, engine: Engine) -> None:
        self._cursor = engine.cursor()
        self._turn = threading.Lock()
        self.last: Statement | None = None

    def interrupt(self) -> None:
        """Stop the question that is running, if one is; its asker gets CancelledError."""
        self._cursor.interrupt()

    def ask(self, result: type[_Row], name: str, **params: object) -> list[_Row]:
        """Answer the rows of a query file as dataclasses of its declared result.

        Raises QueryFileError when the query does not return `result`, or when the parameters are not those that it
        declares, and CancelledError when it was interrupted.
        """
        return self.ask_file(result, load_query(name), **params)

    def ask_file(self, result: type[_Row], query: QueryFile, **params: object) -> list[_Row]:
        """Answer the rows of a query file that was found in a folder, such as a finding."""
        if query.result is not result:
            raise QueryFileError(f"{query.path}: returns {query.one('result') or 'no declared result'}, not {result.__name__}")
        if set(params) != set(query.params):
            raise QueryFileError(f"{query.path}: wants the parameters {', '.join(query.params)}; got {', '.join(params)}")
        with self._turn:
            started = time.perf_counter()
            try:
                self._cursor.execute(query.sql, params or None)
                columns = [str(column[0]) for column in self._cursor.description or []]
                check_columns(query, columns)
                found: list[Any] = self._cursor.fetchall()
            except duckdb.InterruptException as problem:
                raise CancelledError("stopped") from problem
            except (duckdb.CatalogException, duckdb.BinderException, duckdb.ParserException) as problem:
                raise QueryFileError(f"{query.path}: {str(problem).splitlines()[0]}") from problem
            except duckdb.OutOfMemoryException as problem:
                raise UnreadableError("not enough memory for this; raise memory_mb under [engine] in the config") from problem
            except duckdb.Error as problem:  # its words may hold values
                raise QueryFileError(f"{query.path}: failed with {type(problem).__name__}") from problem
            self.last = Statement(query.name, query.sql, dict(params), time.perf_counter() - started)
        return [result(*row) for row in found]

    def ask_one(self, result: type[_Row], name: str, **params: object) -> _Row:
        """Answer the one row of a query that always has one."""
        return self.ask(result, name, **params)[0]

    def close(self) -> None:
        """Close the cursor."""
        self._cursor.close()
