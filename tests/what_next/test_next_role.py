"""What next is what rescoring says: the newcomer is added to the facts, and everything goes through the normal path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import abm
from abm.model import model_from
from tests.agreement.compare import frames
from tests.strategies import random_workspace

if TYPE_CHECKING:
    from datetime import date

NEW = "zz_newcomer"
Rows = dict[str, list[dict[str, Any]]]


def plain(model: dict[str, Any]) -> dict[str, Any]:
    """The model, changed so that a newcomer can be exactly what DESIGN says: points, fit and role of their own."""
    roles = model.get("roles", {})
    new_roles = {**roles, "trust_crm": True, "crm_confidence": 0.9, "min_confidence": 0.5, "aliases": {}}
    newcomers = [signal_for(i, group) for i, group in enumerate(model.get("buying_groups", []))]
    groups = [
        {**group, "signals": [*group["signals"], f"new_{i}"] if isinstance(group.get("signals"), list) else "all"}
        for i, group in enumerate(model.get("buying_groups", []))
    ]
    fit = {**model.get("fit", {})}
    fit["person"] = [*fit.get("person", []), {"name": "newcomer", "when": f"contact_id = '{NEW}'", "points": 1000}]
    mql = {key: value for key, value in model.get("mql", {}).items() if key != "disqualify"}
    kept = {key: value for key, value in model.items() if key not in {"ignore", "family"}}
    signals = [*newcomers, *model.get("signals", [])]
    return {**kept, "roles": new_roles, "buying_groups": groups, "fit": fit, "mql": mql, "signals": signals}


def signal_for(index: int, group: dict[str, Any]) -> dict[str, Any]:
    points = group.get("engaged_at", 10)
    return {"name": f"new_{index}", "event": f"new_{index}", "points": points, "half_life_days": "none"}


def with_newcomer(tables: Rows, account: str, role: str, index: int, as_of: date) -> Rows:
    person = {"contact_id": NEW, "account_id": account, "buying_role": role}
    event = {"event_id": NEW, "contact_id": NEW, "type": f"new_{index}", "occurred_at": as_of}
    return {**tables, "contacts": [*tables["contacts"], person], "events": [*tables["events"], event]}


@pytest.mark.parametrize("seed", range(8))
def test_next_score_is_what_rescoring_gives(seed: int) -> None:
    tables, raw, as_of = random_workspace(seed)
    if not {"contacts", "events"} <= tables.keys():
        pytest.skip("what next needs people and events")
    model = model_from(plain(raw))
    before = abm.score(frames(tables), model, as_of=as_of)
    names = [group.name for group in model.buying_groups]
    told = before.groups.filter(~before.groups["is_mqa"])
    for row in told.head(2).iter_rows(named=True):
        group = model.buying_groups[names.index(row["group"])]
        seats = before.committee.filter(account_id=row["account_id"], group=row["group"])
        best = None
        for role, seat_count, filled in seats.select("role", "seats", "filled_engaged").iter_rows():
            if filled >= seat_count:
                continue
            more = with_newcomer(tables, row["account_id"], role, names.index(group.name), as_of)
            after = abm.score(frames(more), model, as_of=as_of).groups
            (score,) = after.filter(account_id=row["account_id"], group=row["group"])["score"]
            if score is not None and (best is None or score > best[1]):
                best = (role, score)
        assert (row["next_role"], row["next_score"]) == (best or (None, None)), (seed, row["account_id"], group.name)
