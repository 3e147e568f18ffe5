"""The audit page of a window: everything that is asked for it, and the page that is made of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from importlib import metadata

from tui.config import Config
from tui.intake.formats import load_formats
from tui.output.html_report import Audit, html_report
from tui.rows import RejectRow, WhoRow
from tui.store.asking import Asker
from tui.store.lists import Floor, ask_coverage, ask_who
from tui.store.questions import Scope, ask_facts
from tui.store.window import Window
from tui.view.report import Report, build_report


def audit_page(asker: Asker, config: Config, window: Window, scope: Scope, *, recipients: bool = False, floor: Floor | None = None) -> str:
    """Answer the page of a window and scope; nothing in it is of the clock, so that the same files give the same bytes."""
    built = build_report(ask_facts(asker, config, window, scope, datetime.max, card=scope), recipients=recipients)
    limits = config.findings
    if asker.redactor is not None:
        limits = replace(limits, connectors={asker.redactor.text(name): own for name, own in limits.connectors.items()})
    audit = Audit(
        who=ask_behind(asker, built, window),
        rejects=ask_rejects(asker, built),
        coverage=ask_coverage(asker, window.whole_file),
        seen=built.facts.seen,
        formats=load_formats(config),
        limits=limits,
        program=f"mailflow {metadata.version('mailflow')}",
        floor=floor,
    )
    return html_report(built, audit)


def ask_behind(asker: Asker, built: Report, window: Window) -> dict[int, Sequence[WhoRow]]:
    """Answer the hosts behind each warning, by its place in the list."""
    return {
        place: ask_who(asker, window.span, Scope(finding.direction, any_connector=False, connector=finding.connector), finding.tls, "host")
        for place, finding in enumerate(built.findings)
        if finding.direction and finding.tls and not finding.too_few
    }


def ask_rejects(asker: Asker, built: Report) -> list[RejectRow]:
    """Answer the lines that could not be read, of all sources."""
    with_rejects = [source.source_id for source in built.sources if source.reject_count]
    return [row for source_id in with_rejects for row in asker.ask(RejectRow, "sources/rejects", source_id=source_id)]
