"""A workspace whose events come in deliveries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

import abm
from abm.workspace.bundled import model_file

if TYPE_CHECKING:
    from pathlib import Path

_WORKSPACE = "model: model.yaml\nas_of: 2026-06-30\ntables:\n"


@pytest.fixture
def crm(tmp_path: Path) -> Path:
    """The demo with its events in one file a quarter, ids on them."""
    demo, crm = abm.demo_folder(), tmp_path / "crm"
    (crm / "events").mkdir(parents=True)
    tables = ("accounts", "contacts", "intent", "opportunities")
    for name in tables:
        (crm / f"{name}.csv").write_bytes((demo / f"{name}.csv").read_bytes())
    (crm / "model.yaml").write_bytes(model_file("starter").read_bytes())
    listed = "".join(f"  {name}: {name}.csv\n" for name in tables)
    (crm / "workspace.yaml").write_text(f"{_WORKSPACE}{listed}  events: events/*.csv\n")
    events = _demo_events()
    quarter = pl.col("occurred_at").str.slice(0, 10).str.to_date().dt.truncate("1q").alias("quarter")
    for (first,), rows in events.group_by(quarter, maintain_order=True):
        rows.write_csv(crm / "events" / f"{first}.csv")
    return crm


@pytest.fixture
def quiet(crm: Path) -> Path:
    """The demo without an event."""
    for path in (crm / "events").glob("*.csv"):
        path.unlink()
    return crm


def _demo_events() -> pl.DataFrame:
    events = pl.read_csv(abm.demo_folder() / "events.csv", infer_schema=False)
    if "event_id" not in events.columns:
        events = events.with_columns(pl.format("E{}", pl.int_range(pl.len())).alias("event_id"))
    return events
