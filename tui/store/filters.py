"""Filters: clauses that select mail, as text and as a SQL condition.

    sender domain is bulk.example and tls is TLS 1.0 or host starts with "scan and"

AND binds closer than OR. The screens, the command line and the files of saved filters use the same syntax.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from tui.domain import RANKED, RENAMED_STATUSES, UNRANKED, DeliveryStatus
from tui.errors import UsageError
from tui.store.scans import quote_text

OPERATORS = ("is not", "is", "starts with", "does not contain", "contains", ">", "<")
_OLD_OPERATORS = {"contains not": "does not contain"}
NOTHING = ("none", "unknown", "-", "–")

_TYPE = "type_by_setting(message.connector, message.direction, message.connector_type)"
_FORCED = "CAST(forced_by_setting(message.connector, message.direction, message.forced_tls) AS VARCHAR)"
_ANY = "concat_ws(' ', peer_host, helo, peer_ip, sender, array_to_string(recipients, ' '), subject, connector, server, tls, status)"

FIELDS: Mapping[str, str] = {
    "direction": "direction",
    "connector": "connector",
    "type": _TYPE,
    "forced": _FORCED,
    "tls": "tls",
    "system": "system",
    "status": "status",
    "server": "server",
    "host": "coalesce(peer_host, helo, peer_ip)",
    "peer": "host_of(peer_host, helo, peer_ip)",
    "helo": "helo",
    "address": "peer_ip",
    "domain": "peer_domain",
    "sender": "CASE WHEN sender = '' THEN '<>' ELSE sender END",
    "sender domain": "domain_of(sender)",
    "recipient": "array_to_string(recipients, ' ')",
    "recipient domain": "domain_of(recipients[1])",
    "subject": "subject",
    "size": "size_bytes",
    "cipher": "cipher",
    "verified": "verified",
    "certificate": "certificate",
    "policy": "security_policy",
    "session": "session_id",
    "message id": "message_id",
    "reply": "reply",
    "text": _ANY,
}
"""Each field and its SQL expression over a row of `message`."""

IN_ROLLUP: Mapping[str, str] = {
    "direction": "direction",
    "connector": "connector",
    "type": "CASE WHEN connector IS NULL THEN 'No Connector' ELSE connector_type END",
    "forced": "CAST(forced_tls AS VARCHAR)",
    "tls": "tls",
    "system": "system",
}
"""The fields that the rollup has too, so that filtering by them is fast for any number of messages."""

OF_PEERS = frozenset({"direction", "connector", "tls", "system", "host", "helo", "address", "domain"})
"""The fields that the rollup of peers has, by the same names as `message`."""


@dataclass(frozen=True)
class Clause:
    """One condition; value None selects mail without a recorded value."""

    field: str
    operator: str
    value: str | None


@dataclass(frozen=True)
class Filter:
    """Groups of clauses: a message matches when every clause of any group is true. A filter without groups matches everything."""

    groups: tuple[tuple[Clause, ...], ...] = ()

    def __bool__(self) -> bool:
        """Return whether the filter has any group."""
        return bool(self.groups)

    def __and__(self, other: Filter) -> Filter:
        """Return the filter that matches what both filters match."""
        if not self or not other:
            return self or other
        return Filter(tuple(tuple(dict.fromkeys((*mine, *theirs))) for mine, theirs in product(self.groups, other.groups)))

    @property
    def clauses(self) -> Sequence[Clause]:
        """All clauses."""
        return [clause for group in self.groups for clause in group]

    @property
    def words(self) -> str:
        """The filter as text, which `parse_filter` parses."""
        return " or ".join(" and ".join(_clause_words(clause) for clause in group) for group in self.groups)

    @property
    def in_rollup(self) -> bool:
        """Whether the rollup has every field of the filter."""
        return all(clause.field in IN_ROLLUP for clause in self.clauses)

    @property
    def of_peers(self) -> bool:
        """Whether the rollup of peers has every field of the filter."""
        return all(clause.field in OF_PEERS for clause in self.clauses)

    @property
    def selects_submission(self) -> bool:
        """Whether the filter selects submission (mail of own clients), which the Overview does not count."""
        return any((clause.field, clause.operator, clause.value) == ("direction", "is", "submission") for clause in self.clauses)

    def condition(self, *, rollup: bool = False) -> str:
        """Return the condition in SQL, over a relation `message` or the rollup; every value is a quoted literal."""
        fields = IN_ROLLUP if rollup else FIELDS
        return " OR ".join("(" + " AND ".join(_condition(clause, fields[clause.field]) for clause in group) + ")" for group in self.groups)


def one(field: str, value: str | None, operator: str = "is") -> Filter:
    """Return a filter of one clause."""
    return Filter(((Clause(field, operator, value),),))


_WORD = re.compile(r'"((?:[^"\\]|\\.)*)"|([<>])|([^\s"<>]+)')
_BREAK = frozenset({"and", "or"})


@dataclass(frozen=True)
class _Word:
    text: str
    quoted: bool
    start: int
    end: int


def parse_filter(text: str) -> Filter:
    """Parse a filter's text. Raises UsageError with the part that is not valid and what is expected there."""
    words = [
        _Word(re.sub(r"\\(.)", r"\1", found[1]) if found[1] is not None else found[0], found[1] is not None, found.start(), found.end())
        for found in _WORD.finditer(text)
    ]
    groups: list[list[Clause]] = [[]]
    at = 0
    while at < len(words):
        clause, at = _read_clause(text, words, at)
        groups[-1].append(clause)
        if at < len(words):
            if words[at].text.lower() == "or":
                groups.append([])
            at += 1
            if at == len(words):
                raise UsageError(f"filter: no clause after the last '{words[at - 1].text}'")
    return Filter(tuple(tuple(group) for group in groups if group))


