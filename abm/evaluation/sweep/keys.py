"""Where a dotted key such as `signals.demo_request.points` leads in a model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from abm.errors import ModelError, did_you_mean

if TYPE_CHECKING:
    from abm.model.places import Path

BY_SEGMENT = (("mql", "threshold_by_segment"), ("mqa", "threshold_by_segment"))
"""Where a key may be varied that the model does not have: the threshold of a segment that has none of its own."""

_LISTED = 12


def locate(data: Mapping[str, Any], key: str, model: str) -> Path:
    """Find the path of a key: names of sections, and of what lists hold, with dots between.

    What is in a list goes by its name, a rule of roles by its role where that is the only one, and everything by its
    number from 1 on: `signals.pricing_view.points`, `roles.rules.champion.confidence`, `mql.grade.fit.1`. Names may
    have dots of their own.

    Args:
        data: the plain value of a model, defaults filled in.
        key: the dotted key.
        model: what to call the model in messages.

    Raises:
        ModelError: there is no such key.

    >>> locate({"signals": [{"name": "demo", "points": 50}]}, "signals.demo.points", "tiny")
    ('signals', 0, 'points')
    """
    path: Path = ()
    here: Any = data
    rest = key
    while rest:
        if path in BY_SEGMENT:
            return (*path, rest)
        children = _children(here)
        name = max((each for each in children if rest == each or rest.startswith(f"{each}.")), key=len, default=None)
        if name is None:
            raise ModelError(f"{key}: {_stranger(data, here, key, rest, model)}")
        path, here = (*path, children[name]), here[children[name]]
        rest = rest[len(name) + 1 :]
    if not path:
        raise ModelError("an empty key: nothing to vary. Expected one such as mqa.threshold.")
    return path


def at(data: Any, path: Path) -> Any:
    """Return what stands at a path; None where nothing does."""
    for part in path:
        data = data.get(part) if isinstance(data, Mapping) else data[part]
    return data


def refuse_section(data: Mapping[str, Any], path: Path, key: str, model: str) -> None:
    """Refuse a single value where a section or a list stands.

    Raises:
        ModelError: it holds keys, or items.
    """
    here = at(data, path)
    if isinstance(here, (Mapping, list)):
        what = "a section" if isinstance(here, Mapping) else "a list"
        inside = ", ".join(f"{key}.{name}" for name in _named(here)[:_LISTED])
        said = f" Name one thing in it: {inside}." if inside else ""
        raise ModelError(f"{key}: is {what} of model {model}, and cannot be one value.{said}")


def _children(here: Any) -> dict[str, str | int]:
    """The names by which what is in a section or list may be called."""
    if isinstance(here, Mapping):
        return {str(name): name for name in here}
    if not isinstance(here, list):
        return {}
    roles = Counter(_text(each, "role") for each in here)
    names: dict[str, str | int] = {}
    for position, each in enumerate(here):
        role = _text(each, "role")
        name = _text(each, "name") or (role if roles[role] == 1 else "") or str(position + 1)
        names[name] = position
    return {**{str(position + 1): position for position in range(len(here))}, **names}


def _text(item: object, key: str) -> str:
    value = item.get(key) if isinstance(item, Mapping) else None
    return value if isinstance(value, str) else ""


def _stranger(data: Mapping[str, Any], here: Any, key: str, rest: str, model: str) -> str:
    """What is wrong with the rest of a key, and which key may have been meant."""
    before = key.removesuffix(rest).rstrip(".")
    if here is None:
        return f"{before} is not set in model {model}, so nothing in it can vary. Set it in the model first."
    names = _named(here)
    if not names and not isinstance(here, (Mapping, list)):
        return f"{before} is a single value of model {model}, and has nothing in it. Leave out '.{rest}'."
    said = ", ".join([*names[:_LISTED], *(["..."] if len(names) > _LISTED else [])]) or "none"
    where, keys = ("there", f"Keys of {before}") if before else ("at its top", "Keys")
    return f"model {model} has no '{rest.partition('.')[0]}' {where}. {keys}: {said}.{_near(data, key)}"


def _named(here: Any) -> list[str]:
    """The children by their best names: no number beside a name."""
    return [name for name, _ in _inside(here)]


def _inside(here: Any) -> list[tuple[str, Any]]:
    best = {part: name for name, part in _children(here).items()}
    return [(name, here[part]) for part, name in best.items()]


def _near(data: Mapping[str, Any], key: str) -> str:
    known = list(_leaves(data))
    ending = [each for each in known if each.endswith(f".{key}")]
    if ending:
        return f" Did you mean {' or '.join(repr(each) for each in ending[:3])}?"
    return did_you_mean(key, known)


def _leaves(here: Any, before: str = "") -> list[str]:
    """Every key with a single value."""
    if not isinstance(here, (Mapping, list)):
        return [before]
    return [leaf for name, each in _inside(here) for leaf in _leaves(each, f"{before}.{name}" if before else name)]
