"""The glossary: a line each, in order, with the words that models and results use."""

from __future__ import annotations

import re

import pytest

from abm.cli.docs import page_text
from abm.model.accounts import AccountScore
from abm.scoring.leads import DISQUALIFIED, MQL, NURTURE

ENTRY = re.compile(r"^\*\*(?P<term>[^*]+)\*\*: (?P<meaning>.+)$")
ENTRIES = [ENTRY.match(line) for line in page_text("glossary").splitlines()[5:] if line]
TERMS = {entry["term"]: entry["meaning"] for entry in ENTRIES if entry}
NAMES = {name.split(" (")[0].lower() for name in TERMS}


def test_every_entry_is_one_line() -> None:
    assert all(ENTRIES)
    assert len(TERMS) == len(ENTRIES)
    assert [term for term, meaning in TERMS.items() if not meaning.endswith(".") or len(meaning) > 120] == []


def test_entries_are_in_order() -> None:
    assert list(TERMS) == sorted(TERMS, key=str.lower)


@pytest.mark.parametrize("term", sorted(TERMS))
def test_see_leads_to_an_entry(term: str) -> None:
    assert {name.lower() for name in re.findall(r"see \*([^*]+)\*", TERMS[term])} <= NAMES


@pytest.mark.parametrize(
    "word",
    [
        *("account", "buying group", "role", "seat", "coverage", "completeness", "mql", "mqa", "hand-raiser", "signal"),
        *("half-life", "cap", "intent", "spike", "segment", "tier", "stage", "as_of", "contribution", "ledger"),
        *(
            "points",
            "score",
            "contact",
            "lead",
            "event",
            "cell",
            "threshold",
            "trigger",
            "engaged",
            "workspace",
            "model",
        ),
        *(DISQUALIFIED, MQL, NURTURE),
        *AccountScore().weights,
    ],
)
def test_words_of_models_and_results_are_there(word: str) -> None:
    assert word in NAMES
