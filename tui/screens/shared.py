"""What a screen may ask of the app: the session, and the way to another screen."""

from __future__ import annotations

from typing import Any, Protocol, cast

from textual.screen import Screen

from tui.screens.session import Session


class SharedApp(Protocol):
    """The app, as far as screens know it."""

    session: Session

    def push_screen(self, screen: Screen[Any]) -> object:
        """Open a screen over this one."""
        ...

    def pop_screen(self) -> object:
        """Close the screen in front."""
        ...

    def action_go(self, mode: str) -> None:
        """Go to one of the four screens."""
        ...


def app_of(screen: Screen[Any]) -> SharedApp:
    """Answer the app that a screen belongs to."""
    return cast("SharedApp", screen.app)  # pyright: ignore[reportUnknownMemberType]
