"""From paths to the files worth loading: unpacked, recognised, and not loaded before."""

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

HEAD_KEPT = 4096


@dataclass(frozen=True)
class SelectionOptions:
    """What is looked for in files: the formats, the one that a person named for all of them, and only these contents of them."""

    formats: Sequence[QueryFile]
    said: QueryFile | None = None
    only: Collection[str] | None = None


@dataclass(frozen=True)
class UnusedFile:
    """A content that no format knows, or cannot read: its file, its label, why; with columns a person can say which is what."""

    file: Path
    label: str
    problem: MailflowError
    has_columns: bool


@dataclass
class Selection:
    """What the paths held: files to load, files that changed nothing, and what could not be used; `unused` are those of it to choose
    a format for, `unknown` the contents that no format knows, each with its problem.

    `loaded_as` are the formats of those that changed nothing and are held in another one than they look like.
    """

    wanted: list[Recognised] = field(default_factory=list[Recognised])
    replaces: dict[str, list[int]] = field(default_factory=dict[str, list[int]])
    known: list[str] = field(default_factory=list[str])
    loaded_as: dict[str, str] = field(default_factory=dict[str, str])
    problems: list[MailflowError] = field(default_factory=list[MailflowError])
    unused: list[UnusedFile] = field(default_factory=list[UnusedFile])
    unknown: list[tuple[Content, MailflowError]] = field(default_factory=list[tuple[Content, MailflowError]])


def open_files(files: Iterable[Path], folder: Path, wanted: SelectionOptions, stager: Stager, say: ReportStep) -> Selection:
    """Unpack and recognise files; a file that cannot be used becomes a problem and stops no other."""
    out = Selection()
    for file in files:
        say(f"reading {file.name}")
        try:
            for content in unpack_file(file, folder, lambda _, name=file.name: say(f"unpacking {name}")):
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
        known = recognise_as(content, wanted.said, columns) if wanted.said else recognise(content, wanted.formats, columns)
        out.wanted.append(replace(known, content=replace(content, head=content.head[:HEAD_KEPT])))
    except MailflowError as problem:
        out.problems.append(problem)
        is_unknown = isinstance(problem, UnrecognisedError)
        if is_unknown:
            out.unknown.append((content, problem))
        out.unused.append(UnusedFile(file, content.label, problem, is_unknown and has_columns(header_of(content, columns))))


def table_columns(content: Content, stager: Stager) -> Sequence[str]:
    """Return the columns of a table; of a text none. Raises UnreadableError when the file is damaged."""
    if content.encoding != "binary":
        return ()
    try:
        return stager.columns(content.raw)
    except UnreadableError as problem:
        raise UnreadableError(f"{content.label}: cannot be opened ({problem})") from problem


def drop_duplicates(out: Selection, ledger: Sequence[LoadedSource], hasher: Hasher) -> None:
    """Leave out what the ledger or another file of this load holds already, and note what a grown file replaces.

    A file that a person named a format for replaces itself where it was loaded in another one; without a name it stays as it
    is held, also when no format knows it.

    Files are hashed now only where two can be the same: they begin alike, or a ledger is there. The others are hashed
    while the engine writes, which leaves a core idle.
    """
    contents = [one.content for one in out.wanted]
    for content in contents:
        rivals = [other for other in contents if other is not content and _have_same_start(content, other)]
        if ledger or rivals:
            sizes = [one.size_bytes for one in (*ledger, *rivals)]
            hasher.start(content.raw, [size for size in sizes if size < content.size_bytes])
    kept: list[Recognised] = []
    for one in out.wanted:
        rivals = [other.content for other in out.wanted if other is not one and _have_same_start(one.content, other.content)]
        if (ledger or rivals) and _is_known(one, ledger, rivals, [other.content for other in kept], hasher):
            out.known.append(one.content.label)
            held = [known.format for known in same_content(ledger, hasher.result(one.content.raw))]
            if held and one.format_id not in held:
                out.loaded_as[one.content.label] = held[0]
            continue
        kept.append(one)
        if ledger:
            mine = hasher.result(one.content.raw)
            replaced = [*grown_from(ledger, mine), *same_content(ledger, mine)]
            out.replaces[one.content.label] = [old.source_id for old in replaced]
    out.wanted = kept
    for content, problem in out.unknown if ledger else ():
        hasher.start(content.raw, ())
        for held in same_content(ledger, hasher.result(content.raw))[:1]:
            out.known.append(content.label)
            out.loaded_as[content.label] = held.format
            out.problems.remove(problem)
            out.unused = [other for other in out.unused if other.problem is not problem]


def _have_same_start(one: Content, other: Content) -> bool:
    length = min(len(one.head), len(other.head))
    return length > 0 and one.encoding == other.encoding and one.head[:length] == other.head[:length]


def _is_known(one: Recognised, ledger: Sequence[LoadedSource], rivals: Sequence[Content], kept: Sequence[Content], hasher: Hasher) -> bool:
    content, mine = one.content, hasher.result(one.content.raw)
    if any(not one.is_forced_format or known.format == one.format_id for known in same_content(ledger, mine)):
        return True
    for rival in rivals:
        theirs = hasher.result(rival.raw)
        if theirs.sha256 == mine.sha256 and rival in kept:
            return True
        if rival.size_bytes > content.size_bytes and theirs.prefixes.get(content.size_bytes) == mine.sha256:
            return True
    return False
