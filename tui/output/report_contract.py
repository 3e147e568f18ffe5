"""The words of the JSON report, version 2, and those that earlier versions had; `tui/help/report.schema.json` is its JSON Schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from tui.domain import RENAMED_STATUSES

SCHEMA_VERSION = 2

_KEYS: Mapping[str, str] = {
    "untold": "not_recorded",
    "floor": "minimum_tls",
    "is_claim": "is_unverified",
    "falls_back": "falls_back_to_clear_text",
}
_WORDS: Mapping[str, Mapping[str, str]] = {
    "status": RENAMED_STATUSES,
    "verdict": {
        "can do better": "newer version seen",
        "never did better": "no newer version seen",
        "seen in clear": "also sent in clear text",
    },
}


def contract_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row with the keys, statuses and verdicts of version 2; new ones are unchanged."""
    return {_KEYS.get(key, key): _word(key, value) for key, value in row.items()}


def _word(key: str, value: Any) -> Any:
    return _WORDS[key].get(value, value) if key in _WORDS and isinstance(value, str) else value


def upgraded(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a report of version 1 in the words and the order of version 2; one of version 2 is returned as it is."""
    if "schema_version" in document:
        return dict(document)
    report: dict[str, Any] = {"schema_version": SCHEMA_VERSION}
    for key, value in document.items():
        if key == "not_counted":
            report[key] = sorted((contract_row(row) for row in value), key=lambda row: (row["direction"], row["status"]))
        elif key == "what_if":
            report[key] = {_KEYS.get(name, name): _part(part) for name, part in value.items()}
        else:
            report["options" if key == "asked" else key] = value
    return report


def _part(part: Any) -> Any:
    """Return the totals or a list of a what-if in the words of version 2."""
    if isinstance(part, list):
        return [contract_row(row) for row in cast("list[dict[str, Any]]", part)]
    return contract_row(cast("dict[str, Any]", part)) if isinstance(part, dict) else part
