"""PowerShell's Format-List output as JSON lines: blocks of `Name : value`, separated by blank lines, with long values wrapped."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

_LINE = re.compile(r"^([A-Za-z][\w.-]*(?: [\w.-]+)*) *: ?(.*)$")
LEAST_LINES = 3


def is_format_list(head: str) -> bool:
    """Return whether a text begins like Format-List output: its first lines are names, padded so that all colons are in one column."""
    lines = [line for line in head.splitlines()[:40] if line.strip()][:LEAST_LINES]
    places = {line.find(" : ") if " : " in line else line.rstrip().find(" :") for line in lines}
    return len(lines) == LEAST_LINES and len(places) == 1 and places.pop() > 0 and all(_LINE.match(line) for line in lines)


def objects_of(lines: Iterable[str]) -> Iterator[str]:
    """Yield each block as a JSON object; a line that is indented beyond the colons continues the previous value."""
    block: dict[str, str] = {}
    last, column = "", 0
    for line in lines:
        text = line.rstrip("\r\n")
        found = _LINE.match(text)
        if not text.strip():
            if block:
                yield json.dumps(block)
            block, last = {}, ""
        elif found and not text.startswith(" "):
            last, column = found[1].strip(), text.index(":")
            block[last] = found[2].strip()
        elif last and len(text) - len(text.lstrip()) > column:
            block[last] += text.strip() if block[last].endswith(("\\", "/")) else f" {text.strip()}"
    if block:
        yield json.dumps(block)
