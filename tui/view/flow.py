"""The mail flow of a direction: totals, the protected share or its range, and the sentences that present them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tui.domain import MODERN, PROTECTED, TLS_1_0_OR_SSL
from tui.rows import DirectionCoverage, FlowCell, FlowDay, FlowSpan, OldTls
from tui.store.window import Window
from tui.view.formatting import (
    ALWAYS_SHOWN,
    SHORT,
    VERSIONS,
    clock,
    day_name,
    grouped,
    one_decimal,
    percent_number,
    plural,
    span_name,
    whole_percent,
)

FRESH = timedelta(hours=48)
MIN_COMPARED = 30


@dataclass(frozen=True)
class Flow:
    """The messages of one direction in a window, by TLS version."""

    direction: str
    covered: bool
    tls: Mapping[str, int]
    through_connectors: Mapping[str, int]
    is_estimate: bool
    clear_text_unseen: int = 0

    @property
    def messages(self) -> int:
        """All messages."""
        return sum(self.tls.values())

    @property
    def recorded(self) -> int:
        """Messages whose TLS was recorded; shares are of these."""
        return self.messages - self.tls.get("Not recorded", 0)

    @property
    def protected(self) -> int:
        """Messages with any TLS; SSL is not protected."""
        return sum(count for version, count in self.tls.items() if version in PROTECTED)

    @property
    def modern(self) -> int:
        """Messages with TLS 1.2 or newer."""
        return sum(count for version, count in self.tls.items() if version in MODERN)

    @property
    def half_recorded(self) -> bool:
        """Whether TLS was recorded for at least half of the messages; a percentage means nothing below that."""
        return 0 < self.messages <= 2 * self.recorded

    @property
    def mark(self) -> str:
        """`~` before counts that are estimates."""
        return "~" if self.is_estimate else ""

    def needs_clear_text_caveat(self, part: int) -> bool:
        """Whether 100% would claim more than the files record: some of their formats cannot show clear text."""
        return 0 < part == self.messages and self.clear_text_unseen > 0

    def range_of(self, part: int) -> tuple[float, float]:
        """Return the least and the greatest share in percent that `part` messages can have."""
        unknown = self.messages - self.recorded
        return percent_number(part, self.messages, "low"), percent_number(part + unknown, self.messages, "high")

    def headline(self, part: int) -> str:
        """Return a share as a headline: exact, its low end where TLS is not recorded for some messages, or how many have a record."""
        if not self.messages:
            return "none in this window"
        if not self.half_recorded:
            return f"TLS recorded for {grouped(self.recorded)} of {grouped(self.messages)}"
        if self.needs_clear_text_caveat(part):
            return "all recorded with TLS"
        if self.recorded == self.messages:
            return one_decimal(part, self.messages)
        return f"≥ {self.range_of(part)[0]:.1f}%"

    def caption(self, part: int) -> str:
        """Return the text beside the headline: the high end and how many messages have no TLS record; empty when all have one."""
        unknown = self.messages - self.recorded
        if self.needs_clear_text_caveat(part):
            return "this export cannot show clear text"
        if not unknown or not self.half_recorded:
            return ""
        if part + unknown == self.messages:
            return f"TLS not recorded for {grouped(unknown)}"
        return f"up to {self.range_of(part)[1]:.1f}% (TLS not recorded for {grouped(unknown)})"

    def versions(self) -> list[str]:
        """Return the versions to show: the usual five, and the others where they are not 0."""
        return [version for version in VERSIONS if version in ALWAYS_SHOWN or self.tls.get(version)]

    def by_version(self) -> str:
        """Return one line of shares by version: `No TLS 7% · ▲1.0 13% · 1.2 55% · 1.3 26%`."""
        parts: list[str] = []
        for version in VERSIONS:
            count = self.tls.get(version, 0)
            if not count or not self.half_recorded:
                continue
            mark = "▲" if version in TLS_1_0_OR_SSL else ""
            name = SHORT.get(version, version)
            parts.append(f"{name} {grouped(count)}" if version == "Not recorded" else f"{mark}{name} {whole_percent(count, self.recorded)}")
        return " · ".join(parts)


def flows_of(cells: Iterable[FlowCell], cover: Iterable[DirectionCoverage]) -> dict[str, Flow]:
    """Return both directions' flows; a direction that no file covers is not covered, which is not the same as 0."""
    covered = {one.direction for one in cover}
    grouped_cells: dict[str, list[FlowCell]] = {"inbound": [], "outbound": []}
    for cell in cells:
        if cell.direction in grouped_cells:  # own clients are in no total, even when a filter selects them
            grouped_cells[cell.direction].append(cell)
    return {
        direction: Flow(
            direction,
            direction in covered,
            {cell.tls: cell.messages for cell in found},
            {cell.tls: cell.through_connectors for cell in found},
            any(cell.is_estimate for cell in found),
            sum(cell.clear_text_unseen for cell in found),
        )
        for direction, found in grouped_cells.items()
    }


