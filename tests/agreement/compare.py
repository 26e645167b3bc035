"""Score one random workspace by `abm` and by the oracle, and list every cell in which they differ."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import polars as pl

import abm
from abm.identity.matching import match_contacts
from abm.model import model_from
from abm.scoring.columns import MILLIONTHS, TABLES
from abm.tables.contracts import CONTRACTS, Kind
from tests import oracle

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

Rows = list[dict[str, Any]]

KEYS = {
    "leads": ("contact_id",),
    "accounts": ("account_id",),
    "families": ("account_id",),
    "groups": ("account_id", "group"),
    "committee": ("account_id", "group", "role"),
    "intent": ("account_id", "topic"),
}
TOLERANCE = 0
COMPONENTS = frozenset(
    {"fit", "leads", "engagement", "coverage", "completeness", "intent", "top_contact_share", "topic_share"}
)
"""Real results: equal to a millionth. Everything else is equal."""

_DTYPES = {
    Kind.TEXT: pl.String,
    Kind.LIST: pl.String,
    Kind.INTEGER: pl.Int64,
    Kind.NUMBER: pl.Float64,
    Kind.DATE: pl.Date,
    Kind.BOOLEAN: pl.Boolean,
}


def frames(tables: Mapping[str, Rows]) -> dict[str, pl.DataFrame]:
    """Polars frames of rows: canonical columns typed by contract, others by what they hold."""
    made = {}
    for name, rows in tables.items():
        contract = CONTRACTS[name].columns
        columns = list(dict.fromkeys([*contract, *(key for row in rows for key in row)]))
        data = {}
        for column in columns:
            values = [row.get(column) for row in rows]
            data[column] = pl.Series(column, values, dtype=_dtype(contract, column, values), strict=False)
        made[name] = pl.DataFrame(data)
    return made


def _dtype(contract: Mapping[str, Kind], column: str, values: list[Any]) -> Any:
    if column == "count":
        return pl.Float64
    if column in contract:
        return _DTYPES[contract[column]]
    known = [value for value in values if value is not None]
    if not known or isinstance(known[0], str):
        return pl.String
    return pl.Boolean if isinstance(known[0], bool) else pl.Float64 if isinstance(known[0], (int, float)) else pl.Date


def scored(tables: Mapping[str, Rows], model: dict[str, Any], as_of: date) -> dict[str, Rows]:
    """What `abm` gives for a folder of Parquet files, in the oracle's form: millionths as integers."""
    with TemporaryDirectory() as folder:
        for name, frame in frames(tables).items():
            frame.write_parquet(Path(folder) / f"{name}.parquet")
        result = abm.score(abm.load_workspace(folder), model_from(model), as_of=as_of)
    given = {}
    for name, frame in result.tables().items():
        if name in TABLES:
            millionths = [column for column in frame.columns if column in MILLIONTHS | {"weight"}]
            whole = frame.with_columns((pl.col(column) * 1e6).round().cast(pl.Int64) for column in millionths)
            given[name] = whole.to_dicts()
    return given


def by_name(contacts: Rows, accounts: Rows) -> dict[str, str | None]:
    """How abm reads company names: tests of its own check that against labelled sets."""
    given = frames({"contacts": contacts, "accounts": accounts})
    found = match_contacts(given["contacts"].lazy(), given["accounts"].lazy()).matches
    return dict(found.select("contact_id", "account_id").iter_rows())


def differences(tables: Mapping[str, Rows], model: dict[str, Any], as_of: date) -> list[str]:
    """Every cell in which `abm` and the oracle differ, one line each."""
    ours = scored(tables, model, as_of)
    theirs = oracle.score(dict(tables), model, as_of, by_name=by_name)
    lines = []
    for name, rows in theirs.items():
        lines += _table(name, ours.get(name, []), rows)
    return lines


def _table(name: str, ours: Rows, theirs: Rows) -> list[str]:
    by_key = {tuple(row[key] for key in KEYS[name]): row for row in ours}
    expected = {tuple(row[key] for key in KEYS[name]): row for row in theirs}
    lines = [f"{name}: no row {key}" for key in expected.keys() - by_key.keys()]
    lines += [f"{name}: unexpected row {key}" for key in by_key.keys() - expected.keys()]
    for key in sorted(expected.keys() & by_key.keys(), key=str):
        lines += [
            f"{name} {key} {column}: abm {by_key[key].get(column)!r}, oracle {value!r}"
            for column, value in expected[key].items()
            if not _same(column, by_key[key].get(column, "no column"), value)
        ]
    return lines


def _same(column: str, ours: Any, theirs: Any) -> bool:
    if ours is None or theirs is None or isinstance(ours, str):
        return bool(ours == theirs)
    if column in COMPONENTS or column in {"warmth", "strength", "decay", "score"}:
        return bool(abs(ours - theirs) <= TOLERANCE)
    return bool(ours == theirs)
