"""Hop keys never change: trace files contain them, and a hop in a file that is loaded later is recognised by its key.

`hop_keys.json` has, for each format of the bundled data, the number of messages and of failed sessions,
and a digest of their keys, from version 0.1.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from tests.support.traces import House
from tui.resources import bundled

KEYS = Path(__file__).parent / "hop_keys.json"


def digests(house: House) -> dict[str, list[object]]:
    """Return the number of hop keys of each format and table, and a digest of them in order."""
    found: dict[str, list[object]] = {}
    for table in ("message", "failed_session"):
        rows = house.ask(
            f"SELECT source.format, list(hop.hop_key ORDER BY hop.hop_key) FROM trace.{table} AS hop "
            "INNER JOIN trace.source ON hop.source_id = source.source_id GROUP BY ALL"
        )
        for name, keys in rows:
            found[f"{table} of {name}"] = [len(keys), hashlib.sha256(",".join(map(str, keys)).encode()).hexdigest()[:16]]
    return dict(sorted(found.items()))


def test_hop_keys_are_those_of_version_0_1(house: House) -> None:
    house.load(bundled("sample_data") / "every-format")
    assert digests(house) == json.loads(KEYS.read_text(encoding="utf-8"))
