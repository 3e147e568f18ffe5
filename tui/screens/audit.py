"""Where to write the audit page: one HTML file of the window that is looked at."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui.errors import MailflowError
from tui.output.audit_page import audit_page
from tui.screens.shared import app_of
from tui.store.questions import ALL_MAIL
from tui.view.text import visible


class AuditScreen(ModalScreen["str | None"]):
    """Asks for a file's name, writes the page and answers where; nothing that exists is written over."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "back")]

    class Written(Message):
        """The page is there, or why it is not."""

        def __init__(self, words: str, *, done: bool) -> None:
            super().__init__()
            self.words, self.done = words, done

    def compose(self) -> ComposeResult:
        """Build the path's field."""
        with Vertical(id="dialog"):
            yield Static(
                Content("Audit page: one HTML file of all mail flow in these days (Enter writes, Esc does not)"), id="dialog-title"
            )
            yield Input("mailflow-audit.html", id="path", compact=True)
            yield Static("", id="wrong")

    def on_mount(self) -> None:
        """Take the focus."""
        self.query_one("#path", Input).focus()

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Make the page in a worker and write it."""
        message.stop()
        target = Path(message.value.strip()).expanduser()
        session = app_of(self).session
        report = session.report
        if report is None:
            return
        asker, config, window = session.asker(), session.config, report.facts.window
        self.query_one("#wrong", Static).update(Content("writing …"))

        def work() -> None:
            try:
                page = audit_page(asker, config, window, ALL_MAIL)
                with target.open("x", encoding="utf-8") as file:
                    file.write(page)
            except FileExistsError:
                self.post_message(self.Written(f"{target}: exists already; name another file", done=False))
            except OSError as problem:
                self.post_message(self.Written(f"{target}: cannot be written: {problem.strerror}", done=False))
            except MailflowError as problem:
                self.post_message(self.Written(str(problem), done=False))
            else:
                self.post_message(self.Written(f"the audit page is written to {target}", done=True))
            finally:
                asker.close()

        self.run_worker(work, thread=True, exit_on_error=False)

    def on_audit_screen_written(self, message: Written) -> None:
        """Close, or say why there is no page."""
        if message.done:
            self.dismiss(visible(message.words))
        else:
            self.query_one("#wrong", Static).update(Content(visible(message.words)))
