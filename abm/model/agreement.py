"""What no value of a model shows alone: names that are not defined or given twice, keys that exclude each other.

Works on the plain value of a model file, whatever its shape, so that a misspelt name is reported together with every
other error and not only once the rest is right.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from abm.errors import did_you_mean
from abm.model.signals import DECAYS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from abm.model.places import Path

_NAMED_LISTS: tuple[tuple[str, ...], ...] = (
    ("segments",),
    ("tiers",),
    ("signals",),
    ("fit", "person"),
    ("fit", "account"),
    ("mql", "disqualify"),
    ("buying_groups",),
    ("mqa", "triggers"),
    ("mqa", "exclude"),
    ("stages",),
)


MOST_ITEMS = 200
"""How long each list of a model may be; a plan is as deep as the lists that are tried in turn are long."""


def disagreements(data: object) -> list[tuple[Path, str]]:
    """Return where the parts of a model do not agree, as (path, message).

    Args:
        data: The plain value of a model file; parts of an unexpected shape are passed over.
    """
    return [*_too_many(data), *_twice(data), *_two_decays(data), *_unknown_groups(data), *_group_problems(data)]


def _too_many(data: object) -> Iterator[tuple[Path, str]]:
    by_segment = (("mql", "threshold_by_segment"), ("mqa", "threshold_by_segment"))
    for where in (*_NAMED_LISTS, ("roles", "rules"), *by_segment):
        items = _at(data, *where)
        if isinstance(items, (list, tuple, Mapping)) and len(items) > MOST_ITEMS:
            yield where, f"{len(items):,} entries. Expected at most {MOST_ITEMS}; join conditions by 'or'"


def _twice(data: object) -> Iterator[tuple[Path, str]]:
    for where in _NAMED_LISTS:
        seen: dict[str, int] = {}
        for position, item in enumerate(_list(_at(data, *where))):
            name = _text(_at(item, "name"))
            if name in seen:
                yield (
                    (*where, position, "name"),
                    f"the name '{name}' is already that of number {seen[name]} of this list. Give it another",
                )
            elif name:
                seen[name] = position + 1


def _two_decays(data: object) -> Iterator[tuple[Path, str]]:
    for position, signal in enumerate(_list(_at(data, "signals"))):
        given = [key for key in DECAYS if _mapping(signal).get(key) is not None]
        if len(given) > 1:
            text = f"{' and '.join(given)} are both given. Expected one of {', '.join(DECAYS)}"
            yield ("signals", position, given[1]), text


def _unknown_groups(data: object) -> Iterator[tuple[Path, str]]:
    groups = [_text(key) for key in _mapping(_at(data, "signal_groups"))]
    for position, signal in enumerate(_list(_at(data, "signals"))):
        group = _text(_at(signal, "group"))
        if group and group not in groups and group.lower() != "none":
            known = f"Groups: {', '.join(groups)}." if groups else "The model has no signal_groups."
            text = f"no signal group '{group}'. {known}{did_you_mean(group, groups)}"
            yield ("signals", position, "group"), text


def _group_problems(data: object) -> Iterator[tuple[Path, str]]:
    signals = [name for name in (_text(_at(signal, "name")) for signal in _list(_at(data, "signals"))) if name]
    for position, group in enumerate(_list(_at(data, "buying_groups"))):
        here: Path = ("buying_groups", position)
        for index, name in enumerate(_texts(_at(group, "signals"))):
            if name not in signals and name.lower() != "all":
                known = f"Signals: {', '.join(signals)}." if signals else "The model has no signals."
                yield (*here, "signals", index), f"no signal '{name}'. {known}{did_you_mean(name, signals)}"
        roles = [_text(role) for role in _mapping(_at(group, "roles"))]
        for index, name in enumerate(_texts(_at(group, "blockers"))):
            if name in roles:
                yield (*here, "blockers", index), f"'{name}' is also a role with a seat; expected one or the other"


def _at(value: object, *keys: str) -> object:
    for key in keys:
        value = _mapping(value).get(key)
    return value


def _mapping(value: object) -> Mapping[object, object]:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> list[object]:
    return list(value) if isinstance(value, (list, tuple)) else []


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _texts(value: object) -> list[str]:
    """Return the names in a list, or the one name that stands for a list."""
    return [_text(value)] if isinstance(value, str) else [_text(item) for item in _list(value)]
