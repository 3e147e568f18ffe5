"""The app: one screen stack a mode, global keys, and the session they share."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.app import App
from textual.binding import Binding, BindingType
from textual.filter import LineFilter
from textual.message import Message
from textual.screen import Screen

from tui.config import Config
from tui.errors import CancelledError, MailflowError, UnrecognisedError
from tui.intake.discovery import InputPaths
from tui.intake.formats import format_notices
from tui.output.narration import has_utf8, internal_error, narrate
from tui.output.remedies import problem_text
from tui.screens.base import MailScreen
from tui.screens.connector_report import ConnectorReportScreen
from tui.screens.dialog_actions import CHOICES
from tui.screens.help import HelpScreen
from tui.screens.letter import LetterScreen
from tui.screens.loading import LoadingScreen
from tui.screens.messages import MessagesScreen
from tui.screens.named_screens import new_screen
from tui.screens.overview import OverviewScreen
from tui.screens.reopening import LOOK_SECONDS, Reopened, Watch
from tui.screens.session import Session
from tui.screens.sources import SourcesScreen
from tui.store.findings import broken_findings
from tui.view.report import Report
from tui.view.text import ascii_only, visible
from tui.widgets.one_line import OneLine

INTERNAL_ERROR = 70
INTERRUPTED = 130
MAX_COPIED_BYTES = 75_000


class AsciiOnly(LineFilter):
    """Draws ASCII look-alikes of the same width on terminals without UTF-8."""

    def apply(self, segments: list[Segment], background: Any) -> list[Segment]:
        """Return the segments in ASCII."""
        return [Segment(ascii_only(text), style or Style(), control) for text, style, control in segments]


class MailflowApp(App[int]):
    """Mail trace files on screen."""

    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = False
    TITLE = "mailflow"
    MODES: ClassVar[dict[str, str | Callable[[], Screen[Any]]]] = {
        "overview": OverviewScreen,
        "connectors": ConnectorReportScreen,
        "messages": MessagesScreen,
        "sources": SourcesScreen,
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "go('overview')", "Overview"),
        Binding("2", "go('connectors')", "Connector report"),
        Binding("3", "go('messages')", "Messages"),
        Binding("4", "go('sources')", "Sources"),
        Binding("t", "choose('dates')", "dates"),
        Binding("c", "choose('scope')", "show data for"),
        Binding("m", "mouse", "mouse"),
        Binding("y", "copy_text", "copy"),
        Binding("S", "choose('save')", "save as trace file"),
        Binding("F", "choose('filter')", "filter"),
        Binding("x", "choose('sql')", "SQL"),
        Binding("f", "see('what-if')", "what-if: minimum TLS version"),
        Binding("D", "see('failed')", "failed sessions"),
        Binding("V", "see('coverage')", "coverage"),
        Binding("T", "see('security')", "transit security"),
        Binding("W", "see('work')", "work list"),
        Binding("P", "choose('picture')", "picture"),
        Binding("A", "choose('audit')", "audit page"),
        Binding("colon,ctrl+p", "choose('palette')", "everything"),
        Binding("question_mark,f1", "help", "help"),
        Binding("q", "quit_app", "quit"),
        Binding("ctrl+c", "interrupt", "quit", priority=True),
    ]

    class Opened(Message):
        """The files are open and the first report is there."""

        def __init__(self, report: Report) -> None:
            super().__init__()
            self.report = report

    class Failed(Message):
        """Opening or asking failed."""

        def __init__(self, problem: MailflowError) -> None:
            super().__init__()
            self.problem = problem

    def __init__(self, session: Session, *, ascii_only: bool = False) -> None:
        self._ascii_only = ascii_only
        super().__init__()
        self.session = session
        self.theme = "ansi-dark"
        self.animation_level = "none"
        self.problem: MailflowError | None = None
        self.crash: Exception | None = None
        self._mouse = False
        self._watch = Watch(session, self.post_message, lambda problem: self.post_message(self.Failed(problem)))

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return Textual's filters, and ours for terminals without UTF-8."""
        return [*super().get_line_filters(), *([AsciiOnly()] if self._ascii_only else [])]

    def _handle_exception(self, error: Exception) -> None:
        """End with one line: Textual's own last words print local variables, and with them addresses and subjects."""
        self._return_code = INTERNAL_ERROR
        if self._exception is None:
            self._exception = error
            self._exception_event.set()  # pyright: ignore[reportUnknownMemberType]
        self.crash = error
        self._close_messages_no_wait()

    def on_mount(self) -> None:
        """Show the first screen at once and begin to load."""
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            self._loop_signal(number)
        self.push_screen(LoadingScreen(self.session.paths, self.session.progress))
        self.run_worker(self._open, thread=True, exit_on_error=False)

    def _loop_signal(self, number: signal.Signals) -> None:
        import asyncio
        import threading

        if threading.current_thread() is threading.main_thread():
            asyncio.get_running_loop().add_signal_handler(number, lambda: self.exit(return_code=128 + number))

    def _open(self) -> None:
        try:
            self.session.open()
            report = self.session.ask_report(self.session.report_asker())
        except MailflowError as problem:
            self.post_message(self.Failed(problem))
        else:
            self.post_message(self.Opened(report))

    def on_mailflow_app_opened(self, message: Opened) -> None:
        """Show the Overview; files in which nothing counts open at their Sources."""
        first_time = self.session.report is None
        self.session.report = message.report
        if first_time:
            self.switch_mode("sources" if message.report.facts.window.is_empty else "overview")
            if self.session.opened is not None and not self.session.opened.is_private:
                self.set_interval(LOOK_SECONDS, self._look_for_newer)
            return
        for screen in self.screen_stack:
            if isinstance(screen, MailScreen):
                screen.show_again()

    def _look_for_newer(self) -> None:
        if not self._watch.is_looking and not self._is_busy:
            self._watch.is_looking = True
            self.run_worker(self._watch.look, thread=True, exit_on_error=False)

    def on_reopened(self, message: Reopened) -> None:
        """Show the newer data, and a message about it."""
        self.on_mailflow_app_opened(self.Opened(message.report))
        for screen in reversed(self.screen_stack):  # a dialog has no keys line
            if isinstance(screen, MailScreen):
                screen.show_keys(message.words)
                break

    def on_mailflow_app_failed(self, message: Failed) -> None:
        """End when nothing could be opened; else show the problem."""
        if self.session.report is None:
            self.problem = message.problem
            self.exit(return_code=message.problem.exit_code)
        elif not isinstance(message.problem, CancelledError) and isinstance(self.screen, MailScreen):
            self.screen.show_keys(str(message.problem))

    @property
    def _is_busy(self) -> bool:
        """Whether files are being loaded: then there is nothing to look at."""
        return self.session.report is None or any(isinstance(screen, LoadingScreen) for screen in self.screen_stack)

    def action_go(self, mode: str) -> None:
        """Go to one of the four screens, at its beginning."""
        if self._is_busy:
            return
        if self.current_mode == mode:
            while len(self.screen_stack) > 1:
                self.pop_screen()
        else:
            self.switch_mode(mode)

    def action_help(self) -> None:
        """Show the keys."""
        self.push_screen(HelpScreen())

    def action_choose(self, what: str) -> None:
        """Choose dates, data, a filter, an action …, or what to write."""
        if not self._is_busy:
            CHOICES[what](self)

    def action_see(self, name: str) -> None:
        """Open one of the screens with a name."""
        if not self._is_busy:
            self.push_screen(new_screen(name, self.session))

    def open_letter(self, facet: str, name: str) -> None:
        """Open a letter to the administrators of a peer."""
        self.push_screen(LetterScreen(facet, name))

    def ask_dialog(self, dialog: Screen[Any], then: Callable[[Any], None]) -> None:
        """Open a dialog and call `then` with its result."""
        self.push_screen(dialog, then)

    def ask_again(self) -> None:
        """Run the queries of the report for the present choice; the result of an older one is dropped."""
        runner = self.session.report_asker()
        runner.interrupt()
        choice = self.session.choice

        def work() -> None:
            try:
                report = self.session.ask_report(runner)
            except MailflowError as problem:
                self.post_message(self.Failed(problem))
                return
            if choice == self.session.choice:
                self.post_message(self.Opened(report))

        self.run_worker(work, thread=True, exit_on_error=False)

    def action_mouse(self) -> None:
        """Turn the mouse on or off; off, the terminal's own selection works."""
        self._mouse_on(not self._mouse)

    def _mouse_on(self, on: bool) -> None:
        driver = self._driver
        if driver is not None and on != self._mouse:
            # Textual decides at the start whether a driver enables the mouse; `m` changes it.
            driver._mouse = True  # pyright: ignore[reportPrivateUsage]
            getattr(driver, "_enable_mouse_support" if on else "_disable_mouse_support")()
            driver.flush()
            self._mouse = on
            self.show_message(f"mouse {'on: Shift selects text' if on else 'off'}")

    def action_copy_text(self) -> None:
        """Give the screen to the terminal's clipboard, as text (OSC 52)."""
        parts = self.screen.query("OneLine, LinkedLines, RecordTable")
        lines = [part.render_line(y).text.rstrip() for part in parts if part.display for y in range(part.size.height)]
        text = "\n".join(lines)
        cut = text.encode()[:MAX_COPIED_BYTES].decode(errors="ignore")
        self.copy_to_clipboard(cut)
        self.show_message("copied to the terminal's clipboard" + ("" if cut == text else f", the first {len(cut):,} characters"))

    def show_message(self, text: str) -> None:
        """Show words in place of the keys."""
        for line in self.screen.query("#keys"):
            if isinstance(line, OneLine):
                line.show(visible(text))

    def action_interrupt(self) -> None:
        """End as Ctrl+C ends a program."""
        self.session.progress.cancel()
        self.exit(return_code=INTERRUPTED)

    def action_quit_app(self) -> None:
        """Quit; a load that still runs is stopped."""
        self.session.progress.cancel()
        self.exit(0)


def run_app(given: InputPaths, config: Config) -> int:
    """Run the screens and answer the exit code; problems go to stderr when the screen is gone."""
    session = Session(given.paths, config, given.read_as)
    app = MailflowApp(session, ascii_only=not has_utf8(sys.stdout.encoding))
    try:
        app.run(mouse=False)
    finally:
        session.close()
    for words in (*format_notices(config), *broken_findings(config).values(), *session.broken.values()):
        narrate(words)
    if app.crash is not None:
        narrate(internal_error(app.crash))
    if app.problem is not None:
        narrate(problem_text(app.problem))
    for problem in session.opened.problems if session.opened else ():
        narrate(problem_text(problem))
    loaded = session.opened.loaded if session.opened else None
    if not app.return_code and loaded is not None and not (loaded.sources or loaded.already_loaded):
        return UnrecognisedError.exit_code
    return app.return_code or 0
