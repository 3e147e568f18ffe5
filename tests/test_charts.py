"""Charts out of characters: never full or empty unless exactly so, gaps left open, legible without colour."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.view.charts import Series, bar, line_chart, stacked, strip
from tui.view.table import Cell
from tui.view.text import ascii_only, cell_width

DAYS = ("9 Nov", "10 Nov", "11 Nov", "12 Nov", "13 Nov", "14 Nov", "15 Nov")


def texts(chart: list[list[Cell]]) -> list[str]:
    return ["".join(cell.text for cell in line) for line in chart]


@pytest.mark.parametrize(
    ("share", "width", "drawn"),
    [
        (0, 6, "░░░░░░"),
        (100, 6, "██████"),
        (50, 6, "███░░░"),
        (60, 6, "███▌░░"),
        (0.001, 6, "▌░░░░░"),
        (99.999, 6, "█████▌"),
        (99.9, 1, "▌"),
        (0.1, 1, "▌"),
        (50, 0, ""),
        (100.0, 0, ""),
    ],
)
def test_bar(share: float, width: int, drawn: str) -> None:
    assert bar(share, width) == drawn


def test_a_bar_can_leave_the_rest_blank() -> None:
    assert bar(25, 6, empty=" ") == "█▌    "


@given(st.floats(0, 100), st.integers(1, 60))
def test_a_bar_is_full_or_empty_only_when_exactly_so(share: float, width: int) -> None:
    drawn = bar(share, width)
    assert len(drawn) == width
    assert (drawn == "█" * width) == (share == 100)
    assert (drawn == "░" * width) == (share == 0)


def test_a_strip_distinguishes_no_data_from_zero() -> None:
    assert strip([None, 0, 1, 25, 50, 75, 100]) == " ·░░▒▓█"
    assert strip([5, 10], top=100) == "░░"
    assert strip([100, 200], top=100) == "██"
    assert strip([0, 0, None]) == "·· "
    assert strip([None]) == " "
    assert strip([]) == ""


@pytest.mark.parametrize(
    ("parts", "width", "widths"),
    [
        ((50, 50), 10, (5, 5)),
        ((1, 1, 1), 10, (4, 3, 3)),
        ((9999, 1), 10, (9, 1)),
        ((9999, 0, 1), 10, (9, 0, 1)),
        ((1, 1, 1000, 1), 6, (1, 1, 3, 1)),
        ((0, 0), 10, (0, 0)),
        ((5, 3, 9), 2, (1, 0, 1)),
        ((5,), 0, (0,)),
        ((), 5, ()),
    ],
)
def test_stacked(parts: tuple[int, ...], width: int, widths: tuple[int, ...]) -> None:
    assert stacked(parts, width) == widths


@given(st.lists(st.integers(0, 10**12), max_size=10), st.integers(0, 80))
def test_stacked_fills_the_width_and_hides_no_part(parts: list[int], width: int) -> None:
    widths = stacked(parts, width)
    assert sum(widths) == (width if sum(parts) else 0)
    assert all(part or not cells for part, cells in zip(parts, widths, strict=True))
    if width >= sum(part > 0 for part in parts):
        assert all(cells or not part for part, cells in zip(parts, widths, strict=True))


def test_a_chart_of_percentages() -> None:
    chart = line_chart(
        [Series("TLS 1.2", (100, 90, 80, None, 60, 50, 50)), Series("TLS 1.0", (0, 10, 20, None, 40, 50, 50), "warn")],
        40,
        14,
        unit="percent",
        x_labels=DAYS,
    )
    assert texts(chart) == [
        "100%│A···                               ",
        "    │    ··A··                          ",
        "    │         ··A                       ",
        "    │                                   ",
        "    │                       A··         ",
        " 50%│                          ··*·····*",
        "    │                       B··         ",
        "    │                                   ",
        "    │         ··B                       ",
        "    │    ··B··                          ",
        "  0%│B···                               ",
        "    └───────────────────────────────────",
        "     9 Nov   11 Nov      13 Nov   15 Nov",
        " A TLS 1.2  B TLS 1.0  * several        ",
    ]
    assert {cell.tone for line in chart for cell in line if "B" in cell.text} == {"warn"}


def test_a_chart_of_counts_has_a_round_top() -> None:
    chart = texts(line_chart([Series("No TLS", (4200, 0))], 40, 10, unit="count", x_labels=("9 Nov", "15 Nov")))
    assert chart[0] == f"{'5,000│':40}"
    assert chart[1].startswith("     │A·")
    assert chart[3].startswith("2,500│")
    assert chart[6].startswith("    0│")
    assert chart[6].endswith("B") is False
    assert chart[6].endswith("A")


@pytest.mark.parametrize(("greatest", "top"), [(0, "1"), (1, "1"), (3, "5"), (10, "10"), (11, "20"), (99, "100")])
def test_no_count_is_above_the_axis(greatest: int, top: str) -> None:
    chart = texts(line_chart([Series("a", (greatest, 0))], 40, 10, unit="count", x_labels=()))
    assert chart[0].split("│")[0] == top


def test_a_gap_stays_open() -> None:
    chart = texts(line_chart([Series("a", (50, None, 50))], 40, 8, unit="percent", x_labels=("1", "2", "3")))
    assert sum(line.count("·") for line in chart) == 0
    assert sum(line.count("A") for line in chart[:-1]) == 2


def test_eight_series_each_have_a_letter_and_a_legend() -> None:
    series = [Series(f"TLS version {number}", [number * 10 + day for day in range(20)]) for number in range(8)]
    chart = texts(line_chart(series, 80, 24, unit="percent", x_labels=[str(day) for day in range(20)]))
    assert len(chart) == 24
    for number, mark in enumerate("ABCDEFGH"):
        assert f" {mark} TLS version {number} " in " ".join(chart[-2:])
        assert any(mark in line for line in chart[:-4])
    with pytest.raises(ValueError, match="holds 8 series"):
        line_chart([*series, series[0]], 80, 24, unit="percent", x_labels=())


def test_a_chart_without_data_or_room_has_a_line_instead() -> None:
    assert texts(line_chart([Series("a", (None, None))], 30, 8, unit="count", x_labels=()))[0].strip() == "no data to draw"
    assert texts(line_chart([], 30, 8, unit="count", x_labels=()))[0].strip() == "no data to draw"
    assert texts(line_chart([Series("a", (1,))], 30, 4, unit="count", x_labels=()))[0].strip() == "no room for a chart"


def test_hostile_names_are_shown_not_obeyed() -> None:
    chart = texts(line_chart([Series("\x1b[2J", (1, 2))], 40, 10, unit="count", x_labels=("\x1b", "b")))
    assert "^[[2J" in chart[-1]
    assert not any("\x1b" in line for line in chart)


@given(
    st.lists(st.lists(st.none() | st.floats(0, 1e9), max_size=40), max_size=8),
    st.integers(0, 160),
    st.integers(0, 40),
    st.sampled_from(["percent", "count"]),
    st.lists(st.text(max_size=8), max_size=40),
)
def test_a_chart_has_exactly_its_size(values: list[list[float | None]], width: int, height: int, unit: str, labels: list[str]) -> None:
    series = [Series(f"connector {number}", one) for number, one in enumerate(values)]
    chart = texts(line_chart(series, width, height, unit="count" if unit == "count" else "percent", x_labels=labels))
    assert len(chart) == height
    assert all(cell_width(line) == width for line in chart)


def test_charts_have_ascii_look_alikes() -> None:
    assert ascii_only(bar(60, 6)) == "###=.."
    assert ascii_only(strip([None, 0, 25, 50, 75, 100])) == " ..:%#"
