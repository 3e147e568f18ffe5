"""Limits: a connector's own beats the finding's, which beats the general one; and what the config file may say of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.message_rows import MessageRows
from tests.support.reports import finding_of, hops, json_of, write_table
from tui.config import read_config
from tui.errors import ConfigError

Capture = pytest.CaptureFixture[str]
TLS10, NO_TLS = "tls10_partner_inbound", "no_tls_partner_inbound"


def mail(bad: int, tls: str, connector: str = "Fabrikam") -> list[dict[str, object]]:
    """Return 100 messages of a partner, of which `bad` have a version."""
    whose = {"connector": connector, "connector_type": "Partner"}
    return hops(bad, tls, **whose) + hops(100 - bad, "TLS 1.2", **whose)


@pytest.mark.parametrize(
    ("finding", "share", "settings", "limit"),
    [
        (TLS10, 51, "", 50),
        (TLS10, 50, "", None),
        (TLS10, 79, "[findings.connectors.Fabrikam]\ntls10_percent = 80", None),
        (TLS10, 80, "[findings.connectors.Fabrikam]\ntls10_percent = 80", None),
        (TLS10, 81, "[findings.connectors.fabrikam]\ntls10_percent = 80", 80),
        (TLS10, 5, '[findings.connectors."FABRIKAM"]\ntls10_percent = 4.5', 4.5),
        (TLS10, 1, "[findings.connectors.Fabrikam]\ntls10_percent = 0", 0),
        (TLS10, 100, "[findings.connectors.Fabrikam]\ntls10_percent = 100", None),
        (TLS10, 41, "[findings.limits]\ntls10_partner_inbound = 40", 40),
        (TLS10, 41, "[findings.limits]\ntls10_partner_inbound = 40\n[findings.connectors.Fabrikam]\ntls10_percent = 60", None),
        (TLS10, 41, "[findings.limits]\ntls10_partner_inbound = 60\n[findings.connectors.Fabrikam]\ntls10_percent = 40", 40),
        (TLS10, 51, "[findings.connectors.Fabrikam]\nno_tls_percent = 80", 50),
        (TLS10, 51, "[findings.connectors.Contoso]\ntls10_percent = 80", 50),
        (NO_TLS, 11, "[findings.connectors.Fabrikam]\ntls10_percent = 80\nno_tls_percent = 10", 10),
        (NO_TLS, 10, "[findings.connectors.Fabrikam]\nno_tls_percent = 10", None),
    ],
)
def test_which_limit_holds(tmp_path: Path, message_rows: MessageRows, finding: str, share: int, settings: str, limit: float | None) -> None:
    config = tmp_path / "config.toml"
    config.write_text(settings)
    found = message_rows.finding(finding, mail(share, "TLS 1.0" if finding == TLS10 else "No TLS"), read_config(config))
    assert (found and (found.percent, found.limit_percent)) == (None if limit is None else (share, limit))


def test_a_limit_of_the_config_file_applies_to_a_report(tmp_path: Path, capsys: Capture) -> None:
    config = tmp_path / "config.toml"
    config.write_text("[findings.connectors.Fabrikam]\ntls10_percent = 4.5")
    found = finding_of(json_of(capsys, write_table(tmp_path / "t.csv", mail(5, "TLS 1.0")), "--config", config), TLS10)
    assert (found and (found["percent"], found["limit_percent"])) == (5, 4.5)


def test_a_limit_of_one_connector_leaves_the_others_alone(tmp_path: Path, message_rows: MessageRows) -> None:
    config = tmp_path / "config.toml"
    config.write_text("[findings.connectors.Fabrikam]\ntls10_percent = 80\n[findings.connectors.Litware]\ntls10_percent = 10\n")
    rows = mail(60, "TLS 1.0") + mail(60, "TLS 1.0", "Contoso") + mail(20, "TLS 1.0", "LITWARE")
    rows += hops(20, "TLS 1.0", connector="Litware 2", connector_type="Partner")
    found = message_rows.findings(TLS10, rows, read_config(config))
    stored = {one.connector: one.limit_percent for one in found if one.id == TLS10 and one.is_active}
    assert stored == {"Contoso": 50, "LITWARE": 10}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (
            "[findings.connectors.Fabrikam]\ntls_10_percent = 5",
            '[findings.connectors.Fabrikam] unknown key "tls_10_percent"; did you mean tls10',
        ),
        ("[findings.connectors.Fabrikam]\ntls10_percent = 101", "tls10_percent must be a number from 0 to 100"),
        ("[findings.connectors.Fabrikam]\ntls10_percent = -1", "tls10_percent must be a number from 0 to 100"),
        ("[findings.connectors.Fabrikam]\nno_tls_percent = true", "no_tls_percent must be a number from 0 to 100"),
        ('[findings.connectors.Fabrikam]\nno_tls_percent = "5"', "no_tls_percent must be a number from 0 to 100"),
        ("[findings.connectors]\nFabrikam = 5", "[findings.connectors.Fabrikam] must be a table"),
        ("[findings]\nconnectors = 5", "[findings.connectors] must contain tables"),
        ("[findings.connectors.A]\n[findings.connectors.a]\n", "[findings.connectors.a] appears twice"),
        ("[findings]\nconnector = 5", '[findings] unknown key "connector"'),
        ("[findings]\nforce_day = 5", '[findings] unknown key "force_day"; did you mean force_days?'),
        ("findings = 5", "[findings] must be a table"),
    ],
)
def test_invalid_config_values_are_reported(tmp_path: Path, text: str, complaint: str) -> None:
    config = tmp_path / "config.toml"
    config.write_text(text)
    with pytest.raises(ConfigError) as caught:
        read_config(config)
    assert complaint in str(caught.value)
