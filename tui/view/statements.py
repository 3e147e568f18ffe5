"""The SQL behind a screen: its queries with their parameters and times, and a script for any DuckDB shell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import cast

from tui.store.engine import MEMORY_SCHEMA, VIEW_SCHEMA
from tui.store.macros import library, needed_by
from tui.store.query_files import schema_text
from tui.store.query_runner import Statement, narrowing
from tui.store.scans import quote_name, quote_text
from tui.view.sheet import Sheet, SheetBuilder
from tui.view.table import Cell
from tui.view.text import visible


def statements_sheet(statements: Sequence[Statement], width: int) -> Sheet:
    """Return the statements as in their files, each with its parameters and its duration."""
    sheet = SheetBuilder(width)
    if not statements:
        sheet.text("This screen ran no query.", "dim")
    for statement in statements:
        sheet.open_box(visible(statement.title), f"{1000 * statement.seconds:,.1f} ms")
        sheet.add(Cell(f"queries/{statement.name}.sql", "dim"))
        for name, value in statement.params.items():
            sheet.text(f"${name} = {visible(literal(value))}")
        if statement.where:
            sheet.text(f"filter: {visible(statement.where.words)}")
        sheet.blank()
        for line in statement.sql.splitlines():
            sheet.add(Cell(visible(line.replace("\t", "    "))))
        sheet.close_box()
    return sheet.sheet()


def script_of(statements: Sequence[Statement], trace_file: str, zone: str) -> str:
    """Return a script that gives the same results in a DuckDB shell: the trace file, the macros and views, the statements.

    Each statement is prepared, and its parameter values are in the EXECUTE that follows, where they can be edited.
    """
    parts = [
        "-- The statements behind a screen of mailflow, for a DuckDB shell (duckdb -init THIS_FILE).\n"
        f"ATTACH {quote_text(trace_file)} AS trace (READ_ONLY);",
        f"SET TimeZone = {quote_text(zone)};",
        *map(schema_text, MEMORY_SCHEMA),
        schema_text("utc" if zone == "UTC" else "zone"),
        *map(schema_text, ("settings", "connector_matches", *VIEW_SCHEMA)),
        *(library()[name].statement for name in needed_by(" ".join(statement.sql for statement in statements))),
    ]
    for number, statement in enumerate(statements, 1):
        heading = f"-- {statement.title} (queries/{statement.name}.sql)"
        name = quote_name(f"query_{number}")
        values = ", ".join(f"{key} := {literal(value)}" for key, value in statement.params.items())
        call = f"EXECUTE {name}({values})" if values else f"EXECUTE {name}"
        narrow = "".join(f"{line};\n" for line in narrowing(statement.where))
        parts.append(f"{heading}\n{narrow}PREPARE {name} AS\n{statement.sql};\n{call};")
    return "\n\n".join(parts) + "\n"


def literal(value: object) -> str:
    """Return a value as an SQL literal."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, datetime):
        return f"TIMESTAMP '{value}'"
    if isinstance(value, date):
        return f"DATE '{value}'"
    if isinstance(value, Mapping):
        items = cast("Mapping[str, object]", value)
        return "{" + ", ".join(f"{quote_text(key)}: {literal(item)}" for key, item in items.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(literal(item) for item in cast("Sequence[object]", value)) + "]"
    return quote_text(str(value))
