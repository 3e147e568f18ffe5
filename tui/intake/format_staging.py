"""Staging the files of one format: files that the engine cannot read are rewritten and read again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby, islice
from pathlib import Path

from tui.errors import EncodingError, MailflowError, UnreadableError
from tui.intake.json_list import needs_listing, write_list
from tui.intake.recognition import Recognised
from tui.intake.unpacking import Content, new_file
from tui.store.scans import WRAPPED_IN, Batch
from tui.store.staging import Stager

_QUOTED = re.compile(r'"[^"]*"')


def stage_format(
    stager: Stager, files: list[Recognised], table: str, first: int, folder: Path, problems: list[MailflowError]
) -> list[Recognised]:
    """Stage the files of one format; return those that were staged, in the order of their ids.

    Files that the engine cannot decode are rewritten and read again; a file that it cannot read at all is added to `problems`.
    """
    files = [replace(one, content=_as_objects(one, folder)) if one.reader == "json" else one for one in files]
    try:
        return _stage_decoded(stager, files, table, first, folder)
    except UnreadableError:
        stager.forget(first)
    sound: list[Recognised] = []
    for one in files:
        try:
            sound += _stage_decoded(stager, [one], table, first, folder)
        except UnreadableError as problem:
            problems.append(UnreadableError(f"{one.content.label}: cannot be read ({problem})"))
        stager.forget(first)
    return _stage_decoded(stager, sound, table, first, folder) if sound else []


def _as_objects(one: Recognised, folder: Path) -> Content:
    """Return the content of a JSON file as text that the engine can read object by object."""
    content = one.content.as_plain(folder)
    if needs_listing(content.text):
        target = new_file(folder)
        write_list(content.text, one.format.one("json_path") or WRAPPED_IN, target)
        content = replace(content, text=target)
    return content


def _stage_decoded(stager: Stager, files: list[Recognised], table: str, first: int, folder: Path) -> list[Recognised]:
    files = [one if begins_evenly(one) else replace(one, content=one.content.rewritten(folder)) for one in files]
    try:
        stager.stage(files[0].format, _batches(files, first), table)
    except EncodingError:
        files = [replace(one, content=one.content.as_plain(folder)) for one in files]
        stager.forget(first)
        try:
            stager.stage(files[0].format, _batches(files, first), table)
        except EncodingError as problem:
            raise UnreadableError(str(problem).splitlines()[0]) from problem
    undecodable = {source_id - first for source_id in stager.undecodable() if source_id >= first}
    if undecodable:
        files = [replace(one, content=one.content.as_cp1252(folder)) if place in undecodable else one for place, one in enumerate(files)]
        stager.forget(first)
        stager.stage(files[0].format, _batches(files, first), table)
    return _stage_silent(stager, files, table, first, folder)


def _stage_silent(stager: Stager, files: list[Recognised], table: str, first: int, folder: Path) -> list[Recognised]:
    """Rewrite files that have rows but of which neither a row nor a rejected line was read, and stage all files again.

    Raises UnreadableError when that does not help.
    """
    silent = _silent(stager, files, first)
    if not silent:
        return files
    files = [replace(one, content=one.content.rewritten(folder)) if place in silent else one for place, one in enumerate(files)]
    stager.forget(first)
    stager.stage(files[0].format, _batches(files, first), table)
    if _silent(stager, files, first):
        raise UnreadableError("it has rows, but they could not be separated")
    return files


def _silent(stager: Stager, files: Sequence[Recognised], first: int) -> set[int]:
    rowless = {source_id - first for source_id in stager.rowless()}
    return {place for place, one in enumerate(files) if place in rowless and one.reader in ("csv", "lines") and _has_rows(one)}


def _has_rows(one: Recognised) -> bool:
    """Return whether a file has lines other than comments after its header."""
    with one.content.text.open(encoding="utf-16-le" if one.content.encoding == "utf-16" else "utf-8", errors="replace") as file:
        rest = islice((line for line in file), one.skip, None)
        return any(line.strip("\ufeff \t\r\n\0") and not line.lstrip("\ufeff ").startswith("#") for line in rest)


def begins_evenly(one: Recognised) -> bool:
    """Return whether the lines before the first row have the line end of that row; the engine finds no row after another kind.

    Line ends inside quoted values do not matter: rewriting the file would change them.
    """
    if one.reader != "csv" or not one.skip:
        return True
    return len(set(re.findall(r"\r\n|\r|\n", _QUOTED.sub("", one.content.head))[: one.skip + 1])) < 2


def _batches(files: Sequence[Recognised], first: int) -> list[Batch]:
    batches: list[Batch] = []
    for _, group in groupby(enumerate(files), key=lambda numbered: scan_key(numbered[1])):
        numbered = list(group)
        one = numbered[0][1]
        # Each table or JSON file is read in a separate scan, because such a scan does not return the file of a row.
        for part in [numbered] if one.reader in ("csv", "lines") else [[single] for single in numbered]:
            batches.append(
                Batch(
                    files=[member.content.text for _, member in part],
                    first_source_id=first + part[0][0],
                    reader=one.reader,
                    names=part[0][1].names,
                    delimiter=one.delimiter,
                    encoding=one.content.encoding,
                    skip=one.skip,
                    wrapped_in=one.format.one("json_path") or WRAPPED_IN,
                    modified_utc=[member.content.modified_utc for _, member in part],
                    line_rewrites=[(form.pattern, form.rewrite, form.clock) for form in one.forms],
                )
            )
    return batches


def scan_key(one: Recognised) -> tuple[str, ...]:
    """Return the properties that files must share to be read by one scan."""
    return (one.reader, one.content.encoding, one.delimiter, str(one.skip), *(form.name for form in one.forms), *one.names)
