"""Hops that several files tell: each counts once, and for another one of them when the first is forgotten."""

from __future__ import annotations

from collections.abc import Sequence

from tui.store.rollup import Run, Times, span_of
from tui.store.scans import quote_name

# What its hops that count say of a source.
_COUNTS = (
    "UPDATE trace.source AS source SET message_count = coalesce(counted.in_flow, 0), other_count = coalesce(counted.others, 0), "
    "already_counted = greatest(source.already_counted - counted.gained, 0), "
    "first_utc = counted.first_utc, last_utc = counted.last_utc "
    "FROM (SELECT * FROM (SELECT source_id, min(time_utc) AS first_utc, max(time_utc) AS last_utc, "
    "sum(messages) FILTER (WHERE crossed) AS in_flow, sum(messages) FILTER (WHERE NOT crossed) AS others "
    "FROM (SELECT *, direction IN ('inbound', 'outbound') AND status IN ('accepted', 'handed over') AS crossed FROM trace.message) "
    "GROUP BY source_id) AS hop INNER JOIN (SELECT source_id, sum(hops) AS gained FROM gained GROUP BY source_id) USING (source_id)) "
    "AS counted WHERE source.source_id = counted.source_id"
)


def count_known_hops(run: Run, table: str, sound: str, first_new: int) -> None:
    """Note how many hops of each new source another one had counted already; `sound` is what holds for a row of `table` that counts."""
    run(
        f"UPDATE trace.source SET already_counted = told.hops - coalesce(kept.hops, 0) "
        f"FROM (SELECT source_id, count(*) AS hops FROM {quote_name(table)} WHERE {sound} AND source_id >= {first_new} GROUP BY source_id) "
        "AS told "
        f"LEFT JOIN (SELECT source_id, count(*) AS hops FROM trace.message WHERE source_id >= {first_new} GROUP BY source_id) AS kept "
        "ON told.source_id = kept.source_id "
        "WHERE trace.source.source_id = told.source_id"
    )


def note_told_again(run: Run, table: str, sound: str) -> None:
    """Note which hops each new source tells that count for another one."""
    doubled = f"already_counted > 0 AND source_id IN (SELECT source_id FROM {quote_name(table)})"
    if not run(f"SELECT 1 FROM trace.source WHERE {doubled} LIMIT 1").fetchone():
        return
    for held in ("message", "stepped_back"):
        run(
            f"INSERT INTO trace.told_again SELECT told.hop_key, told.source_id, min(told.line_no) FROM {quote_name(table)} AS told "
            f"INNER JOIN (SELECT hop_key, source_id AS held_id FROM trace.{held}) AS held ON told.hop_key = held.hop_key "
            f"WHERE told.source_id <> held.held_id AND {sound} "
            "AND (told.hop_key, told.source_id) NOT IN (SELECT (hop_key, source_id) FROM trace.told_again) GROUP BY ALL"
        )


def pass_on(run: Run, source_id: int) -> None:
    """Let hops of a source count for another one that tells them too: the one that came first. Notes who gained them, for count_gained."""
    run("CREATE OR REPLACE TEMP TABLE gained AS SELECT source_id, 0 AS hops FROM trace.source LIMIT 0")
    of_id = {"id": source_id}
    for held in ("message", "stepped_back"):
        run(
            "CREATE OR REPLACE TEMP TABLE heir AS "
            "SELECT hop_key, min(told.source_id) AS heir_id, arg_min(told.line_no, told.source_id) AS line_no "
            f"FROM trace.told_again AS told INNER JOIN trace.{held} AS hop USING (hop_key) "
            "WHERE hop.source_id = $id AND told.source_id <> $id GROUP BY hop_key",
            of_id,
        )
        run(
            f"UPDATE trace.{held} AS hop SET source_id = heir.heir_id, line_no = heir.line_no FROM heir "
            "WHERE hop.hop_key = heir.hop_key AND hop.source_id = $id",
            of_id,
        )
        run("DELETE FROM trace.told_again WHERE (hop_key, source_id) IN (SELECT (hop_key, heir_id) FROM heir)")
        run("INSERT INTO gained SELECT heir_id, count(*) FROM heir GROUP BY heir_id")
        run("DROP TABLE heir")


def count_gained(run: Run, since: Times) -> None:
    """Count anew what each source brought that gained hops, by pass_on or because they came forward in the span `since`."""
    if since:
        run("INSERT INTO gained SELECT DISTINCT source_id, 0 FROM trace.message WHERE time_utc BETWEEN $first AND $last", _span(since))
    run(_COUNTS)
    run("DROP TABLE gained")


def _span(times: Times) -> dict[str, object]:
    return {"first": min(times), "last": max(times)}


def come_forward(run: Run, told: Sequence[str] = ()) -> Times:
    """Let hops count again that stepped back before one which is no more, or is told anew in the temp tables `told`; answer their span.

    What is told anew may say more than before, and has lost what it got from the one that stepped back: they are paired again.
    """
    if run("SELECT 1 FROM trace.stepped_back LIMIT 1").fetchone() is None:
        return []
    anew = "".join(f" OR better_key IN (SELECT hop_key FROM {quote_name(table)})" for table in told)
    run(
        f"CREATE OR REPLACE TEMP TABLE forward AS SELECT * FROM trace.stepped_back "
        f"WHERE (better_key NOT IN (SELECT hop_key FROM trace.message){anew}) AND hop_key NOT IN (SELECT hop_key FROM trace.message) "
        "QUALIFY row_number() OVER (PARTITION BY hop_key ORDER BY source_id, line_no) = 1"
    )
    times = span_of(run, "forward")
    if times:
        run("INSERT INTO trace.message BY NAME SELECT * EXCLUDE (better_key) FROM forward")
        run(
            "UPDATE trace.source AS source SET already_counted = greatest(source.already_counted - back.hops, 0) "
            "FROM (SELECT source_id, count(*) AS hops FROM forward GROUP BY source_id) AS back WHERE source.source_id = back.source_id"
        )
        run("DELETE FROM trace.stepped_back WHERE hop_key IN (SELECT hop_key FROM forward)")
    run("DROP TABLE forward")
    return times
