"""Real companies ranked by intent alone: two files without header or day, read whole, a company worked out by hand."""

import csv
import shutil
from collections import Counter
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from ruamel.yaml import YAML

import abm
from abm.errors import SourceError, WorkspaceError

REPOSITORY = Path(__file__).parents[2]
WORKSPACE = REPOSITORY / "fixtures" / "bombora"
DATA = REPOSITORY.parent / "shared" / "data" / "bombora"
WEEK = date(2015, 7, 19)
INPUT, MASTER = "Input_AllDomainsAllTopics_20150719.csv", "MasterSurgeFile_20150719.csv"
NAME, DOMAIN, SIZE, TOPIC, SCORE = 0, 1, 2, 5, 6
STAFF = {
    "": None,
    "myself only": 1,
    "1-10 employees": 1,
    "11-50 employees": 11,
    "51-200 employees": 51,
    "201-500 employees": 201,
    "501-1000 employees": 501,
    "1001-5000 employees": 1001,
    "5001-10,000 employees": 5001,
    "10,001+ employees": 10001,
}


@pytest.fixture(scope="module")
def rows():
    if not DATA.is_dir():
        pytest.skip("the bombora files are not there")
    return {file: list(csv.reader((DATA / file).read_text("utf-8").splitlines())) for file in (INPUT, MASTER)}


@pytest.fixture(scope="module")
def workspace(rows):  # noqa: ARG001 - skips
    return abm.load_workspace(WORKSPACE, data=DATA)


@pytest.fixture(scope="module")
def result(workspace):
    return abm.score(workspace)


@pytest.fixture(scope="module")
def topics():
    return YAML(typ="safe").load(WORKSPACE / "model.yaml")["intent"]["topics"]


def test_without_data_says_which_folder_is_missing(tmp_path):
    with pytest.raises(WorkspaceError, match="there is no such folder") as caught:
        abm.load_workspace(WORKSPACE)
    assert str(WORKSPACE / "data") in str(caught.value)
    with pytest.raises(SourceError) as wrong:
        abm.load_workspace(WORKSPACE, data=tmp_path)
    assert "Input_AllDomainsAllTopics_*.csv" in str(wrong.value)


def test_the_model_has_no_warnings():
    assert abm.load_model(WORKSPACE / "model.yaml").warnings == ()


def test_every_row_is_read_or_left_out_on_purpose(rows, workspace):
    assert {file: len(read) for file, read in rows.items()} == {INPUT: 10_000, MASTER: 10_000}
    scores: dict[tuple[str, str], set[int]] = {}
    silent = 0
    for row in (*rows[INPUT], *rows[MASTER]):
        if row[TOPIC]:
            scores.setdefault((row[DOMAIN], row[TOPIC]), set()).add(int(row[SCORE]))
        else:
            silent += 1
            assert row[SCORE] == "0"
    # All rows of a company and topic, in both files, say the same: it does not matter which of them is read.
    assert {len(said) for said in scores.values()} == {1}
    assert silent == 566
    intent = workspace.tables["intent"].frame.collect()
    read = {(domain, topic): {score} for domain, topic, score in intent.select("domain", "topic", "score").iter_rows()}
    assert read == scores
    # The second file repeats 397 observations of the first, which scoring leaves out.
    assert intent.height - len(scores) == 397
    assert set(intent["observed_on"]) == {WEEK}


def test_every_domain_is_an_account(rows, workspace):
    domains = {file: {row[DOMAIN] for row in read} for file, read in rows.items()}
    assert {file: len(found) for file, found in domains.items()} == {INPUT: 105, MASTER: 952}
    accounts = workspace.tables["accounts"].frame.sort("_row").unique("account_id", keep="first").collect()
    assert sorted(accounts["account_id"]) == sorted(domains[INPUT] | domains[MASTER])
    names: dict[str, set[str]] = {}
    staff: dict[str, set[int | None]] = {}
    for row in (*rows[INPUT], *rows[MASTER]):
        names.setdefault(row[DOMAIN], set()).update({row[NAME]} - {""})
        staff.setdefault(row[DOMAIN], set()).update({STAFF[row[SIZE]]} - {None})
    told = accounts.select("account_id", "name", "employees").iter_rows()
    for domain, name, employees in told:
        assert {name} == (names[domain] or {domain})
        assert {employees} - {None} == staff[domain]


