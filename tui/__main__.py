"""The entry point: `mailflow` and `python -m tui`."""

from __future__ import annotations

import sys

INTERRUPTED = 130


def main() -> None:
    """Run the command line and end the process with its exit code."""
    try:
        from tui.cli import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:  # before the command line could take it
        code = INTERRUPTED
    sys.exit(code)


if __name__ == "__main__":
    main()
