"""Finding what somebody means: ids before addresses, addresses before domains, domains before names."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import abm
from abm.errors import NotFoundError
from abm.model import model_from
from abm.scoring.explanation.entity import Entity, find
from tests.output.results import demo_result, hostile_result

if TYPE_CHECKING:
    from abm.scoring.result import ScoreResult

MODEL = {
    "name": "names",
    "version": 1,
    "signals": [{"name": "visit", "event": "visit", "points": 20}],
    "buying_groups": [
        {"name": "core", "roles": {"buyer": {}}},
        {"name": "renewal", "applies_when": "lifecycle = 'customer'", "roles": {"user": {}}},
    ],
}

FACTS: dict[str, Any] = {
    "accounts": {
        "account_id": ["A1", "A2", "A/core", "x@y.example", "same", "acme.example", "A7"],
        "name": ["Acme", "Acme Holdings", "Slash", "Address", "Same", "Dotted", "Ünlü İnşaat"],
        "domain": ["www.ACME.example", "Acme.example", None, None, None, None, "gmail.com"],
        "domains": ["acme.de; acme.fr", None, None, None, None, None, None],
        "lifecycle": ["customer", "prospect", None, None, None, None, None],
    },
    "contacts": {
        "contact_id": ["C1", "C2", "C3", "same", "C5", "C6"],
        "account_id": ["A1", "A1", "A2", "A2", None, "A1"],
        "email": ["Jo@acme.example", "jm@www.acme.example", "ada@acme.de", None, "jim@nowhere.example", None],
        "merged_ids": ["C0", None, None, None, None, None],
        "first_name": ["Jo", "Jo", "Ada", "Same", "Jim \n Bo", None],
        "last_name": ["March", "Marchand", "Lovelace", "Person", None, None],
        "title": ["CFO", None, "CTO", None, None, None],
    },
    "events": {"contact_id": ["C1"], "type": ["visit"], "occurred_at": ["2026-06-01"]},
}


DAY = "2026-06-30"


@cache
def named() -> ScoreResult:
    frames = {name: pl.DataFrame(columns) for name, columns in FACTS.items()}
    return abm.score(frames, model_from(MODEL), as_of=DAY)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A1", Entity("account", "A1")),
        (" C1 ", Entity("lead", "C1")),
        ("C0", Entity("lead", "C1")),  # merged into it
        ("x@y.example", Entity("account", "x@y.example")),  # an id before an address
        ("acme.example", Entity("account", "acme.example")),  # an id before a domain
        ("A/core", Entity("account", "A/core")),  # an id before a group
        ("A1/renewal", Entity("group", "A1", "renewal")),
        ("Acme Holdings/core", Entity("group", "A2", "core")),
        ("ADA@ACME.DE", Entity("lead", "C3")),
        ("www.Acme.de", Entity("account", "A1")),
        ("acme.FR", Entity("account", "A1")),
        ("gmail.com", Entity("account", "A7")),  # owned by nobody, listed by one
        ("a1", Entity("account", "A1")),
        ("acme", Entity("account", "A1")),  # a whole name before a part of one
        ("holdings", Entity("account", "A2")),
        ("jo march", Entity("lead", "C1")),
        ("acme  HOLDINGS", Entity("account", "A2")),
        ("jim bo", Entity("lead", "C5")),  # as it is shown, whatever white space the table has
        ("LOVE", Entity("lead", "C3")),
        ("ünlü", Entity("account", "A7")),
    ],
)
def test_what_a_text_means(text: str, found: Entity) -> None:
    assert find(named(), text) == found


def test_an_address_whose_domain_is_contested_goes_to_its_owner() -> None:
    result = named()
    (owner,) = (find(result, "www.acme.example").entity_id,)
    assert owner == "A1", "the smaller id of two whose primary domain it is"


@pytest.mark.parametrize(
    ("text", "options", "found"),
    [
        ("same", {"level": "lead"}, Entity("lead", "same")),
        ("same", {"level": "account"}, Entity("account", "same")),
        ("A1", {"level": "group"}, Entity("group", "A1", "core")),
        ("acme.de", {"group": "renewal"}, Entity("group", "A1", "renewal")),
        ("jo", {"level": "account"}, None),
    ],
)
def test_levels_and_groups(text: str, options: dict[str, Any], found: Entity | None) -> None:
    if found is None:
        with pytest.raises(NotFoundError, match="It is a lead: ask for that"):
            find(named(), text, **options)
    else:
        assert find(named(), text, **options) == found


def message(text: str, result: ScoreResult | None = None, **options: Any) -> str:
    with pytest.raises(NotFoundError) as caught:
        find(result or named(), text, **options)
    return str(caught.value)


def test_several_are_listed_with_what_to_type() -> None:
    assert message("jo m").split("\n") == [
        "'jo m' fits 2 entities. Say which by its id:",
        "  abm explain C1  Jo March, CFO at Acme",
        "  abm explain C2  Jo Marchand, a lead at Acme",
    ]
    assert find(named(), "JO@www.acme.example") == Entity("lead", "C1")


def test_one_id_of_two_kinds_asks_for_the_level() -> None:
    assert message("same").split("\n")[1:] == [
        "  abm explain same --level account  Same, an account",
        "  abm explain same --level lead     Same Person, a lead at Acme Holdings",
    ]


def test_a_crowd_is_cut() -> None:
    lines = message("a", demo_result()).split("\n")
    assert len(lines) == 10
    assert lines[-1].startswith("  and ")


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        ("Acmee", {}, "Did you mean Acme (A1)?"),
        ("lovelacee", {}, "Did you mean Ada Lovelace (C3)?"),
        ("nobody@acme.fr", {}, "Its domain belongs to the account 'A1'."),
        ("zzz", {}, "Expected an id, a domain, an e-mail address or a part of the name."),
        ("", {}, "there is no lead or account ''"),
        ("A1", {"group": "renewel"}, "Its groups: core, renewal. Did you mean 'renewal'?"),
        ("A1/renewel", {}, "the model has no buying group 'renewel'"),
        ("A2", {"group": "renewal"}, "the buying group 'renewal' does not apply to the account 'A2'"),
        ("C1", {"level": "lead", "group": "core"}, "a lead has no buying group"),
    ],
)
def test_messages(text: str, options: dict[str, Any], said: str) -> None:
    assert said in message(text, **options)


def test_without_people_only_accounts_are_looked_through() -> None:
    from tests.output.results import intent_result

    assert find(intent_result(), "sons").entity_id == "A3"
    assert "6 accounts and 0 leads" in message("zzz", intent_result())


@pytest.mark.parametrize("text", ["[bold]mark", "a(", "%", "\\", "*", "株式会社", "\x1b[31m", "a" * 10_000])
def test_no_text_is_a_pattern_or_a_crash(text: str) -> None:
    try:
        found = find(hostile_result(), text)
    except NotFoundError:
        return
    assert found.entity_id in {"A3", "A5", "A1"}


def test_a_far_name_is_not_proposed() -> None:
    facts: dict[str, Any] = {
        "accounts": {"account_id": ["A1"], "name": ["Lacombe"]},
        "intent": {"account_id": ["A1"], "topic": ["crm"], "observed_on": [DAY], "score": [70]},
    }
    result = abm.score({name: pl.DataFrame(columns) for name, columns in facts.items()}, model_from(MODEL), as_of=DAY)
    with pytest.raises(NotFoundError, match="no lead or account 'acme'") as caught:
        find(result, "acme")
    assert "Did you mean" not in str(caught.value)


def test_long_names_are_cut_where_several_are_listed() -> None:
    facts = FACTS | {"accounts": FACTS["accounts"] | {"name": ["long " * 999] * 7}}
    result = abm.score({name: pl.DataFrame(columns) for name, columns in facts.items()}, model_from(MODEL), as_of=DAY)
    with pytest.raises(NotFoundError) as caught:
        find(result, "long")
    assert max(map(len, str(caught.value).split("\n"))) < 150
