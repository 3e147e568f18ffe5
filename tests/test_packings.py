"""One log, packed in each way there is, is the same content: read, counted, and known again."""

from __future__ import annotations

import bz2
import gzip
import lzma
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.traces import House, mail, opening, talk, write_log

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PACKED: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": zstd.compress,
}


def a_log(house: House) -> Path:
    script = mail("x@a.example", "y@example.com")
    return write_log(house.folder / "RECV.LOG", "receive", talk("receive", opening("SP_PROT_TLS1_2_SERVER"), script))


@pytest.mark.parametrize("packing", PACKED)
@pytest.mark.parametrize("name", ["r.log.{}", "wrong.txt"])
def test_a_packed_log_is_read_by_its_first_bytes_whatever_its_name(house: House, packing: str, name: str) -> None:
    log = a_log(house)
    packed = house.folder / name.format(packing)
    packed.write_bytes(PACKED[packing](log.read_bytes()))
    loaded = house.load(packed)
    assert (loaded.sources, loaded.messages, loaded.problems) == (1, 1, [])
    again = house.load(log)
    assert (again.sources, len(again.known)) == (0, 1)  # the content is known, however it is packed


@pytest.mark.parametrize("packing", PACKED)
def test_a_cut_file_is_one_clear_line_and_stops_no_other(house: House, packing: str) -> None:
    log = a_log(house)
    cut = house.folder / f"cut.{packing}"
    cut.write_bytes(PACKED[packing](log.read_bytes() * 50)[:-20])
    loaded = house.load(cut, log)
    assert (loaded.sources, loaded.messages) == (1, 1)
    assert [str(problem).partition(" (")[0] for problem in loaded.problems] == [f"{cut}: is a damaged or cut {packing} file"]


@pytest.mark.parametrize("packing", PACKED)
def test_several_streams_in_one_file_are_one_content(house: House, packing: str) -> None:
    text = a_log(house).read_bytes()
    half = text.index(b"\n", len(text) // 2) + 1
    packed = house.folder / f"two.{packing}"
    packed.write_bytes(PACKED[packing](text[:half]) + PACKED[packing](text[half:]))
    assert house.load(packed).messages == 1
