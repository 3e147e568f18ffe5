"""The commands: each returns text or an exit code; narration goes to stderr."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from importlib import metadata
from pathlib import Path

from tui.config import Config
from tui.errors import MailflowError, NoSuchPathError, UsageError
from tui.intake.columns import columns_of
from tui.intake.discovery import InputPaths, find_files
from tui.intake.forgetting import forget_source
from tui.intake.formats import broken_formats, format_notices, load_formats
from tui.intake.load import Progress, load_files
from tui.intake.opening import Opened, find_load_problem, open_paths
from tui.output.audit_page import ask_behind, ask_rejects, audit_page
from tui.output.check_report import Checked, check_report
from tui.output.csv_report import csv_report, work_export
from tui.output.export_file import Rows, column_types, format_of, rows_of, rows_text, write_rows
from tui.output.json_report import json_report, report_document
from tui.output.load_report import brought_line, known_lines
from tui.output.mapped_format import write_mapping
from tui.output.narration import narrate
from tui.output.remedies import problem_text
from tui.output.text_report import sources_text, text_report
from tui.output.verify_report import differences, read_report
from tui.rows import CoverageDay, FailedPeer, MessageExport, SourceRow, TlsReport, TransitDomain, TransitSecurity, WhatIfPeer, WhoRow
from tui.store.engine import start_engine
from tui.store.filters import one
from tui.store.findings import broken_findings, check_finding, load_findings, own_findings
from tui.store.forgetting import forget_before
from tui.store.format_check import check_format
from tui.store.format_rules import rules_of
from tui.store.lists import (
    WhatIf,
    ask_coverage,
    ask_domains,
    ask_failed,
    ask_letter,
    ask_reports,
    ask_security,
    ask_what_if,
    ask_who,
    ask_work,
)
from tui.store.query_files import Fault, describe_skipped
from tui.store.query_runner import QueryRunner
from tui.store.questions import ALL_MAIL, Scope, ask_facts, ask_window, check_scope, shown_scope
from tui.store.redaction import redactor_of
from tui.store.trace_file import utc_now
from tui.store.window import Window
from tui.view.formatting import plural
from tui.view.letter import letter_text
from tui.view.mapping import mapping_text
from tui.view.report import build_report
from tui.view.sources import FORMAT_FACTS
from tui.view.text import fit, visible, wrap
from tui.view.work_list import work_item


@dataclass(frozen=True)
class Chosen:
    """The days, the mail and what is counted, as the command line selects them."""

    first_day: date | None = None
    last_day: date | None = None
    days: int | None = None
    scope: Scope = ALL_MAIL
    recipients: bool = False
    minimum_tls: str | None = None
    refuse: bool = False


def version_text() -> str:
    """Return the program's name and version."""
    return f"mailflow {metadata.version('mailflow')}"


def report_broken_files(config: Config) -> None:
    """Report what is wrong with each broken format and finding of the user's own; they are excluded."""
    for words in (*format_notices(config), *broken_findings(config).values()):
        narrate(words)


@contextmanager
def _opened(given: InputPaths, config: Config) -> Generator[tuple[QueryRunner, Opened]]:
    report_broken_files(config)
    engine = start_engine(config.engine, config.zone, redactor_of(config))
    try:
        opened = open_paths(engine, config, given.paths, Progress(), given.read_as)
        if engine.migrated_from is not None:
            narrate(f"{opened.trace_file}: schema {engine.migrated_from} of an older mailflow, opened through a migrated copy")
        for problem in opened.problems:
            narrate(problem_text(problem))
        for label in opened.loaded.already_loaded if opened.loaded else ():
            narrate(f"{label}: duplicate of another file; counted once")
        runner = QueryRunner(engine)
        yield runner, opened
        for words in runner.broken.values():
            narrate(words)
    finally:
        engine.close()


