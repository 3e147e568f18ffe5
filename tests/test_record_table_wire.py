"""What a real terminal gets from the table: few bytes for a key, none while nothing happens."""

import os
import pty
import select
import signal
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from fcntl import ioctl
from pathlib import Path
from struct import pack
from subprocess import Popen
from termios import TIOCSWINSZ

SCRIPT = """
from textual.app import App
from tui.view.table import Cell, Column, Line, Total
from tui.widgets.record_table import RecordTable

COLUMNS = [Column("name", "Connector direction and name", 24)]
COLUMNS += [Column(f"v{n}", f"TLS 1.{n}", 9, "right") for n in range(5)]
TONES = ["plain", "alarm", "warn", "dim", "plain"]

def line(n):
    shares = [Cell(f"{n % 97}%({n % 1013})", tone if n % 3 == 0 else "plain") for tone in TONES]
    return Line("row", (Cell(f"host{n:07}.fabrikam.example"), *shares), n)

class Wire(App[None]):
    CSS = "Screen { overflow: hidden; }"
    ENABLE_COMMAND_PALETTE = False
    def __init__(self):
        super().__init__()
        self.theme = "ansi-dark"
    def compose(self):
        yield RecordTable()
    def on_mount(self):
        table = self.query_one(RecordTable)
        table.focus()
        table.show(COLUMNS, Total(1_000_000, False))
    def on_record_table_page_wanted(self, wanted):
        lines = [line(n) for n in range(wanted.offset, wanted.offset + wanted.limit)]
        wanted.table.show_page(wanted.request, wanted.offset, lines)

Wire().run(mouse=False)
"""


def read_until_quiet(terminal: int, first_seconds: float = 5.0, quiet_seconds: float = 0.15) -> bytes:
    """What arrives once something does, until nothing has come for a while."""
    data, patience = b"", first_seconds
    while select.select([terminal], [], [], patience)[0]:
        data += os.read(terminal, 65536)
        patience = quiet_seconds
    return data


@contextmanager
def app_in_terminal(script: Path) -> Generator[tuple[int, bytes]]:
    """The script's app in a terminal of 80x24, and what it sent until its rows were drawn."""
    terminal, inside = pty.openpty()
    ioctl(terminal, TIOCSWINSZ, pack("HHHH", 24, 80, 0, 0))
    here = str(Path(__file__).parent.parent)
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    environment = kept | {"TERM": "xterm-256color", "TEXTUAL_ANIMATIONS": "none", "PYTHONPATH": here, "PYTHONUTF8": "1"}
    process = Popen(
        [sys.executable, str(script)],
        stdin=inside,
        stdout=inside,
        stderr=inside,
        env=environment,
        start_new_session=True,
    )
    os.close(inside)
    try:
        started, deadline = b"", time.monotonic() + 30
        while b"host0000022" not in started and time.monotonic() < deadline and process.poll() is None:
            started += read_until_quiet(terminal)
        yield terminal, started
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        os.close(terminal)


def test_the_wire_carries_little(tmp_path: Path) -> None:
    script = tmp_path / "wire.py"
    script.write_text(SCRIPT, encoding="utf-8")
    with app_in_terminal(script) as (terminal, started):
        assert b"host0000022" in started, started[-2000:]

        def sent(key: bytes) -> int:
            os.write(terminal, key)
            return len(read_until_quiet(terminal))

        counts = {
            "start": len(started),
            "cursor": max(sent(b"j"), sent(b"\x1b[B"), sent(b"k")),
            "column": max(sent(b"l"), sent(b"h")),
            "page": max(sent(b"\x1b[6~"), sent(b"\x1b[6~"), sent(b"\x1b[5~")),
            "key repeated": sum(sent(b"j") for _ in range(24)),
        }
        read_until_quiet(terminal, first_seconds=1)
        counts["idle"] = len(read_until_quiet(terminal, first_seconds=2))
        assert counts["start"] <= 12_000, counts
        assert 0 < counts["cursor"] <= 400, counts
        assert 0 < counts["column"] <= 400, counts
        assert 0 < counts["page"] <= 3_500, counts
        assert counts["key repeated"] / 24 <= 400, counts
        assert counts["idle"] == 0, counts
