"""What a correct program must answer about a world: counted from the true hops, never read from the written files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from sample_data.generator.hops import (
    ALL_FORMATS,
    CARD_DIRECTIONS,
    CROSSED,
    EAC,
    EXO,
    NOT_RECORDED,
    RECEIVE,
    SEND,
    SETTINGS,
    TLS_ORDER,
    Hop,
    to_utc,
)
from sample_data.generator.writers.registry import WRITERS

if TYPE_CHECKING:
    from sample_data.generator.smtp_session import Session
    from sample_data.generator.world import World

_COVERS = {RECEIVE: {"inbound"}, SEND: {"outbound"}, EXO: {"inbound", "outbound"}, EAC: {"inbound", "outbound"}}
_HINDERED = ("rejected", "deferred", "bounced", "incomplete")


def boolean_of(
    world: World,
    *,
    formats: Collection[str] | None = None,
    first_day: date | None = None,
    last_day: date | None = None,
) -> dict[str, Any]:
    """Return like `report --format json`: flow, connectors by day, the counts that are in no card, and the sessions that failed.

    `formats` are the formats that are loaded (default: all of the world); connector settings known only when
    `connector_settings` is among them. `first_day` and `last_day` are whole UTC days, both included.
    """
    chosen = {*ALL_FORMATS, *WRITERS} if formats is None else set(formats)
    if unknown := chosen - set(ALL_FORMATS) - set(WRITERS):
        raise ValueError(f"unknown formats: {', '.join(sorted(unknown))}")
    covers = _COVERS | {name: set(writer.directions) for name, writer in WRITERS.items()}
    covered = {direction for name in chosen & set(world.formats) & set(covers) for direction in covers[name]}
    hops = [
        hop
        for hop in world.hops
        if hop.format in chosen and (first_day is None or hop.day >= first_day) and (last_day is None or hop.day <= last_day)
    ]
    counted = [hop for hop in hops if hop.is_counted]
    settings = world.settings if SETTINGS in chosen else ()
    known: dict[tuple[str, str | None], tuple[str, bool]] = {(one.direction, one.name): (one.type, one.forced_tls) for one in settings}
    return {
        "flow": {
            direction: _summary(hop for hop in counted if hop.direction == direction)
            for direction in CARD_DIRECTIONS
            if direction in covered
        },
        "connectors": _connectors(counted, known),
        "counts": _counts(hops),
        "failed_sessions": _failed(
            session
            for session in world.sessions
            if (RECEIVE if session.kind == "receive" else SEND) in chosen
            and (first_day is None or to_utc(session.start_ms).date() >= first_day)
            and (last_day is None or to_utc(session.start_ms).date() <= last_day)
        ),
    }


def _summary(hops: Iterable[Hop]) -> dict[str, Any]:
    """Messages by TLS (worst first, none that is 0), those whose TLS is recorded, and whether any is an estimate."""
    tls: dict[str, int] = {}
    is_estimate = False
    for hop in hops:
        tls[hop.tls] = tls.get(hop.tls, 0) + hop.messages
        is_estimate = is_estimate or hop.is_estimate
    messages = sum(tls.values())
    return {
        "messages": messages,
        "recorded": messages - tls.get(NOT_RECORDED, 0),
        "tls": {name: tls[name] for name in TLS_ORDER if tls.get(name)},
        "is_estimate": is_estimate,
    }


def _connectors(counted: Iterable[Hop], known: Mapping[tuple[str, str | None], tuple[str, bool]]) -> list[dict[str, Any]]:
    groups: dict[tuple[str, str, str | None], list[Hop]] = {}
    for hop in counted:
        groups.setdefault((hop.day.isoformat(), hop.direction, hop.connector), []).append(hop)
    rows: list[dict[str, Any]] = []
    for key in sorted(groups, key=lambda key: (key[0], key[1], key[2] is None, key[2] or "")):
        day, direction, connector = key
        hops = groups[key]
        own_type = next((hop.connector_type for hop in hops if hop.connector_type), None)
        own_forced = next((hop.forced_tls for hop in hops if hop.forced_tls is not None), None)
        kind, forced = known.get((direction, connector), (own_type, own_forced))
        rows.append(
            {
                "date": day,
                "direction": direction,
                "connector": connector,
                "connector_type": kind,
                "forced_tls": forced,
                **_summary(hops),
            }
        )
    return rows


def _counts(hops: Iterable[Hop]) -> dict[str, int]:
    counts: dict[str, int] = dict.fromkeys(("submission", "internal", *_HINDERED), 0)
    for hop in hops:
        if hop.direction in ("submission", "internal"):
            if hop.status in CROSSED:
                counts[hop.direction] += hop.messages
        elif hop.status in _HINDERED:
            counts[hop.status] += hop.messages
    return counts


def _failed(sessions: Iterable[Session]) -> list[dict[str, Any]]:
    """Sessions whose handshake failed or that brought no mail, by direction, connector, kind and error."""
    found = Counter((session.direction, session.connector_name, *session.failure) for session in sessions if session.failure is not None)
    names = ("direction", "connector", "kind", "error", "sessions")
    return [dict(zip(names, (*key, found[key]), strict=True)) for key in sorted(found)]


def estimate_counts(percents: Mapping[str, int], volume: int) -> dict[str, int]:
    """Return the counts of a row that has only percentages of its Volume, by largest remainder.

    Percentages that sum to 99, 100 or 101 are rounded ones: the whole Volume is shared out in their proportion. Where
    more than one point is missing, each quota is percent x Volume, `volume * sum / 100` (half up) messages are given out
    and the rest is Not recorded. Equal
    remainders go to the worse TLS first. Zero counts are left out. Pure integer arithmetic.
    """
    total = sum(percents.values())
    if not total:
        return {NOT_RECORDED: volume} if volume else {}
    shared = volume if total >= 99 else (volume * total + 50) // 100
    floors = {
        name: divmod(percent * (shared if total >= 99 else volume), total if total >= 99 else 100) for name, percent in percents.items()
    }
    counts = {name: minimum_tls for name, (minimum_tls, _) in floors.items()}
    left = shared - sum(counts.values())
    ranked = sorted(percents, key=lambda name: (-floors[name][1], TLS_ORDER.index(name)))
    for name in ranked[:left]:
        counts[name] += 1
    counts[NOT_RECORDED] = counts.get(NOT_RECORDED, 0) + volume - shared
    return {name: counts[name] for name in TLS_ORDER if counts.get(name)}
