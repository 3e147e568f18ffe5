"""The connector report's columns at the widths that terminals have."""

from __future__ import annotations

from datetime import datetime

import pytest

from tui.view.columns import WIDE, connector_columns
from tui.view.connectors import ConnectorRow, short_name, version_cell
from tui.view.formatting import ALWAYS_SHOWN
from tui.view.table import place_columns, table_width

FULL_HEADS = [
    "Date",
    "Connector direction and name",
    "Connector type",
    "Forced TLS?",
    "No TLS",
    "TLS 1.0",
    "TLS 1.1",
    "TLS 1.2",
    "TLS 1.3",
    "Volume",
]


def row(tls: dict[str, int], *, estimate: bool = False, connector: str | None = "Fabrikam") -> ConnectorRow:
    return ConnectorRow(
        datetime(2026, 11, 9), "inbound", connector, "Partner" if connector else None, False if connector else None, tls, estimate
    )


@pytest.mark.parametrize("width", [80, 100, 119])
def test_below_120_type_and_forced_become_letters_and_all_versions_fit(width: int) -> None:
    columns = connector_columns(width, ALWAYS_SHOWN)
    assert [column.key for column in columns] == ["name", *ALWAYS_SHOWN, "volume"]
    assert table_width(columns) <= width


@pytest.mark.parametrize("width", [120, 132, 160, 200])
def test_from_120_on_all_ten_columns_have_their_full_headings(width: int) -> None:
    columns = connector_columns(width, ALWAYS_SHOWN)
    assert [column.label for column in columns] == FULL_HEADS
    assert all(column.width >= len(column.label) for column in columns)
    assert table_width(columns) <= width


def test_at_60_the_name_stays_and_the_rest_scrolls() -> None:
    columns = connector_columns(60, ALWAYS_SHOWN)
    layout = place_columns(columns, 1, 1, 60)
    assert layout.placed[0].index == 0
    assert layout.hidden_right
    assert columns[layout.placed[-1].index].key in ALWAYS_SHOWN


@pytest.mark.parametrize("width", [80, WIDE])
def test_other_versions_get_columns_behind_volume_where_they_are_not_0(width: int) -> None:
    columns = connector_columns(width, (*ALWAYS_SHOWN, "Not recorded", "SSL"))
    assert [column.key for column in columns][-3:] == ["volume", "Not recorded", "SSL"]
    shown = [columns[place.index].key for place in place_columns(columns, 1, 1, width).placed]
    assert "volume" in shown


def test_cells_contain_share_and_count_marked_where_they_matter() -> None:
    fabrikam = row({"TLS 1.0": 735, "TLS 1.2": 458, "TLS 1.3": 11})
    assert version_cell(fabrikam, "TLS 1.0", over_limit=True, width=10).text == "!61%(735)"
    assert version_cell(fabrikam, "TLS 1.0", over_limit=False, width=10).text == "▲61%(735)"
    assert version_cell(fabrikam, "TLS 1.2", over_limit=False, width=10).text == "38%(458)"
    assert version_cell(fabrikam, "TLS 1.3", over_limit=False, width=10).text == "1%(11)"
    assert version_cell(fabrikam, "TLS 1.1", over_limit=False, width=10).text == "·"


def test_shares_are_of_what_was_recorded_and_not_recorded_is_a_count() -> None:
    half = row({"TLS 1.2": 50, "Not recorded": 50})
    assert version_cell(half, "TLS 1.2", over_limit=False, width=10).text == "100%(50)"
    assert version_cell(half, "Not recorded", over_limit=False, width=8).text == "50"


def test_estimates_are_marked_in_each_cell() -> None:
    assert version_cell(row({"TLS 1.2": 3, "TLS 1.3": 1}, estimate=True), "TLS 1.2", over_limit=False, width=10).text == "~75%(3)"


def test_a_cell_that_is_too_narrow_keeps_the_share() -> None:
    much = row({"TLS 1.0": 123_456_789})
    assert version_cell(much, "TLS 1.0", over_limit=True, width=7).text == "!100%"
    assert version_cell(row({"TLS 1.0": 4130, "TLS 1.2": 4000}), "TLS 1.0", over_limit=True, width=10).text == "!51%(4.1k)"


def test_names_carry_type_and_forced_tls_as_letters() -> None:
    assert short_name(row({})) == "← Pn Fabrikam"
    assert short_name(row({}, connector=None)) == "← –  internet"


def test_with_one_more_column_everything_still_fits() -> None:
    for width in (80, 120):
        columns = connector_columns(width, (*ALWAYS_SHOWN, "Not recorded"))
        assert table_width(columns) <= width
        assert [column.key for column in columns][-2:] == ["volume", "Not recorded"]
