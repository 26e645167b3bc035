"""Words: verdicts and reason codes as sentences that a salesperson can read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from abm.scoring.explanation.numbers import counted, general, tenths

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from typing import Any

    from abm.scoring.explanation.explanation import Reason, Requirement, Value

EXCLUDE, TRIGGER, MISSING, REQUIRE = "exclude:", "trigger:", "missing:", "require:false"
HAND_RAISE, DISQUALIFY = "hand_raise:", "disqualify:"
REACHED, SHORT = "score>=", "score<"


def plain(name: str) -> str:
    """A name of the model as words.

    >>> plain("economic_buyer")
    'economic buyer'
    """
    return name.replace("_", " ")


def enumerated(names: Sequence[str], last: str = "and") -> str:
    """Names with commas and a last word between them.

    >>> enumerated(["a", "b", "c"]), enumerated(["a", "b"], "or"), enumerated(["a"])
    ('a, b and c', 'a or b', 'a')
    """
    return f"{', '.join(names[:-1])} {last} {names[-1]}" if len(names) > 1 else "".join(names)


def valued(value: Value) -> str:
    """What a column holds, in words.

    >>> valued(True), valued(12.04), valued(3), valued("CFO"), valued(None)
    ('true', '12.0', '3', "'CFO'", 'unknown')
    """
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:,.0f}" if value.is_integer() else tenths(value)
    return f"'{value}'" if isinstance(value, str) else str(value)


def unmet(requirements: Sequence[Requirement]) -> str:
    """The terms that do not hold, with what is there instead.

    >>> from abm.scoring.explanation.explanation import Requirement
    >>> low = Requirement("coverage >= 40", "coverage must be at least 40", False, {"coverage": 16.6})
    >>> unmet([low, Requirement("fit > 1", "fit must be above 1", True, {"fit": 9.0})])
    'coverage must be at least 40 (it is 16.6)'
    """
    return enumerated([_demanded(each) for each in requirements if not each.holds])


def _demanded(requirement: Requirement) -> str:
    simple = requirement.words != requirement.condition
    return held(requirement) if simple else f"this must hold: {held(requirement)}"


def held(requirement: Requirement) -> str:
    """A term and what its columns hold."""
    values = requirement.values
    if not values:
        return requirement.words
    if len(values) == 1:
        (value,) = values.values()
        return f"{requirement.words} (it is {valued(value)})"
    return f"{requirement.words} ({', '.join(f'{name} is {valued(value)}' for name, value in values.items())})"


def account_words(code: str, row: Mapping[str, Any], requirements: Sequence[Requirement]) -> str:
    """A reason code of an account or group as a sentence."""
    name = plain(code.partition(":")[2])
    if code.startswith(EXCLUDE):
        return f"excluded by the rule {name}{_terms(requirements)}"
    if code.startswith(TRIGGER):
        return f"qualified at once by the trigger {name}{_terms(requirements)}"
    if code.startswith(MISSING):
        return f"no engaged {name}, a role that the model requires"
    if code == REQUIRE:
        return _lacking(requirements)
    return _of_score(code, row)


def lead_words(code: str, row: Mapping[str, Any], requirements: Sequence[Requirement], last_day: date | None) -> str:
    """A reason code of a lead as a sentence."""
    name = plain(code.partition(":")[2])
    if code.startswith(HAND_RAISE):
        return f"raised a hand: {name}{f' on {last_day}' if last_day else ''}"
    if code.startswith(DISQUALIFY):
        return f"disqualified by the rule {name}{_terms(requirements)}"
    if code == REQUIRE:
        return _lacking(requirements)
    return _of_score(code, row)


def account_verdict(subject: str, row: Mapping[str, Any], reasons: Sequence[Reason]) -> str:
    """Whether an account or a group is an MQA, and why, in one sentence."""
    excluded, triggers, missing = (_named(reasons, prefix) for prefix in (EXCLUDE, TRIGGER, MISSING))
    score, reached = row["score"], _has(reasons, REACHED)
    bar = general(row["threshold"])
    if row["is_excluded"]:
        also = f", although its {tenths(score)} points reach the {bar} needed" if reached else ""
        return f"{subject} is excluded by the rule {enumerated(excluded)}: never an MQA, and not ranked{also}."
    lacking = [unmet(each.requirements) for each in reasons if each.code == REQUIRE]
    if row["is_mqa"] and reached and not lacking:
        also = f", and by the trigger {enumerated(triggers)} at once" if triggers else ""
        return f"{subject} is an MQA: {tenths(score)} points ({bar} needed){_strengths(row)}{also}."
    if row["is_mqa"]:
        alone = (
            "its score is unknown"
            if score is None
            else f"its {tenths(score)} points alone would not do, {bar} are needed"
        )
        alone = f"its {tenths(score)} points alone would not do, for {lacking[0]}" if reached and lacking else alone
        return f"{subject} is an MQA at once, by the trigger {enumerated(triggers)}; {alone}."
    nobody = f"; {enumerated([f'no {role}' for role in missing])} is engaged" if missing else ""
    if score is None:
        return f"{subject} is not an MQA: it has no score, for none of its components is known{nobody}."
    if reached:
        return (
            f"{subject} is not an MQA, although its {tenths(score)} points reach the {bar} needed:"
            f" {enumerated(lacking)}{nobody}."
        )
    also = f", and {enumerated(lacking)}" if lacking and not missing else ""
    return f"{subject} is not an MQA: {tenths(score)} of the {bar} points needed{nobody}{also}."


def lead_verdict(subject: str, row: Mapping[str, Any], reasons: Sequence[Reason]) -> str:
    """Whether a lead is an MQL, and why or why not, in one sentence."""
    score, reached = row["score"], _has(reasons, REACHED)
    bar = general(row["threshold"])
    lacking = [unmet(each.requirements) for each in reasons if each.code == REQUIRE]
    status = row["status"]
    if status == "hand_raiser":
        hands = enumerated([each.words.removeprefix("raised a hand: ") for each in reasons if _is(each, HAND_RAISE)])
        despite = _named(reasons, DISQUALIFY)
        also = f", in spite of the rule {enumerated(despite)}" if despite else ""
        return f"{subject} is an MQL at once, by a raised hand: {hands}{also}."
    if status == "mql":
        return f"{subject} is an MQL: {tenths(score)} points ({bar} needed)."
    if status == "disqualified":
        rules = _named(reasons, DISQUALIFY)
        points = f"{tenths(score)} points, {bar} needed"
        return f"{subject} is not an MQL: disqualified by the rule {enumerated(rules)} ({points})."
    if status == "insufficient_data":
        return f"{subject} cannot be judged: no counted activity, and no fit rule can be answered from what is known."
    if reached:
        points = f"{tenths(score)} points, {bar} needed"
        return f"{subject} is not an MQL yet: the points are there ({points}), but {enumerated(lacking)}."
    also = f", and {enumerated(lacking)}" if lacking else ""
    return f"{subject} is not an MQL yet: {tenths(score)} of the {bar} points needed{also}."


def _strengths(row: Mapping[str, Any]) -> str:
    told = []
    if row["coverage"] is not None:
        told.append(f"{int(row['coverage'])} % of the committee covered")
    if row["engaged_roles"] is not None:
        told.append(f"{counted(row['engaged_roles'], 'role')} engaged")
    return "".join(f", {each}" for each in told)


def _of_score(code: str, row: Mapping[str, Any]) -> str:
    if code.startswith(REACHED):
        return f"the score of {tenths(row['score'])} reaches the {code.removeprefix(REACHED)} needed"
    if code.startswith(SHORT):
        return f"the score of {tenths(row['score'])} is below the {code.removeprefix(SHORT)} needed"
    return code


def _lacking(requirements: Sequence[Requirement]) -> str:
    told = f": {unmet(requirements)}" if requirements else ""
    return f"lacks what the model requires besides the score{told}"


def _terms(requirements: Sequence[Requirement]) -> str:
    return f": {enumerated([held(each) for each in requirements])}" if requirements else ""


def _is(reason: Reason, prefix: str) -> bool:
    return reason.code.startswith(prefix)


def _named(reasons: Sequence[Reason], prefix: str) -> list[str]:
    return [plain(each.code.removeprefix(prefix)) for each in reasons if _is(each, prefix)]


def _has(reasons: Sequence[Reason], prefix: str) -> bool:
    return any(_is(each, prefix) for each in reasons)
