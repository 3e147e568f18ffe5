"""A message's events as rows of the extended report: some sixteen a message, most of them noise for TLS."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from sample_data.generator.exo_plan import ExternalSend, TraceMessage, send_time
from sample_data.generator.hops import NOT_RECORDED, stamp
from sample_data.generator.people import Host

COLUMNS = [
    "date_time_utc", "client_ip", "client_hostname", "server_ip", "server_hostname", "source_context", "connector_id",
    "source", "event_id", "internal_message_id", "message_id", "network_message_id", "recipient_address",
    "recipient_status", "total_bytes", "recipient_count", "related_recipient_address", "reference", "message_subject",
    "sender_address", "return_path", "message_info", "directionality", "tenant_id", "original_client_ip",
    "original_server_ip", "custom_data",
]  # fmt: skip
TENANT = "5b1d0d6e-0000-4000-8000-00000000c0de"
_DOMAIN = "eurprd01.prod.exchange-online.example"
_PROTOCOLS = {
    "TLS 1.0": ("SP_PROT_TLS1_0", "SP_PROT_TLS1_0", "SP_PROT_TLS1"),
    "TLS 1.1": ("SP_PROT_TLS1_1",),
    "TLS 1.2": ("SP_PROT_TLS1_2",),
    "TLS 1.3": ("SP_PROT_TLS1_3",),
}
_PREFIXES = ("", "", "", "", "Microsoft.Exchange.Transport.")
_VERSION_KEYS = ("tlsversion", "tlsversion", "TlsVersion", "TLSVersion")
_CIPHER_KEYS = ("tlscipher", "tlscipher", "TlsCipher", "TLSCipher")
Server = tuple[str, str]
"""Address and host name."""


class MessageEvents:
    """Writes down what the service noted about messages, one after the other."""

    def __init__(self, seed: int) -> None:
        self.rng = Random(f"{seed}:exo-events")
        self.message: TraceMessage

    def rows(self, message: TraceMessage) -> list[list[str]]:
        """Return the event rows of one message, in no order that matters."""
        self.message = message
        hub, store = self._server("PR01MB"), self._server("PR01MB")
        if message.kind == "in":
            found = [*self._arrival(hub), *self._handling(hub, 1), *self._delivery(hub, store)]
        else:
            found = [*self._submission(store, hub), *self._handling(hub, -2)]
            if message.kind == "within":
                found.extend(self._delivery(hub, store))
            elif message.fails:
                found.append(self._row(3000, "SMTP", "DEFER", hub, status="450 4.4.317 Cannot connect to remote server"))
                found.append(self._row(9000, "DSN", "FAIL", hub, status="550 5.4.300 Message expired"))
        for number, send in enumerate(message.sends):
            found.extend(self._departure(hub, number, send))
        return found

    def _server(self, kind: str) -> Server:
        number = self.rng.randrange(1000, 1040)
        return f"10.152.{number % 7}.{number % 200}", f"AM{number % 10}{kind}{number}.{_DOMAIN}"

    def _row(
        self,
        after_ms: int,
        source: str,
        event: str,
        server: Server,
        *,
        client: Server = ("", ""),
        connector: str = "",
        recipients: tuple[str, ...] | None = None,
        status: str = "",
        related: str = "",
        info: str = "",
        custom: str = "",
    ) -> list[str]:
        message = self.message
        to = message.recipients if recipients is None else recipients
        at_ms = message.at_ms + after_ms
        nmid = message.network_message_id
        guid = f"{nmid[:8]}-{nmid[8:12]}-{nmid[12:16]}-{nmid[16:20]}-{nmid[20:]}"
        return [
            stamp(at_ms),
            client[0],
            client[1],
            server[0],
            server[1],
            f"08DE{int(nmid[:6], 16):012X};{stamp(at_ms - 40)};0" if source == "SMTP" else "",
            connector,
            source,
            event,
            str(int(nmid[:10], 16)),
            message.message_id,
            guid,
            ";".join(to),
            ";".join([status] * len(to)) if status else "",
            str(message.size_bytes + max(after_ms, 0)),
            str(len(to)),
            related,
            "",
            message.subject,
            message.sender,
            message.sender,
            info,
            "Incoming" if message.kind == "in" else "Originating",
            TENANT,
            message.host.ip if message.host else "",
            server[0] if message.host else "",
            custom,
        ]

    def _arrival(self, hub: Server) -> Iterator[list[str]]:
        message = self.message
        front = self._server("EUR01FT")
        assert message.host
        default = f"{hub[1].partition('.')[0]}\\Default {hub[1].partition('.')[0]}"
        custom = self._received(message.host, front)
        yield self._row(0, "SMTP", "RECEIVE", hub, client=front, connector=default, info="0cA:, 0cB:", custom=custom)
        if message.received_again:
            other = self._server("PR01MB")
            again = f"S:ProxyHop1={front[1]}({front[0]});S:tlsversion=SP_PROT_TLS1_2_SERVER;S:tlscipher=CALG_AES_256"
            name = f"{other[1].partition('.')[0]}\\Default {other[1].partition('.')[0]}"
            yield self._row(1200 + self.rng.randrange(900), "SMTP", "RECEIVE", other, client=hub, connector=name, custom=again)

    def _received(self, host: Host, front: Server) -> str:
        message, rng = self.message, self.rng
        parts = [
            f"S:ProxiedClientIPAddress={host.ip}",
            f"S:ProxiedClientHostname={host.name}",
            f"S:FromEntity={'HybridOnPrem' if message.connector_type == 'OnPremises' else 'Internet'}",
            "S:DeliveryPriority=Normal",
            "S:FirstForestHop=" + front[1],
            "S:RequiredTlsAuthLevel=Opportunistic",
        ]
        if message.connector:
            key = rng.choice(("InboundConnectorData", "InboundConnectorData", "inboundconnectordata"))
            kind = message.connector_type
            parts.append(f"'S:{key}=Name={message.connector};ConnectorType={kind};TenantId={TENANT}'")
        parts.extend(self._tls(message.tls, "SERVER"))
        rng.shuffle(parts)
        hops = [f"S:ProxyHop1={front[1]}({front[0]})"]
        if rng.random() < 0.3:
            hops.append(f"S:ProxyHop2={front[1]}({front[0]})")
        if rng.random() < 0.3:
            parts.append("S:DeliveryPriority=Normal")
        return ";".join([*hops, *parts]) + rng.choice(("", "", ";"))

    def _tls(self, grade: str, side: str) -> list[str]:
        if grade == NOT_RECORDED:
            return []
        rng = self.rng
        prefix = rng.choice(_PREFIXES)
        version = f"S:{prefix}{rng.choice(_VERSION_KEYS)}={rng.choice(_PROTOCOLS[grade])}_{side}"
        cipher = f"S:{prefix}{rng.choice(_CIPHER_KEYS)}={rng.choice(('CALG_AES_256', 'CALG_AES_128'))}"
        return [version, cipher] if rng.random() < 0.95 else [version, cipher, version]

    def _handling(self, hub: Server, sign: int) -> Iterator[list[str]]:
        """Yield the noise between arrival and delivery; `sign` below 0 puts it ahead of the departure."""
        rng, message = self.rng, self.message
        base = 60 if sign > 0 else -1_900
        helo = message.host.helo if message.host else ""
        ip = message.host.ip if message.host else ""
        score = rng.choice((-1, 1, 1, 1, 5))
        scan = (
            f"S:SFA=SUM|SFV={'SPM' if score == 5 else 'NSPM'}|IPV=NLI|SRV=|SFS=470454002|SFS=349001|SCL={score}|LIST=0|"
            f"DI=SB|H={helo}|CIP={ip}|SFP=1501|ASF=1|CTRY=DE|CLTCTRY=|LANG=de|LAT=287|LAT=260"
        )
        malware = "S:AMA=SUM|v=1|action=|error=|atch=1;S:AMA=EV|engine=M|v=1|sig=1.155.974|name=|file="
        rule = (
            "S:TRA=ETR|ruleId=19a25eb2-0000-4000-8000-96b6c359779d|st=7/17/2026 12:31:25 AM|"
            "action=ApplyHtmlDisclaimer|sev=1|mode=Enforce;S:CompCost=|ETR=0"
        )
        yield self._row(base + 10, "SMTP", "HARECEIVE", hub, client=self._server("PR01MB"))
        yield self._row(base + 40, "SMTP", "HAREDIRECT", hub, status="250 2.0.0 OK")
        for number, custom in enumerate((scan, malware, rule)):
            yield self._row(base + 200 + 31 * number, "AGENT", "AGENTINFO", hub, recipients=(), custom=custom)
        yield self._row(base + 400, "ROUTING", "RESOLVE", hub, related=message.recipients[0])
        if len(message.recipients) > 1:
            yield self._row(base + 430, "ROUTING", "EXPAND", hub, related="all-staff@example.com", status="250 2.1.5 OK")
            yield self._row(base + 440, "ROUTING", "TRANSFER", hub)
        yield self._row(base + 600, "SMTP", "HADISCARD", hub)
        yield self._row(base + 610, "AGENT", "SETROUTE", hub)

    def _delivery(self, hub: Server, store: Server) -> Iterator[list[str]]:
        message = self.message
        inner = "S:tlsversion=SP_PROT_TLS1_2_CLIENT;S:tlscipher=CALG_AES_256;S:ToEntity=Hosted"
        yield self._row(2300, "SMTP", "SEND", store, client=hub, connector="Intra-Organization SMTP Send Connector", custom=inner)
        for number, recipient in enumerate(message.recipients):
            if message.fails and number == 0:
                status = "550 5.2.2 mailbox full, quota exceeded"
                yield self._row(2500, "STOREDRIVER", "FAIL", store, recipients=(recipient,), status=status)
            else:
                latency = "S:E2ELatency=3.108;S:IncludeInSla=True"
                yield self._row(2500 + number, "STOREDRIVER", "DELIVER", store, recipients=(recipient,), custom=latency)

    def _submission(self, store: Server, hub: Server) -> Iterator[list[str]]:
        yield self._row(-2900, "STOREDRIVER", "RECEIVE", store)
        yield self._row(-2800, "STOREDRIVER", "SUBMIT", store)
        if self.message.kind == "out":
            name = f"{hub[1].partition('.')[0]}\\Default {hub[1].partition('.')[0]}"
            inner = "S:FromEntity=Hosted;S:tlsversion=SP_PROT_TLS1_2_SERVER;S:tlscipher=CALG_AES_256"
            yield self._row(-2500, "SMTP", "RECEIVE", hub, client=store, connector=name, custom=inner)

    def _departure(self, hub: Server, number: int, send: ExternalSend) -> Iterator[list[str]]:
        message, rng = self.message, self.rng
        edge = self._server("EUR01FT")
        at = send_time(message, number) - message.at_ms
        yield self._row(at - 100, "SMTP", "SEND", edge, client=hub, connector="Outbound pool", recipients=send.recipients)
        parts = ["S:ToEntity=Internet", "S:EffectiveTlsAuthLevel=EncryptionOnly", "S:E2ELatency=4.9"]
        if send.connector:
            key = rng.choice(("TenantOutboundConnectorCustomData", "tenantOutboundConnectorCustomData"))
            parts.append(f"'S:{key}=Name={send.connector};ConnectorType=Outbound'")
        parts.extend(self._tls(send.tls, "CLIENT"))
        rng.shuffle(parts)
        custom = ";".join(parts)
        remote = (send.host.ip, send.host.name)
        for row in range(send.rows):
            some = send.recipients[row :: send.rows] or send.recipients[:1]
            yield self._row(
                at + 40 * row,
                "SMTP",
                "SENDEXTERNAL",
                remote,
                client=edge,
                connector="Outbound pool",
                recipients=some,
                status="250 2.0.0 OK",
                custom=custom,
            )
