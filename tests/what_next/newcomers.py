"""Newcomers added to the facts: real contacts with real events, exactly what DESIGN calls one more engaged person.

The model gets a signal worth engaged_at for each buying group, trusts the role that the CRM says, and has fit rules for
them, which bring their lead score to the threshold.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

import abm
from abm.model import Model, model_from
from tests.agreement.compare import frames
from tests.strategies import random_workspace

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from abm.scoring.result import ScoreResult

Raw = dict[str, Any]
Tables = dict[str, pl.DataFrame]

REQUIRES = ("true", "engagement >= 1", "score >= 30 and account_fit >= 0", "fit_points >= 5", "role is not null")


@dataclass(frozen=True)
class World:
    """Facts and a model in which newcomers can be what they should be."""

    tables: Tables
    raw: Raw
    as_of: date

    def scored(self, added: Mapping[tuple[str, int], Sequence[str]]) -> ScoreResult:
        """Score with people added: for (account, index of the group) the roles of the newcomers."""
        people = [
            {"contact_id": _name(account, index, role, turn), "account_id": account, "buying_role": role}
            for (account, index), roles in added.items()
            for turn, role in enumerate(roles)
        ]
        acts = [
            {"event_id": _name(*key, role, turn), "contact_id": _name(*key, role, turn), "type": f"new_{key[1]}"}
            for key, roles in added.items()
            for turn, role in enumerate(roles)
        ]
        tables = dict(self.tables)
        if people:
            tables["contacts"] = _more(tables["contacts"], people)
            tables["events"] = _more(tables["events"], [{**act, "occurred_at": self.as_of} for act in acts])
        return abm.score(tables, self._model(tables, [person["contact_id"] for person in people]), as_of=self.as_of)

    def _model(self, tables: Tables, names: Sequence[str]) -> Model:
        """The model with a fit rule for each newcomer: what their score lacks to the threshold."""
        if not names:
            return model_from(self.raw)
        leads = abm.score(tables, model_from(self.raw), as_of=self.as_of).leads.filter(
            pl.col("contact_id").is_in(list(names))
        )
        has = pl.col("engagement") + pl.col("person_fit") + pl.col("account_fit")
        lacking = leads.select("contact_id", points=(pl.col("threshold") - has).round(6))
        rules = [
            {"name": f"newcomer_{i}", "when": f"contact_id in ({', '.join(map(repr, names))})", "points": points}
            for i, (points, names) in enumerate(lacking.group_by("points").agg("contact_id").sort("points").rows())
        ]
        fit = {**self.raw.get("fit", {})}
        fit["person"] = [*fit.get("person", []), *rules]
        return model_from({**self.raw, "fit": fit})


def world(seed: int) -> World | None:
    """A random workspace with bars that are near; None when it has nobody or nothing to do."""
    tables, raw, as_of = random_workspace(seed)
    if not {"contacts", "events"} <= tables.keys() or not raw["buying_groups"]:
        return None
    model: dict[str, Any] = plain(raw)
    # A newcomer is known by points alone, so an MQL must be told by those.
    threshold = max(group.get("engaged_at", 10) for group in model["buying_groups"]) + 15
    model["mql"] = {"threshold": threshold, "require": REQUIRES[seed % len(REQUIRES)]}
    return World(frames(tables), model, as_of)


def plain(model: Raw) -> Raw:
    """The model, changed so that newcomers have exactly the points, the role and no other."""
    roles = {**model.get("roles", {}), "trust_crm": True, "crm_confidence": 0.9, "min_confidence": 0.5, "aliases": {}}
    groups = [
        {**group, "signals": [*group["signals"], f"new_{i}"] if isinstance(group.get("signals"), list) else "all"}
        for i, group in enumerate(model.get("buying_groups", []))
    ]
    mql = {key: value for key, value in model.get("mql", {}).items() if key != "disqualify"}
    kept = {key: value for key, value in model.items() if key not in {"ignore", "family"}}
    signals = [*(_signal(i, group) for i, group in enumerate(groups)), *model.get("signals", [])]
    return {**kept, "roles": roles, "buying_groups": groups, "mql": mql, "signals": signals}


def _signal(index: int, group: Raw) -> Raw:
    points = group.get("engaged_at", 10)
    return {"name": f"new_{index}", "event": f"new_{index}", "points": points, "half_life_days": "none"}


def _name(account: str, index: int, role: str, turn: int) -> str:
    return f"zz/{account}/{index}/{role}/{turn}"


def _more(frame: pl.DataFrame, rows: list[Raw]) -> pl.DataFrame:
    typed = (pl.col(name).cast(dtype) for name, dtype in frame.schema.items() if name in rows[0])
    return pl.concat([frame, pl.DataFrame(rows).with_columns(typed)], how="diagonal")
