"""Thousands of broken inputs: each ends with a result or with one message, soon, and in little memory."""

from __future__ import annotations

import pytest

from tests.hardening.fuzz import MOST_BYTES, MOST_SECONDS, fuzz


@pytest.mark.parametrize(
    ("inputs", "seed"), [(120, 1), pytest.param(1500, 2, marks=pytest.mark.slow)], ids=["short", "longer"]
)
def test_no_input_hurts(inputs: int, seed: int) -> None:
    outcome = fuzz(inputs, seed, workers=1 if inputs < 1000 else 2)
    assert outcome.bugs == {}, outcome.said()
    assert sum(outcome.counts.values()) == inputs
    assert outcome.slowest[0] <= MOST_SECONDS
    assert outcome.largest <= MOST_BYTES


def test_what_hurts_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ABM_FUZZ_SELF_TEST", "1")
    outcome = fuzz(3, 1, workers=1)
    assert [bug.splitlines()[0] for _, bug in sorted(outcome.bugs.items())] == [
        "BUG",
        "the process ended (exit code 7)",
        "BUG said by a library:",
    ]
