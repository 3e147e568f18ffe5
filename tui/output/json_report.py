"""`report --format json`: a contract, documented in `tui/help/json.md` and `tui/help/report.schema.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta

from tui.output.report_contract import SCHEMA_VERSION, contract_row
from tui.rows import WhatIfPeer
from tui.store.lists import WhatIf
from tui.store.window import Window
from tui.view.connectors import ConnectorRow
from tui.view.findings import FindingView
from tui.view.flow import Flow
from tui.view.formatting import VERSIONS, percent_number
from tui.view.report import Report
from tui.view.what_if import totals_of


def json_report(report: Report, what_if: WhatIf | None = None, *, redacted: bool = False) -> str:
    """Return the report as JSON text, ASCII only."""
    return json.dumps(report_document(report, what_if, redacted=redacted), indent=1, ensure_ascii=True)


def report_document(report: Report, what_if: WhatIf | None = None, *, redacted: bool = False) -> dict[str, object]:
    """Return the report as JSON has it, before it is text."""
    options = {**_options(report), **({"redacted": True} if redacted else {})}
    return {
        "schema_version": SCHEMA_VERSION,
        "window": window_document(report.facts.window),
        "data": data_document(report.facts.window),
        "systems": sorted({one.system for one in report.facts.cover}),
        **({"options": options} if options else {}),
        "flow": {direction: flow_document(half.flow) for direction, half in sorted(report.halves.items()) if half.flow.covered},
        "connectors": [_connector(row) for row in report.parts],
        "findings": [finding_document(finding) for finding in report.findings if not finding.too_few],
        "too_few_to_judge": [finding_document(finding) for finding in report.findings if finding.too_few],
        "not_counted": [asdict(one) for one in report.facts.not_counted],
        **({"what_if": _what_if(what_if)} if what_if else {}),
        "sources": [
            {
                "path": source.path,
                "format": source.format,
                "messages": source.message_count,
                "rejected": source.reject_count,
                "sha256": source.sha256,
            }
            for source in report.sources
        ],
    }


def window_document(window: Window) -> dict[str, object]:
    """Return the window, its last second included."""
    return {"from": _time(window.since), "to": _time(window.until - timedelta(seconds=1)), "days": len(window.days)}


def data_document(window: Window) -> dict[str, object] | None:
    """Return the first and the newest counted message; None where none counts."""
    return None if window.is_empty else {"first": _time(window.data_first_utc), "last": _time(window.data_last_utc)}


def _options(report: Report) -> dict[str, object]:
    """Return the options that the report follows, as far as they differ from the defaults."""
    scope, zone = report.facts.scope, report.facts.window.zone
    return {
        **({"zone": zone} if zone != "UTC" else {}),
        **({"direction": scope.direction} if scope.direction else {}),
        **({} if scope.any_connector else {"connector": scope.connector}),
        **({"system": scope.system} if scope.system else {}),
        **({"filter": scope.where.words} if scope.where else {}),
        **({"counted": "recipients"} if report.recipients else {}),
    }


def _what_if(what_if: WhatIf) -> dict[str, object]:
    """Return the what-if: totals, connectors, days and peers, most mail first."""
    total = totals_of(what_if)
    first = what_if.peers[0] if what_if.peers else None
    return {
        "minimum_tls": what_if.minimum_tls,
        "refuse": what_if.refuse,
        "from": _time(what_if.span.since),
        "to": _time(what_if.span.until - timedelta(seconds=1)),
        "totals": {
            "messages": total.messages,
            "as_now": sum(row.as_now for row in what_if.connectors),
            "refused": total.refused,
            "falls_back_to_clear_text": total.falls_back,
            "stays_clear": total.stays_clear,
            "not_recorded": total.not_recorded,
            "connectors": total.touched,
            "peers": first.all_peers if first else 0,
            "senders": first.all_senders if first else 0,
            "is_estimate": total.is_estimate,
        },
        "connectors": [contract_row(asdict(row)) for row in what_if.connectors],
        "days": [{**contract_row(asdict(row)), "day": row.day.isoformat()} for row in what_if.days],
        "peers": [_what_if_peer(row) for row in what_if.peers],
    }


def _what_if_peer(row: WhatIfPeer) -> dict[str, object]:
    columns = {key: value for key, value in contract_row(asdict(row)).items() if key not in ("all_peers", "all_senders", "last_utc")}
    return {**columns, "connectors": [name or None for name in row.connectors], "last": _time(row.last_utc)}


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _versions(tls: Mapping[str, int]) -> dict[str, int]:
    return {version: tls[version] for version in VERSIONS if tls.get(version)}


def flow_document(flow: Flow) -> dict[str, object]:
    """Return the totals of a direction."""
    low, high = flow.range_of(flow.protected) if flow.messages else (None, None)
    exact = flow.messages and flow.recorded == flow.messages
    if flow.needs_clear_text_caveat(flow.protected):
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
        "date": row.at.date().isoformat() if row.at else None,
        "direction": row.direction,
        "connector": row.connector,
        "connector_type": row.connector_type,
        "forced_tls": row.forced_tls,
        "tls": _versions(row.tls),
        "messages": row.volume,
        "recorded": row.recorded,
        "is_estimate": row.is_estimate,
    }


def finding_document(finding: FindingView) -> dict[str, object]:
    """Return a finding."""
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
        **({} if finding.what is None else {"what": finding.what}),
        **({} if finding.raw_evidence is None else {"evidence": finding.raw_evidence}),
    }
