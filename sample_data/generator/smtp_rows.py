"""A session as rows of an Exchange SMTP protocol log, receive or send: the same talk seen from the other end."""

from __future__ import annotations

from datetime import UTC, datetime

from sample_data.generator.hops import stamp
from sample_data.generator.smtp_session import Mail, Session

Line = tuple[int, str]
"""When (milliseconds), and the finished line with its CRLF."""

_CERTIFICATE = "Subject Issuer name Serial number Thumbprint Not before Not after Subject alternate names"
_KEYWORDS = (
    "SIZE 37748736",
    "PIPELINING",
    "DSN",
    "ENHANCEDSTATUSCODES",
    "STARTTLS",
    "X-ANONYMOUSTLS",
    "AUTH NTLM",
    "8BITMIME",
    "BINARYMIME",
    "CHUNKING",
    "XRDST",
)
_REPLY_LATER = "451 4.7.0 Temporary server error. Please try again later. PRX4"
_REPLY_FULL = "452 4.3.1 Insufficient system resources"
_TLS_DETAILS = {
    "TLS1": ("CALG_AES_256", 256, "CALG_SHA1", 160, "CALG_RSA_KEYX", 2048),
    "TLS1_0": ("CALG_AES_256", 256, "CALG_SHA1", 160, "CALG_ECDHE", 256),
    "TLS1_1": ("CALG_3DES", 168, "CALG_SHA1", 160, "CALG_RSA_KEYX", 2048),
    "TLS1_2": ("CALG_AES_128", 128, "CALG_SHA_256", 0, "CALG_ECDH_EPHEM", 256),
    "TLS1_3": ("CALG_AES_256", 256, "CALG_SHA_384", 0, "CALG_ECDH_EPHEM", 384),
}


def quoted(value: str) -> str:
    """Return a CSV cell, quoted where it must be."""
    if "," in value or '"' in value or "\n" in value:
        return '"' + value.replace('"', '""') + '"'
    return value


def tls_context(protocol: str, *, server: bool) -> str:
    """Return Exchange's sentence about a handshake that succeeded."""
    cipher, bits, mac, mac_bits, exchange, exchange_bits = _TLS_DETAILS[protocol]
    return (
        f"TLS protocol SP_PROT_{protocol}_{'SERVER' if server else 'CLIENT'} negotiation succeeded using bulk "
        f"encryption algorithm {cipher} with strength {bits} bits, MAC hash algorithm {mac} with strength {mac_bits} "
        f"bits and key exchange algorithm {exchange} with strength {exchange_bits} bits"
    )


def lines_of(session: Session) -> list[Line]:
    """Return the lines of a session that stand in some file, in order."""
    return _Transcript(session).lines()


