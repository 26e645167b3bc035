"""Delta tables: what counts in the newest version, from below the data folder only."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import deltalake
import polars as pl
import pytest

from abm.errors import SourceError
from abm.sources.delta import read_delta
from abm.workspace.loader import load_workspace

if TYPE_CHECKING:
    from pathlib import Path

WHERE = "workspace.yaml:7: tables.events"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


def written(path: Path, *frames: pl.DataFrame) -> None:
    for frame in frames:
        deltalake.write_deltalake(str(path), frame.to_arrow(), mode="append")


def read(folder: Path, table: str) -> pl.DataFrame:
    return read_delta("events", table, folder, WHERE).frame.collect()


def failing(folder: Path, table: str) -> str:
    with pytest.raises(SourceError) as caught:
        read(folder, table)
    said = str(caught.value)
    assert said.startswith(WHERE)
    assert "\n" not in said
    return said


def test_only_what_counts_is_read(data: Path) -> None:
    """Rows that were deleted are still in the Parquet files of the folder."""
    path = data / "lake" / "events"
    written(path, pl.DataFrame({"contact_id": ["a", "b"]}), pl.DataFrame({"contact_id": ["c"]}))
    deltalake.DeltaTable(str(path)).delete("contact_id = 'a'")
    frame = read(data, "lake/events")
    assert sorted(frame["contact_id"]) == ["b", "c"]
    assert frame["_row"].to_list() == [None, None]
    assert pl.read_parquet(path / "*.parquet").height > 2


def test_a_workspace_names_it(data: Path) -> None:
    written(data / "accounts", pl.DataFrame({"account_id": ["A1"], "name": ["Acme"], "domain": ["acme.example"]}))
    (data / "intent.csv").write_text("account_id,topic,observed_on,score\nA1,crm,2026-06-01,70\n")
    (data / "workspace.yaml").write_text("tables:\n  accounts: {delta: accounts}\n  intent: intent.csv\n")
    assert load_workspace(data).tables["accounts"].frame.collect()["name"].to_list() == ["Acme"]


def test_partitions_are_columns(data: Path) -> None:
    frame = pl.DataFrame({"contact_id": ["a", "b"], "day": ["2026-01-01", "2026-01-02"]})
    deltalake.write_deltalake(str(data / "events"), frame.to_arrow(), partition_by=["day"])
    assert sorted(read(data, "events").select("contact_id", "day").rows()) == sorted(frame.rows())


def test_what_is_no_delta_table(data: Path) -> None:
    (data / "plain").mkdir()
    (data / "file.parquet").touch()
    (data / "broken" / "_delta_log").mkdir(parents=True)
    (data / "broken" / "_delta_log" / "00000000000000000000.json").write_text("nonsense")
    assert "holds no Delta table" in failing(data, "plain")
    assert "there is no such folder" in failing(data, "nowhere")
    assert "there is no such folder" in failing(data, "file.parquet")
    assert "cannot be read as a Delta table" in failing(data, "broken")


def test_nothing_outside_is_read(data: Path) -> None:
    outside = data.parent / "outside"
    written(outside, pl.DataFrame({"contact_id": ["secret"]}))
    assert "outside the data folder" in failing(data, "../outside")
    (data / "link").symlink_to(outside)
    assert "outside the data folder" in failing(data, "link")
    # A log that names a file by its whole path, as those of shallow copies do.
    written(data / "copy", pl.DataFrame({"contact_id": ["fine"]}))
    log = data / "copy" / "_delta_log" / "00000000000000000000.json"
    (parquet,) = outside.glob("*.parquet")
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    for line in lines:
        if "add" in line:
            line["add"] |= {"path": f"file://{parquet}", "size": parquet.stat().st_size}
    log.write_text("\n".join(json.dumps(line) for line in lines))
    assert "is not there" in failing(data, "copy")
    # A link inside the table.
    written(data / "linked", pl.DataFrame({"contact_id": ["fine"]}))
    (own,) = (data / "linked").glob("*.parquet")
    own.unlink()
    own.symlink_to(parquet)
    assert "outside the data folder" in failing(data, "linked")


def test_a_file_that_is_gone(data: Path) -> None:
    written(data / "events", pl.DataFrame({"contact_id": ["a"]}))
    for each in (data / "events").glob("*.parquet"):
        each.unlink()
    assert "is not there" in failing(data, "events")
