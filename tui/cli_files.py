"""Commands about trace files: what can be read, loading into one, what it holds, and forgetting some of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from tui import commands
from tui.cli_end import print_text
from tui.cli_options import ConfigFile, LogZone, Paths, ReadAs, Redact, SomePaths, config_of, day, given_of, one_of
from tui.config import read_config
from tui.errors import UsageError
from tui.store.trace_file import utc_now
from tui.view.text import visible


def load_command(
    paths: Paths,
    into: Annotated[Path, typer.Option("--into", help="The trace file to load into; made when it is not there.")],
    without: Annotated[
        str | None, typer.Option("--without", help="What is not kept: subject, sender, recipients (their domains stay).")
    ] = None,
    read_as: ReadAs = None,
    log_zone: LogZone = None,
    config: ConfigFile = None,
) -> None:
    """Load trace files into a .duckdb trace file: all of them or none; what it has already changes nothing."""
    told = config_of(config, log_zone=log_zone)
    if without is not None:
        told = replace(told, without=tuple(name.strip() for name in without.split(",") if name.strip()))
    raise typer.Exit(commands.load(given_of(paths, told, read_as), into, told))


def formats_command(
    check: Annotated[Path | None, typer.Option("--check", metavar="FILE", help="Say what is wrong with a format file of your own.")] = None,
    config: ConfigFile = None,
) -> None:
    """List the formats that can be read, and what each can and cannot tell."""
    if check is None:
        print_text(commands.formats_text(read_config(config)))
        return
    text, code = commands.check_format_file(check, read_config(config))
    print_text(text)
    raise typer.Exit(code)


def findings_command(
    check: Annotated[Path | None, typer.Option("--check", metavar="FILE", help="Say what is wrong with a finding of your own.")] = None,
    config: ConfigFile = None,
) -> None:
    """List the findings: when each holds, its limit, and what to do about it."""
    if check is None:
        print_text(commands.findings_text(read_config(config)))
        return
    text, code = commands.check_finding_file(check, read_config(config))
    print_text(text)
    raise typer.Exit(code)


def map_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A CSV, JSON or Parquet file that no format knows.")],
    pairs: Annotated[list[str] | None, typer.Argument(metavar="[FIELD=COLUMN]…", help="Such as time=Received tls='TLS used'.")] = None,
    name: Annotated[str | None, typer.Option("--name", help="What the format is called (default: as the file).")] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a format of yours.")] = False,
    config: ConfigFile = None,
) -> None:
    """Map the columns of a file; the format is saved in the config folder and used from then on."""
    if unclear := [pair for pair in pairs or () if "=" not in pair]:
        raise UsageError(f"{visible(unclear[0])}: write FIELD=COLUMN, such as time=Received")
    print_text(commands.map_columns(file, read_config(config), pairs or (), name, force=force))


def sources_command(
    paths: SomePaths = None,
    format: Annotated[str, typer.Option("--format", help="text, csv or json.")] = "text",
    redact: Redact = False,
    read_as: ReadAs = None,
    log_zone: LogZone = None,
    config: ConfigFile = None,
) -> None:
    """List the files behind the answers: what each was taken for, what it brought, what it cannot tell, what was rejected."""
    one_of("--format", format, ("text", "csv", "json"))
    told = config_of(config, log_zone=log_zone, redact=redact)
    print_text(commands.sources(given_of(paths, told, read_as), told, format))


def forget_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A .duckdb trace file.")],
    source: Annotated[int | None, typer.Option("--source", metavar="ID", help="A file's number in mailflow sources.")] = None,
    before: Annotated[str | None, typer.Option("--before", metavar="YYYY-MM-DD", help="The first day whose messages stay.")] = None,
    config: ConfigFile = None,
) -> None:
    """Take a file's messages out of a trace file, or messages before a day, of whose days only the totals stay."""
    first_kept = day("--before", before)
    if (source is None) == (first_kept is None):
        raise UsageError("say what to forget: --source ID or --before YYYY-MM-DD")
    if first_kept is not None and first_kept > utc_now().date():
        raise UsageError(f"--before {first_kept}: is in the future; the trace file would be empty, and what is loaded later dropped")
    commands.forget(file, config_of(config), source, first_kept)


FILE_COMMANDS = {
    "sources": sources_command,
    "forget": forget_command,
    "map": map_command,
    "load": load_command,
    "formats": formats_command,
    "findings": findings_command,
}
