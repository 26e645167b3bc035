"""Routing as a screen: every queue with what it took, what was over, and who waits longest; then who is on no list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from abm.output import marks
from abm.output.layout import Column, arrange, fixed, flowing, lines, wrapped
from abm.output.summary import heading
from abm.output.text import safe
from abm.workspace.routing import ACCOUNT_OWNER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from abm.output.screen import Screen
    from abm.scoring.routing import Filled, Routed
    from abm.workspace.routing import Level

_WISHES = (
    ("queue", 12), ("taken", 5), ("matched", 7), ("over", 8), ("waiting", 7), ("late", 7), ("sla", 5), ("hands", 5),
    ("over", 18), ("received", 8), ("level", 8), ("queue", 20), ("owner", 14), ("capacity", 8), ("queue", 31),
    ("over", 40), ("owner", 30), ("bar", 12),
)  # fmt: skip
_REASONS = {
    "opted_out": "opted out",
    "disqualified": "disqualified",
    "excluded": "of excluded accounts",
}
_OF_ACCOUNT = {"excluded": "excluded"}


def routing_lines(routed: Routed, workspace: str, source: str, screen: Screen) -> list[Text]:
    """Return the routing as lines, none wider than the screen."""
    columns = _columns(routed, screen)
    widths = arrange(columns, _WISHES, screen.width)
    told = [Text(f"queues of {safe(source)}", style="dim")]
    return [
        *heading(routed.result, workspace, screen.width),
        *flowing([*told, *_counts(routed)], screen.width),
        Text(),
        *lines(columns, widths, screen.width),
        Text(),
        *flowing(list(_outside(routed)), screen.width),
        *wrapped(_warnings(routed), screen.width),
        *flowing(_legend(routed, set(widths)), screen.width),
    ]


def _columns(routed: Routed, screen: Screen) -> dict[str, Column]:
    queues = routed.queues
    most = max((each.taken for each in queues), default=0) or 1

    def cells(cell: Callable[[Filled], Text | str]) -> list[Text]:
        return [each if isinstance(each, Text) else Text(each) for each in map(cell, queues)]

    columns = {
        "queue": fixed("Queue", cells(lambda each: Text(safe(each.queue.name), style="bold" if each.taken else "dim"))),
        "level": fixed("Lists", cells(lambda each: f"{each.queue.level}s")),
        "owner": fixed("Owner", cells(_owner)),
        "sla": fixed(
            "SLA", cells(lambda each: "" if each.queue.sla_hours is None else f"{each.queue.sla_hours:g} h"), right=True
        ),
        "matched": fixed("Matched", cells(lambda each: f"{each.matched:,}"), right=True),
        "received": fixed("Received", cells(lambda each: f"+{each.received:,}" if each.received else ""), right=True),
        "capacity": fixed(
            "Capacity",
            cells(lambda each: "" if each.queue.capacity is None else f"{each.queue.capacity:,}"),
            right=True,
        ),
        "taken": fixed("Taken", cells(lambda each: Text(f"{each.taken:,}", style="bold")), right=True),
        "bar": Column(
            "", lambda width: [marks.bar(each.taken, width, full=most, blocks=screen.blocks) for each in queues], 24
        ),
        "hands": fixed(
            "Hands", cells(lambda each: Text(f"{each.hands:,}" if each.hands else "", style="bold magenta")), right=True
        ),
        "waiting": fixed("Longest", cells(_waiting), right=True),
        "late": fixed("Overdue", cells(_late), right=True),
        "over": fixed("Overflow", cells(_over)),
    }
    optional = ("owner", "sla", "received", "capacity", "hands", "waiting", "late", "over")
    empty = {
        name for name in optional if not any(cell.plain.strip() for cell in columns[name].draw(columns[name].most))
    }
    return {name: column for name, column in columns.items() if name not in empty}


def _owner(filled: Filled) -> str:
    owner = filled.queue.owner
    return "" if owner is None else "of the account" if owner == ACCOUNT_OWNER else safe(owner)


def _waiting(filled: Filled) -> Text:
    if filled.waiting is None:
        return Text()
    return Text(many(filled.waiting, "day"), style="bold yellow" if filled.hands and filled.waiting else "")


def _late(filled: Filled) -> Text:
    return Text("" if filled.late is None else f"{filled.late:,}", style="bold red" if filled.late else "")


def _over(filled: Filled) -> Text:
    if not filled.over:
        return Text()
    to = filled.queue.overflow
    return Text(f"{filled.over:,} {'listed' if to is None else f'→ {safe(to)}'}", style="" if to else "yellow")


def _counts(routed: Routed) -> list[Text]:
    told = []
    for level, total in routed.counts.items():
        taken = sum(each.taken for each in routed.queues if each.queue.level == level)
        told.append(Text(f"{taken:,} of {many(total, level)} on work lists"))
    return told


def _outside(routed: Routed) -> Iterator[Text]:
    """Who is on no work list, and in which file: nothing is dropped in silence."""
    for level in routed.counts:
        over = int((routed.overflow["level"] == level).sum())
        if over:
            yield Text(f"overflow: {many(over, level)}", style="yellow")
    for level in routed.counts:
        kept = [each for each in routed.kept if each.level == level]
        if kept:
            words = _REASONS if level == "lead" else _OF_ACCOUNT
            counted = len(kept) > 1
            parts = ", ".join(
                f"{each.count:,} {words[each.reason]}" if counted else words[each.reason] for each in kept
            )
            yield Text(f"kept out: {many(sum(each.count for each in kept), level)} ({parts})")
    for level in routed.counts:
        rest = int((routed.unrouted["level"] == level).sum())
        if rest:
            yield Text(f"unrouted, no rule fits: {many(rest, level)}")


def _warnings(routed: Routed) -> Iterator[Text]:
    """What must not wait: people who asked to be called and are on no list."""
    hands = sum(each.hands_over for each in routed.queues if each.queue.level == "lead")
    if hands:
        yield _warning(
            f"{_people(hands)} who raised a hand did not fit into a queue: give it more capacity, or an overflow queue"
        )
    kept = [(each.hands, _REASONS[each.reason]) for each in routed.kept if each.level == "lead" and each.hands]
    for count, reason in kept:
        yield _warning(f"{_people(count)} who raised a hand are kept out ({reason}): see kept_out")
    rest = routed.unrouted
    lost = int(((rest["level"] == "lead") & (rest["status"] == "hand_raiser").fill_null(value=False)).sum())
    if lost:
        yield _warning(f"{_people(lost)} who raised a hand fit no rule: see unrouted")
    for each in routed.queues:
        if each.ownerless:
            yield _warning(
                f"{safe(each.queue.name)}: without owner, {each.ownerless:,} of {each.taken:,}:"
                " they have no account, or it names none"
            )


def _people(count: int) -> str:
    return many(count, "person", "people")


def _warning(text: str) -> Text:
    return Text(text, style="yellow")


def _legend(routed: Routed, shown: set[str]) -> list[Text]:
    parts = []
    if "hands" in shown:
        parts.append("Hands: raised a hand, always first in a list")
    if "waiting" in shown:
        parts.append("Longest: days since the raised hand, else since the newest activity")
    if "late" in shown:
        parts.append("Overdue: due before that day")
    if any(each.over and each.queue.overflow is None for each in routed.queues):
        parts.append("listed: in overflow")
    return [Text(part, style="dim") for part in parts]


def many(count: int, noun: Level | str, plural: str | None = None) -> str:
    """Return a number of things.

    >>> many(1, "day"), many(2500, "lead")
    ('1 day', '2,500 leads')
    """
    return f"{count:,} {noun if count == 1 else plural or f'{noun}s'}"
