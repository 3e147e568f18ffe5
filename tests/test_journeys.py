"""Ten journeys in a real terminal, each at most six keys from the Overview."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.reports import hops, write_table
from tests.support.terminal import terminal

Steps = Sequence[tuple[str, str]]
DOWN, ENTER = "\x1b[B", "\r"

JOURNEYS: dict[str, Steps] = {
    "which connectors are bad": [("2", "Inbound Partner connector seeing significant TLS1.0 mail flow"), ("]", "2 of 5")],
    "who": [(DOWN, "►! Inbound Partner"), (ENTER, "mx1.fabrikam.exam")],
    "the raw lines behind one": [
        (DOWN, "►! Inbound Partner"),
        (ENTER, "mx1.fabrikam.exam"),
        (ENTER, "►14 Nov 19:10 ← TLS 1.0"),
        (ENTER, "Message at this hop"),
        ("r", "SP_PROT_TLS1_0_SERV"),
    ],
    "export": [("2", "Connector report"), ("e", "connector-report.csv"), (ENTER, "rows written to connector-report.csv")],
    "upgraded or silent": [(DOWN, "►! Inbound Partner"), (ENTER, "upgraded 12 Nov"), ("G", "not seen for 11 d")],
    "what-if: minimum TLS version": [("f", "If nothing below TLS 1.2 were accepted or sent"), ("\t", "[TLS 1.3]")],
    "a coverage gap": [("V", "no message on 11 Nov")],
    "a letter": [(DOWN, "►! Inbound Partner"), (ENTER, "mx1.fabrikam.exam"), ("L", "Please enable TLS 1.2 for mail with us")],
    "the audit page": [("A", "mailflow-audit.html"), (ENTER, "the audit page is written to mailflow-audit.html")],
    "the day after": [("D", "TLS handshakes that failed · 16 of 7 peers")],
}
WRITTEN = {"export": "connector-report.csv", "the audit page": "mailflow-audit.html"}


@pytest.fixture
def trace(sample_trace: Path, tmp_path: Path) -> Path:
    """Return a copy of the sample, beside which a journey may write."""
    return Path(shutil.copyfile(sample_trace, tmp_path / "sample.duckdb"))


@pytest.fixture
def gap(tmp_path: Path) -> Path:
    rows = [row for day in (9, 10, 12, 13) for row in hops(3, "TLS 1.2", f"2026-11-{day:02}T10:00:00")]
    return write_table(tmp_path / "gap.csv", rows)


@pytest.mark.share(2)
@pytest.mark.parametrize("journey", JOURNEYS)
def test_a_journey_is_at_most_six_keys(journey: str, trace: Path, gap: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = JOURNEYS[journey]
    assert len(steps) <= 6
    monkeypatch.chdir(tmp_path)
    root = str(Path(__file__).parent.parent)
    with terminal(gap if "gap" in journey else trace, PYTHONPATH=root, MAILFLOW_CONFIG_HOME=str(tmp_path / "config")) as shown:
        shown.until("►View Details◄")
        for key, words in steps:
            shown.press(key)
            shown.until(words)
        if written := WRITTEN.get(journey):
            assert (tmp_path / written).stat().st_size > 1000
        shown.press("q")
        assert shown.end() == 0
