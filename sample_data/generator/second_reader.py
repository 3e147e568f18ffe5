"""A second, simple reader of the written files, so that tests can hold them against the truth.

It knows just what the generator writes, holds everything in memory and shares no code with any other reader.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from sample_data.generator.hops import NOT_RECORDED
from sample_data.generator.smtp_log import FIELDS

Event = tuple[str, str, str]
Key = tuple[str, str, str | None, str, str]
"""Day, direction, connector, TLS, status."""


def texts(folder: Path) -> Iterator[tuple[Path, str]]:
    """Yield every file below a folder, unpacked and decoded."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        body = path.read_bytes()
        if body.startswith(b"\x1f\x8b"):
            body = gzip.decompress(body)
        elif path.suffix == ".zip":
            with zipfile.ZipFile(io.BytesIO(body)) as archive:
                body = archive.read(archive.namelist()[0])
        encoding = "utf-16-le" if body[1:2] == b"\0" or body[:2] == b"\xff\xfe" else "utf-8"
        yield path, body.decode(encoding).removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")


def read_sessions(folder: Path, name: str) -> dict[str, list[tuple[str, str, Event]]]:
    """Return rows (time, connector, event) by session, over all files of one kind."""
    found: dict[str, list[tuple[str, str, Event]]] = defaultdict(list)
    for path, text in texts(folder):
        if path.name.startswith(name):
            for row in csv.reader(io.StringIO(text, newline="")):
                if not row[0].startswith("#"):
                    assert len(row) == len(FIELDS.split(","))
                    found[row[2]].append((row[0], row[1], (row[6], row[7], row[8])))
    return {session: sorted(rows, key=lambda row: row[0]) for session, rows in found.items()}


def read_logs(folder: Path, name: str) -> Counter[Key]:
    """Count the transactions of receive (`RECV`) or send (`SEND`) logs."""
    counted: Counter[Key] = Counter()
    client, server = ("<", ">") if name == "RECV" else (">", "<")
    for rows in read_sessions(folder, name).values():
        direction = "inbound" if name == "RECV" else "outbound"
        tls = ""
        start_seen = greeted = False
        for _, _, (event, data, context) in rows:
            greeted = greeted or (event == client and data.startswith("EHLO"))
            start_seen = start_seen or event == "+" or (event == server and data.startswith("220 ") and not greeted)
            if protocol := re.match(r"TLS protocol SP_PROT_TLS1_?(\d?)_(?:SERVER|CLIENT) negotiation succeeded", context):
                tls = f"TLS 1.{protocol[1] or 0}"
            if context == "authenticated" and direction == "inbound":
                direction = "submission"
            if event == client and re.match("X-ANONYMOUSTLS|XPROXY", data):
                direction = "internal"
        tls = tls or ("No TLS" if start_seen else NOT_RECORDED)
        for day, connector, status in read_mails(rows, client, name):
            counted[day, direction, connector.rpartition("\\")[2], tls, status] += 1
    return counted


def read_failures(folder: Path, name: str) -> Counter[tuple[str, str]]:
    """Count the sessions whose handshake failed, and those that brought no mail, by kind and error."""
    counted: Counter[tuple[str, str]] = Counter()
    client = "<" if name == "RECV" else ">"
    for rows in read_sessions(folder, name).values():
        said = [event for _, _, event in rows]
        errors = [context.rpartition(" ")[2] for _, _, context in said if context.startswith("TLS negotiation failed")]
        errors += [answer[1] for ask, answer in pairwise(said) if ask[1] == "STARTTLS" and answer[1][0] == "4"]
        if errors:
            counted["handshake failed", errors[0]] += 1
        elif not any(event == client and data.startswith("MAIL FROM") for event, data, _ in said) and said[-1][0] == "-":
            counted["no mail", said[-1][2]] += 1
    return counted


def read_mails(rows: list[tuple[str, str, Event]], client: str, name: str) -> Iterator[tuple[str, str, str]]:
    """Yield day, connector and status of each transaction of a session."""
    good, bad = ("accepted", "rejected") if name == "RECV" else ("delivered", "bounced")
    pending: tuple[str, str] | None = None
    asked = ""
    replies: list[str] = []
    for time, connector, (event, data, _) in rows:
        verb = data.split(" ")[0].split(":")[0]
        if event == client:
            if data.startswith("MAIL FROM"):
                pending, replies = (time[:10], connector), []
            elif data == "RSET" and pending:
                status = {"5": bad, "4": "deferred"}.get(replies[-1][0], "incomplete")
                yield *pending, status
                pending = None
            asked = "BODY" if verb == "DATA" or data.endswith(" LAST") else verb
        elif event in "<>" and pending:
            if asked == "BODY" and not data.startswith("354"):
                yield *pending, {"2": good, "4": "deferred", "5": bad}[data[0]]
                pending = None
            elif asked in ("MAIL", "RCPT", "RSET"):
                replies.append(data)
            elif asked == "QUIT":
                yield *pending, {"5": bad, "4": "deferred"}[replies[-1][0]]
                pending = None
    if pending:
        yield *pending, "incomplete"


def read_report(folder: Path) -> Counter[Key]:
    """Count the hops of an extended report in and out."""
    first: dict[str, tuple[str, str]] = {}
    counted: Counter[Key] = Counter()
    sends: dict[tuple[str, str, str], tuple[str, str]] = {}
    for _, text in texts(folder / "exchange-online"):
        for row in csv.DictReader(io.StringIO(text, newline="")):
            nmid, custom, time = row["network_message_id"], row["custom_data"], row["date_time_utc"]
            outbound = re.search(r"(?i)TenantOutboundConnectorCustomData=Name=(.*?);ConnectorType", custom)
            kind = (row["source"], row["event_id"], row["directionality"])
            if kind == ("SMTP", "RECEIVE", "Incoming"):
                first[nmid] = min(first.get(nmid, (time, custom)), (time, custom))
            elif row["event_id"] == "SENDEXTERNAL":
                key = nmid, row["server_hostname"], outbound[1] if outbound else ""
                sends[key] = min(sends.get(key, (time, custom)), (time, custom))
    for time, custom in first.values():
        inbound = re.search(r"(?i)InboundConnectorData=Name=(.*?);ConnectorType=", custom)
        counted[time[:10], "inbound", inbound[1] if inbound else None, report_tls(custom), "accepted"] += 1
    for (_, _, connector), (time, custom) in sends.items():
        counted[time[:10], "outbound", connector or None, report_tls(custom), "delivered"] += 1
    return counted


def report_tls(custom: str) -> str:
    """Return the TLS that a custom_data cell tells."""
    found = re.search(r"(?i)(?:^|;)S:(?:[\w.]*\.)?tlsversion=SP_PROT_TLS1(?:_(\d))?_(?:SERVER|CLIENT)", custom)
    return f"TLS 1.{found[1] or 0}" if found else NOT_RECORDED
