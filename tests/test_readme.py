"""What the README says of commands, and the two lines that it gives, are so."""

from __future__ import annotations

import re
from pathlib import Path

from tui.cli import COMMANDS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_it_is_short() -> None:
    assert len(README.splitlines()) <= 200


def test_it_gives_the_source_before_the_two_lines() -> None:
    line = re.compile(r"^python3 -m venv \.venv && .*$", re.M)
    found = line.findall(README)
    assert len(found) == 2
    assert found[0].endswith("mailflow demo")
    assert found[1].endswith("pytest")
    assert README.index("git clone") < README.index(found[0])


def test_every_command_is_listed_once() -> None:
    listed = re.findall(r"^\| `mailflow ([a-z]+)` \|", README, re.M)
    assert sorted(listed) == sorted(COMMANDS)


def test_what_it_links_to_is_there() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", README)
    assert len(links) > 8
    assert [link for link in links if not (ROOT / link).exists()] == []
