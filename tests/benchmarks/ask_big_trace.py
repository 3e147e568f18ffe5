"""How long the screens' questions take over a big trace file, against a bare scan of what each has to read.

    python tests/benchmarks/ask_big_trace.py [--messages 20000000] [--keep FILE] [--zone ZONE]

Run by hand. The trace file is made first, which takes minutes, and removed at the end; with `--keep` it stays and is
used again. It is opened as the program opens one: the default engine settings, attached to be read, locked down. Each
question is asked six times in a row: the first time with what the questions before it left in memory, then five times
more, of which the median counts. A bare scan does nothing but count and sum exactly the rows and columns of the tables
that the question cannot do without; what that is stands beside each question. All in one process and run, so that
ratios hold on any machine. Exits with 1 when an aim is missed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.benchmarks.big_trace import BUSY_CONNECTOR, make_big_trace  # noqa: E402  (the project's folder had to be found first)
from tui import rows  # noqa: E402
from tui.config import Config  # noqa: E402
from tui.store.engine import Engine, start_engine  # noqa: E402
from tui.store.findings import ask_findings  # noqa: E402
from tui.store.lists import ask_what_if, ask_who  # noqa: E402
from tui.store.query_runner import QueryRunner  # noqa: E402
from tui.store.questions import ALL_MAIL, Scope, ask_overview, ask_window  # noqa: E402
from tui.store.trace_file import attach_trace  # noqa: E402
from tui.store.window import Window  # noqa: E402

ROLLUPS = ("flow_quarter", "peer_day")
TEXTS = ("connector", "system", "server", "peer_host", "helo", "peer_ip", "sender", "session_id")
AGAIN = 5
DEEP = 1_000_000
BUSY = Scope(direction="inbound", any_connector=False, connector=BUSY_CONNECTOR)

# What a bare scan reads. enum_code is how the views ask, too: with a list of words the scan itself would be slower than the question.
_ROLLUP = "direction, connector, tls, status, system"
_PEER = "peer_host, helo, peer_ip"
_CELL = f"direction = 'inbound' AND connector = '{BUSY_CONNECTOR}'"
_COUNTED = "enum_code(direction) < 2 AND enum_code(status) < 2"


@dataclass(frozen=True)
class Question:
    """What is asked, the bare scans of what it reads (table, columns, condition), and the most milliseconds it may take."""

    name: str
    ask: Callable[[], object]
    reads: tuple[tuple[str, str, str], ...]
    aim: int | None = None


@dataclass(frozen=True)
class Taken:
    """Milliseconds of the first time and of the median of the next ones."""

    first: float
    later: float


def questions(runner: QueryRunner, config: Config, window: Window) -> list[Question]:
    """Return what is measured, in the order in which a person would come to it."""
    week = {"since": window.since, "until": window.until}
    whole = window.whole_file
    in_week = f"quarter_utc >= '{window.since}' AND quarter_utc < '{window.until}'"
    two_weeks = f"quarter_utc >= '{window.earlier()[0]}' AND quarter_utc < '{window.until}'"
    newest = f"time_utc >= '{window.since}' AND time_utc < '{window.until}'"
    page = {
        **week, "direction": None, "any_connector": True, "connector": None, "tls": None, "system": None, "flow_only": True,
        "sort": "time", "descending": True, "page_rows": 100,
    }  # fmt: skip
    year = page | {"since": whole.since, "until": whole.until}

    def who(scope: Scope, tls: str | None, facet: str) -> Callable[[], object]:
        return lambda: ask_who(runner, window.span, scope, tls, facet)

    return [
        # The card says since when there is mail and when each version was first and last seen, so it reads all days.
        Question(
            "card",
            lambda: ask_overview(runner, config, ask_window(runner), window.data_last_utc),
            (("flow_quarter", f"quarter_utc, {_ROLLUP}, messages", "true"), ("peer_day", "direction, tls, first_utc, last_utc", "true")),
            150,
        ),
        Question(
            "report",
            lambda: runner.ask(rows.ConnectorCell, "connectors/by_time", grain=window.grain, **week, **ALL_MAIL.params()),
            (("flow_quarter", f"quarter_utc, {_ROLLUP}, is_estimate, messages, recipients", in_week),),
            150,
        ),
        # Findings ask the rollup of two weeks; own servers and own domains are of single messages of the window.
        Question(
            "findings",
            lambda: ask_findings(runner, config, window),
            (
                ("flow_quarter", f"quarter_utc, {_ROLLUP}, is_estimate, messages", two_weeks),
                ("message", "time_utc, direction, tls, server", newest),
            ),
        ),
        # Of a cell: its peers in the whole file and their history, both from the rollup, and the sessions and senders of the window.
        Question(
            "who: host, TLS 1.0",
            who(BUSY, "TLS 1.0", "host"),
            (
                (
                    "message",
                    f"time_utc, session_id, {_PEER}, sender, messages",
                    f"{_CELL} AND tls = 'TLS 1.0' AND status = 'accepted' AND {newest}",
                ),
                ("peer_day", f"messages, first_utc, last_utc, {_PEER}", f"{_CELL} AND tls = 'TLS 1.0'"),
                ("peer_day", f"tls, first_utc, last_utc, {_PEER}", _CELL),
            ),
            300,
        ),
        # Senders have no rollup: their history is in the messages of the connector, whatever their version.
        Question(
            "who: sender, TLS 1.0",
            who(BUSY, "TLS 1.0", "sender"),
            (
                ("message", "time_utc, sender, messages", f"{_CELL} AND tls = 'TLS 1.0' AND status = 'accepted'"),
                ("message", "session_id, sender", f"{_CELL} AND tls = 'TLS 1.0' AND status = 'accepted' AND {newest}"),
                ("message", "time_utc, tls, sender", f"{_CELL} AND status = 'accepted'"),
            ),
            300,
        ),
        Question(
            "who: host, any version",
            who(BUSY, None, "host"),
            (
                ("message", f"time_utc, session_id, {_PEER}, sender, messages", f"{_CELL} AND status = 'accepted' AND {newest}"),
                ("peer_day", f"messages, tls, first_utc, last_utc, {_PEER}", _CELL),
            ),
        ),
        # What is below the floor by peer and connector, with the keys of its senders; the rollups know all of it up to TLS 1.2.
        Question(
            "what-if: TLS 1.2, whole file",
            lambda: ask_what_if(runner, whole, ALL_MAIL, "TLS 1.2"),
            (
                ("flow_quarter", f"quarter_utc, {_ROLLUP}, is_estimate, messages", "true"),
                (
                    "peer_day",
                    f"direction, connector, tls, {_PEER}, messages, last_utc, sender_keys",
                    "enum_code(tls) < 4 AND enum_code(direction) < 2",
                ),
                ("peer_day", f"direction, tls, {_PEER}", "true"),
            ),
            500,
        ),
        Question(
            "messages: first page",
            lambda: runner.ask(rows.MessageLine, "messages/page", **page, page_from=0),
            (("message", "time_utc", f"{newest} AND {_COUNTED}"),),
        ),
        Question(
            f"messages: from {DEEP:,}",
            lambda: runner.ask(rows.MessageLine, "messages/page", **year, page_from=DEEP),
            (("message", "time_utc", _COUNTED),),
        ),
    ]


def bare_scan(engine: Engine, question: Question) -> Callable[[], object]:
    """Return what reads exactly the rows and columns that a question needs: it counts values, and sums numbers of messages."""
    cursor = engine.cursor()
    statements = [
        f"SELECT count(*), {', '.join(_read(name) for name in columns.split(', '))} FROM trace.{table} WHERE {condition}"
        for table, columns, condition in question.reads
    ]
    return lambda: [cursor.execute(statement).fetchall() for statement in statements]


def _read(name: str) -> str:
    """Return what makes DuckDB read every value of a column and do little else."""
    if name == "sender_keys":
        return f"max(list_max({name}))"
    return f"sum({name})" if name == "messages" else f"sum(strlen({name}))" if name in TEXTS else f"max({name})"


def timed(ask: Callable[[], object]) -> Taken:
    """Ask once, and then as often as it takes for a median."""
    taken: list[float] = []
    for _ in range(1 + AGAIN):
        start = time.perf_counter()
        ask()
        taken.append(1000 * (time.perf_counter() - start))
    return Taken(taken[0], median(taken[1:]))


def main() -> int:
    """Make the trace file if it is not kept, ask everything, print the table, and answer the exit code."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--messages", type=int, default=20_000_000)
    parser.add_argument("--keep", type=Path, metavar="FILE", help="keep the trace file here, and use the one that is here")
    parser.add_argument("--zone", default="UTC", help="the display zone, such as Europe/Vienna; UTC")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mailflow-benchmark-") as folder:
        path: Path = (options.keep or Path(folder) / "trace.duckdb").resolve()
        if not path.exists():
            print(f"making a trace file of {options.messages:,} messages …", flush=True)
            make_big_trace(path, options.messages)
        missed = ask_all(path, options.zone)
    return 1 if missed else 0


