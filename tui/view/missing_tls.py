"""The exports that record the TLS version where the loaded files do not."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from tui.rows import DirectionCoverage, SourceRow
from tui.view.flow import Flow
from tui.view.formatting import grouped
from tui.view.text import visible


def missing_tls_text(flows: Collection[Flow], cover: Sequence[DirectionCoverage], sources: Sequence[SourceRow]) -> str:
    """Return how many messages of the flow have no TLS record, and which export has it; empty without either.

    The systems are known from the coverage of the whole file, so no query is needed.
    """
    silent = [flow for flow in flows if flow.tls.get("Not recorded")]
    count = sum(flow.tls["Not recorded"] for flow in silent)
    unsure = {one.system for one in cover if one.messages > one.recorded}
    places: dict[str, list[str]] = {}
    for source in sorted(sources, key=lambda source: source.format):
        system, place = source.system, source.tls_from
        if source.message_count and system in unsure and place and place not in places.setdefault(system, []):
            places[system].append(place)
    if not count or not any(places.values()):
        return ""
    exports = "; ".join(f"{visible(system)}: TLS is in {' or '.join(found)}" for system, found in sorted(places.items()) if found)
    return f"{'~' if any(flow.is_estimate for flow in silent) else ''}{grouped(count)} not recorded ({exports})"
