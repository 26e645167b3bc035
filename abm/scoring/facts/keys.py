"""One row per key: apply and report what hygiene says about repeated keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw

from abm.tables.contracts import BLANKS, CONTRACTS
from abm.tables.hygiene import REPEAT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from abm.engines.base import Step
    from abm.scoring.context import Context
    from abm.tables.contracts import Contract


def single_rows(ctx: Context, table: str, step: Step, key: str) -> Step:
    """Drop later rows of a key that was seen before, as `duplicate_key`; before that what `dedupe` asks for."""
    return _first_of(ctx, table, new_rows(ctx, table, step), key, f"one row per {key} kept: the first of the file")


def new_rows(ctx: Context, table: str, step: Step) -> Step:
    """Drop rows that repeat an earlier one in the columns that the workspace's `dedupe` names, and report them."""
    if not ctx.inputs[table].marked:
        return step
    return _first_of(ctx, table, step, REPEAT, "left out, as dedupe asks: repeats an earlier row")


def _first_of(ctx: Context, table: str, step: Step, key: str, message: str) -> Step:
    kept, found = ctx.engine.single_rows(step, key, in_order(CONTRACTS[table], ctx.inputs[table].kinds))
    if not found.is_empty():
        ctx.report_repeats(table, found, key, message)
    return kept


def in_order(contract: Contract, kinds: Iterable[str]) -> list[str]:
    """The columns of a table in the order in which rows without a number are compared: the contract's, then others."""
    there = set(kinds)
    return [*(name for name in contract.columns if name in there), *sorted(there - set(contract.columns))]


def normal_text(name: str) -> nw.Expr:
    """Trim and lower-case a text column; empty becomes null."""
    text = nw.col(name).str.strip_chars(BLANKS).str.to_lowercase()
    return nw.when(text != "").then(text)


def normal_mail(name: str) -> nw.Expr:
    """An address as addresses are compared: trimmed, lower-cased, its domain without `www.`."""
    return normal_text(name).str.replace_all(r"@www\.", "@")
