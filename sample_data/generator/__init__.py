"""A seeded generator of synthetic mail trace files together with their true counts.

    world = build_world(5_000, seed=7, formats={"exchange_smtp_receive"})
    write_world(world, folder)
    expected = boolean_of(world)

Tests compare what the program says about the files with `expected`, never with the program's own output.
"""

from sample_data.generator.big_log import BigLog, write_big_receive_log
from sample_data.generator.hops import ALL_FORMATS, Hop
from sample_data.generator.truth import boolean_of, estimate_counts
from sample_data.generator.world import DEFAULT_LAST, World, build_world, write_world

__all__ = [
    "ALL_FORMATS",
    "DEFAULT_LAST",
    "BigLog",
    "Hop",
    "World",
    "boolean_of",
    "build_world",
    "estimate_counts",
    "write_big_receive_log",
    "write_world",
]
