"""Classes of events: what signals need to know of an event, so that events of one class are counted together.

What a condition says about the event alone is settled when the event is read. A condition that looks at the person, the
account or the day (`contact.x`, `account.x`, `days_since`) stays open until a run knows them: of such events the class
also has the columns that open conditions look at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import narwhals as nw
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from abm.engines.base import Step
    from abm.model import Model
    from abm.model.conditions import Condition
    from abm.scoring.binding import Binding
    from abm.scoring.context import Context

CLASS = "class"

_IGNORED, _NO_SIGNAL, _FIRST = 0, 1, 2
"""The slot of an event: never counted, no settled signal, or the settled signal i as `_FIRST + i`."""

_UNIT = "\x1f"


@dataclass(frozen=True)
class Classes:
    """The classes that the events of a table may have.

    Attributes:
        types: the types of events there are.
        slots: how many slots the model has.
        contexts: `context` and the columns that open conditions look at, one row per distinct values; None if no
            condition is open.
    """

    types: tuple[str, ...]
    slots: int
    contexts: pl.DataFrame | None

    @property
    def count(self) -> int:
        """Every class is below this."""
        return (1 + (0 if self.contexts is None else self.contexts.height)) * (1 + len(self.types)) * self.slots

    def told(self, classes: pl.Series) -> pl.DataFrame:
        """Spell classes out.

        Returns:
            `class`; `type` (null for events without); `ignored`; `signal`, the first settled one that fits, or null;
            and the columns that open conditions look at (null where no open condition concerns the type).
        """
        types = pl.Series([None, *self.types], dtype=pl.String)
        slot, rest = classes % self.slots, classes // self.slots
        frame = pl.DataFrame({CLASS: classes}).with_columns(
            types.gather(rest % len(types)).alias("type"),
            (slot == _IGNORED).alias("ignored"),
            pl.when(slot >= _FIRST).then(slot - _FIRST).cast(pl.Int64).alias("signal"),
        )
        if self.contexts is None:
            return frame
        place = frame.with_columns((rest // len(types)).alias("context"))
        numbered = self.contexts.drop("context").with_row_index("context", offset=1)
        numbered = numbered.with_columns(pl.col("context").cast(pl.Int64))
        return place.join(numbered, on="context", how="left", maintain_order="left").drop("context")


def is_open(condition: Condition, binding: Binding) -> bool:
    """Whether a condition on events looks at more than the event."""
    physical = (binding.scopes["events"][name].physical for name in condition.names)
    return condition.counts_days or not all(column.startswith("event:") for column in physical)


def open_signals(model: Model, binding: Binding) -> list[int]:
    """The signals whose condition is open."""
    return [i for i, each in enumerate(model.signals) if each.where is not None and is_open(each.where, binding)]


def with_class(ctx: Context, events: Step, types: Sequence[str]) -> tuple[Step, Classes]:
    """Add `class` to events.

    Args:
        ctx: the run.
        events: `type` and the columns that conditions on events name, as `event:x`.
        types: the distinct types of the events.
    """
    model = ctx.model
    named = tuple(sorted(types))
    step = _with_type_code(ctx, events, named)
    code = nw.col("type_code") * (len(model.signals) + _FIRST) + _slot(ctx, named)
    step, contexts = _with_context(ctx, step, named)
    if contexts is not None:
        code = nw.col("context_code") * ((len(named) + 1) * (len(model.signals) + _FIRST)) + code
    return step.with_columns(code.cast(nw.Int64).alias(CLASS)), Classes(named, len(model.signals) + _FIRST, contexts)


_TYPE_CODES = {"type": pl.String, "type_code": pl.Int64}
_FEW = 100
"""Types that are told apart one by one: for a join, rows would be held back until it is known which side is small."""


def _with_type_code(ctx: Context, events: Step, types: Sequence[str]) -> Step:
    if len(types) <= _FEW:
        code: nw.Expr = nw.lit(0)
        for number, name in enumerate(types, start=1):
            code = nw.when(nw.col("type") == nw.lit(name)).then(nw.lit(number)).otherwise(code)
        return events.with_columns(code.cast(nw.Int64).alias("type_code"))
    codes = pl.DataFrame({"type": types, "type_code": range(1, len(types) + 1)}, schema=_TYPE_CODES)
    step = events.join(ctx.engine.scatter(codes), on="type", how="left")
    return step.with_columns(nw.col("type_code").fill_null(0))


def _slot(ctx: Context, types: Sequence[str]) -> nw.Expr:
    """One when/then chain, tested in model order."""
    model, still_open = ctx.model, open_signals(ctx.model, ctx.binding)
    slot: nw.Expr = nw.lit(_NO_SIGNAL)
    for i, signal in reversed(list(enumerate(model.signals))):
        if i in still_open:
            continue
        matches = nw.col("type_code").is_in(_codes(types, signal.event))
        if signal.where is not None:
            matches = matches & ctx.binding.expr(signal.where, "events")
        slot = nw.when(matches).then(nw.lit(i + _FIRST)).otherwise(slot)
    if model.ignore is None or is_open(model.ignore, ctx.binding):
        return slot
    ignored = ctx.binding.expr(model.ignore, "events").fill_null(value=False)
    return nw.when(ignored).then(nw.lit(_IGNORED)).otherwise(slot)


def _codes(types: Sequence[str], wanted: Sequence[str]) -> list[int]:
    return [code for code, name in enumerate(types, start=1) if name in wanted] or [-1]


def _with_context(ctx: Context, step: Step, types: Sequence[str]) -> tuple[Step, pl.DataFrame | None]:
    """Add `context_code` where an open condition concerns the event, and the distinct contexts by code."""
    model, binding = ctx.model, ctx.binding
    signals = [model.signals[i] for i in open_signals(model, binding)]
    conditions = [signal.where for signal in signals if signal.where is not None]
    everything = model.ignore is not None and is_open(model.ignore, binding)
    if model.ignore is not None and everything:
        conditions.append(model.ignore)
    if not conditions:
        return step, None
    named = {binding.scopes["events"][name].physical for each in conditions for name in each.names}
    columns = sorted(column for column in named if column.startswith("event:"))
    concerned = nw.col("type_code").is_in(_codes(types, [name for signal in signals for name in signal.event]))
    told = [nw.coalesce(nw.concat_str([nw.lit("="), nw.col(each).cast(nw.String)]), nw.lit("")) for each in columns]
    text = nw.concat_str(told, separator=_UNIT) if told else nw.lit("")
    text = text if everything else nw.when(concerned).then(text)
    step = step.with_columns(text.alias("context"))
    distinct = step.filter(~nw.col("context").is_null()).group_by("context").agg(*(nw.col(c).max() for c in columns))
    (contexts,) = ctx.engine.gather(distinct)
    contexts = contexts.sort("context")
    codes = contexts.select("context", pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("context_code"))
    step = step.join(ctx.engine.scatter(codes), on="context", how="left")
    return step.with_columns(nw.col("context_code").fill_null(0)), contexts
