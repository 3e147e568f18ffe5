"""One module a format: how it spells mails, and which hops a reader of its files can know of.

A writer's `write(mails, folder)` writes the files and answers their paths; `hops(mails)` yields the truth, which is what
happened as far as the format can tell it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from sample_data.generator.hops import Hop
from sample_data.generator.mail_plan import Mail


class Writer(NamedTuple):
    """How the files of one format are written, and the hops that they tell of."""

    format: str
    write: Callable[[Sequence[Mail], Path], list[Path]]
    hops: Callable[[Sequence[Mail]], Iterator[Hop]]
    directions: frozenset[str] = frozenset({"inbound", "outbound"})
