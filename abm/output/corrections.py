"""The file in which people settle what matching could not: a row per decision, answers kept when it is written anew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from abm.errors import OutputError, SourceError
from abm.identity.companies import fold_names
from abm.identity.matching.contacts import normal_mails
from abm.identity.matching.corrections import KEYS, NONE
from abm.identity.suffixes import hosts
from abm.output.spreadsheet import for_spreadsheet
from abm.output.workbook import workbook
from abm.sources.files import read_files
from abm.tables.hygiene import REPEAT, ROW
from abm.tables.inert import undone

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from abm.evaluation.matching import Matching

__all__ = [
    "COLUMNS",
    "ENDINGS",
    "Questionnaire",
    "answers_of",
    "corrections_bytes",
    "corrections_sheet",
    "earlier_answers",
    "fragile_ids",
    "separator_of",
]

ENDINGS = (".csv", ".xlsx")

COLUMNS: dict[str, pl.DataType] = {
    "contacts": pl.Int64(),
    "domain": pl.String(),
    "company": pl.String(),
    "contact_id": pl.String(),
    "email": pl.String(),
    "account_id": pl.String(),
    "proposal": pl.String(),
    "proposal_name": pl.String(),
    "candidates": pl.String(),
    "method": pl.String(),
    "confidence": pl.Float64(),
    "evidence": pl.String(),
    "companies": pl.String(),
    "examples": pl.String(),
    "more": pl.Int64(),
}
"""What a row has. A person fills `account_id`; what is read back is that and the keys, `contact_id` to `company`."""

_BOTH = ["kind", "value"]
_FRAGILE = r"^(?:0\d+|\d{12,}|\d+[eE]\d+)$"
"""Ids that a spreadsheet takes for numbers and writes otherwise when it saves CSV."""


@dataclass(frozen=True)
class Questionnaire:
    """What is to be written.

    Attributes:
        frame: `COLUMNS`, then the columns that people added: what is open, most contacts first, then what was answered.
        open: how many rows are still to be answered.
        contacts: how many contacts those settle.
        answered: how many rows have an answer.
    """

    frame: pl.DataFrame
    open: int
    contacts: int
    answered: int


def corrections_sheet(matching: Matching, *earlier: pl.DataFrame) -> Questionnaire:
    """Put together what is to be decided and what was.

    Args:
        matching: what matching found.
        earlier: rows written before, as text (see `earlier_answers`, `answers_of`); of rows that say the same the first
            stays. Those with an answer, with something in a column of the person's own, or added by hand are kept.
    """
    kept = _kept(earlier)
    answers, notes = kept.filter(pl.col("account_id").is_not_null()), kept.filter(pl.col("account_id").is_null())
    asked = matching.worklist.decisions()
    asked = asked.join(answers.drop_nulls(_BOTH), on=_BOTH, how="anti", maintain_order="left")
    own = _own(kept.columns)
    noted = notes.select(*_BOTH, *own).unique(_BOTH, keep="first", maintain_order=True)
    rows = _open_rows(asked, matching).join(noted, on=_BOTH, how="left", maintain_order="left")
    loose = notes.join(asked, on=_BOTH, how="anti", nulls_equal=True, maintain_order="left")
    settled = _settled_rows(pl.concat([loose, answers]), matching)
    frame = pl.concat([rows, settled], how="diagonal").select(*COLUMNS, *own)
    return Questionnaire(frame, rows.height, int(asked["contacts"].sum()), answers.height)


def earlier_answers(path: Path) -> pl.DataFrame | None:
    """Read a file of corrections back, whatever a spreadsheet made of it; None where there is none.

    Returns:
        Its columns as text, a cell that was kept from being calculated as it was; blank is null.

    Raises:
        OutputError: it cannot be read, or is another kind of file; it is not to be written over.
    """
    if not path.exists():
        return None
    try:
        read = read_files("corrections", [path.name], path.parent).frame.drop(ROW).collect()
    except SourceError as error:
        raise OutputError(f"{path}: cannot be read, so that its answers would be lost: {error}") from error
    if "account_id" not in read.columns or not set(KEYS) & set(read.columns):
        raise OutputError(
            f"{path}: is no file of corrections, which has a column account_id and one of {', '.join(KEYS)}."
            " Name another file, or remove this one."
        )
    return _texts(read)


def answers_of(corrections: pl.LazyFrame) -> pl.DataFrame:
    """Return the corrections that a workspace has as `earlier_answers` gives those of a file."""
    columns = [name for name in corrections.collect_schema() if name not in (ROW, REPEAT)]
    return _texts(corrections.select(columns).collect())


def corrections_bytes(sheet: Questionnaire, ending: str, stamp: Mapping[str, str], separator: str = ",") -> bytes:
    """Return the file: a workbook, or CSV that spreadsheets open rightly (UTF-8 with a mark, nothing calculated)."""
    if ending == ".xlsx":
        return workbook({"corrections": sheet.frame}, stamp, alone=True).content
    return for_spreadsheet(sheet.frame).write_csv(include_bom=True, separator=separator).encode()


def separator_of(path: Path) -> str:
    """Return what separates the fields of an earlier file, so that the spreadsheet that made it opens the next one."""
    if not path.is_file() or path.suffix.lower() != ".csv":
        return ","
    with path.open("rb") as stream:
        header = stream.readline(1 << 16)
    return ";" if header.count(b";") > header.count(b",") else ","


def fragile_ids(frame: pl.DataFrame) -> list[str]:
    """Return some ids that a spreadsheet would change when it opens and saves CSV: `007`, or of twelve digits or more.

    >>> fragile_ids(pl.DataFrame({"account_id": ["A1"], "proposal": ["007"], "contact_id": [None]}))
    ['007']
    """
    names = [name for name in ("account_id", "proposal", "contact_id") if frame.schema[name] == pl.String]
    ids = pl.concat(frame[name].alias("id") for name in names).drop_nulls()
    return ids.filter(ids.str.contains(_FRAGILE)).unique().sort().head(3).to_list()


def _texts(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(
        undone(pl.col(name).cast(pl.String)).str.strip_chars().replace("", None).alias(name) for name in frame.columns
    )


def _own(columns: list[str]) -> list[str]:
    return [name for name in columns if name not in (*COLUMNS, *_BOTH)]


def _kept(earlier: tuple[pl.DataFrame, ...]) -> pl.DataFrame:
    """The rows that people filled in, with `kind` and `value` as corrections are compared."""
    empty = pl.DataFrame(schema=dict.fromkeys((*COLUMNS, *_BOTH), pl.String))
    parts = [empty.clear(), *(_keyed(frame) for frame in earlier)]
    rows = pl.concat(parts, how="diagonal")
    noted = [pl.col(name).is_not_null() for name in _own(rows.columns)]
    added = pl.col("contacts").is_null() & pl.col("kind").is_not_null()
    rows = rows.filter(pl.any_horizontal(pl.col("account_id").is_not_null(), added, *noted))
    # A row of the workspace's corrections that the file has as well is the same answer.
    return rows.unique([*_BOTH, "account_id"], keep="first", maintain_order=True)


def _keyed(frame: pl.DataFrame) -> pl.DataFrame:
    texts = [pl.lit(None, pl.String).alias(name) for name in KEYS if name not in frame.columns]
    frame = frame.with_columns(texts)
    values = {
        "contact_id": frame["contact_id"],
        "email": normal_mails(frame["email"]),
        "domain": hosts(frame["domain"]),
        "company": fold_names(frame["company"]),
    }
    normal = pl.DataFrame([values[name].alias(name) for name in KEYS])
    kind = pl.coalesce(pl.when(pl.col(name).is_not_null()).then(pl.lit(name)) for name in KEYS).alias("kind")
    return pl.concat([frame, normal.select(kind, pl.coalesce(*KEYS).alias("value"))], how="horizontal")


def _open_rows(asked: pl.DataFrame, matching: Matching) -> pl.DataFrame:
    names = dict(matching.accounts.iter_rows())
    key = {kind: pl.when(pl.col("kind") == kind).then("label").alias(kind) for kind in KEYS}
    rows = asked.with_columns(
        *key.values(),
        pl.lit(None, pl.String).alias("account_id"),
        pl.col("proposal").replace_strict(names, default=None, return_dtype=pl.String).alias("proposal_name"),
        _named(asked["candidates"], names).alias("candidates"),
        pl.col("companies").list.join("; "),
        pl.col("examples").list.join("; "),
    )
    return rows.select(*(pl.col(name).cast(dtype) for name, dtype in COLUMNS.items()), *_BOTH)


def _named(candidates: pl.Series, names: Mapping[str, str | None]) -> pl.Series:
    """Write candidates as `A1 Acme; A2 Acme Nord`."""
    distinct = candidates.explode(empty_as_null=True, keep_nulls=True).drop_nulls().unique().to_list()
    shown = [f"{each} {names.get(each) or ''}".rstrip() for each in distinct]
    element = pl.element().replace_strict(distinct, shown, default=None, return_dtype=pl.String)
    frame = candidates.alias("candidates").to_frame()
    return frame.select(pl.col("candidates").list.eval(element).list.join("; "))["candidates"]


def _settled_rows(kept: pl.DataFrame, matching: Matching) -> pl.DataFrame:
    """Say of each answer whether it holds, and for how many contacts."""
    counted = kept.join(_decided(matching), on=_BOTH, how="left", maintain_order="left")
    known = pl.col("account_id").is_in(matching.accounts["account_id"].implode())
    valid = known | (pl.col("account_id").str.to_lowercase() == NONE)
    answers = pl.col("account_id").filter(valid).n_unique().over(_BOTH)
    said = (
        pl.when(pl.col("account_id").is_null())
        .then("evidence")
        .when(pl.col("kind").is_null())
        .then(pl.lit(f"not applied: none of {', '.join(KEYS)} says whom it is about"))
        .when(~valid)
        .then(pl.format("not applied: there is no account '{}'", "account_id"))
        .when(answers > 1)
        .then(pl.lit("not applied: another row says otherwise"))
        .otherwise(pl.lit("your answer"))
    )
    frame = counted.with_columns(said.alias("evidence"))
    holds = pl.col("evidence") == "your answer"
    frame = frame.with_columns(
        pl.when(holds).then(pl.col("decided").fill_null(0)).alias("contacts"),
        pl.when(holds).then(pl.lit("correction")).alias("method"),
        pl.when(holds).then(1.0).alias("confidence"),
        pl.lit(None, pl.Int64).alias("more"),
    )
    own = _own(kept.columns)
    return frame.select(*(pl.col(name).cast(dtype, strict=False) for name, dtype in COLUMNS.items()), *own)


def _decided(matching: Matching) -> pl.DataFrame:
    """How many contacts went where a correction sent them, by each key that they have."""
    people = matching.worklist.people.filter(pl.col("method") == "correction")
    people = people.with_columns(hosts(people["mail"].str.extract(r"@([^@]*)$")).alias("host"))
    keys = {"contact_id": ["contact_id"], "email": ["mail"], "domain": ["host", "site"], "company": ["folded"]}
    parts = [
        people.select(pl.lit(kind).alias("kind"), pl.concat_list(columns).list.unique().alias("value")).explode(
            "value", empty_as_null=True, keep_nulls=True
        )
        for kind, columns in keys.items()
    ]
    return pl.concat(parts).drop_nulls().group_by(_BOTH).agg(pl.len().cast(pl.Int64).alias("decided"))
