"""Tables that others made with the columns of `message`: DuckDB files, Parquet files, and trace files of our own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pytest

from tests.support.traces import House, exo_in, exo_out, mail, opening, talk, write_eac, write_exo, write_log
from tui.config import EngineConfig
from tui.errors import TraceFileError, UnrecognisedError
from tui.store.engine import start_engine
from tui.store.trace_file import attach_trace, is_trace_file

pytestmark = pytest.mark.share(0.25)

MINE = """
SELECT * FROM (VALUES
    (TIMESTAMP '2026-11-10 10:00:00', 'inbound', 'TLS 1.2', 'A', 1),
    (TIMESTAMP '2026-11-10 10:01:00', 'outbound', 'None', NULL, 2),
    (TIMESTAMP '2026-11-10 10:02:00', 'inbound', NULL, 'A', 3),
    (TIMESTAMP '2026-11-10 10:03:00', 'sideways', 'TLSv1', 'A', 4)
) AS recorded (time_utc, direction, tls, connector, messages)
"""
FLOW = {("inbound", "A", "TLS 1.2"): 1, ("outbound", None, "No TLS"): 2, ("inbound", "A", "Not recorded"): 3}


def make(path: Path, *statements: str) -> Path:
    with duckdb.connect(str(path)) as connection:
        for statement in statements:
            connection.execute(statement)
    return path


@pytest.mark.share(3)
@pytest.mark.parametrize(
    "statements",
    [
        [f"CREATE TABLE message AS {MINE}"],
        ["CREATE TYPE t AS ENUM ('TLSv1', 'TLS 1.2', 'None')", "CREATE TYPE d AS ENUM ('sideways', 'outbound', 'inbound')",
         f"CREATE TABLE message AS SELECT * REPLACE (CAST(tls AS t) AS tls, CAST(direction AS d) AS direction) FROM ({MINE})"],
        [f"CREATE VIEW message AS {MINE}"],
        [f"CREATE TABLE message AS SELECT *, 'x' AS more, 7 AS source_id, 9 AS line_no FROM ({MINE})"],
    ],
)  # fmt: skip
def test_a_duckdb_file_with_a_message_relation_opens(house: House, statements: Sequence[str]) -> None:
    file = make(house.folder / "foreign.duckdb", *statements)
    loaded = house.load(file)
    assert (loaded.sources, loaded.problems) == (1, [])
    assert house.flow() == FLOW
    assert house.message("line_no, direction") == [(1, "inbound"), (2, "outbound"), (3, "inbound"), (4, "unknown")]


def test_a_parquet_file_opens(house: House) -> None:
    file = house.folder / "table.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"COPY ({MINE}) TO '{file}' (FORMAT parquet)")
    assert house.load(file).problems == []
    assert house.flow() == FLOW


@pytest.mark.parametrize("name", ["no suffix", "it's.parquet", "table.bin"])
def test_a_parquet_file_is_known_by_its_content(house: House, name: str) -> None:
    file, first = house.folder / name, house.folder / "first.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"COPY ({MINE}) TO '{first}' (FORMAT parquet)")
    assert house.load(first.rename(file)).problems == []
    assert house.flow() == FLOW


def test_all_columns_of_a_foreign_table_come_through(house: House) -> None:
    select = """
        SELECT TIMESTAMPTZ '2026-11-10 12:00:00+02' AS time_utc, 'outbound' AS direction, 'Partner' AS connector_type, 'To p' AS connector,
            'TLSv1/SSLv3' AS tls, 'AES256-GCM-SHA384' AS cipher, 'bounced' AS status, '550 no' AS reply, 'Postfix' AS system,
            'mx' AS server,
            ['a@b.example', 'c@d.example'] AS recipients, 'Hello, {you}' AS subject, 4096 AS size_bytes, true AS is_estimate, 3 AS messages,
            CAST(18446744073709551615 AS UBIGINT) AS hop_key
    """
    house.load(make(house.folder / "f.duckdb", f"CREATE TABLE message AS {select}"))
    columns = "CAST(time_utc AS VARCHAR), direction, connector_type, connector, tls, cipher, status, reply, system, server"
    assert house.one(columns) == (
        "2026-11-10 10:00:00", "outbound", "Partner", "To p", "TLS 1.2", "AES256-GCM-SHA384", "bounced", "550 no", "Postfix", "mx",
    )  # fmt: skip
    assert house.one("recipients, subject, size_bytes, is_estimate, messages, hop_key") == (
        ["a@b.example", "c@d.example"], "Hello, {you}", 4096, True, 3, 18446744073709551615,
    )  # fmt: skip


@pytest.fixture
def colleague(tmp_path: Path) -> Path:
    """Return a trace file that a colleague made: a log, an extended report, and daily totals."""
    folder = tmp_path / "colleague"
    folder.mkdir()
    engine = start_engine(EngineConfig(memory_mb=500, threads=2, temp_folder=str(folder)))
    house = House(engine, folder)
    refused = "C MAIL FROM:<r@a.example>\nS 550 5.7.1 no"
    log = write_log(
        folder / "r.log",
        "receive",
        talk("receive", opening("SP_PROT_TLS1_2_SERVER"), mail(), refused, at="2026-11-09T10:00:00"),
    )
    house.load(log, write_exo(folder / "e.csv", exo_in(1), exo_out(2)))
    engine.close()
    return house.target


def test_a_trace_file_can_be_loaded_into_another(house: House, colleague: Path) -> None:
    loaded = house.load(colleague)
    assert (loaded.sources, loaded.problems) == (2, [])
    assert {Path(path).name for (path,) in house.ask("SELECT path FROM trace.source")} == {"r.log", "e.csv"}
    assert house.flow() == {
        ("inbound", "Default Frontend EX01", "TLS 1.2"): 1,
        ("inbound", None, "TLS 1.2"): 1,
        ("outbound", None, "TLS 1.3"): 1,
    }
    assert house.message("status, system, recipients") == [
        ("accepted", "Exchange Server", ["b@example.com"]),
        ("rejected", "Exchange Server", []),
        ("accepted", "Exchange Online", ["b@example.com"]),
        ("delivered", "Exchange Online", ["you@partner.example"]),
    ]
    house.load(write_exo(house.folder / "e.csv", exo_in(1), exo_in(3)))
    assert sum(house.flow().values()) == 4


def test_daily_totals_of_a_trace_file_stay_daily_totals(house: House) -> None:
    eac = write_eac(house.folder / "eac.csv", ("2026-11-10", "From partner - F", 0, 0, 0, 100, 0, 100))
    house.load(eac)
    colleague = house.target.rename(house.folder / "colleague.duckdb")
    data = "S:InboundConnectorData=Name=F;S:tlsversion=TLS1.3"
    house.load(colleague, write_exo(house.folder / "exo.csv", exo_in(1, custom_data=data)))
    assert house.flow() == {("inbound", "F", "TLS 1.3"): 1}


def test_a_duckdb_file_of_something_else_is_not_known(house: House) -> None:
    file = make(house.folder / "shop.duckdb", "CREATE TABLE orders (id INTEGER)")
    [problem] = house.load(file).problems
    assert isinstance(problem, UnrecognisedError)
    assert not house.target.exists()
    assert not is_trace_file(house.engine, file)
    with pytest.raises(TraceFileError, match="not a mailflow trace file"):
        attach_trace(house.engine, file, "read")


def test_a_trace_file_is_known_as_one(house: House, colleague: Path) -> None:
    assert is_trace_file(house.engine, colleague)


def test_a_newer_trace_file_is_refused(house: House, colleague: Path) -> None:
    make(colleague, "UPDATE trace_file SET schema_version = 99")
    with pytest.raises(TraceFileError, match="made by a newer mailflow"):
        attach_trace(house.engine, colleague, "read")


@pytest.mark.parametrize("body", [b"", b"no database at all", b"\0" * 8 + b"DUCK" + b"\xff" * 5000], ids=["empty", "text", "mark only"])
def test_a_damaged_trace_file_is_one_clear_line(house: House, body: bytes) -> None:
    file = house.folder / "bad.duckdb"
    file.write_bytes(body)
    with pytest.raises(TraceFileError) as caught:
        attach_trace(house.engine, file, "read")
    assert str(caught.value).startswith(f"{file}: cannot be opened as a DuckDB file")
    assert "\n" not in str(caught.value)
