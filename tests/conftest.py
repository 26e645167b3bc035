"""What holds for all tests."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from abm.scoring.score import score
from tests.scored_once import scored_once, scoring_by

if TYPE_CHECKING:
    from collections.abc import Iterator

# Programs that tests start keep what they compile, as Python does by default: where it is told not to, compiling this
# package would be a fifth of what each of them takes.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# A slow machine is no fault.
settings.register_profile("abm", deadline=None)
settings.load_profile("abm")


@pytest.fixture(autouse=True, scope="session")
def _scored_once() -> Iterator[None]:
    with scoring_by(scored_once):
        yield


@pytest.fixture
def scored_anew() -> Iterator[None]:
    """For tests of what happens while the command line scores, or of scoring twice."""
    with scoring_by(score):
        yield
