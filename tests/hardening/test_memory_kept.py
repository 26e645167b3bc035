"""The program lets Polars' allocator keep free memory, unless somebody says otherwise; the library leaves it alone."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

ASKED = "_RJEM_MALLOC_CONF"
SHOWN = f"import os; print(os.environ.get({ASKED!r}))"


def _said(code: str, **given: str) -> str:
    environment = {**{name: value for name, value in os.environ.items() if name != ASKED}, **given}
    told = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True, text=True)
    return told.stdout.splitlines()[-1]


PROGRAM = f"import atexit, sys; atexit.register(lambda: exec({SHOWN!r})); sys.argv = ['abm', '--version']"
PROGRAM += "; from abm.__main__ import main; main()"


def test_the_program_has_free_memory_kept() -> None:
    assert "dirty_decay_ms:20000" in _said(PROGRAM)


@pytest.mark.parametrize("given", ["dirty_decay_ms:0", ""])
def test_what_somebody_asks_of_the_allocator_stays(given: str) -> None:
    assert _said(PROGRAM, **{ASKED: given}) == given


def test_the_library_asks_nothing_of_the_allocator() -> None:
    assert _said(f"import abm; abm.load_model; {SHOWN}") == "None"
