"""Bombora: every shape its files have, and two real ones through the preset against queries written by hand."""

from __future__ import annotations

import csv
import gzip
from datetime import date
from pathlib import Path

import polars as pl
import pytest

import abm
from abm.errors import SourceError
from tests.presets.reading import codes, read, rows, shapes_for

REPOSITORY = Path(__file__).parents[2]
DATA = REPOSITORY.parent / "shared" / "data" / "bombora"
INPUT, MASTER = "Input_AllDomainsAllTopics_20150719.csv", "MasterSurgeFile_20150719.csv"
DOMAIN, TOPIC, SCORE = 1, 5, 6
WEEK = date(2026, 7, 19)

HEADER = (
    "Company Name,Domain,Size,Industry,Category,Topic,Composite Score,Bucket Code,Metro Area,Metro Composite Score,"
    "Metro Bucket Code,Domain Origin Country\n"
)
SURGE = """\
Acme &amp; Sons,acme.com,"5001-10,000 employees",Software,security,VPN,71,3131,Greater Boston Area,72,2132,Germany
Acme &amp; Sons,acme.com,"5001-10,000 employees",Software,security,VPN,71,3131,,45,3421,Germany
Acme &amp; Sons,acme.com,"5001-10,000 employees",Software,security,encryption,49,3421,,0,0,Germany
,Globex.com,,,security,VPN,83,3131,,0,0,
,207-55-38-144-peak.org,,,security,VPN,60,3131,,0,0,United States
"""
MASTERED = """\
Acme &amp; Sons,acme.com,"5001-10,000 employees",Software,security,VPN,71,Greater Boston Area[72]|[45],Germany
,globex.com,myself only,,,,0,,
"""

BY_HAND = """\
tables:
  accounts:
    sql: |
      with companies as (
        select domain, name, size, industry, country
        from read_csv('Input_AllDomainsAllTopics_*.csv', header = false, all_varchar = true,
          names = ['name', 'domain', 'size', 'industry', 'category', 'topic', 'score', 'bucket', 'metro', 'metro_score',
                   'metro_bucket', 'country'])
        union all
        select domain, name, size, industry, country
        from read_csv('MasterSurgeFile_*.csv', header = false, all_varchar = true,
          names = ['name', 'domain', 'size', 'industry', 'category', 'topic', 'score', 'metros', 'country'])
      )
      select
        domain as account_id,
        domain,
        coalesce(max(name), domain) as name,
        max(industry) as industry,
        case max(size)
          when 'myself only' then '1'
          else replace(regexp_replace(max(size), '([+]|-[0-9,]+) employees$', ''), ',', '')
        end as employees,
        max(country) as country,
        regexp_matches(domain, '^[0-9]+-([0-9]+|static|vlan|leased)-') as is_address
      from companies
      group by domain
  intent:
    sql: |
      with rows as (
        select domain, topic, score, filename
        from read_csv('Input_AllDomainsAllTopics_*.csv', header = false, all_varchar = true, filename = true,
          names = ['name', 'domain', 'size', 'industry', 'category', 'topic', 'score', 'bucket', 'metro', 'metro_score',
                   'metro_bucket', 'country'])
        union all
        select domain, topic, score, filename
        from read_csv('MasterSurgeFile_*.csv', header = false, all_varchar = true, filename = true,
          names = ['name', 'domain', 'size', 'industry', 'category', 'topic', 'score', 'metros', 'country'])
        where topic is not null
      )
      select
        domain,
        topic,
        strptime(regexp_extract(filename, '_([0-9]{8})[.]csv$', 1), '%Y%m%d')::date as observed_on,
        max(score::integer) as score,
        'bombora' as source
      from rows
      group by domain, topic, observed_on
"""
"""How the two files were read before there were presets."""


def test_headers_are_recognised() -> None:
    assert shapes_for(HEADER.strip().split(",")) == ["bombora.surge"]
    without_metro = "Company Name,Domain,Size,Industry,Category,Topic,Composite Score,Bucket Code,Domain Origin Country"
    assert shapes_for(without_metro.split(",")) == ["bombora.surge"]
    master = "Company Name,Domain,Size,Industry,Category,Topic,Composite Score,metro_1[score]|metro_2[score]"
    assert "bombora.master" in shapes_for([*master.split(","), "Domain Country Origin"])


