"""TLS reports in mail: the attachments of an .eml file with the media types of RFC 8460."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

MARK = "application/tlsrpt"
MAX_MAIL_BYTES = 64 << 20


def has_reports(head: str) -> bool:
    """Return whether the beginning of a text is a mail header that announces TLS reports, or the MIME part of a report."""
    first = head.lstrip().partition(":")[0]
    is_mail = 0 < len(first) < 80 and all(char.isalnum() or char in "-_" for char in first) and not first.isdigit()
    return is_mail and (MARK in head.lower() or 'report-type="tlsrpt"' in head.lower())


def reports_in(path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the compressed bytes of each report in a mail; none of a mail over 64 MB."""
    if path.stat().st_size > MAX_MAIL_BYTES:
        return
    with path.open("rb") as file:
        message = email.message_from_binary_file(file, _class=EmailMessage, policy=email.policy.default)
    for number, part in enumerate(message.walk(), 1):
        if part.get_content_type().startswith(MARK):
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes) and payload:
                yield part.get_filename() or f"report-{number}", payload
