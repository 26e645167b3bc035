"""What they research, and what they did last: topics, and a short timeline of signals that count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from abm.output.brief.cells import is_stream, of_line, of_topic, on_day, percent, person_name, points_of, whole
from abm.output.brief.facts import Phrase, listed, phrase, say
from abm.output.brief.words import plain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from abm.output.brief.facts import Statement
    from abm.output.brief.gathering import Case, Row

_TOPICS = 5
_USUAL = 3
_ENTRIES = 5
_NAMED = 4


def research(case: Case) -> Iterator[Statement]:
    """Topics above what is usual, the strongest first; then the others by name."""
    if "intent" not in case.given:
        return
    lines = {row["item"]: row for row in case.lines if row["component"] == "intent" and row["points"]}
    strong = [row for row in case.topics if row["spike"] or row["strength"]]
    strong.sort(key=lambda row: (not row["spike"], -(row["strength"] or 0), row["topic"]))
    for row in strong[:_TOPICS]:
        yield _topic(case, row, lines.get(row["topic"]))
    usual = [of_topic(case, row, "topic", plain) for row in case.topics if not row["spike"] and not row["strength"]]
    if usual and len(usual) <= _USUAL:
        yield say("usual", "Nothing unusual about {topics}.", topics=listed(usual))
    elif usual:
        yield say("usual", "Nothing unusual about other topics, such as {topics}.", topics=listed(usual[:_USUAL]))
    if not case.topics:
        yield say("usual", "No source says that they research any of our topics.")


def _topic(case: Case, row: Row, line: Row | None) -> Statement:
    how = "spiking" if row["spike"] else "above normal"
    told = [phrase("strength {share}", share=of_topic(case, row, "strength", percent))] if row["strength"] else []
    if line is not None:
        told.append(phrase("worth {points} points", points=points_of(line)))
    seen = on_day(case, lambda show: of_topic(case, row, "observed_on", show)) if row["observed_on"] else None
    source = of_topic(case, row, "source", plain) if row["source"] else None
    where = [each for each in (source, seen) if each is not None]
    parts = [Phrase(how), *told]
    pattern = "{topic}: {told} ({where})." if where else "{topic}: {told}."
    text = Phrase(", ".join(each.text for each in parts), tuple(fact for each in parts for fact in each.facts))
    places = Phrase(", ".join(each.shown for each in where), tuple(where))
    slots: dict[str, Any] = {"where": places} if where else {}
    return say("topic", pattern, topic=of_topic(case, row, "topic", plain), told=text, **slots)


def timeline(case: Case) -> Iterator[Statement]:
    """The newest signals that count, by day; people with the same signal on the same day share a line.

    The signal with the fewest points only fills what is left: page views would hide everything else. Of disqualified
    people there is something only where nobody else did anything.
    """
    streams = [
        row
        for row in case.lines
        if row["component"] == "engagement" and row["points"] is None and _of_stream(case, row)
    ]
    counting = [(row, line) for row in case.counting for line in case.doings[row["contact_id"]]]
    out = [(row, line) for row in case.people if row["disqualified"] for line in case.doings[row["contact_id"]]]
    done: list[tuple[Row | None, Row]] = [*(counting or out), *((None, line) for line in streams)]
    entries = [(row, line) for row, line in done if line["last_day"] is not None]
    grouped: dict[tuple[date, str], list[tuple[Row | None, Row]]] = {}
    for row, line in entries:
        grouped.setdefault((line["last_day"], line["item"]), []).append((row, line))
    least = _least(case, {signal for _, signal in grouped})
    newest = sorted(grouped, key=lambda each: (each[1] == least, -each[0].toordinal(), each[1]))[:_ENTRIES]
    for key in sorted(newest, key=lambda each: (-each[0].toordinal(), each[1])):
        yield _entry(case, grouped[key])


def _of_stream(case: Case, row: Row) -> bool:
    begins = [each["line"] for each in case.lines if is_stream(each)]
    return bool(begins) and row["note"] == "anonymous" and row["line"] > begins[-1]


def _least(case: Case, signals: set[str]) -> str | None:
    """The signal that gives the fewest points, if there are several."""
    worth = {each.name: abs(each.points) for each in case.model.signals if each.name in signals}
    return min(worth, key=lambda name: worth[name]) if len(worth) > 1 else None


def _entry(case: Case, done: list[tuple[Row | None, Row]]) -> Statement:
    _, line = done[0]
    seen = on_day(case, lambda show: of_line(line, "last_day", show))
    names = [_by(row, each) for row, each in done]
    who = listed(names) if len(names) <= _NAMED else phrase("{names} and others", names=_commas(names[:_NAMED]))
    return say("signal", "{day}: {signal} by {who}.", day=seen, signal=of_line(line, "item", plain), who=who)


def _commas(names: list[Phrase]) -> Phrase:
    return Phrase(", ".join(each.text for each in names), tuple(fact for each in names for fact in each.facts))


def _by(row: Row | None, line: Row) -> Phrase:
    if row is None:
        name = Phrase("visitors without a name")
    else:
        name = phrase("{name}, disqualified" if row["disqualified"] else "{name}", name=person_name(row))
    if line["count"] is None or line["count"] == 1:
        return name
    count = of_line(line, "count", whole)
    return Phrase(f"{name.text} (the last of {count.shown})", (*name.facts, count))
