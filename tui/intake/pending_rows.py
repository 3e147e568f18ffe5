"""Pending rows that are read without new files: after their sources were merged, or one of them was deleted."""

from __future__ import annotations

from collections.abc import Collection

from tui.config import Config
from tui.store.appending import Source, pending_source, resolve_pending
from tui.store.format_rules import Rules
from tui.store.query_files import QueryFile, load_query
from tui.store.staging import Stager


def read_pending_again(stager: Stager, formats: Collection[QueryFile], rules: Rules, config: Config) -> None:
    """Derive rows from the pending rows of formats again, as the next load would; the trace file is attached for writing."""
    found = {str(row[0]) for row in stager.run(load_query("load/pending_formats").sql).fetchall()}
    stager.pending.read_stored(())
    if staged := stage_pending(stager, [query for query in formats if query.path.stem in found]):
        resolve_pending(stager, staged, config.own_servers, rules)


def stage_pending(stager: Stager, formats: Collection[QueryFile]) -> list[Source]:
    """Stage the pending rows of formats that the stager has read, and return a source for each format."""
    staged: list[Source] = []
    for query in (one for one in formats if one.one("pending")):
        table = f"pending_of_{query.path.stem}"
        stager.stage(query, [], table)
        staged.append(pending_source(query.path.stem, table, has_failures=bool(query.one("failures"))))
    return staged
