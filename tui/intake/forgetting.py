"""Forgetting a source: everything loaded from it is deleted; sessions that it shares with other files are derived from these alone."""

from __future__ import annotations

from pathlib import Path

from tui.config import Config
from tui.errors import UsageError
from tui.intake.formats import load_formats
from tui.intake.pending_rows import read_pending_again
from tui.store.appending import transaction
from tui.store.engine import Engine
from tui.store.forgetting import count_messages, delete_source
from tui.store.format_rules import rules_of
from tui.store.staging import Stager
from tui.store.writing import next_state


def forget_source(engine: Engine, config: Config, path: Path, source_id: int) -> tuple[str, int, int]:
    """Delete a source of a trace file and everything loaded from it; return its path and the counts of deleted and remaining messages.

    Raises UsageError when there is no such file or source, and when messages of it cannot be resolved without files that an older mailflow
    loaded.
    """
    if not path.is_file():
        raise UsageError(f"{path}: no such trace file")
    formats, run = load_formats(config), engine.connection.execute
    rules = rules_of(formats)
    stager = Stager(engine, config.clock_zone)
    try:
        with next_state(engine, path):
            before, of_source = count_messages(run, source_id)
            with transaction(run, run):
                label, format_id = delete_source(run, path, source_id, rules, config.own_servers)
            read_pending_again(stager, [query for query in formats if query.path.stem == format_id], rules, config)
            deleted = max(0, before - count_messages(run, source_id)[0])
        return label, deleted, max(0, of_source - deleted)
    finally:
        stager.close()
