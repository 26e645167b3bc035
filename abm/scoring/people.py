"""People: what they and the anonymous did, what that is worth, and who of them is a lead to call."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import narwhals as nw

from abm.engines.base import Parting
from abm.scoring.engagement import View, engagement, valued_by
from abm.scoring.facts.accounts import ACCOUNT
from abm.scoring.facts.contacts import CONTACT
from abm.scoring.facts.events import SUBJECT
from abm.scoring.facts.owners import WHO, anonymous, owner_key
from abm.scoring.leads import lead_scores, people_with_accounts
from abm.scoring.ledger import Ledger, build_ledger, counted_cells, ledger_of, oldest
from abm.scoring.parts import in_parts, within
from abm.scoring.roles import with_roles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from abm.engines.base import Step
    from abm.scoring.context import Context
    from abm.scoring.facts.contacts import Contacts
    from abm.scoring.facts.events import Events
    from abm.scoring.facts.reading import Facts

_SIZE = 2_500
"""Bytes that a contact takes while it is judged, its dozen events included, as measured (`tests/benchmarks`)."""


@dataclass(frozen=True)
class People:
    """What people did and are worth.

    Attributes:
        ledger: cells of counted events, or None without events.
        lines: engagement lines, key `who`, `signal`, `repeat`, or None without events.
        points: engagement points, key `who`, or None without events.
        leads: key `c`, or None without contacts.
    """

    ledger: Ledger | None
    lines: Step | None
    points: Step | None
    leads: Step | None

    @property
    def streams(self) -> Step | None:
        """The points of the anonymous streams, key `a`; None without events."""
        if self.points is None:
            return None
        return self.points.filter(nw.col(WHO) < 0).with_columns(anonymous(nw.col(WHO)).alias(ACCOUNT))


def judged_people(ctx: Context, facts: Facts, firms: Step, roles: Step | None, views: Sequence[View]) -> People:
    """Judge people and anonymous streams.

    Args:
        ctx: the run.
        facts: what was read.
        firms: what `companies` and `with_groups` gave.
        roles: the roles that opportunities give people (see `opportunity_roles`), or None.
        views: what each buying group counts.
    """
    if isinstance(ctx.engine, Parting):
        return _in_parts(ctx, facts, firms, roles, list(views))
    ledger = lines = points = leads = None
    if facts.events is not None:
        ctx.progress("engagement")
        events = facts.events
        ledger = ctx.once("ledger", (ctx.as_of, events), lambda: build_ledger(ctx, events, firms, facts.contacts))
        what = (ctx.as_of, events, *valued_by(ctx.model), tuple(views))
        lines, points = ctx.once("engagement", what, lambda: engagement(ctx, ledger, list(views)))
    if facts.contacts is not None:
        ctx.progress("leads")
        people = _placed(ctx, facts.contacts, firms, roles)
        (leads,) = ctx.engine.materialise(lead_scores(ctx, people, points, lines, list(views)))
    return People(ledger, lines, points, leads)


def _placed(ctx: Context, contacts: Contacts, firms: Step, roles: Step | None) -> Step:
    """Contacts with what their account is and the roles they have."""
    return with_roles(ctx, people_with_accounts(ctx, contacts.frame, firms), roles)


def _in_parts(ctx: Context, facts: Facts, firms: Step, roles: Step | None, views: list[View]) -> People:
    def judged(ctx: Context, keys: range | None) -> tuple[Step | None, ...]:
        assert keys is not None
        contacts = None if facts.contacts is None else _some_contacts(facts.contacts, keys)
        cells = left_out = lines = points = leads = None
        if facts.events is not None:
            cells, left_out = counted_cells(ctx, _some_events(facts.events, keys), firms, contacts)
            lines, points = engagement(ctx, Ledger(cells, oldest(ctx, cells)), views)
        if contacts is not None:
            some = None if roles is None else within(roles, CONTACT, keys)
            leads = lead_scores(ctx, _placed(ctx, contacts, firms, some), points, lines, views)
        return cells, left_out, lines, points, leads

    keyed = {ACCOUNT: firms} if facts.contacts is None else {ACCOUNT: firms, CONTACT: facts.contacts.frame}
    cells, left_out, lines, points, leads = in_parts(ctx, "people", _SIZE, keyed, judged)
    ledger = None if cells is None or left_out is None else ledger_of(ctx, cells, left_out)
    return People(ledger, lines, points, leads)


def _some_contacts(contacts: Contacts, keys: range) -> Contacts:
    return replace(contacts, frame=within(contacts.frame, CONTACT, keys))


def _some_events(events: Events, keys: range) -> Events:
    """What some people did, and the anonymous of accounts with the same keys; in the first part, whose nobody is."""
    mine = (owner_key() >= keys.start) & (owner_key() < keys.stop)
    subjects = events.subjects.filter(mine | nw.col(WHO).is_null() if keys.start == 0 else mine)
    cells = events.cells.join(subjects.select(SUBJECT), on=SUBJECT, how="semi")
    return replace(events, subjects=subjects, cells=cells)
