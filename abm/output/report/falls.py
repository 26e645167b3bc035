"""Falls: the contribution lines of an account as steps of a waterfall that ends at its score."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from abm.output.brief.cells import is_stream, person_name
from abm.output.brief.words import capital, plain
from abm.scoring.explanation.numbers import running

if TYPE_CHECKING:
    from collections.abc import Sequence

    from abm.output.brief.gathering import Case, Row

_PEOPLE = 8
"""More people than that are put together."""
_PATTERNS = {"leads": "Lead: {}", "coverage": "Seats: {}"}


def falls(case: Case) -> list[list[Any]]:
    """Return the lines that give points as steps, in the order of the table.

    Args:
        case: the account.

    Returns:
        Per step: the component, what gave the points, the sum before and after it, in hundredths of a point; what is
        shown adds up to what is shown, and the last sum is the score. The coldest of many people share a step.
    """
    given = [row for row in case.lines if row["points"]]
    names = {row["contact_id"]: person_name(row).shown for row in case.people}
    kept = _folded(given)
    steps = running([sum(row["points"] for row in rows) for rows in kept])
    labels = _unique([_label(rows, names) for rows in kept])
    return [
        [rows[0]["component"], label, after - part, after]
        for rows, label, (part, after) in zip(kept, labels, steps, strict=True)
    ]


def _folded(given: Sequence[Row]) -> list[list[Row]]:
    """The lines, each alone, but for the coldest people of a crowd."""
    people = sorted((row for row in given if _is_person(row)), key=lambda row: -abs(row["points"]))
    cold = {row["line"] for row in people[_PEOPLE:]} if len(people) > _PEOPLE + 1 else set()
    kept: list[list[Row]] = []
    crowd: list[Row] = []
    for row in given:
        if row["line"] not in cold:
            kept.append([row])
        elif crowd:
            crowd.append(row)
        else:
            crowd = [row]
            kept.append(crowd)
    return kept


def _is_person(row: Row) -> bool:
    return row["component"] == "engagement" and not is_stream(row)


def _label(rows: Sequence[Row], names: dict[str, str]) -> str:
    row = rows[0]
    if len(rows) > 1:
        return f"{len(rows)} more people"
    if is_stream(row):
        return "Visitors without a name"
    if _is_person(row):
        return names.get(row["item"]) or str(row["item"])
    if row["component"] == "intent":
        return capital(row["item"])
    return _PATTERNS.get(row["component"], "{}").format(capital(plain(row["item"])))


def _unique(labels: Sequence[str]) -> list[str]:
    """The same labels, numbered where two would be alike: a chart has one row per label and component."""
    seen: Counter[str] = Counter()
    told = []
    for label in labels:
        seen[label] += 1
        told.append(label if seen[label] == 1 else f"{label} ({seen[label]})")
    return told
