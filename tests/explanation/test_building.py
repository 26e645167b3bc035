"""Explanations say what the tables say: every number is one of theirs, every sum is exact."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import abm
from abm.model import model_from
from abm.scoring.explanation import AccountExplanation, LeadExplanation
from abm.scoring.explanation.advice import next_sentences
from abm.scoring.explanation.explanation import Reason
from abm.scoring.explanation.words import account_verdict
from abm.workspace.bundled import bundled
from tests.output.results import DAY, MODEL, demo_result, facts, hostile_result, intent_result

if TYPE_CHECKING:
    from abm.scoring.result import ScoreResult


def of_account(result: ScoreResult, account_id: str, **options: Any) -> AccountExplanation:
    explained = abm.explain(result, account_id, **options)
    assert isinstance(explained, AccountExplanation)
    return explained


def of_lead(result: ScoreResult, contact_id: str) -> LeadExplanation:
    explained = abm.explain(result, contact_id, level="lead")
    assert isinstance(explained, LeadExplanation)
    return explained


def row(result: ScoreResult, table: str, **keys: str) -> dict[str, Any]:
    return result.polars[table].filter(**keys).row(0, named=True)


@cache
def enterprise() -> ScoreResult:
    return abm.score(abm.load_workspace(abm.demo_folder()), bundled("config", "enterprise.yaml"))


@pytest.mark.slow
def test_every_number_of_an_account_is_the_tables() -> None:
    result = demo_result()
    for account_id in ("A001", "A009", "A004"):
        told = of_account(result, account_id).as_dict()
        own = row(result, "accounts", account_id=account_id)
        assert {name: told[name] for name in ("score", "threshold", "is_mqa", "next_role", "next_score")} == {
            name: own[name] for name in ("score", "threshold", "is_mqa", "next_role", "next_score")
        }
        assert [reason["code"] for reason in told["reasons"]] == own["reasons"]
        assert {part["name"]: part["value"] for part in told["components"]} == {
            name: own[name] for name in ("fit", "leads", "engagement", "coverage", "intent")
        }
        shared = told["facts"].keys() & own.keys() - {"last_activity"}
        assert len(shared) > 15
        assert {name: told["facts"][name] for name in shared} == {name: own[name] for name in shared}
        assert told["lines"] == lines(result.contributions, "account", account_id)
        for seat in told["committee"]:
            assert (
                row(result, "committee", account_id=account_id, role=seat["role"]).items()
                >= {
                    name: seat[name]
                    for name in (
                        "weight",
                        "seats",
                        "known",
                        "filled",
                        "filled_engaged",
                        "missing",
                        "warmth",
                        "best_contact",
                    )
                }.items()
            )
        for topic in told["topics"]:
            given = row(result, "intent", account_id=account_id, topic=topic["topic"])
            assert (topic["strength"], topic["spike"], topic["value"]) == tuple(
                given[name] for name in ("strength", "spike", "value")
            )
        points = dict(result.members(account_id).select("contact_id", "points").iter_rows())
        people = {each["contact_id"]: each for each in told["people"]}
        assert {key: each["points"] for key, each in people.items()} == points
        for key, each in people.items():
            lead = row(result, "leads", contact_id=key)
            assert (each["score"], each["status"], each["role"]) == (lead["score"], lead["status"], lead["role"])
        everybody = result.leads.filter(account_id=account_id)["contact_id"].to_list()
        assert sorted([*people, *(each["contact_id"] for each in told["disqualified"])]) == everybody


def lines(table: pl.DataFrame, level: str, entity_id: str) -> list[dict[str, Any]]:
    """The table's lines as the tree has them, words left out."""
    tree: list[dict[str, Any]] = []
    for each in table.filter(level=level, entity_id=entity_id).iter_rows(named=True):
        line = _Told({name: each[name] for name in ("component", "item", "raw_points", "points", "count")})
        line["last_day"] = None if each["last_day"] is None else each["last_day"].isoformat()
        line["activity"] = []
        if each["points"] is None:
            tree[-1]["activity"].append(line)
        else:
            tree.append(line)
    return tree


class _Told(dict[str, Any]):
    """Equal to a line that says the same and more."""

    __hash__ = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, dict) and all(other[name] == value for name, value in self.items())


def test_every_number_of_a_lead_is_the_tables() -> None:
    result = demo_result()
    for contact_id in ("C0001", "C0003", "C0055", "C0090"):
        told = of_lead(result, contact_id).as_dict()
        own = row(result, "leads", contact_id=contact_id)
        for name in ("score", "threshold", "status", "is_mql"):
            assert told[name] == own[name]
        for name in ("fit_points", "engagement", "grade", "role", "person_fit", "account_fit"):
            assert told["facts"][name] == own[name]
        assert told["lines"] == lines(result.contributions, "lead", contact_id)
        assert sum(line["points"] for line in told["lines"]) == round(own["score"] * 1_000_000)


