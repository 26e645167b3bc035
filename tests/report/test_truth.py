"""What a report says is what the result says: counted again here, row by row."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import abm
from abm.errors import OutputError, TableError
from abm.model import model_from
from abm.output.report import Report, bundles, report
from abm.output.report.beside import beside
from abm.output.report.days import deeds, researched
from abm.output.report.details import details
from abm.output.report.figures import figures
from abm.output.report.movement import movement
from abm.output.report.rows import account_rows
from tests.report.conftest import demo
from tests.report.worlds import AS_OF

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def earlier() -> Any:
    workspace, result = demo()
    return abm.score(workspace, as_of=result.as_of - timedelta(days=30))


def data(html: str, name: str = "page-data") -> Any:
    (found,) = re.findall(rf'<script type="application/json" id="{name}">(.*?)</script>', html, flags=re.DOTALL)
    return json.loads(found)


def each(frame: pl.DataFrame) -> Iterable[dict[str, Any]]:
    return frame.iter_rows(named=True)


def test_headline_figures() -> None:
    _, result = demo()
    before = earlier()
    told = {figure.key: (figure.now, figure.then) for figure in figures(result, before)}
    for at, run in enumerate((result, before)):
        ranked = [row for row in each(run.accounts) if not row["is_excluded"]]
        counted = {
            "qualified": sum(row["is_mqa"] for row in ranked),
            "engaged": sum(row["engaged_contacts"] > 0 for row in ranked),
            "in_market": sum(row["spiking_topic_count"] > 0 for row in ranked),
            "alone": sum(row["engaged_contacts"] == 1 for row in ranked),
            "mql": sum(row["is_mql"] for row in each(run.leads)),
            "hands": sum(row["status"] == "hand_raiser" for row in each(run.leads)),
        }
        assert {key: both[at] for key, both in told.items()} == counted


def test_movement_is_the_difference_of_two_runs() -> None:
    _, result = demo()
    before = earlier()
    now = {row["account_id"]: row for row in each(result.accounts)}
    then = {row["account_id"]: row for row in each(before.accounts)}
    moved = movement(account_rows(result, before))
    gained = {key for key, row in now.items() if row["is_mqa"] and not then[key]["is_mqa"]}
    assert set(moved.gained["account_id"]) == gained
    best = max(
        (row for row in now.values() if not row["is_excluded"]),
        key=lambda row: row["score"] - then[row["account_id"]]["score"],
    )
    assert moved.risers["account_id"][0] == best["account_id"]
    for row in each(moved.risers):
        exact = now[row["account_id"]]["score"] - then[row["account_id"]]["score"]
        assert row["change"] == pytest.approx(exact, abs=0.11)
        assert row["change"] == pytest.approx(row["score"] - row["score_then"])


def test_leads_beside_accounts() -> None:
    _, result = demo()
    accounts = {row["account_id"]: row for row in each(result.accounts)}
    found = beside(result, account_rows(result, None))
    assert found is not None
    mqls = [row for row in each(result.leads) if row["is_mql"]]
    placed = [row for row in mqls if row["account_id"] is not None and not accounts[row["account_id"]]["is_excluded"]]
    alone = {row["contact_id"] for row in placed if accounts[row["account_id"]]["engaged_contacts"] <= 1}
    assert set(found.alone["contact_id"]) == alone
    assert found.alone_count == len(alone)
    with_mql = {row["account_id"] for row in mqls}
    silent = [
        key
        for key, row in accounts.items()
        if not row["is_excluded"] and row["spiking_topic_count"] and key not in with_mql
    ]
    assert found.silent_count == len(silent)
    assert set(found.silent["account_id"]) <= set(silent)
    assert found.counts.select("with", "without").sum().row(0) == (12, 44)


def test_waterfalls_end_at_the_score() -> None:
    _, result = demo()
    scores = dict(result.accounts.select("account_id", "score").iter_rows())
    for detail in details(result, list(scores), frozenset()):
        lines = detail.content["lines"]
        end = 0
        for _, _, start, after in lines:
            assert start == end
            end = after
        assert end == int(round(scores[detail.account_id] * 1e6) // 10_000)
        labels = [line[1] for line in lines]
        assert len(labels) == len(set(labels))


def test_details_hold_every_person_and_seat() -> None:
    _, result = demo()
    people = dict(result.leads.group_by("account_id").len().iter_rows())
    found = {detail.account_id: detail.content for detail in details(result, ["A001", "A003", "A015"], ["A001"])}
    assert {key: sum(content["known"]) for key, content in found.items()} == {
        "A001": 11,
        "A003": 0,
        "A015": people["A015"],
    }
    for key, content in found.items():
        seats = result.committee.filter(pl.col("account_id") == key)
        assert [(seat["role"], seat["engaged"]) for seat in content["seats"]] == list(
            seats.select("role", "filled_engaged").iter_rows()
        )


def test_timelines_hold_what_counted() -> None:
    _, result = demo()
    done = deeds(result, ["A009"])
    events = result.contributions_of("lead", "C0055").filter(pl.col("note") == "signal")
    times = done.filter(pl.col("contact_id") == "C0055").group_by("signal").agg(pl.col("n").sum())
    named = {result.model.signals[signal].name: n for signal, n in times.iter_rows()}
    assert named == dict(events.select("item", "count").iter_rows())


def test_weeks_hold_the_highest_score_of_the_week() -> None:
    tables = {
        "accounts": pl.DataFrame({"account_id": ["A"], "domain": ["a.example"]}),
        "intent": pl.DataFrame(
            {
                "account_id": ["A"] * 5,
                "topic": ["t", "t", "t", "u", "u"],
                "observed_on": [AS_OF - timedelta(days=age) for age in (0, 6, 7, 1, 2)],
                "score": [40.0, 70.0, 90.0, None, None],
                "count": [None, None, None, 3.0, 4.0],
            }
        ),
    }
    model = "name: t\nversion: 1\nintent: {topics: {'*': 1}}\nsignals: [{name: s, event: s, points: 1}]\n"
    result = abm.score(tables, _model(model), as_of=AS_OF)
    found = researched(result, ["A"]).select("topic", "week", "value", "counted").rows()
    assert found == [("t", 0, 70.0, False), ("t", 1, 90.0, False), ("u", 0, 7.0, True)]


def _model(text: str) -> Any:
    from pathlib import Path
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        path = Path(folder) / "model.yaml"
        path.write_text(text, encoding="utf-8")
        return abm.load_model(path)


def test_the_page_holds_the_ranking(demo_report: Report) -> None:
    _, result = demo()
    page = data(demo_report.html)
    ranked = result.accounts.filter(~pl.col("is_excluded")).sort("rank")
    assert page["values"]["label"][:56] == ranked["name"].to_list()
    assert page["ranked"] == 56
    assert data(demo_report.html, "detail-0")["verdict"] == "Qualified: 86.9 points, 60 needed; rank 1 of 56."


@pytest.mark.slow
def test_the_same_run_gives_the_same_bytes(demo_report: Report) -> None:
    workspace, result = demo()
    assert report(result, facts=workspace, title="demo").html == demo_report.html


def test_no_address_of_anybody_is_in_it(demo_report: Report) -> None:
    _, result = demo()
    mails = result.contact_rows().select("email").collect()["email"].drop_nulls().to_list()
    assert not [mail for mail in mails if mail in demo_report.html]


def test_without_facts_nothing_is_said_of_movement() -> None:
    _, result = demo()
    page = report(result, details=2)
    assert page.then is None
    assert page.details == 2
    assert "What moved" not in page.html
    assert "Only the first 2 of 60 accounts can be opened" in page.html


@pytest.mark.slow
@pytest.mark.parametrize("given", [["accounts", "intent"], ["accounts", "contacts", "events"]])
def test_tables_may_be_missing(given: list[str]) -> None:
    workspace, _ = demo()
    tables = {name: workspace.tables[name].frame.drop("_row").collect() for name in given}
    page = report(abm.score(tables, workspace.model, as_of=AS_OF))
    assert "How far to trust the data" in page.html


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    _, result = demo()
    monkeypatch.setattr(bundles, "_NEEDED", ("altair", "no_such_package"))
    with pytest.raises(
        OutputError, match=r"not installed: no_such_package\. Install them with: pip install 'abm\[report\]'"
    ):
        report(result)


def test_what_cannot_be_reported_on() -> None:
    _, result = demo()
    with pytest.raises(TableError, match="details: -1 accounts"):
        report(result, details=-1)


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    _, result = demo()
    with pytest.raises(OutputError, match="there is no folder"):
        report(result, tmp_path / "no" / "x.html")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_the_beginning_of_the_data_is_no_movement() -> None:
    """Thirty days before the one day on which anything was ever known, nothing had been known."""
    accounts, visit = pl.DataFrame({"account_id": ["A", "B"]}), {"name": "visit", "event": "visit", "points": 1}
    model = model_from({"name": "young", "version": 1, "intent": {"topics": {"crm": 1.0}}, "signals": [visit]})
    intent = accounts.with_columns(topic=pl.lit("crm"), observed_on=pl.lit("2026-06-30"), score=pl.lit(90.0))
    tables = {"accounts": accounts, "intent": intent}
    written = report(abm.score(tables, model, as_of="2026-06-30"), facts=tables)
    assert written.then is None
    assert "nothing that counts is known from before 2026-05-31" in written.html
    older = {**tables, "intent": intent.with_columns(observed_on=pl.lit("2026-05-20"))}
    written = report(abm.score(older, model, as_of="2026-06-30"), facts=older)
    assert str(written.then) == "2026-05-31"
    assert "that counts is known" not in written.html
