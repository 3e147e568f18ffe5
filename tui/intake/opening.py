"""What `mailflow PATH…` opens: a trace file as it is, or trace files through a private one that is removed at the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tui.config import Config
from tui.errors import MailflowError, UnreadableError, UnrecognisedError, UsageError
from tui.intake.found import find_files
from tui.intake.load import Loaded, Progress, load_files
from tui.store.engine import Engine
from tui.store.trace_file import attach_trace, holds_trace, is_duckdb_file, learn_names


@dataclass(frozen=True)
class Opened:
    """What is open: the trace file that is attached, and what loading it said."""

    trace_file: Path
    is_private: bool
    loaded: Loaded | None

    @property
    def problems(self) -> Sequence[MailflowError]:
        """The files that could not be used."""
        return self.loaded.problems if self.loaded else ()


def open_paths(engine: Engine, config: Config, paths: Sequence[str], progress: Progress) -> Opened:
    """Attach the trace file that the paths mean, loading them into a private one first unless they are one.

    Raises UsageError for a trace file together with other files, UnreadableError when no file could be read, and
    UnrecognisedError when files were read but none was recognised.
    """
    problems: list[MailflowError] = []
    files = find_files(paths, problems)
    traces = [file for file in files if _is_trace(engine, file)]
    inside = [file for file in traces if str(file) not in paths]
    if inside and len(files) > len(inside):
        # A folder of traces may hold what was loaded of them.
        problems += [UnreadableError(f"{file}: is a trace file, left out here; open it by itself") for file in inside]
        files, traces = [file for file in files if file not in inside], [file for file in traces if file not in inside]
    if traces and len(files) > 1:
        raise UsageError(f"{traces[0]} is a trace file; to add files to it: mailflow load FILE… --into {traces[0]}")
    if traces:
        attach_trace(engine, traces[0], "read")
        learn_names(engine)
        engine.lock_down(traces[0])
        return Opened(traces[0], is_private=False, loaded=None)
    target = engine.temp_folder / "trace.duckdb"
    loaded = load_files(engine, config, files, target, progress)
    loaded = _redacted(engine, replace(loaded, problems=[*problems, *loaded.problems]))
    check_loaded(loaded, paths)
    attach_trace(engine, target, "read")
    learn_names(engine)
    engine.lock_down(target)
    return Opened(target, is_private=True, loaded=loaded)


def _redacted(engine: Engine, loaded: Loaded) -> Loaded:
    """Answer what a load said without the names of files, where names are redacted."""
    redactor = engine.redactor
    if redactor is None:
        return loaded
    problems = [type(problem)(redactor.problem(str(problem))) for problem in loaded.problems]
    return replace(loaded, problems=problems, known=[redactor.path(label) for label in loaded.known])


def check_loaded(loaded: Loaded, paths: Sequence[str]) -> None:
    """Raise when a load brought nothing: UnreadableError when nothing could be read, else UnrecognisedError."""
    if loaded.sources or loaded.known:
        return
    if not loaded.problems:
        raise UnrecognisedError(f"{', '.join(paths)}: no trace file in it; see mailflow formats")
    raise next((problem for problem in loaded.problems if isinstance(problem, UnrecognisedError)), loaded.problems[0])


def _is_trace(engine: Engine, file: Path) -> bool:
    try:
        return is_duckdb_file(file) and holds_trace(engine, file)
    except OSError:
        return False
