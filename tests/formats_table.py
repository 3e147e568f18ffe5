"""Writes the README's table of formats from their headers: `python -m tests.formats_table`. A test holds that it is up to date."""

from __future__ import annotations

import re
from pathlib import Path

from tui.store.query_files import load_folder

README = Path(__file__).parent.parent / "README.md"
HEAD = "| format | what it is | provides | not in this format |\n|---|---|---|---|\n"


def formats_table() -> str:
    """Return a row a format: id, title, what it tells and what it cannot tell."""
    rows = [
        " | ".join(
            [f"| `{one.path.stem}`", *(one.one(key).replace("|", "\\|").replace("*", "\\*") for key in ("title", "provides", "lacks"))]
        )
        for one in load_folder("formats")
    ]
    return HEAD + "".join(f"{row} |\n" for row in rows)


def main() -> None:
    """Write the table anew."""
    text = README.read_text(encoding="utf-8")
    README.write_text(re.sub(re.escape(HEAD) + r"(?:\|.*\n)*", lambda _: formats_table(), text), encoding="utf-8")


if __name__ == "__main__":
    main()
