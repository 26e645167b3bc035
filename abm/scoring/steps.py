"""Adding columns to a step when there may be none to add."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    import narwhals as nw

    from abm.engines.base import Step


def extended(step: Step, columns: Iterable[nw.Expr]) -> Step:
    """Add columns; Narwhals refuses an empty list, and a model may well have no rules."""
    added = list(columns)
    return step.with_columns(*added) if added else step
