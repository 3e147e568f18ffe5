"""A world: everything that happened, from which both the files and the truth about them come."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from sample_data.generator.eac_export import EacRow, hops_of_row, plan_eac, write_eac
from sample_data.generator.exo_plan import ExoPlan, TraceMessage, hops_of_message
from sample_data.generator.exo_report import write_exo
from sample_data.generator.hops import ALL_FORMATS, DAY_MS, EAC, EXO, RECEIVE, SEND, SETTINGS, TRACE_FORMATS, Hop
from sample_data.generator.hub_plan import hub_sessions, proxy_sessions, server_talk
from sample_data.generator.mail_plan import Mail, plan_mails
from sample_data.generator.receive_plan import ReceivePlan
from sample_data.generator.rhythm import Rhythm
from sample_data.generator.send_plan import SendPlan
from sample_data.generator.settings import SETTINGS as KNOWN_SETTINGS
from sample_data.generator.settings import ConnectorSetting, write_settings
from sample_data.generator.smtp_log import write_logs
from sample_data.generator.smtp_mails import Ids
from sample_data.generator.smtp_session import Session, hops_of_session
from sample_data.generator.writers.registry import WRITERS

DEFAULT_LAST = datetime(2026, 11, 15, 9, 12, 4, tzinfo=UTC)
_SHARES = {RECEIVE: 0.27, SEND: 0.19, EXO: 0.28, EAC: 0.26}
_FOLDERS = {
    "frontend": "exchange-server/frontend",
    "hub": "exchange-server/hub",
    "send": "exchange-server/send",
    "proxy": "exchange-server/frontend",
}
_UNPACKED_DAYS = 1


@dataclass(slots=True)
class World:
    """What happened. `hops` is the truth, in time order within each format; the files are written from the rest."""

    seed: int
    last_ms: int
    formats: frozenset[str]
    sessions: list[Session] = field(default_factory=list[Session])
    trace: list[TraceMessage] = field(default_factory=list[TraceMessage])
    aggregates: list[EacRow] = field(default_factory=list[EacRow])
    mails: dict[str, list[Mail]] = field(default_factory=dict[str, list[Mail]])
    settings: tuple[ConnectorSetting, ...] = KNOWN_SETTINGS
    hops: list[Hop] = field(default_factory=list[Hop])


def build_world(
    messages: int,
    seed: int,
    *,
    days: int = 14,
    last: datetime = DEFAULT_LAST,
    formats: Collection[str] | None = None,
) -> World:
    """Build the same world for the same arguments.

    Without `formats`, about `messages` counted messages in all, shared out over the four trace formats. With `formats`,
    about `messages` counted messages in each trace format that is named, and none in the others; the formats of
    `WRITERS` are only in worlds that name them. The newest counted
    message of each format with times lies exactly at `last`; the first day begins `days - 1` midnights before.
    """
    if unknown := set(formats or ()) - set(ALL_FORMATS) - set(WRITERS):
        raise ValueError(f"unknown formats: {', '.join(sorted(unknown))}")
    counts = {
        name: round(messages * _SHARES[name]) if formats is None else messages
        for name in TRACE_FORMATS
        if formats is None or name in formats
    }
    rhythm = Rhythm(days, last)
    world = World(seed, rhythm.last_ms, frozenset(ALL_FORMATS if formats is None else formats))
    if RECEIVE in counts:
        world.sessions.extend(_received(counts[RECEIVE], seed, rhythm, with_send=SEND in counts))
    if SEND in counts:
        world.sessions.extend(SendPlan(counts[SEND], seed).sessions(rhythm))
    if EXO in counts:
        world.trace = ExoPlan(counts[EXO], seed).messages(rhythm)
    if EAC in counts:
        world.aggregates = plan_eac(counts[EAC], seed, rhythm)
    for name in sorted(set(formats or ()) & set(WRITERS)):
        world.mails[name] = plan_mails(messages, seed, rhythm, name)
    order = {name: number for number, name in enumerate((*TRACE_FORMATS, *sorted(WRITERS)))}
    world.hops = sorted(hops_of(world), key=lambda hop: (order[hop.format], hop.at_ms))
    return world


def _received(count: int, seed: int, rhythm: Rhythm, *, with_send: bool) -> Iterator[Session]:
    front = ReceivePlan(count, seed).sessions(rhythm)
    ids = Ids(4, "hub")
    yield from front
    yield from hub_sessions(front, ids)
    yield from server_talk(rhythm.moments(Random(f"{seed}:talk-times"), count // 20 + 1), seed)
    if with_send:
        yield from proxy_sessions(front, ids)


def hops_of(world: World) -> Iterator[Hop]:
    """Yield the true hops of a world's sessions, messages and aggregates."""
    for session in world.sessions:
        yield from hops_of_session(session)
    for message in world.trace:
        yield from hops_of_message(message)
    for row in world.aggregates:
        yield from hops_of_row(row)
    for name, mails in world.mails.items():
        yield from WRITERS[name].hops(mails)


def write_world(world: World, out: Path, *, only: Collection[str] | None = None, plain: bool = False) -> list[Path]:
    """Write a world's files below `out` and return their paths.

    `only` names the formats to write (default: the world's). `plain` leaves everything uncompressed; encodings stay.
    """
    chosen = world.formats if only is None else world.formats & frozenset(only)
    written: list[Path] = []
    written.extend(_write_smtp(world, out, chosen, plain=plain))
    if EXO in chosen and world.trace:
        written.extend(write_exo(world.trace, out / "exchange-online", world.seed, last_ms=world.last_ms, plain=plain))
    if EAC in chosen and world.aggregates:
        written.extend(write_eac(world.aggregates, out / "admin-centre"))
    for name in sorted(chosen & set(world.mails)):
        written.extend(WRITERS[name].write(world.mails[name], out / name))
    if SETTINGS in chosen:
        written.extend(write_settings(out / "settings"))
    return written


def _write_smtp(world: World, out: Path, chosen: Collection[str], *, plain: bool) -> Iterator[Path]:
    groups: dict[tuple[str, str, str], list[Session]] = {}
    for session in world.sessions:
        if (RECEIVE if session.kind == "receive" else SEND) in chosen:
            groups.setdefault((session.log, session.server, session.kind), []).append(session)
    packed_before = 0 if plain else world.last_ms - world.last_ms % DAY_MS - (_UNPACKED_DAYS - 1) * DAY_MS
    for (log, server, _), sessions in sorted(groups.items(), key=lambda item: item[0]):
        yield from write_logs(sessions, out / _FOLDERS[log] / server, compress_before_ms=packed_before)
