"""Drives the app in tests: what is on the screen, as text, and waiting until it is there."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from textual.events import Paste
from textual.pilot import Pilot

from tui.app import MailflowApp
from tui.config import Config
from tui.screens.session import Session

PATIENCE_SECONDS = 30


def screen_text(app: MailflowApp) -> str:
    """Return what the screen shows, a line a row."""
    width, height = app.size
    lines = app.screen._compositor.render_strips(app.size)  # pyright: ignore[reportPrivateUsage]
    return "\n".join("".join(segment.text for segment in strip)[:width] for strip in lines[:height])


@asynccontextmanager
async def opened(
    path: Path | str, size: tuple[int, int] = (80, 24), config: Config | None = None
) -> AsyncGenerator[tuple[MailflowApp, Pilot[Any]]]:
    """Open the app on a path and wait for its first report."""
    session = Session([str(path)], config or Config())
    app = MailflowApp(session)
    try:
        async with app.run_test(size=size, notifications=True) as pilot:
            await until(pilot, lambda: session.report is not None or app.problem is not None)
            await pilot.pause()
            yield app, pilot
    finally:
        session.close()


async def until(pilot: Pilot[Any], condition: Any) -> None:
    """Wait until a condition holds."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        await asyncio.sleep(0.02)
        await pilot.pause()


async def until_shown(app: MailflowApp, pilot: Pilot[Any], *words: str) -> str:
    """Wait until all words are on the screen; return the screen."""
    try:
        await until(pilot, lambda: all(word in screen_text(app) for word in words))
    except AssertionError:
        raise AssertionError(f"not all of {words} on:\n{screen_text(app)}") from None
    return screen_text(app)


async def paste(app: MailflowApp, pilot: Pilot[Any], text: str) -> None:
    """Paste a text into what has the focus, as a terminal does: typed key by key, a path takes seconds."""
    app.post_message(Paste(text))
    await pilot.pause()
