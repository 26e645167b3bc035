"""Pages of targets: a closed vocabulary, every mistake told with its line, and pages of a team's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import abm
from abm.errors import WorkspaceError
from abm.output.lists.library import find_target, load_target, target_files
from tests.export.validator import MACHINES
from tests.export.worlds import demo, records

if TYPE_CHECKING:
    from pathlib import Path

PAGE = """\
name: mine
title: Mine
level: account
columns:
  - {header: Key, from: account.account_id}
  - {header: Domain, from: account.domain, as: domain}
needs: [[Key]]
"""


def test_every_target_is_shipped() -> None:
    assert set(target_files()) == {*MACHINES, "csv", "xlsx", "parquet"}


@pytest.mark.parametrize("name", sorted(target_files()))
def test_shipped_pages_are_whole(name: str) -> None:
    page = find_target(name)
    assert page.title
    assert len(page.about) > 40
    assert all(len(line) <= 120 for line in target_files()[name].read_text("utf-8").splitlines())


def test_a_page_of_ones_own_wins(tmp_path: Path) -> None:
    (tmp_path / "targets").mkdir()
    (tmp_path / "targets" / "mine.yaml").write_text(PAGE)
    own = PAGE.replace("mine", "sixsense-accounts")
    (tmp_path / "targets" / "sixsense-accounts.yaml").write_text(own)
    assert "mine" in target_files(tmp_path)
    assert find_target("sixsense-accounts", tmp_path).title == "Mine"
    done = abm.export(demo(), find_target("mine", tmp_path), tmp_path / "list.csv", top=1)
    assert records(done.files[0].path) == [{"Key": "A001", "Domain": "copperfinch-robotics.example"}]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("needs:", "neds:", "mine.yaml:7: neds: unknown key 'neds'"),
        ("level: account", "level: company", "mine.yaml:3: level"),
        ("as: domain", "as: domains", "mine.yaml:6: columns.1.as.0: expected one of trim"),
        ("account.domain", "domain", "names no column"),
        ("account.domain", "contact.email", "a list of accounts has no contact.x"),
        ("[[Key]]", "[[Kee]]", "no column has the header 'Kee'. Did you mean 'Key'"),
        ("header: Domain", "header: Key", "given twice"),
        ("header: Domain", 'header: "{x}"', "nothing says what {x} is"),
        ("as: domain", "hash: md5", "mine.yaml:6: columns.1.hash"),
        ("level: account", "level: account\ncolumns: []", "given twice"),
        ("name: mine", "name: other", "Rename the file"),
        ("from: account.domain, as: domain", "from: account.domain, value: x", "both given"),
    ],
)
def test_mistakes_in_a_page(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in PAGE
    (tmp_path / "mine.yaml").write_text(PAGE.replace(old, new, 1))
    with pytest.raises(WorkspaceError) as error:
        load_target(tmp_path / "mine.yaml")
    assert said in str(error.value).replace(f"{tmp_path}/", "")


def test_all_mistakes_at_once(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(PAGE.replace("title: Mine", "titel: Mine").replace("as: domain", "as: x"))
    with pytest.raises(WorkspaceError) as error:
        load_target(tmp_path / "mine.yaml")
    assert len(str(error.value).splitlines()) >= 2
