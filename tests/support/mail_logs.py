"""Small logs of mail servers, loaded and asked for their hops; and worlds of them, compared with the truth."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import Any, cast

from sample_data.generator import World, build_world, write_world
from sample_data.generator.hops import Hop
from tests.support.traces import House
from tui.config import Config

MESSAGES = 1_000
FIRST, LAST = date(2026, 11, 2), date(2026, 11, 15)
WRITTEN = datetime(2026, 11, 12, 23, 0, tzinfo=UTC)
HOP_COLUMNS = (
    "time_utc", "direction", "tls", "status", "peer_host", "peer_ip", "helo", "sender", "recipients", "message_id",
    "size_bytes",
)  # fmt: skip


def utc(config: Config) -> Config:
    """Return a config in which stamps without a zone are of UTC."""
    return replace(config, log_zone="UTC")


def write_log(path: Path, text: str | Sequence[str], written: datetime = WRITTEN) -> Path:
    """Write a log whose date is `written`; blank lines at its ends and the margins are left out."""
    lines = text.strip("\n").splitlines() if isinstance(text, str) else list(text)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line.strip()}\n" for line in lines), encoding="utf-8")
    os.utime(path, (written.timestamp(), written.timestamp()))
    return path


def result(house: House, text: str | Sequence[str], columns: Sequence[str]) -> list[dict[str, Any]]:
    """Return columns of the hops that a log tells, in time order."""
    house.load(write_log(house.folder / "log", text), config=utc(house.config))
    picked = ", ".join(
        f"CAST({name} AS VARCHAR) AS {name}" if name in ("direction", "tls", "status", "time_utc") else name for name in columns
    )
    return [dict(zip(columns, row, strict=True)) for row in house.message(picked)]


def check(house: House, text: str, *expected: Mapping[str, object]) -> None:
    """Check that a log tells these hops and no other; each names the columns that matter to it."""
    columns = list(dict.fromkeys(name for row in expected for name in row)) or ["direction"]
    found = result(house, text, columns)
    assert [{name: row[name] for name in wanted} for row, wanted in zip(found, expected, strict=False)] == [dict(row) for row in expected]
    assert len(found) == len(expected), found


def world_of(name: str, folder: Path, messages: int = MESSAGES, seed: int = 4711) -> tuple[World, list[Path]]:
    """Return a world of one format and its files."""
    world = build_world(messages, seed, formats={name})
    return world, write_world(world, folder, plain=True)


def rows_of(house: House) -> list[tuple[Any, ...]]:
    """Return every hop in the trace file, without where it stands."""
    columns = ", ".join(f"CAST({name} AS VARCHAR)" for name in (*HOP_COLUMNS, "session_id", "tls_raw", "cipher", "verified", "auth_user"))
    return sorted(house.ask(f"SELECT {columns} FROM trace.message"), key=str)


def in_order(house: House) -> list[tuple[Any, ...]]:
    """Return the hops with their recipients sorted, which stand in the order of rows, and without the id of one row of several."""
    place, of_row = HOP_COLUMNS.index("recipients"), len(HOP_COLUMNS)
    rows = [[*row[:of_row], *row[of_row + 1 :], sorted((row[place] or "[]")[1:-1].split(", "))] for row in rows_of(house)]
    return sorted((tuple(row[:place] + row[place + 1 :]) for row in rows), key=str)


def hop_rows(hops: Sequence[Hop], columns: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the true hops as sorted rows of text."""
    return sorted(tuple(_text(getattr(hop, name)) for name in columns) for hop in hops)


def recorded_rows(house: House, columns: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the hops of a trace file as sorted rows of text."""
    names = ", ".join(f"CAST({name} AS VARCHAR)" if name in ("direction", "tls", "status") else name for name in columns)
    return sorted(tuple(_text(value) for value in row) for row in house.ask(f"SELECT {names} FROM trace.message"))


def _text(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ",".join(sorted(str(item) for item in cast("Sequence[object]", value)))
    return f"{value:%Y-%m-%d %H:%M:%S.%f}" if isinstance(value, datetime) else str(value)


def cut(path: Path, folder: Path, at: float) -> list[Path]:
    """Cut a log in two behind this share of its lines; the older part gets the later name."""
    lines = path.read_text(encoding="utf-8").splitlines()
    border = round(len(lines) * at)
    written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return [
        write_log(folder / f"{path.name}.{name}", part, written) for name, part in (("2", lines[:border]), ("1", lines[border:])) if part
    ]


def check_any_way(house: House, other: House, files: Sequence[Path], seed: int) -> None:
    """Check that files loaded at once tell what they tell cut in two, mixed and loaded in several loads, and once more on top."""
    rng = Random(seed)
    house.load(*files, config=utc(house.config))
    parts = [part for number, path in enumerate(files) for part in _parts(path, other.folder / f"part{number}", rng)]
    rng.shuffle(parts)
    some = max(1, len(parts) // 3)
    for at in range(0, len(parts), some):
        other.load(*parts[at : at + some], config=utc(other.config))
    assert rows_of(other) == rows_of(house)
    other.load(*files, config=utc(other.config))
    assert rows_of(other) == rows_of(house)


def _parts(path: Path, folder: Path, rng: Random) -> list[Path]:
    return [path] if path.suffix == ".gz" else cut(path, folder, rng.uniform(0.05, 0.95))
