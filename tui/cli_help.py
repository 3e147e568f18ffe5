"""`mailflow help TOPIC`: the documentation for users, from the texts in `tui/help/` and from what the program itself lists."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Mapping
from functools import cache
from typing import Annotated, Any

import typer

from tui import commands
from tui.cli_end import print_text
from tui.cli_types import completion, one_of
from tui.config import Config
from tui.errors import UsageError
from tui.exit_codes import EXIT_CODES
from tui.output.format_guide import finding_keys_text, finding_params_text, header_keys_text, macros_text
from tui.resources import help_folder
from tui.view.help_pages import KEYS
from tui.view.text import definition_lines, fit, visible

SCHEMA = "json-schema"
_LIST = re.compile(r"^<!-- list: ([a-z-]+) -->$", re.M)
_ITEM = re.compile(r"(- |\d+\. )")
_TITLE = re.compile(r"^# (.+)$", re.M)


def help_command(
    context: typer.Context,
    topic: Annotated[
        str | None, typer.Argument(metavar="[TOPIC]", help="A topic; without one the list.", autocompletion=completion(lambda: topics()))
    ] = None,
) -> None:
    """Print documentation on a topic, or list the topics."""
    print_text(topic_list() if topic is None else topic_text(topic, context))


@cache
def topics() -> Mapping[str, str]:
    """Return the topics with their titles, in alphabetical order."""
    found = {path.stem: _TITLE.findall(path.read_text(encoding="utf-8"))[0] for path in help_folder().glob("*.md")}
    return dict(sorted({**found, SCHEMA: "JSON Schema of the JSON report"}.items()))


def topic_list() -> str:
    """Return the topics, a line each."""
    return "".join(f"{fit(f'mailflow help {name}', 30)}{title}\n" for name, title in topics().items())


def topic_text(topic: str, context: typer.Context) -> str:
    """Return the text of a topic, with generated lists. Raises UsageError for an unknown topic."""
    if topic not in topics():
        raise UsageError(f"unknown topic {visible(topic)!r}; choose {one_of(tuple(topics()))}")
    if topic == SCHEMA:
        return (help_folder() / "report.schema.json").read_text(encoding="utf-8")
    text = plain_text((help_folder() / f"{topic}.md").read_text(encoding="utf-8"))
    return _LIST.sub(lambda found: LISTS[found[1]](context).rstrip("\n"), text)


def plain_text(markdown: str) -> str:
    """Return a text for a terminal: paragraphs and list items in lines of at most 78 characters, headings without marks, code indented."""
    shown: list[str] = []
    paragraph: list[str] = []

    def end_paragraph() -> None:
        indent = " " * len(match[0]) if paragraph and (match := _ITEM.match(paragraph[0])) else ""
        shown.extend(textwrap.wrap(" ".join(paragraph), 78, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False))
        paragraph.clear()

    is_code = False
    for line in markdown.replace("**", "").splitlines():
        if is_code or not line or line.startswith(("```", "#", "<!--")) or _ITEM.match(line):
            end_paragraph()
        if line.startswith("```"):
            is_code = not is_code
        elif is_code:
            shown.append(f"    {line}".rstrip())
        elif not line or line.startswith(("#", "<!--")):
            shown.append(line.lstrip("# ") if line.startswith("#") else line)
        else:
            paragraph.append(line.strip())
    end_paragraph()
    return "\n".join(shown) + "\n"


def keys_text() -> str:
    """Return the keys of the screens, a line each."""
    return "".join(f"{fit(key, 18)}{words}\n" for key, words in KEYS)


def exit_codes_text() -> str:
    """Return the exit codes, a paragraph each."""
    return "\n".join(definition_lines({str(code): meaning for code, (_, meaning) in EXIT_CODES.items()}, 6, 78))


def commands_text(context: typer.Context) -> str:
    """Return the help of every command."""
    root: Any = context.find_root()
    parts: list[str] = []
    for name in root.command.list_commands(root):
        command = root.command.get_command(root, name)
        if not command.hidden:
            with command.make_context(name, [], parent=root, resilient_parsing=True) as inner:
                parts.append(f"{command.get_help(inner)}\n")
    return f"\n{'-' * 78}\n\n".join(parts)


LISTS: Mapping[str, Callable[[typer.Context], str]] = {
    "formats": lambda _: commands.formats_text(Config()),
    "findings": lambda _: commands.findings_text(Config()),
    "header-keys": lambda _: header_keys_text(),
    "finding-keys": lambda _: finding_keys_text(),
    "finding-params": lambda _: finding_params_text(),
    "macros": lambda _: macros_text(),
    "keys": lambda _: keys_text(),
    "exit-codes": lambda _: exit_codes_text(),
    "commands": commands_text,
}
"""The lists that replace these marks in the texts: `<!-- list: NAME -->`."""