def test_nothing_is_found_but_what_both_files_say(result):
    found = result.issues.select("level", "table", "code", "count").rows()
    assert sorted(found) == [("note", "accounts", "duplicate_row", 105), ("note", "intent", "duplicate_row", 397)]


def test_ranks_companies_by_intent_alone(result):
    accounts = result.accounts
    assert result.as_of == WEEK
    assert accounts.height == 952
    for component in ("fit", "leads", "engagement", "coverage"):
        assert accounts[component].null_count() == 952
    assert accounts["score"].to_list() == accounts["intent"].to_list()
    addresses = accounts.filter("is_excluded")["account_id"].to_list()
    assert {"207-55-38-144-peak.org", "34-static-fiberlink.net.pk"} < set(addresses)
    assert not {"24-7group.co.uk", "2-in1.com", "665-7000.com", "3-disc.com"} & set(addresses)
    ranking = abm.rank(result)
    assert ranking["rank"].to_list() == list(range(1, 952 - len(addresses) + 1))
    assert ranking["score"].is_sorted(descending=True)
    assert ranking["score"].n_unique() > 50


def test_intent_alone_is_in_market_but_not_qualified(result):
    ranking = abm.rank(result)
    assert not ranking["is_mqa"].any()
    stages = Counter(ranking["stage"])
    assert set(stages) == {"in_market", "aware", "unaware"}
    assert 0.05 < stages["in_market"] / ranking.height < 0.25
    surging = ranking.filter(pl.col("spiking_topic_count") > 0)
    assert set(surging["stage"]) == {"in_market"}


def test_the_model_names_topics_of_the_vendor(rows, topics):
    assert set(topics) <= {row[TOPIC] for read in rows.values() for row in read}


@pytest.mark.parametrize("rank", [1, 2, 10, 40])
def test_a_company_by_hand(rows, topics, result, rank):
    row = result.accounts.row(by_predicate=pl.col("rank") == rank, named=True)
    scores = {
        each[TOPIC]: int(each[SCORE])
        for read in rows.values()
        for each in read
        if each[DOMAIN] == row["account_id"] and each[TOPIC] in topics
    }
    heat = {topic: topics[topic] * min(1, max(0, (score - 50) / 50)) for topic, score in scores.items()}
    cold = 1.0
    for interest in sorted(heat.values(), reverse=True)[:3]:
        cold *= 1 - interest
    assert row["intent"] == pytest.approx(100 * (1 - cold), abs=1e-6)
    surging = sorted((topic for topic in scores if scores[topic] >= 60), key=lambda topic: (-heat[topic], topic))
    assert row["spiking_topics"] == surging
    assert row["topic_share"] == pytest.approx(len(surging) / len(topics), abs=1e-6)


def test_a_later_file_is_a_later_week(rows, result, tmp_path):  # noqa: ARG001 - rows skips
    for file in (INPUT, MASTER):
        shutil.copy(DATA / file, tmp_path)
    best = abm.rank(result, top=2)["account_id"].to_list()
    news = [f",{best[0]},,,security,endpoint security,50,,United States", ",new.example,,,security,security,90,,"]
    (tmp_path / "MasterSurgeFile_20150802.csv").write_text("\n".join(news) + "\n", "utf-8")
    later = abm.score(abm.load_workspace(WORKSPACE, data=tmp_path))
    assert later.as_of == date(2015, 8, 2)
    assert later.accounts.height == 953
    then = later.accounts.rows_by_key("account_id", named=True, unique=True)
    before = result.accounts.rows_by_key("account_id", named=True, unique=True)
    # What is two weeks old has faded and surges no more; what is new does.
    assert 0 < then[best[1]]["intent"] < before[best[1]]["intent"]
    assert then[best[1]]["spiking_topics"] == []
    assert then["new.example"]["spiking_topics"] == ["security"]
    fresh = later.intent.filter(pl.col("account_id") == best[0], pl.col("topic") == "endpoint security")
    assert fresh.select("observed_on", "value", "strength").rows() == [(date(2015, 8, 2), 50.0, 0.0)]
