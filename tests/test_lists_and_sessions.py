"""Lists of messages (traces, tracking logs) and what tells more of the same mail: each message counts once, with its TLS version."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from tests.support.reports import json_of
from tests.support.traces import House, talk, write_log
from tui.intake.forgetting import forget_source

pytestmark = pytest.mark.share(0.25)

Capture = pytest.CaptureFixture[str]

DOMAINS = "Name,DomainName,DomainType,Default\nx,example.com,Authoritative,True\n"
ENHANCED = (
    "origin_timestamp_utc,sender_address,recipient_status,message_subject,total_bytes,message_id,network_message_id,"
    "original_client_ip,directionality,connector_id,delivery_priority\n"
)
TRACE = '"MessageId","Received","SenderAddress","RecipientAddress","Subject","Status","ToIP","FromIP","Size","MessageTraceId"\n'
DETAIL = '"Date","MessageId","MessageTraceId","Event","Action","Detail","Data"\n'
TRACKING = (
    "#Software: Microsoft Exchange Server\r\n#Version: 15.02.1544.004\r\n#Log-type: Message Tracking Log\r\n"
    "#Fields: date-time,client-ip,client-hostname,server-ip,server-hostname,source-context,connector-id,source,event-id,"
    "internal-message-id,message-id,network-message-id,recipient-address,recipient-status,total-bytes,recipient-count,"
    "related-recipient-address,reference,message-subject,sender-address,return-path,message-info,directionality,tenant-id,"
    "original-client-ip,original-server-ip,custom-data,transport-traffic-type,log-id,schema-version\r\n"
)


def load_each(house: House, *files: Path) -> None:
    """Load files into an empty trace file, one after the other."""
    house.target.unlink(missing_ok=True)
    for file in files:
        house.load(file)


def by_connector(house: House) -> dict[tuple[str, str | None], dict[str, int]]:
    """Return the counted messages by TLS, by direction and connector."""
    counts: dict[tuple[str, str | None], dict[str, int]] = {}
    for (direction, connector, tls), messages in house.flow().items():
        counts.setdefault((direction, connector), {})[tls] = messages
    return counts


def flow_of(report: dict[str, Any]) -> dict[str, dict[str, int]]:
    return {direction: one["tls"] for direction, one in report["flow"].items() if one["messages"]}


def rows_of(report: dict[str, Any]) -> list[tuple[str, str | None, dict[str, int]]]:
    return [(row["direction"], row["connector"], row["tls"]) for row in report["connectors"]]


def enhanced(path: Path, *rows: str) -> Path:
    path.write_text(ENHANCED + "".join(f"{row}\n" for row in rows))
    return path


def test_an_enhanced_summary_has_everything_but_tls(tmp_path: Path, capsys: Capture) -> None:
    file = enhanced(
        tmp_path / "e.csv",
        '2026-11-12T10:00:00,a@p.example,"u@example.com##Receive, Deliver;v@example.com##Fail",Hi,10,<1@p>,g1,192.0.2.1,1,Fabrikam,N',
        '2026-11-12T10:01:00,u@example.com,"b@p.example##Receive, Send;v@example.com##Receive, Deliver",Hi,10,<2@p>,g2,,2,To P,N',
        '2026-11-12T10:02:00,u@example.com,"v@example.com##Receive, Deliver",Hi,10,<3@p>,g3,,Originating,,N',
        "2026-11-12T10:03:00,<>,u@example.com##Receive,Hi,10,<4@p>,g4,192.0.2.1,Incoming,EX01\\Default EX01,N",
        '2026-11-12T10:04:00,u@example.com,"b@p.example##Receive, Fail",Hi,10,<5@p>,g5,,2,To P,N',
        "2026-11-12T10:05:00,u@example.com,b@p.example##Receive,Hi,10,<6@p>,g6,,2,To P,N",
    )
    report = json_of(capsys, file)
    assert flow_of(report) == {"inbound": {"Not recorded": 2}, "outbound": {"Not recorded": 1}}
    assert rows_of(report) == [
        ("inbound", "Fabrikam", {"Not recorded": 1}),
        ("inbound", None, {"Not recorded": 1}),
        ("outbound", "To P", {"Not recorded": 1}),
    ]


def test_own_domains_give_the_direction_of_a_list(house: House, tmp_path: Path) -> None:
    trace, domains = tmp_path / "t.csv", tmp_path / "d.csv"
    trace.write_text(
        TRACE
        + '"<1@p>","11/12/2026 10:00:00 AM","a@p.example","u@example.com","Hi","Delivered","","192.0.2.1","10","g1"\n'
        + '"<1@p>","11/12/2026 10:00:00 AM","a@p.example","v@example.com","Hi","Failed","","192.0.2.1","10","g1"\n'
        + '"<2@p>","11/12/2026 10:01:00 AM","u@example.com","b@p.example","Hi","Delivered","","192.0.2.9","10","g2"\n'
        + '"<3@p>","11/13/2026 10:01:00 AM","u@example.com","v@example.com","Hi","Delivered","","192.0.2.9","10","g3"\n'
    )
    domains.write_text(DOMAINS)
    counts = {"inbound": {"Not recorded": 1}, "outbound": {"Not recorded": 1}}
    house.load(trace, domains)
    assert house.tls_counts() == counts
    for files in ((trace, domains), (domains, trace)):
        load_each(house, *files)
        assert house.tls_counts() == counts


def write_trace_files(folder: Path) -> list[Path]:
    """Write the same two mails as an enhanced summary, a trace, and its details as JSON; and one that only the trace has."""
    (folder / "trace.csv").write_text(
        TRACE
        + '"<1@p>","11/13/2026 10:00:00 AM","a@p.example","u@example.com","Hi","Delivered","","192.0.2.1","10","g1"\n'
        + '"<2@p>","11/13/2026 10:01:00 AM","u@example.com","b@p.example","Hi","Delivered","203.0.113.5","192.0.2.9","10","g2"\n'
        + '"<9@p>","11/13/2026 10:02:00 AM","u@example.com","b@p.example","Hi","Delivered","203.0.113.5","192.0.2.9","10","g9"\n'
    )
    data = (
        '<root><MEP Name="ConnectorId" String="X" /><MEP Name="CustomData" Blob="S:ProxyHop1=a;'
        "'S:InboundConnectorData=Name=Fabrikam &amp; Co;ConnectorType=Partner;TenantId=1';S:tlsversion=SP_PROT_TLS1_2_SERVER\" /></root>"
    )
    events = [
        {"Date": "2026-11-13T10:00:00", "MessageId": "<1@p>", "MessageTraceId": "g1", "Event": "Receive", "Action": "",
         "Detail": "Message received by: A.prod.outlook.com using TLS1.2 with AES256", "Data": data},
        {"Date": "2026-11-13T10:00:01", "MessageId": "<1@p>", "MessageTraceId": "g1", "Event": "Deliver", "Action": "",
         "Detail": "The message was delivered", "Data": ""},
        {"Date": "2026-11-13T10:01:02", "MessageId": "<2@p>", "MessageTraceId": "g2", "Event": "Send external", "Action": "",
         "Detail": "Message sent to mx.p.example at 203.0.113.5 using TLS1.3", "Data": "<root></root>"},
    ]  # fmt: skip
    (folder / "detail.json").write_text(json.dumps(events))
    enhanced(
        folder / "enhanced.csv",
        '2026-11-13T10:00:00,a@p.example,"u@example.com##Receive, Deliver",Hi,10,<1@p>,g1,192.0.2.1,1,Fabrikam & Co,N',
        '2026-11-13T10:01:00,u@example.com,"b@p.example##Receive, Send",Hi,10,<2@p>,g2,,2,,N',
    )
    (folder / "domains.csv").write_text(DOMAINS)
    return [folder / name for name in ("trace.csv", "detail.json", "enhanced.csv", "domains.csv")]


WHOLE = [
    ("inbound", "Fabrikam & Co", {"TLS 1.2": 1}),
    ("outbound", None, {"TLS 1.3": 1}),
    ("outbound", None, {"Not recorded": 1}),
]


def merged(rows: Sequence[tuple[str, str | None, dict[str, int]]]) -> dict[tuple[str, str | None], dict[str, int]]:
    found: dict[tuple[str, str | None], dict[str, int]] = {}
    for direction, connector, tls in rows:
        found.setdefault((direction, connector), {}).update(tls)
    return found


def test_three_observations_of_one_mail_count_once(tmp_path: Path, capsys: Capture) -> None:
    assert merged(rows_of(json_of(capsys, *write_trace_files(tmp_path)))) == merged(WHOLE)


@pytest.mark.share(2)
@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_the_order_of_loading_does_not_matter(order: tuple[int, ...], house: House, tmp_path: Path) -> None:
    files = write_trace_files(tmp_path)
    load_each(house, *(files[number] for number in order))
    assert by_connector(house) == merged(WHOLE)
    assert house.ask("SELECT DISTINCT CAST(connector_type AS VARCHAR) FROM trace.message WHERE connector = 'Fabrikam & Co'") == [
        ("Partner",)
    ]


@pytest.mark.parametrize(
    ("header", "rows", "expected"),
    [
        (
            "Date;Direction;Connector name;Connector type;TLS;Sender address;Recipient address;Message ID",
            ["13.11.2026 10:00;Received;From C;Partner;TLS1.0;x@c.example;u@example.com;<7@x>",
             "13.11.2026 10:00;Received;From C;Partner;TLS1.0;x@c.example;v@example.com;<7@x>",
             "13.11.2026 10:00;Sent;;;No Tls;u@example.com;x@c.example;<8@x>"],
            [("inbound", "From C", {"TLS 1.0": 1}), ("outbound", None, {"No TLS": 1})],
        ),
        (
            "date_time_utc,connector_direction_and_name,tls_used,sender,recipient,network_message_id",
            ["2026-11-13T10:00:00Z,Inbound - From C,TLS1.2,x@c.example,u@example.com,g1",
             "2026-11-13T10:00:00Z,Outbound: To C,SP_PROT_TLS1_3_CLIENT,u@example.com,x@c.example,g2"],
            [("inbound", "From C", {"TLS 1.2": 1}), ("outbound", "To C", {"TLS 1.3": 1})],
        ),
        (
            "origin_timestamp_utc,inbound_connector,tlsversion,sender_address",
            ["2026-11-13T10:00:00Z,EX01\\Default EX01,TLS1.2,x@c.example"],
            [("inbound", None, {"TLS 1.2": 1})],
        ),
    ],
)  # fmt: skip
def test_a_connector_report_by_whichever_names_its_columns_have(
    header: str, rows: list[str], expected: list[Any], house: House, tmp_path: Path
) -> None:
    (tmp_path / "c.csv").write_text("\n".join([header, *rows]) + "\n")
    house.load(tmp_path / "c.csv")
    assert by_connector(house) == merged(expected)


def tracked(
    event: str, message_id: str, *, peer: str, way: str, seconds: int = 2, session: str = "08DE000000000009", custom: str = ""
) -> str:
    """Return a row of a tracking log: in, the peer is the client; out, the server."""
    ends = (peer, "client", "192.0.2.25", "ex01") if event == "RECEIVE" else ("192.0.2.25", "ex01", peer, "mx.p.example")
    connector = "EX01\\Default EX01" if event == "RECEIVE" else "To Internet"
    cells = [f"2026-11-10T10:00:{seconds:02d}.000Z", *ends, f"{session};2026-11-10T10:00:00.000Z;0", connector, "SMTP", event, "7",
             message_id, f"net-{message_id}", "b@example.com", "", "2048", "1", "", "", f"Subject of {message_id}", "a@a.example",
             "a@a.example", "", way, "", peer if event == "RECEIVE" else "", "", custom, "Email", "id", "15.02.1544.004"]  # fmt: skip
    return ",".join(cells)


def write_tracking(path: Path, *rows: str, header: bool = True) -> Path:
    path.write_bytes(((TRACKING if header else "") + "\r\n".join(rows) + "\r\n").encode())
    return path


@pytest.mark.parametrize("columns", [30, 27, 26])
def test_a_tracking_log_without_a_header_is_known_by_its_columns(columns: int, house: House, tmp_path: Path) -> None:
    rows = [
        tracked("RECEIVE", "<1@a.example>", peer="203.0.113.9", way="Incoming"),
        tracked("SEND", "<2@a.example>", peer="203.0.113.10", way="Originating"),
    ]
    cut = [row.split(",") for row in rows]
    cut = [cells[:27] if columns < 30 else cells for cells in cut]
    cut = [cells[:11] + cells[12:] if columns == 26 else cells for cells in cut]
    file = write_tracking(tmp_path / "MSGTRK.LOG", *(",".join(cells) for cells in cut), header=False)
    house.load(file)
    assert house.tls_counts() == {"inbound": {"Not recorded": 1}, "outbound": {"Not recorded": 1}}
    assert ("outbound", "To Internet") in by_connector(house)


def test_internal_messages_of_exchange_are_not_counted(house: House, tmp_path: Path) -> None:
    rows = [
        tracked("HAREDIRECT", "<1@a.example>", peer="203.0.113.9", way="Incoming"),
        tracked("RECEIVE", "<2@a.example>", peer="203.0.113.9", way="Incoming").replace("a@a.example", "HealthMailbox1@example.com"),
        tracked("RECEIVE", "<3@a.example>", peer="203.0.113.9", way="Incoming").replace(",SMTP,", ",STOREDRIVER,"),
        tracked("RECEIVE", "<4@a.example>", peer="192.0.2.25", way="Originating"),
        tracked("RECEIVE", "<5@a.example>", peer="203.0.113.9", way="Incoming"),
        tracked("FAIL", "<6@a.example>", peer="203.0.113.10", way="Originating"),
    ]
    house.load(write_tracking(tmp_path / "MSGTRK.LOG", *rows))
    assert house.tls_counts() == {"inbound": {"Not recorded": 1}}


SECURE = "+\nS 220 ex01 ready\nC EHLO mx.a.example\nS 250 ok\nT SP_PROT_TLS1_2_SERVER"


def spoken(number: int) -> str:
    return (
        f"C MAIL FROM:<a@a.example>\nS 250 2.1.0 ok\nC RCPT TO:<b@example.com>\nS 250 2.1.5 ok\nC DATA\nS 354 go\n"
        f"S 250 2.6.0 <{number}@a.example> [InternalId=1, Hostname=EX01] 2048 bytes in 0.1, 1 KB/sec Queued mail for delivery"
    )


@pytest.mark.parametrize("way", ["together", "log first", "tracking first"])
def test_a_tracked_message_has_the_tls_of_its_session_and_counts_once(way: str, house: House, tmp_path: Path) -> None:
    log = write_log(tmp_path / "RECV1.LOG", "receive", talk("receive", SECURE, spoken(1), "-", session="08DE000000000001"))
    tracking = write_tracking(
        tmp_path / "MSGTRK1.LOG",
        tracked("RECEIVE", "<1@a.example>", peer="10.0.0.5", way="Incoming", custom="S:ProxiedClientIPAddress=203.0.113.9"),
        tracked("RECEIVE", "<5@a.example>", peer="203.0.113.11", way="Incoming"),
    )
    if way == "together":
        house.load(log, tracking)
    else:
        load_each(house, *((log, tracking) if way == "log first" else (tracking, log)))
    assert house.tls_counts() == {"inbound": {"TLS 1.2": 1, "Not recorded": 1}}
    assert house.message("subject, CAST(tls AS VARCHAR)", "message_id = '<1@a.example>'") == [("Subject of <1@a.example>", "TLS 1.2")]


def spoken_without_id(sender: str = "a@a.example") -> str:
    return (
        f"C MAIL FROM:<{sender}>\nS 250 2.1.0 ok\nC RCPT TO:<b@example.com>\nS 250 2.1.5 ok\nC DATA\nS 354 go\n"
        "S 250 2.6.0 Queued mail for delivery"
    )


HUB = "+\nS 220 ex01 ready\nC EHLO ex01\nC X-ANONYMOUSTLS\nT SP_PROT_TLS1_2_SERVER"


def test_a_session_has_its_message_id_without_a_reply(house: House, tmp_path: Path) -> None:
    front = write_log(tmp_path / "FRONT.LOG", "receive", talk("receive", SECURE, spoken_without_id(), "-", session="08DE0000000000F1"))
    proxied = f"{HUB}\nC XPROXYFROM SID=08DE0000000000F1 IP=203.0.113.9 PORT=1 DOMAIN=mx SEQNUM=1\nS 250 ok"
    hub = write_log(tmp_path / "HUB.LOG", "receive", talk("receive", proxied, spoken_without_id(), "-", session="08DE0000000000A1"))
    row = tracked("RECEIVE", "<1@a.example>", peer="203.0.113.9", way="Incoming", session="08DE0000000000A1")
    tracking = write_tracking(tmp_path / "MSGTRK1.LOG", row)
    for files in ((front, hub, tracking), (front, hub), (tracking,)):
        result = "Not recorded" if files == (tracking,) else "TLS 1.2"
        house.target.unlink(missing_ok=True)
        house.load(*files)
        assert house.tls_counts() == {"inbound": {result: 1}}
    for files in ((front, hub, tracking), (hub, tracking, front), (tracking, front, hub)):
        load_each(house, *files)
        assert house.tls_counts() == {"inbound": {"TLS 1.2": 1}}
    for source in (3, 2):
        forget_source(house.engine, house.config, house.target, source)
    assert house.tls_counts() == {"inbound": {"Not recorded": 1}}
    assert house.ask("SELECT message_count FROM trace.source") == [(1,)]


@pytest.mark.share(2)
@pytest.mark.parametrize(
    ("at", "is_grown", "order"),
    [
        pytest.param(at, is_grown, order, marks=() if ((at == 16) + is_grown + place) % 2 else pytest.mark.exhaustive)
        for at in (16, 20)
        for is_grown in (True, False)
        for place, order in enumerate(list(permutations(range(3)))[::2])
    ],
)
def test_a_session_that_is_cut_within_a_mail_keeps_its_tracked_messages(
    at: int, is_grown: bool, order: tuple[int, ...], house: House
) -> None:
    lines = talk("receive", SECURE, spoken(1), spoken(2), "-", session="08DE000000000001")
    rows = (
        tracked("RECEIVE", f"<{one}@a.example>", peer="203.0.113.9", way="Incoming", seconds=0, session="08DE000000000001")
        for one in (1, 2)
    )
    folder = house.folder
    tracking = write_tracking(folder / "MSGTRK1.LOG", *rows)
    whole = lines if is_grown else lines[at:]
    files = [write_log(folder / "P1.LOG", "receive", lines[:at]), write_log(folder / "P2.LOG", "receive", whole), tracking]
    for place in order:
        house.load(files[place])
    assert house.tls_counts() == {"inbound": {"TLS 1.2": 2}}
    assert sorted(house.message("message_id, subject")) == [(f"<{one}@a.example>", f"Subject of <{one}@a.example>") for one in (1, 2)]


def test_a_tracked_message_is_not_the_one_beside_it_that_was_broken_off(house: House, tmp_path: Path) -> None:
    lines = talk("receive", SECURE, spoken(1), spoken(2), session="08DE000000000001")[:-3]
    row = tracked("RECEIVE", "<1@a.example>", peer="203.0.113.9", way="Incoming", seconds=0, session="08DE000000000001")
    files = [write_log(tmp_path / "P1.LOG", "receive", lines), write_tracking(tmp_path / "MSGTRK1.LOG", row)]
    house.load(*files)
    assert dict(house.message("message_id, subject")) == {"<1@a.example>": "Subject of <1@a.example>", None: None}


def test_a_send_log_without_ids_is_joined_by_its_session(house: House, tmp_path: Path) -> None:
    said = spoken_without_id().replace("250 2.6.0 Queued mail for delivery", "250 2.0.0 OK queued as X")
    secure = SECURE.replace("SERVER", "CLIENT")
    log = write_log(tmp_path / "SEND1.LOG", "send", talk("send", secure, said, "-", session="08DE000000000001"))
    row = tracked("SEND", "<1@a.example>", peer="203.0.113.9", way="Originating", seconds=0, session="08DE000000000001")
    house.load(log, write_tracking(tmp_path / "MSGTRK1.LOG", row))
    assert house.tls_counts() == {"outbound": {"TLS 1.2": 1}}


@pytest.mark.share(2)
@pytest.mark.parametrize("event", ["RECEIVE", "SEND"])
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_session_replaces_one_tracked_hop(event: str, order: tuple[int, int], house: House, tmp_path: Path) -> None:
    side, direction = ("receive", "inbound") if event == "RECEIVE" else ("send", "outbound")
    secure = SECURE if event == "RECEIVE" else SECURE.replace("SERVER", "CLIENT")
    announced = "* sending message with RecordId 1 and InternetMessageId <1@a.example>\n" if event == "SEND" else ""
    log = write_log(tmp_path / "P1.LOG", side, talk(side, secure, announced + spoken(1), "-", session="08DE000000000001"))
    peer = "203.0.113.9"
    rows = (tracked(event, "<1@a.example>", peer=peer, way="Incoming", seconds=at, session=f"08DE00000000000{at}") for at in (1, 41))
    files = [log, write_tracking(tmp_path / "MSGTRK1.LOG", *rows)]
    later = write_tracking(tmp_path / "other.LOG", tracked("SEND", "<7@a>", peer="203.0.113.7", way="Originating"))
    load_each(house, *(files[place] for place in order), later)
    assert house.tls_counts()[direction] == {"TLS 1.2": 1, "Not recorded": 1 if event == "RECEIVE" else 2}


def test_mail_to_an_own_server_is_internal_where_the_send_log_shows_it(house: House, tmp_path: Path) -> None:
    own = "+\nS 220 ex02 ready\nC EHLO ex01\nC X-ANONYMOUSTLS\nT SP_PROT_TLS1_2_CLIENT"
    announced = "* sending message with RecordId 1 and InternetMessageId <1@a.example>\n"
    log = write_log(tmp_path / "SEND1.LOG", "send", talk("send", own, announced + spoken(1), "-", session="08DE000000000001"))
    tracking = write_tracking(tmp_path / "MSGTRK1.LOG", tracked("SEND", "<1@a.example>", peer="203.0.113.9", way="Incoming"))
    house.load(log, tracking)
    assert house.tls_counts() == {}
    assert house.message("CAST(direction AS VARCHAR), messages") == [("internal", 1)]


def test_a_tracking_log_and_its_export_have_the_same_hops(tmp_path: Path, capsys: Capture) -> None:
    row = tracked("RECEIVE", "<1@a.example>", peer="203.0.113.9", way="Incoming", session="08DE").replace(".000Z", ".700Z")
    log = write_tracking(tmp_path / "MSGTRK1.LOG", row)
    file = tmp_path / "track.csv"
    file.write_text(
        '"Timestamp","ClientIp","ClientHostname","ServerIp","ServerHostname","SourceContext","ConnectorId","Source","EventId","MessageId",'
        '"Recipients","TotalBytes","MessageSubject","Sender","Directionality","OriginalClientIp","EventData"\n'
        '"11/10/2026 10:00:02 AM","203.0.113.9","client","192.0.2.25","ex01","08DE;x;0","EX01\\Default EX01","SMTP","RECEIVE",'
        '"<1@a.example>","{b@example.com}","2048","Hi","a@a.example","Incoming","","System.Object[]"\n'
        '"11/30/2026 10:00:02 AM","","","","","","","AGENT","AGENTINFO","","","","","","","",""\n'
    )
    assert flow_of(json_of(capsys, log, file, "--log-zone", "UTC")) == {"inbound": {"Not recorded": 1}}


def test_an_exported_tracking_log_has_the_times_of_the_server(tmp_path: Path, capsys: Capture) -> None:
    file = tmp_path / "track.csv"
    file.write_text(
        '"Timestamp","ClientIp","ClientHostname","ServerIp","ServerHostname","SourceContext","ConnectorId","Source","EventId","MessageId",'
        '"Recipients","TotalBytes","MessageSubject","Sender","Directionality","OriginalClientIp","EventData"\n'
        '"13.11.2026 00:30:00","203.0.113.9","mx","192.0.2.25","ex01","08DE;x;0","EX01\\From P","SMTP","RECEIVE","<1@a>",'
        '"{b@example.com, c@example.com}","10","Hi","a@a.example","Incoming","","System.Object[]"\n'
    )
    report = json_of(capsys, file, "--log-zone", "Europe/Vienna")
    assert report["data"]["last"] == "2026-11-12T23:30:00Z"
    assert rows_of(report) == [("inbound", "From P", {"Not recorded": 1})]
    assert rows_of(json_of(capsys, file, "--log-zone", "Europe/Vienna", "--count", "recipients"))[0][2] == {"Not recorded": 2}
