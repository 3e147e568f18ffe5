"""Publishing a trace file: a load writes a copy in the same folder and renames it over the file.

Readers keep the state that they opened and never wait. Nothing writes a published file in place, so a load that is killed
leaves either the old state or the new one.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import sys
from collections.abc import Callable, Generator
from io import BufferedReader, BufferedWriter
from pathlib import Path

import duckdb

from tui.errors import MailflowError, UnwritableError
from tui.store.locking import wait_for_writer_in_place, write_lock

COPIED_AT_ONCE_BYTES = 16 << 20
SPARE_BYTES = 8 << 20
ACL = "system.posix_acl_access"
DISK_FULL = "No space left"
_FICLONE = 0x40049409
_SIDE_ENDINGS = (".lock", ".new", ".new.wal", ".wal", ".notes.jsonl", ".notes.jsonl.taken")


def real_path(path: Path) -> Path:
    """Return the file that a path refers to: lock, copy and notes are in the folder of the target of a link."""
    return Path(os.path.realpath(path))


def is_side_file(file: Path) -> bool:
    """Return whether a file belongs to a trace file in the same folder, or to one that was never published."""
    ending = next((ending for ending in sorted(_SIDE_ENDINGS, key=len, reverse=True) if file.name.endswith(ending)), None)
    if ending is None:
        return False
    owner = Path(str(file).removesuffix(ending))
    return owner.suffix == ".duckdb" or is_side_file(owner) or (ending != ".new" and owner.is_file())


@contextlib.contextmanager
def published(path: Path, waiting: Callable[[str], object] = lambda _: None) -> Generator[Path]:
    """Yield a copy of a trace file to write; at the end it replaces the file, unless the block raises.

    The caller must have checkpointed and detached the copy by then. Of a trace file that does not exist yet there is no copy: the caller
    creates it. `waiting` is called as in `write_lock`. Raises TraceFileError when another writer has the lock, UnwritableError when
    there is not enough disk space or the folder cannot be written.
    """
    file = real_path(path)
    with write_lock(file, waiting), replacement(file) as working:
        yield working


@contextlib.contextmanager
def replacement(file: Path) -> Generator[Path]:
    """Yield the copy that replaces a file at the end; the caller must have the lock."""
    new = Path(f"{file}.new")
    if file.exists() and not os.access(file, os.W_OK):
        raise UnwritableError(f"{file}: is write-protected; nothing was changed")
    try:
        with contextlib.ExitStack() as open_files:
            with _explained(file):
                _remove(new)
                _restore_log(file)
                _copy(file, new, open_files)
            with _disk_full_explained(file):
                yield new
            with _explained(file):
                _replace(new, file)
    finally:
        _remove(new)


def _copy(file: Path, new: Path, open_files: contextlib.ExitStack) -> None:
    """Copy a trace file with its write-ahead log; the file stays locked against writers in place until `open_files` is closed."""
    try:
        old = open_files.enter_context(file.open("rb"))
    except FileNotFoundError:
        _check_space(file, SPARE_BYTES)
        return
    wait_for_writer_in_place(file, old.fileno())
    log = _log_of(file)
    log_bytes = log.stat().st_size if log.exists() else 0
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as copy:
        size = os.fstat(old.fileno()).st_size
        if _clone(old, copy):
            _check_space(file, SPARE_BYTES + 2 * log_bytes)
        else:
            _check_space(file, SPARE_BYTES + 2 * log_bytes + size)
            shutil.copyfileobj(old, copy, COPIED_AT_ONCE_BYTES)
    if log_bytes:
        # Left by a program that was killed; DuckDB replays it into the copy when that is attached.
        shutil.copyfile(log, _log_of(new))


def _clone(old: BufferedReader, copy: BufferedWriter) -> bool:
    """Share the blocks of a file with its copy, where the file system supports it (btrfs, xfs); return whether it does."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        fcntl.ioctl(copy, _FICLONE, old.fileno())
    except OSError:
        return False
    return True


def _check_space(file: Path, needed: int) -> None:
    free = shutil.disk_usage(file.parent).free
    if free < needed:
        raise UnwritableError(
            f"{file}: not enough disk space: a load writes a new file in the same folder and needs {needed / 1e6:,.0f} MB, "
            f"{free / 1e6:,.0f} MB are free; nothing was changed"
        )


def _replace(new: Path, file: Path) -> None:
    """Replace a file with a written copy, which gets the mode, the owner and the ACL of the file."""
    if not new.exists():
        return
    if _log_of(new).exists():
        raise RuntimeError(f"{new} was not checkpointed")
    with new.open("rb+") as written:
        if file.exists():
            _copy_rights(file, written.fileno())
        os.fsync(written.fileno())
    log = _log_of(file)
    if log.exists():
        # DuckDB 2.0 rejects the new file with the old log, and 1.5 replays old rows into it, so the log is moved first. Its new name
        # contains the inode of its file, so that it can be restored if this process is killed between the two renames.
        aside = _log_aside(file, file.stat().st_ino)
        log.rename(aside)
        try:
            new.replace(file)
        except OSError:
            aside.rename(log)
            raise
        aside.unlink()
    else:
        new.replace(file)
    _sync_folder(file.parent)


def _copy_rights(file: Path, descriptor: int) -> None:
    rights = file.stat()
    for owner, group in ((rights.st_uid, rights.st_gid), (-1, rights.st_gid)):
        with contextlib.suppress(PermissionError):
            os.fchown(descriptor, owner, group)
            break
    os.fchmod(descriptor, rights.st_mode & 0o7777)
    if sys.platform.startswith("linux"):
        with contextlib.suppress(OSError):  # no ACL, or a file system without them
            os.setxattr(descriptor, ACL, os.getxattr(file, ACL))


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with contextlib.suppress(OSError):  # some network file systems do not support it
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _log_of(file: Path) -> Path:
    return Path(f"{file}.wal")


def _log_aside(file: Path, inode: int | str) -> Path:
    return Path(f"{file}.wal.of-{inode}")


def _restore_log(file: Path) -> None:
    """Restore the log that a killed load had renamed, if its file was not replaced; else remove it."""
    for aside in file.parent.glob(f"{_escaped(file.name)}.wal.of-*"):
        if file.exists() and aside.name == _log_aside(file, file.stat().st_ino).name and not _log_of(file).exists():
            aside.rename(_log_of(file))
        else:
            aside.unlink()


def _escaped(name: str) -> str:
    return "".join(f"[{character}]" if character in "*?[" else character for character in name)


def _remove(new: Path) -> None:
    # A load of trace files together with other files writes its copy twice, and so may leave the last two.
    for leftover in (new, _log_of(new), Path(f"{new}.new"), Path(f"{new}.lock")):
        leftover.unlink(missing_ok=True)


@contextlib.contextmanager
def _explained(file: Path) -> Generator[None]:
    try:
        yield
    except OSError as problem:
        raise UnwritableError(f"{file}: cannot be written: {problem.strerror}; nothing was changed") from problem


@contextlib.contextmanager
def _disk_full_explained(file: Path) -> Generator[None]:
    try:
        yield
    except (duckdb.Error, MailflowError) as problem:
        if DISK_FULL not in str(problem):
            raise
        raise UnwritableError(f"{file}: no space left on the disk; nothing was changed") from problem
