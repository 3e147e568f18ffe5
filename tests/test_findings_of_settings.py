"""Findings about settings and mail: each where it fires, just where it does not, with too little mail, and where nothing was recorded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import pytest

from tests.support.message_rows import MessageRows
from tests.support.reports import finding_of, hops, json_of, text_of, write_rows
from tests.support.traces import exo_in, write_csv, write_exo
from tests.test_settings import IN_COLUMNS, inbound, outbound
from tui.config import Config, FindingsConfig, read_config
from tui.view.findings import FindingView

pytestmark = pytest.mark.share(0.33)

Capture = pytest.CaptureFixture[str]
Rows = Sequence[Mapping[str, object]]
FORCED_FORMAT = ("messages", "recorded", "percent", "limit_percent")


class Asking(Protocol):
    """Return a finding over mail and the settings of connectors; None where it does not hold."""

    def __call__(
        self, name: str, rows: Rows, *settings: Mapping[str, str], own_domains: Sequence[str] = (), config: FindingsConfig | None = None
    ) -> FindingView | None: ...


@pytest.fixture
def finding(message_rows: MessageRows, settings_of: Callable[..., list[dict[str, Any]]]) -> Asking:
    def ask(
        name: str, rows: Rows, *settings: Mapping[str, str], own_domains: Sequence[str] = (), config: FindingsConfig | None = None
    ) -> FindingView | None:
        connectors = settings_of(*settings) if settings else []
        given = Config(findings=config or FindingsConfig())
        return message_rows.finding(name, rows, given, connectors=connectors, own_domains=own_domains)

    return ask


def numbers(finding: FindingView | None) -> tuple[object, ...]:
    """Return messages, recorded messages, their share in percent and the limit."""
    assert finding is not None
    return finding.messages, finding.recorded, round(finding.percent, 1), finding.limit_percent


def said(finding: Mapping[str, Any] | None) -> tuple[object, ...]:
    assert finding is not None
    return tuple(finding[key] for key in FORCED_FORMAT)


def world(folder: Path, rows: Rows, *settings: Mapping[str, str], columns: Sequence[str] = IN_COLUMNS) -> Path:
    """Return a folder with mail and the settings of connectors."""
    folder.mkdir()
    write_rows(folder / "mail.csv", rows)
    if settings:
        write_csv(folder / "connectors.csv", settings, columns)
    return folder


def through(count: int, tls: str, time: str = "2026-11-12T10:00:00", **others: Any) -> list[dict[str, object]]:
    return hops(count, tls, time, **{"connector": "Fabrikam", **others})


def test_clear_text_through_a_connector_that_forces_tls(tmp_path: Path, capsys: Capture) -> None:
    report = json_of(capsys, world(tmp_path / "one", through(1, "No TLS") + through(24, "TLS 1.2") + through(9, ""), inbound()))
    found = finding_of(report, "forced_tls_clear_text")
    assert found is not None
    assert said(found) == (1, 25, 4.0, 0)
    assert (found["direction"], found["connector"], found["evidence"]) == ("inbound", "Fabrikam", "1 of 25 messages in clear text")
    text = text_of(capsys, tmp_path / "one")
    assert "From partner - Fabrikam · 1 of 25 messages in clear text · last 12 Nov 10:00" in text


@pytest.mark.share(3)
@pytest.mark.parametrize(
    ("rows", "setting"),
    [
        (through(100, "TLS 1.0"), inbound()),
        (through(100, ""), inbound()),
        (through(5, "No TLS"), inbound(RequireTls="False")),
        (through(5, "No TLS"), inbound(ConnectorType="OnPremises")),
        (through(5, "No TLS", status="rejected") + through(5, "TLS 1.2"), inbound()),
        (through(5, "No TLS", time="2026-11-02T10:00:00") + through(5, "TLS 1.2"), inbound()),
        (hops(5, "No TLS"), inbound()),
    ],
)
def test_no_clear_text_where_tls_is_forced(finding: Asking, rows: Rows, setting: Mapping[str, str]) -> None:
    assert finding("forced_tls_clear_text", rows, setting) is None


def test_clear_text_from_before_the_settings_changed_is_marked(finding: Asking) -> None:
    setting = inbound(WhenChangedUTC="11/12/2026 10:16:00 AM")
    rows = through(2, "No TLS", "2026-11-11T10:00:00") + through(2, "TLS 1.2", "2026-11-12T12:00:00")
    found = finding("forced_tls_clear_text", rows, setting)
    assert found is not None
    assert found.raw_evidence == "2 of 4 messages in clear text, before the settings changed on 12 Nov"


def five_days(each: int, tls: str = "TLS 1.2", days: int = 5, **others: object) -> list[dict[str, object]]:
    return [hop for day in range(10, 10 + days) for hop in through(each, tls, f"2026-11-{day}T10:00:00", **others)]


OPEN = inbound(RequireTls="False")


def test_a_connector_all_of_whose_mail_has_tls_could_force_it(finding: Asking) -> None:
    rows = five_days(20, "TLS 1.0", days=4) + through(20, "TLS (version unknown)", "2026-11-14T10:00:00")
    found = finding("could_force_tls", rows, OPEN)
    assert found is not None
    assert numbers(found) == (100, 100, 100.0, 0)
    assert found.raw_evidence == "100 messages on 5 days, all with TLS"


def test_whether_clear_text_would_be_seen_is_a_question_of_the_format(tmp_path: Path, capsys: Capture) -> None:
    # The messages of a connector, as the admin centre exports them, have No TLS; an extended report of the same system has no word for it.
    times = [f"2026-11-{day}T10:00:{n:02d}.000Z" for day in range(10, 15) for n in range(20)]
    settings = write_csv(tmp_path / "in.csv", [OPEN], IN_COLUMNS)
    columns: tuple[str, ...] = ("Date", "Direction", "Connector name", "TLS version", "Sender address", "Recipient address", "Message ID")
    rows: list[dict[str, str]] = [
        dict(zip(columns, (at, "Inbound", "Fabrikam", "1.2", "a@p.example", "u@example.com", f"<{n}@p>"), strict=True))
        for n, at in enumerate(times)
    ]
    found = finding_of(json_of(capsys, settings, write_csv(tmp_path / "messages.csv", rows, columns)), "could_force_tls")
    assert found is not None
    assert (found["connector"], found["messages"]) == ("Fabrikam", 100)
    data = "'S:InboundConnectorData=Name=Fabrikam;ConnectorType=Partner';S:tlsversion=TLS1.2"
    mails = [exo_in(n, custom_data=data, date_time_utc=at) for n, at in enumerate(times)]
    report = json_of(capsys, settings, write_exo(tmp_path / "extended.csv", *mails))
    assert report["flow"]["inbound"]["tls"] == {"TLS 1.2": 100}
    assert finding_of(report, "could_force_tls") is None


@pytest.mark.parametrize(
    ("rows", "setting"),
    [
        (five_days(20)[:-1], OPEN),  # 99 messages
        (five_days(25, days=4), OPEN),
        (five_days(20) + through(1, "No TLS"), OPEN),
        (five_days(20) + through(1, "SSL"), OPEN),
        (five_days(20) + through(1, ""), OPEN),
        (five_days(20, ""), OPEN),
        (five_days(20, is_estimate="True"), OPEN),
        (five_days(20, system="Exchange Online"), OPEN),  # would show no clear text
        (five_days(20), inbound()),
        (five_days(20), inbound(RequireTls="False", ConnectorType="OnPremises")),  # has no such setting
        (five_days(20), inbound("Other", RequireTls="False")),
    ],
)
def test_what_is_no_candidate_for_forced_tls(finding: Asking, rows: Rows, setting: Mapping[str, str]) -> None:
    assert finding("could_force_tls", rows, setting) is None


def test_outbound_connectors_of_either_type_could_force_tls(finding: Asking) -> None:
    rows = five_days(20, direction="outbound", connector="Plant")
    setting = outbound("PLANT", ConnectorType="OnPremises", TlsSettings="")
    found = finding("could_force_tls", rows, setting)
    assert found is not None
    assert (found.direction, found.connector, found.messages) == ("outbound", "Plant", 100)


def test_how_much_mail_makes_a_candidate_is_a_setting(finding: Asking, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text("[findings]\nforce_messages = 3\nforce_days = 1\n")
    assert finding("could_force_tls", through(3, "TLS 1.3"), OPEN, config=read_config(config).findings) is not None
    assert finding("could_force_tls", through(3, "TLS 1.3"), OPEN) is None


def test_a_connector_without_traffic(finding: Asking) -> None:
    rows = through(8, "TLS 1.2") + hops(4, "")
    found = finding("connector_without_traffic", rows, inbound(), inbound("Idle"), inbound("Off", Enabled="False"))
    assert found is not None
    assert numbers(found) == (0, 12, 0.0, 0)
    assert (found.direction, found.connector, found.raw_evidence) == ("inbound", "Idle", "none of 12 inbound messages")


@pytest.mark.parametrize(
    "rows",
    [
        through(1, "TLS 1.2"),
        through(1, ""),
        through(1, "", status="rejected") + hops(1, "TLS 1.2"),
        hops(9, "TLS 1.2", direction="outbound"),  # no file covers inbound
        hops(9, "TLS 1.2", direction="internal") + hops(9, "TLS 1.2", direction="outbound"),
        hops(9, "TLS 1.2", system="Exchange Server"),  # the settings are of Exchange Online
        hops(9, "TLS 1.2", "2026-11-01T10:00:00") + hops(9, "TLS 1.2", direction="outbound"),  # not in the window
    ],
)
def test_a_connector_whose_silence_is_no_evidence(finding: Asking, rows: Rows) -> None:
    assert finding("connector_without_traffic", rows, inbound()) is None


def test_a_connector_that_was_used_before_shows_when(finding: Asking) -> None:
    found = finding("connector_without_traffic", through(3, "TLS 1.2", "2026-11-02T08:00:00") + hops(5, "TLS 1.2"), inbound())
    assert found is not None
    assert (found.where, found.evidence) == ("From partner - Fabrikam", "none of 5 inbound messages · last 2 Nov 08:00")


@pytest.mark.parametrize(("logs", "fires"), [(None, True), (True, True), (False, False)])
def test_a_connector_that_does_not_log_is_silent(
    message_rows: MessageRows, settings_of: Callable[..., list[dict[str, Any]]], logs: bool | None, fires: bool
) -> None:
    connectors = [{**row, "logs": logs} for row in settings_of(inbound())]
    found = message_rows.finding("connector_without_traffic", hops(5, "TLS 1.2"), connectors=connectors)
    assert (found is not None) == fires
    silent = message_rows.finding("connector_does_not_log", hops(5, "TLS 1.2"), connectors=connectors)
    assert (silent is not None) == (logs is False)
    if silent:
        assert (silent.connector, silent.raw_evidence) == ("Fabrikam", "its ProtocolLoggingLevel is None")
        assert silent.evidence == "its ProtocolLoggingLevel is None"


def claiming(count: int, sender: str, tls: str = "TLS 1.2", **others: Any) -> list[dict[str, object]]:
    return hops(count, tls, **{"sender": sender, "peer_ip": "192.0.2.7", **others})


def own(folder: Path, *domains: str) -> None:
    rows = [{"DomainName": domain, "DomainType": "Authoritative"} for domain in domains]
    write_csv(folder / "domains.csv", rows, ("Name", "DomainName", "DomainType", "Default"))


def test_mail_without_a_connector_in_the_name_of_an_own_domain(tmp_path: Path, capsys: Capture) -> None:
    rows = (
        claiming(3, "boss@Example.com") + claiming(1, "scan@example.com", peer_ip="2001:db8::1", tls="") + claiming(6, "x@partner.example")
    )
    own(world(tmp_path / "world", rows), "example.com", "mail.example.org")
    found = finding_of(json_of(capsys, tmp_path / "world"), "direct_send")
    assert found is not None
    assert said(found) == (4, 10, 40.0, 0)
    assert (found["direction"], found["connector"]) == ("inbound", None)
    assert found["evidence"] == "4 messages as example.com, 2 senders from 2 addresses"
    where = "From the internet without a connector · 4 messages as example.com, 2 senders from 2 addresses · last 12 Nov 10:00"
    assert where in text_of(capsys, tmp_path / "world")


@pytest.mark.parametrize(
    ("rows", "domains"),
    [
        (claiming(5, "a@example.com"), ()),
        (claiming(5, "a@sub.example.com"), ("example.com",)),
        (claiming(5, "a@notexample.com"), ("*.example.com", "example.com")),
        (claiming(5, "a@example.com"), ("*.example.com",)),  # only what is below it
        (claiming(5, "a@example.com", connector="Fabrikam"), ("example.com",)),
        (claiming(5, "a@example.com", direction="outbound"), ("example.com",)),
        (claiming(5, "a@example.com", status="rejected") + claiming(1, "a@partner.example"), ("example.com",)),
        (claiming(5, ""), ("example.com",)),
        (claiming(5, "a@example.com", time="2026-11-01T10:00:00") + claiming(1, "a@partner.example"), ("example.com",)),
    ],
)
def test_mail_that_claims_no_own_domain(finding: Asking, rows: Rows, domains: Sequence[str]) -> None:
    assert finding("direct_send", rows, own_domains=domains) is None


def test_an_accepted_domain_with_a_star_has_all_below_it(finding: Asking) -> None:
    rows = claiming(2, "a@sub.example.com") + claiming(1, "a@deep.sub.example.com") + claiming(1, "a@example.org")
    found = finding("direct_send", rows, own_domains=["*.example.com"])
    assert found is not None
    assert found.raw_evidence == "3 messages as 2 own domains, 2 senders from 1 address"
    assert numbers(found) == (3, 4, 75.0, 0)


WANTS = inbound(TlsSenderCertificateName="mx1.fabrikam.example")


def showing(count: int, certificate: str = "", verified: str = "", **others: Any) -> list[dict[str, object]]:
    return through(count, "TLS 1.2", certificate=certificate, verified=verified, **others)


def test_a_certificate_that_the_settings_do_not_want(tmp_path: Path, capsys: Capture) -> None:
    rows = showing(2, "CN=mx9.other.example") + showing(1, verified="SubjectMismatch") + showing(5, "mx1.fabrikam.example") + showing(7)
    found = finding_of(json_of(capsys, world(tmp_path / "world", rows, WANTS)), "certificate_mismatch")
    assert found is not None
    assert said(found) == (3, 8, 37.5, 0)
    assert (found["connector"], found["what"]) == ("Fabrikam", "mx1.fabrikam.example")
    assert found["evidence"] == "3 of 8 messages, most show CN=mx9.other.example"
    where = "From partner - Fabrikam · mx1.fabrikam.example · 3 of 8 messages, most show CN=mx9.other.example · last 12 Nov 10:00"
    assert where in text_of(capsys, tmp_path / "world")


@pytest.mark.parametrize(
    ("wanted", "certificate", "verified", "fires"),
    [
        ("mx1.fabrikam.example", "MX1.Fabrikam.example", "", False),
        ("mx1.fabrikam.example", "CN=*.fabrikam.example, O=Fabrikam", "", False),
        ("mx1.fabrikam.example", "mx2.fabrikam.example", "", True),
        ("*.fabrikam.example", "mx2.fabrikam.example", "", False),
        ("*.fabrikam.example", "*.fabrikam.example", "", False),
        ("*.fabrikam.example", "mx2.notfabrikam.example", "", True),
        ("mx1.fabrikam.example", "0123456789ABCDEF0123456789ABCDEF01234567", "", False),  # a thumbprint tells no name
        ("mx1.fabrikam.example", "", "Success", False),
        ("mx1.fabrikam.example", "", "NOT", False),
        ("mx1.fabrikam.example", "", "FAIL", True),
        ("mx1.fabrikam.example", "mx1.fabrikam.example", "Untrusted", True),
        ("mx1.fabrikam.example", "", "NoRemoteCertificate", True),
        ("", "mx9.other.example", "FAIL", False),
        ("mx1.fabrikam.example", "", "", False),
    ],
)
def test_which_certificate_fits(finding: Asking, wanted: str, certificate: str, verified: str, fires: bool) -> None:
    found = finding("certificate_mismatch", showing(1, certificate, verified), inbound(TlsSenderCertificateName=wanted))
    assert (found is not None) == fires


def test_settings_that_changed_in_the_window(finding: Asking) -> None:
    rows = through(3, "TLS 1.2", "2026-11-11T10:00:00") + through(1, "") + hops(9, "TLS 1.2")
    first = inbound(WhenChangedUTC="11/12/2026 9:14:55 AM")
    found = finding("settings_changed", rows, first)
    assert found is not None
    assert numbers(found) == (4, 4, 100.0, 0)
    assert found.raw_evidence == "changed 12 Nov 09:14 · 4 messages in this window"
    again = finding("settings_changed", rows, first, inbound(WhenChangedUTC="11/12/2026 11:30:00 PM"))
    assert again is not None
    assert again.raw_evidence == "changed 2 times, last 12 Nov 23:30 · 4 messages in this window"


@pytest.mark.parametrize("changed", ["11/5/2026 11:59:59 PM", "11/13/2026 12:00:00 AM", ""])
def test_settings_that_changed_outside_the_window(finding: Asking, changed: str) -> None:
    assert finding("settings_changed", through(3, "TLS 1.2"), inbound(WhenChangedUTC=changed)) is None


def test_changed_settings_of_a_connector_without_mail_have_no_share(tmp_path: Path, capsys: Capture) -> None:
    folder = world(tmp_path / "world", hops(3, "TLS 1.2"), inbound(WhenChangedUTC="11/6/2026 12:00:00 AM"))
    found = finding_of(json_of(capsys, folder), "settings_changed")
    assert found is not None
    assert said(found) == (0, 0, None, 0)


def test_an_exchange_online_report_could_not_show_clear_text(tmp_path: Path, capsys: Capture) -> None:
    config = tmp_path / "config.toml"
    config.write_text("[findings]\nforce_messages = 1\nforce_days = 1\n")
    data = "'S:InboundConnectorData=Name=Fabrikam;TenantId=x';S:tlsversion=TLS1.2"
    write_exo(tmp_path / "exo" / "exo.csv", exo_in(1, custom_data=data))
    write_csv(tmp_path / "exo" / "connectors.csv", [OPEN], IN_COLUMNS)
    assert finding_of(json_of(capsys, tmp_path / "exo", "--config", config), "could_force_tls") is None
