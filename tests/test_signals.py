"""Signals and Ctrl+C: the exit codes, and nothing left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sample_data.generator import write_big_receive_log
from tests.support.terminal import terminal


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_a_load_with_its_exit_code(tmp_path: Path, number: signal.Signals, code: int) -> None:
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
    while process.poll() is None and not list(rest.glob("mailflow*")):  # on a busy machine Python may need seconds to begin
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
