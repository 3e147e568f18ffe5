"""Mails themselves: every hop with its TLS, and the one at the edge counted."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from tests.support.reports import json_of
from tui.cli import run

pytestmark = pytest.mark.share(0.25)

Capture = pytest.CaptureFixture[str]
STAMP = "Thu, 12 Nov 2026 10:51:15 +0000"


def mail(*received: str, message_id: str = "<1@partner.example>") -> str:
    """Return a mail with Received lines, newest first, each folded."""
    fields = [f"Received: {line}; {STAMP}" for line in received]
    folded = [field.replace(" by ", "\n\tby ").replace("Microsoft SMTP Server", "Microsoft SMTP\n Server") for field in fields]
    return "\n".join([*folded, "From: Anna <anna@partner.example>", "To: ben@example.com, carla@example.com", "Subject: One",
                      " and two", f"Message-ID: {message_id}", "", "Body", "Received: from nobody by nothing"]) + "\n"  # fmt: skip


def hops_of(capsys: Capture, *paths: Path) -> list[dict[str, Any]]:
    target = paths[0].parent / "hops.json"
    capsys.readouterr()
    assert run(["export", *map(str, paths), "--to", str(target), "--force"]) == 0, capsys.readouterr().err
    return json.loads(target.read_text())


EDGE = (
    "from gw.partner.example (198.51.100.9) by XX1.mail.protection.outlook.com (10.0.75.157) with Microsoft SMTP Server{} "
    "id 15.20 via Frontend Transport"
)
MICROSOFT = "from mx.partner.example (198.51.100.9) by ex.example.com (10.0.0.1) with "
OTHER = "from mx.partner.example ([198.51.100.9]) by mx.example.com with "
POSTFIX = "from mx.partner.example (mx.partner.example [198.51.100.9]) by mail.example.com (Postfix) with {} id ABC for <ben@example.com>"


@pytest.mark.share(2)
@pytest.mark.parametrize(
    ("line", "tls"),
    [
        (EDGE.format(" (version=TLS1_0, cipher=TLS_RSA_WITH_AES_256_CBC_SHA)"), "TLS 1.0"),
        (EDGE.format(" (version=TLS1_3, cipher=TLS_AES_256_GCM_SHA384)"), "TLS 1.3"),
        (EDGE.format(""), "No TLS"),
        (POSTFIX.format("ESMTPS (using TLSv1.2 with cipher ECDHE-RSA-AES256-GCM-SHA384 (256/256 bits))"), "TLS 1.2"),
        (POSTFIX.format("ESMTPS"), "TLS (version unknown)"),
        (POSTFIX.format("ESMTP"), "No TLS"),
        (OTHER + "ESMTP id 1 (version=TLSv1.2 cipher=ECDHE bits=256 verify=NOT)", "TLS 1.2"),
        (OTHER + "ESMTPS id 1 (version=TLS1_3 cipher=A bits=256/256)", "TLS 1.3"),
        (OTHER + "esmtps (TLS1.2:ECDHE_RSA_AES_256_GCM_SHA384:256) (Exim 4.94) id 1", "TLS 1.2"),
        (OTHER + "esmtps  (TLS1.3) tls TLS_AES_256_GCM_SHA384 (Exim 4.96) id 1", "TLS 1.3"),
        (OTHER + "esmtp (Exim 4.96) id 1", "No TLS"),
        ("from mx.partner.example ([IPv6:2001:db8::9]) by mx.example.com with ESMTP id 1", "Not recorded"),
        (MICROSOFT + "Microsoft SMTP Server (TLS) id 15.0.1", "TLS (version unknown)"),
        (MICROSOFT + "Microsoft SMTP Server id 14.3.1", "Not recorded"),
    ],
)  # fmt: skip
def test_what_each_server_writes(line: str, tls: str, tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "m.eml").write_text(mail(line))
    flow = json_of(capsys, tmp_path / "m.eml")["flow"]["inbound"]
    assert (flow["messages"], flow["tls"]) == (1, {tls: 1})


CHAIN = (
    "from XX1.prod.outlook.com (2603:10a6::1) by VI1.prod.outlook.com with HTTPS",
    EDGE.format(" (version=TLS1_2, cipher=TLS_ECDHE)"),
    "from pc.partner.example (unknown [10.0.0.7]) by gw.partner.example (Postfix) with ESMTP id XY",
)


def test_only_the_edge_is_counted_and_every_hop_is_kept(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "m.eml").write_text(mail(*CHAIN))
    hops = hops_of(capsys, tmp_path / "m.eml")
    assert [(hop["direction"], hop["tls"]) for hop in hops] == [("internal", "Not recorded"), ("inbound", "TLS 1.2"), ("unknown", "No TLS")]
    edge = hops[1]
    assert edge["peer_ip"] == "198.51.100.9"
    assert edge["peer_host"] == "gw.partner.example"
    assert edge["sender"] == "anna@partner.example"
    assert edge["subject"] == "One and two"
    assert edge["message_id"] == "<1@partner.example>"
    assert sum(one["messages"] for one in json_of(capsys, tmp_path / "m.eml")["flow"].values()) == 1


def test_a_name_ends_without_the_dot_of_its_zone(tmp_path: Path, capsys: Capture) -> None:
    own = "from ex01.example.com (ex01.example.com. [203.0.113.5]) by mx.example.com. with ESMTPS id 2"
    peer = "from mx.partner.example. (mx.partner.example. [198.51.100.9]) by mx.example.com. with ESMTPS id 1"
    unnamed = "from mx.other.example. ([198.51.100.8]) by mx.partner.example with ESMTPS id 0"
    (tmp_path / "m.eml").write_text(mail(own, peer, unnamed))
    hops = hops_of(capsys, tmp_path / "m.eml")
    assert [(hop["direction"], hop["peer_host"], hop["server"]) for hop in hops] == [
        ("internal", "ex01.example.com", "mx.example.com"),
        ("inbound", "mx.partner.example", "mx.example.com"),
        ("unknown", "mx.other.example", "mx.partner.example"),
    ]


def test_an_mbox_contains_many_mails(tmp_path: Path, capsys: Capture) -> None:
    mails = [mail(*CHAIN, message_id=f"<{number}@partner.example>") for number in range(3)]
    (tmp_path / "box").write_text("\n".join(f"From anna@partner.example Thu Nov 12 10:51:15 2026\n{one}" for one in mails))
    assert json_of(capsys, tmp_path / "box")["flow"]["inbound"]["tls"] == {"TLS 1.2": 3}


def test_the_same_mail_twice_counts_once(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "a.eml").write_text(mail(*CHAIN))
    (tmp_path / "b.eml").write_text("X-Moved: yes\n" + mail(*CHAIN))
    assert json_of(capsys, tmp_path)["flow"]["inbound"]["messages"] == 1


def test_other_lines_of_a_field_stay_with_it(tmp_path: Path, capsys: Capture) -> None:
    inner = "DKIM-Signature: v=1;\n\tReceived: from nobody by nothing\nSubject: One\n\tof\n  three\nSUBJECT: Two\nX-Last: 1\n lines of it"
    text = mail(*CHAIN).replace("Subject: One\n and two", inner)
    (tmp_path / "m.eml").write_text(f" a line of no field\n\n{text} and of no field\nSubject: of the body\n")
    hops = hops_of(capsys, tmp_path / "m.eml")
    assert (len(hops), {hop["subject"] for hop in hops}) == (3, {"One of three"})


def test_a_header_ends_with_its_file_or_the_next_mail(tmp_path: Path, capsys: Capture) -> None:
    cut = mail(*CHAIN).split("\n and two")[0]
    (tmp_path / "1.mbox").write_text(f"From anna@partner.example Thu Nov 12 10:51:15 2026\n{cut}\nFrom x\n and more\n")
    (tmp_path / "2.eml").write_text(f" and more\n{cut.replace('One', 'Two').replace('10:51', '10:52')}")
    hops = hops_of(capsys, tmp_path / "1.mbox", tmp_path / "2.eml")
    assert sorted(hop["subject"] for hop in hops) == ["One"] * 3 + ["Two"] * 3


def test_a_large_mailbox_takes_as_long_as_its_parts(tmp_path: Path) -> None:
    def seconds_of(mails: int) -> float:
        one = f"From a Thu Nov 12 10:51:15 2026\nReceived: {POSTFIX.format('ESMTPS')};\n {STAMP}\n\n body\n\n"
        (tmp_path / "box").write_text(one * mails)
        started = time.process_time()
        assert run(["load", str(tmp_path / "box"), "--into", str(tmp_path / f"{mails}.duckdb")]) == 0
        return time.process_time() - started

    few, many = seconds_of(5_000), seconds_of(40_000)
    assert many < 10 * few


def test_headers_that_were_pasted_without_a_body(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "pasted.txt").write_bytes(mail(*CHAIN).split("\n\n")[0].replace("\n", "\r\n").encode())
    assert json_of(capsys, tmp_path / "pasted.txt")["flow"]["inbound"]["tls"] == {"TLS 1.2": 1}


def test_a_hop_without_a_date_is_a_reject(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "m.eml").write_text(mail(*CHAIN).replace(STAMP, "yesterday", 1))
    assert json_of(capsys, tmp_path / "m.eml")["sources"][0]["rejected"] == 1
