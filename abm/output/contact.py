"""One contact's way to its account, in words."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import polars as pl
from rich.text import Text

from abm.errors import NotFoundError, did_you_mean
from abm.output.layout import flowing, wrapped
from abm.output.matching import MEANINGS, many
from abm.output.text import safe, safe_json

if TYPE_CHECKING:
    from abm.evaluation.matching import Matching
    from abm.output.screen import Screen

__all__ = ["contact_json", "contact_lines"]

_MOST_COMPARED = 20_000
"""More ids than this are not searched for one that is meant."""

_LABEL = 12


def contact_json(matching: Matching, contact_id: str) -> str:
    """Return what is known of one contact as JSON.

    Raises:
        NotFoundError: there is no such contact.
    """
    return safe_json(json.dumps(_facts(matching, contact_id), indent=2, ensure_ascii=False) + "\n")


def contact_lines(matching: Matching, contact_id: str, screen: Screen) -> list[Text]:
    """Return one contact's match as lines, none wider than the screen; of the mail only the domain is shown.

    Raises:
        NotFoundError: there is no such contact.
    """
    facts = _facts(matching, contact_id)
    ids = [facts["account_id"], facts["runner_up"], *facts["candidates"]]
    names = dict(matching.accounts.filter(pl.col("account_id").is_in(ids)).iter_rows())
    sure = f", {facts['confidence']:.2f} sure" if facts["account_id"] is not None else ""
    title = Text.assemble((safe(contact_id), "bold"), f" · {safe(facts['method'])}{sure}")
    rows: list[tuple[str, Text]] = [("account", _account(facts["account_id"], names))]
    if facts["survivor"]:
        rows.insert(0, ("one with", Text(safe(facts["survivor"]))))
    else:
        rows.append(("method", Text(MEANINGS[facts["method"]])))
    rows.append(("because", Text(safe(_without_mail(facts["evidence"], facts["mail_domain"])))))
    if facts["runner_up"]:
        nearly = facts["runner_up_confidence"]
        behind = "" if nearly is None else f", {nearly:.2f} sure"
        rows.append(("next", Text.assemble(_account(facts["runner_up"], names), behind)))
    rows += [("might be" if not place else "", _account(each, names)) for place, each in enumerate(facts["candidates"])]
    rows += [(label, Text(safe(facts[key]))) for label, key in _SAID.items() if facts[key]]
    drawn = [*flowing([title], screen.width)]
    for label, value in rows:
        below = wrapped([value], screen.width - _LABEL) or [Text()]
        drawn.append(Text.assemble((f"{label:<{_LABEL}}", "dim"), below[0]))
        drawn += [Text.assemble(" " * _LABEL, line) for line in below[1:]]
    return [*drawn, *_advice(facts, screen.width)]


_SAID = {"mail domain": "mail_domain", "company": "company"}


def _facts(matching: Matching, contact_id: str) -> dict[str, Any]:
    found = matching.matches.filter(pl.col("contact_id") == contact_id)
    if found.is_empty():
        ids = matching.matches["contact_id"].to_list() if matching.matches.height <= _MOST_COMPARED else []
        near = did_you_mean(contact_id, ids)
        raise NotFoundError(f"there is no contact '{contact_id}' in this workspace. Expected a contact_id.{near}")
    facts = found.row(0, named=True)
    twin = matching.duplicates.filter(pl.col("contact_id") == contact_id)["survivor"].to_list()
    asked = matching.worklist.people.filter(pl.col("contact_id") == (twin[0] if twin else contact_id))
    person = asked.row(0, named=True)
    same = 0
    if person["kind"] is not None:
        same = matching.worklist.asked.filter(
            (pl.col("kind") == person["kind"]) & (pl.col("value") == person["value"])
        ).height
    return {
        **facts,
        "candidates": facts["candidates"] or [],
        "survivor": twin[0] if twin else None,
        "mail_domain": (person["mail"] or "").rpartition("@")[2] or None,
        "company": person["company"],
        "decided_by": person["kind"],
        "decided_with": same,
    }


def _without_mail(evidence: str, domain: str | None) -> str:
    """Leave the name of the mailbox out of what is shown."""
    words = evidence.split(" ")
    return " ".join(f"...@{domain}" if "@" in word and domain and word.endswith(domain) else word for word in words)


def _account(account_id: str | None, names: dict[str, str | None]) -> Text:
    if account_id is None:
        return Text("none", style="yellow")
    name = names.get(account_id)
    return Text(f"{safe(name)} ({safe(account_id)})" if name else safe(account_id))


def _advice(facts: dict[str, Any], width: int) -> list[Text]:
    if facts["decided_by"] is None:
        return []
    key = {"domain": facts["mail_domain"], "company": facts["company"], "contact_id": facts["contact_id"]}
    others = facts["decided_with"] - 1
    more = f" and {many(others, 'other')} like it" if others > 0 else ""
    row = f"{facts['decided_by']} {safe(key[facts['decided_by']] or '')}"
    said = f"to correct it{more}: a row of corrections.csv with {row} and the account_id (abm match --corrections)"
    return flowing([Text(said, style="dim")], width)
