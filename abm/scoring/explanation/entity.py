"""Finding an entity by what somebody would type: an id, a domain, an e-mail address, a part of the name."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

import narwhals as nw
import polars as pl

from abm.engines.polars import on_driver
from abm.errors import NotFoundError, did_you_mean
from abm.identity.domains import normal_domain, split_domains
from abm.identity.mail import normal_mail
from abm.identity.matching import domain_owners
from abm.scoring.facts.contacts import CONTACT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from abm.scoring.contributions import Level
    from abm.scoring.result import ScoreResult

MOST_LISTED = 8
_MANY = 5000
_SHOWN = 80
_WORD = 4
"""Shorter words are no hint at a name."""
_NEAR = 0.75
"""One wrong letter in four."""


@dataclass(frozen=True, slots=True)
class Entity:
    """What is to be explained.

    Attributes:
        level: `lead`, `account`, or `group` for one buying group of an account.
        entity_id: the contact_id or account_id.
        group: the buying group, at the level of groups.
    """

    level: Level
    entity_id: str
    group: str | None = None


@dataclass(frozen=True, slots=True)
class _Match:
    level: Level
    entity_id: str


def find(result: ScoreResult, text: str, *, level: Level | None = None, group: str | None = None) -> Entity:
    """Find the one lead, account or buying group that `text` means.

    Tried in turn, the first that fits anything decides: an id; `account/group`; the id of a contact that was merged; an
    e-mail address; a domain of an account, the owner's if several claim it; an id in other letters' case; a whole name;
    a part of a name. Texts are compared in lower case, any white space as one space, domains without `www.`.

    Args:
        result: a run.
        text: what to look for.
        level: only leads, accounts or groups; `group` without a name is the group that the account's row shows.
        group: a buying group of the account.

    Raises:
        NotFoundError: nothing fits, or several do; the message lists them.
    """
    if group is not None:
        if level == "lead":
            raise NotFoundError("a lead has no buying group. Leave out the group, or explain the lead's account.")
        level = "group"
    wanted = text.strip()
    found = _matches(result, wanted, level)
    if found is None and group is None and level != "lead":
        account, slash, name = wanted.rpartition("/")
        if slash and (name in _groups(result) or _matches(result, account, "account")):
            return find(result, account, level="group", group=name)
    matches = found or _searched(result, wanted, level)
    if not matches:
        raise NotFoundError(_nothing(result, wanted, level))
    if len(matches) > 1:
        raise NotFoundError(_several(result, wanted, matches))
    return _entity(result, matches[0], level, group)


def _matches(result: ScoreResult, text: str, level: Level | None) -> list[_Match] | None:
    """Those with exactly this id, or None."""
    return list(_by(result, level, lambda key: nw.col(key) == nw.lit(text))) or None


def _searched(result: ScoreResult, text: str, level: Level | None) -> list[_Match]:
    if not text:
        return []
    lower = text.lower()
    spaced = " ".join(lower.split())
    searches: tuple[Callable[[], Iterator[_Match]], ...] = (
        lambda: _by_other_id(result, text, level),
        lambda: _by_mail(result, text, level),
        lambda: _by_domain(result, text, level),
        lambda: _by(result, level, lambda key: nw.col(key).str.to_lowercase() == nw.lit(lower)),
        lambda: _by_name(result, level, lambda name: name == spaced),
        lambda: _by_name(result, level, lambda name: name.str.contains(spaced, literal=True)),
    )
    for search in searches:
        found = list(dict.fromkeys(search()))
        if found:
            return found
    return []


def _by(result: ScoreResult, level: Level | None, test: Callable[[str], nw.Expr]) -> Iterator[_Match]:
    if level != "lead":
        yield from (_Match("account", each) for each in _ids(result, "accounts", "account_id", test))
    if level in (None, "lead"):
        yield from (_Match("lead", each) for each in _ids(result, "leads", "contact_id", test))


def _ids(result: ScoreResult, table: str, key: str, test: Callable[[str], nw.Expr]) -> list[str]:
    found = nw.from_native(result.frames[table]).lazy().select(key).filter(test(key))
    return sorted(on_driver(found).collect()[key])


def _by_other_id(result: ScoreResult, text: str, level: Level | None) -> Iterator[_Match]:
    """The person that an id stands for whose contact gave way to another."""
    contacts, leads = result.scored.facts.contacts, result.scored.leads
    if contacts is not None and leads is not None and level in (None, "lead"):
        mine = contacts.by_id.filter(nw.col("contact_id") == nw.lit(text)).select(CONTACT)
        (found,) = result.scored.ctx.engine.gather(leads.join(mine, on=CONTACT, how="semi").select("contact_id"))
        yield from (_Match("lead", each) for each in found["contact_id"])


def _by_mail(result: ScoreResult, text: str, level: Level | None) -> Iterator[_Match]:
    leads = result.scored.leads
    if "@" in text and leads is not None and level in (None, "lead"):
        mine = leads.filter(nw.col("mail") == nw.lit(normal_mail(text))).select("contact_id")
        (found,) = result.scored.ctx.engine.gather(mine)
        yield from (_Match("lead", each) for each in sorted(found["contact_id"]))


def _by_domain(result: ScoreResult, text: str, level: Level | None) -> Iterator[_Match]:
    """The owner of the domain; of a domain that nobody may own, such as gmail.com, those who list it."""
    domain = normal_domain(text)
    if domain is None or "." not in domain or "@" in domain or " " in domain or level == "lead":
        return
    book = result.scored.facts.accounts.book
    owned = domain_owners(pl.Series([domain]), book)
    if owned.height:
        yield _Match("account", book.accounts["account_id"][owned["a"].item()])
        return
    claims = result.account_rows().select("account_id", "domain", "domains")
    claims = claims.filter(
        pl.any_horizontal(pl.col("domain", "domains").str.to_lowercase().str.contains(domain, literal=True))
    )
    for account_id, first, others in claims.collect().sort("account_id").iter_rows():
        if domain in {normal_domain(first), *split_domains(others)}:
            yield _Match("account", account_id)


def _by_name(result: ScoreResult, level: Level | None, test: Callable[[pl.Expr], pl.Expr]) -> Iterator[_Match]:
    if level != "lead":
        named = result.columns("accounts", "account_id", "name").filter(test(_comparable(pl.col("name"))))
        yield from (_Match("account", each) for each in named["account_id"])
    if level in (None, "lead"):
        people = _people(result)
        named = people.filter(test(_comparable(pl.col("name"))))
        yield from (_Match("lead", each) for each in named["contact_id"])


def _comparable(name: pl.Expr) -> pl.Expr:
    return name.str.to_lowercase().str.replace_all(r"\s+", " ").str.strip_chars()


def _people(result: ScoreResult) -> pl.DataFrame:
    """Every known person: `contact_id`, `name` (null without one), `title`."""
    contacts = result.scored.facts.contacts
    if contacts is None:
        return pl.DataFrame(schema={"contact_id": pl.String, "name": pl.String, "title": pl.String})
    name = pl.concat_str("first_name", "last_name", separator=" ", ignore_nulls=True)
    named = pl.when(name != "").then(name).alias("name")
    rows = on_driver(contacts.rows.select("contact_id", "first_name", "last_name", "title"))
    return rows.select("contact_id", named, "title").sort("contact_id").collect()


def _entity(result: ScoreResult, match: _Match, level: Level | None, group: str | None) -> Entity:
    if match.level == "lead" or level != "group":
        return Entity(match.level, match.entity_id)
    mine = pl.col("account_id") == match.entity_id
    own = result.columns("groups", "account_id", "group").filter(mine)["group"].to_list()
    if group is None:
        shown = result.columns("accounts", "account_id", "group").filter(mine)["group"].item()
        group = shown if shown is not None else ""
    if group in own:
        return Entity("group", match.entity_id, group)
    if group and group not in _groups(result):
        hint = did_you_mean(group, _groups(result))
        raise NotFoundError(f"the model has no buying group '{group}'. Its groups: {_listed(_groups(result))}.{hint}")
    what = f"the buying group '{group}' does not apply" if group else "no buying group applies"
    raise NotFoundError(
        f"{what} to the account '{match.entity_id}'. Those that apply: {_listed(own)}."
        f" Explain the account itself with `abm explain {shlex.quote(match.entity_id)}`."
    )


def _groups(result: ScoreResult) -> list[str]:
    return [group.name for group in result.model.buying_groups]


def _listed(names: list[str]) -> str:
    return ", ".join(names) or "none"


def _several(result: ScoreResult, text: str, matches: list[_Match]) -> str:
    """One message with what to type for each."""
    ids = [match.entity_id for match in matches]
    shown = matches[:MOST_LISTED]
    names = _described(result, shown)
    commands = []
    for match in shown:
        level = f" --level {match.level}" if ids.count(match.entity_id) > 1 else ""
        commands.append(f"abm explain {shlex.quote(match.entity_id)}{level}")
    width = max(map(len, commands))
    lines = [f"  {command:<{width}}  {names[match]}" for command, match in zip(commands, shown, strict=True)]
    rest = len(matches) - len(shown)
    more = [f"  and {rest:,} more: give more of the name"] if rest else []
    return "\n".join([f"{_quoted(text)} fits {len(matches):,} entities. Say which by its id:", *lines, *more])


def _described(result: ScoreResult, matches: list[_Match]) -> dict[_Match, str]:
    accounts = dict(result.columns("accounts", "account_id", "name").iter_rows())
    people = {row[0]: row[1:] for row in _people(result).iter_rows()}
    homes = dict(result.columns("leads", "contact_id", "account_id").iter_rows())
    said = {}
    for match in matches:
        if match.level == "account":
            said[match] = f"{_cut(accounts[match.entity_id] or match.entity_id)}, an account"
            continue
        name, title = people[match.entity_id]
        home = homes[match.entity_id]
        at = f" at {_cut(accounts[home] or home)}" if home is not None else ""
        said[match] = f"{_cut(name or match.entity_id)}, {_cut(title or 'a lead')}{at}"
    return said


def _nothing(result: ScoreResult, text: str, level: Level | None) -> str:
    what = {"lead": "lead", "account": "account", "group": "account"}.get(level or "", "lead or account")
    keys = {"accounts": "account_id", "leads": "contact_id"}
    counts = [f"{result.columns(name, key).height:,} {name}" for name, key in keys.items()]
    owner = _home(result, text) if "@" in text else ""
    elsewhere = [] if level is None else _matches(result, text, None) or _searched(result, text, None)
    if elsewhere:
        owner = f" It is {'a lead' if elsewhere[0].level == 'lead' else 'an account'}: ask for that."
    hint = owner or _near(result, text, level)
    return (
        f"there is no {what} {_quoted(text)} among {' and '.join(counts)}."
        f" Expected an id, a domain, an e-mail address or a part of the name.{hint}"
    )


def _quoted(text: str) -> str:
    return f"'{_cut(text)}'"


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def _home(result: ScoreResult, text: str) -> str:
    """For an unknown address, the account that owns its domain."""
    found = list(_by_domain(result, text.rpartition("@")[2], None))
    return f" Its domain belongs to the account '{found[0].entity_id}'." if found else ""


def _near(result: ScoreResult, text: str, level: Level | None) -> str:
    """The nearest name or id, also by one of its words."""
    named: list[tuple[str, str | None]] = []
    if level in (None, "lead"):
        named += _people(result).select("contact_id", "name").iter_rows()
    if level != "lead":
        named += result.columns("accounts", "account_id", "name").iter_rows()
    first = "" if len(named) < _MANY else text[:1].lower()
    words: dict[str, str] = {}
    whole: dict[str, str] = {}
    for entity_id, name in named:
        told = entity_id if name is None else f"{name} ({entity_id})"
        words.update({each: told for each in (name or "").lower().split() if len(each) >= _WORD})
        whole.update({each.lower(): told for each in (name, entity_id) if each})
    known = {each: told for each, told in {**words, **whole}.items() if each.startswith(first)}
    near = get_close_matches(text.lower(), list(known), n=1, cutoff=_NEAR)
    return f" Did you mean {known[near[0]]}?" if near else ""
