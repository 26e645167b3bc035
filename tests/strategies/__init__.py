"""Random workspaces and models: as hypothesis strategies that shrink, and from a seed for thousands of fast cases.

    @given(cases())                       # (tables, model, as_of)
    for seed in range(1000): tables, model, as_of = random_workspace(seed)

Tables and models are raw: rows are dicts of Python values, models are what YAML would give. Every model is valid; the
tables are dirty on purpose. accounts is always given, and contacts with events, or intent.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import strategies as st

from tests.strategies.draws import HypothesisDraw, RandomDraw
from tests.strategies.models import build_model
from tests.strategies.tables import Tables, build_tables

Model = dict[str, Any]

AS_OF = date(2026, 7, 1)
DAYS = (AS_OF, date(2024, 2, 29), date(2025, 12, 31), date(2026, 1, 1))


def random_workspace(seed: int) -> tuple[Tables, Model, date]:
    """Tables, model and as_of; the same for the same seed."""
    draw = RandomDraw(seed)
    as_of = draw.choice(DAYS)
    model = build_model(draw, as_of)
    return build_tables(draw, as_of), model, as_of


@st.composite
def models(draw: st.DrawFn, as_of: date = AS_OF) -> Model:
    """Valid raw models over the whole vocabulary."""
    return build_model(HypothesisDraw(draw), as_of)


@st.composite
def workspaces(draw: st.DrawFn, as_of: date = AS_OF, events: int = 24) -> Tables:
    """Tables as of the day; fewer events than random_workspace makes, for hypothesis pays by the draw."""
    return build_tables(HypothesisDraw(draw), as_of, events)


@st.composite
def cases(draw: st.DrawFn, events: int = 24) -> tuple[Tables, Model, date]:
    """Tables, model and as_of together."""
    as_of = draw(st.sampled_from(DAYS))
    return draw(workspaces(as_of, events)), draw(models(as_of)), as_of


__all__ = ["AS_OF", "DAYS", "cases", "models", "random_workspace", "workspaces"]
