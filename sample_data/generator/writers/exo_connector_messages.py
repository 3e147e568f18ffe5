"""Exchange Online's reports of inbound and outbound messages, under the several names that their columns may have."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from sample_data.generator.hops import Hop, stamp
from sample_data.generator.mail_plan import Mail
from sample_data.generator.people import domain_of
from sample_data.generator.writers import Writer
from sample_data.generator.writers.tables import chance, culture, dealt, guid, whole_second, write_csv

FORMAT = "exo_connector_messages"
_REPORT = [
    "date_time_utc", "message_id", "network_message_id", "sender_address", "recipient_address", "message_subject", "direction",
    "connector_name", "connector_type", "tls_used", "original_client_ip", "total_bytes",
]  # fmt: skip
_EXPORT = [
    "Date",
    "Connector direction and name",
    "Connector type",
    "Forced TLS?",
    "TLS version",
    "Sender",
    "Recipients",
    "Message ID",
    "Size",
]
_SENT = ["Received", "Outbound Connector", "Sender From Address", "To", "MessageId", "TLSUsed"]


def _is_listed(mail: Mail) -> bool:
    """Return whether the reports list the mail: what crossed the edge."""
    return mail.way != "within" and (mail.end == "passed" or (mail.way == "in" and mail.end == "bounced"))


def _is_in(mail: Mail) -> bool:
    return mail.way == "in"


def _tls(mail: Mail) -> str:
    if mail.tls == "No TLS":
        return "No Tls" if chance(mail, 4, 0.5) else "No TLS"
    return mail.tls.replace(" ", "") if chance(mail, 4, 0.7) else mail.tls


def _report_rows(mails: Sequence[Mail]) -> Iterator[list[str]]:
    """Yield a row a recipient, as the report does with the rows of a trace."""
    for mail in mails:
        for recipient in mail.recipients:
            yield [
                stamp(mail.at_ms), mail.message_id, guid(mail), mail.sender or "<>", recipient, mail.subject,
                "Received" if _is_in(mail) else "Sent", mail.connector or ("NoConnector" if chance(mail, 8, 0.5) else ""),
                mail.connector_type or "NoConnector", _tls(mail), mail.host.ip if _is_in(mail) else "", str(mail.size_bytes),
            ]  # fmt: skip


def _export_rows(mails: Sequence[Mail]) -> Iterator[list[str]]:
    for mail in mails:
        way = "Inbound" if _is_in(mail) else "Outbound"
        forced = str(not _is_in(mail)) if mail.connector else ""
        yield [
            culture(mail.at_ms), f"{way} - {mail.connector or 'No connector'}", mail.connector_type or "", forced, _tls(mail),
            mail.sender or "<>", "; ".join(mail.recipients), mail.message_id, str(mail.size_bytes),
        ]  # fmt: skip


def _sent_rows(mails: Sequence[Mail]) -> Iterator[list[str]]:
    for mail in mails:
        yield [
            stamp(mail.at_ms).removesuffix("Z"), mail.connector or "", mail.sender, "{" + ", ".join(mail.recipients) + "}",
            mail.message_id, _tls(mail),
        ]  # fmt: skip


def _hands(mails: Sequence[Mail]) -> tuple[list[Mail], list[Mail], list[Mail]]:
    """Deal out the mails to the three files; the third lists outbound messages only, so it gets no others."""
    first, second, third = dealt([mail for mail in mails if _is_listed(mail)], 3)
    return first, [*second, *(mail for mail in third if _is_in(mail))], [mail for mail in third if not _is_in(mail)]


def write_connector_messages(mails: Sequence[Mail], folder: Path) -> list[Path]:
    """Write the historical search's report, an export with the headings of the admin centre, and one of outbound messages alone."""
    first, second, third = _hands(mails)
    return [
        write_csv(folder / "ConnectorReport_1.csv", _REPORT, _report_rows(first), encoding="utf-16-le"),
        write_csv(folder / "Messages.csv", _EXPORT, _export_rows(second[::-1]), quoting=csv.QUOTE_ALL, encoding="utf-8-sig"),
        write_csv(folder / "Outbound.csv", _SENT, _sent_rows(third), delimiter="\t"),
    ]


def connector_message_hops(mails: Sequence[Mail]) -> Iterator[Hop]:
    """Yield a hop a message, clear text included: the report has a word for it."""
    for number, hand in enumerate(_hands(mails)):
        for mail in hand:
            other = mail.sender if _is_in(mail) else mail.recipients[0]
            yield Hop(
                format=FORMAT, at_ms=whole_second(mail.at_ms), direction="inbound" if _is_in(mail) else "outbound",
                connector=mail.connector, tls=mail.tls, status="accepted" if _is_in(mail) else "delivered", system="Exchange Online",
                connector_type=mail.connector_type if number < 2 else None,
                forced_tls=(not _is_in(mail)) if number == 1 and mail.connector else None, peer_domain=domain_of(other),
                sender=mail.sender, recipients=mail.recipients, message_id=mail.message_id,
            )  # fmt: skip


EXO_CONNECTOR_MESSAGES = Writer(FORMAT, write_connector_messages, connector_message_hops)
