"""Commands that print one of the lists behind the report, or check a report that was printed before."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tui import commands
from tui.cli_end import print_text
from tui.cli_options import (
    ConfigFile,
    Connector,
    Days,
    Direction,
    From,
    LogZone,
    Paths,
    ReadAs,
    Redact,
    Saved,
    SomePaths,
    System,
    Tls,
    To,
    Type,
    Where,
    Zone,
    config_of,
    day,
    given_of,
    minimum_version,
    one_of,
    scope_of,
)
from tui.errors import UsageError
from tui.store.filters import version_named
from tui.view.who import FACETS


def verify_command(
    report: Annotated[Path, typer.Argument(metavar="REPORT.json", help="What mailflow report --format json printed.")],
    paths: Paths,
    read_as: ReadAs = None,
    log_zone: LogZone = None,
    config: ConfigFile = None,
) -> None:
    """Compute a JSON report again from files and name each difference; exit code 1 when there is one."""
    told = config_of(config, log_zone=log_zone)
    text, code = commands.verify(report, given_of(paths, told, read_as), told)
    print_text(text)
    raise typer.Exit(code)


def show_command(
    what: Annotated[str, typer.Argument(metavar="WHAT", help="who, failed, coverage, security, domains, reports, floor or work.")],
    paths: SomePaths = None,
    by: Annotated[str, typer.Option("--by", help="With who: host, address, domain, sender, 'sender domain', …")] = "host",
    minimum_tls: Annotated[str, typer.Option("--floor", help="With floor: any TLS, TLS 1.0 … TLS 1.3.")] = "TLS 1.2",
    format: Annotated[str, typer.Option("--format", help="csv or json.")] = "csv",
    first_day: From = None,
    last_day: To = None,
    days: Days = None,
    zone: Zone = None,
    read_as: ReadAs = None,
    log_zone: LogZone = None,
    redact: Redact = False,
    direction: Direction = None,
    connector: Connector = None,
    kind: Type = None,
    tls: Tls = None,
    system: System = None,
    where: Where = None,
    saved: Saved = None,
    config: ConfigFile = None,
) -> None:
    """Print one of the lists behind the report: what the screens of the same names show."""
    one_of("WHAT", what, commands.LISTS)
    one_of("--by", by, tuple(FACETS))
    one_of("--format", format, ("csv", "json"))
    told = config_of(config, zone, log_zone=log_zone, redact=redact)
    scope = scope_of(told, direction, connector, kind, None, system, where, saved)
    chosen = commands.Chosen(day("--from", first_day), day("--to", last_day), days, scope, minimum_tls=minimum_version(minimum_tls))
    print_text(commands.show(given_of(paths, told, read_as), told, chosen, what, by, version_named(tls) if tls else None, format))


def letter_command(
    paths: SomePaths = None,
    domain: Annotated[str | None, typer.Option("--domain", help="A peer's domain.")] = None,
    host: Annotated[str | None, typer.Option("--host", help="A peer's host.")] = None,
    address: Annotated[str | None, typer.Option("--address", help="A peer's IP address.")] = None,
    format: Annotated[str, typer.Option("--format", help="text or markdown.")] = "text",
    first_day: From = None,
    last_day: To = None,
    days: Days = None,
    zone: Zone = None,
    read_as: ReadAs = None,
    log_zone: LogZone = None,
    redact: Redact = False,
    config: ConfigFile = None,
) -> None:
    """Write a letter to a partner whose servers use an old version of TLS: what was seen, when, and what to change."""
    one_of("--format", format, ("text", "markdown"))
    named = [(facet, name) for facet, name in (("domain", domain), ("host", host), ("address", address)) if name is not None]
    if len(named) != 1 or not named[0][1].strip():
        raise UsageError("say whom the letter is about: one of --domain, --host, --address")
    told = config_of(config, zone, log_zone=log_zone, redact=redact)
    chosen = commands.Chosen(day("--from", first_day), day("--to", last_day), days)
    print_text(commands.letter(given_of(paths, told, read_as), told, chosen, *named[0], markdown=format == "markdown"))


ANSWER_COMMANDS = {"verify": verify_command, "show": show_command, "letter": letter_command}
