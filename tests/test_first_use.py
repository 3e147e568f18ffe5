"""What people stumbled over when they used the program for the first time; each failed before."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sample_data.generator import build_world, write_big_receive_log, write_world
from tests.support.reports import hops, json_of, text_of, write_table
from tests.support.screens import opened, screen_text, until_shown
from tests.test_terminal import terminal
from tui.cli import run

Capture = pytest.CaptureFixture[str]
DAYS = [
    *hops(5, "TLS 1.0", time="2026-11-11T10:00:00", connector="A", connector_type="Partner", peer_host="old.example"),
    *hops(40, "TLS 1.2", time="2026-11-11T11:00:00", connector="A", connector_type="Partner", peer_host="mx.example"),
    *hops(2, "TLS 1.0", time="2026-11-12T10:00:00", connector="A", connector_type="Partner", peer_host="last.example"),
    *hops(3, "TLS 1.3", time="2026-11-12T10:30:00", direction="outbound", status="delivered"),
]


async def test_who_behind_a_day_is_who_of_that_day(tmp_path: Path) -> None:
    async with opened(write_table(tmp_path / "t.csv", DAYS)) as (app, pilot):
        await pilot.press("2")
        await until_shown(app, pilot, "Thu 12 Nov until 10:30")
        await pilot.press("down", "down", "down", "right", "right", "enter")
        who = await until_shown(app, pilot, "12 Nov › TLS 1.0 › who", "2 messages from 1 host", "last.example")
        assert "12 Nov 2026 UTC" in who
        await pilot.press("enter")
        await until_shown(app, pilot, "1–2 of 2")


async def test_show_data_for_leaves_the_card_alone(tmp_path: Path) -> None:
    async with opened(write_table(tmp_path / "t.csv", DAYS)) as (app, pilot):
        await until_shown(app, pilot, "Inbound: 47", "Outbound: 3")
        await pilot.press("c")
        await until_shown(app, pilot, "Show data for", "All mail flow")
        await pilot.press("down", "enter")
        await until_shown(app, pilot, "mailflow › Connector report", "Show data for: To the internet without a connector")
        await pilot.press("3")
        await until_shown(app, pilot, "Messages › To the internet without a connector", "1–3 of 3")
        await pilot.press("1")
        await until_shown(app, pilot, "Inbound: 47", "Outbound: 3")


async def test_an_empty_cell_says_nothing_untrue(tmp_path: Path) -> None:
    async with opened(write_table(tmp_path / "t.csv", DAYS)) as (app, pilot):
        await pilot.press("2")
        await until_shown(app, pilot, "whole window")
        await pilot.press("right", "enter")
        shown = await until_shown(app, pilot, "No TLS › who", "no such message")
        assert "only daily totals here" not in shown


async def test_who_counts_connections_once_and_names_what_only_totals_know(tmp_path: Path) -> None:
    rows = [
        {
            "time_utc": "2026-11-12T10:00:00",
            "direction": "inbound",
            "tls": "TLS 1.0",
            "peer_host": "a",
            "sender": sender,
            "session_id": "S1",
        }
        for sender in ("x@a.example", "y@a.example", "z@a.example")
    ]
    columns = ("time_utc", "direction", "tls", "peer_host", "sender", "session_id")
    async with opened(write_table(tmp_path / "t.csv", rows, columns)) as (app, pilot):
        await until_shown(app, pilot, "►View Details◄")
        await pilot.press("down", "enter")
        await until_shown(app, pilot, "3 messages in 1 connection from 1 host;")
        await pilot.press("tab", "tab", "tab", "tab")
        await until_shown(app, pilot, "[Sender]", "3 messages in 1 connection from 3 senders")


def test_a_day_on_which_each_message_says_tls_is_not_100_percent_where_clear_text_would_not_show(tmp_path: Path, capsys: Capture) -> None:
    write_world(build_world(1000, 5, formats={"exo_extended"}), tmp_path / "files", plain=True)
    trace = tmp_path / "trace.duckdb"
    assert run(["load", str(tmp_path / "files"), "--into", str(trace)]) == 0
    claims = 0
    for day in range(2, 16):
        report = json_of(capsys, trace, "--from", f"2026-11-{day:02}", "--to", f"2026-11-{day:02}")
        inbound = report["flow"]["inbound"]
        assert inbound["protected_percent"] != 100
        if inbound["messages"] and inbound["recorded"] == inbound["messages"]:
            claims += 1
            text = text_of(capsys, trace, "--from", f"2026-11-{day:02}", "--to", f"2026-11-{day:02}")
            assert "this export cannot show clear text" in text
            assert "100%" not in text[text.index("Inbound:") : text.index("MESSAGE PROTECTED")].replace("TLS 1.2 100%", "")
    assert claims, "no such day in this world: choose another seed"


def test_logs_between_own_servers_alone_are_judged_by_nobody(tmp_path: Path, capsys: Capture) -> None:
    table = str(write_table(tmp_path / "t.csv", hops(8, "No TLS", direction="internal", time="2026-10-07T10:00:00")))
    assert run(["check", table]) == 0
    assert "1–7 Oct 2026" in (out := capsys.readouterr().out)
    assert "nothing could be judged" in out
    assert "Between your own servers: 8 hops" in text_of(capsys, table)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_in_a_load_is_no_internal_error(tmp_path: Path, number: signal.Signals, code: int) -> None:
    log = write_big_receive_log(tmp_path / "big", 60).path
    rest = tmp_path / "rest"
    rest.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "tui", "report", str(log)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(rest)},
    )
    while process.poll() is None and not list(rest.iterdir()):  # on a busy machine Python may need seconds to begin
        time.sleep(0.02)
    process.send_signal(number)
    _, result = process.communicate(timeout=60)
    assert process.returncode == code
    assert "internal error" not in result
    assert "Traceback" not in result
    assert list(rest.iterdir()) == []


def test_ctrl_c_ends_the_app_with_130(sample_trace: Path) -> None:
    with terminal(sample_trace) as shown:
        shown.until("►View Details◄")
        shown.press("\x03")
        assert shown.end() == 130


def test_m_turns_the_mouse_on_and_off(sample_trace: Path) -> None:
    with terminal(sample_trace) as shown:
        shown.until("►View Details◄")
        assert b"\x1b[?1000h" not in shown.raw
        shown.press("m")
        assert b"\x1b[?1000h" in shown.read(1)
        shown.press("m")
        assert b"\x1b[?1000l" in shown.read(1)


def test_a_home_that_may_not_be_read_is_no_config(tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Path) -> bool:
        raise PermissionError(13, "Permission denied")

    table = str(write_table(tmp_path / "t.csv", hops(3, "TLS 1.3")))
    exists = Path.exists

    def may_exist(path: Path) -> bool:
        return refuse(path) if path.name == "config.toml" else exists(path)

    monkeypatch.setattr(Path, "exists", may_exist)
    assert run(["report", table]) == 0
    assert "Inbound: 3" in capsys.readouterr().out


def test_a_folder_that_may_not_be_read_is_named(tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    write_table(tmp_path / "t.csv", hops(3, "TLS 1.3"))
    (tmp_path / "secret").mkdir()
    walk = os.scandir

    def scandir(path: str) -> object:
        if str(path).endswith("secret"):
            raise PermissionError(13, "Permission denied", str(path))
        return walk(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert run(["report", "--format", "json", str(tmp_path)]) == 0
    result = capsys.readouterr()
    assert json.loads(result.out)["flow"]["inbound"]["messages"] == 3
    assert "secret: cannot be read" in result.err


def test_a_folder_with_traces_and_what_was_loaded_of_them_opens(tmp_path: Path, capsys: Capture) -> None:
    write_table(tmp_path / "t.csv", hops(3, "TLS 1.3"))
    assert run(["load", str(tmp_path), "--into", str(tmp_path / "trace.duckdb")]) == 0
    capsys.readouterr()
    assert run(["report", "--format", "json", str(tmp_path)]) == 0
    result = capsys.readouterr()
    assert json.loads(result.out)["flow"]["inbound"]["messages"] == 3
    assert "trace.duckdb: is a trace file, skipped here" in result.err


def test_an_unknown_finding_in_the_config_and_a_finding_that_does_not_run_are_one_line(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = str(write_table(tmp_path / "t.csv", hops(3, "TLS 1.3")))
    config = tmp_path / "config.toml"
    config.write_text("[findings.limits]\nno_such = 4\n")
    assert run(["check", table, "--config", str(config)]) == 2
    assert "unknown finding no_such" in capsys.readouterr().err
    monkeypatch.setenv("MAILFLOW_CONFIG_HOME", str(tmp_path / "own"))
    (tmp_path / "own" / "findings").mkdir(parents=True)
    (tmp_path / "own" / "findings" / "mine.sql").write_text(
        "-- title: Mine\n-- params: since timestamp\n-- result: FindingRow\nSELECT nothing FROM nowhere WHERE $since IS NULL\n"
    )
    assert run(["check", table]) == 0
    result = capsys.readouterr().err.splitlines()
    assert len(result) == 1
    assert "mine.sql" in result[0]
    assert "this finding is skipped" in result[0]


def test_an_answer_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    table = write_table(tmp_path / "t.csv", hops(3, "TLS 1.3"))
    command = f"{sys.executable} -m tui report {table} > /dev/full"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 3
    assert done.stderr.startswith("mailflow: stdout cannot be written")
    assert len(done.stderr.splitlines()) == 1


def test_names_that_differ_at_their_end_stay_apart(tmp_path: Path, capsys: Capture) -> None:
    rows = hops(3, "TLS 1.3", connector="Default Frontend of the server EX01") + hops(
        3, "TLS 1.3", connector="Default Frontend of the server EX02"
    )
    text = text_of(capsys, write_table(tmp_path / "t.csv", rows))
    assert "From connector - Default Frontend of the server EX01" in text
    assert "From connector - Default Frontend of the server EX02" in text


async def test_what_could_not_be_used_can_be_read_in_full(tmp_path: Path) -> None:
    write_table(tmp_path / "t.csv", hops(3, "TLS 1.3"))
    (tmp_path / "a-file-with-quite-a-long-name-that-is-binary.bin").write_bytes(bytes(range(256)) * 50)
    async with opened(tmp_path) as (app, pilot):
        await pilot.press("4")
        await until_shown(app, pilot, "1 file could not be used")
        await pilot.press("G", "enter")
        shown = await until_shown(app, pilot, "Could not be used")
        assert "is binary, not text" in " ".join(screen_text(app).split()) or "is binary" in shown


async def test_what_was_loaded_can_be_kept_and_nothing_is_written_over(tmp_path: Path) -> None:
    target = tmp_path / "kept.duckdb"
    async with opened(write_table(tmp_path / "t.csv", DAYS)) as (app, pilot):
        await until_shown(app, pilot, "►View Details◄")
        for _ in range(2):
            await pilot.press("S")
            await until_shown(app, pilot, "Keep what was loaded")
            await pilot.press("end", *["backspace"] * 30, *str(target), "enter")
            await pilot.pause(0.3)
        await until_shown(app, pilot, "already exists")
        await pilot.press("escape")
    async with opened(target) as (app, pilot):
        await until_shown(app, pilot, "Inbound: 47")


async def test_the_screen_is_copied_as_text(tmp_path: Path) -> None:
    async with opened(write_table(tmp_path / "t.csv", DAYS)) as (app, pilot):
        await pilot.press("enter")
        await until_shown(app, pilot, "►Connector report◄")
        await pilot.press("y")
        await until_shown(app, pilot, "copied to the terminal's clipboard")
        assert "Message protected in transit (by TLS)" in app.clipboard
        assert "(Most secure) TLS 1.3" in app.clipboard


async def test_a_message_at_midnight_is_no_daily_total(tmp_path: Path) -> None:
    async with opened(write_table(tmp_path / "t.csv", hops(2, "TLS 1.3", time="2026-11-12T00:00:00", peer_host="mx.example"))) as (
        app,
        pilot,
    ):
        await pilot.press("3")
        await until_shown(app, pilot, "12 Nov 00:00", "mx.example")
