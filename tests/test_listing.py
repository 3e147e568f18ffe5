"""Lists on the screen: find as you type, order both ways, columns, filters, recipients, time, export, palette."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import duckdb
import pytest

from tests.support.reports import hops, write_rows, write_table
from tests.support.screens import opened, paste, screen_text, until, until_shown
from tui.cli import run
from tui.config import Config

pytestmark = pytest.mark.share(0.25)

CONNECTORS = [
    *hops(6, "TLS 1.2", connector="Alpha", connector_type="Partner", peer_host="a.example"),
    *hops(3, "TLS 1.0", connector="Beta", connector_type="OnPremises", peer_host="b.example"),
    *hops(1, "No TLS", connector="Gamma", peer_host="c.example"),
]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return write_table(tmp_path / "t.csv", CONNECTORS)


def names_on(text: str) -> list[str]:
    """Return the connectors in the order of the whole window's rows."""
    lines = text.splitlines()
    begin = next(n for n, line in enumerate(lines) if "whole window" in line)
    end = next(n for n in range(begin + 1, len(lines)) if lines[n].startswith("─"))
    return [name for line in lines[begin + 1 : end] for name in ("Alpha", "Beta", "Gamma", "Total") if name in line]


async def test_the_list_follows_what_is_typed_and_esc_shows_all_again(table: Path) -> None:
    async with opened(table) as (app, pilot):
        await pilot.press("2")
        await until_shown(app, pilot, "Alpha", "Gamma")
        await pilot.press("slash", "b", "e")
        await until(pilot, lambda: names_on(screen_text(app)) == ["Beta"])
        await pilot.press("enter")
        await until_shown(app, pilot, "with “be”")
        await pilot.press("exclamation_mark", "enter")
        await until(pilot, lambda: names_on(screen_text(app)) == ["Alpha", "Gamma", "Total"])
        await pilot.press("slash", "escape")
        await until(pilot, lambda: names_on(screen_text(app)) == ["Alpha", "Beta", "Gamma", "Total"])


async def test_rows_are_ordered_by_the_cursors_column_and_back(table: Path) -> None:
    async with opened(table) as (app, pilot):
        await pilot.press("2")
        await until_shown(app, pilot, "Alpha")
        await pilot.press("o")
        await until(pilot, lambda: names_on(screen_text(app)) == ["Alpha", "Beta", "Gamma", "Total"])
        await pilot.press("o")
        await until_shown(app, pilot, "descending")
        await until(pilot, lambda: names_on(screen_text(app)) == ["Gamma", "Beta", "Alpha", "Total"])
        await pilot.press("right", "right", "o")  # TLS 1.0
        await until(pilot, lambda: names_on(screen_text(app))[0] == "Beta")
        await pilot.press("O")
        await until(pilot, lambda: names_on(screen_text(app)) == ["Alpha", "Beta", "Gamma", "Total"])


async def test_columns_are_hidden_and_shown(table: Path) -> None:
    async with opened(table) as (app, pilot):
        await pilot.press("2")
        await until_shown(app, pilot, "TLS 1.1", "Volume")
        await pilot.press("C")
        await until_shown(app, pilot, "[x] TLS 1.1")
        await pilot.press("down", "down", "enter")
        await until_shown(app, pilot, "[ ] TLS 1.1")
        await pilot.press("escape")
        await until(pilot, lambda: "TLS 1.1" not in screen_text(app))


async def test_the_total_is_combined_by_volume_and_opens_who_of_all(table: Path) -> None:
    async with opened(table) as (app, pilot):
        await pilot.press("2")
        total = next(line for line in (await until_shown(app, pilot, "Total")).splitlines() if "Total" in line)
        assert total.split() == ["Total", "10%(1)", "▲30%(3)", "·", "60%(6)", "·", "10"]
        await pilot.press("down", "down", "down", "enter")
        await until_shown(app, pilot, "Total › all versions › who", "a.example", "b.example", "c.example")


async def test_a_filter_is_written_saved_and_taken_again(tmp_path: Path, table: Path) -> None:
    config = Config(folder=tmp_path / "config")
    async with opened(table, config=config) as (app, pilot):
        await pilot.press("F")
        await until_shown(app, pilot, "Clauses: field, operator, value")
        await pilot.press(*"hosst is b.example".replace(" ", "_").replace("_", " ").split(" ")[0], "enter")
        await until_shown(app, pilot, "is not a field; did you mean host?")
        await pilot.press(
            "ctrl+u", *[{" ": "space", ".": "full_stop"}.get(key, key) for key in "host is b.example"], "tab", *"old", "enter"
        )
        await until_shown(app, pilot, "where host is b.example", "in 3")
        assert names_on(screen_text(app)) == ["Beta"]
        assert "host is b.example" in (tmp_path / "config" / "filters" / "old.filter").read_text()
    async with opened(table, config=config) as (app, pilot):
        await pilot.press("F")
        await until_shown(app, pilot, "old: host is b.example")
        await pilot.press("tab", "tab", "enter")
        await until_shown(app, pilot, "where host is b.example", "in 3")


async def test_recipients_are_counted_instead_of_messages(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"time_utc": "2026-11-12T10:00:00", "direction": "inbound", "tls": "TLS 1.2", "recipients": '["a@x.example","b@x.example"]'},
        {"time_utc": "2026-11-12T10:00:00", "direction": "inbound", "tls": "TLS 1.0", "recipients": '["a@x.example"]'},
    ]
    async with opened(write_rows(tmp_path / "t.csv", rows)) as (app, pilot):
        await pilot.press("2")
        await until_shown(app, pilot, "in 2", "50%(1)")
        await pilot.press("R")
        await until_shown(app, pilot, "Counting: recipients", "in 3", "67%(2)")


