"""Log lines out of the records that log servers and collectors export: CSV or JSON with the line, or its text, in a field.

Known are exports of Splunk, Elastic and Filebeat, Graylog, Sentinel and Azure, CloudWatch, Loki, fluent-bit and mailcow. A record
becomes a line `STAMP HOST PROGRAM[PID]: text`; records that are newest first are reversed.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import chain, islice
from pathlib import Path
from typing import Any, cast

from tui.errors import UnreadableError
from tui.intake.envelopes import NO_HOST, PROGRAM_TAG, Part, as_log_line, object_of

NOTE = "lines taken out of the records of a log server's export"
LEAST_SAMPLE = 20
ORDER_SAMPLE = 2_000
MAX_DOCUMENT_BYTES = 256 << 20

_TEXT = (
    "_raw", "event.original", "full_message", "message", "msg", "syslogmessage", "@message", "rawdata", "log", "line", "content", "log_s",
)  # fmt: skip
_TIME = (
    "_time", "@timestamp", "timegenerated [utc]", "timegenerated", "eventtime", "timestamp", "time", "date", "datetime", "date/time", "ts",
)  # fmt: skip
_HOST = ("host.hostname", "host.name", "hostname", "host", "computer", "source", "gl2_source", "syslog_hostname", "log source")
_PROGRAM = (
    "process.name", "processname", "program", "application_name", "appname", "app_name", "ident", "programname", "syslog_identifier",
    "log.syslog.appname", "tag", "category",
)  # fmt: skip
_PID = ("process.pid", "processid", "process_id", "procid", "pid", "syslog_pid", "log.syslog.procid")
_WRAPPERS = ("result", "_source", "fields", "_source.fields", "jsonpayload")

_STAMPED = re.compile(r"(?:<\d{1,3}>)?(?:1 )?(?:[A-Z][a-z]{2} [ \d]\d |\d{4}-\d\d-\d\d[T ]\d\d:\d\d|\d{4} [A-Z][a-z]{2} )")
_LIST_OF_OBJECTS = re.compile(r"\[\s*\{")
_LOKI = re.compile(r'"values"\s*:\s*\[\s*\[\s*"\d{19}"')
_PROGRAM_WITH_PID = re.compile(r"(.+?)\[(\d+)\]:?")
_CLOCKS = (
    "%m/%d/%Y, %I:%M:%S.%f %p", "%m/%d/%Y, %I:%M:%S %p", "%b %d, %Y @ %H:%M:%S.%f", "%Y/%m/%d %H:%M:%S", "%d/%b/%Y:%H:%M:%S %z",
)  # fmt: skip

Record = Mapping[str, str]


def export_of(path: Path, encoding: str, head: str) -> bool:
    """Return whether a text is an export of log records: most of the first ones have a log line, or a program and its text.

    Of a JSON document only the beginning is parsed, because most documents are of another kind.
    """
    start = _without_mark(head)
    header = re.split(r"[,;\t]", start[:4096].partition("\n")[0].strip().lower())
    if not _is_json(start) and not any(word.strip('" ') in _TEXT for word in header):
        return False
    try:
        if _is_document(start) and not _LOKI.search(start):
            first = [_flat(item) for item in islice(_first_objects(start), LEAST_SAMPLE)]
        else:
            first = list(islice(_records(path, encoding, head), LEAST_SAMPLE))
    except (OSError, ValueError, csv.Error, RecursionError):
        return False
    return bool(first) and 2 * sum(_has_line(record) for record in first) > len(first)


def _without_mark(head: str) -> str:
    return head.lstrip("\ufeff \t\r\n")


def _is_json(start: str) -> bool:
    return start.startswith(("{", "["))


def _first_objects(start: str) -> Iterator[object]:
    """Yield the objects of the first list in the beginning of a document, as far as they are whole."""
    found = _LIST_OF_OBJECTS.search(start)
    at, decoder = (found.end() - 1 if found else len(start)), json.JSONDecoder()
    while at < len(start):
        try:
            item, end = decoder.raw_decode(start, at)
        except ValueError:
            return
        yield item
        at = start.find("{", end)
        if at < 0 or start[end:at].strip() != ",":
            return


def write_log_lines(label: str, path: Path, encoding: str, head: str, target: Path) -> None:
    """Write the lines of an export, oldest first; a record without a line becomes an empty line.

    Whether records are newest first is seen from the first ones; only then are all lines kept in memory, to be reversed. Raises
    UnreadableError for a JSON document that is damaged or too large, and for a CSV cell that is too long.
    """
    dated = ((record, _stamp_of(record)) for record in _records(path, encoding, head))
    try:
        if _is_document(_without_mark(head)) and path.stat().st_size > MAX_DOCUMENT_BYTES:
            raise UnreadableError(f"{label}: is one JSON document of more than {MAX_DOCUMENT_BYTES >> 20} MB; export one object per line")
        first = list(islice(dated, ORDER_SAMPLE))
        stamps = [stamp for _, stamp in first if stamp]
        lines = (_line_of(record, stamp) for record, stamp in chain(first, dated))
        is_reversed = bool(stamps) and stamps[0] > stamps[-1]
        with target.open("w", encoding="utf-8", errors="replace", newline="\n") as sink:
            sink.writelines(f"{line}\n" for line in (list(lines)[::-1] if is_reversed else lines))
    except (ValueError, csv.Error, RecursionError) as problem:
        raise UnreadableError(f"{label}: is damaged: its records cannot be separated; export it again") from problem


def _has_line(record: Record) -> bool:
    text = _field(record, _TEXT)
    return bool(text) and bool(_STAMPED.match(text) or (_stamp_of(record) and (PROGRAM_TAG.match(text) or _field(record, _PROGRAM))))


def _field(record: Record, names: Sequence[str]) -> str:
    return next((record[name] for name in names if record.get(name)), "")


def _line_of(record: Record, stamp: str) -> str:
    text = " ".join(_field(record, _TEXT).splitlines())
    if not stamp:
        return text
    if not _STAMPED.match(text) and not PROGRAM_TAG.match(text):
        program, pid = _field(record, _PROGRAM).rstrip(":"), _field(record, _PID)
        if found := _PROGRAM_WITH_PID.fullmatch(program):
            program, pid = found[1], found[2]
        text = f"{program}[{pid.partition('.')[0] or '0'}]: {text}" if program else text
    return as_log_line(Part(stamp, text, "".join(_field(record, _HOST).split()) or NO_HOST), text)


def _stamp_of(record: Record) -> str:
    """Return the time of a record as ISO 8601 with its offset, UTC where it has none; empty if it has no known form."""
    text = _field(record, _TIME).strip()
    if re.fullmatch(r"\d{9,10}(\.\d+)?|\d{12,13}|\d{15,16}|\d{18,19}", text):
        whole, _, fraction = text.partition(".")
        digits = len(whole) if len(whole) < 11 else 10
        return _written(datetime.fromtimestamp(float(f"{whole[:digits]}.{whole[digits:] or fraction or 0}"), UTC))
    text = re.sub(r" ?(?:UTC|GMT)$", "+00:00", text)
    try:
        return _written(datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text)))
    except ValueError:
        pass
    for clock in _CLOCKS:
        try:
            return _written(datetime.strptime(text, clock))
        except ValueError:
            continue
    return ""


def _written(moment: datetime) -> str:
    utc = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond:06d}Z"


def _records(path: Path, encoding: str, head: str) -> Iterator[Record]:
    """Yield the records of a CSV or JSON text, with their fields in lower case and nested keys joined by a point."""
    start = _without_mark(head)
    with path.open(encoding="utf-16-le" if encoding == "utf-16" else "utf-8-sig", errors="replace", newline="") as file:
        if not _is_json(start):
            yield from _csv_records(file, start)
        elif _is_document(start):
            yield from map(_flat, _objects(json.load(file)))
        else:
            yield from (_flat(object_of(line)) for line in file if line.strip())


def _csv_records(file: Any, start: str) -> Iterator[Record]:
    header = start.partition("\n")[0]
    delimiter = max(",;\t", key=header.count)
    rows = csv.reader(file, delimiter=delimiter)
    names = [name.strip().lstrip("\ufeff").lower() for name in next(rows, list[str]())]
    if not set(names).intersection(_TEXT) or len(names) < 2:
        return
    for row in rows:
        yield dict(zip(names, row, strict=False))


def _is_document(start: str) -> bool:
    """Return whether a JSON text is one document rather than an object per line; a single line may be either."""
    first, _, rest = start.partition("\n")
    item = object_of(first)
    return _is_json(start) and not (item and (rest.lstrip().startswith("{") or _field(_flat(item), _TEXT)))


def _objects(document: object) -> Iterator[object]:
    """Yield the records of a document: the items of its list, of the first list of objects within it, or of Loki's streams."""
    if isinstance(document, list):
        for item in cast("list[object]", document):
            streams = cast("dict[str, object]", item) if isinstance(item, dict) else {}
            values = streams.get("values")
            if isinstance(values, list) and isinstance(streams.get("stream"), dict):
                for pair in cast("list[list[object]]", values):
                    yield {**cast("dict[str, object]", streams["stream"]), "time": str(pair[0]), "line": pair[1]}
            else:
                yield item
    elif isinstance(document, dict):
        for value in cast("dict[str, object]", document).values():
            if (isinstance(value, list) and value and isinstance(value[0], dict)) or isinstance(value, dict):
                yield from _objects(cast("object", value))


def _flat(item: object) -> Record:
    flat: dict[str, str] = {}

    def add(value: object, name: str) -> None:
        if isinstance(value, dict):
            for key, inner in cast("dict[str, object]", value).items():
                add(inner, f"{name}.{key.lower()}" if name and name not in _WRAPPERS else key.lower())
        elif isinstance(value, list):
            if value:
                add(cast("list[object]", value)[0], name)
        elif value is not None:
            flat.setdefault(name, str(value))

    add(item, "")
    return flat
