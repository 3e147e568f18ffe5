"""How long the queries of formats take to plan: parsing, binding and optimising, without a row.

    python -m tests.benchmarks.plan_queries [--rounds 5] [--slowest 20]

The time is CPU of the planning thread, the least of the rounds, of `PREPARE` on the statement. Formats, failures, pending rows and stages
are planned over the columns that their format keeps.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator

import duckdb

from tui.config import Config
from tui.store.engine import Engine, start_engine
from tui.store.format_check import described_rows
from tui.store.query_files import load_folder, load_query
from tui.store.staging import NAMED, Stager, stage_of, texts_of

BUDGET_MS = 30


def planned(engine: Engine, rounds: int) -> Iterator[tuple[str, float]]:
    """Yield each query that a format needs, by name, with the milliseconds that its planning takes."""
    for query in load_folder("formats"):
        engine.make_macros(*texts_of(query))
        stager = Stager(engine, "UTC")
        try:
            described_rows(stager, query, query.listed("columns"))
            yield query.name, _milliseconds(stager.cursor, query.sql, rounds)
            for key, folder in NAMED.items():
                if name := query.one(key):
                    sql = stage_of(query) if key == "stage" else load_query(f"{folder}/{name}").sql
                    yield f"{folder}/{name}", _milliseconds(stager.cursor, sql, rounds)
        finally:
            stager.close()


def _milliseconds(cursor: duckdb.DuckDBPyConnection, sql: str, rounds: int) -> float:
    taken: list[float] = []
    for _ in range(rounds):
        begun = time.thread_time()
        cursor.execute(f"PREPARE planned AS {sql}")
        taken.append((time.thread_time() - begun) * 1000)
    return min(taken)


def main() -> None:
    """Print the slowest queries and how many are over the budget."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--slowest", type=int, default=20)
    chosen = options.parse_args()
    engine = start_engine(Config().engine)
    try:
        found = dict(planned(engine, chosen.rounds))
    finally:
        engine.close()
    for name, milliseconds in sorted(found.items(), key=lambda one: -one[1])[: chosen.slowest]:
        print(f"{milliseconds:8.1f} ms  {name}")
    print(f"{sum(taken > BUDGET_MS for taken in found.values())} of {len(found)} queries take over {BUDGET_MS} ms to plan")


if __name__ == "__main__":
    main()
