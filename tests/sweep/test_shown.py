"""A sweep as lines, chart, page and data."""

from __future__ import annotations

import io
import json
import re
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import abm
from abm.errors import OutputError
from abm.evaluation.sweep.figures import FIGURES
from abm.model import model_from
from abm.output.screen import Screen
from abm.output.sweep import files
from abm.output.sweep.axes import axes
from abm.output.sweep.screen import Shown, sweep_lines
from tests.agreement.compare import frames
from tests.laws.worlds import AS_OF, clean_world
from tests.sweep.worlds import small_model

if TYPE_CHECKING:
    from abm.evaluation.sweep import Sweep


@pytest.fixture(scope="module")
def ledger() -> abm.Ledger:
    tables = frames(clean_world(6, 12, 40, 200))
    return abm.Ledger({name: tables[name] for name in ("accounts", "contacts", "events", "opportunities")}, _small())


def _small(**changes: Any) -> abm.model.Model:
    return model_from(small_model(**changes))


@pytest.fixture(scope="module")
def found(ledger: abm.Ledger) -> Sweep:
    return abm.sweep(ledger, {"mqa.threshold": [10, 30]}, as_of=AS_OF)


@pytest.fixture(scope="module")
def grid(ledger: abm.Ledger) -> Sweep:
    hostile = _small(name="<b>\u202e&")
    return abm.sweep(ledger, {"mqa.threshold": [10, 30]}, models=[_small(), hostile], days=["2026-06-30"], as_of=AS_OF)


def shown_lines(sweep: Sweep, width: int = 100, *, blocks: bool = True) -> list[str]:
    screen = Screen(width, blocks=blocks)
    return screen.rendered(sweep_lines(Shown(sweep, "crm"), screen)).splitlines()


def test_the_screen_names_the_base_and_has_a_row_for_each_run(found: Sweep) -> None:
    lines = shown_lines(found)
    assert lines[0].startswith("crm · small v1 (")
    assert lines[0].endswith("as of 2026-06-30 · 2 runs")
    assert lines[1].startswith(f"The base: mqa.threshold 30 · {found.base['mqas']} MQA of")
    first, second = lines[5:7]
    assert re.split(r"\s+", first.strip())[:2] == ["10", str(found.polars["mqas"][0])]
    assert ("● base" in first, "● base" in second) == (False, True)
    assert any("feedback and no forecast" in line for line in lines)


@pytest.mark.parametrize("width", [20, 40, 60, 80, 140])
def test_no_line_is_wider_than_the_screen(grid: Sweep, width: int) -> None:
    lines = shown_lines(grid, width, blocks=False)
    assert max(map(len, lines)) <= width
    assert "\u202e" not in "".join(lines)
    assert all(line.isascii() or "\N{REPLACEMENT CHARACTER}" in line for line in lines)


def test_what_is_unknown_is_left_out() -> None:
    tables = frames(clean_world(6, 12, 40, 200))
    only = {name: tables[name] for name in ("accounts", "intent")}
    lines = shown_lines(abm.sweep(only, {"mqa.threshold": [10]}, model=_small(), as_of=AS_OF), 140)
    assert not [word for word in ("MQL", "Raised", "Deals") if word in "\n".join(lines)]


def test_models_of_one_name_are_told_apart(ledger: abm.Ledger) -> None:
    found = abm.sweep(ledger, models=[_small(), _small(version=2)], as_of=AS_OF)
    assert axes(found)[0].values == ["small (1)", "small (2)"]


def test_data_is_the_table(found: Sweep) -> None:
    assert pl.read_parquet(files.data(found, "parquet")).equals(found.polars)
    assert pl.read_parquet_metadata(io.BytesIO(files.data(found, "parquet")))["model"] == "small"
    read = json.loads(files.data(found, "json"))
    assert [row["mqas"] for row in read["rows"]] == found.polars["mqas"].to_list()
    assert (read["keys"], read["runs"], read["base"]["mqas"]) == (["mqa.threshold"], 2, found.base["mqas"])
    assert files.data(found, "csv").decode().splitlines()[0] == ",".join(["mqa.threshold", *FIGURES])


def test_text_in_csv_is_not_calculated(ledger: abm.Ledger) -> None:
    found = abm.sweep(ledger, models=[_small(), _small(name="=1+1")], as_of=AS_OF)
    assert "'=1+1" in files.data(found, "csv").decode()


def _drawing(sweep: Sweep) -> dict[str, Any]:
    pytest.importorskip("altair")
    from abm.output.sweep import chart

    return chart.drawing(Shown(sweep, "crm"))


def test_one_number_is_a_line_and_the_base_is_marked(found: Sweep) -> None:
    drawn = _drawing(found)
    marks = [layer["mark"]["type"] for layer in drawn["vconcat"][0]["layer"]]
    assert marks == ["rule", "text", "line", "point", "text", "text"]
    assert drawn["title"]["text"].endswith("by mqa.threshold")


def test_two_keys_are_a_heat_map_and_models_are_lines(ledger: abm.Ledger, grid: Sweep) -> None:
    two = abm.sweep(ledger, {"mqa.threshold": [10, 30], "account.engagement.rollup": ["by_role", "max"]}, as_of=AS_OF)
    drawn = _drawing(two)
    assert drawn["layer"][0]["mark"]["type"] == "rect"
    (rows,) = drawn["datasets"].values()
    assert [row["mqas"] for row in rows] == two.polars["mqas"].to_list()
    assert [row["base"] for row in rows] == [False, False, True, False]
    assert "line" in [layer["mark"]["type"] for layer in _drawing(grid)["vconcat"][0]["layer"]]


def test_words_are_bars(ledger: abm.Ledger) -> None:
    found = abm.sweep(ledger, {"account.engagement.rollup": ["max", "by_role"]}, as_of=AS_OF)
    assert _drawing(found)["vconcat"][0]["layer"][0]["mark"]["type"] == "bar"


def test_pictures_are_whole_and_say_nothing_unescaped(grid: Sweep) -> None:
    pytest.importorskip("vl_convert")
    shown = Shown(grid, "crm <script>")
    assert files.picture(shown, "png").startswith(b"\x89PNG")
    drawn = files.picture(shown, "svg").decode()
    page = files.picture(shown, "html").decode()
    for text in (drawn, page):
        assert "<script" not in text
        assert "<b>" not in text
        assert "\u202e" not in text
        assert "&lt;b&gt;" in text
        assert not re.findall(r"(?:src|href)=", text)
    assert page.count("<tr") == 1 + len(grid.polars)
    assert files.picture(shown, "html").decode() == page


def test_a_chart_shows_two_things_and_needs_its_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(OutputError, match="3 things vary, and a chart shows 2"):
        files.require_picture(3)
    monkeypatch.setattr(files, "find_spec", lambda _name: None)
    with pytest.raises(OutputError, match=r"pip install 'abm\[report\]'"):
        files.require_picture(1)
