"""A sales pipeline whose accounts name their parents in words: families by name, under ids of our own."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

import abm
from abm.model import model_from

DATA = Path(__file__).parents[3] / "shared" / "data" / "maven_crm"
DAY = date(2017, 12, 31)


@pytest.fixture(scope="module")
def tables():
    if not DATA.is_dir():
        pytest.skip("the maven_crm tables are not there")
    accounts = pl.read_csv(DATA / "accounts.csv").with_row_index("n")
    ids = accounts.select(pl.format("M{}", "n").alias("account_id"), pl.col("account").alias("name"), "subsidiary_of")
    deals = pl.read_csv(DATA / "sales_pipeline.csv").join(ids, left_on="account", right_on="name", how="left")
    return {
        "accounts": ids.rename({"subsidiary_of": "parent_account_id"}),
        "contacts": pl.DataFrame({"contact_id": ["nobody"]}),
        "events": pl.DataFrame({"contact_id": ["nobody"], "type": ["visit"], "occurred_at": [DAY]}),
        "opportunities": deals.select(
            "opportunity_id",
            "account_id",
            created_on=pl.col("engage_date").str.to_date("%m/%d/%Y", strict=False),
            closed_on=pl.col("close_date").str.to_date("%m/%d/%Y", strict=False),
            is_closed=pl.col("deal_stage").is_in(["Won", "Lost"]),
            is_won=pl.col("deal_stage") == "Won",
        ),
    }, deals


def test_families_are_told_by_name(tables):
    given, deals = tables
    signals = [{"name": "visit", "event": "visit", "points": 1}]
    model = model_from({"name": "families", "version": 1, "family": "rollup", "signals": signals})
    result = abm.score(given, model, as_of=DAY)

    accounts = given["accounts"].with_columns(top=pl.coalesce("parent_account_id", "name"))
    won = deals.filter(pl.col("deal_stage") == "Won").join(accounts.select("account_id", "top"), on="account_id")
    expected = dict(won.group_by("top").len().iter_rows())
    names = dict(given["accounts"].select("account_id", "name").iter_rows())
    families = result.polars["families"]
    told = {names[key]: count for key, count in families.select("account_id", "won_opportunities").rows()}
    assert told == {name: expected.get(name, 0) for name in accounts["top"].unique()}

    acme = accounts.filter(top="Acme Corporation")
    assert acme.height == 5
    assert won.filter(top="Acme Corporation")["close_value"].sum() == 519_349
    (found,) = [each for each in result.findings if each.code == "parent_by_name"]
    assert found.count == given["accounts"]["parent_account_id"].count() == 15


def test_a_subsidiary_stands_beside_its_parent_in_the_graph(tables):
    given, _ = tables
    signals = [{"name": "visit", "event": "visit", "points": 1}]
    result = abm.score(given, model_from({"name": "graph", "version": 1, "signals": signals}), as_of=DAY)
    ids = dict(given["accounts"].select("name", "account_id").iter_rows())
    (child, *_) = given["accounts"].filter(parent_account_id="Acme Corporation")["account_id"].to_list()
    graph = abm.account_graph(result, child)
    assert graph.has_edge(("account", child), ("account", ids["Acme Corporation"]), key="parent")
