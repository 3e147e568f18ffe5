"""An export that ends at its row limit is most likely a part, and a finding says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.reports import finding_of, json_of
from tests.support.traces import exo_in, write_exo

Capture = pytest.CaptureFixture[str]
TRACE = "MessageId,Received,SenderAddress,RecipientAddress,Subject,Status,ToIP,FromIP,Size,MessageTraceId\n"


def trace(path: Path, rows: int) -> Path:
    lines = [f"<{n}@p>,2026-11-12 10:00:00,a@p.example,u@example.com,Hi,Delivered,,192.0.2.1,9,g{n}\n" for n in range(rows)]
    path.write_text(TRACE + "".join(lines))
    return path


def mails_of(count: int) -> list[dict[str, str]]:
    return [exo_in(number, date_time_utc=f"2026-11-10T10:{number // 60:02d}:{number % 60:02d}.000Z") for number in range(count)]


@pytest.mark.share(2)
@pytest.mark.parametrize(("rows", "fires"), [(999, False), (1000, True), (1001, False), (5000, True)])
def test_a_list_at_its_limit(rows: int, fires: bool, tmp_path: Path, capsys: Capture) -> None:
    report = json_of(capsys, trace(tmp_path / "trace.csv", rows))
    assert (finding_of(report, "export_at_limit") is not None) is fires


@pytest.mark.parametrize(("mails", "fires"), [(999, False), (1000, True)])
def test_an_extended_report_at_its_limit(mails: int, fires: bool, tmp_path: Path, capsys: Capture) -> None:
    report = json_of(capsys, write_exo(tmp_path / "e.csv", *mails_of(mails)))
    assert (finding_of(report, "export_at_limit") is not None) is fires


def test_a_list_of_another_time_is_none_of_this_window(tmp_path: Path, capsys: Capture) -> None:
    report = json_of(capsys, trace(tmp_path / "trace.csv", 1000), "--from", "2026-10-01", "--to", "2026-10-07")
    assert finding_of(report, "export_at_limit") is None