@pytest.mark.share(1)
@pytest.mark.parametrize(
    ("first", "last", "rule"),
    [
        ("2026-11-12", "2026-11-12", "Thu 12 Nov 10:00–11:00"),
        ("2026-11-06", "2026-11-12", "Thu 12 Nov until"),
        ("2026-08-01", "2026-11-12", "week from Mon 9 Nov"),
    ],
)
async def test_rows_are_of_hours_days_or_weeks_by_the_span(table: Path, first: str, last: str, rule: str) -> None:
    async with opened(table) as (app, pilot):
        await pilot.press("2", "t")
        await until_shown(app, pilot, "Start date and end date")
        await pilot.press("tab", "ctrl+u", *first, "tab", "ctrl+u", *last, "enter")
        await until_shown(app, pilot, rule)
        await pilot.press("v")
        await until_shown(app, pilot, "View details table")


async def test_own_clients_can_be_shown(tmp_path: Path) -> None:
    rows = hops(4, "TLS 1.2") + hops(2, "TLS 1.3", direction="submission")
    async with opened(write_table(tmp_path / "t.csv", rows)) as (app, pilot):
        await pilot.press("c")
        await until_shown(app, pilot, "From your own clients (SMTP AUTH)  2")
        await pilot.press("down", "down", "down", "down", "enter")
        await until_shown(app, pilot, "Show data for: your own clients (SMTP AUTH)", "100%(2)")


@pytest.mark.share(1)
@pytest.mark.parametrize("ending", ["csv", "json", "parquet"])
async def test_the_rows_that_are_shown_are_written_as_they_are_shown(tmp_path: Path, table: Path, ending: str) -> None:
    target = tmp_path / f"out.{ending}"
    async with opened(table) as (app, pilot):
        await pilot.press("2", "slash", *"beta", "enter", "e")
        await until_shown(app, pilot, "connector-report.csv")
        await pilot.press("ctrl+u")
        await paste(app, pilot, str(target))
        await pilot.press("enter")
        await until_shown(app, pilot, "1 row written to")
    if ending == "csv":
        with target.open() as file:
            rows = list(csv.DictReader(file))
    elif ending == "json":
        rows = json.loads(target.read_text())
    else:
        exported = duckdb.connect().execute(f"FROM '{target}'")
        rows = [dict(zip([column[0] for column in exported.description or []], row, strict=True)) for row in exported.fetchall()]
    assert [(row["connector"], str(row["TLS 1.0"]), str(row["volume"])) for row in rows] == [("Beta", "3", "3")]


async def test_an_export_writes_over_nothing(tmp_path: Path, table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sources.csv").write_text("mine")
    async with opened(table) as (app, pilot):
        await pilot.press("4", "e")
        await until_shown(app, pilot, "sources.csv")
        await pilot.press("enter")
        await until_shown(app, pilot, "already exists; choose another name")
    assert (tmp_path / "sources.csv").read_text() == "mine"


async def test_a_picture_of_the_screen_shows_the_screen_and_not_the_dialog(
    tmp_path: Path, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with opened(table) as (app, pilot):
        await pilot.press("2")
        await until_shown(app, pilot, "Alpha")
        await pilot.press("P", "enter")
        await until_shown(app, pilot, "picture of the screen written")
    picture = (tmp_path / "mailflow.svg").read_text()
    assert "Gamma" in picture
    assert "Enter writes" not in picture


async def test_the_palette_finds_what_is_typed_and_does_it(table: Path) -> None:
    async with opened(table) as (app, pilot):
        await pilot.press("colon")
        await until_shown(app, pilot, "Commands", "Go: Connector report")
        await pilot.press(*"coverage", "enter")
        await until_shown(app, pilot, "mailflow › Coverage", "1 day · mail on each day")


async def test_the_sql_of_a_screen_is_shown(table: Path) -> None:
    async with opened(table) as (app, pilot):
        await pilot.press("2", "x")
        await until_shown(app, pilot, "SQL of this screen", " ms ", "queries/")


def test_messages_are_exported_from_the_command_line_with_the_same_words(
    tmp_path: Path, table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "out.csv"
    assert run(["export", str(table), "--to", str(target), "--where", "host is b.example"]) == 0
    with target.open() as file:
        rows = list(csv.DictReader(file))
    assert [(row["connector"], row["tls"], row["time_utc"]) for row in rows] == [("Beta", "TLS 1.0", "2026-11-12T10:00:00Z")] * 3
    assert "3 messages written" in capsys.readouterr().err
    assert run(["export", str(table), "--to", str(target)]) == 2
    assert "already exists" in capsys.readouterr().err
    assert run(["export", str(table), "--to", str(target), "--tls", "none", "--force"]) == 0
    with target.open() as file:
        assert [row["connector"] for row in csv.DictReader(file)] == ["Gamma"]
    assert run(["export", str(table), "--to", str(tmp_path / "out.xlsx")]) == 2
    assert "end the name with .csv, .json, .parquet" in capsys.readouterr().err


def test_no_cell_of_a_csv_is_a_formula(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"time_utc": "2026-11-12T10:00:00", "direction": "inbound", "tls": "TLS 1.2", "subject": "=HYPERLINK(1)", "sender": "+1@x.example"}
    ]
    target = tmp_path / "out.csv"
    assert run(["export", str(write_rows(tmp_path / "t.csv", rows)), "--to", str(target)]) == 0
    with target.open() as file:
        result = next(csv.DictReader(file))
    assert (result["subject"], result["sender"]) == ("'=HYPERLINK(1)", "'+1@x.example")