def ask_all(path: Path, zone: str) -> list[str]:
    """Print the table and the aims, and answer which of them were missed."""
    config = Config()
    engine = start_engine(config.engine, zone)
    try:
        attach_trace(engine, path, "read")
        engine.lock_down(path)
        counts = [engine.connection.execute(f"SELECT count(*) FROM trace.{table}").fetchone() for table in ("message", *ROLLUPS)]
        result = [count[0] if count else 0 for count in counts]
        print(f"{result[0]:,} messages, {result[1]:,} rows of flow_quarter, {result[2]:,} of peer_day; {config.engine.threads} threads\n")
        runner = QueryRunner(engine)
        print(f"{'question':30}  {'first ms':>9}  {'median ms':>9}  {'bare scan ms':>12}  {'ratio':>6}")
        verdicts: dict[str, bool] = {}
        for question in questions(runner, config, ask_window(runner)):
            taken, scanned = timed(question.ask), timed(bare_scan(engine, question))
            ratio = taken.later / scanned.later
            print(f"{question.name:30}  {taken.first:9.1f}  {taken.later:9.1f}  {scanned.later:12.1f}  {ratio:5.1f}x", flush=True)
            if question.aim is not None:
                verdicts[f"{question.name} takes at most {question.aim} ms"] = taken.later <= question.aim
        print()
        for sentence, holds in verdicts.items():
            print(f"{'yes' if holds else 'NO '}  {sentence}")
        return [sentence for sentence, holds in verdicts.items() if not holds]
    finally:
        engine.close()


if __name__ == "__main__":
    sys.exit(main())
