"""The rules in the headers of formats about resolution and about reading a trace file, as rows of its table `source_format`."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from tui.store.query_files import QueryFile, load_query
from tui.store.rollup import Run


@dataclass(frozen=True)
class FormatRule:
    """The rules in a format's header; the fields are the columns of `source_format`.

    `detail`: of several formats that record a hop, the one with the largest number provides each column. `list_level`: 1 for a list
    that session logs supersede, 2 for one that other lists supersede too. `pairs_by_session`: a row of the list is one message of a
    session. `shows_clear_text` and `connectors_from_settings` are None where the other formats of the row's system decide.
    `is_hosted_service`: the servers in its rows are a provider's, not own ones. `row_limit`: the maximum number of rows or messages
    in an export of the format, as written in the header.
    """

    format: str
    system: str | None
    tls_from: str | None
    detail: int | None
    list_level: int
    pairs_by_session: bool
    infers_clear_text: bool
    decides_direction_by_domain: bool
    finds_own_addresses: bool
    earliest_receipt_counts: bool
    recorded_receipt_first: bool
    infers_from_deliveries: bool
    shows_clear_text: bool | None
    connectors_from_settings: bool | None
    is_hosted_service: bool
    row_limit: str | None


Rules = Sequence[FormatRule]


def rules_of(formats: Collection[QueryFile]) -> Rules:
    """Return the rules in the headers of formats."""
    return [_rule_of(one) for one in formats]


def stage_rules(run: Run, rules: Rules) -> None:
    """Create the temp table `format_rule` from rules."""
    columns: dict[str, object] = {field.name: [getattr(one, field.name) for one in rules] for field in dataclasses.fields(FormatRule)}
    run(load_query("catalogue/format_rules").sql, columns)


def _rule_of(query: QueryFile) -> FormatRule:
    resolve, superseded_by = query.listed("resolve"), query.listed("superseded_by")
    return FormatRule(
        format=query.path.stem,
        system=query.one("system") or None,
        tls_from=query.one("tls_from") or None,
        detail=int(query.one("detail")) if query.one("detail").isdecimal() else None,
        list_level=2 if "reports" in superseded_by else 1 if superseded_by else 0,
        pairs_by_session="logs by session" in superseded_by,
        infers_clear_text="infer clear text" in resolve,
        decides_direction_by_domain="direction by domain" in resolve,
        finds_own_addresses="own addresses" in resolve,
        earliest_receipt_counts="earliest receipt" in resolve,
        recorded_receipt_first="recorded receipt first" in resolve,
        infers_from_deliveries="internal deliveries" in resolve,
        shows_clear_text=_yes_or_no(query, "shows_clear_text", default=True),
        connectors_from_settings=_yes_or_no(query, "connectors_from_settings", default=False),
        is_hosted_service=query.one("hosted_service") == "yes",
        row_limit=query.one("row_limit") or None,
    )


def _yes_or_no(query: QueryFile, key: str, *, default: bool) -> bool | None:
    """Return a header's value; without one the default for formats of one system, and None where the rows name their system."""
    if query.one(key):
        return query.one(key) == "yes"
    return default if query.one("system") else None
