"""Reading raw rows of files into temp tables, strictly and never sniffed, and running a format's SELECT over them."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from tui.errors import CancelledError, EncodingError, QueryFileError, UnreadableError
from tui.store.engine import UNSOUND_OPTIMIZER, Engine
from tui.store.query_files import QueryFile, load_query
from tui.store.scans import Batch, is_parquet, quote_name, quote_text, scan_of, table_of
from tui.store.waiting import (
    bring_back,
    drop_from_evidence,
    has_evidence,
    keep_open,
    leave_out_doubled,
    make_tables,
    note_open,
    pick_slice,
    put_behind,
    take_back,
)

REJECT_TEXT_LENGTH = 500
# Telling what the lines of a file say takes about three times its size.
SLICE_BYTES_OF_A_MEGABYTE = 300_000
JSON_WEIGHT = 4
AS_WRITTEN = "as written"
READ_FILE = (
    "CREATE TEMP TABLE IF NOT EXISTS read_file (source_id INTEGER, skipped INTEGER, row_count BIGINT, first_row_no BIGINT, "
    "first_line_no BIGINT, "
    "modified_utc TIMESTAMP, log_zone VARCHAR, first_utc TIMESTAMP, day_first BOOLEAN, date_note VARCHAR, is_cut BOOLEAN)"
)


class Stager:
    """One cursor with the temp tables of a load: they belong to it and go with it.

    `log_zone` is the zone of stamps that name none; formats find it, and when each file was written last, in `read_file`.
    After `stage`: `kept` holds the raw rows that matter, `unread` (source_id, line_no, reason, text) the lines that
    could not be read, `told_N` what the format made of them, and `failed_told_N` what its failures query did, both with
    line numbers as the files count.
    """

    def __init__(self, engine: Engine, log_zone: str) -> None:
        self.cursor, self._log_zone, self.slice_bytes = engine.cursor(), log_zone, engine.memory_mb * SLICE_BYTES_OF_A_MEGABYTE
        # In this order, or DuckDB draws a bar of its own on the screen.
        self.cursor.execute("SET enable_progress_bar_print = false")
        self.cursor.execute("SET enable_progress_bar = true")
        self.cursor.execute("SET progress_bar_time = 0")
        self.cursor.execute(
            "CREATE TEMP TABLE unread (source_id INTEGER, line_no BIGINT, reason VARCHAR, text VARCHAR, is_encoding BOOLEAN)"
        )
        self.cursor.execute(READ_FILE)
        make_tables(self.run)

    def interrupt(self) -> None:
        """Stop what runs now; its caller gets CancelledError."""
        self.cursor.interrupt()

    def fraction(self) -> float | None:
        """Answer how much of the running statement is done, 0 to 1; None when DuckDB does not know."""
        percent = self.cursor.query_progress()
        return None if percent < 0 else percent / 100

    def columns(self, file: Path) -> Sequence[str]:
        """Answer the columns of the `message` relation of a `.duckdb` or `.parquet` file; none when it has none.

        Raises UnreadableError when the file is damaged.
        """
        try:
            self._attach(file)
            return [str(row[0]) for row in self.run(f"DESCRIBE SELECT * FROM {table_of(file)}").fetchall()]
        except duckdb.CatalogException:
            return []
        except duckdb.Error as problem:
            raise UnreadableError(_first_line(problem)) from problem
        finally:
            self.run("DETACH DATABASE IF EXISTS foreign_file")

    def stage(self, query: QueryFile, batches: Sequence[Batch], table: str) -> None:
        """Read the files of one format and run its SELECT over their rows, into the temp table `table`.

        A format's failures query runs over the same rows, into the temp table `failures_of(table)`. Raises CancelledError
        when it was interrupted, and QueryFileError when a statement of the format does not run.
        """
        for number, some in enumerate(self._portions(query, batches)):
            part = f"part_{table}" if number else table
            self._stage_portion(query, some, part)
            if number:
                self._put_behind(query, table, part)

    def _stage_portion(self, query: QueryFile, batches: Sequence[Batch], table: str) -> None:
        for number, batch in enumerate(batches):
            self._read(query, batch, first=number == 0)
        if not batches:
            self._read_nothing(query)
        pending = query.one("pending")
        raw = "CREATE OR REPLACE TEMP VIEW raw AS SELECT *, rowid AS line_no FROM kept"
        self.run(raw)
        if pending:
            self.run(load_query("load/first_times").sql)
            bring_back(self.run, query.path.stem)
            self.run(raw)
        self.run(load_query("load/row_counts").sql)
        if dates := query.one("culture date"):
            self.run(f"CREATE OR REPLACE TEMP VIEW dated AS SELECT source_id, trim({quote_name(dates)}) AS date_text FROM kept")
            self.run(load_query("load/day_first").sql)
            self.run("DROP VIEW dated")
        if query.listed("once") and (sum(len(batch.files) for batch in batches) > 1 or self._count("waited")):
            leave_out_doubled(self.run, query.listed("once"))
        may_part = pending or any(batch.reader == "json" for batch in batches)
        self._tell_in_slices(query, table, max(1, -(-_weight(batches) // self.slice_bytes)) if may_part else 1)
        self.run("DROP VIEW raw; DROP TABLE kept")

    def undecodable(self) -> set[int]:
        """Answer the source ids of files with bytes that are not of their encoding."""
        return {int(row[0]) for row in self.run("SELECT DISTINCT source_id FROM unread WHERE is_encoding").fetchall()}

    def rowless(self) -> set[int]:
        """Answer the source ids of files of which neither a row nor a reject was read."""
        silent = "row_count = 0 AND NOT is_cut AND source_id NOT IN (SELECT source_id FROM unread WHERE reason <> '')"
        return {int(row[0]) for row in self.run(f"SELECT source_id FROM read_file WHERE {silent}").fetchall()}

    def notes(self) -> dict[int, str]:
        """Answer by source id what was noted while reading: how dates were taken, and that the last line is not finished."""
        cut = "CASE WHEN is_cut THEN 'the last line is not finished yet; load the file again later' END"
        told = f"SELECT source_id, concat_ws('; ', date_note, {cut}) FROM read_file WHERE date_note IS NOT NULL OR is_cut"
        return dict(self.run(told).fetchall())

    def forget(self, first_source_id: int) -> None:
        """Drop what was noted of the files from an id on, so that they can be read again."""
        for table in ("unread", "read_file"):
            self.run(f"DELETE FROM {table} WHERE source_id >= {first_source_id}")

    def run(self, sql: str, params: dict[str, object] | None = None) -> duckdb.DuckDBPyConnection:
        """Run a statement; an interrupt becomes CancelledError, and what the engine cannot read UnreadableError."""
        try:
            return self.cursor.execute(sql, params) if params else self.cursor.execute(sql)
        except duckdb.InterruptException as problem:
            raise CancelledError("stopped; nothing was loaded") from problem
        except duckdb.InvalidInputException as problem:
            # DuckDB's decoder knows no characters beyond the basic plane, and its parser no file with two kinds of line ends.
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
        for place, modified_utc in enumerate(batch.modified_utc):
            values = {"id": batch.first_source_id + place, "skip": batch.skip, "modified": modified_utc, "zone": self._log_zone}
            self.run("INSERT INTO read_file VALUES ($id, $skip, 0, NULL, NULL, $modified, $zone, NULL, false, NULL, false)", dict(values))
        self.run(f"CREATE OR REPLACE TEMP VIEW file_row AS {scan_of(batch, query.listed('columns'))}")
        stage = query.one("stage")
        rows = load_query(f"stages/{stage}").sql if stage else "SELECT * FROM file_row"
        self.run(f"{'CREATE OR REPLACE TEMP TABLE kept AS' if first else 'INSERT INTO kept BY NAME'} {rows}")
        if batch.reader in ("csv", "lines"):
            self._take_rejects(batch)
        self.run("DROP VIEW file_row; DETACH DATABASE IF EXISTS foreign_file")

    def _read_nothing(self, query: QueryFile) -> None:
        """Make `kept` without a row, for pending rows alone."""
        columns = ", ".join(f"{quote_name(name)} VARCHAR" for name in query.listed("columns"))
        self.run(f"CREATE OR REPLACE TEMP TABLE no_file_row ({columns}, file_columns VARCHAR, source_id INTEGER)")
        self.run("CREATE OR REPLACE TEMP VIEW file_row AS FROM no_file_row")
        stage = query.one("stage")
        self.run(f"CREATE OR REPLACE TEMP TABLE kept AS {load_query(f'stages/{stage}').sql if stage else 'FROM file_row'}")
        self.run("DROP VIEW file_row; DROP TABLE no_file_row")

    def _tell(self, query: QueryFile, table: str, numbers: str) -> None:
        """Run a SELECT over the raw rows, into a temp table; `numbers` is the query that finds where they stand."""
        try:
            self.run(f"CREATE OR REPLACE TEMP VIEW told AS {query.sql}")
            self.run(f"CREATE OR REPLACE TEMP TABLE {quote_name(table)} AS {numbers}")
        except (duckdb.CatalogException, duckdb.BinderException, duckdb.ParserException) as problem:
            raise QueryFileError(f"{query.path}: {_first_line(problem)}") from problem
        except duckdb.ConversionException as problem:  # its words hold the value
            raise QueryFileError(f"{query.path}: a value is not what a CAST wants; use try_cast") from problem
        self.run("DROP VIEW told")

    def _portions(self, query: QueryFile, batches: Sequence[Batch]) -> list[Sequence[Batch]]:
        """Part files that are dear to read, unless their lines belong together: JSON takes several times its size."""
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

    def _put_behind(self, query: QueryFile, table: str, part: str) -> None:
        for whole, behind in zip(_tables(query, table), _tables(query, part), strict=True):
            put_behind(self.run, whole, behind)

    def _tell_all(self, query: QueryFile, table: str) -> None:
        with self._joining(as_written=query.one("joins") == AS_WRITTEN) as numbers:
            self._tell(query, table, numbers)
        if failures := query.one("failures"):
            self._tell(load_query(f"failures/{failures}"), failures_of(table), self._line_numbers())

    @contextmanager
    def _joining(self, *, as_written: bool) -> Generator[str]:
        """Let joins be done as they are written, or as the engine thinks best; answer the query that finds where rows stand.

        The engine's guesses are poor where a condition on an enum picks the rows: it copies the wide side of each join. Where
        rows of the widest table stream through all of them, they also come out as they stand in their files.
        """
        if not as_written:
            yield self._line_numbers()
            return
        self.run(f"SET disabled_optimizers = '{UNSOUND_OPTIMIZER},join_order,build_side_probe_side'")
        try:
            yield self._line_numbers() if self._has_gaps() else load_query("load/line_numbers_as_they_come").sql
        finally:
            self.cursor.execute(f"SET disabled_optimizers = '{UNSOUND_OPTIMIZER}'")

    def _tell_in_slices(self, query: QueryFile, table: str, slices: int) -> None:
        """Run a format over as many rows at once as the memory holds.

        Where it joins lines, sessions that a slice cuts wait, as those do that a file cuts: their rows are told again with the
        next slice. A format that joins none may part a message into two of the same hop, which count as those of two files.
        """
        rows, pending = self._count("kept"), query.one("pending")
        if slices > 1:
            self.run("ALTER VIEW raw RENAME TO every_raw")
        for number in range(slices):
            if slices > 1:
                pick_slice(self.run, rows * number // slices, rows * (number + 1) // slices, with_open=bool(pending) and number > 0)
            part = f"part_{table}" if number else table
            self._tell_all(query, part)
            if number:
                if pending:
                    take_back(self.run, _tables(query, table), _tables(query, part), self._line_numbers())
                self._put_behind(query, table, part)
            if pending:
                note_open(self.run, pending)
        if pending:
            if has_evidence(self.run):
                drop_from_evidence(self.run, _tables(query, table))
            keep_open(self.run, query.path.stem, table, self._line_numbers())
        self.run("DROP VIEW IF EXISTS every_raw; DROP TABLE IF EXISTS open_raw")

    def _line_numbers(self) -> str:
        return load_query("load/line_numbers_past_gaps" if self._has_gaps() else "load/line_numbers").sql

    def _count(self, table: str) -> int:
        row = self.run(f"SELECT count(*) FROM {table}").fetchone()
        return int(row[0]) if row else 0

    def _has_gaps(self) -> bool:
        behind = "SELECT 1 FROM unread INNER JOIN read_file USING (source_id) WHERE line_no > first_line_no LIMIT 1"
        return self.run(behind).fetchone() is not None

    def _attach(self, file: Path) -> None:
        if not is_parquet(file):
            self.run(f"ATTACH {quote_text(str(file))} AS foreign_file (READ_ONLY)")

    def _take_rejects(self, batch: Batch) -> None:
        """Keep each line that could not be read once; a comment is no reject, so it has no reason, but it counts as a line.

        Neither is the beginning of a line that is still being written, at the very end of a file: the source has a note of it.
        """
        sizes = [file.stat().st_size if batch.encoding == "utf-8" else -1 for file in batch.files]
        is_cut = f"line_byte_position - 1 + octet_length(encode(csv_line)) = {sizes}[CAST(file_id AS BIGINT) + 1]"
        self.run(
            "UPDATE read_file SET is_cut = true WHERE source_id IN ("
            f"SELECT CAST(file_id + {batch.first_source_id} AS INTEGER) FROM csv_rejects WHERE {is_cut})"
        )
        self.run(
            f"""
            INSERT INTO unread
            SELECT
                CAST(file_id + {batch.first_source_id} AS INTEGER), line,
                any_value(CASE WHEN {is_cut} OR regexp_matches(csv_line, '^[\\s\\x{{feff}}]*#') THEN '' ELSE error_message END),
                left(trim(any_value(csv_line), chr(13) || chr(10)), {REJECT_TEXT_LENGTH}), bool_or(error_type = 'INVALID ENCODING')
            FROM csv_rejects
            GROUP BY file_id, line
            """
        )
        self.run("DROP TABLE csv_rejects; DROP TABLE csv_scans")


def failures_of(table: str) -> str:
    """Answer the name of the temp table beside `table` that holds the failed sessions of the same files."""
    return f"failed_{table}"


def _tables(query: QueryFile, table: str) -> list[str]:
    return [table, failures_of(table)] if query.one("failures") else [table]


def _weight(batches: Sequence[Batch]) -> int:
    """Answer the size of files in bytes, as dear as their reader makes them."""
    return sum(file.stat().st_size * (JSON_WEIGHT if batch.reader == "json" else 1) for batch in batches for file in batch.files)


def _first_line(problem: duckdb.Error) -> str:
    return str(problem).splitlines()[0]
