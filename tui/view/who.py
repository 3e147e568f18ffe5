"""The peers behind a cell of the connector report: hosts, addresses, domains, senders …, ranked, with share, last seen and state."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from tui.domain import UNRANKED, TlsVersion
from tui.rows import Note, WhoRow
from tui.store.filters import Filter, one
from tui.store.window import Window
from tui.view.charts import strip
from tui.view.formatting import SHORT, ago, clock, day_name, grouped, one_decimal, plural, short_count
from tui.view.table import Cell, Column, Line
from tui.view.text import clip, visible
from tui.view.work_list import note_words

FACETS = {
    "host": "Host",
    "address": "Address",
    "domain": "Domain",
    "sender domain": "From",
    "sender": "Sender",
    "recipient domain": "To",
    "server": "Server",
    "cipher": "Cipher",
    "verified": "Verified",
    "session": "Session",
}
"""Each kind of name, by its field in filters, with the label of its tab."""

FIRST_HEADS = {
    "host": "Host (HELO)",
    "sender domain": "Sender's domain",
    "recipient domain": "Recipient's domain",
    "server": "Server",
    "verified": "Certificate check",
}
NOUNS = {
    "address": ("address", "addresses"),
    "domain": ("peer domain", "peer domains"),
    "sender domain": ("sender domain", "sender domains"),
    "recipient domain": ("recipient domain", "recipient domains"),
    "server": ("server", "servers"),
    "verified": ("certificate result", "certificate results"),
}
PEERS = frozenset({"host", "address", "domain", "sender domain", "sender"})
NOTED = frozenset({"host", "address", "domain"})
SILENT_AFTER = timedelta(days=7)
STRIP_DAYS = 7
CONNECTIONS_FROM = 100


def who_filter(row: WhoRow, facet: str) -> Filter:
    """Return the filter that selects the mail of a row; a host and an unverified HELO of the same name are different peers."""
    return one("peer", peer_of(row.name, is_unverified=row.is_unverified)) if facet == "host" else one(facet, row.name)


def peer_of(name: str | None, *, is_unverified: bool) -> str | None:
    """Return the name of a peer in filters and notes; an unverified HELO is in brackets."""
    return f"({name})" if is_unverified and name is not None else name


def who_name(row: WhoRow) -> str:
    """Return the name; an unverified HELO is in brackets, a name that was not recorded is –."""
    if row.name is None:
        return "– not recorded"
    return f"({visible(row.name)})" if row.is_unverified else visible(row.name)


def state_of(row: WhoRow, tls: str | None, window: Window) -> str:
    """Return whether a peer still uses the version, has upgraded, or was not seen lately, which is no proof of an upgrade."""
    if tls is None:
        is_silent = window.data_last_utc - row.newest_utc > SILENT_AFTER
        return f"not seen for {ago(row.newest_utc, window.data_last_utc)}" if is_silent else f"uses {row.newest_tls}"
    if row.newest_tls != tls:
        better = row.better_utc if row.better_utc and row.better_utc > row.last_utc else None
        if TlsVersion(row.newest_tls).is_better_than(tls) or (better and row.newest_tls in UNRANKED):
            return f"upgraded {day_name(window.local(better or row.newest_utc).date())}"
        return f"now {SHORT.get(row.newest_tls, row.newest_tls) if row.newest_tls in UNRANKED else row.newest_tls}"
    newest = window.data_last_utc
    return f"still on {SHORT.get(tls, tls)}" if newest - row.newest_utc <= SILENT_AFTER else f"not seen for {ago(row.newest_utc, newest)}"


def who_value(row: WhoRow, key: str) -> object:
    """Return the value by which a column of the list is sorted; None where the row has none."""
    values: dict[str, object] = {
        "name": (row.name or "").lower() or None,
        "messages": row.messages or row.messages_ever,
        "share": row.messages,
        "connections": row.connections,
        "senders": row.senders,
        "first": row.first_utc,
        "last": row.last_utc,
        "best": row.best,
        "state": row.newest_tls,
    }
    return values.get(key)


def who_words(row: WhoRow, note: Note | None, window: Window, tls: str | None) -> str:
    """Return the details of a row: first and last seen, its state with the day, and its note."""
    first, last = clock(window.local(row.first_utc)), clock(window.local(row.last_utc))
    parts = [who_name(row), f"{first} – {last}"]
    if state := state_of(row, tls, window):
        parts.append(state)
    if row.newest_utc > row.last_utc:
        parts.append(f"newest {row.newest_tls}, {clock(window.local(row.newest_utc))}")
    if note is not None:
        parts.insert(1, note_words(note, window))
    return " · ".join(parts)


def who_columns(width: int, facet: str, days: Sequence[date]) -> list[Column]:
    """Return the columns for a width; the name takes what is left."""
    strip_width = min(STRIP_DAYS, len(days))
    fixed = [
        Column("messages", "Messages", 9, "right"),
        Column("share", "Share", 6, "right"),
        *([Column("connections", "Connections", 11, "right")] if width >= CONNECTIONS_FROM else []),
        Column("senders", "Senders", 7, "right"),
        Column("days", "Days", max(4, strip_width), sortable=False),
        *([Column("first", "First", 6)] if width >= CONNECTIONS_FROM else []),
        Column("last", "Last", 6),
        Column("best", "Best", 4),
        Column("state", "State", 17),
    ]
    room = width - 1 - sum(column.width + 1 for column in fixed)
    return [Column("name", FIRST_HEADS.get(facet, FACETS[facet]), max(16, min(48, room))), *fixed]


def who_lines(
    rows: Sequence[WhoRow], columns: Sequence[Column], window: Window, days: Sequence[date], tls: str | None, facet: str = "host"
) -> list[Line]:
    """Return the lines: peers of the window first, then, under a rule, those that are only in the rest of the file."""
    here, elsewhere = [row for row in rows if row.messages], [row for row in rows if not row.messages]
    total = rows[0].all_messages if rows else 0
    lines = [_who_line(row, columns, window, days, tls, total, facet) for row in here]
    if elsewhere:
        lines.append(Line("rule", (Cell("not in this window, but in the file", "head"),)))
        lines += [_who_line(row, columns, window, days, tls, 0, facet) for row in elsewhere]
    return lines or [Line("rule", (Cell("no such message in the files; daily totals do not include hosts", "head"),))]


def _who_line(
    row: WhoRow, columns: Sequence[Column], window: Window, days: Sequence[date], tls: str | None, total: int, facet: str
) -> Line:
    counts = row.days or {}
    count = row.messages or row.messages_ever
    texts = {
        "name": who_name(row),
        "messages": grouped(count) if count < 10_000_000 else short_count(count),
        "share": one_decimal(row.messages, total) if row.messages and total else "",
        "connections": (grouped(row.connections) if row.connections else "–") if row.messages else "",
        "first": day_name(window.local(row.first_utc).date()),
        "senders": "" if row.senders is None else grouped(row.senders),
        "days": strip([float(counts.get(day, 0)) for day in days[-STRIP_DAYS:]]) if row.messages else "",
        "last": day_name(window.local(row.last_utc).date()),
        "best": SHORT.get(row.best or "", "none" if row.best == "No TLS" else "?") if facet in PEERS else "",
        "state": state_of(row, tls, window) if facet in PEERS else "",
    }
    return Line("row", tuple(Cell(clip(texts[column.key], column.width)) for column in columns), (row.name, row.is_unverified))


def who_summary(rows: Sequence[WhoRow], facet: str, window: Window, daily_totals: int = 0) -> str:
    """Return the line above the list: messages, connections and peers of the window, and the peers of the whole file.

    `daily_totals` are messages that are counted but cannot be listed, because the files contain only their daily total.
    """
    only_totals = f"{grouped(daily_totals)} more in daily totals only" if daily_totals else ""
    if not rows:
        return only_totals or "no individual messages for this selection"
    first = rows[0]
    noun = NOUNS.get(facet, (FACETS[facet].lower(), f"{FACETS[facet].lower()}s"))[first.peers_in_window != 1]
    whole = (window.data_last.date() - window.data_first.date()).days + 1
    inside = plural(first.all_messages, "message")
    if first.all_connections:
        known = "" if not first.without_session else f" (of {grouped(first.all_messages - first.without_session)} with a recorded session)"
        inside += f" in {plural(first.all_connections, 'connection')}{known}"
    if facet != "session":
        shown = f"the first {grouped(len(rows))} of " if first.peers_ever > len(rows) else ""
        inside += f" · {shown}{grouped(first.peers_in_window)} {noun}"
    ever = f"{grouped(first.peers_ever)} in all {plural(whole, 'day')}" if first.peers_ever != first.peers_in_window else ""
    return "; ".join(part for part in (inside, ever, only_totals) if part)


def who_text(rows: Sequence[WhoRow], window: Window, most: int = 5) -> list[str]:
    """Return the first hosts as lines of text for a report, and the number of the others."""
    here = [row for row in rows if row.messages]
    total = rows[0].all_messages if rows else 0
    lines = [
        f"{who_name(row)}: {grouped(row.messages)} ({one_decimal(row.messages, total)}), "
        f"{plural(row.senders or 0, 'sender')}, last {day_name(window.local(row.last_utc).date())}"
        for row in here[:most]
    ]
    if lines and rows[0].peers_in_window > most:
        lines.append(f"and {plural(rows[0].peers_in_window - most, 'other host')}")
    return lines
