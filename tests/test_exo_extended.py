"""Exchange Online's extended report: hops out of event rows, and the facts out of custom_data."""

from __future__ import annotations

import pytest

from tests.support.traces import EXO_COLUMNS, House, exo_in, exo_out, write_exo

pytestmark = pytest.mark.share(0.33)

Row = dict[str, str]


def load(house: House, *rows: Row) -> None:
    loaded = house.load(write_exo(house.folder / "MTDetail.csv", *rows))
    assert (loaded.sources, loaded.problems) == (1, [])


def test_an_arrival(house: House) -> None:
    data = (
        "S:ProxyHop1=edge.example(192.0.2.7);S:ProxiedClientIPAddress=203.0.113.9;S:ProxiedClientHostname=mx.a.example;"
        "'S:InboundConnectorData=Name=From partner;ConnectorType=Partner;TenantId=5b1d0d6e-0000-4000-8000-00000000c0de';"
        "S:tlsversion=SP_PROT_TLS1_2_SERVER;S:tlscipher=CALG_AES_256"
    )
    load(
        house,
        exo_in(
            recipient_address="b@example.com;c@example.com",
            server_hostname="HUB1",
            client_ip="10.0.0.1",
            custom_data=data,
        ),
    )
    columns = (
        "time_utc, direction, connector, connector_type, tls, tls_raw, cipher, status, system, server, peer_host, peer_ip, peer_domain"
    )
    row = house.one(columns)
    assert str(row[0]) == "2026-11-10 10:00:01"
    assert row[1:] == (
        "inbound", "From partner", "Partner", "TLS 1.2", "SP_PROT_TLS1_2_SERVER", "CALG_AES_256", "accepted", "Exchange Online",
        "HUB1", "mx.a.example", "203.0.113.9", "a.example",
    )  # fmt: skip
    assert house.one("sender, recipients, subject, message_id, network_message_id, size_bytes, messages, line_no") == (
        "a@a.example", ["b@example.com", "c@example.com"], "Greetings", "<1@a.example>", "00000000-0000-4000-8000-000000000001",
        2048, 1, 2,
    )  # fmt: skip


def test_a_departure(house: House) -> None:
    connector = "'S:TenantOutboundConnectorCustomData=Name=To partner;ConnectorType=Outbound'"
    data = f"S:ToEntity=Internet;{connector};S:tlsversion=SP_PROT_TLS1_3_CLIENT"
    load(house, exo_out(client_hostname="EDGE1", connector_id="Outbound pool", custom_data=data))
    columns = "direction, connector, tls, status, server, peer_host, peer_ip, peer_domain, sender, recipients"
    assert house.one(columns) == (
        "outbound", "To partner", "TLS 1.3", "delivered", "EDGE1", "mx1.partner.example", "198.51.100.8", "partner.example",
        "me@example.com", ["you@partner.example"],
    )  # fmt: skip


