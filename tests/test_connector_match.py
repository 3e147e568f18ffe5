"""Where a log cannot tell the connector, settings do: longest address range, then longest domain, asked again each time."""

from __future__ import annotations

import pytest

from tests.support.traces import House, write_csv
from tests.test_settings import IN_COLUMNS, OUT_COLUMNS, inbound, load, outbound

pytestmark = pytest.mark.share(0.25)

COLUMNS = (
    "time_utc",
    "direction",
    "tls",
    "system",
    "peer_ip",
    "peer_domain",
    "sender",
    "recipients",
    "message_id",
    "connector",
)


def relayed(house: House, *mails: tuple[str, str], direction: str = "inbound", system: str = "Postfix", name: str = "table.csv") -> None:
    rows = [
        {"time_utc": f"2026-11-10T10:{n // 60:02d}:{n % 60:02d}Z", "direction": direction, "tls": "TLSv1.2", "system": system,
         "peer_ip": ip, "peer_domain": domain, "message_id": f"<{n}@x>"}
        for n, (ip, domain) in enumerate(mails)
    ]  # fmt: skip
    loaded = house.load(write_csv(house.folder / name, rows, COLUMNS))
    assert loaded.problems == []


def connectors(house: House) -> list[str | None]:
    rows = house.ask("SELECT connector FROM message ORDER BY time_utc")
    return [row[0] for row in rows]


def test_the_longest_address_range_wins(house: House) -> None:
    load(
        house,
        inbound("wide", SenderIPAddresses="{192.0.0.0/8}"),
        inbound("narrow", SenderIPAddresses="{192.0.2.0/24, 203.0.113.1-203.0.113.9}"),
        inbound("one", SenderIPAddresses="192.0.2.7"),
        inbound("six", SenderIPAddresses="{2001:db8::/32}"),
    )
    peers = [
        "192.0.9.9",
        "192.0.2.8",
        "192.0.2.7",
        "203.0.113.5",
        "203.0.113.10",
        "2001:db8::9",
        "2001:db9::9",
        "",
        "unknown",
    ]
    relayed(house, *((peer, "x.example") for peer in peers))
    assert connectors(house) == ["wide", "narrow", "one", "narrow", None, "six", None, None, None]
    assert house.flow() == {
        ("inbound", "wide", "TLS 1.2"): 1,
        ("inbound", "narrow", "TLS 1.2"): 2,
        ("inbound", "one", "TLS 1.2"): 1,
        ("inbound", "six", "TLS 1.2"): 1,
        ("inbound", None, "TLS 1.2"): 4,
    }


def test_then_the_longest_domain_wins_and_a_star_never_does(house: House) -> None:
    load(
        house,
        inbound("star", SenderDomains="{smtp:*;1}"),
        inbound("short", SenderDomains="{smtp:*.example;1}"),
        inbound("long", SenderDomains="{smtp:*.partner.example;1, smtp:partner.example;1}"),
        inbound("range", SenderDomains="{smtp:*;1}", SenderIPAddresses="{192.0.2.0/24}"),
    )
    mails = [
        ("198.51.100.1", name) for name in ("mail.partner.example", "Partner.example", "other.example", "notpartner.example", "else.test")
    ]
    relayed(house, *mails, ("192.0.2.1", "mail.partner.example"))
    assert connectors(house) == ["long", "long", "short", "short", None, "range"]


def test_outbound_mail_is_matched_by_outbound_connectors(house: House) -> None:
    load(
        house,
        outbound("To partner", RecipientDomains="{partner.example}"),
        outbound("To host", SmartHosts="{[192.0.2.5]}"),
        columns=OUT_COLUMNS,
    )
    load(house, inbound("In", SenderDomains="{partner.example}"))
    relayed(house, ("198.51.100.1", "partner.example"), ("192.0.2.5", "x.example"), direction="outbound")
    assert connectors(house) == ["To partner", "To host"]


def test_an_onpremises_connector_matches_by_address_only(house: House) -> None:
    load(
        house,
        inbound("org", ConnectorType="OnPremises", SenderDomains="{own.example}", SenderIPAddresses="{192.0.2.0/24}"),
    )
    relayed(house, ("192.0.2.1", "x.example"), ("198.51.100.1", "own.example"))
    assert connectors(house) == ["org", None]


def test_a_disabled_connector_never_matches_even_if_it_once_was_enabled(house: House) -> None:
    load(
        house,
        inbound("off", SenderDomains="{off.example}", Enabled="False"),
        inbound("was on", SenderDomains="{was.example}"),
    )
    relayed(house, ("192.0.2.1", "off.example"), ("192.0.2.1", "was.example"))
    assert connectors(house) == [None, "was on"]
    load(house, inbound("was on", SenderDomains="{was.example}", Enabled="False", WhenChangedUTC="3/9/2026 9:14:55 AM"))
    assert connectors(house) == [None, None]
    assert house.flow() == {("inbound", None, "TLS 1.2"): 2}


@pytest.mark.share(2)
@pytest.mark.parametrize("system", ["Exchange Online", "Exchange Server", "Table"])
def test_systems_that_log_the_connector_are_left_alone(house: House, system: str) -> None:
    load(house, inbound("Fabrikam", SenderDomains="{partner.example}"))
    relayed(house, ("192.0.2.1", "partner.example"), system=system)
    assert connectors(house) == [None]


def test_mail_that_came_before_its_settings_is_matched_by_them(house: House) -> None:
    relayed(house, ("192.0.2.1", "partner.example"))
    assert house.flow() == {("inbound", None, "TLS 1.2"): 1}
    load(house, inbound("Fabrikam", SenderDomains="{partner.example}"))
    assert house.flow() == {("inbound", "Fabrikam", "TLS 1.2"): 1}


def test_addresses_that_are_none_match_nothing_and_stop_nothing(house: House) -> None:
    bad = [
        "192.0.2.0/33",
        "192.0.2.0/x",
        "mx.example",
        ":",
        "1:2:3",
        "::/129",
        "999.999.999.999",
        "192.0.2.1-x",
        "/24",
        "-",
    ]
    load(house, inbound("bad", SenderIPAddresses="{" + ", ".join(bad) + "}"), columns=IN_COLUMNS)
    relayed(
        house,
        ("192.0.2.1", "x.example"),
        (":", "x.example"),
        ("1:2:3:4:5:6:7:8:9:a:b:c", "x.example"),
        ("fffff::1", "x.example"),
    )
    assert connectors(house) == [None] * 4
