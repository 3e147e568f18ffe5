"""Outbound messages in transit security: DANE, MTA-STS, TLS, none, and blocked messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tui.rows import TlsReport, TransitDomain, TransitSecurity
from tui.store.window import Window
from tui.view.flow import Flow
from tui.view.formatting import SHORT, day_name, grouped, one_decimal, plural
from tui.view.table import Cell, Column, Line
from tui.view.text import clip, clip_middle, visible

POLICIES = {"sts": "MTA-STS", "tlsa": "DANE", "no-policy-found": "none"}
NOT_RECORDED_NOTE = "not rec"


def security_summary(rows: Sequence[TransitSecurity], outbound: Flow, has_report: bool = False) -> str:
    """Return the shares in one line, and the limits of the files; `outbound` is the whole flow of the window.

    `has_report` is true when the report by Exchange Online is listed below.
    """
    total = sum(row.messages for row in rows if row.security != "Not recorded")
    if not rows:
        return f"no outbound mail {'one by one in this window, only the report below' if has_report else 'in this window'}"
    parts = [
        f"{row.security} {grouped(row.messages)}"
        + (f" ({one_decimal(row.messages, total)})" if total and row.security != "Not recorded" else "")
        for row in rows
        if row.messages
    ]
    notes = "" if any(row.has_policy for row in rows) else " · these files do not distinguish DANE and MTA-STS from plain TLS"
    blocked = sum(row.blocked for row in rows)
    rest = outbound.messages - sum(row.messages for row in rows)
    clear = outbound.tls.get("No TLS", 0) - sum(row.messages for row in rows if row.security == "No TLS")
    if rest > 0:
        notes += f" · excluding {plural(rest, 'message')} in daily totals only, {grouped(max(0, clear))} of them No TLS"
    return f"{' · '.join(parts)} · blocked: {grouped(blocked)}{notes}"


def security_columns(width: int) -> list[Column]:
    """Return the columns for a width; the error takes what is left."""
    fixed = [
        Column("name", "Recipients' domain", 24 if width < 100 else 40),
        Column("security", "Type", 7),
        Column("blocked", "Blocked", 7, "right"),
        Column("in_clear", "In clear", 8, "right"),
        Column("best", "Best", 4),
        Column("last", "Last", 6),
    ]
    room = width - 1 - sum(column.width + 1 for column in fixed)
    return [*fixed, Column("error", "Most frequent error", max(10, room))]


def security_lines(rows: Sequence[TransitDomain], columns: Sequence[Column], window: Window) -> list[Line]:
    """Return the lines: domains whose mail was blocked, then those that received it in clear text."""
    lines: list[Line] = []
    for words, mine in (
        ("messages blocked", [row for row in rows if row.blocked]),
        ("sent in clear text", [row for row in rows if not row.blocked]),
    ):
        if mine:
            lines.append(Line("rule", (Cell(f"{words} · {plural(len(mine), 'domain')}", "head"),)))
            lines += [_line(row, columns, window) for row in mine]
    return lines or [Line("rule", (Cell("no outbound mail was blocked or sent in clear text in this window", "head"),))]


def _line(row: TransitDomain, columns: Sequence[Column], window: Window) -> Line:
    several = f" (and {plural(row.errors - 1, 'other error')})" if row.errors > 1 else ""
    texts = {
        "name": Cell(visible(row.domain or "– not recorded")),
        "security": Cell(row.security or "–"),
        "blocked": Cell(grouped(row.blocked) if row.blocked else "·", "alarm" if row.blocked else "dim"),
        "in_clear": Cell(grouped(row.in_clear) if row.in_clear else "·", "warn" if row.in_clear else "dim"),
        "best": Cell("none" if row.best is None else SHORT.get(row.best, row.best)),
        "last": Cell(day_name(window.local(row.last_utc).date())),
        "error": Cell(visible(row.error or "") + several),
    }
    return Line(
        "row",
        tuple(
            Cell((clip if column.key == "error" else clip_middle)(texts[column.key].text, column.width), texts[column.key].tone)
            for column in columns
        ),
        row.domain,
    )


def report_text(row: TlsReport) -> str:
    """Return what find looks at in a report's line."""
    return f"{row.policy_domain} {row.policy_type} {row.result_type} {row.host} {row.organizations}"


