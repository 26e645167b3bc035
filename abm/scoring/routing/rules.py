"""Rules of queues held against the columns there are, all mistakes at once, and for whom they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw
import polars as pl

from abm.errors import ConditionError
from abm.scoring.columns import LEADS
from abm.scoring.compiler import check_condition, compile_condition
from abm.scoring.selections import account_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from abm.model.places import Places
    from abm.scoring.result import ScoreResult
    from abm.tables.contracts import Kind
    from abm.workspace.routing import Level, Queue, Routing

OF_ACCOUNT = "account."


def rule_columns(result: ScoreResult, level: Level) -> dict[str, Kind]:
    """Return what the rules of a level may name.

    Accounts: as `rank --where`. Leads: columns of contacts, over them those of the leads result, and those of the
    lead's account, table and result, as `account.x`.
    """
    accounts = account_columns(result.account_kinds)
    if level == "account":
        return accounts
    contacts = result.scored.ctx.binding.kinds["contacts"]
    return {**contacts, **LEADS, **{f"{OF_ACCOUNT}{name}": kind for name, kind in accounts.items()}}


def check_rules(result: ScoreResult, routing: Routing, places: Places) -> None:
    """Make sure that every rule can be asked.

    Raises:
        ConditionError: unknown columns, or kinds that do not go together; one line per mistake, with its file and line.
    """
    columns = {queue.level: rule_columns(result, queue.level) for queue in routing.queues}
    problems = [
        f"{places.line(('routing', 'queues', position, 'when'))}: queue '{queue.name}': when: {problem}"
        for position, queue in enumerate(routing.queues)
        for problem in check_condition(queue.when, columns[queue.level])
    ]
    if problems:
        raise ConditionError("\n".join(problems))


def fits(result: ScoreResult, level: Level, queues: Sequence[Queue]) -> pl.DataFrame:
    """Tell which rules hold: the key of the level, by key, and a Boolean column `rule_N` per queue; null is false."""
    key = "contact_id" if level == "lead" else "account_id"
    kinds = rule_columns(result, level)
    names = {name for queue in queues for name in queue.when.names} | {key}
    frame = _lead_values(result, names) if level == "lead" else _account_values(result, names)
    tests = {
        f"rule_{i}": compile_condition(queue.when, {key: kinds[key], **kinds}, as_of=result.as_of).fill_null(
            value=False
        )
        for i, queue in enumerate(queues)
    }
    return nw.from_native(frame).select(key, **tests).to_native()


def _account_values(result: ScoreResult, names: set[str]) -> pl.DataFrame:
    """The columns of accounts that rules name, the result's first; lists as the text that CSV shows."""
    accounts = _flat(result.polars["accounts"])
    own = accounts.select(
        "account_id", *(name for name in sorted(names & set(accounts.columns)) if name != "account_id")
    )
    given = sorted(names - set(accounts.columns))
    if not given:
        return own
    rows = result.account_rows().select("account_id", *given).collect()
    return own.join(rows, on="account_id", how="left", maintain_order="left")


def _lead_values(result: ScoreResult, names: set[str]) -> pl.DataFrame:
    of_account = {name.removeprefix(OF_ACCOUNT) for name in names if name.startswith(OF_ACCOUNT)}
    own = {name for name in names if not name.startswith(OF_ACCOUNT)}
    leads = _flat(result.polars["leads"])
    frame = leads.select("contact_id", "account_id", *sorted((own & set(leads.columns)) - {"contact_id", "account_id"}))
    given, contacts = sorted(own - set(leads.columns)), result.contact_rows()
    if given and contacts is not None:
        rows = contacts.select("contact_id", *given).collect()
        frame = frame.join(rows, on="contact_id", how="left", maintain_order="left")
    elif given:
        frame = frame.with_columns(pl.lit(None).alias(name) for name in given)
    if of_account:
        rows = _account_values(result, of_account)
        ids = rows.select(
            pl.col("account_id"), *(pl.col(name).alias(f"{OF_ACCOUNT}{name}") for name in sorted(of_account))
        )
        frame = frame.join(ids, on="account_id", how="left", maintain_order="left")
    return frame


def _flat(frame: pl.DataFrame) -> pl.DataFrame:
    lists = [name for name, dtype in frame.schema.items() if dtype == pl.List(pl.String)]
    return frame.with_columns(pl.col(name).list.join(";") for name in lists)
