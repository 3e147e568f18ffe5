"""The admin centre's daily totals: counts as they stand, percentages as estimates, and never a message counted twice."""

from __future__ import annotations

import pytest

from tests.support.traces import House, exo_in, write_eac, write_exo

pytestmark = pytest.mark.share(0.25)

PARTNER = "From partner - Fabrikam"
Cells = tuple[object, object, object, object, object]


def load(house: House, *rows: tuple[object, ...], name: str = "eac.csv", delimiter: str = ",") -> None:
    loaded = house.load(write_eac(house.folder / name, *rows, delimiter=delimiter))
    assert loaded.problems == []


def result(house: House, where: str = "true") -> dict[str, int]:
    return dict(house.ask(f"SELECT CAST(tls AS VARCHAR), CAST(sum(messages) AS BIGINT) FROM trace.message WHERE {where} GROUP BY ALL"))


def test_counts_are_taken_as_they_are(house: House) -> None:
    load(
        house,
        ("2026-11-09", PARTNER, 3, 735, 0, 458, 8, 1204),
        ("2026-11-09", "To your org - HQ relay", 0, 0, 0, 20, 0, 20),
        ("2026-11-10", "From the internet without a connector", 1, 0, 0, 0, 4, 5),
        ("2026-11-10", "To the internet without a connector", 0, 0, 0, 0, 6, 6),
    )
    columns = "CAST(CAST(time_utc AS DATE) AS VARCHAR), direction, connector, connector_type, tls, messages, status"
    assert sorted(house.message(columns), key=str) == sorted(
        [
            ("2026-11-09", "inbound", "Fabrikam", "Partner", "No TLS", 3, "accepted"),
            ("2026-11-09", "inbound", "Fabrikam", "Partner", "TLS 1.0", 735, "accepted"),
            ("2026-11-09", "inbound", "Fabrikam", "Partner", "TLS 1.2", 458, "accepted"),
            ("2026-11-09", "inbound", "Fabrikam", "Partner", "TLS 1.3", 8, "accepted"),
            ("2026-11-09", "outbound", "HQ relay", "OnPremises", "TLS 1.2", 20, "delivered"),
            ("2026-11-10", "inbound", None, None, "No TLS", 1, "accepted"),
            ("2026-11-10", "inbound", None, None, "TLS 1.3", 4, "accepted"),
            ("2026-11-10", "outbound", None, None, "TLS 1.3", 6, "delivered"),
        ],
        key=str,
    )
    assert house.ask("SELECT DISTINCT is_estimate FROM trace.message") == [(False,)]
    assert house.ask("SELECT grain, row_count, message_count, reject_count FROM trace.source") == [("day", 4, 1235, 0)]


@pytest.mark.parametrize(
    ("cells", "volume", "counts"),
    [
        # 734.44, 457.52, 12.04: one is left for the largest remainder
        (("0%", "61%", "0%", "38%", "1%"), 1204, {"TLS 1.0": 734, "TLS 1.2": 458, "TLS 1.3": 12}),
        # sums to 101, so of 200: 67.33, 65.35, 67.33
        (("34%", "0%", "33%", "34%", "0%"), 200, {"No TLS": 67, "TLS 1.1": 66, "TLS 1.2": 67}),
        # sums to 99: 33.33 each, the tie goes to the worst
        (("33%", "33%", "0%", "33%", "0%"), 100, {"No TLS": 34, "TLS 1.0": 33, "TLS 1.2": 33}),
        # 98: two points are missing; 49 of 50 are shared out: 24.5, 24.5
        (("49%", "0%", "0%", "49%", "0%"), 50, {"No TLS": 25, "TLS 1.2": 24, "Not recorded": 1}),
        # 60 of 100: 30 of 50
        (("40%", "0%", "0%", "20%", "0%"), 50, {"No TLS": 20, "TLS 1.2": 10, "Not recorded": 20}),
        # nothing said
        (("", "", "", "", ""), 7, {"Not recorded": 7}),
        # 3 of 10 each way with decimals: 3.35 and 6.65
        (("33.5%", "0", "0", "66,5%", "0"), 10, {"No TLS": 3, "TLS 1.2": 7}),
        # no percent sign at all, but the sum is not the Volume
        ((10, 0, 0, 90, 0), 40, {"No TLS": 4, "TLS 1.2": 36}),
        # under one percent
        (("<1%", "0%", "0%", "99%", "0%"), 1000, {"No TLS": 10, "TLS 1.2": 990}),
        (("100%", "0%", "0%", "0%", "0%"), 100, {"No TLS": 100}),
    ],
)
def test_percentages_become_estimates_by_largest_remainder(house: House, cells: Cells, volume: int, counts: dict[str, int]) -> None:
    load(house, ("2026-11-09", PARTNER, *cells, volume))
    assert result(house) == counts
    assert house.ask("SELECT DISTINCT is_estimate FROM trace.message") == [(True,)]


