"""Sources in words: format, messages, rejects, what was left uncounted."""

from __future__ import annotations

from tui.rows import SourceRow
from tui.view.table import Cell, Column, Line
from tui.view.text import clip, visible
from tui.view.words import clock, grouped, plural

COLUMNS = (("path", "File", 10), ("format", "Format", 22), ("messages", "Messages", 9), ("rejects", "Rejected", 8), ("span", "From – to", 25))


def source_facts(source: SourceRow) -> list[str]:
    """Answer what a source's line in the list leaves out, a sentence each; often nothing."""
    facts: list[str] = []
    if source.other_count:
        facts.append(f"{plural(source.other_count, 'message')} kept apart (refused, own clients, own servers, …)")
    if source.not_counted:
        facts.append(f"{plural(source.not_counted, 'message')} of daily totals not counted: other files have these messages one by one")
    if source.note:
        facts.append(visible(source.note))
    return facts


def source_columns(width: int) -> list[Column]:
    """Answer the columns of the Sources list for a width; the file name takes what is left."""
    fixed = sum(size for key, _, size in COLUMNS if key != "path") + len(COLUMNS)
    room = max(20, width - fixed - 1)
    return [
        Column(key, label, room if key == "path" else size, "right" if key in ("messages", "rejects") else "left")
        for key, label, size in COLUMNS
    ]


def source_line(source: SourceRow, columns: list[Column]) -> Line:
    """Answer a line of the Sources list."""
    span = "" if source.first_utc is None or source.last_utc is None else f"{clock(source.first_utc)} – {clock(source.last_utc)}"
    path = visible(source.path)
    room = columns[0].width
    shown = path if len(path) <= room else "…" + path[-(room - 1) :]
    return Line(
        "row",
        (
            Cell(shown),
            Cell(clip(source.format, 22)),
            Cell(grouped(source.message_count)),
            Cell(grouped(source.reject_count) if source.reject_count else "·", "warn" if source.reject_count else "dim"),
            Cell(span),
        ),
        source.source_id,
    )
