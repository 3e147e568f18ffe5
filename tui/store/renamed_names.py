"""Old names that query files used before version 0.2: header keys, their values, macros, columns and delivery statuses.

A file of the user's own that uses an old name is read as if it had the new one, and the new name is reported with its line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from tui.domain import RENAMED_STATUSES
from tui.store.header_keys import ALLOWED_VALUES, AS_WRITTEN

_KEYS = {
    "tells": "provides",
    "cannot tell": "lacks",
    "tls is in": "tls_from",
    "needs": "required_columns",
    "columns without header": "headerless_columns",
    "wrapped in": "json_path",
    "culture date": "locale_dates",
    "local clock": "naive_timestamps",
    "once": "dedup_key",
    "settle": "resolve",
    "joins": "join_order",
    "tls line": "tls_line",
    "session in line": "session_in_line",
}
_VALUES = {
    ("resolve", "no TLS line"): "infer clear text",
    ("resolve", "deliveries"): "internal deliveries",
    ("join_order", "as written"): AS_WRITTEN,
}
_SUPERSEDED = "steps back"

# Macros and columns that own formats and findings may use.
SQL_NAMES: Mapping[str, str] = {
    "bare": "trimmed",
    "truth_of": "boolean_of",
    "told_at": "text_at",
    "culture_time": "locale_time",
    "is_open_door": "is_default_receive_connector",
    "crosses_edge": "is_edge_direction",
    "has_crossed": "is_transferred",
    "tls_place": "tls_code",
    "crossed": "edge_flow",
    "crossed_messages": "edge_messages",
    "told_type": "recorded_type",
    "told_forced": "recorded_forced",
    "settled_message": "matched_message",
    "settled_peer_day": "matched_peer_day",
}

_SQL_NAME = re.compile(rf"(?<![\w$])(?:{'|'.join(SQL_NAMES)})(?!\w)")
_STATUS = re.compile(rf"'({'|'.join(RENAMED_STATUSES)})'")
# Where a row gets a status or is compared with one; the same word elsewhere may be one that a file contains.
_BEFORE_STATUS = re.compile(r"\b(?:THEN|ELSE|status\s*(?:=|<>|!=)|status\s+(?:NOT\s+)?IN\s*\([\s,]*)$", re.I)
_AFTER_STATUS = re.compile(r'\s+AS\s+"?status\b', re.I)


def renamed_header(key: str, value: str) -> list[tuple[str, str]]:
    """Return the lines that an old key and its value are now, as pairs; empty for a key that was not renamed."""
    new = _KEYS.get(key)
    if new is None:
        return []
    if new not in ALLOWED_VALUES:
        return [(new, value)]
    values = [_VALUES.get((new, one), one) for one in (item.strip() for item in value.split(","))]
    if _SUPERSEDED not in values:
        return [(new, ", ".join(values))]
    rest = [one for one in values if one != _SUPERSEDED]
    superseded = ("superseded_by", "logs, reports" if "direction by domain" in rest else "logs")
    return [*([(new, ", ".join(rest))] if rest else []), superseded]


def renamed_sql(sql: str, code: str) -> tuple[str, list[tuple[int, str, str]]]:
    """Return a statement with today's names, and each old name that it uses: its offset, what it is, and the new name.

    `code` is the statement with its strings and comments blanked out.
    """
    found = [(one.start(), one[0], SQL_NAMES[one[0]]) for one in _SQL_NAME.finditer(code)]
    for one in _STATUS.finditer(sql):
        is_literal = not code[one.start() : one.end()].strip()
        if is_literal and (_BEFORE_STATUS.search(code[: one.start()].rstrip()) or _AFTER_STATUS.match(code, one.end())):
            found.append((one.start(), one[0], f"'{RENAMED_STATUSES[one[1]]}'"))
    found.sort()
    for start, old, new in reversed(found):
        sql = sql[:start] + new + sql[start + len(old) :]
    return sql, found
