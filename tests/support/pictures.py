"""Draws the README's pictures: `python -m tests.support.pictures`. No test; the pictures lie in .pictures/."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from tui.app import MailflowApp
from tui.config import Config
from tui.resources import bundled
from tui.screens.session import Session

FOLDER = Path(__file__).resolve().parents[2] / ".pictures"
PICTURES = {"overview": "", "flyout": "enter", "connector-report": "2"}


async def draw(name: str, keys: str) -> None:
    """Draw one screen of the bundled sample at 80x24."""
    app = MailflowApp(Session([str(bundled("sample_data") / "example-corp")], Config()))
    async with app.run_test(size=(80, 24)) as pilot:
        while app.session.report is None:
            await pilot.pause(0.1)
        await pilot.pause(0.5)
        if keys:
            await pilot.press(keys)
            await pilot.pause(1)
        svg = app.export_screenshot(title=f"mailflow: {name.replace('-', ' ')}")
    # The pictures name no other host: whoever looks at them has a monospaced font.
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.S)
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{name}.svg").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    for picture, pressed in PICTURES.items():
        asyncio.run(draw(picture, pressed))
