"""The text report: what it says of its filter, its window and names that are alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.reports import hops, text_of, write_rows, write_table
from tui.cli import run

pytestmark = pytest.mark.share(0.33)

Capture = pytest.CaptureFixture[str]


def test_names_that_differ_at_their_end_stay_apart(tmp_path: Path, capsys: Capture) -> None:
    rows = hops(3, "TLS 1.3", connector="Default Frontend of the server EX01") + hops(
        3, "TLS 1.3", connector="Default Frontend of the server EX02"
    )
    text = text_of(capsys, write_table(tmp_path / "t.csv", rows))
    assert "From connector - Default Frontend of the server EX01" in text
    assert "From connector - Default Frontend of the server EX02" in text


def test_a_filtered_report_names_its_filter(tmp_path: Path, capsys: Capture) -> None:
    table = write_table(tmp_path / "t.csv", hops(40, "TLS 1.0", connector="C", connector_type="Partner"))
    result = text_of(capsys, table, "--where", "tls < TLS 1.2")
    assert "Show data for: All mail flow, where tls < TLS 1.2. Findings are of all mail." in result
    assert "FINDINGS · 2 · of all mail" in result
    assert "!100%" not in result  # a share of picked mail is over no limit
    assert "Show data for" not in text_of(capsys, table)


def test_the_window_says_where_the_files_end(tmp_path: Path, capsys: Capture) -> None:
    table = write_table(tmp_path / "t.csv", hops(3, "TLS 1.2"))
    result = text_of(capsys, table, "--from", "2026-11-01", "--to", "2026-11-30")
    assert "1–30 Nov 2026 UTC (the files end on 12 Nov 10:00)" in result
    assert "12–30 Nov" not in result


def test_a_hop_twice_in_one_file_is_reported(tmp_path: Path, capsys: Capture) -> None:
    row = {"time_utc": "2026-11-12T10:00:00", "direction": "inbound", "tls": "TLS 1.3", "message_id": "<1@a.example>", "hop_key": "7"}
    write_rows(tmp_path / "t.csv", [row, row])
    assert run(["sources", str(tmp_path / "t.csv")]) == 0
    assert "1 hop already counted, in this or another file" in capsys.readouterr().out
