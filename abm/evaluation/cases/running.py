"""Trying cases: each value that a case speaks of held against the result, and what made it where they differ."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from abm.errors import CaseError
from abm.evaluation.cases.batches import ScoredCase, scored
from abm.evaluation.cases.expected import shown
from abm.evaluation.cases.finding import case_files
from abm.evaluation.cases.loader import LoadedCases, load_cases
from abm.evaluation.cases.names import point_key, rows_wanted, values_wanted
from abm.evaluation.cases.report import CaseOutcome, CaseReport, Difference, Line, TriedModel
from abm.evaluation.cases.schema import ABSENT, RESULTS
from abm.model.fields import topic_key
from abm.model.units import MICRO
from abm.workspace.bundled import model_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from abm.evaluation.cases.schema import Wanted
    from abm.model.places import Path as Keys

FilePath = str | Path

_LINES_OF: dict[str, dict[str, str | None]] = {
    "leads": {
        "score": None,
        "engagement": "engagement",
        "person_fit": "fit",
        "account_fit": "fit",
        "fit_points": "fit",
        "grade": None,
        "status": None,
        "is_mql": None,
        "reasons": None,
    },
    "accounts": {
        "score": None,
        "fit": "fit",
        "leads": "leads",
        "engagement": "engagement",
        "engagement_points": "engagement",
        "coverage": "coverage",
        "intent": "intent",
        "is_mqa": None,
        "reasons": None,
        "stage": None,
        "rank": None,
    },
}
"""The component whose lines made a column; None is all of them. Other columns are not made of points."""

_VERDICTS = ("status", "is_mql", "is_mqa", "stage", "rank")
_NOUNS = {"leads": "lead", "accounts": "account", "groups": "group", "families": "family"}


def run_cases(
    paths: FilePath | Sequence[FilePath] = ".",
    *,
    model: FilePath | None = None,
    named: str | None = None,
    progress: Callable[[str], None] = lambda _step: None,
) -> CaseReport:
    """Try agreed cases.

    Args:
        paths: files of cases, models (with a `NAME.test.yaml` beside them; shipped ones by name) or folders (every
            `*.test.yaml` in them).
        model: another model to try the cases on, a file or the name of a shipped one.
        named: only cases in whose name this text occurs; capitals do not matter.
        progress: called with the name of each step as it begins.

    Returns:
        What came of them, in the order of the files and of the cases in them. Facts go through `abm.score` and nothing
        else; values are compared as whole millionths.

    Raises:
        CaseError: there are no cases, or a file of them says something it must not.
        ModelError, WorkspaceError: a model cannot be used, or is not there.

    >>> run_cases("pardot").holds
    True
    """
    given = [paths] if isinstance(paths, (str, Path)) else paths
    files = case_files([Path(path) for path in given])
    progress("reading")
    other = None if model is None else model_file(model)
    loaded = [load_cases(file, other) for file in files]
    outcomes = [outcome for each in loaded for outcome in _tried(each, named, progress)]
    known = sum(len(each.cases) for each in loaded)
    if not outcomes:
        there = "1 case is" if known == 1 else f"{known:,} cases are"
        raise CaseError(f"no case is named like '{named}'. {there} there; leave the text out to try them all.")
    return CaseReport(tuple(map(_model, loaded)), tuple(outcomes), known - len(outcomes))


def _model(loaded: LoadedCases) -> TriedModel:
    model = loaded.model
    return TriedModel(loaded.places.file, str(loaded.model_path), model.name, model.version, model.content_hash)


def _tried(loaded: LoadedCases, named: str | None, progress: Callable[[str], None]) -> list[CaseOutcome]:
    cases = [each for each in loaded.cases if named is None or named.lower() in each.case.name.lower()]
    outcomes = {each.case.path: _outcome(loaded, each) for each in scored(loaded, cases, progress)}
    return [outcomes[each.path] for each in cases]


def _outcome(loaded: LoadedCases, scored_case: ScoredCase) -> CaseOutcome:
    case = scored_case.case
    found = [
        check
        for table, keys, wanted, path in rows_wanted(case.case.expect, (*case.path, "expect"))
        for check in _checks(_Tried(loaded, scored_case, table, keys), wanted, path)
    ]
    differences = tuple(each for each in found if each is not None)
    return CaseOutcome(case.case.name, loaded.places.file, loaded.places.line(case.path), len(found), differences)


@dataclass(frozen=True)
class _Tried:
    """A row that a case speaks of."""

    loaded: LoadedCases
    scored: ScoredCase
    table: str
    keys: tuple[str, ...]

    @cached_property
    def row(self) -> dict[str, Any] | None:
        """The row of the result, or None where there is none."""
        columns = zip(RESULTS[self.table], self.keys, strict=True)
        wanted = [pl.col(column) == (topic_key(key) if column == "topic" else key) for column, key in columns]
        rows = self.scored.table(self.table).filter(*wanted).to_dicts()
        return rows[0] if rows else None

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """The contribution lines of the row."""
        columns = ("component", "item", "points", "count", "last_day", "note")
        return tuple(Line(*line) for line in self.scored.lines(self.table, self.keys).select(columns).iter_rows())

    @property
    def words(self) -> str:
        """The row in words: `lead 'Frida'`."""
        said = " ".join(f"'{key}'" for key in self.keys)
        return f"{_NOUNS.get(self.table, self.table)} {said}"


def _checks(tried: _Tried, wanted: Wanted | None, path: Keys) -> Iterator[Difference | None]:
    """One entry per value that is looked at: None where it is as expected."""
    places, row = tried.loaded.places, tried.row
    if wanted is None or row is None:
        there = "no such row" if row is None else "there is one"
        said = Difference(places.line(path), tried.words, ABSENT if wanted is None else "a row", there)
        yield None if wanted is None and row is None else said
        return
    for name, is_points, value, here in values_wanted(wanted, path):
        lines = _lines_called(tried.lines, name) if is_points else ()
        actual = sum(line.points for line in lines) / MICRO if is_points else row[name]
        if value.holds(actual, tried.loaded.file.as_of):
            yield None
            continue
        what = f"{tried.words}: {'points of ' if is_points else ''}{name}"
        made = (lines or tried.lines) if is_points else _lines_behind(tried, name)
        because = _because(row) if not is_points and name in _VERDICTS else None
        yield Difference(places.line(here), what, value.words, shown(actual), because, tuple(made))


def _lines_called(lines: tuple[Line, ...], name: str) -> tuple[Line, ...]:
    """The lines of a component, else those of an item."""
    key = point_key(name)
    of_component = tuple(line for line in lines if line.component == key)
    return of_component or tuple(line for line in lines if point_key(line.item) == key)


def _lines_behind(tried: _Tried, column: str) -> tuple[Line, ...]:
    made_of = _LINES_OF.get("leads" if tried.table == "leads" else "accounts", {})
    if column not in made_of or tried.table not in ("leads", "accounts", "groups"):
        return ()
    component = made_of[column]
    return tuple(line for line in tried.lines if component in (None, line.component))


def _because(row: dict[str, Any]) -> str:
    """What a verdict rests on."""
    reasons = shown(row.get("reasons") or [])
    return f"reasons: {reasons}; score {shown(row.get('score'))}, threshold {shown(row.get('threshold'))}"
