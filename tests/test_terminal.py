"""What only a real terminal shows: hostile text, signals, the screen that is left behind."""

from __future__ import annotations

import os
import pty
import re
import signal
import sys
from pathlib import Path

import pytest

from sample_data.generator import write_big_receive_log
from tests.support.reports import hops, write_table
from tests.support.terminal import HOSTILE, commands_in, terminal
from tui.cli import run
from tui.resources import bundled

pytestmark = pytest.mark.share(0.25)

COLUMNS = tuple(
    "time_utc direction connector connector_type tls tls_raw cipher status reply system server peer_host helo peer_ip peer_domain "
    "sender recipients subject auth_user certificate message_id session_id".split()
)


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """Return a table whose every text wants something of the terminal."""
    text = {name: f"{HOSTILE}{name}" for name in COLUMNS if name not in ("time_utc", "direction", "connector_type", "tls", "status")}
    rows = hops(40, "TLS 1.0", connector_type="Partner", **text)
    return write_table(tmp_path / "hostile.csv", [{**row, "message_id": f"{HOSTILE}{n}"} for n, row in enumerate(rows)], COLUMNS)


def test_nothing_in_a_file_reaches_the_terminal_as_a_command(hostile: Path) -> None:
    with terminal(hostile) as shown:
        shown.until("View Details")
        way = [("2", "Connector report"), ("\r", "who"), ("\t", "[Address]"), ("\r", "messages"), ("\r", "one message")]
        for keys, words in [*way, ("4", "Sources"), ("\r", "SHA-256"), ("3", "Messages"), ("c", "Show data for")]:
            shown.press(keys)
            shown.until(words)
            shown.read(0.3)
        assert "^[" in shown.raw.decode(errors="replace")  # shown, not obeyed
        assert commands_in(shown.raw) == []
        shown.press("\x1b")
        shown.read(0.5)
        shown.press("q")
        assert shown.end() == 0


def test_nothing_in_a_file_reaches_the_text_report_as_a_command(hostile: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["report", str(hostile)]) == 0
    out = capsys.readouterr().out
    assert "^[" in out
    assert all(letter.isprintable() or letter == "\n" for letter in out)
    assert run(["check", str(hostile)]) == 1
    assert all(letter.isprintable() or letter == "\n" for letter in capsys.readouterr().out)


def test_a_hostile_file_name_is_shown_and_not_obeyed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = tmp_path / "a\x1b]0;owned\x07.csv"
    write_table(name, hops(3, "TLS 1.3"))
    (tmp_path / "b\x1b]0;owned\x07.bin").write_bytes(b"\x00\x01" * 500)
    assert run(["report", str(tmp_path)]) == 0
    result = capsys.readouterr()
    assert all(letter.isprintable() or letter == "\n" for letter in result.out + result.err)


def test_the_demo_opens_and_leaves_the_terminal_as_it_was(tmp_path: Path) -> None:
    with terminal("demo", TMPDIR=str(tmp_path)) as shown:
        shown.until("►View Details◄", "Findings · 7")
        shown.press("q")
        assert shown.end() == 0
        assert shown.raw.rstrip().endswith(b"\x1b[?25h") or b"\x1b[?1049l" in shown.raw[-400:]
        assert b"\x1b[?1000h" not in shown.raw  # the mouse is the terminal's own until m
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_leaves_the_terminal_as_it_was(tmp_path: Path, number: signal.Signals, code: int) -> None:
    with terminal("demo", TMPDIR=str(tmp_path)) as shown:
        shown.until("►View Details◄")
        os.kill(shown.pid, number)
        assert shown.end() == code
        assert b"\x1b[?1049l" in shown.raw[-600:]
    assert list(tmp_path.iterdir()) == []


def test_the_wire_is_short_and_idle_is_silent() -> None:
    with terminal("demo") as shown:
        shown.until("►View Details◄")
        shown.read(1.5)
        assert shown.read(3) == b""
        shown.press("2")
        shown.until("!60%(49)", "From connector - Default Frontend EX01 · type")
        shown.read(1)
        shown.press("j")
        moved = shown.read(1.5)
        assert 0 < len(moved) <= 1200  # the cursor, and the two lines that spell its row
        shown.press("3")
        shown.until("1–20 of")
        shown.read(1)
        shown.press("j")
        assert 0 < len(shown.read(1)) <= 400
        shown.press("\x1b[6~")
        assert len(shown.read(1.5)) <= 3500


def test_escape_stops_a_load_and_nothing_stays(tmp_path: Path) -> None:

    log = write_big_receive_log(tmp_path / "big", 60).path
    rest = tmp_path / "rest"
    rest.mkdir()
    with terminal(log, TMPDIR=str(rest)) as shown:
        shown.until("Loading", "Esc stop", seconds=20)
        shown.press("\x1b")
        assert shown.end() == 130
        assert "stopped" in shown.raw.decode(errors="replace")
    assert list(rest.iterdir()) == []


def test_a_terminal_without_utf_8_gets_ascii() -> None:
    with terminal("demo", LANG="C", LC_ALL="C") as shown:
        shown.until("View Details", "Findings")
        drawn = re.sub(rb"\x1b[^a-zA-Z]*[a-zA-Z]", b"", shown.raw)
        assert drawn.isascii()
        assert b"\\u25" not in drawn


def test_without_a_terminal_for_errors_the_report_is_printed(tmp_path: Path) -> None:
    errors = tmp_path / "errors"
    command = f"{sys.executable} -m tui {bundled('sample_data') / 'example-corp'} 2>{errors}"
    pid, master = pty.fork()
    if pid == 0:
        os.execve("/bin/sh", ["sh", "-c", command], {**os.environ, "TERM": "xterm-256color"})
    result = b""
    while True:
        try:
            part = os.read(master, 65536)
        except OSError:
            break
        if not part:
            break
        result += part
    os.waitpid(pid, 0)
    os.close(master)
    assert b"OUTBOUND AND INBOUND MAIL FLOW" in result
    assert b"\x1b" not in result


def test_m_turns_the_mouse_on_and_off(sample_trace: Path) -> None:
    with terminal(sample_trace) as shown:
        shown.until("►View Details◄")
        assert b"\x1b[?1000h" not in shown.raw
        shown.press("m")
        assert b"\x1b[?1000h" in shown.read(1)
        shown.press("m")
        assert b"\x1b[?1000l" in shown.read(1)
