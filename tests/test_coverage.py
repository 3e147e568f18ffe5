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
    assert coverage_summary(rows) == "20 days · inbound: no counted message on 30 Oct – 5 Nov, 7 Nov, 9–15 Nov"
    assert gaps_line(rows, 70) == "20 days · no counted message: inbound 15 days (V)"
    assert gaps_line(rows, 90) == "20 days · inbound: no counted message on 30 Oct – 5 Nov, 7 Nov, 9–15 Nov (V)"


def test_days_of_several_years_show_the_year() -> None:
    rows = covered(date(2023, 12, 30), 733, 0, 732)
    assert coverage_summary(rows) == "733 days · inbound: no counted message on 31 Dec 2023 – 30 Dec 2025"
    for width in (80, 120):
        columns = coverage_columns(width)
        first = coverage_lines(rows, columns)[-1].cells[0].text
        assert first == ("2023-12-30" if width == 80 else "Sat 30 Dec 2023")
        assert len(first) <= columns[0].width


def test_the_line_of_gaps_fits_and_counts_what_it_leaves_out() -> None:
    rows = [*covered(date(2026, 9, 1), 60, *range(0, 60, 3)), *covered(date(2026, 9, 1), 60, *range(0, 60, 2), direction="outbound")]
    assert gaps_line(rows, 78) == "60 days · no counted message: outbound 30 days, inbound 40 days (V)"
    first = "60 days · outbound: no counted message on 2 Sep and 29 more days · inbound: no counted message on 2–3 Sep and 38 more days"
    assert gaps_line(rows, 126) == f"{first} (V)"
    assert gaps_line(rows, 170) == (
        "60 days · outbound: no counted message on 2 Sep, 4 Sep, 6 Sep and 27 more days"
        " · inbound: no counted message on 2–3 Sep, 5–6 Sep, 8–9 Sep and 34 more days (V)"
    )
    assert coverage_summary(rows, 78) == "60 days · no counted message: outbound 30 days, inbound 40 days"