@pytest.mark.slow
def test_every_buying_group_can_be_explained() -> None:
    result = enterprise()
    groups = result.groups.sort("account_id").filter(pl.len().over("account_id") > 1).head(1)
    for own in groups.iter_rows(named=True):
        told = of_account(result, own["account_id"], group=own["group"])
        assert told.level == "group"
        assert (told.group, told.score, told.is_mqa) == (own["group"], own["score"], own["is_mqa"])
        assert sum(line.points or 0 for line in told.lines) == round(own["score"] * 1_000_000)
        assert {seat.role for seat in told.committee} == set(
            result.committee.filter(account_id=own["account_id"], group=own["group"])["role"]
        )
        assert own["group"] not in [other.group for other in told.groups]
        assert told.groups


def test_an_account_is_explained_by_the_group_its_row_shows() -> None:
    result = demo_result()
    account, group = of_account(result, "A001"), of_account(result, "A001", group="core")
    assert account.lines == group.lines
    assert account.committee == group.committee
    assert "The buying group core of Copperfinch" in group.verdict


def test_empty_seats_come_first() -> None:
    seats = of_account(demo_result(), "A025").committee
    assert [seat.role for seat in seats] == ["economic_buyer", "champion", "technical_evaluator", "user"]
    seats = of_account(demo_result(), "A009").committee
    assert [seat.role for seat in seats][-1] == "economic_buyer"
    assert seats[0].missing


def test_terms_say_what_holds_and_what_does_not() -> None:
    (reason,) = [each for each in of_account(demo_result(), "A025").reasons if each.code == "require:false"]
    assert [(term.condition, term.holds, dict(term.values)) for term in reason.requirements] == [
        ("coverage >= 40", False, {"coverage": pytest.approx(5.555556)}),
        ("engaged_roles >= 2", False, {"engaged_roles": 1}),
        ("fit >= 40", True, {"fit": 100.0}),
    ]


@pytest.mark.parametrize(
    "make",
    [
        hostile_result,
        intent_result,
        *(pytest.param(each, marks=pytest.mark.slow) for each in (demo_result, enterprise)),
    ],
)
def test_a_requirement_fails_exactly_if_one_of_its_terms_does(make: Any) -> None:
    result = make()
    for account_id in result.accounts["account_id"].head(20 if result is not hostile_result() else 3):
        for reason in of_account(result, account_id).reasons:
            held = [term.holds is True for term in reason.requirements]
            if reason.code == "require:false":
                assert not all(held)
            elif held:
                assert all(held), reason


@pytest.mark.slow
def test_every_stage_and_status_has_a_verdict() -> None:
    result = demo_result()
    verdicts = {
        stage: of_account(result, result.accounts.filter(stage=stage)["account_id"][0]).verdict
        for stage in result.accounts["stage"].unique()
    }
    assert set(verdicts) >= {"customer", "excluded", "opportunity", "qualified", "engaged", "in_market", "aware"}
    assert all(("MQA" in said) and said.endswith(".") for said in verdicts.values())
    assert "by the rule customer" in verdicts["customer"]
    statuses = result.leads.unique("status", keep="first", maintain_order=True)
    said = {each["status"]: of_lead(result, each["contact_id"]).verdict for each in statuses.iter_rows(named=True)}
    assert "by a raised hand: demo request on 2026-06-28" in said["hand_raiser"]
    assert "disqualified by the rule" in said["disqualified"]
    assert "is an MQL: 87.1 points (65 needed)." in said["mql"]
    assert "is not an MQL yet" in said["nurture"]


def test_a_score_just_below_the_bar_never_looks_like_it() -> None:
    reasons = [Reason("score<60", "", ())]
    told = {"score": 59.999999, "threshold": 60.0, "is_mqa": False, "is_excluded": False}
    assert "59.9 of the 60 points" in account_verdict("Acme", told, reasons)


def test_without_people_or_points() -> None:
    told = of_account(intent_result(), "A1")
    assert (told.people, told.steps, told.next_role) == ((), None, None)
    assert {part.name: part.unknown for part in told.components if part.value is None} == {
        "leads": "no contacts and no events table",
        "engagement": "no events table",
        "coverage": "no contacts and no events table",
    }
    assert [seat.filled_engaged for seat in told.committee] == [None, None]


