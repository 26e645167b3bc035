"""What a job title says: seniority and department, read by tables of phrases in five languages."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from abm.identity.lexicon import DEPARTMENTS, SENIORITY_RANK, Lexicon, Reading, fold, lexicon, words

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["DEPARTMENTS", "SENIORITY_RANK", "Title", "read_title", "read_titles"]

# Nobody's title is longer; whatever is pasted into the field beyond it is not read.
MAX_CHARACTERS = 400
MAX_WORDS = 48
SHORTEST_COMPOUND = 7

# "(m/w/d)", "H/F", "w/m/x": whom an advert addresses.
_GENDERS = re.compile(r"\(?\b(?:gn|[mwfdhxi](?:\s?[/|]\s?[mwfdhx]){1,3})\b\)?|\(all genders\)")
# "leiter:in", "leiter/-in", "directeur·rice", "charge(e)", "director/a": the stem is kept.
_INCLUSIVE = re.compile(
    r"(?<=[^\W\d_]{3})(?:\s?\(-?|[:*_·•‧∙.]|-|/-?)"
    r"(?:in|innen|r|e|es|ne|nes|le|rice|trice|ice|ere|iere|euse|se|eure|ve|a|o|as|os|ra|ora|or)\b\)?"
)


@dataclass(frozen=True, slots=True)
class Title:
    """What a title says; None is unreadable.

    Attributes:
        seniority: a key of `SENIORITY_RANK`.
        department: one of `DEPARTMENTS`.
    """

    seniority: str | None
    department: str | None


_UNREADABLE = Title(None, None)
_NOTHING = Reading()


def read_title(title: str | None) -> Title:
    """Read seniority and department out of a job title.

    The longest phrase wins and uses up its words, then the next longest. Of what they say
    - the seniority is that of a deciding word (an intern, an executive assistant) if there is one, else the highest;
      of equal ranks the first in `SENIORITY_RANK`. Junior and senior qualify individual work only ("Senior Manager" is
      a manager).
    - the department is the one that speaks most strongly (see `titles.toml`), of equals the first in the title.

    Case, accents, punctuation and inclusive forms do not matter. Only the first `MAX_CHARACTERS` are read. Never fails:
    what cannot be read, and None, is None.

    >>> read_title("Senior VP of Finance")
    Title(seniority='vp', department='finance')
    >>> read_title("Leiter:in Vertrieb (m/w/d)")
    Title(seniority='head', department='sales')
    >>> read_title("Executive Assistant to the CEO")
    Title(seniority='individual', department='other')
    >>> read_title("Rockstar")
    Title(seniority=None, department=None)
    """
    if not title:
        return _UNREADABLE
    folded = fold(title[:MAX_CHARACTERS])
    # Inclusive forms and adverts need one of these marks; most titles have none.
    if not folded.replace(" ", "").isalnum():
        folded = _INCLUSIVE.sub("", _GENDERS.sub(",", folded))
    readings = _read(words(folded.replace(" - ", " , "))[:MAX_WORDS], lexicon())
    return Title(_seniority(readings), _department(readings)) if readings else _UNREADABLE


def read_titles(titles: Iterable[str]) -> dict[str, Title]:
    """Read each distinct title once; keys are the titles as given, in order of first appearance.

    >>> read_titles(["CFO", "CFO"])
    {'CFO': Title(seniority='c_level', department='finance')}
    """
    return {title: read_title(title) for title in dict.fromkeys(titles)}


def _read(tokens: list[str], table: Lexicon) -> list[Reading]:
    """Return what the words between separators say, in order of the title."""
    readings: list[Reading] = []
    part: list[str] = []
    for word in [*tokens, ","]:
        if word.isalnum() or word == "@":
            part.append(word)
        elif word not in "-.":
            said = _read_part(part, table)
            if said and said[-1].cuts == "rest":
                return readings + said[:-1]
            readings += said[:-1] if said and said[-1].cuts else said
            part = []
    return readings


def _read_part(part: list[str], table: Lexicon) -> list[Reading]:
    """Read one part, up to the first phrase that cuts, which is the last of the result."""
    spans = _spans(part, table)
    cut = next((span for span in spans if table.phrases[span[2]].cuts), None)
    end = cut[0] if cut else len(part)
    whole = table.whole.get(" ".join(part[:end]))
    if whole:
        readings = [whole]
    else:
        at = {start: table.phrases[phrase] for start, _, phrase in spans if start < end}
        inside = {place for start, stop, _ in spans for place in range(start + 1, stop)}
        readings = [at.get(i) or _compound(part[i], table) for i in range(end) if i not in inside]
    return [*readings, table.phrases[cut[2]]] if cut else readings


def _spans(part: list[str], table: Lexicon) -> list[tuple[int, int, str]]:
    """Return known phrases as (start, stop, phrase) by start; longest first, each word is used once."""
    found = []
    for start, first in enumerate(part):
        for size in range(min(table.longest.get(first, 0), len(part) - start), 0, -1):
            phrase = " ".join(part[start : start + size]) if size > 1 else first
            if phrase in table.phrases:
                found.append((-size, start, phrase))
    if len(found) > 1:
        found.sort()
    spans: list[tuple[int, int, str]] = []
    used: set[int] = set()
    for size, start, phrase in found:
        span = range(start, start - size)
        if used.isdisjoint(span):
            used.update(span)
            spans.append((start, start - size, phrase))
    return sorted(spans)


def _compound(word: str, table: Lexicon) -> Reading:
    """Read a German compound by its longest known end; what stands before it may name the department."""
    if len(word) < SHORTEST_COMPOUND:
        return _NOTHING
    for cut in range(2, len(word) - 2):
        end = table.suffixes.get(word[cut:])
        if end:
            stem = word[:cut]
            field = table.phrases.get(stem) or table.phrases.get(stem.removesuffix("s")) or end
            return replace(end, department=field.department or end.department, force=max(field.force, end.force))
    return _NOTHING


def _seniority(readings: list[Reading]) -> str | None:
    said = [reading.seniority for reading in readings if reading.seniority]
    deciding = [reading.seniority for reading in readings if reading.seniority and reading.decides]
    if deciding:
        decided = min(deciding, key=SENIORITY_RANK.__getitem__)
        if decided != "individual":
            return decided
        said = [rank for rank in said if SENIORITY_RANK[rank] <= SENIORITY_RANK["senior"]]
    if not said:
        return None
    highest = min(said, key=_best_first)
    return "junior" if highest == "individual" and "junior" in said else highest


_BEST_FIRST = {name: (-rank, place) for place, (name, rank) in enumerate(SENIORITY_RANK.items())}
_best_first = _BEST_FIRST.__getitem__


def _department(readings: list[Reading]) -> str | None:
    named = [reading for reading in readings if reading.department]
    return max(named, key=lambda reading: reading.force).department if named else None
