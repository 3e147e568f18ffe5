"""Loading: the rows of files are written to the trace file in one transaction.

Everything is parsed into temp tables of one cursor first; only the last, short step writes the trace file.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby
from pathlib import Path

from tui.config import Config
from tui.errors import MailflowError, OvertakenError, QueryFileError, TraceFileError, UnreadableError, UnrecognisedError
from tui.intake.fingerprints import Hasher
from tui.intake.format_staging import scan_key, stage_format
from tui.intake.formats import is_own, load_formats
from tui.intake.load_result import LoadResult, OtherRows, Progress
from tui.intake.merging import is_trace, merge_traces
from tui.intake.pending_rows import stage_pending
from tui.intake.recognition import LINES_LOOKED_AT, Recognised, format_named
from tui.intake.selection import Selection, SelectionOptions, drop_duplicates, open_files
from tui.rows import LoadedSource
from tui.store.appending import AddedCounts, Source, append, apply_own_servers, read_loaded_sources, read_pending
from tui.store.contents import count_staged, read_contents, unstage
from tui.store.engine import Engine
from tui.store.format_check import check_rows
from tui.store.format_rules import rules_of
from tui.store.locking import write_lock
from tui.store.publishing import published, real_path
from tui.store.query_files import QueryFile
from tui.store.staging import Stager


def load_files(
    engine: Engine,
    config: Config,
    files: Sequence[Path],
    target: Path,
    progress: Progress,
    read_as: str | None = None,
    only: Collection[str] | None = None,
) -> LoadResult:
    """Load files into the trace file `target`, which is created if missing.

    `read_as` is the id of the format of all files; None to detect each. It replaces rows that were loaded from them in another
    format, unless it finds no rows in them: then these stay, and that is reported as a problem. `only` are the labels of the
    contents to load, where a file contains several. A file that cannot be read or recognised is a problem in the result and
    does not stop the load. Raises CancelledError when it was stopped, UsageError for an unknown format, and TraceFileError when
    another process has locked the target; then nothing is changed. Several loads into one file may run at the same time: a load
    starts again if another one has changed the sources that it compared its files with.
    """
    if read_as is None and only is None:
        problems: list[MailflowError] = []
        traces, others = _split_off_traces(engine, files, problems)
        if traces or problems:
            loaded = _load_with_traces(engine, config, traces, others, target, progress)
            return replace(loaded, problems=[*problems, *loaded.problems])
    try:
        return _load_once(engine, config, files, target, progress, read_as, only)
    except OvertakenError:
        progress.set_step("reading the files again, because another load has written to the trace file")
    with write_lock(real_path(target), engine.waiting):
        return _load_once(engine, config, files, target, progress, read_as, only)


def _load_with_traces(
    engine: Engine, config: Config, traces: Sequence[Path], others: Sequence[Path], target: Path, progress: Progress
) -> LoadResult:
    """Merge trace files and load other files; readers see the result of both steps at once."""
    if not traces:
        return load_files(engine, config, others, target, progress) if others else LoadResult(0, AddedCounts(0, 0, 0), [], [])
    if not others:
        return merge_traces(engine, config, traces, target, progress)
    with published(target, engine.waiting) as working:
        merged = merge_traces(engine, config, traces, working, progress)
        return merged.with_others(load_files(engine, config, others, working, progress))


def _split_off_traces(engine: Engine, files: Sequence[Path], problems: list[MailflowError]) -> tuple[list[Path], list[Path]]:
    """Return the trace files and the other files; a damaged trace file is added to `problems` and is in neither."""
    traces, others = list[Path](), list[Path]()
    for file in files:
        try:
            (traces if is_trace(engine, file) else others).append(file)
        except TraceFileError as problem:
            problems.append(UnreadableError(str(problem)))
    return traces, others


def _load_once(
    engine: Engine,
    config: Config,
    files: Sequence[Path],
    target: Path,
    progress: Progress,
    read_as: str | None,
    only: Collection[str] | None,
) -> LoadResult:
    stager, hasher = Stager(engine, config.clock_zone), Hasher()
    progress.watch(stager)
    try:
        formats = load_formats(config)
        wanted = SelectionOptions(formats, format_named(formats, read_as) if read_as is not None else None, only)
        out = open_files(files, engine.temp_folder / "files", wanted, stager, progress.set_step)
        seen = read_loaded_sources(engine, target) if target.exists() else []
        progress.set_step("comparing with what is loaded")
        drop_duplicates(out, seen, hasher)
        if seen:
            read_pending(engine, stager, target, [source_id for ids in out.replaces.values() for source_id in ids])
        for one in out.wanted:
            hasher.start(one.content.raw, ())
        added, is_changed = AddedCounts(0, 0, 0), False
        first = max((one.source_id for one in seen), default=0) + 1
        sources = list(_stage_all(stager, out, hasher, first, engine.temp_folder / "files", progress, config))
        sources = _without_empty(engine, stager, out, sources, target)
        tables = [OtherRows(one.grain, one.into, count_staged(stager, one)) for one in sources if one.into != "message"]
        if sources:
            progress.set_step("writing")
            staged = stage_pending(stager, _abandoned_formats(formats, seen, sources))
            added = append(engine, stager, target, [*sources, *staged], seen, config.own_servers, config.without, rules_of(formats))
        elif seen:
            is_changed = apply_own_servers(engine, stager, target, config.own_servers, rules_of(formats))
        return LoadResult(len(sources), added, out.already_loaded, out.problems, out.unused, out.loaded_as, tables, is_changed)
    finally:
        progress.watch(None)
        hasher.close()
        stager.close()


def _abandoned_formats(formats: Collection[QueryFile], seen: Collection[LoadedSource], sources: Sequence[Source]) -> list[QueryFile]:
    """Return the previous formats of files that are now read in another one: pending rows of other files may depend on their rows."""
    replaced = {source_id for source in sources for source_id in source.replaces}
    before = {one.format for one in seen if one.source_id in replaced} - {source.format for source in sources}
    return [query for query in formats if query.path.stem in before]


def _without_empty(engine: Engine, stager: Stager, out: Selection, sources: Sequence[Source], target: Path) -> list[Source]:
    """Return the sources without those that have no rows in a forced format but are loaded with rows in another one."""
    forced = {one.content.label for one in out.wanted if one.is_forced_format}
    remaining: list[Source] = []
    for source in sources:
        is_reread = source.path in forced and source.replaces and not count_staged(stager, source)
        stored = read_contents(engine, target, source.replaces) if is_reread else []
        before = next((one for one in stored if one.messages or one.others), None)
        if before is None or any(one.format == source.format for one in stored):
            remaining.append(source)
            continue
        unstage(stager, source)
        what = "is a message" if source.into == "message" else "can be used"
        count, word = (before.messages, "message") if before.messages else (before.others, "row")
        had = f"{count:,} {word}{'' if count == 1 else 's'}"
        problem = f"{source.path}: read as {source.format} nothing of it {what}; it stays as {before.format} ({had})"
        out.problems.append(UnrecognisedError(problem))
    return remaining


def _sha256(hasher: Hasher, path: Path) -> str:
    return hasher.result(path).sha256


def _note_of(one: Recognised, config: Config, noted: str | None) -> str | None:
    """Return the note of a source: how it was decoded, and which zone and years its timestamps were given."""
    pattern = one.format.one("naive_timestamps")
    notes = [one.content.note] if one.content.note else []
    line = next((line for line in one.content.head.splitlines()[:LINES_LOOKED_AT] if re.search(pattern, line)), "") if pattern else ""
    if line:
        zone = config.clock_zone if config.log_zone else f"{config.clock_zone} (this machine's; --log-zone names another)"
        notes.append(f"times without a zone read as {zone}")
    if re.match(r"[A-Z][a-z]{2} [ \d]\d \d\d:", line):
        notes.append(f"years by the file's date, {one.content.modified_utc.date()}")
    return "; ".join([*notes, *([noted] if noted else [])]) or None


def _stage_all(
    stager: Stager, out: Selection, hasher: Hasher, first: int, folder: Path, progress: Progress, config: Config
) -> Iterator[Source]:
    """Stage the files format by format; yield them with their new ids."""
    ordered = sorted(out.wanted, key=lambda one: (one.format_id, scan_key(one), one.content.label))
    for format_id, group in groupby(ordered, key=lambda one: one.format_id):
        files = list(group)
        table = f"staged_{format_id}"
        progress.set_step(f"{files[0].format.one('title')}: {len(files)} file{'s' if len(files) > 1 else ''}")
        query = files[0].format
        try:
            files = stage_format(stager, files, table, first, folder, out.problems)
            if files and is_own(query, config):
                check_rows(stager, query, table)
        except QueryFileError as problem:
            if not is_own(query, config):
                raise
            stager.forget(first)
            more = f" and {len(files) - 1:,} more" if len(files) > 1 else ""
            hint = f"this format of yours is skipped; run mailflow formats --check {query.path}"
            out.problems.append(QueryFileError(f"{files[0].content.label}{more}: not read: {problem}; {hint}"))
            continue
        notes = stager.notes()
        for place, one in enumerate(files):
            yield Source(
                source_id=first + place,
                path=one.content.label,
                format=format_id,
                into=one.format.one("into"),
                table=table,
                recognised_by=one.reason,
                encoding=one.content.encoding,
                note=_note_of(one, config, notes.get(first + place)),
                grain=one.format.one("grain") or "message",
                sha256=partial(_sha256, hasher, one.content.raw),
                size_bytes=one.content.size_bytes,
                modified_utc=one.content.modified_utc,
                replaces=out.replaces.get(one.content.label, ()),
                has_failures=bool(one.format.one("failures")),
                has_pending=bool(one.format.one("pending")),
            )
        first += len(files)
