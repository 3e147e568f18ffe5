"""Mails themselves: mboxes and single mails, whose Received lines tell every hop; the one at the edge counts."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Sequence
from pathlib import Path

from sample_data.generator.hops import NO_TLS, NOT_RECORDED, Hop
from sample_data.generator.mail_plan import Mail
from sample_data.generator.people import domain_of
from sample_data.generator.writers import Writer
from sample_data.generator.writers.tables import chance, clock, dealt, guid, number_of, whole_second, write_text

FORMAT = "mail_headers"
_EDGES = ("exchange online", "exchange online", "postfix", "exim", "gmail", "old exchange")
_SERVICE = "PR01MB1000.eurprd01.prod.outlook.com"


def _is_kept(mail: Mail) -> bool:
    """Return whether the mail lies in a mailbox."""
    return mail.way == "within" or (mail.way == "in" and mail.end == "passed")


def _edge(mail: Mail) -> str:
    return _EDGES[number_of(mail, 4, len(_EDGES))]


def _date(at_ms: int, mail: Mail) -> str:
    """Return the moment in the clock of the server that writes it."""
    hours = (0, 1, -5)[number_of(mail, 8, 3)]
    form = "%a, %e %b %Y %H:%M:%S" if chance(mail, 12, 0.8) else "%e %b %Y %H:%M:%S"
    return f"{clock(at_ms + hours * 3_600_000, form)} {'-' if hours < 0 else '+'}{abs(hours):02d}00".replace("  ", " ").strip()


def _from(mail: Mail) -> str:
    """Return who came, as it calls itself, by its name in DNS and its address."""
    ip = f"IPv6:{mail.host.ip}" if ":" in mail.host.ip else mail.host.ip
    return f"from {mail.host.helo} ({mail.host.name} [{ip}])"


def _edge_line(mail: Mail) -> str:
    """Return what the server at the edge writes of the hop and its TLS."""
    version, to = mail.tls.replace("TLS ", "TLSv"), mail.recipients[0]
    version = "TLSv1" if version == "TLSv1.0" else version
    clear, edge = mail.tls == NO_TLS, _edge(mail)
    if edge == "exchange online":
        tls = "" if clear else f" (version={mail.tls.replace(' ', '').replace('.', '_')}, cipher={mail.cipher.replace('-', '_')})"
        by = f"DB{number_of(mail, 16, 9)}EUR01FT003.mail.protection.outlook.com (10.0.75.157)"
        return f"from {mail.host.name} ({mail.host.ip}) by {by} with Microsoft SMTP Server{tls} id 15.20.9115.9 via Frontend Transport"
    if edge == "postfix":
        tls = (
            ""
            if clear
            else f" (using {version} with cipher {mail.cipher} (256/256 bits) key-exchange X25519) (No client certificate requested)"
        )
        return f"{_from(mail)}{tls} by mail.example.com (Postfix) with ESMTP{'' if clear else 'S'} id 4bX1cQ for <{to}>"
    if edge == "exim":
        how = "esmtp" if clear else f"esmtps  ({version.replace('v', '')}) tls {mail.cipher}" if chance(mail, 20, 0.5) else (
            f"esmtps ({'TLS1.0' if version == 'TLSv1' else version.replace('v', '')}:{mail.cipher}:256)")  # fmt: skip
        return f"{_from(mail)} by mail.example.com with {how} (Exim 4.96) (envelope-from <{mail.sender}>) id 1mXyZ-000000-00 for {to}"
    if edge == "gmail":
        tls = "" if clear else f" (version={mail.tls.replace(' ', '').replace('.', '_')} cipher={mail.cipher} bits=256/256)"
        return f"{_from(mail)} by mx.google.com with ESMTP{'' if clear else 'S'} id a1si1 for <{to}>{tls}"
    server = f"Microsoft SMTP Server{'' if clear else ' (TLS)'} id 15.0.1497.48"
    return f"from {mail.host.name} ({mail.host.ip}) by ex.example.com (10.0.0.1) with {server}"


def _received(mail: Mail) -> Iterator[tuple[int, str]]:
    """Yield when and what each server wrote, newest first: own servers, the edge, and what the others had done before."""
    at = mail.at_ms
    if mail.way == "within":
        yield at + 900, f"from {_SERVICE} (2603:10a6::1) by {_SERVICE} with HTTPS"
        yield at, f"from {_SERVICE} ([fe80::1]) by {_SERVICE} ([fe80::1%3]) with mapi id 15.20.9115.9"
        return
    if _edge(mail) == "exchange online":
        inner = "(version=TLS1_2, cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384)"
        yield at + 2_000, f"from {_SERVICE} (2603:10a6::2) by {_SERVICE} with HTTPS"
        yield (
            at + 900,
            f"from FT003.eop-eur01.prod.protection.outlook.com (10.152.1.1) by {_SERVICE} "
            f"(10.152.1.2) with Microsoft SMTP Server {inner} id 15.20",
        )
    else:
        yield at + 900, f"from mail.example.com (10.0.0.1) by store.example.com (10.0.0.2) with LMTP id {mail.network_message_id[:8]}"
    yield at, _edge_line(mail)
    if chance(mail, 24, 0.6):
        yield at - 3_000, f"from pc.{mail.host.domain} (unknown [10.1.2.3]) by {mail.host.name} (Postfix) with ESMTPSA id 4bX1"


def _header(mail: Mail) -> str:
    lines = [f"Return-Path: <{mail.sender}>"]
    for at_ms, line in _received(mail):
        folded = f"Received: {line}; {_date(at_ms, mail)}".replace(" by ", "\n\tby ").replace(
            "Microsoft SMTP Server", "Microsoft SMTP\n Server"
        )
        lines.append(folded)
    if _edge(mail) == "exchange online":
        lines.append(f"X-MS-Exchange-Organization-Network-Message-Id: {guid(mail)}")
    subject = "\n ".join(part.strip() for part in mail.subject.splitlines())
    lines += [
        f"From: Somebody <{mail.sender or 'postmaster@' + mail.host.domain}>", f"To: {', '.join(mail.recipients)}", f"Subject: {subject}",
        f"Message-ID: {mail.message_id}", f"Date: {_date(mail.at_ms - 5_000, mail)}", 'Content-Type: multipart/mixed; boundary="x"',
    ]  # fmt: skip
    return "\n".join(lines)


def _mail(mail: Mail) -> str:
    """Return header and body; the body holds what looks like a header."""
    inner = "Content-Type: message/rfc822\n\nReceived: from a.example (203.0.113.9) by b.example with ESMTP\n"
    body = f"Hello\n\n>From the beginning\n--x\n{inner}"
    return f"{_header(mail)}\n\n{body}--x--\n"


def _box(mails: Sequence[Mail]) -> str:
    form = "%a %b %e %H:%M:%S %Y"
    return "\n".join(f"From {mail.sender or 'MAILER-DAEMON'} {clock(mail.at_ms, form)}\n{_mail(mail)}" for mail in mails)


def write_mail_headers(mails: Sequence[Mail], folder: Path) -> list[Path]:
    """Write three mboxes, one compressed and one with a copy of some mails of another, and a few single mails."""
    kept = [mail for mail in mails if _is_kept(mail)]
    few = min(20, len(kept) // 4)
    singles, boxed = kept[len(kept) - few :], kept[: len(kept) - few]
    first, second, third = dealt(boxed, 3)
    packed = write_text(folder / "archive.mbox.gz", _box(third))
    packed.write_bytes(gzip.compress(packed.read_bytes(), mtime=0))
    emls = [write_text(folder / f"{number}.eml", _mail(mail).replace("\n", "\r\n")) for number, mail in enumerate(singles)]
    return [write_text(folder / "inbox.mbox", _box(first)), write_text(folder / "copies.mbox", _box([*second, *first[:25]])), packed, *emls]


def _recorded(mail: Mail) -> str:
    edge = _edge(mail)
    if edge == "old exchange":
        return NOT_RECORDED if mail.tls == NO_TLS else "TLS (version unknown)"
    return NOT_RECORDED if edge == "gmail" and mail.tls == NO_TLS else mail.tls


def mail_header_hops(mails: Sequence[Mail]) -> Iterator[Hop]:
    """Yield the hop at the edge of each mail that came from others."""
    for mail in mails:
        if mail.way == "in" and mail.end == "passed":
            yield Hop(
                format=FORMAT, at_ms=whole_second(mail.at_ms), direction="inbound", connector=None, tls=_recorded(mail), status="accepted",
                system="Message headers", peer_host=mail.host.name, peer_ip=mail.host.ip, peer_domain=domain_of(mail.sender),
                sender=mail.sender, recipients=mail.recipients, message_id=mail.message_id,
            )  # fmt: skip


MAIL_HEADERS = Writer(FORMAT, write_mail_headers, mail_header_hops, frozenset({"inbound"}))
