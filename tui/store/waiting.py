"""Rows of sessions that a later file may finish: they wait in the trace file and are told again with every load of their format.

A format that joins lines names a query of `queries/pending/`: it answers the rows of each session that is whole in no single
file. With them, loading files one after the other, in any order, gives what loading them at once gives.

What is derived from a pending row is deleted and derived again, so its evidence has to be pending too. Evidence may itself be a
row of another session, which is complete. Such a row is marked `is_evidence`: it is read again, but what was derived from it
stays, and what would be derived from it now, without the rest of its own session, is dropped. The stage of a format with such
rows has a column `is_evidence`, which is false, and its query of `queries/pending/` returns one. In the trace file, the number
of such a line is negative.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from itertools import groupby

import duckdb

from tui.store.query_files import load_query
from tui.store.scans import quote_name, quote_text

Run = Callable[[str], duckdb.DuckDBPyConnection]
EVIDENCE = "is_evidence"


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
    """Put the waiting rows of a format among those that were just read, into `kept`, and note where they stood in their files.

    Rows stand in the order in which their files begin, whichever was read first: of two lines of the same moment, the order of
    rows decides which came first.
    """
    run("DELETE FROM waited")
    run(
        "INSERT INTO read_file (source_id, skipped, row_count, first_row_no, first_line_no, first_utc) "
        "SELECT source_id, 0, 0, 0, 0, any_value(first_utc) FROM waiting "
        f"WHERE format = {quote_text(format_id)} AND source_id NOT IN (SELECT source_id FROM read_file) GROUP BY source_id"
    )
    files: list[tuple[int, bool, int]] = run(
        "SELECT source_id, is_waiting, line_count FROM ("
        f"SELECT source_id, true AS is_waiting, count(*) AS line_count FROM waiting WHERE format = {quote_text(format_id)} GROUP BY ALL "
        "UNION ALL SELECT source_id, false, count(*) FROM kept GROUP BY ALL) "
        "INNER JOIN read_file USING (source_id) ORDER BY first_utc NULLS FIRST, source_id"
    ).fetchall()
    fresh = [source_id for source_id, is_waiting, _ in files if not is_waiting]
    if len(fresh) == len(files) and fresh == sorted(fresh):
        return
    picked = ", ".join(
        # The number of the source is that of the trace file: a merge gives it another one than the row was kept with.
        "source_id" if name == "source_id" else f"CAST(kept ->> {quote_text('$.' + quote_name(name))} AS {kind}) AS {quote_name(name)}"
        for name, kind in _columns(run)
    )
    runs: list[str] = []
    row_no = 0
    for is_waiting, group in groupby(files, key=lambda file: file[1]):
        members = list(group)
        if is_waiting:
            ids = ", ".join(str(source_id) for source_id, *_ in members)
            own = f"FROM waiting WHERE format = {quote_text(format_id)} AND source_id IN ({ids})"
            own += " ORDER BY first_utc NULLS FIRST, source_id, rowid"
            run(f"INSERT INTO waited SELECT {row_no} + row_number() OVER () - 1, source_id, line_no FROM (SELECT source_id, line_no {own})")
            runs.append(f"SELECT * FROM (SELECT {picked} {own})")
        else:
            runs += [f"SELECT * FROM kept WHERE source_id IN ({ids})" for ids in _ascending([source_id for source_id, *_ in members])]
        row_no += sum(count for *_, count in members)
    run(f"CREATE TEMP TABLE in_order AS {' UNION ALL '.join(runs)}")
    run("DROP VIEW IF EXISTS raw; DROP TABLE kept; ALTER TABLE in_order RENAME TO kept")


def _ascending(source_ids: Sequence[int]) -> list[str]:
    """Return the runs of ids that stand in `kept` one behind the other."""
    parts: list[list[int]] = []
    for source_id in source_ids:
        if not parts or source_id < parts[-1][-1]:
            parts.append([])
        parts[-1].append(source_id)
    return [", ".join(map(str, part)) for part in parts]


def _columns(run: Run) -> list[tuple[str, str]]:
    return [(str(row[0]), str(row[1])) for row in run("DESCRIBE kept").fetchall()]


def has_evidence(run: Run) -> bool:
    """Return whether rows of the format that was read may be only the evidence of others."""
    return any(name == EVIDENCE for name, _ in _columns(run))


def leave_out_doubled(run: Run, once: Sequence[str]) -> None:
    """Let a row that stands in two files of this load count once: exports overlap. `once` are the columns that tell.

    It counts for the file that begins first, so that what stands together there stays so; evidence gives way to a row of a
    session that is read in full.
    """
    order = f"kept.{EVIDENCE}, read_file.first_utc, source_id" if has_evidence(run) else "read_file.first_utc, source_id"
    found = run(
        f"CREATE OR REPLACE TEMP TABLE doubled AS SELECT kept.rowid AS row_no FROM kept INNER JOIN read_file USING (source_id) "
        f"WHERE {once[0]} IN ("
        f"SELECT {once[0]} FROM kept WHERE {once[0]} IS NOT NULL GROUP BY {once[0]} HAVING min(source_id) <> max(source_id)) "
        "QUALIFY source_id <> first_value(source_id) "
        f"OVER (PARTITION BY {', '.join(map('kept.{}'.format, once))} ORDER BY {order})"
    ).fetchone()
    if found and found[0]:
        run("CREATE OR REPLACE TEMP VIEW raw AS SELECT *, rowid AS line_no FROM kept WHERE rowid NOT IN (SELECT row_no FROM doubled)")


def pick_slice(run: Run, first: int, end: int, *, with_open: bool) -> None:
    """Let `raw` be some rows of `every_raw`, and those that were left open before."""
    if with_open:
        row = f"every_raw.* REPLACE (open_row.{EVIDENCE} AS {EVIDENCE})" if has_evidence(run) else "every_raw.*"
        run(f"CREATE OR REPLACE TEMP TABLE open_raw AS SELECT {row} FROM every_raw INNER JOIN open_row USING (line_no)")
    still_open = "UNION ALL SELECT * FROM open_raw" if with_open else ""
    run(f"CREATE OR REPLACE TEMP VIEW raw AS SELECT * FROM every_raw WHERE line_no >= {first} AND line_no < {end} {still_open}")


def note_open(run: Run, query: str) -> None:
    """Note in `open_row` which rows of `raw` must wait, as the query `pending/…` answers them; evidence never becomes more than that."""
    none = f"SELECT NULL::BIGINT AS line_no, NULL::BOOLEAN AS {EVIDENCE} WHERE false"
    found = f"{none} UNION ALL BY NAME ({load_query(f'pending/{query}').sql})"
    rows = f"SELECT line_no, bool_and(coalesce({EVIDENCE}, false)) AS {EVIDENCE} FROM ({found}) GROUP BY line_no"
    if has_evidence(run):
        rows = f"SELECT line_no, found.{EVIDENCE} OR raw.{EVIDENCE} AS {EVIDENCE} FROM ({rows}) AS found INNER JOIN raw USING (line_no)"
    run(f"CREATE OR REPLACE TEMP TABLE open_now AS {rows}")
    run("DROP TABLE IF EXISTS open_row; ALTER TABLE open_now RENAME TO open_row")


def take_back(run: Run, tables: Collection[str], parts: Collection[str], line_numbers: str) -> None:
    """Take back what was told in `tables` of the rows that are open: `parts` tell it again with the rows behind them, but for evidence."""
    run(
        f"CREATE OR REPLACE TEMP VIEW told AS SELECT kept.source_id, open_row.line_no, open_row.{EVIDENCE} "
        "FROM kept INNER JOIN open_row ON kept.rowid = open_row.line_no"
    )
    run(f"CREATE OR REPLACE TEMP TABLE open_place AS {line_numbers}")
    for some, which in ((tables, f"NOT {EVIDENCE}"), (parts, EVIDENCE)):
        for table in some:
            places = f"SELECT (source_id, line_no) FROM open_place WHERE {which}"
            run(f"DELETE FROM {quote_name(table)} WHERE (source_id, line_no) IN ({places})")
    run("DROP VIEW told; DROP TABLE open_place")


def drop_from_evidence(run: Run, tables: Collection[str]) -> None:
    """Drop what was told of rows that came back as evidence only: it stands in the trace file."""
    for table in tables:
        run(f"DELETE FROM {quote_name(table)} WHERE line_no < 0")


def put_behind(run: Run, table: str, part: str) -> None:
    """Let what was told in `part` stand behind `table`."""
    run(f"INSERT INTO {quote_name(table)} BY NAME SELECT * FROM {quote_name(part)}; DROP TABLE {quote_name(part)}")


def keep_open(run: Run, format_id: str, table: str, line_numbers: str) -> None:
    """Keep the rows that are open in the temp table `waiting_of(table)`, as they are written to the trace file."""
    row = f"json_merge_patch(to_json(kept), json_object('{EVIDENCE}', open_row.{EVIDENCE}))" if has_evidence(run) else "to_json(kept)"
    run(
        f"CREATE OR REPLACE TEMP VIEW told AS SELECT kept.source_id, open_row.line_no, open_row.{EVIDENCE}, read_file.first_utc, "
        f"{row} AS kept "
        "FROM kept INNER JOIN open_row ON kept.rowid = open_row.line_no INNER JOIN read_file ON kept.source_id = read_file.source_id"
    )
    number = f"CASE WHEN {EVIDENCE} THEN -abs(line_no) ELSE line_no END"
    run(
        f"CREATE OR REPLACE TEMP TABLE {quote_name(waiting_of(table))} AS SELECT {quote_text(format_id)} AS format, "
        f"* EXCLUDE ({EVIDENCE}) REPLACE ({number} AS line_no) FROM ({line_numbers})"
    )
    run("DROP VIEW told; DROP TABLE open_row; DELETE FROM waited")


def waiting_of(table: str) -> str:
    """Answer the name of the temp table beside `table` that holds the rows of its files that must wait."""
    return f"waiting_{table}"
