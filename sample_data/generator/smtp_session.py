"""An SMTP session of an Exchange server's protocol log, and the true hops that it holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from sample_data.generator.hops import NO_TLS, NOT_RECORDED, RECEIVE, SEND, Hop
from sample_data.generator.people import domain_of

SYSTEM = "Exchange Server"

GRADE_OF_PROTOCOL = {
    "TLS1": "TLS 1.0",
    "TLS1_0": "TLS 1.0",
    "TLS1_1": "TLS 1.1",
    "TLS1_2": "TLS 1.2",
    "TLS1_3": "TLS 1.3",
}
_RECEIVE_STATUS = {
    "accepted": "accepted",
    "mail_refused": "rejected",
    "rcpt_refused": "rejected",
    "body_refused": "rejected",
    "mail_deferred": "deferred",
    "body_deferred": "deferred",
    "reset": "incomplete",
    "dropped": "incomplete",
}
_SEND_STATUS = {
    **_RECEIVE_STATUS,
    "accepted": "delivered",
    "mail_refused": "bounced",
    "rcpt_refused": "bounced",
    "body_refused": "bounced",
}

_TLS_ERRORS = ("AlgorithmMismatch", "SocketError", "IllegalMessage")
_TLS_REFUSAL = "454 4.7.0 TLS not available due to temporary reason"


class Mail(NamedTuple):
    """One SMTP transaction: from MAIL FROM to the answer to the body, RSET, or the end of the connection.

    `recipients` holds pairs of address and answer; `chunks` is above 1 where the body comes as several BDAT.
    """

    at_ms: int
    sender: str
    recipients: tuple[tuple[str, str], ...]
    outcome: str
    message_id: str
    size_bytes: int
    verb: str = "DATA"
    chunks: int = 1
    pipelined: bool = False
    reply: str = ""

    @property
    def accepted_recipients(self) -> tuple[str, ...]:
        """The recipients whose RCPT was answered with 2xx."""
        return tuple(address for address, answer in self.recipients if answer.startswith("2"))


@dataclass(slots=True)
class Session:
    """One connection in a protocol log.

    `log` is the set of files: frontend, hub, send, proxy (the front end's own send log). `handshake` is ok, none,
    failed (context row) or 454. `cut` says what of the start stands in no file: nothing, `plus` (the connect row),
    `greeting` (that and the 220), `tls` (everything up to the first mail). `internal` is the verb that makes it one
    between own servers, `origin` that verb's arguments.
    """

    kind: str
    log: str
    server: str
    connector: str
    session_id: str
    local: str
    remote: str
    peer_ip: str
    peer_host: str
    helo: str
    start_ms: int
    protocol: str = ""
    handshake: str = "none"
    cut: str = ""
    user: str = ""
    internal: str = ""
    origin: str = ""
    multi_row_ehlo: bool = False
    closes: bool = True
    mails: list[Mail] = field(default_factory=list[Mail])

    @property
    def connector_name(self) -> str:
        """The connector without its server."""
        return self.connector.rpartition("\\")[2]

    @property
    def tls(self) -> str:
        """What the rows that stand in a file prove about this session's mail."""
        if self.cut == "tls":
            return NOT_RECORDED
        if self.handshake == "ok":
            return GRADE_OF_PROTOCOL[self.protocol]
        return NOT_RECORDED if self.cut == "greeting" else NO_TLS

    @property
    def tls_error(self) -> str:
        """Why the handshake came to nothing: the error of the negotiation, or the answer to STARTTLS."""
        return _TLS_REFUSAL if self.handshake == "454" else _TLS_ERRORS[int(self.session_id[-6:], 16) % len(_TLS_ERRORS)]

    @property
    def failure(self) -> tuple[str, str] | None:
        """Kind and error of a session that failed: its handshake, or there was no mail; None of a sound one."""
        if self.handshake in ("failed", "454") and self.cut != "tls":
            return "handshake failed", self.tls_error
        if self.mails or self.cut == "tls" or not self.closes:
            return None
        return "no mail", "Remote" if self.kind == "receive" else "Local"

    @property
    def direction(self) -> str:
        """Inbound, outbound, submission, internal: by what the session holds, never by the connector's name."""
        if self.internal:
            return "internal"
        if self.user:
            return "submission"
        return "inbound" if self.kind == "receive" else "outbound"


def hops_of_session(session: Session) -> Iterator[Hop]:
    """Yield one true hop for each transaction of a session."""
    receive = session.kind == "receive"
    status = _RECEIVE_STATUS if receive else _SEND_STATUS
    direction, tls = session.direction, session.tls
    for mail in session.mails:
        recipients = mail.accepted_recipients
        other = mail.sender if receive else mail.recipients[0][0]
        yield Hop(
            format=RECEIVE if receive else SEND,
            at_ms=mail.at_ms,
            direction=direction,
            connector=session.connector_name,
            tls=tls,
            status=status[mail.outcome],
            system=SYSTEM,
            peer_host=None if receive else session.peer_host,
            peer_ip=session.peer_ip,
            helo=session.helo if receive else None,
            peer_domain=domain_of(other),
            sender=mail.sender,
            recipients=recipients,
            message_id=mail.message_id if mail.outcome == "accepted" or not receive else None,
            size_bytes=mail.size_bytes,
            session_id=session.session_id,
        )
