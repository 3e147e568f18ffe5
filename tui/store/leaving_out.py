"""What a trace file must not keep: `load --without`."""

from __future__ import annotations

from collections.abc import Collection

from tui.errors import UsageError
from tui.store.scans import quote_name
from tui.store.waiting import Run

# What stays of a column that is left out: of addresses their domains, and so how many there were.
_WITHOUT = {
    "subject": "NULL",
    "sender": "'@' || domain_of(sender)",
    "recipients": "list_transform(recipients, LAMBDA one: '@' || coalesce(domain_of(cast(one AS VARCHAR)), ''))",
}
WITHOUT = tuple(_WITHOUT)


def check_without(without: Collection[str]) -> None:
    """Raise UsageError for a column that cannot be left out."""
    if unknown := sorted(set(without) - set(WITHOUT)):
        raise UsageError(f"--without {unknown[0]}: there is no such thing; use {', '.join(WITHOUT)}")


def leave_out(run: Run, table: str, here: Collection[str], without: Collection[str]) -> None:
    """Take what must not be kept out of the temp table `table` with the columns `here`, before any of it can reach the trace file."""
    sets = ", ".join(f"{name} = {_WITHOUT[name]}" for name in without if name in here)
    if sets:
        run(f"UPDATE {quote_name(table)} SET {sets}")
