"""`abm graph`: what it writes, what it says, and what it refuses."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

import networkx as nx
import pytest

import abm as library
from tests.cli.running import abm

DEMO = str(library.demo_folder())


def drawn(*arguments: str) -> str:
    return abm("graph", *arguments, "-w", DEMO).stdout


def test_without_a_file_it_says_the_measures_in_words() -> None:
    said = drawn("Hagebutte")
    assert "Hagebutte Maschinenbau (A009)" in said
    assert "  empty seats      champion\n" in said
    assert "  critical people  Katharina Vogelsang (CFO): without them, economic buyer is empty\n" in said
    assert "  threads          1: Katharina Vogelsang as economic buyer; one loss ends it\n" in said


def test_a_family_in_words_names_those_who_are_silent() -> None:
    said = drawn("A008", "--family")
    assert said.index("Valdemira Ceramics (A007)") < said.index("Valdemira Embalagens (A008)")
    assert "Nobody engaged: Valdemira Group\n" in said


@pytest.mark.parametrize("options", [[], ["--family"]])
@pytest.mark.parametrize("ending", ["svg", "html", "graphml", "json"])
def test_every_ending_tells_its_format(tmp_path: Path, ending: str, options: list[str]) -> None:
    target = tmp_path / f"drawn.{ending}"
    drawn("A006", *options, "-o", str(target))
    data = target.read_bytes()
    assert list(tmp_path.iterdir()) == [target]
    read = {
        "svg": lambda: b"<svg" in data,
        "html": lambda: data.startswith(b"<!doctype html>"),
        "graphml": lambda: nx.read_graphml(BytesIO(data), force_multigraph=True).nodes["account:A006"]["score"] > 0,
        "json": lambda: nx.node_link_graph(json.loads(data), edges="links").nodes["account:A006"]["score"] > 0,
    }
    assert read[ending]()
    again = tmp_path / f"again.{ending}"
    drawn("A006", *options, "-o", str(again))
    assert again.read_bytes() == data


def test_a_format_goes_to_stdout() -> None:
    assert json.loads(drawn("A009", "--format", "json"))["multigraph"] is True


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["Hagebute"], "no account"),
        (["Valdemira"], "fits 3 entities"),
        (["A009", "-o", "x.pdf"], "Expected one of .svg, .html"),
        (["A009", "-o", "nowhere/x.svg"], "there is no folder nowhere"),
        (["A009", "-o", "."], "is a folder. Name a file in it."),
        (["C0055"], "account"),
    ],
)
def test_what_cannot_be_drawn_is_said(arguments: list[str], said: str) -> None:
    done = abm("graph", *arguments, "-w", DEMO, code=2)
    assert said in done.stderr
    assert not Path("x.pdf").exists()


def test_it_does_not_write_over_what_it_was_made_of(tmp_path: Path) -> None:
    abm("demo", str(tmp_path / "crm"))
    target = tmp_path / "crm" / "accounts.csv"
    done = abm("graph", "A009", "-w", str(tmp_path / "crm"), "--format", "json", "-o", str(target), code=2)
    assert "is what this result was made of" in done.stderr
