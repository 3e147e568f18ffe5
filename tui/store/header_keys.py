"""The keys that the header of a query file may have, and the names that some of them had before.

A file of the user's own that has an old name is read, and the new name is reported with its line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

KNOWN_KEYS = frozenset(
    [
        *("title", "help", "params", "result"),
        *("severity", "advice", "tls", "limit", "direction", "finding"),
        *("provides", "lacks", "tls_from", "recognise", "required_columns", "reader", "columns", "headerless_columns", "json_path"),
        *("locale_dates", "naive_timestamps", "system", "grain", "into", "stage", "pending", "failures", "join_order", "dedup_key"),
        *(
            "detail",
            "resolve",
            "superseded_by",
            "shows_clear_text",
            "connectors_from_settings",
            "hosted_service",
            "row_limit",
            "tls_line",
            "session_in_line",
        ),
    ]
)

RESOLVE = ("infer clear text", "direction by domain", "own addresses", "earliest receipt", "recorded receipt first", "internal deliveries")
SUPERSEDED_BY = ("logs", "reports", "logs by session")
YES_NO = ("yes", "no")
AS_WRITTEN = "as_written"

# Keys that have one value: a second one would mean nothing.
SINGLE = ("shows_clear_text", "connectors_from_settings", "hosted_service", "grain", "join_order", "row_limit", "detail", "json_path")
PATTERNS = ("naive_timestamps", "tls_line", "session_in_line")

# The values that a key of a format may have.
ALLOWED_VALUES: Mapping[str, Sequence[str]] = {
    "resolve": RESOLVE,
    "superseded_by": SUPERSEDED_BY,
    "shows_clear_text": YES_NO,
    "connectors_from_settings": YES_NO,
    "hosted_service": YES_NO,
    "grain": ("message", "day", "session"),
    "join_order": (AS_WRITTEN,),
}

ROW_LIMIT = re.compile(r"\d+(, \d+)* (rows|messages)")

_RENAMED_KEYS = {
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
_RENAMED_VALUES = {
    ("resolve", "no TLS line"): "infer clear text",
    ("resolve", "deliveries"): "internal deliveries",
    ("join_order", "as written"): AS_WRITTEN,
}


def renamed(key: str, value: str) -> list[tuple[str, str]]:
    """Return the lines that an old key and its value are now, as pairs; empty for a key that was not renamed."""
    new = _RENAMED_KEYS.get(key)
    if new is None:
        return []
    if new not in ALLOWED_VALUES:
        return [(new, value)]
    values = [_RENAMED_VALUES.get((new, one), one) for one in (item.strip() for item in value.split(","))]
    if "steps back" not in values:
        return [(new, ", ".join(values))]
    rest = [one for one in values if one != "steps back"]
    superseded = ("superseded_by", "logs, reports" if "direction by domain" in rest else "logs")
    return [*([(new, ", ".join(rest))] if rest else []), superseded]
