"""Fit: which rules of the model hold for the company, which do not, and which nobody can answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from abm.output.brief.cells import constant, of_account, of_model, points_of
from abm.output.brief.facts import Fact, Phrase, listed, phrase, say
from abm.output.brief.words import plain
from abm.scoring.explanation.numbers import tenths
from abm.scoring.explanation.words import valued

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from abm.output.brief.facts import Statement
    from abm.output.brief.gathering import Case
    from abm.scoring.explanation.explanation import Requirement, Value


def fit(case: Case) -> Iterator[Statement]:
    """The fit of the company and what makes it."""
    if case.row["fit"] is not None:
        yield say("fit", "Fit {fit} of {full}.", fit=of_account(case, "fit", tenths), full=constant(100, "full_fit"))
    lines = {row["item"]: row for row in case.lines if row["component"] == "fit" and row["note"] == "rule"}
    by_verdict: dict[bool | None, list[Phrase]] = {True: [], False: [], None: []}
    for index, rule in enumerate(case.model.fit.account):
        terms = case.fit[rule.name]
        name = of_model(rule.name, f"fit.account.{index}.name", plain)
        holds = _all(terms)
        if holds:
            line = lines.get(rule.name)
            worth = (
                phrase(" ({points} points)", points=points_of(line))
                if line is not None and line["points"]
                else Phrase("")
            )
            by_verdict[True].append(phrase("{name}{worth}", name=name, worth=worth))
        else:
            by_verdict[holds].append(phrase("{name}{why}", name=name, why=_why(case, index, terms)))
    words = {True: ("holds", "Holds"), False: ("fails", "Does not hold"), None: ("unknown", "Cannot be told")}
    for verdict, (kind, title) in words.items():
        if by_verdict[verdict]:
            yield say(f"fit_{kind}", f"{title}: {{rules}}.", rules=listed(by_verdict[verdict]))


def _all(terms: Sequence[Requirement]) -> bool | None:
    if any(term.holds is False for term in terms):
        return False
    return None if any(term.holds is None for term in terms) else True


def _why(case: Case, index: int, terms: Sequence[Requirement]) -> Phrase:
    """What the columns hold that the rule names."""
    path = f"fit.account.{index}.when"
    cells = [
        cell(case, path, name, value) for term in terms if term.holds is not True for name, value in term.values.items()
    ]
    named = list({each.text: each for each in cells}.values())
    return phrase(" ({cells})", cells=listed(named)) if named else Phrase("")


def cell(case: Case, path: str, name: str, value: Value) -> Phrase:
    """A column that a condition of the model names, and what it holds."""
    column = Fact(plain(name), name, "model", {}, f"{path}.names")
    return phrase("{name} is {value}", name=column, value=held(case, path, name, value))


def held(case: Case, path: str, name: str, value: Value) -> Fact:
    """What the column holds."""
    return Fact(valued(value), value, "requirements", {"account_id": case.account_id, "condition": path}, name)
