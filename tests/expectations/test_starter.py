"""What a head of marketing operations would check first of the shipped starter model."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

import abm
from abm.model import model_from
from abm.workspace.bundled import bundled
from tests.expectations.facts import AS_OF, COMMITTEE, IDEAL, Facts, account, days_ago, lead, starter


def changed(**parts: Any) -> Any:
    """The starter model with some of its keys replaced."""
    return model_from({**starter().model_dump(mode="json", exclude_defaults=True), **parts})


def crowd(account_id: str = "B", people: int = 500) -> Facts:
    facts = Facts().account(account_id, **IDEAL)
    for i in range(people):
        facts.person(account_id, f"{account_id}{i:03}", COMMITTEE[i % len(COMMITTEE)])
        for ago in range(1 + i % 2):
            facts.did(f"{account_id}{i:03}", "page_view", 1 + ago, url="https://us.example/blog")
    return facts


def trio(account_id: str = "C") -> Facts:
    facts = Facts().account(account_id, **IDEAL)
    for i, title in enumerate(("CFO", "Head of Operations", "IT Manager")):
        facts.person(account_id, f"{account_id}{i}", title).priced(f"{account_id}{i}").priced(f"{account_id}{i}", 2)
    return facts


def two_person_firm(account_id: str = "D") -> Facts:
    facts = Facts().account(account_id, industry="Software", employees=2)
    for i, title in enumerate(("CEO", "Head of Sales")):
        who = f"{account_id}{i}"
        facts.person(account_id, who, title).priced(who).priced(who, 2).did(who, "webinar_attended", 3)
    return facts.score_of(account_id, "crm software", 85)


def intern(account_id: str = "E") -> Facts:
    facts = Facts().account(account_id, **IDEAL).person(account_id, "E0", "Marketing Intern")
    for ago in (1, 2, 3):
        facts.priced("E0", ago)
    return facts.did("E0", "page_view", 1, url="https://us.example/blog", count=200)


def together(*parts: Facts) -> Facts:
    facts = Facts()
    for part in parts:
        for table, rows in part.tables.items():
            facts.tables.setdefault(table, []).extend(rows)
    return facts


def test_starter_is_one_page() -> None:
    assert len(bundled("config", "starter.yaml").read_text().splitlines()) <= 45
    assert starter().warnings == ()


@pytest.mark.parametrize("intent", [True, False])
def test_a_covered_committee_is_an_mqa_and_ranks_first(intent: bool) -> None:
    parts = [Facts().committee(), crowd(), trio(), intern()]
    if intent:
        parts.append(two_person_firm())
    result = together(*parts).scored()
    assert account(result)["is_mqa"]
    assert abm.rank(result, top=1)["account_id"].to_list() == ["A"]
    assert account(result)["coverage"] == 100


def test_five_page_views_today_or_yesterday_hardly_matter() -> None:
    def busy(ago: int) -> dict[str, Any]:
        facts = Facts().committee()
        for i in range(6):
            facts.did(f"A{i}", "page_view", ago, url="https://us.example/blog", count=5)
        return account(facts.scored())

    today, yesterday = busy(0), busy(1)
    assert abs(today["score"] - yesterday["score"]) < 3
    assert today["coverage"] == yesterday["coverage"]


@pytest.mark.parametrize("intent", [True, False])
def test_five_hundred_lukewarm_people_are_no_mqa(intent: bool) -> None:
    facts = together(crowd(), trio())
    if intent:
        facts.account("Z").score_of("Z", "crm software", 60)
    result = facts.scored()
    many = account(result, "B")
    assert many["known_contacts"] == 500
    assert many["engaged_contacts"] == 0
    assert not many["is_mqa"]
    assert many["score"] < 40
    assert many["score"] < account(result, "C")["score"]


def test_one_keen_intern_is_no_buying_account() -> None:
    result = intern().scored()
    assert not lead(result, "E0")["is_mql"]
    found = account(result, "E")
    assert not found["is_mqa"]
    assert found["single_threaded"]


def test_busy_then_silent_cools_from_its_cap() -> None:
    facts = Facts().account("A", **IDEAL).person("A", "A0", "CFO")
    for ago in range(30, 90):
        facts.did("A0", "page_view", ago, url="https://us.example/blog", count=200)
    now = lead(facts.scored(), "A0")["engagement"]
    then = lead(facts.scored(as_of=days_ago(30)), "A0")["engagement"]
    assert then > 20
    assert now == pytest.approx(then / 2, abs=1e-4)


def test_an_unsubscribe_ends_light_engagement() -> None:
    facts = Facts().account("A", **IDEAL).person("A", "A0", "CFO").priced("A0", 5)
    assert account(facts.scored())["engaged_contacts"] == 1
    facts.did("A0", "unsubscribe", 1)
    assert account(facts.scored())["engaged_contacts"] == 0


def test_a_hand_raising_cfo_qualifies_the_account_and_warns() -> None:
    facts = Facts().account("A", **IDEAL).person("A", "A0", "CFO").did("A0", "demo_request", 2)
    result = facts.scored()
    assert lead(result, "A0")["status"] == "hand_raiser"
    assert lead(result, "A0")["reasons"][0] == "hand_raise:demo_request"
    found = account(result)
    assert found["is_mqa"]
    assert "trigger:hand_raise" in found["reasons"]
    assert found["single_threaded"]


def test_a_competitor_is_never_handed_to_sales() -> None:
    facts = Facts().account("A", **IDEAL, lifecycle="competitor").person("A", "A0", "CFO").did("A0", "demo_request", 2)
    result = facts.scored()
    assert lead(result, "A0")["status"] == "disqualified"
    assert account(result)["is_excluded"]
    assert account(result)["rank"] is None
    assert not account(result)["is_mqa"]


def test_an_opted_out_vp_is_still_a_hand_raiser() -> None:
    facts = Facts().account("A", **IDEAL).person("A", "A0", "VP Finance", opted_out=True).did("A0", "demo_request", 2)
    assert lead(facts.scored(), "A0")["status"] == "hand_raiser"


def test_a_personal_mailbox_is_a_hand_raiser_without_account() -> None:
    facts = Facts().account("A", **IDEAL).person(None, "P", "Owner", email="jo@gmail.com").did("P", "demo_request", 2)
    found = lead(facts.scored(), "P")
    assert (found["status"], found["account_id"], found["email_kind"]) == ("hand_raiser", None, "free")


def test_a_two_person_firm_passes_the_small_bar() -> None:
    found = account(two_person_firm().scored(), "D")
    assert found["segment"] == "smb"
    assert found["is_mqa"]
    assert found["reasons"] == ["score>=50"]


def test_intent_with_nobody_known_is_in_market_and_no_mqa() -> None:
    facts = together(Facts().account("X", **IDEAL), Facts().committee())
    for topic in ("crm software", "sales analytics", "revenue intelligence"):
        facts.score_of("X", topic, 90)
    found = account(facts.scored(), "X")
    assert found["stage"] == "in_market"
    assert found["spiking_topic_count"] == 3
    assert not found["is_mqa"]


def test_small_growth_and_few_hits_are_no_spike() -> None:
    facts = Facts().account("A", **IDEAL).account("B", **IDEAL)
    for week in range(15):
        count = 10_200 if week < 3 else 10_000
        facts.row("intent", account_id="A", topic="crm", observed_on=days_ago(7 * week + 3), count=count, source="g2")
    facts.row("intent", account_id="A", topic="old", observed_on=days_ago(104), count=1, source="g2")
    facts.row("intent", account_id="B", topic="crm", observed_on=days_ago(2), count=3, source="g2")
    result = facts.scored()
    assert account(result, "A")["spiking_topic_count"] == 0
    assert account(result, "B")["spiking_topic_count"] == 0


def test_a_surge_seven_weeks_ago_is_little_intent() -> None:
    found = account(Facts().account("A", **IDEAL).score_of("A", "crm software", 95, ago=49).scored())
    assert found["spiking_topic_count"] == 0
    assert 0 < found["intent"] < 10


def test_a_customer_stays_out_of_the_new_business_ranking() -> None:
    result = Facts().committee(lifecycle="customer").scored()
    assert account(result)["stage"] == "customer"
    assert abm.rank(result).is_empty()
    assert abm.rank(result, excluded=True)["account_id"].to_list() == ["A"]


@pytest.mark.parametrize("word", ["OTHER", "Influencer"])
def test_a_vague_word_of_the_crm_changes_nothing(word: str) -> None:
    def cfo(buying_role: str | None) -> tuple[Any, Any]:
        facts = Facts().account("A", **IDEAL).person("A", "A0", "CFO", buying_role=buying_role).priced("A0")
        result = facts.scored()
        return lead(result, "A0"), account(result)

    assert cfo(word) == cfo(None)
    assert cfo(word)[0]["role"] == "economic_buyer"


def test_a_second_easier_group_leaves_the_first_alone() -> None:
    easy = {"name": "easy", "roles": {"user": {"people": 1}}, "engaged_at": 1}
    core = starter().buying_groups[0].model_dump(mode="json")
    facts = together(trio(), crowd())
    before = facts.scored().groups
    after = facts.scored(changed(buying_groups=[core, easy])).groups
    assert after.filter(pl.col("group") == "core").equals(before)


def test_an_account_cannot_own_gmail() -> None:
    facts = (
        Facts().account("A", **IDEAL, domains="gmail.com").person(None, "P", "CFO", email="jo@gmail.com").priced("P")
    )
    result = facts.scored()
    assert lead(result, "P")["account_id"] is None
    (finding,) = [each for each in result.findings if each.code == "consumer_domain"]
    assert finding.samples == ("gmail.com (A)",)


def test_intent_that_was_never_given_is_unknown_not_zero() -> None:
    without = account(Facts().committee().scored())
    assert without["intent"] is None
    with_none_for_it = account(Facts().committee().account("B").score_of("B", "crm", 70).scored())
    assert with_none_for_it["intent"] == 0
    assert without["score"] == pytest.approx(with_none_for_it["score"] / 0.8, abs=1e-5)


def test_a_family_covers_what_no_subsidiary_does() -> None:
    facts = Facts().account("P", **IDEAL)
    for name, title in (("S", "CFO"), ("T", "Head of Operations")):
        facts.account(name, **IDEAL, parent_account_id="P")
        facts.person(name, f"{name}0", title).priced(f"{name}0")
    result = facts.scored(changed(family="rollup"))
    assert account(result, "S")["coverage"] < 50
    assert account(result, "T")["coverage"] < 50
    assert result.families is not None
    (family,) = result.families.to_dicts()
    assert (family["account_id"], family["family_spread"]) == ("P", 2)
    assert family["coverage"] == pytest.approx(200 / 3, abs=1e-5)


def test_as_of_is_the_newest_fact_without_being_told() -> None:
    assert Facts().committee().scored(as_of=None).as_of == days_ago(1)  # type: ignore[arg-type]
    assert days_ago(0) == AS_OF
