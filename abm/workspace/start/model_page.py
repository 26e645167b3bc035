"""The text of a first `model.yaml`: the starter's numbers on the words that the data has."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from abm.workspace.start.event_types import sorted_types
from abm.workspace.start.yaml_words import WIDTH, comment, scalar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from abm.workspace.start.survey import Survey

SHOWN = 10
"""Words of one kind that are written out; the rest is counted."""

_CHOSEN_TOPICS = 12
_MOST_TYPES = 40
_LONGEST = 36
_SENIOR = ("owner", "c_level", "vp", "head", "director")
_MIDDLE = ("manager", "lead")
_HEAD = """\
# What counts, for whom, and when sales should call: the page that marketing and sales agree on. `abm init` wrote it:
# its words are those of your data, its numbers are defaults that nobody has checked against your deals. Change them.
#   abm explain -w DIR NAME    every point of an account        abm compare ...    what a change would do
"""


def model_page(name: str, seen: Survey) -> str:
    """Return the text of a first model: at most about 80 lines, and without a warning when it is loaded.

    Args:
        name: what to call the model.
        seen: what the tables hold.
    """
    seen = _sayable(seen)
    parts = [
        [*_HEAD.splitlines(), f"name: {scalar(name)}", "version: 1", "owners: [marketing, sales]"],
        [*_segments(seen)],
        [*_signals(seen)],
        [*_fit(seen)],
        [*_mql(seen)],
        [*_roles(seen)],
        [*_groups(seen)],
        [*_intent(seen)],
        [*_mqa(seen)],
    ]
    return "\n".join(line for part in parts for line in part) + "\n"


def _sayable(seen: Survey) -> Survey:
    """Leave out words that no model can name: lists are joined by `;`, and control characters are nobody's."""
    return replace(seen, types=_named(seen.types), roles=_named(seen.roles), topics=_named(seen.topics))


def _named(counts: Mapping[str, int]) -> dict[str, int]:
    return {word: count for word, count in counts.items() if word.strip() and ";" not in word and word.isprintable()}


def _segments(seen: Survey) -> Iterator[str]:
    segments = 'segments: [{name: enterprise, when: "employees >= 1000"}, {name: smb, when: "employees < 200"}]'
    yield segments if seen.employees else f"# {segments}   # accounts do not tell how many people they employ"
    if seen.targets:
        yield 'tiers: [{name: target, when: "is_target"}]'


def _signals(seen: Survey) -> Iterator[str]:
    kinds = sorted_types(list(seen.types)[:_MOST_TYPES])
    counted = bool(kinds.signals)
    what = "an event counts for the first line that it fits; points halve every 30 days if not said otherwise"
    none = "none of the event types seen is known to abm; see below" if seen.types else "there are no events yet"
    yield f"signals:   # {what}" if counted else f"signals: []   # {none}"
    pages = next((types for kind, types in kinds.signals.items() if kind.name == "page_view"), ())
    priced = any(kind.name == "pricing_view" for kind in kinds.signals)
    with_url = [each for each in pages if seen.pages.get(each)]
    for kind, types in kinds.signals.items():
        if kind.name == "page_view" and with_url and not priced:
            yield from comment("which pages tell of a purchase? prices do; name yours", 2)
            where = "where: \"url ilike '%/pricing%'\""
            more = "points: 15, daily_cap: 2, max_points: 45, group: web"
            yield f"  - {{name: pricing_view, event: {_list(with_url)}, {where}, {more}}}"
        times = sum(seen.types[each] for each in types)
        line = f"  - {{name: {kind.name}, event: {_list(types)}, points: {kind.points:g}, {kind.more}}}"
        yield from _told(line, f"{times:,} seen: {kind.why}")
    yield from _not_counted(seen, kinds.ignored, kinds.unknown)
    if any("group: web" in kind.more for kind in kinds.signals):
        yield "signal_groups: {web: {max_points: 50}}"


