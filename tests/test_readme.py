"""What the README says of formats and commands is so."""

from __future__ import annotations

from tests.formats_table import README, formats_table
from tui.cli import COMMANDS


def test_the_table_of_formats_is_that_of_their_headers() -> None:
    assert formats_table() in README.read_text(encoding="utf-8"), "python -m tests.formats_table writes it anew"


def test_every_command_is_named() -> None:
    text = README.read_text(encoding="utf-8")
    assert [command for command in COMMANDS if f"mailflow {command}" not in text] == []
