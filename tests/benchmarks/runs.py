"""What the benchmarks of loads share: one run of the program in a process of its own, and what it counted."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parents[2]
CROSSED = "direction IN ('inbound', 'outbound') AND status IN ('accepted', 'delivered')"


@dataclass(frozen=True)
class Taken:
    """What one run took: time by the clock, time of all processors, and the peak of its resident memory if asked."""

    seconds: float
    cpu_seconds: float
    megabytes: float = 0


def run(command: Sequence[str]) -> Taken:
    """Run a command from its start to its end; what it prints is dropped. Ends the benchmark when it fails."""
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said = process.stderr.read().decode(errors="replace") if process.stderr else ""
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command[0]} ended with exit code {process.returncode}: {said}")
    return Taken(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e6)


def load(paths: Sequence[Path], target: Path) -> Taken:
    """Load files into a new trace file."""
    target.unlink(missing_ok=True)
    return run([sys.executable, "-m", "tui", "load", *map(str, paths), "--into", str(target), "--log-zone", "UTC"])


def count_tls(target: Path) -> dict[str, int]:
    """Count what crossed the hop, by TLS, as the rollup of the trace file has it."""
    with duckdb.connect(str(target), read_only=True) as connection:
        rows = connection.execute(
            f"SELECT CAST(tls AS VARCHAR), CAST(sum(messages) AS BIGINT) FROM flow_quarter WHERE {CROSSED} GROUP BY tls"
        ).fetchall()
    return {str(tls): int(messages) for tls, messages in rows}
