"""Exchange Online: the admin centre's report on outbound messages in transit, whose totals are no hops."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from sample_data.generator.hops import NO_TLS, Hop
from sample_data.generator.mail_plan import Mail
from sample_data.generator.writers import Writer
from sample_data.generator.writers.tables import chance, clock, write_csv

FORMAT = "exo_transit_security"
_ERRORS = {"DANE": "dane-required: no TLSA record fits", "MTA-STS": "sts-webpki-invalid"}


def security_of(mail: Mail) -> str:
    """Return what the report calls the way in which a mail was secured."""
    if mail.tls == NO_TLS:
        return "No TLS"
    domain = mail.host.domain
    return "DANE" if len(domain) % 5 == 0 else "MTA-STS" if len(domain) % 5 == 1 else "TLS"


def sent(mails: Sequence[Mail]) -> Counter[tuple[str, str]]:
    """Return the messages sent by day and security."""
    return Counter((clock(mail.at_ms, "%Y-%m-%d"), security_of(mail)) for mail in mails if mail.way == "out" and mail.end == "passed")


def in_clear(mails: Sequence[Mail]) -> Counter[tuple[str, str]]:
    """Return the messages sent in clear text by day and recipients' domain."""
    return Counter(
        (clock(mail.at_ms, "%Y-%m-%d"), mail.host.domain)
        for mail in mails
        if mail.way == "out" and mail.end == "passed" and mail.tls == NO_TLS
    )


def blocked(mails: Sequence[Mail]) -> Counter[tuple[str, str, str]]:
    """Return the messages blocked by recipients' domain, security type and error."""
    return Counter(
        (mail.host.domain, kind, _ERRORS[kind])
        for mail in mails
        if mail.way == "out" and mail.end in ("rejected", "bounced") and (kind := security_of(mail)) in _ERRORS and chance(mail, 2, 0.8)
    )


def write_exo_transit(mails: Sequence[Mail], folder: Path) -> list[Path]:
    """Write the three tables; that of blocked messages names no dates, so its file's date matters."""
    result = blocked(mails)
    stopped = write_csv(
        folder / "MessagesBlocked.csv",
        ("Recipient Domain", "Security Type", "Count of Messages Blocked", "Distinct Error Generated for Domain"),
        [(domain, kind, f"{result[domain, kind, error]:,}", error) for domain, kind, error in sorted(result)],
    )
    written = mails[-1].at_ms / 1000 + 1
    os.utime(stopped, (written, written))
    days = sent(mails)
    split = write_csv(folder / "MessagesSent.csv", ("Date", "Security Type", "Messages"), [(*key, f"{days[key]}") for key in sorted(days)])
    plain = in_clear(mails)
    names = ("Date", "Recipient Domain", "Messages")
    return [stopped, split, write_csv(folder / "DomainsWithoutTls.csv", names, [(*key, f"{plain[key]}") for key in sorted(plain)])]


def exo_transit_hops(_: Sequence[Mail]) -> Iterator[Hop]:
    """Yield nothing: totals are no messages."""
    yield from ()


EXO_TRANSIT_SECURITY = Writer(FORMAT, write_exo_transit, exo_transit_hops, frozenset())
