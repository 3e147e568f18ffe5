"""Gateways and clouds, hand-checked: what each line tells, hop by hop."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.support.mail_logs import utc, write_log
from tests.support.reports import json_of
from tests.support.traces import House

pytestmark = pytest.mark.share(0.25)

Capture = pytest.CaptureFixture[str]


def hops_of(house: House, path: Path) -> list[dict[str, Any]]:
    """Return every hop of a file, in the order of direction, time and TLS."""
    house.target.unlink(missing_ok=True)
    house.load(path, config=utc(house.config))
    names = [name for name, *_ in house.ask("DESCRIBE trace.message")]
    rows = house.message(", ".join(f"CAST({name} AS VARCHAR)" if name in ("direction", "tls", "status") else name for name in names))
    hops = [dict(zip(names, row, strict=True)) | {"time_utc": f"{row[0]:%Y-%m-%dT%H:%M:%SZ}"} for row in rows]
    return sorted(hops, key=lambda hop: (hop["direction"], hop["time_utc"], hop["tls"]))


def result(hops: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [(hop["direction"], hop["tls"], hop["status"]) for hop in hops]


def written(path: Path, *objects: Any) -> Path:
    path.write_text("".join(json.dumps(one) + "\n" for one in objects))
    return path


MIMECAST = {
    "aggregateId": "agg", "processingId": "p", "timestamp": 1794477349343, "messageId": "<1@partner.example>", "type": "receipt",
    "senderEnvelope": "anna@partner.example", "recipients": "ben@example.com", "senderIp": "198.51.100.9", "direction": "Inbound",
    "tlsVersion": "TLSv1.3", "tlsCipher": "TLS_AES_256_GCM_SHA384", "tlsUsed": "Yes", "route": "Partners", "subject": "Hi",
    "rejectionType": None, "rejectionInfo": None, "emailSize": "100",
}  # fmt: skip


@pytest.mark.share(3)
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ("inbound", "TLS 1.3", "accepted")),
        ({"tlsVersion": "TLSv1"}, ("inbound", "TLS 1.0", "accepted")),
        ({"tlsVersion": None, "tlsUsed": "No"}, ("inbound", "No TLS", "accepted")),
        ({"tlsVersion": "null", "tlsUsed": "Yes"}, ("inbound", "TLS (version unknown)", "accepted")),
        ({"tlsVersion": None, "tlsUsed": None}, ("inbound", "Not recorded", "accepted")),
        ({"rejectionType": "Invalid Recipient", "rejectionInfo": "550"}, ("inbound", "TLS 1.3", "rejected")),
        ({"direction": "Internal"}, ("internal", "TLS 1.3", "accepted")),
        ({"type": "delivery", "delivered": "true", "destinationIp": "203.0.113.5"}, ("outbound", "TLS 1.3", "delivered")),
        ({"type": "delivery", "delivered": "false"}, ("outbound", "TLS 1.3", "deferred")),
        ({"type": "delivery", "delivered": "false", "rejectionType": "x"}, ("outbound", "TLS 1.3", "bounced")),
    ],
)
def test_mimecast(changes: dict[str, Any], expected: tuple[str, str, str], tmp_path: Path, house: House) -> None:
    hops = hops_of(house, written(tmp_path / "m.json", MIMECAST | changes, MIMECAST | {"type": "av", "messageId": "<2@x>"}))
    assert result(hops) == [expected]
    assert (hops[0]["connector"], hops[0]["message_id"]) == ("Partners", "<1@partner.example>")


def test_mimecast_of_the_first_version(tmp_path: Path, house: House) -> None:
    one = {"Act": "Acc", "Cphr": "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", "Dir": "Inbound", "IP": "203.0.113.144", "MsgId": "<1@x>",
           "TlsVer": "TLSv1", "datetime": "2026-05-26T16:47:41+0100", "Sender": "a@p.example", "Rcpt": "b@example.com"}  # fmt: skip
    hops = hops_of(house, written(tmp_path / "m.json", one))
    assert result(hops) == [("inbound", "TLS 1.0", "accepted")]
    assert hops[0]["time_utc"] == "2026-05-26T15:47:41Z"


RECEIPT = (
    r"datetime=2026-05-26T16:47:41+0100|aCode=7O7I7MvGP1mj8plHRDuHEA|acc=C0A0|SpamLimit=0|IP=203.0.113.144|Dir=Inbound|MsgId=<1@p.example>|"
    r"Subject=\message subject\|headerFrom=anna@p.example|Sender=a@p.example|Rcpt=b@example.com|SpamInfo=[]|Act=Acc|TlsVer=TLSv1|"
    r'Cphr=TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA|SpamProcessingDetail={"spf":{"info":"ALLOW"}}|SpamScore=1'
)
DELIVERY = (
    "datetime=2026-05-26T16:47:43+0100|aCode=9q_HeIHHPYejZTBsnipWmQ|acc=C0A0|Delivered=true|IP=198.51.100.7|RejCode=null|RejInfo=null|"
    "Dir=Outbound|ReceiptAck=250 2.6.0 <2@example.com> Queued mail for delivery|MsgId=<2@example.com>|Subject=Hi|Latency=5618|"
    "Sender=b@example.com|Rcpt=a@p.example|AttSize=0|Attempt=1|TlsVer=TLSv1.2|Cphr=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384|Snt=28237|"
    "UseTls=Yes|Route=Mimecast Exchange Route"
)


def changed(line: str, **fields: str | None) -> str:
    """Return a line with other values; None takes a field away."""
    for name, value in fields.items():
        line = re.sub(rf"\|{name}=[^|]*", "" if value is None else f"|{name}={value}", line)
    return line


def test_mimecast_in_lines_of_text(tmp_path: Path, house: House) -> None:
    (tmp_path / "receipt.log").write_text(f"{RECEIPT}\n{DELIVERY}\n")
    inbound, outbound = hops_of(house, tmp_path / "receipt.log")
    assert result([inbound, outbound]) == [("inbound", "TLS 1.0", "accepted"), ("outbound", "TLS 1.2", "delivered")]
    names = ("time_utc", "connector", "tls_raw", "cipher", "peer_ip", "peer_domain", "sender", "recipients", "subject", "message_id",
             "session_id", "size_bytes")  # fmt: skip
    assert [inbound[name] for name in names] == [
        "2026-05-26T15:47:41Z", None, "TLSv1", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", "203.0.113.144", "p.example", "a@p.example",
        ["b@example.com"], "message subject", "<1@p.example>", "7O7I7MvGP1mj8plHRDuHEA", None,
    ]  # fmt: skip
    assert [outbound[name] for name in names] == [
        "2026-05-26T15:47:43Z", "Mimecast Exchange Route", "TLSv1.2", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "198.51.100.7", "p.example",
        "b@example.com", ["a@p.example"], "Hi", "<2@example.com>", "9q_HeIHHPYejZTBsnipWmQ", 28237,
    ]  # fmt: skip


@pytest.mark.share(3)
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"TlsVer": None, "Cphr": None}, ("inbound", "Not recorded", "accepted")),
        ({"TlsVer": "null", "Cphr": "null"}, ("inbound", "Not recorded", "accepted")),
        ({"Dir": "Internal"}, ("internal", "TLS 1.0", "accepted")),
        ({"Act": "Rej"}, ("inbound", "TLS 1.0", "rejected")),
        ({"Subject": "1|TlsVer=TLSv1.3|Act=Rej|Sender=x@y.example"}, ("inbound", "TLS 1.0", "accepted")),
    ],
)
def test_a_receipt_in_a_line_of_mimecast(
    changes: dict[str, str | None], expected: tuple[str, str, str], tmp_path: Path, house: House
) -> None:
    (tmp_path / "siem.log").write_text(changed(RECEIPT, **changes) + "\n")
    assert result(hops_of(house, tmp_path / "siem.log")) == [expected]


@pytest.mark.share(3)
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"UseTls": "No", "TlsVer": None, "Cphr": None}, ("outbound", "No TLS", "delivered")),
        ({"TlsVer": None, "Cphr": None}, ("outbound", "TLS (version unknown)", "delivered")),
        ({"Delivered": "false"}, ("outbound", "TLS 1.2", "deferred")),
        ({"Delivered": "false", "RejInfo": "no|RejType=Recipient Unknown"}, ("outbound", "TLS 1.2", "bounced")),
        ({"Subject": "1|Delivered=false|TlsVer=TLSv1.3"}, ("outbound", "TLS 1.2", "delivered")),
    ],
)
def test_a_delivery_in_a_line_of_mimecast(
    changes: dict[str, str | None], expected: tuple[str, str, str], tmp_path: Path, house: House
) -> None:
    (tmp_path / "siem.log").write_text(changed(DELIVERY, **changes) + "\n")
    assert result(hops_of(house, tmp_path / "siem.log")) == [expected]


def test_lines_of_mimecast_for_each_recipient_are_one_hop(tmp_path: Path, house: House) -> None:
    (tmp_path / "siem.log").write_text(f"{RECEIPT}\n{changed(RECEIPT, Rcpt='c@example.com')}\n")
    (hop,) = hops_of(house, tmp_path / "siem.log")
    assert sorted(hop["recipients"]) == ["b@example.com", "c@example.com"]


@pytest.mark.parametrize("line", [RECEIPT, DELIVERY], ids=["receipt", "delivery"])
def test_an_event_of_mimecast_in_both_spellings_counts_once(line: str, house: House) -> None:
    event = {name: value for name, _, value in (part.partition("=") for part in line.split("|"))}
    house.load(written(house.folder / "siem.json", event))
    house.load(write_log(house.folder / "siem.log", line))
    assert house.ask("SELECT format FROM trace.source ORDER BY ALL") == [("mimecast",), ("mimecast_text",)]
    assert len(house.message("sender")) == 1


def test_a_line_of_mimecast_without_a_time_is_a_reject(house: House) -> None:
    house.load(write_log(house.folder / "siem.log", f"{RECEIPT}\n{RECEIPT.replace('2026-05-26T', 'yesterday ')}\n"))
    assert [reason for _, reason, _ in house.rejects()] == ["the time cannot be read"]


@pytest.mark.share(3)
@pytest.mark.parametrize(
    "line",
    [
        pytest.param("datetime=2026-05-26T16:47:42+0100|aCode=c|acc=C0A0|Hld=Spm|AttSize=0|Act=Hld|Sender=a@p.example|MsgSize=2116|"
                     "MsgId=<1@p.example>|Subject=Hi", id="what was done inside"),
        pytest.param("datetime=2026-05-26T16:47:42+0100|aCode=c|acc=C0A0|IP=203.0.113.144|Subject=Hi|MsgId=<1@p.example>|Sender=a@p.example|"
                     "Rcpt=b@example.com|Act=Hld|Hits=1|Definition=Default", id="an impersonation"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("is_text", [True, False])
def test_an_event_of_mimecast_that_is_neither_receipt_nor_delivery_is_no_hop(
    is_text: bool, line: str, tmp_path: Path, house: House
) -> None:
    lines = [RECEIPT, line]
    events = [{name: value for name, _, value in (part.partition("=") for part in one.split("|"))} for one in lines]
    if is_text:
        write_log(tmp_path / "siem", lines)
    else:
        written(tmp_path / "siem", *events)
    assert result(hops_of(house, tmp_path / "siem")) == [("inbound", "TLS 1.0", "accepted")]


TREND = {
    "action": "Delivered", "mailID": "b879", "sender": "anna@partner.example", "details": "250 ok", "genTime": "2026-09-28T13:55:45Z",
    "tlsInfo": "upstreamTLS: TLS 1.2; downstreamTLS: None", "senderIP": "198.51.100.9", "direction": "in", "messageID": "<1@x>",
    "recipient": "ben@example.com", "timestamp": "2026-09-28T13:55:33Z", "deliveredTo": "mx.example.com[203.0.113.5]:25",
    "deliveryTime": "2026-09-28T13:55:40Z", "subject": "Hi", "size": 10,
}  # fmt: skip


def test_trend_micro_has_both_hops(tmp_path: Path, house: House) -> None:
    second = TREND | {"recipient": "carla@example.com", "tlsInfo": "upstreamTLS: TLS 1.2; downstreamTLS: TLS 1.3"}
    hops = hops_of(house, written(tmp_path / "t.json", TREND, second))
    assert result(hops) == [
        ("inbound", "TLS 1.2", "accepted"),
        ("outbound", "No TLS", "delivered"),
        ("outbound", "TLS 1.3", "delivered"),
    ]
    assert (hops[1]["peer_host"], hops[1]["peer_ip"]) == ("mx.example.com", "203.0.113.5")


def ses(kind: str = "Delivery", **tags: str) -> dict[str, Any]:
    return {
        "eventType": kind,
        "mail": {
            "timestamp": "2026-10-09T19:45:44.109Z", "source": "shop@example.com", "messageId": "ses1", "destination": ["a@p.example"],
            "commonHeaders": {"subject": "Order", "messageId": "<1@ses>"},
            "tags": {f"ses:{name.replace('_', '-')}": [value] for name, value in tags.items()},
        },
        kind.lower(): {"timestamp": "2026-10-09T19:45:46.000Z", "recipients": ["a@partner.example"], "smtpResponse": "250 ok",
                       "remoteMtaIp": "198.51.100.9"},
    }  # fmt: skip


def test_amazon_ses_has_the_client_and_the_peer(tmp_path: Path, house: House) -> None:
    event = ses(source_tls_version="TLSv1.2", outgoing_tls_version="TLSv1.3", source_ip="192.0.2.7")
    hops = hops_of(house, written(tmp_path / "s.json", event, ses("Send")))
    assert result(hops) == [("outbound", "TLS 1.3", "delivered"), ("submission", "TLS 1.2", "accepted")]


def test_amazon_ses_inside_a_notification(tmp_path: Path, house: House) -> None:
    wrapped = {"Type": "Notification", "TopicArn": "arn", "Message": json.dumps(ses("Bounce"))}
    assert result(hops_of(house, written(tmp_path / "s.json", wrapped))) == [("outbound", "Not recorded", "bounced")]


KUMO = {"type": "Delivery", "id": "1", "sender": "shop@example.com", "recipient": "a@partner.example", "queue": "q", "site": "s", "size": 9,
        "response": {"code": 250, "content": "ok"}, "peer_address": {"name": "mx.partner.example.", "addr": "198.51.100.9"},
        "timestamp": 1794477349, "tls_cipher": "TLS_AES_256_GCM_SHA384", "tls_protocol_version": "TLSv1.3"}  # fmt: skip


@pytest.mark.share(3)
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ("outbound", "TLS 1.3", "delivered")),
        ({"tls_cipher": None, "tls_protocol_version": None}, ("outbound", "No TLS", "delivered")),
        ({"type": "TransientFailure"}, ("outbound", "TLS 1.3", "deferred")),
        ({"type": "Bounce"}, ("outbound", "TLS 1.3", "bounced")),
        ({"type": "Reception"}, ("inbound", "TLS 1.3", "accepted")),
    ],
)
def test_kumomta(changes: dict[str, Any], expected: tuple[str, str, str], tmp_path: Path, house: House) -> None:
    hops = hops_of(house, written(tmp_path / "k.json", KUMO | changes))
    assert result(hops) == [expected]
    assert hops[0]["peer_host"] == "mx.partner.example"


def test_proofpoint_messages_and_maillog(tmp_path: Path, house: House) -> None:
    message = {
        "ts": "2026-10-09T10:00:00.000000-0700", "pps": {"agent": "a", "cid": "c"}, "guid": "g1",
        "connection": {"ip": "198.51.100.9", "host": "mx.partner.example", "helo": "mx",
                       "tls": {"inbound": {"version": "TLSv1.2", "cipher": "ECDHE-RSA-AES256-GCM-SHA384", "cipherBits": 256}}},
        "filter": {"routeDirection": "inbound", "routes": ["default_inbound"], "qid": "q1", "disposition": "continue"},
        "envelope": {"from": "anna@partner.example", "rcpts": ["ben@example.com"]},
        "msg": {"sizeBytes": 10, "normalizedHeader": {"message-id": ["1@partner.example"], "subject": ["Hi"]}},
    }  # fmt: skip
    hops = hops_of(house, written(tmp_path / "p.json", message))
    assert result(hops) == [("inbound", "TLS 1.2", "accepted")]
    assert (hops[0]["time_utc"], hops[0]["connector"]) == ("2026-10-09T17:00:00Z", "default_inbound")

    def line(version: str, **sm: Any) -> dict[str, Any]:
        return {
            "ts": "2026-10-09T10:00:01-07:00",
            "pps": {"agent": "a"},
            "data": str(sm),
            "sm": {"qid": "q1"} | sm,
            "tls": {"version": version},
        }

    maillog = written(
        tmp_path / "l.json",
        line("TLSv1.3", to=["<ben@example.com>"], relay="mx.example.com. [203.0.113.5]", stat="Sent (ok)", mailer="esmtp", dsn="2.0.0"),
        line("NONE", to=["carla@example.com"], mailer="*file*", stat="Sent", dsn="2.0.0"),
        line(
            "NONE", to=["dora@other.example"], relay="mx.other.example. [203.0.113.6]", stat="Deferred: later", mailer="esmtp", dsn="4.0.0"
        ),
    )
    assert result(hops_of(house, maillog)) == [
        ("internal", "No TLS", "delivered"),
        ("outbound", "No TLS", "deferred"),
        ("outbound", "TLS 1.3", "delivered"),
    ]


@pytest.mark.parametrize(
    ("dialog", "way", "expected"),
    [
        (["EHLO mx", "CIPHER=ECDHE;TLS_VER=TLSv1.2;TLS_CSUITE=A"], 1, ("inbound", "TLS 1.2", "accepted")),
        (["EHLO mx", "MAIL FROM"], 1, ("inbound", "Not recorded", "accepted")),
        (["TLS_VER=TLSv1.3"], 2, ("outbound", "TLS 1.3", "delivered")),
    ],
)
def test_hornetsecurity(dialog: list[str], way: int, expected: tuple[str, str, str], tmp_path: Path, house: House) -> None:
    one = {"date": "2026-10-09T10:00:00Z", "direction": way, "smtp_dialog": dialog, "message_id": "<1@x>", "owner": "ben@example.com",
           "comm_partner": "anna@partner.example", "source_hostname": "mx", "source_ip": "198.51.100.9"}  # fmt: skip
    assert result(hops_of(house, written(tmp_path / "h.json", one))) == [expected]


def gmail(**connection: Any) -> dict[str, Any]:
    return {
        "event_info": {"timestamp_usec": "1794477349343000", "success": True, "mail_event_type": 1},
        "message_info": {"rfc2822_message_id": "<1@x>", "subject": "Hi", "payload_size": "10", "source": {"address": "anna@p.example"},
                         "destination": [{"address": "ben@example.com"}], "connection_info": connection},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("connection", "expected"),
    [
        ({"smtp_in_connect_ip": "198.51.100.9", "smtp_tls_version": "TLSv1.3", "smtp_tls_state": 1}, ("inbound", "TLS 1.3", "accepted")),
        ({"smtp_out_connect_ip": "203.0.113.5", "smtp_out_remote_host": "mx", "smtp_tls_state": 0}, ("outbound", "No TLS", "delivered")),
        ({"smtp_in_connect_ip": "198.51.100.9", "smtp_tls_state": 1}, ("inbound", "TLS (version unknown)", "accepted")),
    ],
)
def test_gmail_logs(connection: dict[str, Any], expected: tuple[str, str, str], tmp_path: Path, house: House) -> None:
    assert result(hops_of(house, written(tmp_path / "g.json", gmail(**connection)))) == [expected]


def test_activities_of_the_reports_api(tmp_path: Path, house: House) -> None:
    def named(name: str, **value: Any) -> dict[str, Any]:
        return {"name": name, **value}

    inner = [
        named("smtp_in_connect_ip", value="198.51.100.9"),
        named("smtp_tls_version", value="TLSv1.2"),
        named("smtp_tls_state", intValue="1"),
    ]
    parameters = [
        named("event_info", messageValue={"parameter": [named("timestamp_usec", intValue="1794477349343000"),
                                                        named("success", boolValue=True)]}),
        named("message_info", messageValue={"parameter": [
            named("rfc2822_message_id", value="<1@x>"), named("connection_info", messageValue={"parameter": inner}),
            named("flattened_destinations", value="smtp-relay:ben@example.com")]}),
    ]  # fmt: skip
    recorded_all: dict[str, Any] = {"kind": "admin#reports#activities", "items": [
        {"kind": "admin#reports#activity", "actor": {}, "events": [{"type": "message_info_type", "name": "m", "parameters": parameters}]}
    ]}  # fmt: skip
    (tmp_path / "a.json").write_text(json.dumps(recorded_all, separators=(",", ":")))
    hops = hops_of(house, tmp_path / "a.json")
    assert result(hops) == [("inbound", "TLS 1.2", "accepted")]
    assert hops[0]["recipients"] == ["ben@example.com"]


SEARCH = (
    "Message ID,Start date,End date,Sender,Message size,Subject,Direction,Attachments,Recipient address,Event target,Event date,"
    "Event status,Event target IP address,Has encryption,Event SMTP reply code,Event description,Client Type,Device User Session ID\n"
)


def test_google_log_search_has_no_tls_version(tmp_path: Path, house: House) -> None:
    (tmp_path / "s.csv").write_text(
        SEARCH
        + "<1@x>,2026/11/12 10:00:00 UTC,,anna@partner.example,10,Hi,Received,0,ben@example.com,SMTP_INBOUND,2026/11/12 10:00:00 UTC,"
        "RECEIVED,198.51.100.9,true,250,ok,,\n"
        + "<1@x>,2026/11/12 10:00:00 UTC,,anna@partner.example,10,Hi,Received,0,ben@example.com,GMAIL_INBOX,2026/11/12 10:00:01 UTC,"
        "DELIVERED,,,,,,\n"
        + "<2@x>,2026/11/12 10:00:00 UTC,,ben@example.com,10,Hi,Sent,0,anna@partner.example,SMTP_OUTBOUND,2026/11/12 10:00:02 UTC,"
        "DELIVERED,203.0.113.5,false,250,ok,,\n"
    )
    hops = hops_of(house, tmp_path / "s.csv")
    assert result(hops) == [("inbound", "TLS (version unknown)", "accepted"), ("outbound", "No TLS", "delivered")]


ESA = """Wed Nov 11 13:13:10 2026 Info: New SMTP ICID 13 interface Data1 (10.0.0.1) address 198.51.100.6 reverse dns host unknown
Wed Nov 11 13:13:10 2026 Info: ICID 13 ACCEPT SG UNKNOWNLIST match sbrs[none] SBRS None
Wed Nov 11 13:13:16 2026 Info: New SMTP ICID 14 interface Data1 (10.0.0.1) address 198.51.100.7 reverse dns host mx.partner.example
Wed Nov 11 13:13:16 2026 Info: ICID 14 ACCEPT SG PARTNERS match mx.partner.example SBRS None
Wed Nov 11 13:13:16 2026 Info: ICID 14 TLS success protocol TLSv1.2 cipher ECDHE-RSA-AES256-GCM-SHA384
Wed Nov 11 13:13:16 2026 Info: Start MID 14 ICID 14
Wed Nov 11 13:13:16 2026 Info: MID 14 ICID 14 From: <user@partner.example>
Wed Nov 11 13:13:16 2026 Info: MID 14 ICID 14 RID 0 To: <a@example.com>
Wed Nov 11 13:13:16 2026 Info: MID 14 ICID 14 RID 1 To: <b@other.example>
Wed Nov 11 13:13:16 2026 Info: MID 14 Message-ID '<1@partner.example>'
Wed Nov 11 13:13:16 2026 Info: MID 14 Subject "Hello"
Wed Nov 11 13:13:16 2026 Info: MID 14 ready 500 bytes from <user@partner.example>
Wed Nov 11 13:13:17 2026 Info: New SMTP DCID 30 interface 10.0.0.2 address 10.0.0.31 port 25
Wed Nov 11 13:13:17 2026 Info: DCID 30 TLS success protocol TLSv1.3 cipher TLS_AES_256_GCM_SHA384
Wed Nov 11 13:13:17 2026 Info: Delivery start DCID 30 MID 14 to RID [0]
Wed Nov 11 13:13:18 2026 Info: Message done DCID 30 MID 14 to RID [0]
Wed Nov 11 13:13:18 2026 Info: New SMTP DCID 31 interface 10.0.0.2 address 203.0.113.8 port 25
Wed Nov 11 13:13:18 2026 Info: Delivery start DCID 31 MID 14 to RID [1]
Wed Nov 11 13:13:19 2026 Info: Bounced: DCID 31 MID 14 to RID 1 - 5.1.0 - Unknown address error
Wed Nov 11 13:13:20 2026 Info: Start MID 15 ICID 13
Wed Nov 11 13:13:20 2026 Info: MID 15 ICID 13 From: <x@third.example>
Wed Nov 11 13:13:20 2026 Info: MID 15 ICID 13 RID 0 To: <a@example.com>
Wed Nov 11 13:13:20 2026 Info: MID 15 ready 500 bytes from <x@third.example>
Wed Nov 11 13:13:21 2026 Info: ICID 14 close
"""


def test_cisco_mail_logs_join_connections_to_messages(tmp_path: Path, house: House) -> None:
    (tmp_path / "mail.log").write_text(ESA)
    hops = hops_of(house, tmp_path / "mail.log")
    assert result(hops) == [
        ("inbound", "TLS 1.2", "accepted"),
        ("inbound", "No TLS", "accepted"),
        ("outbound", "TLS 1.3", "delivered"),
        ("outbound", "No TLS", "bounced"),
    ]
    assert [hop["connector"] for hop in hops] == ["PARTNERS", "UNKNOWNLIST", None, None]
    assert [hop["recipients"] for hop in hops] == [
        ["a@example.com", "b@other.example"],
        ["a@example.com"],
        ["a@example.com"],
        ["b@other.example"],
    ]
    assert hops[0]["peer_host"] == "mx.partner.example"


BOUNCE = """Wed Nov 11 13:13:20 2026 Info: Start MID 16 ICID 0
Wed Nov 11 13:13:20 2026 Info: MID 16 was generated based on MID 14 by bounce
Wed Nov 11 13:13:20 2026 Info: MID 16 ICID 0 From: <>
Wed Nov 11 13:13:20 2026 Info: MID 16 ICID 0 RID 0 To: <user@partner.example>
Wed Nov 11 13:13:20 2026 Info: MID 16 ready 900 bytes from <>
Wed Nov 11 13:13:21 2026 Info: New SMTP DCID 32 interface 10.0.0.2 address 198.51.100.7 port 25
Wed Nov 11 13:13:21 2026 Info: DCID 32 TLS success protocol TLSv1.2 cipher ECDHE-RSA-AES256-GCM-SHA384
Wed Nov 11 13:13:21 2026 Info: Delivery start DCID 32 MID 16 to RID [0]
Wed Nov 11 13:13:22 2026 Info: Message done DCID 32 MID 16 to RID [0]
Wed Nov 11 13:13:22 2026 Info: Message finished MID 16 done
Wed Nov 11 13:13:23 2026 Info: DCID 32 close
"""


def test_a_message_of_a_cisco_gateway_itself_came_by_no_connection(tmp_path: Path, house: House) -> None:
    (tmp_path / "mail.log").write_text(ESA + BOUNCE)
    hops = hops_of(house, tmp_path / "mail.log")
    assert [hop["session_id"] for hop in hops if hop["direction"] == "inbound"] == ["MID 14", "MID 15"]
    made = [hop for hop in hops if hop["session_id"] == "MID 16"]
    assert result(made) == [("outbound", "TLS 1.2", "delivered")]
    assert (made[0]["sender"], made[0]["recipients"], made[0]["size_bytes"]) == ("", ["user@partner.example"], 900)


def test_a_message_of_a_cisco_gateway_itself_waits_for_no_connection(house: House) -> None:
    house.load(write_log(house.folder / "mail.log", BOUNCE), config=utc(house.config))
    assert house.ask("SELECT count(*) FROM trace.pending") == [(0,)]


CEF = (
    "<134>Nov 11 13:13:20 esa CEF:0|Cisco|C390 Email Security Appliance|14.2|ESA_CONSOLIDATED_LOG_EVENT|Consolidated Log Event|5|"
    "deviceExternalId=X ESAMID=14 ESAICID=14 {} startTime=Wed Nov 11 13:13:16 2026 endTime=Wed Nov 11 13:13:20 2026 deviceDirection=0 "
    "ESAMailFlowPolicy=ACCEPT suser=user@partner.example cs4Label=ExternalMsgID cs4='<1@partner.example>' "
    "duser=a@example.com;b@example.com "
    "act={} ESASenderGroup=PARTNERS sourceHostName=mx.partner.example sourceAddress=198.51.100.7 msg='Hello there' ESAMsgSize=500"
)


@pytest.mark.parametrize(
    ("fields", "act", "expected"),
    [
        ("ESADCID=30 ESATLSInProtocol=TLSv1.2 ESATLSInCipher=A ESATLSOutProtocol=TLSv1.3", "DELIVERED",
         [("inbound", "TLS 1.2", "accepted"), ("outbound", "TLS 1.3", "delivered")]),
        ("ESADCID=30 ESATLSInProtocol=TLSv1.2", "BOUNCED", [("inbound", "TLS 1.2", "accepted"), ("outbound", "Not recorded", "bounced")]),
        ("ESATLSInProtocol=TLSv1.0", "DROPPED", [("inbound", "TLS 1.0", "accepted")]),
    ],
)  # fmt: skip
def test_cisco_consolidated_events(fields: str, act: str, expected: list[Any], tmp_path: Path, house: House) -> None:
    (tmp_path / "cef.log").write_text(CEF.format(fields, act) + "\n")
    hops = hops_of(house, tmp_path / "cef.log")
    assert result(hops) == expected
    assert (hops[0]["subject"], hops[0]["connector"], hops[0]["recipients"]) == (
        "Hello there",
        "PARTNERS",
        ["a@example.com", "b@example.com"],
    )


FORTI = """date=2026-11-12 time=09:50:00.000 device_id=FE1 log_id=0 type=event subtype=smtp session_id="q0" msg="to=postmaster, delay=00:00:50, mailer=local, pri=58900, dsn=5.1.1, stat=User unknown"
date=2026-11-12 time=10:00:00.100 device_id=FE1 log_id=1 type=event subtype=smtp session_id="q1" msg="STARTTLS=server, relay=mx.partner.example [198.51.100.7], version=TLSv1.2, verify=NO, cipher=ECDHE-RSA-AES256-GCM-SHA384, bits=256/256"
date=2026-11-12 time=10:00:00.200 device_id=FE1 log_id=2 type=event subtype=smtp session_id="q1" msg="from=<anna@partner.example>, size=500, class=0, nrcpts=1, msgid=<1@partner.example>, proto=ESMTPS, daemon=SMTP_MTA, relay=mx.partner.example [198.51.100.7]"
date=2026-11-12 time=10:00:00.300 device_id=FE1 log_id=3 type=event subtype=smtp session_id="q1" msg="STARTTLS=client, relay=mail.example.com., version=TLSv1.3, verify=OK, cipher=TLS_AES_256_GCM_SHA384, bits=256/256"
date=2026-11-12 time=10:00:00.400 device_id=FE1 log_id=4 type=event subtype=smtp session_id="q1" msg="to=<ben@example.com>, delay=00:00:01, mailer=esmtp, relay=mail.example.com. [10.0.0.5], dsn=2.0.0, stat=Sent (ok)"
date=2026-11-12 time=10:00:01.200 device_id=FE1 log_id=5 type=event subtype=smtp session_id="q2" msg="from=<carl@third.example>, size=500, class=0, nrcpts=1, msgid=<2@third.example>, proto=ESMTP, daemon=SMTP_MTA, relay=mx.third.example [198.51.100.8]"
date=2026-11-12 time=10:00:01.400 device_id=FE1 log_id=6 type=event subtype=smtp session_id="q2" msg="to=<dora@other.example>, delay=00:00:01, mailer=esmtp, relay=mx.other.example. [203.0.113.6], dsn=4.0.0, stat=Deferred: later"
date=2026-11-12 time=10:00:02.000 device_id=FE1 log_id=7 type=statistics subtype=n/a session_id="q2" from="x" msg="statistics"
"""  # noqa: E501


def test_fortimail_joins_sendmails_lines_by_session(tmp_path: Path, house: House) -> None:
    (tmp_path / "forti.log").write_text(FORTI)
    assert result(hops_of(house, tmp_path / "forti.log")) == [
        ("inbound", "TLS 1.2", "accepted"),
        ("inbound", "No TLS", "accepted"),
        ("outbound", "TLS 1.3", "delivered"),
        ("outbound", "No TLS", "deferred"),
    ]


UUID = "9E7D1A22-0B5C-4A3F-8D10-3C1F2B4A5D6E"
HARAKA = f"""2026-11-12T10:00:00.000Z [NOTICE] [{UUID}] [tls] secured: cipher=TLS_AES_256_GCM_SHA384 version=TLSv1.3 verified=false
2026-11-12T10:00:01.000Z [NOTICE] [{UUID}] [core] disconnect ip=198.51.100.9 rdns=mx.partner.example helo=mx relay=N early=N esmtp=Y tls=Y pipe=N errors=0 txns=2 rcpts=2/0/0 msgs=2/0/0 bytes=900 lr="" time=0.9
2026-11-12T10:00:02.000Z [NOTICE] [{UUID.replace("9E", "9F")}] [core] disconnect ip=198.51.100.8 rdns=NXDOMAIN helo=pc relay=N early=N esmtp=Y tls=N pipe=N errors=0 txns=1 rcpts=1/0/0 msgs=1/0/0 bytes=900 lr="" time=0.9
2026-11-12T10:00:03.000Z [NOTICE] [{UUID.replace("9E", "9A")}] [core] disconnect ip=198.51.100.8 rdns=NXDOMAIN helo=pc relay=N esmtp=Y tls=N msgs=0/0/1 time=0.9
2026-11-12T10:00:04.000Z [NOTICE] [{UUID.replace("9E", "9B")}.1.1] [outbound] delivered file=x domain=other.example host=mx.other.example ip=203.0.113.6 port=25 mode=SMTP tls=Y auth=N response="ok" delay=1 fails=0 rcpts=1/0/0
"""  # noqa: E501


def test_haraka_counts_the_messages_of_a_connection(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "haraka.log").write_text(HARAKA)
    flow = json_of(capsys, tmp_path / "haraka.log")["flow"]
    assert flow["inbound"]["tls"] == {"No TLS": 1, "TLS 1.3": 2}
    assert flow["outbound"]["tls"] == {"TLS (version unknown)": 1}
