"""How long a load of each text format takes against a bare scan of the same files, and how much memory it needs.

    python tests/benchmarks/load_text_formats.py [--megabytes 100] [--formats postfix exim ...] [--peers]

Run by hand. Each format's files are those of a generated world of about that size, written once to the temp folder. A bare
scan is one `read_csv` in this process that reads the length of every line; a load is the whole process `python -m tui load`.
What was loaded is compared with the generator's truth. With `--peers` a Postfix log of one server in one file is also given to
lnav (one query: how many lines name which TLS version) and to pflogsumm, in turns. Exits with 1 when a count is wrong, when a
load needs 1 GB of memory, or when a peer's time is not undercut as far as it should be.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import duckdb

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from sample_data.generator import build_world, write_world  # noqa: E402  (the project's folder had to be found first)
from sample_data.generator.writers.registry import WRITERS  # noqa: E402
from tests.benchmarks.runs import Taken, count_tls, load, run  # noqa: E402
from tui.config import EngineConfig  # noqa: E402
from tui.store.query_files import load_query  # noqa: E402

MAX_MEGABYTES = 1000.0
OF_PEER = {"lnav": 0.6, "pflogsumm": 0.2}
QUERY = ";SELECT regexp_match('(TLSv[0-9.]+|SSLv3)', log_body) AS version, count(*) FROM syslog_log GROUP BY version"
OF_MESSAGES = (name for name in sorted(WRITERS) if load_query(f"formats/{name}").one("into") == "message")
FORMATS = ("exchange_smtp_receive", "exchange_smtp_send", "exo_extended", *OF_MESSAGES)
PROBE = 2_000


@dataclass(frozen=True)
class Files:
    """The files of one format, and its true counts of messages by TLS."""

    paths: Sequence[Path]
    tls: dict[str, int]

    @property
    def megabytes(self) -> float:
        return sum(path.stat().st_size for path in self.paths) / 1e6


def files_of(name: str, megabytes: int) -> Files:
    """Return the files of a format: written once, by a process of its own, since the peak of a child's memory begins with its parent's."""
    folder = Path(tempfile.gettempdir()) / f"mailflow-benchmark-{name}-{megabytes}"
    if not (folder / "truth.json").exists():
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, __file__, "--write", str(folder), "--formats", name, "--megabytes", str(megabytes)], check=True)
    result = json.loads((folder / "truth.json").read_text())
    return Files([Path(path) for path in result["paths"]], result["tls"])


def write(name: str, megabytes: int, folder: Path) -> None:
    """Write a world of about this size, and what is true of it."""
    with tempfile.TemporaryDirectory() as probe:
        size = sum(path.stat().st_size for path in _write(name, PROBE, Path(probe))[0])
    paths, tls = _write(name, round(PROBE * megabytes * 1e6 / size), folder)
    (folder / "truth.json").write_text(json.dumps({"paths": [str(path) for path in paths], "tls": tls}))


def _write(name: str, messages: int, folder: Path) -> tuple[list[Path], dict[str, int]]:
    world = build_world(messages, 7, formats={name})
    paths = [_plain(path) for path in write_world(world, folder, plain=True)]
    tls: Counter[str] = Counter()
    for hop in world.hops:
        tls[hop.tls] += hop.messages if hop.is_counted else 0
    return paths, dict(+tls)


def _plain(path: Path) -> Path:
    """Unpack a file that was rotated, so that the sizes of all formats say the same."""
    if path.suffix != ".gz":
        return path
    plain = path.with_name(path.stem)
    with gzip.open(path) as packed, plain.open("wb") as file:
        shutil.copyfileobj(packed, file)
    shutil.copystat(path, plain)
    path.unlink()
    return plain


def scan(paths: Sequence[Path]) -> Taken:
    """Read every line of the files, with as many threads as the program uses."""
    with duckdb.connect(config={"threads": EngineConfig().threads}) as connection:
        start, cpu_start = time.perf_counter(), time.process_time()
        connection.execute(
            "SELECT sum(strlen(line)) FROM read_csv($paths, auto_detect = false, header = false, delim = '\x01', quote = '', "
            "escape = '', columns = {'line': 'VARCHAR'}, strict_mode = false, max_line_size = 2000000, ignore_errors = true)",
            {"paths": [str(path) for path in paths]},
        ).fetchall()
        return Taken(time.perf_counter() - start, time.process_time() - cpu_start)


def one_log(files: Files) -> Path:
    """Return the log of the server that writes stamps without a year, as one file: what every reader of syslog can read."""
    logs = [path for path in files.paths if re.match(r"[A-Z][a-z]{2} [ \d]\d ", path.open(encoding="utf-8").readline())]
    whole = logs[0].parent.parent / "maillog"
    if not whole.exists():
        with whole.open("wb") as file:
            for path in sorted(logs, key=lambda path: path.stat().st_mtime):
                with path.open("rb") as part:
                    shutil.copyfileobj(part, file)
        shutil.copystat(max(logs, key=lambda path: path.stat().st_mtime), whole)
    return whole


def compare(log: Path, target: Path, rounds: int) -> list[str]:
    """Let each program answer in turns; return the sentences that do not hold."""
    taken: dict[str, list[Taken]] = {}
    for _ in range(rounds):
        taken.setdefault("mailflow load", []).append(load([log], target))
        taken.setdefault("lnav", []).append(run(["lnav", "-n", "-c", QUERY, str(log)]))
        taken.setdefault("pflogsumm", []).append(run(["pflogsumm", str(log)]))
    print(f"\nPostfix, one log of {log.stat().st_size / 1e6:.0f} MB, medians of {rounds}")
    seconds = {name: median(one.seconds for one in runs) for name, runs in taken.items()}
    wrong: list[str] = []
    for name, runs in taken.items():
        ratio = seconds["mailflow load"] / seconds[name]
        print(f"{name:24} {seconds[name]:7.2f} s {max(one.megabytes for one in runs):6.0f} MB   {ratio:5.2f} of its time")
        if ratio > OF_PEER.get(name, 1.0):
            wrong.append(f"a load should take at most {OF_PEER[name]:g} of the time of {name}")
    return wrong


def main() -> int:
    """Print the table and answer the exit code."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--formats", nargs="*", default=FORMATS, choices=FORMATS)
    parser.add_argument("--peers", action="store_true", help="compare Postfix with lnav and pflogsumm")
    parser.add_argument("--write", type=Path, help="only write the files of one format to this folder")
    options = parser.parse_args()
    if options.write:
        write(options.formats[0], options.megabytes, options.write)
        return 0
    wrong: list[str] = []
    print(f"{EngineConfig().threads} threads; times are medians of {options.rounds}\n")
    print(f"{'format':24} {'files':>6} {'messages':>9}  bare scan       load    ratio  MB/s  peak RSS")
    with tempfile.TemporaryDirectory(prefix="mailflow-benchmark-") as folder:
        target = Path(folder) / "trace.duckdb"
        for name in options.formats:
            files = files_of(name, options.megabytes)
            scans, loads = zip(*((scan(files.paths), load(files.paths, target)) for _ in range(options.rounds)), strict=True)
            scanned, loaded = (median(one.seconds for one in runs) for runs in (scans, loads))
            peak = max(one.megabytes for one in loads)
            print(
                f"{name:24} {files.megabytes:3.0f} MB {sum(files.tls.values()):9,} {scanned:8.2f} s {loaded:8.2f} s "
                f"{loaded / scanned:7.1f}x {files.megabytes / loaded:5.0f} {peak:6.0f} MB",
                flush=True,
            )
            if count_tls(target) != files.tls:
                wrong.append(f"{name}: {count_tls(target)} is not the generator's {files.tls}")
            if peak >= MAX_MEGABYTES:
                wrong.append(f"{name}: a load needs {peak:.0f} MB of memory")
        if options.peers:
            wrong += compare(one_log(files_of("postfix", 2 * options.megabytes)), target, options.rounds)
    for sentence in wrong:
        print(f"NO   {sentence}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