class _Transcript:
    """Writes one session down. `client` and `server` are the event signs of the two ends."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.is_receive = session.kind == "receive"
        self.client, self.server = ("<", ">") if self.is_receive else (">", "<")
        self.salt = int(session.session_id[-6:], 16)
        self.at_ms = session.start_ms
        self.sequence = 0
        self.local = session.local if self.is_receive else ""
        self.prefix = f",{quoted(session.connector)},{session.session_id},"
        self.found: list[Line] = []

    def lines(self) -> list[Line]:
        """Return the whole talk, less what the session's cut says stands in no file."""
        marks = self._preamble()
        drop = marks.get(self.session.cut, 0)
        for i, mail in enumerate(self.session.mails):
            self._mail(mail, is_last=i == len(self.session.mails) - 1)
        self._close()
        return self.found[drop:]

    def _add(self, event: str, data: str = "", context: str = "", *, step: bool = True, same_number: bool = False) -> None:
        line = (
            f"{stamp(self.at_ms)}{self.prefix}{self.sequence},{self.local},{self.session.remote},"
            f"{event},{quoted(data)},{quoted(context)}\r\n"
        )
        self.found.append((self.at_ms, line))
        if not same_number:
            self.sequence += 2 if (self.sequence * 7 + self.salt) % 41 == 0 else 1
        if step:
            self.at_ms += 5 + (len(self.found) * 29 + self.salt) % 56

    def _preamble(self) -> dict[str, int]:
        session = self.session
        marks: dict[str, int] = {}
        if not self.is_receive:
            self._add("*", "SendRoutingHeaders", "Set Session Permissions", step=False)
            self._add("*", "", "attempting to connect")
            self.local = session.local
        self._add("+")
        marks["plus"] = len(self.found)
        if self.is_receive:
            self._add("*", "SMTPAcceptAnySender AcceptRoutingHeaders", "Set Session Permissions", step=False)
        self._add(self.server, self._greeting())
        marks["greeting"] = len(self.found)
        if session.helo or session.mails:
            self._hello(offer_tls=True)
            self._handshake()
        self._proxy_and_login()
        marks["tls"] = len(self.found)
        return marks

    def _greeting(self) -> str:
        if not self.is_receive:
            return f"220 {self.session.peer_host} ESMTP {('Postfix', 'ready', 'abc9 - gsmtp')[self.salt % 3]}"
        now = datetime.fromtimestamp(self.at_ms / 1000, UTC)
        name = f"{self.session.server}.example.com"
        return f"220 {name} Microsoft ESMTP MAIL Service ready at {now:%a, %d %b %Y %H:%M:%S} +0000"

    def _hello(self, *, offer_tls: bool) -> None:
        session = self.session
        greeter, guest = (
            (f"{session.server}.example.com", f"[{session.peer_ip}]")
            if self.is_receive
            else (session.peer_host, f"{session.server}.example.com [{session.local.rpartition(':')[0]}]")
        )
        self._add(self.client, f"EHLO {session.helo if self.is_receive else f'{session.server}.example.com'}")
        words = [word for word in _KEYWORDS if offer_tls or word not in ("STARTTLS", "X-ANONYMOUSTLS")]
        if session.multi_row_ehlo:
            self._add(self.server, f"250-{greeter} Hello {guest}", step=False)
            for word in words[:-1]:
                self._add(self.server, f"250-{word}", step=False)
            self._add(self.server, f"250 {words[-1]}")
        else:
            self._add(self.server, f"250  {greeter} Hello {guest} {' '.join(words)}")

    def _handshake(self) -> None:
        session = self.session
        if session.handshake == "none":
            return
        self._add(self.client, "X-ANONYMOUSTLS" if session.internal else "STARTTLS")
        if session.handshake == "454":
            self._add(self.server, session.tls_error)
            return
        self._add(self.server, "220 2.0.0 SMTP server ready")
        own = f"CN={session.server}.example.com"
        thumbprint = f"{self.salt * 7919:040X}"
        self._add(
            "*",
            f" {own} {own} {self.salt:032X} {thumbprint} 2025-01-17T15:15:33.000Z 2029-01-17T15:15:33.000Z "
            f"{session.server};{session.server}.example.com",
            f"Sending certificate {_CERTIFICATE}",
        )
        if session.handshake == "failed":
            self._add("*", "", f"TLS negotiation failed with error {session.tls_error}")
            return
        if not self.is_receive:
            subject = f"CN={session.peer_host} CN=Example Root CA {self.salt:032X} {thumbprint[::-1]}"
            self._add("*", subject, f"Remote certificate {_CERTIFICATE}")
        self._add("*", "", tls_context(session.protocol, server=self.is_receive))
        if session.helo or session.mails:
            self._hello_again()

    def _hello_again(self) -> None:
        if self.is_receive:
            self._add("*", "", "Client certificate chain validation status: 'EmptyCertificate'", same_number=True)
            self._add("*", "", "TlsDomainCapabilities='None'; Status='NoRemoteCertificate'")
        else:
            self._add("*", "", "TlsDomainCapabilities='None'; Status='Success'; Domain='mail, any'")
        self._hello(offer_tls=False)

    def _proxy_and_login(self) -> None:
        session = self.session
        if session.internal.startswith("XPROXY"):
            self._add(self.client, f"{session.internal} {session.origin}")
            self._add(self.server, f"250 {session.internal} accepted")
        if session.user:
            self._add(self.client, "AUTH LOGIN")
            self._add(self.server, "334 <authentication response>")
            self._add(self.server, "334 <authentication response>", same_number=True)
            self._add("*", session.user, "authenticated")
            self._add(self.server, "235 2.7.0 Authentication successful")

    def _mail(self, mail: Mail, *, is_last: bool) -> None:
        if self.at_ms > mail.at_ms:
            raise ValueError(f"session {self.session.session_id}: a mail begins before the rows ahead of it end")
        self.at_ms = mail.at_ms
        if not self.is_receive:
            record = 167_000_000_000 + self.salt * 100 + len(self.found)
            note = f"sending message with RecordId {record} and InternetMessageId <{mail.message_id}>"
            self._add("*", "", note, step=False)
        if self._envelope(mail):
            self._body(mail)
        if mail.outcome == "reset" or (mail.outcome not in ("accepted", "dropped") and not is_last):
            self._reset()

    def _reset(self) -> None:
        self._add(self.client, "RSET")
        self._add(self.server, "250 2.0.0 Resetting")

    def _envelope(self, mail: Mail) -> bool:
        """Write MAIL FROM and the RCPTs down; tell whether a body follows."""
        size = mail.size_bytes - mail.size_bytes % 13 + 96
        extra = " BODY=8BITMIME" if mail.size_bytes % 5 == 0 else ""
        verb = f"MAIL FROM:<{mail.sender}> SIZE={size}{extra}"
        answer = {"mail_refused": "550 5.1.8 Access denied, bad sender", "mail_deferred": _REPLY_FULL}.get(
            mail.outcome, "250 2.1.0 Sender OK"
        )
        self._add(self.client, verb)
        notify = " NOTIFY=FAILURE,DELAY" if mail.size_bytes % 11 == 0 else ""
        asks = [f"RCPT TO:<{address}>{notify}" for address, _ in mail.recipients]
        if mail.pipelined and answer[0] == "2":
            for ask in asks:
                self._add(self.client, ask)
            self._add(self.server, answer)
            for _, reply in mail.recipients:
                self._add(self.server, reply)
        else:
            self._add(self.server, answer)
            if answer[0] != "2":
                return False
            for ask, (_, reply) in zip(asks, mail.recipients, strict=True):
                self._add(self.client, ask)
                self._add(self.server, reply)
        return mail.outcome not in ("rcpt_refused", "reset")

    def _body(self, mail: Mail) -> None:
        if mail.verb == "DATA":
            self._add(self.client, "DATA")
            self._add(self.server, "354 Start mail input; end with <CRLF>.<CRLF>")
        else:
            part = mail.size_bytes // mail.chunks
            for _ in range(mail.chunks - 1):
                self._add(self.client, f"BDAT {part}")
                self._add(self.server, f"250 2.6.0 CHUNK received OK, {part} octets")
            if mail.outcome == "dropped":
                return
            self._add(self.client, f"BDAT {mail.size_bytes - part * (mail.chunks - 1)} LAST")
        if mail.outcome != "dropped":
            self._add(self.server, self._final_reply(mail))

    def _final_reply(self, mail: Mail) -> str:
        if mail.outcome == "body_refused":
            return "550 5.7.1 Message rejected as spam by Content Filtering."
        if mail.outcome == "body_deferred":
            return _REPLY_LATER
        if mail.reply:
            return mail.reply
        internal_id = 70_912_345_000_000 + self.salt * 10 + len(self.found)
        host = f"{self.session.server}.example.com" if self.is_receive else self.session.peer_host
        return (
            f"250 2.6.0 <{mail.message_id}> [InternalId={internal_id}, Hostname={host}] {mail.size_bytes} bytes "
            f"in 0.101, {mail.size_bytes / 103.4:.3f} KB/sec Queued mail for delivery"
        )

    def _close(self) -> None:
        dropped = bool(self.session.mails) and self.session.mails[-1].outcome == "dropped"
        if not self.session.closes:
            return
        if not dropped and self.session.mails:
            self._add(self.client, "QUIT")
            self._add(self.server, "221 2.0.0 Service closing transmission channel")
        self._add("-", "", "Remote" if self.is_receive or dropped else "Local")
