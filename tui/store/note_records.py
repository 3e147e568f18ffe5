"""Notes as JSON lines: in the notes file of a trace file, where each line has its kind, and in the config folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime
from typing import Any, TypeVar, cast

from tui.rows import Acknowledged, Note

KIND_NAMES = {Note: "note", Acknowledged: "acknowledged"}

# Fields that had another name before version 0.2, in notes that were stored then.
_RENAMED_FIELDS = {"quiet_until": "snoozed_until"}

Record = TypeVar("Record", Note, Acknowledged)


def parse_record(line: str) -> Note | Acknowledged | None:
    """Return the note of a line of the notes file; None for one that cannot be read."""
    try:
        raw = json.loads(line)
        if raw["kind"] == KIND_NAMES[Note]:
            return record_of(Note, raw["record"])
        return record_of(Acknowledged, raw["record"]) if raw["kind"] == KIND_NAMES[Acknowledged] else None
    except (ValueError, TypeError, KeyError):
        return None


def record_of(kind: type[Record], raw: Mapping[str, object]) -> Record:
    """Return a note of a kind from the values of a JSON object; raise KeyError, TypeError or ValueError for other values."""
    raw = {_RENAMED_FIELDS.get(name, name): value for name, value in raw.items()}
    values = {field.name: raw[field.name] for field in fields(kind)}
    for name in ("due", "snoozed_until"):
        if isinstance(values.get(name), str):
            values[name] = date.fromisoformat(str(values[name]))
    values["made_at_utc"] = datetime.fromisoformat(str(values["made_at_utc"]))
    return cast("Any", kind)(**values)
