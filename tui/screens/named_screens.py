"""The screens that keys and the command palette open by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from textual.screen import Screen

from tui.screens.notes import WorkScreen
from tui.screens.question_screens import CoverageScreen, FailedScreen, SecurityScreen
from tui.screens.session import Session
from tui.screens.what_if import WhatIfScreen

_FACTORIES: Mapping[str, Callable[[Session], Screen[Any]]] = {
    "what-if": lambda session: WhatIfScreen(session.scope),
    "failed": lambda _: FailedScreen(),
    "coverage": lambda _: CoverageScreen(),
    "security": lambda _: SecurityScreen(),
    "work": lambda _: WorkScreen(),
}


def new_screen(name: str, session: Session) -> Screen[Any]:
    """Return a new instance of the screen with a name; raise KeyError for any other name."""
    return _FACTORIES[name](session)
