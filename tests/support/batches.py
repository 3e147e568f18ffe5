"""Many small logs of one format, each a file of its own, loaded at once: a load costs the same for one file as for fifty."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from tests.support.engines import EnginePool
from tests.support.mail_logs import utc, write_log
from tests.support.traces import House
from tui.config import Config


class Batch:
    """The hops of each log. Logs are kept apart by ids and servers of their own, which are taken back in what is returned.

    `apart` are the words that are written differently in each log, with a place for its number.
    """

    def __init__(self, engines: EnginePool, folder: Path, texts: Iterable[str], apart: Mapping[str, str]) -> None:
        self._numbers = {text: number for number, text in enumerate(dict.fromkeys(texts), 10)}
        self._apart = apart
        paths = {
            str(write_log(folder / f"{number}" / "log", self._written(text, number))): number for text, number in self._numbers.items()
        }
        with engines.lent() as engine:
            house = House(engine, folder, Config(engine=engines.config))
            loaded = house.load(*map(Path, paths), config=utc(house.config))
            assert loaded.problems == []
            numbers = {source_id: paths[path] for source_id, path in house.ask("SELECT source_id, path FROM trace.source")}
            names = [name for name, *_ in house.ask("DESCRIBE trace.message")]
            picked = ", ".join(f"CAST({name} AS VARCHAR)" if name in ("direction", "tls", "status", "time_utc") else name for name in names)
            self._hops: dict[int, list[dict[str, Any]]] = {}
            for row in house.message(picked):
                hop = dict(zip(names, row, strict=True))
                number = numbers[hop["source_id"]]
                self._hops.setdefault(number, []).append({name: self._read(value, number) for name, value in hop.items()})
            self._rejects = {numbers[source_id] for (source_id,) in house.ask("SELECT source_id FROM trace.reject")}

    def check(self, text: str, *expected: Mapping[str, object]) -> None:
        """Check that a log has these hops and no other; each names the columns that matter to it."""
        found = self._hops.get(self._numbers[text], [])
        assert [{name: row[name] for name in wanted} for row, wanted in zip(found, expected, strict=False)] == [
            dict(row) for row in expected
        ]
        assert len(found) == len(expected), found

    def has_rejects(self, text: str) -> bool:
        """Return whether a line of a log was rejected."""
        return self._numbers[text] in self._rejects

    def _written(self, text: str, number: int) -> str:
        for word, pattern in self._apart.items():
            text = text.replace(word, pattern.format(number))
        return text

    def _read(self, value: object, number: int) -> object:
        if isinstance(value, list):
            return [self._read(one, number) for one in cast("list[object]", value)]
        if isinstance(value, str):
            for word, pattern in self._apart.items():
                value = value.replace(pattern.format(number).strip(), word.strip())
        return value


def texts_of(*cases: Sequence[Any]) -> list[str]:
    """Return the first value of each parameter set."""
    return [str(case.values[0]) for several in cases for case in several]
