"""The ranking as the page gets it: columns of plain values, texts that recur written once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from abm.output.brief.words import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

Show = Literal["text", "words", "number", "score", "bar", "change", "flag", "list", "words list", "day", "people"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the ranking.

    Attributes:
        key: a column of `account_rows`.
        title: its heading.
        show: how a value is shown; `words` are names of the model.
        about: what it means, in a sentence.
        seen: on which screens it is shown at first: none, `wide` ones, or `all`.
    """

    key: str
    title: str
    show: Show
    about: str
    seen: Literal["", "wide", "all"] = ""


_COLUMNS = (
    Column("rank", "#", "number", "By score, then intent, coverage and engagement.", "all"),
    Column("label", "Account", "text", "The company.", "all"),
    Column("stage", "Stage", "words", "The first stage of the model that fits.", "wide"),
    Column("score", "Score", "score", "0 to 100; the mark is the score it needs to qualify.", "all"),
    Column("change", "30 days", "change", "The score now less the score 30 days before.", "wide"),
    Column("is_mqa", "Qualified", "flag", "Ready for sales, by the score and the requirement, or by a trigger."),
    Column("fit", "Fit", "bar", "Is this a company to sell to? 0 to 100."),
    Column("leads", "Leads", "bar", "Do the roles have people whom sales would call? 0 to 100."),
    Column("engagement", "Engagement", "bar", "How warm are the roles? 0 to 100."),
    Column("coverage", "Coverage", "bar", "How much of the committee is engaged? 0 to 100.", "wide"),
    Column("intent", "Intent", "bar", "What does it research elsewhere? 0 to 100.", "wide"),
    Column("engaged_contacts", "Engaged", "people", "Engaged people, of those known.", "wide"),
    Column("missing", "Missing roles", "words list", "Required roles in which nobody is engaged.", "wide"),
    Column("next_role", "Best next role", "words", "The empty seat whose filling would raise the score the most."),
    Column("next_score", "Score then", "number", "The score with one more engaged person in that seat."),
    Column("owner", "Owner", "text", "Who works the account.", "wide"),
    Column("segment", "Segment", "words", "The first segment of the model that fits, or the one the data gives."),
    Column("tier", "Tier", "words", "The first tier of the model that fits."),
    Column("group", "Buying group", "words", "The buying group shown."),
    Column("is_target", "Target", "flag", "A target account, as given."),
    Column("industry", "Industry", "text", "As given."),
    Column("employees", "Employees", "number", "As given."),
    Column("country", "Country", "text", "As given."),
    Column("domain", "Domain", "text", "As given."),
    Column("spiking_topics", "Spiking topics", "list", "Researched far more than is normal for it."),
    Column("mqls", "Qualified leads", "number", "People who are qualified leads."),
    Column("best_lead_score", "Best lead", "number", "The highest score of a person there."),
    Column("open_opportunities", "Open deals", "number", "Open opportunities."),
    Column("last_activity", "Last activity", "day", "The newest day with an activity that counts."),
    Column("account_id", "Id", "text", "The account's key."),
)

FILTERS = ("stage", "tier", "owner", "segment")
"""The columns by whose values the ranking can be narrowed."""
_HIDDEN = ("threshold", "known_contacts", "is_excluded", "score_then", "completeness")
"""What the page needs besides the columns."""


def columns(rows: pl.DataFrame) -> list[Column]:
    """The columns that say something: of whose values at least one is known."""
    return [each for each in _COLUMNS if each.key in ("label", "score") or _says_something(rows[each.key])]


def _says_something(column: pl.Series) -> bool:
    if isinstance(column.dtype, pl.List):
        return bool(column.list.len().sum())
    return column.null_count() < column.len()


def values(rows: pl.DataFrame, shown: list[Column]) -> dict[str, Any]:
    """Return the values by column: a list, or for texts that recur `{"of": texts, "at": places or null}`."""
    names = {**{each.key: each.show for each in shown}, **dict.fromkeys(_HIDDEN, "number")}
    return {key: _values(rows[key], show) for key, show in names.items()}


def filters(rows: pl.DataFrame) -> Iterator[tuple[str, str, list[tuple[str | None, str, int]]]]:
    """For each column to filter by: key, title, and the values with their words and counts, the most frequent first.

    Columns with a single value are left out: they tell nothing apart.
    """
    titles = {each.key: each for each in _COLUMNS}
    for key in FILTERS:
        counts = rows.group_by(key).len().sort(["len", key], descending=[True, False], nulls_last=True)
        if counts.height > 1:
            words = titles[key].show == "words"
            told = [
                (value, "none" if value is None else plain(value) if words else value, count)
                for value, count in counts.iter_rows()
            ]
            yield key, titles[key].title, told


def _values(column: pl.Series, show: str) -> Any:
    if show in ("list", "words list"):
        column = column.list.join(", " if show == "list" else ";").replace("", None)
    if column.dtype == pl.Date:
        column = column.cast(pl.String)
    if column.dtype == pl.Float64:
        whole = column.drop_nulls()
        if whole.is_finite().all() and (whole == whole.round()).all():
            column = column.cast(pl.Int64)
    if column.dtype == pl.Boolean:
        column = column.cast(pl.Int8)
    if column.dtype == pl.String and column.n_unique() * 2 < column.len():
        known = column.drop_nulls().unique().sort()
        places = pl.DataFrame({"v": known, "p": range(known.len())}, schema={"v": pl.String, "p": pl.Int64})
        at = column.to_frame("v").join(places, on="v", how="left", maintain_order="left")["p"]
        return {"of": known.to_list(), "at": at.to_list()}
    return column.to_list()
