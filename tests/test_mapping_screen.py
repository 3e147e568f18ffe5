"""The screen on which a person says which column of an unknown file is what."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import duckdb
import pytest
from textual.pilot import Pilot

from tests.support.reports import hops, json_of, write_table
from tests.support.screens import opened, screen_text, until, until_shown
from tests.support.terminal import HOSTILE, Terminal, commands_in, terminal
from tests.test_mapping import HEADER, PAIRS, ROWS
from tui.app import MailflowApp
from tui.cli import run
from tui.config import Config
from tui.view.mapping import guessed, usable
from tui.view.text import visible

pytestmark = pytest.mark.share(0.25)

Capture = pytest.CaptureFixture[str]
SCREEN = "map columns"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MAILFLOW_CONFIG_HOME", str(tmp_path / "config"))
    (tmp_path / "odd.csv").write_text(HEADER + "".join(ROWS))
    return tmp_path


def config_in(folder: Path) -> Config:
    return Config(folder=folder / "config")


def line_of(app: MailflowApp, label: str) -> str:
    """Return the line of a field."""
    return next(line for line in screen_text(app).splitlines() if line[1:].startswith(f"{label} "))


def standing_out(shown: Terminal) -> list[str]:
    """Return the texts on the screen that have a background of their own."""
    return [
        "".join(cell.data for cell in (line[x] for x in range(80)) if cell.bg != "default")
        for line in (shown.screen.buffer[y] for y in range(24))
    ]


async def opened_mapping(app: MailflowApp, pilot: Pilot[Any]) -> None:
    await until_shown(app, pilot, "mailflow › Sources", "could not be used; Enter: map columns")
    await pilot.press("enter")
    await until_shown(app, pilot, SCREEN, "First rows", "Messages")


async def test_an_unknown_file_is_mapped_saved_and_loaded(folder: Path, capsys: Capture) -> None:
    async with opened(folder / "odd.csv", config=config_in(folder)) as (app, pilot):
        await opened_mapping(app, pilot)
        assert line_of(app, "Time").split()[1] == "Empfangen"
        assert "Richtung" in line_of(app, "Direction")
        assert "TLS1.2 | TLS1.2 | none" in line_of(app, "TLS version")
        assert line_of(app, "Subject").split() == ["Subject", "–"]
        await pilot.press(*["down"] * 10, "left")  # the column before the first: the last
        await until(pilot, lambda: "Betreff" in line_of(app, "Subject"))
        await pilot.press("s")
        await until_shown(app, pilot, "Name of the format", "odd")
        await pilot.press("enter")
        await until_shown(app, pilot, "odd.csv: read as odd, 3 messages, 0 lines rejected")
        assert "could not be used" not in screen_text(app)
        await pilot.press("1")
        await until_shown(app, pilot, "Inbound: 2", "Outbound: 1")
    by_dialog = (folder / "config" / "formats" / "odd.sql").read_text()
    assert run(["map", str(folder / "odd.csv"), *PAIRS, "--name", "by command"]) == 0
    by_command = (folder / "config" / "formats" / "by_command.sql").read_text()
    order = ("-- provides", "-- recognise", "-- columns", "    md5")  # pairs may come in any order
    assert {line for line in by_dialog.replace("odd", "by command").splitlines() if not line.startswith(order)} == {
        line for line in by_command.splitlines() if not line.startswith(order)
    }
    (folder / "config" / "formats" / "by_command.sql").unlink()
    (folder / "next.csv").write_text(HEADER.replace(",", ";") + ROWS[0].replace(",", ";"))
    assert json_of(capsys, folder / "next.csv")["flow"]["inbound"]["tls"] == {"TLS 1.2": 1}


async def test_without_time_or_direction_nothing_is_saved(folder: Path) -> None:
    async with opened(folder / "odd.csv", config=config_in(folder)) as (app, pilot):
        await opened_mapping(app, pilot)
        await pilot.press("left", "s")
        await until_shown(app, pilot, "required", "Time is required: choose its column.")
        await pilot.press("right", "down", "enter")
        await until_shown(app, pilot, "Direction is in", "inbound: all rows of the file", "Incoming | Incoming | Originating")
        await pilot.press("home", "enter")
        await until_shown(app, pilot, "Direction is required: a column, or inbound or outbound for all rows.")
        await pilot.press("s")
        await pilot.pause(0.2)
        assert "Name of the format" not in screen_text(app)
        await pilot.press("right")
        await until(pilot, lambda: line_of(app, "Direction").split()[1:] == ["inbound", "all", "rows"])
        assert "is needed" not in screen_text(app)
        await pilot.press("s", "enter")
        await until_shown(app, pilot, "read as odd, 3 messages")
        await pilot.press("1")
        await until_shown(app, pilot, "Inbound: 3")
    assert not (folder / "config" / "formats" / "mapped.sql").exists()


async def test_escape_leaves_everything_as_it_was(folder: Path) -> None:
    async with opened(folder / "odd.csv", config=config_in(folder)) as (app, pilot):
        await opened_mapping(app, pilot)
        await pilot.press("s")
        await until_shown(app, pilot, "Name of the format")
        await pilot.press("escape", "escape")
        await until_shown(app, pilot, "1 file could not be used")
    assert not (folder / "config").exists()


async def test_a_name_that_is_taken_is_said_and_nothing_is_written_over(folder: Path, capsys: Capture) -> None:
    assert run(["map", str(folder / "odd.csv"), *PAIRS, "--name", "other"]) == 0
    (folder / "config" / "formats" / "other.sql").write_text("-- title: Other\n-- recognise: header nothing\n-- into: message\nSELECT 1\n")
    async with opened(folder / "odd.csv", config=config_in(folder)) as (app, pilot):
        await opened_mapping(app, pilot)
        for name in ("other", "postfix"):
            await pilot.press("s")
            await until_shown(app, pilot, "Name of the format")
            await pilot.press(*["backspace"] * 5, *name, "enter")
            shown = await until_shown(app, pilot, "a format of this name already exists")
            assert "--" not in "".join(line for line in shown.splitlines() if "of that name" in line)
            await pilot.press("escape")
    assert "Other" in (folder / "config" / "formats" / "other.sql").read_text()


async def test_files_with_the_same_columns_are_read_with_it_and_others_stay(folder: Path) -> None:
    write_table(folder / "a.csv", hops(2, "TLS 1.3"))
    (folder / "more.csv").write_text(HEADER + ROWS[0].replace('"one"', '"three"'))
    (folder / "shop.csv").write_text("what,count,price\nmilk,1,2\n")
    async with opened(folder, config=config_in(folder)) as (app, pilot):
        await pilot.press("4")
        await until_shown(app, pilot, "1 file · 0 lines rejected · 3 files could not be used")
        await pilot.press("down", "enter")
        await until_shown(app, pilot, f"more.csv › {SCREEN}", "First rows")
        await pilot.press("s")
        await until_shown(app, pilot, "Name of the format")
        await pilot.press("enter")
        await until_shown(app, pilot, "3 files · 0 lines rejected · 1 file could not be used", "2 files read, 4 messages")
        assert app.session.opened is not None
        assert [str(problem).partition(";")[0] for problem in app.session.opened.problems] == [f"{folder}/shop.csv: unknown format"]


async def test_a_file_that_was_read_is_mapped_again(folder: Path, capsys: Capture) -> None:
    assert run(["map", str(folder / "odd.csv"), *PAIRS]) == 0
    async with opened(folder / "odd.csv", config=config_in(folder)) as (app, pilot):
        await pilot.press("4")
        await until_shown(app, pilot, "odd.csv")
        await pilot.press("u")
        await until_shown(app, pilot, "none of these")
        await pilot.press("end", "enter")
        await until_shown(app, pilot, SCREEN, "First rows")
        await pilot.press("down", "left", "left")
        await until(pilot, lambda: "all rows" in line_of(app, "Direction"))
        await pilot.press("s")
        await until_shown(app, pilot, "Name of the format")
        await pilot.press(*"2", "enter")
        await until_shown(app, pilot, "odd.csv: read as 2, 3 messages")
        await pilot.press("1")
        await until_shown(app, pilot, "Outbound: 3")


async def test_a_member_of_a_zip_file_and_a_parquet_file_show_their_rows(folder: Path) -> None:
    with zipfile.ZipFile(folder / "odd.zip", "w") as archive:
        archive.writestr("first.txt", "milk\n")
        archive.write(folder / "odd.csv", "in/odd.csv")
    duckdb.sql(f"COPY (SELECT * FROM read_csv('{folder / 'odd.csv'}', all_varchar = true)) TO '{folder / 'odd.parquet'}' (FORMAT parquet)")
    for name in ("odd.zip", "odd.parquet"):
        async with opened(folder / name, config=config_in(folder)) as (app, pilot):
            await until_shown(app, pilot, "map columns")
            await pilot.press("home", *(["down"] if name == "odd.zip" else []), "enter")
            await until_shown(app, pilot, SCREEN, "13.11.2026 10:00:00")
            assert "Incoming | Incoming | Originating" in line_of(app, "Direction")
            await pilot.press("s")
            await until_shown(app, pilot, "Name of the format")
            await pilot.press("enter")
            await until_shown(app, pilot, "read as odd, 3 messages")
        (folder / "config" / "formats" / "odd.sql").unlink()


async def test_names_are_not_shown_where_they_are_redacted(folder: Path) -> None:
    async with opened(folder / "odd.csv", config=Config(folder=folder / "config", redact=True)) as (app, _):
        assert app.return_code == 4
        assert app.problem is not None


def test_columns_without_a_letter_or_digit_cannot_be_mapped(folder: Path, capsys: Capture) -> None:
    assert usable(["日付", "When?", "when", "", "TLS"]) == ["When?", "TLS"]
    assert guessed(["日付", "Weg"], [["13.11.2026 10:00"], ["x"]]) == {}
    (folder / "far.csv").write_text("日付,Way,TLS\n13.11.2026 10:00,inbound,TLS1.2\n", encoding="utf-8")
    assert run(["map", str(folder / "far.csv"), "time=日付", "direction=inbound"]) == 2
    assert "no such column" in capsys.readouterr().err


async def test_hostile_column_names_are_shown_and_not_obeyed(folder: Path) -> None:
    names = ["[/bold]time", f"{HOSTILE}road", "=cmd|' /C calc'!A0", "[link=x]", "x" * 300]
    (folder / "bad.csv").write_text(",".join(f'"{name}"' for name in names) + "\n" + ",".join(['"[/]a\x1b]0;b\x07"'] * 5) + "\n")
    async with opened(folder / "bad.csv", config=config_in(folder)) as (app, pilot):
        await opened_mapping(app, pilot)
        await pilot.press("enter")
        shown = await until_shown(app, pilot, "Time is in", "[/bold]time", "[link=x]", "=cmd")
        assert "^[" in shown
        assert all(letter.isprintable() or letter == "\n" for letter in shown)
        await pilot.press("home", "down", "enter")
        await pilot.press("down", "right")
        await until(pilot, lambda: "inbound" in line_of(app, "Direction"))
        await pilot.press("s")
        await until_shown(app, pilot, "Name of the format")
        await pilot.press("enter")
        await until_shown(app, pilot, "bad.csv: read as bad, 0 messages, 1 line rejected")
    assert run(["formats", "--check", str(folder / "config" / "formats" / "bad.sql")]) == 0


def test_in_a_real_terminal_with_ascii_from_the_file_to_the_overview(folder: Path) -> None:
    header, row = (HEADER + ROWS[0]).splitlines()
    (folder / "odd.csv").write_text(f"{header},{visible('x')}\n{row},{HOSTILE}\n")
    root = str(Path(__file__).parent.parent)
    with terminal(folder / "odd.csv", PYTHONPATH=root, LANG="C", LC_ALL="C", TERM="linux") as shown:
        shown.until("Sources", "could not be used")
        shown.press("\r")
        shown.until("First rows")
        shown.press("\r")
        shown.until("Time is in")
        assert [line for line in standing_out(shown) if "Empfangen" in line], "the present choice is to be seen"
        shown.press("\x1b")
        shown.read(0.5)
        for keys, words in [("s", "Name of the format"), ("\r", "read as odd, 1 message"), ("1", "View Details")]:
            shown.press(keys)
            shown.until(words)
        shown.press("q")
        assert shown.end() == 0
        assert commands_in(shown.raw) == []


def test_leaving_without_a_word_is_as_if_nothing_had_been_recognised(folder: Path) -> None:
    with terminal(folder / "odd.csv", PYTHONPATH=str(Path(__file__).parent.parent)) as shown:
        shown.until("could not be used")
        shown.press("q")
        assert shown.end() == 4
        assert "unknown format" in shown.raw.decode(errors="replace")
