"""`abm rank --by family`: what a parent and its subsidiaries are together."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from pathlib import Path

import openpyxl
import polars as pl
import pytest

import abm as library
from abm.errors import TableError
from tests.cli.running import abm

MAVEN = Path(__file__).resolve().parents[3] / "shared" / "data" / "maven_crm"


@pytest.fixture
def family(workspace: Path) -> Path:
    """A1 has the subsidiaries A2 and A4; A3, an excluded competitor, has none."""
    table = pl.read_csv(workspace / "accounts.csv").with_columns(
        pl.col("account_id").replace_strict({"A2": "A1", "A4": "A2"}, default=None).alias("parent_account_id")
    )
    table.write_csv(workspace / "accounts.csv")
    return workspace


def rolled_up(folder: Path) -> Path:
    model = folder / "model.yaml"
    model.write_text(model.read_text() + "family: rollup\n")
    return folder


def rows(*options: str | Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(abm("rank", "--by", "family", "--format", "csv", *options).stdout)))


def test_each_ultimate_parent_is_a_row_with_its_members(family: Path) -> None:
    found = rows("-w", family, "--all")
    assert [(row["account_id"], row["family_members"], row["family_spread"]) for row in found] == [
        ("A1", "3", "1"),
        ("A3", "1", "1"),
    ]
    # C1, C2 of A1 itself and C3 of A2; A3 is a competitor and has no rank.
    assert [(row["known_contacts"], row["rank"]) for row in found] == [("3", "1"), ("1", "")]
    assert [row["account_id"] for row in rows("-w", family)] == ["A1"]


def test_a_model_that_rolls_up_gives_the_same_ranking_without_a_word(family: Path) -> None:
    without = abm("rank", "--by", "family", "--format", "json", "-w", family)
    assert "family: none; families are scored as with family: rollup" in without.stderr
    given = abm("rank", "--by", "family", "--format", "json", "-w", rolled_up(family))
    assert "family: none" not in given.stderr
    assert without.stdout == given.stdout


def test_the_stamp_is_that_of_the_model_that_was_used(family: Path, tmp_path: Path) -> None:
    def stamped(*options: str | Path) -> str:
        abm("rank", "-w", family, "-o", tmp_path / "ranking.parquet", *options)
        return pl.read_parquet_metadata(tmp_path / "ranking.parquet")["model_hash"]

    accounts, families = stamped(), stamped("--by", "family")
    rolled_up(family)
    assert families == stamped("--by", "family") == stamped()
    assert families != accounts


def test_the_library_ranks_families_and_says_what_is_missing(family: Path) -> None:
    result = library.score(library.load_workspace(family))
    with pytest.raises(TableError, match="family: rollup"):
        library.rank(result, by="family")
    found = library.rank(library.score(library.load_workspace(rolled_up(family))), by="family", excluded=True)
    assert found["account_id"].to_list() == ["A1", "A3"]
    assert found.columns[-2:] == ["family_spread", "family_members"]


@pytest.mark.parametrize(
    ("condition", "ids"),
    [("family_members > 1", ["A1"]), ("country = 'DE' and family_spread = 1", ["A1"]), ("country = 'FR'", [])],
)
def test_where_names_the_columns_of_families_and_of_the_parent(family: Path, condition: str, ids: list[str]) -> None:
    assert [row["account_id"] for row in rows("-w", family, "--where", condition)] == ids


def test_top_and_trend(family: Path) -> None:
    shown = json.loads(
        abm("rank", "--by", "family", "-w", family, "--all", "--trend", "--top", "1", "--format", "json").stdout
    )
    assert len(shown) == 1
    assert {"score_7d", "score_30d"} <= set(shown[0])


def test_a_workbook_has_a_sheet_of_families(family: Path, tmp_path: Path) -> None:
    abm("rank", "--by", "family", "-w", family, "-o", tmp_path / "families.xlsx")
    assert openpyxl.load_workbook(tmp_path / "families.xlsx").sheetnames == ["families", "about"]


def test_the_screen_says_families(family: Path) -> None:
    said = abm("rank", "--by", "family", "-w", family, "--all").stdout
    assert "4 accounts in 2 families: 1 ranked, 1 excluded" in said
    assert "Members: with an engaged person, of all accounts of the family" in said
    assert " 1/3 " in said
    nothing = abm("rank", "--by", "family", "-w", family, "--where", "score > 1000").stdout
    assert "No family where score > 1000." in nothing


def test_parents_that_go_round_in_a_circle_are_named(family: Path) -> None:
    text = (family / "accounts.csv").read_text()
    (family / "accounts.csv").write_text(text.replace("A1,Acme,500,prospect,DE,", "A1,Acme,500,prospect,DE,A4"))
    told = abm("rank", "--by", "family", "-w", family, code=2).stderr
    assert "goes round in a circle" in told
    assert {"A1", "A2", "A4"} <= set(told.replace(",", " ").replace(".", " ").split())
    # Accounts are ranked all the same.
    assert abm("rank", "-w", family).exit_code == 0


def maven(tmp_path: Path) -> Path:
    """The companies of Maven with `subsidiary_of`, which names parents by their names, and their opportunities."""
    folder = tmp_path / "maven"
    folder.mkdir()
    companies = pl.read_csv(MAVEN / "accounts.csv").with_row_index("n")
    companies = companies.with_columns(pl.format("M{}", "n").alias("account_id"))
    companies.select(
        "account_id", pl.col("account").alias("name"), pl.col("subsidiary_of").alias("parent_account_id"), "employees"
    ).write_csv(folder / "accounts.csv")
    ids = companies.select("account_id", "account")
    pipeline = (
        pl.read_csv(MAVEN / "sales_pipeline.csv").join(ids, on="account").filter(pl.col("engage_date").is_not_null())
    )
    pipeline.select(
        "opportunity_id",
        "account_id",
        pl.col("engage_date").str.to_date("%m/%d/%Y").alias("created_on"),
        pl.col("close_date").str.to_date("%m/%d/%Y").alias("closed_on"),
        (pl.col("deal_stage") == "Won").alias("is_won"),
        pl.col("deal_stage").is_in(["Won", "Lost"]).alias("is_closed"),
        pl.col("close_value").alias("amount"),
    ).write_csv(folder / "opportunities.csv")
    ids.select(
        "account_id", pl.lit("crm").alias("topic"), pl.lit("2017-12-31").alias("observed_on"), score=60
    ).write_csv(folder / "intent.csv")
    return folder


@pytest.mark.skipif(not MAVEN.exists(), reason="needs the data of others beside the repository")
def test_families_of_companies_that_name_their_parents_by_name(tmp_path: Path) -> None:
    folder = maven(tmp_path)
    found = {row["name"]: row for row in rows("-w", folder, "--model", "starter", "--as-of", "2017-12-31", "--all")}
    assert len(found) == 70
    with (MAVEN / "accounts.csv").open() as stream:
        tops = Counter(row["subsidiary_of"] or row["account"] for row in csv.DictReader(stream))
    assert {name: int(row["family_members"]) for name, row in found.items()} == tops
    assert tops["Acme Corporation"] == 5
    won = (
        pl.read_csv(folder / "opportunities.csv")
        .filter("is_won")
        .join(pl.read_csv(folder / "accounts.csv"), on="account_id")
    )
    acme = won.filter((pl.col("name") == "Acme Corporation") | (pl.col("parent_account_id") == "Acme Corporation"))
    assert acme["amount"].sum() == 519_349
    assert int(found["Acme Corporation"]["won_opportunities"]) == acme.height
