"""Where a model rolls families up, an account's explanation says how its family stands."""

import polars as pl

import abm
from abm.model import model_from
from abm.output.explanation import explanation_lines
from abm.output.screen import Screen


def result():
    frames = {
        "accounts": pl.DataFrame(
            {
                "account_id": ["a", "b"],
                "name": ["Acme Holding", "Acme Tools"],
                "parent_account_id": [None, "acme holding"],
            }
        ),
        "contacts": pl.DataFrame({"contact_id": ["p"], "account_id": ["b"], "buying_role": ["champion"]}),
        "events": pl.DataFrame({"contact_id": ["p"], "type": ["demo"], "occurred_at": ["2026-06-30"]}),
    }
    group = {"name": "core", "roles": {"champion": {"weight": 1}}}
    model = {
        "name": "m",
        "version": 1,
        "buying_groups": [group],
        "signals": [{"name": "d", "event": "demo", "points": 40}],
    }
    return {
        family: abm.score(frames, model_from({**model, "family": family}), as_of="2026-06-30")
        for family in ("none", "rollup")
    }


def test_the_family_is_told_only_where_it_is_scored():
    results = result()
    row = results["rollup"].families.row(0, named=True)
    told = abm.explain(results["rollup"], "b").facts
    assert told["family"] == "Acme Holding"
    assert told["family_id"] == row["account_id"] == "a"
    assert told["family_score"] == row["score"]
    assert (told["family_rank"], told["family_spread"]) == (1, 1)
    assert "family" not in abm.explain(results["none"], "b").facts
    text = "\n".join(line.plain for line in explanation_lines(abm.explain(results["rollup"], "b"), Screen(300), "crm"))
    assert f"family of Acme Holding: {int(row['score'] * 10) / 10} points, rank 1 of the families" in text
