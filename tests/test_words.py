from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.view.formatting import (
    connector_label,
    listed,
    one_decimal,
    partial_day,
    percent_number,
    short_count,
    span_name,
    whole_percent,
)


@pytest.mark.parametrize(
    ("part", "of", "shown"),
    [
        (0, 10, "0%"),
        (10, 10, "100%"),
        (3, 3867, "<1%"),
        (11_997, 12_000, ">99%"),
        (735, 1204, "61%"),
        (1, 200, "<1%"),
        (1, 100, "1%"),
        (99, 100, "99%"),
        (199, 200, ">99%"),
    ],
)
def test_cells_are_whole_percent_and_never_0_or_100_unless_exact(part: int, of: int, shown: str) -> None:
    assert whole_percent(part, of) == shown


@pytest.mark.parametrize(
    ("part", "of", "shown"),
    [
        (8377, 8453, "99.1%"),
        (5877, 6292, "93.4%"),
        (1, 1_000_000, "<0.1%"),
        (999_999, 1_000_000, ">99.9%"),
        (0, 7, "0%"),
        (7, 7, "100%"),
        (735, 1204, "61.0%"),
    ],
)
def test_headlines_have_one_decimal_and_never_0_or_100_unless_exact(part: int, of: int, shown: str) -> None:
    assert one_decimal(part, of) == shown


@given(st.integers(1, 10**9).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_a_share_is_never_0_or_100_unless_it_is(pair: tuple[int, int]) -> None:
    part, of = pair
    for toward in ("low", "nearest", "high"):
        number = percent_number(part, of, toward)
        assert (number == 0) == (part == 0)
        assert (number == 100) == (part == of)
    assert whole_percent(part, of) not in ("0%", "100%") or part in (0, of)
    assert one_decimal(part, of) not in ("0%", "0.0%", "100%", "100.0%") or part in (0, of)
    low, high = percent_number(part, of, "low"), percent_number(part, of, "high")
    assert (0 < part < of and (low == 0.1 or low <= 100 * part / of + 1e-9)) or part in (0, of)
    assert low <= high


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, "0"),
        (735, "735"),
        (999, "999"),
        (1000, "1.0k"),
        (1949, "1.9k"),
        (9999, "10k"),
        (12_345, "12k"),
        (999_499, "999k"),
        (999_999, "1.0M"),
        (6762, "6.8k"),
        (4_100_000, "4.1M"),
    ],
)
def test_counts_in_cells_have_at_most_four_characters(count: int, shown: str) -> None:
    assert short_count(count) == shown
    assert len(shown) <= 4


def test_connectors_are_labelled_as_the_report_does() -> None:
    assert connector_label("inbound", "Fabrikam", "Partner") == "From partner - Fabrikam"
    assert connector_label("inbound", "HQ", "OnPremises") == "From your org - HQ"
    assert connector_label("outbound", "HQ", "OnPremises") == "To your org - HQ"
    assert connector_label("outbound", "X", None) == "To connector - X"
    assert connector_label("inbound", None, None) == "From the internet without a connector"
    assert connector_label("outbound", None, "Partner") == "To the internet without a connector"


def test_spans_name_what_they_must() -> None:
    assert span_name(date(2026, 11, 9), date(2026, 11, 15)) == "9–15 Nov 2026"
    assert span_name(date(2026, 10, 30), date(2026, 11, 5)) == "30 Oct – 5 Nov 2026"
    assert span_name(date(2025, 12, 30), date(2026, 1, 5)) == "30 Dec 2025 – 5 Jan 2026"
    assert span_name(date(2026, 11, 9), date(2026, 11, 9)) == "9 Nov 2026"


def test_a_day_that_is_not_over_names_its_hour() -> None:
    assert partial_day(date(2026, 11, 15), datetime(2026, 11, 15, 9, 12, 4)) == "15 Nov until 09:12"
    assert partial_day(date(2026, 11, 15), datetime(2026, 11, 15, 23, 59, 59)) is None
    assert partial_day(date(2026, 11, 14), datetime(2026, 11, 15, 9, 12)) is None


def test_lists_read_as_sentences() -> None:
    assert listed([]) == ""
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"
