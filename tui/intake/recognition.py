"""Detection of a file's format by the rules in the headers of `queries/formats/*.sql`."""

from __future__ import annotations

import csv
import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tui.errors import Remedy, UnreadableError, UnrecognisedError, UsageError
from tui.intake.line_forms import LineForm, forms_of, without_forms
from tui.intake.unpacking import Content
from tui.store.query_files import QueryFile
from tui.store.scans import Reader, normalise

LINES_LOOKED_AT = 60
SAMPLE_BYTES = 64 << 10
SAMPLE_OVERLAP = 4 << 10  # so that a line that two parts share is whole in one of them
MAX_SAMPLES = 128
FORCED_FORMAT = "chosen by you (--as)"


@dataclass(frozen=True)
class Recognised:
    """A file and its format.

    `names` are the file's columns in order, normalised except for tables and JSON; `skip` is the number of lines before its first row;
    `reason` describes how it was recognised; `is_forced_format` is true if the user forced the format. `forms` are those of the lines of a
    log, which are removed when it is read.
    """

    content: Content
    format: QueryFile
    reader: Reader
    names: tuple[str, ...]
    delimiter: str
    skip: int
    reason: str
    is_forced_format: bool = False
    forms: tuple[LineForm, ...] = ()

    @property
    def format_id(self) -> str:
        """The id of the format, the name of its file."""
        return self.format.path.stem


@dataclass(frozen=True)
class Header:
    """The columns of a file in order, normalised except for tables and JSON, and how its rows are read; `is_even` is true if its
    first row has columns too, or if it has no row.
    """

    names: tuple[str, ...]
    reader: Reader
    delimiter: str = ","
    skip: int = 0
    is_even: bool = True


def recognise(content: Content, formats: Sequence[QueryFile], table_columns: Sequence[str] = ()) -> Recognised:
    """Return the format of a file.

    `table_columns` are the columns of a `.duckdb` or `.parquet` file, which is recognised by these alone. Raises
    UnrecognisedError when no format matches the file, and UnreadableError when one matches but a required column is missing.
    """
    if content.encoding == "binary":
        return _by_header(content, formats, header_of(content, table_columns))
    lines = content.head.splitlines()[:LINES_LOOKED_AT]
    if found := _match_in(formats, lines):
        number, query, forms = found
        reason = f"line {number} reads {lines[number - 1].strip()[:60]}"
        if query.one("reader") == "lines":
            return _log(content, query, reason, forms)
        names, delimiter = _fields_line(lines) or (_without_header(query, lines[number - 1 :]), ",")
        _check_needs(content, query, names, _all_columns(query))
        return Recognised(content, query, "csv", names, delimiter, 0, reason)
    try:
        return _by_header(content, formats, header_of(content, table_columns))
    except UnrecognisedError:
        if (log := _log_of(content, formats)) is None:
            raise
        return log


def recognise_as(content: Content, query: QueryFile, table_columns: Sequence[str] = ()) -> Recognised:
    """Return how a file is read in a forced format: only the format's reader matters, and no recognition rule has to match.

    Raises UnreadableError when the format's reader cannot read such a file, or a required column is missing.
    """
    header, title, reader = header_of(content, table_columns), query.one("title"), query.one("reader")
    if reader == "lines":
        if header.reader == "table":
            raise UnreadableError(f"{content.label}: is a table, but {title} is read line by line")
        forms = forms_of(content.head.splitlines()[:LINES_LOOKED_AT])
        return Recognised(content, query, "lines", ("line",), "", 0, FORCED_FORMAT, is_forced_format=True, forms=forms)
    if reader == "json" and header.reader != "json":
        raise UnreadableError(f"{content.label}: is not JSON, as {title} is")
    needs = _nearest_rule(query, header) or _all_columns(query)
    if header.reader == "csv" and not _nearest_rule(query, header):
        lines = content.head.splitlines()[:LINES_LOOKED_AT]
        names, delimiter = _fields_line(lines) or (_counted(content, query, lines), ",")
        header = Header(names, "csv", delimiter)
    if missing := _missing(query, header.names, needs):
        raise UnreadableError(f"{content.label}: has no column {', '.join(missing)}, which {title} needs")
    return Recognised(
        content, query, header.reader, _unique(header.names), header.delimiter, header.skip, FORCED_FORMAT, is_forced_format=True
    )


def format_named(formats: Sequence[QueryFile], name: str) -> QueryFile:
    """Return the format of an id. Raises UsageError with similar ids when there is none."""
    by_id = {query.path.stem: query for query in formats}
    if name in by_id:
        return by_id[name]
    wanted = normalise(name)
    near = difflib.get_close_matches(wanted, by_id, 3) or [one for one in by_id if wanted and (wanted in one or one in wanted)][:3]
    hint = f"did you mean {' or '.join(near)}?" if near else "mailflow formats lists them"
    raise UsageError(f'unknown format "{name}"; {hint}')


