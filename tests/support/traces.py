"""Writers of small trace files, by hand and compact, and the trace file that they are loaded into."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from tui.config import Config
from tui.intake.discovery import find_files
from tui.intake.load import LoadResult, Progress, load_files
from tui.store.engine import Engine
from tui.store.trace_file import attach_trace, detach_trace

Kind = Literal["receive", "send"]

RECEIVE_CONNECTOR = "EX01\\Default Frontend EX01"
SEND_CONNECTOR = "To Internet"
SMTP_FIELDS = "date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context"
EXO_COLUMNS = (
    "date_time_utc", "client_ip", "client_hostname", "server_ip", "server_hostname", "source_context", "connector_id",
    "source", "event_id", "internal_message_id", "message_id", "network_message_id", "recipient_address",
    "recipient_status", "total_bytes", "recipient_count", "related_recipient_address", "reference", "message_subject",
    "sender_address", "return_path", "message_info", "directionality", "tenant_id", "original_client_ip",
    "original_server_ip", "custom_data",
)  # fmt: skip
EAC_COLUMNS = (
    "Date", "Connector direction and name", "Connector type", "Forced TLS?", "No TLS", "TLS 1.0", "TLS 1.1", "TLS 1.2",
    "TLS 1.3", "Volume",
)  # fmt: skip


@dataclass
class House:
    """An engine and a trace file in a folder of its own; files are loaded into it and rows asked of it."""

    engine: Engine
    folder: Path
    config: Config = field(default_factory=Config)

    @property
    def target(self) -> Path:
        """The trace file."""
        return self.folder / "trace.duckdb"

    def load(self, *paths: Path, config: Config | None = None, progress: Progress | None = None) -> LoadResult:
        """Load paths, as the command line would."""
        files = find_files([str(path) for path in paths])
        return load_files(self.engine, config or self.config, files, self.target, progress or Progress())

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of a SELECT over `trace`, the trace file, which is attached only meanwhile.

        To define the views over it costs more than most questions, so that is done only where one is asked for.
        """
        has_views = any(not name.startswith("trace.") for name in re.findall(r"(?i)\b(?:FROM|JOIN|DESCRIBE)\s+([a-z_.]+)", sql))
        attach_trace(self.engine, self.target, "read" if has_views else "look")
        try:
            return self.engine.connection.execute(sql).fetchall()
        finally:
            detach_trace(self.engine)

    def message(self, columns: str, where: str = "true") -> list[tuple[Any, ...]]:
        """Return columns of the messages, in time order; enums as text."""
        rows = self.ask(f"SELECT {columns} FROM trace.message WHERE {where} ORDER BY time_utc, source_id, line_no, tls")
        return [tuple(row) for row in rows]

    def one(self, columns: str) -> tuple[Any, ...]:
        """Return columns of the only message."""
        rows = self.message(columns)
        assert len(rows) == 1, rows
        return rows[0]

    def flow(self) -> dict[tuple[Any, ...], int]:
        """Return the counted messages by direction, connector and TLS from the rollup."""
        sql = "SELECT direction, connector, tls, CAST(sum(messages) AS BIGINT) FROM flow GROUP BY ALL"
        return {tuple(row[:3]): row[3] for row in self.ask(sql)}

    def tls_counts(self) -> dict[str, dict[str, int]]:
        """Return the counted messages by TLS, by direction."""
        counts: dict[str, Counter[str]] = {}
        for (direction, _, tls), messages in self.flow().items():
            counts.setdefault(direction, Counter())[tls] += messages
        return {direction: dict(count) for direction, count in counts.items()}

    def rejects(self) -> list[tuple[Any, ...]]:
        """Return line, reason and text of what was rejected."""
        return self.ask("SELECT line_no, reason, text FROM trace.reject ORDER BY source_id, line_no")


def stamp(moment: datetime) -> str:
    """`2026-11-10T10:00:00.000Z`."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def tls_context(protocol: str = "SP_PROT_TLS1_2_SERVER", cipher: str = "CALG_AES_256") -> str:
    """Return Exchange's sentence about a handshake."""
    return (
        f"TLS protocol {protocol} negotiation succeeded using bulk encryption algorithm {cipher} with strength 256 bits, "
        "MAC hash algorithm CALG_SHA_384 with strength 0 bits and key exchange algorithm CALG_ECDH_EPHEM with strength "
        "384 bits"
    )


def queued(message_id: str = "<1@a.example>", size: int = 2048) -> str:
    """Return the reply to a body that was taken."""
    return f"250 2.6.0 {message_id} [InternalId=7, Hostname=ex01.example.com] {size} bytes in 0.101, 13.362 KB/sec Queued mail for delivery"


def mail(sender: str = "a@a.example", *recipients: str, reply: str = "", verb: str = "DATA") -> str:
    """Return one transaction, one command after the other, as lines for `talk`."""
    lines = [f"C MAIL FROM:<{sender}> SIZE=1500", "S 250 2.1.0 Sender OK"]
    for recipient in recipients or ("b@example.com",):
        lines += [f"C RCPT TO:<{recipient}>", "S 250 2.1.5 Recipient OK"]
    lines += [f"C {verb}", *(["S 354 Start mail input; end with <CRLF>.<CRLF>"] if verb == "DATA" else [])]
    return "\n".join([*lines, f"S {reply or queued()}"])


OPENING = """
+
S 220 ex01.example.com Microsoft ESMTP MAIL Service ready at Tue, 10 Nov 2026 10:00:00 +0000
C EHLO mx1.partner.example
S 250  ex01.example.com Hello [203.0.113.9] SIZE 37748736 PIPELINING STARTTLS
"""

