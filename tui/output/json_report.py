"""`report --format json`: a documented contract.

Counts are integers, times UTC, values raw with control and non-ASCII characters escaped. Versions whose count is 0 are
absent; a direction that no file covers is absent; the percentages are null where every message says TLS but the files
would not show clear text; `connector` is null for mail without one; `connector_type` and
`forced_tls` are null when no file tells; `protected_percent` is null when less than half says its TLS.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from tui.view.connectors import ConnectorRow
from tui.view.findings import FindingView
from tui.view.flow import Flow
from tui.view.report import Report
from tui.view.words import VERSIONS, percent_number


def json_report(report: Report) -> str:
    """Answer the report as JSON text, ASCII only."""
    window = report.facts.window
    judged = [finding for finding in report.findings if not finding.too_few]
    few = [finding for finding in report.findings if finding.too_few]
    document = {
        "window": {
            "from": _time(window.since),
            "to": _time(window.until - timedelta(seconds=1)),
            "days": len(window.days),
        },
        "data": None if window.is_empty else {"first": _time(window.data_first_utc), "last": _time(window.data_last_utc)},
        "systems": sorted({one.system for one in report.facts.cover}),
        "flow": {direction: _flow(half.flow) for direction, half in sorted(report.halves.items()) if half.flow.covered},
        "connectors": [_connector(row) for row in report.days],
        "findings": [_finding(finding) for finding in judged],
        "too_few_to_judge": [_finding(finding) for finding in few],
        "not_counted": [{"direction": one.direction, "status": one.status, "messages": one.messages} for one in report.facts.apart],
        "sources": [
            {
                "path": source.path,
                "format": source.format,
                "messages": source.message_count,
                "rejected": source.reject_count,
            }
            for source in report.sources
        ],
    }
    return json.dumps(document, indent=1, ensure_ascii=True)


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _versions(tls: Mapping[str, int]) -> dict[str, int]:
    return {version: tls[version] for version in VERSIONS if tls.get(version)}


def _flow(flow: Flow) -> dict[str, object]:
    low, high = flow.range_of(flow.protected) if flow.messages else (None, None)
    exact = flow.messages and flow.recorded == flow.messages
    if flow.claims_too_much(flow.protected):
        low = high = None
    share = (
        low if exact and low is None else percent_number(flow.protected, flow.messages) if exact else low if flow.half_recorded else None
    )
    return {
        "messages": flow.messages,
        "recorded": flow.recorded,
        "protected_percent": share,
        "protected_percent_low": share if exact else low,
        "protected_percent_high": share if exact else high,
        "tls": _versions(flow.tls),
        "is_estimate": flow.is_estimate,
    }


def _connector(row: ConnectorRow) -> dict[str, object]:
    return {
        "date": row.day.isoformat() if row.day else None,
        "direction": row.direction,
        "connector": row.connector,
        "connector_type": row.connector_type,
        "forced_tls": row.forced_tls,
        "tls": _versions(row.tls),
        "messages": row.volume,
        "recorded": row.recorded,
        "is_estimate": row.is_estimate,
    }


def _finding(finding: FindingView) -> dict[str, object]:
    return {
        "id": finding.id,
        "title": finding.title,
        "direction": finding.direction,
        "connector": finding.connector,
        "percent": percent_number(finding.messages, finding.recorded) if finding.recorded else None,
        "messages": finding.messages,
        "recorded": finding.recorded,
        "limit_percent": finding.limit_percent,
        "is_estimate": finding.is_estimate,
    }
