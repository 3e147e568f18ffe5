"""What a load did, and how far it is."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tui.errors import CancelledError, MailflowError
from tui.intake.selection import UnusedFile
from tui.store.appending import AddedCounts
from tui.store.staging import Stager


@dataclass(frozen=True)
class Table:
    """Rows of a file that are no messages: settings of connectors, own domains, reports; `into` is the table they are kept in,
    `grain` what their counts are of.
    """

    grain: str
    into: str
    rows: int


@dataclass(frozen=True)
class Loaded:
    """What a load did: how many files it added and what they brought, which files changed nothing, what could not be used.

    `unused` are those of what could not be used that may be read as something else, when a person says what they are;
    `loaded_as` the formats of files that changed nothing and are held in another one than they look like; `tables` are what it
    brought that is no message; `has_new_own_servers` is true when the own servers in the configuration differ from
    those of the previous load, and directions were inferred again.
    """

    sources: int
    added: AddedCounts
    known: Sequence[str]
    problems: Sequence[MailflowError]
    unused: Sequence[UnusedFile] = ()
    loaded_as: Mapping[str, str] = field(default_factory=dict[str, str])
    tables: Sequence[Table] = ()
    has_new_own_servers: bool = False

    def with_others(self, other: Loaded) -> Loaded:
        """Return what this load and another one did together."""
        return Loaded(
            self.sources + other.sources,
            self.added + other.added,
            [*self.known, *other.known],
            [*self.problems, *other.problems],
            [*self.unused, *other.unused],
            {**self.loaded_as, **other.loaded_as},
            [*self.tables, *other.tables],
            self.has_new_own_servers or other.has_new_own_servers,
        )


@dataclass
class Progress:
    """How far a load is; it is read, and the load cancelled, from another thread."""

    doing: str = "looking at the files"
    _stopped: threading.Event = field(default_factory=threading.Event)
    _stager: Stager | None = None

    def say(self, doing: str) -> None:
        """Note the next step, or stop here when the load was cancelled."""
        if self._stopped.is_set():
            raise CancelledError("stopped; nothing was loaded")
        self.doing = doing

    def cancel(self) -> None:
        """Stop the load as soon as it can; nothing of it stays."""
        self._stopped.set()
        if self._stager is not None:
            self._stager.interrupt()

    def watch(self, stager: Stager | None) -> None:
        """Note who works, so that it can be asked and interrupted."""
        self._stager = stager

    def fraction(self) -> float | None:
        """Return the share of the present step that is done, 0 to 1; None when that is not known."""
        return None if self._stager is None else self._stager.fraction()
