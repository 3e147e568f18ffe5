"""The exit codes of the command line: a contract that tests check, and shown by `mailflow help exit-codes`."""

from __future__ import annotations

from collections.abc import Mapping

OK = 0
FOUND = 1
USAGE = 2
UNREADABLE = 3
UNRECOGNISED = 4
INTERNAL = 70

# Code: a few words for the help of a command, and what it means in full.
EXIT_CODES: Mapping[int, tuple[str, str]] = {
    OK: ("success", "Success, also when some files could not be used but others were loaded; stderr names those files."),
    FOUND: ("found", "`check`: a finding fails the check. `verify`: the report and the files differ."),
    USAGE: ("usage", "Wrong usage or configuration, a path that does not exist, or (`verify`) a file that is not a report."),
    UNREADABLE: ("unreadable", "No file could be read, a trace file could not be opened, or the output could not be written."),
    UNRECOGNISED: ("not recognised", "Files were read, but none is in a known format."),
    INTERNAL: ("internal error", "Internal error: one line on stderr, without any content of a file."),
    129: ("hangup", "Ended by SIGHUP."),
    130: ("interrupted", "Ended by Ctrl+C (SIGINT)."),
    141: ("closed pipe", "The reader of stdout closed the pipe, as `head` does."),
    143: ("terminated", "Ended by SIGTERM."),
}


def codes_line(*codes: int, found: str = "") -> str:
    """Return the line about exit codes for a command's help; `found` is what code 1 means for it."""
    words = {code: found if code == FOUND and found else EXIT_CODES[code][0] for code in codes}
    return f"Exit codes: {', '.join(f'{code} {text}' for code, text in words.items())}; see mailflow help exit-codes"