def _not_counted(seen: Survey, ignored: Mapping[str, Sequence[str]], unknown: Sequence[str]) -> Iterator[str]:
    for why, types in ignored.items():
        yield from comment(f"not counted ({why}): {_many(types, seen.types)}", 2)
    if unknown:
        yield from comment(
            "Seen, but not known to abm. What is it worth? Uncomment what counts, and set its points:", 2
        )
        for each in unknown[:SHOWN]:
            proposed = f"{{name: {scalar(_name(each))}, event: {scalar(each)}, points: 5}}"
            yield f"  # - {proposed}   # {seen.types[each]:,} seen"
        if len(unknown) > SHOWN:
            yield from comment(f"and: {_many(unknown[SHOWN:], seen.types)}", 2)
    if len(seen.types) > _MOST_TYPES:
        yield from comment(f"{len(seen.types) - _MOST_TYPES} rarer types are not listed; `abm check` counts them", 2)


def _fit(seen: Survey) -> Iterator[str]:
    senior, middle = _sum(seen.seniorities, _SENIOR), _sum(seen.seniorities, _MIDDLE)
    yield "fit:" if "contacts" in seen.given else "# fit:"
    if "contacts" in seen.given:
        yield "  person:"
        yield from _told('    - {name: senior_buyer, when: "seniority_rank >= 7", points: 20}', f"{senior:,} people")
        yield from _told(
            '    - {name: manager, when: "seniority_rank between 5 and 6", points: 10}', f"{middle:,} people"
        )
        if seen.untitled:
            yield from comment(f"{seen.untitled:,} people have no title, or one that says nothing", 4)
    asked = "Which companies do you sell to? Uncomment and set; until then account fit is unknown."
    there = f" Industries: {_many(list(seen.industries), seen.industries)}." if seen.industries else ""
    yield from comment(f"{asked}{there}", 2)
    if not seen.industries and not seen.employees:
        return
    yield "  # account:"
    industries = ", ".join(_sql(each) for each in list(seen.industries)[:3])
    rule = f"    - {{name: target_industry, when: {scalar(f'industry in ({industries})')}, points: 15}}"
    if industries:
        yield f"  # {rule[2:]}"
    if seen.employees:
        yield '  #   - {name: headcount_500, when: "employees >= 500", points: 10}'
    yield "  # account_full_at: 15   # account points that make account fit 100"


def _mql(seen: Survey) -> Iterator[str]:
    yield "mql:   # a lead is an MQL from 65 points on, if this holds too; a raised hand goes straight to sales"
    yield '  require: "person_fit >= 10 and engagement >= 15"'
    yield '  hand_raise: "fit_points >= 10"'
    yield "  disqualify:"
    yield """    - {name: student, when: "title ilike '%student%'"}"""
    if "accounts" in seen.given:
        when = _lifecycle(seen, "competitor", "account.")
        yield f"    - {{name: competitor, when: {when}, blocks_hand_raise: true}}"


def _roles(seen: Survey) -> Iterator[str]:
    if "contacts" not in seen.given:
        return
    table = _role_table()
    known = {word: role for role, words in table["aliases"].items() for word in words}
    aliases = {word: known[word] for word in seen.roles if word in known and known[word] != word}
    strange = [word for word in seen.roles if word not in known and word not in table["nothing"]["words"]]
    yield "roles:   # the CRM's words first; else what the title says"
    if aliases:
        pairs = [f"{scalar(word)}: {role}" for word, role in aliases.items()]
        line = f"  aliases: {{{', '.join(pairs)}}}"
        yield from [line] if len(line) <= WIDTH else ["  aliases:", *(f"    {pair}" for pair in pairs[:SHOWN])]
    if strange:
        yield from comment(f"words of the CRM that mean no role here: {_many(strange, seen.roles)}", 2)
    if seen.departments:
        yield from comment(f"departments, as titles say them: {_many(list(seen.departments), seen.departments)}", 2)
    yield "  rules:"
    rules = (
        ("economic_buyer", "seniority_rank >= 7 and department in ({})", "0.7"),
        ("champion", "seniority_rank >= 5 and department in ({})", "0.6"),
        ("technical_evaluator", "department in ({})", "0.6"),
    )
    for role, when, confidence in rules:
        usual = table["departments"][role]
        there = [each for each in usual if each in seen.departments] or usual
        listed = ", ".join(f"'{each}'" for each in there)
        yield f'    - {{role: {role}, when: "{when.format(listed)}", confidence: {confidence}}}'
    yield '    - {role: user, when: "seniority_rank between 2 and 6", confidence: 0.5}'


