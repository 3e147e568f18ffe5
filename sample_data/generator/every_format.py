"""A small world of every format with a writer, each in a folder of its own, and a small file of those that no world writes."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from sample_data.generator.truth import boolean_of
from sample_data.generator.world import build_world, write_world
from sample_data.generator.writers.registry import WRITERS

_TLS_REPORT: dict[str, Any] = {
    "organization-name": "Partner Mail",
    "date-range": {"start-datetime": "2026-11-10T00:00:00Z", "end-datetime": "2026-11-10T23:59:59Z"},
    "contact-info": "tls-reports@partner.example",
    "report-id": "2026-11-10T00:00:00Z_example.com",
    "policies": [
        {
            "policy": {
                "policy-type": "sts",
                "policy-string": ["version: STSv1", "mode: testing", "mx: mx.example.com", "max_age: 86400"],
                "policy-domain": "example.com",
                "mx-host": ["mx.example.com"],
            },
            "summary": {"total-successful-session-count": 1204, "total-failure-session-count": 3},
            "failure-details": [
                {
                    "result-type": "certificate-expired",
                    "sending-mta-ip": "198.51.100.20",
                    "receiving-mx-hostname": "mx.example.com",
                    "receiving-ip": "203.0.113.5",
                    "failed-session-count": 3,
                }
            ],
        }
    ],
}
_RECEIVE_CONNECTORS = """
Identity              : EX01\\Default Frontend EX01
Enabled               : True
AuthMechanism         : Tls, Integrated, BasicAuth, BasicAuthRequireTLS, ExchangeServer
RequireTLS            : False
Bindings              : {[::]:25, 0.0.0.0:25}
RemoteIPRanges        : {::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, 0.0.0.0-255.255.255.255}
ProtocolLoggingLevel  : Verbose
Server                : EX01
Name                  : Default Frontend EX01

Identity              : EX01\\Printers
Enabled               : True
AuthMechanism         : None
RequireTLS            : False
Bindings              : {0.0.0.0:25}
RemoteIPRanges        : {10.0.8.0/24}
ProtocolLoggingLevel  : None
Server                : EX01
Name                  : Printers
"""
_SEND_CONNECTORS = """Name,Enabled,RequireTLS,TlsAuthLevel,TlsDomain,AddressSpaces,SmartHosts,ProtocolLoggingLevel
To the internet,True,False,,,SMTP:*;1,,Verbose
To Partner,True,True,DomainValidation,mx.partner.example,SMTP:partner.example;1,,Verbose
"""
_MESSAGE_TABLE = """time_utc,direction,connector,tls,system,peer_host,sender,recipients,message_id
2026-11-12T08:00:00,inbound,From the internet,TLS 1.3,Relay,mx1.partner.example,ana@partner.example,[ben@example.com],<1@partner.example>
2026-11-12T08:05:00,inbound,From the internet,TLS 1.0,Relay,old.supplier.example,it@supplier.example,[ben@example.com],<2@supplier.example>
2026-11-12T08:10:00,outbound,To the internet,TLS 1.2,Relay,mx.customer.example,ben@example.com,[cleo@customer.example],<3@example.com>
2026-11-12T08:15:00,outbound,To the internet,No TLS,Relay,mail.shop.example,ben@example.com,[dora@shop.example],<4@example.com>
"""
SMALL_FILES = {
    "exchange_receive_connectors": ("ReceiveConnectors.txt", _RECEIVE_CONNECTORS),
    "exchange_send_connectors": ("SendConnectors.csv", _SEND_CONNECTORS),
    "message_table": ("relay.csv", _MESSAGE_TABLE),
    "tls_rpt": ("partner.example!example.com!1794268800!1794355199.json", json.dumps(_TLS_REPORT, indent=1) + "\n"),
}


def write_every_format(out: Path, messages: int, seed: int, last: datetime) -> dict[str, dict[str, Any]]:
    """Write `out/FORMAT/…`, and answer by format what is true of its world: `flow` and `counts`, as `boolean_of` counts them.

    Each world has about `messages` counted messages. Formats without a world are not in the answer.
    """
    truth: dict[str, dict[str, Any]] = {}
    for name in sorted(WRITERS):
        world = build_world(messages, seed, last=last, formats={name})
        write_world(world, out, plain=True)
        whole = boolean_of(world, formats={name})
        if whole["flow"]:
            truth[name] = {part: whole[part] for part in ("flow", "counts")}
    for name, (file_name, text) in SMALL_FILES.items():
        file = out / name / file_name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return truth
