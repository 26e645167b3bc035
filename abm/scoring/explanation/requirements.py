"""Requirements: a condition of the model taken apart, each term held against one row by the plan's own compiler."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import narwhals as nw
from sqlglot import exp

from abm.model.conditions import Condition
from abm.model.syntax import chain, column_name
from abm.scoring.explanation.explanation import Requirement
from abm.scoring.steps import extended
from abm.scoring.views import with_points
from abm.tables.contracts import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from abm.engines.base import Step
    from abm.scoring.context import Context
    from abm.scoring.explanation.explanation import Value


def requirements(ctx: Context, row: Step, condition: Condition, scope: str) -> tuple[Requirement, ...]:
    """Hold every term of a condition against one row of the plan.

    The condition holds exactly if every term does: terms are what `and` joins at its top.

    Args:
        ctx: the run.
        row: the one row, as the plan judged it.
        condition: a condition of the model.
        scope: where it stands in the model, such as `mqa` (see `abm.scoring.binding`).

    Returns:
        The terms in order, with the values of the columns they name.
    """
    (found,) = _held(ctx, row, condition, scope, ())
    return found[1]


def requirements_by(
    ctx: Context, rows: Step, condition: Condition, scope: str, key: str
) -> dict[str, tuple[Requirement, ...]]:
    """Hold every term of a condition against many rows of the plan in one go (see `requirements`).

    Args:
        ctx: the run.
        rows: the rows, as the plan judged them.
        condition: a condition of the model.
        scope: where it stands in the model.
        key: the column that tells the rows apart.

    Returns:
        The terms by key.
    """
    return {own: terms for (own,), terms in _held(ctx, rows, condition, scope, (key,))}


def _held(
    ctx: Context, rows: Step, condition: Condition, scope: str, keys: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], tuple[Requirement, ...]]]:
    judged = with_points(ctx, rows)
    terms = [_written(condition, term) for term in _terms(condition.tree)]
    names = list(dict.fromkeys(name for term in terms for name in term.names))
    columns = ctx.binding.scopes[scope]
    tests = [ctx.binding.expr(term, scope).alias(f"test_{i}") for i, term in enumerate(terms)]
    values = [nw.col(columns[name].physical).alias(f"value_{i}") for i, name in enumerate(names)]
    owners = [nw.col(key).alias(f"key_{i}") for i, key in enumerate(keys)]
    # A test that names no column is tied to none: it needs a frame to stand in.
    held = extended(judged.with_columns(*tests), [*values, *owners])
    (found,) = ctx.engine.gather(held.select(*_aliases(tests, values), *(f"key_{i}" for i in range(len(keys)))))
    kinds = {name: columns[name].kind for name in names}
    for told in found.iter_rows(named=True):
        shown = {name: _value(told[f"value_{i}"], kinds[name]) for i, name in enumerate(names)}
        yield (
            tuple(told[f"key_{i}"] for i in range(len(keys))),
            tuple(
                Requirement(
                    term.text,
                    in_words(term.tree) or term.text,
                    told[f"test_{i}"],
                    {name: shown[name] for name in term.names},
                )
                for i, term in enumerate(terms)
            ),
        )


def in_words(term: exp.Expr) -> str | None:
    """A column compared with a number in words; None for anything else.

    >>> in_words(Condition.parse("engaged_roles >= 2").tree)
    'engaged roles must be at least 2'
    """
    said = _COMPARED.get(type(term))
    if said is None or not isinstance(term.this, exp.Column) or not isinstance(term.expression, exp.Literal):
        return None
    if term.expression.is_string:
        return None
    return f"{column_name(term.this).replace('_', ' ')} must be {said} {term.expression.name}"


_COMPARED: dict[type[exp.Expr], str] = {
    exp.GTE: "at least",
    exp.GT: "above",
    exp.LTE: "at most",
    exp.LT: "below",
}


def _aliases(tests: list[nw.Expr], values: list[nw.Expr]) -> list[str]:
    return [f"test_{i}" for i in range(len(tests))] + [f"value_{i}" for i in range(len(values))]


def _terms(tree: exp.Expr) -> Iterator[exp.Expr]:
    inner = tree
    while isinstance(inner, exp.Paren):
        inner = inner.this
    if isinstance(inner, exp.And):
        for term in chain(inner):
            yield from _terms(term)
    else:
        yield inner


def _written(whole: Condition, term: exp.Expr) -> Condition:
    """A term as a condition of its own; as the model writes it where it is all of it."""
    if term is whole.tree:
        return whole
    # A quote within a text is doubled, so that only days are meant here.
    return Condition.parse(_DAY.sub(r"date '\1'", term.sql()))


_DAY = re.compile(r"CAST\('(\d{4}-\d{2}-\d{2})' AS DATE\)")
"""How SQL is written out what conditions call a day."""


def _value(value: Value, kind: Kind) -> Value:
    return (
        None if value is None else value.replace("\x1f", ";") if kind is Kind.LIST and isinstance(value, str) else value
    )
