"""The oracle on numbers worked by hand: each expected value was computed from DESIGN.md with pencil and paper."""

from __future__ import annotations

import itertools
import random
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests.oracle import coverage, score
from tests.oracle.conditions import BadConditionError, holds, truth
from tests.oracle.families import CycleError
from tests.oracle.intent import counted_strength, is_spike
from tests.oracle.mail import FREE_PROVIDERS, ROLE_MAILBOXES, email_kind, mail_domain
from tests.oracle.matching import Owners, one_row_per_person
from tests.oracle.model import COUNT
from tests.strategies import cases, models, random_workspace, workspaces

TODAY = date(2026, 7, 1)
POINT = 1_000_000
ROLE = {"role": "user", "when": "true", "confidence": 0.9}
NO_DECAY = {"half_life_days": "none"}


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def event(contact: str | None, kind: str, days: int, **more: Any) -> dict[str, Any]:
    return {"contact_id": contact, "type": kind, "occurred_at": ago(days), **more}


def model(**parts: Any) -> dict[str, Any]:
    base = {
        "name": "m",
        "version": 1,
        "signals": [{"name": "view", "event": "view", "points": 10, **NO_DECAY}],
        "roles": {"rules": [ROLE]},
        "buying_groups": [{"name": "core", "roles": {"user": {"people": 1}}}],
    }
    return {**base, **parts}


def tables(events: list[dict[str, Any]], people: int = 1, **more: Any) -> dict[str, list[dict[str, Any]]]:
    contacts = [{"contact_id": f"c{index}", "account_id": "a"} for index in range(1, people + 1)]
    return {"accounts": [{"account_id": "a"}], "contacts": contacts, "events": events, **more}


def x_of(signals: list[dict[str, Any]], events: list[dict[str, Any]], **parts: Any) -> int:
    [lead] = score(tables(events), model(signals=signals, **parts), TODAY)["leads"]
    return int(lead["engagement"])


# Conditions


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("n > 3 and t = 'a'", True),
        ("missing > 3", None),
        ("missing > 3 or n = 5", True),
        ("missing > 3 and n = 4", False),
        ("not missing = 1", None),
        ("missing is null and n is not null", True),
        ("n in (1, 5)", True),
        ("n not in (1, missing)", None),
        ("n in (5, missing)", True),
        ("n / 0 > 1", None),
        ("n / 2 = 2.5", True),
        ("n between 5 and 6", True),
        ("n not between 6 and 7", True),
        ("not n between 6 and 7", True),
        ("n + 1 * 2 = 7", True),
        ("-n = 0 - 5", True),
        ("t like 'A'", False),
        ("t ilike 'A'", True),
        ("lines like 'x%z'", True),
        ("lines like 'x_y_z'", True),
        (r"slash like 'a\%'", True),
        (r"slash like 'a\_'", True),
        (r"t like '\a'", False),
        ("quote = 'it''s'", True),
        ("length(lines) = 5", True),
        ("coalesce(missing, n, 9) = 5", True),
        ("upper(t) = 'A' AND NOT lower(t) = 'A'", True),
        ("days_since(day) = 30", True),
        ("day < date '2026-06-02'", True),
        ("flag", True),
        ("flag = false", False),
        (True, True),
        ("not flag or n = 5 and t = 'b'", False),
        ("abs(4 - n) = 1", True),
    ],
)
def test_conditions(text: str | bool, expected: bool | None):
    names = {
        "n": 5,
        "t": "a",
        "missing": None,
        "lines": "x\ny\nz",
        "slash": "a\\b",
        "quote": "it's",
        "day": ago(30),
        "flag": True,
    }
    assert truth(text, names, TODAY) is expected


@pytest.mark.parametrize("text", ["n >", "n = 1)", "sum(n) > 1", "n not 5", "n", "n between 1", "n = #"])
def test_what_is_no_condition(text: str):
    with pytest.raises(BadConditionError):
        holds(text, {"n": 5}, TODAY)


# Engagement


