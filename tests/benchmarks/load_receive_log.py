"""How long a load of a big receive log takes against a bare scan of it, and how much memory it needs.

    python tests/benchmarks/load_receive_log.py [--megabytes 500] [--rounds 3]

Run by hand. A bare scan is one `read_csv` in this process, declared columns, that reads the length of every column. A
load is the whole process `python -m tui load FILE --into NEW.duckdb`. They take turns, so that a machine that slows down
slows both; the ratio is of the medians. On a busy machine the ratio of processor seconds says more. What was loaded is
compared with the generator's truth. Exits with 1 when a count is wrong, when a load takes more than 7 bare scans, or
when it needs 1 GB of memory.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import duckdb

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from sample_data.generator import write_big_receive_log  # noqa: E402  (the project's folder had to be found first)
from tests.benchmarks.runs import Taken, count_tls, load  # noqa: E402
from tui.config import EngineConfig  # noqa: E402
from tui.store.query_files import load_query  # noqa: E402

MAX_SCANS = 7.0
MAX_MEGABYTES = 1000.0


@dataclass(frozen=True)
class Log:
    """The log on disk and its true counts of messages by TLS."""

    path: Path
    tls: dict[str, int]

    @property
    def megabytes(self) -> float:
        return self.path.stat().st_size / 1e6


def make_log(megabytes: int) -> Log:
    """Write the log once; later runs find it in the temp folder."""
    folder = Path(tempfile.gettempdir()) / f"mailflow-benchmark-{megabytes}"
    path, truth = folder / "RECV20261115-1.LOG", folder / "truth.json"
    if not truth.exists():
        truth.parent.mkdir(exist_ok=True)
        truth.write_text(json.dumps(write_big_receive_log(path, megabytes).tls))
    return Log(path, json.loads(truth.read_text()))


def scan(log: Log) -> Taken:
    """Read every column of the file, with as many threads as the program uses."""
    names = load_query("formats/exchange_smtp_receive").listed("columns")
    declared = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
    lengths = ", ".join(f"sum(strlen({name}))" for name in names)
    with duckdb.connect(config={"threads": EngineConfig().threads}) as connection:
        start, cpu_start = time.perf_counter(), time.process_time()
        connection.execute(
            f"SELECT {lengths} FROM read_csv($path, auto_detect = false, header = false, delim = ',', quote = '\"', "
            f"escape = '\"', columns = {{{declared}}}, store_rejects = true)",
            {"path": str(log.path)},
        ).fetchall()
        return Taken(time.perf_counter() - start, time.process_time() - cpu_start)


def main() -> int:
    """Take the runs in turns, print the table, and answer the exit code."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--megabytes", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    log = make_log(options.megabytes)
    scans: list[Taken] = []
    loads: list[Taken] = []
    with tempfile.TemporaryDirectory(prefix="mailflow-benchmark-") as folder:
        target = Path(folder) / "trace.duckdb"
        print(f"{log.megabytes:.0f} MB, {sum(log.tls.values()):,} counted messages, {EngineConfig().threads} threads\n")
        print("round   bare scan        load   ratio  CPU ratio  load MB/s   peak RSS")
        for number in range(1, options.rounds + 1):
            scans.append(scan(log))
            loads.append(load([log.path], target))
            print(_row(str(number), log, scans[-1], loads[-1]), flush=True)
        counts = count_tls(target)
    print(_row("best", log, _sum_up(min, scans), _sum_up(min, loads)))
    scanned, loaded = _sum_up(median, scans), _sum_up(median, loads)
    print(_row("median", log, scanned, loaded), end="\n\n")
    highest = max(one.megabytes for one in loads)
    verdicts = {
        "the counts are the generator's": counts == log.tls,
        f"a load is at most {MAX_SCANS:g} bare scans": loaded.seconds <= MAX_SCANS * scanned.seconds,
        f"a load needs less than {MAX_MEGABYTES:,.0f} MB": highest < MAX_MEGABYTES,
    }
    for sentence, holds in verdicts.items():
        print(f"{'yes' if holds else 'NO '}  {sentence}")
    return 0 if all(verdicts.values()) else 1


def _sum_up(measure: Callable[[Iterable[float]], float], runs: Sequence[Taken]) -> Taken:
    return Taken(
        measure(one.seconds for one in runs),
        measure(one.cpu_seconds for one in runs),
        measure(one.megabytes for one in runs),
    )


def _row(name: str, log: Log, scanned: Taken, loaded: Taken) -> str:
    return (
        f"{name:6} {scanned.seconds:8.2f} s {loaded.seconds:9.2f} s  {loaded.seconds / scanned.seconds:5.2f}x "
        f"{loaded.cpu_seconds / scanned.cpu_seconds:9.2f}x {log.megabytes / loaded.seconds:10.0f} "
        f"{loaded.megabytes:7.0f} MB"
    )


if __name__ == "__main__":
    sys.exit(main())
