"""Lines of Exim mainlogs for tests."""
# ruff: noqa: E501 (lines of logs are long)

from __future__ import annotations

ID = "1d175P-0002Rb-Pn"
NEW_ID = "1sVTJb-0000000AbCd-2RbP"
COME = "<= amy@isp.example H=out5.isp.example (smtp.isp.example) [203.0.113.64] P=esmtps X=TLS1.0:DHE_RSA_AES_128_CBC_SHA1:128 CV=no S=10710 id=58d0@isp.example"
LOCAL = "<= root@mail.example.com U=root P=local S=500 id=1@mail.example.com"
GONE = (
    "=> claire@partner.example R=dnslookup T=remote_smtp H=mx2.partner.example [2001:db8::44] I=[2001:db8::27] "
    'X=TLS1.2:ECDHE_RSA_AES_128_GCM_SHA256:128 CV=yes DN="CN=mx2.partner.example" K C="250- 64160 byte chunk, total 64822\\n250 OK id=1d18zc-0003pJ-Nc"'
)


def log(*texts: str, key: str = ID, stamp: str = "2026-11-12 10:00:{:02d}") -> str:
    """Return lines of one message id, a second apart."""
    return "\n".join(f"{stamp.format(at)} {key} {text}" for at, text in enumerate(texts))


def come(**changes: str) -> str:
    """Return the line of an arrival with other fields; an empty one is left out."""
    fields = {"H": "out5.isp.example [203.0.113.64]", "P": "esmtp", "X": "", "A": "", "S": "100"} | changes
    return "<= amy@isp.example " + " ".join(f"{name}={value}" for name, value in fields.items() if value)