@pytest.mark.parametrize(
    ("decay", "days", "expected"),
    [
        ({"half_life_days": 30}, [7, 15, 30, 60, 90], [8_507, 7_071, 5_000, 2_500, 1_250]),
        ({}, [0, 30], [10_000, 5_000]),
        ({"linear_days": 120}, [0, 30, 60, 119, 120], [10_000, 7_500, 5_000, 83, 0]),
        ({"linear_days": 60}, [0, 30, 60], [10_000, 5_000, 0]),
        (
            {"steps": [{"after_days": 7, "factor": 0.5}, {"after_days": 30, "factor": 0}]},
            [6, 7, 29, 30],
            [10_000, 5_000, 5_000, 0],
        ),
        ({"half_life_days": "none", "window_days": 10}, [9, 10], [10_000, 0]),
    ],
)
def test_decay(decay: dict[str, Any], days: list[int], expected: list[int]):
    signal = {"name": "view", "event": "view", "points": 10, **decay}
    assert [round(x_of([signal], [event("c1", "view", each)]) / 1000) for each in days] == expected


def test_points_of_a_form_three_views_and_a_file():
    signals = [{"name": n, "event": n, "points": p, **NO_DECAY} for n, p in (("form", 50), ("view", 1), ("file", 3))]
    events = [event("c1", "form", 1), event("c1", "view", 1, count=2), event("c1", "view", 3), event("c1", "file", 9)]
    assert x_of(signals, events) == 56 * POINT


