"""One row per key: apply and report what hygiene says about repeated keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw

from abm.tables.contracts import CONTRACTS
from abm.tables.hygiene import first_rows, repeated

if TYPE_CHECKING:
    from abm.engines.base import Step
    from abm.scoring.context import Context


def single_rows(ctx: Context, table: str, step: Step, key: str) -> Step:
    """Drop later rows of a key that was seen before, and report them as `duplicate_key`."""
    (found,) = ctx.engine.gather(repeated(step, key))
    if found.is_empty():
        return step
    repeats = ctx.engine.scatter(found)
    ctx.report_repeats(table, found, "duplicate_key", key, f"one row per {key} kept: the first of the file")
    kinds = ctx.inputs[table].kinds
    canonical = [column for column in CONTRACTS[table].columns if column in kinds]
    others = sorted(column for column in kinds if column not in canonical)
    return first_rows(step, key, repeats, [*canonical, *others])


def normal_text(name: str) -> nw.Expr:
    """Trim and lower-case a text column; empty becomes null."""
    text = nw.col(name).str.strip_chars().str.to_lowercase()
    return nw.when(text != "").then(text)


def normal_mail(name: str) -> nw.Expr:
    """An address as addresses are compared: trimmed, lower-cased, its domain without `www.`."""
    return normal_text(name).str.replace_all(r"@www\.", "@")


def normal_host(name: str) -> nw.Expr:
    """A domain as domains are compared: trimmed, lower-cased, without `www.`."""
    return normal_text(name).str.replace_all(r"^www\.", "")
