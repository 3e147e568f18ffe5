"""Finding rows in a list by a piece of text, and putting them in another order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from tui.view.table import Column, Sort

_Row = TypeVar("_Row")


@dataclass(frozen=True)
class Find:
    """The text typed after `/`, or after `!` with `without`; an empty text matches every row."""

    text: str = ""
    without: bool = False

    def matches(self, text: str) -> bool:
        """Return whether a row with this text stays in the list, upper and lower case being the same."""
        return not self.text or (self.text.lower() in text.lower()) != self.without

    @property
    def words(self) -> str:
        """The filter as the footer shows it; empty without one."""
        return f"{'without' if self.without else 'with'} “{self.text}”" if self.text else ""


def found(rows: Iterable[_Row], find: Find, text_of: Callable[[_Row], str]) -> list[_Row]:
    """Return the rows that stay."""
    return [row for row in rows if find.matches(text_of(row))]


def ordered(rows: Iterable[_Row], sort: Sort | None, value_of: Callable[[_Row, str], Any]) -> list[_Row]:
    """Return the rows in the order of a column, those without a value at the end; equal ones stay as they were."""
    if sort is None:
        return list(rows)
    valued = [(value_of(row, sort.key), row) for row in rows]
    here = [pair for pair in valued if pair[0] is not None]
    here.sort(key=lambda pair: pair[0], reverse=sort.descending)
    return [row for _, row in here] + [row for value, row in valued if value is None]


def next_sort(sort: Sort | None, columns: Sequence[Column], key: str) -> Sort | None:
    """Return the order after `o` on a column: numbers largest first, text from A; a second time reverses it."""
    column = next((column for column in columns if column.key == key and column.sortable), None)
    if column is None:
        return sort
    if sort is not None and sort.key == key:
        return Sort(key, descending=not sort.descending)
    return Sort(key, descending=column.align == "right")


def without_hidden(columns: Sequence[Column], hidden: Iterable[str]) -> list[Column]:
    """Return the columns that are shown; the one that names the row always is."""
    away = set(hidden) - {"name", "path", "time"}
    return [column for column in columns if column.key not in away]