def _groups(seen: Survey) -> Iterator[str]:
    if "contacts" not in seen.given:
        return
    blockers = {word for word in _role_table()["aliases"]["blocker"] if word in seen.roles}
    yield "buying_groups:   # who decides together: how much each role weighs, and how many people it takes"
    yield "  - name: core"
    yield "    roles:"
    yield "      economic_buyer: {weight: 3, required: true}"
    yield "      champion: {weight: 3, required: true}"
    yield "      technical_evaluator: {weight: 2, people: 2}"
    yield "      user: {weight: 1, people: 2}"
    if blockers:
        yield "    blockers: [blocker]"


def _intent(seen: Survey) -> Iterator[str]:
    if not seen.topics:
        return
    few = len(seen.topics) <= _CHOSEN_TOPICS
    shown = list(seen.topics)[: _CHOSEN_TOPICS if few else SHOWN]
    yield "intent:"
    if few:
        yield from comment(
            "so few topics were chosen by somebody: all count in full. Lower what is beside the point", 2
        )
    else:
        told = f"the {len(shown)} most frequent of {len(seen.topics):,} topics, weighed as all others: raise to 1"
        yield from comment(f"{told} what you sell, add what is missing; the weight is between 0 and 1", 2)
    yield "  topics:"
    for topic in shown:
        if topic != "*":
            yield f"    {scalar(topic)}: {'1.0' if few else '0.3'}"
    yield '    "*": 0.3'


def _mqa(seen: Survey) -> Iterator[str]:
    yield "mqa:   # an account is qualified from 60 points on, if this holds too"
    if seen.employees:
        yield "  threshold_by_segment: {smb: 50}"
    if "contacts" in seen.given and "events" in seen.given:
        yield '  require: "coverage >= 40 and engaged_roles >= 2"   # and fit >= 40, once account fit is set'
        yield '  triggers: [{name: hand_raise, when: "hand_raisers >= 1"}]   # and fit >= 60, once account fit is set'
    else:
        yield '  require: "engaged_contacts >= 1"   # of interest elsewhere alone nobody is qualified: it is in market'
    yield "  exclude:"
    yield f"    - {{name: competitor, when: {_lifecycle(seen, 'competitor')}}}"
    yield f"    - {{name: customer, when: {_lifecycle(seen, 'customer')}}}"
    if seen.lifecycles:
        yield from comment(f"accounts.lifecycle holds: {_many(list(seen.lifecycles), seen.lifecycles)}", 4)


def _lifecycle(seen: Survey, word: str, prefix: str = "") -> str:
    """The condition that an account is a customer or a competitor, in the words of the data."""
    meant = [each for each in seen.lifecycles if _means(each, word)][:SHOWN]
    if not meant or meant == [word]:
        return scalar(f"{prefix}lifecycle = '{word}'")
    return scalar(f"{prefix}lifecycle in ({', '.join(map(_sql, meant))})")


def _means(text: str, word: str) -> bool:
    lower = text.lower()
    return word in lower and not any(
        no in lower for no in ("former", "ex-", "lost", "prospect", "potential", "non", "churn")
    )


def _told(line: str, remark: str) -> Iterator[str]:
    """A line with a remark behind it, or above it where there is no room."""
    if len(line) + len(remark) + 5 <= WIDTH + 24:
        yield f"{line}   # {remark}"
    else:
        yield from comment(remark, len(line) - len(line.lstrip()))
        yield line


def _list(words: Iterable[str]) -> str:
    listed = [scalar(word) for word in words]
    return listed[0] if len(listed) == 1 else f"[{', '.join(listed)}]"


def _many(words: Sequence[str], counts: Mapping[str, int]) -> str:
    more = f" and {len(words) - SHOWN} more" if len(words) > SHOWN else ""
    return ", ".join(f"{word[:_LONGEST]} {counts[word]:,}" for word in words[:SHOWN]) + more


def _name(text: str) -> str:
    """A name for a signal of a type that nobody knows."""
    return "".join(sign if sign.isalnum() else "_" for sign in text.lower()).strip("_")[:40] or "unknown"


def _sql(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _sum(counts: Mapping[str, int], words: Iterable[str]) -> int:
    return sum(counts.get(word, 0) for word in words)


@cache
def _role_table() -> dict[str, Any]:
    with (Path(__file__).parent / "roles.toml").open("rb") as stream:
        return tomllib.load(stream)
