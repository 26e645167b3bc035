"""Frames of a calling program: Polars, pandas, PyArrow."""

import subprocess
import sys

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from abm.errors import TableError
from abm.sources.frames import frame_kind, tables_from_frames, to_kind
from abm.tables.contracts import Kind

ACCOUNTS = {"account_id": ["A1", "A2"], "employees": [10, None], "seen": [None, "2026-06-30"]}
MAKERS = {
    "polars": pl.DataFrame,
    "lazy": pl.LazyFrame,
    "pandas": pd.DataFrame,
    "pyarrow": pa.table,
    "batch": pa.RecordBatch.from_pydict,
}


@pytest.mark.parametrize("maker", list(MAKERS))
def test_reads_every_kind(maker):
    table = tables_from_frames({"accounts": MAKERS[maker](ACCOUNTS)})["accounts"]
    frame = table.frame.select("account_id", "employees", "seen", "_row").collect()
    assert frame.rows() == [("A1", 10.0, None, None), ("A2", None, "2026-06-30", None)]
    assert (table.kinds["employees"], table.kinds["seen"], table.file) == (Kind.NUMBER, Kind.TEXT, None)


def test_pandas_types():
    frame = pd.DataFrame(
        {
            "contact_id": [1, "x"],
            "email": pd.Categorical(["a@x.com", "b@x.com"]),
            "created_at": pd.to_datetime(pd.Series(["2026-06-30T23:00:00-05:00", None]), utc=True).to_list(),
            "opted_out": [True, None],
            "buying_role": [["a", "b"], None],
            "score": pd.array([1, None], dtype="Int64"),
            "fraction": [0.5, float("nan")],
        },
        index=[7, 8],
    )
    table = tables_from_frames({"contacts": frame})["contacts"]
    row = (
        table.frame.select(frame.columns.to_list()).with_columns(pl.col("created_at").cast(pl.String)).collect().rows()
    )
    assert row == [
        ("1", "a@x.com", "2026-07-01", True, "a;b", 1, 0.5),
        ("x", "b@x.com", None, None, None, None, None),
    ]


def test_row_numbers_of_the_caller_mean_nothing():
    table = tables_from_frames({"accounts": pl.DataFrame({"account_id": ["A1"], "_row": [5]})})["accounts"]
    assert table.frame.collect()["_row"].to_list() == [None]
    assert "_row" not in table.kinds


def test_order_is_of_the_contracts():
    events = pl.DataFrame({"contact_id": ["c"], "type": ["t"], "occurred_at": [None]})
    frames = {"events": events, "accounts": pl.DataFrame(ACCOUNTS)}
    assert list(tables_from_frames(frames)) == ["accounts", "events"]


@pytest.mark.parametrize(
    ("frames", "message"),
    [
        ({}, "there are no tables"),
        ({"acounts": pl.DataFrame(ACCOUNTS)}, "there is no table 'acounts'. Tables are accounts, contacts"),
        ({"acounts": pl.DataFrame(ACCOUNTS)}, "Did you mean 'accounts'?"),
        ({"accounts": pl.DataFrame(ACCOUNTS), "events": pd.DataFrame()}, "accounts is polars, events is pandas"),
        ({"accounts": [1]}, "accounts is a builtins.list. Expected a frame of Polars, pandas or PyArrow"),
        ({"accounts": pd.Series([1])}, "Expected a frame"),
        ({"accounts": pl.DataFrame({"id": [1]})}, "frame accounts: table accounts lacks the column 'account_id'"),
        ({"accounts": pd.DataFrame([[1, 2]], columns=["a", "a"])}, "frame accounts: cannot be read"),
        ({"accounts": pl.LazyFrame({"a": [1]}).select("b")}, "frame accounts: cannot be read"),
    ],
    ids=range(9),
)
def test_refuses(frames, message):
    with pytest.raises(TableError) as caught:
        tables_from_frames(frames)
    assert message in str(caught.value)


def test_errors_of_all_tables_come_together():
    frames = {"accounts": pl.DataFrame({"x": [1]}), "event": pl.DataFrame(), "contacts": pl.DataFrame({"y": [1]})}
    with pytest.raises(TableError) as caught:
        tables_from_frames(frames)
    assert [line.split(" lacks")[0] for line in str(caught.value).splitlines()][1:] == [
        "frame accounts: table accounts",
        "frame contacts: table contacts",
    ]


@pytest.mark.parametrize(
    ("maker", "kind"),
    [("polars", pl.DataFrame), ("lazy", pl.DataFrame), ("pandas", pd.DataFrame), ("pyarrow", pa.Table)],
)
def test_results_go_back_in_the_kind_that_came(maker, kind):
    result = to_kind(pl.DataFrame({"a": [1, 2]}), frame_kind({"accounts": MAKERS[maker](ACCOUNTS)}))
    assert isinstance(result, kind)
    assert len(result) == 2


@pytest.mark.slow
def test_reading_needs_neither_pandas_nor_pyarrow(tmp_path):
    (tmp_path / "accounts.csv").write_text("account_id\nA1\n")
    pl.DataFrame({"account_id": ["A1"], "topic": ["t"], "observed_on": ["2026-06-30"], "score": [70]}).write_parquet(
        tmp_path / "intent.parquet"
    )
    code = """
import sys
sys.modules["pandas"] = sys.modules["pyarrow"] = None
from pathlib import Path
import polars as pl
from abm.sources.frames import tables_from_frames
from abm.sources.sql import read_query
from abm.workspace.loader import load_workspace
folder = Path(sys.argv[1])
print([table.frame.collect().height for table in load_workspace(folder).tables.values()])
print(read_query("accounts", "from 'accounts.csv'", folder, "w").frame.collect().height)
print(list(tables_from_frames({"accounts": pl.DataFrame({"account_id": ["A1"]})})))
"""
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("[1, 1]\n1\n['accounts']\n", "")
