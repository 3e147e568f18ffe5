"""What queries return: one frozen dataclass a result, its fields the columns in order."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Known:
    """A source in the ledger: the hash and the length of its content in bytes."""

    source_id: int
    path: str
    sha256: str
    size_bytes: int