def header_of(content: Content, table_columns: Sequence[str] = ()) -> Header:
    """Return the columns of a table, the keys of JSON, or the cells of a text's first line, which may not be columns."""
    if content.encoding == "binary":
        return Header(tuple(table_columns), "table")
    if content.head.lstrip()[:1] in ("{", "["):
        return Header(tuple(dict.fromkeys(re.findall(r'"([^"\\]{1,80})"\s*:', content.head))), "json")
    lines = content.head.splitlines()[:LINES_LOOKED_AT]
    skip, header = header_line(lines)
    delimiter = delimiter_of(header)
    cells = next(csv.reader([header], delimiter=delimiter), list[str]())
    row = next((line for line in lines[skip:] if line.strip()), header)
    return Header(tuple(normalise(name) for name in cells), "csv", delimiter, skip, delimiter in row)


def has_columns(header: Header) -> bool:
    """Return whether a user can map the columns of a file."""
    return len(header.names) > 2 and header.is_even


def _match_in(formats: Sequence[QueryFile], lines: Sequence[str]) -> tuple[int, QueryFile, tuple[LineForm, ...]] | None:
    """Return the number of the first line that a format's rule matches, as it is or without its form, the format, and the forms."""
    found = _first_match(formats, lines)
    if found is not None and found[1].one("reader") != "lines":
        return (*found, ())
    forms = forms_of(lines)
    if found is None and forms:
        found = _first_match(formats, without_forms(lines, forms))
    return None if found is None else (*found, forms)


def _log_of(content: Content, formats: Sequence[QueryFile]) -> Recognised | None:
    """Return how a log is read whose first lines are of other programs: any later line that a format knows decides; None without one.

    A file of up to 8 MB is looked through, of a larger one 128 parts of 64 KB.
    """
    of_lines = [query for query in formats if query.one("reader") == "lines"]
    head = content.head.splitlines()[:LINES_LOOKED_AT]
    for lines in _samples(content):
        if found := _match_in(of_lines, lines):
            number, query, _ = found
            forms = forms_of([*head, *lines])
            return _log(content, query, f"a later line reads {lines[number - 1].strip()[:60]}", forms)
    return None


def _log(content: Content, query: QueryFile, reason: str, forms: tuple[LineForm, ...]) -> Recognised:
    removed = f"; removed: {', '.join(form.name for form in forms)}" if forms else ""
    return Recognised(content, query, "lines", ("line",), "", 0, f"{reason}{removed}", forms=forms)