TLS = "S:tlsversion=SP_PROT_TLS1_1_SERVER"
TENANT = "TenantId=5b1d0d6e-0000-4000-8000-00000000c0de"
DATA: dict[str, tuple[str, str | None, str]] = {
    "upper case keys": ("S:TLSVERSION=SP_PROT_TLS1_1_SERVER;S:INBOUNDCONNECTORDATA=Name=A", "A", "TLS 1.1"),
    "lower case keys": ("s:tlsversion=TLS1_1;'s:inboundconnectordata=name=A;connectortype=Partner'", "A", "TLS 1.1"),
    "dotted keys": (f"S:Microsoft.Exchange.Transport.TlsVersion=TLS1.1;'S:Ms.InboundConnectorData=Name=A;{TENANT}'", "A", "TLS 1.1"),
    "semicolon and equals sign": (f"'S:InboundConnectorData=Name=Zentrale; Standort=Köln, Büro 2;ConnectorType=Partner;{TENANT}';{TLS}",
                                  "Zentrale; Standort=Köln, Büro 2", "TLS 1.1"),
    "apostrophe": (f"'S:InboundConnectorData=Name=O'Brien's;ConnectorType=Partner;{TENANT}';{TLS}", "O'Brien's", "TLS 1.1"),
    "only a name": (f"S:InboundConnectorData=Name=Plain name;{TLS}", "Plain name", "TLS 1.1"),
    "type before name": (f"'S:InboundConnectorData=ConnectorType=Partner;Name=A b;{TENANT}';{TLS}", "A b", "TLS 1.1"),
    "key lookalike in a name": (f"'S:InboundConnectorData=Name=x;S:tlsversion=SP_PROT_TLS1_3_SERVER;ConnectorType=Partner';{TLS}",
                                "x;S:tlsversion=SP_PROT_TLS1_3_SERVER", "TLS 1.1"),
    "key lookalike in another value": (f"'S:Note=S:InboundConnectorData=Name=Evil;ConnectorType=Partner';{TLS}", None, "TLS 1.1"),
    "key lookalike after a semicolon": (f"'S:Note=a;S:tlsversion=SP_PROT_TLS1_3_SERVER;b';{TLS}", None, "TLS 1.1"),
    "a longer key": (f"S:xtlsversionx=9;S:NoInboundConnectorData=Name=B;{TLS}", None, "TLS 1.1"),
    "the exact key before its kin": (f"S:ProxiedClientTlsVersion=TLS1.3;{TLS}", None, "TLS 1.1"),
    "only kin of the key": ("S:ProxiedClientTlsVersion=TLS1.1", None, "TLS 1.1"),
    "first of two": (f"{TLS};{TLS};S:DeliveryPriority=Normal", None, "TLS 1.1"),
    "last, with a semicolon": (f"S:FromEntity=Internet;{TLS};", None, "TLS 1.1"),
    "no tls key": ("S:FromEntity=Internet;S:RequiredTlsAuthLevel=Opportunistic", None, "Not recorded"),
    "no data": ("", None, "Not recorded"),
    "an empty version": ("S:tlsversion=;S:tlscipher=CALG_AES_256", None, "Not recorded"),
    "no tls, said": ("S:tlsversion=NONE", None, "No TLS"),
    "unreadable version": ("S:tlsversion=SP_PROT_FUTURE", None, "TLS (version unknown)"),
    "other agents": (f"S:SFA=SUM|SFV=SPM|tlsversion=x;S:AMA=EV|engine=M;{TLS}", None, "TLS 1.1"),
    "two quoted segments in a row": (f"'S:Note=a;b';'S:InboundConnectorData=Name=C;ConnectorType=Partner';{TLS}", "C", "TLS 1.1"),
    "quoted segments around": (f"'S:Note=a;b';{TLS};'S:InboundConnectorData=Name=C;{TENANT}'", "C", "TLS 1.1"),
    "words like fields in a name": (
        f"'S:InboundConnectorData=Name=Id=7; Name=x;ConnectorType=Partner;{TENANT}';{TLS}", "Id=7; Name=x", "TLS 1.1"
    ),
    "line break in another value": (f"'S:Note=a;\r\nb';{TLS}", None, "TLS 1.1"),
}  # fmt: skip


def test_custom_data_is_read_by_its_grammar(house: House) -> None:
    load(house, *(exo_in(number, custom_data=data) for number, (data, _, _) in enumerate(DATA.values(), 1)))
    found = {sender: (connector, tls) for sender, connector, tls in house.message("message_id, connector, CAST(tls AS VARCHAR)")}
    by_name = {name: found[f"<{number}@a.example>"] for number, name in enumerate(DATA, 1)}
    assert by_name == {name: (connector, tls) for name, (_, connector, tls) in DATA.items()}


def test_outbound_connector_names_are_read_by_the_same_grammar(house: House) -> None:
    names = ["To Plant, Süd", "a; b=c", "O'Brien's", "x;S:tlsversion=TLS1.0"]
    rows = [
        exo_out(
            number,
            custom_data=f"'S:tenantOutboundConnectorCustomData=Name={name};ConnectorType=Outbound';S:tlsversion=TLS1.2",
        )
        for number, name in enumerate(names, 1)
    ]
    load(house, *rows)
    assert house.message("connector, tls") == [(name, "TLS 1.2") for name in names]


def test_the_connector_id_of_a_row_is_no_connector(house: House) -> None:
    load(
        house,
        exo_in(1, connector_id="AM1PR01MB1000\\Default AM1PR01MB1000"),
        exo_in(2, connector_id="From somewhere"),
        exo_out(3, connector_id="Outbound pool"),
    )
    assert house.message("direction, connector") == [("inbound", None), ("inbound", None), ("outbound", None)]


def test_only_the_first_receive_of_a_message_is_its_arrival(house: House) -> None:
    later = exo_in(1, date_time_utc="2026-11-10T10:00:03.000Z", custom_data="S:tlsversion=SP_PROT_TLS1_3_SERVER")
    load(house, later, exo_in(1, custom_data="S:tlsversion=SP_PROT_TLS1_0_SERVER"), later)
    assert house.message("tls, line_no") == [("TLS 1.0", 3)]


def test_events_that_are_no_hop_count_nothing(house: House) -> None:
    events = [
        "AGENTINFO",
        "HARECEIVE",
        "HAREDIRECT",
        "RESOLVE",
        "EXPAND",
        "DEFER",
        "FAIL",
        "DELIVER",
        "SEND",
        "TRANSFER",
        "DROP",
    ]
    load(house, exo_in(1), *(exo_in(1, event_id=event) for event in events), exo_in(1, source="STOREDRIVER"))
    assert house.message("direction, messages") == [("inbound", 1)]
    assert house.ask("SELECT row_count, message_count, other_count, reject_count FROM trace.source") == [(13, 1, 0, 0)]


