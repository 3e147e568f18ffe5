"""What the commands do: each answers text or an exit code; narration goes to stderr."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from importlib import metadata
from pathlib import Path

from tui.config import Config
from tui.errors import MailflowError, UsageError
from tui.intake.found import find_files
from tui.intake.load import Progress, load_files, load_formats
from tui.intake.opening import Opened, check_loaded, open_paths
from tui.output.json_report import json_report
from tui.output.narration import narrate
from tui.output.text_report import text_report
from tui.rows import RejectRow, WhoRow
from tui.store.asking import Asker
from tui.store.engine import start_engine
from tui.store.query_files import load_folder
from tui.store.questions import Scope, ask_facts, ask_who, ask_window
from tui.store.trace_file import utc_now
from tui.store.window import Window
from tui.view.report import Report, build_report
from tui.view.text import fit, visible, wrap
from tui.view.words import plural


@dataclass(frozen=True)
class Chosen:
    """The days that were asked for on the command line."""

    first_day: date | None = None
    last_day: date | None = None
    days: int | None = None


def version_text() -> str:
    """Answer the program's name and version."""
    return f"mailflow {metadata.version('mailflow')}"


@contextmanager
def _opened(paths: Sequence[str], config: Config) -> Generator[tuple[Asker, Opened]]:
    engine = start_engine(config.engine)
    try:
        opened = open_paths(engine, config, paths, Progress())
        for problem in opened.problems:
            narrate(str(problem))
        for label in opened.loaded.known if opened.loaded else ():
            narrate(f"{label}: has the content of another file that was given; counted once")
        yield Asker(engine), opened
    finally:
        engine.close()


def load(paths: Sequence[str], into: Path, config: Config) -> int:
    """Load files into a trace file and say what it brought; answer the exit code."""
    engine = start_engine(config.engine)
    try:
        problems: list[MailflowError] = []
        files = [file for file in find_files(paths, problems) if file.resolve() != into.resolve()]
        loaded = load_files(engine, config, files, into, Progress())
        loaded = replace(loaded, problems=[*problems, *loaded.problems])
    finally:
        engine.close()
    for problem in loaded.problems:
        narrate(str(problem))
    for label in loaded.known:
        narrate(f"{label}: already loaded, nothing changed")
    check_loaded(loaded, paths)
    narrate(
        f"{into}: {plural(loaded.sources, 'file')} loaded, {plural(loaded.messages, 'message')}, {plural(loaded.rejects, 'line')} rejected"
    )
    return 0


def report(paths: Sequence[str], config: Config, chosen: Chosen, form: str) -> str:
    """Answer the report as text or JSON."""
    with _opened(paths, config) as (asker, _):
        window = ask_window(asker, first_day=chosen.first_day, last_day=chosen.last_day, days=chosen.days)
        built = build_report(ask_facts(asker, config, window, Scope(), utc_now()))
        if form == "json":
            return json_report(built) + "\n"
        return text_report(built, _who(asker, built, window), _rejects(asker, built))


def _who(asker: Asker, built: Report, window: Window) -> dict[int, list[WhoRow]]:
    """Answer the hosts behind each warning, by its place in the list."""
    return {
        place: ask_who(
            asker,
            window,
            Scope(finding.direction, any_connector=False, connector=finding.connector),
            "No TLS" if finding.id.startswith("no_tls") else "TLS 1.0",
            "host",
        )
        for place, finding in enumerate(built.findings)
        if finding.direction and not finding.too_few
    }


def _rejects(asker: Asker, built: Report) -> list[RejectRow]:
    with_rejects = [source.source_id for source in built.sources if source.reject_count]
    return [row for source_id in with_rejects for row in asker.ask(RejectRow, "sources/rejects", source_id=source_id)]


def check(paths: Sequence[str], config: Config, chosen: Chosen, fail_on: Sequence[str]) -> tuple[str, bool]:
    """Answer the findings as text, and whether one of those that were asked for (else any warning) holds."""
    known = [query.path.stem for query in load_folder("findings", config.folder / "findings" if config.folder else None)]
    for finding in fail_on:
        if finding not in known:
            raise UsageError(f"--fail-on {visible(finding)}: there is no such finding; known are {', '.join(known)}")
    with _opened(paths, config) as (asker, _):
        window = ask_window(asker, first_day=chosen.first_day, last_day=chosen.last_day, days=chosen.days)
        built = build_report(ask_facts(asker, config, window, Scope(), utc_now()))
    held = [finding for finding in built.findings if not finding.too_few]
    failed = [finding for finding in held if (finding.id in fail_on if fail_on else finding.is_warning)]
    lines = [
        f"{finding.mark} {finding.id} · {' · '.join(part for part in (finding.where, finding.evidence) if part)}"
        for finding in built.findings
    ]
    summary = f"{plural(len(failed), 'finding')} in {built.title_span}, {built.coverage}"
    if window.is_empty:
        summary += ": nothing could be judged"
    return "\n".join([summary, *lines]) + "\n", bool(failed)


def formats_text(config: Config) -> str:
    """Answer the formats: id, what it is, what it can and cannot tell."""
    lines: list[str] = []
    for query in load_formats(config):
        lines.append(f"{fit(query.path.stem, 24)}{visible(query.one('title'))}")
        for label, key in (("tells", "tells"), ("cannot tell", "cannot tell")):
            wrapped = wrap(f"{label}: {visible(query.one(key))}", 76)
            lines += [f"    {line}" for line in wrapped]
    return "\n".join(lines) + "\n"
