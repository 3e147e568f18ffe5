"""Commands about trace files: what can be read, loading into one, its sources, and forgetting some of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from tui import commands
from tui.cli_end import print_text
from tui.cli_options import ConfigFile, Paths, ReadOptions, SomePaths, ViewOptions, day_option, given_of, with_groups
from tui.cli_types import SourcesFormat, choice, parse_count
from tui.config import read_config
from tui.errors import UsageError
from tui.output.format_guide import format_guide
from tui.store.trace_file import utc_now
from tui.view.text import visible


@with_groups
def load_command(
    paths: Paths,
    into: Annotated[Path, typer.Option("--into", metavar="FILE", help="The trace file to load into; created if it does not exist.")],
    *,
    without: Annotated[
        str | None,
        typer.Option(
            "--without", metavar="COLUMN,…", help="Do not store subject, sender or recipients (the domains of addresses are kept)."
        ),
    ] = None,
    read: ReadOptions,
) -> None:
    """Load files into a .duckdb trace file: all of them or none."""
    config = read.settings()
    if without is not None:
        config = replace(config, without=tuple(name.strip() for name in without.split(",") if name.strip()))
    raise typer.Exit(commands.load(given_of(paths, config, read.read_as), into, config))


def formats_command(
    check: Annotated[Path | None, typer.Option("--check", metavar="FILE", help="Check a format file of your own.")] = None,
    guide: Annotated[bool, typer.Option("--guide", help="Print the header keys and the macros that a format may use.")] = False,
    config: ConfigFile = None,
) -> None:
    """List the formats that can be read."""
    if guide:
        print_text(format_guide())
        return
    if check is None:
        print_text(commands.formats_text(read_config(config)))
        return
    text, code = commands.check_format_file(check, read_config(config))
    print_text(text)
    raise typer.Exit(code)


def findings_command(
    check: Annotated[Path | None, typer.Option("--check", metavar="FILE", help="Check a finding file of your own.")] = None,
    config: ConfigFile = None,
) -> None:
    """List the findings, their limits and advice."""
    if check is None:
        print_text(commands.findings_text(read_config(config)))
        return
    text, code = commands.check_finding_file(check, read_config(config))
    print_text(text)
    raise typer.Exit(code)


def map_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A CSV, JSON or Parquet file of an unknown format.")],
    pairs: Annotated[
        list[str] | None,
        typer.Argument(metavar="[FIELD=COLUMN…]", help="Which column is which field, such as time=Received tls='TLS used'."),
    ] = None,
    name: Annotated[str | None, typer.Option("--name", metavar="NAME", help="Name of the format (default: the name of the file).")] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite a format of your own.")] = False,
    config: ConfigFile = None,
) -> None:
    """Map the columns of a CSV, JSON or Parquet file that is not recognised, so that it can be read."""
    if unclear := [pair for pair in pairs or () if "=" not in pair]:
        raise UsageError(f"{visible(unclear[0])}: expected FIELD=COLUMN, such as time=Received")
    print_text(commands.map_columns(file, read_config(config), pairs or (), name, force=force))


@with_groups
def sources_command(
    paths: SomePaths = None,
    *,
    format: Annotated[SourcesFormat, choice(SourcesFormat, "--format", help="Output format.")] = SourcesFormat.TEXT,
    read: ReadOptions,
    view: ViewOptions,
) -> None:
    """List the loaded sources."""
    config = view.applied(read.settings())
    print_text(commands.sources(given_of(paths, config, read.read_as), config, format.value))


def forget_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A .duckdb trace file.")],
    source: Annotated[
        int | None, typer.Option("--source", metavar="ID", parser=parse_count, help="A file's number in mailflow sources.")
    ] = None,
    before: Annotated[date | None, day_option("--before", help="Remove the messages of days before this one.")] = None,
    config: ConfigFile = None,
) -> None:
    """Remove a source or old messages from a .duckdb trace file."""
    if (source is None) == (before is None):
        raise UsageError("choose what to forget: --source ID or --before YYYY-MM-DD")
    if before is not None and before > utc_now().date():
        raise UsageError(f"--before {before}: is in the future; no message would remain, and later loads would be excluded")
    commands.forget(file, read_config(config), source, before)