def load(given: InputPaths, into: Path, config: Config) -> int:
    """Load files into a trace file, report what was loaded, and return the exit code."""
    if into.is_dir():
        raise UsageError(f"--into {into}: is a folder; choose a file in it, such as {into / 'trace.duckdb'}")
    report_broken_files(config)
    engine = start_engine(config.engine)
    engine.waiting = narrate
    try:
        problems: list[MailflowError] = []
        found = find_files(given.paths, problems)
        files = [file for file in found if file.resolve() != into.resolve()]
        if found and not files:
            raise UsageError(f"{into}: is the trace file to load into; name the files to load into it as PATH")
        loaded = load_files(engine, config, files, into, Progress(), given.read_as)
        loaded = replace(loaded, problems=[*problems, *loaded.problems])
    finally:
        engine.close()
    end = find_load_problem(loaded, given.paths)
    for problem in loaded.problems:
        if problem is not end:
            narrate(problem_text(problem))
    for line in known_lines(loaded):
        narrate(line)
    if end is not None:
        raise end
    if engine.migrated_from is not None and (loaded.sources or loaded.has_new_own_servers):
        narrate(f"{into}: migrated from schema {engine.migrated_from} of an older mailflow")
    narrate(f"{into}: {brought_line(loaded)}")
    return 0


def report(given: InputPaths, config: Config, chosen: Chosen, form: str) -> str:
    """Return the report as text, JSON, CSV or HTML; the HTML does not depend on the time."""
    with _opened(given, config) as (runner, _):
        window = ask_window(runner, first_day=chosen.first_day, last_day=chosen.last_day, days=chosen.days)
        chosen = replace(chosen, scope=check_scope(runner, shown_scope(runner, chosen.scope)))
        what_if = _floor(runner, window, chosen)
        if form == "html":
            return audit_page(runner, config, window, chosen.scope, recipients=chosen.recipients, what_if=what_if)
        facts = ask_facts(runner, config, window, chosen.scope, utc_now(), overview_scope=chosen.scope)
        built = build_report(facts, recipients=chosen.recipients)
        if form == "json":
            return json_report(built, what_if, redacted=config.redact) + "\n"
        if form == "csv":
            return csv_report(built)
        return text_report(built, ask_behind(runner, built, window), ask_rejects(runner, built), what_if)


def _floor(runner: QueryRunner, window: Window, chosen: Chosen) -> WhatIf | None:
    """Return what a minimum TLS version affects: over the whole file, or over the days that were named."""
    if chosen.minimum_tls is None:
        return None
    named = chosen.first_day or chosen.last_day or chosen.days
    newest_day_ends = window.utc(datetime.combine(window.data_last.date() + timedelta(days=1), time()))
    span = window.span if named else replace(window.whole_file, until=newest_day_ends)
    return ask_what_if(runner, span, chosen.scope, chosen.minimum_tls, refuse=chosen.refuse)


def verify(report_file: Path, given: InputPaths, config: Config) -> tuple[str, int]:
    """Return each difference between a JSON report and the files, a line each, and the exit code."""
    options = read_report(report_file)
    config = replace(config, zone=options.zone, redact=options.redacted)
    with _opened(given, config) as (runner, _):
        window = ask_window(runner, first_day=options.first_day, last_day=options.last_day)
        built = build_report(
            ask_facts(runner, config, window, options.scope, utc_now(), overview_scope=options.scope), recipients=options.recipients
        )
        what_if = options.what_if and ask_what_if(
            runner, options.what_if.span, options.scope, options.what_if.minimum_tls, refuse=options.what_if.refuse
        )
        found = differences(options.document, report_document(built, what_if, redacted=options.redacted))
    if found:
        narrate(f"{report_file}: {plural(len(found), 'difference')}")
        return "\n".join(found) + "\n", 1
    counted = sum(half.flow.messages for half in built.halves.values())
    return f"verified: {built.title_span}, {plural(counted, 'message')}, {plural(len(built.sources), 'file')}, no difference\n", 0


def export(given: InputPaths, config: Config, chosen: Chosen, target: Path, *, force: bool) -> int:
    """Write the selected messages to a file and return the exit code."""
    format_of(target)
    with _opened(given, config) as (runner, _):
        window = ask_window(runner, first_day=chosen.first_day, last_day=chosen.last_day, days=chosen.days)
        span = window.span
        params = {"since": span.since, "until": span.until, "tls": None, "flow_only": False, **chosen.scope.params()}
        where = chosen.scope.narrowed
        rows = Rows(
            "messages", column_types(MessageExport), lambda runner: runner.stream(MessageExport, "messages/export", where, **params)
        )
        count = write_rows(rows, target, runner, force=force)
    narrate(f"{target}: {plural(count, 'message')} written")
    return 0


