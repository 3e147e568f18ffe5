"""Where to write what is shown: CSV, JSON or Parquet for its rows, SVG for a picture of the screen."""

from __future__ import annotations

import io
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

from tui.errors import MailflowError, UnwritableError, UsageError
from tui.output.export_file import Rows, write_rows
from tui.screens.shared import app_of
from tui.view.text import visible
from tui.view.words import plural

ENDINGS = ".csv, .json, .parquet: the rows; .svg: the screen"


class ExportScreen(ModalScreen["str | None"]):
    """Asks for a file's name and answers what was written; nothing that exists is written over."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "back")]

    class Written(Message):
        """The file is there, or why it is not."""

        def __init__(self, words: str | None, problem: MailflowError | None) -> None:
            super().__init__()
            self.words, self.problem = words, problem

    def __init__(self, rows: Rows | None, name: str = "mailflow.svg") -> None:
        super().__init__()
        self._rows = rows
        self._name = f"{rows.name}.csv" if rows else name

    def compose(self) -> ComposeResult:
        """Build the path's field."""
        with Vertical(id="dialog"):
            yield Static(Content("Export what is shown (Enter writes, Esc does not)"), id="dialog-title")
            yield Static(Content(f"The name's end says how: {ENDINGS if self._rows else '.svg: the screen'}"))
            yield Input(self._name, id="path", compact=True)
            yield Static("", id="wrong")

    def on_mount(self) -> None:
        """Take the focus."""
        self.query_one("#path", Input).focus()

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Write the file, or say why not."""
        message.stop()
        target = Path(message.value.strip()).expanduser()
        if target.suffix.lower() == ".svg":
            self._write_picture(target)
        elif self._rows is None:
            self._wrong("end the name with .svg")
        else:
            rows, asker = self._rows, app_of(self).session.asker()
            self.query_one("#wrong", Static).update(Content("writing …"))

            def work() -> None:
                try:
                    count = write_rows(rows, target, asker)
                    self.post_message(self.Written(f"{plural(count, 'row')} written to {target}", None))
                except MailflowError as problem:
                    self.post_message(self.Written(None, problem))
                finally:
                    asker.close()

            self.run_worker(work, thread=True, exit_on_error=False)

    def on_export_screen_written(self, message: Written) -> None:
        """Close, or say why nothing was written."""
        if message.problem is not None:
            self._wrong(str(message.problem).replace(" or add --force", ""))
        else:
            self.dismiss(visible(message.words or ""))

    def _write_picture(self, target: Path) -> None:
        try:
            if target.exists():
                raise UsageError(f"{target}: exists already; name another file")
            # The dialog is not part of the picture: it is drawn when the screen below is in front again.
            app_of(self).picture_to(target)
        except MailflowError as problem:
            self._wrong(str(problem))
        except OSError as problem:
            self._wrong(str(UnwritableError(f"{target}: cannot be written: {problem.strerror}")))
        else:
            self.dismiss(visible(f"picture of the screen written to {target}"))

    def _wrong(self, words: str) -> None:
        self.query_one("#wrong", Static).update(Content(visible(words)))


def write_picture(screen: Screen[Any], target: Path) -> None:
    """Write a picture of a screen, as SVG."""
    width, height = screen.size
    console = Console(width=width, height=height, file=io.StringIO(), force_terminal=True, record=True, legacy_windows=False)
    console.print(screen._compositor.render_update(full=True))  # pyright: ignore[reportPrivateUsage, reportUnknownMemberType]
    target.write_text(console.export_svg(title="mailflow", unique_id="mailflow"), encoding="utf-8")
