"""The top of a brief: whether it is qualified, what kind of company it is, whose it is; and what this was made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from abm.output.brief.cells import (
    as_given,
    of_account,
    of_other,
    of_run,
    on_day,
    own_name,
    text,
    whole,
)
from abm.output.brief.facts import Fact, Phrase, joined, listed, phrase, say
from abm.output.brief.words import capital, plain
from abm.scoring.explanation.numbers import general, tenths
from abm.scoring.explanation.words import EXCLUDE, REACHED, REQUIRE, TRIGGER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from abm.output.brief.facts import Statement
    from abm.output.brief.gathering import Case, Row

_HASH_SHOWN = 8


def single_facts(case: Case) -> dict[str, Fact]:
    """Facts by name, for templates that word things in their own way; unknown ones are left out."""
    row, own = case.row, case.own
    judged: dict[str, Callable[[Any], str]] = {
        **dict.fromkeys(("score", "coverage", "completeness", "fit", "leads", "engagement", "intent"), tenths),
        "threshold": general,
        **dict.fromkeys(("rank", "engaged_contacts", "engaged_roles", "known_contacts", "mqls"), whole),
        **dict.fromkeys(("hand_raisers", "open_opportunities", "won_opportunities"), whole),
        **dict.fromkeys(("segment", "tier", "stage", "group"), plain),
    }
    found = {name: of_account(case, name, show) for name, show in judged.items() if row[name] is not None}
    if row["last_activity"] is not None:
        found["last_activity"] = on_day(case, lambda show: of_account(case, "last_activity", show))
    if case.ranked is not None:
        found["ranked"] = Fact(whole(case.ranked), case.ranked, "accounts", {}, "rank", "max")
    shown = {"industry": text, "country": text, "owner": text, "domain": text, "employees": _employees}
    return found | {name: as_given(case, name, show) for name, show in shown.items() if own[name] is not None}


def headline(case: Case, single: dict[str, Fact]) -> Statement:
    """Whether the account is qualified, and how far it is from that."""
    row = case.row
    score, bar = single.get("score"), single["threshold"]
    reasons = row["reasons"]
    reached = any(each.startswith(REACHED) for each in reasons)
    if row["is_excluded"]:
        rules = listed([_rule(case, each, EXCLUDE) for each in reasons if each.startswith(EXCLUDE)])
        if score is None or not reached:
            return say("excluded", "Not for sales: excluded by the rule {rules}.", rules=rules)
        also = "Its {score} points would reach the {bar} needed."
        return say(
            "excluded", f"Not for sales: excluded by the rule {{rules}}. {also}", rules=rules, score=score, bar=bar
        )
    place = _place(single)
    if row["is_mqa"]:
        return _qualified(case, score, bar, place)
    if score is None:
        return say("not_qualified", "Not qualified: there is no score.")
    pattern = "Not qualified yet: {score} of the {bar} points needed{place}."
    if reached:
        pattern = "Not qualified yet, although its {score} points reach the {bar} needed{place}."
    return say("not_qualified", pattern, score=score, bar=bar, place=place)


def _qualified(case: Case, score: Fact | None, bar: Fact, place: Phrase) -> Statement:
    reasons = case.row["reasons"]
    reached = any(each.startswith(REACHED) for each in reasons)
    triggers = [_rule(case, each, TRIGGER) for each in reasons if each.startswith(TRIGGER)]
    if score is not None and reached and REQUIRE not in reasons:
        return say("qualified", "Qualified: {score} points, {bar} needed{place}.", score=score, bar=bar, place=place)
    named = listed(triggers)
    if score is None:
        return say("qualified", "Qualified at once by the trigger {rules}{place}.", rules=named, place=place)
    pattern = "Qualified at once by the trigger {rules}; it has {score} points, {bar} are needed without it{place}."
    return say("qualified", pattern, rules=named, score=score, bar=bar, place=place)


def about(case: Case, single: dict[str, Fact]) -> Iterator[Statement]:
    """What kind of company it is, where it stands, its deals, its family, its owner."""
    size = single.get("employees")
    parts = [single.get("industry"), _many(size), single.get("country"), single.get("domain")]
    if any(parts):
        yield say("company", "{parts}.", parts=joined(parts, ", "))
    kinds = [
        None if name not in single else phrase(f"{capital(name)}: {{value}}", value=single[name])
        for name in ("stage", "segment", "tier")
    ]
    if any(kinds):
        yield say("standing", "{kinds}.", kinds=joined(kinds, ". "))
    yield from _deals(case, single)
    yield from _family(case)
    yield from _groups(case)
    owner = single.get("owner")
    yield say("owner", "Owner: {owner}.", owner=owner) if owner else say("owner", "Nobody is named as its owner.")


def source(case: Case) -> Statement:
    """What the brief was made of."""
    as_of = on_day(case, lambda show: of_run(case, "as_of", show))
    told = phrase(
        "model {model} v{version} ({digest}), facts up to {as_of}",
        model=of_run(case, "model"),
        version=of_run(case, "model_version"),
        digest=of_run(case, "model_hash", lambda value: text(value)[:_HASH_SHOWN]),
        as_of=as_of,
    )
    where = "" if case.workspace is None else "workspace {workspace}, "
    slots: dict[str, Any] = {} if case.workspace is None else {"workspace": of_run(case, "workspace")}
    return say("source", f"Source: {where}{{told}}.", told=told, **slots)


def _rule(case: Case, code: str, prefix: str) -> Fact:
    """The name of a rule, as a reason of the account has it."""
    reasons = of_account(case, "reasons", str)
    return Fact(plain(code.removeprefix(prefix)), reasons.value, reasons.table, reasons.key, reasons.column)


def _place(single: dict[str, Fact]) -> Phrase:
    if "rank" not in single or "ranked" not in single:
        return Phrase("")
    return phrase("; rank {rank} of {ranked}", rank=single["rank"], ranked=single["ranked"])


def _employees(value: float) -> str:
    return f"{value:,.0f}"


def _many(size: Fact | None) -> Phrase | None:
    if size is None:
        return None
    return phrase("{size} employee" if size.value == 1 else "{size} employees", size=size)


def _deals(case: Case, single: dict[str, Fact]) -> Iterator[Statement]:
    for kind in ("open", "won"):
        name = f"{kind}_opportunities"
        if case.row[name]:
            noun = "opportunity" if case.row[name] == 1 else "opportunities"
            pattern = f"Sales is already there: {{count}} open {noun}." if kind == "open" else f"{{count}} won {noun}."
            yield say(f"{kind}_deals", pattern, count=single[name])


def _family(case: Case) -> Iterator[Statement]:
    if case.parent is not None:
        yield say("parent", "Part of {parent}.", parent=_relative(case.parent))
    if case.children:
        yield say("children", "Parent of {children}.", children=listed([_relative(each) for each in case.children]))


def _relative(row: Row) -> Phrase:
    name = own_name(row)
    if row["score"] is None:
        return phrase("{name}", name=name)
    engaged = row["engaged_contacts"]
    pattern = "{name} ({score} points, {engaged} engaged)" if engaged else "{name} ({score} points)"
    slots = {"engaged": of_other(row, "engaged_contacts", whole)} if engaged else {}
    return phrase(pattern, name=name, score=of_other(row, "score", tenths), **slots)


def _groups(case: Case) -> Iterator[Statement]:
    """The other buying groups: all of what follows is about the one that is shown."""
    if not case.others or case.group is None:
        return
    told = []
    for row in case.others:
        key = {"account_id": case.account_id, "group": row["group"]}
        name = Fact(plain(row["group"]), row["group"], "groups", key, "group")
        verdict = "qualified" if row["is_mqa"] else "not qualified"
        if row["score"] is None:
            told.append(phrase(f"{{name}} ({verdict})", name=name))
        else:
            score = Fact(tenths(row["score"]), row["score"], "groups", key, "score")
            told.append(phrase(f"{{name}} ({verdict}, {{score}} points)", name=name, score=score))
    shown = of_account(case, "group", plain)
    yield say("groups", "This is about the buying group {shown}. Others: {told}.", shown=shown, told=listed(told))
