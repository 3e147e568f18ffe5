"""What a format of one's own may use: the keys of its header and the macros, as text, from the code and from their own comments."""

from __future__ import annotations

from collections.abc import Mapping

from tui.store.header_keys import ALLOWED_VALUES, FINDING_KEYS, FINDING_PARAMS, FORMAT_KEYS, QUERY_KEYS, RESOLVE
from tui.store.macros import public_macros
from tui.view.text import definition_lines, wrap

WIDTH = 78
KEY_CELLS = 26


def header_keys_text() -> str:
    """Return the keys of formats with what they mean and the values that they may have."""
    lines = _keys({key: QUERY_KEYS[key] for key in ("title", "help")} | dict(FORMAT_KEYS))
    lines += ["", "Values of resolve:", *_keys(RESOLVE)]
    lines += ["", "Keys with fixed values:"]
    lines += _keys({key: " · ".join(values) for key, values in ALLOWED_VALUES.items() if key != "resolve"})
    return "\n".join(lines) + "\n"


def finding_keys_text() -> str:
    """Return the keys of findings with what they mean."""
    return "\n".join(_keys({**QUERY_KEYS, **FINDING_KEYS})) + "\n"


def finding_params_text() -> str:
    """Return the parameters that the statement of a finding may use, with their types."""
    return "\n".join(_keys({f"{name} {kind}": text for name, (kind, text) in FINDING_PARAMS.items()})) + "\n"


def macros_text() -> str:
    """Return the macros that any format may use, by the file that they are in, with what each returns."""
    lines: list[str] = []
    for file in public_macros():
        lines += [*([""] if lines else []), file.title]
        for call, comment in file.macros:
            lines += [f"  {call}", *(f"      {line}" for line in wrap(comment, WIDTH - 6))]
    return "\n".join(lines) + "\n"


def format_guide() -> str:
    """Return the header keys and the macros that a format may use."""
    return f"Header keys: -- key: value\n\n{header_keys_text()}\nMacros\n\n{macros_text()}"


def _keys(keys: Mapping[str, str]) -> list[str]:
    return definition_lines(keys, KEY_CELLS, WIDTH)