def _read_clause(text: str, words: Sequence[_Word], at: int) -> tuple[Clause, int]:
    field, at = _read_field(words, at)
    operator, at = _read_operator(field, words, at)
    begin = at
    while at < len(words) and not _ends_value(words, at, begin):
        at += 1
    if begin == at:
        raise UsageError(f"filter: '{field} {operator}' needs a value; quote a value that is empty or contains and/or")
    only = words[begin] if at == begin + 1 else None
    value = only.text if only is not None else text[words[begin].start : words[at - 1].end]
    return Clause(field, operator, _checked(field, operator, value, quoted=only is not None and only.quoted)), at


def _read_field(words: Sequence[_Word], at: int) -> tuple[str, int]:
    first = words[at].text.lower().replace("_", " ")
    both = f"{first} {words[at + 1].text.lower()}" if at + 1 < len(words) else ""
    if both in FIELDS:
        return both, at + 2
    if first in FIELDS:
        return first, at + 1
    near = difflib.get_close_matches(first, FIELDS, 1)
    hint = f"did you mean {near[0]}?" if near else f"valid fields: {', '.join(FIELDS)}"
    raise UsageError(f"filter: '{words[at].text}' is not a field; {hint}")


def _read_operator(field: str, words: Sequence[_Word], at: int) -> tuple[str, int]:
    for operator in (*_OLD_OPERATORS, *OPERATORS):
        parts = operator.split()
        following = [word.text.lower() for word in words[at : at + len(parts) + 1] if not word.quoted]
        if following[: len(parts)] == parts and (field, following) != ("tls", ["is", "not", "recorded"]):
            return _OLD_OPERATORS.get(operator, operator), at + len(parts)
    raise UsageError(f"filter: after '{field}' write one of: {', '.join(OPERATORS)}")


def _ends_value(words: Sequence[_Word], at: int, begin: int) -> bool:
    """Return whether a word ends the value before it: `and` or `or` before a field."""
    word = words[at]
    if at == begin or word.quoted or word.text.lower() not in _BREAK:
        return False
    if at + 1 == len(words):
        return True
    try:
        _read_field(words, at + 1)
    except UsageError:
        return words[at - 1].quoted
    return True


