"""README's few lines of each example are lines of the example, in its order, and so they run when it does."""

from __future__ import annotations

import json
import re
from textwrap import dedent

import pytest

from tests.homes.environments import HOMES
from tests.test_readme import BLOCKS, HOME

SOURCES = {
    "dagster": "dagster/definitions.py",
    "airflow": "airflow/rank_accounts.py",
    "dbt": "dbt/models/scored_accounts.py",
    "pandas": "pandas/ranking.ipynb",
    "spark": "spark/ranking.ipynb",
}
SHOWN = {mark.removeprefix(HOME): text for mark, _, text in BLOCKS if mark.startswith(HOME)}


def source(home: str) -> list[str]:
    """The lines of an example; of a notebook those of its cells."""
    path = HOMES / SOURCES[home]
    text = path.read_text("utf-8")
    if path.suffix == ".ipynb":
        text = "\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"])
    return text.splitlines()


def test_every_home_is_shown() -> None:
    assert set(SHOWN) == set(SOURCES) == {path.name for path in HOMES.iterdir() if path.is_dir()}


@pytest.mark.parametrize("home", SOURCES)
def test_the_lines_are_of_the_example(home: str) -> None:
    lines = dedent("\n".join(source(home))).splitlines()
    shown = [line.strip() for line in SHOWN[home].splitlines()]
    assert "..." not in shown[0]
    where = 0
    for before, line in zip(["...", *shown], shown, strict=False):
        if line == "...":
            continue
        rest = [each.strip() for each in lines[where:]]
        assert line in rest, f"{home}: {line} does not stand in {SOURCES[home]}, or not there"
        found = rest.index(line)
        assert found == 0 or before == "...", f"{home}: lines before {line} are left out without saying so"
        where += found + 1


def test_the_page_of_the_homes_names_them_all() -> None:
    page = (HOMES / "README.md").read_text("utf-8")
    assert set(re.findall(r"\]\(([^)]+)\)", page)) == set(SOURCES.values())
