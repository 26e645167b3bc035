"""The grid of a sweep: every model with every combination of values, on every day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any

from abm.errors import InputError, ModelError
from abm.evaluation.sweep.changes import changed, plain
from abm.evaluation.sweep.keys import BY_SEGMENT, at, locate, refuse_section
from abm.evaluation.sweep.values import MOST_RUNS, read_values
from abm.model.fields import describe

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from abm.model import Model
    from abm.model.places import Path

AS_IT_IS = "none"
"""What may be said of a section or list to try the model without it."""


@dataclass(frozen=True)
class Variant:
    """One run of a sweep.

    Attributes:
        model: the model, its values changed.
        values: what was changed, in the order of the keys.
        as_of: the day; None is the base's.
    """

    model: Model
    values: tuple[Any, ...]
    as_of: date | None


_EXAMPLE = '{"mqa.threshold": [50, 60, 70]}'


def listed(vary: Mapping[str, object]) -> dict[str, list[Any]]:
    """Return the values of each key; text is read as on the command line.

    Raises:
        InputError: something is no key, or a key has no values, or too many.

    >>> listed({"mqa.threshold": "50..60:5", "mqa.require": ["true"]})
    {'mqa.threshold': [50, 55, 60], 'mqa.require': ['true']}
    """
    read: dict[str, list[Any]] = {}
    if not isinstance(vary, Mapping):
        raise InputError(f"vary: expected keys with values to try, such as {_EXAMPLE}; got {describe(vary)}.")
    for key, values in vary.items():
        if not isinstance(key, str):
            raise InputError(f"vary: expected keys of the model, as in {_EXAMPLE}; got {describe(key)}.")
        if isinstance(values, str):
            read[key] = read_values(values, key)
        elif isinstance(values, Iterable):
            read[key] = [_plain(each) for each in values]
        else:
            raise InputError(f"{key}: expected values to try, such as [50, 60, 70]; got {describe(values)}.")
        if not read[key]:
            raise InputError(f"{key}: there is no value to try. Expected one or more, such as [50, 60, 70].")
    return read


def require_few(models: int, vary: Mapping[str, Sequence[Any]], days: int) -> int:
    """Return how many runs there are.

    Raises:
        InputError: more than `MOST_RUNS`.
    """
    counts = {"models": models, **{key: len(values) for key, values in vary.items()}, "days": days}
    said = " x ".join(f"{count:,} of {what}" for what, count in counts.items() if count > 1)
    runs = prod(counts.values())
    if runs > MOST_RUNS:
        raise InputError(
            f"the sweep has {runs:,} runs: {said}. At most {MOST_RUNS:,} are made; take fewer values, or wider steps."
        )
    return runs


def variants(models: Sequence[Model], vary: Mapping[str, Sequence[Any]], days: Sequence[date | None]) -> list[Variant]:
    """Return every combination: models, then the values of each key in turn, then days; the last changes fastest.

    Raises:
        ModelError: a model has no such key, or would be none with such a value.
    """
    made = []
    for model in models:
        data = plain(model)
        paths = _paths(data, vary, model.name)
        for values in product(*vary.values()):
            used = model
            if paths:
                name = f"{model.name} with {', '.join(f'{key}={each}' for key, each in zip(vary, values, strict=True))}"
                used = changed(data, dict(zip(paths, values, strict=True)), name)
            made += [Variant(used, values, day) for day in days]
    return made


def values_of(model: Model, keys: Iterable[str]) -> tuple[Any, ...]:
    """Return what a model itself has at some keys; None where it has nothing."""
    data = plain(model)
    return tuple(_value_at(data, key, model.name) for key in keys)


def segments_of(keys: Iterable[str]) -> dict[str, str]:
    """Return the segments whose thresholds are varied, by key.

    >>> segments_of(["mqa.threshold", "mqa.threshold_by_segment.smb"])
    {'mqa.threshold_by_segment.smb': 'smb'}
    """
    before = tuple(f"{'.'.join(path)}." for path in BY_SEGMENT)
    return {key: key.split(".", 2)[2] for key in keys if key.startswith(before)}


def _value_at(data: Mapping[str, Any], key: str, model: str) -> Any:
    try:
        return at(data, locate(data, key, model))
    except ModelError:
        return None


def _paths(data: Mapping[str, Any], vary: Mapping[str, Sequence[Any]], model: str) -> list[Path]:
    by_path: dict[Path, str] = {}
    for key, values in vary.items():
        path = locate(data, key, model)
        if path in by_path:
            raise InputError(f"{key}: is the same as {by_path[path]}. Write all its values in one list.")
        by_path[path] = key
        if any(not isinstance(each, (dict, list)) and each not in (None, AS_IT_IS) for each in values):
            refuse_section(data, path, key, model)
    return list(by_path)


def _plain(value: Any) -> Any:
    """A number of NumPy as Python's own; a tuple as a list, as a file would have it."""
    if isinstance(value, tuple):
        return list(value)
    item = getattr(value, "item", None)
    return item() if callable(item) and type(value).__module__ == "numpy" else value
