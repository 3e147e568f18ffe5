"""Findings: warnings and information, each a query file; the user's own findings that are broken are skipped and reported."""

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
from tui.store.header_keys import FINDING_PARAMS
from tui.store.query_files import Fault, QueryFile, describe_skipped, did_you_mean, examine, load_folder, read_own
from tui.store.query_runner import QueryRunner
from tui.store.trace_file import attach_trace, define_views, detach_trace
from tui.store.window import Window

SEVERITIES = ("warning", "information")
_TYPE_NAMES = {
    int: "whole number",
    float: "number",
    Decimal: "decimal",
    bool: "boolean",
    str: "text",
    datetime: "timestamp",
    NoneType: "NULL",
}
COLUMNS_OF_FINDING = 4
_EMPTY_DAY = datetime(2000, 1, 1)


@dataclass(frozen=True)
class Finding:
    """A finding: its id, title and advice, and the query that returns a row for each connector or direction to which it applies.

    `tls` is the TLS version that it counts; None for a finding that is not about a version.
    """

    id: str
    title: str
    advice: str
    tls: str | None
    query: QueryFile

    @property
    def help(self) -> str:
        """The explanation of when the finding applies."""
        return self.query.one("help")

    @property
    def is_warning(self) -> bool:
        """Whether the severity is warning, not information."""
        return self.query.one("severity") == "warning"

    @property
    def has_limit(self) -> bool:
        """Whether the finding compares a share with a limit of the configuration."""
        return not {"limit_percent", "share_limits"}.isdisjoint(self.query.params)


@dataclass(frozen=True)
class FoundFinding:
    """A finding that applies, with the row that its query returned."""

    finding: Finding
    row: rows.FindingRow


def findings_of(query: QueryFile) -> list[Finding]:
    """Return the findings of a query: one, or one for each `finding:` line (id, TLS version, title and advice, with | between them)."""
    lines = [[part.strip() for part in line.split("|")] for line in query.header.get("finding", ())]
    several = [Finding(name, title, advice, tls or None, query) for name, tls, title, advice in lines]
    return several or [Finding(query.path.stem, query.one("title"), query.one("advice"), query.one("tls") or None, query)]


def load_findings(config: Config) -> list[Finding]:
    """Return the built-in findings and those in the user's config folder, by id, without broken ones."""
    found = {one.id: one for query in (*load_folder("findings"), *_own(config)[0]) for one in findings_of(query)}
    return [found[name] for name in sorted(found)]


def own_findings(config: Config) -> list[QueryFile]:
    """Return the files of the user's own findings whose text has no fault."""
    return _own(config)[0]


def broken_findings(config: Config) -> dict[str, str]:
    """Return the user's own findings that are skipped, by id: the path of each, its first fault, and what to do."""
    return _own(config)[1]


def _own(config: Config) -> tuple[list[QueryFile], dict[str, str]]:
    return read_own(config.own("findings"), "finding", faults_of)


def faults_of(path: Path) -> tuple[QueryFile, list[Fault]]:
    """Return a finding's file as far as it can be parsed, and the faults in its text.

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
        yield Fault(query.places["severity"], f"severity: invalid value '{query.one('severity')}'; choose {' or '.join(SEVERITIES)}")
    if query.result not in (None, rows.FindingRow):
        yield Fault(query.places["result"], "result: a finding must return FindingRow")
    if any(line.count("|") != COLUMNS_OF_FINDING - 1 for line in lines):
        yield Fault(query.places["finding"], "finding: write id | TLS version or nothing | title | advice")
    for name in query.params:
        if name not in FINDING_PARAMS:
            yield Fault(query.places["params"], f"params: unknown parameter {name}; {did_you_mean(name, FINDING_PARAMS)}")


def check_finding(engine: Engine, path: Path) -> list[Fault]:
    """Return all faults of a finding's file: those in its text, else the error when it runs on an empty trace file.

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
    available = {"since": since, "until": until, "now": now, **config.params(query.path.stem, [one.id for one in findings_of(query)])}
    return {name: available[name] for name in query.params}


def _ask(runner: QueryRunner, query: QueryFile, params: dict[str, object]) -> list[tuple[str, rows.FindingRow]]:
    """Return the rows of a query's findings, with the id of each finding."""
    found = runner.ask_file(rows.FindingRow, query, **params)
    if wrong := next((problem for row in found for problem in _wrong_values(row)), None):
        raise QueryFileError(wrong, path=query.path)
    numbers = [replace(row, percent=float(row.percent), limit_percent=float(row.limit_percent)) for row in found]
    named = [(row.finding or query.path.stem, row) for row in numbers]
    ids = {one.id for one in findings_of(query)}
    if unknown := next((name for name, _ in named if name not in ids), None):
        raise QueryFileError(f"returns the finding {unknown}, which has no finding: line", path=query.path)
    return named


@cache
def _kinds() -> dict[str, tuple[type, ...]]:
    """Return the allowed types of each field of a finding's row."""
    hints = get_type_hints(rows.FindingRow)
    return {name: (float, int, Decimal) if hint is float else get_args(hint) or (hint,) for name, hint in hints.items()}


def _wrong_values(row: rows.FindingRow) -> Iterator[str]:
    """Yield the faults of a row's values. The values are not shown, because they may come from a mail log."""
    for name, kind in _kinds().items():
        value: object = getattr(row, name)
        if not isinstance(value, kind) or (isinstance(value, bool) and bool not in kind):
            yield f"returns a value of {name} that is not {' or '.join(_TYPE_NAMES[one] for one in kind)}"
    if row.direction not in (None, *Direction):
        yield f"returns a direction that is not one of {', '.join(Direction)}"


def ask_findings(runner: QueryRunner, config: Config, window: Window, now: datetime | None = None) -> list[FoundFinding]:
    """Return every row of every finding, warnings before information, most messages first.

    Findings that compare with the present time are skipped without `now`. One of the user's own that fails is skipped too, and is added
    to the runner's `broken`.
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
            runner.broken[query.path] = describe_skipped(query.path, "finding", problem)
            continue
        # A file of the user's own may replace one of the findings of a file that has several.
        found += [FoundFinding(findings[name], row) for name, row in named if findings[name].query.path == query.path]
    exact = _with_last_seen(runner, window, found)
    return sorted(exact, key=lambda one: (one.row.too_few, not one.finding.is_warning, -one.row.messages, one.finding.id))


def _with_last_seen(runner: QueryRunner, window: Window, found: list[FoundFinding]) -> list[FoundFinding]:
    """Return findings with the second at which each was last seen; the rollup, which findings of a TLS version use, has quarter hours."""
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
