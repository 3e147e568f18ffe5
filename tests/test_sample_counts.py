"""The questions behind the report give the numbers of the generated world: floors, coverage, versions, failed sessions."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.asked import asking_files
from tui.resources import bundled
from tui.rows import ConnectorCell, TransitSecurity, VersionSpan
from tui.store.filters import one, parse_filter
from tui.store.lists import ask_coverage, ask_failed, ask_what_if, ask_who
from tui.store.query_runner import QueryRunner
from tui.store.questions import ALL_MAIL, Scope, ask_window
from tui.view.what_if import totals_of
from tui.view.who import FACETS

pytestmark = pytest.mark.share(0.33)

SAMPLE = bundled("sample_data")
RANKS = {"No TLS": 0, "SSL": 1, "TLS 1.0": 2, "TLS 1.1": 3, "TLS 1.2": 4, "TLS 1.3": 5}


@pytest.fixture(scope="module")
def runner(sample_trace: Path) -> Iterator[QueryRunner]:
    with asking_files([sample_trace]) as result:
        yield result


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    return json.loads((SAMPLE / "example-corp-truth.json").read_text(encoding="utf-8"))["whole"]


@pytest.mark.parametrize("minimum_tls", ["TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3"])
@pytest.mark.parametrize("refuse", [False, True])
def test_what_if_equals_the_expected_counts(runner: QueryRunner, truth: dict[str, Any], minimum_tls: str, refuse: bool) -> None:
    wanted: Counter[str] = Counter()
    for row in truth["connectors"]:
        for version, count in row["tls"].items():
            rank = RANKS.get(version)
            if rank is None:
                wanted["not recorded"] += count
            elif rank >= RANKS[minimum_tls]:
                wanted["as now"] += count
            elif refuse or row["forced_tls"]:
                wanted["rejected"] += count
            else:
                wanted["stays clear" if version == "No TLS" else "falls back"] += count
    result = ask_what_if(runner, ask_window(runner).whole_file, ALL_MAIL, minimum_tls, refuse=refuse)
    total = totals_of(result)
    assert (total.refused, total.falls_back, total.stays_clear, total.not_recorded) == tuple(
        wanted[name] for name in ("rejected", "falls back", "stays clear", "not recorded")
    )
    assert (
        sum(day.refused + day.falls_back + day.stays_clear for day in result.days) == total.refused + total.falls_back + total.stays_clear
    )
    assert total.messages == sum(wanted.values())


def test_each_day_of_the_coverage_has_its_messages(runner: QueryRunner, truth: dict[str, Any]) -> None:
    wanted: Counter[tuple[str, str]] = Counter()
    for row in truth["connectors"]:
        wanted[row["date"], row["direction"]] += row["messages"]
    result = {(row.day.isoformat(), row.direction): row.messages for row in ask_coverage(runner, ask_window(runner).whole_file)}
    assert result == dict(wanted)
    assert all(row.hours is None or len(row.hours) == 24 for row in ask_coverage(runner, ask_window(runner).whole_file))


def test_each_version_has_its_messages_over_the_whole_file(runner: QueryRunner, truth: dict[str, Any]) -> None:
    result = {(span.direction, span.tls): span.messages for span in runner.ask(VersionSpan, "overview/version_span")}
    assert result == {(direction, tls): count for direction, flow in truth["flow"].items() for tls, count in flow["tls"].items()}


def test_failed_sessions_are_those_of_the_world(runner: QueryRunner, truth: dict[str, Any]) -> None:
    wanted: Counter[tuple[str, str]] = Counter()
    for row in truth["failed_sessions"]:
        wanted[row["direction"], row["kind"]] += row["sessions"]
    result: Counter[tuple[str, str]] = Counter()
    for peer in ask_failed(runner, ask_window(runner).whole_file, ALL_MAIL):
        result[peer.direction, peer.kind] += peer.sessions
    assert result == wanted


@pytest.mark.parametrize("facet", FACETS)
@pytest.mark.parametrize("tls", ["TLS 1.0", "No TLS", None])
def test_who_sums_to_the_single_messages(runner: QueryRunner, facet: str, tls: str | None) -> None:
    span = ask_window(runner).whole_file
    for direction in ("inbound", "outbound"):
        rows = ask_who(runner, span, Scope(direction), tls, facet)
        where = one("direction", direction) & (one("tls", tls) if tls else parse_filter("tls is not SSL"))
        cells = runner.ask(ConnectorCell, "connectors/by_time", where, grain="day", since=span.since, until=span.until, **ALL_MAIL.params())
        totals = ask_who(runner, span, Scope(direction), tls, "host", most=1)
        assert sum(row.messages for row in rows) == (totals[0].all_messages if totals else 0)
        assert sum(row.messages for row in rows) <= sum(cell.messages for cell in cells)


def test_transit_security_counts_each_outbound_message_that_crossed(runner: QueryRunner) -> None:
    span = ask_window(runner).whole_file
    result = runner.ask(TransitSecurity, "connectors/transit_security", since=span.since, until=span.until)
    who = ask_who(runner, span, Scope("outbound"), None, "host")
    assert sum(row.messages for row in result) == who[0].all_messages
