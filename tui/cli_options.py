"""The options that several commands have: each is written once, in a group, which a command takes as one parameter."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer

from tui.cli_types import ConnectorKind, FlowDirection, choice, completion, parse_count, parse_day, parse_minimum_tls, parse_tls
from tui.config import Config, checked_zone, read_config
from tui.domain import RANKED, UNRANKED
from tui.errors import UsageError
from tui.intake.discovery import InputPaths
from tui.intake.stdin import spooled
from tui.store.filters import NOTHING, Clause, Filter, parse_filter
from tui.store.query_files import load_folder
from tui.store.questions import Scope
from tui.store.saved_filters import named_filter
from tui.view.what_if import MINIMUM_VERSIONS

Paths = Annotated[list[str], typer.Argument(metavar="PATH…", help="Files, folders, globs, - (standard input), or one .duckdb trace file.")]
SomePaths = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[PATH…]", help="Files, folders, globs, - (standard input), or one .duckdb trace file; default: trace_file in the config."
    ),
]
ConfigFile = Annotated[Path | None, typer.Option("--config", metavar="FILE", help="Another config file.")]
MinimumTls = Annotated[
    str | None,
    typer.Option(
        "--minimum-tls", "--what-if", "--floor", metavar="VERSION", parser=parse_minimum_tls,
        autocompletion=completion(lambda: MINIMUM_VERSIONS),
        help="Show what a minimum TLS version would do to mail below it: 'any TLS', 'TLS 1.0' … 'TLS 1.3'.",
    ),
]  # fmt: skip


def day_option(*names: str, help: str) -> Any:
    """Return an option that takes a date."""
    return typer.Option(*names, metavar="YYYY-MM-DD", parser=parse_day, help=help)


def _format_ids() -> Iterable[str]:
    return (query.path.stem for query in load_folder("formats"))


@dataclass(frozen=True)
class ReadOptions:
    """How files are read."""

    read_as: Annotated[
        str | None,
        typer.Option("--as", metavar="FORMAT", autocompletion=completion(_format_ids), help="Force the input format (default: detect)."),
    ] = None
    log_zone: Annotated[
        str | None, typer.Option("--log-zone", metavar="ZONE", help="Time zone of timestamps without one (default: this machine's).")
    ] = None
    config: ConfigFile = None

    def settings(self) -> Config:
        """Return the config with what these options change."""
        config = read_config(self.config)
        return config if self.log_zone is None else replace(config, log_zone=checked_zone(self.log_zone))


@dataclass(frozen=True)
class ViewOptions:
    """Options for the presentation of results."""

    zone: Annotated[
        str | None, typer.Option("--zone", metavar="ZONE", help="Show days and hours in a time zone, such as Europe/Vienna (default: UTC).")
    ] = None
    redact: Annotated[bool, typer.Option("--redact", help="Replace addresses, hosts, domains, IPs and subjects by pseudonyms.")] = False

    def applied(self, config: Config) -> Config:
        """Return a config with what these options change."""
        if self.zone is not None:
            config = replace(config, zone=checked_zone(self.zone))
        return replace(config, redact=True) if self.redact else config


@dataclass(frozen=True)
class SpanOptions:
    """Which days."""

    first_day: Annotated[date | None, day_option("--from", help="First day, inclusive.")] = None
    last_day: Annotated[date | None, day_option("--to", "--until", help="Last day, inclusive.")] = None
    days: Annotated[
        int | None, typer.Option("--days", metavar="N", parser=parse_count, help="Number of days that end with the last day (default: 7).")
    ] = None


@dataclass(frozen=True)
class ExportSpanOptions(SpanOptions):
    """Which days, for a command whose `--to` is the file to write."""

    last_day: Annotated[date | None, day_option("--until", help="Last day, inclusive.")] = None


@dataclass(frozen=True)
class ScopeOptions:
    """Which mail."""

    direction: Annotated[
        FlowDirection | None, choice(FlowDirection, "--direction", help="Only this direction; submission is mail from own clients.")
    ] = None
    connector: Annotated[
        str | None, typer.Option("--connector", metavar="NAME", help="Only this connector; none: mail without a connector.")
    ] = None
    kind: Annotated[ConnectorKind | None, choice(ConnectorKind, "--type", help="Only connectors of this type.")] = None
    tls: Annotated[
        str | None,
        typer.Option(
            "--tls", metavar="VERSION", parser=parse_tls, autocompletion=completion(lambda: (*RANKED, *UNRANKED)),
            help="Only this TLS version, such as 'TLS 1.0' or 'No TLS'.",
        ),
    ] = None  # fmt: skip
    system: Annotated[str | None, typer.Option("--system", metavar="NAME", help="Only this system, such as 'Exchange Online'.")] = None
    where: Annotated[
        str | None, typer.Option("--where", metavar="CLAUSES", help="A filter, such as 'sender domain is bulk.example and tls < TLS 1.2'.")
    ] = None
    saved: Annotated[str | None, typer.Option("--filter", metavar="NAME", help="A saved filter, by its name or its .filter file.")] = None

    def scope(self, config: Config) -> Scope:
        """Return the mail that the options select. Raises UsageError for a filter that cannot be read."""
        clauses: list[Clause] = []
        if self.kind is not None:
            clauses.append(Clause("type", "is", self.kind.value))
        if self.tls is not None:
            clauses.append(Clause("tls", "is", self.tls))
        chosen = Filter((tuple(clauses),)) if clauses else Filter()
        if self.saved is not None:
            chosen &= named_filter(config.own("filters"), self.saved)
        if self.where is not None:
            chosen &= parse_filter(self.where)
        name = None if self.connector is None or self.connector.lower() in NOTHING else self.connector
        return Scope(self.direction and self.direction.value, self.connector is None, name, self.system, chosen)


def with_groups(command: Callable[..., None]) -> Callable[..., None]:
    """Return a command in whose signature each parameter that is a group of options is replaced by the options themselves."""
    hints = get_type_hints(command, include_extras=True)
    parameters: list[inspect.Parameter] = []
    groups: dict[str, Any] = {}
    for parameter in inspect.signature(command).parameters.values():
        kind = hints[parameter.name]
        if is_dataclass(kind):
            groups[parameter.name] = kind
            options = get_type_hints(kind, include_extras=True)
            parameters += [_keyword(option.name, options[option.name], option.default) for option in fields(kind)]
        else:
            parameters.append(_keyword(parameter.name, kind, parameter.default))

    def expanded(**values: object) -> None:
        for name, kind in groups.items():
            values[name] = kind(**{option.name: values.pop(option.name) for option in fields(kind)})
        command(**values)

    expanded.__name__, expanded.__doc__ = command.__name__, command.__doc__
    expanded.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    expanded.__dict__["__signature__"] = inspect.Signature(parameters)
    return expanded


def _keyword(name: str, annotation: object, default: object) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default)


def given_of(paths: Sequence[str] | None, config: Config, read_as: str | None) -> InputPaths:
    """Return the paths that were named, standard input as a file, else the trace file of the config, and their format.

    Raises UsageError for neither path nor trace file.
    """
    if paths:
        return InputPaths(spooled(paths, config.engine.temp_folder), read_as)
    if config.trace_file is None:
        raise UsageError("no PATH given: name a trace file, folder or glob (mailflow report PATH), or set trace_file in the config")
    return InputPaths([config.trace_file], read_as)
