"""Comparison of a JSON report with the files: the options of the report, and each difference as a path and both values."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from tui.config import checked_zone
from tui.errors import NoSuchPathError, Remedy, UsageError
from tui.output.report_contract import SCHEMA_VERSION, upgraded
from tui.store.filters import Filter, parse_filter
from tui.store.questions import Scope
from tui.store.window import Span, Window
from tui.view.text import visible
from tui.view.what_if import MINIMUM_VERSIONS

_Row = Mapping[str, Any]
ABSENT = object()
KEYS: Mapping[str, Sequence[str]] = {
    "connectors": ("date", "direction", "connector"),
    "findings": ("id", "direction", "connector", "what"),
    "too_few_to_judge": ("id", "direction", "connector", "what"),
    "not_counted": ("direction", "status"),
    "what_if.connectors": ("direction", "connector"),
    "what_if.days": ("day",),
    "what_if.peers": ("direction", "name"),
}
"""Which keys make a row of a list the same row, by the list's path."""


@dataclass(frozen=True)
class ReportWhatIf:
    """The minimum version of the what-if in a report, and its span."""

    minimum_tls: str
    refuse: bool
    span: Span


@dataclass(frozen=True)
class ReportOptions:
    """A JSON report in the present schema version, and the options that produced it."""

    document: dict[str, Any]
    first_day: date
    last_day: date
    zone: str
    scope: Scope
    recipients: bool
    redacted: bool
    what_if: ReportWhatIf | None


def read_report(path: Path) -> ReportOptions:
    """Return a JSON report with its options. Raises UsageError for a file that is not a report of mailflow."""
    try:
        document: object = json.loads(path.read_bytes())
    except FileNotFoundError as problem:
        raise NoSuchPathError(f"{path}: no such file") from problem
    except OSError as problem:
        raise UsageError(f"{path}: cannot be read: {problem.strerror}") from problem
    except (ValueError, RecursionError) as problem:
        raise UsageError(f"{path}: not valid JSON", Remedy.MAKE_REPORT) from problem
    try:
        return _options_of(path, upgraded(cast("dict[str, Any]", document)))
    except UsageError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as problem:
        raise UsageError(f"{path}: not a mailflow JSON report", Remedy.MAKE_REPORT) from problem


def _options_of(path: Path, document: dict[str, Any]) -> ReportOptions:
    if document["schema_version"] != SCHEMA_VERSION:
        raise UsageError(f"{path}: schema version {visible(str(document['schema_version']))} (this mailflow reads 1 and {SCHEMA_VERSION})")
    options: _Row = document.get("options", {})
    if not all(
        isinstance(document[key], kind) for key, kind in (("window", dict), ("flow", dict), ("connectors", list), ("sources", list))
    ):
        raise TypeError
    zone = checked_zone(_text(options.get("zone", "UTC")))
    since, until = _moment(document["window"]["from"]), _moment(document["window"]["to"])
    clock = Window(since.date(), until.date(), since, until, zone=zone)
    direction, connector, system = (
        None if options.get(key) is None else _text(options[key]) for key in ("direction", "connector", "system")
    )
    if direction not in (None, "inbound", "outbound", "submission"):
        raise ValueError
    where = parse_filter(_text(options["filter"])) if "filter" in options else Filter()
    redacted = options.get("redacted") is True
    if redacted and (connector is not None or where):
        raise UsageError("a redacted report of one connector or filter cannot be verified: its name is no longer known")
    what_if = document.get("what_if")
    return ReportOptions(
        document=document,
        first_day=clock.local(since).date(),
        last_day=clock.local(until).date(),
        zone=zone,
        scope=Scope(direction, "connector" not in options, connector, system, where),
        recipients=options.get("counted") == "recipients",
        redacted=redacted,
        what_if=_what_if_of(what_if) if what_if is not None else None,
    )


def _what_if_of(what_if: _Row) -> ReportWhatIf:
    if what_if["minimum_tls"] not in MINIMUM_VERSIONS or not isinstance(what_if["refuse"], bool):
        raise ValueError
    span = Span(_moment(what_if["from"]), _moment(what_if["to"]) + timedelta(seconds=1))
    return ReportWhatIf(what_if["minimum_tls"], what_if["refuse"], span)


def _moment(reported: object) -> datetime:
    return datetime.strptime(_text(reported), "%Y-%m-%dT%H:%M:%SZ")


def _text(reported: object) -> str:
    if not isinstance(reported, str):
        raise TypeError
    return reported