def report_lines(rows: Sequence[TlsReport], columns: Sequence[Column], window: Window) -> list[Line]:
    """Return the reports by others on own servers (sessions) and by Exchange Online (messages), each under its rule."""
    sessions = [row for row in rows if row.kind == "sessions"]
    messages = [row for row in rows if row.kind == "messages"]
    lines: list[Line] = []
    if sessions:
        good = sum(row.good for row in sessions)
        failed = sum(row.failed for row in sessions if row.result_type is None)
        share = f" ({one_decimal(failed, good + failed)})" if good + failed else ""
        words = f"reported by others about you (TLS-RPT): {plural(good + failed, 'session')}, {grouped(failed)} failed{share}"
        lines += [Line("rule", (Cell(words, "head"),)), *(_report_line(row, columns, window) for row in sessions)]
    if messages:
        sent = sum(row.good for row in messages if row.policy_domain is None)
        blocked = sum(row.failed for row in messages)
        words = f"reported by Exchange Online: {plural(sent, 'message')} sent, {grouped(blocked)} blocked; counted nowhere else"
        lines += [Line("rule", (Cell(words, "head"),)), *(_transit_line(row, sent, columns, window) for row in messages)]
    return lines


def _report_line(row: TlsReport, columns: Sequence[Column], window: Window) -> Line:
    if row.result_type is None:
        text = f"{plural(row.good, 'session')} succeeded · {plural(row.reports, 'report')} by {row.organizations or 'an unnamed reporter'}"
    else:
        text = f"{row.result_type}{f' at {row.host}' if row.host else ''} · {row.organizations or 'an unnamed reporter'}"
    texts = {
        "name": Cell(visible(row.policy_domain or "– no domain")),
        "security": Cell(visible(POLICIES.get(row.policy_type or "", row.policy_type or "–"))),
        "blocked": Cell(grouped(row.failed) if row.failed else "·", "warn" if row.failed else "dim"),
        "last": Cell(day_name(window.local(row.last_utc).date())),
        "error": Cell(visible(text)),
    }
    return _clipped(texts, columns)


def _transit_line(row: TlsReport, sent: int, columns: Sequence[Column], window: Window) -> Line:
    is_total = row.policy_domain is None
    clear = row.good if row.policy_type == "No TLS" and not is_total else 0
    share = f" ({one_decimal(row.good, sent)})" if sent else ""
    texts = {
        "name": Cell("all recipients' domains" if row.policy_domain is None else visible(row.policy_domain)),
        "security": Cell(visible(NOT_RECORDED_NOTE if row.policy_type == "Not recorded" else row.policy_type or "–")),
        "blocked": Cell(grouped(row.failed) if row.failed else "·", "alarm" if row.failed else "dim"),
        "in_clear": Cell(grouped(clear) if clear else "·", "warn" if clear else "dim"),
        "last": Cell(day_name(window.local(row.last_utc).date())),
        "error": Cell(f"{plural(row.good, 'message')}{share}" if is_total else visible(row.result_type or "supports no TLS")),
    }
    return _clipped(texts, columns)


def _clipped(texts: Mapping[str, Cell], columns: Sequence[Column]) -> Line:
    cells = [texts.get(column.key, Cell("")) for column in columns]
    return Line("row", tuple(Cell(clip(cell.text, column.width), cell.tone) for cell, column in zip(cells, columns, strict=True)))


def security_value(row: TransitDomain, key: str) -> object:
    """Return what a column of the list is ordered by."""
    values: dict[str, object] = {
        "name": row.domain,
        "security": row.security,
        "blocked": row.blocked,
        "in_clear": row.in_clear,
        "best": row.best,
        "last": row.last_utc,
        "error": row.error,
    }
    return values.get(key)
