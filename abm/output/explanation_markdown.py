"""An explanation as Markdown: to paste into a ticket, a chat or the CRM."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from abm.output.explanation import (
    Explained,
    grade_words,
    heading_facts,
    match_words,
    rules_words,
    standing_words,
    telling_reasons,
)
from abm.output.explanation_tables import topic_points
from abm.output.marks import number, words
from abm.output.text import safe
from abm.output.waterfall import line_detail, shown_lines
from abm.scoring.explanation import AccountExplanation
from abm.scoring.explanation.advice import next_sentences
from abm.scoring.explanation.numbers import hundredths, running, tenths
from abm.scoring.explanation.words import held

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from abm.scoring.explanation import LeadExplanation
    from abm.scoring.explanation.explanation import Line

_MARKS = re.compile(r"([\\`*_\[\]|~$#])")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "&#64;"}
_COLON = re.compile(r":(?=//|[\w+-]+:)")
_WWW = re.compile(r"\b(www)\.", re.IGNORECASE)
_BLOCK = re.compile(r"^(\d*)([-+.)])(?=\s|$)")


def escaped(text: str | None) -> str:
    r"""Return text that Markdown shows as it is: no table, link, picture, HTML, mention, list or emphasis begins in it.

    >>> escaped("a|b <img src=x> ![x](y) `c`\n# d")
    'a\\|b &lt;img src=x&gt; !\\[x\\](y) \\`c\\` \\# d'
    >>> escaped("http://x.example @all www.x.example :smile:"), escaped("1. - x")
    ('http&#58;//x.example &#64;all www&#46;x.example &#58;smile:', '1\\. - x')
    """
    # Entities come after the marks, whose sign `#` they contain.
    spelt = _MARKS.sub(r"\\\1", safe(text or "").strip())
    spelt = "".join(_ENTITIES.get(each, each) for each in spelt)
    return _BLOCK.sub(r"\1\\\2", _WWW.sub(r"\1&#46;", _COLON.sub("&#58;", spelt)))


def explanation_markdown(explained: Explained, workspace: str) -> str:
    """Return an explanation as Markdown; nothing of the data is markup in it.

    Args:
        explained: what to show.
        workspace: what to call the workspace.
    """
    stamp = explained.stamp
    body = _of_account(explained) if isinstance(explained, AccountExplanation) else _of_lead(explained)
    facts = " · ".join(map(escaped, [explained.entity_id, *heading_facts(explained)]))
    model = f"model {stamp['model']} v{stamp['model_version']} ({stamp['model_hash'][:8]})"
    run = " · ".join(map(escaped, [workspace, model, f"as of {stamp['as_of']}"]))
    parts = [
        f"# {escaped(explained.name)}",
        facts,
        f"**{escaped(explained.verdict)}**",
        *_why(explained),
        *body,
        f"_{run}_",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _why(explained: Explained) -> Iterator[str]:
    rows = []
    for reason in telling_reasons(explained):
        several = len(reason.requirements) > 1
        rows.append(f"- {escaped(reason.words.partition(': ')[0] if several else reason.words)}")
        rows += [f"  - {_sign(term.holds)}: {escaped(held(term))}" for term in reason.requirements if several]
    yield "\n".join(rows)


def _sign(holds: bool | None) -> str:
    return "unknown" if holds is None else "yes" if holds else "no"


def _of_account(explained: AccountExplanation) -> Iterator[str]:
    yield "## Components"
    parts = explained.components
    shown = [own for own, _ in running([part.points or 0 for part in parts])]
    yield _table(
        ["Component", "0-100>", "Weight>", "Points>"],
        [
            [
                part.name,
                number(part.value) if part.value is not None else f"unknown: {part.unknown}",
                f"{part.weight * 100:g} %",
                hundredths(own) if part.value is not None else "",
            ]
            for part, own in zip(parts, shown, strict=True)
        ],
    )
    yield "## Where the points come from"
    yield _waterfall(explained)
    if explained.committee:
        yield f"## Committee ({escaped(words(explained.group))})"
        yield _committee(explained)
    yield from _people(explained)
    if explained.topics:
        yield "## Topics"
        given = topic_points(explained)
        rows = [
            [
                each.topic,
                "spike" if each.spike else "",
                _percent(each.strength),
                each.source or "",
                str(each.observed_on or ""),
                given.get(each.topic, ""),
            ]
            for each in explained.topics
        ]
        yield _table(["Topic", "", "Strength>", "Source", "Observed", "Points>"], rows)
    said = next_sentences(explained)
    if said:
        yield "## What next"
        yield "\n".join(f"- {escaped(each)}" for each in said)
    if explained.groups:
        yield "## Other buying groups"
        yield "\n".join(f"- {escaped(words(each.group))}: {escaped(standing_words(each))}" for each in explained.groups)


def _committee(explained: AccountExplanation) -> str:
    rows = [
        [
            f"{words(seat.role)}{' (required)' if seat.missing else ''}",
            "" if seat.filled_engaged is None else f"{seat.filled_engaged} of {seat.seats}",
            "" if seat.known is None else str(seat.known),
            f"{seat.weight:g}",
            _percent(seat.warmth),
            seat.best_name or "",
            ", ".join(seat.others) if seat.empty else "",
        ]
        for seat in explained.committee
    ]
    return _table(["Role", "Engaged>", "Known>", "Weight>", "Warmth>", "Warmest", "Known, not engaged"], rows)


def _people(explained: AccountExplanation) -> Iterator[str]:
    if explained.people:
        yield "## People, the warmest first"
        rows = [
            [
                each.name,
                each.title or "",
                "blocker" if each.blocker else words(each.role),
                "yes" if each.engaged else "",
                "" if each.points is None else number(each.points),
                words(each.status),
                str(each.last_activity or ""),
                each.contact_id,
            ]
            for each in explained.people
        ]
        yield _table(["Name", "Title", "Role", "Engaged", "Points>", "Status", "Last seen", "Id"], rows)
    if explained.disqualified:
        yield "Disqualified, counted nowhere:"
        yield "\n".join(f"- {escaped(each.name)}: {escaped(rules_words(each))}" for each in explained.disqualified)


def _of_lead(explained: LeadExplanation) -> Iterator[str]:
    yield f"- {escaped(grade_words(explained))}"
    yield "## Where the points come from"
    yield _waterfall(explained)
    home = explained.account
    if home is not None:
        yield f"Account: {escaped(home.name)} ({escaped(home.account_id)}), {escaped(standing_words(home))}"
    matched = match_words(explained)
    if matched:
        yield escaped(matched) if home is not None else f"Account: {escaped(matched)}"


def _waterfall(explained: Explained) -> str:
    kept = shown_lines(explained)
    steps = running([line.points or 0 for line in kept])
    lead = explained.level == "lead"
    head = ["", "", "Times>", "Last", "Raw>"] if lead else ["", "", ""]
    rows = [
        [*_beginning(line, lead=lead), hundredths(part), hundredths(after)]
        for line, (part, after) in zip(kept, steps, strict=True)
    ]
    total = [""] * len(head)
    total[0] = "score"
    score = hundredths(steps[-1][1] if steps else 0) if explained.score is not None else "unknown"
    return _table([*head, "Points>", "Sum>"], [*rows, [*total, "", score]])


def _beginning(line: Line, *, lead: bool) -> list[str]:
    if not lead:
        return [line.component, line.label, line_detail(line)]
    times = "" if line.count is None else f"{line.count:,}"
    raw = "" if line.raw_points is None else tenths(line.raw_points / 1_000_000)
    return [line.component, line.label, times, str(line.last_day or ""), raw]


def _percent(value: float | None) -> str:
    return "" if value is None else f"{int(value * 100)} %"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table; a heading that ends in `>` stands at the right."""
    head = [escaped(name.removesuffix(">")) for name in heads]
    rule = ["---:" if name.endswith(">") else "---" for name in heads]
    body = [[escaped(cell) for cell in row] for row in rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rule, *body))
