"""The contract of a query file, and that every file of `queries/` keeps it."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.support.traces import House, exo_in, write_exo
from tui import rows
from tui.config import EngineConfig
from tui.errors import QueryFileError
from tui.resources import bundled
from tui.store.engine import MEMORY_SCHEMA, VIEW_SCHEMA, WRITE_SCHEMA, Engine, start_engine
from tui.store.header_keys import HEADER_KEYS
from tui.store.macros import library
from tui.store.query_files import check_columns, load_folder, load_query, parse_query, schema_text
from tui.store.query_runner import QueryRunner
from tui.store.staging import texts_of
from tui.store.trace_file import attach_trace, define_views, detach_trace

QUERIES = bundled("queries")
MANY_STATEMENTS = ("schema", "migrations", "lib")
NAMES = sorted(str(path.relative_to(QUERIES).with_suffix("")) for path in QUERIES.rglob("*.sql") if path.parent.name not in MANY_STATEMENTS)
FOLDERS_OF_ROWS = ("overview", "connectors", "messages", "sources", "findings")
NEEDED = {
    "formats": {"title", "help", "provides", "lacks", "recognise", "reader", "columns", "into"},
    "stages": {"title", "help", "into"},
    "failures": {"title", "help", "into"},
    "findings": {"title", "help", "severity", "advice", "result"},
    **{folder: {"title", "help", "result"} for folder in FOLDERS_OF_ROWS[:-1]},
}


def parse(tmp_path: Path, text: str) -> duckdb.Statement | object:
    file = tmp_path / "query.sql"
    file.write_text(text, encoding="utf-8")
    return parse_query(file, "query")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("-- title: T\nSELECT $since", "uses $since without declaring it in its params: line"),
        ("-- title: T\nSELECT $1", "uses $1 without declaring it in its params: line"),
        ("-- title: T\n-- params: since timestamp\nSELECT 1", "declares the parameter since but does not use it"),
        (
            "-- title: T\n-- params: since timestamp\nSELECT '$since' -- $since",
            "declares the parameter since but does not use it",
        ),
        (
            "-- title: T\n-- params: since moment\nSELECT $since",
            "parameter since has the type 'moment'; use boolean, booleans, date",
        ),
        (
            "-- title: T\n-- parms: since timestamp\nSELECT 1",
            "query.sql:2: unknown header 'parms:'; valid keys: advice, columns",
        ),
        ("-- title: T\nSELECT 1; SELECT 2", "contains more than one statement"),
        ("-- title: T\nSELECT 1;\n-- and\nDROP TABLE message;", "contains more than one statement"),
        ("-- title: T\n-- result: Nobody\nSELECT 1", "its result Nobody is not a dataclass of tui/rows"),
        ("-- title: T\n-- result: dataclass\nSELECT 1", "its result dataclass is not a dataclass of tui/rows"),
        ("-- help: H\nSELECT 1", "has no '-- title:' line"),
        ("SELECT 1", "has no '-- title:' line"),
        ("-- title: T\n", "contains no statement"),
        ("-- title: T\n-- help: H\n\n-- nothing\n;\n", "contains no statement"),
        ("", "has no '-- title:' line"),
    ],
)
def test_a_broken_contract_is_refused(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(QueryFileError) as caught:
        parse(tmp_path, text)
    assert str(caught.value).startswith(str(tmp_path / "query.sql"))
    assert complaint in str(caught.value)


@pytest.mark.parametrize(
    "code",
    [
        "SELECT '$x; it''s' AS a",
        'SELECT 1 AS "a$x;""b"',
        "SELECT 1 -- $x; more",
        "SELECT 1 /* $x;\n y */",
        "SELECT $$a; $x$$",
        "SELECT $tag$a; $x $$ $tag$",
        "SELECT E'it\\'s; $x' AS a",
        "SELECT 1;",
        "SELECT 1 ;\n\n-- the end; really\n",
        "SELECT regexp_extract(a, '^(.*)$', 1) FROM (SELECT 'x' AS a)",
        "SELECT cost$usd FROM (SELECT 1 AS cost$usd)",
    ],
)
def test_strings_and_comments_are_not_mistaken_for_code(tmp_path: Path, code: str) -> None:
    query = parse(tmp_path, f"-- title: T\n{code}")
    sql: str = getattr(query, "sql")  # noqa: B009
    assert not getattr(query, "params")  # noqa: B009
    with duckdb.connect() as connection:
        assert len(connection.execute(sql).fetchall()) == 1


def test_a_header_of_windows_is_read(tmp_path: Path) -> None:
    file = tmp_path / "query.sql"
    file.write_bytes("\ufeff-- title: Größe\r\n-- params: x text\r\nSELECT $x\r\n".encode())
    query = parse_query(file, "query")
    assert (query.one("title"), dict(query.params), query.sql) == ("Größe", {"x": "text"}, "SELECT $x")


def test_an_unknown_query_is_named() -> None:
    with pytest.raises(QueryFileError, match="there is no query overview/nothing"):
        load_query("overview/nothing")


def test_a_file_of_the_users_own_replaces_the_built_in_one(tmp_path: Path) -> None:
    (tmp_path / "eac_connector_details.sql").write_text("-- title: Mine\nSELECT 1")
    (tmp_path / "another.sql").write_text("-- title: Other\nSELECT 1")
    found = {query.path.stem: query.one("title") for query in load_folder("formats", tmp_path)}
    assert found["eac_connector_details"] == "Mine"
    assert found["another"] == "Other"
    assert len(found) == len(load_folder("formats")) + 1
    assert list(found) == sorted(found)


@pytest.fixture(scope="module")
def trace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """Return a cursor on an engine with an empty trace file attached to it."""
    folder = tmp_path_factory.mktemp("empty")
    engine = start_engine(EngineConfig(memory_mb=500, threads=1, temp_folder=str(folder)))
    engine.make_macros(*(f"{name}()" for name in library()))
    attach_trace(engine, folder / "empty.duckdb", "write")
    define_views(engine)
    yield engine.cursor()
    detach_trace(engine)
    engine.close()


@pytest.mark.parametrize("name", NAMES)
def test_a_query_keeps_the_contract(name: str) -> None:
    query = load_query(name)
    assert len(duckdb.extract_statements(query.sql)) == 1
    needed = NEEDED.get(name.split("/")[0], {"title"}) - ({"advice"} if "finding" in query.header else set[str]())
    assert all(query.one(key) for key in needed), query.header.keys()


@pytest.mark.parametrize("name", [name for name in NAMES if load_query(name).result])
def test_a_query_returns_the_fields_of_its_dataclass(trace: duckdb.DuckDBPyConnection, name: str) -> None:
    query = load_query(name)
    found = trace.execute(f"DESCRIBE {query.sql}", dict.fromkeys(query.params) or None).fetchall()
    check_columns(query, [row[0] for row in found])
    assert trace.execute(query.sql, dict.fromkeys(query.params) or None).fetchall() is not None


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("audits/")])
def test_an_audit_finds_nothing_in_an_empty_file(trace: duckdb.DuckDBPyConnection, name: str) -> None:
    assert trace.execute(load_query(name).sql).fetchall() == []


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("formats/")])
def test_a_format_makes_columns_of_the_table_it_fills(trace: duckdb.DuckDBPyConnection, name: str) -> None:
    query = load_query(name)
    columns = ", ".join(f"NULL::VARCHAR AS {column}" for column in (*query.listed("columns"), "file_columns"))
    trace.execute(load_query("staging/read_file").sql)
    trace.execute(f"CREATE OR REPLACE TEMP VIEW file_row AS SELECT {columns}, 1 AS source_id WHERE false")
    stage = load_query(f"stages/{query.one('stage')}").sql if query.one("stage") else "FROM file_row"
    trace.execute(f"CREATE OR REPLACE TEMP TABLE kept AS {stage}")
    trace.execute("CREATE OR REPLACE TEMP VIEW raw AS SELECT *, rowid AS line_no FROM kept")
    failures = [load_query(f"failures/{query.one('failures')}")] if query.one("failures") else []
    for one in (query, *failures):
        made = {row[0] for row in trace.execute(f"DESCRIBE {one.sql}").fetchall()}
        wanted = {row[0] for row in trace.execute(f"DESCRIBE trace.{one.one('into')}").fetchall()}
        assert made - {"problem", "own_ip"} <= wanted
        assert {"source_id", "line_no"} <= made
        assert trace.execute(one.sql).fetchall() == []
    assert all(one.one("into") == "failed_session" for one in failures)
    if pending := query.one("pending"):
        assert trace.execute(load_query(f"pending/{pending}").sql).fetchall() == []


def test_a_wrong_question_is_refused_before_its_answer_is_used(house: House) -> None:
    house.load(write_exo(house.folder / "a.csv", exo_in(1)))
    attach_trace(house.engine, house.target, "read")
    name = next(name for name in NAMES if (query := load_query(name)).result and query.params)
    result = load_query(name).result
    assert result is not None
    runner = QueryRunner(house.engine)
    with pytest.raises(QueryFileError, match="needs the parameters"):
        runner.ask(result, name)
    with pytest.raises(QueryFileError, match="not LoadedSource"):
        runner.ask(rows.LoadedSource, name)
    runner.close()
    detach_trace(house.engine)


def test_all_rows_are_frozen() -> None:
    classes = [item for item in vars(rows).values() if isinstance(item, type) and item.__module__.startswith(rows.__name__)]
    assert classes
    for one in classes:
        assert dataclasses.is_dataclass(one)
        assert one.__dataclass_params__.frozen  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]


@pytest.mark.parametrize("name", ["tables", "settings", *VIEW_SCHEMA, *MEMORY_SCHEMA, *WRITE_SCHEMA])
def test_schema_files_are_statements(name: str) -> None:
    assert len(duckdb.extract_statements(schema_text(name))) > 0


@pytest.mark.parametrize("path", sorted(QUERIES.glob("*/lib/*.sql")), ids=lambda path: path.stem)
def test_library_files_make_macros_and_enums_only(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    names = re.findall(r"^CREATE (?:OR REPLACE MACRO|TYPE) (\w+)", text, re.M)
    assert names
    assert len(duckdb.extract_statements(text)) == len(names)
    assert {name.lower() for name in names} <= set(library())


@pytest.fixture(scope="module")
def parallel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Return an engine with two threads: with one, as most tests have, every plan keeps the order of rows."""
    engine = start_engine(EngineConfig(memory_mb=500, threads=2, temp_folder=str(tmp_path_factory.mktemp("parallel"))))
    yield engine
    engine.close()


