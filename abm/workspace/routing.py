"""The vocabulary of `routing:` in a workspace: queues, who belongs into them, and what happens when they are full."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, Strict

from abm.errors import did_you_mean
from abm.model.conditions import Condition  # noqa: TC001 - pydantic reads the annotation
from abm.model.fields import Name, Part, Positive

if TYPE_CHECKING:
    from collections.abc import Iterator

    from abm.model.places import Path

Level = Literal["lead", "account"]
Bar = Literal["opted_out", "disqualified", "excluded"]

ACCOUNT_OWNER = "account"
"""The owner of a queue whose work belongs to the owner of each account."""

RESERVED = ("overflow", "kept_out", "unrouted", "manifest", "about", "routing")
"""Names of the other lists that are written beside those of the queues."""

_FILE_NAME = re.compile(r"[\w-]{1,31}")
_DEVICES = re.compile(r"con|prn|aux|nul|com\d|lpt\d", re.IGNORECASE)


class Queue(Part):
    """One work list: who gets onto it, whose it is, how soon it must be worked on, and how much fits."""

    name: Name = Field(description="what the queue and its file are called: letters, digits, _ and -")
    level: Level = Field(description="what it lists: lead or account")
    when: Condition = Field(description="the condition under which a lead or account belongs here; first match wins")
    owner: Name | None = Field(
        default=None, description="who works on it: a name, or `account` for the owner of each account"
    )
    sla_hours: Positive | None = Field(default=None, le=24 * 366, description="hours within which it must be worked on")
    capacity: Annotated[int, Strict(), Field(ge=0)] | None = Field(
        default=None, description="at most so many rows a run; the others overflow"
    )
    overflow: Name | None = Field(
        default=None, description="the queue that takes what does not fit; without it, what does not fit is listed"
    )
    takes: tuple[Bar, ...] = Field(
        default=(),
        description="people and accounts that are otherwise kept out: opted_out, disqualified, excluded",
    )


class Routing(Part):
    """Which queues there are; the order is that in which their rules are tried."""

    queues: tuple[Queue, ...] = Field(default=(), description="the queues, first match wins at each level")

    def at(self, level: Level) -> tuple[Queue, ...]:
        """Return the queues of one level, in order."""
        return tuple(queue for queue in self.queues if queue.level == level)

    def position(self, name: str) -> int:
        """Return where a queue stands in the list."""
        return [queue.name for queue in self.queues].index(name)

    def problems(self) -> Iterator[tuple[Path, str]]:
        """Yield what one queue alone cannot know is wrong: the path below `routing` and a sentence or two."""
        if not self.queues and "queues" in self.model_fields_set:
            yield ("queues",), "there is no queue in the list. Name one, or remove routing for the default queues"
        seen: set[str] = set()
        for position, queue in enumerate(self.queues):
            path: Path = ("queues", position)
            for key, problem in (*_of_name(queue, seen), *self._of_overflow(queue)):
                yield (*path, key), f"queue '{queue.name}': {problem}"
            seen.add(queue.name.lower())
        for circle in self._circles():
            shown = " to ".join([*circle, circle[0]])
            yield (
                ("queues", self.position(circle[0]), "overflow"),
                f"overflow goes round in a circle: {shown}. Let one of these queues end it",
            )

    def _of_overflow(self, queue: Queue) -> Iterator[tuple[str, str]]:
        if queue.overflow is None:
            return
        if queue.capacity is None:
            yield "overflow", "overflow without capacity never happens. Give a capacity, or remove overflow"
        names = [each.name for each in self.queues]
        if queue.overflow not in names:
            near = did_you_mean(queue.overflow, names)
            yield "overflow", f"there is no queue '{queue.overflow}' to take what does not fit.{near}"
            return
        other = self.queues[names.index(queue.overflow)]
        if other.level != queue.level:
            yield (
                "overflow",
                f"'{other.name}' lists {other.level}s, this queue {queue.level}s. Name a queue of {queue.level}s",
            )
        lacking = [bar for bar in queue.takes if bar not in other.takes]
        if lacking:
            yield (
                "overflow",
                f"takes {', '.join(lacking)}, but '{other.name}', to which it overflows, does not. Add it there too",
            )

    def _circles(self) -> Iterator[list[str]]:
        """Yield every circle of overflow once, from the queue of it that stands first."""
        to = {queue.name: queue.overflow for queue in self.queues}
        done: set[str] = set()
        for queue in self.queues:
            way: list[str] = []
            here: str | None = queue.name
            while here is not None and here in to and here not in done and here not in way:
                way.append(here)
                here = to[here]
            if here in way:
                circle = way[way.index(here) :]
                first = min(range(len(circle)), key=lambda i: self.position(circle[i]))
                yield circle[first:] + circle[:first]
            done.update(way)


def _of_name(queue: Queue, seen: set[str]) -> Iterator[tuple[str, str]]:
    if queue.name.lower() in seen:
        yield "name", "there is a queue of this name already; capitals do not matter. Give it another"
    if queue.name.lower() in RESERVED or _DEVICES.fullmatch(queue.name):
        yield "name", "this name is taken by another file. Give it another"
    elif not _FILE_NAME.fullmatch(queue.name):
        yield "name", "a queue is written to a file of its name: at most 31 letters, digits, _ and -. Change it"
