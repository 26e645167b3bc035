"""Comparisons: laws on random worlds, counts by plain Python, and changes whose effect is known beforehand."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import abm
from abm.errors import AbmError
from abm.evaluation.compare import By, Comparison, compare
from abm.model import model_from
from abm.workspace.bundled import bundled
from tests.agreement.compare import frames
from tests.strategies import random_workspace

if TYPE_CHECKING:
    from abm.scoring.result import ScoreResult

Row = dict[str, Any]

FEW, MANY = range(7000, 7001), range(7001, 7022)
BYS: tuple[By, ...] = ("account", "lead")
SEEDS = [*FEW, *(pytest.param(seed, marks=pytest.mark.slow) for seed in MANY)]
MIRRORED = {"becomes": "stops", "stops": "becomes", "appears": "disappears", "disappears": "appears"}
QUALIFIES = {"accounts": ("account_id", "is_mqa", "mqa"), "leads": ("contact_id", "is_mql", "mql")}
LINE = re.compile(
    r"^(?P<line>(?:fit|leads|engagement|coverage|intent) .*) (?P<sign>[+-])(?P<size>[\d.]+)(?P<more> \(.*\))?$"
)


@cache
def pair(seed: int) -> tuple[ScoreResult, ScoreResult]:
    """The same facts on two days, or under two models where the other one fits the tables."""
    tables, model, as_of = random_workspace(seed)
    given = frames(tables)
    after = abm.score(given, model_from(model), as_of=as_of)
    if seed % 2:
        _, other, _ = random_workspace(seed + 500)
        try:
            return abm.score(given, model_from(other), as_of=as_of), after
        except AbmError:
            pass
    return abm.score(given, model_from(model), as_of=as_of - timedelta(days=45)), after


@cache
def found(seed: int) -> Comparison:
    return compare(*pair(seed))


@cache
def mirrored(seed: int) -> Comparison:
    return compare(*reversed(pair(seed)))


def by_key(result: ScoreResult, table: str) -> dict[str, Row]:
    key = QUALIFIES[table][0]
    return {row[key]: row for row in result.polars[table].to_dicts()}


def micro(points: float | None) -> int:
    return round((points or 0) * 1_000_000)


@pytest.mark.slow
def test_the_worlds_change() -> None:
    models = {pair(seed)[0].model == pair(seed)[1].model for seed in (*FEW, *MANY)}
    assert models == {True, False}
    verdicts = {verdict for seed in (*FEW, *MANY) for by in BYS for verdict in found(seed).counts(by)}
    assert verdicts >= {"becomes_mqa", "stops_mqa", "becomes_mql", "stops_mql", "appears"}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_result_is_as_itself(seed: int) -> None:
    after = pair(seed)[1]
    same = compare(after, after)
    assert not same.differs
    assert same.lines.is_empty()
    for by in BYS:
        assert same.changed(by).is_empty()
        assert not [verdict for verdict in same.counts(by) if not verdict.startswith("stays_")]
    assert not [because for frame in (same.accounts, same.leads) for because in frame["because"].to_list() if because]
    assert same.churn.select(pl.sum("entered", "left")).row(0) == (0, 0)
    assert same.rank_correlation in (1.0, None)
    assert same.climbers(5).is_empty()
    assert same.fallers(5).is_empty()


@pytest.mark.parametrize("seed", SEEDS)
def test_the_other_way_round_is_the_mirror_image(seed: int) -> None:
    there, back = found(seed), mirrored(seed)
    for table in QUALIFIES:
        ours, theirs = getattr(there, table), getattr(back, table)
        assert [mirror(verdict) for verdict in ours["verdict"]] == theirs["verdict"].to_list()
        assert [negated(value) for value in ours["score_change"]] == theirs["score_change"].to_list()
        for column in (name for name in ours.columns if name.endswith("_before")):
            other = column.replace("_before", "_after")
            assert ours[column].to_list() == theirs[other].to_list()
            assert ours[other].to_list() == theirs[column].to_list()
        assert [said(row, "+-") for row in ours["because"].to_list()] == [
            said(row, "-+") for row in theirs["because"].to_list()
        ]
    turned = back.lines.select(
        *there.lines.columns[:5],
        pl.col("points_after").alias("points_before"),
        pl.col("points_before").alias("points_after"),
        -pl.col("points_change"),
    )
    columns = there.lines.columns
    assert_frame_equal(there.lines.sort(columns[:5]), turned.sort(columns[:5]))
    assert there.churn["entered"].to_list() == back.churn["left"].to_list()
    assert there.churn["stayed"].to_list() == back.churn["stayed"].to_list()
    assert there.rank_correlation == back.rank_correlation
    for noun, qualified in (("accounts", "mqas"), ("leads", "mqls")):
        for ours, theirs in ((f"{noun}_before", f"{noun}_after"), (f"{qualified}_gained", f"{qualified}_lost")):
            mine = dict(there.segments.select("segment", ours).iter_rows())
            assert mine == dict(back.segments.select("segment", theirs).iter_rows())


def mirror(verdict: str) -> str:
    first, _, rest = verdict.partition("_")
    return "_".join(part for part in (MIRRORED.get(first, first), rest) if part)


def negated(value: float | None) -> float | None:
    return None if value is None else -value


def said(because: list[str], signs: str) -> list[tuple[str, bool, str]]:
    """The lines among the reasons, with their signs as they are or turned."""
    matches = [match for match in map(LINE.match, because) if match]
    return [(match["line"], match["sign"] == signs[0], match["size"]) for match in matches]


@pytest.mark.parametrize("seed", SEEDS)
def test_changes_of_lines_sum_to_the_change_of_the_score(seed: int) -> None:
    changes: Counter[tuple[str, str]] = Counter()
    for level, entity, change in found(seed).lines.select("level", "entity_id", "points_change").iter_rows():
        changes[level, entity] += change
    for table, level in (("accounts", "account"), ("leads", "lead")):
        before, after = (by_key(result, table) for result in pair(seed))
        for key in {*before, *after}:
            scores = [micro(side[key]["score"]) if key in side else 0 for side in (before, after)]
            assert changes[level, key] == scores[1] - scores[0], (level, key)
    assert found(seed).lines.filter(pl.col("points_change") == 0).is_empty()


@pytest.mark.parametrize("seed", SEEDS)
def test_rows_are_those_of_both_results(seed: int) -> None:
    for table, (key, flag, word) in QUALIFIES.items():
        before, after = (by_key(result, table) for result in pair(seed))
        rows = getattr(found(seed), table).to_dicts()
        assert [row[key] for row in rows] == sorted({*before, *after})
        for row in rows:
            old, new = before.get(row[key]), after.get(row[key])
            for column in ("score", flag, "threshold", "segment", "reasons"):
                assert row[f"{column}_before"] == (old or {}).get(column)
                assert row[f"{column}_after"] == (new or {}).get(column)
            change = None
            if old and new and old["score"] is not None and new["score"] is not None:
                change = (micro(new["score"]) - micro(old["score"])) / 1_000_000
            assert row["score_change"] == change
            assert row["verdict"] == verdict(old, new, flag, word)


def verdict(old: Row | None, new: Row | None, flag: str, word: str) -> str:
    was, now = bool(old and old[flag]), bool(new and new[flag])
    bars = "excluded" if word == "mqa" else "disqualified"
    out = [
        bool(row and (row["is_excluded"] if word == "mqa" else row["status"] == "disqualified")) for row in (old, new)
    ]
    if was != now:
        return f"{'becomes' if now else 'stops'}_{word}"
    if not old or not new:
        return "disappears" if old else "appears"
    if out[0] != out[1]:
        return f"{'becomes' if out[1] else 'stops'}_{bars}"
    return f"stays_{word if now else bars if out[1] else 'out'}"


@pytest.mark.parametrize("seed", SEEDS)
def test_who_changes_is_told_why(seed: int) -> None:
    for by in BYS:
        rows = found(seed).rows(by).filter(pl.col("verdict").str.contains("^(becomes|stops)_"))
        unexplained = rows.filter(pl.col("because").list.len() == 0)
        assert unexplained.is_empty(), unexplained.to_dicts()


@pytest.mark.parametrize("seed", SEEDS)
def test_lines_that_are_named_point_the_way(seed: int) -> None:
    """Of a score that crossed the threshold upwards only gains are named, downwards only losses, the largest first."""
    for row in [*found(seed).accounts.to_dicts(), *found(seed).leads.to_dicts()]:
        lines = [match for match in map(LINE.match, row["because"]) if match]
        assert len(lines) <= 3
        sizes = [float(match["size"]) for match in lines]
        assert sizes == sorted(sizes, reverse=True)
        if (row["score_change"] or 0) > 0 and row["verdict"] in ("becomes_mqa", "becomes_mql"):
            assert {match["sign"] for match in lines} <= {"+"}


@pytest.mark.parametrize("seed", SEEDS)
def test_counts_by_segment(seed: int) -> None:
    counts: dict[str, Counter[str | None]] = {name: Counter() for name in found(seed).segments.columns[2:]}
    for table, noun in (("accounts", "mqas"), ("leads", "mqls")):
        flag = QUALIFIES[table][1]
        sides = [by_key(result, table) for result in pair(seed)]
        for side, other, word, change in ((0, 1, "before", "lost"), (1, 0, "after", "gained")):
            for key, row in sides[side].items():
                counts[f"{table}_{word}"][row["segment"]] += 1
                counts[f"{noun}_{word}"][row["segment"]] += row[flag]
                beyond = row[flag] and not (key in sides[other] and sides[other][key][flag])
                counts[f"{noun}_{change}"][row["segment"]] += beyond
    rows = found(seed).segments.to_dicts()
    for row in rows[:-1]:
        assert not row["is_total"]
        assert {name: row[name] for name in counts} == {name: count[row["segment"]] for name, count in counts.items()}
    assert {name: rows[-1][name] for name in counts} == {name: count.total() for name, count in counts.items()}
    total = rows[-1]
    assert total["mqas_before"] + total["mqas_gained"] - total["mqas_lost"] == total["mqas_after"]
    assert total["mqls_before"] + total["mqls_gained"] - total["mqls_lost"] == total["mqls_after"]


@pytest.mark.parametrize("seed", SEEDS)
def test_churn_of_ranks(seed: int) -> None:
    ranks = [
        {key: row["rank"] for key, row in by_key(result, "accounts").items() if row["rank"] is not None}
        for result in pair(seed)
    ]
    for row in found(seed).churn.to_dicts():
        was, now = ({key for key, rank in side.items() if rank <= row["top"]} for side in ranks)
        assert (row["stayed"], row["entered"], row["left"]) == (len(was & now), len(now - was), len(was - now))
    both = set(ranks[0]) & set(ranks[1])
    places = [{key: i for i, key in enumerate(sorted(both, key=side.__getitem__))} for side in ranks]
    assert found(seed).rank_correlation == pytest.approx(pearson(*([side[key] for key in both] for side in places)))
    moves = {key: ranks[1][key] - ranks[0][key] for key in both}
    climbers = found(seed).climbers(3)
    assert climbers["rank_change"].to_list() == sorted(move for move in moves.values() if move < 0)[:3]
    fallers = found(seed).fallers(3)["rank_change"].to_list()
    assert fallers == sorted((move for move in moves.values() if move > 0), reverse=True)[:3]


def pearson(x: list[int], y: list[int]) -> float | None:
    count = len(x)
    if count < 2:
        return None
    mean = sum(x) / count
    spread = sum((each - mean) ** 2 for each in x)
    return sum((a - mean) * (b - mean) for a, b in zip(x, y, strict=True)) / spread


@pytest.mark.parametrize("seed", SEEDS)
def test_rows_are_read_from_the_top(seed: int) -> None:
    for by, word in (("account", "mqa"), ("lead", "mql")):
        rows = found(seed).rows(by)  # type: ignore[arg-type]
        first = [f"becomes_{word}", f"stops_{word}"]
        places = [first.index(verdict) if verdict in first else len(first) for verdict in rows["verdict"]]
        assert places == sorted(places)
        assert rows.height == len(rows[rows.columns[0]].unique()) == sum(found(seed).counts(by).values())  # type: ignore[arg-type]


# Changes of the demo whose effect is known beforehand.


def starter(**changes: Any) -> dict[str, Any]:
    """The starter model as YAML would give it, some of it replaced by dotted paths."""
    import json

    model: dict[str, Any] = json.loads(abm.load_model(bundled("config", "starter.yaml")).model_dump_json())
    for path, value in changes.items():
        *way, last = path.split("__")
        place: Any = model
        for step in way:
            place = place[int(step)] if step.isdigit() else place[step]
        place[int(last) if last.isdigit() else last] = value
    return model


@cache
def demo() -> ScoreResult:
    return abm.score(abm.load_workspace(abm.demo_folder()))


def against(**changes: Any) -> Comparison:
    return compare(demo(), abm.score(abm.load_workspace(abm.demo_folder()), model_from(starter(**changes))))


@pytest.mark.slow
def test_the_same_model_written_out_changes_nothing() -> None:
    assert not against().differs


@pytest.mark.slow
def test_a_threshold_that_rises() -> None:
    result = against(mqa__threshold=87, mqa__threshold_by_segment={})
    stopping = {
        row["account_id"]: row["segment"]
        for row in demo().accounts.to_dicts()
        if row["is_mqa"] and row["score"] < 87 and not any(code.startswith("trigger") for code in row["reasons"])
    }
    assert len(stopping) == 5
    rows = result.accounts.filter(pl.col("verdict") == "stops_mqa")
    assert set(rows["account_id"]) == set(stopping)
    for row in rows.to_dicts():
        assert row["because"] == [f"threshold {50 if stopping[row['account_id']] == 'smb' else 60} → 87"]
    assert result.lines.is_empty()
    assert result.counts("lead").keys() == {"stays_mql", "stays_disqualified", "stays_out"}
    assert result.changed("lead").is_empty()


@pytest.mark.slow
def test_a_rule_worth_more() -> None:
    result = against(fit__person__0__points=30.0)
    assert result.counts("lead")["becomes_mql"] > 0
    for row in result.leads.filter(pl.col("score_change") != 0).to_dicts():
        assert row["score_change"] == 10.0
        assert row["because"][0] == "fit senior_buyer +10.0"
        reached = row["score_before"] + 10 >= row["threshold_before"]
        assert (row["verdict"] == "becomes_mql") <= reached


@pytest.mark.slow
def test_a_signal_that_counts_no_more_is_named_behind_the_person() -> None:
    names = [signal["name"] for signal in starter()["signals"]]
    result = against(**{f"signals__{names.index('download')}__points": 0.0})
    because = [line for row in result.accounts["because"].to_list() for line in row if line.startswith("engagement C")]
    assert because
    assert all(line.endswith("(download)") and " -" in line for line in because)


def test_a_trigger_that_is_dropped() -> None:
    result = against(mqa__triggers=[])
    row = result.accounts.filter(pl.col("verdict") == "stops_mqa").to_dicts()[0]
    assert row["because"] == ["no longer trigger hand_raise (rule dropped)"]


def test_a_requirement_that_says_something_else() -> None:
    result = against(mqa__require="coverage >= 95")
    for row in result.accounts.filter(pl.col("verdict") == "stops_mqa").to_dicts():
        assert row["because"] == ["requirement fails (now: coverage >= 95)"]


@pytest.mark.slow
def test_an_exclusion_that_is_added() -> None:
    rule = {"name": "germany", "when": "country = 'DE'"}
    result = against(mqa__exclude=[*starter()["mqa"]["exclude"], rule])
    rows = result.accounts.filter(pl.col("verdict").is_in(["becomes_excluded", "stops_mqa"])).to_dicts()
    assert rows
    for row in rows:
        assert row["because"] == ["excluded by germany (new rule)"]
        assert row["rank_after"] is None


@pytest.mark.slow
def test_a_day_that_passes_tells_the_values_behind_a_rule() -> None:
    workspace = abm.load_workspace(abm.demo_folder())
    result = compare(abm.score(workspace, as_of="2026-06-01"), demo())
    because = dict(result.accounts.select("name", "because").iter_rows())
    assert because["Hagebutte Maschinenbau"] == ["trigger hand_raise (hand_raisers 0 → 1)"]
    new = result.leads.filter(pl.col("verdict").is_in(["appears", "becomes_mql"]) & pl.col("is_mql_before").is_null())
    assert new["because"].list.first().unique().to_list() == ["was not there before"]


def test_tables_without_people_can_be_compared() -> None:
    facts = {
        "accounts": pl.DataFrame({"account_id": ["A", "B"]}),
        "intent": pl.DataFrame({"account_id": ["A"], "topic": ["crm"], "observed_on": ["2026-06-30"], "score": [90]}),
    }
    model = model_from({"name": "m", "version": 1})
    result = compare(abm.score(facts, model, as_of="2026-07-20"), abm.score(facts, model, as_of="2026-06-30"))
    assert result.leads.is_empty()
    assert result.accounts["because"].to_list()[1] == []
    assert result.counts("lead") == {}
