"""Each finding where it fires, just at its limit, with too little volume, and where nothing was recorded."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.reports import hops, json_of, text_of, write_table
from tui.cli import run
from tui.config import Config
from tui.store.findings import load_findings

Capture = pytest.CaptureFixture[str]

CASES = [
    (f"{kind}_{place}_{direction}", tls, limit, place, direction)
    for kind, tls, limit in (("tls10", "TLS 1.0", 50), ("no_tls", "No TLS", 25))
    for place in ("partner", "onpremises", "connector", "none")
    for direction in ("inbound", "outbound")
]
TYPES = {"partner": "Partner", "onpremises": "OnPremises"}


def mail(bad: int, good: int, tls: str, place: str, direction: str, silent: int = 0) -> list[dict[str, object]]:
    others = {
        "direction": direction,
        "connector": "" if place == "none" else "Fabrikam",
        "connector_type": TYPES.get(place, ""),
        "status": "accepted" if direction == "inbound" else "delivered",
    }
    return hops(bad, tls, **others) + hops(good, "TLS 1.2", **others) + hops(silent, "", **others)


def test_the_cases_cover_every_share_finding() -> None:
    shares = {finding.id for finding in load_findings(Config()) if finding.has_limit}
    assert shares == {case[0] for case in CASES}


@pytest.mark.parametrize(("finding", "tls", "limit", "place", "direction"), CASES)
def test_a_finding_fires_only_above_its_limit(
    tmp_path: Path, capsys: Capture, finding: str, tls: str, limit: int, place: str, direction: str
) -> None:
    over = json_of(capsys, write_table(tmp_path / "over.csv", mail(limit + 1, 99 - limit, tls, place, direction)))
    (found,) = [one for one in over["findings"] if one["id"] == finding]
    assert found["percent"] == limit + 1
    assert (found["messages"], found["recorded"], found["limit_percent"]) == (limit + 1, 100, limit)
    assert found["direction"] == direction
    assert found["connector"] == (None if place == "none" else "Fabrikam")
    assert found["title"].startswith(direction.capitalize())
    at = json_of(capsys, write_table(tmp_path / "at.csv", mail(limit, 100 - limit, tls, place, direction)))
    assert finding not in [one["id"] for one in at["findings"] + at["too_few_to_judge"]]


@pytest.mark.parametrize(("finding", "tls", "limit", "place", "direction"), CASES)
def test_too_little_volume_is_listed_apart_and_nothing_recorded_is_no_finding(
    tmp_path: Path, capsys: Capture, finding: str, tls: str, limit: int, place: str, direction: str
) -> None:
    few = json_of(capsys, write_table(tmp_path / "few.csv", mail(29, 0, tls, place, direction)))
    assert finding not in [one["id"] for one in few["findings"]]
    assert finding in [one["id"] for one in few["too_few_to_judge"]]
    enough = json_of(capsys, write_table(tmp_path / "enough.csv", mail(30, 0, tls, place, direction)))
    assert finding in [one["id"] for one in enough["findings"]]
    silent = json_of(capsys, write_table(tmp_path / "silent.csv", mail(0, 0, tls, place, direction, silent=100)))
    assert silent["findings"] == silent["too_few_to_judge"] == []


def test_shares_are_of_recorded_messages(tmp_path: Path, capsys: Capture) -> None:
    report = json_of(capsys, write_table(tmp_path / "t.csv", mail(40, 30, "TLS 1.0", "partner", "inbound", silent=500)))
    (found,) = [one for one in report["findings"] if one["id"] == "tls10_partner_inbound"]
    assert (found["messages"], found["recorded"], found["percent"]) == (40, 70, 57.1)


def test_tls_1_0_is_seen_however_little(tmp_path: Path, capsys: Capture) -> None:
    report = json_of(capsys, write_table(tmp_path / "t.csv", hops(1, "TLS 1.0") + hops(999, "TLS 1.3")))
    assert [one["id"] for one in report["findings"]] == ["tls10_seen"]
    clean = json_of(capsys, write_table(tmp_path / "clean.csv", hops(999, "TLS 1.3")))
    assert clean["findings"] == []


def test_a_connector_whose_type_only_some_rows_tell_is_one_connector(tmp_path: Path, capsys: Capture) -> None:
    rows = hops(60, "TLS 1.0", connector="Old", connector_type="Partner") + hops(60, "TLS 1.2", connector="Old")
    report = json_of(capsys, write_table(tmp_path / "t.csv", rows))
    assert [one["id"] for one in report["findings"]] == ["tls10_seen"]


def test_limits_and_minimum_come_from_the_config(tmp_path: Path, capsys: Capture) -> None:
    table = write_table(tmp_path / "t.csv", mail(11, 9, "TLS 1.0", "partner", "inbound"))
    config = tmp_path / "config.toml"
    config.write_text("[findings]\nmin_recorded = 20\n")
    assert "tls10_partner_inbound" in [one["id"] for one in json_of(capsys, table, "--config", config)["findings"]]
    config.write_text("[findings]\nmin_recorded = 20\n[findings.limits]\ntls10_partner_inbound = 60\n")
    assert "tls10_partner_inbound" not in [one["id"] for one in json_of(capsys, table, "--config", config)["findings"]]


def test_a_share_says_no_more_than_its_numbers(tmp_path: Path, capsys: Capture) -> None:
    (found, _) = json_of(capsys, write_table(tmp_path / "t.csv", mail(60, 40, "TLS 1.0", "partner", "inbound")))["findings"]
    assert not {"what", "evidence"} & set(found)


def test_the_advice_fits_whose_server_it_is(tmp_path: Path, capsys: Capture) -> None:
    own = text_of(capsys, write_table(tmp_path / "own.csv", mail(60, 40, "TLS 1.0", "onpremises", "inbound")))
    assert "Your own server: upgrade or fix it" in own
    partner = text_of(capsys, write_table(tmp_path / "partner.csv", mail(60, 40, "TLS 1.0", "partner", "inbound")))
    assert "Partner's server: ask them for TLS 1.2" in partner
    assert "From partner - Fabrikam · 60.0% of 100 · limit >50% · last 12 Nov 10:00" in partner


def test_check_answers_by_its_exit_code(tmp_path: Path, capsys: Capture) -> None:
    bad = str(write_table(tmp_path / "bad.csv", mail(60, 40, "TLS 1.0", "partner", "inbound")))
    good = str(write_table(tmp_path / "good.csv", mail(1, 99, "TLS 1.0", "partner", "inbound")))
    assert run(["check", bad]) == 1
    assert "tls10_partner_inbound · From partner - Fabrikam · 60.0% of 100" in capsys.readouterr().out
    assert run(["check", good]) == 0  # tls10_seen is information
    assert run(["check", good, "--fail-on", "tls10_seen"]) == 1
    assert run(["check", bad, "--fail-on", "no_tls_partner_inbound"]) == 0
    assert run(["check", bad, "--fail-on", "tls_partner"]) == 2
    assert "invalid value; choose from" in capsys.readouterr().err


def test_a_finding_of_the_users_own_is_one_sql_file(tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILFLOW_CONFIG_HOME", str(tmp_path))
    folder = tmp_path / "findings"
    folder.mkdir()
    (folder / "any_mail.sql").write_text(
        "-- title: Mail at all\n-- severity: warning\n-- advice: None.\n"
        "-- params: since timestamp, until timestamp, limit_percent number, min_recorded integer\n-- result: FindingRow\n"
        "SELECT direction, connector, connector_type, volume AS messages, recorded, 100.0 AS percent, "
        "CAST($limit_percent AS DOUBLE) AS limit_percent, is_estimate, NULL::TIMESTAMP AS last_utc, recorded < $min_recorded AS too_few, "
        "'the post' AS what, volume || ' letters' || chr(27) AS evidence "
        "FROM connector_shares($since, $until)\n"
    )
    table = str(write_table(tmp_path / "t.csv", hops(50, "TLS 1.3")))
    assert run(["check", table, "--fail-on", "any_mail"]) == 1
    assert "! any_mail · Inbound · the post · 50 letters^[\n" in capsys.readouterr().out
    (found,) = json_of(capsys, table)["findings"]
    assert (found["id"], found["what"], found["evidence"]) == ("any_mail", "the post", "50 letters\x1b")
