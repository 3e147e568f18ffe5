"""The result of `mailflow check`: lines, JSON, CSV, or a line for Nagios and compatible monitors, with the exit code."""

from __future__ import annotations

import io
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tui.output.export_file import write_csv
from tui.output.json_report import data_document, finding_document, flow_document, window_document
from tui.output.report_contract import SCHEMA_VERSION
from tui.view.findings import FindingView
from tui.view.formatting import plural
from tui.view.report import Report
from tui.view.text import visible

STATES = ("OK", "WARNING", "CRITICAL", "UNKNOWN")
UNKNOWN = 3
NAMES_IN_LINE = 3


@dataclass(frozen=True)
class Checked:
    """The findings of a window, and those that fail: named ones, else all warnings; and with `stale_fails` data that is too old."""

    report: Report
    named: Collection[str]
    stale_fails: bool = False

    @property
    def failed(self) -> list[FindingView]:
        """The active findings that fail the check."""
        return [one for one in self.report.findings if self.fails(one)]

    def fails(self, finding: FindingView) -> bool:
        """Return whether a finding is active and fails the check."""
        if not finding.is_active:
            return False
        is_named = finding.id in self.named if self.named else finding.is_warning
        return is_named or (self.stale_fails and finding.id == "data_is_stale")

    @property
    def nothing_judged(self) -> bool:
        """Whether there is no mail in the window that could be judged."""
        return not any(half.flow.messages for half in self.report.halves.values())

    @property
    def summary(self) -> str:
        """How many fail, in which days and files."""
        others = sum(one.is_active for one in self.report.findings) - len(self.failed)
        more = f" ({others} more for information)" if others else ""
        text = f"{plural(len(self.failed), 'finding')}{more} in {self.report.title_span}, {self.report.coverage}"
        return f"{text}: nothing could be judged" if self.nothing_judged else text


def check_report(checked: Checked, form: str) -> tuple[str, int]:
    """Return the findings in a format, and the exit code."""
    if form == "nagios":
        return _nagios(checked)
    text = {"text": _lines, "json": _json, "csv": _csv}[form](checked)
    return text, 1 if checked.failed else 0


def _lines(checked: Checked) -> str:
    return "\n".join([checked.summary, *map(_line, checked.report.findings)]) + "\n"


def _line(finding: FindingView) -> str:
    return f"{finding.mark} {finding.id} · {' · '.join(part for part in (finding.where, finding.evidence) if part)}"


def _json(checked: Checked) -> str:
    report = checked.report
    active = [finding for finding in report.findings if finding.is_active]
    document = {
        "schema_version": SCHEMA_VERSION,
        "window": window_document(report.facts.window),
        "data": data_document(report.facts.window),
        "summary": {
            "text": checked.summary,
            "failed": list(dict.fromkeys(finding.id for finding in checked.failed)),
            "warnings": sum(finding.is_warning for finding in active),
            "information": sum(not finding.is_warning for finding in active),
            "too_few_to_judge": sum(finding.too_few for finding in report.findings),
            "acknowledged": sum(finding.acknowledgement is not None for finding in report.findings),
            "judged": not checked.nothing_judged,
        },
        "findings": [finding_document(finding) for finding in active],
        "too_few_to_judge": [finding_document(finding) for finding in report.findings if finding.too_few],
        "acknowledged": [
            {**finding_document(finding), "snoozed_until": finding.acknowledgement.snoozed_until.isoformat()}
            for finding in report.findings
            if finding.acknowledgement
        ],
    }
    return json.dumps(document, indent=1, ensure_ascii=True) + "\n"


COLUMNS = (
    "id", "severity", "fails", "too_few", "snoozed_until", "title", "direction", "connector", "connector_type", "what", "percent",
    "messages", "recorded", "limit_percent", "is_estimate", "evidence", "advice",
)  # fmt: skip


def _csv(checked: Checked) -> str:
    file = io.StringIO()
    write_csv(file, COLUMNS, [_row(checked, finding) for finding in checked.report.findings])
    return file.getvalue()


def _row(checked: Checked, finding: FindingView) -> tuple[object, ...]:
    return (
        finding.id,
        "warning" if finding.is_warning else "information",
        checked.fails(finding),
        finding.too_few,
        finding.acknowledgement.snoozed_until.isoformat() if finding.acknowledgement else None,
        finding.title,
        finding.direction,
        finding.connector,
        finding.connector_type,
        finding.what,
        finding_document(finding)["percent"],
        finding.messages,
        finding.recorded,
        finding.limit_percent,
        finding.is_estimate,
        finding.evidence,
        finding.advice,
    )


def _nagios(checked: Checked) -> tuple[str, int]:
    """Return one line with performance data, and a line a finding; 0 OK, 1 warnings, 2 named findings, 3 nothing to judge.

    Source: Monitoring Plugins Development Guidelines, "Plugin Output" and "Plugin Return Codes".
    """
    active = [finding for finding in checked.report.findings if finding.is_active]
    named = [finding for finding in active if finding.id in checked.named]
    warned = [finding for finding in active if finding.is_warning or checked.fails(finding)]
    failing = [finding for finding in active if checked.fails(finding)]
    listed = list({id(finding): finding for finding in (*named, *failing, *warned)}.values())
    state = 2 if named else 1 if warned else UNKNOWN if checked.nothing_judged else 0
    ids = list(dict.fromkeys(finding.id for finding in listed))
    rest = sum(finding.id not in ids[:NAMES_IN_LINE] for finding in listed)
    more = f" and {rest} more" if rest else ""
    which = f" ({', '.join(ids[:NAMES_IN_LINE])}{more})" if ids else ""
    nothing = ": nothing could be judged" if checked.nothing_judged else ""
    summary = f"{plural(len(listed), 'finding')}{which} in {checked.report.title_span}, {checked.report.coverage}{nothing}"
    first = f"{nagios_line(state, summary)} | {_performance(checked, len(listed))}"
    return "\n".join([first, *(_plain(_line(finding)) for finding in checked.report.findings)]) + "\n", state


def asks_nagios(arguments: Sequence[str]) -> bool:
    """Return whether the words of a command line ask for the format of a plugin, right or wrong as they may be."""
    return "--format=nagios" in arguments or ("--format", "nagios") in pairwise(arguments)


def nagios_line(state: int, text: str) -> str:
    """Return the first line of a plugin, without performance data."""
    return f"MAILFLOW {STATES[state]} - {_plain(text)}"


def _plain(text: str) -> str:
    """Return text in one line, without the bar that begins performance data."""
    return visible(text.replace("\n", " ")).replace("|", "/")


def _performance(checked: Checked, count: int) -> str:
    shares: Sequence[str] = [_protected(checked.report, direction) for direction in ("inbound", "outbound")]
    messages = sum(half.flow.messages for half in checked.report.halves.values())
    return " ".join([*shares, f"findings={count};;;0", f"messages={messages};;;0"])


def _protected(report: Report, direction: str) -> str:
    """Return the low end of the protected share of a direction; U where it is unknown."""
    share = flow_document(report.halves[direction].flow)["protected_percent"] if report.halves[direction].flow.messages else None
    return f"protected_{direction}={'U' if share is None else f'{share}%'};;;0;100"
