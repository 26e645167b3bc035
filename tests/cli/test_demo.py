from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.running import ROOT, abm, program

if TYPE_CHECKING:
    from pathlib import Path


def test_the_demo_is_ranked_and_says_what_next() -> None:
    done = abm("demo")
    assert "Copperfinch Robotics" in done.stdout
    assert "abm demo my-demo" in done.stderr


@pytest.mark.slow
def test_the_copy_stands_alone(tmp_path: Path) -> None:
    done = program("demo", "my demo", folder=tmp_path)
    assert b"abm check -w 'my demo'" in done.stderr
    assert done.stdout == b""
    assert sorted(path.name for path in tmp_path.iterdir()) == ["my demo"]
    copied = program("rank", "--format", "csv", folder=tmp_path / "my demo").stdout
    assert copied == abm("rank", "-w", ROOT / "fixtures" / "demo", "--format", "csv").stdout_bytes


def test_nothing_is_ever_overwritten(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "note.txt").write_text("keep")
    assert "is there already" in abm("demo", tmp_path / "mine", code=2).stderr
    assert "is there already" in abm("demo", tmp_path / "mine" / "note.txt", code=2).stderr
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["note.txt"]


def test_an_empty_folder_may_be_filled(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    abm("demo", tmp_path / "empty")
    assert (tmp_path / "empty" / "model.yaml").is_file()
