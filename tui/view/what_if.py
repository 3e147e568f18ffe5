"""What-if: the effect on mail if nothing below a minimum TLS version were accepted or sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tui.domain import RANKED
from tui.rows import WhatIfConnector, WhatIfDay, WhatIfPeer
from tui.store.lists import WhatIf
from tui.store.window import Window
from tui.view.charts import strip
from tui.view.connectors import ARROWS
from tui.view.formatting import SHORT, connector_label, day_name, grouped, one_decimal, plural, span_name
from tui.view.table import Cell, Column, Line, Tone
from tui.view.text import cell_width, clip, clip_middle, visible
from tui.view.who import peer_of

MINIMUM_VERSIONS = ("any TLS", *RANKED[2:])
VERDICTS = {
    "newer version seen": "newer seen",
    "no newer version seen": "no newer seen",
    "also sent in clear text": "also clear text",
}
"""What is known of the versions of a peer, each with its short form for narrow columns."""
WIDE = 100


@dataclass(frozen=True)
class WhatIfTotals:
    """The sums over all connectors; `touched` is the number of connectors with affected mail."""

    messages: int
    refused: int
    falls_back: int
    stays_clear: int
    not_recorded: int
    touched: int
    is_estimate: bool


@dataclass(frozen=True)
class ConnectorKey:
    """The connector of a line."""

    direction: str
    connector: str | None
    connector_type: str | None


@dataclass(frozen=True)
class PeerKey:
    """The peer of a line."""

    direction: str
    name: str | None


def totals_of(what_if: WhatIf) -> WhatIfTotals:
    """Return the sums."""
    rows = what_if.connectors
    return WhatIfTotals(
        sum(row.messages for row in rows),
        sum(row.refused for row in rows),
        sum(row.falls_back for row in rows),
        sum(row.stays_clear for row in rows),
        sum(row.not_recorded for row in rows),
        sum(1 for row in rows if row.refused or row.falls_back or row.stays_clear),
        any(row.is_estimate for row in rows),
    )


def what_if_title(what_if: WhatIf) -> str:
    """Return the question in words: `If nothing below TLS 1.2 were accepted or sent`."""
    return (
        f"If nothing below {what_if.minimum_tls} were accepted or sent"
        if what_if.minimum_tls != "any TLS"
        else "If no mail were accepted or sent without TLS"
    )


def what_if_span(what_if: WhatIf, window: Window) -> str:
    """Return the days that the simulation covers."""
    days = window.days_of(what_if.span)
    first, last = max(days[0], window.data_first.date()), min(days[-1], window.data_last.date())
    named = span_name(min(first, last), last)
    return f"all data, {named}" if what_if.span.name else named


def summary_lines(what_if: WhatIf) -> list[str]:
    """Return the summary: messages by outcome, then peers, senders and connectors."""
    total = totals_of(what_if)
    mark = "~" if total.is_estimate else ""
    outcomes = [
        (total.refused, "refused" if not what_if.refuse else "refused (all below the minimum)"),
        (total.falls_back, "would fall back to clear text"),
        (total.stays_clear, "stay in clear text"),
        (total.not_recorded, "not recorded"),
    ]
    parts = [f"{mark}{grouped(count)} {words} ({one_decimal(count, total.messages)})" for count, words in outcomes if count]
    first = f"Of {mark}{plural(total.messages, 'message')}: {' · '.join(parts) or 'all stay as they are'}"
    if not what_if.peers:
        return [
            first,
            "No host is known below this minimum: daily totals do not include hosts."
            if _below(total)
            else "No peer is below this minimum."
            if total.messages
            else "No message is counted here.",
        ]
    verdicts = {verdict: sum(peer.verdict == verdict for peer in what_if.peers) for verdict in VERDICTS}
    shown = "" if what_if.peers[0].all_peers == len(what_if.peers) else f" (of the first {grouped(len(what_if.peers))})"
    by_verdict = " · ".join(f"{grouped(count)} {verdict}" for verdict, count in verdicts.items() if count)
    second = (
        f"{plural(what_if.peers[0].all_peers, 'peer')}: {by_verdict}{shown}; {plural(what_if.peers[0].all_senders, 'sender')}, "
        f"{plural(total.touched, 'connector')}{_nameless(what_if, total)}"
    )
    return [first, second]


def _nameless(what_if: WhatIf, total: WhatIfTotals) -> str:
    """Return how many messages below the minimum are in daily totals only, which do not include hosts."""
    named = sum(peer.messages for peer in what_if.peers)
    rest = _below(total) - named
    is_whole = what_if.peers[0].all_peers == len(what_if.peers)
    return f"; {plural(rest, 'message')} in daily totals only" if rest > 0 and is_whole else ""


def _below(total: WhatIfTotals) -> int:
    return total.refused + total.falls_back + total.stays_clear


def what_if_columns(width: int) -> list[Column]:
    """Return the columns for a width; the name takes what is left."""
    fixed = [
        Column("refused", "Refused", 7, "right"),
        Column("falls_back", "Falls back", 10, "right"),
        Column("stays_clear", "Stays clear", 11, "right"),
        *([Column("not_recorded", "Not rec.", 8, "right"), Column("last", "Last", 6)] if width >= WIDE else []),
        Column("senders", "Senders", 7, "right"),
        Column("best", "Best", 4),
        Column("verdict", "Verdict", 23 if width >= WIDE else 16),
    ]
    room = width - 1 - sum(column.width + 1 for column in fixed)
    return [Column("name", "Connector, peer, day", max(16, min(52, room))), *fixed]


def what_if_lines(what_if: WhatIf, columns: Sequence[Column], window: Window) -> list[Line]:
    """Return the table: connectors, then peers, then days, each under its rule."""
    lines = [_rule("by connector")]
    lines += [_connector_line(row, columns) for row in what_if.connectors]
    if what_if.peers:
        first = what_if.peers[0]
        more = f", the first {grouped(len(what_if.peers))} of {grouped(first.all_peers)}" if first.all_peers > len(what_if.peers) else ""
        lines.append(_rule(f"by peer below the minimum{more}"))
        lines += [_peer_line(row, columns, window) for row in what_if.peers]
    lines.append(_rule("by day"))
    return lines + [_day_line(row, columns) for row in reversed(what_if.days)]


def peer_name(row: WhatIfPeer) -> str:
    """Return the name of a peer; an unverified HELO is in brackets."""
    name = "not recorded" if row.name is None else visible(row.name)
    return f"({name})" if row.is_unverified else name


def _rule(words: str) -> Line:
    return Line("rule", (Cell(words, "head"),))


def _line(columns: Sequence[Column], texts: dict[str, Cell], key: object) -> Line:
    cells = [texts.get(column.key, Cell("")) for column in columns]
    return Line(
        "row", tuple(Cell(clip_middle(cell.text, column.width), cell.tone) for cell, column in zip(cells, columns, strict=True)), key
    )


def _counts(refused: int, falls_back: int, stays_clear: int, mark: str = "") -> dict[str, Cell]:
    def cell(count: int, tone: Tone) -> Cell:
        return Cell(f"{mark}{grouped(count)}", tone) if count else Cell("·", "dim")

    return {"refused": cell(refused, "alarm"), "falls_back": cell(falls_back, "warn"), "stays_clear": cell(stays_clear, "plain")}


def _connector_name(row: WhatIfConnector, room: int) -> str:
    label = connector_label(row.direction, row.connector, row.connector_type)
    short = f"{ARROWS[row.direction]} {visible(row.connector) if row.connector else 'internet'}"
    return label if cell_width(label) <= room else short


def _connector_line(row: WhatIfConnector, columns: Sequence[Column]) -> Line:
    has_column = any(column.key == "not_recorded" for column in columns)
    not_recorded = f"{grouped(row.not_recorded)} not recorded" if row.not_recorded and not has_column else ""
    texts = _counts(row.refused, row.falls_back, row.stays_clear, "~" if row.is_estimate else "") | {
        "name": Cell(_connector_name(row, next(column.width for column in columns if column.key == "name"))),
        "not_recorded": Cell(grouped(row.not_recorded) if row.not_recorded else "·"),
        "verdict": Cell(clip("forced TLS" if row.forced_tls else not_recorded, 16)),
    }
    return _line(columns, texts, ConnectorKey(row.direction, row.connector, row.connector_type))


def _peer_line(row: WhatIfPeer, columns: Sequence[Column], window: Window) -> Line:
    texts = _counts(row.refused, row.falls_back, row.stays_clear) | {
        "name": Cell(f"{ARROWS[row.direction]} {peer_name(row)}"),
        "senders": Cell(grouped(row.senders)),
        "last": Cell(day_name(window.local(row.last_utc).date())),
        "best": Cell(SHORT.get(row.best, "none" if row.best == "No TLS" else row.best)),
        "verdict": Cell(_verdict(row.verdict, columns), "warn" if row.verdict != "newer version seen" else "plain"),
    }
    return _line(columns, texts, PeerKey(row.direction, peer_of(row.name, is_unverified=row.is_unverified)))


def _verdict(verdict: str, columns: Sequence[Column]) -> str:
    is_narrow = any(column.key == "verdict" and column.width < len(verdict) for column in columns)
    return VERDICTS[verdict] if is_narrow else verdict


def _day_line(row: WhatIfDay, columns: Sequence[Column]) -> Line:
    texts = _counts(row.refused, row.falls_back, row.stays_clear) | {
        "name": Cell(f"{row.day:%a} {day_name(row.day)} {row.day.year}"),
        "not_recorded": Cell(grouped(row.not_recorded) if row.not_recorded else "·"),
        "verdict": Cell(f"of {grouped(row.messages)}"),
    }
    return _line(columns, texts, row.day)


def what_if_text(what_if: WhatIf, window: Window, width: int, most: int = 20) -> list[str]:
    """Return the whole answer as lines of text for a report."""
    lines = [f"{what_if_title(what_if)} ({what_if_span(what_if, window)})", *(f"  {line}" for line in summary_lines(what_if))]
    for row in what_if.connectors:
        parts = [
            f"{grouped(count)} {words}"
            for count, words in (
                (row.refused, "refused"),
                (row.falls_back, "fall back to clear text"),
                (row.stays_clear, "stay in clear text"),
                (row.not_recorded, "not recorded"),
            )
            if count
        ]
        if parts:
            name = connector_label(row.direction, row.connector, row.connector_type)
            lines.append(f"  {name}: {' · '.join(parts)} of {'~' if row.is_estimate else ''}{grouped(row.messages)}")
    for peer in what_if.peers[:most]:
        done = f"{plural(peer.refused + peer.falls_back + peer.stays_clear, 'message')} below"
        lines.append(
            f"    {ARROWS[peer.direction]} {peer_name(peer)}: {done}, {plural(peer.senders, 'sender')}, best {peer.best}, "
            f"{peer.verdict}, last {day_name(window.local(peer.last_utc).date())}"
        )
    if what_if.peers and what_if.peers[0].all_peers > most:
        lines.append(f"    and {plural(what_if.peers[0].all_peers - most, 'other peer')}")
    per_day = [float(day.refused + day.falls_back + day.stays_clear) for day in what_if.days]
    if any(per_day):
        lines.append(f"  per day {strip(per_day[-62:])}  at most {plural(int(max(per_day)), 'message')}")
    return [clip(line, width) for line in lines]
