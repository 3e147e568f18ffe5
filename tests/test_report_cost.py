"""What a report costs in statements, and that the few which stand for several questions answer each of them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from tests.support.asked import asking_files
from tests.support.reports import hops, write_table
from tui.config import Config
from tui.resources import bundled
from tui.store.findings import ask_findings
from tui.store.query_runner import QueryRunner
from tui.store.questions import Scope, ask_facts, ask_window

pytestmark = pytest.mark.share(0.33)

MAX_BESIDE_FINDINGS = 11


@pytest.mark.parametrize("sample", ["example-corp", "every-format"])
def test_a_report_asks_few_statements(sample: str) -> None:
    with asking_files([bundled("sample_data") / sample]) as runner:
        ask_facts(runner, Config(), ask_window(runner), Scope(), datetime(2026, 12, 1))
        names = [one.name for one in runner.statements]
    findings = len(list((bundled("queries") / "findings").glob("*.sql")))
    assert findings < len(names) <= findings + MAX_BESIDE_FINDINGS
    assert len(set(names)) == len(names)


def last_seen(runner: QueryRunner) -> dict[tuple[str, str | None], datetime | None]:
    found = ask_findings(runner, Config(), ask_window(runner))
    return {(one.finding.id, one.row.direction): one.row.last_utc for one in found if not one.row.too_few}


@pytest.mark.parametrize("redact", [False, True])
def test_each_finding_has_the_second_of_its_own_mail(tmp_path: Path, redact: bool) -> None:
    def mail(tls: str, time: str, connector: str, kind: str = "Partner", **others: object) -> list[dict[str, object]]:
        rows = hops(60, tls, f"2026-11-12T10:{time}", connector=connector, connector_type=kind)
        return [row | others for row in rows]

    rows = [
        *mail("TLS 1.0", "03:07", "Fabrikam"),
        *mail("TLS 1.0", "04:09", "Own servers", "OnPremises"),
        *mail("No TLS", "05:11", "Contoso"),
        *mail("TLS 1.0", "06:13", "Fabrikam", direction="outbound"),
        *mail("TLS 1.2", "07:17", "Woodgrove"),
        *mail("TLS 1.0", "08:19", "Fabrikam", status="rejected"),
    ]
    with asking_files([write_table(tmp_path / "t.csv", rows)], Config(redact=redact)) as runner:
        seen = last_seen(runner)
        assert [one.name for one in runner.statements].count("connectors/last_seen") == 1
    assert seen["tls10_partner_inbound", "inbound"] == datetime(2026, 11, 12, 10, 3, 7)
    assert seen["tls10_onpremises_inbound", "inbound"] == datetime(2026, 11, 12, 10, 4, 9)
    assert seen["no_tls_partner_inbound", "inbound"] == datetime(2026, 11, 12, 10, 5, 11)
    assert seen["tls10_partner_outbound", "outbound"] == datetime(2026, 11, 12, 10, 6, 13)
