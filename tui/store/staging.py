"""Reading raw rows of files into temp tables, strictly and without sniffing, and running a format's SELECT over them."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from tui.errors import CancelledError, EncodingError, QueryFileError, UnreadableError
from tui.store.engine import UNSOUND_OPTIMIZER, Engine
from tui.store.header_keys import AS_WRITTEN
from tui.store.pending import PendingRows, change_staged
from tui.store.query_files import QueryFile, load_query
from tui.store.scans import Batch, is_parquet, quote_name, quote_text, scan_of, table_of

REJECT_TEXT_LENGTH = 500
# Running a format over the lines of a file takes about three times its size.
SLICE_BYTES_OF_A_MEGABYTE = 300_000
JSON_WEIGHT = 4
# The header keys whose value is a query, and the folder of `queries/` with these queries.
NAMED = {"stage": "stages", "failures": "failures", "pending": "pending"}

ADD_EVIDENCE = "ALTER TABLE extracted_row ADD COLUMN IF NOT EXISTS is_evidence BOOLEAN DEFAULT false"


class Stager:
    """One cursor with the temp tables of a load, which are dropped with it.

    `log_zone` is the time zone of timestamps without one; formats read it, and the modification time of each file, from `read_file`.
    After `stage`, `unreadable_line` (source_id, line_no, reason, text) has the lines that could not be read, and the target table has
    the rows that the format returned, with line numbers of the files; the tables `failures_of` and `pending_of` it have its other rows.
    """

    def __init__(self, engine: Engine, log_zone: str) -> None:
        self._engine = engine
        self.cursor, self._log_zone, self.slice_bytes = engine.cursor(), log_zone, engine.memory_mb * SLICE_BYTES_OF_A_MEGABYTE
        # In this order, or DuckDB draws its own progress bar on the screen.
        self.cursor.execute("SET enable_progress_bar_print = false")
        self.cursor.execute("SET enable_progress_bar = true")
        self.cursor.execute("SET progress_bar_time = 0")
        self._ask("unreadable_lines_table")
        self._ask("read_file")
        self.pending = PendingRows(self.run)

    def interrupt(self) -> None:
        """Stop the running statement; its caller gets CancelledError."""
        self.cursor.interrupt()

    def fraction(self) -> float | None:
        """Return the progress of the running statement, 0 to 1; None when DuckDB cannot estimate it."""
        percent = self.cursor.query_progress()
        return None if percent < 0 else percent / 100

    def columns(self, file: Path) -> Sequence[str]:
        """Return the columns of the `message` relation of a `.duckdb` or `.parquet` file; none when it has none.

        Raises UnreadableError when the file is damaged.
        """
        try:
            self._attach(file)
            return [str(row[0]) for row in self.run(f"DESCRIBE FROM {table_of(file)}").fetchall()]
        except duckdb.CatalogException:
            return []
        except duckdb.Error as problem:
            raise UnreadableError(_first_line(problem)) from problem
        finally:
            self.run("DETACH DATABASE IF EXISTS foreign_file")

    def stage(self, query: QueryFile, batches: Sequence[Batch], table: str) -> None:
        """Read the files of one format and run its SELECT over their rows, into the temp table `table`.

        A format's failures query runs over the same rows, into the temp table `failures_of(table)`. Raises CancelledError
        when it was interrupted, and QueryFileError when a statement of the format fails.
        """
        self._engine.make_macros(*texts_of(query))
        for number, some in enumerate(self._portions(query, batches)):
            part = f"part_{table}" if number else table
            self._stage_portion(query, some, part)
            if number:
                self._append(query, table, part)

    def _stage_portion(self, query: QueryFile, batches: Sequence[Batch], table: str) -> None:
        for number, batch in enumerate(batches):
            self._read(query, batch, first=number == 0)
        if not batches:
            self._read_nothing(query)
        pending = query.one("pending")
        has_stored = self._add_pending(query) if pending else False
        self._ask("reordered_rows" if pending and self._is_reordered() else "numbered_rows")
        self._ask("every_row")
        self._ask("rows")
        self._ask("row_counts")
        if dates := query.one("locale_dates"):
            self.run("SET VARIABLE date_column = $name", {"name": dates})
            self._ask("dated_rows")
            self._ask("day_first")
            self.run("DROP VIEW dated")
        if query.listed("dedup_key") and (sum(len(batch.files) for batch in batches) > 1 or has_stored):
            self._remove_duplicates(query)
        can_slice = pending or any(batch.reader == "json" for batch in batches)
        self._run_in_slices(query, table, max(1, -(-_weight(batches) // self.slice_bytes)) if can_slice else 1)
        if has_stored:
            self.pending.drop_evidence(_tables(query, table))
        self.run("DROP VIEW raw; DROP VIEW every_row; DROP VIEW numbered_row; DROP TABLE extracted_row")

    def _add_pending(self, query: QueryFile) -> bool:
        """Add the pending rows of a format to the rows that were read; return whether there are any."""
        self.run(ADD_EVIDENCE)
        self._ask("first_times")
        has_stored = self.pending.add_to_extracted(query.path.stem)
        self._ask("row_shifts")
        if has_stored:
            self.pending.shift_lines()
        return has_stored

    def _is_reordered(self) -> bool:
        return self._ask("is_reordered").fetchone() == (True,)

    def _remove_duplicates(self, query: QueryFile) -> None:
        """Remove repeated rows, so that a row that is in two files of this load is counted once."""
        self.run("SET VARIABLE once = $columns", {"columns": list(query.listed("dedup_key"))})
        self.run(ADD_EVIDENCE)
        found = self._ask("duplicate_rows").fetchone()
        if found and found[0]:
            self._ask("distinct_rows")

    def undecodable(self) -> set[int]:
        """Return the source ids of files with bytes that are invalid in their encoding."""
        return {int(row[0]) for row in self._ask("undecodable_files").fetchall()}

    def rowless(self) -> set[int]:
        """Return the source ids of files without a row or a rejected line."""
        return {int(row[0]) for row in self._ask("rowless_files").fetchall()}

    def notes(self) -> dict[int, str]:
        """Return the notes on files by source id: the detected order of dates, and that the last line is incomplete."""
        return dict(self._ask("file_notes").fetchall())

    def forget(self, first_source_id: int) -> None:
        """Delete the entries of the files from an id on, so that they can be read again."""
        for name in ("clear_unreadable_lines", "clear_files"):
            self._ask(name, {"first_source_id": first_source_id})

    def first_rows(self, file: Path, count: int) -> list[tuple[object, ...]]:
        """Return the first rows of a Parquet file, as text."""
        self.run(f"CREATE OR REPLACE TEMP VIEW foreign_row AS FROM {table_of(file)}")
        return self._ask("first_foreign_rows", {"row_count": count}).fetchall()

    def _ask(self, name: str, params: dict[str, object] | None = None) -> duckdb.DuckDBPyConnection:
        return self.run(load_query(f"staging/{name}").sql, params)

    def run(self, sql: str, params: dict[str, object] | None = None) -> duckdb.DuckDBPyConnection:
        """Run a statement; raise CancelledError after an interrupt, and UnreadableError for a file that the engine cannot read."""
        try:
            return self.cursor.execute(sql, params) if params else self.cursor.execute(sql)
        except duckdb.InterruptException as problem:
            raise CancelledError("stopped; nothing was loaded") from problem
        except duckdb.InvalidInputException as problem:
            # DuckDB's decoder supports only characters of the basic plane, and its parser no file with two kinds of line ends.
            if "utf-16" in str(problem) or "state machine" in str(problem):
                raise EncodingError(str(problem)) from problem
            raise UnreadableError(_first_line(problem)) from problem
        except duckdb.OutOfMemoryException as problem:
            raise UnreadableError("not enough memory for this load; raise memory_mb under [engine] in the config") from problem
        except duckdb.IOException as problem:
            raise UnreadableError(_first_line(problem)) from problem

    def close(self) -> None:
        """Close the cursor and with it every temp table."""
        self.cursor.close()

    def _read(self, query: QueryFile, batch: Batch, *, first: bool) -> None:
        if batch.reader == "table":
            self._attach(batch.files[0])
        files: dict[str, object] = {"first_source_id": batch.first_source_id, "skip": batch.skip}
        self._ask("new_files", {**files, "modified_utc": list(batch.modified_utc), "zone": self._log_zone})
        scan = scan_of(batch, query.listed("columns"))
        self._engine.make_macros(scan)
        self.run(f"CREATE OR REPLACE TEMP VIEW file_row AS {scan}")
        self.run(f"CREATE OR REPLACE TEMP VIEW staged_row AS {stage_of(query)}")
        self._ask("extracted_rows" if first else "more_extracted_rows")
        if batch.reader in ("csv", "lines"):
            self._take_rejects(batch)
        self.run("DROP VIEW staged_row; DROP VIEW file_row; DETACH DATABASE IF EXISTS foreign_file")

    def _read_nothing(self, query: QueryFile) -> None:
        """Create an empty `extracted_row`, for a load of pending rows alone."""
        columns = ", ".join(f"{quote_name(name)} VARCHAR" for name in query.listed("columns"))
        self.run(f"CREATE OR REPLACE TEMP TABLE no_file_row ({columns}, file_columns VARCHAR, source_id INTEGER)")
        self.run("CREATE OR REPLACE TEMP VIEW file_row AS FROM no_file_row")
        self.run(f"CREATE OR REPLACE TEMP VIEW staged_row AS {stage_of(query)}")
        self._ask("extracted_rows")
        self.run("DROP VIEW staged_row; DROP VIEW file_row; DROP TABLE no_file_row")

    def _run_query(self, query: QueryFile, table: str, numbers: str) -> None:
        """Run a query over the rows that were read, into a temp table; `numbers` is the query that finds their line numbers."""
        try:
            self.run(f"CREATE OR REPLACE TEMP VIEW format_row AS {query.sql}")
            self.run(f"CREATE OR REPLACE TEMP TABLE {quote_name(table)} AS {numbers}")
        except (duckdb.CatalogException, duckdb.BinderException, duckdb.ParserException) as problem:
            raise QueryFileError(_first_line(problem), path=query.path) from problem
        except duckdb.ConversionException as problem:  # its message contains the value
            raise QueryFileError("a CAST failed for a value; use try_cast", path=query.path) from problem
        self.run("DROP VIEW format_row")

    def _portions(self, query: QueryFile, batches: Sequence[Batch]) -> list[Sequence[Batch]]:
        """Split JSON files, which need several times their size of memory, into portions, unless the format joins lines."""
        if query.one("pending") or any(batch.reader != "json" for batch in batches):
            return [batches]
        portions, weight = [[batches[0]]], _weight(batches[:1])
        for batch in batches[1:]:
            weight += _weight([batch])
            if weight > self.slice_bytes:
                portions.append([])
                weight = _weight([batch])
            portions[-1].append(batch)
        return list(portions)

    def _append(self, query: QueryFile, table: str, part: str) -> None:
        """Append the rows of a part to the format's tables."""
        for whole, more in zip(_tables(query, table), _tables(query, part), strict=True):
            self.run(f"ALTER TABLE temp.{quote_name(more)} RENAME TO more_rows")
            change_staged(self.run, whole, "staging/more_staged")
            self.run("DROP TABLE more_rows")

    def _run_format(self, query: QueryFile, table: str) -> None:
        with self._joining(as_written=query.one("join_order") == AS_WRITTEN) as numbers:
            self._run_query(query, table, numbers)
        if failures := query.one("failures"):
            self._run_query(load_query(f"failures/{failures}"), failures_of(table), self._line_numbers())

    @contextmanager
    def _joining(self, *, as_written: bool) -> Generator[str]:
        """Run joins in the written order, or let the engine reorder them; yield the query that finds the rows' line numbers.

        The engine estimates badly where a condition on an enum selects the rows: it copies the wide side of each join. Where
        the rows of the widest table stream through all joins, they also keep the order of their files.
        """
        if not as_written:
            yield self._line_numbers()
            return
        self.run(f"SET disabled_optimizers = '{UNSOUND_OPTIMIZER},join_order,build_side_probe_side'")
        try:
            yield self._line_numbers() if self._has_gaps() else load_query("staging/line_numbers_as_they_come").sql
        finally:
            self.cursor.execute(f"SET disabled_optimizers = '{UNSOUND_OPTIMIZER}'")

    def _run_in_slices(self, query: QueryFile, table: str, slices: int) -> None:
        """Run a format over slices of the rows that fit into memory.

        Where it joins lines, the rows of sessions that a slice cuts are pending, as at the end of a file: they are read again
        with the next slice. A format that joins none may return a message as two observations of one hop, as from two files.
        """
        row = self._ask("row_count").fetchone() if slices > 1 else None
        rows, pending = int(row[0]) if row else 0, query.one("pending")
        for number in range(slices):
            if slices > 1:
                self._show_slice(rows * number // slices, rows * (number + 1) // slices, with_pending=bool(pending) and number > 0)
            part = f"part_{table}" if number else table
            self._run_format(query, part)
            if number:
                if pending:
                    self.pending.drop_derived(_tables(query, table), _tables(query, part), self._line_numbers())
                self._append(query, table, part)
            if pending:
                self.pending.find_open(pending)
        if pending:
            self.pending.stage(query.path.stem, table, self._line_numbers())
        self.run("DROP TABLE IF EXISTS pending_slice")

    def _show_slice(self, begin: int, end: int, *, with_pending: bool) -> None:
        """Define `raw` as some of the rows, with the rows of sessions that earlier slices left open."""
        if with_pending:
            self.pending.copy_for_slice()
        self.run("SET VARIABLE slice_begin = $row_no", {"row_no": begin})
        self.run("SET VARIABLE slice_end = $row_no", {"row_no": end})
        self._ask("slice_with_pending" if with_pending else "slice")

    def _line_numbers(self) -> str:
        return load_query("staging/line_numbers_past_gaps" if self._has_gaps() else "staging/line_numbers").sql

    def _has_gaps(self) -> bool:
        return self._ask("line_gaps").fetchone() is not None

    def _attach(self, file: Path) -> None:
        if not is_parquet(file):
            self.run(f"ATTACH {quote_text(str(file))} AS foreign_file (READ_ONLY)")

    def _take_rejects(self, batch: Batch) -> None:
        """Store the lines that could not be read, and mark files that end within a line."""
        sizes = [file.stat().st_size if batch.encoding == "utf-8" else -1 for file in batch.files]
        params: dict[str, object] = {"first_source_id": batch.first_source_id, "sizes": sizes}
        self._ask("cut_files", params)
        self._ask("unreadable_lines", {**params, "text_length": REJECT_TEXT_LENGTH})
        self.run("DROP TABLE csv_rejects; DROP TABLE csv_scans")


def stage_of(query: QueryFile) -> str:
    """Return the query that selects the rows of its files that a format needs."""
    stage = query.one("stage")
    return load_query(f"stages/{stage}").sql if stage else "FROM file_row"


def texts_of(query: QueryFile) -> list[str]:
    """Return the statements of a format: its own, and the queries that its header refers to."""
    named = [f"{folder}/{query.one(key)}" for key, folder in NAMED.items() if query.one(key)]
    return [query.sql, *(load_query(name).sql for name in named)]


def failures_of(table: str) -> str:
    """Return the name of the temp table with the failed sessions of the same files as `table`."""
    return f"failed_{table}"


def _tables(query: QueryFile, table: str) -> list[str]:
    return [table, failures_of(table)] if query.one("failures") else [table]


def _weight(batches: Sequence[Batch]) -> int:
    """Return the size of files in bytes, weighted by the memory that their reader needs."""
    return sum(file.stat().st_size * (JSON_WEIGHT if batch.reader == "json" else 1) for batch in batches for file in batch.files)


def _first_line(problem: duckdb.Error) -> str:
    return str(problem).splitlines()[0]
