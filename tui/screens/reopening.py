"""Looking for a newer state of the open trace file: another program may load into it at any time."""

from __future__ import annotations

from collections.abc import Callable

from textual.message import Message

from tui.errors import CancelledError, MailflowError
from tui.screens.session import Session
from tui.view.report import Report

LOOK_SECONDS = 1.0


class Reopened(Message):
    """A newer state of the trace file is open: `report` is of it, `before` of the state that was open."""

    def __init__(self, report: Report, before: Report | None) -> None:
        super().__init__()
        self.report, self._before = report, before

    @property
    def words(self) -> str:
        """Return the text for the footer; after a source was forgotten or notes were added there is no load time."""
        newest = max((source.loaded_at_utc for source in self.report.sources), default=None)
        load_times = [source.loaded_at_utc for source in self._before.sources] if self._before is not None else []
        if newest is None or newest <= max(load_times, default=newest.min):
            return "newer data: reloaded"
        return f"newer data, loaded {self.report.facts.window.local(newest):%H:%M}: reloaded"


class Watch:
    """Looks for a newer state and opens it, in a worker thread; `failed` is called there with a state that cannot be read."""

    def __init__(self, session: Session, reopened: Callable[[Reopened], object], failed: Callable[[MailflowError], object]) -> None:
        self._session, self._reopened, self._failed = session, reopened, failed
        self.is_looking = False

    def look(self) -> None:
        """Look once: a stat of the file when nothing changed."""
        session = self._session
        try:
            before = session.report
            if session.reopen():
                self._reopened(Reopened(session.ask_report(session.report_asker()), before))
        except CancelledError:
            pass  # other dates or data were chosen meanwhile: their report is of the newer state
        except MailflowError as problem:
            self._failed(problem)
        finally:
            self.is_looking = False
