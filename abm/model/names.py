"""Names that a model itself defines: each once, and none used that is not there.

Works on the plain value of a model file, whatever its shape, so that a misspelt name is reported together with every
other error and not only once the rest is right.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from abm.errors import did_you_mean
from abm.model.fields import topic_key

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


def name_problems(data: object) -> list[tuple[Path, str]]:
    """Return what is wrong with the names of a model, as (path, message).

    Args:
        data: The plain value of a model file; parts of an unexpected shape are passed over.
    """
    return [*_twice(data), *_unknown_groups(data), *_group_problems(data)]


def _twice(data: object) -> Iterator[tuple[Path, str]]:
    for where in _NAMED_LISTS:
        seen: dict[str, int] = {}
        for position, item in enumerate(_list(_at(data, *where))):
            name = _text(_at(item, "name"))
            if name in seen:
                yield (*where, position, "name"), f"the name '{name}' is taken by number {seen[name]} of this list"
            elif name:
                seen[name] = position + 1


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


def named_topics(topics: Mapping[str, float]) -> list[str]:
    """Return the topics of a model that are named one by one, `*` left out."""
    return [topic for topic in topics if topic_key(topic) != "*"]


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
