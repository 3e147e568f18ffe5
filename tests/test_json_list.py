"""Long JSON that wraps its list, or is object after object over many lines, is read object by object."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.mail_logs import in_order, utc, world_of
from tests.support.traces import House
from tui.errors import UnreadableError
from tui.intake import json_list
from tui.intake.json_list import needs_listing, write_list

pytestmark = pytest.mark.share(0.25)

TEXT = st.text(alphabet='a"\\[]{}:, \nä', max_size=8)
VALUE = st.recursive(st.none() | st.booleans() | st.integers() | TEXT, lambda one: st.lists(one, max_size=3) | st.dictionaries(TEXT, one))
ITEM = st.dictionaries(TEXT, VALUE, max_size=3)
PAGE = st.tuples(st.dictionaries(st.sampled_from(["meta", "next", "data "]), VALUE), st.none() | st.lists(ITEM, max_size=4))


@given(pages=st.lists(PAGE, max_size=4), indent=st.none() | st.integers(0, 2), chunk=st.integers(1, 40), is_first=st.booleans())
def test_every_item_is_written(
    pages: list[tuple[dict[str, Any], list[dict[str, Any]] | None]], indent: int | None, chunk: int, is_first: bool,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:  # fmt: skip
    source, target = (tmp_path_factory.mktemp("list") / name for name in ("source", "target"))
    expected: list[object] = []
    texts: list[str] = []
    for around, items in pages:
        data = {} if items is None else {"data": items}
        page = {**data, **around} if is_first else {**around, **data}
        expected += [page] if items is None else items
        texts.append(json.dumps(page, indent=indent, ensure_ascii=False))
    source.write_text("\n".join(texts), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_list, "CHUNK", chunk)
        write_list(source, "data", target)
    assert json.loads(target.read_bytes()) == expected


@pytest.mark.share(2)
@pytest.mark.parametrize("name", ["mimecast", "hornetsecurity", "trend_micro", "google_bigquery", "exo_trace_detail", "amazon_ses"])
def test_long_json_gives_the_same_as_short_json(
    name: str, house: House, other: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [path for path in world_of(name, tmp_path, 200)[1] if path.suffix == ".json"]
    house.load(*files, config=utc(house.config))
    monkeypatch.setattr(json_list, "MAX_OBJECT_BYTES", 20_000)
    assert name == "amazon_ses" or any(needs_listing(path) for path in files)
    assert other.load(*files, config=utc(other.config)).problems == []
    assert in_order(other) == in_order(house)


CUT = ('{"data": [{"a": 1}, {"b": ', '{"data": [{"a": 1}', '{"data": [{"a": 1}], "next": {"c', '[{"a": 1}, {"b": "x')


@pytest.mark.parametrize("text", CUT)
def test_what_ends_too_early_is_no_whole_array(text: str, tmp_path: Path) -> None:
    (tmp_path / "source").write_text(text)
    write_list(tmp_path / "source", "data", tmp_path / "target")
    with pytest.raises(json.JSONDecodeError):
        json.loads((tmp_path / "target").read_bytes())


def test_an_object_that_is_longer_than_any_message_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_list, "MAX_OBJECT_BYTES", 20)
    (tmp_path / "source").write_text(json.dumps({"mails": [{"a": 1}] * 20}, indent=1))
    with pytest.raises(UnreadableError, match="longer than"):
        write_list(tmp_path / "source", "data", tmp_path / "target")