def test_max_points_are_spent_on_the_newest_activity():
    """200 views a day for 60 days, then 30 days of silence: the 40 points of the last 8 days, each about half."""
    signal = {"name": "view", "event": "view", "points": 1, "daily_cap": 5, "max_points": 40}
    events = [event("c1", "view", days, count=200) for days in range(30, 90)]
    expected = sum(5 * POINT * round(2 ** (-days / 30) * 1e6) // 1_000_000 for days in range(30, 38))
    assert x_of([signal], events) == expected


def test_group_budget_goes_by_day_then_model_order_then_repeat():
    """Today: view 10 then its repeat 8, budget 25 leaves 7 for the click of today, nothing for yesterday."""
    signals = [
        {
            "name": "view",
            "event": "view",
            "points": 10,
            "group": "web",
            "repeat": {"times": 1, "within_days": 1, "points": 8},
            **NO_DECAY,
        },
        {"name": "click", "event": "click", "points": 9, "group": "web", "linear_days": 10},
    ]
    events = [event("c1", "click", 0), event("c1", "view", 0), event("c1", "view", 1), event("c1", "click", 5)]
    assert x_of(signals, events, signal_groups={"web": {"max_points": 25}}) == 25 * POINT
    assert x_of(signals, events[1:], signal_groups={"web": {"max_points": 29}}) == (10 + 8 + 10) * POINT + POINT // 2


def test_repeat_is_at_the_latest_day_that_closes_enough_occurrences():
    signal = {"name": "view", "event": "view", "points": 0, "daily_cap": 2, "linear_days": 100}
    signal["repeat"] = {"times": 3, "within_days": 7, "points": 10}
    near = [event("c1", "view", 40, count=9), event("c1", "view", 34)]
    assert x_of([signal], near) == 6_600_000
    assert x_of([signal], [event("c1", "view", 41, count=9), event("c1", "view", 34)]) == 0
    assert x_of([signal], [*near, event("c1", "view", 3)]) == 6_600_000


def test_negative_points_truncate_toward_zero_and_stop_at_zero():
    signals = [
        {"name": "view", "event": "view", "points": 10, **NO_DECAY},
        {"name": "bye", "event": "bye", "points": -0.000003, "half_life_days": 30},
        {"name": "away", "event": "away", "points": -20, "max_points": 15, **NO_DECAY},
    ]
    assert x_of(signals, [event("c1", "view", 0), event("c1", "bye", 30)]) == 10 * POINT - 1
    assert x_of(signals, [event("c1", "view", 0), event("c1", "away", 1)]) == 0
    assert x_of(signals, [event("c1", "view", 0), event("c1", "view", 0), event("c1", "away", 1)]) == 5 * POINT


def test_an_event_counts_for_the_first_signal_only_and_not_if_ignored():
    signals = [
        {"name": "pricing", "event": "view", "where": "url like '%pricing%'", "points": 15, **NO_DECAY},
        {"name": "view", "event": ["view", "read"], "points": 1, **NO_DECAY},
    ]
    events = [event("c1", "view", 0, url="/pricing"), event("c1", "read", 0, url="/pricing"), event("c1", "noise", 0)]
    assert x_of(signals, events) == 16 * POINT
    assert x_of(signals, events, ignore="type = 'read'") == 15 * POINT


@pytest.mark.parametrize(("days", "engaged"), [(89, 1), (90, 0)])
def test_engaged_needs_recent_points_in_the_window(days: int, engaged: int):
    [account] = score(tables([event("c1", "view", days)]), model(), TODAY)["accounts"]
    assert (account["engaged_contacts"], account["engagement_points"]) == (engaged, 10 * POINT)


# Roll-ups, with the worked numbers that other systems print


def test_role_sum_of_daily_capped_counts():
    people = {
        "decision_maker": [{"web": [37, 15], "click": [1, 1]}, {"web": [5, 3], "click": [1, 1], "download": [3, 2]}],
        "influencer": [{"web": [19, 9]}],
        "practitioner": [{"click": [2, 0]}, {"click": [2, 0]}, {"click": [2, 0], "web": [8, 0], "download": [3, 0]}],
    }
    contacts: list[dict[str, Any]] = []
    events: list[dict[str, Any]] = []
    for role, activities in people.items():
        for activity in activities:
            contact = f"c{len(contacts)}"
            contacts.append({"contact_id": contact, "account_id": "a", "buying_role": role})
            events += [event(contact, k, day, count=n) for k, ns in activity.items() for day, n in enumerate(ns) if n]
    weights = {"decision_maker": 100, "influencer": 80, "practitioner": 60}
    parts = model(
        signals=[
            {"name": n, "event": n, "points": 1, "daily_cap": 20, **NO_DECAY} for n in ("web", "click", "download")
        ],
        buying_groups=[{"name": "core", "roles": {role: {"weight": weight} for role, weight in weights.items()}}],
        account={"engagement": {"rollup": "role_sum", "scale": "none"}},
    )
    [account] = score(tables(events) | {"contacts": contacts}, parts, TODAY)["accounts"]
    assert account["engagement"] == 35_250_000
    assert account["engagement_points"] == (52 + 28 + 17) * POINT


@pytest.mark.parametrize(
    ("rollup", "expected"),
    [("best_and_rest", 60), ("sum", 100), ("max", 80), ("mean", Fraction(140, 3)), ("role_sum", 100)],
)
def test_rollups_over_80_40_20_and_0(rollup: str, expected: Fraction | int):
    events = [event("c1", "view", 0, count=8), event("c2", "view", 0, count=4), event("c3", "view", 0, count=2)]
    settings_ = {"engagement": {"rollup": rollup, "scale": "none", "half_at": 20}}
    [account] = score(tables(events, people=4), model(account=settings_), TODAY)["accounts"]
    assert account["engagement"] == round(min(100, expected) * POINT)
    assert account["top_contact_share"] == 571_429


def test_by_role_takes_the_warmest_of_each_role_others_and_the_anonymous():
    """half_at 20: x = 20 is 0.5, 40 is 0.75, 60 is 0.875, all exactly."""
    contacts = [
        {"contact_id": "c1", "account_id": "a", "buying_role": "user"},
        {"contact_id": "c2", "account_id": "a", "buying_role": "user"},
        {"contact_id": "c3", "account_id": "a", "buying_role": "user"},
        {"contact_id": "c4", "account_id": "a"},
    ]
    events = [event("c1", "view", 0, count=2), event("c2", "view", 0, count=4), event("c4", "view", 0, count=6)]
    events.append(event(None, "view", 0, count=2, account_id="a"))
    group = {"name": "core", "roles": {"user": {"weight": 3, "people": 2}, "champion": {"weight": 1}}}
    results = score(tables(events) | {"contacts": contacts}, model(roles={}, buying_groups=[group]), TODAY)
    [account] = results["accounts"]
    warmth = {row["role"]: (row["warmth"], row["best_contact"]) for row in results["committee"]}
    assert warmth == {"user": (625_000, "c2"), "champion": (0, None)}
    assert account["engagement"] == round(100 * (3 * 0.625 + 0.5 * 0.875 + 0.5 * 0.5) / 4 * POINT)


# Coverage


@pytest.mark.parametrize(
    ("assigned", "expected"), [(1, 33_333_333), (2, 66_666_667), (3, 100_000_000), (5, 100_000_000)]
)
def test_completeness_of_a_role_of_three(assigned: int, expected: int):
    group = {"name": "core", "roles": {"user": {"people": 3, "required": True}}}
    results = score(tables([event("c1", "view", 0)], people=assigned), model(buying_groups=[group]), TODAY)
    [account] = results["accounts"]
    assert (account["completeness"], account["coverage"]) == (expected, 33_333_333)
    assert account["single_threaded"] is True
    [row] = results["committee"]
    assert (row["filled"], row["filled_engaged"], row["known"]) == (min(assigned, 3), 1, assigned)


def random_committee(rng: random.Random) -> tuple[dict[str, Any], list[frozenset[str]]]:
    names = ["r1", "r2", "r3", "r4"][: rng.randint(1, 4)]
    roles = {name: {"weight": rng.choice([1, 2, 3, 0.5]), "people": rng.randint(1, 2)} for name in names}
    return roles, [frozenset(n for n in names if rng.random() < 0.5) for _ in range(rng.randint(0, 5))]


def test_coverage_is_the_best_of_all_assignments_and_the_closed_form_of_the_design():
    rng = random.Random(7)
    for _ in range(150):
        roles, people = random_committee(rng)
        filled = coverage.fill(roles, people)
        assert coverage.share(roles, filled) == best_by_enumeration(roles, people)
        assert filled == closed_form(roles, people)


def best_by_enumeration(roles: dict[str, Any], people: list[frozenset[str]]) -> Fraction:
    best = Fraction(0)
    for seats in itertools.product(*[[None, *sorted(eligible)] for eligible in people]):
        filled = {role: seats.count(role) for role in roles}
        if all(filled[role] <= roles[role]["people"] for role in roles):
            best = max(best, coverage.share(roles, filled))
    return best


def closed_form(roles: dict[str, Any], people: list[frozenset[str]]) -> dict[str, int]:
    order = sorted(roles, key=lambda role: -Fraction(roles[role]["weight"]) / roles[role]["people"])
    filled, before = {}, 0
    for k in range(1, len(order) + 1):
        first = order[:k]
        subsets = itertools.chain.from_iterable(itertools.combinations(first, size) for size in range(k + 1))
        rho = min(
            sum(bool(eligible & set(subset)) for eligible in people)
            + sum(roles[role]["people"] for role in first if role not in subset)
            for subset in subsets
        )
        filled[order[k - 1]], before = rho - before, rho
    return filled


# Roles


def roles_of(contact: dict[str, Any], roles: dict[str, Any], **more: Any) -> str | None:
    group = {"name": "core", "roles": {"champion": {"weight": 1}, "user": {"weight": 2}}, "blockers": ["blocker"]}
    given_tables = tables([], **more) | {"contacts": [{"contact_id": "c1", "account_id": "a", **contact}]}
    [lead] = score(given_tables, model(roles=roles, buying_groups=[group]), TODAY)["leads"]
    role: str | None = lead["role"]
    return role


def test_primary_role_is_by_confidence_then_weight_then_order():
    both = [{"role": "champion", "when": "true", "confidence": 0.6}, ROLE | {"confidence": 0.6}]
    assert roles_of({}, {"rules": both}) == "user"
    assert roles_of({}, {"rules": [*both, both[0] | {"confidence": 0.7}]}) == "champion"
    assert roles_of({}, {"rules": both, "min_confidence": 0.61}) is None


def test_explicit_roles_replace_inferred_ones_if_the_template_has_them():
    rules = [ROLE | {"confidence": 0.95}]
    assert roles_of({"buying_role": "Champion"}, {"rules": rules}) == "champion"
    assert roles_of({"buying_role": "OTHER"}, {"rules": rules}) == "user"
    assert roles_of({"buying_role": "blocker"}, {"rules": rules}) is None
    assert roles_of({"buying_role": "champion"}, {"rules": rules, "trust_crm": False}) == "user"
    assert roles_of({"buying_role": "Decision-Maker; x"}, {"aliases": {"DECISION_MAKER": "champion"}}) == "champion"


@pytest.mark.parametrize(
    ("opportunity", "expected"),
    [
        ({"is_closed": False}, "user"),
        ({}, "user"),
        ({"is_closed": True, "closed_on": ago(-1)}, "user"),
        ({"is_closed": True, "is_won": True}, "user"),
        ({"is_closed": True, "is_won": False}, "champion"),
        ({"closed_on": ago(0)}, "champion"),
        ({"account_id": "b", "is_closed": False}, "champion"),
        ({"created_on": ago(-1)}, "champion"),
    ],
)
def test_roles_on_open_or_won_opportunities_of_the_own_account_come_first(opportunity: dict[str, Any], expected: str):
    more = {
        "opportunities": [{"opportunity_id": "o", "account_id": "a", "created_on": ago(9), **opportunity}],
        "opportunity_contacts": [{"opportunity_id": "o", "contact_id": "c1", "role": "User"}],
    }
    assert roles_of({"buying_role": "champion"}, {}, **more) == expected


# Hygiene and identity


def test_the_first_row_of_a_key_wins_after_future_facts_are_gone():
    contacts: list[dict[str, Any]] = [
        {"contact_id": "c1", "account_id": "a", "title": "later", "created_at": ago(-1)},
        {"contact_id": "c1", "account_id": "a", "title": "first"},
        {"contact_id": "c1", "account_id": "a", "title": "second"},
    ]
    fit = {"person": [{"name": "first", "when": "title = 'first'", "points": 7}]}
    [lead] = score(tables([]) | {"contacts": contacts}, model(fit=fit), TODAY)["leads"]
    assert lead["person_fit"] == 7 * POINT


def test_unusable_events_are_left_out_before_event_ids_count_once():
    signals = [{"name": "view", "event": "view", "points": 1, **NO_DECAY}]
    events = [
        event("c1", "view", 1, event_id="e", count=0),
        event("c1", "view", 1, event_id="e", count=3),
        event("c1", "view", 2, event_id="e"),
        event("c1", "view", 3),
        event("c1", "view", 3),
        event("c1", "view", -1),
        {"contact_id": "c1", "type": "view", "occurred_at": date(1999, 12, 31)},
        {"contact_id": "c1", "type": "view", "occurred_at": None},
        {"contact_id": "nobody", "type": "view", "occurred_at": TODAY},
    ]
    assert x_of(signals, events) == 5 * POINT


def test_whose_event_it_is():
    """By contact, else by mail; without a person the event's account, its domain's, or the newcomer's account."""
    contacts: list[dict[str, Any]] = [
        {"contact_id": "c2", "account_id": "a", "email": "Ann@Acme.com"},
        {"contact_id": "c1", "account_id": "gone", "email": " ann@acme.com"},
        {"contact_id": "new", "account_id": "a", "email": "new@acme.com", "created_at": ago(-1)},
    ]
    accounts = [{"account_id": "a"}, {"account_id": "b", "domain": "www.acme.com"}]
    events = [
        {"email": "ANN@acme.com", "type": "view", "occurred_at": TODAY},
        event("c2", "view", 0, account_id="b", count=2),
        event("new", "view", 0, count=3),
        event("new", "view", 0, count=4, domain="Acme.com "),
    ]
    parts = model(buying_groups=[{"name": "core", "roles": {"user": {"weight": 4}}, "anonymous_weight": 1}])
    parts["account"] = {"engagement": {"half_at": 10}}
    results = score({"accounts": accounts, "contacts": contacts, "events": events}, parts, TODAY)
    assert {lead["contact_id"]: (lead["account_id"], lead["engagement"]) for lead in results["leads"]} == {
        "c1": ("a", 30 * POINT),
    }
    # One person under two ids. half_at 10: 30 and 40 points are 0.875 and 0.9375.
    assert {row["account_id"]: row["engagement"] for row in results["accounts"]} == {
        "a": 100 * POINT,  # min(100, 100 * (4 * 0.875 + 0.875) / 4)
        "b": round(100 * 0.9375 / 4 * POINT),
    }


@pytest.mark.parametrize(
    ("email", "kind"),
    [
        (None, None),
        ("nobody", "invalid"),
        ("ada@acme", "invalid"),
        ("a@b@c.de", "invalid"),
        ("ada@gmail.com", "free"),
        ("ada@WEB.de ", "work"),
        ("ada@hey.com", "free"),
        ("Info@web.de", "role"),
        ("info@hey.com", "free"),
        ("ada@www.acme.com", "work"),
    ],
)
def test_email_kind(email: str | None, kind: str | None):
    is_owned = mail_domain(email) in {"web.de", "acme.com"}
    assert email_kind(email, FREE_PROVIDERS, ROLE_MAILBOXES, is_owned=is_owned) == kind


def test_who_owns_a_shared_domain():
    accounts: list[dict[str, Any]] = [
        {"account_id": "a", "domains": "shop.com;acme.com; gmail.com"},
        {"account_id": "c", "domain": "acme.com"},
        {"account_id": "b", "domain": "ACME.com", "domains": "shop.com"},
    ]
    domains = ["acme.com", "eu.acme.com", "shop.com", "gmail.com", "notacme.com"]
    events: list[dict[str, Any]] = [{"domain": each, "type": "view", "occurred_at": TODAY} for each in domains]
    mails = [f"x@{domain}" for domain in domains]
    contacts: list[dict[str, Any]] = [
        {"contact_id": f"c{n}", "account_id": "gone", "email": mail} for n, mail in enumerate(mails)
    ]
    tables = {"accounts": accounts, "contacts": contacts, "events": events}
    results = score(tables, model(), TODAY, by_name=lambda people, _: {row["contact_id"]: "c" for row in people})
    assert [lead["account_id"] for lead in results["leads"]] == ["c"] * 5
    assert [row["last_activity"] is not None for row in results["accounts"]] == [True, True, False]
    owners = Owners({row["account_id"]: {"domain": None, "domains": None, **row} for row in accounts})
    assert [owners.of(domain) for domain in domains] == [["b", "c", "a"], ["b", "c", "a"], ["a", "b"], [], []]


def test_who_is_one_person():
    def contact(email: str | None = None, merged_ids: str | None = None, **told: Any) -> dict[str, Any]:
        return {"account_id": None, "email": email, "merged_ids": merged_ids, "opted_out": None, "title": None, **told}

    contacts = {
        "1": contact("Ann@acme.com", title="CFO"),
        "2": contact(" ann@www.acme.com", account_id="gone"),
        "3": contact(None, "2; 9", account_id="a", opted_out=True),
        "4": contact("n/a"),
        "5": contact("n/a"),
    }
    people, alias = one_row_per_person(contacts, {"a": {}})
    assert alias == {"1": "3", "2": "3", "9": "3"}
    assert people == {
        "3": contact("Ann@acme.com", "2; 9", account_id="a", opted_out=True, title="CFO"),
        "4": contact("n/a"),
        "5": contact("n/a"),
    }


# Leads


def lead_of(contact: dict[str, Any], mql: dict[str, Any], events: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    fit = {
        "person": [{"name": "vp", "when": "seniority_rank >= 8", "points": 20}],
        "account": [{"name": "big", "when": "account_id = 'a'", "points": 15}],
    }
    signals = [
        {"name": "view", "event": "view", "points": 10, **NO_DECAY},
        {"name": "demo", "event": "demo", "points": 50, "hand_raise": True, **NO_DECAY},
    ]
    given_tables = tables(events or []) | {"contacts": [{"contact_id": "c1", **contact}]}
    [lead] = score(given_tables, model(fit=fit, signals=signals, mql=mql), TODAY)["leads"]
    return lead


def test_a_lead_with_and_without_account():
    known = lead_of({"account_id": "a", "seniority": "vp"}, {"threshold": 40}, [event("c1", "view", 0)])
    assert (known["person_fit"], known["account_fit"], known["score"]) == (20 * POINT, 15 * POINT, 45 * POINT)
    assert (known["grade"], known["status"], known["reasons"]) == ("B3", "mql", ["score>=40"])
    lost = lead_of({}, {"threshold_by_segment": {"default": 1}})
    assert (lost["fit_known"], lost["status"], lost["threshold"]) == (0, "insufficient_data", 65 * POINT)
    assert (lost["grade"], lost["segment"], lost["account_fit"], lost["reasons"]) == ("D4", None, 0, ["score<65"])
    assert lead_of({"seniority": "intern"}, {})["fit_known"] == 500_000


@pytest.mark.parametrize(
    ("days", "mql", "status", "reasons"),
    [
        (29, {}, "hand_raiser", ["hand_raise:demo", "score>=65"]),
        (30, {}, "mql", ["score>=65"]),
        (30, {"require": "engagement > 50"}, "nurture", ["score>=65", "require:false"]),
        (3, {"hand_raise": "engagement > 50"}, "mql", ["score>=65"]),
        (
            3,
            {"disqualify": [{"name": "x", "when": "true"}]},
            "hand_raiser",
            ["hand_raise:demo", "disqualify:x", "score>=65"],
        ),
        (
            3,
            {"disqualify": [{"name": "x", "when": "true", "blocks_hand_raise": True}]},
            "disqualified",
            ["disqualify:x", "score>=65"],
        ),
    ],
)
def test_status_and_reasons(days: int, mql: dict[str, Any], status: str, reasons: list[str]):
    lead = lead_of({"account_id": "a"}, mql, [event("c1", "demo", days)])
    assert (lead["status"], lead["reasons"], lead["is_mql"]) == (status, reasons, status in ("mql", "hand_raiser"))


def test_disqualified_people_are_members_of_no_group_but_known():
    mql = {"disqualify": [{"name": "student", "when": "title = 'student'"}]}
    given_tables = tables([event("c1", "view", 0)])
    given_tables["contacts"][0]["title"] = "student"
    [account] = score(given_tables, model(mql=mql), TODAY)["accounts"]
    assert (account["known_contacts"], account["completeness"], account["engagement_points"]) == (1, 0, 0)
    assert (account["best_lead"], account["last_activity"], account["engaged_contacts"]) == (None, TODAY, 0)


# Intent


def test_intent_of_two_vendors_on_one_topic_and_a_second_topic():
    """0.8 * 2^-1 from b beats 0.3 today from a: 1 - (1 - 1 * 0.4) * (1 - 0.5 * 1) = 0.7."""
    rows = [
        {"account_id": "a", "topic": "CRM ", "source": "a", "observed_on": TODAY, "score": 65},
        {"account_id": "a", "topic": "crm", "source": "b", "observed_on": ago(21), "score": 90},
        {"account_id": "a", "topic": "crm", "source": "b", "observed_on": ago(22), "score": 100},
        {"account_id": "a", "topic": "crm", "source": "b", "observed_on": ago(21), "score": 80, "count": 9},
        {"account_id": "a", "topic": "abm", "source": "b", "observed_on": TODAY, "score": 100},
        {"account_id": "a", "topic": "other", "source": "b", "observed_on": TODAY, "score": 100},
        {"account_id": "a", "topic": "abm", "source": "c", "observed_on": ago(60), "score": 100},
    ]
    results = score(
        {"accounts": [{"account_id": "a"}], "intent": rows},
        model(intent={"topics": {"crm": 1.0, "abm": 0.5, "unseen": 1.0}}),
        TODAY,
    )
    crm = next(row for row in results["intent"] if row["topic"] == "crm")
    assert (crm["source"], crm["strength"], crm["decay"], crm["value"], crm["spike"]) == (
        "b",
        800_000,
        500_000,
        90,
        True,
    )
    assert len(results["intent"]) == 2
    [account] = results["accounts"]
    assert (account["intent"], account["spiking_topics"], account["topic_share"]) == (
        70 * POINT,
        ["abm", "crm"],
        666_667,
    )


def test_a_count_spikes_against_its_own_weeks_before():
    """R = 20 against B = 12, q = 1/4: z = 2 (sqrt 20.375 - sqrt 3.09375) / sqrt 1.25 = 4.93 over 3.09."""
    assert is_spike(COUNT, 20, 12)
    assert counted_strength(COUNT, 20, 12) == 873_829  # log2(20 / 3.25) / 3
    assert not is_spike(COUNT, 4, 0)  # fewer than min_count
    assert not is_spike(COUNT, 10_200, 40_000)  # 2 % more of much


@pytest.mark.parametrize(("first_day", "spike", "strength"), [(104, True, 1_000_000), (103, None, 0)])
def test_a_count_source_needs_its_history(first_day: int, spike: bool | None, strength: int):
    rows = [
        {"account_id": "a", "topic": "crm", "source": "g2", "observed_on": ago(20), "count": 5},
        {"account_id": "a", "topic": "crm", "source": "g2", "observed_on": ago(0), "count": 5},
        {"account_id": "nobody", "topic": "x", "source": "g2", "observed_on": ago(first_day), "count": 1},
    ]
    [row] = score({"accounts": [{"account_id": "a"}], "intent": rows}, model(), TODAY)["intent"]
    assert (row["spike"], row["strength"], row["value"], row["observed_on"]) == (spike, strength, 10, TODAY)


# Accounts, groups, families


def test_unknown_is_not_zero():
    [account] = score({"accounts": [{"account_id": "a"}], "intent": []}, model(), TODAY)["accounts"]
    assert (account["intent"], account["coverage"], account["score"]) == (0, None, 0)
    weights = {"fit": 0.5, "leads": 0, "engagement": 0, "coverage": 0, "intent": 0.5}
    fit = {"account": [{"name": "any", "when": "true", "points": 1}]}
    parts = model(fit=fit, account={"weights": weights})
    [account] = score(tables([]), parts, TODAY)["accounts"]
    assert (account["intent"], account["score"]) == (None, 100 * POINT)
    [account] = score(tables([], intent=[]), parts, TODAY)["accounts"]
    assert (account["intent"], account["score"]) == (0, 50 * POINT)
    no_events = {"accounts": [{"account_id": "a"}], "contacts": [{"contact_id": "c", "account_id": "a"}], "intent": []}
    results = score(no_events, model(), TODAY)
    [account], [lead] = results["accounts"], results["leads"]
    assert (account["completeness"], account["coverage"], account["engaged_contacts"]) == (100 * POINT, None, None)
    assert (lead["engagement"], lead["grade"], lead["score"]) == (None, None, 0)


def test_the_account_shows_the_first_group_that_qualifies():
    groups = [
        {"name": "first", "roles": {"champion": {"required": True}}},
        {"name": "second", "roles": {"user": None}},
        {"name": "never", "roles": {"user": None}, "applies_when": "false"},
    ]
    results = score(
        tables([event("c1", "view", 0)]),
        model(buying_groups=groups, mqa={"threshold": 0.5, "require": "coverage > 0"}),
        TODAY,
    )
    [account] = results["accounts"]
    assert [row["group"] for row in results["groups"]] == ["first", "second"]
    assert (account["group"], account["qualified_groups"], account["is_mqa"]) == ("second", 1, True)
    assert results["groups"][0]["reasons"] == ["score>=0.5", "require:false", "missing:champion"]
    assert results["leads"][0]["role"] is None


def test_rank_leaves_out_the_excluded_and_breaks_ties_by_id():
    accounts = [{"account_id": name, "industry": name} for name in "dcba"]
    parts = model(
        fit={"account": [{"name": "c", "when": "industry = 'c'", "points": 1}]},
        mqa={"exclude": [{"name": "d", "when": "name is null and industry = 'd'"}]},
    )
    results = score({"accounts": accounts, "intent": []}, parts, TODAY)["accounts"]
    assert [(row["account_id"], row["rank"]) for row in results] == [("a", 2), ("b", 3), ("c", 1), ("d", None)]


def family_tables() -> dict[str, list[dict[str, Any]]]:
    return {
        "accounts": [
            {"account_id": "top", "parent_account_id": "elsewhere"},
            {"account_id": "one", "parent_account_id": "top"},
            {"account_id": "two", "parent_account_id": "one"},
        ],
        "contacts": [
            {"contact_id": "cfo", "account_id": "one", "buying_role": "economic_buyer"},
            {"contact_id": "ops", "account_id": "two", "buying_role": "champion"},
        ],
        "events": [event("cfo", "view", 0), event("ops", "view", 0)],
    }


def test_a_family_pools_its_people():
    parts = model(
        buying_groups=[{"name": "core", "roles": {"economic_buyer": None, "champion": None}}], family="rollup"
    )
    parts["roles"] = {}
    results = score(family_tables(), parts, TODAY)
    [family] = results["families"]
    assert (family["account_id"], family["coverage"], family["family_spread"]) == ("top", 100 * POINT, 2)
    assert [row["coverage"] for row in results["accounts"]] == [50 * POINT, 0, 50 * POINT]


def test_a_cycle_of_parents_is_an_error():
    looped = family_tables()
    looped["accounts"][0]["parent_account_id"] = "two"
    with pytest.raises(CycleError):
        score(looped, model(family="rollup"), TODAY)


# Random cases


def test_a_seed_gives_one_case():
    assert random_workspace(5) == random_workspace(5)


@pytest.mark.parametrize("seed", range(60))
def test_random_cases_keep_the_laws(seed: int):
    given_tables, raw, as_of = random_workspace(seed)
    results = score(given_tables, raw, as_of)
    for row in results["accounts"]:
        for component in ("fit", "leads", "engagement", "coverage", "completeness", "intent", "score"):
            assert row[component] is None or 0 <= row[component] <= 100 * POINT
        if row["coverage"] is not None:
            assert row["coverage"] <= row["completeness"]
    later = as_of + timedelta(days=1)
    future = [{"contact_id": "c01", "account_id": "a1", "type": "page_view", "occurred_at": later, "event_id": "e1"}]
    if "events" in given_tables:
        assert score({**given_tables, "events": future + given_tables["events"]}, raw, as_of) == results


@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(case=cases())
def test_hypothesis_cases_score(case: Any):
    score(*case)


@settings(max_examples=5, suppress_health_check=list(HealthCheck))
@given(given_tables=workspaces(), raw=models())
def test_hypothesis_tables_and_models_go_together(given_tables: Any, raw: Any):
    score(given_tables, raw, TODAY)
