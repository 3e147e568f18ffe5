"""A trace file of any number of messages for measuring, made by DuckDB itself and rolled up by the project's own queries.

Ninety days of both directions in the order of time, as logs are: sessions of one to five messages, about thirty
connectors and mail without one, 40,000 peer hosts of which a few bring most of the mail, about a million senders.
Everything in it is synthetic.
"""

from __future__ import annotations

import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from tui.config import EngineConfig
from tui.store.engine import Engine, start_engine
from tui.store.query_files import load_query
from tui.store.trace_file import attach_trace, detach_trace

FIRST = datetime(2026, 8, 18)
DAYS = 90
PEERS = 40_000
BUSY_CONNECTOR = "Partner 01"

# A number from 0 to 1 that depends on nothing but what it is made of.
_CHANCE = "CREATE OR REPLACE TEMP MACRO chance(number, salt) AS (hash(number, salt) % 1000003) / 1000003.0"

# Version by a share of 1. A few peers bring most of the mail, so the shares of messages come out a little lower: TLS 1.0 at about 1.5%.
_VERSION = """CREATE OR REPLACE TEMP MACRO version_of(share) AS CASE
    WHEN share < 0.04 THEN 'No TLS' WHEN share < 0.06 THEN 'TLS 1.0' WHEN share < 0.066 THEN 'TLS 1.1' WHEN share < 0.58 THEN 'TLS 1.2'
    WHEN share < 0.995 THEN 'TLS 1.3' ELSE 'Not recorded' END"""

# Half of a peer's sessions use the version that is its own, so that there are old peers and peers that change.
_SESSIONS = f"""
SELECT
    session.number + cast($part AS BIGINT) * 1_000_000_000 AS number,
    TIMESTAMP '{FIRST}'
    + to_microseconds(cast(session.number * {(DAYS * 86_400 - 60) * 1000} // $thousand_sessions AS BIGINT)) AS began_utc,
    cast(floor(exp(chance(number, 1) * ln({PEERS} + 1))) AS BIGINT) AS peer,
    1 + cast(floor(chance(number, 2) * 5) AS BIGINT) AS messages,
    CASE WHEN chance(number, 3) < 0.5 THEN chance(peer, 4) ELSE chance(number, 5) END AS share,
    CASE WHEN chance(peer, 6) < 0.55 THEN 'inbound' WHEN chance(peer, 6) < 0.95 THEN 'outbound'
        WHEN chance(peer, 6) < 0.98 THEN 'submission' ELSE 'internal' END AS direction,
    CASE WHEN chance(number, 7) < 0.5 AND direction IN ('inbound', 'outbound')
        THEN format('{{}} {{:02d}}', CASE direction WHEN 'inbound' THEN 'Partner' ELSE 'To site' END,
            1 + cast(floor(15 * pow(chance(peer, 8), 2)) AS BIGINT)) END AS connector
FROM range($first_session, $last_session) AS session(number)
"""

