"""Lines of Postfix logs for tests."""
# ruff: noqa: E501 (lines of logs are long)

from __future__ import annotations

TLS_LINE = "Anonymous TLS connection established from mx1.partner.example[203.0.113.9]: TLSv1.2 with cipher ECDHE-RSA-AES256-GCM-SHA384 (256/256 bits)"
NO_TLS_LINE = {"tls": "Not recorded", "tls_raw": "no TLS line"}
CLEAR = {"tls": "No TLS", "tls_raw": "no TLS line"}


def lines(*texts: str, minute: int = 0, tag: str = "postfix") -> str:
    """Return lines a second apart; each text is a program, its process id and what it says: `smtpd[1] connect from …`."""
    result = [text.partition(" ") for text in texts]
    return "\n".join(f"Nov 12 10:{minute:02d}:{at:02d} mx1 {tag}/{who}: {text}" for at, (who, _, text) in enumerate(result))


def taken(
    queue_id: str = "36E6D300017", client: str = "mx1.partner.example[203.0.113.9]", tls: str = "", more: str = "", service: str = "smtpd"
) -> str:
    """Return a whole session with one message that was taken and stored."""
    result = [f"{service}[11] connect from {client}"]
    result += [f"{service}[11] {tls}"] if tls else []
    result += [
        f"{service}[11] {queue_id}: client={client}{more}",
        f"cleanup[12] {queue_id}: message-id=<1@partner.example>",
        f"qmgr[13] {queue_id}: from=<a@partner.example>, size=2048, nrcpt=1 (queue active)",
        f"{service}[11] disconnect from {client} ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5",
        f"virtual[14] {queue_id}: to=<b@example.com>, relay=virtual, delay=1, delays=1/0/0/0, dsn=2.0.0, status=sent (delivered to maildir)",
        f"qmgr[13] {queue_id}: removed",
    ]
    return lines(*result)


def given(*deliveries: str, before: str = "", queue_id: str = "4bC1dF2gHjKz3Lm", minute: int = 1, pid: int = 21) -> str:
    """Return a message of the queue and its delivery lines, each from `to=` to its end."""
    return lines(
        f"pickup[20] {queue_id}: uid=1000 from=<me@example.com>",
        f"cleanup[12] {queue_id}: message-id=<2@example.com>",
        f"qmgr[13] {queue_id}: from=<me@example.com>, size=999, nrcpt={len(deliveries)} (queue active)",
        *([f"smtp[{pid}] {before}"] if before else []),
        *(f"smtp[{pid}] {queue_id}: {text}" for text in deliveries),
        f"qmgr[13] {queue_id}: removed",
        minute=minute,
    )


def to(
    recipient: str = "you@partner.example",
    relay: str = "mx.partner.example[198.51.100.27]:25",
    more: str = "",
    level: str = "",
    end: str = "",
) -> str:
    """Return what a delivery line says behind the queue id."""
    return (
        f"to=<{recipient}>, relay={relay}{more}, delay=1.1, delays=0.2/0/0.3/0.1{level}, dsn=2.0.0, "
        f"status={end or 'sent (250 2.0.0 Ok: queued as 4711)'}"
    )


def out_tls(
    relay: str = "mx.partner.example[198.51.100.27]:25", trust: str = "Trusted", usage: str = "established", version: str = "TLSv1.3"
) -> str:
    return f"{trust} TLS connection {usage} to {relay}: {version} with cipher TLS_AES_256_GCM_SHA384 (256/256 bits) key-exchange X25519"
