"""The command line: commands, options and exit codes. The app is imported only when a screen is wanted."""

from __future__ import annotations

import difflib
import os
import signal
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from tui import commands
from tui.config import Config, read_config
from tui.errors import MailflowError, UnwritableError, UsageError
from tui.output.narration import internal_error, knows_utf8, narrate
from tui.places import bundled
from tui.view.text import ascii_only, visible

if TYPE_CHECKING:
    from types import FrameType

COMMANDS = ("load", "report", "check", "formats", "demo")
INTERNAL_ERROR = 70


class PathsOrCommand(TyperGroup):
    """A group whose first word may be a path: then it means the hidden command `open`."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Answer the command that the first word names, else `open` with all words as paths."""
        if args and args[0] not in self.commands and not args[0].startswith("--"):
            args = ["open", *args]
        return super().resolve_command(ctx, args)


app = typer.Typer(
    cls=PathsOrCommand,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=False,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Paths = Annotated[list[str], typer.Argument(help="Files, folders or globs; or one .duckdb trace file.", metavar="PATH…")]
From = Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day, included.")]
To = Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day, included.")]
Days = Annotated[int | None, typer.Option(min=1, help="How many days, up to the last (default 7).")]
ConfigFile = Annotated[Path | None, typer.Option("--config", help="Another config file.")]


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


SHORT_HELP = """mailflow PATH…                   open trace files, folders, globs or a .duckdb trace file
mailflow demo                    open the bundled sample
mailflow report PATH…            print the report (text or JSON)
mailflow load PATH… --into FILE  keep what was loaded in a trace file
mailflow formats                 what can be read
mailflow --help                  all commands"""


@app.command("open", hidden=True)
def open_command(paths: Paths, config: ConfigFile = None) -> None:
    """Open trace files in the terminal."""
    for path in paths:
        if path == paths[0] and not Path(path).exists() and path.isalpha():
            near = difflib.get_close_matches(path, COMMANDS, 1)
            raise UsageError(
                f"'{visible(path)}' is neither a command nor a file" + (f"; did you mean {near[0]}?" if near else "; see mailflow --help")
            )
    raise typer.Exit(_open(paths, read_config(config)))


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
    paths: Annotated[list[str] | None, typer.Argument(metavar="[PATH]…")] = None,
    format: Annotated[str, typer.Option("--format", help="text or json.")] = "text",
    first_day: From = None,
    last_day: To = None,
    days: Days = None,
    config: ConfigFile = None,
) -> None:
    """Print everything that the screens say."""
    if format not in ("text", "json"):
        raise UsageError(f"--format {visible(format)}: there is no such format; use text or json")
    chosen = commands.Chosen(first_day.date() if first_day else None, last_day.date() if last_day else None, days)
    told = read_config(config)
    _print(commands.report(_paths(paths, told), told, chosen, format))
    raise typer.Exit(0)


@app.command("check")
def check_command(
    paths: Annotated[list[str] | None, typer.Argument(metavar="[PATH]…")] = None,
    fail_on: Annotated[list[str] | None, typer.Option("--fail-on", help="A finding's id; all warnings when not given.")] = None,
    first_day: From = None,
    last_day: To = None,
    days: Days = None,
    config: ConfigFile = None,
) -> None:
    """List the findings, for monitoring: exit code 1 when one holds."""
    chosen = commands.Chosen(first_day.date() if first_day else None, last_day.date() if last_day else None, days)
    told = read_config(config)
    text, failed = commands.check(_paths(paths, told), told, chosen, fail_on or [])
    _print(text)
    raise typer.Exit(1 if failed else 0)


@app.command("formats")
def formats_command(config: ConfigFile = None) -> None:
    """List the formats that can be read, and what each can and cannot tell."""
    _print(commands.formats_text(read_config(config)))


@app.command("demo")
def demo_command(config: ConfigFile = None) -> None:
    """Open the bundled sample: a fictional organisation, two weeks of mail."""
    raise typer.Exit(_open([str(bundled("sample_data") / "example-corp")], read_config(config)))


def _paths(paths: Sequence[str] | None, config: Config) -> Sequence[str]:
    if paths:
        return paths
    if config.trace_file is None:
        raise UsageError("name a PATH: a trace file, folder or glob (mailflow report PATH), or set trace_file in the config")
    return [config.trace_file]


def _open(paths: Sequence[str], config: Config) -> int:
    """Open the screens where there is a terminal to draw them on, else print the text report."""
    if not (sys.stdout.isatty() and sys.stderr.isatty() and _keyboard_ready()):
        _print(commands.report(paths, config, commands.Chosen(), "text"))
        return 0
    from tui.app import run_app

    return run_app(paths, config)


def _keyboard_ready() -> bool:
    return sys.stdin.isatty() and os.environ.get("TERM", "") not in ("", "dumb")


def _print(text: str) -> None:
    known = knows_utf8(getattr(sys.stdout, "encoding", None))
    shown = text if known else "\n".join(ascii_only(line) for line in text.split("\n"))
    try:
        sys.stdout.write(shown)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except (OSError, AttributeError, ValueError) as problem:
        raise UnwritableError(f"stdout cannot be written: {problem}") from problem


_ended_by: list[int] = []


def run(arguments: Sequence[str]) -> int:
    """Run the command line and answer the exit code; every error is one line on stderr."""
    _ended_by.clear()
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, _stop)
    try:
        code = app(list(arguments), standalone_mode=False)
    except typer.Exit as end:
        return end.exit_code
    except MailflowError as problem:
        return _fail(str(problem), problem.exit_code)
    except SystemExit as end:
        return _fail("stopped", end.code if isinstance(end.code, int) else INTERNAL_ERROR)
    except (KeyboardInterrupt, typer.Abort):
        return _fail("stopped", 130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except Exception as problem:  # noqa: BLE001  (the last resort: no traceback and no content of a file reaches a user)
        if _ended_by:  # the engine wraps what a signal handler raises
            return _fail("stopped", 128 + _ended_by[0])
        # Typer brings its own copy of click, so its usage errors are known by what they can do.
        if format_message := getattr(problem, "format_message", None):
            return _fail(f"{format_message()} (see mailflow --help)", UsageError.exit_code)
        return _fail(internal_error(problem), INTERNAL_ERROR)
    return code if isinstance(code, int) else 0


def _fail(text: str, code: int) -> int:
    narrate(text)
    return code


def _stop(number: int, _frame: FrameType | None) -> None:
    _ended_by.append(number)
    raise SystemExit(128 + number)
