"""A letter to a partner whose servers use an old TLS version, or none: text or Markdown, ready to send."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tui.domain import LEGACY, MODERN
from tui.rows import PeerUse
from tui.store.window import Window
from tui.view.formatting import day_name, grouped, listed, plural
from tui.view.text import visible, wrap

WIDTH = 76
DIRECTION_TEXTS = {"inbound": "from you to us", "outbound": "from us to you"}


def old_uses(uses: Sequence[PeerUse]) -> list[PeerUse]:
    """Return the uses of old versions, which the letter is about."""
    return [use for use in uses if use.tls in LEGACY]


def letter_text(uses: Sequence[PeerUse], about: str, window: Window, *, markdown: bool = False) -> str:
    """Return the letter: observed versions by host and address, with dates, and what to change.

    `about` is the domain, host or address that it is about.
    """
    old, name = old_uses(uses), visible(about)
    span = f"{_day(window, min(use.first_utc for use in uses))} to {_day(window, max(use.last_utc for use in uses))}" if uses else ""
    if not old:
        return f"{name}: every message whose TLS was recorded used TLS 1.2 or newer ({span}); nothing needs to be changed.\n"
    versions = [version for version in LEGACY if any(use.tls == version for use in old)]
    over = listed([version for version in versions if version != "No TLS"])
    used = " and ".join(part for part in ("without TLS" if "No TLS" in versions else "", f"over {over}" if over else "") if part)
    domains = sorted({visible(use.domain) for use in old if use.domain})
    lines = [f"Subject: Please enable TLS 1.2 for mail with us ({name})", "", "Hello,", ""]
    lines += _paragraph(
        f"Our mail logs show that mail between {name} and us is still sent {used}. TLS 1.0 and TLS 1.1 were deprecated in 2021 "
        "(RFC 8996), and mail without TLS can be read by anyone on the network path. When these versions are refused, by us or by others, "
        "this mail will be sent in clear text or not at all."
    )
    if domains and domains != [name]:
        lines += _paragraph(f"Domains affected: {', '.join(domains[:12])}{' and more' if len(domains) > 12 else ''}.")
    for direction, text in DIRECTION_TEXTS.items():
        mine = [use for use in old if use.direction == direction]
        if mine:
            lines += [f"## Mail {text}" if markdown else f"Mail {text}:", ""]
            lines += (_table if markdown else _list)(mine, window)
            lines.append("")
    lines += _paragraph(_better(uses))
    lines += ["## What to change" if markdown else "What to change:", ""]
    for advice in _advice(versions, {use.direction for use in old}):
        first, *rest = wrap(advice, WIDTH - 4)
        indent = "" if markdown else "  "
        lines += [f"{indent}- {first}", *(f"{indent}  {line}" for line in rest)]
    lines.append("")
    lines += _paragraph(
        f"The counts are messages in our logs from {span} ({window.zone}). We can send you the individual connections with their times, "
        "or run a test together with you."
    )
    lines += ["Kind regards", ""]
    return "\n".join(lines)


def _day(window: Window, moment_utc: datetime) -> str:
    local = window.local(moment_utc)
    return f"{day_name(local.date())} {local.year}"


def _named(version: str) -> str:
    return "without TLS" if version == "No TLS" else version


def _paragraph(text: str) -> list[str]:
    return [*wrap(text, WIDTH), ""] if text else []


def _host(use: PeerUse) -> str:
    name = visible(use.host) if use.host else "a host without a name"
    note = " (HELO, unverified)" if use.is_unverified else ""
    address = f" [{visible(use.address)}]" if use.address and use.address != use.host else ""
    return f"{name}{address}{note}"


def _seen(use: PeerUse, window: Window) -> str:
    first, last = _day(window, use.first_utc), _day(window, use.last_utc)
    return first if first == last else f"{first} to {last}"


def _merged(uses: Sequence[PeerUse]) -> list[tuple[PeerUse, int, int]]:
    """Return one use per host, address and version over all domains, with its messages and connections."""
    merged: dict[tuple[str | None, str | None, str], tuple[PeerUse, int, int]] = {}
    for use in uses:
        key = (use.host, use.address, use.tls)
        before = merged.get(key)
        if before is None:
            merged[key] = (use, use.messages, use.connections)
            continue
        whole = PeerUse(
            use.direction,
            use.host,
            use.is_unverified,
            use.address,
            None,
            use.tls,
            0,
            0,
            min(before[0].first_utc, use.first_utc),
            max(before[0].last_utc, use.last_utc),
        )
        merged[key] = (whole, before[1] + use.messages, before[2] + use.connections)
    return sorted(merged.values(), key=lambda item: (-item[1], item[0].host or "", item[0].address or "", item[0].tls))


def _list(uses: Sequence[PeerUse], window: Window) -> list[str]:
    lines: list[str] = []
    for use, messages, connections in _merged(uses):
        in_connections = f" in {plural(connections, 'connection')}" if connections else ""
        lines.append(f"  {_host(use)}")
        lines.append(f"      {_named(use.tls)}: {plural(messages, 'message')}{in_connections}, {_seen(use, window)}")
    return lines


def _table(uses: Sequence[PeerUse], window: Window) -> list[str]:
    lines = ["| Host | Address | TLS | Messages | Seen |", "|---|---|---|---:|---|"]
    for use, messages, _ in _merged(uses):
        note = " (HELO, unverified)" if use.is_unverified else ""
        host, address = (_cell(part) for part in (use.host or "–", use.address or "–"))
        lines.append(f"| {host}{note} | {address} | {_named(use.tls)} | {grouped(messages)} | {_seen(use, window)} |")
    return lines


def _cell(text: str) -> str:
    return visible(text).replace("\\", "\\\\").replace("|", "\\|")


def _better(uses: Sequence[PeerUse]) -> str:
    """Return a sentence on the hosts that use an old version and also TLS 1.2 or newer."""
    old = {(use.direction, use.host) for use in old_uses(uses)}
    both = sorted({visible(use.host) for use in uses if use.tls in MODERN and use.host and (use.direction, use.host) in old})
    if not both:
        return ""
    rest = f" and {len(both) - 8} more" if len(both) > 8 else ""
    named = f"{', '.join(both[:8])}{rest}"
    supports = "it probably supports" if len(both) == 1 else "they probably support"
    return f"Of these, {named} also used TLS 1.2 or newer: {supports} it, and only some settings need to be changed."


def _advice(versions: Sequence[str], directions: set[str]) -> list[str]:
    advice: list[str] = []
    if "No TLS" in versions:
        if "inbound" in directions:
            advice.append("Use STARTTLS when you send: our servers offer it.")
        if "outbound" in directions:
            advice.append("Offer STARTTLS on the servers that take mail, with a certificate that names them.")
    if len([version for version in versions if version != "No TLS"]):
        advice.append("Enable TLS 1.2 (RFC 5246) and, where you can, TLS 1.3 (RFC 8446), for sending and for receiving mail.")
        advice.append("Windows: enable TLS 1.2 in Schannel and .NET, and update the mail server; devices: update their firmware.")
        advice.append("If a device does not support TLS 1.2, let it send through one of your servers that does.")
    return advice
