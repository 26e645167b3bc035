"""A model with some of its values changed, everything else as it was."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from abm.errors import ModelError
from abm.evaluation.sweep.keys import at
from abm.model import model_from
from abm.model.signals import DECAYS
from abm.model.units import MICRO, micro

if TYPE_CHECKING:
    from collections.abc import Mapping

    from abm.model import Model
    from abm.model.places import Path

WEIGHTS = ("account", "weights")


def plain(model: Model) -> dict[str, Any]:
    """Return the plain value of a model, as its file would have it, defaults filled in."""
    value: dict[str, Any] = model.model_dump(mode="json")
    return value


def changed(data: Mapping[str, Any], values: Mapping[Path, Any], name: str) -> Model:
    """Return a model with other values.

    Weights of components sum to 1: those that are not set share what is left in the proportion they had. A signal has
    one decay: a way to fade that is set replaces the one it had.

    Args:
        data: the plain value of a model (see `plain`).
        values: what to set, by path.
        name: what messages call the outcome.

    Raises:
        ModelError: the outcome is no model.
    """
    copy = deepcopy(dict(data))
    for path, value in values.items():
        around, last = at(copy, path[:-1]), path[-1]
        if last in DECAYS and path[0] == "signals":
            around.update(dict.fromkeys(DECAYS))
        around[last] = value
    _share_weights(copy, {str(path[-1]): value for path, value in values.items() if path[:-1] == WEIGHTS}, name)
    return model_from(copy, name=name)


def _share_weights(data: dict[str, Any], fixed: Mapping[str, Any], name: str) -> None:
    """Scale the weights that are not set, so that all sum to 1: exactly, in millionths, the largest rests first."""
    if not fixed or not all(isinstance(each, (int, float)) and 0 <= each <= 1 for each in fixed.values()):
        return
    weights = at(data, WEIGHTS)
    others = {key: micro(weight) for key, weight in weights.items() if key not in fixed}
    left, total = MICRO - sum(micro(each) for each in fixed.values()), sum(others.values())
    if left < 0:
        said = " + ".join(f"{key} {each:g}" for key, each in fixed.items())
        raise ModelError(f"{name}: the weights {said} are more than 1 together. Expected at most 1; take smaller ones.")
    if not total:
        return
    shares = {key: divmod(weight * left, total) for key, weight in others.items()}
    missing = left - sum(whole for whole, _ in shares.values())
    more = sorted(shares, key=lambda key: -shares[key][1])[:missing]
    weights.update({key: (whole + (key in more)) / MICRO for key, (whole, _) in shares.items()})
