"""Writing briefs: one account or many, all from one reading of the result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from abm.errors import NotFoundError
from abm.output.brief.cells import own_name
from abm.output.brief.doing import research, timeline
from abm.output.brief.facts import Brief, Section
from abm.output.brief.fitting import fit
from abm.output.brief.gathering import gathered
from abm.output.brief.next_steps import next_steps
from abm.output.brief.top import about, headline, single_facts, source
from abm.output.brief.who import who
from abm.output.brief.why import why_now
from abm.scoring.explanation.entity import find

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from abm.output.brief.gathering import Case
    from abm.scoring.result import ScoreResult

_SECTIONS = (
    ("why", "Why now", why_now),
    ("next", "What next", next_steps),
    ("who", "Who", who),
    ("timeline", "What they did last", timeline),
    ("research", "What they research", research),
    ("fit", "Fit", fit),
)


def brief(result: ScoreResult, account: str, *, workspace: str | None = None) -> Brief:
    """Write the brief of one account.

    Args:
        result: what `score` gave.
        account: an id, a domain or a unique part of the name.
        workspace: what to call the workspace in the source, if anything.

    Returns:
        The brief: statements, each with the facts in it and where they stand.

    Raises:
        NotFoundError: no account is called so, or several are.

    >>> import abm
    >>> result = abm.score(abm.load_workspace(abm.demo_folder()))
    >>> print(brief(result, "copperfinch").headline.text)
    Qualified: 86.9 points, 60 needed; rank 1 of 56.
    """
    found = find(result, account, level="account").entity_id
    (own,) = briefs(result, [found], workspace=workspace)
    return own


def briefs(result: ScoreResult, account_ids: Iterable[str], *, workspace: str | None = None) -> list[Brief]:
    """Write the briefs of several accounts; what they need is read once for all of them.

    Args:
        result: what `score` gave.
        account_ids: ids of accounts, each once.
        workspace: what to call the workspace in the source, if anything.

    Returns:
        The briefs in the order of the ids.

    Raises:
        NotFoundError: an id is none of the result.
    """
    ids = list(dict.fromkeys(account_ids))
    known = set(result.polars["accounts"]["account_id"])
    strange = [each for each in ids if each not in known]
    if strange:
        raise NotFoundError(
            f"there is no account '{strange[0]}' in this result. Expected account ids, such as a ranking has."
        )
    cases = gathered(result, ids, workspace)
    return [_brief(cases[each]) for each in ids]


def _brief(case: Case) -> Brief:
    single = single_facts(case)
    return Brief(
        account_id=case.account_id,
        name=own_name(case.row),
        headline=headline(case, single),
        about=tuple(about(case, single)),
        sections=tuple(_sections(case)),
        source=source(case),
        account=single,
        stamp=case.stamp,
    )


def _sections(case: Case) -> Sequence[Section]:
    titles = {"why": "What is going on"} if case.row["is_excluded"] else {}
    parts = [Section(kind, titles.get(kind, title), tuple(told(case))) for kind, title, told in _SECTIONS]
    return [part for part in parts if part.statements]
