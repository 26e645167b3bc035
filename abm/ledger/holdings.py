"""What a ledger holds: the cells of every delivery under common codes, and the events that several rows tell of."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import reduce
from operator import xor
from typing import TYPE_CHECKING

import polars as pl

from abm.errors import LedgerError
from abm.ledger.counting import DAY, IDENTITIES, ROWS, SUBJECTS, counted, is_among, repeated, rows_of
from abm.scoring.facts.classes import CLASS
from abm.scoring.facts.events import OWNER
from abm.tables.findings import SAMPLE_SIZE, Finding
from abm.tables.hygiene import REPEAT, ROW

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from abm.ledger.counting import Delivery

DISPUTED = {
    "delivery": pl.String,
    "counted": pl.Boolean,
    **{name: kind for name, kind in ROWS.items() if name not in OWNER},
    "subject": pl.Int64,
}


@dataclass(frozen=True)
class Held:
    """One delivery in a ledger.

    Attributes:
        name: what it is called; the same name again replaces it.
        fingerprint: of its content; None where only reading it tells.
        cells: its cells (columns `CELLS`) under the ledger's codes.
        hashes: by identity the hashes of its rows, sorted.
        findings: what was wrong with it.
        rows: how many events it brought.
        gave_way: deliveries out of reach that told of some of the same events: its own rows of these are left out.
        idle_days: days on which it has rows, and none that counts.
        files: the names of its files where it is kept in a folder.
    """

    name: str
    fingerprint: str | None
    cells: pl.LazyFrame
    hashes: Mapping[str, pl.LazyFrame]
    findings: tuple[Finding, ...]
    rows: int
    gave_way: tuple[str, ...] = ()
    idle_days: tuple[date, ...] = ()
    files: tuple[str, tuple[tuple[str, str], ...]] | None = None


@dataclass
class Holdings:
    """Everything a ledger holds; deliveries are added, replaced and removed.

    Attributes:
        deliveries: by name, in the order in which their rows stand.
        subjects: `subject` and `OWNER` (columns `SUBJECTS`), grown and never shortened.
        classes: `class` and what it is; the same.
        disputed: rows that share an identity with another row, under the ledger's codes (columns `DISPUTED`); `counted`
            are those whose delivery was counted before the other row came.
    """

    deliveries: dict[str, Held] = field(default_factory=dict)
    subjects: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=SUBJECTS))
    classes: pl.DataFrame | None = None
    disputed: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=DISPUTED))
    _hashes: pl.Series | None = field(default=None, repr=False)

    def arrange(self, order: Mapping[str, int]) -> None:
        """Put the deliveries in the order in which their rows stand; those without a place go first."""
        held = sorted(self.deliveries.items(), key=lambda item: order.get(item[0], -1))
        self.deliveries = dict(held)

    def remove(self, name: str) -> None:
        """Forget a delivery."""
        self.deliveries.pop(name, None)
        self.disputed = self.disputed.filter(pl.col("delivery") != name)

    def add(
        self,
        name: str,
        fingerprint: str | None,
        delivery: Delivery,
        reopened: Callable[[str], Delivery | None],
    ) -> None:
        """Count a delivery, after those that are there.

        Args:
            name: what it is called; must not be there.
            fingerprint: of its content.
            delivery: its rows.
            reopened: gives the rows of a delivery that is there once more, or None where its source is gone. It is
                asked only for deliveries that tell of the same events as this one; of those that are gone, what was
                counted stays counted and the rows of this one are left out.
        """
        met = {identity: self._met(identity, hashes) for identity, hashes in delivery.hashes.items()}
        gave_way, gone = self._disputed_elsewhere(met, reopened)
        suspects = {
            identity: pl.concat([repeated(hashes), met[identity]]).unique()
            for identity, hashes in delivery.hashes.items()
        }
        rows = rows_of(delivery, suspects).filter(~is_among(gone))
        subjects, cells = counted(delivery, suspects)
        cells = cells.join(self._subject_codes(subjects), on="subject", how="left")
        rows = rows.join(self._owner_codes(rows.select(OWNER)), on=OWNER, how="left", nulls_equal=True)
        present = pl.concat([cells[CLASS], rows[CLASS]]).unique().sort()
        codes = self._class_codes(delivery.classes.told(present))
        cells, rows = (each.join(codes, on=CLASS, how="left").drop(CLASS) for each in (cells, rows))
        possible = _possible(rows, met)
        again = rows.join(possible.select(ROW), on=ROW, how="anti")["event_id"]
        settled, open_rows = _settled(possible, met)
        own = [cells.select(_CODED), _as_cells(settled).select(_CODED)]
        told = pl.concat(own).sort("subject", CLASS, DAY)
        self.disputed = pl.concat([self.disputed, _as_disputed(open_rows, name, counted=False)])
        hashes = {identity: series.to_frame().lazy() for identity, series in delivery.hashes.items()}
        total = int(told["rows"].sum()) + open_rows.height
        findings = (*delivery.ctx.findings, *_repeats(again, delivery))
        counted_days = pl.concat([told[DAY], open_rows[DAY]])
        idle = delivery.days.filter(~delivery.days.is_in(counted_days.implode())).sort().to_list()
        self.deliveries[name] = Held(
            name, fingerprint, told.lazy(), hashes, findings, total, tuple(gave_way), tuple(idle)
        )

    def _met(self, identity: str, hashes: pl.Series) -> pl.Series:
        """The hashes that other deliveries have too."""
        others = [held.hashes[identity] for held in self.deliveries.values() if identity in held.hashes]
        if not others:
            return hashes.clear()
        mine = hashes.unique().to_frame(identity).lazy()
        return pl.concat(others).join(mine, on=identity, how="semi").unique().collect(engine="streaming")[identity]

    def _disputed_elsewhere(
        self, met: Mapping[str, pl.Series], reopened: Callable[[str], Delivery | None]
    ) -> tuple[list[str], dict[str, pl.Series]]:
        """Dispute other deliveries' rows that tell of the same events; return those out of reach, and their hashes."""
        gone: dict[str, list[pl.Series]] = {identity: [] for identity in met}
        out_of_reach = []
        for name, held in list(self.deliveries.items()):
            theirs = {
                identity: held.hashes[identity].filter(pl.col(identity).is_in(hashes.implode())).collect()[identity]
                for identity, hashes in met.items()
                if len(hashes) and identity in held.hashes
            }
            if not any(map(len, theirs.values())):
                continue
            again = reopened(name)
            if again is None:
                out_of_reach.append(name)
                for identity, hashes in theirs.items():
                    gone[identity].append(hashes)
                continue
            known = self.disputed.filter(pl.col("delivery") == name)[ROW]
            rows = _possible(rows_of(again, theirs), again.hashes).filter(~pl.col(ROW).is_in(known.implode()))
            rows = rows.join(self._owner_codes(rows.select(OWNER)), on=OWNER, how="left", nulls_equal=True)
            codes = self._class_codes(again.classes.told(rows[CLASS].unique().sort()))
            rows = rows.join(codes, on=CLASS, how="left").drop(CLASS)
            self.disputed = pl.concat([self.disputed, _as_disputed(rows, name, counted=True)])
        return out_of_reach, {identity: pl.concat(found) for identity, found in gone.items() if found}

    def _owner_codes(self, owners: pl.DataFrame) -> pl.DataFrame:
        """The codes of owners, those that are new given one: `OWNER`, `code`."""
        distinct = owners.unique().with_columns(_hash())
        if self._hashes is None:
            self._hashes = self.subjects.select(_hash())["hash"]
        # Few owners are looked for among many: by hash first, and among those that are left by their texts.
        numbers = pl.int_range(pl.len(), dtype=pl.Int64).alias("subject")
        near = self._hashes.to_frame().with_columns(numbers).join(distinct.select("hash"), on="hash", how="semi")
        known = self.subjects[near["subject"]]
        new = distinct.join(known, on=OWNER, how="anti", nulls_equal=True)
        first = self.subjects.height
        numbered = new.with_columns(pl.int_range(first, first + pl.len(), dtype=pl.Int64).alias("subject"))
        self.subjects = pl.concat([self.subjects, numbered.select(*SUBJECTS)], rechunk=False)
        self._hashes = pl.concat([self._hashes, new["hash"]], rechunk=False)
        codes = pl.concat([known, numbered.select(*SUBJECTS)]).rename({"subject": "code"})
        return distinct.drop("hash").join(codes, on=OWNER, how="inner", nulls_equal=True)

    def _subject_codes(self, subjects: pl.DataFrame) -> pl.DataFrame:
        """The codes of a delivery's own subjects: `subject`, `code`."""
        codes = self._owner_codes(subjects.select(OWNER))
        return subjects.join(codes, on=OWNER, how="inner", nulls_equal=True).select("subject", "code")

    def _class_codes(self, told: pl.DataFrame) -> pl.DataFrame:
        """The codes of a delivery's own classes, those that are new given one: `class`, `class_code`."""
        told, self.classes = _alike(told, told.clear() if self.classes is None else self.classes)
        columns = [name for name in told.columns if name != CLASS]
        new = told.join(self.classes, on=columns, how="anti", nulls_equal=True)
        first = self.classes.height
        numbered = new.with_columns(pl.int_range(first, first + pl.len(), dtype=pl.Int64).alias(CLASS))
        self.classes = pl.concat([self.classes, numbered.select(self.classes.columns)])
        known = self.classes.rename({CLASS: "class_code"})
        return told.join(known, on=columns, how="inner", nulls_equal=True).select(CLASS, "class_code")


