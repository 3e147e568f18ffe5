"""The audit page of a window: its queries, and the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from importlib import metadata

from tui.config import Config
from tui.intake.formats import load_formats
from tui.output.html_report import Audit, html_report
from tui.rows import RejectRow, WhoRow
from tui.store.lists import WhatIf, ask_coverage, ask_who
from tui.store.query_runner import QueryRunner
from tui.store.questions import Scope, ask_facts
from tui.store.window import Window
from tui.view.report import Report, build_report


def audit_page(
    runner: QueryRunner, config: Config, window: Window, scope: Scope, *, recipients: bool = False, what_if: WhatIf | None = None
) -> str:
    """Return the page of a window and scope; nothing in it is of the clock, so that the same files give the same bytes."""
    built = build_report(ask_facts(runner, config, window, scope, datetime.max, overview_scope=scope), recipients=recipients)
    limits = config.findings
    if runner.redactor is not None:
        limits = replace(limits, connectors={runner.redactor.text(name): own for name, own in limits.connectors.items()})
    audit = Audit(
        who=ask_behind(runner, built, window),
        rejects=ask_rejects(runner, built),
        coverage=ask_coverage(runner, window.whole_file),
        seen=built.facts.seen,
        formats=load_formats(config),
        limits=limits,
        program=f"mailflow {metadata.version('mailflow')}",
        what_if=what_if,
    )
    return html_report(built, audit)


def ask_behind(runner: QueryRunner, built: Report, window: Window) -> dict[int, Sequence[WhoRow]]:
    """Return the hosts behind each warning, by its index in the list."""
    return {
        place: ask_who(runner, window.span, finding.scope, finding.tls, "host")
        for place, finding in enumerate(built.findings)
        if finding.direction and finding.tls and not finding.too_few
    }


def ask_rejects(runner: QueryRunner, built: Report) -> list[RejectRow]:
    """Return the lines that could not be read, of all sources."""
    with_rejects = [source.source_id for source in built.sources if source.reject_count]
    return [row for source_id in with_rejects for row in runner.ask(RejectRow, "sources/rejects", source_id=source_id)]
