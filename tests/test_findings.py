"""Each finding where it fires, just at its limit, with too little volume, and where nothing was recorded."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.message_rows import MessageRows
from tests.support.reports import hops, json_of, text_of, write_table
from tests.support.samples import samples_in
from tui.cli import run
from tui.config import Config, FindingsConfig
from tui.store.findings import load_findings

pytestmark = pytest.mark.share(0.4)

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
    assert shares - samples_in("finding_samples").keys() == {case[0] for case in CASES}


@pytest.mark.parametrize(("finding", "tls", "limit", "place", "direction"), CASES)
def test_a_finding_fires_only_above_its_limit(
    message_rows: MessageRows, finding: str, tls: str, limit: int, place: str, direction: str
) -> None:
    found = message_rows.finding(finding, mail(limit + 1, 99 - limit, tls, place, direction))
    assert found is not None
    assert found.is_active
    assert (found.percent, found.messages, found.recorded, found.limit_percent) == (limit + 1, limit + 1, 100, limit)
    assert (found.direction, found.connector) == (direction, None if place == "none" else "Fabrikam")
    assert found.title.startswith(direction.capitalize())
    assert message_rows.finding(finding, mail(limit, 100 - limit, tls, place, direction)) is None


@pytest.mark.parametrize(("finding", "tls", "limit", "place", "direction"), CASES)
def test_too_little_volume_is_marked_and_nothing_recorded_is_no_finding(
    message_rows: MessageRows, finding: str, tls: str, limit: int, place: str, direction: str
) -> None:
    few = message_rows.finding(finding, mail(29, 0, tls, place, direction))
    assert few is not None
    assert few.too_few
    enough = message_rows.finding(finding, mail(30, 0, tls, place, direction))
    assert enough is not None
    assert not enough.too_few
    assert message_rows.findings(finding, mail(0, 0, tls, place, direction, silent=100)) == []


def test_too_little_volume_is_listed_apart_in_the_report(tmp_path: Path, capsys: Capture) -> None:
    report = json_of(capsys, write_table(tmp_path / "few.csv", mail(29, 0, "TLS 1.0", "partner", "inbound")))
    assert "tls10_partner_inbound" not in [one["id"] for one in report["findings"]]
    assert [one["id"] for one in report["too_few_to_judge"]] == ["tls10_partner_inbound"]
    silent = json_of(capsys, write_table(tmp_path / "silent.csv", mail(0, 0, "TLS 1.0", "partner", "inbound", silent=100)))
    assert silent["findings"] == silent["too_few_to_judge"] == []


def test_shares_are_of_recorded_messages(tmp_path: Path, capsys: Capture) -> None:
    report = json_of(capsys, write_table(tmp_path / "t.csv", mail(40, 30, "TLS 1.0", "partner", "inbound", silent=500)))
    (found,) = [one for one in report["findings"] if one["id"] == "tls10_partner_inbound"]
    assert (found["messages"], found["recorded"], found["percent"]) == (40, 70, 57.1)
    assert (found["limit_percent"], found["direction"], found["connector"]) == (50, "inbound", "Fabrikam")
    assert found["title"].startswith("Inbound")
    assert not {"what", "evidence"} & set(found), "a share says no more than its numbers"


def test_tls_1_0_is_seen_however_little(tmp_path: Path, capsys: Capture, message_rows: MessageRows) -> None:
    report = json_of(capsys, write_table(tmp_path / "t.csv", hops(1, "TLS 1.0") + hops(999, "TLS 1.3")))
    assert [one["id"] for one in report["findings"]] == ["tls10_seen"]
    message_rows.fill(hops(999, "TLS 1.3"))
    assert message_rows.all_findings() == []


def test_a_connector_with_its_type_in_some_rows_only_is_one_connector(message_rows: MessageRows) -> None:
    message_rows.fill(hops(60, "TLS 1.0", connector="Old", connector_type="Partner") + hops(60, "TLS 1.2", connector="Old"))
    assert [one.id for one in message_rows.all_findings()] == ["tls10_seen"]


def test_limits_and_minimum_come_from_the_config(message_rows: MessageRows) -> None:
    rows = mail(11, 9, "TLS 1.0", "partner", "inbound")
    found = message_rows.finding("tls10_partner_inbound", rows, Config(findings=FindingsConfig(min_recorded=20)))
    assert found is not None
    assert not found.too_few
    limited = FindingsConfig(min_recorded=20, limits={"tls10_partner_inbound": 60})
    assert message_rows.finding("tls10_partner_inbound", rows, Config(findings=limited)) is None


def test_the_advice_fits_whose_server_it_is(message_rows: MessageRows) -> None:
    own = message_rows.finding("tls10_onpremises_inbound", mail(60, 40, "TLS 1.0", "onpremises", "inbound"))
    assert own is not None
    assert own.advice.startswith("Your own server: upgrade or fix it")
    partner = message_rows.finding("tls10_partner_inbound", mail(60, 40, "TLS 1.0", "partner", "inbound"))
    assert partner is not None
    assert partner.advice.startswith("Partner's server: ask them for TLS 1.2")


def test_the_text_report_has_a_finding_with_its_advice(tmp_path: Path, capsys: Capture) -> None:
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
