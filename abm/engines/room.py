"""Room: how much memory a run may take, and where it puts aside what does not fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import ByteSize, TypeAdapter, ValidationError

from abm.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

LEAST = 1_000_000_000
"""Less than this does not hold the program, its libraries and what is distinct in the tables."""

_ALWAYS = 450_000_000
_PER_ROW = {"events": 130, "contacts": 1_200, "accounts": 1_500, "intent": 60, "opportunities": 300}
_ELSE = 100
"""Bytes in memory, as measured from one to twenty million events (`tests/benchmarks`)."""


@dataclass(frozen=True)
class Room:
    """What a run may take.

    Attributes:
        memory: bytes of memory.
        folder: where files may lie for as long as the run lasts.
    """

    memory: int
    folder: Path


def memory_of(text: str) -> int:
    """Read an amount of memory.

    Raises:
        InputError: it is none, or too little to work with.

    >>> memory_of("4GB"), memory_of("1.5 GiB")
    (4000000000, 1610612736)
    """
    try:
        size = int(TypeAdapter(ByteSize).validate_python(text))
    except ValidationError:
        raise InputError(f"'{text}' is no amount of memory. Expected one such as 4GB or 1500MB.") from None
    if size < LEAST:
        raise InputError(f"{text} of memory are too little to score with. Allow 1GB or more.")
    return size


def needed(rows: Mapping[str, int]) -> int:
    """About how many bytes it takes to score tables of so many rows in memory.

    >>> needed({"events": 20_000_000, "contacts": 2_000_000, "accounts": 200_000, "intent": 3_600_000})
    5966000000
    """
    return _ALWAYS + sum(_PER_ROW.get(name, _ELSE) * count for name, count in rows.items())
