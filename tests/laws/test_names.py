"""A column of the user may have any name: it changes nothing, and conditions read it unless a result is called so."""

from __future__ import annotations

import polars as pl
import pytest

import abm
from abm.errors import ModelError
from abm.model import model_from
from abm.scoring.columns import TABLES
from tests.agreement.compare import frames
from tests.strategies import random_workspace

AWKWARD = (
    *(
        "a",
        "c",
        "g",
        "x",
        "r_0",
        "x_0",
        "who",
        "age",
        "n",
        "key",
        "row",
        "sample",
        "extra",
        "mail",
        "host",
        "a_id",
        "a_host",
    ),
    *(
        "score",
        "rank",
        "status",
        "stage",
        "segment_",
        "is_mqa",
        "points",
        "points:score",
        "account:name",
        "contact:title",
    ),
    *(
        "signal",
        "threshold",
        "count_",
        "first_group",
        "applies_0",
        "mask_0",
        "Company.Name",
        "with space",
        "Größe",
        "heat",
    ),
    *(
        "place",
        "home",
        "spike",
        "strength",
        "decay",
        "turn",
        "fit",
        "leads",
        "intent",
        "coverage",
        "engagement",
        "level",
    ),
)


@pytest.mark.parametrize("seed", [3, pytest.param(11, marks=pytest.mark.slow)])
def test_extra_columns_change_nothing(seed: int) -> None:
    tables, raw, as_of = random_workspace(seed)
    given = frames(tables)
    plain = abm.score(given, model_from(raw), as_of=as_of)
    extra = {
        name: frame.with_columns(pl.lit("x").alias(column) for column in AWKWARD if column not in frame.columns)
        for name, frame in given.items()
    }
    crowded = abm.score(extra, model_from(raw), as_of=as_of)
    for name in (*(TABLES.keys() - {"families"}), "contributions"):
        assert getattr(crowded, name).equals(getattr(plain, name)), name


def test_a_result_wins_over_a_column_of_the_same_name() -> None:
    facts = {
        "accounts": pl.DataFrame({"account_id": ["A"], "fit": ["mine"], "age": ["old"]}),
        "intent": pl.DataFrame({"account_id": ["A"], "topic": ["crm"], "observed_on": ["2026-06-29"], "score": [90]}),
    }
    model = {"name": "clash", "version": 1, "stages": [{"name": "found", "when": "intent > 0 and age = 'old'"}]}
    result = abm.score(facts, model_from(model), as_of="2026-06-30")
    assert result.accounts["stage"].to_list() == ["found"]
    with pytest.raises(ModelError, match="'fit' is a number"):
        abm.score(facts, model_from({**model, "mqa": {"require": "fit = 'mine'"}}), as_of="2026-06-30")


def test_what_is_judged_later_is_refused_and_not_read_from_the_table() -> None:
    facts = {
        "accounts": pl.DataFrame({"account_id": ["A"], "rank": [500]}),
        "intent": pl.DataFrame({"account_id": ["A"], "topic": ["crm"], "observed_on": ["2026-06-29"], "score": [90]}),
    }
    model = model_from({"name": "early", "version": 1, "mqa": {"require": "rank = 500"}})
    with pytest.raises(ModelError, match="'rank' is known only after this has been judged"):
        abm.score(facts, model, as_of="2026-06-30")
    staged = model_from({"name": "late", "version": 1, "stages": [{"name": "first", "when": "rank = 1"}]})
    assert abm.score(facts, staged, as_of="2026-06-30").accounts["stage"].to_list() == ["first"]
