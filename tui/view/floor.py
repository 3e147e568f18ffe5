"""What if: what would become of mail if nothing below a floor were taken or sent any more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tui.domain import RANKED
from tui.rows import FloorConnector, FloorDay, FloorPeer
from tui.store.lists import Floor
from tui.store.window import Window
from tui.view.charts import strip
from tui.view.connectors import ARROWS
from tui.view.table import Cell, Column, Line, Tone
from tui.view.text import cell_width, clip, clip_middle, visible
from tui.view.who import peer_of
from tui.view.words import SHORT, connector_label, day_name, grouped, one_decimal, plural, span_name

FLOORS = ("any TLS", *RANKED[2:])
VERDICTS = ("can do better", "never did better", "seen in clear")
WIDE = 100


@dataclass(frozen=True)
class FloorTotals:
    """The sums over all connectors; `touched` are connectors with mail that would not stay as it is."""

    messages: int
    refused: int
    falls_back: int
    stays_clear: int
    untold: int
    touched: int
    is_estimate: bool


@dataclass(frozen=True)
class ConnectorKey:
    """Which connector a line is of."""

    direction: str
    connector: str | None
    connector_type: str | None


@dataclass(frozen=True)
class PeerKey:
    """Which peer a line is of."""

    direction: str
    name: str | None


def totals_of(floor: Floor) -> FloorTotals:
    """Answer the sums."""
    rows = floor.connectors
    return FloorTotals(
        sum(row.messages for row in rows),
        sum(row.refused for row in rows),
        sum(row.falls_back for row in rows),
        sum(row.stays_clear for row in rows),
        sum(row.untold for row in rows),
        sum(1 for row in rows if row.refused or row.falls_back or row.stays_clear),
        any(row.is_estimate for row in rows),
    )


def floor_title(floor: Floor) -> str:
    """Answer the question in words: `If nothing below TLS 1.2 were accepted or sent`."""
    return (
        f"If nothing below {floor.floor} were accepted or sent"
        if floor.floor != "any TLS"
        else "If no mail were accepted or sent without TLS"
    )


def floor_span(floor: Floor, window: Window) -> str:
    """Answer which days it is over."""
    days = window.days_of(floor.span)
    first, last = max(days[0], window.data_first.date()), min(days[-1], window.data_last.date())
    named = span_name(min(first, last), last)
    return f"whole file, {named}" if floor.span.name else named


def summary_lines(floor: Floor) -> list[str]:
    """Answer the answer: messages by what would become of them, then peers, senders and connectors."""
    total = totals_of(floor)
    mark = "~" if total.is_estimate else ""
    told = [
        (total.refused, "refused" if not floor.refuse else "refused (all below the floor)"),
        (total.falls_back, "would fall back to clear text"),
        (total.stays_clear, "stay clear text"),
        (total.untold, "cannot be told"),
    ]
    parts = [f"{mark}{grouped(count)} {words} ({one_decimal(count, total.messages)})" for count, words in told if count]
    first = f"Of {mark}{plural(total.messages, 'message')}: {' · '.join(parts) or 'all stay as they are'}"
    if not floor.peers:
        return [first, "No peer is below this floor, as far as single messages tell." if total.messages else "No message counts here."]
    verdicts = {verdict: sum(peer.verdict == verdict for peer in floor.peers) for verdict in VERDICTS}
    shown = "" if floor.peers[0].all_peers == len(floor.peers) else f" (of the first {grouped(len(floor.peers))})"
    by_verdict = " · ".join(f"{grouped(count)} {verdict}" for verdict, count in verdicts.items() if count)
    second = (
        f"{plural(floor.peers[0].all_peers, 'peer')}, {plural(floor.peers[0].all_senders, 'sender')}, "
        f"{plural(total.touched, 'connector or none', 'connectors')}: {by_verdict}{shown}{_nameless(floor, total)}"
    )
    return [first, second]


def _nameless(floor: Floor, total: FloorTotals) -> str:
    """Answer how many messages below the floor only daily totals know, which name nobody."""
    named = sum(peer.messages for peer in floor.peers)
    rest = total.refused + total.falls_back + total.stays_clear - named
    return (
        f" · {grouped(rest)} more only in daily totals, which name nobody"
        if rest > 0 and floor.peers[0].all_peers == len(floor.peers)
        else ""
    )


def floor_columns(width: int) -> list[Column]:
    """Answer the columns for a width; the name takes what is left."""
    fixed = [
        Column("refused", "Refused", 7, "right"),
        Column("falls_back", "Falls back", 10, "right"),
        Column("stays_clear", "Stays clear", 11, "right"),
        *([Column("untold", "Untold", 7, "right"), Column("last", "Last", 6)] if width >= WIDE else []),
        Column("senders", "Senders", 7, "right"),
        Column("best", "Best", 4),
        Column("verdict", "Verdict", 16),
    ]
    room = width - 1 - sum(column.width + 1 for column in fixed)
    return [Column("name", "Connector, peer, day", max(16, min(52, room))), *fixed]


def floor_lines(floor: Floor, columns: Sequence[Column], window: Window) -> list[Line]:
    """Answer the table: connectors, then peers, then days, each under its rule."""
    lines = [_rule("by connector")]
    lines += [_connector_line(row, columns) for row in floor.connectors]
    if floor.peers:
        first = floor.peers[0]
        more = f", the first {grouped(len(floor.peers))} of {grouped(first.all_peers)}" if first.all_peers > len(floor.peers) else ""
        lines.append(_rule(f"by peer below the floor{more}"))
        lines += [_peer_line(row, columns, window) for row in floor.peers]
    lines.append(_rule("by day"))
    return lines + [_day_line(row, columns) for row in reversed(floor.days)]


def peer_name(row: FloorPeer) -> str:
    """Answer a peer's name; what only a HELO claims stands in brackets."""
    name = "not recorded" if row.name is None else visible(row.name)
    return f"({name})" if row.is_claim else name


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