def check(
    given: InputPaths, config: Config, chosen: Chosen, fail_on: Sequence[str], form: str = "text", max_age_hours: float | None = None
) -> tuple[str, int]:
    """Return the findings in a format, and the exit code: 1 when a finding of `fail_on` is active, or any warning without `fail_on`."""
    known, broken = [one.id for one in load_findings(config)], broken_findings(config)
    for finding in fail_on:
        if finding in broken:
            raise UsageError(f"--fail-on {visible(finding)}: {broken[finding]}")
        if finding not in known:
            raise UsageError(f"--fail-on {visible(finding)}: invalid value; choose from {', '.join(known)}")
    if max_age_hours is not None:
        config = replace(config, findings=replace(config.findings, stale_hours=max_age_hours))
    with _opened(given, config) as (runner, _):
        window = ask_window(runner, first_day=chosen.first_day, last_day=chosen.last_day, days=chosen.days)
        now = utc_now()
        built = build_report(ask_facts(runner, config, window, Scope(), now, now=now))
    return check_report(Checked(built, fail_on, stale_fails=max_age_hours is not None), form)


def check_format_file(file: Path, config: Config) -> tuple[str, int]:
    """Return what is wrong with a format file, a line each, or the columns that it fills; and the exit code."""
    engine = start_engine(config.engine)
    try:
        wrong, renamed, columns = check_format(engine, file)
    finally:
        engine.close()
    lines = _fault_lines(file, [*renamed, *wrong])
    if wrong:
        return lines, UsageError.exit_code
    return f"{lines}{visible(str(file))}: is sound; it fills {', '.join(columns)}\n", 0


def _findings_that_do_not_run(config: Config) -> dict[str, str]:
    """Return the user's findings whose query does not run, by id; no engine is started without findings of the user."""
    own = own_findings(config)
    if not own:
        return {}
    engine = start_engine(config.engine)
    try:
        found = {query.path: check_finding(engine, query.path) for query in own}
    finally:
        engine.close()
    return {path.stem: describe_skipped(path, "finding", faults) for path, faults in found.items() if faults}


def check_finding_file(file: Path, config: Config) -> tuple[str, int]:
    """Return what is wrong with a finding's file, a line each, or that it is sound; and the exit code."""
    engine = start_engine(config.engine)
    try:
        wrong = check_finding(engine, file)
    finally:
        engine.close()
    return (_fault_lines(file, wrong), UsageError.exit_code) if wrong else (f"{visible(str(file))}: is sound\n", 0)


def _fault_lines(file: Path, wrong: Sequence[Fault]) -> str:
    return "".join(f"{visible(str(file))}:{fault.line}: {visible(fault.text)}\n" for fault in sorted(wrong, key=lambda fault: fault.line))


def map_columns(file: Path, config: Config, pairs: Sequence[str], name: str | None, *, force: bool) -> str:
    """Return the columns of a file with the fields that each may be, or write the format of the pairs `FIELD=COLUMN`.

    Raises NoSuchPathError without a file, UsageError for a pair that means nothing, and when a format of that name is there and
    `force` is not given.
    """
    if not file.exists():
        raise NoSuchPathError(f"{file}: no such file or folder")
    report_broken_files(config)
    found = columns_of(file, config)
    if not pairs:
        return mapping_text(found.label, found.names, found.examples)
    mapping = {field: column for field, _, column in (pair.partition("=") for pair in pairs)}
    target = write_mapping(config, name or file.name.partition(".")[0], mapping, found.names, force=force)
    return f"{target}: written; {file} and files with the same columns are now recognised\n"


def formats_text(config: Config) -> str:
    """Return the formats: id, title, what it provides and lacks, and which export records TLS instead."""
    lines: list[str] = []
    for query in load_formats(config):
        lines.append(f"{fit(query.path.stem, 28)}{visible(query.one('title'))}")
        facts = [f"{label}: {visible(query.one(key))}" for key, label in FORMAT_FACTS.items() if query.one(key)]
        lines += [f"    {line}" for fact in facts for line in wrap(fact, 76)]
    for name, words in broken_formats(config).items():
        lines += [f"{fit(visible(name), 28)}broken", f"    {visible(words)}"]
    return "\n".join(lines) + "\n"


