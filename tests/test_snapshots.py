"""How the screens look at 80x24, on the bundled sample. Numbers are stored elsewhere; these pictures hold the looks."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.support.screens import until_shown
from tests.test_mapping import HEADER, ROWS
from tui.app import MailflowApp
from tui.config import Config
from tui.screens.session import Session

pytestmark = pytest.mark.share(0.4)

WAYS: dict[str, tuple[list[str], tuple[str, ...]]] = {
    "overview": ([], ("►View Details◄",)),
    "flyout": (["enter"], ("►Connector report◄",)),
    "connector_report": (["2", "down", "down", "down", "down", "right", "right"], ("TLS 1.0: 49 of 81 = 60.5% · 3 hosts",)),
    "chart": (["2", "v"], ("100%│",)),
    "who": (["down", "enter"], ("WIN-7F2K", "not seen for 11 d")),
    "messages": (["down", "enter", "enter"], ("1–20 of 33", "14 Nov 19:10")),
    "dates": (["t"], ("Start date and end date",)),
    "help": (["question_mark"], ("next warning",)),
}


@pytest.fixture
def trace(sample_trace: Path) -> Path:
    return sample_trace


@pytest.fixture(autouse=True)
def plain_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pictures name no host to fetch a font from."""
    draw = MailflowApp.export_screenshot

    def draw_plainly(app: MailflowApp, **options: Any) -> str:
        return re.sub(r"@font-face \{.*?\}\s*", "", draw(app, **options), flags=re.S)

    monkeypatch.setattr(MailflowApp, "export_screenshot", draw_plainly)


@pytest.fixture
def app(trace: Path) -> Generator[MailflowApp]:
    """Return the app on the sample."""
    session = Session([str(trace)], Config())
    yield MailflowApp(session)
    session.close()


@pytest.mark.parametrize("name", WAYS)
def test_looks(name: str, app: MailflowApp, snap_compare: Callable[..., bool]) -> None:
    keys, words = WAYS[name]

    async def go(pilot: Pilot[Any]) -> None:
        await until_shown(app, pilot, "►View Details◄")
        for key in keys:
            await pilot.press(key)
            await pilot.pause(0.3)
        await until_shown(app, pilot, *words)

    assert snap_compare(app, run_before=go, terminal_size=(80, 24))


def test_mapping_looks(tmp_path: Path, snap_compare: Callable[..., bool]) -> None:
    (tmp_path / "odd.csv").write_text(HEADER + "".join(ROWS))
    session = Session([str(tmp_path / "odd.csv")], Config(folder=tmp_path / "config"))
    app = MailflowApp(session)

    async def go(pilot: Pilot[Any]) -> None:
        await until_shown(app, pilot, "could not be used")
        await pilot.press("enter")
        await until_shown(app, pilot, "First rows", "Messages")
        await pilot.press("down", "enter")
        await until_shown(app, pilot, "Direction is in")

    try:
        assert snap_compare(app, run_before=go, terminal_size=(80, 24))
    finally:
        session.close()
