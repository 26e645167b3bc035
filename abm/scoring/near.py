"""Near: what was scored of a few accounts, brought to the driver once, so that asking more about them costs little."""

from __future__ import annotations

from collections import ChainMap
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import narwhals as nw
import polars as pl

from abm.engines.polars import PolarsEngine
from abm.scoring.facts.accounts import ACCOUNT
from abm.scoring.facts.contacts import CONTACT, Contacts
from abm.scoring.facts.events import SUBJECT
from abm.scoring.facts.owners import WHO
from abm.scoring.finish import contribution_batches, contributions_table

if TYPE_CHECKING:
    from collections.abc import MutableMapping, Sequence

    from abm.engines.base import Engine, Step
    from abm.scoring.context import Context, Input
    from abm.scoring.facts.reading import Facts
    from abm.scoring.plan import Scored
    from abm.scoring.result import ScoreResult

_OF_ACCOUNTS = ("accounts", "groups", "committee", "intent", "leads")
_LINKS = "opportunity_contacts"


def near(result: ScoreResult, account_ids: Sequence[str]) -> ScoreResult:
    """Bring what a result knows of some accounts to the driver: their people, what these did, deals and topics.

    What is asked of it is computed there, by the same plan; a cluster would take longer to plan each of the dozens of
    small steps than to compute it. Ranks are those among all accounts.

    Args:
        result: a run.
        account_ids: accounts of it; their rows have to fit into memory.

    Returns:
        A result of these accounts alone, of Polars frames; tables that are not of accounts are all there. Where the
        rows are on the driver anyway, the result as it is.
    """
    scored = result.scored
    engine = scored.ctx.engine
    if not engine.apart:
        return result
    bag = _Bag(engine)
    _ask(bag, scored, list(dict.fromkeys(account_ids)))
    mine = bag.keys["account_id"]
    for name in _OF_ACCOUNTS:
        bag.want(f"table {name}", nw.from_native(result.frames[name]).lazy().join(mine, on="account_id", how="semi"))
    if scored.facts.contacts is not None:
        matches = nw.from_native(result.frames["matches"]).lazy()
        bag.want("table matches", matches.join(bag.keys["contact_id"], on="contact_id", how="semi"))
    bag.fetch()
    found = _scored(bag, scored)
    fetched = {name: bag.frames[f"table {name}"] for name in result.frames if f"table {name}" in bag.frames}
    return replace(
        result,
        frames=ChainMap(fetched, cast("MutableMapping[str, Any]", result.frames)),
        kind="polars",
        scored=found,
        contribution_lines=partial(contributions_table, found, result.model, result.as_of, bag.home),
        contribution_batches=partial(contribution_batches, found, result.model, result.as_of, bag.home),
    )


