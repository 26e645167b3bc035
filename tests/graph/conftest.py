from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import abm

if TYPE_CHECKING:
    import polars as pl


@pytest.fixture(scope="session")
def demo_tables() -> dict[str, pl.DataFrame]:
    """The demo's tables as frames."""
    tables = abm.load_workspace(abm.demo_folder()).tables
    return {name: table.frame.drop("_row").collect() for name, table in tables.items()}


@pytest.fixture(scope="session")
def demo():
    """The demo, scored."""
    return abm.score(abm.load_workspace(abm.demo_folder()))
