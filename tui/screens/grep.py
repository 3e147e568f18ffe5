"""A source compared with what grep finds in it: asked of the file and of the trace file, away from the screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from tui.intake.tls_lines import count_tls_lines
from tui.rows import CountedVersion, MailSession, SourceRow, SpeltVersion
from tui.store.asking import Asker
from tui.view.text import visible
from tui.view.tls_lines import reconciled


def compared(asker: Asker, source: SourceRow, patterns: Mapping[str, str], folder: Path) -> Sequence[str]:
    """Answer a line a TLS version, or why the file cannot be compared."""
    if asker.redactor is not None:
        return ["not compared while names are redacted (--redact)"]
    found = count_tls_lines(source.path, source.sha256, source.size_bytes, patterns, folder)
    if found.problem:
        return [visible(found.problem)]
    spelt = asker.ask(SpeltVersion, "sources/spelt", words="\n".join(found.lines)) if found.lines else []
    counted = asker.ask(CountedVersion, "sources/counted", source_id=source.source_id)
    with_mail = None
    if "session in line" in patterns:
        with_mail = {one.session_id for one in asker.ask(MailSession, "sources/sessions", source_id=source.source_id)}
    return reconciled(found.lines, found.sessions, {one.spelt: one.tls for one in spelt}, counted, with_mail)