def _alike(first: pl.DataFrame, second: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Two frames of the same columns in types that hold the values of both: one file has whole numbers, one has not."""
    try:
        schema = pl.concat([first.clear(), second.clear().select(first.columns)], how="vertical_relaxed").schema
    except pl.exceptions.SchemaError as error:
        raise LedgerError(
            "a column of events that the model asks about is text in one delivery and not in another. Give it one type"
            " in all files, or say which with columns: {NAME: {type: text}} in workspace.yaml."
        ) from error
    return first.cast(schema), second.select(first.columns).cast(schema)


def _hash() -> pl.Expr:
    return reduce(xor, (pl.col(name).hash(seed) for seed, name in enumerate(OWNER))).alias("hash")


_CODED = (pl.col("code").alias("subject"), pl.col("class_code").alias(CLASS), DAY, "n", "rows")


def _as_cells(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(pl.lit(1, pl.Int64).alias("rows"))


def _as_disputed(rows: pl.DataFrame, name: str, *, counted: bool) -> pl.DataFrame:
    told = rows.with_columns(
        pl.lit(name).alias("delivery"),
        pl.lit(counted).alias("counted"),
        pl.col("code").alias("subject"),
        pl.col("class_code").alias(CLASS),
    )
    return told.select(*DISPUTED).cast(DISPUTED)  # type: ignore[arg-type]


def _repeats(ids: pl.Series, delivery: Delivery) -> tuple[Finding, ...]:
    """What to say of rows that never count, because an earlier row tells of the same event."""
    if ids.is_empty():
        return ()
    file, samples = delivery.ctx.inputs["events"].file, tuple(ids.unique().sort().head(SAMPLE_SIZE))
    message = "one row per event_id kept: the first of the file"
    return (Finding("events", "duplicate_key", len(ids), message, column="event_id", file=file, samples=samples),)


def _possible(rows: pl.DataFrame, hashes: Mapping[str, pl.Series]) -> pl.DataFrame:
    """The rows that count on some day: a later row that happened no earlier than one before it with its id never does.

    Where `dedupe` has a say too, any may count.
    """
    if rows.is_empty() or REPEAT in hashes:
        return rows
    before = pl.col(DAY).cum_min().shift(1).over("event_id")
    return rows.sort(ROW).filter(before.is_null() | (pl.col(DAY) < before))


def _settled(rows: pl.DataFrame, met: Mapping[str, pl.Series]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Part the rows that share an identity into those that count whatever the day, and those that may count."""
    if rows.is_empty() or REPEAT in met:
        return rows.clear(), rows
    shared = pl.col("event_id").hash().is_in(met["event_id"].implode())
    alone = (pl.len().over("event_id") == 1) & ~shared
    return rows.filter(alone), rows.filter(~alone)


def first_of_each(rows: pl.DataFrame, order: list[str]) -> pl.DataFrame:
    """Of rows that share an identity the first in `order` stays, by `dedupe` first, and then by id."""
    rows = rows.sort(order)
    for identity in IDENTITIES:
        again = pl.col(identity).is_not_null() & ~pl.col(identity).is_first_distinct()
        rows = rows.filter(~again)
    return rows
