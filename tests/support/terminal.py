"""The program in a real terminal: what it writes, and the screen that this draws."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Generator
from contextlib import contextmanager
from fcntl import ioctl

import pyte

HOSTILE = "\x1b]0;owned\x07\x1b]52;c;b3duZWQ=\x07\x1b[31mred\x9b2J\u202eevil\u200b[/bold][link=x]\x07"


class Terminal:
    """A program in a terminal of its own: what it wrote, and the screen that this draws."""

    def __init__(self, arguments: list[str], environment: dict[str, str], size: tuple[int, int]) -> None:
        self.raw = b""
        self.screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self.screen)
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            os.execve(sys.executable, [sys.executable, "-m", "tui", *arguments], {**os.environ, **environment})
        ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))

    def read(self, seconds: float) -> bytes:
        """Read what comes within a time."""
        result, end = b"", time.monotonic() + seconds
        while time.monotonic() < end:
            if select.select([self.master], [], [], 0.05)[0]:
                try:
                    part = os.read(self.master, 65536)
                except OSError:
                    break
                result += part
                self._stream.feed(part)
        self.raw += result
        return result

    def until(self, *words: str, seconds: float = 40) -> str:
        """Read until all words are on the screen."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.read(0.1)
            if all(word in self.text for word in words):
                return self.text
        raise AssertionError(f"not all of {words} on:\n{self.text}")

    @property
    def text(self) -> str:
        """The screen."""
        return "\n".join(self.screen.display)

    def press(self, keys: str) -> None:
        """Type keys."""
        os.write(self.master, keys.encode())

    def end(self) -> int:
        """Wait for the end and return the exit code."""
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            self.read(0.1)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.pid = 0
                return os.waitstatus_to_exitcode(status)
        raise AssertionError("it does not end")


@contextmanager
def terminal(*arguments: object, size: tuple[int, int] = (80, 24), **environment: str) -> Generator[Terminal]:
    """Run mailflow in a terminal."""
    result = Terminal([str(argument) for argument in arguments], {"TERM": "xterm-256color", "LANG": "C.UTF-8", **environment}, size)
    try:
        yield result
    finally:
        if result.pid:
            os.kill(result.pid, signal.SIGKILL)
            os.waitpid(result.pid, 0)
        os.close(result.master)


def commands_in(raw: bytes) -> list[bytes]:
    """Return what would set a title, fill a clipboard or ring: nothing of a file may."""
    return re.findall(rb"\x1b\](?:0|2|52);[^\x07\x1b]*|\x9b|\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae\x8b]|owned\x07", raw)
