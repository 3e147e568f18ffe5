"""A format that was guessed can be overruled: `--as` on the command line, `u` on Sources."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.support.reports import hops, json_of, write_table
from tests.support.screens import opened, screen_text, until, until_shown
from tests.support.splits import rows_of
from tests.support.traces import House, mail, opening, talk, write_csv, write_lines, write_log
from tests.test_mapping import HEADER, PAIRS, ROWS
from tui.app import MailflowApp
from tui.cli import run
from tui.config import Config
from tui.intake.load import Progress, load_files

pytestmark = pytest.mark.share(0.25)

Capture = pytest.CaptureFixture[str]
LOGS = Path(__file__).parent / "split_logs"
SENTENCE = "chosen by you (--as)"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> Path:
    """Return a folder with a table that two formats know: `odd` reads its directions, `only_in` takes every row for inbound."""
    monkeypatch.setenv("MAILFLOW_CONFIG_HOME", str(tmp_path / "config"))
    file = tmp_path / "odd.csv"
    file.write_text(HEADER + "".join(ROWS))
    assert run(["map", str(file), *PAIRS]) == 0
    assert run(["map", str(file), "time=Empfangen", "direction=inbound", "tls=TLS benutzt", "--name", "only in"]) == 0
    capsys.readouterr()
    return tmp_path


def config_in(folder: Path) -> Config:
    return Config(folder=folder / "config")


def flow_of(report: dict[str, Any]) -> dict[str, int]:
    return {direction: result["messages"] for direction, result in report["flow"].items()}


def test_a_file_is_read_as_the_chosen_format(folder: Path, capsys: Capture) -> None:
    file = folder / "odd.csv"
    guessed = json_of(capsys, file)
    assert flow_of(guessed) == {"inbound": 2, "outbound": 1}
    said = json_of(capsys, file, "--as", "only_in")
    assert flow_of(said) == {"inbound": 3}
    assert said["sources"][0]["format"] == "only_in"
    assert run(["sources", str(file), "--as", "only_in"]) == 0
    assert f"only_in ({SENTENCE})" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "word"), [("only_on", "did you mean only_in"), ("exchange_smtp", "exchange_smtp_receive"), ("zzz", "mailflow formats")]
)
def test_an_unknown_format_is_one_line_that_names_near_ones(folder: Path, capsys: Capture, name: str, word: str) -> None:
    trace = folder / "t.duckdb"
    for command in (["report"], ["load", "--into", str(trace)], ["check"], ["sources"], ["letter", "--domain", "a.example"]):
        assert run([*command, str(folder / "odd.csv"), "--as", name]) == 2
        result = capsys.readouterr().err
        assert f'unknown format "{name}"' in result
        assert word in result
        assert result.count("\n") == 1
    assert not trace.exists()


def test_what_was_loaded_in_another_format_is_replaced_and_counts_once(folder: Path, capsys: Capture) -> None:
    file, trace = folder / "odd.csv", folder / "t.duckdb"
    assert run(["load", str(file), "--into", str(trace)]) == 0
    assert run(["load", str(file), "--into", str(trace), "--as", "only_in"]) == 0
    report = json_of(capsys, trace)
    assert flow_of(report) == {"inbound": 3}
    assert [source["format"] for source in report["sources"]] == ["only_in"]
    for again, words in ((["--as", "only_in"], "loaded, nothing"), ([], "loaded, as only_in; nothing")):  # it stays as a person said
        assert run(["load", str(file), "--into", str(trace), *again]) == 0
        assert f"already {words} changed" in capsys.readouterr().err
    assert flow_of(json_of(capsys, trace)) == {"inbound": 3}
    assert run(["load", str(file), "--into", str(trace), "--as", "odd"]) == 0
    assert flow_of(json_of(capsys, trace)) == {"inbound": 2, "outbound": 1}


def test_other_files_of_the_trace_file_stay_as_they_are(folder: Path, capsys: Capture) -> None:
    trace = folder / "t.duckdb"
    other = write_table(folder / "other.csv", hops(5, "TLS 1.3", direction="outbound", status="delivered", time="2026-11-13T12:00:00"))
    assert run(["load", str(folder / "odd.csv"), str(other), "--into", str(trace)]) == 0
    assert run(["load", str(folder / "odd.csv"), "--into", str(trace), "--as", "only_in"]) == 0
    assert flow_of(json_of(capsys, trace)) == {"inbound": 3, "outbound": 5}


def test_a_column_that_is_missing_is_one_line(folder: Path, capsys: Capture) -> None:
    assert run(["report", str(folder / "odd.csv"), "--as", "exo_extended"]) == 3
    result = capsys.readouterr().err
    assert "has no column date_time_utc" in result
    assert "Exchange Online extended report" in result
    assert result.count("\n") == 1
    assert run(["report", str(folder / "odd.csv"), "--as", "mimecast"]) == 3
    assert "is not JSON" in capsys.readouterr().err


def test_a_wrong_format_is_shown_as_it_is(folder: Path, capsys: Capture) -> None:
    assert run(["sources", str(folder / "odd.csv"), "--as", "postfix", "--format", "csv"]) == 0
    assert f"postfix,{SENTENCE}" in capsys.readouterr().out
    assert json_of(capsys, folder / "odd.csv", "--as", "postfix")["sources"][0]["messages"] == 0


def test_a_format_that_finds_nothing_replaces_nothing(folder: Path, capsys: Capture) -> None:
    file, trace = folder / "odd.csv", folder / "t.duckdb"
    other = write_table(folder / "other.csv", hops(5, "TLS 1.3", direction="outbound", status="delivered", time="2026-11-13T12:00:00"))
    assert run(["load", str(file), str(other), "--into", str(trace)]) == 0
    before = json_of(capsys, trace)
    assert run(["load", str(file), "--into", str(trace), "--as", "exim"]) == 4
    result = capsys.readouterr().err
    assert result == f"mailflow: {file}: read as exim nothing of it is a message; it stays as odd (3 messages)\n"
    assert json_of(capsys, trace) == before
    fresh = folder / "fresh.txt"
    fresh.write_text("2026-11-12 10:00:00 1tBQ3x-0000Ab-CD <= a@a.example H=mx.a.example [192.0.2.1] P=esmtp S=100 id=1@a.example\n")
    assert run(["load", str(file), str(fresh), "--into", str(trace), "--as", "exim"]) == 0  # the other file counts
    result = capsys.readouterr().err
    assert "it stays as odd (3 messages)" in result
    assert "1 file loaded, 1 message, 0 lines rejected" in result
    assert {one["format"]: one["messages"] for one in json_of(capsys, trace)["sources"]} == {"odd": 3, "message_table": 5, "exim": 1}


def test_settings_that_are_read_as_mail_stay(folder: Path, capsys: Capture) -> None:
    domains, trace = folder / "domains.csv", folder / "t.duckdb"
    domains.write_text("DomainName,DomainType\nexample.com,Authoritative\n")
    assert run(["load", str(folder / "odd.csv"), str(domains), "--into", str(trace)]) == 0
    capsys.readouterr()
    assert run(["load", str(domains), "--into", str(trace), "--as", "postfix"]) == 4
    assert "read as postfix nothing of it is a message; it stays as accepted_domains (1 row)" in capsys.readouterr().err


def test_a_file_of_no_known_format_keeps_the_chosen_one(folder: Path, capsys: Capture) -> None:
    log, trace = folder / "b.log", folder / "t.duckdb"
    log.write_text("Nov 12 10:00:00 mx1 unheard-of[1]: something\n")
    assert run(["load", str(log), "--into", str(trace), "--as", "postfix"]) == 0
    capsys.readouterr()
    assert run(["load", str(log), "--into", str(trace)]) == 0
    assert f"{log}: already loaded, as postfix; nothing changed" in capsys.readouterr().err


def test_a_trace_file_is_read_in_no_format(folder: Path, capsys: Capture) -> None:
    trace = folder / "t.duckdb"
    assert run(["load", str(folder / "odd.csv"), "--into", str(trace)]) == 0
    capsys.readouterr()
    assert run(["report", str(trace), "--as", "odd"]) == 2
    assert "is a trace file" in capsys.readouterr().err


def load_as(house: House, file: Path, name: str) -> list[str]:
    loaded = load_files(house.engine, house.config, [file], house.target, Progress(), name)
    return [str(problem) for problem in loaded.problems]


def test_a_log_without_a_header_has_the_columns_of_the_format(house: House) -> None:
    talks = talk("receive", opening("SP_PROT_TLS1_2_SERVER"), mail())
    assert load_as(house, write_lines(house.folder / "a.log", talks), "exchange_smtp_receive") == []
    assert house.message("CAST(tls AS VARCHAR)") == [("TLS 1.2",)]
    short = write_lines(house.folder / "b.log", ["a,b,c", "1,2,3"])
    assert load_as(house, short, "exchange_smtp_receive") == [
        f"{short}: its first row has 3 columns; Exchange SMTP receive protocol log has 9".replace(
            "Exchange SMTP receive protocol log", title_of("exchange_smtp_receive")
        )
    ]


def test_a_log_with_a_fields_line_is_read_by_it(house: House) -> None:
    log = write_log(house.folder / "a.log", "receive", talk("receive", opening("SP_PROT_TLS1_2_SERVER"), mail()))
    assert load_as(house, log, "exchange_smtp_receive") == []
    assert house.message("CAST(tls AS VARCHAR)") == [("TLS 1.2",)]


def test_a_member_of_a_zip_file_and_a_table_are_overruled_too(folder: Path, capsys: Capture) -> None:
    with zipfile.ZipFile(folder / "odd.zip", "w") as archive:
        archive.write(folder / "odd.csv", "odd.csv")
    assert flow_of(json_of(capsys, folder / "odd.zip", "--as", "only_in")) == {"inbound": 3}
    write_csv(folder / "t.csv", [{"when": "x"}], ("when", "way"))
    assert run(["report", str(folder / "t.csv"), "--as", "message_table"]) == 3
    assert "has no column time_utc, direction, tls" in capsys.readouterr().err


def title_of(name: str) -> str:
    from tui.store.query_files import load_query

    return load_query(f"formats/{name}").one("title")


async def sources_of(app: MailflowApp, pilot: Pilot[Any], *words: str) -> str:
    await pilot.press("4")
    return await until_shown(app, pilot, "mailflow › Sources", *words)


async def choose(app: MailflowApp, pilot: Pilot[Any], title: str) -> None:
    """Press `u` and choose the format of this title."""
    await pilot.press("u")
    shown = (await until_shown(app, pilot, "(Enter, Esc back)", title)).splitlines()
    first = next(n for n, line in enumerate(shown) if "(Enter, Esc back)" in line) + 1
    wanted = next(n for n, line in enumerate(shown) if n >= first and title in line)
    await pilot.press("home", *["down"] * (wanted - first), "enter")


async def test_another_format_is_chosen_on_sources_and_taken_back(folder: Path) -> None:
    async with opened(folder / "odd.csv", config=config_in(folder)) as (app, pilot):
        assert "Inbound: 2" in screen_text(app)
        await sources_of(app, pilot, "►", "odd.csv")
        await pilot.press("u")
        choices = await until_shown(app, pilot, "odd  (current)", "only in", "none of these: map columns")
        assert "Postfix" not in choices  # it is read by its columns
        assert "extended report" not in choices  # its columns are not there
        await pilot.press("escape")
        await choose(app, pilot, "only in")
        await until_shown(app, pilot, "odd.csv: read as only_in, 3 messages, 0 lines rejected")
        report = app.session.report
        assert report is not None
        assert [(one.format, one.recognised_by, one.message_count) for one in report.sources] == [("only_in", SENTENCE, 3)]
        await pilot.press("1")
        await until_shown(app, pilot, "Inbound: 3", "Outbound: no data")
        await pilot.press("4", "enter")
        await until_shown(app, pilot, "Detected", SENTENCE)
        await choose(app, pilot, "odd")
        await until_shown(app, pilot, "odd.csv: read as odd, 3 messages")
        await pilot.press("1")
        await until_shown(app, pilot, "Inbound: 2", "Outbound: 1")


async def test_a_choice_that_finds_nothing_is_reported_and_changes_nothing(tmp_path: Path) -> None:
    log = write_log(tmp_path / "r.log", "receive", talk("receive", opening("SP_PROT_TLS1_2_SERVER"), mail()))
    async with opened(log, (120, 24)) as (app, pilot):
        await sources_of(app, pilot, "exchange_smtp_rece")
        await choose(app, pilot, title_of("exchange_smtp_send"))
        words = "r.log: read as exchange_smtp_send nothing of it is a message; it stays as exchange_smtp_receive (1 message)"
        await until_shown(app, pilot, words)
        await pilot.press("1")
        await until_shown(app, pilot, "Inbound: 1", "Outbound: no data")


async def test_a_missing_file_is_one_line(folder: Path) -> None:
    async with opened(folder / "odd.csv", config=config_in(folder)) as (app, pilot):
        (folder / "odd.csv").unlink()
        await sources_of(app, pilot, "odd.csv")
        await pilot.press("u")
        await until_shown(app, pilot, "no longer exists")
        await pilot.press("1")
        await until_shown(app, pilot, "Inbound: 2")


async def test_a_file_that_goes_before_the_choice_leaves_everything_as_it_was(folder: Path) -> None:
    async with opened(folder / "odd.csv", config=config_in(folder)) as (app, pilot):
        await sources_of(app, pilot, "odd.csv")
        before = app.session.report
        await pilot.press("u")
        await until_shown(app, pilot, "only in")
        (folder / "odd.csv").unlink()
        await pilot.press("down", "enter")
        await until_shown(app, pilot, "cannot be read")
        assert app.session.report is before
        await pilot.press("1")
        await until_shown(app, pilot, "Inbound: 2", "Outbound: 1")


async def test_a_trace_file_cannot_be_read_as_a_format(folder: Path, capsys: Capture) -> None:
    trace = folder / "t.duckdb"
    assert run(["load", str(folder / "odd.csv"), "--into", str(trace)]) == 0
    async with opened(trace, (120, 40), config_in(folder)) as (app, pilot):
        await sources_of(app, pilot, "odd.csv")
        await pilot.press("u")
        await until_shown(app, pilot, "is a trace file")
        assert "only in" not in screen_text(app)


async def test_names_that_are_redacted_are_not_shown_by_the_choice(folder: Path) -> None:
    async with opened(folder / "odd.csv", config=Config(folder=folder / "config", redact=True)) as (app, pilot):
        await sources_of(app, pilot)
        await pilot.press("u")
        await until_shown(app, pilot, "open the files without --redact")


async def test_a_file_that_could_not_be_used_is_given_a_format(tmp_path: Path) -> None:
    write_table(tmp_path / "a.csv", hops(2, "TLS 1.3"))
    (tmp_path / "b.log").write_text("Nov 12 10:00:00 mx1 unheard-of[1]: something\n")
    async with opened(tmp_path) as (app, pilot):
        await sources_of(app, pilot, "1 file could not be used")
        await pilot.press("G")
        await pilot.press("u")
        await until_shown(app, pilot, "b.log as", "Postfix")
        await pilot.press("escape")
        await pilot.press("u")
        await until_shown(app, pilot, "b.log as")
        await pilot.press("enter")  # whichever stands first: it finds nothing, and that is shown
        await until_shown(app, pilot, "b.log: read as", "0 messages")
        assert "could not be used" not in screen_text(app)
        await until(pilot, lambda: app.session.report is not None and len(app.session.report.sources) == 2)


@pytest.mark.share(1)
@pytest.mark.parametrize("begin", [10, 17, 29])
def test_half_a_session_stays_as_if_the_other_half_had_been_read_as_something_else_at_once(
    begin: int, house: House, other: House, tmp_path: Path
) -> None:
    lines = (LOGS / "postfix.log").read_text().splitlines(keepends=True)
    head, tail = tmp_path / "head.log", tmp_path / "tail.log"
    head.write_text("".join(lines[:begin]))
    tail.write_text("".join(lines[begin:]) + (LOGS / "sendmail.log").read_text())
    for file in (head, tail):
        house.load(file)
    assert house.ask("SELECT DISTINCT format FROM trace.source") == [("postfix",)]
    load_files(house.engine, house.config, [tail], house.target, Progress(), "sendmail")
    other.load(head)
    load_files(other.engine, other.config, [tail], other.target, Progress(), "sendmail")
    assert rows_of(house.target, "message") == rows_of(other.target, "message")
    assert rows_of(house.target, "failed_session") == rows_of(other.target, "failed_session")
