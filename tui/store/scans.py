"""The FROM clause of a load: files as rows of declared VARCHAR columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

MAX_LINE_BYTES = 2_000_000
LEAST_JSON_BYTES = 1_048_576
MAX_OBJECT_BYTES = 16_777_216
WRAPPED_IN = "value"

Reader = Literal["csv", "lines", "json", "table"]


@dataclass(frozen=True)
class Batch:
    """Files that one scan reads together: same columns, encoding and delimiter; source ids count up from the first's.

    `names` are the columns of the files in order: normalised for CSV, as written for tables and JSON. `wrapped_in` is the
    key of the list that a JSON file may wrap its objects in; `modified_utc` is when each file was last modified. `line_rewrites` are the
    patterns that are replaced at the begin of each line of a log, with their replacements and the form of a timestamp in the first group.
    """

    files: Sequence[Path]
    first_source_id: int
    reader: Reader
    names: Sequence[str]
    delimiter: str
    encoding: str
    skip: int
    wrapped_in: str
    modified_utc: Sequence[datetime]
    line_rewrites: Sequence[tuple[str, str, str]] = ()


def normalise(name: str) -> str:
    """Return a column's name as formats declare it: `Forced TLS?` is `forced_tls`, `date-time` is `date_time`."""
    return re.sub(r"[^a-z0-9]+", "_", name.strip().strip('"').lower()).strip("_")


def quote_text(text: str) -> str:
    """Return a SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def quote_name(name: str) -> str:
    """Return a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def table_of(file: Path) -> str:
    """Return the relation of a Parquet file, else the `message` of a DuckDB file attached as `foreign_file`."""
    return f"read_parquet({quote_text(str(file))})" if is_parquet(file) else "foreign_file.message"


def is_parquet(file: Path) -> bool:
    """Return whether a file begins with Parquet's magic number, whatever its name."""
    with file.open("rb") as start:
        return start.read(4) == b"PAR1"


def scan_of(batch: Batch, columns: Sequence[str]) -> str:
    """Return a SELECT of the declared columns as VARCHAR, NULL where the files have none, with source_id and file_columns.

    Of a JSON file the column `item` is the whole object.
    """
    files = "[" + ", ".join(quote_text(str(file)) for file in batch.files) + "]"
    if batch.reader == "csv":
        source, number = _csv_source(batch, files), f"CAST(file_index + {batch.first_source_id} AS INTEGER)"
        found = {name: quote_name(name) for name in batch.names}
    elif batch.reader == "lines":
        source, number = _lines_source(batch, files), f"CAST(file_index + {batch.first_source_id} AS INTEGER)"
        found = {"line": _rewritten("line", batch.line_rewrites)}
    elif batch.reader == "json":
        names = {normalise(name): name for name in reversed(batch.names) if normalise(name) in columns}
        paths = ", ".join(quote_text("$." + quote_name(name)) for name in names.values())
        # One call with all paths: each json_extract_string call parses the object again.
        texts = f"json_extract_string(item, [{paths}])" if names else "NULL"
        source, number = f"(SELECT item, {texts} AS texts FROM {_json_source(batch, files)})", str(batch.first_source_id)
        found = {name: f"texts[{place}]" for place, name in enumerate(names, 1)}
        found["item"] = "CAST(item AS VARCHAR)"
    else:
        source, number = table_of(batch.files[0]), str(batch.first_source_id)
        found = {normalise(name): f"CAST({quote_name(name)} AS VARCHAR)" for name in batch.names}
    picked = [f"{found.get(name, 'NULL::VARCHAR')} AS {quote_name(name)}" for name in columns]
    here = quote_text(",".join(normalise(name) for name in batch.names))
    return f"SELECT {', '.join(picked)}, {here} AS file_columns, {number} AS source_id FROM {source}"


def _rewritten(line: str, rewrites: Sequence[tuple[str, str, str]]) -> str:
    """Return the expression of a line with its beginning replaced; a line that does not match a pattern stays as it is."""
    for pattern, replacement, clock in rewrites:
        arguments = ", ".join((line, quote_text(pattern), quote_text(replacement)))
        line = f"dated_line({arguments}, {quote_text(clock)})" if clock else f"regexp_replace({arguments})"
    return line


def _csv_source(batch: Batch, files: str) -> str:
    columns = ", ".join(f"{quote_text(name)}: 'VARCHAR'" for name in batch.names)
    return (
        f"read_csv({files}, auto_detect = false, header = false, skip = {batch.skip}, delim = {quote_text(batch.delimiter)}, "
        f"quote = '\"', escape = '\"', encoding = {quote_text(batch.encoding)}, columns = {{{columns}}}, compression = 'none', "
        f"strict_mode = true, max_line_size = {MAX_LINE_BYTES}, "
        "store_rejects = true, rejects_table = 'csv_rejects', rejects_scan = 'csv_scans')"
    )


def _lines_source(batch: Batch, files: str) -> str:
    """Return a scan with one row a line, whatever the line contains; an empty line is a row of NULL."""
    return (
        f"read_csv({files}, auto_detect = false, header = false, skip = {batch.skip}, delim = '\x01', quote = '', escape = '', "
        f"encoding = {quote_text(batch.encoding)}, columns = {{'line': 'VARCHAR'}}, compression = 'none', "
        f"strict_mode = false, max_line_size = {MAX_LINE_BYTES}, "
        "store_rejects = true, rejects_table = 'csv_rejects', rejects_scan = 'csv_scans')"
    )


def _json_source(batch: Batch, files: str) -> str:
    """Return a scan with one row an object: of an array, of lines, or of the list that wraps them.

    The engine allocates twice the maximum object size for each thread, so the maximum is not larger than the file.
    """
    wrap = '$."' + batch.wrapped_in.replace('"', "") + '"'
    largest = min(MAX_OBJECT_BYTES, max(LEAST_JSON_BYTES, batch.files[0].stat().st_size))
    return (
        f"(SELECT unnest(CASE WHEN json_type(json, {quote_text(wrap)}) = 'ARRAY' "
        f"THEN json_extract(json, {quote_text(wrap + '[*]')}) ELSE [json] END) AS item "
        f"FROM read_json_objects({files}, format = 'auto', maximum_object_size = {largest}))"
    )


def has_separate_objects(file: Path) -> bool:
    """Return whether a JSON file is an array, or begins with one object a line; else one object may be the whole file."""
    with file.open("rb") as start:
        head = start.read(LEAST_JSON_BYTES).removeprefix(b"\xef\xbb\xbf").lstrip()
    lines = head.splitlines()[:2]
    return head.startswith(b"[") or (len(lines) == 2 and lines[0].rstrip().endswith(b"}") and all(line.startswith(b"{") for line in lines))
