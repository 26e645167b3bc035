"""`abm brief`: to stdout, into a file, into a folder; formats, selections, and what cannot be done."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

import abm as library
from abm.cli.brief import file_names
from tests.cli.running import abm

if TYPE_CHECKING:
    from pathlib import Path

DEMO = library.demo_folder()


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo, in a folder of its own."""
    folder = tmp_path_factory.mktemp("briefs") / "crm"
    abm("demo", folder)
    return folder


def test_markdown_on_stdout() -> None:
    done = abm("brief", "copperfinch", "-w", DEMO)
    assert done.stdout.startswith("# Copperfinch Robotics\n\n**Qualified: 86.9 points, 60 needed; rank 1 of 56.**\n")
    assert "workspace demo, model starter v1" in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "begins"), [("a.html", "<!doctype html>"), ("a.md", "# Copper"), ("a.json", '{\n  "account_id": "A001"')]
)
def test_the_ending_tells_the_format(tmp_path: Path, name: str, begins: str) -> None:
    abm("brief", "A001", "-w", DEMO, "-o", tmp_path / name)
    assert (tmp_path / name).read_text("utf-8").startswith(begins)


def test_a_folder_of_briefs_and_its_index(tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = abm("brief", "-w", DEMO, "--where", "is_mqa", "--top", "3", "--format", "html", "-o", out)
    names = ["A001-copperfinch-robotics.html", "A017-tidewhistle-analytics.html", "A018-ottergrove-savings.html"]
    assert sorted(each.name for each in out.iterdir()) == [*names, "index.html"]
    index = (out / "index.html").read_text("utf-8")
    assert [f'href="{name}"' in index for name in names] == [True] * 3
    assert 'href="index.html"' in (out / names[0]).read_text("utf-8")
    assert "wrote 3 briefs" in done.stderr


@pytest.mark.slow
def test_several_by_name_as_json(tmp_path: Path) -> None:
    abm("brief", "A009", "copperfinch", "-w", DEMO, "--format", "json", "-o", tmp_path)
    assert [each["account_id"] for each in json.loads((tmp_path / "index.json").read_text())["briefs"]] == [
        "A009",
        "A001",
    ]
    assert json.loads((tmp_path / "A009-hagebutte-maschinenbau.json").read_text())["name"] == "Hagebutte Maschinenbau"


@pytest.mark.slow
def test_a_saved_list(copied: Path, tmp_path: Path) -> None:
    page = copied / "workspace.yaml"
    before = page.read_text("utf-8")
    page.write_text(before + "\nlists:\n  family: \"name ilike 'valdemira%'\"\n", "utf-8")
    try:
        abm("brief", "-w", copied, "--list", "family", "-o", tmp_path / "out")
        assert len(list((tmp_path / "out").iterdir())) == 4
        done = abm("brief", "-w", copied, "--list", "famly", "-o", tmp_path / "out", code=2)
        assert "Did you mean 'family'?" in done.stderr
    finally:
        page.write_text(before, "utf-8")


@pytest.mark.slow
def test_a_teams_own_template(copied: Path, tmp_path: Path) -> None:
    folder = copied / "briefs"
    folder.mkdir(exist_ok=True)
    own = folder / "brief.md.jinja"
    own.write_text("Dear colleague, {{ brief.headline.text }}\n", "utf-8")
    assert (
        abm("brief", "A001", "-w", copied).stdout
        == "Dear colleague, Qualified: 86.9 points, 60 needed; rank 1 of 56.\n"
    )
    own.write_text("Dear colleague,\n{{ brief.headlin.text }}\n", "utf-8")
    done = abm("brief", "A001", "-w", copied, code=2)
    assert done.stderr.startswith(f"abm: {own}:2: the template fails: ")
    own.unlink()
    page = tmp_path / "page.html.jinja"
    page.write_text("<p>{{ brief.name }}</p>", "utf-8")
    assert abm("brief", "A012", "-w", copied, "--template", page).stdout == "<p>Fennel &amp; Roe Capital</p>"
    wrong = abm("brief", "A001", "-w", copied, "--template", tmp_path / "none", code=2)
    assert "there is no such file" in wrong.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "say which account"),
        (["A001", "A002"], "Name the folder with -o"),
        (["nowhere"], "there is no account 'nowhere'"),
        (["C0001"], "there is no account 'C0001'"),
        (["--where", "scre > 1", "-o", "out"], "Did you mean 'score'?"),
        (["A001", "-o", "missing/a.md"], "there is no folder missing"),
        (["A001", "-o", "a.pdf"], ".pdf tells no format"),
        (["A001", "--format", "json", "--template", "x"], "JSON has no template"),
    ],
)
def test_what_cannot_be_done(arguments: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert said in abm("brief", *arguments, "-w", DEMO, code=2).stderr
    assert not list(tmp_path.iterdir())


def test_names_of_files() -> None:
    names = file_names([("A/1", "x"), ("A\\1", "X"), ("", "index"), ("\u202e", "日本"), ("a" * 300, "b" * 300)], ".md")
    assert len({each.lower() for each in names}) == 5
    assert all(each.isascii() and len(each) < 200 and "/" not in each and not each.startswith(".") for each in names)
    assert "index.md" not in names
