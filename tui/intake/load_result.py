"""The result and the progress of a load."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tui.errors import CancelledError, MailflowError
from tui.intake.selection import UnusedFile
from tui.store.appending import AddedCounts
from tui.store.staging import Stager


@dataclass(frozen=True)
class OtherRows:
    """Rows of a file that are not messages (connector settings, accepted domains, TLS reports): their table and their number.

    `grain` is what one row counts.
    """

    grain: str
    into: str
    rows: int


@dataclass(frozen=True)
class LoadResult:
    """The result of a load: the number of added files and the counts of their rows, files already loaded, and problems.

    `already_loaded` are the labels of files that were skipped because the trace file has them. `unused` are files with a problem that
    the user may read in another format. `loaded_as` maps the label of a file to the format it was loaded in, if that is not the one
    detected now. `tables` are the added rows other than messages. `has_new_own_servers` is true when the own servers in the
    configuration differ from those of the previous load; directions are then inferred again.
    """

    sources: int
    added: AddedCounts
    already_loaded: Sequence[str]
    problems: Sequence[MailflowError]
    unused: Sequence[UnusedFile] = ()
    loaded_as: Mapping[str, str] = field(default_factory=dict[str, str])
    tables: Sequence[OtherRows] = ()
    has_new_own_servers: bool = False

    def with_others(self, other: LoadResult) -> LoadResult:
        """Return the combined result of this load and another one."""
        return LoadResult(
            self.sources + other.sources,
            self.added + other.added,
            [*self.already_loaded, *other.already_loaded],
            [*self.problems, *other.problems],
            [*self.unused, *other.unused],
            {**self.loaded_as, **other.loaded_as},
            [*self.tables, *other.tables],
            self.has_new_own_servers or other.has_new_own_servers,
        )


@dataclass
class Progress:
    """The progress of a load; another thread reads it and may cancel the load."""

    doing: str = "looking at the files"
    _stopped: threading.Event = field(default_factory=threading.Event)
    _stager: Stager | None = None

    def set_step(self, doing: str) -> None:
        """Set the current step; raise CancelledError when the load was cancelled."""
        if self._stopped.is_set():
            raise CancelledError("stopped; nothing was loaded")
        self.doing = doing

    def cancel(self) -> None:
        """Stop the load as soon as possible; nothing is written."""
        self._stopped.set()
        if self._stager is not None:
            self._stager.interrupt()

    def watch(self, stager: Stager | None) -> None:
        """Set the stager that `fraction` asks and `cancel` interrupts; None when there is none."""
        self._stager = stager

    def fraction(self) -> float | None:
        """Return the completed share of the current step, 0 to 1; None when it is unknown."""
        return None if self._stager is None else self._stager.fraction()
