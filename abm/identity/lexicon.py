"""The words of `titles.toml`, spelled out into tables that `titles` looks phrases up in."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import product
from typing import TYPE_CHECKING, Literal

from abm.errors import InternalError

if TYPE_CHECKING:
    from collections.abc import Iterator

LANGUAGES = ("en", "de", "fr", "es", "pt")

SENIORITY_RANK: dict[str, int] = {
    "owner": 9,
    "c_level": 9,
    "vp": 8,
    "head": 7,
    "director": 7,
    "manager": 6,
    "lead": 5,
    "senior": 4,
    "individual": 3,
    "junior": 2,
    "intern": 1,
}

DEPARTMENTS: tuple[str, ...] = (
    "executive",
    "finance",
    "it",
    "security",
    "engineering",
    "data",
    "product",
    "operations",
    "marketing",
    "sales",
    "support",
    "hr",
    "legal",
    "procurement",
    "research",
    "other",
)

# How strongly a word speaks for its department, by the mark after it.
_FORCE = {"?": 0, "~": 1, "": 2, "!": 3}

_WORD = re.compile(r"[^\W_]+|@|[^\w\s'\u2019]")
_DOTTED = re.compile(r"\b(?:[^\W\d_]\.)+[^\W\d_]\b\.?")
_PLAIN = re.compile(r"[a-z0-9]+(?: [a-z0-9]+)*")
"""Words that have no other spelling: most of the file."""
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


@dataclass(frozen=True, slots=True)
class Reading:
    """What one phrase says.

    Attributes:
        seniority: a key of `SENIORITY_RANK`, or None.
        department: one of `DEPARTMENTS`, or None.
        decides: this seniority overrides every other.
        force: how strongly it speaks for the department, 0 (only if there is no other) to 3.
        cuts: what comes after is not about the person, up to the next separator (`part`) or the end (`rest`).
    """

    seniority: str | None = None
    department: str | None = None
    decides: bool = False
    force: int = 0
    cuts: Literal["part", "rest"] | None = None


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Lookup tables; phrases are `fold`ed words joined by one space.

    Attributes:
        phrases: phrase -> reading.
        longest: first word -> number of words of the longest phrase that starts with it.
        whole: phrase -> reading, for a title (or a part between separators) that says nothing but this.
        suffixes: end of a compound -> reading.
    """

    phrases: dict[str, Reading]
    longest: dict[str, int]
    whole: dict[str, Reading]
    suffixes: dict[str, Reading]


def fold(text: str) -> str:
    """Fold case, accents, dotted acronyms and `&` away.

    >>> fold("Geschäftsführer, V.P. R&D")
    'geschaftsfuhrer, vp r and d'
    """
    lowered = text.casefold()
    if not lowered.isascii():
        decomposed = unicodedata.normalize("NFKD", lowered)
        lowered = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    if "." in lowered:
        lowered = _DOTTED.sub(lambda found: found[0].replace(".", ""), lowered)
    if "&" in lowered or "+" in lowered:
        lowered = lowered.replace("&", " and ").replace("+", " and ")
    return lowered


def words(folded: str) -> list[str]:
    """Split folded text into words and single marks (`,`, `/`, ...).

    >>> words("co-founder, l'equipe")
    ['co', '-', 'founder', ',', 'l', 'equipe']
    """
    return _WORD.findall(folded)


@cache
def lexicon() -> Lexicon:
    """Read the shipped `titles.toml`, once.

    Raises:
        InternalError: a key that is no reading, or a phrase that has two.
    """
    tables = tomllib.loads(files("abm.identity").joinpath("titles.toml").read_text(encoding="utf-8"))
    phrases = _read_tables([tables[language] for language in LANGUAGES])
    phrases |= dict.fromkeys(_spell_all(tables["cuts"]["until_separator"]), Reading(cuts="part"))
    phrases |= dict.fromkeys(_spell_all(tables["cuts"]["rest"]), Reading(cuts="rest"))
    longest: dict[str, int] = {}
    for phrase in phrases:
        first, *others = phrase.split(" ")
        longest[first] = max(longest.get(first, 1), len(others) + 1)
    return Lexicon(phrases, longest, _read_tables([tables["whole"]]), _read_tables([tables["suffixes"]]))


def _read_tables(tables: list[dict[str, list[str]]]) -> dict[str, Reading]:
    read: dict[str, Reading] = {}
    for table in tables:
        for key, entries in table.items():
            reading = _reading(key)
            for phrase in _spell_all(entries):
                if read.setdefault(phrase, reading) != reading:
                    raise InternalError(f"titles.toml: '{phrase}' is read as {read[phrase]} and as {reading}.")
    return read


def _reading(key: str) -> Reading:
    seniority, _, department = key.partition(" ")
    decides = seniority.endswith("!")
    rank = seniority.removesuffix("!")
    mark = department[-1] if department[-1:] in set("!~?") else ""
    name = department.removesuffix(mark)
    if (rank != "-" and rank not in SENIORITY_RANK) or (name != "-" and name not in DEPARTMENTS):
        raise InternalError(f"titles.toml: '{key}' is not 'seniority department'.")
    return Reading(None if rank == "-" else rank, None if name == "-" else name, decides, _FORCE[mark])


def _spell_all(entries: list[str]) -> frozenset[str]:
    return frozenset(phrase for entry in entries for phrase in _spellings(entry))


def _spellings(entry: str) -> Iterator[str]:
    """Yield every folded form of an entry; an umlaut also counts as typed on a foreign keyboard (`ae`, `oe`, `ue`)."""
    if _PLAIN.fullmatch(entry):
        yield entry
        return
    for choice in product(*map(_alternatives, entry.split())):
        phrase = " ".join(choice)
        for form in {phrase, phrase.translate(_UMLAUTS)}:
            yield " ".join(words(fold(form)))


def _alternatives(word: str) -> list[str]:
    forms = []
    for form in word.split("|"):
        stem, bracket, ending = form.partition("(")
        forms += [stem, stem + ending.removesuffix(")")] if bracket else [form]
    return forms
