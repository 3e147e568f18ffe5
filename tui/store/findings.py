"""Findings: warnings and remarks, each a query file; those of the user's own that are broken are left out and named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import NoneType
from typing import get_args, get_type_hints

from tui import rows
from tui.config import Config, FindingsConfig
from tui.domain import Direction
from tui.errors import ConfigError, NoSuchPathError, QueryFileError
from tui.store.engine import Engine
from tui.store.query_files import Fault, QueryFile, examine, left_out, load_folder, read_own
from tui.store.query_runner import QueryRunner
from tui.store.trace_file import attach_trace, define_views, detach_trace
from tui.store.window import Window

SEVERITIES = ("warning", "information")
_WORDS = {int: "whole number", float: "number", Decimal: "decimal", bool: "boolean", str: "text", datetime: "timestamp", NoneType: "NULL"}
_OF_WINDOW = ("since", "until", "now")
COLUMNS_OF_FINDING = 4
_EMPTY_DAY = datetime(2000, 1, 1)


@dataclass(frozen=True)
class Finding:
    """A finding: what it is called, how grave it is, what to do, and the query that returns where it holds.

    `tls` is the TLS version that it counts, None when it is about something else.
    """

    id: str
    title: str
    advice: str
    tls: str | None
    query: QueryFile

    @property
    def help(self) -> str:
        """When it holds."""
        return self.query.one("help")

    @property
    def is_warning(self) -> bool:
        """Whether it warns, or only informs."""
        return self.query.one("severity") == "warning"

    @property
    def has_limit(self) -> bool:
        """Whether it is about a share above a limit of the configuration."""
        return not {"limit_percent", "share_limits"}.isdisjoint(self.query.params)


@dataclass(frozen=True)
class FoundFinding:
    """A finding that holds somewhere, and where."""

    finding: Finding
    row: rows.FindingRow


def findings_of(query: QueryFile) -> list[Finding]:
    """Return the findings of a query: one, or one for each `finding:` line (id, TLS version, title and advice, with | between them)."""
    lines = [[part.strip() for part in line.split("|")] for line in query.header.get("finding", ())]
    several = [Finding(name, title, advice, tls or None, query) for name, tls, title, advice in lines]
    return several or [Finding(query.path.stem, query.one("title"), query.one("advice"), query.one("tls") or None, query)]


def load_findings(config: Config) -> list[Finding]:
    """Return the built-in findings and those in the user's config folder, by id; a broken one is left out."""
    found = {one.id: one for query in (*load_folder("findings"), *_own(config)[0]) for one in findings_of(query)}
    return [found[name] for name in sorted(found)]


def own_findings(config: Config) -> list[QueryFile]:
    """Return the files of the user's own findings whose text is sound."""
    return _own(config)[0]


def broken_findings(config: Config) -> dict[str, str]:
    """Return the findings of the user's own that are left out, by id: where each is, what is wrong with it first, and what to do."""
    return _own(config)[1]


def _own(config: Config) -> tuple[list[QueryFile], dict[str, str]]:
    return read_own(config.own("findings"), "finding", faults_of)


def faults_of(path: Path) -> tuple[QueryFile, list[Fault]]:
    """Return a finding's file as far as it can be read, and what is wrong with it as far as its text shows.

    Raises QueryFileError when it cannot be read.
    """
    query, faults = examine(path, f"findings/{path.stem}")
    return query, sorted([*faults, *_header(query)], key=lambda fault: fault.line)


def _header(query: QueryFile) -> Iterator[Fault]:
    end = max(query.places.values(), default=1)
    lines = query.header.get("finding", ())
    if not query.one("result"):
        yield Fault(query.places.get("result", end), "has no '-- result: FindingRow' line")
    if query.one("severity") not in ("", *SEVERITIES):
        yield Fault(query.places["severity"], f"severity: there is no '{query.one('severity')}'; use {' or '.join(SEVERITIES)}")
    if query.result not in (None, rows.FindingRow):
        yield Fault(query.places["result"], "result: what a finding returns is a FindingRow")
    if any(line.count("|") != COLUMNS_OF_FINDING - 1 for line in lines):
        yield Fault(query.places["finding"], "finding: write id | TLS version or nothing | title | advice")
    known = (*_OF_WINDOW, *FindingsConfig().params(query.path.stem))
    for name in query.params:
        if name not in known:
            yield Fault(query.places["params"], f"params: nothing is known as {name}; a finding may ask for {', '.join(known)}")


