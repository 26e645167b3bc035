"""Rows become the cells of a list: put into form, complete, each once; and what had to be left out, and why."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from abm.output.lists.dropped import Dropped, dropped
from abm.output.lists.steps import as_text, consumer, filled, stepped
from abm.output.lists.target import filled_in
from abm.output.writers import joined
from abm.sources.digests import sha256_columns, sha256_texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from abm.output.lists.target import ListColumn, Target

ENTITY = "\x1fentity"
"""The id of what a row is; no column of a user's file has this name."""
_AT_ONCE = 2
_CONSUMER, _LONG, _SAME = "\x1fconsumer", "\x1flong", "\x1fsame"
_BETWEEN = "\x1f"


@dataclass(frozen=True, slots=True)
class Cells:
    """The rows of a list.

    Attributes:
        frame: the columns of the file, hashed where the page says so, in order.
        keys: what identifies a row from one export to the next: SHA-256 over its id and its identifying cells.
        entities: the id of each row.
        dropped: rows that were left out, by reason.
        notes: what was emptied or missing, in sentences.
    """

    frame: pl.DataFrame
    keys: pl.Series
    entities: pl.Series
    dropped: tuple[Dropped, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Formed:
    """Every column in form, not yet hashed.

    Attributes:
        table: the columns of the file and `ENTITY`, `_CONSUMER` (a domain was left out as a consumer mailbox
            provider's) and `_LONG` (a value is too long for the row to stay).
        notes: what was emptied, cut or missing.
    """

    table: pl.DataFrame
    notes: tuple[str, ...]


def cells(target: Target, rows: pl.DataFrame, words: dict[str, str]) -> Cells:
    """Make the cells of a list.

    Args:
        target: the page.
        rows: one row per account or person, best first, with `ENTITY` and the columns that the page names; columns that
            do not exist are left out.
        words: what stands for each word in braces.

    Returns:
        The rows that the platform can use, in the order given.
    """
    formed = _every_column(rows) if target.takes_all else _columns_of(target, rows, words)
    table, left = formed.table, list[Dropped]()
    if target.needs:
        groups = [[filled_in(each, words) for each in group] for group in target.needs]
        complete = pl.any_horizontal(pl.all_horizontal(pl.col(group).is_not_null()) for group in groups)
        lacking, table = table.filter(~complete), table.filter(complete)
        left += dropped("consumer_domain", lacking.filter(_CONSUMER)[ENTITY])
        left += dropped("lacks_required", lacking.filter(~pl.col(_CONSUMER))[ENTITY])
    left += dropped("too_long", table.filter(_LONG)[ENTITY])
    table = table.filter(~pl.col(_LONG))
    unique = [filled_in(each, words) for each in target.unique]
    if unique:
        texts = [pl.col(each).cast(pl.String).fill_null("") for each in unique]
        table = table.with_columns(pl.concat_str(texts, separator=_BETWEEN).alias(_SAME))
        first = pl.col(_SAME).is_first_distinct() | (pl.col(_SAME) == _BETWEEN * (len(unique) - 1))
        left += dropped("duplicate", table.filter(~first)[ENTITY])
        table = table.filter(first)
    keys, entities = _keys(target, table), table[ENTITY]
    table = table.drop(ENTITY, _CONSUMER, _LONG, _SAME, strict=False)
    hashed = [filled_in(each.header, words) for each in target.columns if each.hash]
    table = table.with_columns(sha256_columns(table.select(hashed)))
    return Cells(table, keys, entities, tuple(left), formed.notes)


def _every_column(rows: pl.DataFrame) -> _Formed:
    no = pl.lit(value=False)
    return _Formed(joined(rows).with_columns(no.alias(_CONSUMER), no.alias(_LONG)), ())


def _columns_of(target: Target, rows: pl.DataFrame, words: dict[str, str]) -> _Formed:
    found: list[pl.Series] = []
    notes: list[str] = []
    absent: list[str] = []
    long = free = pl.repeat(value=False, n=rows.height, eager=True)
    # Columns know nothing of each other, and the work on each is done outside of Python.
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        columns = list(pool.map(lambda column: _column(column, rows, words), target.columns))
    for column, (raw, missing) in zip(target.columns, columns, strict=True):
        header, values = filled_in(column.header, words), raw
        if missing:
            absent.append(f"{header} ({' or '.join(column.from_)})")
        if "domain" in column.as_:
            taken = _consumers(column, rows) & values.is_null()
            free |= taken
            if taken.any():
                notes.append(f"{header}: left empty in {taken.sum():,} rows, whose domain is a consumer mailbox's")
        if column.most is not None:
            values, over = _fitted(column, values)
            if column.too_long == "drop":
                long |= over
            elif over.any():
                done = "cut to" if column.too_long == "cut" else "left empty, longer than"
                notes.append(f"{header}: {over.sum():,} values {done} {column.most} characters")
        found.append(values.alias(header))
    if absent:
        notes.append(f"empty, for want of such a column: {', '.join(absent)}")
    table = pl.DataFrame([*found, rows[ENTITY], free.alias(_CONSUMER), long.alias(_LONG)])
    return _Formed(table, tuple(dict.fromkeys(notes)))


def _column(column: ListColumn, rows: pl.DataFrame, words: dict[str, str]) -> tuple[pl.Series, bool]:
    """The values of a column, and whether none of its sources exists."""
    if column.value is not None:
        return pl.repeat(filled_in(column.value, words) or None, rows.height, dtype=pl.String, eager=True), False
    there = [each for each in column.from_ if each in rows.columns]
    if not there:
        return pl.repeat(None, rows.height, dtype=pl.String, eager=True), bool(column.from_)
    countries = _first(rows, [each for each in column.country if each in rows.columns])
    candidates = [stepped(rows[each], column.as_, countries) for each in there]
    return _coalesced(candidates), False


def _first(rows: pl.DataFrame, names: Sequence[str]) -> pl.Series | None:
    return _coalesced([filled(as_text(rows[each])) for each in names]) if names else None


def _coalesced(candidates: Sequence[pl.Series]) -> pl.Series:
    if len(candidates) == 1:
        values = candidates[0]
        return as_text(values) if isinstance(values.dtype, pl.List) else values
    if len({each.dtype for each in candidates}) > 1:
        candidates = [as_text(each) for each in candidates]
    found = candidates[0]
    for each in candidates[1:]:
        found = found.zip_with(found.is_not_null(), each) if len(found) else found
    return found


def _consumers(column: ListColumn, rows: pl.DataFrame) -> pl.Series:
    found = pl.repeat(value=False, n=rows.height, eager=True)
    for each in column.from_:
        if each in rows.columns:
            before = column.as_[: column.as_.index("domain")]
            found |= consumer(stepped(as_text(rows[each]), before))
    return found


def _fitted(column: ListColumn, values: pl.Series) -> tuple[pl.Series, pl.Series]:
    assert column.most is not None
    text = as_text(values)
    over = (text.str.len_chars() > column.most).fill_null(value=False)
    if not over.any():
        return values, over
    shorter = text.str.slice(0, column.most).str.strip_chars() if column.too_long == "cut" else text.set(over, None)
    return shorter if column.too_long != "drop" else values, over


def _keys(target: Target, table: pl.DataFrame) -> pl.Series:
    """A key of each row that tells nothing about it: who compares two exports needs no names and no addresses."""
    parts = [pl.lit(f"abm {target.name}"), pl.col(ENTITY), *([pl.col(_SAME)] if _SAME in table.columns else [])]
    return sha256_texts(table.select(pl.concat_str(parts, separator=_BETWEEN)).to_series()).str.head(KEY_LENGTH)


KEY_LENGTH = 24
"""Hexadecimal digits of a key: 96 bits, so that a billion rows do not share one by accident."""
