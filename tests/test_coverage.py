"""The coverage of the files: days without mail, as lines of text."""

from __future__ import annotations

from datetime import date, timedelta

from tui.rows import CoverageDay
from tui.view.coverage import coverage_columns, coverage_lines, coverage_summary, gaps_line


def covered(first: date, days: int, *with_mail: int, direction: str = "inbound") -> list[CoverageDay]:
    hours = [1] * 24
    return [
        CoverageDay(first + timedelta(days=place), direction, 24 if place in with_mail else 0, hours if place in with_mail else None)
        for place in range(days)
    ]


def test_days_without_mail_are_listed_in_runs() -> None:
    rows = covered(date(2026, 10, 28), 20, 0, 1, 9, 11, 19)
    assert coverage_summary(rows) == "20 days in the files · inbound: no message on 30 Oct – 5 Nov, 7 Nov, 9–15 Nov"
    assert gaps_line(rows, 78) == "20 days in the files · no message: inbound on 15 (V)"
    assert gaps_line(rows, 84) == "20 days in the files · inbound: no message on 30 Oct – 5 Nov, 7 Nov, 9–15 Nov (V)"


def test_days_of_several_years_show_the_year() -> None:
    rows = covered(date(2023, 12, 30), 733, 0, 732)
    assert coverage_summary(rows) == "733 days in the files · inbound: no message on 31 Dec 2023 – 30 Dec 2025"
    for width in (80, 120):
        columns = coverage_columns(width)
        first = coverage_lines(rows, columns)[-1].cells[0].text
        assert first == ("2023-12-30" if width == 80 else "Sat 30 Dec 2023")
        assert len(first) <= columns[0].width


def test_the_line_of_gaps_fits_and_counts_what_it_leaves_out() -> None:
    rows = [*covered(date(2026, 9, 1), 60, *range(0, 60, 3)), *covered(date(2026, 9, 1), 60, *range(0, 60, 2), direction="outbound")]
    assert gaps_line(rows, 78) == "60 days in the files · no message: outbound on 30, inbound on 40 (V)"
    first = "60 days in the files · outbound: no message on 2 Sep and 29 more days · inbound: no message on 2–3 Sep and 38 more days"
    assert gaps_line(rows, 125) == f"{first} (V)"
    assert gaps_line(rows, 160) == f"{first} · 0 other hours without mail (V)"
    assert coverage_summary(rows, 78) == "60 days in the files · no message: outbound on 30, inbound on 40"
