"""The lock that a writer of a trace file takes; readers need no lock."""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
import struct
import sys
import time
from collections.abc import Callable, Generator
from contextvars import ContextVar
from pathlib import Path

from tui.errors import TraceFileError, UnwritableError

WRITER_WAIT_SECONDS = 600.0
NOTICE_SECONDS = 1.0
IN_PLACE_WAIT_SECONDS = 2.0
RETRY_SECONDS = 0.1
_LOCKED: ContextVar[frozenset[Path]] = ContextVar("locked", default=frozenset())
_FLOCK = "hhqqi"  # struct flock of 64-bit Linux: type, whence, start, length, pid


@contextlib.contextmanager
def write_lock(file: Path, waiting: Callable[[str], object] = lambda _: None) -> Generator[None]:
    """Lock the file `FILE.lock` in the folder of a trace file, waiting for another writer; the lock is reentrant.

    `waiting` is called once with a line that names the owner of the lock, when it is not free after NOTICE_SECONDS.

    Raises TraceFileError with the owner's process and host after WRITER_WAIT_SECONDS, and
    UnwritableError when the folder cannot be written.
    """
    if file in _LOCKED.get():
        yield
        return
    lock = Path(f"{file}.lock")
    descriptor = _acquire(file, lock, waiting)
    before = _LOCKED.set(_LOCKED.get() | {file})
    try:
        with contextlib.suppress(OSError):  # a lock file of another user may be read-only; flock still works on it
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()} {socket.gethostname()}\n".encode(), 0)
        yield
    finally:
        _LOCKED.reset(before)
        # Removed while it is locked: a waiting process compares the inode that it locked with the path, and opens the file again.
        with contextlib.suppress(OSError):
            lock.unlink()
        os.close(descriptor)


def _acquire(file: Path, lock: Path, waiting: Callable[[str], object]) -> int:
    begin, is_noticed = time.monotonic(), False
    while True:
        descriptor = _open(file, lock)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_current(descriptor, lock):
                return descriptor
            os.close(descriptor)
        except BlockingIOError:
            owner = _owner(descriptor)
            os.close(descriptor)
            waited = time.monotonic() - begin
            if waited >= WRITER_WAIT_SECONDS:
                raise TraceFileError(f"{file}: is being written by {owner}; try again when that has ended") from None
            if waited >= NOTICE_SECONDS and not is_noticed:
                waiting(f"{file}: is being written by {owner}; waiting for it to end (Ctrl+C stops)")
                is_noticed = True
            time.sleep(RETRY_SECONDS)
        except OSError as problem:
            os.close(descriptor)
            raise UnwritableError(f"{lock}: cannot be locked: {problem.strerror}") from problem


def _open(file: Path, lock: Path) -> int:
    flags = os.O_CLOEXEC | os.O_NOFOLLOW
    try:
        return os.open(lock, flags | os.O_RDWR | os.O_CREAT, 0o666)
    except PermissionError:
        with contextlib.suppress(OSError):
            return os.open(lock, flags | os.O_RDONLY)
        raise _unwritable(file, "permission denied") from None
    except OSError as problem:
        raise _unwritable(file, (problem.strerror or str(problem)).lower()) from problem


def _unwritable(file: Path, reason: str) -> UnwritableError:
    return UnwritableError(f"{file}: cannot be written: {reason} in {file.parent}; a load writes a new file in that folder")


def _is_current(descriptor: int, lock: Path) -> bool:
    """Return whether a lock file is still the one at its path: the previous owner may have removed it."""
    try:
        return os.path.samestat(os.fstat(descriptor), lock.stat())
    except OSError:
        return False


def _owner(descriptor: int) -> str:
    process, _, host = os.pread(descriptor, 500, 0).decode(errors="replace").strip().partition(" ")
    return f"process {process} on {host}" if process.isdigit() and host.isprintable() else "another process"


def wait_for_writer_in_place(file: Path, descriptor: int) -> None:
    """Wait until no program writes a trace file in place, as a DuckDB shell or an older mailflow does, and lock it against them.

    The lock is released when the descriptor is closed. Raises TraceFileError with the owner's process after IN_PLACE_WAIT_SECONDS.
    """
    deadline = time.monotonic() + IN_PLACE_WAIT_SECONDS
    while True:
        try:
            fcntl.lockf(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            if time.monotonic() >= deadline:
                by = _writer_in_place(descriptor)
                raise TraceFileError(f"{file}: is being written{by}; try again when that has ended") from None
            time.sleep(RETRY_SECONDS)
        else:
            return


def _writer_in_place(descriptor: int) -> str:
    if not sys.platform.startswith("linux"):
        return ""
    request = struct.pack(_FLOCK, fcntl.F_RDLCK, os.SEEK_SET, 0, 0, 0)
    kind, *_, process = struct.unpack(_FLOCK, fcntl.fcntl(descriptor, fcntl.F_GETLK, request))
    return f" by process {process}" if kind != fcntl.F_UNLCK and process > 0 else ""
