"""The Overview: both directions' totals and shares, and the findings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.widget import Widget

from tui.screens.base import MailScreen
from tui.screens.flyout import FlyoutScreen
from tui.screens.shared import app_of
from tui.screens.who import WhoScreen, question_of
from tui.view.card import DETAILS, overview_sheet
from tui.view.report import Report
from tui.widgets.linked_lines import LinkedLines


class OverviewScreen(MailScreen):
    """Opens with View Details focused."""

    KEYS_LINE: ClassVar[str] = "Enter open  1-4 screens  d details  t dates  ? help  q quit"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("d", "details", "details")]

    def compose_body(self) -> Iterable[Widget]:
        """Build the card and the findings."""
        yield LinkedLines(id="overview")

    def show_report(self, report: Report) -> None:
        """Draw the card."""
        self.show_title("mailflow › Mail flow dashboard")
        sheet = self.query_one(LinkedLines)
        sheet.show(overview_sheet(report, max(40, self.size.width)))
        sheet.focus()

    def on_resize(self, _: events.Resize) -> None:
        """Draw it for another width."""
        if self._shown is not None:
            self.query_one(LinkedLines).show(overview_sheet(self._shown, max(40, self.size.width)))

    def action_details(self) -> None:
        """Open the flyout."""
        app_of(self).push_screen(FlyoutScreen())

    def on_linked_lines_followed(self, message: LinkedLines.Followed) -> None:
        """Open the flyout, or who is behind a finding."""
        if message.key == DETAILS:
            self.action_details()
            return
        finding = self.report.findings[int(message.key.removeprefix("finding-"))]
        app_of(self).push_screen(WhoScreen(question_of(finding)))
