"""Every writer, by the id of its format."""

from __future__ import annotations

from collections.abc import Sequence

from sample_data.generator.writers import Writer

_ALL: Sequence[Writer] = ()

WRITERS: dict[str, Writer] = {writer.format: writer for writer in _ALL}
