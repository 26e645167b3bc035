"""Buying roles: who is eligible for which role of each template, and which role is theirs first of all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw
import polars as pl

from abm.model.fields import role_key
from abm.model.units import micro
from abm.scoring.arithmetic import total
from abm.scoring.facts.contacts import CONTACT
from abm.scoring.steps import extended

if TYPE_CHECKING:
    from abm.engines.base import Step
    from abm.model import BuyingGroup, Model
    from abm.scoring.context import Context

NOBODY = -1
"""The confidence of a role nobody gave a person, and the slot of a person without a template role."""


def role_columns(model: Model) -> dict[str, str]:
    """Name the explicit-role column of every role, seated or blocking, of any template."""
    names = [role for group in model.buying_groups for role in (*group.roles, *group.blockers)]
    return {role: f"explicit_{i}" for i, role in enumerate(dict.fromkeys(names))}


def with_roles(ctx: Context, people: Step, opportunity_roles: Step | None) -> Step:
    """Place every contact in every template.

    Args:
        ctx: the run.
        people: contacts with `c`, `a`, `buying_role` and the columns that role rules name.
        opportunity_roles: `c`, `role` of open or won opportunities of the contact's own account, or None.

    Returns:
        The people, and for template i: `mask_i`, bit j set when the person is eligible for its j-th role; `slot_i` the
        index of the primary role or -1; `blocks_i` whether the person is eligible for a blocker; `confidence_i_j` in
        millionths, -1 when nobody gave the role.
    """
    columns = role_columns(ctx.model)
    kept = people.collect_schema().names()
    step = _with_explicit(ctx, people, opportunity_roles, columns)
    step = extended(step, _inferred(ctx, columns))
    for index, group in enumerate(ctx.model.buying_groups):
        step = _in_template(ctx.model, step, index, group, columns)
    for index, group in enumerate(ctx.model.buying_groups):
        kept += [f"mask_{index}", f"slot_{index}", f"blocks_{index}"]
        kept += [f"confidence_{index}_{slot}" for slot in range(len(group.roles))]
    return step.select(kept)


def _with_explicit(ctx: Context, people: Step, opportunity_roles: Step | None, columns: dict[str, str]) -> Step:
    """Flag the roles said outright: by an opportunity if it says any, else by the contact's own buying_role."""
    own = people.filter(~nw.col("buying_role").is_null()).select("buying_role").unique()
    (words,) = ctx.engine.gather(own)
    by_word = ctx.engine.scatter(_word_table(ctx.model, words["buying_role"].to_list(), columns, "own_"))
    step = people.join(by_word, left_on="buying_role", right_on="word", how="left")
    if opportunity_roles is None:
        step = step.with_columns(nw.lit(value=False).alias("deal_any"), *_false(columns, "deal_"))
    else:
        (words,) = ctx.engine.gather(opportunity_roles.filter(~nw.col("role").is_null()).select("role").unique())
        by_word = ctx.engine.scatter(_word_table(ctx.model, words["role"].to_list(), columns, "deal_"))
        deal = opportunity_roles.join(by_word, left_on="role", right_on="word", how="inner")
        flags = ["deal_any", *(f"deal_{column}" for column in columns.values())]
        deal = deal.group_by(CONTACT).agg(*(nw.col(flag).any() for flag in flags))
        step = step.join(deal, on=CONTACT, how="left")
    said = nw.col("deal_any").fill_null(value=False)
    return extended(
        step,
        (
            nw.when(said)
            .then(nw.col(f"deal_{name}"))
            .otherwise(nw.col(f"own_{name}"))
            .fill_null(value=False)
            .alias(name)
            for name in columns.values()
        ),
    )


def _false(columns: dict[str, str], prefix: str) -> list[nw.Expr]:
    return [nw.lit(value=False).alias(f"{prefix}{name}") for name in columns.values()]


def _word_table(model: Model, texts: list[str], columns: dict[str, str], prefix: str) -> pl.DataFrame:
    """For each distinct `;`-joined text, which roles it names after aliases; `any` when it names one at all."""
    aliases = {role_key(word): role_key(role) for word, role in model.roles.aliases.items()}
    roles = {role: role_key(role) for role in columns}
    rows = []
    for text in texts:
        words = [role_key(word) for word in text.split(";") if word.strip()]
        named = {aliases.get(word, word) for word in words}
        rows.append((text, bool(words), *(roles[role] in named for role in columns)))
    names = [f"{prefix}any", *(f"{prefix}{name}" for name in columns.values())]
    return pl.DataFrame(rows, schema={"word": pl.String} | dict.fromkeys(names, pl.Boolean), orient="row")


