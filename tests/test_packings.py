"""One log, packed in each way there is, is the same content: read, counted, and known again."""

from __future__ import annotations

import bz2
import gzip
import lzma
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.traces import House, mail, opening, talk, write_log
from tui.intake import unpacking
from tui.intake.raw_lines import session_lines

pytestmark = pytest.mark.share(0.25)

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


@pytest.mark.share(3)
@pytest.mark.parametrize("packing", PACKED)
@pytest.mark.parametrize("name", ["r.log.{}", "wrong.txt"])
def test_a_packed_log_is_read_by_its_first_bytes_whatever_its_name(house: House, packing: str, name: str) -> None:
    log = a_log(house)
    packed = house.folder / name.format(packing)
    packed.write_bytes(PACKED[packing](log.read_bytes()))
    loaded = house.load(packed)
    assert (loaded.sources, loaded.added.messages, loaded.problems) == (1, 1, [])
    again = house.load(log)
    assert (again.sources, len(again.already_loaded)) == (0, 1)  # the content is known, however it is packed


@pytest.mark.parametrize("packing", PACKED)
def test_a_cut_file_is_one_clear_line_and_stops_no_other(house: House, packing: str) -> None:
    log = a_log(house)
    cut = house.folder / f"cut.{packing}"
    cut.write_bytes(PACKED[packing](log.read_bytes() * 50)[:-20])
    loaded = house.load(cut, log)
    assert (loaded.sources, loaded.added.messages) == (1, 1)
    assert [str(problem).partition(" (")[0] for problem in loaded.problems] == [f"{cut}: is a damaged or cut {packing} file"]


@pytest.mark.share(3)
@pytest.mark.parametrize("packing", PACKED)
def test_several_streams_in_one_file_are_one_content(house: House, packing: str) -> None:
    text = a_log(house).read_bytes()
    half = text.index(b"\n", len(text) // 2) + 1
    packed = house.folder / f"two.{packing}"
    packed.write_bytes(PACKED[packing](text[:half]) + PACKED[packing](text[half:]))
    assert house.load(packed).added.messages == 1


@pytest.mark.share(3)
@pytest.mark.parametrize("packing", PACKED)
def test_a_packed_log_in_a_zip_file_is_read(house: House, packing: str) -> None:
    log = a_log(house)
    zipped = house.folder / "mix.zip"
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"logs/inner.{packing}", PACKED[packing](log.read_bytes()))
    loaded = house.load(zipped)
    assert (loaded.sources, loaded.added.messages, loaded.problems) == (1, 1, [])
    ((path, sha256, size_bytes),) = house.ask("SELECT path, sha256, size_bytes FROM trace.source")
    assert path == f"{zipped}!logs/inner.{packing}"
    assert house.load(log).already_loaded == [str(log)]
    found = session_lines(path, sha256, size_bytes, 6, None, house.folder / "unpacked")
    assert (found.problem, [number for number, _ in found.lines]) == (None, [6])


def test_a_bad_member_of_a_zip_file_stops_no_other(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "RATIO_FROM", 1 << 20)
    text, zipped = a_log(house).read_bytes(), house.folder / "mix.zip"
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.gz", gzip.compress(text * 50)[:-20])
        archive.writestr("b.gz", gzip.compress(bytes(4 << 20)))
        archive.writestr("c.gz", gzip.compress(text))
    loaded = house.load(zipped)
    assert (loaded.sources, loaded.added.messages) == (1, 1)
    assert [str(problem).partition(" (")[0] for problem in loaded.problems] == [f"{zipped}!a.gz: is a damaged or cut gz file"]
    assert str(loaded.problems[0]).endswith(" (and 1 more in it)")


def test_what_a_packed_member_unpacks_to_is_bounded(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "RATIO_FROM", 1 << 20)
    zipped = house.folder / "bomb.zip"
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("b.gz", gzip.compress(bytes(4 << 20)))
    assert [str(problem) for problem in house.load(zipped).problems] == [f"{zipped}!b.gz: unpacks to more than 400 times its size; refused"]
