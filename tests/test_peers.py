"""Peers in Who and What-if: whose senders are counted, and which names are one peer."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.asked import asking
from tui.store.lists import ask_what_if, ask_who
from tui.store.questions import ALL_MAIL, ask_window
from tui.view.who import who_filter

pytestmark = pytest.mark.share(0.33)


def row(day: int, host: str | None, sender: str, tls: str = "TLS 1.0", **others: object) -> dict[str, object]:
    result = {"time_utc": f"2026-11-{day:02}T10:00:00", "direction": "inbound", "tls": tls, "peer_host": host, "sender": sender}
    return result | {"connector": "C"} | others


def test_senders_are_those_of_the_window(tmp_path: Path) -> None:
    rows = [row(1, "a.example", "old@a.example"), row(14, "a.example", "x@a.example"), row(1, "gone.example", "y@gone.example")]
    with asking(tmp_path, rows) as runner:
        result = ask_who(runner, ask_window(runner).span, ALL_MAIL, "TLS 1.0", "host")
    assert {peer.name: (peer.messages, peer.senders) for peer in result} == {"a.example": (1, 1), "gone.example": (0, None)}


def test_a_host_and_another_host_that_claims_its_name_are_two_peers(tmp_path: Path) -> None:
    rows = [
        row(14, "win", "x@a.example", peer_ip="192.0.2.1"),
        row(14, None, "y@b.example", "No TLS", helo="win", peer_ip="10.0.0.1"),
        row(14, None, "y@b.example", "TLS 1.2", helo="win", peer_ip="10.0.0.1"),
    ]
    with asking(tmp_path, rows) as runner:
        span = ask_window(runner).whole_file
        minimum_tls = ask_what_if(runner, span, ALL_MAIL, "TLS 1.2")
        assert {(peer.name, peer.is_unverified): (peer.messages, peer.best, peer.verdict) for peer in minimum_tls.peers} == {
            ("win", False): (1, "TLS 1.0", "no newer version seen"),
            ("win", True): (1, "TLS 1.2", "newer version seen"),
        }
        hosts = ask_who(runner, span, ALL_MAIL, None, "host")
        assert {(peer.name, peer.is_unverified): peer.messages for peer in hosts} == {("win", False): 1, ("win", True): 2}
        for peer in hosts:
            from dataclasses import replace

            scope = replace(ALL_MAIL, where=who_filter(peer, "host"))
            assert sum(one.messages for one in ask_who(runner, span, scope, None, "address")) == peer.messages
