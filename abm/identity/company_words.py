"""The words of `companies.toml`: legal forms, spellings, and which words tell one firm from another."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from cleanco.clean import prepare_default_terms

__all__ = ["CompanyWords", "company_words"]


@dataclass(frozen=True, slots=True)
class CompanyWords:
    """Word lists, folded and sorted (legal forms: longest first).

    Attributes:
        legal_after: legal forms that end a name, of many countries: cleanco's and ours, without those that are words.
        legal_before: legal forms that begin a name.
        legal_inside: legal forms in scripts without spaces, as written.
        links: words that say "and" wherever they stand.
        links_between: words that say "and" between two others.
        same: word -> the one spelling that stands for it.
        structural: how a firm is built (`group`), trade: what it does (`bank`), common: words of many names (`first`).
        placeholders: texts that stand where a name should.
        shared_sites: hosts where others publish their pages.
        own_labels: labels under which a firm puts its own sites (`investors.acme.com`).
    """

    legal_after: tuple[str, ...]
    legal_before: tuple[str, ...]
    legal_inside: tuple[str, ...]
    links: tuple[str, ...]
    links_between: tuple[str, ...]
    same: dict[str, str]
    structural: tuple[str, ...]
    trade: tuple[str, ...]
    common: tuple[str, ...]
    placeholders: tuple[str, ...]
    shared_sites: tuple[str, ...]
    own_labels: tuple[str, ...]


@cache
def company_words() -> CompanyWords:
    """Read the shipped `companies.toml` and cleanco's terms, once."""
    table = tomllib.loads(files("abm.identity").joinpath("companies.toml").read_text(encoding="utf-8"))
    legal, words = table["legal"], table["words"]
    shipped = {" ".join(parts).replace("&", "and").replace("/", " ") for _, parts in prepare_default_terms()}
    linked = set(_split(words["and"]))
    forms = (shipped | set(_split(legal["more"]))) - set(_split(legal["refused"]))
    # Names lose their "and" before their legal form.
    forms = {" ".join(word for word in form.split() if word not in linked) for form in forms}
    after = sorted((form for form in forms if form), key=lambda form: (-form.count(" "), -len(form), form))
    same = {word: group.split("|")[0] for group in words["same"] for word in group.split("|")[1:]}
    return CompanyWords(
        legal_after=tuple(after),
        legal_before=_sorted(legal["before"]),
        legal_inside=tuple(legal["inside"]),
        links=_sorted(words["and"]),
        links_between=_sorted(words["and_between"]),
        same=dict(sorted(same.items())),
        structural=_sorted(words["structural"]),
        trade=_sorted(words["trade"]),
        common=_sorted(words["common"]),
        placeholders=_sorted(table["names"]["placeholders"]),
        shared_sites=_sorted(table["sites"]["shared"]),
        own_labels=_sorted(table["sites"]["own"]),
    )


def _sorted(text: str) -> tuple[str, ...]:
    return tuple(sorted(set(_split(text))))


def _split(text: str) -> list[str]:
    return [word.strip() for word in text.split("|") if word.strip()]
