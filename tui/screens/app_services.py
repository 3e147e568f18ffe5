"""The services of the app that screens use: the session, messages and navigation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, cast

from textual.screen import Screen

from tui.screens.session import Session


class SharedApp(Protocol):
    """The interface of the app for screens."""

    session: Session

    def push_screen(self, screen: Screen[Any]) -> object:
        """Open a screen over this one."""
        ...

    @property
    def current_mode(self) -> str:
        """Which of the four screens is in front."""
        ...

    @property
    def screen_stack(self) -> list[Screen[Any]]:
        """The screens, the one in front last."""
        ...

    def switch_mode(self, mode: str) -> object:
        """Go to one of the four screens."""
        ...

    def ask_again(self) -> None:
        """Run the queries of the report for the present choice."""
        ...

    def show_message(self, text: str) -> None:
        """Show a message in place of the keys."""
        ...

    def open_letter(self, facet: str, name: str) -> None:
        """Open a letter to the administrators of a peer."""
        ...

    def ask_dialog(self, dialog: Screen[Any], then: Callable[[Any], None]) -> None:
        """Open a dialog and call `then` with its result."""
        ...

    def pop_screen(self) -> object:
        """Close the screen in front."""
        ...

    def action_go(self, mode: str) -> None:
        """Go to one of the four screens."""
        ...


def app_of(screen: Screen[Any]) -> SharedApp:
    """Return the app that a screen belongs to."""
    return cast("SharedApp", screen.app)  # pyright: ignore[reportUnknownMemberType]