def test_one_row_that_does_not_sum_makes_the_file_one_of_percentages(house: House) -> None:
    load(house, ("2026-11-09", PARTNER, 0, 0, 0, 100, 0, 100), ("2026-11-10", PARTNER, 50, 0, 0, 50, 0, 8))
    assert result(house) == {"No TLS": 4, "TLS 1.2": 104}
    assert house.ask("SELECT DISTINCT is_estimate FROM trace.message") == [(True,)]


def test_percent_and_count_in_one_cell_is_a_count(house: House) -> None:
    load(
        house,
        ("2026-11-09", PARTNER, "", "61%(735)", "", "38%(458)", "1%(11)", "1,204"),
        ("2026-11-10", PARTNER, "<1%(3)", "", "", ">99%(11,997)", "", "12,000"),
        ("2026-11-11", PARTNER, "", "", "", "100%", "", "40"),
        ("2026-11-12", PARTNER, "10%(1)", "", "", "80%(8)", "", "10"),
    )
    assert result(house) == {"No TLS": 4, "TLS 1.0": 735, "TLS 1.2": 12503, "TLS 1.3": 11, "Not recorded": 1}
    assert house.ask("SELECT DISTINCT is_estimate FROM trace.message") == [(False,)]
    assert house.rejects() == []


@pytest.mark.parametrize("separator", [",", ".", " ", "\u00a0", "\u202f", "'"])
def test_thousands_may_be_parted(house: House, separator: str) -> None:
    number = f"1{separator}234{separator}567"
    load(house, ("2026-11-09", PARTNER, 0, 0, 0, number, "1", f"1{separator}234{separator}568"), delimiter=";")
    assert result(house) == {"TLS 1.2": 1_234_567, "TLS 1.3": 1}
    assert house.ask("SELECT DISTINCT is_estimate FROM trace.message") == [(False,)]


@pytest.mark.share(3)
@pytest.mark.parametrize(
    ("dates", "days"),
    [
        (("11/9/2026", "11/13/2026"), ("2026-11-09", "2026-11-13")),
        (("9/11/2026", "13/11/2026"), ("2026-11-09", "2026-11-13")),
        (("03/04/2026", "05/04/2026"), ("2026-03-04", "2026-05-04")),
        (("09.11.2026", "13.11.2026"), ("2026-11-09", "2026-11-13")),
        (("2026-11-09", "2026-11-13"), ("2026-11-09", "2026-11-13")),
        (("2026-11-09T00:00:00Z", "2026-11-13T00:00:00Z"), ("2026-11-09", "2026-11-13")),
        (("2026-11-09 00:00:00", "2026-11-13 00:00:00"), ("2026-11-09", "2026-11-13")),
        (("11/9/2026 12:00:00 AM", "11/13/2026 12:00:00 AM"), ("2026-11-09", "2026-11-13")),
        (("09/11/2026 00:00", "13/11/2026 00:00"), ("2026-11-09", "2026-11-13")),
    ],
)
def test_the_order_of_day_and_month_is_inferred_over_the_column(house: House, dates: tuple[str, str], days: tuple[str, str]) -> None:
    load(house, *((date, PARTNER, 0, 0, 0, 5, 0, 5) for date in dates))
    assert house.message("CAST(CAST(time_utc AS DATE) AS VARCHAR)") == [(day,) for day in sorted(days)]


