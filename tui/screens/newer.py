"""Looking for a newer state of the open trace file: another program may load into it at any time."""

from __future__ import annotations

from collections.abc import Callable

from textual.message import Message

from tui.errors import CancelledError, MailflowError
from tui.screens.session import Session
from tui.view.report import Report

LOOK_SECONDS = 1.0


class Reopened(Message):
    """A newer state of the trace file is open, and here is its report."""

    def __init__(self, report: Report) -> None:
        super().__init__()
        self.report = report

    @property
    def words(self) -> str:
        """Return what the footer says."""
        newest = max((source.loaded_at_utc for source in self.report.sources), default=None)
        loaded = f", loaded {self.report.facts.window.local(newest):%H:%M}" if newest is not None else ""
        return f"newer data{loaded}: reloaded"


class Watch:
    """Looks for a newer state and opens it, in a worker thread; `failed` is called there with a state that cannot be read."""

    def __init__(self, session: Session, reopened: Callable[[Reopened], object], failed: Callable[[MailflowError], object]) -> None:
        self._session, self._reopened, self._failed = session, reopened, failed
        self.is_looking = False

    def look(self) -> None:
        """Look once: a stat of the file when nothing changed."""
        session = self._session
        try:
            if session.reopen():
                self._reopened(Reopened(session.ask_report(session.report_asker())))
        except CancelledError:
            pass  # other dates or data were chosen meanwhile: their report is of the newer state
        except MailflowError as problem:
            self._failed(problem)
        finally:
            self.is_looking = False
