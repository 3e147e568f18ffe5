"""Messages as lists and one by one."""

from __future__ import annotations

from collections.abc import Sequence

from tui.domain import TLS_1_0_OR_SSL, TRANSFERRED
from tui.rows import HopLine, MessageDetail, MessageKey, MessageLine
from tui.store.window import Window
from tui.view.connectors import ARROWS
from tui.view.formatting import SHORT, connector_label, day_name, grouped
from tui.view.sheet import Sheet, SheetBuilder
from tui.view.table import Cell, Column, Line, Tone
from tui.view.text import clip, fit, visible

LEGEND = "← in  → out  · own  × not transferred"
LABEL_CELLS = 18
WIDE = 120


def message_columns(width: int, zone: str = "UTC") -> list[Column]:
    """Return the columns of a list of messages for a width."""
    head = [Column("time", "Time UTC" if zone == "UTC" else "Time", 12), Column("direction", "", 1), Column("tls", "TLS", 8)]
    if width < WIDE:
        room = max(8, (width - 1 - 12 - 1 - 8 - 5) // 3)
        return [
            *head,
            Column("peer", "Host (HELO)", room),
            Column("sender", "Sender", room),
            Column("recipient", "Recipients", room),
        ]
    tail = [Column("status", "Status", 11), Column("size", "Bytes", 9, "right")]
    room = (width - 1 - 12 - 1 - 8 - 11 - 9 - 9) // 5
    middle = [
        Column(key, label, room)
        for key, label in (
            ("connector", "Connector"),
            ("peer", "Host (HELO)"),
            ("sender", "Sender"),
            ("recipient", "Recipients"),
            ("subject", "Subject"),
        )
    ]
    return [*head, *middle, *tail]


def message_line(row: MessageLine, columns: Sequence[Column], window: Window) -> Line:
    """Return a message as a line of a list."""
    more = f" +{row.recipient_count - 1}" if row.recipient_count and row.recipient_count > 1 else ""
    tone: Tone = (
        "alarm" if row.tls == "No TLS" else "warn" if row.tls in TLS_1_0_OR_SSL else "dim" if row.tls == "Not recorded" else "plain"
    )
    at = window.local(row.time_utc)
    recipient_cells = next((column.width for column in columns if column.key == "recipient"), len(more))
    texts = {
        "time": Cell(day_name(at.date()) if row.grain == "day" else f"{day_name(at.date())} {at:%H:%M}"),
        "direction": Cell(ARROWS.get(row.direction, "·") if row.status in TRANSFERRED else "×"),
        "tls": Cell(SHORT.get(row.tls, row.tls) if row.tls.startswith("TLS (") or row.tls == "Not recorded" else row.tls, tone),
        "connector": Cell(visible(row.connector or "–")),
        "peer": Cell(
            visible(row.peer or "–") if row.grain != "day" else f"{'~' if row.is_estimate else ''}{grouped(row.messages)} in a daily total"
        ),
        "sender": Cell(_address(row.sender)),
        "recipient": Cell(clip(visible(row.recipient or "–"), recipient_cells - len(more)) + more),
        "subject": Cell(visible(row.subject or "")),
        "status": Cell(row.status),
        "size": Cell(grouped(row.size_bytes) if row.size_bytes else ""),
    }
    return Line(
        "row",
        tuple(Cell(clip(texts[column.key].text, column.width), texts[column.key].tone) for column in columns),
        row.key,
    )


def _address(address: str | None) -> str:
    return "–" if address is None else "<>" if address in ("", "<>") else visible(address)


def message_sheet(row: MessageDetail, hops: Sequence[HopLine], key: MessageKey, window: Window, width: int) -> Sheet:
    """Return the recorded fields of a message at a hop, and its other hops; empty fields are omitted, except the important ones."""
    sheet = SheetBuilder(width)
    sheet.open_box("Message at this hop")
    forced = "" if row.forced_tls is None else f" · Forced TLS? {row.forced_tls}"
    label = connector_label(row.direction, row.connector, row.connector_type) if row.direction in ARROWS else row.connector or "none"
    facts: list[tuple[str, str | None]] = [
        ("Time", f"{window.local(row.time_utc):%a %d %b %Y %H:%M:%S} {window.zone}"),
        ("Direction", row.direction),
        ("Connector", f"{label}{forced}"),
        ("TLS", row.tls),
        ("TLS as written", row.tls_raw),
        ("Cipher", row.cipher),
        ("Certificate check", row.verified),
        ("Certificate", row.certificate),
        ("Security policy", row.security_policy),
        ("Status", row.status),
        ("Reply", row.reply),
        ("Peer's host", row.peer_host),
        ("HELO (unverified)", row.helo),
        ("Peer's address", row.peer_ip),
        ("Peer's domain", row.peer_domain),
        ("Server", row.server),
        ("System", row.system if not row.service else f"{row.system} ({row.service})"),
        ("Sender", _address(row.sender) if row.sender is not None else None),
        ("Recipients", ", ".join(row.recipients) if row.recipients else None),
        ("Signed in as", row.auth_user),
        ("Subject", row.subject),
        ("Size", f"{grouped(row.size_bytes)} bytes" if row.size_bytes is not None else None),
        ("Message-ID", row.message_id),
        ("Network message id", row.network_message_id),
        ("Session", row.session_id),
        (
            "Messages",
            f"{'~' if row.is_estimate else ''}{grouped(row.messages)} (a daily total)" if row.messages != 1 else None,
        ),
        ("Source", f"{row.path}{f', line {grouped(row.line_no)}' if row.line_no else ''} ({row.format})"),
    ]
    for label, text in facts:
        if text:
            _fact(sheet, label, visible(text))
    sheet.close_box()
    if len(hops) > 1:
        sheet.open_box(f"All hops of this message · {len(hops)}")
        for hop in hops:
            _hop(sheet, hop, window, is_this=hop.key == key)
        sheet.close_box()
    return sheet.sheet()


def _hop(sheet: SheetBuilder, hop: HopLine, window: Window, *, is_this: bool) -> None:
    """Add a hop: a link to it, unless it is the one that is shown."""
    at = window.local(hop.time_utc)
    arrow = ARROWS.get(hop.direction, "·")
    when = f"{day_name(at.date())} {at:%H:%M:%S}{' this one' if is_this else ''}"
    words = f"{when} {arrow} {hop.tls} · {hop.system} · {hop.server or 'server not recorded'}"
    peer = f" {'to' if hop.direction == 'outbound' else 'from'} {hop.peer}" if hop.peer else ""
    line = visible(f" {words}{peer} · {hop.status}")
    sheet.add(Cell(clip(line, sheet.inner), "dim" if is_this else "plain"), link=None if is_this else f"hop-{hop.hop_key}")


def _fact(sheet: SheetBuilder, label: str, text: str) -> None:
    room = sheet.inner - LABEL_CELLS - 1
    pieces = [text[at : at + room] for at in range(0, len(text), room)] or [""]
    for place, piece in enumerate(pieces):
        sheet.add(Cell(fit(label if place == 0 else "", LABEL_CELLS + 1), "dim"), Cell(piece))
