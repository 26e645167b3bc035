"""Where a run takes place: the engine that is asked for or that the frames live in, and the tables as it has them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import narwhals as nw
import polars as pl

from abm.engines.base import Spilling
from abm.engines.given import canonical
from abm.engines.polars import PolarsEngine, engine_of
from abm.errors import TableError
from abm.scoring.context import Input
from abm.sources.frames import FrameKind, frame_kind, tables_from_frames, unknown_tables
from abm.sources.guard import collected, put_aside
from abm.tables.contracts import CONTRACTS
from abm.workspace.loader import Workspace

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from abm.engines.base import Engine, Step
    from abm.engines.on_disk import OnDiskEngine
    from abm.engines.room import Room
    from abm.sources.tables import Table
    from abm.tables.findings import Finding

EngineName = Literal["polars", "duckdb", "spark"]

_DAYS = {"events": "occurred_at", "intent": "observed_on"}
"""The columns that tell how far the facts reach."""


@dataclass(frozen=True)
class Ground:
    """An engine and what it will read.

    Attributes:
        engine: runs the plan.
        kind: the kind of frame in which results are given back.
        inputs: the tables by name.
        findings: what reading them found.
    """

    engine: Engine
    kind: FrameKind
    inputs: dict[str, Input]
    findings: tuple[Finding, ...]

    def newest_day(self) -> date | None:
        """The newest day of an event or an intent observation; None if no row has one."""
        asked = [
            self.inputs[name].frame.select(nw.col(column).max().alias("day"))
            for name, column in _DAYS.items()
            if name in self.inputs
        ]
        days = [frame["day"].item() for frame in self.engine.gather(*asked)]
        return max((day for day in days if day is not None), default=None)


def ground_of(facts: Workspace | Mapping[str, Any], name: EngineName | None, room: Room | None = None) -> Ground:
    """Choose the engine and hand it the tables.

    Args:
        facts: a workspace, or frames by table name.
        name: the engine that is asked for; None: the one the frames live in, else Polars.
        room: how much memory Polars or DuckDB may take.

    Raises:
        TableError: the frames do not make up tables, or live in another engine than the one that is asked for; memory
            is limited for an engine that cannot keep to it.
    """
    kind: FrameKind = "polars" if isinstance(facts, Workspace) else frame_kind(facts)
    if room is not None and (not isinstance(facts, Workspace) or name == "spark"):
        raise TableError(
            "room: what has no room is put aside of a workspace, by Polars or DuckDB. Frames are in memory as they are,"
            " and Spark has settings of its own (spark.executor.memory). Leave room out."
        )
    if kind in ("duckdb", "spark") and not isinstance(facts, Workspace):
        if name not in (None, kind):
            raise TableError(
                f"the frames live in {kind}, and engine '{name}' is asked for. Leave the engine out, or convert them."
            )
        return _at_home(facts, kind)
    tables = facts.tables if isinstance(facts, Workspace) else tables_from_frames(facts)
    findings = findings_of(tables)
    engine: Engine
    if name in (None, "polars") and room is not None:
        on_disk = engine_on_disk(room, row_counts(tables))
        inputs = {each: _input(table, _aside(on_disk, table)) for each, table in tables.items()}
        return Ground(on_disk, kind, inputs, findings)
    if name in (None, "polars"):
        engine = PolarsEngine(engine_of([table.frame for table in tables.values()]))
        return Ground(engine, kind, inputs_of(tables), findings)
    engine = _engine(name, room=room)
    inputs = {each: _input(table, _moved(engine, table)) for each, table in tables.items()}
    return Ground(engine, engine.name if isinstance(facts, Workspace) else kind, inputs, findings)  # type: ignore[arg-type]


def engine_on_disk(room: Room, rows: Mapping[str, int]) -> OnDiskEngine:
    """Polars where there is little memory, for tables of so many rows."""
    from abm.engines.on_disk import OnDiskEngine  # noqa: PLC0415 - most runs have memory enough

    return OnDiskEngine(room, max(rows.values()))


def inputs_of(tables: Mapping[str, Table]) -> dict[str, Input]:
    """Tables as the plan takes them."""
    return {name: _input(table, nw.from_native(table.frame)) for name, table in tables.items()}


def findings_of(tables: Mapping[str, Table]) -> tuple[Finding, ...]:
    """What reading tables found."""
    return tuple(finding for table in tables.values() for finding in table.findings)


def row_counts(tables: Mapping[str, Table]) -> dict[str, int]:
    """How many rows each table has."""
    return {name: _rows_of(table) for name, table in tables.items()}


def _rows_of(table: Table) -> int:
    before, frame = 0, table.frame
    if table.parquet is not None:
        # Parquet says how many rows it has, and how many are in the files before was asked when it was opened.
        file, before = table.parquet.files[-1]
        frame = pl.scan_parquet(file, glob=False)
    return before + int(collected(frame.select(pl.len()), table.file or table.name).item())


def _input(table: Table, frame: Step) -> Input:
    return Input(frame, table.kinds, table.file, table.given, table.marked)


def _engine(name: str | None, frame: Any = None, room: Room | None = None) -> Engine:
    if name == "duckdb":
        from abm.engines.duckdb import DuckDBEngine  # noqa: PLC0415

        return DuckDBEngine(frame, room)
    if name == "spark":
        return _spark(frame)
    raise TableError(f"there is no engine '{name}'. Engines are polars, duckdb and spark.")


def _spark(frame: Any) -> Engine:
    try:
        from abm.engines.spark import SparkEngine  # noqa: PLC0415
    except ImportError as error:
        raise TableError("Spark is not installed. Install abm[spark], and Java 17 or newer.") from error
    return SparkEngine(frame)


def _at_home(frames: Mapping[str, Any], kind: FrameKind) -> Ground:
    """Frames that stay in their engine."""
    problems = unknown_tables(frames)
    engine = _engine(kind, next(iter(frames.values())))
    inputs: dict[str, Input] = {}
    for name in CONTRACTS:
        if name not in frames:
            continue
        try:
            table = canonical(engine, name, nw.from_native(frames[name]).lazy(), f"frame {name}")
        except TableError as error:
            problems.append(str(error))
        else:
            inputs[name] = Input(table.step, table.kinds, None, table.given)
    if problems:
        raise TableError("\n".join(problems))
    return Ground(engine, kind, inputs, ())


def _moved(engine: Engine, table: Table) -> Step:
    """A table of a workspace, in another engine; Parquet that needs no parsing is read by that engine itself."""
    where = table.file or table.name
    if table.parquet is not None:
        read = engine.read_parquet(table.parquet.files)
        chosen = [nw.col(source).alias(target) for target, source in table.parquet.columns.items()]
        return canonical(engine, table.name, read.select(*chosen, "_row"), where).step
    if isinstance(engine, Spilling) and engine.room is not None:
        return _put_aside(engine, engine.room, table)
    return engine.scatter(collected(table.frame, where))


def _aside(engine: Spilling, table: Table) -> Step:
    """A table of a workspace where Polars has little memory; what would be parsed again and again is put aside."""
    if table.parquet is not None or engine.room is None:
        return nw.from_native(table.frame)
    return _put_aside(engine, engine.room, table)


def _put_aside(engine: Spilling, room: Room, table: Table) -> Step:
    aside = room.folder / f"{table.name}.parquet"
    put_aside(table.frame, aside, table.file or table.name)
    return engine.stored(aside)