def _checked(field: str, operator: str, value: str, *, quoted: bool) -> str | None:
    if not quoted and value.lower() in NOTHING and operator in ("is", "is not") and field not in ("tls", "policy"):
        return None
    if field == "tls" and operator in ("is", "is not", ">", "<"):
        return _version(value, ranked=operator in (">", "<"))
    if field == "size" and not re.fullmatch(r"\d+", value):
        raise UsageError(f"filter: size must be a number of bytes, not '{value}'")
    if field in _WORDS_OF:
        valid = {word.lower(): word for word in _WORDS_OF[field]} | (dict(RENAMED_STATUSES) if field == "status" else {})
        if operator in ("is", "is not") and value.lower() not in valid:
            raise UsageError(f"filter: {field} is one of: {', '.join(_WORDS_OF[field])}")
        return valid.get(value.lower(), value)
    return value


_WORDS_OF: Mapping[str, Sequence[str]] = {
    "direction": ("inbound", "outbound", "submission", "internal", "unknown"),
    "type": ("Partner", "OnPremises", "No Connector"),
    "forced": ("true", "false"),
    "status": tuple(DeliveryStatus),
}


def _version(value: str, *, ranked: bool) -> str:
    valid = {version.lower(): version for version in (*RANKED, *(() if ranked else UNRANKED))}
    valid |= {version.lower().removeprefix("tls ").strip("()"): version for version in valid.values()} | {"none": "No TLS", "no": "No TLS"}
    if value.lower() not in valid:
        raise UsageError(f"filter: tls is one of: {', '.join((*RANKED, *(() if ranked else UNRANKED)))}")
    return valid[value.lower()]


def version_named(value: str) -> str:
    """Return the program's name of a TLS version, from `1.0`, `tls 1.0`, `none` …; raises UsageError for other text."""
    return _version(value, ranked=False)


def _clause_words(clause: Clause) -> str:
    if clause.value is None:
        return f"{clause.field} {clause.operator} none"
    words = clause.value.lower().split()
    plain = re.fullmatch(r"[^\s\"<>\\]+(?: [^\s\"<>\\]+)*", clause.value) and not _BREAK & set(words)
    if plain and clause.field == "tls" and clause.operator == "is":
        return f"tls is {clause.value}"
    if plain and words[0] != "not" and not (clause.value.lower() in NOTHING and clause.field != "tls"):
        return f"{clause.field} {clause.operator} {clause.value}"
    quoted = clause.value.replace("\\", "\\\\").replace('"', '\\"')
    return f'{clause.field} {clause.operator} "{quoted}"'


def _condition(clause: Clause, column: str) -> str:
    if clause.value is None:
        return f"{column} IS {'NOT ' if clause.operator == 'is not' else ''}NULL"
    if clause.field == "tls" and clause.operator in (">", "<"):
        at = RANKED.index(clause.value)
        ranked = RANKED[at + 1 :] if clause.operator == ">" else RANKED[:at]
        return f"tls IN ({', '.join(map(quote_text, ranked)) or 'NULL'})"
    if clause.field == "size":
        sign = {"is": "=", "is not": "<>", ">": ">", "<": "<"}.get(clause.operator)
        return f"{column} {sign} {int(clause.value)}" if sign else "FALSE"
    value = quote_text(clause.value.lower())
    if clause.field == "recipient" and clause.operator in ("is", "is not"):
        found = f"list_contains(list_transform(recipients, LAMBDA address: lower(address)), {value})"
        return found if clause.operator == "is" else f"NOT coalesce({found}, FALSE)"
    text = f"lower({column})"
    return {
        "is": f"{text} = {value}",
        "is not": f"{text} IS DISTINCT FROM {value}",
        "starts with": f"starts_with({text}, {value})",
        "contains": f"contains({text}, {value})",
        "does not contain": f"NOT contains(coalesce({text}, ''), {value})",
        ">": f"{text} > {value}",
        "<": f"{text} < {value}",
    }[clause.operator]
