"""What the screens share: what is open, the window and scope that are looked at, and the report of both."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from tui.config import Config
from tui.intake.load import Progress
from tui.intake.opening import Opened, load_again, open_paths
from tui.store.engine import Engine, start_engine
from tui.store.query_runner import QueryRunner
from tui.store.questions import Scope, ask_facts, ask_window
from tui.store.redaction import redactor_of
from tui.store.trace_file import is_newer, reopen_trace, utc_now
from tui.view.report import Report, build_report


@dataclass(frozen=True)
class Days:
    """The days that were chosen: from and to, or how many up to the newest; all None is the default week."""

    first_day: date | None = None
    last_day: date | None = None
    days: int | None = None
    whole_file: bool = False


@dataclass(frozen=True)
class Again:
    """Contents of files to load again, by label, and their format; None detects it."""

    files: Sequence[Path]
    labels: Collection[str]
    read_as: str | None = None


@dataclass
class Session:
    """One run of the app over the paths it was given. Only the app changes it."""

    paths: Sequence[str]
    config: Config
    read_as: str | None = None
    progress: Progress = field(default_factory=Progress)
    days: Days = Days()
    scope: Scope = field(default_factory=Scope)
    engine: Engine | None = None
    opened: Opened | None = None
    report: Report | None = None
    recipients: bool = False
    _report_asker: QueryRunner | None = None
    hidden: dict[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])

    def open(self) -> Opened:
        """Open the paths; to be called in a worker thread."""
        self.engine = start_engine(self.config.engine, self.config.zone, redactor_of(self.config))
        # While names are redacted no column is shown, so columns cannot be mapped.
        keep_unknown = not self.config.redact
        self.opened = open_paths(self.engine, self.config, self.paths, self.progress, self.read_as, keep_unknown=keep_unknown)
        return self.opened

    def load_again(self, again: Again) -> None:
        """Load files in the chosen format; call it in a worker thread. On MailflowError nothing has changed."""
        if self.engine is None or self.opened is None:
            raise RuntimeError("nothing is open yet")
        self.opened = load_again(self.config, self.engine, self.opened, again.files, again.labels, self.progress, again.read_as)

    def reopen(self) -> bool:
        """Open the newer state of the trace file if one was published; to be called in a worker thread.

        Raises TraceFileError when it cannot be read; then the older state stays open.
        """
        return self.engine is not None and is_newer(self.engine) and reopen_trace(self.engine)

    @property
    def state(self) -> object:
        """Which state of the trace file is open."""
        return self.engine.state if self.engine is not None else None

    @property
    def files_folder(self) -> Path:
        """The private folder for files that are unpacked to be looked into."""
        if self.engine is None:
            raise RuntimeError("nothing is open yet")
        folder = self.engine.temp_folder / "files"
        folder.mkdir(exist_ok=True)
        return folder

    def runner(self) -> QueryRunner:
        """Return a new cursor for one worker."""
        if self.engine is None:
            raise RuntimeError("nothing is open yet")
        return QueryRunner(self.engine)

    @property
    def choice(self) -> tuple[Days, Scope, bool]:
        """What is chosen now."""
        return self.days, self.scope, self.recipients

    def report_asker(self) -> QueryRunner:
        """Return the cursor that asks for reports."""
        if self._report_asker is None:
            self._report_asker = self.runner()
        return self._report_asker

    @property
    def broken(self) -> Mapping[Path, str]:
        """The user's findings that could not run, and why."""
        return self._report_asker.broken if self._report_asker is not None else {}

    def ask_report(self, runner: QueryRunner) -> Report:
        """Return the report of the choice; to be called in a worker thread."""
        days, scope, recipients = self.choice
        runner.statements.clear()
        with runner.one_state():
            window = ask_window(runner, first_day=days.first_day, last_day=days.last_day, days=days.days)
            if days.whole_file:
                window = ask_window(runner, first_day=window.data_first.date(), last_day=window.data_last.date())
            facts = ask_facts(runner, self.config, window, scope, utc_now(), grain=window.grain)
        return build_report(facts, recipients=recipients)

    def close(self) -> None:
        """Close everything and remove the private trace file."""
        if self.engine is not None:
            self.engine.close()
            self.engine = None
