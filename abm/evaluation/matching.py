"""How the contacts of a workspace find their accounts: matched, counted, and what is left for people to decide."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from abm.errors import WorkspaceError
from abm.identity.matching import MatchResult, duplicates, match_contacts
from abm.identity.matching.people import for_survivors, one_row_each, with_duplicates
from abm.identity.matching.worklist import Worklist, worklist

if TYPE_CHECKING:
    from collections.abc import Callable

    from abm.tables.findings import Finding
    from abm.workspace.loader import Workspace

__all__ = ["TABLES", "Matching", "matching"]

TABLES = ("accounts", "contacts", "corrections")
"""What matching looks at."""


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
    named = accounts.select("account_id", "name").filter(pl.col("account_id").is_not_null())
    known = named.collect().unique("account_id", keep="first", maintain_order=True).sort("account_id")
    people = _people(contacts, twice, known["account_id"])
    # The scoring plan makes the same call.
    result = match_contacts(
        people,
        accounts,
        corrections=None if said is None else for_survivors(said.frame, twice),
        settings=workspace.matching,
        progress=progress,
    )
    progress("what is left to decide")
    return Matching(
        result,
        with_duplicates(result.matches, twice),
        twice,
        worklist(people, result.matches),
        people,
        known,
        contacts.select(pl.len()).collect().item(),
        None if said is None else said.file,
        (*(() if said is None else said.findings), *result.findings),
    )


def _people(contacts: pl.LazyFrame, twice: pl.DataFrame, account_ids: pl.Series) -> pl.LazyFrame:
    """One contact per person."""
    if twice.is_empty():
        return contacts
    ids = pl.concat([twice["contact_id"], twice["survivor"].alias("contact_id")]).unique().to_frame().lazy()
    several = contacts.join(ids, on="contact_id", how="semi").collect()
    alone = contacts.join(ids, on="contact_id", how="anti")
    return pl.concat([alone, one_row_each(several, twice, account_ids).lazy()])
