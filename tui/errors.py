"""What can go wrong, as one tree.

MailflowError            every error that is shown to a person as one line
├── UsageError           exit 2: the command line or the config asks for something impossible
│   ├── ConfigError      the config file: which key, what to write instead
│   ├── NoSuchPathError  a named path does not exist
│   └── QueryFileError   a SQL file breaks its contract: mostly one of the user's own
├── UnreadableError      exit 3: a file is there but cannot be read (rights, damage, empty, too large)
├── UnwritableError      exit 3: the output cannot be written (full disk, closed stdout)
├── UnrecognisedError    exit 4: a file was read, but no format recognises it
├── TraceFileError       exit 3: a .duckdb trace file that cannot be opened (locked, newer, foreign)
│   └── OvertakenError   another load changed the trace file; this load starts again automatically
├── EncodingError        exit 3: the engine cannot decode a file; the load transcodes it and tries again
└── CancelledError       the person at the keyboard stopped it
"""

from __future__ import annotations

from enum import Enum, auto
from pathlib import Path


class Remedy(Enum):
    """What a person can do about an error. The command line words it as an option; a screen words it as a key, or leaves it out."""

    OTHER_CONFIG = auto()
    OTHER_FILE = auto()
    OTHER_FORMAT_NAME = auto()
    REPLACE_FORMAT = auto()
    FORCE_FORMAT = auto()
    MAP_OR_FORCE_FORMAT = auto()
    OTHER_DAYS = auto()
    FEWER_DAYS = auto()
    SWAP_DAYS = auto()
    MAKE_REPORT = auto()
    LOAD_INTO_NEW = auto()
    ADD_BY_LOADING = auto()


class MailflowError(Exception):
    """An error that is shown as one line: what failed and where.

    `remedy` is what to do next, where that differs between callers; `file` is what to do it with.
    """

    exit_code = 70

    def __init__(self, problem: str, remedy: Remedy | None = None, file: object = None) -> None:
        super().__init__(problem)
        self.remedy = remedy
        self.file = file


class UsageError(MailflowError):
    """The command line asks for something that cannot be done."""

    exit_code = 2


class ConfigError(UsageError):
    """The config file contains an error."""


class NoSuchPathError(UsageError):
    """A path that was named on the command line does not exist."""


class UnreadableError(MailflowError):
    """A file exists but nothing can be read from it."""

    exit_code = 3


class UnwritableError(MailflowError):
    """The output cannot be written: a full disk, a closed stdout."""

    exit_code = 3


class UnrecognisedError(MailflowError):
    """A file was read, but no format recognises it."""

    exit_code = 4


class TraceFileError(MailflowError):
    """A `.duckdb` file cannot be opened as a trace file."""

    exit_code = 3


class OvertakenError(TraceFileError):
    """Another load wrote what this one must look at before it writes."""


class EncodingError(MailflowError):
    """The engine cannot decode the text of a file."""

    exit_code = 3


class QueryFileError(UsageError):
    """A SQL file breaks the contract of `queries/`: mostly one of the user's own. `problem` is what is wrong, without the file's path."""

    def __init__(self, problem: str, remedy: Remedy | None = None, *, path: Path | None = None) -> None:
        super().__init__(f"{path}: {problem}" if path else problem, remedy)
        self.problem = problem


class CancelledError(MailflowError):
    """The load was stopped by its user; nothing of it was stored."""

    exit_code = 130