def _connector_name(row: FloorConnector, room: int) -> str:
    label = connector_label(row.direction, row.connector, row.connector_type)
    short = f"{ARROWS[row.direction]} {visible(row.connector) if row.connector else 'internet'}"
    return label if cell_width(label) <= room else short


def _connector_line(row: FloorConnector, columns: Sequence[Column]) -> Line:
    has_column = any(column.key == "untold" for column in columns)
    untold = f"{grouped(row.untold)} untold" if row.untold and not has_column else ""
    texts = _counts(row.refused, row.falls_back, row.stays_clear, "~" if row.is_estimate else "") | {
        "name": Cell(_connector_name(row, next(column.width for column in columns if column.key == "name"))),
        "untold": Cell(grouped(row.untold) if row.untold else "·"),
        "verdict": Cell(clip("forced TLS" if row.forced_tls else untold, 16)),
    }
    return _line(columns, texts, ConnectorKey(row.direction, row.connector, row.connector_type))


def _peer_line(row: FloorPeer, columns: Sequence[Column], window: Window) -> Line:
    texts = _counts(row.refused, row.falls_back, row.stays_clear) | {
        "name": Cell(f"{ARROWS[row.direction]} {peer_name(row)}"),
        "senders": Cell(grouped(row.senders)),
        "last": Cell(day_name(window.local(row.last_utc).date())),
        "best": Cell(SHORT.get(row.best, "none" if row.best == "No TLS" else row.best)),
        "verdict": Cell(row.verdict, "warn" if row.verdict != "can do better" else "plain"),
    }
    return _line(columns, texts, PeerKey(row.direction, peer_of(row.name, is_claim=row.is_claim)))


def _day_line(row: FloorDay, columns: Sequence[Column]) -> Line:
    texts = _counts(row.refused, row.falls_back, row.stays_clear) | {
        "name": Cell(f"{row.day:%a} {day_name(row.day)} {row.day.year}"),
        "untold": Cell(grouped(row.untold) if row.untold else "·"),
        "verdict": Cell(f"of {grouped(row.messages)}"),
    }
    return _line(columns, texts, row.day)


def floor_text(floor: Floor, window: Window, width: int, most: int = 20) -> list[str]:
    """Answer the whole answer as lines of text for a report."""
    lines = [f"{floor_title(floor)} ({floor_span(floor, window)})", *(f"  {line}" for line in summary_lines(floor))]
    for row in floor.connectors:
        parts = [
            f"{grouped(count)} {words}"
            for count, words in (
                (row.refused, "refused"),
                (row.falls_back, "fall back"),
                (row.stays_clear, "stay clear"),
                (row.untold, "untold"),
            )
            if count
        ]
        if parts:
            name = connector_label(row.direction, row.connector, row.connector_type)
            lines.append(f"  {name}: {' · '.join(parts)} of {'~' if row.is_estimate else ''}{grouped(row.messages)}")
    for peer in floor.peers[:most]:
        done = f"{plural(peer.refused + peer.falls_back + peer.stays_clear, 'message')} below"
        lines.append(
            f"    {ARROWS[peer.direction]} {peer_name(peer)}: {done}, {plural(peer.senders, 'sender')}, best {peer.best}, "
            f"{peer.verdict}, last {day_name(window.local(peer.last_utc).date())}"
        )
    if floor.peers and floor.peers[0].all_peers > most:
        lines.append(f"    and {plural(floor.peers[0].all_peers - most, 'other peer')}")
    per_day = [float(day.refused + day.falls_back + day.stays_clear) for day in floor.days]
    if any(per_day):
        lines.append(f"  a day {strip(per_day[-62:])}  up to {grouped(int(max(per_day)))} messages")
    return [clip(line, width) for line in lines]
