"""What it costs to merge trace files of the same days: peak memory and CPU seconds of one load of all of them.

`python -m tests.benchmarks.merge_traces [--files 10] [--messages 400000]`; the memory is that of the process at its highest.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.big_trace import make_big_trace


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=10)
    parser.add_argument("--messages", type=int, default=400_000)
    parser.add_argument("--folder", type=Path, default=None)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.folder) as place:
        parts = [Path(place) / f"part{number}.duckdb" for number in range(asked.files)]
        for number, part in enumerate(parts):
            make_big_trace(part, asked.messages, number)
        merged = Path(place) / "all.duckdb"
        command = [sys.executable, "-m", "tui", "load", *map(str, parts), "--into", str(merged)]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        said = process.stderr.read() if process.stderr else ""
        _, status, used = os.wait4(process.pid, 0)
        if status:
            sys.exit(said)
        sizes = [file.stat().st_size / 1e6 for file in (*parts, merged)]
        print(said.strip())
        print(f"{asked.files} files of {asked.messages:,} messages, {sum(sizes[:-1]):,.0f} MB; merged {sizes[-1]:,.0f} MB")
        print(f"peak memory {used.ru_maxrss / 1024:,.0f} MB; CPU seconds {used.ru_utime + used.ru_stime:.1f}")


if __name__ == "__main__":
    main()
