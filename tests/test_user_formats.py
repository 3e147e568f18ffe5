"""A format of the user's own is one SQL file in the config folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.reports import json_of
from tui.cli import run

FORMAT = """-- title: Office relay
-- help: What the relay in the office writes.
-- tells: direction, TLS version
-- cannot tell: senders
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


def test_it_behaves_like_a_built_in_one(tmp_path: Path, config_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (config_folder / "formats" / "office_relay.sql").write_text(FORMAT)
    log = tmp_path / "relay.txt"
    log.write_text("when;way;host;tls_seen\n2026-11-12 10:00:00;received;a.example;TLSv1.2\n2026-11-12 10:00:01;received;b.example;none\n")
    report = json_of(capsys, log)
    assert report["flow"]["inbound"]["tls"] == {"No TLS": 1, "TLS 1.2": 1}
    assert report["sources"][0]["format"] == "office_relay"
    assert run(["formats"]) == 0
    assert "office_relay" in capsys.readouterr().out


def test_a_mistake_in_it_is_one_line_that_names_the_file(tmp_path: Path, config_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (config_folder / "formats" / "office_relay.sql").write_text(FORMAT.replace("-- into", "-- onto"))
    log = tmp_path / "relay.txt"
    log.write_text("when;way;host;tls_seen\n")
    assert run(["report", str(log)]) != 0
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 1
    assert "office_relay.sql" in told[0]
    assert "onto" in told[0]
    (config_folder / "formats" / "office_relay.sql").write_text(FORMAT.replace("FROM raw", "FROM nowhere"))
    log.write_text("when;way;host;tls_seen\n2026-11-12 10:00:00;received;a.example;TLSv1.2\n")
    assert run(["report", str(log)]) != 0
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 1
    assert "relay.txt" in told[0] or "office_relay" in told[0]
