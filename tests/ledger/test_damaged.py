"""A file of the ledger that is damaged or lost is named, with what to do; nothing else is blamed for it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from abm.errors import LedgerError
from abm.ledger.ledger import Ledger
from tests.ledger.same import FIRST, one_event

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ROWS = "\n".join(f"E{at},C000{at % 9},demo,2026-0{1 + at % 5}-1{at % 7},," for at in range(40))


@pytest.fixture
def files(quiet: Path) -> list[Path]:
    """The ledger's files, of two deliveries with an event in both."""
    one_event(quiet, "a.csv", FIRST)
    one_event(quiet, "b.csv", f"{FIRST}\n{ROWS}")
    Ledger.kept(quiet)
    folder = quiet / "ledger"
    assert len(json.loads((folder / "ledger.json").read_text())["deliveries"]) == 2
    return sorted(folder.glob("*.parquet"))


def ask_everything(crm: Path) -> None:
    ledger = Ledger.kept(crm)
    ledger.days()
    ledger.newest_day()
    ledger.sizes()
    ledger.score()
    one_event(crm, "c.csv", ROWS.replace("E", "F", 1))
    Ledger.kept(crm).score()


def cut(whole: bytes) -> bytes:
    return whole[: len(whole) // 2]


def holed(whole: bytes) -> bytes:
    return whole[:4] + bytes(60) + whole[64:]


@pytest.mark.slow
@pytest.mark.parametrize("damage", [cut, holed])
def test_a_file_that_cannot_be_read_is_named(quiet: Path, files: list[Path], damage: Callable[[bytes], bytes]) -> None:
    for file in files:
        whole = file.read_bytes()
        file.write_bytes(damage(whole))
        with pytest.raises(LedgerError, match=rf"{re.escape(file.name)}: cannot be read; .* Remove the folder"):
            ask_everything(quiet)
        file.write_bytes(whole)
    ask_everything(quiet)


def test_a_file_that_is_lost_between_opening_and_scoring(quiet: Path, files: list[Path]) -> None:
    ledger = Ledger.kept(quiet)
    for file in files:
        file.unlink()
    with pytest.raises(LedgerError, match="Remove the folder"):
        ledger.score()
