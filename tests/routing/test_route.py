"""Everybody in exactly one place, in the right order: against plain Python on random workspaces and the demo."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

import abm
from abm.errors import ConditionError
from abm.model import model_from
from abm.scoring.routing import route
from abm.workspace.bundled import demo_folder
from abm.workspace.routing import Routing
from abm.workspace.settings import default_routing
from tests.agreement.compare import frames
from tests.laws.models import law_model
from tests.laws.worlds import AS_OF, clean_world, dirty_world, score
from tests.routing.by_hand import ByHand, account_rows, lead_rows, routed_by_hand
from tests.strategies import random_workspace
from tests.strategies.draws import RandomDraw

if TYPE_CHECKING:
    from abm.scoring.result import ScoreResult
    from abm.scoring.routing import Routed

LEAD_RULES = {
    "status = 'hand_raiser'": lambda row: row["status"] == "hand_raiser",
    "is_mql": lambda row: row["is_mql"],
    "score >= 20": lambda row: row["score"] >= 20,
    "engagement > 0": lambda row: row["engagement"] is not None and row["engagement"] > 0,
    "account_id is null": lambda row: row["account_id"] is None,
    "true": lambda _row: True,
}
ACCOUNT_RULES = {
    "is_mqa": lambda row: row["is_mqa"],
    "hand_raisers >= 1": lambda row: bool(row["hand_raisers"]),
    "score >= 30": lambda row: row["score"] is not None and row["score"] >= 30,
    "spiking_topic_count >= 1": lambda row: bool(row["spiking_topic_count"]),
    "is_excluded": lambda row: row["is_excluded"],
    "true": lambda _row: True,
}


def random_queues(draw: RandomDraw, level: str) -> tuple[list[dict[str, Any]], list[ByHand]]:
    """A few queues of a level, some of which overflow into later ones, and the same by hand."""
    rules = LEAD_RULES if level == "lead" else ACCOUNT_RULES
    count = draw.integer(1, 4)
    names = [f"{level}_{i}" for i in range(count)]
    order = list(range(count))
    raw, by_hand = [], []
    takes = [["opted_out", "disqualified", "excluded"]] if draw.integer(0, 3) == 0 else [[]]
    for i in order:
        text = draw.choice(tuple(rules))
        capacity = draw.choice((None, 0, 1, 3, 10))
        others = [name for name in names if name > names[i]]
        if draw.integer(0, 1) and i and capacity is None:
            capacity = 2
        overflow = draw.choice(others) if others and capacity is not None and draw.integer(0, 1) else None
        queue = {"name": names[i], "level": level, "when": text, "takes": takes[0]}
        raw.append({**queue, "capacity": capacity, "overflow": overflow})
        by_hand.append(ByHand(names[i], rules[text], capacity, overflow, takes[0]))
    # The order in which rules are tried is not that of overflow.
    turn = draw.integer(0, count - 1)
    return raw[turn:] + raw[:turn], by_hand[turn:] + by_hand[:turn]


def places(routed: Routed, level: str) -> dict[str, tuple[str, ...]]:
    """Where each lead or account is; whoever is in two places makes it fail."""
    key = "contact_id" if level == "lead" else "account_id"
    found: list[tuple[str, tuple[str, ...]]] = []
    for filled in routed.queues:
        if filled.queue.level == level:
            name = filled.queue.name
            found += [(each, ("queue", name)) for each in routed.lists[name][key]]
    for name, frame in (("kept_out", routed.kept_out), ("unrouted", routed.unrouted)):
        found += [(row[key], (name,)) for row in frame.iter_rows(named=True) if row["level"] == level]
    found += [
        (row[key], ("overflow", row["queue"])) for row in routed.overflow.iter_rows(named=True) if row["level"] == level
    ]
    assert len({each for each, _ in found}) == len(found)
    return dict(found)


def check(result: ScoreResult, contacts: list[dict[str, Any]], seed: int) -> Routed:
    """Route by random queues and hold everything against plain Python."""
    draw = RandomDraw(seed)
    leads, leads_by_hand = random_queues(draw, "lead")
    accounts, accounts_by_hand = random_queues(draw, "account")
    routing = Routing.model_validate({"queues": [*leads, *accounts]})
    assert list(routing.problems()) == []
    routed = route(result, routing)
    for level, rows, queues in (
        ("lead", lead_rows(result, contacts), leads_by_hand),
        ("account", account_rows(result), accounts_by_hand),
    ):
        expected, lists = routed_by_hand(rows, queues)
        key = "contact_id" if level == "lead" else "account_id"
        assert places(routed, level) == expected
        assert {name: routed.lists[name][key].to_list() for name in lists} == lists
        assert len(expected) == routed.counts[level] == len(rows)  # type: ignore[index]
    for filled in routed.queues:
        assert filled.matched + filled.received == filled.taken + filled.over
        assert routed.lists[filled.queue.name]["place"].to_list() == list(range(1, filled.taken + 1))
    return routed


@pytest.mark.parametrize("seed", [*range(6), *(pytest.param(each, marks=pytest.mark.slow) for each in range(6, 20))])
def test_everybody_is_in_one_place_and_in_order_on_random_workspaces(seed: int) -> None:
    tables, model, as_of = random_workspace(seed)
    result = abm.score(frames(tables), model_from(model), as_of=as_of)
    check(result, tables.get("contacts", []), seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_everybody_is_in_one_place_in_larger_worlds(seed: int) -> None:
    tables = clean_world(seed) if seed % 2 else dirty_world(seed)
    for contact in tables["contacts"][::7]:
        contact["opted_out"] = True
    result = score(tables, law_model())
    for each in range(10 * seed, 10 * seed + 10):
        check(result, tables["contacts"], each)


@pytest.fixture(scope="module")
def demo() -> ScoreResult:
    return abm.score(abm.load_workspace(demo_folder()))


def queues(*raw: dict[str, Any]) -> Routing:
    routing = Routing.model_validate({"queues": [{"level": "lead", "when": "true", **each} for each in raw]})
    assert list(routing.problems()) == []
    return routing


def test_the_demo_by_default(demo: ScoreResult) -> None:
    routed = route(demo)
    counts = {filled.queue.name: filled.taken for filled in routed.queues}
    leads = demo.leads.to_dicts()
    barred = {row["account_id"] for row in demo.accounts.to_dicts() if row["is_excluded"]}
    contacts = abm.load_workspace(demo_folder()).tables["contacts"].frame.collect().to_dicts()
    out = {row["contact_id"] for row in contacts if row["opted_out"]}
    free = [row for row in leads if row["contact_id"] not in out and row["account_id"] not in barred]
    statuses = [row["status"] for row in free]
    assert counts["sales_now"] == statuses.count("hand_raiser")
    assert counts["sdr"] == statuses.count("mql")
    assert counts["nurture"] == statuses.count("nurture")
    accounts = [row for row in demo.accounts.to_dicts() if not row["is_excluded"]]
    assert counts["ae"] == sum(row["is_mqa"] for row in accounts)
    assert counts["in_market"] == sum(not row["is_mqa"] and row["spiking_topic_count"] > 0 for row in accounts)


def test_what_a_caller_reads(demo: ScoreResult) -> None:
    rows = {row["contact_id"]: row for row in route(demo).lists["sales_now"].to_dicts()}
    cfo = rows["C0055"]
    assert (cfo["name"], cfo["title"], cfo["account"]) == ("Katharina Vogelsang", "CFO", "Hagebutte Maschinenbau")
    assert cfo["why"].startswith("Raised a hand: demo request on 2026-06-28; 96.7 points, 65 needed")
    assert cfo["did"].startswith("demo request on 2026-06-28; 3 x page view, last on 2026-06-28")
    assert (cfo["since"], cfo["due"], cfo["waiting_days"]) == (date(2026, 6, 28), date(2026, 6, 28), 2)
    assert cfo["owner"] == cfo["account_owner"] == "m.okafor"


def test_the_raised_day_is_the_newest_raising_event(demo: ScoreResult) -> None:
    events = abm.load_workspace(demo_folder()).tables["events"].frame.collect().to_dicts()
    raising = {"demo_request", "contact_sales"}
    contacts = {
        row["contact_id"]: row
        for row in abm.load_workspace(demo_folder()).tables["contacts"].frame.collect().to_dicts()
    }
    for row in route(demo).lists["sales_now"].to_dicts():
        mail = (contacts[row["contact_id"]]["email"] or "").lower()
        days = [
            each["occurred_at"]
            for each in events
            if each["type"] in raising
            and (each["contact_id"] == row["contact_id"] or (each["email"] or "").strip().lower() == mail)
            and each["occurred_at"] <= demo.as_of
        ]
        assert row["since"] == max(days)


@pytest.mark.parametrize(("hours", "days"), [(0.5, 0), (4, 0), (23.9, 0), (24, 1), (36, 1), (48, 2), (72, 3)])
def test_due_is_the_first_day_on_which_the_hours_may_run_out(demo: ScoreResult, hours: float, days: int) -> None:
    routed = route(demo, queues({"name": "all", "sla_hours": hours}))
    for row in routed.lists["all"].to_dicts():
        assert row["due"] == (row["since"] or demo.as_of) + timedelta(days=days)


def test_overdue_counts_what_was_due_before_the_day(demo: ScoreResult) -> None:
    routed = route(demo, queues({"name": "all", "sla_hours": 48}))
    (filled,) = routed.queues
    assert filled.late == sum(row["due"] < demo.as_of for row in routed.lists["all"].to_dicts())
    assert filled.waiting == max(
        (demo.as_of - row["since"]).days for row in routed.lists["all"].to_dicts() if row["since"]
    )


def test_capacity_none_is_everything_and_zero_is_nothing(demo: ScoreResult) -> None:
    everything = route(demo, queues({"name": "all"})).queues[0]
    nothing = route(demo, queues({"name": "all", "capacity": 0}))
    assert (everything.over, nothing.queues[0].taken) == (0, 0)
    assert nothing.queues[0].over == everything.taken == nothing.overflow.height
    assert set(nothing.overflow["queue"]) == {"all"}


def test_what_is_over_goes_down_the_chain_and_raised_hands_stay_first(demo: ScoreResult) -> None:
    routed = route(
        demo,
        queues(
            {"name": "last", "when": "score > 60", "capacity": 4},
            {"name": "first", "capacity": 1, "overflow": "second"},
            {"name": "second", "when": "false", "capacity": 2, "overflow": "last"},
        ),
    )
    best = [row["contact_id"] for row in routed.lists["first"].to_dicts()]
    second = routed.lists["second"].to_dicts()
    assert routed.lists["last"]["status"][0] == "hand_raiser"
    assert (len(best), len(second), routed.lists["last"].height) == (1, 2, 4)
    assert {row["rule"] for row in second} == {"first"}
    assert routed.queues[2].received == routed.queues[1].over
    assert set(routed.overflow["queue"]) == {"last"}
    assert {*routed.overflow["rule"]} == {"first", "last"}


@pytest.mark.parametrize("bar", ["opted_out", "disqualified", "excluded"])
def test_a_queue_takes_only_whom_it_names(demo: ScoreResult, bar: str) -> None:
    strict = route(demo, queues({"name": "all"}))
    assert strict.kept_out.filter(strict.kept_out["level"] == "lead").height == 70
    assert {reason for reasons in strict.kept_out["reason"] for reason in reasons.split(";")} == {
        "opted_out", "disqualified", "excluded",
    }  # fmt: skip
    open_handed = route(demo, queues({"name": "all", "takes": [bar]}))
    let_in = {*open_handed.lists["all"]["contact_id"]} - {*strict.lists["all"]["contact_id"]}
    alone = strict.kept_out.filter((strict.kept_out["reason"] == bar) & (strict.kept_out["level"] == "lead"))
    assert let_in == {*alone["contact_id"]} != set()


def test_an_owner_by_name_and_the_owner_of_the_account(demo: ScoreResult) -> None:
    named = route(demo, queues({"name": "all", "owner": "Team Nord"})).lists["all"]
    assert set(named["owner"]) == {"Team Nord"}
    own = route(demo, queues({"name": "all", "owner": "account"}))
    assert own.lists["all"]["owner"].to_list() == own.lists["all"]["account_owner"].to_list()
    assert own.queues[0].ownerless == own.lists["all"]["owner"].null_count() > 0


def test_rules_of_leads_may_ask_of_their_person_and_account(demo: ScoreResult) -> None:
    asked = "account.industry is not null and account.is_mqa and title ilike '%manager%'"
    rows = route(demo, queues({"name": "all", "when": asked})).lists["all"]
    owners = {row["account_id"]: row for row in demo.accounts.to_dicts()}
    assert rows.height
    assert all(owners[row["account_id"]]["is_mqa"] and "manager" in row["title"].lower() for row in rows.to_dicts())


def test_mistakes_in_rules_are_said_at_once_with_their_lines(demo: ScoreResult) -> None:
    routing, places_of = default_routing()
    wrong = [{**queue.model_dump(), "when": "scor > 1"} for queue in routing.queues[:2]]
    with pytest.raises(ConditionError) as raised:
        route(demo, Routing.model_validate({"queues": wrong}), places_of)
    lines = str(raised.value).splitlines()
    assert [("Did you mean 'score'?" in line, "routing.yaml:" in line) for line in lines] == [(True, True)] * 2
    assert "queue 'sales_now': when: " in lines[0]


def test_a_result_without_contacts_routes_accounts_alone() -> None:
    tables = {key: rows for key, rows in clean_world(1).items() if key in ("accounts", "intent")}
    result = score(tables, {"name": "bare", "version": 1, "signals": []})
    routed = route(result)
    assert result.as_of == AS_OF
    assert routed.counts == {"lead": 0, "account": 60}
    assert len(places(routed, "account")) == 60
