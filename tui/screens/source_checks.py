"""Checks of a source against its file: TLS lines compared with grep, and the text of rejected lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from tui.intake.raw_lines import lines_at
from tui.intake.tls_lines import count_tls_lines
from tui.rows import CountedVersion, MailSession, RejectRow, SourceRow, VersionSpelling
from tui.store.query_runner import QueryRunner
from tui.view.sources import with_text
from tui.view.text import visible
from tui.view.tls_lines import reconciled


def compared(runner: QueryRunner, source: SourceRow, patterns: Mapping[str, str], folder: Path) -> Sequence[str]:
    """Return a line a TLS version, or why the file cannot be compared."""
    if runner.redactor is not None:
        return ["not compared while names are redacted (--redact)"]
    found = count_tls_lines(source.path, source.sha256, source.size_bytes, patterns, folder)
    if found.problem:
        return [visible(found.problem)]
    spelling = runner.ask(VersionSpelling, "sources/version_spellings", words="\n".join(found.lines)) if found.lines else []
    counted = runner.ask(CountedVersion, "sources/counted_versions", source_id=source.source_id)
    with_mail = None
    if "session_in_line" in patterns:
        with_mail = {one.session_id for one in runner.ask(MailSession, "sources/sessions", source_id=source.source_id)}
    return reconciled(found.lines, found.sessions, {one.spelling: one.tls for one in spelling}, counted, with_mail)


def rejected(runner: QueryRunner, source: SourceRow, rejects: Sequence[RejectRow], folder: Path) -> list[RejectRow]:
    """Return the rejected lines of a source with their texts: what was read is looked up in the file, unless names are redacted."""
    wanted = [one.line_no for one in rejects if one.line_no and not one.text]
    is_shown = bool(wanted) and runner.redactor is None
    lines = lines_at(source.path, source.sha256, source.size_bytes, wanted, folder) if is_shown else dict[int, str]()
    return with_text(rejects, lines)