def test_mail_within_the_organisation_is_internal(house: House) -> None:
    within = exo_in(1, source="STOREDRIVER", event_id="SUBMIT", directionality="Originating", custom_data="")
    load(
        house,
        within,
        within | {"event_id": "DELIVER"},
        exo_in(1, directionality="Originating", custom_data="S:tlsversion=TLS1.2"),
    )
    assert house.message("direction, tls") == [("internal", "Not recorded")]
    assert house.flow() == {}


def test_departures_are_grouped_by_server_and_connector(house: House) -> None:
    def sent(second: int, to: str, host: str, name: str = "") -> Row:
        data = f"'S:TenantOutboundConnectorCustomData=Name={name};ConnectorType=Outbound'" if name else "S:ToEntity=Internet"
        at = f"2026-11-10T10:00:{second:02d}.000Z"
        return exo_out(1, date_time_utc=at, recipient_address=to, server_hostname=host, custom_data=data)

    load(
        house,
        sent(1, "1@p.example", "mx1.p.example"),
        sent(2, "2@p.example;3@p.example", "mx1.p.example"),
        sent(3, "4@p.example", "mx2.p.example"),
        sent(4, "5@q.example", "mx1.p.example", "To q"),
        exo_out(
            2,
            date_time_utc="2026-11-10T10:00:05.000Z",
            recipient_address="1@p.example",
            server_hostname="mx1.p.example",
        ),
    )
    assert house.message("peer_host, connector, recipients, messages") == [
        ("mx1.p.example", None, ["1@p.example", "2@p.example", "3@p.example"], 1),
        ("mx2.p.example", None, ["4@p.example"], 1),
        ("mx1.p.example", "To q", ["5@q.example"], 1),
        ("mx1.p.example", None, ["1@p.example"], 1),
    ]
    assert house.ask("SELECT CAST(sum(messages) AS BIGINT), CAST(sum(recipients) AS BIGINT) FROM trace.flow_quarter") == [(4, 6)]


def test_the_direction_may_be_written_in_each_known_way(house: House) -> None:
    rows = [exo_in(n, directionality=word) for n, word in enumerate(["Incoming", "incoming", "1", " Incoming "], 1)]
    load(house, *rows, exo_in(9, directionality="Originating"))
    assert house.message("direction") == [("inbound",)] * 4


def test_a_message_without_network_id_is_grouped_by_its_message_id(house: House) -> None:
    load(
        house,
        exo_in(1, network_message_id=""),
        exo_in(1, network_message_id="", date_time_utc="2026-11-10T10:00:09.000Z"),
    )
    assert house.message("message_id, network_message_id") == [("<1@a.example>", "<1@a.example>")]


@pytest.mark.parametrize("order", ["as they came", "backwards", "mixed"])
def test_the_order_of_the_rows_does_not_matter(house: House, order: str) -> None:
    rows: list[Row] = []
    for n in range(1, 9):
        again = exo_in(n, date_time_utc=f"2026-11-10T10:01:{n:02d}.000Z", custom_data="")
        rows += [exo_in(n), again, exo_in(n, event_id="DELIVER")]
    load(house, *{"as they came": rows, "backwards": rows[::-1], "mixed": rows[1::2] + rows[::2]}[order])
    assert house.message("message_id, tls") == [(f"<{n}@a.example>", "TLS 1.2") for n in range(1, 9)]


def test_rows_of_one_message_may_lie_in_two_files(house: House) -> None:
    first, second = exo_in(1), exo_in(1, date_time_utc="2026-11-10T10:00:09.000Z", custom_data="S:tlsversion=TLS1.3")
    write_exo(house.folder / "in" / "1.csv", second, exo_out(2, recipient_address="1@p.example"), encoding="utf-16-le")
    write_exo(house.folder / "in" / "2.csv", first, exo_out(2, recipient_address="2@p.example"))
    house.load(house.folder / "in")
    assert sorted(house.message("direction, tls, recipients")) == [
        ("inbound", "TLS 1.2", ["b@example.com"]),
        ("outbound", "TLS 1.3", ["1@p.example", "2@p.example"]),
    ]


def test_a_row_with_a_bad_time_or_no_event_is_rejected(house: House) -> None:
    load(house, exo_in(1), exo_in(2, date_time_utc="yesterday"), exo_in(3, event_id=""), exo_in(4))
    assert house.message("message_id, line_no") == [("<1@a.example>", 2), ("<4@a.example>", 5)]
    assert [row[:2] for row in house.rejects()] == [(3, "date_time_utc is not a time"), (4, "the row has no event_id")]


def test_the_columns_are_the_documented_27() -> None:
    assert len(EXO_COLUMNS) == 27
