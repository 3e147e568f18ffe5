"""Logs cut where lines of one session, or one second, stand on both sides; numbers that are given out again."""
# ruff: noqa: E501 (lines of logs are long)

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, permutations
from pathlib import Path

import pytest

from tests.support.mail_logs import rows_of, utc, write_log
from tests.support.traces import House

pytestmark = pytest.mark.share(0.25)

SENDMAIL = """
Nov  6 14:30:00 gate sm-mta[10020]: A1: from=<jan@example.com>, size=1, class=0, nrcpts=1, msgid=<1@example.com>, proto=ESMTP, daemon=MTA, relay=mx9.partner.example [192.0.2.7]
Nov  6 14:37:59 gate sm-mta[10029]: STARTTLS=client, relay=mx1.partner.example., version=TLSv1.2, verify=FAIL, cipher=ECDHE-RSA-AES256-GCM-SHA384, bits=256/256
Nov  6 14:37:59 gate sm-mta[10029]: A2: to=<ben@partner.example>, delay=00:00:01, xdelay=00:00:01, mailer=esmtp, pri=120331, relay=mx1.partner.example. [192.0.2.9], dsn=2.0.0, stat=Sent (ok)
Nov  6 14:37:59 gate sm-mta[10029]: A2: to=<cem@partner.example>, delay=00:00:01, xdelay=00:00:01, mailer=esmtp, pri=120331, relay=mx1.partner.example. [192.0.2.9], dsn=2.0.0, stat=Sent (ok)
Nov  6 14:38:01 gate sm-mta[10035]: STARTTLS=server, relay=[192.0.2.6], version=TLSv1.3, verify=NO, cipher=TLS_AES_256_GCM_SHA384, bits=256/256
Nov  6 14:50:00 gate sm-mta[10036]: A3: from=<x@partner.example>, size=1, class=0, nrcpts=1, msgid=<3@partner.example>, proto=ESMTP, daemon=MTA, relay=mx9.partner.example [192.0.2.7]
"""
ESA_OLD = """
Mon Nov  2 17:27:29 2026 Info: New SMTP ICID 14 interface Data1 (10.0.0.1) address 192.0.2.50 reverse dns host ex01.example.com verified no
Mon Nov  2 17:27:29 2026 Info: ICID 14 ACCEPT SG RELAYLIST match 192.0.2.50 SBRS None country Germany
Mon Nov  2 17:27:30 2026 Info: Start MID 42 ICID 14
Mon Nov  2 17:27:30 2026 Info: MID 42 ICID 14 From: <frank@example.com>
Mon Nov  2 17:27:30 2026 Info: MID 42 ICID 14 RID 0 To: <anna@partner.example>
Mon Nov  2 17:27:30 2026 Info: MID 42 ready 41386 bytes from <frank@example.com>
Mon Nov  2 17:27:31 2026 Info: ICID 14 close
Mon Nov  2 17:27:33 2026 Info: Message finished MID 42 done
"""
ESA_BEGIN = """
Tue Nov 10 09:41:57 2026 Info: New SMTP ICID 14 interface Data1 (10.0.0.1) address 192.0.2.7 reverse dns host mail.partner.example verified no
Tue Nov 10 09:41:57 2026 Info: ICID 14 ACCEPT SG UNKNOWNLIST match 192.0.2.7 SBRS None country Germany
Tue Nov 10 09:41:58 2026 Info: ICID 14 TLS success protocol TLSv1.3 cipher TLS_AES_256_GCM_SHA384
"""
ESA_END = """
Tue Nov 10 09:41:58 2026 Info: Start MID 42 ICID 14
Tue Nov 10 09:41:58 2026 Info: MID 42 ICID 14 From: <sven@partner.example>
Tue Nov 10 09:41:58 2026 Info: MID 42 ICID 14 RID 0 To: <lars@example.com>
Tue Nov 10 09:41:59 2026 Info: MID 42 ready 78598 bytes from <sven@partner.example>
Tue Nov 10 09:41:59 2026 Info: ICID 14 close
Tue Nov 10 09:42:01 2026 Info: Message finished MID 42 done
"""
FORTI = 'date=2026-11-04 time={} device_id=FEVM02 log_id=0003577343 type=event subtype=smtp pri=information  user=mail ui=mail action=NONE status=N/A session_id="{}" msg="{}"'
FORTI_LINES = [
    FORTI.format("13:00:00.000", "a1-a1", "STARTTLS=server, relay=mx9.partner.example [192.0.2.7], version=TLSv1.2, verify=NO, cipher=X, bits=256/256"),
    FORTI.format("13:00:01.000", "a1-a1", "from=<x@partner.example>, size=9, class=0, nrcpts=1, msgid=<1@partner.example>, proto=ESMTP, daemon=SMTP_MTA, relay=mx9.partner.example [192.0.2.7]"),
    FORTI.format("13:30:00.000", "a2-a2", "from=<y@partner.example>, size=9, class=0, nrcpts=1, msgid=<2@partner.example>, proto=ESMTP, daemon=SMTP_MTA, relay=mx9.partner.example [192.0.2.7]"),
    FORTI.format("13:31:00.000", "a3-a3", "from=<z@partner.example>, size=9, class=0, nrcpts=1, msgid=<3@partner.example>, proto=ESMTP, daemon=SMTP_MTA, relay=mx9.partner.example [192.0.2.7]"),
]  # fmt: skip