def test_the_order_is_inferred_for_each_file_by_itself(house: House) -> None:
    write_eac(
        house.folder / "in" / "1.csv",
        ("03/04/2026", PARTNER, 0, 0, 0, 1, 0, 1),
        ("13/04/2026", PARTNER, 0, 0, 0, 1, 0, 1),
    )
    write_eac(house.folder / "in" / "2.csv", ("03/04/2026", "To partner - X", 0, 0, 0, 1, 0, 1))
    house.load(house.folder / "in")
    assert house.message("CAST(CAST(time_utc AS DATE) AS VARCHAR), direction") == [
        ("2026-03-04", "outbound"),
        ("2026-04-03", "inbound"),
        ("2026-04-13", "inbound"),
    ]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (("soon", PARTNER, 0, 0, 0, 5, 0, 5), "Date is not a date"),
        (("2026-11-09", PARTNER, 0, 0, 0, 5, 0, "many"), "Volume is not a number"),
        (("2026-11-09", PARTNER, "60%", 0, 0, "70%", 0, 50), "the percentages sum to more than 100"),
    ],
)
def test_a_row_that_cannot_be_is_rejected_with_its_line(house: House, row: tuple[object, ...], reason: str) -> None:
    load(house, ("2026-11-08", PARTNER, 0, 0, 0, "100%", 0, 8), row, ("2026-11-10", PARTNER, 0, 0, 0, "100%", 0, 8))
    assert [found[:2] for found in house.rejects()] == [(3, reason)]
    assert result(house) == {"TLS 1.2": 16}
    assert house.ask("SELECT reject_count, message_count FROM trace.source") == [(1, 16)]


@pytest.mark.parametrize("first", ["eac", "exo", "both"])
def test_totals_of_a_day_and_connector_with_messages_are_kept_but_not_counted(house: House, first: str) -> None:
    data = "'S:InboundConnectorData=Name=Fabrikam;ConnectorType=Partner';S:tlsversion=TLS1.3"
    eac = write_eac(
        house.folder / "eac.csv",
        ("2026-11-10", PARTNER, 0, 0, 0, 100, 0, 100),
        ("2026-11-11", PARTNER, 0, 0, 0, 30, 0, 30),
        ("2026-11-10", "From partner - Other", 0, 0, 0, 7, 0, 7),
        ("2026-11-10", "To partner - Fabrikam", 0, 0, 0, 9, 0, 9),
        ("2026-11-10", "From the internet without a connector", 0, 0, 0, 11, 0, 11),
    )
    exo = write_exo(house.folder / "exo.csv", exo_in(1, custom_data=data))
    for paths in {"eac": [(eac,), (exo,)], "exo": [(exo,), (eac,)], "both": [(eac, exo)]}[first]:
        house.load(*paths)
    assert house.flow() == {
        ("inbound", "Fabrikam", "TLS 1.3"): 1,
        ("inbound", "Fabrikam", "TLS 1.2"): 30,
        ("inbound", "Other", "TLS 1.2"): 7,
        ("outbound", "Fabrikam", "TLS 1.2"): 9,
        ("inbound", None, "TLS 1.2"): 11,
    }
    assert result(house, "connector = 'Fabrikam' AND direction = 'inbound'") == {"TLS 1.2": 130, "TLS 1.3": 1}


def test_the_same_day_and_connector_in_two_exports_counts_once(house: House) -> None:
    load(house, ("2026-11-10", PARTNER, 0, 0, 0, 100, 0, 100))
    load(house, ("2026-11-10", PARTNER, 0, 0, 0, 100, 0, 100), ("2026-11-11", PARTNER, 0, 0, 0, 1, 0, 1), name="b.csv")
    assert house.flow() == {("inbound", "Fabrikam", "TLS 1.2"): 101}


def test_a_count_that_does_not_add_up_leaves_the_other_counts_as_they_are(house: House) -> None:
    head = "Date,Connector direction and name,Connector type,Forced TLS?,No TLS,TLS 1.0,TLS 1.1,TLS 1.2,TLS 1.3,Volume\n"
    rows = "2026-11-09,From partner - A,Partner,False,0,100,0,200,0,300\n2026-11-10,From partner - A,Partner,False,0,5,0,200,0,204\n"
    path = house.folder / "counts.csv"
    path.write_text(head + rows)
    house.load(path)
    result = house.ask("SELECT CAST(tls AS VARCHAR), messages, is_estimate FROM trace.message ORDER BY ALL")
    assert result == [("TLS 1.0", 100, False), ("TLS 1.2", 200, False)]
    assert "sum to more than Volume" in str(house.rejects())
