"""Filters: their words, and the same numbers whether a rollup or the messages answer."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.asked import asking, asking_files
from tui import rows
from tui.domain import RANKED, UNRANKED
from tui.errors import UsageError
from tui.store.filters import FIELDS, IN_ROLLUP, OF_PEERS, OPERATORS, Clause, Filter, one, parse_filter
from tui.store.lists import ask_what_if, ask_who
from tui.store.query_runner import QueryRunner
from tui.store.questions import ALL_MAIL, Scope, ask_window

pytestmark = pytest.mark.share(0.25)

# --- words ------------------------------------------------------------------------------------------------------------

WORDS_OF = {
    "direction": ("inbound", "outbound", "submission", "internal", "unknown"),
    "type": ("Partner", "OnPremises", "No Connector"),
    "forced": ("true", "false"),
    "status": ("accepted", "delivered", "rejected", "deferred", "bounced", "incomplete"),
}
TEXTS = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=0, max_size=12)


@st.composite
def clauses(draw: st.DrawFn) -> Clause:
    field = draw(st.sampled_from(sorted(FIELDS)))
    operator = draw(st.sampled_from(OPERATORS))
    if field == "size":
        return Clause(field, operator, str(draw(st.integers(0, 10**12))))
    if field == "tls" and operator in ("is", "is not", ">", "<"):
        return Clause(field, operator, draw(st.sampled_from(RANKED if operator in "><" else (*RANKED, *UNRANKED))))
    if field in WORDS_OF:
        return Clause(field, operator, draw(st.sampled_from(WORDS_OF[field])))
    if operator in ("is", "is not") and field not in ("tls", "policy") and draw(st.booleans()):
        return Clause(field, operator, None)
    return Clause(field, operator, draw(TEXTS))


FILTERS = st.lists(st.lists(clauses(), min_size=1, max_size=3).map(tuple), min_size=1, max_size=3).map(lambda groups: Filter(tuple(groups)))


@given(FILTERS)
def test_a_filter_reads_its_own_words(where: Filter) -> None:
    assert parse_filter(where.words) == where


@given(st.text(max_size=40))
def test_any_words_are_a_filter_or_one_clear_line(text: str) -> None:
    try:
        parse_filter(text)
    except UsageError as problem:
        output = str(problem)
    else:
        output = "filter: "
    assert output.startswith("filter: ")


@pytest.mark.parametrize(
    ("text", "output"),
    [
        ("sendr is x", "did you mean sender?"),
        ("qqq is x", "'qqq' is not a field; valid fields: direction,"),
        ("sender equals x", "after 'sender' write one of: is not, is,"),
        ("sender is", "'sender is' needs a value"),
        ("sender is x and", "no clause after the last 'and'"),
        ("sender is x or", "no clause after the last 'or'"),
        ("tls is 1.4", "tls is one of: No TLS, SSL, TLS 1.0"),
        ("tls > Not recorded", "tls is one of: No TLS, SSL, TLS 1.0"),
        ("size > big", "size must be a number of bytes, not 'big'"),
        ("direction is sideways", "direction is one of: inbound, outbound"),
        ("forced is perhaps", "forced is one of: true, false"),
    ],
)
def test_wrong_words_give_one_line_with_the_valid_ones(text: str, output: str) -> None:
    with pytest.raises(UsageError) as problem:
        parse_filter(text)
    assert output in str(problem.value)
    assert "\n" not in str(problem.value)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("tls is 1.0", one("tls", "TLS 1.0")),
        ("TLS IS none", one("tls", "No TLS")),
        ("tls is not recorded", one("tls", "Not recorded")),
        ("tls is not Not recorded and sender is not me", one("tls", "Not recorded", "is not") & one("sender", "me", "is not")),
        ('subject is "not me"', one("subject", "not me")),
        ("connector is none", one("connector", None)),
        ('connector is "none"', one("connector", "none")),
        ("sender domain is bulk.example", one("sender domain", "bulk.example")),
        ("subject is salt and pepper", one("subject", "salt and pepper")),
        ('subject is "a or b" or tls < 1.2', Filter(((Clause("subject", "is", "a or b"),), (Clause("tls", "<", "TLS 1.2"),)))),
        ("status is Handed Over", one("status", "delivered")),
    ],
)
def test_words_as_people_write_them(text: str, wanted: Filter) -> None:
    assert parse_filter(text) == wanted


# --- the same numbers by a rollup and by the messages ------------------------------------------------------------------

BY_ROLLUP = [
    "tls is TLS 1.0",
    "tls > TLS 1.0",
    "tls < TLS 1.2 and direction is inbound",
    "connector is none",
    "connector is not none and tls is not TLS 1.3",
    "connector starts with d or type is Partner",
    "type is No Connector",
    "type is OnPremises",
    "forced is true",
    "forced is none or forced is false",
    "system contains exchange and tls does not contain 1.2",
    "direction is submission",
    "direction is outbound or tls is Not recorded",
    "system is nobody",
]
BY_PEERS = ["host contains mx", "domain is none or address starts with 192.0.2.", "helo contains . and tls is TLS 1.0"]

# It lets everything pass, but no rollup knows its field.
FROM_MESSAGES = one("session", "nobody's session", "is not")


@pytest.fixture(scope="module")
def sample(sample_trace: Path) -> Iterator[QueryRunner]:
    with asking_files([sample_trace]) as runner:
        yield runner


def questions(runner: QueryRunner) -> dict[str, Callable[[Filter], object]]:
    window = ask_window(runner)
    week = {"since": window.since, "until": window.until}
    odd = {"since": window.since + timedelta(hours=30, seconds=1), "until": window.until - timedelta(hours=40, minutes=7)}
    whole = window.whole_file

    def ask(result: type[object], name: str, **params: object) -> Callable[[Filter], object]:
        return lambda where: runner.ask(result, name, where, **params)

    return {
        "flow by TLS": ask(rows.FlowCell, "overview/flow_by_tls", **week),
        "flow by day": ask(rows.FlowDay, "overview/flow_by_day", since=whole.since, until=whole.until),
        "a span to the second and a few minutes": ask(
            rows.FlowSpan, "overview/flow_before", **odd, earlier_since=odd["since"], earlier_until=odd["since"] + timedelta(minutes=4)
        ),
        "old TLS": ask(rows.OldTls, "overview/old_tls", **week),
        "old TLS in parts of days": ask(rows.OldTls, "overview/old_tls", **odd),
        "versions": ask(rows.VersionSpan, "overview/version_span"),
        "report": ask(rows.ConnectorCell, "connectors/by_time", grain="day", **week, **ALL_MAIL.params()),
        "what if": lambda where: ask_what_if(runner, whole, Scope(where=where), "TLS 1.2"),
        "who": lambda where: ask_who(runner, window.span, Scope(where=where), None, "host"),
    }


@pytest.mark.share(2)
@pytest.mark.parametrize("words", [*BY_ROLLUP, *BY_PEERS])
def test_a_rollup_and_the_messages_give_the_same_numbers(sample: QueryRunner, words: str) -> None:
    where = parse_filter(words)
    assert where.in_rollup == (words in BY_ROLLUP)
    again = where & FROM_MESSAGES
    assert not again.in_rollup
    assert not again.of_peers
    for name, ask in questions(sample).items():
        assert ask(where) == ask(again), name


def test_every_mail_is_the_same_with_and_without_a_filter_that_lets_all_pass(sample: QueryRunner) -> None:
    for name, ask in questions(sample).items():
        assert ask(Filter()) == ask(FROM_MESSAGES), name


def test_the_fields_of_the_rollups_are_fields() -> None:
    assert set(IN_ROLLUP) < set(FIELDS)
    assert set(FIELDS) > OF_PEERS


# --- and they are the numbers of a count by hand -----------------------------------------------------------------------

Row = Mapping[str, Any]
FIRST = datetime(2026, 11, 9)


def random_rows(count: int) -> list[dict[str, object]]:
    chance = random.Random(7)
    return [
        {
            "time_utc": (FIRST + timedelta(seconds=chance.randrange(7 * 86_400))).isoformat(),
            "direction": chance.choice(["inbound", "outbound", "submission", "internal"]),
            "connector": chance.choice(["", "Fabrikam", "Contoso relay"]),
            "tls": chance.choice([*RANKED, *UNRANKED]),
            "status": chance.choice(["accepted", "delivered", "rejected", "deferred"]),
            "system": chance.choice(["Exchange Server", "Postfix"]),
            "peer_host": chance.choice(["mx1.fabrikam.example", "mx2.contoso.example", ""]),
            "peer_ip": chance.choice(["192.0.2.1", "198.51.100.7"]),
            "sender": chance.choice(["a@fabrikam.example", "b@contoso.example", ""]),
        }
        for _ in range(count)
    ]


def crossed(row: Row) -> bool:
    return row["direction"] in ("inbound", "outbound") and row["status"] in ("accepted", "delivered")


def rank(row: Row) -> int:
    return RANKED.index(row["tls"]) if row["tls"] in RANKED else -1


BY_HAND: Sequence[tuple[str, Callable[[Row], bool]]] = [
    ("tls is TLS 1.0", lambda row: row["tls"] == "TLS 1.0"),
    ("tls > TLS 1.0", lambda row: rank(row) > 2),
    ("tls < TLS 1.1", lambda row: 0 <= rank(row) < 3),
    ("connector is none", lambda row: not row["connector"]),
    ("connector is not FABRIKAM", lambda row: row["connector"] != "Fabrikam"),
    ("connector contains relay or system is postfix", lambda row: "relay" in row["connector"] or row["system"] == "Postfix"),
    ("host is mx1.fabrikam.example and tls is not No TLS", lambda row: "mx1" in row["peer_host"] and row["tls"] != "No TLS"),
    ("host starts with 192.0.2.", lambda row: not row["peer_host"] and row["peer_ip"] == "192.0.2.1"),
    ("sender domain is contoso.example", lambda row: row["sender"].endswith("@contoso.example")),
    ("status is handed over", lambda row: row["status"] == "delivered"),
    ("direction is outbound and host does not contain mx2", lambda row: row["direction"] == "outbound" and "mx2" not in row["peer_host"]),
]


@pytest.mark.share(3)
@pytest.mark.parametrize(("words", "passes"), BY_HAND)
def test_a_filter_selects_the_matching_messages(tmp_path: Path, words: str, passes: Callable[[Row], bool]) -> None:
    made = random_rows(600)
    wanted = Counter((str(row["direction"]), str(row["tls"])) for row in made if crossed(row) and passes(row))
    assert wanted
    with asking(tmp_path, made) as runner:
        window = ask_window(runner)
        output = runner.ask(rows.FlowCell, "overview/flow_by_tls", parse_filter(words), since=window.since, until=window.until)
        assert {(cell.direction, cell.tls): cell.messages for cell in output} == wanted
        cells = runner.ask(
            rows.ConnectorCell, "connectors/by_time", parse_filter(words), grain="day", since=window.since, until=window.until,
            **ALL_MAIL.params(),
        )  # fmt: skip
        assert sum(cell.messages for cell in cells) == wanted.total()
        assert sum(
            cell.messages for cell in runner.ask(rows.FlowCell, "overview/flow_by_tls", since=window.since, until=window.until)
        ) == sum(map(crossed, made))


# --- who ---------------------------------------------------------------------------------------------------------------


def hop(tls: str, time: str, host: str = "a.example") -> dict[str, object]:
    row: dict[str, object] = {
        "time_utc": time,
        "direction": "inbound",
        "connector": "C",
        "tls": tls,
        "status": "accepted",
        "system": "Postfix",
    }
    return row | {"peer_host": host, "peer_ip": "192.0.2.1", "sender": f"x@{host}", "session_id": time}


HISTORY = [
    hop("TLS 1.0", "2026-11-02T10:00:00"),
    hop("TLS 1.0", "2026-11-09T10:00:00"),
    hop("TLS 1.2", "2026-11-10T10:00:00"),
    hop("TLS 1.3", "2026-10-05T10:00:00"),
    hop("No TLS", "2026-11-12T10:00:00"),
    hop("TLS 1.0", "2026-11-11T10:00:00", "b.example"),
]


@pytest.mark.share(2)
@pytest.mark.parametrize("facet", ["host", "address", "sender"])
@pytest.mark.parametrize("words", ["tls is TLS 1.0", "tls < TLS 1.2", "tls is TLS 1.0 and sender contains x"])
def test_who_has_the_whole_history_of_a_peer_whatever_is_filtered(tmp_path: Path, facet: str, words: str) -> None:
    with asking(tmp_path, HISTORY) as runner:
        window = ask_window(runner)
        every = {row.name: row for row in ask_who(runner, window.span, ALL_MAIL, None, facet)}
        some = {row.name: row for row in ask_who(runner, window.span, Scope(where=parse_filter(words)), None, facet)}
    assert set(some) == set(every)
    for name, row in some.items():
        assert (row.best, row.newest_tls, row.newest_utc, row.better_utc) == (
            every[name].best, every[name].newest_tls, every[name].newest_utc, every[name].better_utc,
        )  # fmt: skip
    assert sum(row.messages_ever for row in some.values()) == (4 if "<" in words else 3)


def test_who_of_a_version_shows_when_a_peer_upgraded(tmp_path: Path) -> None:
    with asking(tmp_path, HISTORY) as runner:
        row = next(row for row in ask_who(runner, ask_window(runner).span, ALL_MAIL, "TLS 1.0", "host") if row.name == "a.example")
    assert (row.messages, row.messages_ever, row.connections, row.senders) == (1, 2, 1, 1)
    assert (row.first_utc, row.last_utc) == (datetime(2026, 11, 2, 10), datetime(2026, 11, 9, 10))
    assert (row.best, row.newest_tls, row.newest_utc) == ("TLS 1.3", "No TLS", datetime(2026, 11, 12, 10))
    assert row.better_utc == datetime(2026, 10, 5, 10)
    assert row.days == {datetime(2026, 11, 9).date(): 1}