class _Bag:
    """Steps that are fetched together, by name, and the keys of what is wanted, as the engine has them."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.home = engine, PolarsEngine("in-memory")
        self.keys: dict[str, Step] = {}
        self.frames: dict[str, pl.DataFrame] = {}
        self._steps: dict[str, Step] = {}

    def key(self, name: str, values: pl.Series, dtype: Any) -> None:
        """Hand the engine the values of a key that are wanted."""
        self.keys[name] = self.engine.scatter(pl.DataFrame({name: values.unique()}, schema={name: dtype}))

    def want(self, name: str, step: Step | None, key: str | None = None, *, called: str | None = None) -> None:
        """Ask for the rows of a step that belong to a key, which it may call otherwise."""
        if step is not None and key is not None:
            mine = self.keys[key] if called is None else self.keys[key].rename({key: called})
            step = step.join(mine, on=called or key, how="semi")
        if step is not None:
            self._steps[name] = step

    def fetch(self) -> None:
        """Fetch what was asked for."""
        found = self.engine.gather(*self._steps.values())
        self.frames = dict(zip(self._steps, found, strict=True))

    def step(self, name: str) -> Step:
        """What was fetched, as a step of the driver."""
        return self.home.scatter(self.frames[name])

    def maybe(self, name: str) -> Step | None:
        """The same of what is perhaps not there."""
        return self.step(name) if name in self.frames else None


def _ask(bag: _Bag, scored: Scored, account_ids: list[str]) -> None:
    """Ask for everything that `_scored` puts together."""
    facts = scored.facts
    ids = pl.Series("account_id", account_ids, pl.String)
    bag.key("account_id", ids, pl.String)
    chosen = facts.accounts.frame.join(bag.keys["account_id"], on="account_id", how="semi").select(ACCOUNT)
    (accounts,) = bag.engine.gather(chosen)
    bag.key(ACCOUNT, accounts[ACCOUNT], pl.Int64)
    streams = (-accounts[ACCOUNT].cast(pl.Int64) - 1).rename(WHO)
    people = pl.DataFrame(schema={CONTACT: pl.Int64, "contact_id": pl.String})
    if facts.contacts is not None:
        theirs = facts.contacts.frame.join(bag.keys[ACCOUNT], on=ACCOUNT, how="semi")
        (people,) = bag.engine.gather(theirs.select(CONTACT, "contact_id"))
    bag.key(CONTACT, people[CONTACT], pl.Int64)
    bag.key("contact_id", people["contact_id"], pl.String)
    bag.key(WHO, pl.concat([streams, people[CONTACT].cast(pl.Int64).rename(WHO)]), pl.Int64)
    found = scored.standings
    of_accounts = {"accounts": scored.accounts, "counts": scored.counts, "leads": scored.leads}
    of_accounts |= {"streams": scored.streams, "topics": scored.topics}
    of_accounts |= {"standing accounts": found.accounts, "standing groups": found.groups, "seats": found.committee}
    for name, step in of_accounts.items():
        bag.want(name, step, ACCOUNT)
    bag.want("lines", scored.lines, WHO)
    bag.want("ledger", None if scored.ledger is None else scored.ledger.cells, WHO)
    _ask_facts(bag, scored.ctx, facts)


def _ask_facts(bag: _Bag, ctx: Context, facts: Facts) -> None:
    bag.want("companies", facts.accounts.frame, ACCOUNT)
    bag.want("account rows", facts.accounts.rows, "account_id")
    bag.want("deals", facts.opportunities, ACCOUNT)
    if facts.opportunities is not None and _LINKS in ctx.inputs:
        deals = facts.opportunities.join(bag.keys[ACCOUNT], on=ACCOUNT, how="semi").select("opportunity_id")
        bag.want(_LINKS, ctx.inputs[_LINKS].frame.join(deals, on="opportunity_id", how="semi"))
    contacts, events, intent = facts.contacts, facts.events, facts.intent
    if contacts is not None:
        for name, step in (("people", contacts.frame), ("ids", contacts.by_id), ("mails", contacts.by_mail)):
            bag.want(name, step, CONTACT)
        bag.want("contact rows", contacts.rows, "contact_id")
    if events is not None:
        bag.want("subjects", events.subjects, ACCOUNT, called="context_a")
        own = events.subjects.join(bag.keys[ACCOUNT].rename({ACCOUNT: "context_a"}), on="context_a", how="semi")
        bag.want("cells", events.cells.join(own.select(SUBJECT), on=SUBJECT, how="semi"))
    if intent is not None:
        bag.want("scores", intent.scores, ACCOUNT)
        bag.want("counted", intent.counts, ACCOUNT)
        bag.want("first ages", intent.first_ages)


def _scored(bag: _Bag, scored: Scored) -> Scored:
    ledger = scored.ledger
    return replace(
        scored,
        ctx=_context(bag, scored.ctx),
        facts=_facts(bag, scored.facts),
        accounts=bag.step("accounts"),
        counts=bag.maybe("counts"),
        ledger=None if ledger is None else replace(ledger, cells=bag.step("ledger")),
        leads=bag.maybe("leads"),
        lines=bag.maybe("lines"),
        streams=bag.maybe("streams"),
        topics=bag.maybe("topics"),
        standings=replace(
            scored.standings,
            accounts=bag.step("standing accounts"),
            groups=bag.step("standing groups"),
            committee=bag.step("seats"),
        ),
    )


def _context(bag: _Bag, ctx: Context) -> Context:
    inputs: dict[str, Input] = dict(ctx.inputs)
    if _LINKS in bag.frames:
        inputs[_LINKS] = replace(inputs[_LINKS], frame=bag.step(_LINKS))
    return replace(ctx, engine=bag.home, inputs=inputs, findings=[], kept=None)


def _facts(bag: _Bag, facts: Facts) -> Facts:
    events, intent = facts.events, facts.intent
    return replace(
        facts,
        accounts=replace(facts.accounts, frame=bag.step("companies"), rows=bag.step("account rows")),
        opportunities=bag.maybe("deals"),
        contacts=None if facts.contacts is None else _contacts(bag, facts.contacts),
        events=None if events is None else replace(events, cells=bag.step("cells"), subjects=bag.step("subjects")),
        intent=None
        if intent is None
        else replace(intent, scores=bag.step("scores"), counts=bag.step("counted"), first_ages=bag.step("first ages")),
    )


def _contacts(bag: _Bag, contacts: Contacts) -> Contacts:
    return replace(
        contacts,
        frame=bag.step("people"),
        by_id=bag.step("ids"),
        by_mail=bag.step("mails"),
        later=None,
        rows=bag.step("contact rows"),
        matches=bag.frames["table matches"],
    )
