"""A letter says what was seen, of whom, when, and what to change; and nothing where nothing needs to be changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.asked import asking
from tui.store.filters import one
from tui.store.lists import ask_letter
from tui.store.questions import Scope, ask_window
from tui.view.letter import letter_text

pytestmark = pytest.mark.share(0.25)


def mail(tls: str, day: int, direction: str = "inbound", **others: object) -> dict[str, object]:
    row: dict[str, object] = {"time_utc": f"2026-11-{day:02}T10:00:00", "direction": direction, "tls": tls, "session_id": f"S{day}"}
    return row | {"peer_host": "mx.a.example", "peer_ip": "192.0.2.1", "peer_domain": "a.example", "sender": "x@a.example"} | others


ROWS = [
    mail("TLS 1.0", 3),
    mail("TLS 1.0", 9),
    mail("TLS 1.2", 10),
    mail("No TLS", 5, "outbound", peer_host="in.a.example", peer_ip="192.0.2.2"),
    mail("TLS 1.0", 4, peer_host=None, helo="WIN-1", peer_ip="192.0.2.3"),
    mail("TLS 1.0", 4, peer_host="mx.b.example", peer_domain="b.example", peer_ip="198.51.100.1"),
]


def letter(folder: Path, facet: str, name: str, *, markdown: bool = False, rows: list[dict[str, object]] | None = None) -> str:
    with asking(folder, rows or ROWS) as runner:
        window = ask_window(runner)
        return letter_text(ask_letter(runner, window.whole_file, Scope(where=one(facet, name))), name, window, markdown=markdown)


def test_a_letter_to_a_domain_names_hosts_addresses_versions_counts_and_days(tmp_path: Path) -> None:
    text = letter(tmp_path, "domain", "a.example")
    assert "Subject: Please enable TLS 1.2 for mail with us (a.example)" in text
    assert "is still sent without TLS and over TLS 1.0." in " ".join(text.split())
    assert "mx.a.example [192.0.2.1]\n      TLS 1.0: 2 messages in 2 connections, 3 Nov 2026 to 9 Nov 2026" in text
    assert "WIN-1 [192.0.2.3] (HELO, unverified)\n      TLS 1.0: 1 message in 1 connection, 4 Nov 2026" in text
    assert "Mail from us to you:\n\n  in.a.example [192.0.2.2]\n      without TLS: 1 message" in text
    assert "Of these, mx.a.example also used TLS 1.2 or newer" in text
    assert "b.example" not in text
    assert "Offer STARTTLS on the servers that take mail" in text
    assert max(map(len, text.splitlines())) <= 80


def test_a_letter_in_markdown_has_a_table_whose_cells_cannot_break_it(tmp_path: Path) -> None:
    rows = [mail("TLS 1.0", 3, peer_host="evil|host\x1b[31m")]
    text = letter(tmp_path, "domain", "a.example", markdown=True, rows=rows)
    assert "| evil\\|host^[[31m | 192.0.2.1 | TLS 1.0 | 1 | 3 Nov 2026 |" in text
    assert "\x1b" not in text


def test_where_nothing_is_old_there_is_nothing_to_ask_for(tmp_path: Path) -> None:
    assert "nothing needs to be changed" in letter(tmp_path, "domain", "a.example", rows=[mail("TLS 1.3", 3)])