def _inferred(ctx: Context, columns: dict[str, str]) -> list[nw.Expr]:
    """The highest confidence of the role rules that match, in millionths, or -1."""
    found: dict[str, nw.Expr] = {}
    for rule in ctx.model.roles.rules:
        matches = ctx.binding.expr(rule.when, "roles")
        confidence = nw.when(matches).then(nw.lit(micro(rule.confidence))).otherwise(nw.lit(NOBODY))
        role = role_key(rule.role)
        found[role] = nw.max_horizontal(found[role], confidence) if role in found else confidence
    return [
        found.get(role_key(role), nw.lit(NOBODY)).cast(nw.Int64).alias(f"inferred_{column}")
        for role, column in columns.items()
    ]


def _in_template(model: Model, step: Step, index: int, group: BuyingGroup, columns: dict[str, str]) -> Step:
    """Add mask, slot and blocking of one template."""
    said = nw.any_horizontal(*(nw.col(columns[role]) for role in (*group.roles, *group.blockers)), ignore_nulls=True)
    step = step.with_columns((said if model.roles.trust_crm else nw.lit(value=False)).alias("trusted"))
    at_least = micro(model.roles.min_confidence)
    confidence = {role: _confidence(model, columns[role]) for role in (*group.roles, *group.blockers)}
    names = [f"confidence_{index}_{slot}" for slot in range(len(group.roles))]
    step = step.with_columns(
        *(confidence[role].alias(name) for role, name in zip(group.roles, names, strict=True)),
        _any([_eligible(confidence[role], at_least) for role in group.blockers]).alias(f"blocks_{index}"),
    )
    eligible = [_eligible(nw.col(name), at_least) for name in names]
    bits = [nw.when(able).then(nw.lit(1 << slot, dtype=nw.Int64)) for slot, able in enumerate(eligible)]
    step = step.with_columns(
        total(bits).alias(f"mask_{index}"),
        *(key.alias(f"key_{slot}") for slot, key in enumerate(_keys(group, names, eligible))),
    )
    keys = [f"key_{slot}" for slot in range(len(names))]
    step = step.with_columns(nw.max_horizontal(*keys, nw.lit(0)).alias("best_key"))
    slot_of = nw.lit(NOBODY)
    for slot, key in enumerate(keys):
        slot_of = nw.when(nw.col(key) == nw.col("best_key")).then(nw.lit(slot)).otherwise(slot_of)
    return step.with_columns(slot_of.cast(nw.Int64).alias(f"slot_{index}"))


def _confidence(model: Model, column: str) -> nw.Expr:
    """The highest confidence of a role; a trusted explicit role of the template silences what was inferred."""
    explicit = nw.when(nw.col(column)).then(nw.lit(micro(model.roles.crm_confidence))).otherwise(nw.lit(NOBODY))
    inferred = nw.when(nw.col("trusted")).then(nw.lit(NOBODY)).otherwise(nw.col(f"inferred_{column}"))
    return nw.max_horizontal(explicit, inferred).cast(nw.Int64)


def _eligible(confidence: nw.Expr, at_least: int) -> nw.Expr:
    return confidence >= max(at_least, 0)


def _keys(group: BuyingGroup, names: list[str], eligible: list[nw.Expr]) -> list[nw.Expr]:
    """One sortable integer a role: confidence first, then weight, then order in the template; -1 when not eligible."""
    weights = [role.weight for role in group.roles.values()]
    order = sorted(range(len(weights)), key=lambda slot: (-weights[slot], slot))
    count = len(order)
    return [
        nw.when(eligible[slot])
        .then(nw.col(names[slot]) * count + (count - 1 - order.index(slot)))
        .otherwise(nw.lit(NOBODY))
        for slot in range(count)
    ]


def _any(tests: list[nw.Expr]) -> nw.Expr:
    return nw.any_horizontal(*tests, ignore_nulls=True) if tests else nw.lit(value=False)
