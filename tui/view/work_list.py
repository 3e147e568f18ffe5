"""The work list: notes on peers, checked against their later mail, and acknowledged findings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tui.domain import MODERN
from tui.rows import Acknowledged, Note, PeerSince
from tui.store.window import Window
from tui.view.formatting import SHORT, day_name, grouped, plural
from tui.view.table import Cell, Column, Line, Tone
from tui.view.text import clip, clip_middle, visible


@dataclass(frozen=True)
class WorkItem:
    """A note and what its peer did since; closed when the newest mail after the note used TLS 1.2 or newer, and none later an older one."""

    note: Note
    since: PeerSince
    state: str
    seen_since: str
    is_closed: bool


def work_item(note: Note, since: PeerSince, window: Window) -> WorkItem:
    """Return a note with its state by later mail: old versions after a "fixed" note make it "not fixed"; without mail it stays open."""
    state, seen_since, closed = _state(note, since, window)
    return WorkItem(note, since, state, seen_since, closed)


def _state(note: Note, since: PeerSince, window: Window) -> tuple[str, str, bool]:
    if since.old_after and since.last_old_utc and since.last_old:
        last = day_name(window.local(since.last_old_utc).date())
        seen = f"{since.last_old} in {plural(since.old_after, 'message')} since, last {last}"
        if since.first_good_utc and since.newest_tls in MODERN:
            return "upgraded", f"{since.newest_tls} since {day_name(window.local(since.first_good_utc).date())}; before that {seen}", True
        if note.kind == "fixed":
            return "not fixed", seen, False
        overdue = note.due is not None and note.due < window.data_last.date()
        return ("overdue" if overdue else f"still on {SHORT.get(since.last_old, since.last_old)}"), seen, False
    if since.good_after:
        first = f" since {day_name(window.local(since.first_good_utc).date())}" if since.first_good_utc else ""
        return "done", f"{plural(since.good_after, 'message')} with TLS 1.2 or newer{first}, none older", True
    if since.newest_utc is None:
        return "no mail", "no mail in the loaded files", False
    return (
        "no mail since",
        f"last {day_name(window.local(since.newest_utc).date())} with {since.newest_tls}; no later mail to confirm it",
        False,
    )


def work_columns(width: int) -> list[Column]:
    """Return the columns for a width; the last column gets the remaining width."""
    fixed = [
        Column("name", "Peer", 24 if width < 100 else 36),
        Column("note", "Note", 16 if width < 100 else 34),
        Column("state", "State", 13),
    ]
    room = width - 1 - sum(column.width + 1 for column in fixed)
    return [*fixed, Column("seen_since", "Since then", max(16, room))]


def work_lines(
    items: Sequence[WorkItem], acknowledgements: Sequence[tuple[Acknowledged, str, bool]], window: Window, columns: Sequence[Column]
) -> list[Line]:
    """Return the lines: open notes, notes closed by later mail, and acknowledged findings, each group under its heading."""
    lines: list[Line] = []
    for words, mine in (
        ("open", [item for item in items if not item.is_closed]),
        ("closed by later mail", [item for item in items if item.is_closed]),
    ):
        if mine:
            lines.append(_heading(f"{words} · {grouped(len(mine))}"))
            lines += [_item_line(item, window, columns) for item in mine]
    if acknowledgements:
        lines.append(_heading("acknowledged findings"))
        lines += [_acknowledged_line(acknowledged, title, is_in_force, columns) for acknowledged, title, is_in_force in acknowledgements]
    return lines or [_heading("no notes yet: press a on a peer in Who, or on a finding on the Overview")]


def _heading(words: str) -> Line:
    return Line("rule", (Cell(words, "head"),))


def note_words(note: Note, window: Window) -> str:
    """Return a note as short text: `asked (noted 12 Nov): mail to postmaster`."""
    made = day_name(window.local(note.made_at_utc).date())
    due = f", due {day_name(note.due)}" if note.due else ""
    text = f": {visible(note.text)}" if note.text else ""
    return f"{note.kind} (noted {made}{due}){text}"


def _cells(texts: dict[str, tuple[str, Tone]], columns: Sequence[Column]) -> tuple[Cell, ...]:
    cells: list[Cell] = []
    for column in columns:
        text, tone = texts[column.key]
        cells.append(Cell((clip_middle if column.key == "name" else clip)(text, column.width), tone))
    return tuple(cells)


def _item_line(item: WorkItem, window: Window, columns: Sequence[Column]) -> Line:
    tone: Tone = "good" if item.is_closed else "alarm" if item.state in ("not fixed", "overdue") else "plain"
    texts: dict[str, tuple[str, Tone]] = {
        "name": (visible(item.note.name), "plain"),
        "note": (note_words(item.note, window), "plain"),
        "state": (item.state, tone),
        "seen_since": (item.seen_since, "plain"),
    }
    return Line("row", _cells(texts, columns), (item.note.facet, item.note.name))


def _acknowledged_line(acknowledged: Acknowledged, title: str, is_in_force: bool, columns: Sequence[Column]) -> Line:
    name = visible(acknowledged.connector or acknowledged.what or acknowledged.direction or "all mail")
    texts: dict[str, tuple[str, Tone]] = {
        "name": (name, "dim"),
        "note": (visible(acknowledged.text), "dim"),
        "state": (f"{'snoozed until' if is_in_force else 'expired'} {day_name(acknowledged.snoozed_until)}", "dim"),
        "seen_since": (visible(title), "dim"),
    }
    return Line("row", _cells(texts, columns), None)


def item_words(item: WorkItem, window: Window) -> str:
    """Return a note and its outcome in one line."""
    return f"{visible(item.note.name)}: {note_words(item.note, window)}. {item.state.capitalize()}: {item.seen_since}."
