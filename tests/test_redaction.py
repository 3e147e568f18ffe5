"""Redaction: the same name has the same pseudonym everywhere, and none of the sample's names is left in any output."""

from __future__ import annotations

import dataclasses
import re
import typing
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.reports import hops, write_table
from tui import rows
from tui.cli import run
from tui.resources import bundled
from tui.store import redaction
from tui.store.filters import one
from tui.store.redaction import Redactor

pytestmark = pytest.mark.share(0.25)

SAMPLE = str(bundled("sample_data") / "example-corp")


@pytest.fixture(scope="session")
def trace(sample_trace: Path) -> Path:
    return sample_trace


@pytest.fixture(scope="session")
def names(trace: Path) -> set[str]:
    """Return every address, host, domain and IP of the sample, and its subjects."""
    base = duckdb.connect(str(trace), read_only=True)
    parts = [f"SELECT {column} FROM message" for column in ("peer_host", "helo", "peer_ip", "peer_domain", "sender", "server", "subject")]
    parts += [
        "SELECT unnest(recipients) FROM message",
        "SELECT domain FROM own_domain",
        "SELECT unnest(domains) FROM connector",
        "SELECT unnest(addresses) FROM connector",
        "SELECT regexp_extract(sender, '@(.*)$', 1) FROM message",
        "SELECT unnest([peer_host, helo, peer_ip, server]) FROM failed_session",
    ]
    found = {str(row[0]).strip() for row in base.execute(" UNION ".join(parts)).fetchall() if row[0]}
    return {name for name in found if len(name) > 2 and name not in ("smtp", "Mail")}


OUTPUTS: dict[str, list[str]] = {
    "text": ["report"],
    "json": ["report", "--format", "json"],
    "csv": ["report", "--format", "csv"],
    "html": ["report", "--format", "html"],
    "what if": ["report", "--what-if", "TLS 1.3", "--refuse"],
    "what if json": ["report", "--what-if", "TLS 1.3", "--format", "json"],
    "check": ["check", "--days", "14"],
    "check json": ["check", "--days", "14", "--format", "json"],
    "check csv": ["check", "--days", "14", "--format", "csv"],
    "filtered": ["report", "--where", "host is mx1.fabrikam.example or sender contains newsletter"],
    "letter": ["letter", "--domain", "fabrikam.example"],
}


@pytest.mark.share(3)
@pytest.mark.parametrize("output", OUTPUTS)
def test_no_name_of_the_sample_is_left(
    output: str, trace: Path, names: set[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MAILFLOW_CONFIG_HOME", str(tmp_path))
    command, *options = OUTPUTS[output]
    assert run([command, str(trace), *options, "--redact"]) in (0, 1)
    result = capsys.readouterr().out
    assert len(result) > 200
    assert left_in(result, names) == set()


def test_the_search_finds_names_where_they_are(trace: Path, names: set[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["report", str(trace), "--format", "json"]) == 0
    assert {"EX01", "mx1.vanarsdel1.example"} <= left_in(capsys.readouterr().out, names)
    assert run(["letter", str(trace), "--domain", "fabrikam.example"]) == 0
    assert {"mx1.fabrikam.example", "192.0.2.10", "fabrikam.example"} <= left_in(capsys.readouterr().out, names)


@pytest.mark.parametrize("ending", ["csv", "json"])
def test_no_name_of_the_sample_is_left_in_an_export(
    ending: str, trace: Path, names: set[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MAILFLOW_CONFIG_HOME", str(tmp_path))
    target = tmp_path / f"out.{ending}"
    assert run(["export", str(trace), "--to", str(target), "--days", "14", "--redact"]) == 0
    result = target.read_text()
    assert result.count("user-") > 1000
    assert left_in(result, names) == set()


def left_in(result: str, names: set[str]) -> set[str]:
    """Return the names that stand in a text as words of their own."""
    text = result.lower()
    words = set(re.findall(r"[^\s\"'<>,;()\[\]{}|=]+", text)) | set(re.findall(r"[\w.-]+", text))
    dotted = {name for name in names if ("." in name or ":" in name or " " in name) and name.lower() in text}
    return {name for name in names if name.lower() in words} | dotted


def test_every_field_with_text_is_classified() -> None:
    known = redaction.NAMES | redaction.LISTS | redaction.TEXTS | redaction.HIDDEN.keys() | redaction.SAFE | {"name", "path", "reply"}
    loose = {
        f"{kind.__name__}.{field.name}"
        for kind in vars(rows).values()
        if isinstance(kind, type) and dataclasses.is_dataclass(kind)
        for field in dataclasses.fields(kind)
        if "str" in str(typing.get_type_hints(kind)[field.name]) and field.name not in known
    }
    assert loose == set()


def test_parts_that_belong_together_stay_together() -> None:
    redactor = Redactor(b"key")
    domain = redactor.name("fabrikam.example")
    assert redactor.name("mx1.Fabrikam.example").endswith(f".{domain}")
    assert redactor.name("anna@fabrikam.example").endswith(f"@{domain}")
    assert Redactor(b"key").name("fabrikam.example") == domain
    assert Redactor(b"other key").name("fabrikam.example") != domain


def test_a_text_keeps_its_words_and_loses_its_names() -> None:
    redactor = Redactor(b"key")
    redactor.learn(["EX01"])
    result = redactor.text("Default Frontend EX01: 454 4.7.0 TLS not available for a@b.example [192.0.2.1] at 10:30")
    assert result.startswith("Default Frontend name-")
    assert ": 454 4.7.0 TLS not available for user-" in result
    assert result.endswith(" at 10:30")
    assert "192.0.2.1" not in result


@given(st.text(max_size=60))
def test_a_pseudonym_is_mapped_back_to_its_name(name: str) -> None:
    redactor = Redactor(b"key")
    for give in (redactor.name, redactor.text, redactor.path):
        assert redactor.original(give(name)) == name


def test_a_filter_is_shown_with_pseudonyms_and_asks_for_the_names() -> None:
    redactor = Redactor(b"key")
    where = one("host", "mx1.fabrikam.example") & one("subject", "offer", "contains") & one("tls", "TLS 1.0")
    shown = redactor.shown_filter(where)
    assert "fabrikam" not in shown.words
    assert "offer" not in shown.words
    assert "tls is TLS 1.0" in shown.words
    assert redactor.original_filter(shown) == where


def test_pseudonyms_are_the_same_in_every_run_of_a_person(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAILFLOW_CONFIG_HOME", str(tmp_path / "config"))
    table = write_table(tmp_path / "t.csv", hops(40, "TLS 1.0", connector="C", connector_type="Partner", peer_host="a.example"))
    result: list[str] = []
    for _ in range(2):
        assert run(["report", str(table), "--redact"]) == 0
        result.append(capsys.readouterr().out)
    assert result[0] == result[1]
    assert (tmp_path / "config" / "redact.key").stat().st_mode & 0o777 == 0o600


def test_a_redacted_file_name_keeps_only_its_ending() -> None:
    redactor = Redactor(b"key")
    for path, ending in (
        ("/logs/relay.fabrikam.LOG", ".LOG"),
        ("x.fabrikam.dat", ""),
        ("a/MT.csv.gz", ".csv.gz"),
        ("z.zip!mx.a.example.log", ".log"),
    ):
        assert redactor.path(path).partition(".")[2] == ending.removeprefix(".")