@pytest.mark.parametrize("header", [True, False])
def test_metro_rows_are_one_observation(tmp_path: Path, header: bool) -> None:
    content = ("\ufeff" + HEADER if header else "") + SURGE
    options = {} if header else {"header": False}
    table = read(tmp_path, "intent", "bombora.surge", "surge_20260719.csv", content, **options)
    assert rows(table, "domain", "topic", "score", "observed_on", "source", "_row") == [
        ("207-55-38-144-peak.org", "VPN", 60.0, WEEK, "bombora", 5),
        ("acme.com", "VPN", 71.0, WEEK, "bombora", 1),
        ("acme.com", "encryption", 49.0, WEEK, "bombora", 3),
        ("globex.com", "VPN", 83.0, WEEK, "bombora", 4),
    ]
    assert codes(table) == {}


def test_companies_become_accounts(tmp_path: Path) -> None:
    table = read(tmp_path, "accounts", "bombora.surge", "surge_20260719.csv", HEADER + SURGE)
    assert rows(table, "account_id", "domain", "name", "industry", "employees", "country", "is_address") == [
        ("207-55-38-144-peak.org", "207-55-38-144-peak.org", "207-55-38-144-peak.org", None, None, "United States",
         True),
        ("acme.com", "acme.com", "Acme & Sons", "Software", 5001.0, "Germany", False),
        ("globex.com", "globex.com", "globex.com", None, None, None, False),
    ]  # fmt: skip


def test_the_master_file_packs_its_metro_areas(tmp_path: Path) -> None:
    options = {"header": False}
    table = read(tmp_path, "intent", "bombora.master", "MasterSurgeFile_20260719.csv", MASTERED, **options)
    assert rows(table, "domain", "topic", "score", "observed_on") == [("acme.com", "VPN", 71.0, WEEK)]
    # A row without topic is a company that nothing surges for.
    accounts = read(tmp_path, "accounts", "bombora.master", "MasterSurgeFile_20260719.csv", MASTERED, **options)
    assert rows(accounts, "account_id", "employees") == [("acme.com", 5001.0), ("globex.com", 1.0)]


@pytest.mark.parametrize(
    "file",
    ["surge 2026-07-19.csv", "Company Surge 2026 week 29.csv", "week=2026-07-19/part-0.csv", "surge_2026-W29_2.csv"],
)
def test_the_week_is_in_the_name(tmp_path: Path, file: str) -> None:
    table = read(tmp_path, "intent", "bombora.surge", file, HEADER + SURGE)
    assert set(table.frame.collect()["observed_on"]) == {WEEK}


