"""Writing a column mapping as a format file, for the command and the dialog."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from tui.config import Config
from tui.errors import UsageError
from tui.store.format_check import write_format
from tui.view.mapping import checked, file_name, format_text


def write_mapping(config: Config, title: str, mapping: Mapping[str, str], columns: Sequence[str], *, force: bool) -> Path:
    """Write the format that reads files with these columns by a mapping of fields to columns, and return its path.

    Raises UsageError for a mapping that means nothing, without a config folder, and when a format of that name is there and
    `force` is not given; UnwritableError when the file cannot be written.
    """
    mapped = checked(mapping, columns)
    folder = config.own("formats")
    if folder is None:
        raise UsageError("there is no config folder to save the format in")
    target = folder / f"{file_name(title)}.sql"
    write_format(target, format_text(title, mapped), force=force)
    return target
