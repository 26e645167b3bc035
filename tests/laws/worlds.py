"""Worlds to test laws in: clean ones of many accounts, dirty ones of the strategies, and what `abm` says of them."""

from __future__ import annotations

import random
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from polars.testing import assert_frame_equal

import abm
from abm.model import model_from
from tests.agreement.compare import frames
from tests.laws.models import EVENT_TYPES, ROLES, law_model
from tests.strategies import random_workspace
from tests.strategies.draws import RandomDraw
from tests.strategies.tables import (
    Cast,
    build_accounts,
    build_contacts,
    build_events,
    build_intent,
    build_opportunities,
    build_opportunity_contacts,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import polars as pl

    from abm.scoring.result import ScoreResult

Row = dict[str, Any]
Tables = dict[str, list[Row]]

AS_OF = date(2026, 6, 30)


def dirty_world(seed: int, as_of: date = AS_OF) -> Tables:
    """Tables as dirty as the strategies make them, but larger: 30 accounts that share six domains, 800 events."""
    draw, cast = RandomDraw(seed), Cast(30, 120)
    return {
        "accounts": build_accounts(draw, cast),
        "contacts": build_contacts(draw, as_of, cast),
        "events": [row for _ in range(4) for row in build_events(draw, as_of, cast, 200)],
        "intent": [row for _ in range(8) for row in build_intent(draw, as_of, cast)],
        "opportunities": build_opportunities(draw, as_of, cast),
        "opportunity_contacts": build_opportunity_contacts(draw, cast),
    }


def clean_world(seed: int, accounts: int = 60, contacts: int = 300, events: int = 2000) -> Tables:
    """Tables in which every account, person and domain is its own, so that only what a law changes can matter."""
    draw = random.Random(seed)
    return {
        "accounts": [_account(draw, index) for index in range(accounts)],
        "contacts": [_contact(draw, index, draw.randrange(accounts)) for index in range(contacts)],
        "events": [_event(draw, contacts, accounts) for _ in range(events)],
        "intent": [_intent(draw, accounts) for _ in range(accounts * 6)],
        "opportunities": [_opportunity(draw, index, accounts) for index in range(accounts // 4)],
        "opportunity_contacts": [_opportunity_contact(draw, accounts // 4, contacts) for _ in range(accounts // 2)],
    }


def _account(draw: random.Random, index: int) -> Row:
    return {
        "account_id": account_id(index),
        "name": f"Firm {index}",
        "domain": f"firm{index}.example",
        "parent_account_id": account_id(draw.randrange(index)) if index and draw.random() < 0.2 else None,
        "industry": draw.choice(("Software", "Finance", "Retail", None)),
        "employees": draw.choice((20, 199, 200, 500, 1000, 20_000, None)),
        "lifecycle": draw.choice((None, None, None, "prospect", "customer", "partner")),
        "is_target": draw.choice((True, False, None)),
    }


def _contact(draw: random.Random, index: int, account: int) -> Row:
    return {
        "contact_id": contact_id(index),
        "account_id": account_id(account) if draw.random() < 0.8 else None,
        "email": f"person{index}@firm{account}.example",
        "title": draw.choice((None, "VP Finance", "Sales Manager", "Student", "Engineer", "CEO", "Head of Operations")),
        "seniority": draw.choice((None, None, "vp", "manager", "individual")),
        "department": draw.choice((None, None, "finance", "operations", "it")),
        "buying_role": draw.choice((None, None, None, *ROLES, "legal", "champion;user")),
        "created_at": draw.choice((None, AS_OF - timedelta(days=draw.randrange(400)))),
    }


def _event(draw: random.Random, contacts: int, accounts: int) -> Row:
    """Most are those of a few people, so that caps bite; some are of an account without a person."""
    row: Row = {
        "type": draw.choice(EVENT_TYPES),
        "occurred_at": AS_OF - timedelta(days=int(draw.random() ** 2 * 400)),
        "url": draw.choice((None, "/pricing", "/blog")),
        "channel": draw.choice((None, "web", "web", "email", "scanner")),
        "count": draw.choice((None, None, None, 1, 2, 7)),
    }
    person = int(draw.random() ** 3 * contacts)
    who = draw.choice(("contact_id", "contact_id", "contact_id", "contact_id", "account_id", "domain"))
    account = draw.randrange(accounts)
    keys = {"contact_id": contact_id(person), "account_id": account_id(account), "domain": f"firm{account}.example"}
    return {"contact_id": None, "account_id": None, "domain": None} | row | {who: keys[who]}


def _intent(draw: random.Random, accounts: int) -> Row:
    counted = draw.random() < 0.5
    return {
        "account_id": account_id(draw.randrange(accounts)),
        "topic": draw.choice(("crm software", "sales analytics", "Data Quality")),
        "observed_on": AS_OF - timedelta(days=draw.randrange(50)),
        "score": None if counted else draw.choice((40, 55, 60, 75.5, 100)),
        "count": draw.choice((1, 2, 9)) if counted else None,
        "source": draw.choice(("g2", "own")) if counted else "bombora",
    }


def _opportunity(draw: random.Random, index: int, accounts: int) -> Row:
    return {
        "opportunity_id": f"O{index:03}",
        "account_id": account_id(draw.randrange(accounts)),
        "created_on": AS_OF - timedelta(days=draw.randrange(200)),
        "is_closed": draw.choice((True, False, None)),
        "is_won": draw.choice((True, False)),
    }


def _opportunity_contact(draw: random.Random, opportunities: int, contacts: int) -> Row:
    opportunity, person = f"O{draw.randrange(opportunities):03}", contact_id(draw.randrange(contacts))
    return {"opportunity_id": opportunity, "contact_id": person, "role": draw.choice(ROLES)}


def account_id(index: int) -> str:
    """The key of a clean world's account."""
    return f"A{index:03}"


def contact_id(index: int) -> str:
    """The key of a clean world's person."""
    return f"C{index:04}"


def score(tables: Tables, model: Mapping[str, Any], as_of: date = AS_OF) -> ScoreResult:
    """Score rows as Polars frames."""
    return abm.score(frames(tables), model_from(model), as_of=as_of)


def results(
    tables: Tables,
    model: Mapping[str, Any],
    as_of: date = AS_OF,
    given_as: Callable[[pl.DataFrame], Any] = lambda frame: frame,
) -> dict[str, Any]:
    """The result tables of rows that are given as some kind of frame."""
    given = {name: given_as(frame) for name, frame in frames(tables).items()}
    return abm.score(given, model_from(model), as_of=as_of).tables()


def with_rows(tables: Tables, **more: list[Row]) -> Tables:
    """The tables and some more rows."""
    return tables | {name: [*tables[name], *rows] for name, rows in more.items()}


def world(name: str) -> tuple[Tables, dict[str, Any], date]:
    """A world by name: `clean`, `dirty`, or the seed of a random workspace."""
    if name == "clean":
        return clean_world(1), law_model(), AS_OF
    if name == "dirty":
        return dirty_world(1), law_model(family="rollup"), AS_OF
    return random_workspace(int(name))


@cache
def plain(name: str) -> dict[str, Any]:
    """The results of a world, scored once."""
    return results(*world(name))


def same(ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    """Every table has the same rows in the same order, to the last bit."""
    assert ours.keys() == theirs.keys()
    for name, frame in ours.items():
        assert_frame_equal(frame, theirs[name], check_exact=True)


def shuffled(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows in another order."""
    rows = list(range(frame.height))
    random.Random(frame.height).shuffle(rows)
    return frame[rows]
