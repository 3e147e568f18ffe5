"""From paths to the files worth loading: unpacked, recognised, and not loaded before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from tui.errors import MailflowError, UnreadableError
from tui.intake.ledger import Hasher, grown_from, same_content
from tui.intake.recognise import Recognised, recognise
from tui.intake.unpack import Content, unpack_file
from tui.rows import Known
from tui.store.query_files import QueryFile
from tui.store.staging import Stager

Say = Callable[[str], None]

HEAD_KEPT = 4096


@dataclass
class SortedOut:
    """What the paths held: files to load, files that changed nothing, and what could not be used."""

    wanted: list[Recognised] = field(default_factory=list[Recognised])
    replaces: dict[str, list[int]] = field(default_factory=dict[str, list[int]])
    known: list[str] = field(default_factory=list[str])
    problems: list[MailflowError] = field(default_factory=list[MailflowError])


def open_files(files: Iterable[Path], folder: Path, formats: Sequence[QueryFile], stager: Stager, say: Say) -> SortedOut:
    """Unpack and recognise files; a file that cannot be used becomes a problem and stops no other."""
    out = SortedOut()
    for file in files:
        say(f"reading {file.name}")
        try:
            for content in unpack_file(file, folder, lambda _, name=file.name: say(f"unpacking {name}")):
                _add(out, content, formats, stager)
        except MailflowError as problem:
            out.problems.append(problem)
        except OSError as problem:
            out.problems.append(UnreadableError(f"{file}: cannot be read: {problem.strerror}"))
    out.wanted.sort(key=lambda one: one.content.label)
    return out


def _add(out: SortedOut, content: Content, formats: Sequence[QueryFile], stager: Stager) -> None:
    try:
        columns = _table_columns(content, stager) if content.encoding == "binary" else ()
        known = recognise(content, formats, columns)
        out.wanted.append(replace(known, content=replace(content, head=content.head[:HEAD_KEPT])))
    except MailflowError as problem:
        out.problems.append(problem)


def _table_columns(content: Content, stager: Stager) -> Sequence[str]:
    try:
        return stager.columns(content.raw)
    except UnreadableError as problem:
        raise UnreadableError(f"{content.label}: cannot be opened ({problem})") from problem


def drop_known(out: SortedOut, ledger: Sequence[Known], hasher: Hasher) -> None:
    """Leave out what the ledger or another file of this load holds already, and note what a grown file replaces.

    Files are hashed now only where two can be the same: they begin alike, or a ledger is there. The others are hashed
    while the engine writes, which leaves a core idle.
    """
    contents = [one.content for one in out.wanted]
    for content in contents:
        rivals = [other for other in contents if other is not content and _begin_alike(content, other)]
        if ledger or rivals:
            sizes = [one.size_bytes for one in (*ledger, *rivals)]
            hasher.start(content.raw, [size for size in sizes if size < content.size_bytes])
    kept: list[Recognised] = []
    for one in out.wanted:
        rivals = [other.content for other in out.wanted if other is not one and _begin_alike(one.content, other.content)]
        if (ledger or rivals) and _is_known(one.content, ledger, rivals, [other.content for other in kept], hasher):
            out.known.append(one.content.label)
            continue
        kept.append(one)
        if ledger:
            grown = grown_from(ledger, hasher.result(one.content.raw))
            out.replaces[one.content.label] = [old.source_id for old in grown]
    out.wanted = kept


def _begin_alike(one: Content, other: Content) -> bool:
    length = min(len(one.head), len(other.head))
    return length > 0 and one.encoding == other.encoding and one.head[:length] == other.head[:length]


def _is_known(content: Content, ledger: Sequence[Known], rivals: Sequence[Content], kept: Sequence[Content], hasher: Hasher) -> bool:
    mine = hasher.result(content.raw)
    if same_content(ledger, mine):
        return True
    for rival in rivals:
        theirs = hasher.result(rival.raw)
        if theirs.sha256 == mine.sha256 and rival in kept:
            return True
        if rival.size_bytes > content.size_bytes and theirs.prefixes.get(content.size_bytes) == mine.sha256:
            return True
    return False
