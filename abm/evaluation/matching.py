"""How the contacts of a workspace find their accounts: matched, counted, and what is left for people to decide."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from abm.errors import WorkspaceError
from abm.identity.matching import MatchResult, duplicates, match_contacts
from abm.identity.matching.worklist import Worklist, worklist

if TYPE_CHECKING:
    from collections.abc import Callable

    from abm.tables.findings import Finding
    from abm.workspace.loader import Workspace

__all__ = ["TABLES", "Matching", "matching"]

TABLES = ("accounts", "contacts", "corrections")
"""What matching looks at."""

DUPLICATE = "duplicate"
"""The method of a contact that is one person with another, and goes where that goes."""


@dataclass(frozen=True)
class Matching:
    """Who belongs to which account, and what to ask.

    Attributes:
        result: the matches of people, each by the contact that stands for them.
        matches: the same, and a row for each contact_id that gave way to another: its account, method `duplicate`.
        duplicates: `contact_id`, `survivor`, `evidence` of those.
        worklist: what is left to decide.
        people: the contacts that were matched, one per person.
        accounts: `account_id`, `name`, one row per account_id, in its order.
        contacts: how many rows of contacts there are, duplicates included.
        corrections: the file that corrections were read from; None without one, or for a query.
        findings: what was wrong with the corrections as they were read, and what matching found.
    """

    result: MatchResult
    matches: pl.DataFrame = field(repr=False)
    duplicates: pl.DataFrame = field(repr=False)
    worklist: Worklist = field(repr=False)
    people: pl.LazyFrame = field(repr=False)
    accounts: pl.DataFrame = field(repr=False)
    contacts: int
    corrections: str | None
    findings: tuple[Finding, ...]


def matching(workspace: Workspace, progress: Callable[[str], None] = lambda _step: None) -> Matching:
    """Match the contacts of a workspace; neither events nor a model are needed.

    Args:
        workspace: its accounts and contacts, and corrections if there are some.
        progress: called with the name of each step as it begins.

    Raises:
        WorkspaceError: there are no accounts, or no contacts.
    """
    lacking = [name for name in ("accounts", "contacts") if name not in workspace.tables]
    if lacking:
        raise WorkspaceError(
            f"{workspace.root}: there is no table {' and none of '.join(lacking)}. People are matched to accounts:"
            f" add {' and '.join(lacking)}."
        )
    tables = workspace.tables
    contacts, accounts = tables["contacts"].frame, tables["accounts"].frame
    said = tables.get("corrections")
    progress("duplicates")
    twice = duplicates(contacts)
    people = _people(contacts, twice)
    # The scoring plan makes the same call.
    result = match_contacts(
        people,
        accounts,
        corrections=None if said is None else said.frame,
        settings=workspace.matching,
        progress=progress,
    )
    progress("what is left to decide")
    named = accounts.select("account_id", "name").filter(pl.col("account_id").is_not_null())
    return Matching(
        result,
        _with_duplicates(result.matches, twice),
        twice,
        worklist(people, result.matches),
        people,
        named.collect().unique("account_id", keep="first", maintain_order=True).sort("account_id"),
        contacts.select(pl.len()).collect().item(),
        None if said is None else said.file,
        (*(() if said is None else said.findings), *result.findings),
    )


def _people(contacts: pl.LazyFrame, twice: pl.DataFrame) -> pl.LazyFrame:
    """One contact per person: the one that stays, whose empty cells are filled from the others by contact_id."""
    if twice.is_empty():
        return contacts
    person = "person\x1f"
    rows = contacts.join(twice.lazy().select("contact_id", "survivor"), on="contact_id", how="left")
    rows = rows.with_columns(pl.coalesce("survivor", "contact_id").alias(person))
    several = rows.filter(pl.col(person).is_in(twice["survivor"].unique().implode()))
    several = several.sort(person, pl.col("survivor").is_not_null(), "contact_id")
    columns = contacts.collect_schema().names()
    filled = several.group_by(person, maintain_order=True).agg(pl.col(name).drop_nulls().first() for name in columns)
    alone = rows.filter(~pl.col(person).is_in(twice["survivor"].unique().implode()))
    return pl.concat([alone.select(columns), filled.select(columns)])


def _with_duplicates(matches: pl.DataFrame, twice: pl.DataFrame) -> pl.DataFrame:
    texts = matches.with_columns(pl.col("method").cast(pl.String))
    kept = texts.select(pl.col("contact_id").alias("survivor"), "account_id", "confidence")
    others = twice.join(kept, on="survivor").select(
        "contact_id",
        "account_id",
        pl.lit(DUPLICATE).alias("method"),
        "confidence",
        pl.format("one person with {}: {}", "survivor", "evidence").alias("evidence"),
    )
    return pl.concat([texts, others], how="diagonal").sort("contact_id")
