"""Opening the paths of `mailflow PATH…`: a trace file directly, or mail logs through a private trace file that is removed at the end."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tui.config import Config
from tui.errors import MailflowError, Remedy, UnreadableError, UnrecognisedError, UsageError
from tui.intake.discovery import find_files
from tui.intake.load import LoadResult, Progress, is_trace, load_files
from tui.store.engine import Engine, start_engine
from tui.store.trace_file import attach_trace, detach_trace, is_newer, register_names, reopen_trace


@dataclass(frozen=True)
class Opened:
    """The attached trace file, and the result of loading it."""

    trace_file: Path
    is_private: bool
    loaded: LoadResult | None

    @property
    def problems(self) -> Sequence[MailflowError]:
        """The files that could not be used."""
        return self.loaded.problems if self.loaded else ()


def open_paths(
    engine: Engine, config: Config, paths: Sequence[str], progress: Progress, read_as: str | None = None, *, keep_unknown: bool = False
) -> Opened:
    """Attach the trace file of the paths; other files are first loaded into a private trace file.

    `read_as` is the id of a forced format of the files. With `keep_unknown` a trace file without messages is opened when all
    files have columns in an unknown format, so that the user can map them. Raises UsageError for a trace file together with
    other files, UnreadableError when no file could be read, and UnrecognisedError when files were read but none was recognised.
    """
    problems: list[MailflowError] = []
    files = find_files(paths, problems)
    traces = [file for file in files if is_trace(engine, file)]
    inside = [file for file in traces if str(file) not in paths]
    if inside and len(files) > len(inside):
        # A folder of mail logs may contain the trace file into which they were loaded.
        problems += [UnreadableError(f"{file}: is a trace file, skipped here; open it separately") for file in inside]
        files, traces = [file for file in files if file not in inside], [file for file in traces if file not in inside]
    if traces and len(files) > 1:
        raise UsageError(f"{traces[0]}: a trace file cannot be opened together with other files", Remedy.ADD_BY_LOADING, traces[0])
    if traces:
        if read_as is not None:
            raise UsageError(f'format "{read_as}": {traces[0]} is a trace file, which is not read in a format')
        attach_trace(engine, traces[0], "read")
        register_names(engine)
        engine.lock_down(traces[0])
        return Opened(traces[0], is_private=False, loaded=None)
    target = engine.temp_folder / "trace.duckdb"
    loaded = load_files(engine, config, files, target, progress, read_as)
    loaded = _redacted(engine, replace(loaded, problems=[*problems, *loaded.problems]))
    if not (keep_unknown and any(one.has_columns for one in loaded.unused)):
        check_loaded(loaded, paths)
    if not target.exists():
        attach_trace(engine, target, "write")
        detach_trace(engine)
    attach_trace(engine, target, "read")
    register_names(engine)
    engine.lock_down(target)
    return Opened(target, is_private=True, loaded=loaded)


def load_again(
    config: Config, engine: Engine, opened: Opened, files: Sequence[Path], only: Collection[str], progress: Progress, read_as: str | None
) -> Opened:
    """Load files in a forced format into the open private trace file, and return the new state.

    `only` are the labels of the contents to load. Raises a MailflowError when nothing could be loaded or the load was stopped;
    then nothing is changed. Queries use the older state while it runs.
    """
    loader = start_engine(config.engine)  # the open engine is locked down and cannot read other files
    try:
        loaded = load_files(loader, config, files, opened.trace_file, progress, read_as, only)
    finally:
        loader.close()
    while is_newer(engine) and not reopen_trace(engine):
        progress.set_step("waiting for running queries")
    if not loaded.sources and loaded.problems:
        raise loaded.problems[0]
    before = opened.loaded
    if before is None:
        return opened
    solved = {id(one.problem) for one in before.unused if one.label in only}
    return replace(
        opened,
        loaded=replace(
            before,
            sources=before.sources + loaded.sources,
            problems=[*(problem for problem in before.problems if id(problem) not in solved), *loaded.problems],
            unused=[*(one for one in before.unused if one.label not in only), *loaded.unused],
        ),
    )


def _redacted(engine: Engine, loaded: LoadResult) -> LoadResult:
    """Return the result of a load with pseudonyms for files, if names are redacted."""
    redactor = engine.redactor
    if redactor is None:
        return loaded
    problems = [type(problem)(redactor.problem(str(problem)), problem.remedy) for problem in loaded.problems]
    return replace(loaded, problems=problems, already_loaded=[redactor.path(label) for label in loaded.already_loaded], unused=())


def check_loaded(loaded: LoadResult, paths: Sequence[str]) -> None:
    """Raise when a load added nothing: UnreadableError when nothing could be read, else UnrecognisedError."""
    if (problem := find_load_problem(loaded, paths)) is not None:
        raise problem


def find_load_problem(loaded: LoadResult, paths: Sequence[str]) -> MailflowError | None:
    """Return the problem to report when a load added nothing, preferably one of its own; None when it added something."""
    if loaded.sources or loaded.already_loaded:
        return None
    if not loaded.problems:
        return UnrecognisedError(f"{', '.join(paths)}: no file of a known format; mailflow formats lists them")
    return next((problem for problem in loaded.problems if isinstance(problem, UnrecognisedError)), loaded.problems[0])
