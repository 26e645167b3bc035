"""Parts: people and accounts judged some at a time, where memory does not hold what there is to know of all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import narwhals as nw

from abm.engines.base import Parting

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from abm.engines.base import Step
    from abm.scoring.context import Context

_Steps = TypeVar("_Steps", bound="tuple[Step | None, ...]")


def in_parts(
    ctx: Context, what: str, size: int, keyed: Mapping[str, Step], compute: Callable[[Context, range | None], _Steps]
) -> _Steps:
    """Compute steps of all keys at once; or of some at a time, where the engine works so.

    Args:
        ctx: the run.
        what: what it is called when progress is told.
        size: about how many bytes of memory each key takes.
        keyed: steps by their column of keys from 0 on; there are parts up to the greatest of all keys.
        compute: computes the steps of a range of keys (None: of all). What it gives of one range is in no other.
    """
    engine = ctx.engine
    if not isinstance(engine, Parting):
        return compute(ctx, None)
    greatest = engine.gather(*(step.select(nw.col(key).max()) for key, step in keyed.items()))
    keys = range(0, 1 + max(int(each.item() or 0) for each in greatest), engine.at_once(size))
    inside = replace(ctx, engine=engine.within)

    def part(turn: int, first: int) -> _Steps:
        ctx.progress(f"{what}, part {turn} of {len(keys)}" if len(keys) > 1 else what)
        return compute(inside, range(first, first + keys.step))

    return engine.together(part(turn, first) for turn, first in enumerate(keys, start=1))  # type: ignore[return-value]


def within(step: Step, key: str, keys: range | None) -> Step:
    """The rows of a range of keys."""
    return step if keys is None else step.filter((nw.col(key) >= keys.start) & (nw.col(key) < keys.stop))
