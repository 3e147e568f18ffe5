"""The dialog that saves something as a file, and the files that screens write."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from rich.console import Console
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen, Screen
from textual.widgets import Input, Static

from tui.errors import MailflowError, Remedy, UsageError
from tui.output.audit_page import audit_page
from tui.output.export_file import Rows, write_rows
from tui.screens.app_services import SharedApp, app_of
from tui.store.query_runner import QueryRunner
from tui.store.questions import ALL_MAIL
from tui.view.formatting import plural
from tui.view.text import visible

Write = Callable[[Path, QueryRunner], str]
NAME_TAKEN = (Remedy.OTHER_FILE, Remedy.OTHER_FORMAT_NAME, Remedy.REPLACE_FORMAT)
OTHER_NAME = "; choose another name"
"""Writes a new file and returns a text on what was written."""


class SaveScreen(ModalScreen["str | None"]):
    """Asks for a file name and returns a text on what was written; existing files are never overwritten."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "back")]

    class Written(Message):
        """The file is there, or why it is not."""

        def __init__(self, words: str, *, done: bool) -> None:
            super().__init__()
            self.words, self.done = words, done

    def __init__(self, title: str, name: str, write: Write, hint: str = "") -> None:
        super().__init__()
        self._title, self._name, self._write, self._hint = title, name, write, hint

    def compose(self) -> ComposeResult:
        """Build the path's field."""
        with Vertical(id="dialog"):
            yield Static(Content(self._title), id="dialog-title")
            if self._hint:
                yield Static(Content(self._hint))
            yield Input(self._name, id="path", compact=True)
            yield Static("", id="wrong")

    def on_mount(self) -> None:
        """Take the focus."""
        self.query_one("#path", Input).focus()

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Write the file in a worker."""
        message.stop()
        target, runner = Path(message.value.strip()).expanduser(), app_of(self).session.runner()
        self._say("writing …")

        def work() -> None:
            try:
                with runner.one_state():
                    written = self.Written(self._write(target, runner), done=True)
            except MailflowError as problem:
                written = self.Written(f"{problem}{OTHER_NAME if problem.remedy in NAME_TAKEN else ''}", done=False)
            except FileExistsError:
                written = self.Written(f"{target}: already exists{OTHER_NAME}", done=False)
            except OSError as problem:
                written = self.Written(f"{target}: cannot be written: {problem.strerror}", done=False)
            finally:
                runner.close()
            self.post_message(written)

        self.run_worker(work, thread=True, exit_on_error=False)

    def on_save_screen_written(self, message: Written) -> None:
        """Close, or show why nothing was written."""
        if message.done:
            self.dismiss(visible(message.words))
        else:
            self._say(message.words)

    def _say(self, words: str) -> None:
        self.query_one("#wrong", Static).update(Content(visible(words)))


def save(app: SharedApp, dialog: SaveScreen) -> None:
    """Open a dialog and show its result in the footer."""
    app.ask_dialog(dialog, lambda words: app.show_message(words) if words else None)


def text_dialog(title: str, name: str, text: str) -> SaveScreen:
    """Return the dialog that saves a text."""

    def write(target: Path, _: QueryRunner) -> str:
        _write_text(target, text)
        return f"saved as {target}"

    return SaveScreen(f"{title} (Enter saves, Esc does not)", name, write)


def keep_dialog(trace_file: Path) -> SaveScreen:
    """Return the dialog that saves the private trace file."""

    def write(target: Path, _: QueryRunner) -> str:
        with trace_file.open("rb") as source, target.open("xb") as sink:
            shutil.copyfileobj(source, sink)
        return f"saved as {target}"

    return SaveScreen("Save the loaded data as a trace file (Enter save · Esc cancel)", "mailflow.duckdb", write)


def audit_dialog(app: SharedApp) -> SaveScreen:
    """Return the dialog that writes the audit page of the window that is looked at."""

    def write(target: Path, runner: QueryRunner) -> str:
        report = app.session.report
        if report is None:
            raise UsageError("nothing is open yet")
        _write_text(target, audit_page(runner, app.session.config, report.facts.window, ALL_MAIL))
        return f"the audit page is written to {target}"

    title = "Audit page: one HTML file of all mail flow in this window (Enter save · Esc cancel)"
    return SaveScreen(title, "mailflow-audit.html", write)


def export_dialog(screen: Screen[Any], rows: Rows | None) -> SaveScreen:
    """Return the dialog that writes the rows of a screen or a picture of it; without rows only the picture."""
    size, drawn = screen.size, screen._compositor.render_update(full=True)  # pyright: ignore[reportPrivateUsage, reportUnknownMemberType, reportUnknownVariableType]

    def write(target: Path, runner: QueryRunner) -> str:
        if target.suffix.lower() == ".svg":
            console = Console(
                width=size.width, height=size.height, file=io.StringIO(), force_terminal=True, record=True, legacy_windows=False
            )
            console.print(drawn)
            _write_text(target, console.export_svg(title="mailflow", unique_id="mailflow"))
            return f"picture of the screen written to {target}"
        if rows is None:
            raise UsageError("end the name with .svg")
        return f"{plural(write_rows(rows, target, runner), 'row')} written to {target}"

    endings = ".csv, .json or .parquet writes the rows, .svg a picture" if rows else ".svg writes a picture of the screen"
    name = f"{rows.name}.csv" if rows else "mailflow.svg"
    return SaveScreen("Export (Enter save · Esc cancel)", name, write, f"The file extension selects the format: {endings}")


def _write_text(target: Path, text: str) -> None:
    with target.open("x", encoding="utf-8") as file:
        file.write(text)
