"""What a load did, in words: which files were there already, and what the others brought."""

from __future__ import annotations

from tui.intake.load import LoadResult
from tui.view.formatting import plural
from tui.view.sources import table_words

KNOWN_NAMED = 5


def known_lines(loaded: LoadResult) -> list[str]:
    """Return a line for each of the first files that changed nothing; those loaded in another format than detected come first."""
    unchanged = sorted(loaded.already_loaded, key=lambda label: label not in loaded.loaded_as)
    lines: list[str] = []
    for label in unchanged[:KNOWN_NAMED]:
        format_note = f", as {loaded.loaded_as[label]};" if label in loaded.loaded_as else ","
        lines.append(f"{label}: already loaded{format_note} nothing changed")
    if len(unchanged) > KNOWN_NAMED:
        lines.append(f"{plural(len(unchanged) - KNOWN_NAMED, 'more file')} already loaded, nothing changed")
    return lines


def brought_line(loaded: LoadResult) -> str:
    """Return in a line what a load brought: messages, what is none, and rejected lines."""
    kinds: dict[tuple[str, str], list[int]] = {}
    for table in loaded.tables:
        kinds.setdefault((table.into, table.grain if table.into == "tls_report" else ""), []).append(table.rows)
    tables = [
        f"{table_words(into, grain, sum(rows), len(rows))}{' (T)' if into == 'tls_report' else ''}"
        for (into, grain), rows in kinds.items()
        if sum(rows)
    ]
    parts = [f"{plural(loaded.sources, 'file')} loaded", plural(loaded.added.messages, "message"), *tables]
    line = f"{', '.join(parts)}, {plural(loaded.added.rejects, 'line')} rejected"
    if loaded.added.before_retention:
        line += f"; {plural(loaded.added.before_retention, 'message')} before the retention date, not stored"
    return line + ("; own servers of the configuration changed, directions follow" if loaded.has_new_own_servers else "")
