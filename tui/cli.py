"""The command line: commands, options and exit codes. The app is imported only when a screen is wanted."""

from __future__ import annotations

import difflib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from tui import commands
from tui.cli_end import end_of, fail, fail_as_plugin, print_text
from tui.cli_options import (
    SHORT_HELP,
    ConfigFile,
    Connector,
    Days,
    Direction,
    From,
    Paths,
    PathsOrCommand,
    Redact,
    Saved,
    SomePaths,
    System,
    Tls,
    To,
    Type,
    Until,
    WhatIf,
    Where,
    Zone,
    config_of,
    day,
    floor_named,
    one_of,
    scope_of,
)
from tui.config import Config, read_config
from tui.errors import UsageError
from tui.output.check_report import FORMATS as CHECK_FORMATS
from tui.output.check_report import asks_nagios
from tui.places import bundled
from tui.store.filters import version_named
from tui.view.text import visible
from tui.view.who import FACETS

COMMANDS = ("load", "report", "export", "check", "verify", "show", "letter", "formats", "demo")


app = typer.Typer(
    cls=PathsOrCommand,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=False,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def top(ctx: typer.Context, version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    """How much of your mail is protected in transit by TLS: each way, per connector, per version.

    mailflow PATH…  opens trace files, folders, globs or a .duckdb trace file in the terminal; without a terminal it
    prints the report. mailflow demo opens the bundled sample.
    """
    if version:
        typer.echo(commands.version_text())
        raise typer.Exit
    if ctx.invoked_subcommand is None:
        config = read_config()
        if config.trace_file is None:
            typer.echo(SHORT_HELP)
            raise typer.Exit(2 if not sys.stdout.isatty() else 0)
        raise typer.Exit(_open([config.trace_file], config))


@app.command("open", hidden=True)
def open_command(paths: Paths, zone: Zone = None, redact: Redact = False, config: ConfigFile = None) -> None:
    """Open trace files in the terminal."""
    for path in paths:
        if path == paths[0] and not Path(path).exists() and path.isalpha():
            near = difflib.get_close_matches(path, COMMANDS, 1)
            raise UsageError(
                f"'{visible(path)}' is neither a command nor a file" + (f"; did you mean {near[0]}?" if near else "; see mailflow --help")
            )
    raise typer.Exit(_open(paths, config_of(config, zone, redact=redact)))


@app.command("load")
def load_command(
    paths: Paths,
    into: Annotated[Path, typer.Option("--into", help="The trace file to load into; made when it is not there.")],
    config: ConfigFile = None,
) -> None:
    """Load trace files into a .duckdb trace file: all of them or none; what it has already changes nothing."""
    raise typer.Exit(commands.load(paths, into, read_config(config)))


@app.command("report")
def report_command(
    paths: SomePaths = None,
    format: Annotated[str, typer.Option("--format", help="text, json, csv or html.")] = "text",
    first_day: From = None,
    last_day: To = None,
    days: Days = None,
    zone: Zone = None,
    redact: Redact = False,
    direction: Direction = None,
    connector: Connector = None,
    kind: Type = None,
    tls: Tls = None,
    system: System = None,
    where: Where = None,
    saved: Saved = None,
    count: Annotated[str, typer.Option("--count", help="messages or recipients, in the connector report.")] = "messages",
    what_if: WhatIf = None,
    refuse: Annotated[bool, typer.Option("--refuse", help="With --what-if: refuse all below, not only where TLS is forced.")] = False,
    config: ConfigFile = None,
) -> None:
    """Print everything that the screens say."""
    one_of("--format", format, ("text", "json", "csv", "html"))
    one_of("--count", count, ("messages", "recipients"))
    floor = floor_named(what_if)
    if refuse and floor is None:
        raise UsageError("--refuse: says what becomes of mail below a floor; name one with --what-if 'TLS 1.2'")
    if floor is not None and format == "csv":
        raise UsageError("--what-if: is not in the CSV, which is one table; use --format json, text or html")
    told = config_of(config, zone, redact=redact)
    scope = scope_of(told, direction, connector, kind, tls, system, where, saved)
    chosen = commands.Chosen(day("--from", first_day), day("--to", last_day), days, scope, count == "recipients", floor, refuse)
    print_text(commands.report(_paths(paths, told), told, chosen, format))
    raise typer.Exit(0)


@app.command("export")
def export_command(
    to: Annotated[Path, typer.Option("--to", help="The file to write: its name ends with .csv, .json or .parquet.")],
    paths: SomePaths = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that exists.")] = False,
    first_day: From = None,
    last_day: Until = None,
    days: Days = None,
    zone: Zone = None,
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
    """Write messages to a file, with everything that is known of each; times are UTC."""
    told = config_of(config, zone, redact=redact)
    scope = scope_of(told, direction, connector, kind, tls, system, where, saved)
    raise typer.Exit(
        commands.export(
            _paths(paths, told), told, commands.Chosen(day("--from", first_day), day("--until", last_day), days, scope), to, force=force
        )
    )


@app.command("check")
def check_command(
    paths: SomePaths = None,
    fail_on: Annotated[list[str] | None, typer.Option("--fail-on", help="A finding's id; all warnings when not given.")] = None,
    format: Annotated[str, typer.Option("--format", help="text, json, csv or nagios.")] = "text",
    max_age: Annotated[
        float | None, typer.Option("--max-age", min=0, metavar="HOURS", help="Fail on a newest message older than this.")
    ] = None,
    first_day: From = None,
    last_day: To = None,
    days: Days = None,
    zone: Zone = None,
    redact: Redact = False,
    config: ConfigFile = None,
) -> None:
    """List the findings, for monitoring: exit code 1 when one holds; as a Nagios plugin 0, 1, 2 or 3."""
    one_of("--format", format, CHECK_FORMATS)
    told = config_of(config, zone, redact=redact)
    chosen = commands.Chosen(day("--from", first_day), day("--to", last_day), days)
    text, code = commands.check(_paths(paths, told), told, chosen, fail_on or [], format, max_age)
    print_text(text)
    raise typer.Exit(code)


@app.command("verify")
def verify_command(
    report: Annotated[Path, typer.Argument(metavar="REPORT.json", help="What mailflow report --format json printed.")],
    paths: Paths,
    config: ConfigFile = None,
) -> None:
    """Compute a JSON report again from files and name each difference; exit code 1 when there is one."""
    text, code = commands.verify(report, paths, read_config(config))
    print_text(text)
    raise typer.Exit(code)


@app.command("show")
def show_command(
    what: Annotated[str, typer.Argument(metavar="WHAT", help="who, failed, coverage, security, domains, floor or work.")],
    paths: SomePaths = None,
    by: Annotated[str, typer.Option("--by", help="With who: host, address, domain, sender, 'sender domain', …")] = "host",
    floor: Annotated[str, typer.Option("--floor", help="With floor: any TLS, TLS 1.0 … TLS 1.3.")] = "TLS 1.2",
    format: Annotated[str, typer.Option("--format", help="csv or json.")] = "csv",
    first_day: From = None,
    last_day: To = None,
    days: Days = None,
    zone: Zone = None,
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
    told = config_of(config, zone, redact=redact)
    scope = scope_of(told, direction, connector, kind, None, system, where, saved)
    chosen = commands.Chosen(day("--from", first_day), day("--to", last_day), days, scope, floor=floor_named(floor))
    print_text(commands.show(_paths(paths, told), told, chosen, what, by, version_named(tls) if tls else None, format))


@app.command("letter")
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
    redact: Redact = False,
    config: ConfigFile = None,
) -> None:
    """Write a letter to a partner whose servers use an old version of TLS: what was seen, when, and what to change."""
    one_of("--format", format, ("text", "markdown"))
    named = [(facet, name) for facet, name in (("domain", domain), ("host", host), ("address", address)) if name is not None]
    if len(named) != 1 or not named[0][1].strip():
        raise UsageError("say whom the letter is about: one of --domain, --host, --address")
    told = config_of(config, zone, redact=redact)
    chosen = commands.Chosen(day("--from", first_day), day("--to", last_day), days)
    print_text(commands.letter(_paths(paths, told), told, chosen, *named[0], markdown=format == "markdown"))


@app.command("formats")
def formats_command(config: ConfigFile = None) -> None:
    """List the formats that can be read, and what each can and cannot tell."""
    print_text(commands.formats_text(read_config(config)))


@app.command("demo")
def demo_command(zone: Zone = None, redact: Redact = False, config: ConfigFile = None) -> None:
    """Open the bundled sample: a fictional organisation, two weeks of mail."""
    raise typer.Exit(_open([str(bundled("sample_data") / "example-corp")], config_of(config, zone, redact=redact)))


def _paths(paths: Sequence[str] | None, config: Config) -> Sequence[str]:
    if paths:
        return paths
    if config.trace_file is None:
        raise UsageError("name a PATH: a trace file, folder or glob (mailflow report PATH), or set trace_file in the config")
    return [config.trace_file]


def _open(paths: Sequence[str], config: Config) -> int:
    """Open the screens where there is a terminal to draw them on, else print the text report."""
    if not (sys.stdout.isatty() and sys.stderr.isatty() and _keyboard_ready()):
        print_text(commands.report(paths, config, commands.Chosen(), "text"))
        return 0
    from tui.app import run_app

    return run_app(paths, config)


def _keyboard_ready() -> bool:
    return sys.stdin.isatty() and os.environ.get("TERM", "") not in ("", "dumb")


def run(arguments: Sequence[str]) -> int:
    """Run the command line and answer the exit code; every error is one line on stderr, of a Nagios plugin on stdout."""
    as_plugin = list(arguments[:1]) == ["check"] and asks_nagios(arguments)
    return end_of(lambda: app(list(arguments), standalone_mode=False), fail_as_plugin if as_plugin else fail)
