"""Help pages: the keys of the screens, and texts from `tui/help/`, which `mailflow help` prints too."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from tui.resources import help_folder

KEYS: Sequence[tuple[str, str]] = (
    ("Enter", "open what the cursor is on"),
    ("Esc", "back; while loading: stop, nothing is kept"),
    ("1 2 3 4", "Overview · Connector report · Messages · Sources"),
    (":  Ctrl+P", "all commands; type to find one"),
    ("arrows, h j k l", "move; g first, G last, Page Up, Page Down"),
    ("Tab", "next link, or next list of the same screen"),
    ("t", "dates: 7, 30 or 90 days, all, or from and to"),
    ("c", "data of: a connector, no connector, own clients, a system"),
    ("F", "filter: clauses, saved by name"),
    ("b", "view data by TLS usage or Mail flow"),
    ("v", "table or chart"),
    ("R", "connector report: count recipients; what-if: refuse all"),
    ("/  !  n  N", "find rows with · without a text · next · previous"),
    ("o  O", "sort by the cursor's column, again to reverse · reset"),
    ("C", "show and hide columns"),
    ("]", "next warning"),
    ("p", "in Who: group by host, address, domain, sender, …"),
    ("r", "on a message: raw lines of its session, from the file"),
    ("u", "on a source: read the file as another format"),
    ("s", "in a mapping of columns: save the format, read the file"),
    ("f", "what-if: what a minimum TLS version would affect"),
    ("D", "failed sessions"),
    ("V  T", "coverage and gaps · outbound messages in transit security"),
    ("a", "in Who: note on the peer; on a finding: acknowledge it"),
    ("W", "work list: notes and acknowledged findings"),
    ("L", "in Who: letter to the partner"),
    ("A", "audit page (HTML)"),
    ("e", "export the rows that are shown: CSV, JSON, Parquet"),
    ("P  y", "picture of the screen (SVG) · copy it as text (OSC 52)"),
    ("x", "SQL behind the screen; y there copies a DuckDB script"),
    ("S", "save as trace file"),
    ("d", "on the Overview: messages protected in transit (by TLS)"),
    ("m", "mouse on and off"),
    ("?  F1  q", "this help · quit"),
)

PAGES: Sequence[str] = ("tls", "connectors", "glossary")


@cache
def help_page(name: str) -> tuple[str, tuple[str, ...]]:
    """Return the title and the paragraphs of a page, each as one line."""
    title, *paragraphs = (help_folder() / f"{name}.md").read_text(encoding="utf-8").strip().split("\n\n")
    return title.removeprefix("# "), tuple(" ".join(one.split("\n")) for one in paragraphs)


@cache
def counting_rules(count: int) -> tuple[str, ...]:
    """Return the first rules of how messages are counted, as plain text."""
    text = (help_folder() / "counting.md").read_text(encoding="utf-8")
    rules = [" ".join(one.split()) for one in text.replace("*", "").replace("`", "").split("\n- ")[1:]]
    return tuple(rules[:count])
