"""The audit page is safe to open and to compare: nothing is fetched or obeyed, and the same files give the same bytes."""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import datetime
from pathlib import Path

import pytest

from tests.support.pages import Page, html_of, sample_page
from tests.support.reports import hops, write_rows, write_table
from tui.resources import bundled

pytestmark = pytest.mark.share(0.25)

Capture = pytest.CaptureFixture[str]
SAMPLE = bundled("sample_data") / "example-corp"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
HOSTILE = "<script>alert(1)</script>\"'&<img src=http://evil.example/x onerror=y>\x1b]0;x\x07\u202e"


@pytest.fixture(scope="module")
def sample() -> str:
    """Return the page of the bundled sample."""
    return sample_page()


def test_the_same_files_give_the_same_bytes(sample: str, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(SAMPLE, tmp_path / "another place" / "copy")
    parts = sorted((tmp_path / "another place" / "copy").iterdir(), reverse=True)
    for module in ("tui.commands", "tui.store.questions"):
        monkeypatch.setattr(f"{module}.utc_now", lambda: datetime(2026, 11, 15, 10))
    assert html_of(capsys, "--what-if", "1.2", *parts) == sample
    assert "past week" not in sample
    assert str(SAMPLE.parent) not in sample
    assert sample.isascii()


def test_a_page_without_messages_does_not_depend_on_the_clock(tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(SAMPLE / "settings", tmp_path / "settings")
    pages: set[str] = set()
    for year in (2026, 2031):
        monkeypatch.setattr("tui.store.questions.utc_now", lambda year=year: datetime(year, 11, 15, 10))
        pages.add(html_of(capsys, tmp_path, "--what-if", "TLS 1.2"))
    assert len(pages) == 1
    page = Page(pages.pop())
    assert "No loaded file covers inbound mail." in page.text
    assert "2026" not in page.text
    assert "2031" not in page.text


def test_hostile_names_are_shown_not_obeyed(tmp_path: Path, capsys: Capture) -> None:
    rows = hops(40, "TLS 1.0", connector=HOSTILE, connector_type="Partner", peer_host=HOSTILE, helo=HOSTILE, system=HOSTILE, sender=HOSTILE)
    rows.append({"time_utc": HOSTILE, "direction": HOSTILE, "tls": HOSTILE})
    write_rows(tmp_path / "<b>&amp;'.csv", rows)
    write_table(tmp_path / "plain.csv", hops(2, "TLS 1.3", "2026-11-12T11:00:00"))
    text = html_of(capsys, tmp_path, "--what-if", "1.2")
    page = Page(text)
    shown = "<script>alert(1)</script>\"'&<img src=http://evil.example/x onerror=y>^[]0;x^G<U+202E>"
    assert page.table("Hosts, in the window")[1][0] == shown
    assert page.table("6–12 Nov 2026, whole window")[1][0] == f"From partner - {shown}"
    assert page.table("Files, by name")[1][0] == "<b>&amp;'.csv"
    assert {name for name, _ in page.tags} <= {
        "html", "head", "meta", "title", "style", "body", "header", "main", "nav", "section", "div", "h1", "h2", "h3", "p", "ul", "li", "a",
        "small", "span", "br", "table", "caption", "thead", "tbody", "tr", "th", "td", "details", "summary", "svg", "desc", "g", "rect",
        "line", "path", "circle", "text",
    }  # fmt: skip
    assert not re.search("[\x00-\x09\x0b-\x1f]", text)


def test_the_page_needs_no_network(sample: str) -> None:
    page = Page(sample)
    policy = [result["content"] for _, result in page.tags if result.get("http-equiv") == "Content-Security-Policy"]
    assert policy == ["default-src 'none'; style-src 'unsafe-inline'"]
    ids = {result["id"] for _, result in page.tags if "id" in result}
    for name, result in page.tags:
        assert name not in ("script", "link", "img", "iframe", "object", "use", "image", "form")
        assert not {key for key in result if key in ("src", "srcset", "action", "style", "background") or key.startswith("on")}
        assert result.get("href", "#flow")[1:] in ids
        assert result.get("href", "#")[0] == "#"
    assert not re.search(r"url\(|@import|https?:", page.styles)
    assert not re.search(r"https?:|src=", sample)


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
def test_a_browser_opens_it_without_a_complaint_or_a_request(sample: str, tmp_path: Path) -> None:
    def opened(text: str) -> tuple[str, str]:
        file = tmp_path / "page.html"
        file.write_text(text, encoding="ascii")
        flags = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}", "--virtual-time-budget=2000"]
        quiet = ["--host-resolver-rules=MAP * ~NOTFOUND", "--enable-logging=stderr", "--v=0", "--dump-dom"]
        done = subprocess.run([CHROMIUM or "", *flags, *quiet, file.as_uri()], capture_output=True, text=True, timeout=120, check=False)
        return done.stdout, "\n".join(line for line in done.stderr.splitlines() if "CONSOLE" in line)

    dom, console = opened(sample)
    assert console == ""
    page, drawn = Page(sample), Page(dom)
    assert drawn.tables == page.tables
    assert drawn.text == page.text
    # What a browser would complain of is seen: a request that the page's policy stops.
    _, console = opened(sample.replace("<main>", '<main><img src="http://198.51.100.1/x.png">'))
    assert "198.51.100.1" in console


def test_a_redacted_page_contains_no_name(tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILFLOW_CONFIG_HOME", str(tmp_path / "config"))
    rows = hops(
        40, "TLS 1.0", connector="relay.fabrikam.example", connector_type="Partner", peer_host="mx1.fabrikam.example", sender="a@b.example"
    )
    config = tmp_path / "config.toml"
    config.write_text('[findings.connectors."relay.fabrikam.example"]\nno_tls_percent = 2.5\n')
    options = ("--redact", "--what-if", "1.2", "--connector", "relay.fabrikam.example", "--config", config)
    page = html_of(capsys, write_table(tmp_path / "t.csv", rows), *options)
    assert "fabrikam" not in page
    assert "b.example" not in page
    assert Page(page).table("By connector")[1][2] == "40"
