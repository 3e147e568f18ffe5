"""The evidence on the audit page: old versions over the whole file, sources, coverage, missing TLS records, method and limits."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from tui.config import FindingsConfig
from tui.domain import LEGACY
from tui.output.html_parts import Body, Head, Html, Marked, bullets, joined, paragraph, table, tag
from tui.rows import CoverageDay, RejectRow, SourceRow, VersionSpan
from tui.store.lists import WhatIf
from tui.store.query_files import QueryFile
from tui.view.coverage import gap_days
from tui.view.formatting import connector_label, day_name, grouped, one_decimal, plural, span_name
from tui.view.help_pages import counting_rules
from tui.view.report import DIRECTIONS, Report
from tui.view.sources import source_facts
from tui.view.what_if import peer_name, summary_lines, what_if_span, what_if_title

REJECTS_SHOWN = 5
PEERS_SHOWN = 50
RULES = 4
_ALL_THERE_IS = (
    "The files are what was exported: mail that is in no file is in no figure. Traces and logs have limits of rows, size and "
    "age, and the newest hours can be missing."
)


def versions_part(report: Report, seen: Sequence[VersionSpan]) -> list[Html]:
    """Return when each old version was first and last seen in each direction, over the whole file."""
    window = report.facts.window
    heads = [Head("Direction"), Head("TLS version"), Head("Messages", "num"), Head("First"), Head("Last")]
    rows: list[list[str | Marked]] = []
    for direction in DIRECTIONS:
        spans = {one.tls: one for one in seen if one.direction == direction}
        recorded = sum(one.messages for one in spans.values() if one.tls != "Not recorded")
        for version in LEGACY if recorded else ():
            one = spans.get(version)
            if one is not None:
                mark = "~" if one.is_estimate else ""
                times = [_moment(window.local(moment)) for moment in (one.first_utc, one.last_utc)]
                rows.append([direction.capitalize(), version, f"{mark}{grouped(one.messages)}", *times])
            elif version != "SSL":
                rows.append([direction.capitalize(), version, "0", Marked(f"none in {grouped(recorded)} recorded", "dim"), ""])
    if not rows:
        return []
    span = span_name(window.data_first.date(), window.data_last.date())
    return [table(f"All data, {span} {window.zone}; a day without an hour is a daily total", heads, [Body(rows)])]


def what_if_part(report: Report, what_if: WhatIf) -> list[Html]:
    """Return the what-if: summary, by connector, by peer."""
    window = report.facts.window
    span = "" if window.is_empty else f" ({what_if_span(what_if, window)})"
    heads = [
        Head("Connector"),
        Head("Refused", "num"),
        Head("Falls back", "num"),
        Head("Stays clear", "num"),
        Head("Not recorded", "num"),
    ]
    connectors = [
        [
            connector_label(row.direction, row.connector, row.connector_type),
            *(_count(count, row.is_estimate) for count in (row.refused, row.falls_back, row.stays_clear, row.not_recorded)),
            f"{'~' if row.is_estimate else ''}{grouped(row.messages)}",
        ]
        for row in what_if.connectors
    ]
    items = [paragraph(f"{what_if_title(what_if)}{span}", "lead"), bullets(summary_lines(what_if))]
    if connectors:
        items.append(table("By connector", [*heads, Head("Messages", "num")], [Body(connectors)]))
    if what_if.peers:
        peer_heads = [Head("Peer below the minimum"), Head("Direction"), *heads[1:4], Head("Senders", "num"), Head("Last"), Head("Best")]
        peers = [
            [
                peer_name(row),
                row.direction,
                *(_count(count) for count in (row.refused, row.falls_back, row.stays_clear)),
                grouped(row.senders or 0),
                _moment(window.local(row.last_utc)),
                f"{row.best}, {row.verdict}",
            ]
            for row in what_if.peers[:PEERS_SHOWN]
        ]
        items.append(table("By peer; best: the best version ever recorded", peer_heads, [Body(peers)]))
        if (more := what_if.peers[0].all_peers - len(peers)) > 0:
            items.append(paragraph(f"and {plural(more, 'other peer')}"))
    return items


def _count(count: int, is_estimate: bool = False) -> str:
    return f"{'~' if is_estimate else ''}{grouped(count)}" if count else "·"


def sources_part(report: Report, rejects: Sequence[RejectRow]) -> list[Html]:
    """Return the files that it was made of: what they are called below their common folder, never where that lies."""
    names = shown_names(report.sources)
    counts = [Head(label, "num") for label in ("Messages", "Not counted", "Rejected")]
    heads = [Head("File"), Head("Format"), *counts, Head("From – to (UTC)", "key"), Head("Notes")]
    rows: list[list[str | Marked]] = []
    ordered = sorted(report.sources, key=lambda source: (names[source.source_id], source.format, source.sha256))
    for source in ordered:
        span = "" if source.first_utc is None or source.last_utc is None else f"{_moment(source.first_utc)} – {_moment(source.last_utc)}"
        mine = [one for one in rejects if one.source_id == source.source_id]
        notes = [*source_facts(replace(source, other_count=0)), *_rejects(source, mine)]
        rejected: str | Marked = Marked(grouped(source.reject_count), "warn") if source.reject_count else "·"
        not_counted = grouped(source.other_count) if source.other_count else "·"
        items = [grouped(source.message_count), not_counted, rejected, span, tag("span", *_lines(notes))]
        rows.append([names[source.source_id], source.format, *items])
    digests = [[names[source.source_id], grouped(source.size_bytes), tag("span", source.sha256, class_="code")] for source in ordered]
    return [
        table("Files, by name", heads, [Body(rows)]),
        table("Their content, unpacked", [Head("File"), Head("Bytes", "num"), Head("SHA-256", "code")], [Body(digests)]),
    ]


def _rejects(source: SourceRow, mine: Sequence[RejectRow]) -> list[str]:
    items = [f"rejected: {f'line {grouped(one.line_no)}' if one.line_no else 'a line'}: {one.reason}" for one in mine[:REJECTS_SHOWN]]
    more = source.reject_count - len(items)
    return [*items, f"rejected: {plural(more, 'more line')}"] if items and more > 0 else items


def _lines(words: Sequence[str]) -> list[Html]:
    return [joined([word, tag("br")]) if place < len(words) - 1 else joined([word]) for place, word in enumerate(words)]


def shown_names(sources: Sequence[SourceRow]) -> dict[int, str]:
    """Return each source's path below the folder that they all lie in, by its id."""
    folders = [os.path.dirname(source.path) for source in sources]  # noqa: PTH120  (a name in an archive is no path of this machine)
    same = os.path.commonpath(folders) if folders and len({os.path.isabs(folder) for folder in folders}) == 1 else ""  # noqa: PTH117
    return {source.source_id: source.path.removeprefix(same).lstrip(os.sep) for source in sources}


