"""Where a value of a model stands: its file and line, and its path in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Path = tuple[str | int, ...]
"""Keys and list positions from the top of a model, such as `("signals", 3, "where")`."""

_ITEMS = {
    ("segments",): "segment",
    ("tiers",): "tier",
    ("signals",): "signal",
    ("signal_groups",): "signal group",
    ("fit", "person"): "fit.person rule",
    ("fit", "account"): "fit.account rule",
    ("mql", "disqualify"): "mql.disqualify rule",
    ("roles", "rules"): "roles rule",
    ("buying_groups",): "buying group",
    ("mqa", "triggers"): "mqa trigger",
    ("mqa", "exclude"): "mqa.exclude rule",
    ("stages",): "stage",
}
_STEP = "step"
_ROLE = "role"


@dataclass(frozen=True)
class Places:
    """The lines of a model file, by path."""

    file: str
    lines: Mapping[Path, int]

    def number(self, path: Path) -> int:
        """Return the 1-based line of `path`, or of the nearest thing around it that has one."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.lines:
                return self.lines[path[:length]]
        return 1

    def line(self, path: Path) -> str:
        """Return `file:line` of `path`; the file alone when no lines are known."""
        return f"{self.file}:{self.number(path)}" if self.lines else self.file


def in_words(path: Path, data: object) -> str:
    """Return `path` as a reader of the file would say it.

    Args:
        path: Keys and positions; parts that lead nowhere in `data` are shown as they are.
        data: A model, or the plain value of its file.

    >>> in_words(("signals", 0, "where"), {"signals": [{"name": "pricing_view"}]})
    "signal 'pricing_view': where"
    >>> in_words(("mql", "grade", "fit"), {})
    'mql.grade.fit'
    """
    said: list[str] = []
    keys: list[str] = []
    here: object = data
    for position, part in enumerate(path):
        here = _step_into(here, part)
        noun = _noun(path[:position], part)
        if noun is None:
            keys += [str(part)] if isinstance(part, str) or not said + keys else []
            continue
        keys = [] if _covers(noun) else keys[:-1]
        said += [".".join(keys)] if keys else []
        keys = []
        said.append(_item(noun, part, here))
    said += [".".join(keys)] if keys else []
    return ": ".join(said) or "the model"


def _noun(before: Path, part: str | int) -> str | None:
    """Return what an item of the list or mapping at `before` is called, if it is one."""
    where = tuple(key for key in before if isinstance(key, str))
    if where in _ITEMS and len(where) == len(before):
        return _ITEMS[where]
    if len(before) == 3 and before[0] == "buying_groups" and before[2] == "roles":  # noqa: PLR2004 - the path's length
        return _ROLE
    return _STEP if isinstance(part, int) and before and before[-1] == "steps" else None


def _covers(noun: str) -> bool:
    """Whether the noun already says the section it stands in."""
    return noun in _ITEMS.values() or noun == _ROLE


def _item(noun: str, part: str | int, item: object) -> str:
    if isinstance(part, str):
        return f"{noun} '{part}'"
    name = _step_into(item, "name")
    if isinstance(name, str) and name.strip():
        return f"{noun} '{name.strip()}'"
    role = _step_into(item, "role")
    suffix = f" ('{role}')" if isinstance(role, str) else ""
    return f"{noun} {part + 1}{suffix}"


def _step_into(value: object, part: str | int) -> object:
    if isinstance(value, Mapping):
        return value.get(part)
    if isinstance(part, int):
        return value[part] if isinstance(value, (list, tuple)) and part < len(value) else None
    return getattr(value, part, None) if type(value).__module__.startswith("abm.") else None
