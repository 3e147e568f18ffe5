"""The options that several commands have, and what they mean together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from tui.config import Config, checked_zone, read_config
from tui.errors import UsageError
from tui.intake.discovery import InputPaths
from tui.intake.stdin import spooled
from tui.store.filters import NOTHING, Clause, Filter, parse_filter, version_named
from tui.store.questions import Scope
from tui.store.saved_filters import named_filter
from tui.view.text import visible
from tui.view.what_if import MINIMUM_VERSIONS

Paths = Annotated[list[str], typer.Argument(help="Files, folders or globs; or one .duckdb trace file.", metavar="PATH…")]
SomePaths = Annotated[list[str] | None, typer.Argument(metavar="[PATH]…")]
From = Annotated[str | None, typer.Option("--from", metavar="YYYY-MM-DD", help="First day, included.")]
To = Annotated[str | None, typer.Option("--to", "--until", metavar="YYYY-MM-DD", help="Last day, included.")]
Until = Annotated[str | None, typer.Option("--until", metavar="YYYY-MM-DD", help="Last day, included.")]
Days = Annotated[int | None, typer.Option(min=1, help="How many days, up to the last (default 7).")]
Zone = Annotated[str | None, typer.Option("--zone", help="Show days and hours of a time zone, such as Europe/Vienna (default UTC).")]
Direction = Annotated[str | None, typer.Option("--direction", help="inbound, outbound or submission (own clients).")]
Connector = Annotated[str | None, typer.Option("--connector", help="A connector's name; none is mail without a connector.")]
Type = Annotated[str | None, typer.Option("--type", help="Partner, OnPremises or 'No Connector'.")]
Tls = Annotated[str | None, typer.Option("--tls", help="A TLS version, such as 'TLS 1.0', or 'No TLS'.")]
System = Annotated[str | None, typer.Option("--system", help="One system, such as 'Exchange Online'.")]
Where = Annotated[str | None, typer.Option("--where", help="A filter: 'sender domain is bulk.example and tls < TLS 1.2'.")]
WhatIf = Annotated[
    str | None, typer.Option("--what-if", metavar="FLOOR", help="What becomes of mail below: 'any TLS' or a version, such as 'TLS 1.2'.")
]
Saved = Annotated[str | None, typer.Option("--filter", help="A saved filter's name, or a .filter file.")]
Redact = Annotated[bool, typer.Option("--redact", help="Pseudonyms for addresses, hosts, domains, IPs and subjects.")]
ReadAs = Annotated[
    str | None, typer.Option("--as", metavar="FORMAT", help="The format of these files, as mailflow formats lists it; else each tells.")
]
LogZone = Annotated[str | None, typer.Option("--log-zone", help="The zone of stamps that name none (default: this machine's).")]
ConfigFile = Annotated[Path | None, typer.Option("--config", help="Another config file.")]


SHORT_HELP = """mailflow PATH…                   open trace files, folders, globs or a .duckdb trace file
mailflow demo                    open the bundled sample
mailflow report PATH…            print the report (text, JSON, CSV or HTML)
mailflow load PATH… --into FILE  keep what was loaded in a trace file
mailflow formats                 what can be read
mailflow --help                  all commands"""


class PathsOrCommand(TyperGroup):
    """A group whose first word may be a path: then it means the hidden command `open`."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the command that the first word names, else `open` with all words as paths."""
        if args and args[0] not in self.commands and not args[0].startswith("--"):
            args = ["open", *args]
        return super().resolve_command(ctx, args)


def config_of(path: Path | None, zone: str | None = None, *, log_zone: str | None = None, redact: bool = False) -> Config:
    """Return the config, with the time zones that were asked for, and redaction."""
    config = read_config(path)
    if log_zone is not None:
        config = replace(config, log_zone=checked_zone(log_zone))
    if zone is not None:
        config = replace(config, zone=checked_zone(zone))
    return replace(config, redact=True) if redact else config


def scope_of(
    config: Config,
    direction: str | None,
    connector: str | None,
    kind: str | None,
    tls: str | None,
    system: str | None,
    where: str | None,
    saved: str | None,
) -> Scope:
    """Return the mail that the options ask for. Raises UsageError for words that mean nothing."""
    if direction is not None:
        one_of("--direction", direction, ("inbound", "outbound", "submission"))
    clauses: list[Clause] = []
    if kind is not None:
        one_of("--type", kind, ("Partner", "OnPremises", "No Connector"))
        clauses.append(Clause("type", "is", kind))
    if tls is not None:
        clauses.append(Clause("tls", "is", version_named(tls)))
    chosen = Filter((tuple(clauses),)) if clauses else Filter()
    if saved is not None:
        chosen &= named_filter(config.own("filters"), saved)
    if where is not None:
        chosen &= parse_filter(where)
    name = None if connector is None or connector.lower() in NOTHING else connector
    return Scope(direction, connector is None, name, system, chosen)


def minimum_version(value: str | None) -> str | None:
    """Return a floor as the program spells it, from `1.2`, `tls 1.2`, `any` …; raises UsageError for others."""
    if value is None:
        return None
    known = {name.lower(): name for name in MINIMUM_VERSIONS}
    known |= {name.lower().removeprefix("tls ").removesuffix(" tls"): name for name in MINIMUM_VERSIONS}
    if value.strip().lower() not in known:
        one_of("--what-if", value, MINIMUM_VERSIONS)
    return known[value.strip().lower()]


def one_of(option: str, word: str, known: Sequence[str]) -> None:
    """Raise UsageError unless a word is one of those that an option knows."""
    if word not in known:
        raise UsageError(f"{option} {visible(word)}: there is no such thing; use {', '.join(known[:-1])} or {known[-1]}")


def day(option: str, text: str | None) -> date | None:
    """Return the day that an option names. Raises UsageError for what is no day."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise UsageError(f"{option} {visible(text)}: is no day; write it as 2026-11-09") from problem


def given_of(paths: Sequence[str] | None, config: Config, read_as: str | None) -> InputPaths:
    """Return the paths that were named, standard input as a file, else the trace file of the config, and their format.

    Raises UsageError for neither path nor trace file.
    """
    if paths:
        return InputPaths(spooled(paths, config.engine.temp_folder), read_as)
    if config.trace_file is None:
        raise UsageError("name a PATH: a trace file, folder or glob (mailflow report PATH), or set trace_file in the config")
    return InputPaths([config.trace_file], read_as)
