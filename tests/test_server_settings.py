"""Settings of Exchange Server, in every way in which PowerShell writes them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import duckdb
import pytest

from tui.commands import load
from tui.config import Config
from tui.intake.discovery import InputPaths

pytestmark = pytest.mark.share(0.33)

RECEIVE: list[dict[str, Any]] = [
    {"Name": "Default Frontend EX01", "Enabled": True, "RequireTLS": False, "PermissionGroups": "AnonymousUsers, ExchangeServers",
     "RemoteIPRanges": ["::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "0.0.0.0-255.255.255.255"], "Bindings": ["[::]:25"],
     "ProtocolLoggingLevel": "Verbose"},
    {"Name": "From Fabrikam", "Enabled": True, "RequireTLS": True, "PermissionGroups": "Partners", "RemoteIPRanges": ["203.0.113.0/24"],
     "Bindings": ["0.0.0.0:25"], "ProtocolLoggingLevel": "None"},
]  # fmt: skip
SEND: list[dict[str, Any]] = [
    {"Name": "To Fabrikam", "Enabled": True, "RequireTLS": True, "IgnoreSTARTTLS": False,
     "AddressSpaces": ["SMTP:*.fabrikam.example;1", "smtp:fabrikam.example;5"],
     "SmartHosts": [], "TlsDomain": "mx.fabrikam.example", "ProtocolLoggingLevel": "Verbose"},
    {"Name": "Internet", "Enabled": False, "RequireTLS": False, "IgnoreSTARTTLS": False, "AddressSpaces": ["SMTP:*;1"],
     "SmartHosts": ["[192.0.2.7]"],
     "TlsDomain": "", "ProtocolLoggingLevel": "None"},
]  # fmt: skip


def as_text(value: Any) -> str:
    return "{" + ", ".join(cast("list[str]", value)) + "}" if isinstance(value, list) else str(value)


def write(path: Path, way: str, objects: list[dict[str, Any]]) -> Path:
    names = list(objects[0])
    if way == "json":
        path.write_text(json.dumps(objects))
    elif way == "csv":
        rows = [",".join(f'"{as_text(one[name])}"' for name in names) for one in objects]
        path.write_text("\n".join([",".join(f'"{name}"' for name in names), *rows]) + "\n")
    else:
        width = max(map(len, names))
        blocks = ["\r\n".join(f"{name:<{width}} : {as_text(one[name])}".rstrip() for name in names) for one in objects]
        text = "\r\n\r\n" + "\r\n\r\n".join(blocks) + "\r\n\r\n"
        path.write_bytes(text.encode("utf-16" if way == "list utf-16" else "utf-8"))
    return path


def stored(path: Path, tmp_path: Path) -> list[tuple[Any, ...]]:
    trace = tmp_path / "t.duckdb"
    load(InputPaths([str(path)]), trace, Config())
    with duckdb.connect(str(trace), read_only=True) as connection:
        columns = "name, direction, connector_type, forced_tls, logs, enabled, domains, addresses, own_certificate"
        return connection.execute(f"SELECT {columns} FROM connector ORDER BY name").fetchall()


WAYS = ["json", "csv", "list", "list utf-16"]


@pytest.mark.parametrize("way", WAYS)
def test_receive_connectors(way: str, tmp_path: Path) -> None:
    everybody = ["::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "0.0.0.0-255.255.255.255"]
    assert stored(write(tmp_path / "r.txt", way, RECEIVE), tmp_path) == [
        ("Default Frontend EX01", "inbound", None, False, True, True, None, everybody, None),
        ("From Fabrikam", "inbound", "Partner", True, False, True, None, ["203.0.113.0/24"], None),
    ]


@pytest.mark.parametrize("way", WAYS)
def test_send_connectors(way: str, tmp_path: Path) -> None:
    assert stored(write(tmp_path / "s.txt", way, SEND), tmp_path) == [
        ("Internet", "outbound", None, False, False, False, ["*"], ["192.0.2.7"], None),
        ("To Fabrikam", "outbound", None, True, True, True, ["*.fabrikam.example", "fabrikam.example"], [], "mx.fabrikam.example"),
    ]


@pytest.mark.parametrize("way", WAYS)
def test_accepted_domains(way: str, tmp_path: Path) -> None:
    domains = [{"Name": "a", "DomainName": "Example.com", "DomainType": "Authoritative"},
               {"Name": "b", "DomainName": "mail.example.com", "DomainType": "InternalRelay"}]  # fmt: skip
    trace = tmp_path / "t.duckdb"
    load(InputPaths([str(write(tmp_path / "d.txt", way, domains))]), trace, Config())
    with duckdb.connect(str(trace), read_only=True) as connection:
        assert connection.execute("SELECT domain FROM own_domain ORDER BY domain").fetchall() == [("example.com",), ("mail.example.com",)]


def test_a_wrapped_value_goes_on(tmp_path: Path) -> None:
    text = (
        "Name                 : To Fabrikam\nEnabled              : True\nRequireTLS           : True\n"
        "AddressSpaces        : {SMTP:*.fabrikam.example;1, \n                       SMTP:fabrikam.example;1}\nSmartHosts           : {}\n"
    )
    (tmp_path / "s.txt").write_text(text)
    assert stored(tmp_path / "s.txt", tmp_path)[0][6] == ["*.fabrikam.example", "fabrikam.example"]
