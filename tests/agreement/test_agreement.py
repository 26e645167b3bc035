"""`abm` gives what the oracle gives, cell by cell, on random workspaces and models of any shape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests.agreement.compare import differences
from tests.strategies import cases, random_workspace

if TYPE_CHECKING:
    from datetime import date

FEW, MANY = 8, 110
"""How many seeded workspaces are tried by default, and how many more when slow tests run."""

SHOWN = 12

_SETTINGS = settings(
    derandomize=True,
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def agree(tables: dict[str, list[dict[str, Any]]], model: dict[str, Any], as_of: date, name: str) -> None:
    """Fail with the first differences, if there are any."""
    lines = differences(tables, model, as_of)
    if lines:
        more = [f"... and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
        pytest.fail("\n".join([f"{name}: {len(lines)} differences", *lines[:SHOWN], *more]), pytrace=False)


@pytest.mark.parametrize("seed", range(FEW))
def test_seeded_workspaces(seed: int) -> None:
    agree(*random_workspace(seed), f"random_workspace({seed})")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(FEW, FEW + MANY))
def test_many_seeded_workspaces(seed: int) -> None:
    agree(*random_workspace(seed), f"random_workspace({seed})")


@given(cases())
@settings(_SETTINGS, max_examples=5)
def test_any_workspace(case: tuple[dict[str, list[dict[str, Any]]], dict[str, Any], date]) -> None:
    agree(*case, "this example")


@pytest.mark.slow
@given(cases(events=40))
@settings(_SETTINGS, max_examples=30)
def test_many_any_workspaces(case: tuple[dict[str, list[dict[str, Any]]], dict[str, Any], date]) -> None:
    agree(*case, "this example")