def test_without_any_component_there_is_no_score() -> None:
    model = model_from({"name": "bare", "version": 1, "signals": []})
    given = {name: facts()[name] for name in ("accounts", "contacts", "events")}
    result = abm.score(given, model, as_of=DAY)
    told = of_account(result, "A1")
    assert told.score is None
    assert told.lines == ()
    assert "no score" in told.verdict
    assert told.group is None
    assert told.committee == ()


def test_excluded_accounts_say_why() -> None:
    told = of_account(hostile_result(), "A3")
    assert told.is_excluded
    assert told.reasons[0].words == "excluded by the rule competitor: lifecycle = 'competitor' (it is 'competitor')"
    assert (told.steps, told.lapses_on) == (None, None)


def test_a_lead_without_account_and_without_name() -> None:
    told = of_lead(hostile_result(), "C6")
    assert told.account is None
    assert told.name == "C6"


def test_what_is_qualified_says_until_when_and_what_is_not_says_how() -> None:
    result = demo_result()
    qualified, other = of_account(result, "A009"), of_account(result, "A025")
    assert str(qualified.lapses_on) == "2026-07-28"
    assert qualified.steps is None
    assert other.lapses_on is None
    assert other.steps is not None
    assert other.steps.roles == ("economic_buyer", "champion", "technical_evaluator")


def test_in_a_notebook() -> None:
    told = of_account(demo_result(), "A001")
    assert repr(told) == str(told)
    assert str(told).split("\n")[0] == told.verdict
    assert "Ingrid Solheim" in str(told)


def test_blockers_and_those_who_are_out() -> None:
    model = {**MODEL, "mql": {"disqualify": [{"name": "interns", "when": "seniority = 'intern'"}]}}
    groups: Any = MODEL["buying_groups"]
    model["buying_groups"] = [{**groups[0], "blockers": ["blocker"]}]
    model["roles"] = {"rules": [{"role": "blocker", "when": "seniority_rank >= 7", "confidence": 0.9}]}
    told = of_account(abm.score(facts(), model_from(model), as_of=DAY), "A1")
    assert [(each.contact_id, each.blocker) for each in told.people] == [("C1", True)]
    assert [(each.contact_id, each.reasons[0].code) for each in told.disqualified] == [("C2", "disqualify:interns")]


def test_a_person_whose_id_is_anonymous_keeps_the_name() -> None:
    given: dict[str, Any] = {
        "accounts": {"account_id": ["A1"]},
        "contacts": {"contact_id": ["anonymous"], "account_id": ["A1"], "first_name": ["Ann"], "title": ["CFO"]},
        "events": {
            "contact_id": ["anonymous", None],
            "account_id": [None, "A1"],
            "type": ["page_view", "page_view"],
            "occurred_at": [DAY, DAY],
        },
    }
    frames = {name: pl.DataFrame(columns) for name, columns in given.items()}
    result = abm.score(frames, bundled("config", "starter.yaml"), as_of=DAY)
    told = {line.label: line.kind for line in of_account(result, "A1").lines if line.component == "engagement"}
    assert told == {"Ann": "person", "visitors without a name": "anonymous"}


def test_the_lapse_of_one_of_several_qualified_groups_is_not_said_of_the_account() -> None:
    model = {
        "name": "two",
        "version": 1,
        "signals": [{"name": "view", "event": "view", "points": 20}, {"name": "call", "event": "call", "points": 20}],
        "roles": {"rules": [{"role": "buyer", "when": "true", "confidence": 0.9}]},
        "buying_groups": [
            {"name": "short", "engaged_days": 10, "roles": {"buyer": {}}},
            {"name": "long", "engaged_days": 40, "roles": {"buyer": {}}},
        ],
        "mqa": {"threshold": 0, "require": "engaged_contacts >= 1"},
    }
    frames = {
        "accounts": pl.DataFrame({"account_id": ["A1"]}),
        "contacts": pl.DataFrame({"contact_id": ["C1"], "account_id": ["A1"]}),
        "events": pl.DataFrame({"contact_id": ["C1"], "type": ["view"], "occurred_at": [DAY]}),
    }
    result = abm.score(frames, model_from(model), as_of=DAY)
    of_two = next_sentences(of_account(result, "A1"))[0]
    assert of_two.startswith(
        "With no new activity its buying group short stops being an MQA on 2026-07-10, in ten days;"
    )
    assert of_two.endswith("; long qualifies, too: the account is an MQA as long as one of them is.")
    of_one = next_sentences(of_account(result, "A1", group="long"))[0]
    assert of_one == "With no new activity it stops being an MQA on 2026-08-09, in 40 days."
