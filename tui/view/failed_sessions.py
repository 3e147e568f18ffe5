"""Failed sessions: failed handshakes, sessions without mail, and their errors, by peer."""

from __future__ import annotations

from collections.abc import Sequence

from tui.rows import FailedPeer
from tui.store.window import Window
from tui.view.connectors import ARROWS
from tui.view.formatting import SHORT, day_name, grouped, plural
from tui.view.table import Cell, Column, Line
from tui.view.text import clip, clip_middle, visible

HANDSHAKE = "handshake failed"
NO_MAIL = "no mail"
KINDS = {HANDSHAKE: "TLS handshakes that failed", NO_MAIL: "sessions without mail"}
WIDE = 100


def failed_columns(width: int) -> list[Column]:
    """Return the columns for a width; the error takes what is left."""
    fixed = [
        Column("name", "Host (HELO)", 24 if width < WIDE else 36),
        Column("sessions", "Failed", 6, "right"),
        Column("messages", "Mail", 6, "right"),
        Column("best", "Best", 4),
        *([Column("first", "First", 6)] if width >= WIDE else []),
        Column("last", "Last", 6),
    ]
    room = width - 1 - sum(column.width + 1 for column in fixed)
    return [*fixed, Column("error", "Most frequent error", max(12, room))]


def failed_name(row: FailedPeer) -> str:
    """Return the name of the peer; an unverified HELO is in brackets."""
    name = visible(row.peer) if row.peer is not None else "– not recorded"
    return f"({name})" if row.is_unverified else name


def failed_lines(rows: Sequence[FailedPeer], columns: Sequence[Column], window: Window) -> list[Line]:
    """Return the lines: handshakes that failed first, then sessions without mail, each under its rule."""
    lines: list[Line] = []
    for kind, words in KINDS.items():
        mine = [row for row in rows if row.kind == kind]
        if mine:
            total = sum(row.sessions for row in mine)
            lines.append(Line("rule", (Cell(f"{words} · {grouped(total)} with {plural(len(mine), 'peer')}", "head"),)))
            lines += [_line(row, columns, window) for row in mine]
    return lines or [Line("rule", (Cell("no failed session recorded in this window (protocol logs record them)", "head"),))]


def _line(row: FailedPeer, columns: Sequence[Column], window: Window) -> Line:
    several = f" (and {plural(row.errors - 1, 'other error')})" if row.errors > 1 else ""
    texts = {
        "name": Cell(f"{ARROWS.get(row.direction, '·')} {failed_name(row)}"),
        "sessions": Cell(grouped(row.sessions), "alarm" if row.kind == HANDSHAKE else "plain"),
        "messages": Cell(grouped(row.messages) if row.messages else "none", "plain" if row.messages else "warn"),
        "best": Cell("–" if row.best is None else SHORT.get(row.best, row.best)),
        "first": Cell(day_name(window.local(row.first_utc).date())),
        "last": Cell(day_name(window.local(row.last_utc).date())),
        "error": Cell(visible(row.error or "not recorded") + several),
    }
    cells: list[Cell] = []
    for column in columns:
        cell = texts[column.key]
        cells.append(Cell((clip if column.key == "error" else clip_middle)(cell.text, column.width), cell.tone))
    return Line("row", tuple(cells), (row.direction, row.kind, row.connector, row.peer, row.is_unverified))


def failed_value(row: FailedPeer, key: str) -> object:
    """Return the value by which a column of the list is sorted."""
    values: dict[str, object] = {
        "name": failed_name(row).lower(),
        "sessions": row.sessions,
        "messages": row.messages,
        "best": row.best,
        "first": row.first_utc,
        "last": row.last_utc,
        "error": row.error,
    }
    return values.get(key)


def failed_text(row: FailedPeer) -> str:
    """Return the text of a row that a filter searches."""
    return f"{failed_name(row)} {row.peer_ip or ''} {row.error or ''} {row.connector or ''}"


def failed_words(row: FailedPeer, window: Window) -> str:
    """Return a peer in one sentence: error, count, span, and its transferred mail."""
    first, last = window.local(row.first_utc), window.local(row.last_utc)
    when = f"{day_name(first.date())} {first:%H:%M}" + ("" if first == last else f" – {day_name(last.date())} {last:%H:%M}")
    mail = f"{plural(row.messages, 'message')} transferred in this window" if row.messages else "no mail transferred in this window"
    best = f"best ever {row.best}" if row.best else "never seen with TLS"
    address = f", {visible(row.peer_ip)}" if row.peer_ip and row.peer_ip != row.peer else ""
    error = visible(row.error or "no error recorded")
    return f"{failed_name(row)}{address}: {plural(row.sessions, 'session')}, {when}: {error}; {mail}; {best}"
