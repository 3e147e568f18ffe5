"""Rows of sessions that a later file may finish: they wait in the trace file and are told again with every load of their format.

A format that joins lines names a query of `queries/pending/`: it answers the rows of each session that is whole in no single
file. With them, loading files one after the other, in any order, gives what loading them at once gives.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import duckdb

from tui.store.query_files import load_query
from tui.store.scans import quote_name, quote_text

Run = Callable[[str], duckdb.DuckDBPyConnection]


def make_tables(run: Run) -> None:
    """Make the temp tables: `waiting` as the trace file's `pending`, and `waited`, where the rows of a format that came back stand."""
    run("CREATE TEMP TABLE waiting (format VARCHAR, source_id INTEGER, line_no BIGINT, first_utc TIMESTAMP, kept VARCHAR)")
    run("CREATE TEMP TABLE waited (row_no BIGINT, source_id INTEGER, line_no BIGINT)")


def take_waiting(run: Run, replaced: Collection[int]) -> None:
    """Read what waits in the attached trace file, but for rows of sources that this load replaces."""
    gone = ", ".join(map(str, replaced)) or "NULL"
    still = f"(source_id IN ({gone})) IS NOT TRUE"
    run("DELETE FROM waiting")
    run(f"INSERT INTO waiting SELECT format, source_id, line_no, first_utc, kept FROM trace.pending WHERE {still}")


def bring_back(run: Run, format_id: str) -> None:
    """Put the waiting rows of a format behind those that were just read, into `kept`, and note where they stood in their files."""
    run("DELETE FROM waited")
    columns = [(str(row[0]), str(row[1])) for row in run("DESCRIBE kept").fetchall()]
    picked = ", ".join(f"CAST(kept ->> {quote_text('$.' + quote_name(name))} AS {kind}) AS {quote_name(name)}" for name, kind in columns)
    own = f"FROM waiting WHERE format = {quote_text(format_id)} ORDER BY rowid"
    run(f"INSERT INTO waited SELECT (SELECT count(*) FROM kept) + row_number() OVER (ORDER BY rowid) - 1, source_id, line_no {own}")
    run(f"INSERT INTO kept BY NAME SELECT {picked} {own}")
    run(
        "INSERT INTO read_file (source_id, skipped, row_count, first_row_no, first_line_no, first_utc) "
        "SELECT source_id, 0, 0, 0, 0, any_value(first_utc) FROM waiting "
        f"WHERE format = {quote_text(format_id)} AND source_id NOT IN (SELECT source_id FROM read_file) GROUP BY source_id"
    )


def leave_out_doubled(run: Run, once: Sequence[str]) -> None:
    """Let a row that stands in two files of this load count once: exports overlap. `once` are the columns that tell.

    It counts for the file that begins first, so that what stands together there stays so.
    """
    found = run(
        f"CREATE OR REPLACE TEMP TABLE doubled AS SELECT kept.rowid AS row_no FROM kept INNER JOIN read_file USING (source_id) "
        f"WHERE {once[0]} IN ("
        f"SELECT {once[0]} FROM kept WHERE {once[0]} IS NOT NULL GROUP BY {once[0]} HAVING min(source_id) <> max(source_id)) "
        "QUALIFY source_id <> first_value(source_id) "
        f"OVER (PARTITION BY {', '.join(map('kept.{}'.format, once))} ORDER BY read_file.first_utc, source_id)"
    ).fetchone()
    if found and found[0]:
        run("CREATE OR REPLACE TEMP VIEW raw AS SELECT *, rowid AS line_no FROM kept WHERE rowid NOT IN (SELECT row_no FROM doubled)")


def pick_slice(run: Run, first: int, end: int, *, with_open: bool) -> None:
    """Let `raw` be some rows of `every_raw`, and those that were left open before."""
    if with_open:
        run("CREATE OR REPLACE TEMP TABLE open_raw AS SELECT * FROM every_raw WHERE line_no IN (SELECT line_no FROM open_row)")
    still_open = "UNION ALL SELECT * FROM open_raw" if with_open else ""
    run(f"CREATE OR REPLACE TEMP VIEW raw AS SELECT * FROM every_raw WHERE line_no >= {first} AND line_no < {end} {still_open}")


def note_open(run: Run, query: str) -> None:
    """Note in `open_row` which rows of `raw` must wait, as the query `pending/…` answers them."""
    run(f"CREATE OR REPLACE TEMP TABLE open_now AS SELECT line_no FROM ({load_query(f'pending/{query}').sql})")
    run("DROP TABLE IF EXISTS open_row; ALTER TABLE open_now RENAME TO open_row")


def take_back(run: Run, tables: Collection[str], line_numbers: str) -> None:
    """Take back what was told of the rows that are open: it is told again with the rows behind them."""
    run(
        "CREATE OR REPLACE TEMP VIEW told AS "
        "SELECT kept.source_id, open_row.line_no FROM kept INNER JOIN open_row ON kept.rowid = open_row.line_no"
    )
    run(f"CREATE OR REPLACE TEMP TABLE open_place AS {line_numbers}")
    for table in tables:
        run(f"DELETE FROM {quote_name(table)} WHERE (source_id, line_no) IN (SELECT (source_id, line_no) FROM open_place)")
    run("DROP VIEW told; DROP TABLE open_place")


def put_behind(run: Run, table: str, part: str) -> None:
    """Let what was told in `part` stand behind `table`."""
    run(f"INSERT INTO {quote_name(table)} BY NAME SELECT * FROM {quote_name(part)}; DROP TABLE {quote_name(part)}")


def keep_open(run: Run, format_id: str, table: str, line_numbers: str) -> None:
    """Keep the rows that are open in the temp table `waiting_of(table)`, as they are written to the trace file."""
    run(
        "CREATE OR REPLACE TEMP VIEW told AS SELECT kept.source_id, open_row.line_no, read_file.first_utc, to_json(kept) AS kept "
        "FROM kept INNER JOIN open_row ON kept.rowid = open_row.line_no INNER JOIN read_file ON kept.source_id = read_file.source_id"
    )
    run(
        f"CREATE OR REPLACE TEMP TABLE {quote_name(waiting_of(table))} AS SELECT {quote_text(format_id)} AS format, * FROM ({line_numbers})"
    )
    run("DROP VIEW told; DROP TABLE open_row; DELETE FROM waited")


def waiting_of(table: str) -> str:
    """Answer the name of the temp table beside `table` that holds the rows of its files that must wait."""
    return f"waiting_{table}"