def test_the_feed_comes_in_numbered_parts_that_are_packed(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    other = SURGE.replace("acme.com", "initech.com").replace(",71,", ",64,")
    (folder / "AllDomainsAllTopicsZips_20260719_2.csv.gz").write_bytes(gzip.compress(other.encode()))
    (folder / "AllDomainsAllTopicsZips_20260712_1.csv.gz").write_bytes(gzip.compress(SURGE.encode()))
    table = read(
        tmp_path,
        "intent",
        "bombora.surge",
        "AllDomainsAllTopicsZips_20260719_1.csv.gz",
        gzip.compress(SURGE.encode()),
        header=False,
    )
    assert table.frame.collect().height == 4
    (tmp_path / "workspace.yaml").write_text(
        (tmp_path / "workspace.yaml").read_text().replace("AllDomainsAllTopicsZips_20260719_1", "AllDomains*")
    )
    weeks = abm.load_workspace(tmp_path).tables["intent"].frame.collect()
    assert sorted(weeks.group_by("observed_on").len().rows()) == [(date(2026, 7, 12), 4), (WEEK, 6)]


def test_the_day_may_be_said_in_the_workspace(tmp_path: Path) -> None:
    # A day is a day in YAML, quoted or not.
    for day in (WEEK, "2026-07-19"):
        said = {"columns": {"observed_on": {"value": day}}}
        table = read(tmp_path, "intent", "bombora.surge", "surge.csv", HEADER + SURGE, **said)
        assert set(table.frame.collect()["observed_on"]) == {WEEK}
        assert codes(table) == {}


def test_without_any_day_it_is_said_what_to_do(tmp_path: Path) -> None:
    table = read(tmp_path, "intent", "bombora.surge", "surge.csv", HEADER + SURGE)
    (finding,) = table.findings
    assert (finding.code, finding.count, finding.column) == ("no_day", 4, "observed_on")
    assert "such as surge_2026-07-19.csv, or say it in workspace.yaml: columns:" in finding.message


def test_a_score_that_is_none_is_reported_with_its_row(tmp_path: Path) -> None:
    table = read(tmp_path, "intent", "bombora.surge", "s_20260719.csv", HEADER + SURGE.replace(",83,", ",n/a,"))
    (finding,) = table.findings
    assert (finding.code, finding.column, finding.samples, finding.rows) == ("unparseable", "score", ("n/a",), (4,))


def test_a_file_without_header_is_not_read_as_if_it_had_one(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="If the file has no header, say header: false") as caught:
        read(tmp_path, "intent", "bombora.surge", "s_20260719.csv", SURGE)
    assert "is no file of bombora.surge" in str(caught.value)


def test_a_missing_column_is_reported(tmp_path: Path) -> None:
    table = read(tmp_path, "intent", "bombora.surge", "s_20260719.csv", "Domain,Topic\nacme.com,VPN\n")
    (finding,) = table.findings
    assert (finding.code, finding.count) == ("missing_column", 1)
    assert "Composite Score" in finding.message


@pytest.mark.skipif(not DATA.is_dir(), reason="the bombora files are not there")
@pytest.mark.parametrize(
    ("preset", "file", "topics", "companies"), [("surge", INPUT, 9578, 105), ("master", MASTER, 9434, 952)]
)
def test_every_row_of_the_real_files_is_read(
    tmp_path: Path, preset: str, file: str, topics: int, companies: int
) -> None:
    with (DATA / file).open(encoding="utf-8", newline="") as stream:
        written = list(csv.reader(stream))
    scores = {(row[DOMAIN], row[TOPIC]): float(row[SCORE]) for row in written if row[TOPIC]}
    content = (DATA / file).read_bytes()
    intent = read(tmp_path, "intent", f"bombora.{preset}", file, content, header=False)
    assert len(scores) == topics
    assert {(domain, topic): score for domain, topic, score in rows(intent, "domain", "topic", "score")} == scores
    assert intent.frame.collect().height == topics
    assert codes(intent) == {}
    accounts = read(tmp_path, "accounts", f"bombora.{preset}", file, content, header=False)
    assert {name for (name,) in rows(accounts, "account_id")} == {row[DOMAIN] for row in written}
    assert accounts.frame.collect().height == companies
    assert codes(accounts) == {}


@pytest.mark.skipif(not DATA.is_dir(), reason="the bombora files are not there")
@pytest.mark.parametrize("as_of", [date(2015, 7, 19), date(2015, 8, 10)])
def test_the_preset_scores_as_queries_written_by_hand_do(tmp_path: Path, as_of: date) -> None:
    (tmp_path / "workspace.yaml").write_text(BY_HAND)
    model = abm.load_model(REPOSITORY / "fixtures" / "bombora" / "model.yaml")
    by_hand = abm.score(abm.load_workspace(tmp_path, data=DATA), model, as_of=as_of)
    by_preset = abm.score(abm.load_workspace(REPOSITORY / "fixtures" / "bombora", data=DATA), model, as_of=as_of)
    assert by_hand.intent.height > 100
    assert by_preset.intent.equals(by_hand.intent)
    assert by_preset.accounts.equals(by_hand.accounts)
    assert by_hand.accounts.filter(pl.col("intent") > 0).height > 50
