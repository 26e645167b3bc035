"""`compare`: the same facts under two models, or on two days; who changes, because of what, and how much moves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import polars as pl

from abm.evaluation.line_changes import line_changes
from abm.evaluation.movement import rank_churn, segment_counts, spearman
from abm.evaluation.subjects import ACCOUNT, LEAD
from abm.evaluation.verdicts import verdicts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from abm.evaluation.subjects import Subject
    from abm.scoring.result import ScoreResult

By = Literal["account", "lead"]

SUBJECTS: dict[By, Subject] = {"account": ACCOUNT, "lead": LEAD}


@dataclass(frozen=True)
class Comparison:
    """Two results side by side. All tables are Polars frames; points are exact to a millionth.

    `verdict` of an account is becomes_mqa, stops_mqa, appears, disappears (it is there on one side only),
    becomes_excluded, stops_excluded, stays_mqa, stays_excluded or stays_out, the first that is true; of a lead the same
    with mql and disqualified. `because` lists in words what speaks for that verdict: rules that hold now or no longer,
    the contribution lines that moved the score across the threshold (or that moved it the most, where the verdict
    stays), the threshold that moved, the requirement. A change is after - before: a falling rank is a climb.

    Attributes:
        before: the stamp of the first result: model name, version, hash, as_of ...
        after: that of the second.
        accounts: one row per account of either, by account_id: name, verdict, and before, after of score, rank (and
            their changes), is_mqa, is_excluded, stage, threshold, segment, group, reasons; because.
        leads: one row per contact of either, by contact_id: account_id, verdict, before, after of score (and its
            change), is_mql, status, grade, threshold, segment, reasons; because.
        lines: every contribution line that gives other points (see `line_changes`).
        segments: one row per segment, the largest first, then the total (`is_total`): accounts, mqas, leads, mqls
            before and after, and those gained (in the segment they are in after) and lost (that they were in before).
        churn: for the first 10, 25, 50 and 100 ranks, how many accounts stayed, entered and left.
        rank_correlation: Spearman's, over the accounts ranked on both sides; None with fewer than two.
    """

    before: Mapping[str, str]
    after: Mapping[str, str]
    accounts: pl.DataFrame = field(repr=False)
    leads: pl.DataFrame = field(repr=False)
    lines: pl.DataFrame = field(repr=False)
    segments: pl.DataFrame = field(repr=False)
    churn: pl.DataFrame = field(repr=False)
    rank_correlation: float | None

    @property
    def differs(self) -> bool:
        """Whether anything at all is different."""
        return not (self.lines.is_empty() and self.changed("account").is_empty() and self.changed("lead").is_empty())

    def rows(self, by: By) -> pl.DataFrame:
        """Accounts or leads as people read them: those whose verdict changes first, then by the size of the change."""
        subject = SUBJECTS[by]
        order = [f"{how}_{what}" for what in (subject.verdict, subject.bars) for how in ("becomes", "stops")]
        order = [*order, "appears", "disappears"]
        place = pl.col("verdict").replace_strict(order, range(len(order)), default=len(order), return_dtype=pl.Int64)
        size = pl.col("score_change").abs().fill_null(0)
        best = pl.max_horizontal("score_after", "score_before").fill_null(0)
        keys = [place, size, best, pl.col(subject.key)]
        return self._frame(by).sort(keys, descending=[False, True, True, False])

    def changed(self, by: By) -> pl.DataFrame:
        """The rows of `rows` on which anything differs but the rank, which moves when others do."""
        pairs = [name for name in SUBJECTS[by].twice if name != "rank"]
        different = [pl.col(f"{name}_before").ne_missing(pl.col(f"{name}_after")) for name in pairs]
        return self.rows(by).filter(pl.any_horizontal(different))

    def counts(self, by: By) -> dict[str, int]:
        """How many rows there are of each verdict."""
        return dict(self._frame(by)["verdict"].value_counts(sort=True).sort("verdict").iter_rows())

    def climbers(self, top: int) -> pl.DataFrame:
        """The accounts that climbed the most ranks, at most `top`; of equals the better one first."""
        return self.accounts.filter(pl.col("rank_change") < 0).sort("rank_change", "rank_after").head(top)

    def fallers(self, top: int) -> pl.DataFrame:
        """The accounts that fell the most ranks, at most `top`; of equals the better one first."""
        falling = self.accounts.filter(pl.col("rank_change") > 0)
        return falling.sort("rank_change", "rank_before", descending=[True, False]).head(top)

    def _frame(self, by: By) -> pl.DataFrame:
        return self.accounts if by == "account" else self.leads


def compare(before: ScoreResult, after: ScoreResult) -> Comparison:
    """Set two results side by side: of the same facts under two models, or of one model on two days.

    Args:
        before: what `score` gave first.
        after: what it gave then.

    Returns:
        The comparison. Comparing the other way round gives the mirror image, comparing a result with itself no change.

    >>> import abm
    >>> workspace = abm.load_workspace(abm.demo_folder())
    >>> now = abm.score(workspace)
    >>> found = abm.compare(abm.score(workspace, as_of="2026-06-01"), now)
    >>> found.counts("account")["becomes_mqa"], abm.compare(now, now).differs
    (3, False)
    """
    changes = line_changes(before, after)
    accounts = verdicts(ACCOUNT, before, after, changes)
    leads = verdicts(LEAD, before, after, changes)
    return Comparison(
        before=before.stamp,
        after=after.stamp,
        accounts=accounts,
        leads=leads,
        lines=changes,
        segments=segment_counts(accounts, leads),
        churn=rank_churn(accounts),
        rank_correlation=spearman(accounts),
    )
