"""What if the floor is raised: outcomes by connector, day and peer, counted by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.support.asked import asking, asking_files
from tests.support.reports import write_rows
from tests.support.traces import write_csv
from tui.store.lists import WhatIf, ask_what_if
from tui.store.questions import ALL_MAIL, Scope, ask_window
from tui.view.what_if import summary_lines, totals_of

DAY = "2026-11-12T10:00:00"


def hop(tls: str, host: str = "a.example", time: str = DAY, **others: object) -> dict[str, object]:
    row = {"time_utc": time, "direction": "inbound", "tls": tls, "peer_host": host, "sender": f"x@{host}", "connector": "C"}
    return row | {"connector_type": "Partner"} | others


ROWS = [
    hop("No TLS", "clear.example"),
    hop("SSL", "ssl.example"),
    hop("TLS 1.0", "old.example"),
    hop("TLS 1.0", "both.example"),
    hop("TLS 1.2", "both.example", "2026-11-13T10:00:00"),
    hop("TLS 1.1", "eleven.example"),
    hop("TLS 1.3", "new.example"),
    hop("TLS (version unknown)", "mute.example"),
    hop("Not recorded", "silent.example"),
]


def floor_of(folder: Path, rows: Sequence[Mapping[str, object]], minimum_tls: str, *, refuse: bool = False) -> WhatIf:
    with asking(folder, rows) as runner:
        return ask_what_if(runner, ask_window(runner).whole_file, ALL_MAIL, minimum_tls, refuse=refuse)


@pytest.mark.share(3)
@pytest.mark.parametrize(
    ("minimum_tls", "falls_back", "stays_clear", "not_recorded"),
    [("any TLS", 1, 1, 1), ("TLS 1.0", 1, 1, 1), ("TLS 1.1", 3, 1, 2), ("TLS 1.2", 4, 1, 2), ("TLS 1.3", 5, 1, 2)],
)
def test_what_if_where_nothing_is_forced(tmp_path: Path, minimum_tls: str, falls_back: int, stays_clear: int, not_recorded: int) -> None:
    total = totals_of(floor_of(tmp_path, ROWS, minimum_tls))
    assert (total.messages, total.refused, total.falls_back, total.stays_clear, total.not_recorded) == (
        9,
        0,
        falls_back,
        stays_clear,
        not_recorded,
    )


def test_refuse_counts_all_below_as_refused(tmp_path: Path) -> None:
    total = totals_of(floor_of(tmp_path, ROWS, "TLS 1.2", refuse=True))
    assert (total.refused, total.falls_back, total.stays_clear, total.not_recorded) == (5, 0, 0, 2)


def test_below_the_minimum_on_a_forced_connector_is_refused(tmp_path: Path) -> None:
    settings = write_csv(
        tmp_path / "in.csv",
        [{"Name": "C", "Enabled": "True", "ConnectorType": "Partner", "RequireTls": "True", "SenderDomains": "{smtp:*;1}"}],
        ("Name", "Enabled", "ConnectorType", "RequireTls", "SenderDomains"),
    )
    table = write_rows(tmp_path / "t.csv", [*ROWS, hop("TLS 1.0", "else.example", connector="Other")])
    with asking_files([settings, table]) as runner:
        result = ask_what_if(runner, ask_window(runner).whole_file, ALL_MAIL, "TLS 1.2")
    by_name = {row.connector: (row.forced_tls, row.refused, row.falls_back, row.stays_clear) for row in result.connectors}
    assert by_name == {"C": (True, 5, 0, 0), "Other": (None, 0, 1, 0)}
    assert {peer.name: peer.refused for peer in result.peers}["both.example"] == 1


def test_each_peer_by_the_best_it_was_ever_seen_with(tmp_path: Path) -> None:
    result = floor_of(tmp_path, ROWS, "TLS 1.2")
    assert {peer.name: (peer.best, peer.verdict) for peer in result.peers} == {
        "clear.example": ("No TLS", "also sent in clear text"),
        "ssl.example": ("SSL", "no newer version seen"),
        "old.example": ("TLS 1.0", "no newer version seen"),
        "both.example": ("TLS 1.2", "newer version seen"),
        "eleven.example": ("TLS 1.1", "no newer version seen"),
    }
    lines = summary_lines(result)
    assert lines[0].startswith("Of 9 messages: 4 would fall back to clear text (44.4%) · 1 stay in clear text (11.1%) · 2 not recorded")
    assert lines[1].startswith(
        "5 peers: 1 newer version seen · 3 no newer version seen · 1 also sent in clear text; 5 senders, 1 connector"
    )


def test_days_sum_to_the_connectors(tmp_path: Path) -> None:
    result = floor_of(tmp_path, ROWS, "TLS 1.3")
    assert [(str(day.day), day.messages, day.falls_back) for day in result.days] == [("2026-11-12", 8, 4), ("2026-11-13", 1, 1)]


def test_a_filter_narrows_the_question_but_not_what_a_peer_can_do(tmp_path: Path) -> None:
    from tui.store.filters import one

    with asking(tmp_path, ROWS) as runner:
        span = ask_window(runner).whole_file
        result = ask_what_if(runner, span, Scope(where=one("tls", "TLS 1.2", "<") & one("host", "both.example")), "TLS 1.2")
    assert [(peer.name, peer.messages, peer.best, peer.verdict) for peer in result.peers] == [
        ("both.example", 1, "TLS 1.2", "newer version seen")
    ]
    assert totals_of(result).messages == 1
