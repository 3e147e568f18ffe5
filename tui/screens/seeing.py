"""The screens that answer a question of their own, by the names that keys and the palette know them by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from textual.screen import Screen

from tui.screens.floor import FloorScreen
from tui.screens.listings import CoverageScreen, FailedScreen, SecurityScreen
from tui.screens.notes import WorkScreen
from tui.screens.session import Session

_MADE: Mapping[str, Callable[[Session], Screen[Any]]] = {
    "floor": lambda session: FloorScreen(session.scope),
    "failed": lambda _: FailedScreen(),
    "coverage": lambda _: CoverageScreen(),
    "security": lambda _: SecurityScreen(),
    "work": lambda _: WorkScreen(),
}


def screen_of(name: str, session: Session) -> Screen[Any]:
    """Answer a new screen of a name."""
    return _MADE[name](session)
