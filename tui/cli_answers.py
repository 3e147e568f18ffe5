"""Commands that print results: report, findings, lists behind the report, letters; and verify."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from tui import commands
from tui.cli_end import print_text
from tui.cli_options import (
    ExportSpanOptions,
    MinimumTls,
    Paths,
    ReadOptions,
    ScopeOptions,
    SomePaths,
    SpanOptions,
    ViewOptions,
    given_of,
    with_groups,
)
from tui.cli_types import (
    CheckFormat,
    Counted,
    LetterFormat,
    ListName,
    ReportFormat,
    TableFormat,
    choice,
    chosen_argument,
    completion,
    one_of,
    parse_hours,
    wrong,
)
from tui.config import read_config
from tui.errors import UsageError
from tui.store.findings import load_findings
from tui.view.who import FACETS


def parse_facet(word: str) -> str:
    """Return a kind of name that `show who` groups by."""
    if word not in FACETS:
        raise wrong(word, tuple(FACETS))
    return word


def _finding_ids() -> list[str]:
    return [finding.id for finding in load_findings(read_config())]


@with_groups
def report_command(
    paths: SomePaths = None,
    *,
    format: Annotated[ReportFormat, choice(ReportFormat, "--format", help="Output format.")] = ReportFormat.TEXT,
    count: Annotated[Counted, choice(Counted, "--count", help="What the connector report counts.")] = Counted.MESSAGES,
    minimum_tls: MinimumTls = None,
    refuse: Annotated[
        bool, typer.Option("--refuse", help="With --minimum-tls: refuse all mail below it, not only where TLS is forced.")
    ] = False,
    span: SpanOptions,
    scope: ScopeOptions,
    read: ReadOptions,
    view: ViewOptions,
) -> None:
    """Print the report as text, JSON, CSV or HTML."""
    if refuse and minimum_tls is None:
        raise UsageError("--refuse: requires --minimum-tls VERSION")
    if minimum_tls is not None and format is ReportFormat.CSV:
        raise UsageError("--minimum-tls: not available with --format csv, which is one table; choose --format json, text or html")
    config = view.applied(read.settings())
    chosen = commands.Chosen(
        span.first_day, span.last_day, span.days, scope.scope(config), count is Counted.RECIPIENTS, minimum_tls, refuse
    )
    print_text(commands.report(given_of(paths, config, read.read_as), config, chosen, format.value))
    raise typer.Exit(0)


@with_groups
def export_command(
    to: Annotated[Path, typer.Option("--to", metavar="FILE", help="The file to write; its name ends with .csv, .json or .parquet.")],
    paths: SomePaths = None,
    *,
    force: Annotated[bool, typer.Option("--force", help="Overwrite an existing file.")] = False,
    span: ExportSpanOptions,
    scope: ScopeOptions,
    read: ReadOptions,
    view: ViewOptions,
) -> None:
    """Write messages to a file; times are UTC."""
    config = view.applied(read.settings())
    chosen = commands.Chosen(span.first_day, span.last_day, span.days, scope.scope(config))
    raise typer.Exit(commands.export(given_of(paths, config, read.read_as), config, chosen, to, force=force))


@with_groups
def check_command(
    paths: SomePaths = None,
    *,
    fail_on: Annotated[
        list[str] | None,
        typer.Option(
            "--fail-on", metavar="FINDING", autocompletion=completion(_finding_ids),
            help="Fail on this finding only, not on every warning; may be repeated.",
        ),
    ] = None,
    format: Annotated[CheckFormat, choice(CheckFormat, "--format", help="Output format.")] = CheckFormat.TEXT,
    max_age: Annotated[
        float | None, typer.Option("--max-age", parser=parse_hours, metavar="HOURS", help="Fail if the newest message is older than this.")
    ] = None,
    span: SpanOptions,
    read: ReadOptions,
    view: ViewOptions,
) -> None:  # fmt: skip
    """Print the findings, for monitoring."""
    config = view.applied(read.settings())
    chosen = commands.Chosen(span.first_day, span.last_day, span.days)
    text, code = commands.check(given_of(paths, config, read.read_as), config, chosen, fail_on or [], format.value, max_age)
    print_text(text)
    raise typer.Exit(code)


@with_groups
def verify_command(
    report: Annotated[Path, typer.Argument(metavar="REPORT.json", help="The output of mailflow report --format json.")],
    paths: Paths,
    read: ReadOptions,
) -> None:
    """Compare a JSON report with the files it was made from."""
    config = read.settings()
    text, code = commands.verify(report, given_of(paths, config, read.read_as), config)
    print_text(text)
    raise typer.Exit(code)


@with_groups
def show_command(
    what: Annotated[ListName, chosen_argument(ListName, "LIST", help=f"{one_of(tuple(ListName))}.")],
    paths: SomePaths = None,
    *,
    by: Annotated[
        str,
        typer.Option(
            "--by", metavar="NAME", parser=parse_facet, autocompletion=completion(lambda: FACETS),
            help=f"With who: {one_of(tuple(FACETS))}.",
        ),
    ] = "host",
    minimum_tls: MinimumTls = None,
    format: Annotated[TableFormat, choice(TableFormat, "--format", help="Output format.")] = TableFormat.CSV,
    span: SpanOptions,
    scope: ScopeOptions,
    read: ReadOptions,
    view: ViewOptions,
) -> None:  # fmt: skip
    """Print a list as CSV or JSON.

    who: hosts, domains or senders by TLS version (--by) · failed: failed TLS handshakes · coverage: days and hours with mail ·
    security: outbound mail by DANE, MTA-STS and TLS · domains: domains that do not support TLS · reports: TLS reports (TLS-RPT) ·
    what-if: effect of --minimum-tls · work: notes and acknowledged findings
    """
    config = view.applied(read.settings())
    # The version is what `who` lists; it does not narrow the mail that shares are of.
    mail = replace(scope, tls=None).scope(config)
    chosen = commands.Chosen(span.first_day, span.last_day, span.days, mail, minimum_tls=minimum_tls or "TLS 1.2")
    print_text(commands.show(given_of(paths, config, read.read_as), config, chosen, what.value, by, scope.tls, format.value))


@with_groups
def letter_command(
    paths: SomePaths = None,
    *,
    domain: Annotated[str | None, typer.Option("--domain", metavar="DOMAIN", help="The partner's domain.")] = None,
    host: Annotated[str | None, typer.Option("--host", metavar="HOST", help="The partner's host.")] = None,
    address: Annotated[str | None, typer.Option("--address", metavar="IP", help="The partner's IP address.")] = None,
    format: Annotated[LetterFormat, choice(LetterFormat, "--format", help="Output format.")] = LetterFormat.TEXT,
    span: SpanOptions,
    read: ReadOptions,
    view: ViewOptions,
) -> None:
    """Write a letter that asks a partner to replace an old TLS version; --domain, --host or --address selects the partner."""
    named = [(facet, name) for facet, name in (("domain", domain), ("host", host), ("address", address)) if name is not None]
    if len(named) != 1 or not named[0][1].strip():
        raise UsageError("choose the partner with one of --domain, --host and --address")
    config = view.applied(read.settings())
    chosen = commands.Chosen(span.first_day, span.last_day, span.days)
    given = given_of(paths, config, read.read_as)
    print_text(commands.letter(given, config, chosen, *named[0], markdown=format is LetterFormat.MARKDOWN))
