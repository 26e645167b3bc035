"""Counting tall tables with Polars: rows become one sorted integer each, and equal neighbours are counted.

Grouping by text costs five times as much as sorting integers. An owner is known by a hash of its texts until the last
moment; the hash takes all the bits of a 128-bit key that code and day leave, 77 and more: that two of a hundred million
owners share one is as likely as one in ten million million (n² / 2^(bits + 1)) at worst.
"""

from __future__ import annotations

from functools import reduce
from itertools import chain
from operator import xor
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from polars._typing import EngineType

    from abm.engines.base import Tally

ROWS_AT_ONCE = 4_000_000
"""So many rows are in memory with their texts; what stays of them is 16 bytes a cell."""

_BITS = 126
_DAY_BITS = 22  # up to the year 9999
_FIRST_BITS = 63


def counted(rows: pl.LazyFrame, tally: Tally, engine: EngineType) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Count as `abm.engines.base.Engine.tally` says, streaming.

    Returns:
        The subjects, `subject` and the owner columns, and the cells: `subject`, the code, the day, `n`, `rows`, in the
        order of the first three.
    """
    parts, owners = [], _nobody(tally)
    for batch in _batches(rows, tally, engine, ROWS_AT_ONCE):
        parts.append(_counts(batch, tally))
        new = _owners(batch, owners, tally)
        owners = pl.concat([owners, new]) if new.height else owners
    # Sorted once: a batch has too few rows of one key for counting them early to pay.
    return _spelled_out(_cells(pl.concat(parts), tally.amount) if parts else _merged([]), owners, tally)


def counted_aside(
    rows: pl.LazyFrame, tally: Tally, folder: Path, *, at_once: int, buckets: int
) -> Iterator[tuple[Path, Path]]:
    """Count as `counted` does, with little in memory: batches are put aside by owner, and merged bucket by bucket.

    Args:
        rows: the rows.
        tally: what is counted.
        folder: where files may lie.
        at_once: how many rows of them are in memory.
        buckets: how many parts the owners are cut into.

    Yields:
        For each bucket a Parquet file of its subjects and one of its cells; keys go on from bucket to bucket.
    """
    aside: list[list[tuple[Path, Path]]] = [[] for _ in range(buckets)]
    for turn, batch in enumerate(_batches(rows, tally, "streaming", at_once)):
        cells = _cells(_counts(batch, tally), tally.amount)
        owners = _owners(batch, _nobody(tally), tally).sort("hash")
        for bucket, files in enumerate(aside):
            place = folder / f"{turn}-{bucket}-owners.arrow", folder / f"{turn}-{bucket}-cells.arrow"
            _bucket(owners, "hash", _BITS - _low(tally), bucket, buckets).write_ipc(place[0])
            _bucket(cells, "key", _BITS, bucket, buckets).write_ipc(place[1])
            files.append(place)
    first = 0
    for bucket, files in enumerate(aside):
        subjects, cells = _together(files, tally)
        subjects, cells = (each.with_columns(pl.col("subject") + first) for each in (subjects, cells))
        first += subjects.height
        place = folder / f"{bucket}-owners.parquet", folder / f"{bucket}-cells.parquet"
        subjects.write_parquet(place[0], compression="lz4")
        cells.write_parquet(place[1], compression="lz4")
        for file in chain.from_iterable(files):
            file.unlink()
        yield place


def _bucket(rows: pl.DataFrame, key: str, bits: int, bucket: int, buckets: int) -> pl.DataFrame:
    """The rows of a bucket: of what is sorted by a key of so many bits, of which the first are a hash."""
    bounds = pl.Series([(number << bits) // buckets for number in (bucket, bucket + 1)], dtype=pl.Int128)
    first, last = rows[key].search_sorted(bounds)
    return rows[first:last]


def _together(files: list[tuple[Path, Path]], tally: Tally) -> tuple[pl.DataFrame, pl.DataFrame]:
    owners = pl.concat([_nobody(tally), *(pl.read_ipc(each) for each, _ in files)])
    cells = _merged([pl.read_ipc(each) for _, each in files])
    return _spelled_out(cells, owners.unique("hash"), tally)


def _nobody(tally: Tally) -> pl.DataFrame:
    return pl.DataFrame(schema={"hash": pl.Int128, **dict.fromkeys(tally.owner, pl.String)})


def _batches(rows: pl.LazyFrame, tally: Tally, engine: EngineType, at_once: int) -> Iterable[pl.DataFrame]:
    amount = [tally.amount] if tally.amount else []
    keyed = rows.select(*tally.owner, _key(tally).alias("key"), *amount)
    if engine == "in-memory":
        return [keyed.collect(engine=engine)]
    # Many files read in any order are all read at once, however long a batch takes; in their order, a few ahead.
    return keyed.collect_batches(chunk_size=at_once, maintain_order=True)


def _key(tally: Tally) -> pl.Expr:
    """Owner, code and day in one integer, in this order of weight."""
    code = pl.col(tally.code).cast(pl.Int128) * (1 << _DAY_BITS)
    return _owner(tally) * (1 << _low(tally)) + code + pl.col(tally.day).to_physical().cast(pl.Int128)


def _low(tally: Tally) -> int:
    """How many bits code and day take."""
    return max(tally.codes - 1, 1).bit_length() + _DAY_BITS


def _owner(tally: Tally) -> pl.Expr:
    if not tally.owner:
        return pl.lit(0, pl.Int128)
    first = reduce(xor, (pl.col(name).hash(2 * i) for i, name in enumerate(tally.owner)))
    second = reduce(xor, (pl.col(name).hash(2 * i + 1) for i, name in enumerate(tally.owner)))
    bits = min(_BITS - _FIRST_BITS - _low(tally), 64)
    return (first // 2).cast(pl.Int128) * (1 << bits) + (second // (1 << (64 - bits))).cast(pl.Int128)


def _counts(batch: pl.DataFrame, tally: Tally) -> pl.DataFrame:
    """What of a batch is counted: 16 bytes a row, and how often where rows say so."""
    return batch.select("key", *([tally.amount] if tally.amount else []))


def _cells(batch: pl.DataFrame, amount: str | None) -> pl.DataFrame:
    """Count equal keys: `key`, `n`, `rows`, sorted."""
    if amount is None:
        runs = batch["key"].sort().rle().struct.unnest()
        rows = pl.col("len").cast(pl.Int64)
        return runs.select(pl.col("value").alias("key"), rows.alias("n"), rows.alias("rows"))
    sums = pl.col(amount).sum().cast(pl.Int64).alias("n"), pl.len().cast(pl.Int64).alias("rows")
    return batch.sort("key").group_by("key", maintain_order=True).agg(*sums)


def _merged(parts: list[pl.DataFrame]) -> pl.DataFrame:
    if not parts:
        return pl.DataFrame(schema={"key": pl.Int128, "n": pl.Int64, "rows": pl.Int64})
    return pl.concat(parts).sort("key").group_by("key", maintain_order=True).agg(pl.col("n", "rows").sum())


def _owners(batch: pl.DataFrame, known: pl.DataFrame, tally: Tally) -> pl.DataFrame:
    """The owners of a batch that were not known before: `hash` and their texts."""
    hashes = _hashes(batch["key"], 1 << _low(tally))
    # What people do comes in visits, and most who come have come before: few rows are left to be told apart.
    rows = hashes.to_frame().with_row_index("row").filter(_begins(hashes))
    if known.height:
        rows = rows.join(known.select("hash"), on="hash", how="anti")
    first = rows["row"].gather(rows["hash"].arg_unique())
    return batch.select(tally.owner)[first].insert_column(0, hashes.gather(first))


def _hashes(keys: pl.Series, low: int) -> pl.Series:
    return keys.to_frame("key").select((pl.col("key") // pl.lit(low, pl.Int128)).alias("hash")).to_series()


def _spelled_out(cells: pl.DataFrame, owners: pl.DataFrame, tally: Tally) -> tuple[pl.DataFrame, pl.DataFrame]:
    hashes = _hashes(cells["key"], 1 << _low(tally))
    # Cells are sorted by hash: where it changes, the next subject begins.
    begins = _begins(hashes)
    subject = begins.cum_sum().cast(pl.Int64) - 1
    first = hashes.filter(begins).to_frame("hash").with_row_index("subject")
    subjects = owners.join(first, on="hash", how="left").select(pl.col("subject").cast(pl.Int64), *tally.owner)
    # Code and day are in the lower half of the key, and half of it takes a quarter of the time.
    low = pl.col("key").cast(pl.Int64, wrap_numerical=True) & ((1 << _low(tally)) - 1)
    told = cells.select(subject.alias("subject"), low.alias("low"), "n", "rows").select(
        "subject",
        (pl.col("low") // (1 << _DAY_BITS)).alias(tally.code),
        (pl.col("low") & ((1 << _DAY_BITS) - 1)).cast(pl.Int32).cast(pl.Date).alias(tally.day),
        "n",
        "rows",
    )
    return subjects, told


def _begins(values: pl.Series) -> pl.Series:
    """Whether a value is another than the one before it."""
    return (values != values.shift(1)).fill_null(value=True)
