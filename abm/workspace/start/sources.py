"""What the files of a folder mean becomes the sources of tables: grouped, joined, doubts apart."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from abm.sources.presets.header import fits
from abm.sources.presets.library import find_shape
from abm.tables.contracts import CONTRACTS, Kind
from abm.workspace.start.links import Links, column_of
from abm.workspace.start.meaning import name_weight, told_by
from abm.workspace.start.patterns import written
from abm.workspace.start.queries import bridged, is_one_of, mail_domains
from abm.workspace.start.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from abm.sources.presets.schema import Preset, Shape, WithFile
    from abm.workspace.start.kinds import Guess
    from abm.workspace.start.links import Bridge
    from abm.workspace.start.meaning import Meaning
    from abm.workspace.start.sample import Sample

_PERSON = ("contact_id", "email", "account_id")
_OF_PEOPLE = frozenset({"events", "lead_stages", "opportunity_contacts"})
_HISTORY = "history"
_WON = frozenset({"won", "closed won", "closed_won", "closedwon"})
_LOST = frozenset({"lost", "closed lost", "closed_lost", "closedlost"})
_QUERYABLE = frozenset({".csv", ".parquet"})
_NO_LIST = (
    "no list of companies was found; this would make an account of every mail domain, those of consumer mailboxes too"
)
_OLDER = "a history holds older versions of the same rows"


@dataclass(frozen=True)
class Found:
    """What a folder holds.

    Attributes:
        meanings: a file each (of a workbook, a sheet each), in the order of their names.
        sources: what they become, by table in the order of the contracts.
        helpers: files that other files' shapes use, and for which.
    """

    meanings: tuple[Meaning, ...]
    sources: tuple[Source, ...]
    helpers: Mapping[str, str]


def sources(meanings: Sequence[Meaning], folder: Path, presets: Mapping[str, Preset], files: Sequence[str]) -> Found:
    """Make sources of meanings.

    Args:
        meanings: what each file is.
        folder: where they lie.
        presets: the pages there are.
        files: all data files of the folder, so that a pattern means no other.
    """
    helpers: dict[str, str] = {}
    made: list[Source] = []
    links = Links(meanings, folder)
    settled = [_joined(meaning, links) for meaning in meanings]
    bridges = {meaning: bridge for meaning, bridge in settled if bridge is not None}
    for group in _groups([meaning for meaning, _ in settled]):
        first = group[0]
        names = tuple(each.sample.file for each in group)
        bridge = bridges.get(first) if len(group) == 1 else None
        if bridge is not None:
            helpers.setdefault(bridge.file, first.sample.label)
        if first.rivals:
            made += _candidates(first, names, files, presets)
        elif first.shape is not None:
            made += _of_shape(first, names, files, meanings, helpers)
        elif first.guess is not None:
            made.append(_of_guess(first, names, files, bridge))
    order = {table: place for place, table in enumerate(CONTRACTS)}
    made = _only_needed(made)
    if not any(source.table == "accounts" for source in made):
        made += _of_mail_domains(meanings)
    return Found(tuple(meaning for meaning, _ in settled), tuple(sorted(made, key=lambda s: order[s.table])), helpers)


def _groups(meanings: Sequence[Meaning]) -> list[list[Meaning]]:
    """Files of one shape and with the same columns, together."""
    groups: dict[object, list[Meaning]] = defaultdict(list)
    for meaning in meanings:
        if meaning.passed is None:
            columns = tuple(sorted(meaning.guess.columns.items())) if meaning.guess else ()
            history = _HISTORY in meaning.sample.stem
            one = (
                meaning.label,
                frozenset(meaning.sample.header),
                meaning.sample.sheet,
                columns,
                meaning.rivals,
                history,
            )
            groups[one].append(meaning)
    return list(groups.values())


def _of_shape(
    first: Meaning, names: Sequence[str], files: Sequence[str], meanings: Sequence[Meaning], helpers: dict[str, str]
) -> Iterator[Source]:
    shape = first.shape
    assert shape is not None
    with_, lacking, remarks = _with(shape, first.sample, meanings)
    off = f"it needs {lacking}" if lacking else None
    if _is_history(first):
        off = _OLDER
    for table in shape.tables:
        used = {name: file for name, file in with_.items() if _uses(shape, table, name)}
        for name in used.values():
            helpers.setdefault(name, shape.reference)
        yield Source(
            table,
            tuple(names),
            written(names, files),
            preset=shape.reference,
            sheet=first.sample.sheet,
            options={} if first.sample.named else {"header": "false"},
            with_=used,
            remarks=tuple(remark for name, remark in remarks if _uses(shape, table, name)),
            hints=_date_hints(first.sample, first.sample.header),
            off=off,
        )


def _uses(shape: Shape, table: str, name: str) -> bool:
    """Whether the SQL by which a table is made names another file."""
    rule = shape.tables[table]
    texts = [rule.sql, rule.keep, *(column.sql for column in rule.columns.values()), *shape.drop.values()]
    return any(re.search(rf"\b{name}\b", text) for text in texts if text)


def _of_guess(first: Meaning, names: Sequence[str], files: Sequence[str], bridge: Bridge | None) -> Source:
    guess, sample = first.guess, first.sample
    assert guess is not None
    days = [source for column, source in guess.columns.items() if CONTRACTS[guess.table].columns[column] is Kind.DATE]
    if bridge is not None:
        told = f"{bridge.target} is found through {bridge.file}, by {bridge.own}"
        return Source(guess.table, tuple(names), sql=bridged(sample, guess.columns, bridge), remarks=(told,))
    return Source(
        guess.table,
        tuple(names),
        written(names, files),
        columns={column: source for column, source in guess.columns.items() if column != source},
        constants=guess.constants,
        expressions=_verdicts(guess, sample),
        sheet=sample.sheet,
        hints=_date_hints(sample, days),
        off=_OLDER if _is_history(first) else guess.doubt,
    )


def _verdicts(guess: Guess, sample: Sample) -> dict[str, str]:
    """Whether a deal is closed and won, by what its stage is called, if no column says it."""
    stage = guess.columns.get("stage")
    if (
        guess.table != "opportunities"
        or stage is None
        or not _WON & {each.lower() for each in sample.values(stage).given}
    ):
        return {}
    ways = {"is_closed": sorted(_WON | _LOST), "is_won": sorted(_WON)}
    return {column: is_one_of(stage, words) for column, words in ways.items() if column not in guess.columns}


def _of_mail_domains(meanings: Sequence[Meaning]) -> Iterator[Source]:
    """Where no list of companies is given, the mail domains of people could be one: proposed, not done."""
    for meaning in meanings:
        mail = column_of(meaning, "contacts", "email") if meaning.sample.named and not meaning.sample.sheet else None
        if mail is not None and PurePosixPath(meaning.sample.file).suffix in _QUERYABLE:
            file = meaning.sample.file
            yield Source("accounts", (file,), sql=mail_domains(file, mail), off=_NO_LIST)
            return


def _candidates(
    first: Meaning, names: Sequence[str], files: Sequence[str], presets: Mapping[str, Preset]
) -> Iterator[Source]:
    """Every table that the file could be, none of which counts until a person has chosen."""
    others = " or ".join((first.label, *first.rivals))
    for label in (first.label, *first.rivals):
        tables = tuple(find_shape(label, presets).tables) if first.shape is not None else (label,)
        own = first.guess.columns if first.guess is not None and first.guess.table == label else {}
        for table in tables:
            yield Source(
                table,
                tuple(names),
                written(names, files),
                preset=label if first.shape is not None else None,
                columns={column: source for column, source in own.items() if column != source},
                sheet=first.sample.sheet,
                options={} if first.sample.named else {"header": "false"},
                off=f"it may be {others}: keep one",
            )


def _only_needed(made: list[Source]) -> list[Source]:
    """Companies that an intent vendor names are accounts only where no list of accounts is given."""
    of_intent = {source.preset for source in made if source.table == "intent" and source.preset}
    theirs = [s for s in made if s.table == "accounts" and s.off is None and s.preset in of_intent]
    lists = [s for s in made if s.table == "accounts" and s.off is None and s.preset not in of_intent]
    if not theirs:
        return made
    if lists:
        why = "every company that the vendor names would become an account, and you have a list of your own"
        return [replace(source, off=why) if source in theirs else source for source in made]
    if len(theirs) == 1:
        return made
    # The files of one vendor name the same companies: each is one account, and no mistake.
    once = {"dedupe": "[account_id]"}
    return [replace(source, options={**source.options, **once}) if source in theirs else source for source in made]


def _with(
    shape: Shape, sample: Sample, meanings: Sequence[Meaning]
) -> tuple[dict[str, str], str | None, list[tuple[str, str]]]:
    """The files that a shape uses: which there are, which it cannot do without, and what was chosen among several."""
    found: dict[str, str] = {}
    remarks: list[tuple[str, str]] = []
    lacking: str | None = None
    for name, wanted in shape.with_.items():
        able = _able(wanted, sample, meanings)
        if able:
            found[name] = able[0]
            if len(able) > 1:
                remarks.append((name, f"{name}: {able[0]} was taken; {', '.join(able[1:])} could be it too"))
        elif wanted.required:
            lacking = lacking or f"a file '{name}'{f' ({wanted.about})' if wanted.about else ''}"
        else:
            about = f": {wanted.about}" if wanted.about else ""
            remarks.append((name, f"Would say more with: {{{name}: FILE}}, which is not here{about}"))
    return found, lacking, remarks


def _able(wanted: WithFile, sample: Sample, meanings: Sequence[Meaning]) -> list[str]:
    """Files that may stand for a file of `with`, the likeliest first."""
    here = PurePosixPath(sample.file).parent
    others = [meaning.sample for meaning in meanings if meaning.sample.label != sample.label]
    able = [
        other
        for other in others
        if (fits(wanted, other.header) if wanted.header else name_weight(wanted.files, other.file) > 0)
    ]
    weighed = [
        (
            -name_weight(wanted.files, other.file),
            PurePosixPath(other.file).parent != here,
            len(other.header),
            other.file,
        )
        for other in able
    ]
    weighed.sort()
    return [file for weight, apart, _, file in weighed if (weight, apart) == weighed[0][:2]]


def _is_history(meaning: Meaning) -> bool:
    return _HISTORY in meaning.sample.stem and _HISTORY not in meaning.label and "lead_stages" not in meaning.tables


def _joined(meaning: Meaning, links: Links) -> tuple[Meaning, Bridge | None]:
    """Find the third file by which the people or accounts of a file are known, where it does not name them itself."""
    if meaning.rivals or meaning.shape is not None or meaning.sample.sheet is not None:
        return meaning, None
    if meaning.guess is not None:
        bridge = _for_strangers(meaning, meaning.guess, links)
        return _through(meaning, meaning.guess, bridge)
    if meaning.near is not None:
        return _through(meaning, meaning.near, _for_nobody(meaning, meaning.near, links))
    return meaning, None


def _for_strangers(meaning: Meaning, guess: Guess, links: Links) -> Bridge | None:
    """A file names people or accounts by ids that no list of them has."""
    sample = meaning.sample
    if guess.table in _OF_PEOPLE:
        own = guess.columns.get("contact_id")
        if own is not None and links.misses(sample, own, "contacts", "contact_id"):
            return links.bridge(meaning, guess.table, _PERSON if guess.table == "events" else _PERSON[:1])
    if guess.table == "opportunities" and links.misses(sample, guess.columns["account_id"], "accounts", "account_id"):
        return links.by_name(sample, guess.columns["account_id"])
    return None


def _for_nobody(meaning: Meaning, near: Guess, links: Links) -> Bridge | None:
    """A file that lacks nothing but whose it is."""
    lacks = near.lacks[0]
    if near.table == "opportunities" and lacks == "account_id":
        return links.bridge(meaning, near.table, ["account_id"])
    if near.table == "events" and "contact_id or email" in lacks:
        return links.bridge(meaning, near.table, _PERSON)
    return None


def _through(meaning: Meaning, guess: Guess, bridge: Bridge | None) -> tuple[Meaning, Bridge | None]:
    if bridge is None:
        return meaning, None
    columns = {column: source for column, source in guess.columns.items() if column != "contact_id"}
    whole = replace(guess, columns=columns, lacks=())
    evidence = f"{bridge.target} through {bridge.file}, {told_by(whole)}"
    return replace(meaning, guess=whole, passed=None, advice="", evidence=evidence), bridge


def _date_hints(sample: Sample, columns: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Days of which nobody can tell the order are a question to the person."""
    unsure = [column for column in columns if sample.values(column).order_unknown]
    if not unsure:
        return ()
    example = next(each for each in sample.values(unsure[0]).given)
    return (("dates: day_first", f"how is {example} in {unsure[0]} meant? day_first, or month_first"),)
