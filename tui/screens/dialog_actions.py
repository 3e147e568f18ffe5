"""The actions behind dialogs that all screens share: dates, scope, filter, commands, saving the trace file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from textual.app import App
from textual.screen import Screen

from tui.rows import ConnectorName
from tui.screens.app_services import SharedApp
from tui.screens.base import MailScreen
from tui.screens.dialogs import ChoiceScreen, DatesScreen, scope_choices
from tui.screens.filtering import FilterScreen
from tui.screens.palette import Entry, PaletteScreen, palette_of
from tui.screens.save_dialog import audit_dialog, export_dialog, keep_dialog, save
from tui.screens.session import Days
from tui.screens.statements import show_statements
from tui.store.filters import Filter
from tui.store.questions import Scope, shown_scope


def choose_dates(app: SharedApp) -> None:
    """Choose other dates."""
    report = app.session.report
    if report is None:
        return

    def take(days: Days | None) -> None:
        if days is not None:
            app.session.days = days
            app.ask_again()

    window = report.facts.window
    app.ask_dialog(DatesScreen(window.first_day, window.last_day, window.zone), take)


def choose_scope(app: SharedApp) -> None:
    """Choose what data is shown for; a filter stays."""
    report, screen = app.session.report, front(app)
    if report is None or not isinstance(screen, MailScreen):
        return
    systems = sorted({one.system for one in report.facts.cover})
    clients = sum(one.messages for one in report.facts.not_counted if one.direction == "submission")

    def take(scope: Scope | None) -> None:
        if scope is not None:
            _take_scope(app, scope, app.session.scope.where)

    def choose(names: Sequence[ConnectorName]) -> None:
        app.ask_dialog(ChoiceScreen("Show data for (messages of all dates)", scope_choices(names, systems, clients)), take)

    screen.ask("names", lambda runner: runner.ask(ConnectorName, "connectors/known"), choose)


def choose_filter(app: SharedApp) -> None:
    """Write a filter, or take a saved one; an empty one lets everything pass again."""
    session = app.session
    if session.report is None:
        return

    def take(where: Filter | None) -> None:
        if where is not None:
            _take_scope(app, session.scope, where)

    app.ask_dialog(FilterScreen(session.scope.where, session.config), take)


def _take_scope(app: SharedApp, scope: Scope, where: Filter) -> None:
    if app.current_mode not in ("connectors", "messages"):
        app.switch_mode("connectors")
    runner = app.session.report_asker()
    app.session.scope = shown_scope(runner, Scope(scope.direction, scope.any_connector, scope.connector, scope.system, where))
    app.ask_again()


def choose_action(app: SharedApp) -> None:
    """Choose one of everything that can be done here."""
    screen = front(app)

    def take(entry: Entry | None) -> None:
        if entry is not None:
            running = cast("App[Any]", app)
            running.call_later(running.run_action, entry.action, entry.node)

    if app.session.report is not None:
        app.ask_dialog(PaletteScreen(palette_of(screen)), take)


def save_trace(app: SharedApp) -> None:
    """Save the loaded data as a trace file."""
    opened = app.session.opened
    if opened is None:
        return
    if app.session.config.redact:
        app.show_message("a trace file contains unredacted names: open the files without --redact to save one")
        return
    if not opened.is_private:
        app.show_message(f"already a trace file: {opened.trace_file}")
        return
    save(app, keep_dialog(opened.trace_file))


def write_audit(app: SharedApp) -> None:
    """Write the audit page."""
    save(app, audit_dialog(app))


def export_picture(app: SharedApp) -> None:
    """Export a picture of the screen."""
    save(app, export_dialog(front(app), None))


def front(app: SharedApp) -> Screen[Any]:
    """Return the screen in front."""
    return app.screen_stack[-1]


CHOICES: Mapping[str, Callable[[SharedApp], None]] = {
    "dates": choose_dates,
    "scope": choose_scope,
    "filter": choose_filter,
    "palette": choose_action,
    "sql": show_statements,
    "save": save_trace,
    "audit": write_audit,
    "picture": export_picture,
}
"""What the keys and the palette call by name."""
