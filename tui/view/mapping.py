"""Mapping the columns of a file: guessed from their names, chosen by the user, and written as a format file."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tui.errors import UsageError
from tui.store.scans import normalise, quote_name, quote_text
from tui.view.table import Cell, Column, Line
from tui.view.text import cell_width, clip, fit, visible

CONSTANTS = {"direction": ("inbound", "outbound")}


@dataclass(frozen=True)
class Field:
    """A field that a column can be mapped to: its label, the SQL that reads it from `{0}`, and the usual names of such columns."""

    name: str
    label: str
    sql: str
    column: str
    aliases: tuple[str, ...]


def _field(name: str, label: str, column: str, sql: str, aliases: str) -> Field:
    return Field(name, label, sql, column, tuple(aliases.split()))


FIELDS = (
    _field("time", "Time", "time_utc", "locale_time({0}, read_file.day_first)",
           "date_time_utc origin_timestamp_utc time_utc received received_time date datetime date_time timestamp time event_time sent"),
    _field("direction", "Direction", "direction", "direction_of({0})",
           "direction directionality connector_direction maildirection mail_direction dir way flow mailflow mail_flow in_out richtung"),
    _field("tls", "TLS version", "tls", "tls_grade({0}, {1})",
           "tls tls_used tlsused tls_version tlsversion tls_protocol tlsver tls_ver protocol_version ssl_version encryption"),
    _field("cipher", "Cipher", "cipher", "nullif({0}, '')", "cipher tls_cipher tlscipher cipher_suite ciphersuite cphr"),
    _field("connector", "Connector", "connector", "nullif({0}, '')",
           "connector connector_name connector_id inbound_connector outbound_connector route listener policy"),
    _field("type", "Connector type", "connector_type", "connector_type_of({0})", "connector_type connectortype"),
    _field("host", "Peer's host", "peer_host", "nullif({0}, '')",
           "peer_host client_hostname remote_host remotehost relay host hostname client_host server_hostname"),
    _field("ip", "Peer's address", "peer_ip", "address_of(nullif({0}, ''))",
           "peer_ip client_ip original_client_ip fromip from_ip senderip sender_ip remote_ip ip source_ip sourceip"),
    _field("sender", "Sender", "sender", "{0}",
           "sender sender_address senderaddress from mailfrom mail_from sender_from_address p1fromaddress envelope_from"),
    _field("recipients", "Recipients", "recipients", "coalesce(values_of({0}), [])",
           "recipients recipient recipient_address recipientaddress to rcpt rcpt_to rcptto destination"),
    _field("subject", "Subject", "subject", "{0}", "subject message_subject"),
    _field("message id", "Message id", "message_id", "nullif({0}, '')", "message_id messageid internetmessageid internet_message_id msgid"),
    _field("size", "Size in bytes", "size_bytes", "try_cast({0} AS BIGINT)",
           "size size_bytes total_bytes totalbytes messagesize message_size bytes"),
    _field("messages", "Messages", "messages", "coalesce(count_of({0}), 1)", "messages count volume message_count"),
)  # fmt: skip

BY_NAME = {field.name: field for field in FIELDS}
NEEDED = ("time", "direction")
LEFT_OUT = "–"
LABEL_CELLS, COLUMN_CELLS, VALUE_CELLS, CHOICE_CELLS = 15, 26, 20, 60

_DIRECTION = re.compile(r"(.*_)?(mail|flow)?(direction|way|dir|richtung)(_.*)?")
_LOOKS = {
    "tls": re.compile(r"(sp_prot_)?(tls|ssl)[ _v]*[\d._]*(_server|_client)?|no tls", re.I),
    "direction": re.compile(
        r"inbound|outbound|incoming|outgoing|originating|received|sent|in|out"
        r"|eingehend|ausgehend|entrante?|sortant|saliente|in entrata|in uscita|inkomend|uitgaand",
        re.I,
    ),
    "time": re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{2,4}[ T,]+\d{1,2}:\d\d.*"),
}


def guessed(columns: Sequence[str], examples: Sequence[Sequence[str]] = ()) -> dict[str, str]:
    """Return for each field the column with a matching name, or with values that look like it, as the file spells it."""
    nameable = usable(columns)
    known = {normalise(column): column for column in nameable}
    found: dict[str, str] = {}
    for field in FIELDS:
        alias = next((alias for alias in field.aliases if alias in known), None)
        if alias is not None and known[alias] not in found.values():
            found[field.name] = known[alias]
    for column, values in zip(columns, examples, strict=False):
        fits = [name for name, look in _LOOKS.items() if any(look.fullmatch(value.strip()) for value in values)]
        if fits and fits[0] not in found and column in nameable and column not in found.values():
            found[fits[0]] = column
    if "direction" not in found:
        named = next((known[name] for name in known if _DIRECTION.fullmatch(name) and known[name] not in found.values()), None)
        found |= {} if named is None else {"direction": named}
    return {name: found[name] for name in BY_NAME if name in found}


def usable(columns: Sequence[str]) -> list[str]:
    """Return the columns that a format can name, each name once: by its letters a-z and digits."""
    return list({normalise(column): column for column in reversed(columns) if normalise(column)}.values())[::-1]


def choices_of(field: Field, columns: Sequence[str], examples: Sequence[Sequence[str]]) -> list[tuple[str, str]]:
    """Return the choices for a field, each as label and value: none, a constant for all rows, or one of the columns."""
    values_of = dict(zip(columns, examples, strict=True))
    choices = [("(none)", "")]
    choices += [(f"{constant}: all rows of the file", constant) for constant in CONSTANTS.get(field.name, ())]
    width = min(30, max((cell_width(visible(column)) for column in columns), default=0))
    for column in usable(columns):
        words = f"{fit(visible(column), width)}  {_first_values(values_of[column], VALUE_CELLS)}"
        choices.append((clip(words.rstrip(), CHOICE_CELLS), column))
    return choices


def field_columns(width: int) -> list[Column]:
    """Return the columns of the list of fields; the examples take what is left."""
    room = max(10, width - LABEL_CELLS - COLUMN_CELLS - 3)
    return [Column("field", "What", LABEL_CELLS), Column("column", "Column", COLUMN_CELLS), Column("rows", "First rows", room)]


def field_lines(mapping: Mapping[str, str], columns: Sequence[str], examples: Sequence[Sequence[str]]) -> list[Line]:
    """Return a line per field: its column, and the values in the first rows."""
    values_of = dict(zip(columns, examples, strict=True))
    lines: list[Line] = []
    for field in FIELDS:
        column = mapping.get(field.name, "")
        lacks = "required" if field.name in NEEDED else LEFT_OUT
        shown = Cell(clip(visible(column), COLUMN_CELLS)) if column else Cell(lacks, "warn" if field.name in NEEDED else "dim")
        values = "all rows" if column in CONSTANTS.get(field.name, ()) else _first_values(values_of.get(column, ()), VALUE_CELLS)
        lines.append(Line("row", (Cell(field.label), shown, Cell(values, "dim")), field.name))
    return lines


def lacking(mapping: Mapping[str, str]) -> str:
    """Return what a mapping still lacks, as text; empty when complete."""
    if "time" not in mapping:
        return "Time is required: choose its column."
    if "direction" not in mapping:
        return "Direction is required: a column, or inbound or outbound for all rows."
    return ""


def _first_values(values: Sequence[str], width: int) -> str:
    return " | ".join(clip(visible(value), width) for value in values if value)


def mapping_text(label: str, columns: Sequence[str], examples: Sequence[Sequence[str]]) -> str:
    """Return the columns of a file with first values and guessed fields, and the command that maps them."""
    guesses = guessed(columns, examples)
    of_column = {column: name for name, column in guesses.items()}
    width = min(30, max(len(column) for column in columns))
    lines = [f"{visible(label)}: {len(columns)} columns", f"{fit('Column', width)}  {fit('May be', 15)}  First rows"]
    for column, values in zip(columns, examples, strict=True):
        shown = _first_values(values, 24)
        lines.append(f"{fit(clip(visible(column), width), width)}  {fit(of_column.get(column, ''), 15)}  {shown}".rstrip())
    pairs = " ".join(shlex.quote(f"{name}={column}") for name, column in guesses.items())
    lines += ["", "Map the columns (others are ignored); files with these columns are then read:"]
    if "direction" not in guesses:
        pairs += " direction=inbound"
        lines += ["No column looks like a direction: use direction=COLUMN, or direction=inbound or direction=outbound for all rows."]
    lines += [f"mailflow map {shlex.quote(visible(label))} {visible(pairs)}", f"Fields: {', '.join(BY_NAME)}"]
    return "\n".join(lines) + "\n"


def checked(mapping: Mapping[str, str], columns: Sequence[str]) -> dict[str, str]:
    """Return a mapping of fields to columns, normalised, or to a constant. Raises UsageError for what cannot be read that way."""
    normalised = {normalise(column) for column in usable(columns)}
    mapped: dict[str, str] = {}
    for name, column in mapping.items():
        if name not in BY_NAME:
            raise UsageError(f"{name}: unknown field; choose {', '.join(BY_NAME)}")
        if column in CONSTANTS.get(name, ()):
            mapped[name] = column
        elif normalise(column) in normalised:
            mapped[name] = normalise(column)
        else:
            raise UsageError(f"{name}={column}: the file has no such column; it has {', '.join(columns)}")
    for needed in NEEDED:
        if needed not in mapped:
            hint = "; a file of one direction: direction=inbound or direction=outbound" if needed == "direction" else ""
            raise UsageError(f"the {needed} column is required: {needed}=COLUMN{hint}")
    return mapped


def format_text(name: str, mapped: Mapping[str, str]) -> str:
    """Return a format file for a checked mapping; it recognises files with the mapped columns."""
    used = list(dict.fromkeys(column for field, column in mapped.items() if column not in CONSTANTS.get(field, ())))
    labels = [BY_NAME[field].label for field in mapped]
    missing = [field.label for field in FIELDS if field.name not in mapped]
    rows = ["    raw.source_id", "    raw.line_no"]
    for field in FIELDS:
        if field.name in mapped:
            rows.append(f"    {_sql(field, mapped)} AS {field.column}")
    if "tls" in mapped:
        rows.append(f"    nullif({_value('tls', mapped)}, '') AS tls_raw")
    else:
        rows.append("    'Not recorded' AS tls")
    rows.append(f"    {_peer_domain(mapped)} AS peer_domain")
    rows.append(f"    {quote_text(name)} AS system")
    rows.append(f"    {_hop_key(name, mapped, used)} AS hop_key")
    rows.append(f"    CASE\n        {_problems(mapped)}\n    END AS problem")
    header = [
        f"-- title: {name}",
        "-- help: Columns mapped with mailflow map; edit this file as you like.",
        f"-- provides: {', '.join(labels)}",
        f"-- lacks: {', '.join(missing) or 'nothing'}",
        f"-- recognise: header {' '.join(used)}",
        f"-- recognise: json {' '.join(used)}",
        "-- reader: csv",
        f"-- columns: {', '.join(used)}",
        f"-- locale_dates: {mapped['time']}",
        "-- into: message",
    ]
    body = ",\n".join(rows)
    return "\n".join(header) + f"\nSELECT\n{body}\nFROM raw\nINNER JOIN read_file ON raw.source_id = read_file.source_id\n"


def _problems(mapped: Mapping[str, str]) -> str:
    """Return the reasons for rejecting a row; a direction that is empty or "unknown" is not an error."""
    wrong = [f"WHEN {_sql(BY_NAME['time'], mapped)} IS NULL THEN 'the time cannot be read'"]
    if mapped["direction"] not in CONSTANTS["direction"]:
        word = _value("direction", mapped)
        is_filled = f"lower(trimmed({word})) NOT IN ('', 'unknown')"
        wrong.append(f"WHEN {is_filled} AND direction_of({word}) = 'unknown' THEN 'the direction is neither inbound nor outbound'")
    return "\n        ".join(wrong)


def _value(name: str, mapped: Mapping[str, str]) -> str:
    column = mapped.get(name)
    if column is None:
        return "NULL"
    return quote_text(column) if column in CONSTANTS.get(name, ()) else f"raw.{quote_name(column)}"


def _sql(field: Field, mapped: Mapping[str, str]) -> str:
    return field.sql.format(_value(field.name, mapped), _value("cipher", mapped))


def _peer_domain(mapped: Mapping[str, str]) -> str:
    sender, recipients = _value("sender", mapped), _value("recipients", mapped)
    direction = _sql(BY_NAME["direction"], mapped)
    return f"CASE {direction} WHEN 'inbound' THEN domain_of({sender}) WHEN 'outbound' THEN domain_of(values_of({recipients})[1]) END"


def _hop_key(name: str, mapped: Mapping[str, str], used: Sequence[str]) -> str:
    """Return the key by which a row is the same in two files; without a message id it includes the line."""
    parts = [f"raw.{quote_name(column)}" for column in used]
    if "message id" not in mapped:
        parts += ["raw.source_id", "raw.line_no"]
    return f"md5_number_lower(concat_ws('|', {quote_text(name)}, {', '.join(parts)}))"


def file_name(name: str) -> str:
    """Return the file name of a format: letters, digits and underscores."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") or "mapped"