def sentence(flow: Flow, window: Window, now: datetime) -> str:
    """Return the sentence of the widget; it begins with "In the past week" only when the data are recent."""
    if not flow.covered:
        return f"No loaded file covers {flow.direction} mail."
    fresh = now - window.data_last_utc < FRESH and len(window.days) == 7 and window.data_last.date() == window.last_day
    data_from = max(window.first_day, min(window.data_first.date(), window.last_day))
    data_until = max(data_from, min(window.last_day, window.data_last.date()))
    span = span_name(data_from, data_until)
    when = (
        "In the past week"
        if fresh
        else f"On {span}"
        if data_from == data_until
        else f"In the week {span}"
        if len(window.days) == 7 and data_from == window.first_day
        else f"From {span}"
    )
    done = "received" if flow.direction == "inbound" else "sent"
    if not flow.messages:
        return f"{when}, no message was {done} in the loaded files."
    sentence_start = f"{when}, {flow.mark}{plural(flow.messages, 'message was', 'messages were')} {done}"
    if not flow.recorded:
        return f"{sentence_start}; TLS was recorded for none of them."
    if not flow.half_recorded:
        return f"{sentence_start}; TLS was recorded for {grouped(flow.recorded)} only."
    if flow.needs_clear_text_caveat(flow.protected):
        return f"{sentence_start}; all of them were recorded with TLS, but this export cannot show clear text."
    share = flow.headline(flow.protected).replace("≥", "at least")
    return f"{sentence_start}, of which {share} were protected in transit (by TLS)."


def old_tls_line(old: OldTls | None, flow: Flow, window: Window) -> str:
    """Return the TLS 1.0 line: messages, peers and last date; without any, the number of messages it was not among, and since when."""
    if not flow.covered or old is None:
        return ""
    since = day_name(old.first_day)
    if old.messages:
        last = f", last {day_name(window.local(old.last_utc).date())}" if old.last_utc else ""
        peers = f", {plural(old.peers, 'peer')}" if old.peers else ""
        return f"▲ TLS 1.0: {flow.mark}{grouped(old.messages)}{peers}{last}"
    if not old.recorded_ever:
        return "TLS 1.0: not recorded"
    if old.last_utc:
        return f"TLS 1.0: none in this window, last {clock(window.local(old.last_utc))}"
    return f"TLS 1.0: none in {grouped(old.recorded_ever)} recorded since {since}"


def comparison(flow: Flow, window: Window, before: Sequence[FlowSpan], same_hours: Sequence[FlowSpan], days: Sequence[FlowDay]) -> str:
    """Return the change of the protected share against the span before, in points; empty when it cannot be compared.

    Both spans must be covered on each of their days and have 30 recorded messages.
    """
    earlier = next((span for span in before if span.direction == flow.direction), None)
    now = next((span for span in same_hours if span.direction == flow.direction), None)
    if earlier is None or now is None or min(earlier.recorded, now.recorded) < MIN_COMPARED:
        return ""
    here = {day.day for day in days}
    length = timedelta(days=len(window.days))
    days_with_data = [day for day in window.days if day <= window.data_last.date()]
    if any(day not in here or day - length not in here for day in days_with_data):
        return ""
    points = 100 * now.protected / now.recorded - 100 * earlier.protected / earlier.recorded
    span = "week" if len(window.days) == 7 else plural(len(window.days), "day")
    return f"{points:+.1f} pts vs. previous {span}" if abs(points) >= 0.05 else f"no change vs. previous {span}"
