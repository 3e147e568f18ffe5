"""What a trace file must not keep: `load --without`."""

from __future__ import annotations

import re
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
# What names people besides, with what must be left out for it to change: the domains of their addresses stay too.
_ADDRESS = r"[^\s<>\[\]()\"'',;:=]+@"
_BESIDES = {"reply": ("sender", "recipients"), "auth_user": ("sender",)}
_LINE = re.compile(r"^(line \d+) reads .*", re.S)


def check_without(without: Collection[str]) -> None:
    """Raise UsageError for a column that cannot be left out."""
    if unknown := sorted(set(without) - set(WITHOUT)):
        raise UsageError(f"--without {unknown[0]}: there is no such thing; use {', '.join(WITHOUT)}")


def reason_without(reason: str, without: Collection[str]) -> str:
    """Answer why a file was recognised, without the words of its line when anything is to be left out."""
    return _LINE.sub(r"\1", reason) if without else reason


def leave_out(run: Run, table: str, here: Collection[str], without: Collection[str]) -> None:
    """Take what must not be kept out of the temp table `table` with the columns `here`, before any of it can reach the trace file."""
    sets = ", ".join(f"{name} = {_WITHOUT[name]}" for name in without if name in here)
    names = [name for name, others in _BESIDES.items() if name in here and set(others) & set(without)]
    sets = ", ".join([sets] * bool(sets) + [f"{name} = regexp_replace({name}, '{_ADDRESS}', '@', 'g')" for name in names])
    if sets:
        run(f"UPDATE {quote_name(table)} SET {sets}")
