"""Who still uses a version, who has upgraded, and of whom it is not known."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tui.domain import RANKED
from tui.rows import WhoRow
from tui.store.window import Window
from tui.view.who import state_of

NOON = datetime(2026, 11, 10, 12)


def state(asked: str, newest: str, better_utc: datetime | None = None) -> str:
    later = NOON + timedelta(days=1)
    row = WhoRow("mx.example", False, 2, 2, 1, 1, NOON, NOON, later, better_utc, "TLS 1.2", newest, None, 1, 1, 2, 1, 0)
    return state_of(row, asked, Window(NOON.date(), later.date(), NOON, later))


@pytest.mark.parametrize("newest", ["Not recorded", "TLS (version unknown)"])
@pytest.mark.parametrize("asked", RANKED)
def test_a_peer_is_not_upgraded_by_what_is_not_known(asked: str, newest: str) -> None:
    assert state(asked, newest) == f"now {'not rec.' if newest == 'Not recorded' else 'TLS ?'}"


def test_a_peer_whose_newest_mail_is_worse_is_not_upgraded() -> None:
    later = NOON + timedelta(hours=1)
    assert state("TLS 1.0", "No TLS", later) == "now No TLS"
    assert state("TLS 1.1", "TLS 1.0", later) == "now TLS 1.0"


def test_a_peer_is_upgraded_by_a_better_version_only() -> None:
    assert state("TLS 1.0", "TLS 1.2").startswith("upgraded")
    assert state("No TLS", "SSL").startswith("upgraded")
    assert state("TLS 1.2", "TLS 1.0") == "now TLS 1.0"
    assert state("TLS 1.0", "No TLS") == "now No TLS"
    assert state("TLS 1.0", "Not recorded", NOON + timedelta(hours=1)) == "upgraded 10 Nov"
