"""An HTML page as its reader has it: its tables by their caption, its text, its elements."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from tests.support.reports import text_of
from tui.commands import Chosen, report
from tui.config import Config
from tui.intake.discovery import InputPaths
from tui.resources import bundled

Rows = list[list[str]]


class Page(HTMLParser):
    """What a page holds. `tags` are (name, attributes); tables are rows of cells, heads first."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.tables: dict[str, Rows] = {}
        self.styles = ""
        self._words: list[str] = []
        self._rows: Rows | None = None
        self._caption = ""
        self._open: list[str] = []
        self.feed(text)
        self.close()

    @property
    def text(self) -> str:
        """All text but the style, in one line."""
        return " ".join(" ".join(self._words).split())

    def table(self, beginning: str) -> Rows:
        """Return the rows of the one table whose caption begins so."""
        found = [rows for caption, rows in self.tables.items() if caption.startswith(beginning)]
        assert len(found) == 1, list(self.tables)
        return found[0]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {key: value or "" for key, value in attrs}))
        self._open.append(tag)
        if tag == "table":
            self._rows, self._caption = [], ""
        elif tag == "tr" and self._rows is not None:
            self._rows.append([])
        elif tag in ("td", "th") and self._rows:
            self._rows[-1].append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {key: value or "" for key, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass
        if tag == "table" and self._rows is not None:
            self.tables[self._caption] = self._rows
            self._rows = None

    def handle_data(self, data: str) -> None:
        if "style" in self._open:
            self.styles += data
            return
        self._words.append(data)
        if "caption" in self._open:
            self._caption += data
        elif self._rows and self._rows[-1] and ("td" in self._open or "th" in self._open):
            self._rows[-1][-1] += data


def html_of(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """Run `mailflow report --format html` and return what it printed."""
    return text_of(capsys, "--format", "html", *arguments)


def page_of(capsys: pytest.CaptureFixture[str], *arguments: object) -> Page:
    """Return the page that it printed."""
    return Page(html_of(capsys, *arguments))


def sample_page() -> str:
    """Return the page of the bundled sample, with a floor."""
    return report(InputPaths([str(bundled("sample_data") / "example-corp")]), Config(), Chosen(minimum_tls="TLS 1.2"), "html")
