"""The Overview: both directions' totals and shares, and the findings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.widget import Widget

from tui.output.csv_report import findings_export
from tui.screens.app_services import app_of
from tui.screens.base import MailScreen
from tui.screens.flyout import FlyoutScreen
from tui.screens.named_screens import new_screen
from tui.screens.notes import acknowledge
from tui.screens.save_dialog import export_dialog, save
from tui.screens.who import WhoScreen, question_of
from tui.view.findings import FindingView
from tui.view.overview import DETAILS, FINDING, overview_sheet
from tui.view.report import Report
from tui.widgets.linked_lines import LinkedLines


class OverviewScreen(MailScreen):
    """Opens with View Details focused; a on a finding acknowledges it."""

    DRAWS_REPORT: ClassVar[bool] = True
    KEYS_LINE: ClassVar[str] = "Enter open  1-4 screens  f what-if  a acknowledge  A audit page  : all  ? help"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "details", "details"),
        Binding("a", "acknowledge", "acknowledge this finding"),
        Binding("e", "export", "export"),
    ]

    def compose_body(self) -> Iterable[Widget]:
        """Build the table and the findings."""
        yield LinkedLines(id="overview")

    def show_report(self, report: Report) -> None:
        """Draw the table and the findings."""
        self.show_title("mailflow › Overview")
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

    def action_export(self) -> None:
        """Export the findings, or a picture of the screen."""
        save(app_of(self), export_dialog(self, findings_export(self.report.findings)))

    def _finding(self, key: str | None) -> FindingView | None:
        if key is None or not key.startswith(FINDING):
            return None
        return self.report.findings[int(key.removeprefix(FINDING))]

    def action_acknowledge(self) -> None:
        """Acknowledge the finding under the cursor until a date."""
        finding = self._finding(self.query_one(LinkedLines).link_key)
        if finding is None:
            self.show_keys("go to a finding first (Tab or arrows)")
        else:
            place = (finding.id, finding.direction, finding.connector, finding.what)
            acknowledge(app_of(self), place, finding.title)

    def on_linked_lines_followed(self, message: LinkedLines.Followed) -> None:
        """Open the flyout, another screen, or Who for a finding."""
        finding = self._finding(message.key)
        if message.key == DETAILS:
            self.action_details()
        elif finding is not None:
            self._open(finding)
        else:
            app_of(self).push_screen(new_screen(message.key, self.session))

    def _open(self, finding: FindingView) -> None:
        if finding.id == "handshakes_failing":
            app_of(self).push_screen(new_screen("failed", self.session))
        elif finding.id == "coverage_gap":
            app_of(self).push_screen(new_screen("coverage", self.session))
        else:
            app_of(self).push_screen(WhoScreen(question_of(finding)))
