"""What log hosts write before the text of a program, and how a line is rewritten as `STAMP HOST PROGRAM[PID]: text`.

A form is applied to each line of a file in which it occurs; lines that do not match stay as they are. Patterns are valid for Python and for
RE2, the engine's regular expressions, so that the sampled lines and the scan of the file are rewritten alike. The common forms, an RFC 3164
or ISO 8601 stamp before host and program, are no form: they are read unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

_BOM = "\ufeff"  # a character, because the two regular expression libraries write its escape in different ways
_TIME = r"\d\d:\d\d:\d\d"
_FRACTION = r"(?:[.,]\d{1,9})?"
_OFFSET = r"(?:Z|[+-]\d\d:?\d\d)"
_RFC3164 = rf"[A-Z][a-z]{{2}} [ \d]\d {_TIME}(?:\.\d+)?"
_ISO = rf"\d{{4}}-\d\d-\d\dT{_TIME}{_FRACTION}{_OFFSET}?"
_RFC5424 = rf"^(?:<\d{{1,3}}>)?1 ({_ISO}) (\S+) (\S+)"
_RFC5424_DATA = rf"\S+ (?:-|(?:\[(?:[^\]\\]|\\.)*\])+) ?{_BOM}?"
_CTIME = rf"[A-Z][a-z]{{2}} [A-Z][a-z]{{2}} [ \d]\d {_TIME} \d{{4}}"
_STAMP = rf"(?:{_RFC3164}|{_ISO})"
_DATE = r"(?:<\d{1,3}>|[A-Z][a-z]{2} [ \d]\d |\d{4}-\d\d-\d\d[T ]|\d{4} [A-Z][a-z]{2} |\[\d{4}-)"
_HOST = r"[\w.:-]+"
_PROGRAM = r"[\w.-]+(?:/[\w.-]+)*"
TAG = rf"{_PROGRAM}\[\d+\]: "
_LEVEL_WORDS = "emerg|alert|crit|critical|err|error|warn|warning|notice|info|debug"
_LEVEL = rf"(?:{_LEVEL_WORDS}|{_LEVEL_WORDS.upper()})"
_FACILITY = r"(?:kern|user|mail|daemon|auth|syslog|lpr|news|uucp|cron|authpriv|ftp|local[0-7])"
_LEVELS = rf"(?:[<\[(]?(?:{_FACILITY}[.:])?{_LEVEL}[>\])]?)"


@dataclass(frozen=True)
class LineForm:
    """A form of log lines: its name, which the source shows as removed, a pattern, and what replaces its match.

    A backslash and a number in `rewrite` are a group. With `clock`, group 1 is a timestamp in that form (of strptime, or `epoch` for
    seconds since 1970), which becomes ISO 8601.
    """

    name: str
    pattern: str
    rewrite: str
    clock: str = ""

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """The compiled pattern."""
        return re.compile(self.pattern)

    def rewritten(self, line: str) -> str:
        """Return a line without the form; a line that does not have it, or whose time is not valid, unchanged."""
        found = self.regex.match(line)
        if found is None:
            return line
        rest = found.expand(self.rewrite) + line[found.end() :]
        if not self.clock:
            return rest
        try:
            moment = datetime.fromtimestamp(int(found[1]), UTC) if self.clock == "epoch" else datetime.strptime(found[1], self.clock)
        except (ValueError, OverflowError):
            return line
        return f"{moment:%Y-%m-%dT%H:%M:%S}{'Z' if self.clock == 'epoch' else ''}{rest}"


FORMS: Sequence[LineForm] = (
    LineForm("colours", r"^(?:\x1b\[[0-9;]*m)+", ""),
    LineForm("the file names of grep", rf"^(?:[A-Za-z]:\\)?[^\s:<{{]{{1,255}}:(?:\d+:)?({_DATE})", r"\1"),
    LineForm("the line numbers of grep", rf"^\d+[:-]({_DATE})", r"\1"),
    LineForm("headers of RFC 5424", rf"{_RFC5424} (\d+) {_RFC5424_DATA}", r"\1 \2 \3[\4]: "),
    LineForm("headers of RFC 5424 without a process", rf"{_RFC5424} - {_RFC5424_DATA}", r"\1 \2 \3: "),
    LineForm("syslog headers before Cisco's stamps", rf"^(?:<\d{{1,3}}>)?{_STAMP} (?:{_HOST} )?[\w.-]+: ({_CTIME} \w+: )", r"\1"),
    LineForm(
        "syslog headers of Cisco's lines",
        rf"^(?:<\d{{1,3}}>)?({_STAMP}) (?:{_HOST} )?[\w-]*mail[\w-]*: ((?:Info|Warning|Critical|Debug|Trace): )",
        r"\1 \2",
    ),
    LineForm("labels of Loki", rf"^({_ISO})[ \t]+\{{[^{{}}]*\}}[ \t]+(?:{_RFC3164}|{_ISO})( {_HOST} )", r"\1\2"),
    LineForm("labels of Loki without an own stamp", rf"^({_ISO})[ \t]+\{{[^{{}}]*\}}[ \t]+({TAG})", r"\1 - \2"),
    LineForm("a year before the stamp", rf"^(\d{{4}} [A-Z][a-z]{{2}} [ \d]\d {_TIME}){_FRACTION}( )", r"\2", "%Y %b %d %H:%M:%S"),
    LineForm("a year in the stamp", rf"^([A-Z][a-z]{{2}} [ \d]\d \d{{4}} {_TIME}){_FRACTION}:?( )", r"\2", "%b %d %Y %H:%M:%S"),
    LineForm(
        "stamps of OpenWrt",
        rf"^[A-Z][a-z]{{2}} ([A-Z][a-z]{{2}} [ \d]\d {_TIME} \d{{4}}) (?:\w+\.\w+ )?({TAG})",
        r" - \2",
        "%b %d %H:%M:%S %Y",
    ),
    LineForm("seconds since 1970", rf"^(\d{{10}})(?:\.\d+)?( {_HOST} {_PROGRAM})", r"\2", "epoch"),
    LineForm(
        "host and program before lines of Exim",
        rf"^(\d{{4}}-\d\d-\d\d {_TIME}(?:\.\d+)?(?: [+-]\d{{4}})?) (?:{_HOST} |{_LEVELS} )?[\w.-]*exim[\w.-]*(?:\[\d+\])?: (?:\[\d+\] )?",
        r"\1 ",
    ),
    LineForm(
        "a blank between date and time",
        rf"^(\d{{4}}-\d\d-\d\d) ({_TIME}){_FRACTION} ?({_OFFSET})?((?: {_HOST}| {_LEVELS}){{1,2}} {TAG})",
        r"\1T\2\3\4",
    ),
    LineForm("TABs between host and program", rf"^({_STAMP})\t({_HOST})\t({_PROGRAM}(?:\[\d+\])?:?)[\t ]", r"\1 \2 \3 "),
    LineForm(
        "lines within lines of another host",
        rf"^({_ISO}) {_HOST} (?:{_PROGRAM}(?:\[\d+\])?: )?{_RFC3164}( {_HOST} {_PROGRAM}(?:\[\d+\])?: )",
        r"\1\2",
    ),
    LineForm("lines within lines of another host", rf"^{_RFC3164} {_HOST} (?:{_PROGRAM}(?:\[\d+\])?: )?({_STAMP} {_HOST} {TAG})", r"\1"),
    LineForm("levels before the host", rf"^({_STAMP}) {_LEVELS} +({_HOST} {TAG})", r"\1 \2"),
    LineForm("levels after the host", rf"^({_STAMP} {_HOST}) (?:{_LEVELS}|\S+\.service) +({TAG})", r"\1 \2"),
    LineForm("levels instead of the host", rf"^({_STAMP}) {_LEVELS} +({TAG})", r"\1 - \2"),
    LineForm("levels after the program", rf"^({_STAMP} {_HOST} {_PROGRAM}\[\d+\]) <\S+>: ", r"\1: "),
    LineForm("identifiers of Solaris", rf"^({_STAMP} {_HOST} {_PROGRAM}\[\d+\]): \[ID \d+ {_FACILITY}\.{_LEVEL}\] ", r"\1: "),
    LineForm("lines without a host", rf"^({_STAMP}) ({TAG})", r"\1 - \2"),
)


def forms_of(lines: Sequence[str]) -> tuple[LineForm, ...]:
    """Return the forms that sampled lines have, in the order in which they are to be removed."""
    found: list[LineForm] = []
    rest = list(lines)
    for form in FORMS:
        if any(form.regex.match(line) for line in rest):
            rest = [form.rewritten(line) for line in rest]
            found.append(form)
    return tuple(found)


def without_forms(lines: Sequence[str], forms: Sequence[LineForm]) -> list[str]:
    """Return lines without some forms."""
    for form in forms:
        lines = [form.rewritten(line) for line in lines]
    return list(lines)
