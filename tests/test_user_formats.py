"""A format of the user's own is one SQL file in the config folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.reports import hops, json_of, run_command, write_table
from tui.cli import run

pytestmark = pytest.mark.share(0.25)

FORMAT = """-- title: Office relay
-- help: What the relay in the office writes.
-- provides: direction, TLS version
-- lacks: senders
-- recognise: header when way tls_seen
-- reader: csv
-- columns: when, way, tls_seen, host
-- into: message
SELECT
    source_id,
    line_no,
    time_of("when") AS time_utc,
    direction_of(way) AS direction,
    tls_grade(tls_seen, NULL) AS tls,
    'Relay' AS system,
    host AS peer_host,
    md5_number_lower(concat_ws('|', 'relay', "when", host)) AS hop_key
FROM raw
"""


@pytest.fixture
def config_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MAILFLOW_CONFIG_HOME", str(tmp_path / "config"))
    (tmp_path / "config" / "formats").mkdir(parents=True)
    return tmp_path / "config"


@pytest.mark.parametrize("rule", ["when way tls_seen", "When WAY|direction TLS-Seen"])
def test_it_behaves_like_a_built_in_one(rule: str, tmp_path: Path, config_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (config_folder / "formats" / "office_relay.sql").write_text(FORMAT.replace("when way tls_seen", rule))
    log = tmp_path / "relay.txt"
    log.write_text("when;way;host;tls_seen\n2026-11-12 10:00:00;received;a.example;TLSv1.2\n2026-11-12 10:00:01;received;b.example;none\n")
    report = json_of(capsys, log)
    assert report["flow"]["inbound"]["tls"] == {"No TLS": 1, "TLS 1.2": 1}
    assert report["sources"][0]["format"] == "office_relay"
    assert run(["formats"]) == 0
    assert "office_relay" in capsys.readouterr().out


@pytest.mark.share(1)
@pytest.mark.parametrize(
    ("change", "line", "word"),
    [
        (("-- into", "-- onto"), 8, "unknown header 'onto:'"),
        (("header when", "line ((when"), 5, "is not a regular expression"),
        (("FROM raw", "FROM raw WHERE $x"), 18, "uses $x without declaring it"),
        (("-- title: Office relay\n", ""), 1, "has no '-- title:' line"),
    ],
)
def test_a_broken_one_is_left_out_with_one_line(
    tmp_path: Path, config_folder: Path, capsys: pytest.CaptureFixture[str], change: tuple[str, str], line: int, word: str
) -> None:
    broken, table = config_folder / "formats" / "office_relay.sql", write_table(tmp_path / "t.csv", hops(3, "TLS 1.3"))
    broken.write_text(FORMAT.replace(*change))
    trace = tmp_path / "t.duckdb"
    for command in (["load", table, "--into", trace], ["report", table], ["sources", trace], ["check", table], ["map", table], [table]):
        code, _, result = run_command(capsys, *command)
        assert code == 0
        assert result[0].startswith(f"mailflow: {broken}:{line}: ")
        assert word in result[0]
        assert result[0].endswith(f"this format is skipped; run mailflow formats --check {broken}")
        assert sum("office_relay" in one for one in result) == 1
    code, out, _ = run_command(capsys, "formats")
    assert code == 0
    assert f"\noffice_relay                broken\n    {broken}:{line}: " in out
    assert word in out


def test_one_that_does_not_run_stops_only_its_own_files(tmp_path: Path, config_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken, log = config_folder / "formats" / "office_relay.sql", tmp_path / "relay.txt"
    log.write_text("when;way;host;tls_seen\n2026-11-12 10:00:00;received;a.example;TLSv1.2\n")
    for change, word in (
        (("FROM raw", "FROM nowhere"), "nowhere"),
        (("'Relay' AS system", "NULL AS system"), "returns a value of system that message does not accept"),
        (("direction_of(way)", "'sideways'"), "returns a value of direction that message does not accept"),
        (("AS hop_key", "AS hop_kez"), "returns no column hop_key"),
    ):
        broken.write_text(FORMAT.replace(*change))
        code, _, result = run_command(capsys, "report", log)
        assert (code, len(result)) == (2, 1)
        assert result[0].startswith(f"mailflow: {log}: not read: {broken}: ")
        assert word in result[0]
        assert result[0].endswith(f"mailflow formats --check {broken}")
    write_table(tmp_path / "t.csv", hops(3, "TLS 1.3"))
    assert json_of(capsys, log, tmp_path / "t.csv")["flow"]["inbound"]["messages"] == 3


def test_all_that_is_wrong_is_recorded_line_by_line(tmp_path: Path, config_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = config_folder / "formats" / "office_relay.sql"
    broken.write_text(
        FORMAT.replace("-- provides: direction, TLS version\n", "-- tell: direction\n")
        .replace("reader: csv", "reader: excel")
        .replace("host AS peer_host", "hots AS peer_hots")
        .replace("direction_of(way)", "direction_of(weg)")
    )
    code, out, _ = run_command(capsys, "formats", "--check", broken)
    assert code == 2
    result = [one.removeprefix(f"{broken}:") for one in out.splitlines()]
    assert [one.partition(":")[0] for one in result] == ["3", "6", "8", "13", "16", "16"]
    for one, word in zip(result, ("'tell:'", "'excel'", "has no '-- provides:' line", '"weg"', "", ""), strict=True):
        assert word in one
    assert '"hots"' in result[4] + result[5]
    assert "did you mean peer_host?" in result[4] + result[5]
    broken.write_text(FORMAT)
    assert run_command(capsys, "formats", "--check", broken)[0] == 0


@pytest.mark.parametrize(
    ("change", "complaints"),
    [
        (("-- columns: when, ", "-- columns: when, way, when, "), ["columns: contains when twice", "columns: contains way twice"]),
        (("host AS peer_host", "host AS peer_host, way AS peer_host"), ["returns the column peer_host twice"]),
        (("-- into:", "-- resolve: own addresses\n-- into:"), ["resolve: own addresses needs a column own_ip in the result"]),
        (("FROM raw", "FROM (SELECT * EXCLUDE (way) FROM raw)"), ['Binder Error: Referenced column "way" not found in FROM clause!']),
        (("direction_of(way)", "direction_of(wey)"), ['Binder Error: Referenced column "wey" not found in FROM clause!']),
    ],
)
def test_a_fault_is_reported_once_and_in_words(
    change: tuple[str, str], complaints: list[str], config_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = config_folder / "formats" / "office_relay.sql"
    assert change[0] in FORMAT
    broken.write_text(FORMAT.replace(*change))
    code, out, _ = run_command(capsys, "formats", "--check", broken)
    assert code == 2
    assert [line.removeprefix(f"{broken}:").partition(": ")[2] for line in out.splitlines()] == complaints


def test_a_format_that_is_no_file_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing = tmp_path / "nothing.sql"
    assert run_command(capsys, "formats", "--check", missing) == (2, "", [f"mailflow: {missing}: no such file"])


@pytest.mark.parametrize("text", ["milk\nbread\n", "a,b\n1\n", "Dear all, dear friends, and others,\nwell\n", "a,b,c\n1,2,3\n"])
def test_an_unknown_file_is_reported_once_with_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    (tmp_path / "x.txt").write_text(text)
    code, _, result = run_command(capsys, "load", tmp_path / "x.txt", "--into", tmp_path / "t.duckdb")
    assert (code, len(result)) == (4, 1)
    assert "--as FORMAT (mailflow formats lists them)" in result[0]
    assert (f"mailflow map {tmp_path / 'x.txt'}" in result[0]) == text.startswith("a,b,c")
