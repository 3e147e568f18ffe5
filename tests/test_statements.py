"""The SQL of a screen, as a script: a DuckDB shell gives the same answers with it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from tests.support.reports import write_rows
from tui.cli import run
from tui.config import Config
from tui.intake.load import Progress
from tui.intake.opening import open_paths
from tui.rows import ConnectorCell, WhoRow
from tui.store.engine import start_engine
from tui.store.filters import parse_filter
from tui.store.query_runner import QueryRunner
from tui.store.questions import ALL_MAIL
from tui.view.statements import literal, script_of, statements_sheet

pytestmark = pytest.mark.share(0.25)


@pytest.mark.share(3)
@pytest.mark.parametrize("zone", ["UTC", "Europe/Vienna"])
@pytest.mark.parametrize("words", ["", "tls is TLS 1.0", "host starts with a and sender domain is not x.example"])
def test_the_script_gives_the_same_rows_in_a_shell_of_its_own(tmp_path: Path, zone: str, words: str) -> None:
    rows: list[dict[str, object]] = [
        {
            "time_utc": f"2026-11-{day:02}T23:30:00",
            "direction": "inbound",
            "tls": tls,
            "peer_host": host,
            "sender": f"x@{host}",
            "connector": "C's",
        }
        for day in (10, 11)
        for tls in ("TLS 1.0", "TLS 1.2")
        for host in ("a.example", "b.example")
    ]
    trace = tmp_path / "it's.duckdb"
    assert run(["load", str(write_rows(tmp_path / "t.csv", rows)), "--into", str(trace)]) == 0
    engine = start_engine(Config().engine, zone)
    span = {"since": datetime(2026, 11, 1), "until": datetime(2026, 11, 30)}
    where = parse_filter(words) if words else parse_filter("tls is not SSL")
    try:
        open_paths(engine, Config(), [str(trace)], Progress())
        runner = QueryRunner(engine)
        cells = runner.ask(ConnectorCell, "connectors/by_time", where, grain="day", **span, **ALL_MAIL.params())
        runner.ask(WhoRow, "connectors/who", where, **span, **ALL_MAIL.params(), tls=None, facet="host", most=5)
        statements = list(runner.statements)
    finally:
        engine.close()
    script = script_of(statements[:1], str(trace), zone)
    shell = duckdb.connect()
    answers = [tuple(row) for row in shell.execute(script).fetchall()]
    assert answers == [tuple(cell.__dict__.values()) for cell in cells]
    assert cells
    duckdb.connect().execute(script_of(statements, str(trace), zone))
    shown = "\n".join("".join(cell.text for cell in line) for line in statements_sheet(statements, 100).lines)
    assert "queries/connectors/by_time.sql" in shown
    assert "$grain = 'day'" in shown
    assert " ms " in shown


def test_values_are_written_as_sql_writes_them() -> None:
    assert [literal(value) for value in (None, True, 3, 2.5, "it's", [{"a": 1}], datetime(2026, 1, 2))] == [
        "NULL", "TRUE", "3", "2.5", "'it''s'", "[{'a': 1}]", "TIMESTAMP '2026-01-02 00:00:00'",
    ]  # fmt: skip
