"""The command line: commands, options and exit codes. The app is imported only when a screen is wanted."""

from __future__ import annotations

import contextlib
import difflib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from tui import commands
from tui.cli_answers import ANSWER_COMMANDS
from tui.cli_end import end_of, fail, fail_as_plugin, print_text
from tui.cli_files import FILE_COMMANDS
from tui.cli_options import (
    SHORT_HELP,
    ConfigFile,
    Connector,
    Days,
    Direction,
    From,
    LogZone,
    Paths,
    PathsOrCommand,
    ReadAs,
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
    given_of,
    minimum_version,
    one_of,
    scope_of,
)
from tui.config import Config, read_config
from tui.errors import UsageError
from tui.intake.discovery import InputPaths
from tui.output.check_report import FORMATS as CHECK_FORMATS
from tui.output.check_report import asks_nagios
from tui.resources import bundled
from tui.view.text import visible

COMMANDS = ("load", "report", "export", "check", "verify", "show", "letter", "sources", "forget", "map", "formats", "findings", "demo")


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
        raise typer.Exit(_open(InputPaths([config.trace_file]), config))


@app.command("open", hidden=True)
def open_command(
    paths: Paths,
    zone: Zone = None,
    read_as: ReadAs = None,
    log_zone: LogZone = None,
    redact: Redact = False,
    config: ConfigFile = None,
) -> None:
    """Open trace files in the terminal."""
    for path in paths:
        if path == paths[0] and not Path(path).exists() and path.isalpha():
            near = difflib.get_close_matches(path, COMMANDS, 1)
            raise UsageError(
                f"'{visible(path)}' is neither a command nor a file" + (f"; did you mean {near[0]}?" if near else "; see mailflow --help")
            )
    told = config_of(config, zone, log_zone=log_zone, redact=redact)
    raise typer.Exit(_open(given_of(paths, told, read_as), told))


@app.command("report")
def report_command(
    paths: SomePaths = None,
    format: Annotated[str, typer.Option("--format", help="text, json, csv or html.")] = "text",
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
    count: Annotated[str, typer.Option("--count", help="messages or recipients, in the connector report.")] = "messages",
    what_if: WhatIf = None,
    refuse: Annotated[bool, typer.Option("--refuse", help="With --what-if: refuse all below, not only where TLS is forced.")] = False,
    config: ConfigFile = None,
) -> None:
    """Print everything that the screens say."""
    one_of("--format", format, ("text", "json", "csv", "html"))
    one_of("--count", count, ("messages", "recipients"))
    minimum_tls = minimum_version(what_if)
    if refuse and minimum_tls is None:
        raise UsageError("--refuse: says what becomes of mail below a floor; name one with --what-if 'TLS 1.2'")
    if minimum_tls is not None and format == "csv":
        raise UsageError("--what-if: is not in the CSV, which is one table; use --format json, text or html")
    told = config_of(config, zone, log_zone=log_zone, redact=redact)
    scope = scope_of(told, direction, connector, kind, tls, system, where, saved)
    chosen = commands.Chosen(day("--from", first_day), day("--to", last_day), days, scope, count == "recipients", minimum_tls, refuse)
    print_text(commands.report(given_of(paths, told, read_as), told, chosen, format))
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
    """Write messages to a file, with everything that is known of each; times are UTC."""
    told = config_of(config, zone, log_zone=log_zone, redact=redact)
    scope = scope_of(told, direction, connector, kind, tls, system, where, saved)
    raise typer.Exit(
        commands.export(
            given_of(paths, told, read_as),
            told,
            commands.Chosen(day("--from", first_day), day("--until", last_day), days, scope),
            to,
            force=force,
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
    read_as: ReadAs = None,
    log_zone: LogZone = None,
    redact: Redact = False,
    config: ConfigFile = None,
) -> None:
    """List the findings, for monitoring: exit code 1 when one holds; as a Nagios plugin 0, 1, 2 or 3."""
    one_of("--format", format, CHECK_FORMATS)
    told = config_of(config, zone, log_zone=log_zone, redact=redact)
    chosen = commands.Chosen(day("--from", first_day), day("--to", last_day), days)
    text, code = commands.check(given_of(paths, told, read_as), told, chosen, fail_on or [], format, max_age)
    print_text(text)
    raise typer.Exit(code)


for name, command in {**FILE_COMMANDS, **ANSWER_COMMANDS}.items():
    app.command(name)(command)


@app.command("demo")
def demo_command(zone: Zone = None, log_zone: LogZone = None, redact: Redact = False, config: ConfigFile = None) -> None:
    """Open the bundled sample: a fictional organisation, two weeks of mail."""
    raise typer.Exit(
        _open(InputPaths([str(bundled("sample_data") / "example-corp")]), config_of(config, zone, log_zone=log_zone, redact=redact))
    )


def _open(given: InputPaths, config: Config) -> int:
    """Open the screens where there is a terminal to draw them on, else print the text report."""
    if sys.stdout.isatty() and not sys.stdin.isatty():
        _take_keyboard()
    if not (sys.stdout.isatty() and sys.stderr.isatty() and _keyboard_ready()):
        print_text(commands.report(given, config, commands.Chosen(), "text"))
        return 0
    from tui.app import run_app

    return run_app(given, config)


def _take_keyboard() -> None:
    """Take the keys from the terminal itself where standard input brought the data, as pagers do."""
    with contextlib.suppress(OSError):
        os.dup2(os.open("/dev/tty", os.O_RDONLY), 0)


def _keyboard_ready() -> bool:
    return sys.stdin.isatty() and os.environ.get("TERM", "") not in ("", "dumb")


def run(arguments: Sequence[str]) -> int:
    """Run the command line and answer the exit code; every error is one line on stderr, of a Nagios plugin on stdout."""
    as_plugin = list(arguments[:1]) == ["check"] and asks_nagios(arguments)
    return end_of(lambda: app(list(arguments), standalone_mode=False), fail_as_plugin if as_plugin else fail)
