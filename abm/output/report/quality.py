"""Quality: what is known to be wrong or missing in the data behind a report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from abm.scoring.unknown import why_unknown
from abm.tables.findings import Level

if TYPE_CHECKING:
    from collections.abc import Sequence

    from abm.scoring.result import ScoreResult
    from abm.tables.findings import Finding

_MOST = 20


@dataclass(frozen=True, slots=True)
class Quality:
    """What to know of the data.

    Attributes:
        counts: the kinds that matter most: what it is, how many, of how many (None where that says nothing).
        findings: problems before notes, each kind by its count, the largest first.
        more: how many findings are left out.
        unknown: components that cannot be known, each with the reason.
    """

    counts: tuple[tuple[str, int, int | None], ...]
    findings: tuple[Finding, ...]
    more: int
    unknown: tuple[tuple[str, str], ...]


def quality(result: ScoreResult) -> Quality:
    """Collect the hygiene of a run.

    >>> import abm
    >>> [each[:2] for each in quality(abm.score(abm.load_workspace(abm.demo_folder()))).counts]
    [('People without an account', 8), ('Titles nobody can read', 8), ('Activities that belong to nobody', 0)]
    """
    ordered = sorted(result.findings, key=lambda each: (each.level is not Level.PROBLEM, -each.count))
    weights = result.model.account.weights
    empty = [name for name, weight in weights.items() if weight and result.polars["accounts"][name].is_null().all()]
    return Quality(
        counts=tuple(_counts(result, ordered)),
        findings=tuple(ordered[:_MOST]),
        more=max(0, len(ordered) - _MOST),
        unknown=tuple((name, why_unknown(name, result.given)) for name in empty),
    )


def _counts(result: ScoreResult, findings: Sequence[Finding]) -> list[tuple[str, int, int | None]]:
    found: list[tuple[str, int, int | None]] = []
    if "contacts" in result.given:
        leads = result.polars["leads"]
        found.append(("People without an account", leads["account_id"].null_count(), leads.height))
        found.append(("Titles nobody can read", _sum(findings, "contacts", "unreadable_title"), leads.height))
    if "events" in result.given:
        found.append(("Activities that belong to nobody", _sum(findings, "events", "orphan"), None))
    if "intent" in result.given and _sum(findings, "intent", "orphan"):
        found.append(("Intent rows of unknown companies", _sum(findings, "intent", "orphan"), None))
    return found


def _sum(findings: Sequence[Finding], table: str, code: str) -> int:
    return sum(each.count for each in findings if each.table == table and each.code == code)
