"""`report --format csv` and the connector report's export: one row per day (or hour, or week) and connector, as shown."""

from __future__ import annotations

import io
from collections.abc import Sequence

from tui.output.export_file import Rows, write_csv
from tui.store.window import Grain
from tui.view.connectors import ConnectorRow
from tui.view.findings import FindingView
from tui.view.formatting import VERSIONS
from tui.view.report import Report
from tui.view.work_list import WorkItem

_HEAD = {
    "direction": "VARCHAR",
    "connector": "VARCHAR",
    "label": "VARCHAR",
    "connector_type": "VARCHAR",
    "forced_tls": "BOOLEAN",
}
_TAIL = {"recorded": "BIGINT", "volume": "BIGINT", "is_estimate": "BOOLEAN"}


def connector_export(rows: Sequence[ConnectorRow], grain: Grain) -> Rows:
    """Return rows of the connector report as raw values: counts a TLS version, those recorded, and Volume.

    The hour is that of the display zone.
    """
    time = {"date": "DATE"} if grain != "hour" else {"hour": "VARCHAR"}
    columns = {**time, **_HEAD, **dict.fromkeys(VERSIONS, "BIGINT"), **_TAIL}
    values = _values(rows, grain)
    return Rows("connector-report", columns, lambda _: values)


def csv_report(report: Report) -> str:
    """Return the connector report as CSV text."""
    file = io.StringIO()
    write_csv(file, list(connector_export((), report.facts.grain).columns), _values(report.parts, report.facts.grain))
    return file.getvalue()


def _values(rows: Sequence[ConnectorRow], grain: Grain) -> list[tuple[object, ...]]:
    return [
        (
            None if row.at is None else f"{row.at:%Y-%m-%d %H:%M}" if grain == "hour" else row.at.date(),
            row.direction,
            row.connector,
            row.label,
            row.type_name or None,
            row.forced_tls,
            *(row.tls.get(version, 0) for version in VERSIONS),
            row.recorded,
            row.volume,
            row.is_estimate,
        )
        for row in rows
    ]


def findings_export(findings: Sequence[FindingView]) -> Rows:
    """Return findings as rows with numbers, evidence and advice."""
    columns = {
        **dict.fromkeys(("id", "title", "severity", "direction", "connector", "connector_type", "what"), "VARCHAR"),
        "messages": "BIGINT",
        "recorded": "BIGINT",
        "percent": "DOUBLE",
        "limit_percent": "DOUBLE",
        "is_estimate": "BOOLEAN",
        "too_few": "BOOLEAN",
        "snoozed_until": "DATE",
        "evidence": "VARCHAR",
        "advice": "VARCHAR",
    }
    values = [
        (
            one.id,
            one.title,
            "warning" if one.is_warning else "information",
            one.direction,
            one.connector,
            one.connector_type,
            one.what,
            one.messages,
            one.recorded,
            one.percent,
            one.limit_percent,
            one.is_estimate,
            one.too_few,
            one.acknowledgement.snoozed_until if one.acknowledgement else None,
            one.evidence,
            one.advice,
        )
        for one in findings
    ]
    return Rows("findings", columns, lambda _: values)


def work_export(items: Sequence[WorkItem]) -> Rows:
    """Return the notes on peers with the mail seen since."""
    columns = {**dict.fromkeys(("facet", "name", "kind", "text"), "VARCHAR"), "due": "DATE", "made_at_utc": "TIMESTAMP"}
    columns |= {"state": "VARCHAR", "seen_since": "VARCHAR", "is_closed": "BOOLEAN"}
    values = [
        (
            item.note.facet,
            item.note.name,
            item.note.kind,
            item.note.text,
            item.note.due,
            item.note.made_at_utc,
            item.state,
            item.seen_since,
            item.is_closed,
        )
        for item in items
    ]
    return Rows("work", columns, lambda _: values)
