"""Connector settings: what exports say of type, Forced TLS?, domains and addresses, in each of their shapes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.support.traces import House, exo_in, write_csv, write_exo

pytestmark = pytest.mark.share(0.33)

IN_COLUMNS = (
    "Name",
    "Enabled",
    "ConnectorType",
    "RequireTls",
    "TlsSenderCertificateName",
    "SenderDomains",
    "SenderIPAddresses",
    "WhenChangedUTC",
)
OUT_COLUMNS = (
    "Name",
    "Enabled",
    "ConnectorType",
    "TlsSettings",
    "TlsDomain",
    "SmartHosts",
    "RecipientDomains",
    "WhenChangedUTC",
)
Row = Mapping[str, str]


def inbound(name: str = "Fabrikam", **changes: str) -> dict[str, str]:
    row = {
        "Name": name,
        "Enabled": "True",
        "ConnectorType": "Partner",
        "RequireTls": "True",
        "SenderDomains": "{smtp:*;1}",
    }
    return row | {"SenderIPAddresses": "{}", "WhenChangedUTC": "3/3/2026 9:14:55 AM"} | changes


def outbound(name: str = "To Fabrikam", **changes: str) -> dict[str, str]:
    row = {"Name": name, "Enabled": "True", "ConnectorType": "Partner", "TlsSettings": "DomainValidation"}
    return row | {"RecipientDomains": "{fabrikam.example}", "SmartHosts": "{}"} | changes


def load(house: House, *rows: Row, columns: tuple[str, ...] = IN_COLUMNS) -> None:
    loaded = house.load(write_csv(house.folder / f"settings-{len(list(house.folder.iterdir()))}.csv", rows, columns))
    assert (loaded.sources, loaded.problems) == (1, [])


def settings(house: House, columns: str) -> list[tuple[object, ...]]:
    return house.ask(f"SELECT {columns} FROM trace.connector ORDER BY source_id, line_no")


def test_an_inbound_connector(house: House) -> None:
    row = inbound(
        SenderDomains="{smtp:*.Fabrikam.example;1, smtp:fabrikam.example;1}",
        SenderIPAddresses="{198.51.100.240/29, 203.0.113.250}",
    )
    load(house, row | {"TlsSenderCertificateName": "*.fabrikam.example"})
    columns = "name, direction, connector_type, forced_tls, domains, addresses, own_certificate, enabled, CAST(changed_at_utc AS VARCHAR)"
    assert settings(house, columns) == [
        ("Fabrikam", "inbound", "Partner", True, ["*.fabrikam.example", "fabrikam.example"], ["198.51.100.240/29", "203.0.113.250"],
         "*.fabrikam.example", True, "2026-03-03 09:14:55")
    ]  # fmt: skip
    assert house.ask("SELECT row_count, message_count, format FROM trace.source") == [(1, 0, "connector_settings")]


def test_an_outbound_connector(house: House) -> None:
    load(
        house,
        outbound(ConnectorType="OnPremises", SmartHosts="{[192.0.2.5], [192.0.2.6]}", TlsDomain="mx.fabrikam.example"),
        columns=OUT_COLUMNS,
    )
    columns = "name, direction, connector_type, forced_tls, domains, addresses, own_certificate"
    assert settings(house, columns) == [
        (
            "To Fabrikam",
            "outbound",
            "OnPremises",
            True,
            ["fabrikam.example"],
            ["192.0.2.5", "192.0.2.6"],
            "mx.fabrikam.example",
        )
    ]


def test_forced_tls_inbound_is_require_tls_of_a_partner(house: House) -> None:
    rows = [(kind, word) for kind in ("Partner", "OnPremises") for word in ("True", "False", "", "true", "$true")]
    load(house, *(inbound(f"{kind} {word}", ConnectorType=kind, RequireTls=word) for kind, word in rows))
    assert settings(house, "forced_tls") == [(kind == "Partner" and word in ("True", "true", "$true"),) for kind, word in rows]


def test_forced_tls_outbound_is_any_tls_setting(house: House) -> None:
    words = ["EncryptionOnly", "CertificateValidation", "DomainValidation", "", " "]
    load(house, *(outbound(f"{number}", TlsSettings=word) for number, word in enumerate(words)), columns=OUT_COLUMNS)
    assert settings(house, "forced_tls") == [(True,), (True,), (True,), (False,), (False,)]


WRITTEN: list[tuple[str, list[str] | None]] = [
    ("{a.example, b.example}", ["a.example", "b.example"]),
    ("a.example;b.example", ["a.example", "b.example"]),
    ("a.example, b.example", ["a.example", "b.example"]),
    ("smtp:a.example;1 smtp:b.example;1".replace(" ", ", "), ["a.example", "b.example"]),
    ("{smtp:*.a.example;1, smtp:b.example;10}", ["*.a.example", "b.example"]),
    ('["a.example","b.example"]', ["a.example", "b.example"]),
    ("a.example", ["a.example"]),
    ("{}", []),
    ("", None),
    ("Microsoft.Exchange.Data.MultiValuedProperty`1[Microsoft.Exchange.Data.SmtpDomainWithSubdomains]", None),
    ("System.String[]", None),
    ("System.Object[]", None),
]


def test_several_values_come_in_several_shapes_or_were_lost(house: House) -> None:
    load(house, *(inbound(f"{number}", SenderDomains=written) for number, (written, _) in enumerate(WRITTEN)))
    assert settings(house, "domains") == [(values,) for _, values in WRITTEN]


OBJECTS = [
    {"Name": "To Litware", "Enabled": True, "ConnectorType": "Partner", "TlsSettings": "EncryptionOnly",
     "RecipientDomains": ["a.example", "b.example"], "SmartHosts": [], "WhenChangedUTC": "2026-03-03T09:14:55Z",
     "Comment": 'says "Name": x'},
    {"Name": "To archive", "Enabled": False, "ConnectorType": "OnPremises", "TlsSettings": None,
     "RecipientDomains": ["archive.example"], "SmartHosts": ["192.0.2.5"], "WhenChangedUTC": "/Date(1772529295000)/", "Comment": None},
]  # fmt: skip


@pytest.mark.parametrize(
    ("shape", "encoding"),
    [
        *((shape, "utf-8") for shape in ("array", "indented array", "lines", "value", "one")),
        *((shape, encoding) for shape in ("array", "value") for encoding in ("utf-8-sig", "utf-16-le", "utf-16")),
    ],
)
def test_json_in_each_shape_gives_the_same_rows(house: House, shape: str, encoding: str) -> None:
    texts = {
        "array": json.dumps(OBJECTS),
        "indented array": json.dumps(OBJECTS, indent=2),
        "lines": "\n".join(json.dumps(one) for one in OBJECTS) + "\n",
        "value": json.dumps({"@odata.context": "x", "value": OBJECTS}, indent=1),
        "one": json.dumps(OBJECTS[0]),
    }
    file = house.folder / "OutboundConnectors.json"
    file.write_bytes(texts[shape].encode(encoding))
    loaded = house.load(file)
    assert (loaded.sources, loaded.problems) == (1, [])
    columns = "name, direction, connector_type, forced_tls, domains, addresses, enabled, CAST(changed_at_utc AS VARCHAR)"
    wanted: list[tuple[object, ...]] = [
        ("To Litware", "outbound", "Partner", True, ["a.example", "b.example"], [], True, "2026-03-03 09:14:55"),
        (
            "To archive",
            "outbound",
            "OnPremises",
            False,
            ["archive.example"],
            ["192.0.2.5"],
            False,
            "2026-03-03 09:14:55",
        ),
    ]
    assert settings(house, columns) == (wanted[:1] if shape == "one" else wanted)


def test_a_connector_without_a_name_is_rejected(house: House) -> None:
    load(house, inbound("A"), inbound(" "), inbound("B"))
    assert settings(house, "name") == [("A",), ("B",)]
    assert [row[:2] for row in house.rejects()] == [(3, "the connector has no name")]


def test_accepted_domains_are_the_own_ones(house: House, tmp_path: Path) -> None:
    rows = [
        {"Name": "a", "DomainName": "Example.com", "DomainType": "Authoritative"},
        {"Name": "b", "DomainName": "", "DomainType": "InternalRelay"},
    ]
    house.load(write_csv(tmp_path / "d.csv", rows, ("Name", "DomainName", "DomainType", "Default")))
    assert house.ask("SELECT domain FROM trace.own_domain") == [("example.com",)]
    assert [row[:2] for row in house.rejects()] == [(3, "the row has no DomainName")]


def test_settings_name_type_and_forced_tls_of_the_flow_whenever_they_come(house: House) -> None:
    data = "'S:InboundConnectorData=Name=FABRIKAM;TenantId=x';S:tlsversion=TLS1.2"
    house.load(write_exo(house.folder / "exo.csv", exo_in(1, custom_data=data), exo_in(2)))
    flow = "SELECT connector, connector_type, forced_tls, messages FROM flow ORDER BY connector NULLS LAST"
    assert house.ask(flow) == [("FABRIKAM", None, None, 1), (None, None, None, 1)]
    load(house, inbound("Fabrikam", WhenChangedUTC="3/3/2026 9:14:55 AM"), outbound("Fabrikam"))
    assert house.ask(flow) == [("FABRIKAM", "Partner", True, 1), (None, None, None, 1)]
    load(house, inbound("Fabrikam", RequireTls="False", WhenChangedUTC="3/4/2026 9:14:55 AM"))
    assert house.ask(flow) == [("FABRIKAM", "Partner", False, 1), (None, None, None, 1)]
