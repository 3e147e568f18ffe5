"""Redaction: stable pseudonyms for addresses, hosts, domains, IPs and subjects, before any other code gets a row.

The same name has the same pseudonym in every output, and so has each part of a name: `mx1.fabrikam.example` becomes
`host-….domain-…` with the domain of `user-…@domain-…`. A pseudonym is a keyed hash (HMAC-SHA256); the key is in
the config folder, so that a recipient of an output cannot test guessed names.
"""

from __future__ import annotations

import dataclasses
import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path, PurePath
from typing import Any, TypeVar, cast

from tui.config import Config
from tui.store.filters import Clause, Filter

KEY_FILE = "redact.key"
DIGITS = 10
ENDINGS = frozenset(f".{ending}" for ending in "csv tsv txt log json jsonl xml eml gz bz2 xz zst zip parquet duckdb".split())

_Row = TypeVar("_Row")

# Fields of the rows by their content. A test checks that each field with text is in one of these or in SAFE.
NAMES = frozenset(
    [
        "peer_host",
        "helo",
        "server",
        "peer",
        "peer_domain",
        "domain",
        "policy_domain",
        "host",
        "sender",
        "recipient",
        "auth_user",
        "peer_ip",
        "address",
        "what",
    ]
)
LISTS = frozenset({"recipients"})
TEXTS = frozenset({"connector", "error", "evidence", "reason", "certificate", "connectors", "recognised_by", "result_type"})
HIDDEN = {
    "subject": "subject",
    "message_id": "message",
    "network_message_id": "message",
    "session_id": "session",
    "text": "text",
    "organizations": "organization",
}
SAFE = frozenset(
    [
        *("direction", "system", "tls", "tls_raw", "cipher", "verified", "status", "service", "connector_type", "security_policy"),
        *("security", "format", "note", "grain", "sha256", "kind", "facet", "finding", "best", "newest_tls", "kept_in", "tls_from"),
        *("verdict", "last_old", "versions", "policy_type", "spelling"),
    ]
)
FIELDS_SHOWN = frozenset({"direction", "type", "forced", "tls", "system", "status", "size", "cipher", "verified", "policy"})
FIELDS_OF_NAMES = frozenset(
    {"host", "helo", "address", "domain", "sender", "sender domain", "recipient", "recipient domain", "server", "peer"}
)
FACETS_SHOWN = frozenset({"cipher", "verified"})

_ADDRESS = r"[^\s<>@,;:\"'()\[\]]+@[^\s<>@,;:\"'()\[\]]+"
_IPV4 = r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.]*\w)"
_IPV6 = r"(?<![\w:])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?![\w:])"
_DOTTED = r"(?<![\w@.-])(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_][\w-]+(?![\w-])"
_WORD = r"[\w-]+"
_IN_TEXT = re.compile(f"({_ADDRESS})|({_IPV6})|({_IPV4})|({_DOTTED})|({_WORD})")
_IP = re.compile(f"^(?:{_IPV4}|{_IPV6})$")
_SHORT_SECOND = frozenset({"co", "com", "org", "net", "ac", "gov", "edu", "or", "ne"})


def redaction_key(folder: Path | None) -> bytes:
    """Return the key in the config folder, which is created if missing; without a writable folder, a key for this run."""
    if folder is None:
        return secrets.token_bytes(32)
    file = folder / KEY_FILE
    try:
        if not file.exists():
            folder.mkdir(parents=True, exist_ok=True)
            with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as made:
                made.write(secrets.token_bytes(32))
        return file.read_bytes()
    except OSError:
        return secrets.token_bytes(32)


def redactor_of(config: Config) -> Redactor | None:
    """Return the redactor if the config enables redaction."""
    return Redactor(redaction_key(config.folder)) if config.redact else None


