"""Reading a file in another format: the formats that can read it, and loading it again."""

from __future__ import annotations

from pathlib import Path

from textual.message import Message

from tui.errors import MailflowError
from tui.intake.columns import Readable, readable_as
from tui.intake.discovery import place_of
from tui.intake.load import Progress
from tui.screens.app_services import SharedApp, app_of
from tui.screens.base import MailScreen
from tui.screens.dialogs import ChoiceScreen
from tui.screens.loading import LoadingScreen
from tui.screens.mapping import MappingScreen
from tui.screens.session import Again
from tui.store.query_runner import QueryRunner
from tui.view.sources import format_choices, problem_words
from tui.view.text import clip_middle, visible

TITLE_CELLS = 36
MAP = "map columns"


class LoadedAgain(Message):
    """Files were loaded again; `problem` is the reason when they were not."""

    def __init__(self, again: Again, problem: str = "") -> None:
        super().__init__()
        self.again, self.problem = again, problem


class LoadingAgainScreen(LoadingScreen):
    """Loads files again, beside the trace file that is open, and closes at the end; Esc changes nothing."""

    class Ended(Message):
        """The load has ended, well or with a problem."""

        def __init__(self, problem: str = "") -> None:
            super().__init__()
            self.problem = problem

    def __init__(self, again: Again, progress: Progress) -> None:
        super().__init__(again.labels, progress)
        self._again = again

    def on_mount(self) -> None:
        """Draw, and begin to load."""
        super().on_mount()
        self.run_worker(self._load, thread=True)

    def _load(self) -> None:
        session = app_of(self).session
        try:
            session.load_again(self._again)
            session.report = session.ask_report(session.report_asker())
        except MailflowError as problem:
            self.post_message(self.Ended(str(problem)))
        else:
            self.post_message(self.Ended())

    def on_loading_again_screen_ended(self, message: Ended) -> None:
        """Close, with the screens above it, and notify the screen below."""
        app = app_of(self)
        while self in app.screen_stack:
            app.pop_screen()
        app.screen_stack[-1].post_message(LoadedAgain(self._again, message.problem))


def load_again(app: SharedApp, again: Again) -> None:
    """Load files again in the chosen format; Sources shows the outcome."""
    app.action_go("sources")
    app.session.progress = Progress()
    app.push_screen(LoadingAgainScreen(again, app.session.progress))


def why_not(app: SharedApp) -> str:
    """Return the reason why files cannot be read in another format here; empty where they can."""
    opened = app.session.opened
    if opened is None or not opened.is_private:
        place = opened.trace_file if opened else ""
        return f"{place} is a trace file: use mailflow load FILE… --as FORMAT --into {place} to read a file in another format"
    if app.session.config.redact:
        return "file and column names are redacted: open the files without --redact to map them"
    return ""


def choose_format(screen: MailScreen, label: str, present: str | None, file: Path | None = None) -> None:
    """Choose the format of a file among those that could read it, and load it again; `present` is the id of the one it was read in."""
    app = app_of(screen)
    if words := why_not(app):
        app.show_message(words)
        return
    path, member = place_of(label)
    path = file or path

    def look(_: QueryRunner) -> Readable | MailflowError:
        try:
            return readable_as(path, app.session.config, member, present)
        except MailflowError as problem:
            return problem

    def choose(readable: Readable | MailflowError) -> None:
        if isinstance(readable, MailflowError):
            screen.show_keys(problem_words(str(readable), (label,)))
            return
        screen.show_own_keys()
        choices = format_choices([(query.path.stem, query.one("title")) for query in readable.formats], present)
        choices += [(f"none of these: {MAP} …", MAP)] if readable.has_columns else []
        at = next((place for place, (_, name) in enumerate(choices) if name == present), 0)
        title = f"Read {clip_middle(visible(Path(label).name), TITLE_CELLS)} as (Enter, Esc back)"
        if choices:
            app.ask_dialog(ChoiceScreen(title, choices, at), take)
        else:
            screen.show_keys("no format could read this file; see mailflow formats")

    def take(chosen: str | None) -> None:
        if chosen == MAP:
            open_mapping(app, label, path, is_known=present is not None)
        elif chosen is not None and chosen != present:
            load_again(app, Again((path,), frozenset({label}), chosen))

    app.show_message("reading the file …")
    screen.ask("formats", look, choose)


def open_mapping(app: SharedApp, label: str, file: Path, *, is_known: bool = False) -> None:
    """Open the screen that maps columns, and load with its result.

    All unrecognised files are tried again: others may have the same columns. With `is_known`, the file was read in
    another format before and is read in the new one on request.
    """
    if words := why_not(app):
        app.show_message(words)
        return

    def written(format_id: str) -> None:
        if is_known:
            load_again(app, Again((file,), frozenset({label}), format_id))
            return
        opened = app.session.opened
        unknown = [one for one in (opened.loaded.unused if opened and opened.loaded else ()) if one.has_columns]
        load_again(app, Again(list(dict.fromkeys(one.file for one in unknown)), frozenset(one.label for one in unknown)))

    app.push_screen(MappingScreen(label, file, place_of(label)[1], written))
