"""Figures: the headline counts of a run, and of the same model a while before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from abm.scoring.result import ScoreResult


@dataclass(frozen=True, slots=True)
class Figure:
    """One headline figure.

    Attributes:
        key: what it is called in the page.
        title: what it is called by people.
        about: what is counted, in a sentence.
        now: the count; None where the table it needs was not given.
        then: the count of the run before; None without one, or where it is not known.
        of: what it is a part of.
        whole: what that is, in words.
    """

    key: str
    title: str
    about: str
    now: int | None
    then: int | None
    of: int
    whole: str

    @property
    def change(self) -> int | None:
        """How much more there are than before; None where one of the two is not known."""
        return None if self.now is None or self.then is None else self.now - self.then


_ACCOUNTS = (
    ("qualified", "Qualified accounts", "Accounts that the model calls ready for sales (MQA).", "is_mqa"),
    ("engaged", "Engaged accounts", "At least one known person was active enough, lately.", "engaged"),
    ("in_market", "Accounts in market", "At least one topic is researched far more than usual.", "in_market"),
    ("alone", "Hanging on one person", "Exactly one person is engaged: a risk, not a buying group.", "single"),
)
_LEADS = (
    ("mql", "Qualified leads", "People whose own score, or raised hand, makes them a lead for sales (MQL).", "is_mql"),
    ("hands", "Raised hands", "People who asked to be called, of late.", "asked"),
)


def figures(result: ScoreResult, before: ScoreResult | None) -> tuple[Figure, ...]:
    """Count what stands at the top of a report; accounts that the model excludes are left out, people are all counted.

    Args:
        result: the run.
        before: the same model over the facts of an earlier day, or None.

    >>> import abm
    >>> result = abm.score(abm.load_workspace(abm.demo_folder()))
    >>> [(each.key, each.now, each.of) for each in figures(result, None)][:2]
    [('qualified', 6, 56), ('mql', 20, 517)]
    """
    now, then = _counts(result), {} if before is None else _counts(before)
    told = {key: (title, about, "accounts") for key, title, about, _ in _ACCOUNTS}
    told |= {key: (title, about, "people") for key, title, about, _ in _LEADS}
    order = ("qualified", "mql", "hands", "engaged", "in_market", "alone")
    return tuple(
        Figure(key, told[key][0], told[key][1], now[key], then.get(key), now[told[key][2]] or 0, told[key][2])
        for key in order
    )


def ranked_accounts(result: ScoreResult) -> pl.DataFrame:
    """The accounts that are not excluded."""
    return result.polars["accounts"].filter(~pl.col("is_excluded"))


def _counts(result: ScoreResult) -> dict[str, int | None]:
    accounts = ranked_accounts(result).with_columns(
        engaged=pl.col("engaged_contacts") >= 1,
        in_market=pl.col("spiking_topic_count") >= 1,
        single=pl.col("single_threaded"),
    )
    leads = result.polars["leads"].with_columns(asked=pl.col("status") == "hand_raiser")
    found: dict[str, int | None] = {"accounts": accounts.height, "people": leads.height}
    found |= {key: _true(accounts, name) for key, _, _, name in _ACCOUNTS}
    known = "contacts" in result.given
    return found | {key: _true(leads, name) if known else None for key, _, _, name in _LEADS}


def _true(frame: pl.DataFrame, name: str) -> int | None:
    """How many rows hold; None where that is not known of any."""
    column = frame[name]
    return None if column.len() and column.null_count() == column.len() else int(column.sum() or 0)