def _samples(content: Content) -> Iterator[list[str]]:
    """Yield the lines of the parts of a text that are looked through."""
    size, is_wide = content.text.stat().st_size, content.encoding == "utf-16"
    parts = -(-size // SAMPLE_BYTES)
    with content.text.open("rb") as file:
        for part in range(parts) if parts <= MAX_SAMPLES else (parts * number // MAX_SAMPLES for number in range(MAX_SAMPLES)):
            file.seek(part * SAMPLE_BYTES)
            block = file.read(SAMPLE_BYTES + SAMPLE_OVERLAP)
            yield block.decode("utf-16-le" if is_wide else "utf-8", "replace").splitlines()


def _first_match(formats: Sequence[QueryFile], lines: Sequence[str]) -> tuple[int, QueryFile] | None:
    """Return the number of the first line that a format's rule matches, and that format: a header identifies a format better than rows.

    A rule of the kind `first` applies to the first line that is not blank only: for files that begin with a row.
    """
    first = next((number for number, line in enumerate(lines, 1) if line.strip()), 0)
    rules = [
        (re.compile(pattern, re.I), query, kind == "first")
        for query in formats
        for rule in query.header.get("recognise", ())
        for kind, _, pattern in [rule.partition(" ")]
        if kind in ("line", "first")
    ]
    for number, line in enumerate(lines, 1):
        for pattern, query, begins in rules:
            if (not begins or number == first) and pattern.search(line):
                return number, query
    return None


def _without_header(query: QueryFile, lines: Sequence[str]) -> tuple[str, ...]:
    """Return the columns of a file without a header, by the number in its first row: later versions of a log have more columns.

    A row may have several lines.
    """
    count = len(next(csv.reader(f"{line}\n" for line in lines), list[str]()))
    versions = [tuple(name.strip() for name in names.split(",")) for names in query.header.get("headerless_columns", ())]
    return next((names for names in versions if len(names) == count), query.listed("columns"))


def _counted(content: Content, query: QueryFile, lines: Sequence[str]) -> tuple[str, ...]:
    """Return a format's columns for a file without a header. Raises UnreadableError when the file has another number of columns."""
    rows = [number for number, line in enumerate(lines) if line.strip() and not line.startswith("#")]
    body = lines[rows[0] if rows else len(lines) :]
    count = len(next(csv.reader(f"{line}\n" for line in body), list[str]()))
    names = _without_header(query, body)
    if count not in (0, len(names)):
        raise UnreadableError(f"{content.label}: its first row has {count} columns; {query.one('title')} has {len(names)}")
    return names


def _nearest_rule(query: QueryFile, header: Header) -> list[str]:
    """Return the columns of the format's rule that a file matches best, with the file's names; none without such a rule."""
    here = {normalise(name) for name in header.names}
    for kind in ("json", "header") if header.reader == "json" else ("header", "json"):
        rules = [rule.split()[1:] for rule in query.header.get("recognise", ()) if rule.startswith(f"{kind} ")]
        if rules:
            words = min(rules, key=lambda words: sum(_is_missing(word, here) for word in words))
            return [next((name for name in map(normalise, word.split("|")) if name in here), word) for word in words]
    return []


def _by_header(content: Content, formats: Sequence[QueryFile], header: Header) -> Recognised:
    names, reader = header.names, header.reader
    here = {normalise(name) for name in names}
    best: tuple[int, QueryFile] | None = None
    for query in formats:
        for rule in query.header.get("recognise", ()):
            kind, _, wanted = rule.partition(" ")
            words = wanted.split()  # each may be several, of which one must be there: sender|from
            fits = kind == ("json" if reader == "json" else "header") and all(not _is_missing(word, here) for word in words)
            if fits and (best is None or len(words) > best[0]):
                best = (len(words), query)
    if best is None:
        remedy = Remedy.MAP_OR_FORCE_FORMAT if has_columns(header) else Remedy.FORCE_FORMAT
        raise UnrecognisedError(f"{content.label}: unknown format{_nearest(formats, here)}", remedy, content.label)
    _check_needs(content, best[1], names, [])
    reason = f"its columns are {', '.join(names[:4])}, …"
    return Recognised(content, best[1], reader, _unique(names), header.delimiter, header.skip, reason)


def _is_missing(word: str, here: set[str]) -> bool:
    """Return whether none of the columns that a word of a rule names is there; upper case and other characters do not matter."""
    return here.isdisjoint(normalise(name) for name in word.split("|"))


def _nearest(formats: Sequence[QueryFile], here: set[str]) -> str:
    """Return a hint with the format that shares most columns with the file, and the columns that the file lacks."""
    ranked: list[tuple[int, QueryFile, list[str]]] = [
        (sum(not _is_missing(word, here) for word in words), query, [word for word in words if _is_missing(word, here)])
        for query in formats
        for rule in query.header.get("recognise", ())
        if (words := rule.split()[1:]) and rule.startswith("header")
    ]
    # A few common words, such as sender and status, are in many files.
    ranked = [item for item in ranked if item[0] >= 2 * len(item[2]) and item[0] > 1]
    if not ranked:
        return ""
    _, query, missing = max(ranked, key=lambda item: (item[0], -len(item[2]), len(here.intersection(item[1].listed("columns")))))
    return f"; for {query.one('title')} the columns {', '.join(missing)} are missing"


def _check_needs(content: Content, query: QueryFile, names: Sequence[str], needs: Sequence[str]) -> None:
    if missing := _missing(query, names, needs):
        raise UnreadableError(f"{content.label}: looks like {query.one('title')}, but has no column {', '.join(missing)}")


def _missing(query: QueryFile, names: Sequence[str], needs: Sequence[str]) -> list[str]:
    here = {normalise(name) for name in names}
    return [name for name in (query.listed("required_columns") or needs) if name not in here]


def _all_columns(query: QueryFile) -> list[str]:
    """Return the columns of a format whose rows have all of them, except `context`, which some versions write only where it has a value."""
    return [column for column in query.listed("columns") if column != "context"]


def _fields_line(lines: Sequence[str]) -> tuple[tuple[str, ...], str] | None:
    for line in lines:
        if line.lower().startswith("#fields:"):
            text = line.partition(":")[2]
            delimiter = delimiter_of(text)
            return tuple(normalise(name) for name in text.split(delimiter)), delimiter
    return None


def delimiter_of(line: str) -> str:
    """Return the delimiter of a header line: comma, semicolon or TAB, whichever occurs most often."""
    return max(",;\t", key=line.count)


def header_line(lines: Sequence[str]) -> tuple[int, str]:
    """Return the number of lines before the first row, and the header line: `#TYPE` and `sep=` may come first."""
    for number, line in enumerate(lines, 1):
        if line.strip() and not line.startswith("#") and not re.match(r"sep=.$", line.strip('"'), re.I):
            return number, line
    return 0, ""


def _unique(names: Sequence[str]) -> tuple[str, ...]:
    """Return names of columns that are all different and not empty: a header may repeat or omit a name, or have no Latin letter in it."""
    taken = {name for name in names if name}
    unique: list[str] = []
    for number, name in enumerate(names, 1):
        wanted = name or f"column_{number}"
        copy = 1
        while wanted in unique or (wanted in taken and wanted != name):
            copy += 1
            wanted = f"{name or f'column_{number}'}_{copy}"
        unique.append(wanted)
    return tuple(unique)
