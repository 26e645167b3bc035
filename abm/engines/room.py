"""Room: how much memory a run may take, and where it puts aside what does not fit."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ByteSize, TypeAdapter, ValidationError

from abm.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

LEAST = 1_000_000_000
"""Less than this does not hold the program, its libraries and what is distinct in the tables."""

_ALWAYS = 450_000_000
_PER_ROW = {"events": 130, "contacts": 1_200, "accounts": 1_500, "intent": 60, "opportunities": 300}
_ELSE = 100
_PER_ROW_IN_PARTS = {"contacts": 400, "accounts": 500, "subjects": 150}
"""Bytes in memory, as measured from one to a hundred million events (`tests/benchmarks`)."""

_SHARE = 0.75
"""Of a machine's memory: the rest is for the system, and for what else runs."""

_GROUP = Path("/sys/fs/cgroup/memory.max")
"""Where Linux says how much of the machine's memory a container has."""


@dataclass(frozen=True)
class Room:
    """What a run may take.

    Attributes:
        memory: bytes of memory.
        folder: where files may lie for as long as the run lasts.
    """

    memory: int
    folder: Path


_MOST = 1 << 60
"""More than any machine has, and as much as every engine can count."""


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
    return min(size, _MOST)


def needed(rows: Mapping[str, int]) -> int:
    """About how many bytes it takes to score tables of so many rows in memory.

    >>> needed({"events": 20_000_000, "contacts": 2_000_000, "accounts": 200_000, "intent": 3_600_000})
    5966000000
    """
    return _ALWAYS + sum(_PER_ROW.get(name, _ELSE) * count for name, count in rows.items())


def needed_in_parts(rows: Mapping[str, int]) -> int:
    """About how many bytes it takes all the same where everything else is put aside: what is joined with everybody.

    >>> needed_in_parts({"events": 20_000_000, "contacts": 2_000_000, "accounts": 200_000})
    1350000000
    """
    return _ALWAYS + sum(_PER_ROW_IN_PARTS.get(name, 0) * count for name, count in rows.items())


def usable() -> int | None:
    """Most of the memory of this machine, or of the container; None where the system does not tell."""
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None
    with suppress(OSError, ValueError):  # no container, or one without a limit ("max")
        memory = min(memory, int(_GROUP.read_text()))
    return int(memory * _SHARE)
