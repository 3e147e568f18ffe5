"""The command line: commands with their examples and exit codes. The app is imported only when a screen is wanted."""

from __future__ import annotations

import contextlib
import difflib
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated

import typer
from typer.main import get_command

from tui import commands
from tui.cli_answers import check_command, export_command, letter_command, report_command, show_command, verify_command
from tui.cli_end import end_of, fail, fail_as_plugin, print_text
from tui.cli_files import findings_command, forget_command, formats_command, load_command, map_command, sources_command
from tui.cli_help import help_command
from tui.cli_options import Paths, ReadOptions, ViewOptions, given_of, with_groups
from tui.cli_types import PathsOrCommand, PlainCommand
from tui.config import Config, read_config
from tui.errors import UsageError
from tui.exit_codes import codes_line
from tui.intake.discovery import InputPaths
from tui.output.check_report import asks_nagios
from tui.resources import bundled
from tui.view.text import visible

SHORT_HELP = """mailflow PATH…                   open mail logs and traces, or a .duckdb trace file
mailflow demo                    open the bundled sample
mailflow report PATH…            print the report (text, JSON, CSV or HTML)
mailflow load PATH… --into FILE  save the loaded data as a trace file
mailflow formats                 list the formats that can be read
mailflow --help                  all commands"""


app = typer.Typer(
    cls=PathsOrCommand,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=False,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(epilog="mailflow help lists the topics of the documentation; mailflow COMMAND --help has examples of each command.")
def top(ctx: typer.Context, version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    """How much of your mail is protected in transit by TLS: in each direction, per connector and per TLS version.

    mailflow PATH…  opens mail logs and traces (files, folders, globs), or a .duckdb trace file that mailflow load wrote, in the
    terminal; without a terminal it prints the report. mailflow demo opens the bundled sample.
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


@with_groups
def open_command(paths: Paths, read: ReadOptions, view: ViewOptions) -> None:
    """Open mail logs and traces, or a trace file, in the terminal."""
    for path in paths:
        if path == paths[0] and not Path(path).exists() and path.isalpha():
            near = difflib.get_close_matches(path, COMMANDS, 1)
            raise UsageError(
                f"'{visible(path)}' is neither a command nor a file" + (f"; did you mean {near[0]}?" if near else "; see mailflow --help")
            )
    config = view.applied(read.settings())
    raise typer.Exit(_open(given_of(paths, config, read.read_as), config))


@with_groups
def demo_command(read: ReadOptions, view: ViewOptions) -> None:
    """Open the bundled sample data."""
    raise typer.Exit(_open(InputPaths([str(bundled("sample_data") / "example-corp")]), view.applied(read.settings())))


# Each command with its examples and exit codes, which follow its options in --help.
COMMANDS: Mapping[str, tuple[Callable[..., None], Sequence[str], str]] = {
    "load": (
        load_command,
        (
            "mailflow load /var/log/mail.log* --into trace.duckdb",
            "mailflow load relay.log --into trace.duckdb --as postfix",
            "mailflow load a.duckdb b.duckdb --into all.duckdb",
        ),
        codes_line(0, 2, 3, 4),
    ),
    "report": (
        report_command,
        (
            "mailflow report traces/",
            "mailflow report trace.duckdb --format html > audit.html",
            "mailflow report trace.duckdb --minimum-tls 'TLS 1.2' --refuse",
            "mailflow report trace.duckdb --from 2026-11-01 --to 2026-11-15 --connector Fabrikam",
        ),
        codes_line(0, 2, 3, 4),
    ),
    "check": (
        check_command,
        (
            "mailflow check trace.duckdb --fail-on tls10_partner_inbound",
            "mailflow check trace.duckdb --format nagios --max-age 48",
        ),
        f"{codes_line(0, 1, 2, 3, 4, found='a finding fails the check')}.\n"
        "With --format nagios: 0 OK, 1 WARNING, 2 CRITICAL (a finding of --fail-on), 3 UNKNOWN",
    ),
    "verify": (
        verify_command,
        ("mailflow verify report.json traces/",),
        codes_line(0, 1, 2, 3, 4, found="the report and the files differ"),
    ),
    "export": (
        export_command,
        (
            "mailflow export trace.duckdb --to messages.csv",
            "mailflow export trace.duckdb --to old.parquet --tls 'TLS 1.0' --until 2026-11-15",
        ),
        codes_line(0, 2, 3, 4),
    ),
    "show": (
        show_command,
        (
            "mailflow show who trace.duckdb --tls 1.0 --by domain",
            "mailflow show what-if trace.duckdb --minimum-tls 1.2 --format json",
        ),
        codes_line(0, 2, 3, 4),
    ),
    "letter": (
        letter_command,
        ("mailflow letter trace.duckdb --domain fabrikam.example --format markdown",),
        codes_line(0, 2, 3, 4),
    ),
    "sources": (sources_command, ("mailflow sources trace.duckdb",), codes_line(0, 2, 3, 4)),
    "forget": (
        forget_command,
        ("mailflow forget trace.duckdb --source 3", "mailflow forget trace.duckdb --before 2026-01-01"),
        codes_line(0, 2, 3),
    ),
    "map": (
        map_command,
        ("mailflow map relay.csv", "mailflow map relay.csv time=Received tls='TLS used' direction=inbound"),
        codes_line(0, 2, 3),
    ),
    "formats": (
        formats_command,
        ("mailflow formats", "mailflow formats --guide", "mailflow formats --check ~/.config/mailflow/formats/office_relay.sql"),
        codes_line(0, 2),
    ),
    "findings": (
        findings_command,
        ("mailflow findings", "mailflow findings --check ~/.config/mailflow/findings/weekend_mail.sql"),
        codes_line(0, 2),
    ),
    "help": (help_command, ("mailflow help", "mailflow help own-format"), codes_line(0, 2)),
    "demo": (demo_command, ("mailflow demo", "mailflow demo | head"), codes_line(0)),
}

app.command("open", hidden=True, cls=PlainCommand)(open_command)
for name, (command, examples, codes) in COMMANDS.items():
    lines = "\n".join(("\b\nExamples:", *(f"  {example}" for example in examples)))
    app.command(name, epilog=f"{lines}\n\n{codes}.", cls=PlainCommand)(command)


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
    """Run the command line and return the exit code; every error is one line on stderr, of a Nagios plugin on stdout."""
    as_plugin = list(arguments[:1]) == ["check"] and asks_nagios(arguments)
    return end_of(lambda: _program()(list(arguments), prog_name="mailflow", standalone_mode=False), fail_as_plugin if as_plugin else fail)


@cache
def _program() -> Callable[..., object]:
    """Return the program that Typer makes of all commands; to make it takes longer than many a command."""
    return get_command(app)
