"""Pending rows: rows of sessions that a later file may complete. They are stored, and read again with every load of their format.

The header of a format that joins lines refers to a query of `queries/pending/`, which returns the rows of each session that no single
file contains completely. With them, loading files one after the other, in any order, has the same result as loading them together.

Rows derived from a pending row are deleted and derived again, so the evidence for them has to be pending too. Evidence may itself be
a row of another session, which is complete. Such a row is marked `is_evidence`: it is read again, but the rows that were derived from
it stay, and rows that would be derived from it now, without the rest of its own session, are dropped. In the trace file, the number
of such a line is negative. The queries are those of `queries/pending_rows/`.
"""

from __future__ import annotations

from collections.abc import Collection

from tui.store.query_files import load_query
from tui.store.rollup import Run
from tui.store.scans import quote_name


class PendingRows:
    """The pending rows of a load, in temp tables of its cursor.

    `pending_row` has those of the trace file, `pending_line` the lines of those that are read again, `open_row` those that are
    pending after the rows of a format have been read.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._ask("rows_table")
        self._ask("lines_table")

    def read_stored(self, replaced: Collection[int]) -> None:
        """Read the pending rows of the attached trace file, except those of sources that this load replaces."""
        self._ask("stored_rows", {"replaced": list(replaced)})

    def add_to_extracted(self, format_id: str) -> bool:
        """Add the pending rows of a format to `extracted_row`, the rows just read; return whether there were any."""
        self._ask("lines_table")
        self._ask("files", {"format": format_id})
        if not self._ask("lines", {"format": format_id}):
            return False
        self._ask("columns")
        self._ask("rows", {"format": format_id})
        return True

    def shift_lines(self) -> None:
        """Shift the line numbers of pending rows together with the rows of their files."""
        self._ask("shifted_lines")

    def find_open(self, query: str) -> None:
        """Write the rows of `raw` that are pending, by a query of `queries/pending/`, to `open_row`."""
        self._run(f"CREATE OR REPLACE TEMP VIEW returned_row AS {load_query(f'pending/{query}').sql}")
        self._ask("open_rows")
        self._run("DROP VIEW returned_row")

    def copy_for_slice(self) -> None:
        """Copy the rows that are pending, so that they can be read again with a further slice."""
        self._ask("slice")

    def drop_derived(self, tables: Collection[str], parts: Collection[str], line_numbers: str) -> None:
        """Delete from `tables` the rows of pending rows, because `parts` have them again, and from `parts` the rows of evidence."""
        self._ask("open_lines")
        self._run(f"CREATE OR REPLACE TEMP TABLE open_line AS {line_numbers}")
        for names, is_evidence in ((tables, False), (parts, True)):
            for name in names:
                change_staged(self._run, name, "pending_rows/drop_derived", {"is_evidence": is_evidence})
        self._run("DROP VIEW format_row; DROP TABLE open_line")

    def drop_evidence(self, tables: Collection[str]) -> None:
        """Delete the rows that were derived from stored evidence."""
        for name in tables:
            change_staged(self._run, name, "pending_rows/drop_evidence")

    def stage(self, format_id: str, table: str, line_numbers: str) -> None:
        """Write the pending rows to the temp table `pending_of(table)`."""
        self._run("SET VARIABLE format = $format", {"format": format_id})
        self._ask("staged_rows")
        self._run(f"CREATE OR REPLACE TEMP TABLE {quote_name(pending_of(table))} AS {line_numbers}")
        self._run("DROP VIEW format_row; DROP TABLE open_row")
        self._ask("lines_table")

    def _ask(self, name: str, params: dict[str, object] | None = None) -> int:
        row = self._run(load_query(f"pending_rows/{name}").sql, params).fetchone()
        return int(row[0]) if row and isinstance(row[0], int) else 0


def change_staged(run: Run, table: str, query: str, params: dict[str, object] | None = None) -> None:
    """Run a query that changes `staged_rows` on a staged temp table."""
    run(f"ALTER TABLE temp.{quote_name(table)} RENAME TO staged_rows")
    run(load_query(query).sql, params)
    run(f"ALTER TABLE temp.staged_rows RENAME TO {quote_name(table)}")


def pending_of(table: str) -> str:
    """Return the name of the temp table with the pending rows of the same files as `table`."""
    return f"pending_{table}"
