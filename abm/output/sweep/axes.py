"""What varies in a sweep, and how it is said: models, keys of the model, days."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from abm.output.text import safe

if TYPE_CHECKING:
    from abm.evaluation.sweep import Sweep

MODEL = "model"
DAY = "as_of"

_HASH_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Axis:
    """One thing that varies.

    Attributes:
        name: its column.
        kind: how its values lie: numbers, days, or words without order.
        values: its value in each row.
        base: the base's own; None where it has none, or several values in one.
    """

    name: str
    kind: Literal["number", "day", "word"]
    values: list[Any]
    base: Any

    @property
    def title(self) -> str:
        """What to call it above its values."""
        return {MODEL: "Model", DAY: "Day"}.get(self.name, self.name)

    @property
    def distinct(self) -> list[Any]:
        """Each value once, in the order of the grid."""
        return list(dict.fromkeys(self.values))

    def said(self, value: Any) -> str:
        """Return a value in words.

        >>> Axis("mqa.threshold", "number", [60.0], 60.0).said(60.0)
        '60'
        """
        if isinstance(value, bool):
            return str(value).lower()
        return f"{value:g}" if isinstance(value, float) else safe(str(value))


def axes(sweep: Sweep) -> list[Axis]:
    """Return what has more than one value, in the order of the grid; the first key where nothing has."""
    found = [Axis(MODEL, "word", _models(sweep), None)] if sweep.models > 1 else []
    found += [_key(sweep, key) for key in sweep.keys]
    found += [Axis(DAY, "day", sweep.polars[DAY].to_list(), sweep.base[DAY])] if sweep.days > 1 else []
    return [each for each in found if len(each.distinct) > 1] or found[:1]


def is_base(sweep: Sweep) -> list[bool]:
    """Return which rows are the base itself: the same model on the same day."""
    same = [pl.col(name) == sweep.base[name] for name in ("model_hash", DAY)]
    return sweep.polars.select(pl.all_horizontal(same)).to_series().to_list()


def heading(sweep: Sweep) -> str:
    """Return the base's model and day in words."""
    stamp = sweep.stamp
    model = f"{safe(stamp['model'])} v{stamp['model_version']} ({stamp['model_hash'][:_HASH_SHOWN]})"
    return f"{model} as of {stamp['as_of']}"


def _key(sweep: Sweep, key: str) -> Axis:
    values, base = sweep.polars[key], sweep.base[key]
    number = values.dtype.is_numeric()
    single = (
        isinstance(base, (int, float)) and not isinstance(base, bool) if number else not isinstance(base, list | dict)
    )
    return Axis(key, "number" if number else "word", values.to_list(), base if single else None)


def _models(sweep: Sweep) -> list[str]:
    """The names of models; with a number behind those that several have."""
    rows = sweep.polars.height // sweep.models
    names = sweep.polars["model"].gather_every(rows).to_list()
    several = {name for name, count in Counter(names).items() if count > 1}
    numbers: Counter[str] = Counter()
    labels = []
    for name in names:
        numbers[name] += 1
        labels.append(f"{name} ({numbers[name]})" if name in several else name)
    return [label for label in labels for _ in range(rows)]