@pytest.mark.parametrize("stage", sorted(path.stem for path in (bundled("queries") / "stages").glob("*.sql")))
def test_a_stage_keeps_the_order_of_its_rows(stage: str, parallel: Engine, tmp_path: Path) -> None:
    # Some conditions become joins that lose the order in which rows were read, and with it every line number.
    query = next(query for query in load_folder("formats") if query.one("stage") == stage)
    names = ", ".join(f"'{name}': 'VARCHAR'" for name in query.listed("columns"))
    parallel.make_macros(*texts_of(query))
    cursor = parallel.cursor()
    (tmp_path / "empty.csv").write_text("")
    cursor.execute(load_query("staging/read_file").sql)
    cursor.execute(
        f"CREATE TEMP VIEW file_row AS SELECT *, '' AS file_columns, 1 AS source_id FROM read_csv('{tmp_path / 'empty.csv'}', "
        f"auto_detect = false, header = false, columns = {{{names}}})"
    )
    plan = cursor.execute(f"EXPLAIN CREATE TEMP TABLE kept AS {load_query(f'stages/{stage}').sql}").fetchall()[0][1]
    assert "BATCH_CREATE_TABLE_AS" in plan.upper().replace(" ", "_")


def test_values_of_json_are_compared_in_brackets() -> None:
    # DuckDB 1.5 reads a ->> b LIKE c as a ->> (b LIKE c), 2.0 as (a ->> b) LIKE c.
    loose = re.compile(r"->>?\s*('[^']*'|\w+)\s+(NOT\s+)?(I?LIKE|IS|IN|OR|AND|BETWEEN|SIMILAR)\b|->>?\s*('[^']*'|\w+)\s*(=|<|>|\|\||\+)")
    found = [name for name in NAMES if loose.search(re.sub(r"(?m)--.*$", "", load_query(name).sql))]
    assert found == []


def test_the_program_asks_for_no_key_that_a_header_cannot_have() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in (QUERIES.parent / "tui").rglob("*.py"))
    asked = set(re.findall(r"\.(?:one|listed)\(['\"]([^'\"]+)['\"]\)|header\.get\(['\"]([^'\"]+)['\"]", text))
    keys = {key for pair in asked for key in pair if key}
    assert len(keys) > 20
    assert keys - HEADER_KEYS == set()


def test_no_bundled_file_has_an_old_name_of_a_key() -> None:
    assert [name for name in NAMES if load_query(name).renamed] == []
