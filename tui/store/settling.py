"""What only all files together tell: decided anew with each load, so that the order of loading means nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from tui.store.query_files import QueryFile, load_query
from tui.store.rollup import Run, Times, span_of
from tui.store.scans import quote_name, quote_text

# Columns that two tellings of a hop fill up for each other, and those that go with the TLS version.
_FILLED = (
    "connector", "connector_type", "forced_tls", "reply", "server", "service", "peer_host", "helo", "peer_ip", "peer_domain", "sender",
    "subject", "auth_user", "certificate", "security_policy", "message_id", "network_message_id", "session_id",
    "front_session_id", "size_bytes",
)  # fmt: skip
_OF_TLS = ("tls", "tls_raw", "cipher", "verified")
_OF_FATE = ("direction", "status", "reply")
_SUREST = "sure, apart_ms, row_no, better_row_no"


@dataclass(frozen=True)
class Settled:
    """The ids of the formats that leave something to be settled.

    `no_tls_line`: hops that show no TLS line; `by_domain`: messages whose direction own domains tell; `yielding`: messages
    that another file may tell better; `own_addresses`: hops whose peer may turn out to be an own server.
    """

    no_tls_line: Collection[str] = ()
    by_domain: Collection[str] = ()
    yielding: Collection[str] = ()
    own_addresses: Collection[str] = ()


def settled_of(formats: Collection[QueryFile]) -> Settled:
    """Answer what formats leave to be settled, by their `settle:` lines."""

    def of(word: str) -> list[str]:
        return [one.path.stem for one in formats if word in one.listed("settle")]

    return Settled(of("no TLS line"), of("direction by domain"), of("steps back"), of("own addresses"))


def merge(run: Run, table: str, here: Mapping[str, str], format_id: str, *, doubled: bool = False) -> Times:
    """Fill up hops of the trace file with what the temp table `table` tells of the same ones; answer the span of what changed.

    A recorded TLS version stands against none; the source that came first is right in all else. Where that one is of the same
    format, a list of one row a recipient may have parted the message: then the recipients of both count, and the better of two
    fates, as they do within one file. `doubled` looks only at hops that `table` itself tells more than once.
    """
    told = quote_name(table)
    if doubled:
        told = f"(SELECT * FROM {told} WHERE hop_key IN (SELECT hop_key FROM {told} GROUP BY hop_key HAVING count(*) > 1))"
    times = span_of(run, f"(SELECT held.time_utc FROM trace.message AS held SEMI JOIN {told} AS told ON held.hop_key = told.hop_key)")
    if not times:
        return []
    filled = [name for name in _FILLED if name in here]
    picked = {name: f"first({name} ORDER BY {name} IS NULL, source_id, line_no)" for name in filled}
    sets = {name: f"coalesce(held.{name}, told.{name})" for name in filled}
    changes = ["told.time_utc < held.time_utc", *(f"(held.{name} IS NULL AND told.{name} IS NOT NULL)" for name in filled)]
    if "tls" in here:
        is_better = "held.tls = 'Not recorded' AND told.tls <> 'Not recorded'"
        of_tls = [name for name in _OF_TLS if name in here]
        picked |= {name: f"first({name} ORDER BY tls IS NULL OR tls = 'Not recorded', source_id, line_no)" for name in of_tls}
        sets |= {name: f"CASE WHEN {is_better} THEN told.{name} ELSE held.{name} END" for name in of_tls}
        changes.append(is_better)
    is_alike = f"held.source_id IN (SELECT source_id FROM trace.source WHERE format = {quote_text(format_id)})"
    if "recipients" in here:
        picked["recipients"] = "list_distinct(flatten(list(recipients ORDER BY source_id, line_no)))"
        is_more = f"(len(held.recipients) = 0 OR {is_alike}) AND NOT list_has_all(held.recipients, told.recipients)"
        both = "list_distinct(list_concat(held.recipients, told.recipients))"
        sets["recipients"] = f"CASE WHEN {is_more} THEN {both} ELSE held.recipients END"
        changes.append(f"({is_more})")
    if "status" in here:
        picked |= {name: f"first({name} ORDER BY {_fate('status')}, source_id, line_no)" for name in _OF_FATE if name in here}
        is_happier = f"{is_alike} AND cast(held.direction AS VARCHAR) = told.direction AND {_fate('told.status')} < {_fate('held.status')}"
        sets["status"] = f"CASE WHEN {is_happier} THEN told.status ELSE cast(held.status AS VARCHAR) END"
        if "reply" in here:
            sets["reply"] = f"CASE WHEN {is_happier} THEN told.reply ELSE coalesce(held.reply, told.reply) END"
        changes.append(f"({is_happier})")
    columns = ", ".join(f"{value} AS {name}" for name, value in picked.items())
    again = (
        f"(SELECT hop_key, min(time_utc) AS time_utc, {columns} FROM {told} AS told "
        "WHERE time_utc IS NOT NULL AND hop_key IN (SELECT hop_key FROM trace.message) GROUP BY hop_key)"
    )
    sets["time_utc"] = "least(held.time_utc, told.time_utc)"
    _replace(run, sets, again, f"held.hop_key = told.hop_key AND ({' OR '.join(changes)})")
    return times


def _fate(status: str) -> str:
    """Answer what orders the fates of a message, the best first."""
    return f"coalesce(list_position(['handed over', 'accepted', 'bounced', 'refused', 'deferred'], cast({status} AS VARCHAR)), 9)"


def note_own_addresses(run: Run, table: str, here: Mapping[str, str]) -> None:
    """Write down the addresses that the servers which wrote the rows of the temp table `table` say are theirs."""
    if "own_ip" in here:
        run(f"INSERT INTO trace.own_address SELECT DISTINCT own_ip, source_id FROM {quote_name(table)} WHERE own_ip IS NOT NULL")


def settle(run: Run, settled: Settled) -> Times:
    """Decide what is left open over everything that is loaded; answer the span of what changed."""
    loaded = {str(row[0]) for row in run("SELECT DISTINCT format FROM trace.source").fetchall()}
    times: Times = []
    if loaded & set(settled.by_domain):
        run("SET VARIABLE by_domain = $formats", {"formats": list(settled.by_domain)})
        times += _update(run, "ways", "direction = told.way, peer_domain = told.peer_domain, status = told.status")
    if loaded & set(settled.own_addresses):
        run("SET VARIABLE own_addresses = $formats", {"formats": list(settled.own_addresses)})
        times += _update(run, "own_addresses", "direction = 'internal'")
    # A list that does not even tell the way steps back for every other file, before the better lists do.
    for listed in (set(settled.by_domain) & set(settled.yielding), set(settled.yielding)):
        if loaded & listed and loaded - listed:
            run("SET VARIABLE yielding = $formats", {"formats": sorted(listed)})
            times += _step_back(run)
    if loaded & set(settled.no_tls_line):
        times += _update(run, "settled", "tls = told.tls_now")
    return times


def _update(run: Run, query: str, sets: str) -> Times:
    run(f"CREATE OR REPLACE TEMP TABLE settling AS {load_query(f'load/{query}').sql}")
    times = span_of(run, "settling")
    if times:
        run(f"UPDATE trace.message SET {sets} FROM settling AS told WHERE trace.message.rowid = told.row_no")
    run("DROP TABLE settling")
    return times


def _replace(run: Run, values: Mapping[str, str], told: str, condition: str) -> None:
    """Change columns of the messages `held` that have a row of `told` by a condition.

    Not an UPDATE: of many rows with lists that the same transaction wrote, DuckDB 2.0 loses its thread, and all of the load.
    """
    changed = ", ".join(f"{value} AS {name}" for name, value in values.items())
    run(
        f"CREATE OR REPLACE TEMP TABLE changed AS SELECT held.rowid AS row_no, held.* REPLACE ({changed}) "
        f"FROM trace.message AS held INNER JOIN {told} AS told ON {condition}"
    )
    run("DELETE FROM trace.message WHERE rowid IN (SELECT row_no FROM changed)")
    run("INSERT INTO trace.message BY NAME SELECT * EXCLUDE (row_no) FROM changed")
    run("DROP TABLE changed")


def _step_back(run: Run) -> Times:
    """Let hops step back that another file tells better, which gets what only they tell; they are kept aside."""
    run(f"CREATE OR REPLACE TEMP TABLE pairing AS {load_query('load/yielding').sql}")
    run("CREATE OR REPLACE TEMP TABLE paired AS FROM pairing LIMIT 0")
    while run("SELECT 1 FROM pairing LIMIT 1").fetchone():
        # Of pairs in which each is the other's best there is always one; those that share a hop with it are no more.
        run(
            "INSERT INTO paired FROM pairing "
            f"QUALIFY row_number() OVER (PARTITION BY row_no ORDER BY {_SUREST}) = 1 "
            f"AND (NOT is_one OR row_number() OVER (PARTITION BY better_row_no ORDER BY {_SUREST}) = 1)"
        )
        run(
            "DELETE FROM pairing WHERE row_no IN (SELECT row_no FROM paired) "
            "OR (is_one AND better_row_no IN (SELECT better_row_no FROM paired WHERE is_one))"
        )
    run(
        "CREATE OR REPLACE TEMP TABLE settling AS SELECT hop.*, paired.row_no, paired.better_row_no, better.hop_key AS better_key "
        "FROM paired INNER JOIN trace.message AS hop ON hop.rowid = paired.row_no "
        "INNER JOIN trace.message AS better ON better.rowid = paired.better_row_no"
    )
    run("DROP TABLE pairing; DROP TABLE paired")
    times = span_of(run, "settling")
    if times:
        run("INSERT INTO trace.stepped_back BY NAME SELECT * EXCLUDE (row_no, better_row_no) FROM settling")
        _replace(
            run,
            {
                "subject": "coalesce(held.subject, told.subject)",
                "sender": "coalesce(held.sender, told.sender)",
                "network_message_id": "coalesce(held.network_message_id, told.network_message_id)",
                "recipients": "CASE WHEN len(held.recipients) > 0 THEN held.recipients ELSE told.recipients END",
            },
            "(SELECT * FROM settling QUALIFY row_number() OVER (PARTITION BY better_row_no ORDER BY row_no) = 1)",
            "held.rowid = told.better_row_no",
        )
        run(
            "UPDATE trace.source AS source SET already_counted = source.already_counted + told.hops "
            "FROM (SELECT source_id, count(*) AS hops FROM settling GROUP BY source_id) AS told "
            "WHERE source.source_id = told.source_id"
        )
        run("DELETE FROM trace.message WHERE rowid IN (SELECT row_no FROM settling)")
    run("DROP TABLE settling")
    return times
