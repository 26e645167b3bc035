"""An explanation as a screen: the verdict, why, where the points come from, who is there, and what next."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING

from rich.text import Text

from abm.output import marks
from abm.output.explanation_tables import committee_table, component_table, people_table, topic_table
from abm.output.layout import flowing, wrapped
from abm.output.text import safe, safe_json
from abm.output.waterfall import shown_lines, waterfall
from abm.scoring.explanation import AccountExplanation, LeadExplanation
from abm.scoring.explanation.advice import next_sentences
from abm.scoring.explanation.numbers import tenths
from abm.scoring.explanation.words import DISQUALIFY, EXCLUDE, held, plain, unmet

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from abm.output.screen import Screen
    from abm.scoring.explanation.explanation import Person, Reason, Standing, Value

_HASH_SHOWN = 8
_OUT_SHOWN = 6

Explained = AccountExplanation | LeadExplanation


def explanation_json(explained: Explained) -> str:
    """Return an explanation as one JSON object; points of lines are integer millionths of a point."""
    said = {**explained.as_dict(), "unit_of_lines": "millionths of a point"}
    return safe_json(json.dumps(said, indent=2, ensure_ascii=False) + "\n")


def explanation_lines(explained: Explained, screen: Screen, workspace: str) -> list[Text]:
    """Return an explanation as lines, none wider than the screen.

    Args:
        explained: what to show.
        screen: what it is shown on.
        workspace: what to call the workspace.
    """
    width = screen.width
    head = [
        *flowing(_run(explained.stamp, workspace), width),
        *flowing(_heading(explained), width),
        Text(),
        *_verdict(explained, screen),
        *_why(telling_reasons(explained), screen),
    ]
    body = _of_account(explained, screen) if isinstance(explained, AccountExplanation) else _of_lead(explained, screen)
    return [*head, *body]


def _run(stamp: Mapping[str, str], workspace: str) -> list[Text]:
    model = f"model {safe(stamp['model'])} v{stamp['model_version']} ({stamp['model_hash'][:_HASH_SHOWN]})"
    return [Text(safe(workspace), style="dim"), Text(model, style="dim"), Text(f"as of {stamp['as_of']}", style="dim")]


def _heading(explained: Explained) -> list[Text]:
    named = explained.name != explained.entity_id
    own = Text.assemble((safe(explained.name), "bold"), f" ({safe(explained.entity_id)})" if named else "")
    facts = heading_facts(explained)
    return [own, *(Text(safe(fact)) for fact in facts)]


def heading_facts(explained: Explained) -> list[str]:
    """The few facts that say who this is, in words."""
    facts = explained.facts
    if isinstance(explained, LeadExplanation):
        said = [
            facts["title"],
            facts["email"],
            _labelled("role", facts["role"]),
            _labelled("segment", facts["segment"]),
        ]
        mailed = "opted out of mail" if facts["opted_out"] else None
        last = f"last seen {facts['last_activity']}" if facts["last_activity"] else "never seen"
        return [str(each) for each in (*said, mailed, last) if each is not None]
    group = (
        None if explained.level == "account" or explained.group is None else f"buying group {plain(explained.group)}"
    )
    stage = None if facts["stage"] is None else f"stage {plain(str(facts['stage']))}"
    rank = None if facts["rank"] is None else f"rank {facts['rank']} of {facts['ranked']}"
    employees = facts["employees"]
    many = "" if employees == 1 else "s"
    size = f"{employees:,.0f} employee{many}" if isinstance(employees, (int, float)) else None
    where = [facts["domain"], facts["industry"], size, facts["country"]]
    owner = None if facts["owner"] is None else f"owner {facts['owner']}"
    kinds = [_labelled("segment", facts["segment"]), _labelled("tier", facts["tier"]), owner]
    seen = f"last seen {facts['last_activity']}" if facts["last_activity"] else None
    return [str(each) for each in (group, stage, rank, *where, *kinds, seen, _family(facts)) if each is not None]


def _family(facts: Mapping[str, Value]) -> str | None:
    """The family under its ultimate parent, where the model rolls families up."""
    if "family" not in facts:
        return None
    score, rank, spread = facts["family_score"], facts["family_rank"], facts["family_spread"]
    points = f"{tenths(score)} points" if isinstance(score, float) else "no score"
    place = "excluded" if rank is None else f"rank {rank}"
    active = "" if spread is None else f", {spread} of its companies with an engaged person"
    return f"family of {facts['family']}: {points}, {place} of the families{active}"


def _labelled(what: str, value: Value) -> str | None:
    return None if value is None else f"{what} {plain(str(value))}"


def _verdict(explained: Explained, screen: Screen) -> list[Text]:
    good = explained.is_mqa if isinstance(explained, AccountExplanation) else explained.is_mql
    mark = ("● " if screen.blocks else "* ") if good else ""
    style = "bold green" if good else "bold"
    return wrapped([Text(f"{mark}{safe(explained.verdict)}", style=style)], screen.width)


def telling_reasons(explained: Explained) -> list[Reason]:
    """The reasons of which the verdict does not tell all: those that stand for conditions."""
    reasons = [reason for reason in explained.reasons if reason.requirements and not _told(reason, explained.verdict)]
    out = [reason for reason in reasons if reason.code.startswith((EXCLUDE, DISQUALIFY))]
    return out or reasons


def _told(reason: Reason, verdict: str) -> bool:
    lacking = unmet(reason.requirements)
    return len(reason.requirements) == 1 and bool(lacking) and lacking in verdict


def _why(reasons: Sequence[Reason], screen: Screen) -> list[Text]:
    """Reasons with the terms of their conditions."""
    drawn: list[Text] = []
    for reason in reasons:
        drawn += _indented(f"- {_sentence(reason)}", screen.width, 2)
        for term in reason.requirements:
            if len(reason.requirements) > 1:
                sign = "yes" if term.holds else "no" if term.holds is False else "unknown"
                drawn += _indented(f"{sign:>7}  {held(term)}", screen.width, 9)
    return drawn


def _sentence(reason: Reason) -> str:
    return reason.words.partition(": ")[0] if len(reason.requirements) > 1 else reason.words


def _indented(text: str, width: int, hanging: int) -> list[Text]:
    """A paragraph whose further lines hang below its first."""
    whole = wrapped([Text(safe(text))], max(10, width - hanging))
    return [line if i == 0 else Text.assemble(" " * hanging, line) for i, line in enumerate(whole)]


def _section(title: str, drawn: Sequence[Text], width: int) -> list[Text]:
    return [Text(), *wrapped([Text(title, style="bold underline")], width), *drawn] if drawn else []


def _of_account(explained: AccountExplanation, screen: Screen) -> list[Text]:
    width = screen.width
    group = f" ({marks.words(explained.group)})" if explained.group is not None else ""
    out = _out(explained.disqualified, width)
    people = [*people_table(explained, screen), *out]
    nobody = [Text("Nobody is known here.", style="dim")] if explained.facts["known_contacts"] == 0 else []
    drawn = waterfall(explained, screen) if shown_lines(explained) else _no_lines(explained)
    said = [line for each in next_sentences(explained) for line in _indented(f"- {each}", width, 2)]
    return [
        *_section("Components", component_table(explained, screen), width),
        *_section("Where the points come from", drawn, width),
        *_section(f"Committee{group}", committee_table(explained, screen), width),
        *_section("People, the warmest first", people or nobody, width),
        *_section("Topics", topic_table(explained, screen), width),
        *_section("What next", said, width),
        *_others(explained, width),
    ]


def _no_lines(explained: AccountExplanation | LeadExplanation) -> list[Text]:
    said = "Nothing gave a point." if explained.score is not None else "There is no score, hence no points."
    return [Text(said, style="dim")]


def _out(people: Sequence[Person], width: int) -> list[Text]:
    """Who never counts, and by which rule."""
    if not people:
        return []
    rows = [
        f"{each.name}{f', {each.title}' if each.title else ''}: {rules_words(each)}" for each in people[:_OUT_SHOWN]
    ]
    more = [f"and {len(people) - _OUT_SHOWN:,} more"] if len(people) > _OUT_SHOWN else []
    told = [line for row in (*rows, *more) for line in _indented(f"  {row}", width, 4)]
    for line in told:
        line.stylize("dim")
    return [Text("Disqualified, counted nowhere:", style="dim"), *told]


def rules_words(person: Person) -> str:
    """The rules that disqualify a person."""
    rules = [each.code.removeprefix(DISQUALIFY) for each in person.reasons if each.code.startswith(DISQUALIFY)]
    return plain(", ".join(rules))


def _others(explained: AccountExplanation, width: int) -> list[Text]:
    """The other buying groups, and how to see them."""
    drawn = []
    for each in explained.groups:
        command = f"abm explain {shlex.quote(each.account_id)} --group {shlex.quote(each.group or '')}"
        drawn += _indented(f"- {plain(each.group or '')}: {standing_words(each)}; {command}", width, 2)
    return _section("Other buying groups", drawn, width)


def standing_words(standing: Standing) -> str:
    """How an account or a group stands, in a few words."""
    verdict = "an MQA" if standing.is_mqa else "not an MQA"
    stage = f", stage {plain(standing.stage)}" if standing.stage else ""
    score = "no score" if standing.score is None else f"{marks.number(standing.score)} points"
    return f"{verdict}, {score}{stage}"


def _of_lead(explained: LeadExplanation, screen: Screen) -> list[Text]:
    width = screen.width
    drawn = waterfall(explained, screen) if explained.lines else _no_lines(explained)
    account = explained.account
    home = match_words(explained)
    if account is not None:
        stands = f"{account.name}: {standing_words(account)}; abm explain {shlex.quote(account.account_id)}"
        home = " ".join(filter(None, (f"{stands}.", home))) if home else stands
    return [
        *_indented(f"- {grade_words(explained)}", width, 2),
        *_section("Where the points come from", drawn, width),
        *_section("Account", _indented(home, width, 2), width),
    ]


def match_words(explained: LeadExplanation) -> str:
    """How a lead found its account, or why it has none; nothing where the data names the account."""
    facts = explained.facts
    method, evidence = facts["match_method"], facts["match_evidence"]
    if method == "account_id":
        return ""
    if explained.account is not None:
        return f"Matched by {plain(str(method))}: {evidence} (confidence {facts['match_confidence']:.2f})."
    if facts["match_candidates"]:
        return f"None yet: {evidence}. It might be {facts['match_candidates']}; `abm match` takes your decision."
    return f"None: {evidence}."


def grade_words(explained: LeadExplanation) -> str:
    """Grade, fit and engagement of a lead in one line."""
    facts = explained.facts
    fit, engagement = facts["fit_points"], facts["engagement"]
    assert fit is None or isinstance(fit, (int, float))
    assert engagement is None or isinstance(engagement, (int, float))
    told = f"fit {marks.number(fit)} of 100"
    if engagement is None:
        return f"{told}; engagement is unknown, for no events were given"
    grade = f"grade {facts['grade']}: " if facts["grade"] else ""
    asked = f"; asks to be called: {plain(', '.join(explained.hand_raises))}" if explained.hand_raises else ""
    return f"{grade}{told}, engagement {marks.number(engagement)}{asked}"