def findings_text(config: Config) -> str:
    """Return the findings: id, title, condition and advice; findings of the user that do not run are marked as broken."""
    lines: list[str] = []
    broken = broken_findings(config) | _findings_that_do_not_run(config)
    for finding in (found for found in load_findings(config) if found.query.path.stem not in broken):
        lines.append(f"{fit(finding.id, 28)}{visible(finding.title)}")
        limit = f" Limit: {config.findings.limit_percent(finding.id):g}%." if finding.has_limit else ""
        facts = [f"{'warning' if finding.is_warning else 'information'}: {visible(finding.help)}{limit}", visible(finding.advice)]
        lines += [f"    {line}" for fact in facts for line in wrap(fact, 76)]
    for name, words in broken.items():
        lines += [f"{fit(visible(name), 28)}broken", *(f"    {line}" for line in wrap(visible(words), 76))]
    return "\n".join(lines) + "\n"


def sources(given: InputPaths, config: Config, form: str) -> str:
    """Return the loaded sources as text, CSV or JSON."""
    with _opened(given, config) as (runner, _):
        found = runner.ask(SourceRow, "sources/list")
        if form != "text":
            return rows_text(rows_of("sources", SourceRow, found), runner, form)
        return sources_text(found, {one.path.stem: one for one in load_formats(config)})


def forget(file: Path, config: Config, source_id: int | None, before: date | None) -> None:
    """Remove a source, or the messages before a day, from a trace file, and report what was removed."""
    engine = start_engine(config.engine)
    try:
        if before is not None:
            count = forget_before(engine, file, before, rules_of(load_formats(config)), config.own_servers)
            narrate(f"{file}: {plural(count, 'message')} before {before} removed; the daily totals remain")
        elif source_id is not None:
            label, count, remaining = forget_source(engine, config, file, source_id)
            others = f"; {plural(remaining, 'message')} remain, because other files contain them too" if remaining else ""
            narrate(f"{file}: {label} removed, {plural(count, 'message')}{others}")
    finally:
        engine.close()


def letter(given: InputPaths, config: Config, chosen: Chosen, facet: str, name: str, *, markdown: bool) -> str:
    """Return a letter to the administrators of a domain, host or address, over the whole file unless days are given.

    Raises UsageError when the files contain no mail of it.
    """
    with _opened(given, config) as (runner, _):
        window = ask_window(runner, first_day=chosen.first_day, last_day=chosen.last_day, days=chosen.days)
        whole = chosen.first_day is None and chosen.last_day is None and chosen.days is None
        scope = shown_scope(runner, Scope(where=one(facet, name)))
        uses = ask_letter(runner, window.whole_file if whole else window.span, scope)
        if not uses:
            raise UsageError(f"{facet} {visible(name)}: no messages in these files; mailflow show who lists the names")
        shown = name if runner.redactor is None else runner.redactor.name(name)
        return letter_text(uses, shown, window, markdown=markdown)


def show(given: InputPaths, config: Config, chosen: Chosen, what: str, facet: str, tls: str | None, form: str) -> str:
    """Return one of the lists behind the report, as CSV or JSON; what-if and work cover the whole file unless days are given."""
    with _opened(given, config) as (runner, _):
        window = ask_window(runner, first_day=chosen.first_day, last_day=chosen.last_day, days=chosen.days)
        chosen = replace(chosen, scope=check_scope(runner, shown_scope(runner, chosen.scope)))
        span, scope = window.span, chosen.scope
        what_if = _floor(runner, window, chosen) if what == "what-if" else None
        ask: Mapping[str, Callable[[], Rows]] = {
            "who": lambda: rows_of("who", WhoRow, ask_who(runner, span, scope, tls, facet)),
            "failed": lambda: rows_of("failed", FailedPeer, ask_failed(runner, span, scope)),
            "coverage": lambda: rows_of("coverage", CoverageDay, ask_coverage(runner, window.whole_file)),
            "security": lambda: rows_of("security", TransitSecurity, ask_security(runner, span)),
            "domains": lambda: rows_of("domains", TransitDomain, ask_domains(runner, span)),
            "reports": lambda: rows_of("reports", TlsReport, ask_reports(runner, span)),
            "what-if": lambda: rows_of("what-if", WhatIfPeer, what_if.peers if what_if else ()),
            "work": lambda: work_export([work_item(note, since, window) for note, since in ask_work(runner, config.folder)[0]]),
        }
        if what in ("security", "domains") and any(row.kind == "messages" for row in ask_reports(runner, span)):
            narrate("single messages only; mailflow show reports has the totals of Exchange Online's own export")
        return rows_text(ask[what](), runner, form)
