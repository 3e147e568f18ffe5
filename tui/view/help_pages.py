"""Help pages, in our own words: the keys, connectors, how TLS protects mail, and what the words of encryption mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

KEYS: Sequence[tuple[str, str]] = (
    ("Enter", "open what the cursor is on"),
    ("Esc", "back; while loading: stop"),
    ("1 2 3 4", "Overview · Connector report · Messages · Sources"),
    (":  Ctrl+P", "everything that can be done here; type to find it"),
    ("arrows, h j k l", "move; g first, G last, Page Up, Page Down"),
    ("Tab", "next link, or next list of the same screen"),
    ("t", "dates: 7, 30, 90 days, the whole file, from and to"),
    ("c", "show data for: a connector, mail without one, own clients, a system"),
    ("F", "filter: clauses, saved by name"),
    ("b  v", "view data by: TLS usage or Mail flow · table or chart"),
    ("R", "connector report: recipients instead of messages; raise the floor: refuse all"),
    ("/  !", "find rows with, without what is typed; n N next, previous"),
    ("o  O", "order by the cursor's column, once more the other way · as it was"),
    ("C", "show and hide columns"),
    ("]", "next warning"),
    ("p", "in Who: the same mail by another kind of name"),
    ("r", "on a message: the raw lines of its session, from the source file"),
    ("u", "on a source: read the file as another format"),
    ("Enter  s", "on an unknown file with columns: say which is what · save and read"),
    ("f", "raise the floor: what breaks if an old version is refused"),
    ("D", "failed sessions: the day after"),
    ("V  T", "coverage and gaps · outbound messages in transit security"),
    ("a", "in Who: a note on the peer; on a finding: it is known, snoozed until a day"),
    ("W", "work list: notes checked against later mail, quiet findings"),
    ("L", "in Who: a letter to the partner"),
    ("A", "the audit page (HTML)"),
    ("e", "export the rows that are shown: CSV, JSON, Parquet"),
    ("P  y", "a picture of the screen (SVG) · copy it as text (OSC 52)"),
    ("x", "the SQL behind the screen; y there copies a script"),
    ("S", "keep what was loaded as a trace file"),
    ("d", "on the Overview: message protected in transit (by TLS)"),
    ("m", "mouse on and off"),
    ("?  F1  q", "this help · quit"),
)

PAGES: Mapping[str, tuple[str, Sequence[str]]] = {
    "help-tls": (
        "How TLS protects mail in transit",
        (
            "Mail servers talk SMTP, in clear text, until one of them asks for more: with STARTTLS the sending server asks to encrypt the "
            "connection, if the receiving one has offered to. Both then agree on the newest version of TLS that they have in common. What "
            "travels from there on, addresses and text, can be read by neither eavesdropper nor router in between.",
            "Opportunistic TLS is what most servers do: they encrypt when the other side can, and send in clear text when it cannot, or when "
            "the handshake fails. Nobody notices. Forced TLS does not send (or accept) at all then.",
            "It protects one hop, between two servers. A message that passes three servers makes several hops, and each has its own TLS, or none. "
            "This program counts each message at the hop between you and the other side.",
            "TLS 1.0 (1999) and TLS 1.1 (2006) were withdrawn by RFC 8996 in 2021: they rest on MD5 and SHA-1. TLS 1.2 (2008) is safe with the "
            "right ciphers, TLS 1.3 (2018) has no others. SSL 2 and 3 are broken; they do not count as protected here.",
            "No TLS means that the file shows a session without TLS from its beginning on. Not recorded means that the file does not say: it may "
            "have been either. The one is never counted as the other.",
        ),
    ),
    "help-connectors": (
        "Connectors",
        (
            "A connector is a rule for mail from or to certain servers: those of a partner, or your own that stand elsewhere. Mail that no "
            "connector applies to comes from, or goes to, the internet: there you take the TLS that the other side offers.",
            "Type OnPremises: your own servers. You can fix them. Type Partner: another organisation's servers. You can ask them, and you can "
            "force TLS on the connector, so that mail is refused rather than sent in clear text. Whose server stands behind a connector without "
            "a acknowledge type, only its settings tell: load an export of them (Get-InboundConnector, Get-OutboundConnector).",
            "Forced TLS? is True for an inbound connector of type Partner that requires TLS, and for an outbound connector whose TlsSettings are "
            "not blank. ? means that no settings were loaded.",
            "A warning says that TLS 1.0 (limit 50%) or No TLS (limit 25%) has a significant share of a connector's mail, over the whole window and "
            "of the messages whose TLS was recorded. With fewer than 30 of these there are too few to judge. Limits and minimum are set in the config file.",
            "Old versions can be refused only when nobody needs them any more. Open a cell of the report to see who does: hosts, addresses, "
            "domains and senders, since when, and the messages themselves.",
        ),
    ),
    "help-encryption": (
        "The words of encryption",
        (
            "Cipher: how the content is encrypted (AES 128 or 256 today; 3DES and RC4 are old), and how it is guarded against change.",
            "Certificate: who the other server says it is, and who vouches for that. Opportunistic TLS mostly does not check it, so it keeps out "
            "who listens, not who stands in between. DANE (RFC 7672) and MTA-STS (RFC 8461) make a sender check it.",
            "TLS in transit is not end-to-end encryption: each server on the way sees the message. S/MIME and OpenPGP encrypt the message itself.",
            "TLSv1/SSLv3 in a log is the family of the cipher, not the version that was agreed on. Only with a cipher that TLS 1.2 brought is "
            "it read as TLS 1.2; else as TLS (version unknown).",
            "~ marks an estimate: the file had percentages, not counts. ≥ marks the least that is sure where some messages do not say.",
        ),
    ),
}