_MESSAGES = f"""
INSERT INTO trace.message BY NAME
WITH session AS ({_SESSIONS}),

hop AS (
    SELECT
        session.*,
        unnest(range(messages)) AS turn,
        number * 8 + turn AS hop_no,
        version_of(share) AS version,
        format('sender{{}}@peer{{}}.example', cast(floor(chance(hop_no, 9) * (5 + 90000 // peer)) AS BIGINT), peer) AS mailbox
    FROM session
)

SELECT
    began_utc + to_microseconds(turn * 1500000) AS time_utc,
    direction,
    connector,
    version AS tls,
    CASE WHEN version LIKE 'TLS%' THEN 'ECDHE-RSA-AES256-GCM-SHA384' END AS cipher,
    CASE WHEN chance(hop_no, 10) < 0.03 THEN 'rejected' WHEN chance(hop_no, 10) < 0.05 THEN 'deferred'
        WHEN direction = 'outbound' THEN 'delivered' ELSE 'accepted' END AS status,
    'Exchange Server' AS system,
    CASE WHEN peer % 2 = 0 THEN 'EX01' ELSE 'EX02' END AS server,
    'frontend' AS service,
    CASE WHEN peer % 10 > 0 THEN format('mx{{}}.peer{{}}.example', peer % 4, peer) END AS peer_host,
    format('mx{{}}.peer{{}}.example', peer % 4, peer) AS helo,
    format('198.51.{{}}.{{}}', peer // 250 % 250, peer % 250) AS peer_ip,
    format('peer{{}}.example', peer) AS peer_domain,
    CASE direction WHEN 'outbound' THEN format('user{{}}@example.com', hash(hop_no) % 5000) ELSE mailbox END AS sender,
    [CASE direction WHEN 'outbound' THEN mailbox ELSE format('user{{}}@example.com', hash(hop_no) % 5000) END] AS recipients,
    format('<{{:016X}}@peer{{}}.example>', hash(hop_no, 11), peer) AS message_id,
    format('{{:016X}}', hash(number)) AS session_id,
    hash(hop_no) AS hop_key,
    cast(1000 + 80000 * chance(hop_no, 12) AS BIGINT) AS size_bytes,
    1 AS messages,
    FALSE AS is_estimate,
    'message' AS grain,
    1 + cast(began_utc AS DATE) - DATE '{FIRST:%Y-%m-%d}' AS source_id,
    hop_no AS line_no,
    FALSE AS is_merged
FROM hop
"""

# One source a day, and the settings of every other connector in a file of its own.
_SOURCES = f"""
INSERT INTO trace.source BY NAME
SELECT
    source_id,
    format('{{}}/RECV{{}}.LOG', $part, source_id) AS path,
    CASE WHEN source_id > {DAYS} THEN 'connector_settings' ELSE 'exchange_smtp_receive' END AS format,
    'message' AS grain,
    md5(concat_ws('/', $part, source_id)) AS sha256,
    0 AS size_bytes, 0 AS row_count, 0 AS message_count, 0 AS other_count, 0 AS already_counted, 0 AS reject_count,
    TIMESTAMP '{FIRST + timedelta(days=DAYS)}' AS loaded_at_utc
FROM range(1, {DAYS + 2}) AS sources(source_id)
"""
_SETTINGS = f"""
INSERT INTO trace.connector BY NAME
SELECT
    connector AS name,
    any_value(direction) AS direction,
    CASE WHEN right(connector, 1) IN ('1', '5') THEN 'Partner' ELSE 'OnPremises' END AS connector_type,
    right(connector, 1) = '3' AS forced_tls,
    TRUE AS enabled,
    {DAYS + 1} AS source_id
FROM trace.message
WHERE connector IS NOT NULL AND right(connector, 1) IN ('1', '3', '5', '7', '9')
GROUP BY connector
"""
_STEP = 500_000


def make_big_trace(path: Path, messages: int, part: int = 0) -> None:
    """Write a trace file of about so many messages, all on disk when this ends; other parts have other messages of the same days."""
    with tempfile.TemporaryDirectory(prefix="mailflow-benchmark-", dir=path.parent) as folder:
        engine = start_engine(EngineConfig(memory_mb=4000, temp_folder=folder))
        try:
            attach_trace(engine, path, "write")
            _fill(engine, messages // 3, part)
            detach_trace(engine)
        finally:
            engine.close()


def _fill(engine: Engine, sessions: int, part: int) -> None:
    run = engine.connection.execute
    run(_CHANCE)
    run(_VERSION)
    for first in range(0, sessions, _STEP):
        last = min(first + _STEP, sessions)
        run(_MESSAGES, {"part": part, "first_session": first, "last_session": last, "thousand_sessions": sessions / 1000})
    run(_SOURCES, {"part": part})
    run(_SETTINGS)
    run("CHECKPOINT trace")
    # A day at a time, as daily loads do it.
    for day in range(DAYS):
        span = {"since": FIRST + timedelta(days=day), "until": FIRST + timedelta(days=day + 1)}
        for query in ("load/flow_quarter_fill", "load/peer_day_fill"):
            run(load_query(query).sql, dict(span))
    run("CHECKPOINT trace")
