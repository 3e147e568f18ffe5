"""The formats of input files: the built-in ones, and the user's own formats without faults."""

from __future__ import annotations

from tui.config import Config
from tui.store.format_check import faults_of
from tui.store.query_files import QueryFile, load_folder, read_own


def load_formats(config: Config) -> list[QueryFile]:
    """Return the built-in formats and those in the user's config folder, by name, without broken ones."""
    found = {query.path.stem: query for query in load_folder("formats")}
    found |= {query.path.stem: query for query in _own(config)[0]}
    return [found[stem] for stem in sorted(found)]


def broken_formats(config: Config) -> dict[str, str]:
    """Return the user's own formats that are skipped, by id: the path of each, its first fault, and what to do."""
    return _own(config)[1]


def format_notices(config: Config) -> list[str]:
    """Return a line for each of the user's own formats that is skipped, and for each renamed header key."""
    sound, broken = _own(config)
    return [*broken.values(), *(f"{query.path}:{one.line}: {one.text}" for query in sound for one in query.renamed)]


def is_own(query: QueryFile, config: Config) -> bool:
    """Return whether a format is one of the user's own."""
    folder = config.own("formats")
    return folder is not None and query.path.parent == folder


def _own(config: Config) -> tuple[list[QueryFile], dict[str, str]]:
    return read_own(config.own("formats"), "format", faults_of)
