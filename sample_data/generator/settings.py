"""Connector settings as Get-InboundConnector, Get-OutboundConnector and Get-AcceptedDomain export them."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

CITY_CONNECTOR = "Zentrale; Standort=Köln, Büro 2"


class ConnectorSetting(NamedTuple):
    """One connector's settings; `tls` is RequireTls inbound and TlsSettings outbound."""

    name: str
    direction: str
    type: str
    tls: str
    domains: tuple[str, ...]
    addresses: tuple[str, ...] = ()
    enabled: bool = True
    in_json: bool = False
    comment: str = ""

    @property
    def forced_tls(self) -> bool:
        """Inbound: RequireTls on a Partner connector. Outbound: TlsSettings not blank."""
        if self.direction == "inbound":
            return self.tls == "True" and self.type == "Partner"
        return self.tls != ""


SETTINGS = (
    ConnectorSetting("Fabrikam", "inbound", "Partner", "False", ("smtp:*.fabrikam.example;1", "smtp:fabrikam.example;1")),
    ConnectorSetting("Adatum EDI", "inbound", "Partner", "True", ("smtp:adatum.example;1",), comment='says "EDI", weekly'),
    ConnectorSetting(CITY_CONNECTOR, "inbound", "OnPremises", "True", ("smtp:*;1",), ("198.51.100.240/29", "203.0.113.250")),
    ConnectorSetting("From HQ relay", "inbound", "OnPremises", "True", ("smtp:*;1",), ("10.30.0.0/24",)),
    ConnectorSetting("From Devices", "inbound", "OnPremises", "False", ("smtp:*;1",), ("10.20.4.0/24", "10.20.5.0/24")),
    ConnectorSetting("Old partner", "inbound", "Partner", "True", ("smtp:tailspin.example;1",), enabled=False),
    ConnectorSetting("To Fabrikam", "outbound", "Partner", "DomainValidation", ("fabrikam.example", "*.fabrikam.example")),
    ConnectorSetting("To Plant, Süd", "outbound", "OnPremises", "", ("plant.example",)),
    ConnectorSetting("To Litware", "outbound", "Partner", "CertificateValidation", ("litware.example",), in_json=True),
    ConnectorSetting("To archive", "outbound", "Partner", "EncryptionOnly", ("archive.example",), in_json=True, enabled=False),
)
"""Exchange Online's connectors, and those Exchange Server connectors whose type and forced TLS shall be known."""

_INBOUND = [
    "Name", "Enabled", "ConnectorType", "ConnectorSource", "RequireTls", "TlsSenderCertificateName",
    "RestrictDomainsToCertificate", "RestrictDomainsToIPAddresses", "SenderDomains", "SenderIPAddresses",
    "AssociatedAcceptedDomains", "CloudServicesMailEnabled", "TreatMessagesAsInternal", "WhenChangedUTC", "Comment",
]  # fmt: skip
_OUTBOUND = [
    "Name", "Enabled", "ConnectorType", "ConnectorSource", "TlsSettings", "TlsDomain", "UseMXRecord", "SmartHosts",
    "RecipientDomains", "RouteAllMessagesViaOnPremises", "AllAcceptedDomains", "IsTransportRuleScoped",
    "CloudServicesMailEnabled", "SmtpDaneMode", "MtaStsMode", "TestMode", "WhenChangedUTC", "Comment",
]  # fmt: skip
_CHANGED = "3/3/2026 9:14:55 AM"


def _braces(values: Sequence[str]) -> str:
    return "{" + ", ".join(values) + "}"


def _inbound_row(one: ConnectorSetting) -> list[str]:
    onprem = one.type == "OnPremises"
    return [
        one.name, str(one.enabled), one.type, "Default", one.tls, "", "False", str(bool(one.addresses)),
        _braces(one.domains), _braces(one.addresses), "{}", str(onprem), "False", _CHANGED, one.comment,
    ]  # fmt: skip


def _outbound_row(one: ConnectorSetting) -> list[str]:
    host = f"mx1.{one.domains[0]}"
    onprem = one.type == "OnPremises"
    return [
        one.name, str(one.enabled), one.type, "Default", one.tls, host if one.tls == "DomainValidation" else "",
        str(not onprem), _braces((host,)) if onprem else "{}", _braces(one.domains), "False", "False", "False",
        str(onprem), "Opportunistic", "Opportunistic", "False", _CHANGED, one.comment,
    ]  # fmt: skip


def _outbound_object(one: ConnectorSetting) -> dict[str, object]:
    return {
        "Name": one.name,
        "Enabled": one.enabled,
        "ConnectorType": one.type,
        "ConnectorSource": "Default",
        "TlsSettings": one.tls or None,
        "TlsDomain": None,
        "UseMXRecord": True,
        "SmartHosts": [],
        "RecipientDomains": list(one.domains),
        "RouteAllMessagesViaOnPremises": False,
        "AllAcceptedDomains": False,
        "IsTransportRuleScoped": False,
        "CloudServicesMailEnabled": False,
        "TestMode": False,
        "WhenChangedUTC": "2026-03-03T09:14:55Z",
        "Comment": one.comment,
    }


def write_settings(folder: Path) -> list[Path]:
    """Write both directions as CSV, some outbound connectors as JSON, and the accepted domains as CSV."""
    folder.mkdir(parents=True, exist_ok=True)
    inbound = [_inbound_row(one) for one in SETTINGS if one.direction == "inbound"]
    outbound = [_outbound_row(one) for one in SETTINGS if one.direction == "outbound" and not one.in_json]
    domains = [
        ["Example Corp", "example.com", "Authoritative", "True"],
        ["mail.example.com", "mail.example.com", "InternalRelay", "False"],
    ]
    objects = [_outbound_object(one) for one in SETTINGS if one.in_json]
    as_json = folder / "OutboundConnectors-partners.json"
    as_json.write_bytes((json.dumps(objects, indent=2) + "\n").encode())
    return [
        _write_csv(folder / "InboundConnectors.csv", _INBOUND, inbound),
        _write_csv(folder / "OutboundConnectors.csv", _OUTBOUND, outbound),
        _write_csv(folder / "AcceptedDomains.csv", ["Name", "DomainName", "DomainType", "Default"], domains),
        as_json,
    ]


def _write_csv(path: Path, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(columns)
        writer.writerows(rows)
    return path