class Redactor:
    """Creates pseudonyms and stores the original names, so that a query about a row that was opened can use them."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._originals: dict[str, str] = {}
        self._words: frozenset[str] = frozenset()

    def learn(self, names: Iterable[str]) -> None:
        """Register host names without a dot, such as EX01, so that they are found in texts: `Default Frontend EX01`."""
        self._words = frozenset(name.lower() for name in names)

    def row(self, row: _Row, params: Mapping[str, object]) -> _Row:
        """Return a row of `tui.rows` with pseudonyms; `params` are those of its query."""
        changes: dict[str, Any] = {}
        for field in dataclasses.fields(cast("Any", row)):
            value = getattr(row, field.name)
            redacted = self.value(type(row).__name__, field.name, value, params)
            if redacted is not value:
                changes[field.name] = redacted
        what = getattr(row, "what", None)
        if isinstance(what, str) and isinstance(getattr(row, "evidence", None), str):
            changes["evidence"] = self.text(getattr(row, "evidence").replace(what, self.name(what)))  # noqa: B009
        return dataclasses.replace(cast("Any", row), **changes) if changes else row

    def value(self, kind: str, field: str, value: object, params: Mapping[str, object]) -> object:
        """Return the value of a field of a kind of row with pseudonyms."""
        if isinstance(value, list):
            items = cast("list[object]", value)
            redact = self.name if field in LISTS else self.text if field in TEXTS else None
            return [redact(item) if isinstance(item, str) else item for item in items] if redact else items
        if not isinstance(value, str):
            return value
        if field == "name":
            if kind in ("ConnectorSetting", "ConnectorName"):
                return self.text(value)
            return value if params.get("facet") in FACETS_SHOWN else self.name(value)
        redact = self._function_of(field)
        return redact(value) if redact else value

    def _function_of(self, field: str) -> Callable[[str], str] | None:
        if field in NAMES:
            return self.name
        if field in TEXTS:
            return self.text
        if field in HIDDEN:
            return lambda text: self._remember(text, self._pseudonym(HIDDEN[field], text)) if text else text
        return {"reply": _codes, "path": self.path}.get(field)

    def name(self, text: str) -> str:
        """Return the pseudonym of an address, an IP, a host or a domain, of whatever kind it is."""
        if text.startswith("(") and text.endswith(")"):  # an unverified HELO
            return self._remember(text, f"({self.name(text[1:-1])})")
        bare = text.strip().strip("<>[]")
        if not bare:
            return text
        if "@" in bare:
            user, _, domain = bare.rpartition("@")
            return self._remember(text, f"{self._pseudonym('user', user)}@{self._dotted(domain)}")
        if _IP.match(bare):
            return self._remember(text, self._pseudonym("ip", bare))
        return self._remember(text, self._dotted(bare))

    def text(self, text: str) -> str:
        """Return a text in which each address, IP, host and domain has its pseudonym."""
        return self._remember(text, _IN_TEXT.sub(self._part, text))

    def _part(self, found: re.Match[str]) -> str:
        """Return a part of a text, with a pseudonym if it is an address, an IP or a dotted name, or a registered host name."""
        if found[5] is None or found[0].lower() in self._words:
            return self.name(found[0])
        return found[0]

    def path(self, text: str) -> str:
        """Return a file's pseudonym, with the original file extension."""
        ending = "".join(part for part in PurePath(text.rpartition("!")[2]).suffixes[-2:] if part.lower() in ENDINGS)
        return self._remember(text, self._pseudonym("file", text) + ending)

    def problem(self, text: str) -> str:
        """Return an error, `path: description`, with pseudonyms for the path and for names in the description."""
        path, colon, rest = text.partition(": ")
        return f"{self.path(path)}{colon}{self.text(rest)}" if colon else self.text(text)

    def original(self, value: object) -> object:
        """Return the original of a pseudonym, also in a list; any other value is returned unchanged."""
        if isinstance(value, list):
            return [self.original(one) for one in cast("list[object]", value)]
        return self._originals.get(value, value) if isinstance(value, str) else value

    def shown_filter(self, where: Filter) -> Filter:
        """Return a filter for display, with pseudonyms for typed names and parts of names."""
        return Filter(tuple(tuple(self._shown(clause) for clause in group) for group in where.groups))

    def _shown(self, clause: Clause) -> Clause:
        if clause.value is None or clause.field in FIELDS_SHOWN:
            return clause
        if clause.operator in ("is", "is not") and clause.field in FIELDS_OF_NAMES:
            return Clause(clause.field, clause.operator, self.name(clause.value))
        return Clause(clause.field, clause.operator, self._remember(clause.value, self._pseudonym("text", clause.value)))

    def original_filter(self, where: Filter) -> Filter:
        """Return a filter with the original names in place of pseudonyms."""
        return Filter(
            tuple(
                tuple(Clause(clause.field, clause.operator, cast("str | None", self.original(clause.value))) for clause in group)
                for group in where.groups
            )
        )

    def _remember(self, text: str, pseudonym: str) -> str:
        if pseudonym != text:
            self._originals[pseudonym] = text
        return pseudonym

    def _pseudonym(self, kind: str, text: str) -> str:
        digest = hmac.new(self._key, f"{kind}|{text.lower()}".encode(errors="surrogatepass"), hashlib.sha256).hexdigest()
        return f"{kind}-{digest[:DIGITS]}"

    def _dotted(self, name: str) -> str:
        labels = name.lower().strip(".").split(".")
        if len(labels) < 2:
            return self._pseudonym("name", name)
        size = 3 if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SHORT_SECOND else 2
        domain = self._pseudonym("domain", ".".join(labels[-size:]))
        return domain if len(labels) <= size else f"{self._pseudonym('host', '.'.join(labels[:-size]))}.{domain}"


def _codes(reply: str) -> str:
    """Return the codes at the start of an SMTP reply, without its text."""
    found = re.match(r"\d{3}(?:[ -]\d\.\d{1,3}\.\d{1,3})?", reply)
    return f"{found[0] if found else '(reply)'} (words redacted)"
