"""Random damage to small files: never an error that is not ours, and never the loss of all other messages."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.traces import House, exo_in, exo_out, mail, opening, smtp_header, talk, write_exo
from tui.config import EngineConfig
from tui.errors import MailflowError
from tui.store.engine import Engine, start_engine

pytestmark = pytest.mark.share(0.25)

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

KINDS = ("flip", "insert", "cut lines", "double lines", "cut short")
JUNK = (b'"', b"\n", b"\r", b"\0", b"\r\n\r\n", b'","', b"\x80", b"\xef\xbb\xbf", b"#")


class Mutation(NamedTuple):
    """A damage at some places, each a share of the length of what is damaged."""

    kind: str
    places: list[float]
    junk: bytes

    def __call__(self, body: bytes) -> bytes:
        if self.kind == "cut short":
            return body[: int(self.places[0] * len(body))]
        if self.kind in ("flip", "insert"):
            for place in self.places:
                at = int(place * len(body))
                body = body[:at] + self.junk + body[at + (len(self.junk) if self.kind == "flip" else 0) :]
            return body
        lines = body.split(b"\r\n")
        for place in self.places:
            at = int(place * (len(lines) - 1))
            lines[at : at + 1] = [lines[at][: len(lines[at]) // 2]] if self.kind == "cut lines" else [lines[at]] * 2
        return b"\r\n".join(lines)


MUTATIONS = st.lists(
    st.builds(
        Mutation,
        st.sampled_from(KINDS),
        st.lists(st.floats(0.0, 1.0), min_size=1, max_size=3),
        st.binary(min_size=1, max_size=4) | st.sampled_from(JUNK),
    ),
    min_size=1,
    max_size=2,
)
TESTED = settings(
    max_examples=10, deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = start_engine(EngineConfig(memory_mb=500, threads=1, temp_folder=str(tmp_path_factory.mktemp("mutations"))))
    yield engine
    engine.close()


def survivors(engine: Engine, body: bytes, name: str) -> set[str] | None:
    """Load a file and return the messages found in it; None when it was refused in one clear line."""
    with tempfile.TemporaryDirectory(dir=engine.temp_folder.parent) as folder:
        house = House(engine, Path(folder))
        file = house.folder / name
        file.write_bytes(body)
        try:
            loaded = house.load(file)
        except MailflowError:
            return None
        assert all("\n" not in str(problem) for problem in loaded.problems)
        if not loaded.sources:
            return None
        assert house.ask("SELECT reject_count = (SELECT count(*) FROM trace.reject) FROM trace.source") == [(True,)]
        return {row[0] for row in house.message("CASE system WHEN 'Exchange Server' THEN sender ELSE message_id END")}


def damaged(body: bytes, header_lines: int, mutations: list[Mutation]) -> bytes:
    """Return the file with everything below its header damaged."""
    lines = body.split(b"\r\n")
    head, rest = b"\r\n".join([*lines[:header_lines], b""]), b"\r\n".join(lines[header_lines:])
    for mutate in mutations:
        rest = mutate(rest)
    return head + rest


def unhurt(body: bytes, whole: bytes, names: set[str]) -> set[str]:
    """Return the messages whose lines all stand in the file as they were."""
    here = set(body.split(b"\r\n"))
    return {name for name in names if all(line in here for line in whole.split(b"\r\n") if f"<{name}>".encode() in line)}


@TESTED
@given(mutations=MUTATIONS)
def test_a_damaged_log_loses_only_what_was_damaged(engine: Engine, mutations: list[Mutation]) -> None:
    body = damaged(LOG, 5, mutations)
    left = unhurt(body, LOG, {f"{number}@a.example" for number in range(SESSIONS)})
    found = survivors(engine, body, "r.log")
    assert found is not None
    assert len(left) < 6 or found & left
    if body.count(b'"') == LOG.count(b'"'):
        assert left <= found


@TESTED
@given(mutations=MUTATIONS, is_wide=st.booleans())
def test_a_damaged_report_loses_only_what_was_damaged(engine: Engine, mutations: list[Mutation], is_wide: bool) -> None:
    whole = write_exo(engine.temp_folder / "whole.csv", *EXO_ROWS).read_bytes()
    body = damaged(whole, 1, mutations)
    left = unhurt(body, whole, {row["message_id"].strip("<>") for row in EXO_ROWS})
    written = body.decode("latin-1").encode("utf-16-le") if is_wide else body
    found = survivors(engine, written, "exo.csv")
    assert found is not None
    if body.count(b'"') == whole.count(b'"'):
        assert {f"<{name}>" for name in left} <= found