SECURED = """
C STARTTLS
S 220 2.0.0 SMTP server ready
T {protocol}
C EHLO mx1.partner.example
S 250  ex01.example.com Hello [203.0.113.9] SIZE 37748736 PIPELINING
"""


def opening(protocol: str | None = None) -> str:
    """Return the start of a session, with STARTTLS to `protocol` when one is named."""
    return OPENING + (SECURED.format(protocol=protocol) if protocol else "")


def talk(
    kind: Kind,
    *parts: str,
    session: str = "08DE000000000001",
    connector: str | None = None,
    at: str = "2026-11-10T10:00:00",
    peer: str = "203.0.113.9:41234",
    step_ms: int = 10,
    first: int = 0,
) -> list[str]:
    """Return a session as lines of a protocol log.

    Each line of `parts` is a row: `C …` the client says, `S …` the server says, `T …` a handshake to this protocol,
    `* data | context`, `+` and `-`. Rows are `step_ms` apart and numbered from `first`.
    """
    said = {"C": "<", "S": ">"} if kind == "receive" else {"C": ">", "S": "<"}
    name = connector or (RECEIVE_CONNECTOR if kind == "receive" else SEND_CONNECTOR)
    moment = datetime.fromisoformat(at)
    lines: list[str] = []
    for number, line in enumerate(line for part in parts for line in part.splitlines() if line):
        who, _, rest = line.partition(" ")
        event, data, context = said.get(who, who), rest, ""
        if who == "T":
            event, data, context = "*", "", tls_context(rest)
        elif who == "*":
            data, _, context = rest.rpartition("|")
        cells = [
            stamp(moment + timedelta(milliseconds=step_ms * number)),
            name,
            session,
            str(first + number),
            "192.0.2.25:25",
            peer,
            event,
            data.strip(),
            context.strip(),
        ]
        lines.append(csv_line(cells))
    return lines


def csv_line(cells: Sequence[str], delimiter: str = ",", quoting: Literal[0, 1] = csv.QUOTE_MINIMAL) -> str:
    """Return one CSV row without its line end."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator="\r\n").writerow(cells)
    return text.getvalue().removesuffix("\r\n")


def smtp_header(kind: Kind) -> list[str]:
    """Return the comment lines at the head of a log."""
    return [
        "#Software: Microsoft Exchange Server",
        "#Version: 15.0.0.0",
        f"#Log-type: SMTP {kind.capitalize()} Protocol Log",
        "#Date: 2026-11-10T00:00:00.000Z",
        f"#Fields: {SMTP_FIELDS}",
    ]


def write_log(path: Path, kind: Kind, *talks: Sequence[str], header: bool = True) -> Path:
    """Write sessions, interleaved by time, as a protocol log."""
    rows = sorted((line for lines in talks for line in lines), key=lambda line: line[:24])
    return write_lines(path, [*(smtp_header(kind) if header else []), *rows])


def write_lines(path: Path, lines: Sequence[str], end: str = "\r\n") -> Path:
    """Write lines as UTF-8."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes("".join(line + end for line in lines).encode())
    return path


def exo_in(number: int = 1, **changes: str) -> dict[str, str]:
    """Return the row of an arrival: SMTP RECEIVE, Incoming."""
    row = {
        "date_time_utc": f"2026-11-10T10:00:{number:02d}.000Z",
        "source": "SMTP",
        "event_id": "RECEIVE",
        "message_id": f"<{number}@a.example>",
        "network_message_id": f"00000000-0000-4000-8000-{number:012d}",
        "recipient_address": "b@example.com",
        "total_bytes": "2048",
        "message_subject": "Greetings",
        "sender_address": "a@a.example",
        "return_path": "a@a.example",
        "directionality": "Incoming",
        "custom_data": "S:ProxyHop1=edge.example(192.0.2.7);S:tlsversion=SP_PROT_TLS1_2_SERVER;S:tlscipher=CALG_AES_256",
    }
    return row | changes


def exo_out(number: int = 1, **changes: str) -> dict[str, str]:
    """Return the row of a departure: SENDEXTERNAL."""
    row = exo_in(number) | {
        "event_id": "SENDEXTERNAL",
        "directionality": "Originating",
        "sender_address": "me@example.com",
        "recipient_address": "you@partner.example",
        "server_hostname": "mx1.partner.example",
        "server_ip": "198.51.100.8",
        "custom_data": "S:ToEntity=Internet;S:tlsversion=SP_PROT_TLS1_3_CLIENT",
    }
    return row | changes


def write_csv(
    path: Path,
    rows: Sequence[Mapping[str, str]],
    columns: Sequence[str],
    *,
    encoding: str = "utf-8",
    delimiter: str = ",",
    bom: bool = False,
    before: str = "",
) -> Path:
    """Write rows as CSV; columns that a row does not have are empty."""
    lines = [
        csv_line(columns, delimiter),
        *(csv_line([row.get(name, "") for name in columns], delimiter) for row in rows),
    ]
    text = ("\N{ZERO WIDTH NO-BREAK SPACE}" if bom else "") + before + "".join(line + "\r\n" for line in lines)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode(encoding))
    return path


def write_exo(path: Path, *rows: Mapping[str, str], encoding: str = "utf-8", delimiter: str = ",", bom: bool = False) -> Path:
    """Write an extended report."""
    return write_csv(path, rows, EXO_COLUMNS, encoding=encoding, delimiter=delimiter, bom=bom)


def write_eac(path: Path, *rows: Sequence[object], delimiter: str = ",") -> Path:
    """Write a connector details export; a row is date, label, the five TLS cells and Volume."""
    names = ("Date", "Connector direction and name", *EAC_COLUMNS[4:])
    cells: list[dict[str, str]] = [dict(zip(names, map(str, row), strict=True)) for row in rows]
    return write_csv(path, cells, EAC_COLUMNS, delimiter=delimiter)
