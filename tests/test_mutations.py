"""Random damage to small files: never an error that is not ours, and never the loss of all other messages."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.traces import House, exo_in, exo_out, mail, opening, smtp_header, talk, write_exo
from tui.config import EngineConfig
from tui.errors import MailflowError
from tui.store.engine import Engine, start_engine

SESSIONS = 12
LOG = "\r\n".join(
    [
        *smtp_header("receive"),
        *(
            line
            for number in range(SESSIONS)
            for line in talk(
                "receive",
                opening("SP_PROT_TLS1_2_SERVER" if number % 2 else None),
                mail(f"{number}@a.example"),
                "-",
                session=f"08DE{number:012X}",
                at=f"2026-11-10T10:{number:02d}:00",
            )
        ),
        "",
    ]
).encode()
EXO_ROWS = [exo_in(number) if number % 3 else exo_out(number) for number in range(1, SESSIONS + 1)]

Mutation = Callable[[bytes], bytes]


def flip(body: bytes, places: list[tuple[float, int]]) -> bytes:
    changed = bytearray(body)
    for place, value in places:
        changed[int(place * (len(changed) - 1))] = value
    return bytes(changed)


def cut_lines(body: bytes, places: list[float]) -> bytes:
    lines = body.split(b"\r\n")
    for place in places:
        at = int(place * (len(lines) - 1))
        lines[at] = lines[at][: len(lines[at]) // 2]
    return b"\r\n".join(lines)


def double_lines(body: bytes, places: list[float]) -> bytes:
    lines = body.split(b"\r\n")
    for place in places:
        at = int(place * (len(lines) - 1))
        lines.insert(at, lines[at])
    return b"\r\n".join(lines)


def insert(body: bytes, place: float, junk: bytes) -> bytes:
    at = int(place * len(body))
    return body[:at] + junk + body[at:]


SHARE = st.floats(0.06, 1.0)
MUTATIONS: st.SearchStrategy[Mutation] = st.one_of(
    st.lists(st.tuples(SHARE, st.integers(0, 255)), min_size=1, max_size=3).map(lambda places: lambda body: flip(body, places)),
    st.lists(SHARE, min_size=1, max_size=3).map(lambda places: lambda body: cut_lines(body, places)),
    st.lists(SHARE, min_size=1, max_size=3).map(lambda places: lambda body: double_lines(body, places)),
    st.tuples(SHARE, st.binary(min_size=1, max_size=6)).map(lambda told: lambda body: insert(body, *told)),
    st.tuples(SHARE, st.sampled_from([b'"', b"\n", b"\r", b"\0", b"\r\n\r\n", b'","', b"\x80", b"\xef\xbb\xbf", b"#"])).map(
        lambda told: lambda body: insert(body, *told)
    ),
    SHARE.map(lambda place: lambda body: body[: int(place * len(body))]),
)
TESTED = settings(
    max_examples=25, deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = start_engine(EngineConfig(memory_mb=500, threads=1, temp_folder=str(tmp_path_factory.mktemp("mutations"))))
    yield engine
    engine.close()


def survivors(engine: Engine, body: bytes, name: str) -> set[str] | None:
    """Load a file and answer the messages found in it; None when it was refused in one clear line."""
    with tempfile.TemporaryDirectory(dir=engine.temp_folder.parent) as folder:
        house = House(engine, Path(folder))
        file = house.folder / name
        file.write_bytes(body)
        try:
            loaded = house.load(file)
        except MailflowError as problem:
            assert "\n" not in str(problem)
            return None
        assert all("\n" not in str(problem) for problem in loaded.problems)
        if not loaded.sources:
            return None
        assert house.ask("SELECT reject_count = (SELECT count(*) FROM trace.reject) FROM trace.source") == [(True,)]
        return {row[0] for row in house.message("CASE system WHEN 'Exchange Server' THEN sender ELSE message_id END")}


@TESTED
@given(mutations=st.lists(MUTATIONS, min_size=1, max_size=2))
def test_a_damaged_log_loses_only_what_was_damaged(engine: Engine, mutations: list[Mutation]) -> None:
    body = LOG
    for mutate in mutations:
        body = mutate(body)
    whole = {f"{number}@a.example" for number in range(SESSIONS)}
    unhurt = {name for name in whole if all(line in body for line in LOG.split(b"\r\n") if f"<{name}>".encode() in line)}
    found = survivors(engine, body, "r.log")
    assert found is not None
    assert not unhurt or found & whole
    if b'"' not in body.replace(b'"TLS protocol', b"").replace(b'384 bits"', b""):
        assert unhurt <= found


@TESTED
@given(mutations=st.lists(MUTATIONS, min_size=1, max_size=2), encoding=st.sampled_from(["utf-8", "utf-16-le"]))
def test_a_damaged_report_loses_only_what_was_damaged(engine: Engine, mutations: list[Mutation], encoding: str) -> None:
    file = write_exo(engine.temp_folder / "whole.csv", *EXO_ROWS, encoding=encoding)
    body = file.read_bytes()
    for mutate in mutations:
        body = mutate(body)
    found = survivors(engine, body, "exo.csv")
    if found is not None and body.startswith(file.read_bytes()[: len(body) // 3]):
        assert found & {row["message_id"] for row in EXO_ROWS}