def coverage_part(report: Report, coverage: Sequence[CoverageDay]) -> list[Html]:
    """Return the covered days and the gaps of each direction."""
    gaps = gap_days(coverage)
    heads = [Head("Direction"), Head("Days with mail", "num"), Head("Days without"), Head("Only daily totals", "num")]
    rows: list[list[str]] = []
    for direction in DIRECTIONS:
        mine = [row for row in coverage if row.direction == direction]
        if not mine:
            rows.append([direction.capitalize(), "–", "no data", "–"])
            continue
        totals = sum(1 for row in mine if row.messages and row.hours is None)
        missing = ", ".join(_runs(gaps[direction])) or "none"
        rows.append([direction.capitalize(), grouped(sum(1 for row in mine if row.messages)), missing, grouped(totals)])
    if not coverage:
        return [paragraph("No transferred message.")]
    first, last = min(row.day for row in coverage), max(row.day for row in coverage)
    return [table(f"Between the first and the newest message, {span_name(first, last)} {report.facts.window.zone}", heads, [Body(rows)])]


def _runs(days: Sequence[date]) -> list[str]:
    """Return days as spans: `3–5 Nov 2026`."""
    runs: list[list[date]] = []
    for day in days:
        if runs and day - runs[-1][-1] == timedelta(days=1):
            runs[-1].append(day)
        else:
            runs.append([day])
    return [span_name(run[0], run[-1]) for run in runs]


def missing_tls_part(report: Report, formats: Sequence[QueryFile]) -> list[Html]:
    """Return what each format does not record, and how much mail has no TLS record."""
    here = {source.format for source in report.sources}
    cannot = [[query.path.stem, query.one("title"), _missing(query)] for query in formats if query.path.stem in here]
    cover = [
        [
            one.direction.capitalize(),
            one.system,
            grouped(one.messages),
            grouped(one.messages - one.recorded),
            one_decimal(one.messages - one.recorded, one.messages),
            span_name(one.first_day, one.last_day),
        ]
        for one in report.facts.cover
    ]
    heads = [
        Head("Direction"),
        Head("System"),
        Head("Messages", "num"),
        Head("TLS not recorded", "num"),
        Head("Share", "num"),
        Head("Days"),
    ]
    items = [table("By format", [Head("Format"), Head("What it is"), Head("Not in format")], [Body(cannot)])]
    if cover:
        items.append(table("All data, by system", heads, [Body(cover)]))
    return [*items, paragraph(_ALL_THERE_IS)]


def _missing(query: QueryFile) -> str:
    """Return what a format does not record, and which export records TLS."""
    place = query.one("tls_from")
    lacks = query.one("lacks")
    return f"{lacks} · TLS is in {place}" if place else lacks


def method_part(report: Report, limits: FindingsConfig, program: str) -> list[Html]:
    """Return how it counts, which limits were in force, and how to check it."""
    window = report.facts.window
    days = plural(len(window.days), "whole day")
    shown = f"This page is of {days} of {window.zone}; days and hours are by its clock, those of Sources are UTC." if report.whole else ""
    settings: list[tuple[str, float]] = [
        ("tls10_percent", limits.tls10_percent),
        ("no_tls_percent", limits.no_tls_percent),
        ("min_recorded", limits.min_recorded),
        ("force_messages", limits.force_messages),
        ("force_days", limits.force_days),
        ("ceiling_peers", limits.ceiling_peers),
        ("handshakes", limits.handshakes),
        *((f"limits.{name}", value) for name, value in sorted(limits.limits.items())),
    ]
    for name, own in sorted(limits.connectors.items()):
        items = [("tls10_percent", own.tls10_percent), ("no_tls_percent", own.no_tls_percent)]
        settings += [(f"connectors.{name}.{key}", value) for key, value in items if value is not None]
    return [
        bullets(
            [
                *counting_rules(RULES),
                *([shown] if shown else []),
                "A warning is raised when a share exceeds its limit over the whole window.",
            ]
        ),
        table(
            "Limits of the findings that were in force",
            [Head("Setting"), Head("Value", "num")],
            [Body([[k, f"{v:g}"] for k, v in settings])],
        ),
        paragraph(
            f"Made by {program}. The same files give the same page; its figures can be computed again from the files with mailflow report "
            "--format json, and mailflow verify compares such a report with them."
        ),
    ]


def _moment(moment: datetime) -> str:
    """Return a time with its year; midnight to the second is a daily total."""
    day = f"{day_name(moment.date())} {moment.year}"
    return day if moment.time() == datetime.min.time() else f"{day} {moment:%H:%M}"
