"""`abm coverage`: every number counted again in plain Python, from the accounts and committee tables."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import pytest

import abm as library
from abm.errors import NotFoundError
from abm.model import model_from
from abm.scoring.penetration import penetration, penetration_table
from abm.workspace.bundled import demo_folder
from tests.agreement.compare import frames
from tests.cli.conftest import workspace  # noqa: F401 - a fixture
from tests.cli.running import abm
from tests.laws.models import law_model
from tests.laws.worlds import clean_world, dirty_world, score
from tests.strategies import random_workspace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from abm.scoring.penetration import Reach
    from abm.scoring.result import ScoreResult

Row = dict[str, Any]


def counted(result: ScoreResult, accounts: list[Row]) -> dict[str, Any]:
    """What a `Reach` says of these rows of the accounts table."""
    required = {
        (group.name, role): seat.required for group in result.model.buying_groups for role, seat in group.roles.items()
    }
    shown = {row["account_id"]: row["group"] for row in accounts}
    seats = [row for row in result.committee.to_dicts() if shown.get(row["account_id"]) == row["group"]]
    covered, judged = 0, 0
    for account in accounts:
        mine = [row for row in seats if row["account_id"] == account["account_id"]]
        asked = [row for row in mine if required[row["group"], row["role"]]] or mine
        judged += account["engaged_contacts"] is not None or account["group"] is None
        covered += bool(asked) and all(row["filled_engaged"] and row["filled_engaged"] > 0 for row in asked)
    roles: dict[str, list[int]] = {}
    for row in seats:
        counts = roles.setdefault(row["role"], [0, 0, 0, 0, 0])
        must, some = required[row["group"], row["role"]], bool(row["filled_engaged"])
        for i, here in enumerate((True, must, bool(row["known"]), some, must and not some)):
            counts[i] += bool(here)
    if all(row["filled_engaged"] is None for row in seats):
        roles = {role: [*counts[:3], None, None] for role, counts in roles.items()}  # type: ignore[list-item]
    return {
        "accounts": len(accounts),
        "known": _known(row["known_contacts"] for row in accounts),
        "engaged": _known(row["engaged_contacts"] for row in accounts),
        "covered": covered if judged else None,
        "qualified": sum(row["is_mqa"] for row in accounts),
        "roles": roles,
    }


def _known(values: Any) -> int | None:
    listed = list(values)
    return None if all(value is None for value in listed) else sum(bool(value) for value in listed)


def as_counted(reach: Reach) -> dict[str, Any]:
    steps = ("accounts", "known", "engaged", "covered", "qualified")
    roles = {each.role: [each.accounts, each.required, each.known, each.engaged, each.missing] for each in reach.roles}
    lacking = [each.missing or 0 for each in reach.roles]
    assert lacking == sorted(lacking, reverse=True)
    return {step: getattr(reach, step) for step in steps} | {"roles": roles}


def check(result: ScoreResult, by: str, value: Callable[[Row], str | None]) -> None:
    rows = [row for row in result.accounts.to_dicts() if not row["is_excluded"]]
    if not rows:
        with pytest.raises(
            NotFoundError, match=r"every account of the list \(\d+\) is excluded|no account is on this list"
        ):
            penetration(result, where="true", by=[by])
        return
    found = penetration(result, where="true", by=[by])
    assert as_counted(found.total) == counted(result, rows)
    ((name, parts),) = found.parts
    assert name == by
    assert {part.value for part in parts} == {value(row) for row in rows}
    for part in parts:
        assert as_counted(part) == counted(result, [row for row in rows if value(row) == part.value])
    assert sum(part.accounts for part in parts) == found.total.accounts
    sizes = [part.accounts for part in parts if part.value is not None]
    assert sizes == sorted(sizes, reverse=True)


@pytest.mark.parametrize("seed", [*range(6), *(pytest.param(each, marks=pytest.mark.slow) for each in range(6, 20))])
def test_random_workspaces_are_counted_as_by_hand(seed: int) -> None:
    tables, model, as_of = random_workspace(seed)
    check(library.score(frames(tables), model_from(model), as_of=as_of), "segment", lambda row: row["segment"])


@pytest.mark.parametrize("seed", [0, *(pytest.param(each, marks=pytest.mark.slow) for each in range(1, 4))])
def test_larger_worlds_are_counted_as_by_hand(seed: int) -> None:
    result = score(clean_world(seed) if seed % 2 else dirty_world(seed), law_model())
    check(result, "segment", lambda row: row["segment"])
    check(result, "stage", lambda row: row["stage"])
    check(result, "group", lambda row: row["group"])


@pytest.fixture(scope="module")
def demo() -> ScoreResult:
    return library.score(library.load_workspace(demo_folder()))


def test_the_demos_targets(demo: ScoreResult) -> None:
    with (demo_folder() / "accounts.csv").open(encoding="utf-8", newline="") as stream:
        given = {row["account_id"]: row for row in csv.DictReader(stream)}
    targets = {key for key, row in given.items() if row["is_target"].lower() == "true"}
    rows = [row for row in demo.accounts.to_dicts() if row["account_id"] in targets and not row["is_excluded"]]
    found = penetration(demo)
    assert as_counted(found.total) == counted(demo, rows)
    assert found.excluded == len(targets) - len(rows)
    parts = dict(found.parts)
    assert {part.value for part in parts["owner"]} == {given[row["account_id"]]["owner"] for row in rows}
    for part in parts["owner"]:
        own = [row for row in rows if given[row["account_id"]]["owner"] == part.value]
        assert as_counted(part) == counted(demo, own)


def test_a_column_of_the_data_counts_too(demo: ScoreResult) -> None:
    with (demo_folder() / "accounts.csv").open(encoding="utf-8", newline="") as stream:
        industries = {row["account_id"]: row["industry"] or None for row in csv.DictReader(stream)}
    check(demo, "industry", lambda row: industries[row["account_id"]])


def test_excluded_accounts_count_only_when_asked_for(demo: ScoreResult) -> None:
    everything = demo.accounts.to_dicts()
    found = penetration(demo, where="true", excluded=True)
    assert (found.total.accounts, found.excluded) == (len(everything), 0)
    assert as_counted(found.total) == counted(demo, everything)


def test_the_table_says_the_same(demo: ScoreResult) -> None:
    found = penetration(demo, by=["owner"])
    first, *others = penetration_table(found).to_dicts()
    assert (first["by"], first["value"], first["accounts"], first["covered"]) == (
        "all",
        None,
        found.total.accounts,
        found.total.covered,
    )
    assert [row["value"] for row in others] == [part.value for part in found.parts[0][1]]
    assert first["covered_share"] == 100 * first["covered"] / first["accounts"]
    for role in found.total.roles:
        assert (first[f"{role.role}_engaged"], first[f"{role.role}_missing"]) == (role.engaged, role.missing)


def test_no_target_says_how_to_name_some(workspace: Path) -> None:  # noqa: F811
    done = abm("coverage", "-w", workspace, code=2)
    assert "no account is a target. Targets are accounts whose column is_target is true" in done.stderr
    assert "columns: {is_target: NAME IN THE FILE}" in done.stderr
    assert 'lists: {NAME: "condition"}' in done.stderr


def test_a_list_a_condition_and_both(workspace: Path) -> None:  # noqa: F811
    (workspace / "workspace.yaml").write_text("lists:\n  german: \"country = 'DE'\"\n")
    read = {}
    for name, options in {
        "list": ["--list", "german"],
        "where": ["--where", "employees > 100"],
        "both": ["--list", "german", "--where", "employees > 600", "--all"],
    }.items():
        read[name] = json.loads(abm("coverage", "-w", workspace, *options, "--format", "json").stdout)
    assert {name: each["total"]["accounts"] for name, each in read.items()} == {"list": 1, "where": 1, "both": 1}
    assert (read["list"]["excluded"], read["both"]["excluded"]) == (1, 0)
    assert read["both"]["accounts"] == "accounts on the list german where employees > 600"


def test_mistakes(workspace: Path) -> None:  # noqa: F811
    done = abm("coverage", "-w", workspace, "--where", "true", "--by", "contry", code=2)
    assert "--by: accounts have no column 'contry'. Did you mean 'country'?" in done.stderr
    done = abm("coverage", "-w", workspace, "--where", "employes > 1", code=2)
    assert "--where: unknown column 'employes'" in done.stderr
    done = abm("coverage", "-w", workspace, "--where", "employees < 0", code=2)
    assert "accounts where employees < 0: no account is on this list." in done.stderr


def test_csv_is_harmless_and_has_a_manifest(workspace: Path, tmp_path: Path) -> None:  # noqa: F811
    target = tmp_path / "coverage.csv"
    abm("coverage", "-w", workspace, "--where", "true", "--by", "name", "-o", target)
    rows = list(csv.DictReader(io.StringIO(target.read_text(encoding="utf-8"))))
    assert "'=Globex" in [row["value"] for row in rows]
    manifest = json.loads((tmp_path / "coverage.csv.manifest.json").read_text())
    assert manifest["accounts"] == "accounts where true"


@pytest.mark.parametrize("width", [40, 80, 120])
def test_no_line_is_wider_than_the_screen(width: int) -> None:
    shown = abm("coverage", "-w", demo_folder(), width=width).stdout
    assert max(len(line) for line in shown.splitlines()) <= width
    assert "Covered" in shown
