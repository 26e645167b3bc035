"""Cases that share a run: many scored at once, where that is the same as each by itself.

What an account scores depends on its own facts, the model and the day. Only what DESIGN 1 names looks across accounts:
who owns a mail domain, families, and how far back a source of counts reaches; and a table is given or not for a whole
run. So cases share a run when the same tables are given and no domain, address or company name is in two of them;
cases with counts of visits, with people who are matched by company name, merged or corrected, and all cases of a model
with a condition on an id, run alone. Within a run every id gets
the number of its case before it, which keeps cases apart and leaves a case's own ids in their order.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import polars as pl

from abm.errors import CaseError, InputError, ModelError
from abm.scoring.binding import conditions_of
from abm.scoring.score import score
from abm.sources.coerce import DTYPES
from abm.tables.contracts import CONTRACTS, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from abm.evaluation.cases.facts import Tables
    from abm.evaluation.cases.loader import LoadedCases, ReadyCase
    from abm.model import Model
    from abm.scoring.result import ScoreResult

_MARK = "\x1e"
"""Between the number of a case and an id; a character that no id of a case can hold."""

_IDS = (
    *("account_id", "contact_id", "opportunity_id", "event_id"),
    *("parent_account_id", "ultimate_parent_account_id", "converted_account_id"),
)
_KEYS = {"leads": "contact_id", "matches": "contact_id", "contributions": "entity_id"}
"""The column of a result that says whose row it is; of the others it is account_id."""

_COLUMNS_OF_CASES = (
    "Cases know the columns that their rows name: a column that the model reads must stand in one of them."
)

_SHARED_NAMES = ("name", "domain", "domains", "email")
"""Columns by which rows of one case could meet those of another."""


@dataclass(frozen=True)
class ScoredCase:
    """A case and the results of its accounts and people alone.

    Attributes:
        case: the case.
        result: the run it was part of.
        number: its number in that run, or None when it ran alone.
    """

    case: ReadyCase
    result: ScoreResult
    number: int | None = None

    @cached_property
    def _contributions(self) -> pl.DataFrame:
        lines: pl.DataFrame = self.result.contributions
        return self._own("contributions", lines)

    def lines(self, table: str, keys: tuple[str, ...]) -> pl.DataFrame:
        """The contribution lines with points of a lead, an account or a group; of what else has none, no lines."""
        if table == "groups":
            marked = keys[0] if self.number is None else f"{self.number}{_MARK}{keys[0]}"
            found = self._own("contributions", self.result.contributions_of("group", marked, keys[1]))
        else:
            level = {"leads": "lead", "accounts": "account"}.get(table)
            own = (pl.col("entity_id") == keys[0]) & (pl.col("level") == level)
            found = self._contributions.filter(own)
        return found.filter(pl.col("points").is_not_null())

    def table(self, name: str) -> pl.DataFrame:
        """A result table of the case: ids as the case wrote them, ranks among its own accounts."""
        frame = self._own(name, self.result.polars[name])
        if "rank" not in frame.columns or self.number is None:
            return frame
        return frame.with_columns(pl.col("rank").rank("ordinal").cast(pl.Int64))

    def _own(self, name: str, frame: pl.DataFrame) -> pl.DataFrame:
        if self.number is None:
            return frame
        own = frame.filter(pl.col(_KEYS.get(name, "account_id")).str.starts_with(f"{self.number}{_MARK}"))
        mark = rf"\d+{_MARK}"
        lists = pl.col(pl.List(pl.String)).list.eval(pl.element().str.replace_all(mark, ""))
        return own.with_columns(pl.col(pl.String).str.replace_all(mark, ""), lists)


def scored(loaded: LoadedCases, cases: Sequence[ReadyCase], progress: Callable[[str], None]) -> Iterator[ScoredCase]:
    """Score cases, together where that is the same; in no particular order.

    Args:
        loaded: the file they are from.
        cases: those to score.
        progress: told what is being done.

    Raises:
        ModelError: a condition of the model does not fit.
        CaseError: the facts of a case cannot be scored.
    """
    extra = _extra_columns(loaded)
    done = 0
    for batch in batches(cases, loaded.model):
        progress(f"{loaded.places.file}: case {done + 1} of {len(cases)}")
        yield from _scored(loaded, batch, extra)
        done += len(batch)


def batches(cases: Sequence[ReadyCase], model: Model) -> list[list[ReadyCase]]:
    """Divide cases into those that may share a run."""
    apart = _names_ids(model)
    shared: list[tuple[tuple[str, ...], set[str], list[ReadyCase]]] = []
    for case in cases:
        alone = apart or _looks_around(case.tables)
        names = set(_meeting_names(case.tables))
        for given, taken, batch in [] if alone else shared:
            if given == case.tables.given and not taken & names:
                taken.update(names)
                batch.append(case)
                break
        else:
            shared.append(((), names, [case]) if alone else (case.tables.given, names, [case]))
    return [batch for _, _, batch in shared]


def _scored(
    loaded: LoadedCases, batch: Sequence[ReadyCase], extra: Mapping[str, Mapping[str, Kind]]
) -> list[ScoredCase]:
    numbers: list[int | None] = [None] if len(batch) == 1 else list(range(len(batch)))
    frames = _frames([case.tables for case in batch], numbers, extra)
    try:
        result = score(frames, loaded.model, as_of=loaded.file.as_of)
    except ModelError as error:
        raise ModelError(f"{error}\n{_COLUMNS_OF_CASES}") from error
    except InputError as error:
        if len(batch) > 1:
            return [each for case in batch for each in _scored(loaded, [case], extra)]
        (case,) = batch
        raise CaseError(f"{loaded.places.line(case.path)}: case '{case.case.name}': {error}") from error
    return [ScoredCase(case, result, number) for case, number in zip(batch, numbers, strict=True)]


def _names_ids(model: Model) -> bool:
    names = {name.rpartition(".")[2] for _, condition, _ in conditions_of(model) for name in condition.names}
    return bool(names & {*_IDS, "best_lead"})


def _looks_around(tables: Tables) -> bool:
    """Whether rows of a case might meet those of another by something else than an equal name."""
    counted = any(row.get("count") is not None for row in tables.rows("intent"))
    told = any(row.get("company") or row.get("merged_ids") for row in tables.rows("contacts"))
    return counted or told or "corrections" in tables.given


def _meeting_names(tables: Tables) -> Iterator[str]:
    """Names by which a case could meet another: of a domain the last two labels, of the others all."""
    for table in tables.given:
        for row in tables.rows(table):
            for column in _SHARED_NAMES:
                for name in str(row.get(column) or "").lower().split(";"):
                    host = name.strip().rpartition("@")[2].strip(".")
                    yield from {name.strip(), ".".join(host.split(".")[-2:])} - {""}


def _frames(
    cases: Sequence[Tables], numbers: Sequence[int | None], extra: Mapping[str, Mapping[str, Kind]]
) -> dict[str, pl.DataFrame]:
    """The tables of several cases as frames; every column that any of them could have is there."""
    frames = {}
    for table in cases[0].given:
        kinds = {**CONTRACTS[table].columns, **extra.get(table, {})}
        rows = [
            _marked(row, number) for tables, number in zip(cases, numbers, strict=True) for row in tables.rows(table)
        ]
        frames[table] = pl.DataFrame(rows, schema={name: DTYPES[kind] for name, kind in kinds.items()}, orient="row")
    return frames


def _marked(row: Mapping[str, Any], number: int | None) -> dict[str, Any]:
    if number is None:
        return dict(row)
    return {
        name: f"{number}{_MARK}{value}" if name in _IDS and value is not None else value for name, value in row.items()
    }


def _extra_columns(loaded: LoadedCases) -> dict[str, dict[str, Kind]]:
    """Columns beyond the contract that any case of the file gives, with their kinds.

    Raises:
        CaseError: a column holds values of several kinds.
    """
    values: dict[str, dict[str, list[Any]]] = {}
    for case in loaded.cases:
        for table in case.tables.given:
            for row in case.tables.rows(table):
                for name in row.keys() - CONTRACTS[table].columns.keys():
                    values.setdefault(table, {}).setdefault(name, []).append(row[name])
    return {
        table: {name: _kind(f"{loaded.places.file}: {table}.{name}", found) for name, found in columns.items()}
        for table, columns in values.items()
    }


def _kind(what: str, values: Iterable[Any]) -> Kind:
    types = {type(value) for value in values if value is not None}
    for kind, known in (
        (Kind.BOOLEAN, {bool}),
        (Kind.INTEGER, {int}),
        (Kind.NUMBER, {int, float}),
        (Kind.TEXT, {str}),
    ):
        if types <= known:
            return kind if types else Kind.TEXT
    if all(kind.__name__ == "date" for kind in types):
        return Kind.DATE
    raise CaseError(f"{what} holds values of several kinds. Write all of them as text, or all as numbers.")
