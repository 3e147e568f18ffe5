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
# What names people besides, what must be left out for it to change, and what stays: of replies, which quote whatever they like, the codes.
_BESIDES = {
    "reply": (WITHOUT, r"nullif(regexp_extract(reply, '(?:^|[^\d.])([245]\d\d(?:[ -]#?[245]\.\d{1,3}\.\d{1,3})?)(?:[^\d.]|$)', 1), '')"),
    "auth_user": (("sender",), "CASE WHEN contains(auth_user, '@') THEN '@' || domain_of(auth_user) END"),
}
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
    besides = {name: value for name, (others, value) in _BESIDES.items() if name in here and set(others) & set(without)}
    sets = ", ".join(f"{name} = {value}" for name, value in ({name: _WITHOUT[name] for name in without if name in here} | besides).items())
    if sets:
        run(f"UPDATE {quote_name(table)} SET {sets}")
