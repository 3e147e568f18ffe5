"""Numbers of sources: they are assigned while files are staged, and another load may have used them before the rows are written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.errors import OvertakenError
from tui.rows import LoadedSource
from tui.store.query_files import load_query
from tui.store.scans import quote_name
from tui.store.staging import Stager

if TYPE_CHECKING:
    from tui.store.appending import Source


def renumbered(stager: Stager, sources: Sequence[Source], seen: Sequence[LoadedSource], loaded: Sequence[LoadedSource]) -> Sequence[Source]:
    """Return the staged sources with numbers that no loaded source of the trace file has.

    `seen` are the sources that were loaded when these were staged, `loaded` those that are loaded now. The caller must have the write
    lock. Raises OvertakenError when the sources must be compared or staged again: another load or forget changed a source of their
    format, which may contain the same file, an older part of it, or the other half of a session; or it added the same content or path,
    or removed sources that they replace.
    """
    changed = set(seen) ^ set(loaded)
    if not changed:
        return sources
    numbers = {one.source_id for one in loaded}
    hashes = {one.sha256 for one in changed}
    same = {one.format for one in changed} & {source.format for source in sources}
    same |= {one.path for one in changed} & {source.path for source in sources}
    if same or any(source.sha256() in hashes or not numbers.issuperset(source.replaces) for source in sources):
        raise OvertakenError("another load has written to the trace file")
    return renumber(stager, sources, max(0, max(numbers, default=0) + 1 - _first(sources)))


def renumber(stager: Stager, sources: Sequence[Source], offset: int) -> Sequence[Source]:
    """Shift the numbers of sources, and of their rows in every temp table of the load, and return the sources."""
    if not offset:
        return sources
    first = _first(sources)
    tables = [str(row[0]) for row in stager.run(load_query("load/staged_tables").sql).fetchall()]
    for table in tables:
        stager.run(f"ALTER TABLE temp.{quote_name(table)} RENAME TO staged_rows")
        stager.run(load_query("load/renumber").sql, {"first_source_id": first, "by_number": offset})
        stager.run(f"ALTER TABLE temp.staged_rows RENAME TO {quote_name(table)}")
    return [source if source.is_pending_only else replace(source, source_id=source.source_id + offset) for source in sources]


def _first(sources: Sequence[Source]) -> int:
    return min(source.source_id for source in sources if not source.is_pending_only)
