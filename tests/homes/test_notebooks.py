"""The notebooks: their cells run as they stand here, and a real kernel runs them in an environment of its own."""

from __future__ import annotations

import json
import os
import shutil
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from tests.homes.environments import HOMES, QUALIFIED, environment, run

if TYPE_CHECKING:
    from pathlib import Path


def cells(notebook: Path) -> list[dict[str, Any]]:
    return [each for each in json.loads(notebook.read_text())["cells"] if each["cell_type"] == "code"]


def test_the_pandas_cells_run() -> None:
    names: dict[str, Any] = {}
    for cell in cells(HOMES / "pandas" / "ranking.ipynb"):
        exec("".join(cell["source"]), names)  # what a kernel does with a cell
    assert isinstance(names["ranking"], pd.DataFrame)
    assert names["ranking"]["name"].head(5).to_list() == QUALIFIED[:5]
    assert names["waterfall"].sum() == pytest.approx(names["first"]["score"])
    assert set(names["leads"]["account_id"]) == {"A001"}


def test_notebooks_are_kept_without_outputs() -> None:
    for notebook in HOMES.glob("*/*.ipynb"):
        assert not [cell for cell in cells(notebook) if cell["outputs"] or cell["execution_count"]]


@pytest.mark.slow
def test_a_kernel_runs_the_pandas_notebook(tmp_path: Path) -> None:
    shown = executed("pandas", tmp_path)
    assert QUALIFIED[0] in shown[0]
    assert "coverage" in shown[1]
    assert "mql" in shown[2]


@pytest.mark.slow
def test_a_kernel_runs_the_spark_notebook(tmp_path: Path) -> None:
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        pytest.skip("Spark needs Java, which is not here")
    shown = executed("spark", tmp_path)
    assert [name for name in QUALIFIED[:5] if name not in shown[1]] == []
    assert "coverage" in shown[2]


def executed(home: str, folder: Path) -> list[str]:
    """What each cell of a notebook shows when a kernel of the home's own environment runs it."""
    programs = environment(home, folder)
    notebook = folder / "ranking.ipynb"
    notebook.write_bytes((HOMES / home / "ranking.ipynb").read_bytes())
    run([str(programs / "jupyter"), "execute", "--inplace", str(notebook)], folder, {"IPYTHONDIR": str(folder)})
    return ["".join(map(said, cell["outputs"])) for cell in cells(notebook)]


def said(output: dict[str, Any]) -> str:
    return "".join(output["text"] if output["output_type"] == "stream" else output["data"]["text/plain"])
