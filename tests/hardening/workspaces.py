"""A small whole workspace of which one thing is broken, and what the program says to it."""

from __future__ import annotations

import io
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from typer.testing import CliRunner

from abm import load_workspace, score
from abm.cli.app import app
from abm.errors import InputError
from tests.cli.conftest import FILES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from typer.testing import Result

EVENTS = FILES["events.csv"]
READERS = ("csv", "tsv", "jsonl", "parquet")
WAYS = (*READERS, *(f"sql {ending}" for ending in READERS))
"""Every way in which a table is read: a file of each format, and a query over one."""

TEXT_WAYS = tuple(way for way in WAYS if not way.endswith("parquet"))
HOSTILE = "\x1b\x07\x9b\x85\u202e\u2066"
"""Characters that must never reach a terminal."""


_OF_READING = {"delimiter", "encoding", "unparseable", "repeated_column", "unmapped_column"}
_SOONER = {"csv", "parquet", "sql csv"}


def each(ways: Iterable[str]) -> list[Any]:
    """Ways as parameters of a test; those that differ little from others are tried when there is time."""
    return [pytest.param(way, marks=() if way in _SOONER else pytest.mark.slow) for way in ways]


def ending_of(way: str) -> str:
    """The format of the file behind a way of reading."""
    return way.rpartition(" ")[2]


def events_as(ending: str, text: str = EVENTS) -> bytes:
    """The events in a format; Parquet and JSON with the text types of the CSV."""
    frame = pl.read_csv(text.encode(), infer_schema=False)
    if ending == "tsv":
        return frame.write_csv(separator="\t").encode()
    if ending == "jsonl":
        return frame.write_ndjson().encode()
    if ending == "parquet":
        stream = io.BytesIO()
        frame.write_parquet(stream)
        return stream.getvalue()
    return text.encode()


def workspace(folder: Path, **files: str) -> Path:
    """Write the workspace with some files instead of its own, such as `events_csv="..."`."""
    crm = folder / "crm"
    crm.mkdir(parents=True, exist_ok=True)
    for name, text in (FILES | {key.replace("_", ".", 1): text for key, text in files.items()}).items():
        (crm / name).write_text(text, "utf-8")
    return crm


def events_file(folder: Path, way: str) -> tuple[Path, Path]:
    """A workspace whose events are read in one of the `WAYS`, but whose file is not there yet.

    Returns:
        The workspace and the path of the missing file.
    """
    crm = workspace(folder)
    (crm / "events.csv").unlink()
    kind, _, ending = way.rpartition(" ")
    file = crm / (f"raw.{ending}" if kind else f"events.{ending}")
    if kind:
        others = "".join(f"  {name}: {name}.csv\n" for name in ("accounts", "contacts", "intent"))
        query = f"  events:\n    sql: select * from '{file.name}'\n"
        (crm / "workspace.yaml").write_text(f"tables:\n{others}{query}")
    return crm, file


def run(*arguments: object) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(app, [str(each) for each in arguments], prog_name="abm", env={"COLUMNS": "120"})


def refused(*arguments: object) -> str:
    """Run a command that cannot do what it is asked for, and return the one message it gives."""
    done = run(*arguments)
    told = done.stderr
    assert done.exit_code == 2, (done.exit_code, told, done.exception)
    assert done.stdout == "", done.stdout
    return clear(told)


def refused_reading(crm: Path) -> str:
    """Read a workspace that cannot be read, as every command does first, and return the one message."""
    with pytest.raises(InputError) as caught:
        load_workspace(crm)
    return clear(f"abm: {caught.value}")


def clear(told: str) -> str:
    """Check that what was told is one message for a person, and return it without the program's name."""
    assert told.startswith("abm: "), told
    assert told.count("abm: ") == 1, told
    assert "Traceback" not in told
    assert "bug in abm" not in told
    assert not set(HOSTILE) & set(told), told
    assert len(told) < 1200, len(told)
    return told.removeprefix("abm: ").rstrip("\n")


def issues(crm: Path) -> pl.DataFrame:
    """What the hygiene table of a workspace says that can be read."""
    issues: pl.DataFrame = score(load_workspace(crm)).polars["issues"]
    return issues


def issue(crm: Path, code: str, table: str = "events") -> dict[str, Any]:
    """The one issue of a table with this code; what reading finds is known before anything is scored."""
    if code in _OF_READING:
        (read,) = (each for each in load_workspace(crm).tables[table].findings if each.code == code)
        return {**asdict(read), "samples": list(read.samples), "rows": list(read.rows)}
    found = issues(crm).filter((pl.col("code") == code) & (pl.col("table") == table))
    assert found.height == 1, found
    return found.row(0, named=True)
