"""Sources as text: format, messages, rejected lines, and what was not counted."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from tui.rows import RejectRow, SourceRow
from tui.view.formatting import clock, grouped, plural, span_name
from tui.view.sheet import Sheet, SheetBuilder
from tui.view.table import Cell, Column, Line
from tui.view.text import clip, clip_middle, fit, visible, wrap

SPAN_FROM = 100
NOT_KEPT = "(the text of this row was not stored)"
CHOICE_CELLS = 60
LIST_KEYS = "/ find  e export  : all  ? help"
COLUMNS = (
    ("path", "File", 10),
    ("format", "Format", 22),
    ("messages", "Messages", 9),
    ("rejects", "Rejected", 8),
    ("span", "From – to", 27),
)
FORMAT_FACTS = {"provides": "provides", "lacks": "not in this format", "tls_from": "TLS is recorded in"}


def source_facts(source: SourceRow) -> list[str]:
    """Return the facts that the line of a source has no column for, one text each; often none."""
    facts: list[str] = []
    if source.kept_in and source.table_rows:
        facts.append(table_words(source.kept_in, source.grain, source.table_rows))
    if source.other_count:
        facts.append(f"{plural(source.other_count, 'message')} not counted (rejected, own clients, own servers, …)")
    if source.not_counted:
        facts.append(f"{plural(source.not_counted, 'message')} of daily totals not counted: other files contain the individual messages")
    if source.already_counted:
        facts.append(f"{plural(source.already_counted, 'hop')} already counted, in this or another file")
    if source.note:
        facts.append(visible(source.note))
    return facts


def table_words(into: str, grain: str, rows: int, files: int = 1) -> str:
    """Return as text the rows of files that are not messages; `into` is their table,
    `grain` the unit of their counts: sessions reported by others, or messages in a report by the system itself.
    """
    if into == "connector":
        return f"settings of {plural(rows, 'connector')}"
    if into == "own_domain":
        return plural(rows, "own domain")
    if grain == "message":
        return f"{plural(files, 'transit security table')} of {plural(rows, 'row')}"
    return f"{plural(files, 'file')} of TLS reports by others, {plural(rows, 'row')}"


def list_keys(is_read: bool, has_columns: bool, can_choose: bool) -> str:
    """Return the keys of the Sources list for the line under the cursor: a loaded file, one that can be mapped, or a problem."""
    if is_read:
        return f"Enter details and rejected lines  u read as …  {LIST_KEYS}"
    enter = "Enter map columns" if has_columns else "Enter reason"
    return f"{enter}{'  u read as …' if can_choose else ''}  {LIST_KEYS}"


def with_text(rejects: Sequence[RejectRow], lines: Mapping[int, str]) -> list[RejectRow]:
    """Return rejected lines with their text from `lines` of the file, by number; lines without text get the reason."""
    return [one if one.text else replace(one, text=lines.get(one.line_no or 0) or NOT_KEPT) for one in rejects]


def source_columns(width: int) -> list[Column]:
    """Return the columns of the Sources list for a width; the file name takes what is left."""
    chosen = [column for column in COLUMNS if column[0] != "span" or width >= SPAN_FROM]
    room = max(20, width - 1 - sum(size + 1 for key, _, size in chosen if key != "path"))
    return [
        Column(key, label, room if key == "path" else size, "right" if key in ("messages", "rejects") else "left")
        for key, label, size in chosen
    ]


def common_folder(sources: Sequence[SourceRow]) -> str:
    """Return the folder that contains all sources; empty where there is none."""
    folders = [str(Path(source.path).parent) for source in sources]
    same = os.path.commonpath(folders) if len(set(map(os.path.isabs, folders))) == 1 else ""
    return f"{same}{os.sep}" if same not in ("", ".", os.sep) else ""


def source_line(source: SourceRow, columns: Sequence[Column], folder: str = "", has_years: bool = False) -> Line:
    """Return a line of the Sources list; `folder` is removed from its path. With `has_years` its days include the year."""
    first, last = source.first_utc, source.last_utc
    span = "" if first is None or last is None else f"{clock(first)} – {clock(last)}"
    if has_years and first and last:
        span = span_name(first.date(), last.date())
    path = visible(source.path.removeprefix(folder))
    cells = {
        "path": Cell(clip_middle(path, columns[0].width)),
        "format": Cell(clip(source.format, 22)),
        "messages": Cell(grouped(source.message_count)),
        "rejects": Cell(grouped(source.reject_count) if source.reject_count else "·", "warn" if source.reject_count else "dim"),
        "span": Cell(span),
    }
    return Line("row", tuple(cells[column.key] for column in columns), source.source_id)


def source_text(source: SourceRow) -> str:
    """Return what find looks at in a source."""
    return f"{source.path} {source.format}"


def source_value(source: SourceRow, key: str) -> object:
    """Return what a column of the list is ordered by; None where the source has nothing there."""
    values: dict[str, object] = {
        "path": source.path.lower(),
        "format": source.format,
        "messages": source.message_count,
        "rejects": source.reject_count,
        "span": source.first_utc,
    }
    return values.get(key)


def problem_lines(problems: Sequence[Exception], folder: str, hint: str = "") -> list[Line]:
    """Return the files that could not be used as lines of the list, under a rule; `folder` is removed, a line has the problem as key."""
    if not problems:
        return []
    lines = [Line("row", (Cell(visible(str(problem).removeprefix(folder)), "warn"),), problem) for problem in problems]
    return [Line("rule", (Cell(f"could not be used{hint}", "head"),)), *lines]


def format_choices(formats: Sequence[tuple[str, str]], present: str | None) -> list[tuple[str, str]]:
    """Return formats, each an id with its title, as choices, the present one marked."""
    choices: list[tuple[str, str]] = []
    for name, title in formats:
        mark = "  (current)" if name == present else ""
        choices.append((f"{clip(visible(title), CHOICE_CELLS - len(mark))}{mark}", name))
    return choices


def problem_words(problem: str, labels: Collection[str]) -> str:
    """Return a problem as one line without the folders of the files that it is about, so that the fault itself fits."""
    for folder in sorted({str(Path(label.partition("!")[0]).parent) for label in labels}, key=len, reverse=True):
        problem = problem.replace(f"{folder}{os.sep}", "")
    return visible(problem)


def loaded_words(sources: Sequence[SourceRow], labels: Collection[str]) -> str:
    """Return as text the outcome of files that were loaded again."""
    found = [source for source in sources if source.path in labels]
    messages, rejects = sum(one.message_count for one in found), sum(one.reject_count for one in found)
    if not found:
        return "nothing changed"
    read = f"{Path(found[0].path).name}: read as {found[0].format}" if len(found) == 1 else f"{plural(len(found), 'file')} read"
    return visible(f"{read}, {plural(messages, 'message')}, {plural(rejects, 'line')} rejected · u read as another format")


def source_sheet(
    source: SourceRow, rejects: Sequence[RejectRow], width: int, missing_facts: str = "", tls_is_in: str = "", grep: Sequence[str] = ()
) -> Sheet:
    """Return the details of a source: what its format lacks and which export has it, lines as grep counts them, rejected lines."""
    sheet = SheetBuilder(width)
    sheet.open_box("Source")
    first, last = source.first_utc, source.last_utc
    year = "" if first is None or last is None or first.year == last.year else f" {first.year}"
    span = "" if first is None or last is None else f"{clock(first)}{year} – {clock(last)} {last.year} UTC"
    facts = [
        ("File", visible(source.path)),
        ("Format", source.format),
        ("Detected", visible(source.recognised_by or "")),
        ("Content", f"{grouped(source.size_bytes)} bytes, SHA-256 {source.sha256}"),
        ("Rows", grouped(source.row_count)),
        ("Messages", f"{grouped(source.message_count)} in the flow"),
        *([("Span", span)] if span else []),
        *([("Not recorded", visible(missing_facts))] if missing_facts else []),
        *([("TLS is recorded in", visible(tls_is_in))] if tls_is_in else []),
        ("Loaded", f"{source.loaded_at_utc:%d %b %Y %H:%M} UTC"),
    ]
    for label, text in facts:
        for place, line in enumerate(wrap(text, sheet.inner - 14)):
            sheet.add(Cell(fit(label if place == 0 else "", 14), "dim"), Cell(line))
    for fact in source_facts(source):
        sheet.text(fact)
    sheet.close_box()
    if grep:
        sheet.open_box("Lines that contain a TLS version, as grep counts them")
        for line in grep:
            sheet.text(line)
        sheet.close_box()
    sheet.open_box(f"Rejected lines · {grouped(source.reject_count)}")
    for reject in rejects:
        place = f"line {grouped(reject.line_no)}" if reject.line_no else "a line"
        sheet.text(f"{place}: {visible(reject.reason)}", "warn")
        sheet.add(Cell(f"  {visible(reject.text or NOT_KEPT)}", "dim"))
    if source.reject_count > len(rejects):
        sheet.text(f"the first {grouped(len(rejects))} of {grouped(source.reject_count)}")
    sheet.close_box()
    return sheet.sheet()
