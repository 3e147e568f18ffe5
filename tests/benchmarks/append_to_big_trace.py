"""What it costs to add few messages to a trace file of many, beside adding them to an empty one and copying the file.

`python tests/benchmarks/append_to_big_trace.py [--millions 20] [--messages 5000] [--rounds 3]` prints CPU seconds of whole loads
and the ratio: the cost of a load follows what is loaded and the days that it touches, never the size of the trace file.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from statistics import median

from sample_data.generator import build_world, write_world
from tests.benchmarks.big_trace import DAYS, FIRST, make_big_trace


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--millions", type=float, default=20)
    parser.add_argument("--messages", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=None)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.folder) as place:
        folder = Path(place)
        big = folder / "big.duckdb"
        make_big_trace(big, int(asked.millions * 1_000_000))
        last = FIRST + timedelta(days=DAYS - 1, hours=20)
        world = build_world(asked.messages, 5, days=1, last=last, formats={"exchange_smtp_receive"})
        write_world(world, folder / "logs", plain=True)
        rows = {"empty": list[float](), "big": list[float](), "copy": list[float]()}
        for number in range(asked.rounds):
            rows["empty"].append(_load(folder / "logs", folder / f"empty-{number}.duckdb"))
            rows["copy"].append(_cpu(["cp", str(big), str(folder / "copy.duckdb")]))
            rows["big"].append(_load(folder / "logs", folder / "copy.duckdb"))
        size = big.stat().st_size / 1e6
        print(f"{asked.millions:g} million messages, {size:,.0f} MB, {size / asked.millions:.0f} B a message; CPU seconds, medians")
        for name, seconds in rows.items():
            print(f"{name:6} {median(seconds):.2f}")
        print(f"(big - copy) / empty: {(median(rows['big']) - median(rows['copy'])) / median(rows['empty']):.2f}")


def _load(folder: Path, into: Path) -> float:
    return _cpu([sys.executable, "-m", "tui", "load", str(folder), "--into", str(into)])


def _cpu(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
