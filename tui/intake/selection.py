"""Selecting the files to load: unpacked, recognised, and not loaded before."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from tui.errors import MailflowError, UnreadableError, UnrecognisedError
from tui.intake.fingerprints import Hasher, grown_from, same_content
from tui.intake.recognition import Recognised, has_columns, header_of, recognise, recognise_as
from tui.intake.unpacking import Content, unpack_file
from tui.rows import LoadedSource
from tui.store.query_files import QueryFile
from tui.store.staging import Stager

ReportStep = Callable[[str], None]

STORED_HEAD_CHARACTERS = 4096


@dataclass(frozen=True)
class SelectionOptions:
    """The options of a selection: the available formats, the forced format of all files, and the labels of the contents to load."""

    formats: Sequence[QueryFile]
    forced: QueryFile | None = None
    only: Collection[str] | None = None


@dataclass(frozen=True)
class UnusedFile:
    """A content that no format matches or can read: its file, label and problem; with `has_columns` a user can map its columns."""

    file: Path
    label: str
    problem: MailflowError
    has_columns: bool


@dataclass
class Selection:
    """The selected files: files to load, files already loaded, and problems; `unused` are contents for which the user may choose
    a format, `unknown` the contents that no format matches, each with its problem.

    `loaded_as` has the formats of files already loaded in a format other than the detected one.
    """

    wanted: list[Recognised] = field(default_factory=list[Recognised])
    replaces: dict[str, list[int]] = field(default_factory=dict[str, list[int]])
    already_loaded: list[str] = field(default_factory=list[str])
    loaded_as: dict[str, str] = field(default_factory=dict[str, str])
    problems: list[MailflowError] = field(default_factory=list[MailflowError])
    unused: list[UnusedFile] = field(default_factory=list[UnusedFile])
    unknown: list[tuple[Content, MailflowError]] = field(default_factory=list[tuple[Content, MailflowError]])


def open_files(files: Iterable[Path], folder: Path, wanted: SelectionOptions, stager: Stager, report: ReportStep) -> Selection:
    """Unpack and recognise files; a file that cannot be used becomes a problem and does not stop the others."""
    out = Selection()
    for file in files:
        report(f"reading {file.name}")
        try:
            for content in unpack_file(file, folder, lambda _, name=file.name: report(f"unpacking {name}")):
                if wanted.only is None or content.label in wanted.only:
                    _add(out, file, content, wanted, stager)
        except MailflowError as problem:
            out.problems.append(problem)
        except OSError as problem:
            out.problems.append(UnreadableError(f"{file}: cannot be read: {problem.strerror}"))
    out.wanted.sort(key=lambda one: one.content.label)
    return out


def _add(out: Selection, file: Path, content: Content, wanted: SelectionOptions, stager: Stager) -> None:
    columns: Sequence[str] = ()
    try:
        columns = table_columns(content, stager)
        found = recognise_as(content, wanted.forced, columns) if wanted.forced else recognise(content, wanted.formats, columns)
        out.wanted.append(replace(found, content=replace(content, head=content.head[:STORED_HEAD_CHARACTERS])))
    except MailflowError as problem:
        out.problems.append(problem)
        is_unknown = isinstance(problem, UnrecognisedError)
        if is_unknown:
            out.unknown.append((content, problem))
        out.unused.append(UnusedFile(file, content.label, problem, is_unknown and has_columns(header_of(content, columns))))


def table_columns(content: Content, stager: Stager) -> Sequence[str]:
    """Return the columns of a table, none for a text. Raises UnreadableError when the file is damaged."""
    if content.encoding != "binary":
        return ()
    try:
        return stager.columns(content.raw)
    except UnreadableError as problem:
        raise UnreadableError(f"{content.label}: cannot be opened ({problem})") from problem


def drop_duplicates(out: Selection, loaded: Sequence[LoadedSource], hasher: Hasher) -> None:
    """Remove files that are already loaded or that another file of this load contains, and find the sources that grown files replace.

    A file in a forced format replaces itself where it was loaded in another format. Without a forced format it stays as it was
    loaded, even if no format matches it.

    Files are hashed now only where two can be the same: their beginnings are equal, or sources are loaded. The others are
    hashed while the engine writes, which leaves a core idle.
    """
    contents = [one.content for one in out.wanted]
    for content in contents:
        rivals = [other for other in contents if other is not content and _have_same_start(content, other)]
        if loaded or rivals:
            sizes = [one.size_bytes for one in (*loaded, *rivals)]
            hasher.start(content.raw, [size for size in sizes if size < content.size_bytes])
    remaining: list[Recognised] = []
    for one in out.wanted:
        rivals = [other.content for other in out.wanted if other is not one and _have_same_start(one.content, other.content)]
        if (loaded or rivals) and _is_duplicate(one, loaded, rivals, [other.content for other in remaining], hasher):
            out.already_loaded.append(one.content.label)
            formats = [source.format for source in same_content(loaded, hasher.result(one.content.raw))]
            if formats and one.format_id not in formats:
                out.loaded_as[one.content.label] = formats[0]
            continue
        remaining.append(one)
        if loaded:
            mine = hasher.result(one.content.raw)
            replaced = [*grown_from(loaded, mine), *same_content(loaded, mine)]
            out.replaces[one.content.label] = [old.source_id for old in replaced]
    out.wanted = remaining
    for content, problem in out.unknown if loaded else ():
        hasher.start(content.raw, ())
        for source in same_content(loaded, hasher.result(content.raw))[:1]:
            out.already_loaded.append(content.label)
            out.loaded_as[content.label] = source.format
            out.problems.remove(problem)
            out.unused = [other for other in out.unused if other.problem is not problem]


def _have_same_start(one: Content, other: Content) -> bool:
    length = min(len(one.head), len(other.head))
    return length > 0 and one.encoding == other.encoding and one.head[:length] == other.head[:length]


def _is_duplicate(
    one: Recognised, loaded: Sequence[LoadedSource], rivals: Sequence[Content], remaining: Sequence[Content], hasher: Hasher
) -> bool:
    content, mine = one.content, hasher.result(one.content.raw)
    if any(not one.is_forced_format or source.format == one.format_id for source in same_content(loaded, mine)):
        return True
    for rival in rivals:
        theirs = hasher.result(rival.raw)
        if theirs.sha256 == mine.sha256 and rival in remaining:
            return True
        if rival.size_bytes > content.size_bytes and theirs.prefixes.get(content.size_bytes) == mine.sha256:
            return True
    return False
