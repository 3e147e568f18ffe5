"""The lines of a file that grep finds, compared with the messages counted from it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from tui.rows import CountedVersion
from tui.view.formatting import grouped, plural
from tui.view.text import visible

NO_LINE = ("No TLS", "Not recorded")


def reconciled(
    lines: Mapping[str, int],
    sessions: Mapping[str, Collection[str]],
    grades: Mapping[str, str],
    counted: Sequence[CountedVersion],
    with_mail: Collection[str] | None,
) -> list[str]:
    """Return a line a TLS version: lines of the file that contain it, their connections with and without mail, and messages counted.

    `lines` and `sessions` are by the file's spelling, `grades` the version of each; `with_mail` are the sessions that have a message,
    None where the format's lines name no session.
    """
    messages = {one.tls: one.messages for one in counted}
    versions = sorted({*grades.values(), *(tls for tls in messages if tls not in NO_LINE)})
    texts = [_version(tls, lines, sessions, grades, messages.get(tls, 0), with_mail) for tls in versions]
    texts += [f"{tls}: no line records it; {plural(messages[tls], 'message')} from this file" for tls in NO_LINE if messages.get(tls)]
    return texts or ["no line contains a TLS version"]


def _version(
    tls: str,
    lines: Mapping[str, int],
    sessions: Mapping[str, Collection[str]],
    grades: Mapping[str, str],
    messages: int,
    with_mail: Collection[str] | None,
) -> str:
    spelling = [word for word, grade in grades.items() if grade == tls]
    count = sum(lines.get(word, 0) for word in spelling)
    words = f" ({', '.join(visible(word) for word in sorted(spelling))})" if spelling else ""
    text = f"{tls}{words}: {plural(count, 'line')}"
    if with_mail is not None:
        connections = {session for word in spelling for session in sessions.get(word, ())}
        used = len(connections.intersection(with_mail))
        text += f" = {plural(used, 'connection')} with mail + {grouped(len(connections) - used)} without"
        if count > len(connections):
            text += f" + {plural(count - len(connections), 'more line', 'more lines')} of these"
    return f"{text}; {plural(messages, 'message')} from this file"