def differences(reported: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    """Return each difference between a report and the files: `flow.inbound.messages: report 12, files 11`."""
    # What JSON makes of it is what the other one was read from.
    again = json.loads(json.dumps(found))
    return [f"{visible(path)}: report {_value(mine)}, files {_value(theirs)}" for path, mine, theirs in _compared("", reported, again)]


def _value(value: object) -> str:
    return "absent" if value is ABSENT else visible(json.dumps(value, ensure_ascii=False))


def _compared(path: str, reported: Any, found: Any) -> Iterator[tuple[str, object, object]]:
    if isinstance(reported, dict) and isinstance(found, dict):
        yield from _mappings(path, cast("_Row", reported), cast("_Row", found))
    elif isinstance(reported, list) and isinstance(found, list) and path == "sources":
        yield from _sources(cast("list[Any]", reported), cast("list[Any]", found))
    elif isinstance(reported, list) and isinstance(found, list) and path in KEYS:
        yield from _lists(path, cast("list[Any]", reported), cast("list[Any]", found))
    elif reported != found or isinstance(reported, bool) != isinstance(found, bool):
        yield path, reported, found


def _mappings(path: str, reported: _Row, found: _Row) -> Iterator[tuple[str, object, object]]:
    # A TLS version whose count is 0 is omitted from a report.
    missing: object = 0 if path.endswith(".tls") else ABSENT
    for key in dict.fromkeys((*reported, *found)):
        yield from _compared(f"{path}.{key}" if path else key, reported.get(key, missing), found.get(key, missing))


def _lists(path: str, reported: Sequence[Any], found: Sequence[Any]) -> Iterator[tuple[str, object, object]]:
    mine, theirs = _by_key(reported, KEYS[path]), _by_key(found, KEYS[path])
    for key in dict.fromkeys((*mine, *theirs)):
        name = f"{path}[{key}]"
        if key in mine and key in theirs:
            yield from _compared(name, mine[key], theirs[key])
        else:
            yield name, _brief(mine.get(key, ABSENT)), _brief(theirs.get(key, ABSENT))


def _by_key(rows: Sequence[Any], keys: Sequence[str]) -> dict[str, Any]:
    """Return rows by their key in words; what has the key of another row gets a number."""
    found: dict[str, Any] = {}
    for row in rows:
        reported: _Row = cast("_Row", row) if isinstance(row, dict) else {}
        words = " ".join(_key_words(key, reported[key]) for key in keys if key in reported) or "?"
        number = 2
        name = words
        while name in found:
            name, number = f"{words} #{number}", number + 1
        found[name] = cast("object", row)
    return found


def _key_words(key: str, value: object) -> str:
    if value is None:
        return "without a connector" if key == "connector" else f"no {key}"
    return f'"{value}"' if key in ("connector", "what", "name") else str(value)


def _brief(row: object) -> object:
    """Return the value of a row that the other side lacks: its messages, if it has any."""
    if not isinstance(row, dict):
        return row
    reported = cast("_Row", row)
    return reported.get("messages", "present")


def _sources(reported: Sequence[Any], found: Sequence[Any]) -> Iterator[tuple[str, object, object]]:
    """Compare files: the same content is the same file wherever it lies, then the same name and format."""
    left = [cast("dict[str, Any]", one) for one in found if isinstance(one, dict)]
    mine = [cast("dict[str, Any]", one) if isinstance(one, dict) else {"path": "?"} for one in reported]
    pairs: list[tuple[dict[str, Any], dict[str, Any] | None]] = []
    sames: Sequence[Callable[[_Row], object]] = (
        lambda one: (one.get("sha256") or ABSENT, one.get("format"), _name(one)),
        lambda one: (one.get("sha256") or ABSENT, one.get("format")),
        lambda one: (_name(one), one.get("format"), one.get("messages"), one.get("rejected")),
        lambda one: (_name(one), one.get("format")),
    )
    for same in sames:
        for one in list(mine):
            # An older report has no SHA-256; ABSENT is then equal to no file's.
            other = next((two for two in left if same(two) == same(one)), None)
            if other is not None:
                pairs.append((one, other))
                mine.remove(one)
                left.remove(other)
    for one, other in [*pairs, *((one, None) for one in mine)]:
        name = f"sources[{_name(one)}]"
        if other is None:
            yield name, _brief(one), ABSENT
            continue
        for key in ("format", "messages", "rejected", "sha256"):
            if key in one:
                yield from _compared(f"{name}.{key}", one[key], other.get(key, ABSENT))
    for other in left:
        yield f"sources[{_name(other)}]", ABSENT, _brief(other)


def _name(source: _Row) -> str:
    """Return a file's name without its folder, on either kind of machine."""
    return os.path.basename(str(source.get("path", "?")).replace("\\", "/"))  # noqa: PTH119
