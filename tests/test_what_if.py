"""What if the floor is raised: outcomes by connector, day and peer, counted by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.asked import asking, asking_files
from tests.reports import write_rows
from tests.traces import write_csv
from tui.store.lists import Floor, ask_floor
from tui.store.questions import ALL_MAIL, Scope, ask_window
from tui.view.floor import summary_lines, totals_of

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


def floor_of(folder: Path, rows: Sequence[Mapping[str, object]], floor: str, *, refuse: bool = False) -> Floor:
    with asking(folder, rows) as asker:
        return ask_floor(asker, ask_window(asker).whole_file, ALL_MAIL, floor, refuse=refuse)


@pytest.mark.parametrize(
    ("floor", "falls_back", "stays_clear", "untold"),
    [("any TLS", 1, 1, 1), ("TLS 1.0", 1, 1, 1), ("TLS 1.1", 3, 1, 2), ("TLS 1.2", 4, 1, 2), ("TLS 1.3", 5, 1, 2)],
)
def test_what_a_floor_costs_where_nothing_is_forced(tmp_path: Path, floor: str, falls_back: int, stays_clear: int, untold: int) -> None:
    total = totals_of(floor_of(tmp_path, ROWS, floor))
    assert (total.messages, total.refused, total.falls_back, total.stays_clear, total.untold) == (9, 0, falls_back, stays_clear, untold)


def test_refuse_counts_all_below_as_refused(tmp_path: Path) -> None:
    total = totals_of(floor_of(tmp_path, ROWS, "TLS 1.2", refuse=True))
    assert (total.refused, total.falls_back, total.stays_clear, total.untold) == (5, 0, 0, 2)


def test_below_the_floor_on_a_forced_connector_is_refused(tmp_path: Path) -> None:
    settings = write_csv(
        tmp_path / "in.csv",
        [{"Name": "C", "Enabled": "True", "ConnectorType": "Partner", "RequireTls": "True", "SenderDomains": "{smtp:*;1}"}],
        ("Name", "Enabled", "ConnectorType", "RequireTls", "SenderDomains"),
    )
    table = write_rows(tmp_path / "t.csv", [*ROWS, hop("TLS 1.0", "else.example", connector="Other")])
    with asking_files([settings, table]) as asker:
        told = ask_floor(asker, ask_window(asker).whole_file, ALL_MAIL, "TLS 1.2")
    by_name = {row.connector: (row.forced_tls, row.refused, row.falls_back, row.stays_clear) for row in told.connectors}
    assert by_name == {"C": (True, 5, 0, 0), "Other": (None, 0, 1, 0)}
    assert {peer.name: peer.refused for peer in told.peers}["both.example"] == 1


def test_each_peer_by_the_best_it_was_ever_seen_with(tmp_path: Path) -> None:
    told = floor_of(tmp_path, ROWS, "TLS 1.2")
    assert {peer.name: (peer.best, peer.verdict) for peer in told.peers} == {
        "clear.example": ("No TLS", "seen in clear"),
        "ssl.example": ("SSL", "never did better"),
        "old.example": ("TLS 1.0", "never did better"),
        "both.example": ("TLS 1.2", "can do better"),
        "eleven.example": ("TLS 1.1", "never did better"),
    }
    lines = summary_lines(told)
    assert lines[0].startswith("Of 9 messages: 4 would fall back to clear text (44.4%) · 1 stay clear text (11.1%) · 2 cannot be told")
    assert lines[1].startswith("5 peers, 5 senders, 1 connector or none: 1 can do better · 3 never did better · 1 seen in clear")


def test_days_sum_to_the_connectors(tmp_path: Path) -> None:
    told = floor_of(tmp_path, ROWS, "TLS 1.3")
    assert [(str(day.day), day.messages, day.falls_back) for day in told.days] == [("2026-11-12", 8, 4), ("2026-11-13", 1, 1)]


def test_a_filter_narrows_the_question_but_not_what_a_peer_can_do(tmp_path: Path) -> None:
    from tui.store.filters import one

    with asking(tmp_path, ROWS) as asker:
        span = ask_window(asker).whole_file
        told = ask_floor(asker, span, Scope(where=one("tls", "TLS 1.2", "<") & one("host", "both.example")), "TLS 1.2")
    assert [(peer.name, peer.messages, peer.best, peer.verdict) for peer in told.peers] == [("both.example", 1, "TLS 1.2", "can do better")]
    assert totals_of(told).messages == 1