def parts_of(lines: Sequence[str], folder: Path, *borders: int) -> list[Path]:
    """Write the lines between borders to files of their own."""
    cuts = [0, *borders, len(lines)]
    return [write_log(folder / f"part{number}.log", lines[start:end]) for number, (start, end) in enumerate(pairwise(cuts))]


@pytest.mark.share(2)
@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_files_that_begin_in_the_same_second(order: Sequence[int], house: House, other: House, tmp_path: Path) -> None:
    lines = SENDMAIL.strip().splitlines()
    house.load(write_log(tmp_path / "whole.log", lines), config=utc(house.config))
    parts = parts_of(lines, tmp_path, 1, 3)
    for number in order:
        other.load(parts[number], config=utc(other.config))
    assert rows_of(other) == rows_of(house)
    assert house.message("tls, recipients", "direction = 'outbound'") == [("TLS 1.2", ["ben@partner.example", "cem@partner.example"])]


@pytest.mark.parametrize("is_at_once", [True, False])
def test_a_connection_that_begins_in_no_file_is_not_the_last_one_of_its_number(is_at_once: bool, house: House, tmp_path: Path) -> None:
    old, end = write_log(tmp_path / "old.log", ESA_OLD), write_log(tmp_path / "end.log", ESA_END)
    for files in [[old, end]] if is_at_once else [[end], [old]]:
        house.load(*files, config=utc(house.config))
    about = "connector, CAST(tls AS VARCHAR), peer_ip, sender"
    first = ("RELAYLIST", "Not recorded", "192.0.2.50", "frank@example.com")
    assert house.message(about) == [first, (None, "Not recorded", None, "sven@partner.example")]
    house.load(write_log(tmp_path / "begin.log", ESA_BEGIN), config=utc(house.config))
    assert house.message(about) == [first, ("UNKNOWNLIST", "TLS 1.3", "192.0.2.7", "sven@partner.example")]


@pytest.mark.share(2)
@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_clear_text_behind_a_cut_is_clear_text(order: Sequence[int], house: House, other: House, tmp_path: Path) -> None:
    house.load(write_log(tmp_path / "whole.log", FORTI_LINES), config=utc(house.config))
    parts = parts_of(FORTI_LINES, tmp_path, 2, 3)
    for number in order:
        other.load(parts[number], config=utc(other.config))
    assert rows_of(other) == rows_of(house)
    assert [tls for (tls,) in house.message("CAST(tls AS VARCHAR)")] == ["TLS 1.2", "No TLS", "No TLS"]


def test_the_whole_log_on_top_of_its_parts(house: House, other: House, tmp_path: Path) -> None:
    lines = SENDMAIL.strip().splitlines()
    whole = write_log(tmp_path / "whole.log", lines)
    house.load(whole, config=utc(house.config))
    for part in [*parts_of(lines, tmp_path, 2, 4), whole]:
        other.load(part, config=utc(other.config))
    assert rows_of(other) == rows_of(house)


def test_a_file_of_one_line_is_known(house: House, tmp_path: Path) -> None:
    line = "Nov 15 09:07:04 old smtpd[27182]: relay: Ok for bfe3c6ed00000000: session=2e3056fed10b5480, from=<a@example.com>, to=<b@partner.example>, rcpt=<->, source=192.0.2.1, relay=192.0.2.9 (mx.partner.example), delay=1s, stat=250 ok"
    assert house.load(write_log(tmp_path / "one.log", line), config=utc(house.config)).problems == []
    assert house.ask("SELECT format FROM trace.source") == [("opensmtpd",)]
