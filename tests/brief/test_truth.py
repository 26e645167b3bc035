"""Nothing is invented: every number of a page is a fact, and every fact is what its table says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import abm
from abm.model import model_from
from abm.output.brief import briefs
from abm.output.brief.rendering import Templates
from abm.workspace.bundled import bundled
from tests.agreement.compare import frames
from tests.brief.truth import check, in_order, numbers, of_html, of_markdown
from tests.output.results import demo_result, hostile_result, intent_result
from tests.strategies import random_workspace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from abm.output.brief import Brief
    from abm.scoring.result import ScoreResult

ROOT = Path(__file__).resolve().parents[2]
LEADFORGE = ROOT.parent / "shared" / "data" / "leadforge" / "tables"


def written(result: ScoreResult, account_ids: Sequence[str] | None = None) -> list[Brief]:
    ids = result.polars["accounts"]["account_id"].to_list() if account_ids is None else account_ids
    return briefs(result, ids, workspace="demo")


def judge(result: ScoreResult, account_ids: Sequence[str] | None = None, *, facts: int | None = None) -> None:
    """Pages say the numbers of the facts and no other; facts say what the tables say."""
    markdown, page = Templates("markdown"), Templates("html")
    for brief in written(result, account_ids):
        for each in brief.statements():
            assert numbers(each.text) == [one for fact in each.facts for one in numbers(fact.shown)], each
        wanted = in_order(brief)
        assert numbers(of_markdown(markdown.page(brief))) == wanted
        assert numbers(of_html(page.page(brief))) == wanted
        for fact in list({repr(each): each for each in brief.facts()}.values())[:facts]:
            check(result, fact)


@pytest.mark.slow
@pytest.mark.parametrize("account_id", ["A001", "A009", "A015"])
def test_the_demo(account_id: str) -> None:
    judge(demo_result(), [account_id])


@pytest.mark.slow
def test_the_pages_of_all_the_demo() -> None:
    judge(demo_result(), facts=0)


@pytest.mark.parametrize("make", [intent_result, pytest.param(hostile_result, marks=pytest.mark.slow)])
def test_hostile_and_strange(make: object) -> None:
    judge(make())  # type: ignore[operator]


@pytest.mark.parametrize("seed", [9101])
def test_random_workspaces(seed: int) -> None:
    tables, model, as_of = random_workspace(seed)
    judge(abm.score(frames(tables), model_from(model), as_of=as_of))


@pytest.mark.slow
@pytest.mark.parametrize("block", range(2))
def test_many_random_workspaces(block: int) -> None:
    for seed in range(9200 + 15 * block, 9215 + 15 * block):
        tables, model, as_of = random_workspace(seed)
        judge(abm.score(frames(tables), model_from(model), as_of=as_of))


@pytest.mark.slow
def test_the_whole_demo_under_the_whole_vocabulary() -> None:
    judge(abm.score(abm.load_workspace(abm.demo_folder()), bundled("config", "enterprise.yaml")))


@pytest.mark.slow
def test_leadforge() -> None:
    if not LEADFORGE.is_dir():
        pytest.skip("the leadforge tables are not there")
    result = abm.score(abm.load_workspace(ROOT / "fixtures" / "leadforge", data=LEADFORGE))
    ids = result.polars["accounts"].sort("rank", nulls_last=True)["account_id"].to_list()
    judge(result, [*ids[:4], *ids[-2:]], facts=60)


@pytest.mark.slow
def test_days_in_requirements() -> None:
    """Terms of a condition are written anew, one by one: days and texts as conditions have them."""
    workspace = abm.load_workspace(abm.demo_folder())
    raw = workspace.model.model_dump(mode="json")
    raw["mqa"]["require"] = "coverage >= 40 and last_activity >= date '2026-06-29' and not name = 'It''s CAST'"
    result = abm.score(workspace, model_from(raw))
    judge(result, ["A002", "A013"])
    told = "\n".join(each.text for each in written(result, ["A013"])[0].statements())
    assert "last_activity >= date '2026-06-29' (it is 2026-06-17)" in told, told


@pytest.mark.slow
def test_one_is_as_one_of_many() -> None:
    """Read for all at once, and for one alone."""
    together = written(demo_result())
    for place in (0, 8, 15):
        (alone,) = written(demo_result(), [together[place].account_id])
        assert alone.as_dict() == together[place].as_dict()
