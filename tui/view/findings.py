"""Findings as text: location, share, limit and advice."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from tui.domain import TLS_1_0_OR_SSL, TlsVersion
from tui.rows import Acknowledged, FindingRow
from tui.store.findings import FoundFinding
from tui.store.questions import Scope
from tui.store.window import Window
from tui.view.formatting import clock, connector_label, day_name, grouped, one_decimal, plural
from tui.view.text import visible


@dataclass(frozen=True)
class FindingView:
    """A finding as the screens and outputs show it.

    `tls` is the version that it counts, None when it is about something else. `what` and `raw_evidence` are as its query
    returned them, not sanitised.
    """

    id: str
    title: str
    mark: str
    where: str
    evidence: str
    advice: str
    direction: str | None
    connector: str | None
    connector_type: str | None
    percent: float
    messages: int
    recorded: int
    limit_percent: float
    is_estimate: bool
    too_few: bool
    is_warning: bool
    tls: str | None
    what: str | None
    raw_evidence: str | None
    acknowledgement: Acknowledged | None = None

    @property
    def is_active(self) -> bool:
        """Whether it holds for a check: there was enough mail to judge, and it is not acknowledged."""
        return not self.too_few and self.acknowledgement is None

    @property
    def is_of_connector(self) -> bool:
        """Whether it is about one connector, or about all mail without one; False if it is about something else (`what`)."""
        return self.direction is not None and (self.connector is not None or self.what is None)

    @property
    def scope(self) -> Scope:
        """The mail that it is about: of its connector, of mail without one, or, where it is about something else, of its direction."""
        return Scope(self.direction, any_connector=not self.is_of_connector, connector=self.connector)


def finding_view(found: FoundFinding, window: Window, acknowledgement: Acknowledged | None = None) -> FindingView:
    """Return a finding as it is shown, such as `From partner - Fabrikam` and `61.0% of 1,204 · limit >50% · last 15 Nov 09:04`.

    If the query returned evidence, it replaces the share and the limit. `acknowledgement` is that of a snoozed finding.
    """
    row, finding = found.row, found.finding
    is_warning = finding.is_warning
    mark = "~" if row.is_estimate else ""
    share = f"{mark}{one_decimal(row.messages, row.recorded)} of {mark}{grouped(row.recorded)}" if row.recorded else ""
    last = f"last {clock(window.local(row.last_utc))}" if row.last_utc else ""
    if row.evidence:
        evidence = " · ".join(part for part in (visible(row.evidence), last) if part)
    elif is_warning:
        limit = f"limit >{row.limit_percent:g}%"
        few = "too few to judge" if row.too_few else ""
        evidence = " · ".join(part for part in (share, limit, few, last) if part)
    else:
        evidence = " · ".join(part for part in (f"{mark}{plural(row.messages, 'message')}", share, last) if part)
    return FindingView(
        id=finding.id,
        title=visible(finding.title),
        mark="·" if row.too_few or acknowledgement else "!" if is_warning else "i",
        where=_where(row),
        evidence=evidence,
        advice=visible(finding.advice),
        direction=row.direction,
        connector=row.connector,
        connector_type=row.connector_type,
        percent=row.percent,
        messages=row.messages,
        recorded=row.recorded,
        limit_percent=row.limit_percent,
        is_estimate=row.is_estimate,
        too_few=row.too_few,
        is_warning=is_warning,
        tls=finding.tls,
        what=row.what,
        raw_evidence=row.evidence,
        acknowledgement=acknowledgement,
    )


def acknowledged_text(acknowledgement: Acknowledged) -> str:
    """Return until when a finding is snoozed, and the reason."""
    text = f": {visible(acknowledgement.text)}" if acknowledgement.text else ""
    return f"snoozed until {day_name(acknowledgement.snoozed_until)} {acknowledgement.snoozed_until.year}{text}"


def is_in_force(acknowledgement: Acknowledged, window: Window) -> bool:
    """Return whether an acknowledgement is in force: its date has not passed in the data."""
    return acknowledgement.snoozed_until >= window.data_last.date()


def acknowledgement_of(found: FoundFinding, acknowledged: Iterable[Acknowledged], window: Window) -> Acknowledged | None:
    """Return the acknowledgement of a finding while it is in force; None otherwise."""
    place = (found.finding.id, found.row.direction, found.row.connector, found.row.what)
    acknowledgement = next((one for one in acknowledged if (one.finding, one.direction, one.connector, one.what) == place), None)
    return acknowledgement if acknowledgement is not None and is_in_force(acknowledgement, window) else None


def _where(row: FindingRow) -> str:
    """Return the location of a finding: its connector and its subject; without a connector, its direction and its subject."""
    what = visible(row.what) if row.what else ""
    if row.direction is None:
        return what
    if what and row.connector is None:
        return f"{row.direction.capitalize()} · {what}"
    label = connector_label(row.direction, row.connector, row.connector_type)
    return f"{label} · {what}" if what else label


def cells_over_limit(findings: Iterable[FindingView]) -> set[tuple[str, str | None, str]]:
    """Return the cells of the connector report that a warning is about: direction, connector, TLS version; TLS 1.0 includes SSL."""
    marked: set[tuple[str, str | None, str]] = set()
    for finding in findings:
        if finding.is_warning and not finding.too_few and finding.direction and finding.is_of_connector and finding.tls:
            for version in TLS_1_0_OR_SSL if finding.tls == TlsVersion.TLS_1_0 else (finding.tls,):
                marked.add((finding.direction, finding.connector, version))
    return marked


def findings_title(findings: Collection[FindingView]) -> str:
    """Return a heading with the number of findings that hold, and of those that are snoozed or too few to judge."""
    counts = {
        "": sum(finding.is_active for finding in findings),
        " snoozed": sum(finding.acknowledgement is not None for finding in findings),
        " too few to judge": sum(finding.too_few and finding.acknowledgement is None for finding in findings),
    }
    return " · ".join(["Findings", *(f"{count}{words}" for words, count in counts.items() if count or not words)])
