"""What the views and rollups say is what the messages say: flags, odd spans, pages, and sums that DuckDB once cut short."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.asked import asking, asking_files
from tests.support.message_rows import MessageRows
from tests.support.reports import hops, write_rows, write_table
from tests.support.shares import with_pairs
from tests.support.traces import House
from tui import rows
from tui.config import Config
from tui.store.filters import one, parse_filter
from tui.store.lists import ask_what_if, ask_who
from tui.store.query_runner import QueryRunner, narrowing
from tui.store.questions import ALL_MAIL, Scope, ask_window
from tui.store.window import Span

pytestmark = pytest.mark.share(0.25)

FIRST = datetime(2026, 11, 9)
DIRECTIONS = ("inbound", "outbound", "submission", "internal", "unknown")
STATUSES = ("accepted", "delivered", "rejected", "deferred", "bounced", "incomplete")
VERSIONS = ("No TLS", "SSL", "TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3", "TLS (version unknown)", "Not recorded")
PAGE = {"direction": None, "any_connector": True, "connector": None, "tls": None, "system": None, "flow_only": False}
VIEWS = ("message", "every_message", "edge_flow", "peer_seen", "peer_flow")


def at(seconds: float) -> str:
    return (FIRST + timedelta(seconds=seconds)).isoformat()


ZONES = ("UTC", "Asia/Kathmandu")


@pytest.fixture(scope="module", params=ZONES)
def mixed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[QueryRunner]:
    """Return a table with every direction, status and version, over five days, some of it at the same moment."""
    chance = random.Random(11)
    made = [
        {"time_utc": at(chance.randrange(5 * 288) * 300), "direction": direction, "status": status, "tls": tls, "system": "Postfix"}
        | {"peer_host": chance.choice(["a.example", "b.example", ""]), "sender": chance.choice(["x@a.example", "y@b.example"])}
        for direction in DIRECTIONS
        for status in STATUSES
        for tls in VERSIONS
        for _ in range(3)
    ]
    with asking(tmp_path_factory.mktemp("mixed"), made, Config(zone=request.param)) as runner:
        yield runner


# --- flags -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("view", VIEWS)
def test_the_flags_of_a_view_follow_from_its_columns(message_rows: MessageRows, view: str) -> None:
    made = [
        {"time_utc": at(0), "direction": direction, "status": status, "tls": tls, "system": "Postfix"}
        for direction in DIRECTIONS
        for status in STATUSES
        for tls in VERSIONS
    ]
    message_rows.fill(made)
    columns = {row[0] for row in message_rows.ask(f"DESCRIBE {view}")}
    crossing = "status IN ('accepted', 'delivered')" if "status" in columns else "TRUE"
    wanted = {
        "is_transferred": crossing,
        "in_flow": f"{crossing} AND direction IN ('inbound', 'outbound')",
        "is_tls10": "tls IN ('SSL', 'TLS 1.0')",
        "is_protected": "tls LIKE 'TLS%'",
        "is_recorded": "tls <> 'Not recorded'",
        "tls_code": f"list_position({list(VERSIONS)!r}, tls) - 1",
        "raw_tls": "tls",
        "raw_direction": "direction",
        "stored_utc": "time_utc",
    }
    result = [flag for flag in wanted if flag in columns]
    assert {"in_flow", "tls_code", "raw_tls", "raw_direction"} <= set(result)
    for flag in result:
        differing = f"count(*) FILTER (WHERE {flag} IS DISTINCT FROM ({wanted[flag]}))"
        assert message_rows.ask(f"SELECT count(*) > 0, {differing} FROM {view}") == [(True, 0)], flag


@pytest.mark.share(3)
@pytest.mark.parametrize("words", ["tls is TLS 1.0", "host is a.example", "subject is none", "type is Partner"])
def test_what_a_filter_puts_before_a_view_has_its_columns(house: House, words: str) -> None:
    house.load(write_table(house.folder / "t.csv", hops(1, "TLS 1.0", system="Postfix")))
    statements = narrowing(parse_filter(words))
    for view in ("message", "flow", "peer_flow"):
        found = house.ask(f"{';'.join(statements)};DESCRIBE temp.{view}")
        house.ask(";".join([*narrowing(parse_filter("")), "SELECT 1"]))
        assert [row[:2] for row in found] == [row[:2] for row in house.ask(f"DESCRIBE {view}")], view


# --- sums --------------------------------------------------------------------------------------------------------------


def test_sums_above_255_are_whole(tmp_path: Path) -> None:
    """DuckDB 2.0 derives bounds of coalesce(sum(…) FILTER …, 0) that do not hold; the engine turns that off."""
    made = [
        *hops(700, "TLS 1.2", direction="outbound", status="delivered", security_policy="dane", peer_domain="a.example"),
        *hops(301, "No TLS", direction="outbound", status="delivered", peer_domain="b.example"),
        *hops(300, "TLS 1.3", direction="outbound", status="deferred", reply="TLSA lookup failed", security_policy="dane"),
        *hops(290, "TLS 1.3", direction="outbound", status="delivered", security_policy="mta-sts", peer_domain="c.example"),
    ]
    wanted: Counter[tuple[str, str]] = Counter()
    for row in made:
        policy = str(row.get("security_policy", ""))
        security = {"dane": "DANE", "mta-sts": "MTA-STS"}.get(policy, "No TLS")
        wanted[security, "messages" if row["status"] == "delivered" else "blocked"] += 1
    with asking(tmp_path, made) as runner:
        window = ask_window(runner)
        result = runner.ask(rows.TransitSecurity, "connectors/transit_security", since=window.since, until=window.until)
        flow = runner.ask(rows.FlowDay, "overview/flow_by_day", since=window.since, until=window.until)
    assert {(row.security, row.messages, row.blocked) for row in result} == {
        (security, wanted[security, "messages"], wanted[security, "blocked"]) for security, _ in wanted
    }
    assert [(day.messages, day.recorded, day.protected) for day in flow] == [(1291, 1291, 990)]


def test_the_engine_does_not_trust_derived_bounds(house: House) -> None:
    assert house.engine.connection.execute("SELECT current_setting('disabled_optimizers')").fetchall() == [("statistics_propagation",)]


# --- spans -------------------------------------------------------------------------------------------------------------

SPANS = [(0, 86_400), (0, 432_000), (1, 86_399), (300, 600), (899, 901), (1000, 1001), (86_000, 87_000), (43_200, 300_000.5), (5000, 5000)]


@pytest.mark.parametrize(("since", "until"), SPANS)
def test_a_span_to_the_second_has_the_messages_in_it(mixed: QueryRunner, since: float, until: float) -> None:
    span = {"since": FIRST + timedelta(seconds=since), "until": FIRST + timedelta(seconds=until)}
    lines = mixed.ask(rows.MessageLine, "messages/page", **span, **PAGE | {"flow_only": True}, **ORDER, page_rows=2000, page_from=0)
    wanted: dict[str, list[int]] = {}
    old: dict[str, set[str]] = {}
    for line in lines:
        counts = wanted.setdefault(line.direction, [0, 0, 0])
        for place, counted in enumerate((True, line.tls != "Not recorded", line.tls.startswith("TLS"))):
            counts[place] += counted
        if line.tls in ("SSL", "TLS 1.0") and line.peer:
            old.setdefault(line.direction, set()).add(line.peer)
    nothing = {"since": FIRST, "until": FIRST, "earlier_since": FIRST, "earlier_until": FIRST}
    for is_earlier, asked in ((False, span), (True, {f"earlier_{key}": at for key, at in span.items()})):
        result = mixed.ask(rows.FlowSpan, "overview/flow_before", **nothing | asked)
        assert {row.direction: [row.messages, row.recorded, row.protected] for row in result} == wanted
        assert {row.is_earlier for row in result} <= {is_earlier}
    peers = mixed.ask(rows.OldTls, "overview/old_tls", **span)
    assert {row.direction: row.peers for row in peers} == {direction: len(old.get(direction, ())) for direction in ("inbound", "outbound")}


@pytest.mark.parametrize("zone", ["UTC", "Europe/Vienna", "America/St_Johns"])
def test_peers_of_a_window_are_those_of_its_days_in_the_zone(tmp_path: Path, zone: str) -> None:
    made = [
        {"time_utc": at(hour * 3600), "direction": "inbound", "tls": "TLS 1.0", "system": "Postfix", "peer_host": f"h{hour}.example"}
        for hour in range(-30, 60)
    ]
    with asking(tmp_path, made, Config(zone=zone)) as runner:
        window = ask_window(runner, first_day=date(2026, 11, 9), last_day=date(2026, 11, 10))
        result = runner.ask(rows.OldTls, "overview/old_tls", since=window.since, until=window.until)
        days = {runner.zone: [window.local(FIRST + timedelta(hours=hour)).date() for hour in range(-30, 60)]}
    wanted = sum(day in (date(2026, 11, 9), date(2026, 11, 10)) for day in days[zone])
    assert [(row.peers, row.messages) for row in result] == [(wanted, wanted)]


def test_where_nothing_counts_the_window_is_that_of_what_is_kept(tmp_path: Path) -> None:
    made = hops(2, "TLS 1.2", at(60), direction="internal") + hops(1, "TLS 1.2", at(90_000), status="rejected")
    with asking(tmp_path, made) as runner:
        window = ask_window(runner)
    assert window.is_empty
    assert (window.data_first_utc, window.data_last_utc) == (FIRST + timedelta(seconds=60), FIRST + timedelta(seconds=90_000))


# --- pages -------------------------------------------------------------------------------------------------------------

ORDER = {"sort": "time", "descending": True}
EVER = {"since": FIRST - timedelta(days=1), "until": FIRST + timedelta(days=9)}


def in_file_order(runner: QueryRunner, lines: Sequence[rows.MessageLine]) -> list[rows.MessageLine]:
    sql = "SELECT hop_key FROM every_message ORDER BY source_id, line_no, hop_key"
    found = runner._cursor.execute(sql).fetchall()  # pyright: ignore[reportPrivateUsage]
    places = {row[0]: place for place, row in enumerate(found)}
    return sorted(lines, key=lambda line: places[line.hop_key])


def sorted_lines(ordered: list[rows.MessageLine], sort: str, *, descending: bool) -> list[rows.MessageLine]:
    if sort == "time":
        return sorted(ordered, key=lambda line: line.time_utc, reverse=False) if not descending else _newest_first(ordered)
    filled = [line for line in _newest_first(ordered) if getattr(line, sort) is not None]
    empty = [line for line in _newest_first(ordered) if getattr(line, sort) is None]
    values = sorted({getattr(line, sort) for line in filled}, reverse=descending)
    return [line for value in values for line in filled if getattr(line, sort) == value] + empty


def _newest_first(lines: Sequence[rows.MessageLine]) -> list[rows.MessageLine]:
    return sorted(lines, key=lambda line: -line.time_utc.timestamp())


@pytest.mark.share(3)
@pytest.mark.parametrize(
    ("mixed", "sort", "descending", "words"),
    with_pairs(
        ZONES,
        ["time", "tls", "peer", "sender", "status"],
        [True, False],
        ["", "tls is TLS 1.0", "host is a.example or status is refused"],
    ),
    indirect=["mixed"],
)
def test_pages_follow_each_other_in_the_order_asked_for(mixed: QueryRunner, sort: str, descending: bool, words: str) -> None:
    where = parse_filter(words)
    order = {"sort": sort, "descending": descending}
    every = mixed.ask(rows.MessageLine, "messages/page", where, **EVER, **PAGE, **order, page_rows=2000, page_from=0)
    assert every == sorted_lines(in_file_order(mixed, every), sort, descending=descending)
    counted = mixed.ask_one(rows.Tally, "messages/tally", where, **EVER, **PAGE, most=2000)
    assert len(every) == counted.found > 50
    for begin in (0, 1, 37, len(every) - 3, len(every), len(every) + 5):
        page = mixed.ask(rows.MessageLine, "messages/page", where, **EVER, **PAGE, **order, page_rows=20, page_from=begin)
        assert page == every[begin : begin + 20], begin


# --- who, and what if --------------------------------------------------------------------------------------------------

FROM_MESSAGES = one("session", "nobody's session", "is not")  # lets all pass, but no rollup knows its field
ODD = Span(FIRST + timedelta(hours=30, seconds=1), FIRST + timedelta(hours=80, minutes=7))


def lines_of(runner: QueryRunner, since: datetime, until: datetime, direction: str | None = None) -> list[rows.MessageLine]:
    asked = PAGE | {"flow_only": True, "direction": direction}
    return runner.ask(rows.MessageLine, "messages/page", since=since, until=until, **asked, **ORDER, page_rows=2000, page_from=0)


@pytest.mark.share(3)
@pytest.mark.parametrize(
    ("mixed", "facet", "tls", "direction"),
    with_pairs(ZONES, ["host", "address", "domain"], [None, "TLS 1.0", "Not recorded"], [None, "inbound", "submission", "internal"]),
    indirect=["mixed"],
)
def test_who_was_ever_there_is_the_same_from_the_rollup_and_from_the_messages(
    mixed: QueryRunner, facet: str, tls: str | None, direction: str | None
) -> None:
    result = ask_who(mixed, ODD, Scope(direction), tls, facet)
    assert result == ask_who(mixed, ODD, Scope(direction, where=FROM_MESSAGES), tls, facet)
    ever = [line for line in lines_of(mixed, EVER["since"], EVER["until"], direction) if tls in (None, line.tls)]
    assert sum(row.messages_ever for row in result) == len(ever) > 0
    assert (min(row.first_utc for row in result), max(row.last_utc for row in result)) == (ever[-1].time_utc, ever[0].time_utc)
    if facet == "host":
        assert {row.name: row.messages_ever for row in result} == Counter(line.peer for line in ever)


@pytest.mark.parametrize("words", ["host is a.example", "tls < TLS 1.1", "sender is x@a.example"])
def test_a_filter_narrows_who_was_ever_there(mixed: QueryRunner, words: str) -> None:
    where = parse_filter(words)
    result = ask_who(mixed, ODD, Scope(where=where), None, "host")
    lines = mixed.ask(rows.MessageLine, "messages/page", where, **EVER, **PAGE | {"flow_only": True}, **ORDER, page_rows=2000, page_from=0)
    assert {row.name: row.messages_ever for row in result} == Counter(line.peer for line in lines)
    assert 0 < len(lines) < len(lines_of(mixed, EVER["since"], EVER["until"]))


def test_senders_are_recorded_of_the_window_alone(tmp_path: Path) -> None:
    hop = {"direction": "inbound", "tls": "TLS 1.0", "system": "Postfix"}
    made = [
        *({**hop, "time_utc": at(-20 * 86_400), "peer_host": "gone.example", "sender": f"{name}@a.example"} for name in "xyz"),
        *({**hop, "time_utc": at(0), "peer_host": "here.example", "sender": f"{name}@a.example"} for name in "xy"),
        {**hop, "time_utc": at(0), "peer_host": "mute.example"},
    ]
    with asking(tmp_path, made) as runner:
        for where in ("", "host contains example", "sender contains a or sender is none"):
            result = ask_who(runner, ask_window(runner).span, Scope(where=parse_filter(where)), "TLS 1.0", "host")
            assert {row.name: row.senders for row in result} == {"gone.example": None, "here.example": 2, "mute.example": 0}


@pytest.mark.share(3)
@pytest.mark.parametrize(
    ("mixed", "seconds", "minimum_tls"),
    with_pairs(ZONES, [*SPANS, (90_000, 95_000), (86_400, 432_000), (100_000, 200_000)], ["any TLS", "TLS 1.1", "TLS 1.2", "TLS 1.3"]),
    indirect=["mixed"],
)
def test_what_if_of_peers_equals_their_messages(mixed: QueryRunner, seconds: tuple[float, float], minimum_tls: str) -> None:
    since, until = seconds
    span = Span(FIRST + timedelta(seconds=since), FIRST + timedelta(seconds=until))
    below = VERSIONS[: 2 if minimum_tls == "any TLS" else VERSIONS.index(minimum_tls)]
    lines = [line for line in lines_of(mixed, span.since, span.until) if line.tls in below]
    senders: dict[tuple[str, str | None], set[str | None]] = {}
    for line in lines:
        senders.setdefault((line.direction, line.peer), set()).add(line.sender)
    result = ask_what_if(mixed, span, ALL_MAIL, minimum_tls)
    counts = Counter((line.direction, line.peer) for line in lines)
    assert {(row.direction, row.name): (row.messages, row.senders) for row in result.peers} == {
        peer: (count, len(senders[peer])) for peer, count in counts.items()
    }
    assert {row.all_senders for row in result.peers} == ({len({line.sender for line in lines})} if lines else set())
    assert all(row.refused + row.falls_back + row.stays_clear == row.messages for row in result.peers)
    assert result == ask_what_if(mixed, span, Scope(where=FROM_MESSAGES), minimum_tls)


@pytest.mark.parametrize("minimum_tls", ["TLS 1.2", "TLS 1.3"])
def test_forced_tls_of_the_messages_themselves_refuses(tmp_path: Path, minimum_tls: str) -> None:
    made = hops(2, "TLS 1.0", connector="C", forced_tls="true", peer_host="a.example") + hops(
        3, "TLS 1.0", connector="D", peer_host="a.example"
    )
    with asking(tmp_path, made) as runner:
        result = ask_what_if(runner, ask_window(runner).whole_file, ALL_MAIL, minimum_tls)
    assert [(row.refused, row.falls_back, row.connectors) for row in result.peers] == [(2, 3, ["C", "D"])]


# --- connectors that only settings tell --------------------------------------------------------------------------------


def test_settings_that_match_nothing_change_nothing(tmp_path: Path) -> None:
    made = hops(3, "TLS 1.0", at(0), system="Postfix", peer_host="a.example", connector="C")
    settings = tmp_path / "in.csv"
    settings.write_text("Name,Enabled,ConnectorType,RequireTls,SenderDomains\nOther,True,Partner,True,{smtp:*.other.example;1}\n")
    with asking_files([write_rows(tmp_path / "t.csv", made), settings]) as runner:
        names = runner.ask(rows.ConnectorName, "connectors/known")
    assert [(name.connector, name.messages) for name in names] == [("C", 3)]
