"""The types of option values: enumerations, dates, TLS versions; and a command class whose help never shows Python types.

Options have parsers of their own, because the framework's message for a wrong choice begins with the words of its validation library.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

import typer
from typer.core import TyperCommand, TyperGroup

from tui.domain import RANKED, UNRANKED
from tui.errors import UsageError
from tui.store.filters import version_named
from tui.view.text import visible
from tui.view.what_if import MINIMUM_VERSIONS

_E = TypeVar("_E", bound=StrEnum)
# Spellings of earlier versions, which are read but not shown.
HIDDEN_NAMES = frozenset({"--floor"})
OLD_WORDS: Mapping[str, str] = {"floor": "what-if"}


class ReportFormat(StrEnum):
    """What `report` prints."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"
    HTML = "html"


class CheckFormat(StrEnum):
    """What `check` prints."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"
    NAGIOS = "nagios"


class SourcesFormat(StrEnum):
    """What `sources` prints."""

    TEXT = "text"
    CSV = "csv"
    JSON = "json"


class TableFormat(StrEnum):
    """What `show` prints."""

    CSV = "csv"
    JSON = "json"


class LetterFormat(StrEnum):
    """The output formats of `letter`."""

    TEXT = "text"
    MARKDOWN = "markdown"


class Counted(StrEnum):
    """What the connector report counts."""

    MESSAGES = "messages"
    RECIPIENTS = "recipients"


class FlowDirection(StrEnum):
    """The directions that a report can be narrowed to."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"
    SUBMISSION = "submission"


class ConnectorKind(StrEnum):
    """The types of connectors that a report can be narrowed to."""

    PARTNER = "Partner"
    ON_PREMISES = "OnPremises"
    NO_CONNECTOR = "No Connector"


class ListName(StrEnum):
    """The lists that `show` prints."""

    WHO = "who"
    FAILED = "failed"
    COVERAGE = "coverage"
    SECURITY = "security"
    DOMAINS = "domains"
    REPORTS = "reports"
    WHAT_IF = "what-if"
    WORK = "work"


def one_of(words: Sequence[str]) -> str:
    """Return words as a list to choose from: `a, b or c`."""
    return f"{', '.join(words[:-1])} or {words[-1]}"


def wrong(word: str, words: Sequence[str]) -> typer.BadParameter:
    """Return the error for a value that is none of those that an option takes."""
    return typer.BadParameter(f"{visible(word)!r}; choose {one_of(words)}")


def choice(kind: type[_E], *names: str, help: str) -> Any:
    """Return an option whose values are those of an enumeration."""
    return typer.Option(
        *names, metavar="|".join(_quoted(kind)), help=help, parser=_parser_of(kind), autocompletion=completion(lambda: list(kind))
    )


def chosen_argument(kind: type[_E], metavar: str, *, help: str) -> Any:
    """Return an argument whose values are those of an enumeration."""
    return typer.Argument(metavar=metavar, help=help, parser=_parser_of(kind), autocompletion=completion(lambda: list(kind)))


def _quoted(words: Iterable[str]) -> list[str]:
    return [f"'{word}'" if " " in word else word for word in words]


def _parser_of(kind: type[_E]) -> Callable[[str], _E]:
    by_word = {one.value: one for one in kind}

    def parse(word: str) -> _E:
        value = by_word.get(OLD_WORDS.get(word, word))
        if value is None:
            raise wrong(word, _quoted(by_word))
        return value

    return parse


def completion(words: Callable[[], Iterable[str]]) -> Callable[[str], list[str]]:
    """Return what completes the value of an option in the shell; the words are looked up only then."""
    return lambda incomplete: [word for word in words() if word.lower().startswith(incomplete.lower())]


def parse_day(text: str) -> date:
    """Return the day that an option names. Raises BadParameter for anything but YYYY-MM-DD."""
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise typer.BadParameter(f"{visible(text)!r} is not a date (expected YYYY-MM-DD, such as 2026-11-09)") from problem


def parse_count(text: str) -> int:
    """Return a whole number of at least 1. Raises BadParameter for anything else."""
    if not re.fullmatch(r"0*[1-9]\d{0,17}", text, re.ASCII):
        raise typer.BadParameter(f"{visible(text)!r} is not a whole number of at least 1")
    return int(text)


def parse_hours(text: str) -> float:
    """Return a number of hours, at least 0. Raises BadParameter for anything else."""
    if not re.fullmatch(r"\d{1,9}(\.\d{1,9})?", text, re.ASCII):
        raise typer.BadParameter(f"{visible(text)!r} is not a number of hours, such as 48")
    return float(text)


def parse_tls(text: str) -> str:
    """Return a TLS version as the program spells it, from `1.0`, `tls 1.0`, `none` and the like."""
    try:
        return version_named(text)
    except UsageError as problem:
        raise wrong(text, (*RANKED, *UNRANKED)) from problem


def parse_minimum_tls(text: str) -> str:
    """Return a minimum TLS version as the program spells it, from `1.2`, `tls 1.2`, `any` and the like."""
    names = {name.lower(): name for name in MINIMUM_VERSIONS}
    names |= {name.lower().removeprefix("tls ").removesuffix(" tls"): name for name in MINIMUM_VERSIONS}
    if text.strip().lower() not in names:
        raise wrong(text, MINIMUM_VERSIONS)
    return names[text.strip().lower()]


class PlainCommand(TyperCommand):
    """A command whose help shows values by their metavar only, never by a Python type."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Return the pieces of the usage line."""
        return [self.options_metavar or "", *(_label(one) for one in self.params if one.param_type_name == "argument")]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the arguments and the options with their help."""
        shown = [one for one in self.get_params(ctx) if not getattr(one, "hidden", False)]
        for title, kind in (("Arguments", "argument"), ("Options", "option")):
            rows = [(_label(one), _help_of(one, ctx)) for one in shown if one.param_type_name == kind]
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)


def _label(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return str(parameter.metavar or parameter.name.upper())
    # The framework keeps the names of --help in a set, so their order is not fixed.
    names = ", ".join(sorted((name for name in parameter.opts if name not in HIDDEN_NAMES), key=lambda name: name.startswith("--")))
    return names if parameter.is_flag else f"{names} {parameter.metavar or 'TEXT'}"


def _help_of(parameter: Any, ctx: Any) -> str:
    record = parameter.get_help_record(ctx)
    return record[1] if record else ""


class PathsOrCommand(TyperGroup):
    """A group whose first word may be a path: then it means the hidden command `open`."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the command that the first word names, else `open` with all words as paths."""
        if args and args[0] not in self.commands and not args[0].startswith("--"):
            args = ["open", *args]
        return super().resolve_command(ctx, args)
