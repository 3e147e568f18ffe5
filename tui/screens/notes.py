"""Notes on peers and acknowledged findings: their dialogs, and the work list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui.errors import MailflowError
from tui.output.csv_report import work_export
from tui.output.export_file import Rows
from tui.rows import Acknowledged, Note
from tui.screens.app_services import SharedApp, app_of
from tui.screens.help import HelpScreen
from tui.screens.question_screens import QuestionScreen
from tui.store.findings import load_findings
from tui.store.lists import ask_work
from tui.store.notes import KINDS, write_note
from tui.store.query_runner import QueryRunner
from tui.store.trace_file import utc_now
from tui.view.findings import is_in_force
from tui.view.text import visible
from tui.view.work_list import WorkItem, item_words, work_columns, work_item, work_lines
from tui.widgets.record_table import RecordTable

SNOOZE_DAYS = 30


@dataclass(frozen=True)
class NoteInput:
    """The input of the dialog: a kind of note, a text and a date."""

    kind: str
    text: str
    day: date | None


class NoteScreen(ModalScreen["NoteInput | None"]):
    """Asks for a kind of note, a text and a date; for an acknowledgement only text and date."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "back"), Binding("ctrl+k", "kind", "kind", priority=True)]

    def __init__(self, title: str, *, is_acknowledgement: bool) -> None:
        super().__init__()
        self._title, self._is_acknowledgement = title, is_acknowledgement
        self._kind = 0

    def compose(self) -> ComposeResult:
        """Build the fields."""
        day = (date.today() + timedelta(days=SNOOZE_DAYS)).isoformat() if self._is_acknowledgement else ""
        with Vertical(id="dialog"):
            yield Static(Content(self._title), id="dialog-title")
            yield Static(Content("Reason (Enter save · Esc cancel):" if self._is_acknowledgement else self._kinds()), id="kinds")
            yield Input("", id="text", compact=True)
            yield Static(Content("Snooze until (YYYY-MM-DD):" if self._is_acknowledgement else "Due (YYYY-MM-DD, optional):"))
            yield Input(day, id="day", compact=True)
            yield Static("", id="wrong")

    def _kinds(self) -> str:
        words = "  ".join(f"[{kind}]" if place == self._kind else kind for place, kind in enumerate(KINDS))
        return f"Ctrl+K: {words}  (Enter save · Esc cancel)"

    def on_mount(self) -> None:
        """Take the focus."""
        self.query_one("#text", Input).focus()

    def action_kind(self) -> None:
        """Take the next kind of note."""
        if not self._is_acknowledgement:
            self._kind = (self._kind + 1) % len(KINDS)
            self.query_one("#kinds", Static).update(Content(self._kinds()))

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Return the input, or show what is wrong with it."""
        message.stop()
        text = self.query_one("#day", Input).value.strip()
        try:
            day = date.fromisoformat(text) if text else None
        except ValueError:
            day = None
            self.query_one("#wrong", Static).update(Content("Enter a date as YYYY-MM-DD."))
            return
        if self._is_acknowledgement and day is None:
            self.query_one("#wrong", Static).update(Content("Enter the date until which to snooze."))
            return
        self.dismiss(NoteInput(KINDS[self._kind], self.query_one("#text", Input).value.strip(), day))


def note_peer(app: SharedApp, facet: str, name: str) -> None:
    """Ask for a note on a peer and store it."""

    def take(typed: NoteInput | None) -> None:
        if typed is not None:
            _store(app, Note(facet, name, typed.kind, typed.text, typed.day, utc_now()))

    app.ask_dialog(NoteScreen(f"Note on {visible(name)}", is_acknowledgement=False), take)


def acknowledge(app: SharedApp, finding: tuple[str, str | None, str | None, str | None], title: str) -> None:
    """Ask for reason and date, and store the acknowledgement; `finding` is its id, direction, connector and subject."""

    def take(typed: NoteInput | None) -> None:
        if typed is not None and typed.day is not None:
            _store(app, Acknowledged(*finding, typed.text, typed.day, utc_now()))
            app.ask_again()

    app.ask_dialog(NoteScreen(f"Acknowledge: {title}", is_acknowledgement=True), take)


def _store(app: SharedApp, record: Note | Acknowledged) -> None:
    session = app.session
    if session.engine is None or session.opened is None:
        return
    redactor = session.engine.redactor
    if redactor is not None:  # notes are stored with the original names
        names = {name: redactor.original(value) for name, value in asdict(record).items()}
        record = type(record)(**names)  # pyright: ignore[reportArgumentType]
    trace_file = None if session.opened.is_private else session.opened.trace_file
    try:
        app.show_message(write_note(trace_file, session.config.folder, record))
    except MailflowError as problem:
        app.show_message(str(problem))


class WorkScreen(QuestionScreen):
    """The work list: notes checked against later mail, and acknowledged findings."""

    LIST: ClassVar[str] = "work"
    CRUMBS: ClassVar[str] = "Work list"
    KEYS_LINE: ClassVar[str] = "Enter details  a note  L letter  / find  e export  Esc back  ? help"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("a", "note", "note"), Binding("L", "letter", "letter")]

    def __init__(self) -> None:
        super().__init__()
        self._items: Sequence[WorkItem] = ()
        self._acknowledgements: Sequence[Acknowledged] = ()

    def ask_rows(self) -> None:
        """Query the notes and the mail since."""
        self.show_title(f"mailflow › {self.CRUMBS}", "all data")
        folder, window = self.session.config.folder, self.report.facts.window

        def work(runner: QueryRunner) -> tuple[list[WorkItem], list[Acknowledged]]:
            notes, acknowledgements = ask_work(runner, folder)
            return [work_item(note, since, window) for note, since in notes], acknowledgements

        self.ask("work", work, self._take)

    def _take(self, result: tuple[Sequence[WorkItem], Sequence[Acknowledged]]) -> None:
        self._items, self._acknowledgements = result
        self.redraw()

    def _matching(self) -> list[WorkItem]:
        return [item for item in self._items if self.find.matches(f"{item.note.name} {item.note.text} {item.state}")]

    def redraw(self) -> None:
        """Draw the list again."""
        columns = self.shown(work_columns(self.size.width))
        titles = {finding.id: finding.title for finding in load_findings(self.session.config)}
        window = self.report.facts.window
        acknowledged = [(one, titles.get(one.finding, one.finding), is_in_force(one, window)) for one in self._acknowledgements]
        closed = sum(item.is_closed for item in self._items)
        summary = f"{len(self._items) - closed} open · {closed} closed by later mail · notes are checked against all mail of the file"
        self.draw(columns, work_lines(self._matching(), acknowledged, window, columns), summary)

    def rows_shown(self) -> Rows:
        """Return the notes."""
        return work_export(self._matching())

    @property
    def _item(self) -> WorkItem | None:
        key = self.table.cursor_key
        return next((item for item in self._items if (item.note.facet, item.note.name) == key), None)

    def on_record_table_opened(self, message: RecordTable.Opened) -> None:
        """Show the details of a note."""
        item = self._item
        if item is not None:
            app_of(self).push_screen(HelpScreen(text=("Note", item_words(item, self.report.facts.window))))

    def action_note(self) -> None:
        """Add a newer note on the peer."""
        item = self._item
        if item is not None:
            note_peer(app_of(self), item.note.facet, item.note.name)

    def action_letter(self) -> None:
        """Write to the partner."""
        item = self._item
        if item is not None:
            app_of(self).open_letter(item.note.facet, item.note.name)

    def on_screen_resume(self) -> None:
        """Query again: there may be a new note."""
        super().on_screen_resume()
        if self._shown is not None:
            self.ask_rows()