def check_finding(engine: Engine, path: Path) -> list[Fault]:
    """Return all that is found to be wrong with a finding's file: in its text, and when it is asked of an empty trace file.

    Raises NoSuchPathError without a file, and QueryFileError when it cannot be read.
    """
    if not path.exists():
        raise NoSuchPathError(f"{path}: no such file")
    query, faults = faults_of(path)
    if faults:
        return faults
    attach_trace(engine, engine.temp_folder / "empty.duckdb", "write")
    runner = QueryRunner(engine)
    try:
        define_views(engine)
        _ask(runner, query, _params(query, FindingsConfig(), _EMPTY_DAY, _EMPTY_DAY + timedelta(days=7), _EMPTY_DAY))
    except QueryFileError as problem:
        return [Fault(query.first_line, problem.problem)]
    finally:
        runner.close()
        detach_trace(engine)
    return []


def _params(query: QueryFile, config: FindingsConfig, since: datetime, until: datetime, now: datetime | None) -> dict[str, object]:
    known = {"since": since, "until": until, "now": now, **config.params(query.path.stem, [one.id for one in findings_of(query)])}
    return {name: known[name] for name in query.params}


def _ask(runner: QueryRunner, query: QueryFile, params: dict[str, object]) -> list[tuple[str, rows.FindingRow]]:
    """Return where the findings of a query hold, with their ids."""
    found = runner.ask_file(rows.FindingRow, query, **params)
    if wrong := next((problem for row in found for problem in _wrong_values(row)), None):
        raise QueryFileError(wrong, path=query.path)
    numbers = [replace(row, percent=float(row.percent), limit_percent=float(row.limit_percent)) for row in found]
    named = [(row.finding or query.path.stem, row) for row in numbers]
    ids = {one.id for one in findings_of(query)}
    if unknown := next((name for name, _ in named if name not in ids), None):
        raise QueryFileError(f"returns the finding {unknown}, which is in no finding: line", path=query.path)
    return named


@cache
def _kinds() -> dict[str, tuple[type, ...]]:
    """Return the types that each field of a finding's row may have."""
    hints = get_type_hints(rows.FindingRow)
    return {name: (float, int, Decimal) if hint is float else get_args(hint) or (hint,) for name, hint in hints.items()}


def _wrong_values(row: rows.FindingRow) -> Iterator[str]:
    """Yield what is wrong with a row's values; they are not named, because they may be of a file."""
    for name, kind in _kinds().items():
        value: object = getattr(row, name)
        if not isinstance(value, kind) or (isinstance(value, bool) and bool not in kind):
            yield f"returns a value of {name} that is no {' or '.join(_WORDS[one] for one in kind)}"
    if row.direction not in (None, *Direction):
        yield f"returns a direction that is none of {', '.join(Direction)}"


def ask_findings(runner: QueryRunner, config: Config, window: Window, now: datetime | None = None) -> list[FoundFinding]:
    """Return every place where a finding holds, warnings before information, most messages first.

    Findings that ask how old something is are left out without a `now`. One of the user's own that cannot be asked is left out too, and
    is in the asker's `broken`.
    """
    found: list[FoundFinding] = []
    findings = {one.id: one for one in load_findings(config)}
    if unknown := sorted(set(config.findings.limits) - set(findings) - set(broken_findings(config))):
        raise ConfigError(f"[findings.limits] unknown finding {unknown[0]}; mailflow findings lists the valid ids")
    for query in {one.query.path: one.query for one in findings.values()}.values():
        if "now" in query.params and now is None:
            continue
        try:
            named = _ask(runner, query, _params(query, config.findings, window.since, window.until, now))
        except QueryFileError as problem:
            if query.path.parent != config.own("findings"):
                raise
            runner.broken[query.path] = left_out(query.path, "finding", problem)
            continue
        # A file of the user's own replaces one of several findings, too.
        found += [FoundFinding(findings[name], row) for name, row in named if findings[name].query.path == query.path]
    exact = _with_last_seen(runner, window, found)
    return sorted(exact, key=lambda one: (one.row.too_few, not one.finding.is_warning, -one.row.messages, one.finding.id))


def _with_last_seen(runner: QueryRunner, window: Window, found: list[FoundFinding]) -> list[FoundFinding]:
    """Return findings with the second at which each was last seen: those of a TLS version ask the rollup, which has quarter hours."""
    places = [
        (number, one.row.last_utc, one.row.direction, one.row.connector, one.finding.tls)
        for number, one in enumerate(found)
        if one.finding.tls is not None and one.row.last_utc is not None
    ]
    if not places:
        return found
    numbers, quarters, directions, connectors, versions = (list(column) for column in zip(*places, strict=True))
    seen = runner.ask(
        rows.LastSeen,
        "connectors/last_seen",
        since=min(quarter for _, quarter, *_ in places),
        until=window.until,
        number=numbers,
        quarter_utc=quarters,
        direction=directions,
        connector=connectors,
        tls=versions,
    )
    exact = {one.number: one.last_utc for one in seen}
    return [replace(one, row=replace(one.row, last_utc=exact[number])) if number in exact else one for number, one in enumerate(found)]
