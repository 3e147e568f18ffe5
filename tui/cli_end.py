"""How a run of the command line ends: output on stdout, one line per error on stderr, and the exit code."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import typer

from tui.cli_types import HIDDEN_NAMES
from tui.errors import MailflowError, UnwritableError
from tui.exit_codes import INTERNAL, USAGE
from tui.output.check_report import UNKNOWN, nagios_line
from tui.output.narration import has_utf8, internal_error, narrate
from tui.output.remedies import problem_text
from tui.view.text import ascii_only

if TYPE_CHECKING:
    from types import FrameType

Failure = Callable[[str, int], int]

_ended_by: list[int] = []


def print_text(text: str) -> None:
    """Write text to stdout, as ASCII look-alikes where the terminal is not UTF-8. Raises UnwritableError when that fails."""
    is_utf8 = has_utf8(getattr(sys.stdout, "encoding", None))
    shown = text if is_utf8 else "\n".join(ascii_only(line) for line in text.split("\n"))
    try:
        sys.stdout.write(shown)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except (OSError, AttributeError, ValueError) as problem:
        raise UnwritableError(f"stdout cannot be written: {problem}") from problem


def fail(text: str, code: int) -> int:
    """Write an error to stderr and return the exit code."""
    narrate(text)
    return code


def fail_as_plugin(text: str, code: int) -> int:
    """Write an error to stdout, as a monitoring plugin does, and return 3; a run that a signal ended goes to stderr."""
    if code > INTERNAL:
        return fail(text, code)
    with contextlib.suppress(UnwritableError, OSError):
        print_text(f"{nagios_line(UNKNOWN, text)}\n")
        return UNKNOWN
    return fail(text, UNKNOWN)


def end_of(call: Callable[[], object], failed: Failure) -> int:
    """Run the command line and return the exit code; every error is one line."""
    _ended_by.clear()
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, _stop)
    try:
        code = call()
    except typer.Exit as end:
        return end.exit_code
    except MailflowError as problem:
        return failed(problem_text(problem), problem.exit_code)
    except SystemExit as end:
        return failed("stopped", end.code if isinstance(end.code, int) else INTERNAL)
    except (KeyboardInterrupt, typer.Abort):
        return failed("stopped", 130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except Exception as problem:  # noqa: BLE001  (the last resort: no traceback and no content of a file may reach a user)
        if _ended_by:  # the engine wraps what a signal handler raises
            return failed("stopped", 128 + _ended_by[0])
        # Typer brings its own copy of click, so its usage errors are recognised by their attributes.
        if format_message := getattr(problem, "format_message", None):
            return failed(f"{_without_hidden(format_message())} (see {_command_of(problem)} --help)", USAGE)
        return failed(internal_error(problem), INTERNAL)
    return code if isinstance(code, int) else 0


def _without_hidden(message: str) -> str:
    """Return a usage error without the options that help does not show."""
    for name in HIDDEN_NAMES:
        message = message.replace(f" / '{name}'", "").replace(f"{name}, ", "").replace(f", {name}", "")
    return message


def _command_of(problem: object) -> str:
    return str(getattr(getattr(problem, "ctx", None), "command_path", None) or "mailflow")


def _stop(number: int, _frame: FrameType | None) -> None:
    _ended_by.append(number)
    raise SystemExit(128 + number)
