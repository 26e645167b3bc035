"""What each file is: a result of abm, a shape of a preset, a table by its names, or by what its columns hold."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from abm.sources.presets.header import fits, plain_name
from abm.workspace.start.kinds import Guess, guesses
from abm.workspace.start.words import column_words, is_possible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from abm.sources.presets.schema import Preset, Shape
    from abm.workspace.start.sample import Sample

_RESULTS = ({"accountid", "ismqa"}, {"contactid", "ismql"}, {"entityid", "rawpoints"}, {"accountid", "filledengaged"})
_STAFF = ({"username", "profileid"}, {"ownerid", "activeuserid"}, {"developername", "parentroleid"})
_CLOSE = 1.0
_FILE_NAME, _OTHER_NAME = 3.0, -2.0
_SHOWN = 12
_LONGEST = 40


@dataclass(frozen=True, eq=False)
class Meaning:
    """What a file is, and how one knows.

    Attributes:
        sample: its beginning.
        evidence: how one knows, for a person.
        shape: the shape of a preset, or None.
        guess: the table by its columns, or None.
        rivals: what else it could be, as references of shapes or names of tables; then a person must choose.
        passed: why it is left out, or None.
        advice: what a person can do about a file that is left out.
        near: the table that it nearly is, if something is lacking.
    """

    sample: Sample
    evidence: str = ""
    shape: Shape | None = None
    guess: Guess | None = None
    rivals: tuple[str, ...] = ()
    passed: str | None = None
    advice: str = ""
    near: Guess | None = None

    @property
    def tables(self) -> tuple[str, ...]:
        """The canonical tables that come of it."""
        if self.shape is not None:
            return tuple(self.shape.tables)
        return (self.guess.table,) if self.guess is not None else ()

    @property
    def label(self) -> str:
        """What to call it in a word or two."""
        if self.shape is not None:
            return self.shape.reference
        return self.guess.table if self.guess is not None else ""


def meaning(sample: Sample, presets: Mapping[str, Preset]) -> Meaning:
    """Say what a file is.

    Asked in turn: is it a result of abm, or a list of own staff; is it named as a table and has what that needs; does
    it fit a shape of a preset; could it be a table by its columns.
    """
    names = set(sample.plain)
    if any(names >= result for result in _RESULTS):
        return Meaning(sample, passed="a result of abm", advice="Results are written to a folder of their own.")
    if any(names >= staff for staff in _STAFF):
        return Meaning(sample, passed="people who use the CRM, not buyers", advice="Nothing to do.")
    if not sample.named:
        return _nameless(sample, presets)
    guessed = guesses(sample)
    by_name = guessed.best is not None and guessed.best.exact
    fitting = [] if by_name else _fitting(sample, presets)
    if fitting:
        return _of_shape(sample, fitting)
    if guessed.best is not None:
        return _guessed(sample, guessed.best, [rival.table for rival in guessed.rivals])
    return _unknown(sample, guessed.near)


def _guessed(sample: Sample, guess: Guess, rivals: Iterable[str]) -> Meaning:
    return Meaning(sample, told_by(guess), guess=guess, rivals=() if guess.exact else tuple(rivals))


def told_by(guess: Guess) -> str:
    """Say by which columns a file is known."""
    told = [f"{column} = {_short(source)}" for column, source in guess.columns.items() if column != source]
    own = [column for column, source in guess.columns.items() if column == source]
    if not told:
        return "abm's own column names"
    return _listed([*told, *own])


def _unknown(sample: Sample, near: Guess | None) -> Meaning:
    columns = f"columns {_listed(map(_short, sample.header))}"
    if near is None:
        return Meaning(
            sample,
            evidence=columns,
            passed="no table that abm reads, as far as its columns tell",
            advice="If it is one, name it under tables: and map its columns.",
        )
    return Meaning(
        sample,
        evidence=columns,
        near=near,
        passed=f"nearly {near.table}, but it lacks {' and '.join(near.lacks)}",
        advice=f"Add {' and '.join(near.lacks)} to the export, or map columns of {near.table} by hand.",
    )


def _of_shape(sample: Sample, fitting: list[tuple[float, Shape]]) -> Meaning:
    best, shape = fitting[0]
    rivals = tuple(other.reference for weight, other in fitting[1:] if best - weight < _CLOSE)
    return Meaning(sample, f"header of {shape.title}: {_listed(_found(shape, sample))}", shape=shape, rivals=rivals)


def _found(shape: Shape, sample: Sample) -> list[str]:
    plain = sample.plain
    alike = [[plain[plain_name(name)] for name in names if plain_name(name) in plain] for names in shape.header]
    return [_short(names[0]) for names in alike if names]


def _fitting(sample: Sample, presets: Mapping[str, Preset]) -> list[tuple[float, Shape]]:
    """Shapes whose header the file has, the most telling first."""
    shapes = [shape for page in presets.values() for shape in page.shapes.values() if fits(shape, sample.header)]
    weighed = [(_weight(shape, sample), shape) for shape in shapes]
    return sorted(weighed, key=lambda each: (-each[0], each[1].reference))


def _weight(shape: Shape, sample: Sample) -> float:
    wanted = {name for rule in shape.tables.values() for column in rule.columns.values() for name in column.from_}
    there = sum(plain_name(name) in sample.plain for name in wanted)
    return 2 * len(shape.header) + there + name_weight(shape.files, sample.file)


def name_weight(pattern: str | None, file: str) -> float:
    """Return what the name of a file says for or against a pattern; nothing, where there is no pattern."""
    if pattern is None:
        return 0
    return _FILE_NAME if fnmatch(PurePosixPath(file).name.lower(), pattern.lower()) else _OTHER_NAME


def _nameless(sample: Sample, presets: Mapping[str, Preset]) -> Meaning:
    """A file without header is known by the number of its columns, what they hold, and its name."""
    width = len(sample.header)
    shapes = [
        shape for page in presets.values() for shape in page.shapes.values() if len(shape.names) == width and width
    ]
    weighed = [(_fitting_content(shape, sample), shape) for shape in shapes]
    whole = [(weight + name_weight(shape.files, sample.file), shape) for weight, shape in weighed if weight > 0]
    whole.sort(key=lambda each: (-each[0], each[1].reference))
    if not whole:
        return Meaning(
            sample,
            evidence=f"{width} columns without names",
            passed="no header, and no known file without header looks like it",
            advice="Name its columns: header: false, names: [...] under its table.",
        )
    best, shape = whole[0]
    rivals = tuple(other.reference for weight, other in whole[1:] if best - weight < _CLOSE)
    named = name_weight(shape.files, sample.file) > 0
    said = f"no header, but {width} columns that hold what {shape.title} holds{', and its name' if named else ''}"
    return Meaning(sample, said, shape=shape, rivals=rivals)


def _fitting_content(shape: Shape, sample: Sample) -> float:
    """How many columns hold what their names promise; 0 if one of them does not."""
    confirmed = 0
    for name, column in zip(shape.names, sample.header, strict=True):
        values = sample.values(column)
        for table, columns in column_words().items():
            telling = next((each for each, words in columns.items() if plain_name(name) in words), None)
            if telling is None or table not in shape.tables or not values.given:
                continue
            if telling in {"domain", "email", "score"} and not is_possible(table, telling, values):
                return 0
            confirmed += telling in {"domain", "email", "score", "observed_on"}
            break
    return float(confirmed)


def _listed(names: Iterable[str]) -> str:
    every = list(names)
    more = f" and {len(every) - _SHOWN} more" if len(every) > _SHOWN else ""
    return ", ".join(every[:_SHOWN]) + more


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[:_LONGEST]}..."
