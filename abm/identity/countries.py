"""Which country a word means: `US`, `USA`, `United States` and `Vereinigte Staaten` are one."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache
from importlib.resources import files

__all__ = ["country_code", "country_words", "known_countries"]


@cache
def country_words() -> dict[str, str]:
    """Return folded word -> ISO 3166-1 alpha-2 code, of names, alpha-2 and alpha-3 codes in several languages."""
    table = tomllib.loads(files("abm.identity").joinpath("countries.toml").read_text(encoding="utf-8"))
    words = {code.lower(): code for code in table}
    return words | {_folded(word): code for code, names in table.items() for word in names.split("|")}


@cache
def known_countries() -> frozenset[str]:
    """Return the codes that `country_code` may give for a country that it knows."""
    return frozenset(country_words().values())


def country_code(text: str | None) -> str | None:
    """Return the ISO code of a country, else the folded text itself; None when nothing is left.

    >>> [country_code(text) for text in ("U.S.A.", "Deutschland", "fr", "Côte d'Ivoire", "Atlantis", " ", "N/A")]
    ['US', 'DE', 'FR', 'CI', 'atlantis', None, None]
    """
    folded = _folded(text or "")
    if folded in {"", "n a", "none", "null", "unknown", "other", "not specified"}:
        return None
    return country_words().get(folded) or country_words().get(folded.replace(" ", "")) or folded


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter)).replace("ø", "o").replace("ł", "l")
    plain = plain.replace("&", " and ").replace("'", "").replace("\u2019", "").replace(".", "")
    return " ".join(re.findall(r"[^\W_]+", plain))
