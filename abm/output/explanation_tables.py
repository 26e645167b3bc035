"""The tables of an explained account: components, committee, people, topics, each in the width there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from abm.output import marks
from abm.output.layout import Column, arrange, fixed, lines, stretch, wrapped
from abm.output.text import safe
from abm.scoring.explanation.numbers import hundredths, running
from abm.scoring.explanation.words import enumerated

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from abm.output.screen import Screen
    from abm.scoring.explanation import AccountExplanation
    from abm.scoring.explanation.explanation import Component, Person, Seat

_BAR = 32
_PEOPLE_SHOWN = 15
_TOPICS_SHOWN = 10


def component_table(explained: AccountExplanation, screen: Screen) -> list[Text]:
    """The five components: value, weight, and the points that their lines give."""
    parts = explained.components
    # The lines come in the order of the components, so the sums at their ends are those of the waterfall.
    shown = [part for part, _ in running([part.points or 0 for part in parts])]
    values = [part.value for part in parts]
    columns = {
        "name": fixed("", [Text(part.name) for part in parts]),
        "value": fixed("0-100", [Text(marks.number(value)) for value in values], right=True),
        "bar": Column("", lambda width: [marks.bar(value, width, blocks=screen.blocks) for value in values], _BAR),
        "weight": fixed("Weight", [Text(f"{part.weight * 100:g} %") for part in parts], right=True),
        "points": fixed("Points", [_given(part, own) for part, own in zip(parts, shown, strict=True)], right=True),
    }
    wishes = [("name", 10), ("value", 5), ("weight", 8), ("points", 7), ("bar", 10), ("bar", _BAR)]
    drawn = _table(columns, wishes, (), screen)
    return [*drawn, *wrapped([Text(said, style="yellow") for said in _unknown(parts)], screen.width)]


def _given(part: Component, own: int) -> Text:
    return Text(hundredths(own)) if part.value is not None else Text("unknown", style="yellow")


def _unknown(parts: Sequence[Component]) -> list[str]:
    missing = [part for part in parts if part.unknown is not None and part.weight]
    if not missing:
        return []
    by_reason: dict[str, list[str]] = {}
    for part in missing:
        by_reason.setdefault(part.unknown or "", []).append(part.name)
    said = "; ".join(f"unknown: {enumerated(names)} ({why})" for why, names in by_reason.items())
    left = any(part.value is not None and part.weight for part in parts)
    return [f"{said}. {'The other components share the weight.' if left else 'So there is no score.'}"]


def committee_table(explained: AccountExplanation, screen: Screen) -> list[Text]:
    """The roles, those with empty seats first: seats and who sits there, or who could."""
    seats = explained.committee
    if not seats:
        said = "No buying group applies: there is no committee to fill." if explained.group is None else ""
        return [Text(said, style="dim")] if said else []
    columns = {
        "role": fixed("Role", [_role(seat) for seat in seats]),
        "seats": fixed("Seats", [_seats(seat, blocks=screen.blocks) for seat in seats]),
        "engaged": fixed("Engaged", [_share(seat.filled_engaged, seat.seats) for seat in seats], right=True),
        "filled": fixed("Fillable", [_share(seat.filled, seat.seats) for seat in seats], right=True),
        "known": fixed("Known", [_whole(seat.known) for seat in seats], right=True),
        "weight": fixed("Weight", [Text(f"{seat.weight:g}") for seat in seats], right=True),
        "warmth": fixed("Warmth", [_percent(seat.warmth) for seat in seats], right=True),
        "best": fixed("Warmest", [marks.plain(seat.best_name) for seat in seats]),
        "others": fixed("Known, not engaged", [_others(seat) for seat in seats]),
    }
    wishes = [
        ("role", 20), ("engaged", 7), ("best", 14), ("others", 18), ("weight", 6), ("seats", 5), ("known", 5),
        ("warmth", 6), ("role", 30), ("best", 22), ("filled", 8), ("others", 90),
    ]  # fmt: skip
    drawn = _table(columns, wishes, ("others", "best"), screen)
    missing = any(seat.missing for seat in seats)
    note = [Text("! required, and nobody engaged", style="dim")] if missing else []
    return [*drawn, *note]


def _role(seat: Seat) -> Text:
    name = Text(marks.words(seat.role), style="" if seat.filled_engaged else "bold")
    return Text.assemble(name, (" !", "bold yellow")) if seat.missing else name


def _seats(seat: Seat, *, blocks: bool) -> Text:
    if seat.filled_engaged is None:
        return marks.UNKNOWN
    taken, free = ("●", "○") if blocks else ("x", "o")
    return Text.assemble((taken * seat.filled_engaged, "green"), (free * seat.empty, "dim"))


def _share(value: int | None, whole: int) -> Text:
    return marks.UNKNOWN if value is None else Text(f"{value} of {whole}")


def _whole(value: int | None) -> Text:
    return marks.UNKNOWN if value is None else Text(f"{value:,}")


def _percent(value: float | None) -> Text:
    return marks.UNKNOWN if value is None else Text(f"{int(value * 100)} %")


def _others(seat: Seat) -> Text:
    return Text(", ".join(map(safe, seat.others)) if seat.empty else "")


def people_table(explained: AccountExplanation, screen: Screen) -> list[Text]:
    """Who counts for the account, the warmest first; those without a role and without points are counted below."""
    people = [each for each in explained.people if each.points or each.role or each.blocker]
    shown = people[:_PEOPLE_SHOWN]
    rest = len(explained.people) - len(shown)
    if not shown:
        said = f"{rest:,} known, none with a role or points." if rest else ""
        return [Text(said, style="dim")] if said else []
    columns = {
        "engaged": fixed("", [_engaged(each, blocks=screen.blocks) for each in shown]),
        "name": fixed("Name", [Text(safe(each.name), style="bold" if each.engaged else "") for each in shown]),
        "title": fixed("Title", [marks.plain(each.title) for each in shown]),
        "role": fixed("Role", [_part(each) for each in shown]),
        "points": fixed("Points", [Text(marks.number(each.points)) for each in shown], right=True),
        "score": fixed("Lead", [Text(marks.number(each.score)) for each in shown], right=True),
        "grade": fixed("Grade", [marks.plain(each.grade) for each in shown]),
        "status": fixed("Status", [_status(each) for each in shown]),
        "seen": fixed("Last seen", [marks.day(each.last_activity) for each in shown]),
        "mail": fixed("", [Text("no mail" if each.opted_out else "", style="yellow") for each in shown]),
        "contact_id": fixed("Id", [marks.plain(each.contact_id) for each in shown]),
    }
    wishes = [
        ("name", 16), ("points", 6), ("engaged", 1), ("role", 14), ("title", 12), ("seen", 10), ("name", 20),
        ("role", 20), ("contact_id", 8), ("status", 7), ("title", 24), ("status", 12), ("mail", 7), ("score", 5),
        ("grade", 5), ("contact_id", 20),
    ]  # fmt: skip
    drawn = _table(columns, wishes, ("title", "name", "role", "contact_id"), screen)
    more = [Text(f"and {rest:,} more, colder or without a role", style="dim")] if rest else []
    return [*drawn, *more]


def _part(person: Person) -> Text:
    if person.blocker:
        return Text("blocker", style="bold red")
    return marks.UNKNOWN if person.role is None else Text(marks.words(person.role))


def _engaged(person: Person, *, blocks: bool) -> Text:
    mark = "●" if blocks else "*"
    return Text(mark if person.engaged else "", style="green")


def _status(person: Person) -> Text:
    return Text(marks.words(person.status), style=marks.STATUS_STYLES.get(person.status, ""))


def topic_table(explained: AccountExplanation, screen: Screen) -> list[Text]:
    """What the account researches, what gave points first."""
    topics = explained.topics[:_TOPICS_SHOWN]
    if not topics:
        return []
    strengths = [None if each.strength is None else each.strength * 100 for each in topics]
    given = topic_points(explained)
    spike = "▲ spike" if screen.blocks else "spike"
    columns = {
        "topic": fixed("Topic", [Text(safe(each.topic)) for each in topics]),
        "spike": fixed("", [Text(spike if each.spike else "", style="bold yellow") for each in topics]),
        "strength": fixed("Strength", [_percent(each.strength) for each in topics], right=True),
        "bar": Column("", lambda width: [marks.bar(each, width, blocks=screen.blocks) for each in strengths], 20),
        "decay": fixed("Fresh", [_percent(each.decay) for each in topics], right=True),
        "value": fixed("Value", [Text("" if each.value is None else f"{each.value:g}") for each in topics], right=True),
        "source": fixed("Source", [marks.plain(each.source) for each in topics]),
        "observed": fixed("Observed", [marks.day(each.observed_on) for each in topics]),
        "points": fixed("Points", [Text(given.get(each.topic, "")) for each in topics], right=True),
    }
    wishes = [
        ("topic", 20), ("points", 6), ("spike", 7), ("strength", 8), ("observed", 10), ("topic", 30), ("bar", 10),
        ("source", 12), ("decay", 5), ("value", 6), ("topic", 40),
    ]  # fmt: skip
    rest = len(explained.topics) - len(topics)
    more = [Text(f"and {rest:,} more", style="dim")] if rest else []
    return [*_table(columns, wishes, ("topic", "source"), screen), *more]


def topic_points(explained: AccountExplanation) -> dict[str, str]:
    """The points of each topic as the waterfall prints them."""
    steps = running([line.points or 0 for line in explained.lines])
    pairs = zip(explained.lines, steps, strict=True)
    return {line.item: hundredths(part) for line, (part, _) in pairs if line.component == "intent"}


def _table(
    columns: Mapping[str, Column], wishes: Sequence[tuple[str, int]], growing: Sequence[str], screen: Screen
) -> list[Text]:
    kept = _telling(columns)
    widths = stretch(kept, arrange(kept, wishes, screen.width), growing, screen.width)
    return lines(kept, widths, screen.width)


def _telling(columns: Mapping[str, Column]) -> dict[str, Column]:
    """Leave out columns that are empty in every row."""
    return {
        name: column
        for name, column in columns.items()
        if any(cell.plain.strip(" ·") for cell in column.draw(column.most))
    }
