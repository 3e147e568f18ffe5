"""The base of all screens: title line, footer keys, and queries that run in the background."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar, TypeVar

from textual.app import ComposeResult
from textual.message import Message
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

from tui.errors import CancelledError, MailflowError
from tui.screens.app_services import app_of
from tui.screens.session import Session
from tui.store.query_runner import QueryRunner, Statement
from tui.view.report import Report
from tui.widgets.one_line import OneLine

_Result = TypeVar("_Result")


class MailScreen(Screen[None]):
    """A screen with a title line and keys. Questions run in worker threads, one at a time a lane."""

    DRAWS_REPORT: ClassVar[bool] = False
    KEYS_LINE: ClassVar[str] = "Enter open  Esc back  ? help  q quit"

    class ResultReady(Message):
        """The result of a worker."""

        def __init__(self, lane: str, request: int, then: Callable[[Any], None], result: object) -> None:
            super().__init__()
            self.lane, self.request, self.then, self.result = lane, request, then, result

    def __init__(self) -> None:
        super().__init__()
        self._askers: dict[str, QueryRunner] = {}
        self._requests: dict[str, int] = {}
        self._shown: Report | None = None

    @property
    def session(self) -> Session:
        """What the screens share."""
        return app_of(self).session

    @property
    def report(self) -> Report:
        """The report of the chosen days and scope."""
        report = self.session.report
        if report is None:
            raise RuntimeError("no report yet")
        return report

    @property
    def statements(self) -> list[Statement]:
        """The statements that this screen ran itself, the newest first, each once."""
        statements = [statement for runner in self._askers.values() for statement in reversed(runner.statements)]
        return list({statement.name: statement for statement in reversed(statements)}.values())

    def compose(self) -> ComposeResult:
        """Build the title line, the screen's own widgets, and the keys."""
        yield OneLine(tone="title", keep="end", id="title")
        yield from self.compose_body()
        yield OneLine(tone="dim", id="keys")

    def compose_body(self) -> Iterable[Widget]:
        """Build the part between title and footer."""
        return ()

    def on_mount(self) -> None:
        """Show the keys and the present data."""
        self.query_one("#keys", OneLine).show(self.KEYS_LINE)
        self.call_after_refresh(self.show_again)

    def on_screen_resume(self) -> None:
        """Show what has changed while another screen was in front."""
        self.show_again()

    def show_again(self) -> None:
        """Show the report if it is another than the one that is shown."""
        if self.is_mounted and self.session.report is not None and self.session.report is not self._shown:
            typing = self.focused if isinstance(self.focused, Input) else None
            self._shown = self.session.report
            self.show_report(self._shown)
            if typing is not None:
                # Newer data must neither close the input field nor select its text; this runs after the focus that show_report set.
                self.app.call_later(self.set_focus, typing, from_app_focus=True)  # pyright: ignore[reportUnknownMemberType]

    def show_report(self, report: Report) -> None:
        """Draw a report; each screen its part of it."""

    def show_title(self, crumbs: str, right: str | None = None) -> None:
        """Show the breadcrumb and the window."""
        self.query_one("#title", OneLine).show(crumbs, self.report.title_span if right is None else right)

    def show_keys(self, words: str) -> None:
        """Show other keys."""
        self.query_one("#keys", OneLine).show(words)

    def show_own_keys(self) -> None:
        """Show the keys of the screen again after a message in their place."""
        self.show_keys(self.KEYS_LINE)

    def ask(self, lane: str, job: Callable[[QueryRunner], _Result], then: Callable[[_Result], None]) -> None:
        """Run a question in a worker and call `then` with its answer; a newer one in the same lane replaces it."""
        if lane not in self._askers:
            self._askers[lane] = self.session.runner()
        runner = self._askers[lane]
        request = self._requests[lane] = self._requests.get(lane, 0) + 1
        runner.interrupt()
        self.run_worker(lambda: self._work(lane, request, runner, job, then), thread=True, exit_on_error=False)

    def _work(self, lane: str, request: int, runner: QueryRunner, job: Callable[[QueryRunner], Any], then: Callable[[Any], None]) -> None:
        try:
            while True:
                try:
                    with runner.one_state():
                        result = job(runner)
                    break
                except CancelledError:
                    if self._requests[lane] != request:  # a newer question interrupted this one
                        return
        except MailflowError as problem:
            self.post_message(self.ResultReady(lane, request, self._fail, problem))
            return
        self.post_message(self.ResultReady(lane, request, then, result))

    def on_mail_screen_result_ready(self, message: ResultReady) -> None:
        """Use a result, unless a newer query was started in its lane."""
        message.stop()
        if self.is_mounted and message.request == self._requests.get(message.lane):
            message.then(message.result)

    def _fail(self, problem: MailflowError) -> None:
        self.query_one("#keys", OneLine).show(str(problem))
