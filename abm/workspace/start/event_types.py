"""Which signal of a first model each event type means, by a table of words."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from abm.sources.presets.header import plain_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_NOT_COUNTED = "not_counted"
_WHY_NOT = {
    "ours": "what we did, not they",
    "machines": "what machines report",
    "records": "changes of a record, not what somebody did",
}


@dataclass(frozen=True, slots=True)
class SignalKind:
    """A signal that a first model may have.

    Attributes:
        name: what the model calls it.
        points: what one occurrence is worth.
        more: its further keys, as YAML in flow style writes them.
        why: what it says about somebody.
    """

    name: str
    points: float
    more: str
    why: str


@dataclass(frozen=True)
class Sorted:
    """Event types by what they mean, each group in the order in which the types were given.

    Attributes:
        signals: the types of each signal, in the order of the model.
        ignored: the types that are known and do not count, by the reason.
        unknown: the types that nobody knows.
    """

    signals: Mapping[SignalKind, tuple[str, ...]]
    ignored: Mapping[str, tuple[str, ...]]
    unknown: tuple[str, ...]


def sorted_types(types: Iterable[str]) -> Sorted:
    """Sort event types by the signals they mean.

    >>> found = sorted_types(["Form Submission", "EMAIL_OPEN", "SENT", "quux"])
    >>> [(kind.name, types) for kind, types in found.signals.items()], found.unknown
    ([('form', ('Form Submission',)), ('email_open', ('EMAIL_OPEN',))], ('quux',))
    >>> found.ignored
    {'what we did, not they': ('SENT',)}
    """
    kinds, by_word, idle = _tables()
    signals: dict[SignalKind, tuple[str, ...]] = {}
    ignored: dict[str, tuple[str, ...]] = {}
    unknown: list[str] = []
    for each in types:
        word = plain_name(each)
        if word in by_word:
            signals[by_word[word]] = (*signals.get(by_word[word], ()), each)
        elif word in idle:
            ignored[idle[word]] = (*ignored.get(idle[word], ()), each)
        else:
            unknown.append(each)
    return Sorted({kind: signals[kind] for kind in kinds if kind in signals}, ignored, tuple(unknown))


@cache
def _tables() -> tuple[tuple[SignalKind, ...], dict[str, SignalKind], dict[str, str]]:
    with (Path(__file__).parent / "signals.toml").open("rb") as stream:
        pages = tomllib.load(stream)
    idle = {plain_name(word): _WHY_NOT[reason] for reason, words in pages.pop(_NOT_COUNTED).items() for word in words}
    kinds = {name: SignalKind(name, page["points"], page["more"], page["why"]) for name, page in pages.items()}
    by_word = {plain_name(word): kinds[name] for name, page in pages.items() for word in (name, *page["words"])}
    return tuple(kinds.values()), by_word, idle
